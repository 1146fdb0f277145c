/* openapi.h — the table of routes as OpenAPI 3.1 tells it. */
#ifndef MZ_API_OPENAPI_H
#define MZ_API_OPENAPI_H

#include <jansson.h>

/* A new reference, NULL without memory. */
json_t *mz_openapi_json(void);

#endif
