/* lmdb_pages.h — is this data file long enough to be mapped? A mapped page beyond the end of a file
 * is a SIGBUS, so the question is answered with reads before LMDB is trusted with the file. */
#ifndef MZ_KV_LMDB_PAGES_H
#define MZ_KV_LMDB_PAGES_H

#include "core/bytes.h"

typedef enum mz_pages_answer {
    MZ_PAGES_WHOLE,   /* every page that is in use is there */
    MZ_PAGES_CUT_OFF, /* a page that is in use is missing */
    MZ_PAGES_FOREIGN, /* not an LMDB data file of this machine's kind */
    MZ_PAGES_ERROR    /* the file could not be read; errno tells */
} mz_pages_answer;

/* Looks at the open file `fd`. LMDB may leave pages at the end unwritten when a transaction freed
 * them again, so a short file is whole when its free list names every missing page. Another process
 * may write meanwhile. Cost: two small reads, and the free list where the file is short. */
mz_pages_answer mz_lmdb_pages_check(int fd);

#endif
