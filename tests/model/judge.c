/* judge.c — one entry: who may sign it, and which rule judges it. */
#include "model/world.h"

static bool registry_confirmed(step *s);

static const struct {
    mz_event event;
    unsigned roles; /* bits by role */
    bool (*judge)(step *s);
} EVENTS[] = {
    {MZ_LEDGER_OPENED,        1u << REGISTRAR,                                 ledger_opened       },
    {MZ_LEDGER_AMENDED,       1u << REGISTRAR,                                 ledger_amended      },
    {MZ_RULES_ADOPTED,        1u << REGISTRAR,                                 rules_adopted       },
    {MZ_ACTOR_ENROLLED,       1u << REGISTRAR,                                 actor_enrolled      },
    {MZ_ACTOR_REKEYED,        1u << REGISTRAR,                                 actor_rekeyed       },
    {MZ_ACTOR_ASSIGNED,       1u << REGISTRAR,                                 actor_assigned      },
    {MZ_ACTOR_RETIRED,        1u << REGISTRAR,                                 actor_retired       },
    {MZ_REGISTRY_CONFIRMED,   1u << REGISTRAR | 1u << AUDITOR,                 registry_confirmed  },
    {MZ_FUND_OPENED,          1u << REGISTRAR,                                 fund_opened         },
    {MZ_FUND_AMENDED,         1u << REGISTRAR,                                 fund_amended        },
    {MZ_FUND_CLOSING,         1u << REGISTRAR,                                 fund_closing        },
    {MZ_FUND_CLOSED,          1u << REGISTRAR,                                 fund_closed         },
    {MZ_COMMITTEE_SEATED,     1u << REGISTRAR,                                 committee_seated    },
    {MZ_PURPOSE_DEFINED,      1u << REGISTRAR,                                 purpose_defined     },
    {MZ_PURPOSE_CHANGED,      1u << REVIEWER,                                  purpose_changed     },
    {MZ_PARTY_REGISTERED,     1u << STEWARD | 1u << REGISTRAR,                 party_registered    },
    {MZ_PARTY_VERIFIED,       1u << REVIEWER,                                  party_verified      },
    {MZ_CONFLICT_DECLARED,    0xfe,                                            conflict_declared   },
    {MZ_CONFLICT_ENDED,       0xfe,                                            conflict_ended      },
    {MZ_SOURCE_REGISTERED,    1u << STEWARD,                                   source_registered   },
    {MZ_SOURCE_ENDED,         1u << STEWARD,                                   source_ended        },
    {MZ_SESSION_HELD,         1u << STEWARD,                                   session_held        },
    {MZ_INCOME_RECORDED,      1u << STEWARD,                                   income_recorded     },
    {MZ_INCOME_CONFIRMED,     1u << CASHIER,                                   income_confirmed    },
    {MZ_INCOME_DECLINED,      1u << CASHIER,                                   income_declined     },
    {MZ_ENTRY_REVERSED,       1u << STEWARD | 1u << CASHIER | 1u << REVIEWER,  entry_reversed      },
    {MZ_PROPOSAL_FILED,       1u << STEWARD,                                   proposal_filed      },
    {MZ_PROPOSAL_WITHDRAWN,   1u << STEWARD,                                   proposal_withdrawn  },
    {MZ_OBJECTION_FILED,      1u << STEWARD | 1u << MEMBER | 1u << SUPERVISOR, objection_filed     },
    {MZ_OBJECTION_ANSWERED,   1u << MEMBER,                                    objection_answered  },
    {MZ_OPINION_GIVEN,        1u << SUPERVISOR,                                opinion_given       },
    {MZ_VOTE_CAST,            1u << MEMBER,                                    vote_cast           },
    {MZ_MEMBER_RECUSED,       1u << MEMBER,                                    member_recused      },
    {MZ_APPLICATION_SENT,     1u << MEMBER,                                    application_sent    },
    {MZ_APPLICATION_APPROVED, 1u << REVIEWER,                                  application_approved},
    {MZ_APPLICATION_RETURNED, 1u << REVIEWER,                                  application_returned},
    {MZ_APPLICATION_REFUSED,  1u << REVIEWER,                                  application_refused },
    {MZ_PAYOUT_MADE,          1u << CASHIER,                                   payout_made         },
    {MZ_PAYOUT_RETURNED,      1u << CASHIER,                                   payout_returned     },
    {MZ_PROJECT_COMPLETED,    1u << STEWARD,                                   project_completed   },
    {MZ_PROJECT_RATED,        1u << STEWARD,                                   project_rated       },
    {MZ_STATEMENT_PUBLISHED,  1u << MEMBER,                                    statement_published },
    {MZ_NEED_LISTED,          1u << STEWARD,                                   need_listed         },
    {MZ_NEED_ENDORSED,        1u << MEMBER,                                    need_endorsed       },
    {MZ_GOODS_RECEIVED,       1u << STEWARD,                                   goods_received      },
    {MZ_GOODS_ISSUED,         1u << STEWARD,                                   goods_issued        },
    {MZ_GOODS_SOLD,           1u << STEWARD,                                   goods_sold          },
    {MZ_GOODS_WRITTEN_OFF,    1u << STEWARD,                                   goods_written_off   },
    {MZ_GOODS_CONFIRMED,      1u << MEMBER | 1u << SUPERVISOR,                 goods_confirmed     },
    {MZ_BALANCE_RECONCILED,   1u << REVIEWER | 1u << AUDITOR,                  balance_reconciled  },
    {MZ_AUDIT_REPORTED,       1u << AUDITOR,                                   audit_reported      },
    {MZ_FINDING_ANSWERED,     0x7e,                                            finding_answered    },
    {MZ_RECORD_RESTRICTED,    1u << REGISTRAR,                                 record_restricted   },
    {MZ_RECORD_ERASED,        1u << REGISTRAR,                                 record_erased       },
};
enum { EVENT_ROWS = sizeof EVENTS / sizeof EVENTS[0] };

