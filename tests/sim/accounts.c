/* accounts.c — statements, reconciliations, audits, sealed records. */
#include "sim/sim.h"

/* The body as the program draws it up for people. */
static void drawn_up(sim *s, const char *fund, int32_t to)
{
    mz_reason why = {0};
    json_t *view = NULL;
    mz_buf text;
    mz_mark mark = mz_changes_mark(s->changes);
    require_ok(s, mz_statement_view(s->changes, mz_view_of(fund), to, s->now, &view, &why), &why,
               "statement");
    mz_changes_rollback(s->changes, mark);
    mz_buf_init(&text, BODY_MAX - 1);
    require_ok(s, mz_json_print(view, &text), &why, "statement");
    write_body(s, "%s", (const char *)text.data);
    mz_buf_clear(&text);
    json_decref(view);
}

void act_statement(sim *s)
{
    int fund = any_fund(s);
    model_fund f = model_fund_at(s->m, (size_t)fund);
    int32_t from = f.next_statement_day + (below(s, 30) == 0);
    int32_t to = today(s) - 1 + (below(s, 30) == 0) - (chance(s, 40) ? below(s, 10) : 0);
    if (to < from && !chance(s, 3))
        return;
    if (to < today(s) && to >= f.next_statement_day && chance(s, 25)) {
        drawn_up(s, f.id, to);
        submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
        return;
    }
    model_period p = model_period_of(s->m, (size_t)fund, from, to);
    int wrong = chance(s, 30) ? below(s, 8) : -1;
    write_body(s, "{'from':'%s','to':'%s','opening_fen':%lld,'income':[", day_text(from),
               day_text(to), (long long)p.opening_fen + (wrong == 0));
    for (int i = 0, first = 1; i < 8; i++) {
        if (p.income_fen[i] != 0) {
            add_body(s, "%s{'kind':'%s','amount_fen':%lld}", first ? "" : ",", MZ_INCOME_KINDS[i],
                     (long long)p.income_fen[i] + (first && wrong == 1));
            first = 0;
        }
    }
    add_body(s, "],'spending':[");
    for (int i = 0, first = 1; i < 10; i++) {
        if (p.spending_fen[i] != 0 && (wrong != 7 || !first)) {
            add_body(s, "%s{'category':'%s','amount_fen':%lld}", first ? "" : ",", MZ_CATEGORIES[i],
                     (long long)p.spending_fen[i]);
            first = 0;
        }
    }
    add_body(s,
             "],'returned_fen':%lld,'corrections_fen':%lld,'moved_fen':%lld,'closing_fen':%lld,"
             "'reserved_fen':%lld}",
             (long long)p.returned_fen + (wrong == 2), (long long)p.corrections_fen + (wrong == 3),
             (long long)p.moved_fen + (wrong == 4), (long long)p.closing_fen + (wrong == 5),
             (long long)p.reserved_fen + (wrong == 6));
    submit(s, "statement.published", seated_person(s, fund), fund_for(s, fund));
}

/* ---- reconciliation ---- */

static void month_text(int32_t day, char text[MZ_DAY_TEXT_SIZE])
{
    mz_day_text(day, text);
    text[7] = '\0';
}

/* The last day of the month that a day is in. */
int32_t month_last(int32_t day)
{
    char month[MZ_DAY_TEXT_SIZE], other[MZ_DAY_TEXT_SIZE];
    month_text(day, month);
    month_text(++day, other);
    while (strcmp(month, other) == 0)
        month_text(++day, other);
    return day - 1;
}

/* The balances as they were; with `wrong`, one of them is not, or is not there. Their sum. */
static int64_t add_balances(sim *s, const char *account, int32_t last, int wrong)
{
    int64_t sum = 0;
    int count = 0;
    add_body(s, "'balances':[");
    for (size_t i = 0; i < model_fund_count(s->m); i++) {
        model_fund f = model_fund_at(s->m, i);
        bool in = strcmp(f.account, account) == 0 && f.opened_ms < mz_day_end_ms(last) &&
                  f.closed_ms >= mz_day_end_ms(last);
        if (in ? wrong == 1 && below(s, 2) == 0 : wrong != 2 || below(s, 3) != 0)
            continue;
        int64_t closing = model_period_of(s->m, i, last, last).closing_fen;
        for (int twice = wrong == 3 && below(s, 3) == 0; twice >= 0; twice--)
            add_body(s, "%s{'fund':'%s','balance_fen':%lld}", count++ == 0 ? "" : ",",
                     wrong == 4 && below(s, 4) == 0 ? "nowhere" : f.id,
                     (long long)closing + (wrong == 5 && below(s, 2) == 0));
        sum += closing;
    }
    add_body(s, "],");
    return sum;
}

