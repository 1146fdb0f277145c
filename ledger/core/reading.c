#include "core/reading.h"

#include <string.h>

#include "core/panel.h"

#define AS_OF_NOW (MZ_NEVER - 1) /* after every entry there is */
#define OFFICERS                                                                                   \
    (MZ_ROLE_BIT(MZ_REGISTRAR) | MZ_ROLE_BIT(MZ_REVIEWER) | MZ_ROLE_BIT(MZ_CASHIER) |              \
     MZ_ROLE_BIT(MZ_AUDITOR))

/* --- panels --- */

typedef struct looking {
    mz_changes *changes;
    mz_actor_no reader;
    int64_t now_ms;
    mz_reason *why;
} looking;

static mz_status settled_fund(const looking *l, mz_ref ref, mz_fund *fund)
{
    const mz_status status = mz_rules_settle(l->changes, ref, l->now_ms, l->why);
    return status == MZ_OK ? mz_fund_load(l->changes, ref, fund, l->why) : status;
}

/* Whether the reader votes, now, on a proposal of the settled fund that is still open. */
static mz_status on_panel(const looking *l, const mz_fund *fund, mz_ref ref, mz_proposal *proposal,
                          bool *is)
{
    mz_panel panel;
    *is = false;
    mz_status status = mz_proposal_load(l->changes, ref, proposal, l->why);
    if (status != MZ_OK || fund->epoch == 0 || proposal->head.counted_open == 0)
        return status;
    status = mz_panel_read(l->changes, proposal, fund->epoch, AS_OF_NOW, &panel, l->why);
    for (size_t i = 0; status == MZ_OK && i < panel.count; i++)
        *is = *is || panel.people[i] == l->reader;
    return status;
}

/* --- the proposal that an entry belongs to --- */

