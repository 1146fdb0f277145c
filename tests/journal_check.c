#include "journal_check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096

typedef struct place {
    mz_ref fund, purpose;
    int64_t bank_fen, net_fen, nominal_fen; /* nominal: of the fund, kept at its general purpose */
} place;

struct journal_check {
    place places[PLACES];
    size_t place_count;
    mz_journal journal;
    mz_buf first, again; /* what was posted, each time, as text */
    unsigned counts[MZ_EVENT_NUMBER_MAX + 1][2];
    char said[300];
};

journal_check *journal_check_new(void)
{
    journal_check *check = calloc(1, sizeof *check);
    assert(check != NULL);
    mz_buf_init(&check->first, 64u << 20);
    mz_buf_init(&check->again, 64u << 20);
    return check;
}

void journal_check_free(journal_check *check)
{
    if (check == NULL)
        return;
    mz_journal_clear(&check->journal);
    mz_buf_clear(&check->first);
    mz_buf_clear(&check->again);
    free(check);
}

unsigned journal_check_posted(const journal_check *check)
{
    return (unsigned)check->journal.count;
}

unsigned journal_check_count(const journal_check *check, mz_event event, bool reversal)
{
    return check->counts[event][reversal];
}

static place *place_of(journal_check *check, mz_ref fund, mz_ref purpose)
{
    for (size_t i = 0; i < check->place_count; i++)
        if (check->places[i].fund == fund && check->places[i].purpose == purpose)
            return &check->places[i];
    assert(check->place_count < PLACES);
    check->places[check->place_count] = (place){.fund = fund, .purpose = purpose};
    return &check->places[check->place_count++];
}

static const char *say(journal_check *check, const char *what, uint64_t index, mz_ref fund,
                       mz_ref purpose, int64_t posted_fen, int64_t want_fen)
{
    snprintf(check->said, sizeof check->said,
             "%s at entry %llu, fund %llu purpose %llu: %lld, %lld", what,
             (unsigned long long)index, (unsigned long long)fund, (unsigned long long)purpose,
             (long long)posted_fen, (long long)want_fen);
    return check->said;
}

static const char *read_entry(journal_check *check, mz_changes *changes, const mz_entry *entry,
                              uint64_t index, mz_buf *text)
{
    mz_reason why = {0};
    mz_journal *journal = &check->journal;
    if (mz_journal_read(changes, entry, index, journal, &why) != MZ_OK) {
        mz_reason_text(&why, MZ_ENGLISH, check->said, sizeof check->said);
        return check->said;
    }
    if (journal->count > 0)
        mz_buf_put_format(text, "%llu %d%s about %llu fund %llu party %llu proposal %llu %llu\n",
                          (unsigned long long)index, (int)journal->event,
                          journal->reversal ? " reversed" : "", (unsigned long long)journal->about,
                          (unsigned long long)journal->fund, (unsigned long long)journal->party,
                          (unsigned long long)journal->proposal,
                          (unsigned long long)journal->source);
    for (size_t i = 0; i < journal->count; i++) {
        const mz_posting *p = &journal->items[i];
        mz_buf_put_format(text, "  %d %s %llu %llu %u %lld\n", (int)p->role,
                          mz_posting_step_name(p->step), (unsigned long long)p->fund,
                          (unsigned long long)p->purpose, (unsigned)p->detail,
                          (long long)p->amount_fen);
    }
    assert(!text->failed);
    return NULL;
}

/* Pair by pair, and within each fund. */
static const char *check_balance(journal_check *check, uint64_t index)
{
    const mz_journal *journal = &check->journal;
    for (size_t i = 0; i < journal->count; i++) {
        const mz_posting *p = &journal->items[i];
        int64_t fund_fen = 0;
        for (size_t j = 0; j < journal->count; j++)
            if (journal->items[j].fund == p->fund)
                fund_fen += journal->items[j].amount_fen;
        if (fund_fen != 0)
            return say(check, "one fund's postings do not balance", index, p->fund, p->purpose,
                       fund_fen, 0);
        const mz_posting *q = &journal->items[i ^ 1];
        if (journal->count % 2 != 0 || p->step != q->step || p->amount_fen != -q->amount_fen ||
            p->amount_fen == 0)
            return say(check, "a pair does not balance", index, p->fund, p->purpose, p->amount_fen,
                       q->amount_fen);
    }
    return NULL;
}

static void add_up(journal_check *check)
{
    const mz_journal *journal = &check->journal;
    for (size_t i = 0; i < journal->count; i++) {
        const mz_posting *p = &journal->items[i];
        if (p->role == MZ_POST_BANK)
            place_of(check, p->fund, p->purpose)->bank_fen += p->amount_fen;
        else if (p->role == MZ_POST_NET)
            place_of(check, p->fund, p->purpose)->net_fen += p->amount_fen;
        else
            place_of(check, p->fund, MZ_GENERAL)->nominal_fen += p->amount_fen;
    }
}

/* Every bucket that the rules have, and every place that was posted to. */
static const char *compare(journal_check *check, mz_changes *changes, uint64_t index)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_BUCKET);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_reason why = {0};
    mz_bucket bucket;
    while (mz_state_next(changes, &prefix, &key, &value, &why) == MZ_OK) {
        assert(key.size == 17 && value.size == sizeof bucket);
        memcpy(&bucket, value.data, sizeof bucket);
        place_of(check, mz_be64_get(key.bytes + 1), mz_be64_get(key.bytes + 9));
    }
    for (size_t i = 0; i < check->place_count; i++) {
        const place *p = &check->places[i];
        const mz_status status = mz_bucket_load(changes, p->fund, p->purpose, &bucket, &why);
        assert(status == MZ_OK);
        if (p->bank_fen != bucket.balance_fen)
            return say(check, "the bank is not the bucket", index, p->fund, p->purpose, p->bank_fen,
                       bucket.balance_fen);
        if (p->net_fen != -bucket.balance_fen)
            return say(check, "the net assets are not the bucket", index, p->fund, p->purpose,
                       p->net_fen, -bucket.balance_fen);
        if (p->nominal_fen != 0)
            return say(check, "what was carried is not income less expense", index, p->fund,
                       p->purpose, p->nominal_fen, 0);
    }
    return NULL;
}

const char *journal_check_entry(journal_check *check, mz_changes *changes, const mz_entry *entry,
                                uint64_t index)
{
    const char *wrong = read_entry(check, changes, entry, index, &check->first);
    if (wrong == NULL)
        wrong = check_balance(check, index);
    if (wrong != NULL)
        return wrong;
    add_up(check);
    if (check->journal.count > 0)
        check->counts[check->journal.event][check->journal.reversal]++;
    return compare(check, changes, index);
}

const char *journal_check_again(journal_check *check, mz_changes *changes, const mz_entry *entry,
                                uint64_t index)
{
    return read_entry(check, changes, entry, index, &check->again);
}

const char *journal_check_end(journal_check *check)
{
    size_t i = 0;
    if (mz_view_equal(mz_buf_view(&check->first), mz_buf_view(&check->again)))
        return NULL;
    while (i < check->first.size && i < check->again.size &&
           check->first.data[i] == check->again.data[i])
        i++;
    snprintf(check->said, sizeof check->said, "posted otherwise in hindsight: %.60s, not %.60s",
             i < check->again.size ? (const char *)check->again.data + i : "",
             i < check->first.size ? (const char *)check->first.data + i : "");
    return check->said;
}
