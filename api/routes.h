/* routes.h — the one table of what can be asked: dispatch, OPTIONS, 405, 404 and /openapi.json are
 * all made from it. */
#ifndef MZ_API_ROUTES_H
#define MZ_API_ROUTES_H

#include "service.h"

/* What may stand for a name in braces, or for a query member: checked before the handler runs, and
 * described in /openapi.json. In a path, what does not fit is 404; in a query 400. */
typedef enum mz_param_kind {
    MZ_PARAM_ID,       /* mz_id_valid */
    MZ_PARAM_NUMBER,   /* decimal, no sign, no zero in front, below 2^53 */
    MZ_PARAM_SHA256,   /* 64 lowercase hex digits */
    MZ_PARAM_TOKEN,    /* 1 to 64 visible ASCII */
    MZ_PARAM_TEXT,     /* 1 to 64 bytes of text as the book takes it: a receipt number */
    MZ_PARAM_MONTH,    /* YYYY-MM */
    MZ_PARAM_DAY,      /* YYYY-MM-DD */
    MZ_PARAM_EVENT,    /* a name of the catalogue */
    MZ_PARAM_CURSOR,   /* opaque: what `next` of an answer before held */
    MZ_PARAM_LANGUAGE, /* zh, en */
    MZ_PARAM_REST /* only last in a pattern: the rest of the path as sent, one segment or more */
} mz_param_kind;

typedef struct mz_param {
    const char *name; /* in the pattern: {name} */
    mz_param_kind kind;
    const char *zh, *en;
} mz_param;

/* MZ_OK: the response is filled, or the exchange suspended. Else a refusal, which the dispatcher
 * writes: as problem+json, or by the route's own `refuse`. */
typedef mz_status mz_handler(mz_call *call, mz_reason *why);
/* Fills the response, which was reset and has its code, with a refusal for people. */
typedef void mz_refuser(mz_call *call, const mz_reason *why);

typedef struct mz_route {
    unsigned
        methods; /* MZ_GET (HEAD comes with it), MZ_POST, MZ_PUT; OPTIONS is answered for all */
    const char *pattern; /* "/v1/funds/{fund}/entries": literals win over names by standing first;
                            "{table}.csv": a name may have an end, which is no part of it */
    mz_handler *handler;
    const char *const *query; /* names of its query members, each in MZ_PARAMS; ends with NULL */
    mz_cache cache;
    const char *answers; /* media type of 200, as /openapi.json tells it */
    const char *created; /* what a first time (201) is, in both languages; NULL: none is told */
    const char *zh, *en; /* one line each */
    mz_refuser *refuse;  /* NULL: problem+json */
    mz_handler *before;  /* runs once the head is there: may refuse before the body is sent */
    bool body_as_file;   /* the body is request->body_file */
    size_t body_max;     /* POST, PUT: bytes */
    const char *const *takes; /* POST, PUT: media types; ends with NULL; NULL: any */
    bool
        no_ledger; /* needs none: answers while the ledger cannot be read, call->snapshot is NULL */
    bool any_query; /* members that are not in `query` are passed over: links that people send on
                       carry additions of the programs that sent them */
} mz_route;

/* The rows in the order in which they are tried, and the names that patterns and queries use. */
extern const mz_route MZ_ROUTES[];
extern const size_t MZ_ROUTE_COUNT;
extern const mz_param MZ_PARAMS[];
extern const size_t MZ_PARAM_COUNT;

#endif