static int row_of(mz_event event)
{
    for (int i = 0; i < EVENT_ROWS; i++) {
        if (EVENTS[i].event == event)
            return i;
    }
    return NONE;
}

/* Whether it takes effect only when confirmed, and whose affair it is. */
static bool needs_confirmation(const step *s, int *subject)
{
    int about = find_actor(s->w, text(s, "actor"));
    *subject = NONE;
    switch ((int)s->event) {
    case MZ_LEDGER_AMENDED:
    case MZ_RULES_ADOPTED:
    case MZ_FUND_CLOSED:
    case MZ_COMMITTEE_SEATED:
    case MZ_RECORD_ERASED:
        return true;
    case MZ_ACTOR_ENROLLED:
    case MZ_ACTOR_REKEYED:
    case MZ_ACTOR_ASSIGNED:
        *subject = about;
        return true;
    case MZ_CONFLICT_DECLARED:
        *subject = about;
        return about != s->signer;
    case MZ_CONFLICT_ENDED:
        about = find_conflict(s->w, text(s, "declaration"));
        *subject = about == NONE ? NONE : s->w->conflicts[about].actor;
        return true;
    default:
        return false;
    }
}

/* Who may sign what concerns a person: that person, a supervisor or a registrar. */
static bool may_speak_for(step *s)
{
    int role = s->w->actors[s->signer].role;
    int subject;
    if (s->event != MZ_CONFLICT_DECLARED && s->event != MZ_CONFLICT_ENDED)
        return true;
    (void)needs_confirmation(s, &subject);
    REQUIRE(subject == s->signer || role == SUPERVISOR || role == REGISTRAR, "not for others");
    return true;
}

