/* income.c — incomes. */
#include "model/world.h"

static bool check_source(step *s, int kind, int source_no, int session_no)
{
    const world *w = s->w;
    REQUIRE(!has(s, "source") || source_no != NONE, "no such source here");
    REQUIRE(!has(s, "session") || session_no != NONE, "no such session");
    if (session_no != NONE) {
        REQUIRE(w->sessions[session_no].fund == s->fund, "session of another fund");
        REQUIRE(!w->sessions[session_no].reversed, "session was reversed");
        REQUIRE(w->sessions[session_no].source == source_no, "session of another source");
    }
    if (kind < 1 || kind > 5)
        return true;
    REQUIRE(source_no != NONE, "source missing");
    const source_row *from = &w->sources[source_no];
    REQUIRE(from->kind == kind - 1, "source of another kind");
    REQUIRE(kind != KIND_MARKET || session_no != NONE, "session missing");
    int32_t when = session_no != NONE ? w->sessions[session_no].date : date(s, "earned_to");
    REQUIRE(when != NONE && when >= from->signed_on && when <= from->ends_on, "outside agreement");
    return true;
}

bool income_recorded(step *s)
{
    world *w = s->w;
    int kind = word(text(s, "kind"), KINDS);
    REQUIRE(kind < KIND_FISCAL, "not the fund's money");
    int to = find_purpose(w, s->fund, text(s, "purpose"));
    REQUIRE(to != NONE, "no such purpose");
    REQUIRE(!has(s, "party") || find_party(w, text(s, "party")) != NONE, "no such party");
    REQUIRE(date(s, "received_on") <= s->day, "received_on is to come");
    int from = has(s, "source") ? own_source(s) : NONE;
    int held = find_session(w, text(s, "session"));
    if (!check_source(s, kind, from, held))
        return false;
    int p = find_proposal(w, text(s, "seeded_by"));
    if (has(s, "seeded_by")) {
        REQUIRE(p != NONE && w->proposals[p].fund == s->fund, "no such proposal here");
        REQUIRE(standing(w, p) > 0, "nothing paid");
    }
    if (has(s, "replaces")) {
        int old = find_income(w, text(s, "replaces"));
        REQUIRE(old != NONE && w->incomes[old].fund == s->fund, "no such income here");
        REQUIRE(w->incomes[old].stage >= DECLINED, "not reversed or declined");
        REQUIRE(!w->incomes[old].replaced, "replaced before");
        w->incomes[old].replaced = true;
    }
    income_row *in = &w->incomes[ADD(incomes)];
    *in = (income_row){.index = s->index,
                       .fund = s->fund,
                       .purpose = to,
                       .kind = kind,
                       .source = from,
                       .session = held,
                       .seeded_by = p,
                       .stage = RECORDED,
                       .lot = NONE,
                       .bank = NONE,
                       .amount = number(s, "amount_fen")};
    snprintf(in->jti, sizeof in->jti, "%s", s->jti);
    return true;
}

static int waiting_income(const step *s)
{
    int in = find_income(s->w, text(s, "income"));
    return in != NONE && s->w->incomes[in].fund == s->fund && s->w->incomes[in].stage == RECORDED
               ? in
               : NONE;
}

bool income_confirmed(step *s)
{
    world *w = s->w;
    int number_of = waiting_income(s);
    REQUIRE(number_of != NONE, "no such recorded income here");
    income_row *in = &w->incomes[number_of];
    REQUIRE(number(s, "amount_fen") == in->amount, "amount differs");
    REQUIRE(strcmp(text(s, "purpose"), w->purposes[in->purpose].id) == 0, "purpose differs");
    const char *receipt = text(s, "receipt_no");
    REQUIRE((receipt != NULL) != has(s, "receipt_waived"), "receipt or waiver");
    REQUIRE(receipt == NULL || in->source == NONE || w->sources[in->source].gratuitous,
            "no donation receipt");
    for (int i = 0; receipt != NULL && i < w->receipts_count; i++)
        REQUIRE(strcmp(w->receipts[i], receipt) != 0, "receipt_no used");
    if (receipt != NULL)
        snprintf(w->receipts[ADD(receipts)], sizeof w->receipts[0], "%s", receipt);
    if (!bank_take(s, true, in->amount, &in->bank))
        return false;
    in->stage = CONFIRMED;
    in->lot = w->lots_count;
    queue(s, in->purpose, number_of, in->amount);
    w->purposes[in->purpose].confirmed += in->amount;
    snprintf(in->confirmation, sizeof in->confirmation, "%s", s->jti);
    note_flow(s, s->fund, F_INCOME, in->kind, s->ms, in->amount);
    return true;
}

bool income_declined(step *s)
{
    int in = waiting_income(s);
    REQUIRE(in != NONE, "no such recorded income here");
    s->w->incomes[in].stage = DECLINED;
    return true;
}
