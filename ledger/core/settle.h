/* settle.h — time passes in a fund: deadlines, and what entries of no fund did to its proposals,
 * merged by time. And the one place where a proposal changes its stage. Internal to the rules. */
#ifndef MZ_CORE_SETTLE_H
#define MZ_CORE_SETTLE_H

#include "core/act.h"

/* Brings act->fund up to act->now_ms. A lapse takes its deadline's moment, an effect its entry's.
 * act->fund is changed in memory; the caller stores it. */
mz_status mz_settle(mz_act *act) MZ_MUST_USE;

#endif