static bool open_to(step *s, mz_event event)
{
    if (s->fund == NONE || s->w->funds[s->fund].stage != CLOSED)
        return true;
    REQUIRE(event == MZ_PAYOUT_RETURNED || event == MZ_ENTRY_REVERSED ||
                event == MZ_STATEMENT_PUBLISHED,
            "fund is closed");
    return true;
}

static bool registry_confirmed(step *s)
{
    world *w = s->w;
    int r = find_record(w, text(s, "target"));
    REQUIRE(r != NONE, "no such entry");
    record *target = &w->records[r];
    REQUIRE(target->pending, "not confirmable");
    REQUIRE(target->fund == s->fund, "fund is not the target's");
    REQUIRE(!target->confirmed, "confirmed before");
    REQUIRE(target->signer != s->signer && target->subject != s->signer, "own affair");
    REQUIRE(s->ms < end_of((int64_t)day_of(target->ms) + 30), "too late");
    REQUIRE(!w->actors[target->signer].retired, "its signer has retired");
    REQUIRE(target->event != MZ_RECORD_ERASED || w->actors[s->signer].role == AUDITOR,
            "an auditor confirms it");
    target->confirmed = true;
    step inner = *s;
    inner.event = target->event;
    inner.jti = target->jti;
    inner.signer = target->signer;
    inner.body = json_object_get(s->m->payloads[r], "body");
    return open_to(&inner, inner.event) && EVENTS[row_of(inner.event)].judge(&inner);
}

static bool judge_time(step *s, const mz_entry *entry)
{
    int64_t iat_ms = entry->iat_unix_s * 1000;
    REQUIRE(iat_ms <= s->ms + 300000, "iat is ahead");
    REQUIRE(iat_ms >= s->ms - 30 * DAY_MS, "iat is behind");
    REQUIRE(find_record(s->w, s->jti) == NONE, "jti used");
    return true;
}

static bool judge_signer(step *s, unsigned roles, bool own_funds)
{
    s->signer = NONE;
    for (int i = 0; i < s->w->actors_count; i++) {
        if (memcmp(s->w->actors[i].kid, s->kid->bytes, 32) == 0)
            s->signer = i;
    }
    REQUIRE(s->signer != NONE, "unknown or replaced key");
    const actor_row *a = &s->w->actors[s->signer];
    REQUIRE(!a->retired, "signer has retired");
    REQUIRE(roles & (1u << a->role), "wrong role");
    REQUIRE(!own_funds || a->role != STEWARD || a->funds[s->fund], "not this steward's fund");
    return true;
}

static bool judge_fund(step *s, const mz_entry *entry)
{
    s->fund = NONE;
    if (s->event == MZ_FUND_OPENED)
        return true;
    if (entry->row->fund == MZ_FUND_NONE)
        return true;
    if (entry->fund[0] == '\0') {
        REQUIRE(entry->row->fund == MZ_FUND_TARGET, "fund missing");
        return true;
    }
    s->fund = find_fund(s->w, entry->fund);
    REQUIRE(s->fund != NONE, "no such fund");
    return open_to(s, s->event == MZ_REGISTRY_CONFIRMED ? MZ_EVENT_NONE : s->event);
}

/* No sum of a purpose, however it came about, and no balance of a fund passes the greatest amount.
 */
static bool within_limits(step *s)
{
    const world *w = s->w;
    for (int i = 0; i < w->purposes_count; i++) {
        const purpose_row *p = &w->purposes[i];
        REQUIRE(p->confirmed <= AMOUNT_MAX && p->reversed <= AMOUNT_MAX && p->in <= AMOUNT_MAX &&
                    p->out <= AMOUNT_MAX && p->paid <= AMOUNT_MAX && p->returned <= AMOUNT_MAX,
                "sum limit");
    }
    for (int i = 0; i < w->funds_count; i++)
        REQUIRE(fund_balance(w, i) <= AMOUNT_MAX, "balance limit");
    return true;
}

