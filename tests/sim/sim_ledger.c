/* sim_ledger — random charities, judged twice: by the rules, and by the model that was written from
 * the rule book alone. A seed makes people, funds, committees, money, goods and proposals, valid
 * steps and deliberately wrong ones, and jumps in time to, before and past every kind of deadline.
 * After each step the two must agree on what was accepted, on every balance, reserve, stage, stock
 * and trace; the journal, added up, must give the balances; what was refused must have left no
 * trace; and in the end the accepted entries, replayed into an empty store, must give the same
 * state to the last byte.
 *
 *     sim_ledger [--seed N] [--steps N] [--long] [--verbose]
 *
 * Without a seed, several are run, and together they must have met every event of the catalogue and
 * every refusal of what a fund's goods, needs, accounts and sealed records ask for. On a
 * disagreement the seed and the last steps are printed. */
#include "sim/sim.h"

/* Weights by mood: an ordinary year; much money moving; people coming, going and in conflict. */
static const struct {
    void (*act)(sim *s);
    int weights[3];
} ACTS[] = {
    {act_advance,          {460, 540, 460}},
    {act_file,             {50, 50, 50}   },
    {act_income,           {90, 140, 50}  },
    {act_old_income,       {30, 30, 15}   },
    {act_reverse,          {50, 150, 20}  },
    {act_return,           {10, 40, 5}    },
    {act_answer,           {8, 4, 8}      },
    {act_confirm,          {20, 10, 20}   },
    {act_enrol,            {10, 8, 20}    },
    {act_rekey,            {5, 2, 20}     },
    {act_assign,           {6, 3, 6}      },
    {act_retire,           {3, 1, 8}      },
    {act_ledger,           {3, 1, 3}      },
    {act_fund,             {10, 10, 10}   },
    {act_amend,            {8, 4, 4}      },
    {act_close,            {60, 60, 10}   },
    {act_seat,             {12, 8, 60}    },
    {act_purpose,          {8, 12, 8}     },
    {act_move,             {20, 40, 5}    },
    {act_party,            {14, 8, 20}    },
    {act_conflict,         {10, 4, 50}    },
    {act_source,           {12, 8, 6}     },
    {act_session,          {10, 8, 4}     },
    {act_statement,        {25, 25, 10}   },
    {act_conflict_end,     {6, 3, 15}     },
    {act_reseat_suspended, {10, 10, 10}   },
    {act_need,             {14, 14, 6}    },
    {act_goods,            {60, 60, 20}   },
    {act_reconcile,        {16, 16, 6}    },
    {act_audit,            {6, 6, 4}      },
    {act_record,           {14, 14, 8}    },
};
enum { ACT_COUNT = sizeof ACTS / sizeof ACTS[0] };

static void act(sim *s)
{
    int total = 0, i = 0, mood = (int)(s->seed % 3);
    for (int k = 0; k < ACT_COUNT; k++)
        total += ACTS[k].weights[mood];
    int choice = below(s, total);
    while (choice >= ACTS[i].weights[mood])
        choice -= ACTS[i++].weights[mood];
    ACTS[i].act(s);
}

static void open_log(sim *s)
{
    int log_key = new_key(s);
    mz_vkey vkey;
    mz_reason why = {0};
    mz_buf text;
    uint8_t proof[64];
    require_ok(s,
               mz_vkey_make(s->hasher, mz_view_of(ORIGIN), MZ_VKEY_ED25519,
                            s->signers[log_key].public_key, &vkey, &why),
               &why, "vkey");
    bool proved = mz_signer_prove(&s->signers[log_key], ORIGIN, "-", proof);
    assert(proved);
    (void)proved;
    mz_buf_init(&text, 1000);
    mz_vkey_put(&text, &vkey);
    write_body(s, "{'charity':{'name':'慈善总会','credit_code':'%s'},'log_key':{'vkey':'%s',",
               CHARITY_CODE, (const char *)text.data);
    mz_buf_reset(&text);
    mz_buf_put_base64url(&text, (mz_view){proof, 64});
    add_body(s, "'proof':'%s'},'witnesses':[],'quorum':0,'rules':1,'registrars':[",
             (const char *)text.data);
    mz_buf_clear(&text);
    for (int i = 0; i < 2; i++) {
        person *p = &s->people[s->people_count++];
        *p = (person){.role = MZ_REGISTRAR, .in_effect = true, .key = new_key(s)};
        snprintf(p->id, sizeof p->id, "p%d", i);
        add_body(s, "%s{'actor':'%s','name':'登记员',", i == 0 ? "" : ",", p->id);
        add_key(s, p->key, p->id);
        add_body(s, "}");
    }
    add_body(s, "]}");
}

