/* export_journal.c — the journals of hledger and beancount: every entry of the log in order, once,
 * and our own balances at the end for the other program to find equal. Nothing is remembered from
 * one entry to the next. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/uuid.h"
#include "export.h"
#include "journal_text.h"

#define ENTRIES_PER_LOOK 256 /* entries between two looks at the clock */

const mz_option MZ_EXPORT_ACCOUNTS_OPTION[] = {
    {"accounts", "FILE", false,
     "科目表（JSON，见 docs/accounts.md）；默认为民间非营利组织会计制度的科目",
     "chart of accounts (JSON, docs/accounts.md); by default that of the accounting system for "
     "non-profit organisations"},
    {0    },
};

typedef struct writer {
    mz_export_job *job;
    const mz_journal_text *text;
    FILE *out;
    bool zh;
    mz_accounts accounts;
    mz_changes *changes; /* the snapshot's */
    mz_buf leaf;
    mz_journal journal;
    int32_t day; /* of the last entry */
    mz_reason *why;
} writer;

/* An entry on its way into the journal. */
typedef struct visited {
    uint64_t index;
    mz_entry entry;
} visited;

/* ---- names ---- */

static mz_language language_of(const writer *w)
{
    return w->zh ? MZ_CHINESE : MZ_ENGLISH;
}

static void copy_id(const char id[40], char text[MZ_ID_SIZE_MAX + 1])
{
    const mz_view view = mz_id_view(id);
    memcpy(text, view.data, view.size);
    text[view.size] = '\0';
}

/* The account of a role, for a fund and one of its purposes. */
static void account_of(const writer *w, size_t role, const mz_fund *fund, const char *purpose,
                       char full[MZ_ACCOUNT_FULL_SIZE])
{
    char id[MZ_ID_SIZE_MAX + 1], bank[MZ_ID_SIZE_MAX + 1];
    copy_id(fund->id, id);
    copy_id(fund->account, bank);
    const char *const ids[3] = {
        role == MZ_ACCOUNT_BANK ? bank : NULL, id,
        role == MZ_ACCOUNT_BANK || role == MZ_ACCOUNT_NET_RESTRICTED ? purpose : NULL};
    mz_account_full(w->accounts.rows[role].path, ids, full);
}

/* ---- what is declared ---- */

static void declare(writer *w, size_t role, const mz_fund *fund, const char *purpose,
                    const char *name)
{
    char full[MZ_ACCOUNT_FULL_SIZE];
    account_of(w, role, fund, purpose, full);
    w->text->account(w->out, &w->accounts.rows[role], w->zh, full, name, w->day);
}

/* The accounts that every fund has; those of its purposes follow as they are defined. */
static mz_status visit_fund_opened(writer *w, const visited *v)
{
    mz_fund fund;
    char sum[MZ_ACCOUNT_FULL_SIZE];
    const json_t *name = json_object_get(v->entry.body, "name");
    mz_status status = mz_fund_load(w->changes, v->index, &fund, w->why);
    if (status != MZ_OK)
        return status;
    fputc('\n', w->out);
    w->text->payee(w->out, v->entry.fund);
    account_of(w, MZ_ACCOUNT_BANK, &fund, NULL, sum);
    w->text->account(w->out, NULL, w->zh, sum, json_string_value(name), w->day);
    for (size_t i = 0; i < MZ_ACCOUNT_COUNT; i++)
        if (w->accounts.rows[i].key != NULL && i != MZ_ACCOUNT_NET_RESTRICTED &&
            !mz_account_repeated(&w->accounts, i))
            declare(w, i, &fund, "general", NULL);
    return MZ_OK;
}

static mz_status fund_of(writer *w, const visited *v, mz_fund *fund)
{
    uint64_t ref;
    const mz_status status =
        mz_name_find(w->changes, MZ_NAME_FUND, 0, mz_view_of(v->entry.fund), &ref, w->why);
    return status == MZ_OK ? mz_fund_load(w->changes, ref, fund, w->why) : status;
}

static mz_status visit_purpose_defined(writer *w, const visited *v)
{
    mz_fund fund;
    const char *purpose = json_string_value(json_object_get(v->entry.body, "purpose"));
    const char *text = json_string_value(json_object_get(v->entry.body, "text"));
    const mz_status status = fund_of(w, v, &fund);
    if (status != MZ_OK)
        return status;
    fputc('\n', w->out);
    declare(w, MZ_ACCOUNT_BANK, &fund, purpose, text);
    declare(w, MZ_ACCOUNT_NET_RESTRICTED, &fund, purpose, text);
    return MZ_OK;
}