void act_reconcile(sim *s)
{
    char account[12], month[MZ_DAY_TEXT_SIZE];
    int32_t last = month_last(today(s));
    for (int back = below(s, 20) == 0 ? 0 : chance(s, 75) ? 1 : 1 + below(s, 5); back > 0; back--)
        last = month_last(last - 31 < 0 ? 0 : last - 31);
    int wrong = chance(s, 30) ? 1 + below(s, 6) : 0;
    snprintf(account, sizeof account, "bank%d", below(s, 60) == 0 ? 9 : below(s, 2));
    month_text(last, month);
    write_body(s, "{'account':'%s','month':'%s',", account, month);
    int64_t sum = add_balances(s, account, last, wrong);
    int64_t outside = below(s, 5000) - 2500;
    add_body(s, "'differences':[");
    for (int i = below(s, 3); i > 0; i--) {
        int64_t amount = below(s, 2000) - 1000;
        add_body(s, "{'amount_fen':%lld,'reason':'r'}%s", (long long)amount, i == 1 ? "" : ",");
        sum += amount;
    }
    add_body(s, "],'outside_fen':%lld,'bank_balance_fen':%lld%s}", (long long)outside,
             (long long)(sum + outside) + (wrong == 6), evidence(s, ","));
    submit(s, "balance.reconciled", signer_of(s, chance(s, 70) ? MZ_REVIEWER : MZ_AUDITOR), NULL);
}

/* ---- audits ---- */

void act_audit(sim *s)
{
    thing *t = pick(s, &s->reports);
    if (t != NULL && chance(s, 60)) {
        write_body(s, "{'report':'%s','finding':%d,'text':'t'}", t->jti,
                   t->about == 0 ? 0 : below(s, t->about + (below(s, 6) == 0)));
        submit(s, "finding.answered", anybody(s), NULL);
        return;
    }
    int findings = below(s, 4);
    int size = below(s, 4) == 0 ? s->log_count + below(s, 2) : 1 + below(s, s->log_count);
    write_body(
        s,
        "{'size':%d,'root':'00000000000000000000000000000000000000000000000000000000000000a1'"
        ",'opinion':'o','findings':[",
        size);
    for (int i = 0; i < findings; i++)
        add_body(s, "%s'f%d'", i == 0 ? "" : ",", i);
    add_body(s, "]}");
    if (submit(s, "audit.reported", signer_of(s, MZ_AUDITOR), NULL))
        add_thing(s, &s->reports, -1)->about = findings;
}

/* ---- sealed records ---- */

/* One or two digests in order; seldom one that no entry names. */
static void add_disclosures(sim *s)
{
    uint8_t unknown[32] = {7};
    char text[2][KEY_TEXT];
    int count = 1 + (below(s, 3) == 0);
    for (int i = 0; i < count; i++) {
        size_t known = model_digest_count(s->m);
        size_t late = known > 12 && chance(s, 80) ? known - 12 : 0;
        bool none = known == 0 || below(s, 20) == 0;
        mz_base64url_32(
            none ? unknown
                 : model_digest_at(s->m, late + (size_t)below(s, (int)(known - late))).bytes,
            text[i]);
    }
    int order = count == 2 ? strcmp(text[0], text[1]) : -1;
    if (order > 0)
        write_body(s, "{'disclosures':['%s','%s'],'ground':'g'}", text[1], text[0]);
    else if (order < 0 && count == 2)
        write_body(s, "{'disclosures':['%s','%s'],'ground':'g'}", text[0], text[1]);
    else
        write_body(s, "{'disclosures':['%s'],'ground':'g'}", text[0]);
}

/* What an entry seals itself is not yet in the log. */
static void add_own_disclosure(sim *s)
{
    uint8_t digest[32] = {9};
    char text[KEY_TEXT];
    mz_be64_put(digest + 24, s->jti_count);
    mz_base64url_32(digest, text);
    write_body(s, "{'disclosures':['%s'],'ground':'g','_sd':['%s']}", text, text);
}

void act_record(sim *s)
{
    int signer = signer_of(s, MZ_REGISTRAR);
    if (below(s, 30) == 0)
        add_own_disclosure(s);
    else
        add_disclosures(s);
    if (chance(s, 55)) {
        submit(s, "record.restricted", signer, NULL);
        return;
    }
    if (submit(s, "record.erased", signer, NULL))
        often_confirm(s, add_wait(s, "record.erased", -1, signer, -1), 85);
}