static void set_up(sim *s)
{
    static const mz_role ROLES[] = {MZ_AUDITOR,    MZ_REGISTRAR,  MZ_REVIEWER,
                                    MZ_REVIEWER,   MZ_CASHIER,    MZ_CASHIER,
                                    MZ_SUPERVISOR, MZ_SUPERVISOR, MZ_SUPERVISOR};
    do {
        s->people_count = 0;
        open_log(s);
    } while (!submit(s, "ledger.opened", below(s, 2), NULL));
    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0]; i++)
        enrol(s, ROLES[i], 0, true);
    for (int i = 0; i < 14; i++)
        enrol(s, MZ_MEMBER, 0, true);
    for (int i = 0; i < 20 && s->fund_count < 3; i++)
        open_fund(s);
    while (s->fund_count == 0) { /* an enrolment above was confirmed by the wrong person */
        enrol(s, MZ_AUDITOR, 0, true);
        open_fund(s);
    }
    for (int i = 0; i < 3; i++)
        enrol(s, MZ_STEWARD, (1u << s->fund_count) - 1, true);
    for (int i = 0; i < 8; i++)
        register_party(s, i == 0 ? CHARITY_CODE : NULL, true);
    for (int i = 0; i < 10; i++)
        register_source(s, any_fund(s), i % 6);
    for (int i = 0; i < 6; i++)
        act_purpose(s);
    for (int i = 0; i < 2; i++)
        seat(s, i);
}

/* The accepted entries again, into an empty store: the same state to the last byte. */
static void replay(sim *s)
{
    mz_reason why = {0};
    mz_kv *kv = mz_memory_new();
    mz_kv_txn *txn;
    assert(kv != NULL);
    require_ok(s, mz_kv_begin_write(kv, &txn, &why), &why, "begin");
    mz_changes *changes = mz_changes_new(txn);
    assert(changes != NULL);
    for (int i = 0; i < s->log_count; i++) {
        mz_entry entry;
        require_ok(s, mz_entry_decode_payload(mz_view_of(s->log[i].payload), &entry, &why), &why,
                   "replay");
        entry.jws.kid = s->log[i].kid;
        require_ok(s, mz_rules_apply(changes, &entry, &s->log[i].stamp, &why), &why, "replay");
        const char *wrong = journal_check_again(s->journal, s->changes, &entry, (uint64_t)i);
        if (wrong != NULL)
            fail(s, "the journal in hindsight: %s", wrong);
        mz_entry_clear(&entry);
    }
    if (journal_check_end(s->journal) != NULL)
        fail(s, "the journal: %s", journal_check_end(s->journal));
    mz_hash again = digest_of(s, changes), live = digest_of(s, s->changes);
    if (!mz_hash_equal(&again, &live))
        fail(s, "the replayed entries give another state");
    mz_changes_free(changes);
    mz_kv_abort(txn);
    mz_kv_close(kv);
}

/* What moves money; how often it did is counted, too. */
static const struct {
    mz_event event;
    bool reversal;
} POSTED[] = {
    {MZ_INCOME_CONFIRMED, false},
    {MZ_INCOME_CONFIRMED, true },
    {MZ_PAYOUT_MADE,      false},
    {MZ_PAYOUT_MADE,      true },
    {MZ_PAYOUT_RETURNED,  false},
    {MZ_PAYOUT_RETURNED,  true },
    {MZ_PURPOSE_CHANGED,  false},
    {MZ_FUND_CLOSED,      false},
};
enum { POSTED_COUNT = sizeof POSTED / sizeof POSTED[0] };
_Static_assert(POSTED_COUNT <= sizeof((tally *)0)->posted / sizeof(unsigned), "each has its count");

