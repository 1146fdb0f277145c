/* judge_audits.c — audits before this one, and witnesses: whether they saw this log, and whether
 * what they found was answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "judge.h"

#define ANSWER_DAYS 60
#define REPORTS_AT_ONCE 64
#define READS_KEPT 4096 /* a change set remembers what it read until it is flushed */

/* --- kept: the roots that reports name --- */

typedef struct reports {
    mz_audit_report rows[REPORTS_AT_ONCE];
    bool fits[REPORTS_AT_ONCE];
    size_t count;
    uint64_t size_max;
} reports;

/* The next reports that have not been compared yet. */
static mz_status read_reports(mz_judge_work *j, reports *all)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_REPORT);
    mz_key_bytes at = mz_key_u64(MZ_KIND_REPORT, j->audit->meta.reports_from);
    mz_view found, value;
    mz_status status = MZ_OK;
    memset(all, 0, sizeof *all);
    while (all->count < REPORTS_AT_ONCE &&
           (status = mz_changes_seek(j->changes, MZ_TABLE_STATE, mz_key_view(&prefix),
                                     mz_key_view(&at), &found, &value, j->why)) == MZ_OK) {
        mz_audit_report *row = &all->rows[all->count++];
        if (value.size != sizeof *row)
            return mz_judge_damaged(j);
        memcpy(row, value.data, sizeof *row);
        all->size_max = row->size > all->size_max ? row->size : all->size_max;
        at = mz_key_u64(MZ_KIND_REPORT, row->ref + 1);
    }
    return mz_judge_walked(status);
}

static void compare_roots(reports *all, const mz_merkle_frontier *frontier, mz_hasher *hasher)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->rows[i].size != frontier->size)
            continue;
        const mz_hash root = mz_merkle_frontier_root(frontier, hasher);
        all->fits[i] = memcmp(root.bytes, all->rows[i].root, sizeof root.bytes) == 0;
    }
}

/* One pass over the leaf hashes, which were kept when the entries were verified. */
static mz_status hash_again(mz_judge_work *j, reports *all, mz_merkle_frontier *frontier)
{
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    mz_status status = MZ_OK;
    while (status == MZ_OK && frontier->size < all->size_max) {
        mz_entry_note entry;
        status = mz_note_load_entry(j->changes, frontier->size, &entry, j->why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
        mz_merkle_frontier_append(frontier, j->audit->hasher, &entry.leaf_hash, nodes, &node_count);
        compare_roots(all, frontier, j->audit->hasher);
        if (frontier->size % READS_KEPT == 0)
            status = mz_changes_flush(j->changes, j->why);
    }
    return status;
}

static mz_status keep_some_reports(mz_judge_work *j, reports *all)
{
    mz_merkle_frontier *frontier = calloc(1, sizeof *frontier);
    if (frontier == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    mz_status status = hash_again(j, all, frontier);
    free(frontier);
    for (size_t i = 0; status == MZ_OK && i < all->count; i++) {
        if (!all->fits[i])
            status = mz_note_finding(j->changes, MZ_F_OTHER_ROOT, all->rows[i].ref, 0, j->why);
        j->audit->meta.reports_from = all->rows[i].ref + 1;
    }
    return status;
}

mz_status mz_judge_keep_reports(mz_judge_work *j)
{
    reports *all = malloc(sizeof *all);
    if (all == NULL)
        return mz_refuse(j->why, MZ_NO_MEMORY);
    mz_status status = read_reports(j, all);
    while (status == MZ_OK && all->count > 0) {
        status = keep_some_reports(j, all);
        if (status == MZ_OK)
            status = read_reports(j, all);
    }
    free(all);
    return status;
}

/* --- seen now: what was not answered --- */

static mz_status is_answered(mz_judge_work *j, mz_ref report, uint32_t finding, bool *answered)
{
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_ANSWER, report);
    mz_view value;
    mz_key_add_u32(&prefix, finding);
    mz_key_bytes at = prefix;
    const mz_status status = mz_state_next(j->changes, &prefix, &at, &value, j->why);
    *answered = status == MZ_OK;
    return mz_judge_walked(status);
}

static mz_status see_due_answer(mz_judge_work *j, const mz_audit_report *report, uint32_t finding,
                                int32_t day)
{
    char number[12];
    (void)snprintf(number, sizeof number, "%u", finding);
    const mz_due due = {.event = MZ_FINDING_ANSWERED,
                        .index = report->ref,
                        .about = mz_view_of(number),
                        .until_ms = mz_day_end_ms(day + ANSWER_DAYS)};
    return mz_judge_due(j, &due);
}

static mz_status look_at_report(mz_judge_work *j, const mz_audit_report *report)
{
    mz_entry_note entry;
    mz_status status = mz_note_load_entry(j->changes, report->ref, &entry, j->why);
    if (status == MZ_NOT_FOUND)
        return mz_judge_damaged(j);
    if (status != MZ_OK)
        return status;
    const int32_t day = mz_day_of_ms(entry.unix_ms);
    for (uint32_t i = 0; status == MZ_OK && i < report->finding_count; i++) {
        bool answered = false;
        status = is_answered(j, report->ref, i, &answered);
        if (status != MZ_OK || answered)
            continue;
        if (mz_judge_overdue(j, day, ANSWER_DAYS))
            mz_judge_see_detail(j, MZ_F_UNANSWERED, report->ref, i);
        status = see_due_answer(j, report, i, day);
    }
    return status;
}

static mz_status look_at_reports(mz_judge_work *j)
{
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_REPORT);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_state_next(j->changes, &prefix, &at, &value, j->why)) == MZ_OK) {
        mz_audit_report report;
        if (value.size != sizeof report)
            return mz_judge_damaged(j);
        memcpy(&report, value.data, sizeof report);
        status = look_at_report(j, &report);
        if (status != MZ_OK)
            return status;
    }
    return mz_judge_walked(status);
}

/* --- witnesses --- */

static mz_status time_of(mz_judge_work *j, uint64_t index, int64_t *unix_ms)
{
    mz_entry_note entry;
    const mz_status status = mz_note_load_entry(j->changes, index, &entry, j->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_judge_damaged(j) : status;
    *unix_ms = entry.unix_ms;
    return MZ_OK;
}

/* The first entry that says to have been written after a witness had seen it; and the first that
 * not enough witnesses have seen yet. */
static mz_status look_at_cosignature(mz_judge_work *j)
{
    const mz_witnessed *witnessed = &j->audit->witnessed;
    const int64_t seen_ms = witnessed->unix_s * 1000 + 999; /* within the second */
    uint64_t low = 0, high = witnessed->checkpoint.size;
    int64_t unix_ms = 0;
    mz_status status = MZ_OK;
    if (high == 0)
        return MZ_OK;
    if (high < j->audit->meta.frontier.size)
        mz_judge_see(j, MZ_F_NOT_WITNESSED, high, 0);
    while (status == MZ_OK && witnessed->unix_s != 0 && low < high) {
        const uint64_t middle = low + (high - low) / 2;
        status = time_of(j, middle, &unix_ms);
        if (status == MZ_OK && unix_ms <= seen_ms)
            low = middle + 1;
        else
            high = middle;
    }
    if (status == MZ_OK && witnessed->unix_s != 0 && low < witnessed->checkpoint.size)
        mz_judge_see(j, MZ_F_AFTER_COSIGNATURE, low, 0);
    return status;
}

mz_status mz_judge_audits(mz_judge_work *j)
{
    const mz_status status = look_at_reports(j);
    return status == MZ_OK ? look_at_cosignature(j) : status;
}
