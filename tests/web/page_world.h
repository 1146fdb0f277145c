/* page_world.h — a ledger that has something for every part of every public page: once with plain
 * words, once with the worst that people could have written into each text. */
#ifndef MZ_TESTS_PAGE_WORLD_H
#define MZ_TESTS_PAGE_WORLD_H

#include "views_world.h"

/* In the log in clear as the name of persons; on no page. */
#define PAGE_WORLD_PERSON "不上网页的姓名"

/* With fund-a, which has everything, fund-b, which has nothing and is late, and party names of an
 * organisation and of a person. Ends with views_world_free. */
views_world *page_world_new(bool hostile);

/* Every page of that world: paths without the language. NULL-terminated. */
extern const char *const PAGE_WORLD_PATHS[];

#endif