static void run(uint64_t seed, int steps, bool verbose, tally *met)
{
    mz_reason why = {0};
    sim *s = calloc(1, sizeof *s);
    assert(s != NULL);
    s->seed = seed;
    s->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    s->verbose = verbose;
    s->met = met;
    s->focus = -1;
    s->now = START_MS + (int64_t)(seed % 4) * 250 * MZ_DAY_MS; /* over a 29 February, too */
    s->kv = mz_memory_new();
    s->hasher = mz_hasher_new();
    s->m = model_new();
    s->journal = journal_check_new();
    assert(s->kv != NULL && s->hasher != NULL && s->m != NULL);
    require_ok(s, mz_kv_begin_write(s->kv, &s->txn, &why), &why, "begin");
    s->changes = mz_changes_new(s->txn);
    assert(s->changes != NULL);
    set_up(s);
    while (s->tried < steps) {
        int before = s->tried;
        if (s->focus >= 0)
            act_advance(s);
        else if (scarce_role(s) != MZ_ROLE_NONE && chance(s, 20))
            act_enrol(s);
        else
            act(s);
        if (s->tried != before)
            pass_time(s);
    }
    compare(s, true);
    replay(s);
    printf("seed %llu: %d tried, %d accepted, %d refused (%d by form), %zu proposals, %zu payouts, "
           "to %s\n",
           (unsigned long long)seed, s->tried, s->log_count, s->refused, s->refused_by_form,
           model_proposal_count(s->m), model_payout_count(s->m), time_text(s->now));
    for (size_t i = 0; i < POSTED_COUNT; i++)
        met->posted[i] += journal_check_count(s->journal, POSTED[i].event, POSTED[i].reversal);
    for (int i = 0; i < s->log_count; i++)
        free(s->log[i].payload);
    mz_changes_free(s->changes);
    mz_kv_abort(s->txn);
    mz_kv_close(s->kv);
    mz_hasher_free(s->hasher);
    model_free(s->m);
    journal_check_free(s->journal);
    free(s);
}

/* What the default seeds must have met, or they do not test it. */
static const mz_status WANTED[] = {
    MZ_ID_TAKEN,       MZ_DIGEST_TAKEN,     MZ_FUND_BUSY,    MZ_NOTHING_PAID,
    MZ_BALANCE_LIMIT,  MZ_NEED_REQUIRED,    MZ_NOT_ENDORSED, MZ_OVER_CAP,
    MZ_UNIT_DIFFERS,   MZ_STOCK_SHORT,      MZ_OVER_GOODS,   MZ_GOODS_UNDECIDED,
    MZ_NOT_REVERSIBLE, MZ_ALREADY_REVERSED, MZ_DEPENDED_ON,  MZ_MONTH_OPEN,
    MZ_OTHER_ACCOUNT,  MZ_FUND_LEFT_OUT,    MZ_BEYOND_LOG,   MZ_RECONCILIATION_DIFFERS,
    MZ_NO_SUCH_FINDING};

/* Prints what was met; false when something was not that a run of many seeds must meet. */
static bool tell_met(const tally *met, bool verbose, bool all_wanted)
{
    int kinds = 0;
    bool all = true;
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    for (int i = 0; i < 1000; i++)
        kinds += met->refusals[i] != 0;
    printf("%d kinds of refusal were met\n", kinds);
    for (size_t i = 0; i < POSTED_COUNT; i++)
        printf("  %6u %s%s posted\n", met->posted[i], mz_event_row_of(POSTED[i].event)->name,
               POSTED[i].reversal ? " reversed:" : "");
    for (int i = 0; i < 1000 && verbose; i++) {
        if (met->refusals[i] != 0)
            printf("  %6u %s\n", met->refusals[i], mz_status_code((mz_status)i));
    }
    for (size_t i = 0; i < count; i++) {
        if (verbose)
            printf("  %6u %s accepted\n", met->accepted[rows[i].event], rows[i].name);
        if (met->accepted[rows[i].event] != 0 || !all_wanted)
            continue;
        printf("NOT MET: no %s was accepted\n", rows[i].name);
        all = false;
    }
    for (size_t i = 0; i < sizeof WANTED / sizeof WANTED[0]; i++) {
        if (met->refusals[WANTED[i]] != 0 || !all_wanted)
            continue;
        printf("NOT MET: nothing was refused with %s\n", mz_status_code(WANTED[i]));
        all = false;
    }
    return all;
}

int main(int argc, char **argv)
{
    uint64_t seed = 0;
    int steps = 2500, seeds = 12;
    bool verbose = false;
    static tally met;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            steps = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--long") == 0) {
            seeds = 60;
            steps = 6000;
        } else if (strcmp(argv[i], "--verbose") == 0)
            verbose = true;
        else {
            fprintf(stderr, "usage: sim_ledger [--seed N] [--steps N] [--long] [--verbose]\n");
            return 2;
        }
    }
    if (seed != 0)
        run(seed, steps, verbose, &met);
    for (uint64_t i = 1; seed == 0 && i <= (uint64_t)seeds; i++)
        run(i, steps, verbose, &met);
    return tell_met(&met, verbose, seed == 0) ? 0 : 1;
}