static bool judge(step *s, const mz_entry *entry)
{
    int row = row_of(s->event);
    assert(row != NONE);
    if (s->event == MZ_LEDGER_OPENED || s->index == 0) {
        REQUIRE(s->event == MZ_LEDGER_OPENED && s->index == 0, "entry 0 opens the log");
        snprintf(s->w->origin, sizeof s->w->origin, "%s", entry->origin);
        s->signer = s->fund = NONE;
        return judge_time(s, entry) && new_digests(s) && ledger_opened(s);
    }
    REQUIRE(strcmp(entry->origin, s->w->origin) == 0, "another log");
    if (!judge_time(s, entry) || !judge_fund(s, entry) ||
        !judge_signer(s, EVENTS[row].roles, s->fund != NONE) || !may_speak_for(s))
        return false;
    if (entry->row->evidence_required)
        REQUIRE(json_array_size(list(s, "evidence")) > 0, "evidence missing");
    int subject; /* what waits moves nothing yet: its limits are judged at the confirmation */
    return new_digests(s) && EVENTS[row].judge(s) &&
           (needs_confirmation(s, &subject) || within_limits(s));
}

/* fund.opened finds its identifier in the body, under a name that no body has. */
static json_t *body_with_fund(const mz_entry *entry)
{
    json_t *body = json_copy(entry->body);
    json_object_set_new_nocheck(body, "\1fund", json_string(entry->fund));
    return body;
}

static void remember(step *s, bool pending, int subject, const json_t *payload)
{
    int number = ADD(records);
    record *r = &s->w->records[number];
    *r = (record){.event = s->event,
                  .fund = s->fund,
                  .signer = s->signer,
                  .subject = subject,
                  .ms = s->ms,
                  .pending = pending};
    snprintf(r->jti, sizeof r->jti, "%s", s->jti);
    if (s->event == MZ_FUND_OPENED)
        r->fund = s->w->funds_count - 1;
    if (pending)
        s->m->payloads[number] = json_incref((json_t *)(uintptr_t)payload);
}

bool model_apply(model *m, const mz_entry *entry, const model_stamp *stamp,
                 char reason[MODEL_REASON_SIZE])
{
    json_t *body = body_with_fund(entry);
    step s = {.w = &m->now,
              .m = m,
              .body = body,
              .jti = text_in(entry->payload, "jti"),
              .event = entry->row->event,
              .fund = NONE,
              .signer = NONE,
              .index = stamp->index,
              .ms = stamp->unix_ms,
              .day = day_of(stamp->unix_ms),
              .leaf = &stamp->leaf_hash,
              .kid = &stamp->kid};
    m->reason = reason;
    reason[0] = '\0';
    settle(&s, stamp->unix_ms);
    memcpy(&m->before, &m->now, sizeof m->now);
    bool accepted = judge(&s, entry);
    int subject = NONE;
    s.w = &m->before; /* whose affair it is, as it stood */
    bool pending = accepted && stamp->index > 0 && needs_confirmation(&s, &subject);
    s.w = &m->now;
    if (!accepted || pending)
        memcpy(&m->now, &m->before, sizeof m->now);
    if (accepted) {
        /* Judged once; what it does waits for its confirmation. */
        remember(&s, pending, subject, entry->payload);
        name_digests(&s);
        m->now.now = stamp->unix_ms;
    }
    json_decref(body);
    return accepted;
}

void model_settle(model *m, int64_t unix_ms)
{
    step s = {.w = &m->now, .m = m, .ms = unix_ms, .day = day_of(unix_ms)};
    settle(&s, unix_ms);
    m->now.now = unix_ms;
}

model *model_new(void)
{
    return calloc(1, sizeof(model));
}

void model_free(model *m)
{
    if (m == NULL)
        return;
    for (int i = 0; i < ENTRIES; i++)
        json_decref(m->payloads[i]);
    free(m);
}