/* A party is registered anew when something of it changes: its first time counts. */
static mz_status visit_party_registered(writer *w, const visited *v)
{
    uint64_t ref;
    const mz_view id = mz_body_text(&v->entry, "party");
    const mz_status status = mz_name_find(w->changes, MZ_NAME_PARTY, 0, id, &ref, w->why);
    if (status == MZ_OK && ref == v->index)
        w->text->payee(w->out, json_string_value(json_object_get(v->entry.body, "party")));
    return status;
}

/* ---- transactions ---- */

/* "冲销：收入入账（捐赠）": what happened, and of which kind. */
static void put_words(const writer *w, mz_buf *words)
{
    const mz_journal *journal = &w->journal;
    const mz_event_row *row = mz_event_row_of(journal->event);
    const char *kind = NULL;
    for (size_t i = 0; kind == NULL && i < journal->count; i++) {
        const mz_posting *posting = &journal->items[i];
        if (posting->role == MZ_POST_INCOME)
            kind = MZ_INCOME_KINDS[posting->detail];
        else if (posting->role == MZ_POST_EXPENSE)
            kind = MZ_CATEGORIES[posting->detail];
    }
    if (journal->reversal)
        mz_buf_put_text(words, w->zh ? "冲销：" : "reversed: ");
    mz_buf_put_text(words, w->zh ? row->zh : row->en);
    if (kind != NULL)
        mz_buf_put_format(words, w->zh ? "（%s）" : " (%s)", mz_word_text(kind, language_of(w)));
}

/* Identifiers that a heading borrows. */
typedef struct heading_ids {
    char jti[MZ_UUID_TEXT_SIZE];
    char party[MZ_ID_SIZE_MAX + 1], proposal[MZ_ID_SIZE_MAX + 1], source[MZ_ID_SIZE_MAX + 1];
} heading_ids;

static mz_status read_ids(const writer *w, const visited *v, heading_ids *ids)
{
    const mz_journal *journal = &w->journal;
    mz_party party;
    mz_proposal proposal;
    mz_source source;
    mz_status status = MZ_OK;
    mz_uuid_text(v->entry.jti, ids->jti);
    if (journal->party != 0) {
        status = mz_party_load(w->changes, journal->party, &party, w->why);
        if (status == MZ_OK)
            copy_id(party.id, ids->party);
    }
    if (status == MZ_OK && journal->proposal != 0) {
        status = mz_proposal_load(w->changes, journal->proposal, &proposal, w->why);
        if (status == MZ_OK)
            copy_id(proposal.head.id, ids->proposal);
    }
    if (status == MZ_OK && journal->source != 0) {
        const mz_key_bytes key = mz_key_u64(MZ_KIND_SOURCE, journal->source);
        status = mz_state_load(w->changes, &key, &source, sizeof source, w->why);
        if (status == MZ_OK)
            copy_id(source.id, ids->source);
    }
    return status;
}

static mz_status put_heading(writer *w, const visited *v)
{
    const json_t *body = v->entry.body;
    mz_buf words;
    heading_ids ids = {.party = ""};
    mz_status status = read_ids(w, v, &ids);
    if (status != MZ_OK)
        return status;
    mz_buf_init(&words, 512);
    put_words(w, &words);
    const mz_heading heading = {
        .day = w->day,
        .index = v->index,
        .payee = ids.party[0] == '\0' ? v->entry.fund : ids.party,
        .words = words.failed ? "" : (const char *)words.data,
        .jti = ids.jti,
        .event = v->entry.row->name,
        .fund = v->entry.fund,
        .proposal = ids.proposal[0] == '\0' ? NULL : ids.proposal,
        .source = ids.source[0] == '\0' ? NULL : ids.source,
        .booked_on = json_string_value(json_object_get(body, "booked_on")),
        .bank_ref = json_string_value(json_object_get(body, "bank_ref")),
        .receipt_no = json_string_value(json_object_get(body, "receipt_no")),
        .about = w->journal.about,
    };
    if (words.failed)
        status = mz_refuse(w->why, MZ_NO_MEMORY);
    else
        w->text->heading(w->out, &heading);
    mz_buf_clear(&words);
    return status;
}

