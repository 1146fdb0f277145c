/* problem.h — a refusal as HTTP tells it: RFC 9457 problem+json, with the stable code, the figures
 * and the sentence in both languages. */
#ifndef MZ_API_PROBLEM_H
#define MZ_API_PROBLEM_H

#include "http/response.h"

/* The one place that says which HTTP code a status is. */
unsigned mz_http_code(mz_status status);
/* The same where an entry that was sent is refused. */
unsigned mz_http_code_of_entry(mz_status status);

/* Fills a response that was reset:
 * {"type","title","status","detail","code","number","figures","zh", "en"}; `detail` is in
 * `language`. 503 says when to try again. */
void mz_problem_write(mz_response *response, unsigned code, const mz_reason *why,
                      mz_language language);

#endif