/* 0: none. A proposal is known by the entry that filed it. */
static mz_status proposal_of(const looking *l, const mz_entry *entry, uint64_t index, mz_ref *ref)
{
    uint8_t jti[16];
    uint64_t cited = 0;
    mz_event event;
    mz_objection objection;
    mz_status status = MZ_OK;
    *ref = 0;
    if (entry->row->event == MZ_PROPOSAL_FILED) {
        *ref = index;
    } else if (mz_body_has(entry, "proposal")) {
        status = mz_name_find(l->changes, MZ_NAME_PROPOSAL, 0, mz_body_text(entry, "proposal"), ref,
                              l->why);
    } else if (mz_body_jti(entry, "objection", jti)) {
        status = mz_jti_find(l->changes, jti, &cited, &event, l->why);
        const mz_key_bytes key = mz_key_u64(MZ_KIND_OBJECTION, cited);
        if (status == MZ_OK)
            status = mz_state_load(l->changes, &key, &objection, sizeof objection, l->why);
        if (status == MZ_OK)
            *ref = objection.proposal;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status reach_by_proposal(const looking *l, const mz_entry *entry, uint64_t index,
                                   mz_reach *reach)
{
    mz_ref ref = 0;
    mz_proposal proposal;
    mz_fund fund;
    bool is = false;
    mz_status status = proposal_of(l, entry, index, &ref);
    if (status != MZ_OK || ref == 0)
        return status;
    status = mz_proposal_load(l->changes, ref, &proposal, l->why);
    if (status == MZ_OK)
        status = settled_fund(l, proposal.head.fund, &fund);
    if (status == MZ_OK)
        status = on_panel(l, &fund, ref, &proposal, &is);
    if (status == MZ_OK && is)
        *reach = MZ_REACH_ALL;
    return status;
}

/* --- the name of a payee --- */

static bool pays(const mz_proposal *proposal, mz_ref party)
{
    for (size_t i = 0; i < proposal->head.payee_count; i++) {
        if (proposal->payees[i].party == party)
            return true;
    }
    return false;
}

/* Open proposals stand in MZ_KIND_OPEN until they are paid, and while they have a last day in
 * MZ_KIND_DUE: the rows of both end with the proposal. */
static mz_status pays_in_rows(const looking *l, const mz_fund *fund, mz_kind kind, mz_ref party,
                              bool *found)
{
    const mz_key_bytes prefix = mz_key_u64(kind, fund->ref);
    mz_key_bytes row = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while (status == MZ_OK && !*found) {
        mz_proposal proposal;
        status = mz_state_next(l->changes, &prefix, &row, &value, l->why);
        if (status == MZ_OK)
            status = on_panel(l, fund, mz_be64_get(row.bytes + row.size - 8), &proposal, found);
        if (status == MZ_OK)
            *found = *found && pays(&proposal, party);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status is_seated(const looking *l, const mz_fund *fund, bool *is)
{
    mz_seating seating;
    mz_actor_no people[MZ_SEATING_PEOPLE_MAX];
    *is = false;
    if (fund->epoch == 0)
        return MZ_OK;
    const mz_status status =
        mz_seating_load(l->changes, fund->ref, fund->epoch, &seating, people, l->why);
    const size_t count =
        status == MZ_OK ? (size_t)seating.member_count + seating.alternate_count : 0;
    for (size_t i = 0; i < count; i++)
        *is = *is || people[i] == l->reader;
    return status;
}

static mz_status pays_in_fund(const looking *l, mz_ref ref, mz_ref party, bool *found)
{
    mz_fund fund;
    bool seated = false;
    mz_status status = mz_fund_load(l->changes, ref, &fund, l->why);
    if (status == MZ_OK)
        status = is_seated(l, &fund, &seated);
    if (status != MZ_OK || !seated)
        return status;
    status = settled_fund(l, ref, &fund);
    if (status == MZ_OK)
        status = pays_in_rows(l, &fund, MZ_KIND_OPEN, party, found);
    if (status == MZ_OK && !*found)
        status = pays_in_rows(l, &fund, MZ_KIND_DUE, party, found);
    return status;
}

static mz_status reach_by_payee(const looking *l, const mz_entry *entry, uint64_t index,
                                mz_reach *reach)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes row = prefix;
    mz_view value;
    uint64_t ref = 0;
    mz_party party;
    bool found = false;
    mz_status status =
        mz_name_find(l->changes, MZ_NAME_PARTY, 0, mz_body_text(entry, "party"), &ref, l->why);
    if (status == MZ_OK)
        status = mz_party_load(l->changes, ref, &party, l->why);
    if (status != MZ_OK || party.registration != index)
        return status == MZ_NOT_FOUND ? MZ_OK : status;
    while (status == MZ_OK && !found) {
        status = mz_state_next(l->changes, &prefix, &row, &value, l->why);
        if (status == MZ_OK)
            status = pays_in_fund(l, mz_be64_get(row.bytes + 1), ref, &found);
    }
    if (found)
        *reach = MZ_REACH_NAME;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* --- reading.h --- */

mz_status mz_reader_admit(mz_changes *changes, mz_actor_no reader, const mz_entry *entry,
                          uint64_t index, int64_t now_unix_ms, mz_reader *out, mz_reason *why)
{
    const looking l = {changes, reader, now_unix_ms, why};
    *out = (mz_reader){.index = index, .reach = MZ_REACH_NONE};
    mz_status status = mz_actor_load(changes, reader, &out->reader, why);
    if (status != MZ_OK)
        return status;
    const mz_role role = (mz_role)out->reader.role;
    if ((OFFICERS & MZ_ROLE_BIT(role)) != 0) {
        out->reach = MZ_REACH_ALL;
        return MZ_OK;
    }
    if (role == MZ_MEMBER && entry->row->event == MZ_PARTY_REGISTERED)
        status = reach_by_payee(&l, entry, index, &out->reach);
    else if (role == MZ_MEMBER)
        status = reach_by_proposal(&l, entry, index, &out->reach);
    if (status != MZ_OK || out->reach != MZ_REACH_NONE)
        return status;
    return mz_refuse(why, MZ_NOT_A_READER, mz_count("index", (int64_t)index),
                     mz_words_view("actor", mz_id_view(out->reader.id)),
                     mz_term("role", mz_role_name(role)));
}

mz_status mz_reader_digest(mz_changes *changes, const mz_reader *reading,
                           const uint8_t digest[MZ_HASH_SIZE], mz_reason *why)
{
    mz_digest record;
    const mz_status status = mz_digest_load(changes, digest, &record, why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_refuse_corrupt(why, "a digest of the log is not known")
                                      : status;
    if (record.erased != 0)
        return mz_refuse(why, MZ_SEALED_ERASED, mz_count("index", (int64_t)reading->index));
    if (record.restricted != 0 && reading->reader.role != MZ_AUDITOR)
        return mz_refuse(why, MZ_SEALED_RESTRICTED, mz_count("index", (int64_t)reading->index));
    return MZ_OK;
}

bool mz_reader_shows(const mz_reader *reading, const char *name)
{
    return reading->reach == MZ_REACH_ALL ||
           (reading->reach == MZ_REACH_NAME && strcmp(name, "name") == 0);
}