static mz_status put_posting(writer *w, const mz_posting *posting)
{
    mz_fund fund;
    char purpose[MZ_ID_SIZE_MAX + 1], full[MZ_ACCOUNT_FULL_SIZE];
    mz_status status = mz_fund_load(w->changes, posting->fund, &fund, w->why);
    if (status == MZ_OK)
        status = mz_purpose_name(w->changes, posting->purpose, purpose, w->why);
    if (status != MZ_OK)
        return status;
    account_of(w, mz_account_role(posting), &fund, purpose, full);
    w->text->posting(w->out, full, posting->amount_fen, posting->step,
                     posting->role == MZ_POST_CARRIED ? NULL : purpose);
    return MZ_OK;
}

static mz_status visit_money(writer *w, const visited *v)
{
    mz_status status = mz_journal_read(w->changes, &v->entry, v->index, &w->journal, w->why);
    if (status != MZ_OK || w->journal.count == 0)
        return status;
    status = put_heading(w, v);
    for (size_t i = 0; status == MZ_OK && i < w->journal.count; i++)
        status = put_posting(w, &w->journal.items[i]);
    return status;
}

/* ---- balances ---- */

static mz_heading balances_heading(const writer *w, const char *fund)
{
    return (mz_heading){.day = w->day, .payee = fund, .fund = fund};
}

/* A statement's closing balance was signed by the committee: what the other program adds up to its
 * last day must be that. */
static mz_status visit_statement(writer *w, const visited *v)
{
    mz_fund fund;
    int32_t to;
    char full[MZ_ACCOUNT_FULL_SIZE];
    mz_heading heading = balances_heading(w, v->entry.fund);
    const bool given = mz_body_day(&v->entry, "to", &to);
    assert(given);
    const mz_status status = fund_of(w, v, &fund);
    if (status != MZ_OK)
        return status;
    heading.words = w->zh ? "公示的期末余额" : "closing balance, as published";
    w->text->balances(w->out, &heading);
    account_of(w, MZ_ACCOUNT_BANK, &fund, NULL, full);
    w->text->balance(w->out, full, mz_body_integer(&v->entry, "closing_fen", 0), true, to);
    return MZ_OK;
}

static mz_status put_bucket(writer *w, const mz_fund *fund, mz_ref purpose, const mz_bucket *bucket)
{
    char name[MZ_ID_SIZE_MAX + 1], full[MZ_ACCOUNT_FULL_SIZE];
    const mz_status status = mz_purpose_name(w->changes, purpose, name, w->why);
    if (status != MZ_OK)
        return status;
    account_of(w, MZ_ACCOUNT_BANK, fund, name, full);
    w->text->balance(w->out, full, bucket->balance_fen, false, w->day);
    account_of(w, purpose == MZ_GENERAL ? MZ_ACCOUNT_NET_UNRESTRICTED : MZ_ACCOUNT_NET_RESTRICTED,
               fund, name, full);
    w->text->balance(w->out, full, -bucket->balance_fen, false, w->day);
    return MZ_OK;
}

