/* test_views.c — what people ask of the ledger: one small history, and a row for each answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/views.h"
#include "views_world.h"

static void people_and_fund(views_world *w)
{
    views_enrol(w, "aud-a", "auditor", "");
    views_write(
        w, "reg-a", "fund.opened", "fund-a", /* entry 3 */
        "{'name':'闻韶社区基金','community':'闻韶社区','agreement_no':'1','account':'bank-a',"
        "'profile':{}}");
    views_enrol(w, "stew-a", "steward", ",'funds':['fund-a']");
    views_enrol(w, "mem-a", "member", "");
    views_enrol(w, "mem-b", "member", "");
    views_enrol(w, "mem-c", "member", "");
    views_enrol(w, "rev-a", "reviewer", "");
    views_enrol(w, "cash-a", "cashier", "");
    views_write(w, "reg-a", "committee.seated", "fund-a", /* entry 16 */
                "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
                "'supervisors':[],'term_ends':'2029-03-01'}");
    views_write(w, "reg-b", "registry.confirmed", "fund-a", "{'target':'@@'}");
}

static void money_and_proposals(views_world *w)
{
    views_write(w, "stew-a", "party.registered", NULL, /* entry 18 */
                "{'party':'lifa','kind':'person','name':'李某'}");
    views_write(w, "rev-a", "party.verified", NULL, "{'registration':'@@'}");
    views_write(w, "stew-a", "party.registered", NULL,
                "{'party':'newco','kind':'person','name':'王某'}");
    views_write(w, "stew-a", "income.recorded", "fund-a", /* entry 21 */
                "{'kind':'donation','amount_fen':500,'received_on':'2026-03-02',"
                "'purpose':'general'}");
    views_write(w, "cash-a", "income.confirmed", "fund-a",
                "{'income':'@@','amount_fen':500,'purpose':'general','booked_on':"
                "'2026-03-02','bank_ref':'B1','receipt_no':'R1'}");
    views_write(w, "stew-a", "income.recorded", "fund-a", /* entry 23 */
                "{'kind':'interest','amount_fen':7,'received_on':'2026-03-02',"
                "'purpose':'general'}");
    views_write(w, "stew-a", "proposal.filed", "fund-a", /* entry 24 */
                "{'proposal':'p-1','title':'重阳节','category':'activity','why':'敬老','payees':"
                "[{'party':'lifa','cap_fen':300}],'draws':[{'purpose':'general',"
                "'amount_fen':300}]}");
    views_days_later(w, 9);                  /* 2026-03-11 */
    views_vote(w, "mem-a", "p-1", "reject"); /* entry 25 */
    views_vote(w, "mem-a", "p-1", "approve");
    views_vote(w, "mem-b", "p-1", "approve");
    views_write(w, "mem-a", "application.sent", "fund-a", "{'proposal':'p-1'}");
    views_write(w, "rev-a", "application.approved", "fund-a",
                "{'proposal':'p-1','draws':[{'purpose':'general','amount_fen':300}]}");
    views_write(w, "cash-a", "payout.made", "fund-a", /* entry 30 */
                "{'proposal':'p-1','party':'lifa','draws':[{'purpose':'general',"
                "'amount_fen':200}],'booked_on':'2026-03-11','bank_ref':'B2'}");
    views_write(w, "stew-a", "proposal.filed", "fund-a", /* entry 31 */
                "{'proposal':'p-2','title':'修缮','category':'repair','why':'漏水','payees':"
                "[{'party':'lifa','cap_fen':100}],'draws':[{'purpose':'general',"
                "'amount_fen':100}]}");
    views_days_later(w, 8);                   /* 2026-03-19 */
    views_vote(w, "mem-a", "p-2", "approve"); /* entry 32 */
    views_write(w, "reg-a", "actor.assigned", NULL, "{'actor':'stew-a','funds':[]}");
}

static views_world *write_history(void)
{
    views_world *w = views_world_new();
    people_and_fund(w);
    money_and_proposals(w);
    return w;
}

typedef enum asked {
    LEDGER,
    FUND,
    PROPOSALS,
    PROPOSAL,
    ENTRY,
    VOTES,
    PARTY,
    TODO,
    TRACE,
    DRAFT
} asked;

static mz_status ask(mz_changes *changes, asked what, const char *id, int64_t now_ms, json_t **out,
                     mz_reason *why)
{
    int32_t to_day = mz_day_of_ms(now_ms) - 1;
    switch (what) {
    case LEDGER:
        return mz_ledger_view(changes, now_ms, out, why);
    case FUND:
        return mz_fund_view(changes, mz_view_of(id), now_ms, out, why);
    case PROPOSALS:
        return mz_proposals_view(changes, mz_view_of(id), 31, now_ms, out, why);
    case PROPOSAL:
        return mz_proposal_view(changes, mz_view_of(id), now_ms, out, why);
    case ENTRY:
        return mz_entry_view(changes, strtoull(id, NULL, 10), out, why);
    case VOTES:
        return mz_fund_entries_view(changes, mz_view_of(id), MZ_VOTE_CAST, MZ_NEVER, out, why);
    case PARTY:
        return mz_party_view(changes, mz_view_of(id), out, why);
    case TODO:
        return mz_todo_view(changes, mz_view_of(id), now_ms, out, why);
    case TRACE:
        return mz_trace_view(changes, strtoull(id, NULL, 10), now_ms, out, why);
    case DRAFT:
        return mz_statement_view(changes, mz_view_of(id), to_day, now_ms, out, why);
    }
    return MZ_IO;
}

