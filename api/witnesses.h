/* witnesses.h — the service's part in witnessing (log/witnessing.h): when the log may be used, what
 * is logged, what has to be answered anew. */
#ifndef MZ_API_WITNESSES_H
#define MZ_API_WITNESSES_H

#include "service_parts.h"

/* Starts asking the ledger's witnesses, if it names any, now or later. */
mz_status mz_witnesses_start(mz_service *service, mz_reason *why) MZ_MUST_USE;
void mz_witnesses_stop(mz_service *service); /* nothing started is fine */
/* Whether a witness knows more than we do, or something else. */
bool mz_witnesses_alarmed(mz_service *service);
/* There is a new checkpoint. */
void mz_witnesses_notify(mz_service *service);

#endif
