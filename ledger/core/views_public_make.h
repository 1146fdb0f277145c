/* views_public_make.h — what the public views share. Internal to views_public*.c. */
#ifndef MZ_CORE_VIEWS_PUBLIC_MAKE_H
#define MZ_CORE_VIEWS_PUBLIC_MAKE_H

#include "core/totals.h"
#include "core/views_make.h"

/* The number of entries, and the log time of the last. */
mz_status mz_log_end(mz_making *making, uint64_t *size, int64_t *last_ms);
/* A period's lines and sums, as members of `out`. */
mz_status mz_put_figures(mz_making *making, const mz_period *period, json_t *out);
/* The first day of the month that holds the day. */
int32_t mz_month_first(int32_t day);
/* "party", "party_kind", and "party_name" unless it is a person or its name is sealed; nothing for
 * no party. */
mz_status mz_put_party_public(mz_making *making, mz_ref ref, json_t *out);

/* Member `about`: what an entry speaks of, for people: a proposal's title, a party, goods. */
mz_status mz_put_about(mz_making *making, mz_event event, uint64_t index, const json_t *body,
                       json_t *out);

#endif
