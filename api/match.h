/* match.h — which row of the table a request is for, and whether what stands for its names is
 * acceptable. Pure. */
#ifndef MZ_API_MATCH_H
#define MZ_API_MATCH_H

#include "routes.h"

typedef struct mz_match {
    const mz_route *route; /* the first that fits path and method */
    unsigned methods;      /* all that the path takes; 0: there is no such path */
    size_t param_count;
    mz_view params[MZ_HTTP_SEGMENTS_MAX];
    mz_param_kind kinds[MZ_HTTP_SEGMENTS_MAX];
} mz_match;

/* MZ_NO_SUCH_PAGE {path}; MZ_WRONG_METHOD {method, want}, with `methods`; MZ_UNKNOWN_MEMBER,
 * MZ_BAD_VALUE of the query. For MZ_OPTIONS `route` is any that fits the path. */
mz_status mz_route_match(const mz_request *request, mz_match *match, mz_reason *why) MZ_MUST_USE;

const mz_param *mz_param_named(mz_view name);
bool mz_param_fits(mz_param_kind kind, mz_view text);
/* What fits, in both languages: a figure's words. */
const char *mz_param_kind_text(mz_param_kind kind);
/* "GET, HEAD, OPTIONS" */
void mz_methods_text(unsigned methods, char text[64]);

/* A decimal number without sign or zero in front, below 2^53. */
bool mz_number_read(mz_view text, uint64_t *number);

#endif
