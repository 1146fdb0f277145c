/* time.c — time, to before, at and past every kind of deadline. */
#include "sim/sim.h"

/* Just before, at, or just after the last moment of something. */
static void jump_to_deadline(sim *s)
{
    int count = (int)model_proposal_count(s->m);
    int fund = any_fund(s);
    int64_t term_ms = mz_day_end_ms(s->seats[fund].term_ends) - 1 + below(s, 3);
    if (term_ms > s->now && term_ms < s->now + 30 * (int64_t)MZ_DAY_MS && chance(s, 50)) {
        s->now = term_ms;
        for (int i = 0; i < count; i++) {
            model_proposal p = model_proposal_at(s->m, (size_t)i);
            if ((int)p.fund == fund && p.stage == MZ_VOTING)
                s->focus = i;
        }
        return;
    }
    for (int tries = 0; tries < 10 && count > 0; tries++) {
        int number = below(s, count);
        model_proposal p = model_proposal_at(s->m, (size_t)number);
        if (p.stage >= MZ_COMPLETED)
            continue;
        int32_t day = p.stage == MZ_CONSULTING ? today(s) + below(s, 3)
                      : p.stage == MZ_VOTING   ? p.expiry_day
                                               : p.due_day;
        if (p.stage == MZ_ADOPTED && chance(s, 80)) /* when others than the chair may apply */
            day = mz_day_of_ms(p.stage_ms) + 7;
        int64_t ms = mz_day_end_ms(day) - 1 + below(s, 3);
        if (ms > s->now && ms < s->now + 40 * (int64_t)MZ_DAY_MS) {
            s->now = ms;
            s->focus = number;
            return;
        }
    }
}

/* Just before, at, or just after a month is over. */
void to_month_end(sim *s)
{
    s->now = mz_day_end_ms(month_last(today(s))) - 1 + below(s, 3);
}

void pass_time(sim *s)
{
    int dice = below(s, 1000);
    if (dice < 500)
        s->now += below(s, 90) * MINUTE_MS;
    else if (dice < 530)
        s->now += below(s, 2 * 1440) * MINUTE_MS;
    else if (dice < 555)
        jump_to_deadline(s);
    else if (dice < 556)
        s->now += below(s, 60 * 1440) * MINUTE_MS;
    else if (dice < 558)
        to_month_end(s);
    else if (dice < 575) /* the end of today */
        s->now = mz_day_end_ms(today(s)) - 1 + below(s, 2);
}
