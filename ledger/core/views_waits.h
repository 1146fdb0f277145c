/* views_waits.h — what a todo is made of. Internal to views_todo.c and views_waits.c. */
#ifndef MZ_CORE_VIEWS_WAITS_H
#define MZ_CORE_VIEWS_WAITS_H

#include "core/views_make.h"

typedef struct mz_waiting {
    mz_making *making;
    mz_actor actor;
    mz_ref funds[MZ_LIST_ITEMS_MAX]; /* of a steward */
    json_t *rows;
} mz_waiting;

/* The seat that the person has in the committee in force. */
typedef enum mz_seat {
    MZ_SEAT_NONE,
    MZ_SEAT_MEMBER,
    MZ_SEAT_ALTERNATE,
    MZ_SEAT_SUPERVISOR
} mz_seat;

/* One thing to do, borrowed: the caller adds what else it knows. `fund` may be NULL; MZ_NO_TIME: no
 * deadline. */
json_t *mz_wait_for(mz_waiting *waiting, const char *event, const mz_fund *fund, int64_t until_ms);

/* Goods to confirm, wishes to endorse or to pay, projects to rate: of one fund, settled, that is
 * the person's. */
mz_status mz_fund_waits(mz_waiting *waiting, const mz_fund *fund, mz_seat seat);
/* Months to reconcile and findings to answer: of the whole log. */
mz_status mz_ledger_waits(mz_waiting *waiting);

#endif