/* `path` and `want` as views_expect has them. */
typedef struct view_case {
    const char *name;
    asked what;
    const char *id;
    int days; /* after the last entry, 2026-03-19 */
    const char *path, *want;
} view_case;

static const view_case CASES[] = {
    {"ledger: origin",                          LEDGER,    "",       0,    "origin",                       "'fund.example.org/log'"},
    {"ledger: people in order",                 LEDGER,    "",       0,    "actors.2.actor",               "'aud-a'"               },
    {"ledger: a steward's funds",               LEDGER,    "",       0,    "actors.3.funds",               "['fund-a']"            },
    {"ledger: one fund",                        LEDGER,    "",       0,    "funds.#",                      "1"                     },
    {"fund: name from its entry",               FUND,      "fund-a", 0,    "name",                         "'闻韶社区基金'"  },
    {"fund: balance",                           FUND,      "fund-a", 0,    "balance_fen",                  "300"                   },
    {"fund: reserved by p-1",                   FUND,      "fund-a", 0,    "reserved_fen",                 "100"                   },
    {"fund: free",                              FUND,      "fund-a", 0,    "free_fen",                     "200"                   },
    {"fund: the days to pay over, all is free", FUND,      "fund-a", 200,  "free_fen",                     "300"                   },
    {"fund: profile with defaults",             FUND,      "fund-a", 0,    "profile.vote_days",            "30"                    },
    {"fund: bucket",                            FUND,      "fund-a", 0,    "buckets.0.paid_fen",           "200"                   },
    {"fund: committee",                         FUND,      "fund-a", 0,    "committee.chair",              "'mem-a'"               },
    {"fund: the term is over",                  FUND,      "fund-a", 2000, "committee.term_over",          "true"                  },
    {"fund: newest proposal first",             FUND,      "fund-a", 0,    "proposals.0.proposal",         "'p-2'"                 },
    {"fund: one income to be confirmed",        FUND,      "fund-a", 0,    "unconfirmed.#",                "1"                     },
    {"fund: which one",                         FUND,      "fund-a", 0,    "unconfirmed.0.index",          "23"                    },
    {"fund: nothing published",                 FUND,      "fund-a", 0,    "statement",
     "{'next_from':'2026-03-02','due_on':'2026-06-01'}"                                                                            },
    {"fund: unknown",                           FUND,      "fund-z", 0,    NULL,                           "not_found"             },
    {"proposals: before entry 31",              PROPOSALS, "fund-a", 0,    "proposals.0.proposal",         "'p-1'"                 },
    {"proposals: only one before it",           PROPOSALS, "fund-a", 0,    "proposals.#",                  "1"                     },
    {"proposal: state",                         PROPOSAL,  "p-1",    0,    "state",                        "'paying'"              },
    {"proposal: state as of a later moment",    PROPOSAL,  "p-2",    40,   "state",                        "'expired'"             },
    {"proposal: title",                         PROPOSAL,  "p-2",    0,    "title",                        "'修缮'"              },
    {"proposal: draws",                         PROPOSAL,  "p-1",    0,    "draws.0",
     "{'purpose':'general','filed_fen':300,'approved_fen':300,'reserved_fen':100,'paid_fen':200}"                                  },
    {"proposal: payees",                        PROPOSAL,  "p-1",    0,    "payees.0",
     "{'party':'lifa','cap_fen':300,'paid_fen':200}"                                                                               },
    {"proposal: payouts",                       PROPOSAL,  "p-1",    0,    "payouts.0.index",              "30"                    },
    {"proposal: not another's payouts",         PROPOSAL,  "p-2",    0,    "payouts.#",                    "0"                     },
    {"proposal: approvals needed",              PROPOSAL,  "p-2",    0,    "panel.needed",                 "2"                     },
    {"proposal: who has voted",                 PROPOSAL,  "p-2",    0,    "panel.people.0",
     "{'actor':'mem-a','choice':'approve','ballot':32}"                                                                            },
    {"proposal: who has not",                   PROPOSAL,  "p-2",    0,    "panel.people.1",               "{'actor':'mem-b'}"     },
    {"proposal: no panel once adopted",         PROPOSAL,  "p-1",    0,    "panel",                        "null"                  },
    {"proposal: ballots once adopted",          PROPOSAL,  "p-1",    0,    "ballots.0.choice",             "'approve'"             },
    {"proposal: history once adopted",          PROPOSAL,  "p-1",    0,    "history.0.event",              "'application.sent'"    },
    {"proposal: the approval's draws",          PROPOSAL,  "p-1",    0,    "history.1.draws.0.amount_fen", "300"                   },
    {"proposal: no history before",             PROPOSAL,  "p-2",    0,    "history",                      "null"                  },
    {"proposal: last day to vote",              PROPOSAL,  "p-2",    0,    "last_day",                     "'2026-04-17'"          },
    {"entry: signer",                           ENTRY,     "24",     0,    "actor",                        "'stew-a'"              },
    {"entry: event",                            ENTRY,     "24",     0,    "event",                        "'proposal.filed'"      },
    {"entry: confirmed",                        ENTRY,     "16",     0,    "confirmation.confirmed",       "true"                  },
    {"entry: not confirmed yet",                ENTRY,     "33",     0,    "confirmation.confirmed",       "false"                 },
    {"entry: needs none",                       ENTRY,     "24",     0,    "confirmation",                 "null"                  },
    {"entry: unknown",                          ENTRY,     "34",     0,    NULL,                           "not_found"             },
    {"entries: newest first",                   VOTES,     "fund-a", 0,    "entries.0.index",              "32"                    },
    {"entries: all four",                       VOTES,     "fund-a", 0,    "entries.#",                    "4"                     },
    {"party: verified",                         PARTY,     "lifa",   0,    "verified",                     "true"                  },
    {"party: not verified",                     PARTY,     "newco",  0,    "verified",                     "false"                 },
    {"todo: the other registrar confirms",      TODO,      "reg-b",  0,    "todo.0.do",                    "'registry.confirmed'"  },
    {"todo: what",                              TODO,      "reg-b",  0,    "todo.0.about",                 "'actor.assigned'"      },
    {"todo: not who signed it",                 TODO,      "reg-a",  0,    "todo",                         "[]"                    },
    {"todo: not after 30 days",                 TODO,      "reg-b",  31,   "todo",                         "[]"                    },
    {"todo: an auditor too",                    TODO,      "aud-a",  0,    "todo.#",                       "1"                     },
    {"todo: the reviewer verifies",             TODO,      "rev-a",  0,    "todo.0.about",                 "'newco'"               },
    {"todo: only what is not verified",         TODO,      "rev-a",  0,    "todo.#",                       "1"                     },
    {"todo: the cashier's income",              TODO,      "cash-a", 0,    "todo.0.do",                    "'income.confirmed'"    },
    {"todo: the soonest first",                 TODO,      "cash-a", 0,    "todo.1.do",                    "'payout.made'"         },
    {"todo: what is left to pay",               TODO,      "cash-a", 0,    "todo.1.amount_fen",            "100"                   },
    {"todo: nothing to pay when days are over", TODO,      "cash-a", 200,  "todo.#",                       "1"                     },
    {"todo: the steward completes",             TODO,      "stew-a", 0,    "todo.0.do",                    "'project.completed'"   },
    {"todo: who has voted need not",            TODO,      "mem-a",  0,    "todo",                         "[]"                    },
    {"todo: who has not voted",                 TODO,      "mem-b",  0,    "todo.0.about",                 "'p-2'"                 },
    {"todo: a statement is due",                TODO,      "mem-a",  70,   "todo.0.do",                    "'statement.published'" },
    {"todo: unknown",                           TODO,      "nobody", 0,    NULL,                           "not_found"             },
    {"trace: an income's use",                  TRACE,     "21",     0,    "parts.0.payout",               "30"                    },
    {"trace: an income's rest",                 TRACE,     "21",     0,    "parts.1.amount_fen",           "300"                   },
    {"trace: through its confirmation",         TRACE,     "22",     0,    "index",                        "21"                    },
    {"trace: a payout's money",                 TRACE,     "30",     0,    "parts.0.income",               "21"                    },
    {"trace: neither",                          TRACE,     "24",     0,    NULL,                           "not_found"             },
    {"draft: a statement",                      DRAFT,     "fund-a", 0,    "",
     "{'from':'2026-03-02','to':'2026-03-18','opening_fen':0,'income':[{'kind':'donation','amount_"
     "fen':500}],'spending':[{'category':'activity','amount_fen':200}],'returned_fen':0,'"
     "corrections_fen':0,'moved_fen':0,'closing_fen':300,'reserved_fen':100}"                                                      },
};

static void check_view(void **state)
{
    const view_case *c = *state;
    static views_world *w; /* one history for all rows, made by the first */
    if (w == NULL)
        w = write_history();
    if (c == NULL) {
        views_world_free(w);
        return;
    }
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *made = NULL;
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    mz_status status = ask(mz_snapshot_changes(snapshot), c->what, c->id,
                           w->now_ms + c->days * (int64_t)MZ_DAY_MS, &made, &why);
    mz_snapshot_close(snapshot);
    views_expect(status, &why, made, c->path, c->want);
}

#define CASE_COUNT (sizeof CASES / sizeof CASES[0])

int main(void)
{
    struct CMUnitTest tests[CASE_COUNT + 1];
    for (size_t i = 0; i < CASE_COUNT; i++)
        tests[i] = (struct CMUnitTest){.name = CASES[i].name,
                                       .test_func = check_view,
                                       .initial_state = (void *)(uintptr_t)&CASES[i]};
    tests[CASE_COUNT] =
        (struct CMUnitTest){.name = "the history is put away", .test_func = check_view};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