static mz_status put_fund_balances(writer *w, const mz_fund *fund)
{
    char id[MZ_ID_SIZE_MAX + 1];
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_BUCKET, fund->ref);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_bucket bucket;
    copy_id(fund->id, id);
    mz_heading heading = balances_heading(w, id);
    heading.words = w->zh ? "各专款余额" : "balances by purpose";
    mz_status status = mz_state_next(w->changes, &prefix, &key, &value, w->why);
    if (status == MZ_OK)
        w->text->balances(w->out, &heading);
    while (status == MZ_OK) {
        if (key.size != 17 || value.size != sizeof bucket)
            return mz_refuse_corrupt(w->why, "a bucket has a wrong size");
        memcpy(&bucket, value.data, sizeof bucket);
        status = put_bucket(w, fund, mz_be64_get(key.bytes + 9), &bucket);
        if (status == MZ_OK)
            status = mz_state_next(w->changes, &prefix, &key, &value, w->why);
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* Every fund's, from what the rules keep and not from what was just added up. */
static mz_status put_balances(writer *w)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_FUND);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_fund fund;
    mz_status status;
    while ((status = mz_state_next(w->changes, &prefix, &key, &value, w->why)) == MZ_OK) {
        if (value.size != sizeof fund)
            return mz_refuse_corrupt(w->why, "a fund has a wrong size");
        memcpy(&fund, value.data, sizeof fund);
        status = put_fund_balances(w, &fund);
        if (status != MZ_OK)
            return status;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

/* ---- the walk ---- */

static const struct {
    mz_event event;
    mz_status (*visit)(writer *w, const visited *v);
} VISITS[] = {
    {MZ_FUND_OPENED,         visit_fund_opened     },
    {MZ_PURPOSE_DEFINED,     visit_purpose_defined },
    {MZ_PARTY_REGISTERED,    visit_party_registered},
    {MZ_STATEMENT_PUBLISHED, visit_statement       },
};

static mz_status visit_entry(writer *w, const visited *v)
{
    if (v->index == 0)
        w->text->begin(w->out, &w->accounts, w->zh, v->entry.origin, w->day);
    for (size_t i = 0; i < sizeof VISITS / sizeof VISITS[0]; i++)
        if (VISITS[i].event == v->entry.row->event)
            return VISITS[i].visit(w, v);
    return visit_money(w, v);
}

static mz_status read_entry(writer *w, uint64_t index)
{
    visited v = {.index = index};
    mz_view leaf, jws;
    int64_t unix_ms;
    mz_status status = mz_snapshot_leaf(w->job->snapshot, index, &leaf, w->why);
    if (status != MZ_OK)
        return status;
    mz_buf_reset(&w->leaf);
    mz_buf_put(&w->leaf, leaf); /* the next read would end the view */
    if (w->leaf.failed)
        return mz_refuse(w->why, MZ_NO_MEMORY);
    status = mz_leaf_split(mz_buf_view(&w->leaf), &unix_ms, &jws, w->why);
    if (status == MZ_OK)
        status = mz_entry_decode(jws, &v.entry, w->why);
    if (status != MZ_OK)
        return status;
    w->day = mz_day_of_ms(unix_ms);
    status = visit_entry(w, &v);
    mz_entry_clear(&v.entry);
    return status == MZ_NOT_FOUND ? mz_refuse_corrupt(w->why, "what an entry made is not there")
                                  : status;
}

/* Up to the end of the newest snapshot: entries that came while the journal was being written are
 * in it, so that the balances at the end are of one moment with the last entry. */
static mz_status read_entries(writer *w)
{
    mz_export_job *job = w->job;
    mz_status status = MZ_OK;
    for (uint64_t index = 0; status == MZ_OK && index < job->size; index++) {
        if (index % ENTRIES_PER_LOOK == 0) {
            status = mz_export_renew(job, w->why);
            if (status != MZ_OK)
                break;
            w->changes = mz_snapshot_changes(job->snapshot);
            job->size = mz_snapshot_size(job->snapshot);
            job->root = mz_snapshot_root(job->snapshot);
            mz_progress_step(&job->progress, index, job->size);
        }
        status = read_entry(w, index);
    }
    return status;
}

static mz_status write_journal(writer *w)
{
    char root[65], text[MZ_ORIGIN_SIZE_MAX + 200];
    mz_status status = read_entries(w);
    if (status == MZ_OK)
        status = put_balances(w);
    if (status != MZ_OK)
        return status;
    mz_hex_32(w->job->root.bytes, root);
    snprintf(text, sizeof text, "%s, %llu %s, %s %s", mz_log_origin(w->job->log),
             (unsigned long long)w->job->size, w->zh ? "笔" : "entries", w->zh ? "根" : "root",
             root);
    w->text->remark(w->out, text);
    return MZ_OK;
}

static mz_status export_journal(mz_export_job *job, const mz_journal_text *text, mz_reason *why)
{
    const char *file = mz_args_value(job->args, "accounts");
    writer *w = calloc(1, sizeof *w); /* the chart is large */
    if (w == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    *w = (writer){.job = job,
                  .text = text,
                  .out = job->out,
                  .zh = job->cli->language == MZ_CHINESE,
                  .why = why};
    mz_buf_init(&w->leaf, MZ_LEAF_SIZE_MAX);
    mz_accounts_default(&w->accounts);
    mz_status status = file == NULL ? MZ_OK : mz_accounts_read(file, &w->accounts, why);
    if (status == MZ_OK)
        status = write_journal(w);
    mz_journal_clear(&w->journal);
    mz_buf_clear(&w->leaf);
    free(w);
    return status;
}

mz_status mz_export_hledger(mz_export_job *job, mz_reason *why)
{
    return export_journal(job, &MZ_HLEDGER_TEXT, why);
}

mz_status mz_export_beancount(mz_export_job *job, mz_reason *why)
{
    return export_journal(job, &MZ_BEANCOUNT_TEXT, why);
}
