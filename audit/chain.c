/* chain.c — the replay as a pipeline: while one task applies a batch by the rules, the others
 * decode the next one, hash it and verify its signatures and checkpoints, and one reads the batch
 * after. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* mz_workers hands out tasks a few at a time: what takes long stands first, with nothing beside it.
 */
#define TASK_APPLY 0
#define TASK_READ 8
#define TASK_ITEMS 16
#define CHANGES_MAX (3u << 20) /* bytes in one transaction, with room for one more entry */
#define FIRST_BATCH 64         /* the people of the log enrol here: whose keys all others need */

static void clear_item(mz_batch_item *item)
{
    if (item->decoded)
        mz_entry_clear(&item->entry);
    item->decoded = false;
}

/* --- checking, on all cores --- */

static void verify_item(const mz_audit *audit, mz_batch_item *item)
{
    const uint8_t *key = mz_keys_find(audit->keys, &item->entry.jws.kid);
    if (key == NULL)
        return;
    item->verified = mz_jws_verify(&item->entry.jws, key);
    if (!item->verified)
        item->status = mz_refuse(&item->why, MZ_BAD_SIGNATURE);
}

static void check_item(const mz_audit *audit, mz_hasher *hasher, mz_batch *batch, size_t i)
{
    mz_batch_item *item = &batch->items[i];
    const mz_view leaf = mz_strings_at(&batch->stretch.leaves, i);
    mz_view jws;
    clear_item(item);
    item->verified = false;
    item->why.status = MZ_OK;
    item->why.figure_count = 0;
    item->leaf_hash = mz_merkle_leaf_hash(hasher, leaf);
    item->status = mz_leaf_split(leaf, &item->unix_ms, &jws, &item->why);
    if (item->status == MZ_OK)
        item->status = mz_entry_decode(jws, &item->entry, &item->why);
    item->decoded = item->status == MZ_OK;
    if (item->decoded)
        verify_item(audit, item);
}

static void check_note(const mz_audit *audit, mz_batch *batch, size_t j)
{
    batch->notes_verified[j] =
        mz_checkpoint_open(mz_strings_at(&batch->stretch.notes, j), &audit->guess,
                           &batch->checkpoints[j], NULL) == MZ_OK;
}

/* --- applying, by one --- */

typedef struct applier {
    mz_audit *audit;
    mz_kv_txn *txn;
    mz_changes *changes;
} applier;

/* Another audit of the same state would replay the same entries into it: one of the two ends here.
 */
static mz_status begin(applier *work)
{
    mz_audit *audit = work->audit;
    mz_meta *stored = NULL;
    mz_status status = mz_kv_begin_write(audit->kv, &work->txn, audit->why);
    if (status != MZ_OK)
        return status;
    work->changes = mz_changes_new(work->txn);
    stored = malloc(sizeof *stored);
    if (work->changes == NULL || stored == NULL) {
        free(stored);
        return mz_refuse(audit->why, MZ_NO_MEMORY);
    }
    status = mz_note_meta_load(work->changes, stored, audit->why);
    if (status == MZ_NOT_FOUND) {
        stored->frontier.size = 0;
        status = MZ_OK;
    }
    if (status == MZ_OK && stored->frontier.size != audit->meta.frontier.size)
        status = mz_refuse(audit->why, MZ_BUSY,
                           mz_words("cause", MZ_BOTH("另一次审计正在使用同一个 --state",
                                                     "another audit uses the same --state")));
    free(stored);
    return status;
}

static mz_status finish(applier *work, mz_status status)
{
    mz_audit *audit = work->audit;
    if (status == MZ_OK)
        status = mz_note_meta_store(work->changes, &audit->meta, audit->why);
    if (status == MZ_OK)
        status = mz_changes_flush(work->changes, audit->why);
    mz_changes_free(work->changes);
    if (status == MZ_OK)
        status = mz_kv_commit(work->txn, audit->why);
    else
        mz_kv_abort(work->txn);
    work->changes = NULL;
    work->txn = NULL;
    return status;
}

/* Tells trouble from a failure of the log. */
static mz_status fail_or_trouble(mz_audit *audit, mz_failure failure, uint64_t index,
                                 mz_status status, const mz_reason *reason)
{
    if (!mz_audit_is_trouble(status))
        return mz_audit_fail(audit, failure, index, reason);
    if (audit->why->status == MZ_OK)
        *audit->why = *reason;
    return status;
}

static mz_status verify_late(applier *work, mz_batch_item *item, uint64_t index)
{
    mz_audit *audit = work->audit;
    mz_known_key known = {.kid = item->entry.jws.kid};
    mz_status status = index == 0 ? mz_rules_genesis_key(&item->entry, known.key, &item->why)
                                  : mz_rules_key(work->changes, &known.kid, known.key, &item->why);
    if (status == MZ_OK)
        status = mz_entry_verify(&item->entry, known.key, &item->why);
    if (status != MZ_OK)
        return fail_or_trouble(audit, MZ_X_SIGNATURE, index, status, &item->why);
    item->verified = true;
    if (audit->learned_count < MZ_BATCH_ENTRIES)
        audit->learned[audit->learned_count++] = known;
    return MZ_OK;
}

static mz_status remember_log_key(applier *work, uint64_t from, const uint8_t key[32])
{
    mz_key_bytes at = mz_note_key(MZ_N_LOG_KEY);
    mz_key_add_u64(&at, from);
    memcpy(work->audit->meta.log_key, key, 32);
    return mz_changes_put(work->changes, MZ_TABLE_AUDIT, mz_key_view(&at), (mz_view){key, 32},
                          work->audit->why);
}

static mz_status check_genesis(applier *work, const mz_batch_item *item)
{
    mz_audit *audit = work->audit;
    mz_reason reason = {0};
    uint8_t key[32];
    audit->meta.genesis = item->leaf_hash;
    audit->meta.first_ms = item->unix_ms;
    if (!mz_hash_equal(&item->leaf_hash, &audit->pin->genesis))
        return mz_audit_fail(audit, MZ_X_GENESIS, 0, NULL);
    if (item->status != MZ_OK)
        return mz_audit_fail(audit, MZ_X_LEAF, 0, &item->why);
    if (strcmp(item->entry.origin, mz_policy_origin(audit->pin)) != 0)
        return mz_audit_fail(audit, MZ_X_ORIGIN, 0, NULL);
    memcpy(audit->meta.origin, item->entry.origin, sizeof item->entry.origin);
    if (mz_rules_genesis_log_key(&item->entry, key, &reason) != MZ_OK)
        return mz_audit_fail(audit, MZ_X_LEAF, 0, &reason);
    return remember_log_key(work, 0, key);
}

/* A change of the log's key takes effect with the checkpoint after the one that holds it. */
static mz_status follow_log_key(applier *work, uint64_t index)
{
    mz_audit *audit = work->audit;
    uint8_t key[32];
    const mz_status status = mz_rules_log_key(work->changes, key, audit->why);
    if (status != MZ_OK || memcmp(key, audit->meta.log_key, sizeof key) == 0)
        return status;
    return remember_log_key(work, index, key);
}

static mz_status apply_rules(applier *work, mz_batch_item *item, const mz_stamp *stamp)
{
    mz_audit *audit = work->audit;
    mz_reason reason = {0};
    mz_status status = mz_rules_apply(work->changes, &item->entry, stamp, &reason);
    if (status != MZ_OK)
        return fail_or_trouble(audit, MZ_X_RULE, stamp->index, status, &reason);
    status = mz_note_entry(audit, work->changes, &item->entry, stamp);
    if (status == MZ_OK && item->entry.row->event == MZ_REGISTRY_CONFIRMED)
        status = follow_log_key(work, stamp->index);
    return status;
}

static mz_status apply_item(applier *work, mz_batch_item *item)
{
    mz_audit *audit = work->audit;
    mz_meta *meta = &audit->meta;
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    const mz_stamp stamp = {meta->frontier.size, item->unix_ms, item->leaf_hash};
    mz_status status = MZ_OK;
    if (stamp.index == 0)
        status = check_genesis(work, item);
    if (status == MZ_OK && item->status != MZ_OK)
        status = mz_audit_fail(audit, item->decoded ? MZ_X_SIGNATURE : MZ_X_LEAF, stamp.index,
                               &item->why);
    if (status == MZ_OK && item->unix_ms < meta->last_ms)
        status = mz_audit_fail(audit, MZ_X_TIME, stamp.index, NULL);
    if (status == MZ_OK && !item->verified)
        status = verify_late(work, item, stamp.index);
    if (status == MZ_OK && stamp.index == meta->note_from)
        memcpy(meta->note_key, meta->log_key, sizeof meta->note_key);
    if (status == MZ_OK)
        status = apply_rules(work, item, &stamp);
    if (status != MZ_OK)
        return status;
    meta->last_ms = item->unix_ms;
    mz_merkle_frontier_append(&meta->frontier, audit->hasher, &item->leaf_hash, nodes, &node_count);
    mz_audit_see_root(audit, &audit->meta.frontier);
    return MZ_OK;
}

static mz_status open_note(mz_audit *audit, mz_view note, const uint8_t log_key[32],
                           mz_checkpoint *checkpoint, mz_reason *why)
{
    mz_vkey key;
    const mz_status status = mz_vkey_make(audit->hasher, mz_view_of(audit->meta.origin),
                                          MZ_VKEY_ED25519, log_key, &key, why);
    return status == MZ_OK ? mz_checkpoint_open(note, &key, checkpoint, why) : status;
}

/* A service has its last checkpoint alone. Which entries are new in it nobody tells, so it may be
 * signed by any key that was in force since the checkpoint before that is known. */
static mz_status open_later_note(applier *work, mz_view note, mz_checkpoint *checkpoint,
                                 mz_reason *why)
{
    mz_meta *meta = &work->audit->meta;
    const mz_key_bytes prefix = mz_note_key(MZ_N_LOG_KEY);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    while ((status = mz_note_next(work->changes, &prefix, &at, &value, work->audit->why)) ==
           MZ_OK) {
        if (value.size != sizeof meta->note_key ||
            mz_be64_get(at.bytes + at.size - 8) < meta->note_from ||
            open_note(work->audit, note, value.data, checkpoint, NULL) != MZ_OK)
            continue;
        memcpy(meta->note_key, value.data, sizeof meta->note_key);
        return MZ_OK;
    }
    return status == MZ_NOT_FOUND ? mz_refuse(why, MZ_BAD_NOTE) : status;
}

/* The checkpoint of the entries so far: its signature by the key in force before the first entry
 * that is new in it, its origin, its size, its root. */
static mz_status apply_note(applier *work, mz_batch *batch, size_t j)
{
    mz_audit *audit = work->audit;
    mz_meta *meta = &audit->meta;
    mz_checkpoint *checkpoint = &batch->checkpoints[j];
    mz_reason reason = {0};
    if (!batch->notes_verified[j] || memcmp(batch->guess, meta->note_key, 32) != 0) {
        const mz_view note = mz_strings_at(&batch->stretch.notes, j);
        mz_status status = open_note(audit, note, meta->note_key, checkpoint, &reason);
        if (status == MZ_BAD_NOTE && !mz_source_has_every_note(audit->source))
            status = open_later_note(work, note, checkpoint, &reason);
        if (status != MZ_OK)
            return fail_or_trouble(audit, MZ_X_NOTE, meta->frontier.size, status, &reason);
    }
    const mz_hash root = mz_merkle_frontier_root(&meta->frontier, audit->hasher);
    if (checkpoint->size != meta->frontier.size || !mz_hash_equal(&root, &checkpoint->root))
        return mz_audit_fail(audit, MZ_X_ROOT, meta->frontier.size, NULL);
    meta->note_from = meta->frontier.size;
    meta->counts[MZ_COUNT_CHECKPOINTS]++;
    return MZ_OK;
}

static mz_status apply_entries(applier *work, mz_batch *batch)
{
    const mz_stretch *stretch = &batch->stretch;
    size_t j = 0;
    mz_status status = MZ_OK;
    for (size_t i = 0; i < stretch->leaves.count && status == MZ_OK; i++) {
        if (mz_changes_size(work->changes) > CHANGES_MAX) {
            status = finish(work, MZ_OK);
            if (status == MZ_OK)
                status = begin(work);
        }
        if (status == MZ_OK)
            status = apply_item(work, &batch->items[i]);
        if (status == MZ_OK)
            clear_item(&batch->items[i]); /* while it is in this core's cache */
        if (status == MZ_OK && j < stretch->notes.count &&
            stretch->sizes[j] == work->audit->meta.frontier.size)
            status = apply_note(work, batch, j++);
    }
    return status;
}

static mz_status apply_batch(mz_audit *audit, mz_batch *batch)
{
    applier work = {.audit = audit};
    const uint64_t after = batch->stretch.first + batch->stretch.leaves.count;
    assert(batch->stretch.first == audit->meta.frontier.size);
    mz_status status = begin(&work);
    if (status == MZ_OK)
        status = apply_entries(&work, batch);
    if (status == MZ_OK && mz_audit_is_trouble(batch->status))
        status = fail_or_trouble(audit, MZ_X_MISSING, after, batch->status, &batch->why);
    else if (status == MZ_OK && batch->status != MZ_OK)
        status = mz_audit_fail_source(audit, batch->fault, batch->fault_index, MZ_X_MISSING, after,
                                      &batch->why);
    if (status == MZ_OK && batch->stretch.leaves.count == 0)
        status = mz_audit_fail(audit, MZ_X_MISSING, after, NULL);
    return finish(&work, status);
}

/* --- the pipeline --- */

typedef struct phase {
    mz_audit *audit;
    mz_batch *applied, *checked, *read; /* each may be NULL */
    uint64_t read_from, read_end;
    mz_status status; /* of applying */
} phase;

static void read_batch(phase *now)
{
    mz_batch *batch = now->read;
    batch->why.status = MZ_OK;
    batch->why.figure_count = 0;
    batch->status = mz_source_read(now->audit->source, now->read_from, now->read_end,
                                   &batch->stretch, &batch->why);
    if (batch->status != MZ_OK)
        batch->fault = mz_source_fault_of(now->audit->source, &batch->fault_index);
}

static void do_task(void *context, unsigned worker, size_t task)
{
    phase *now = context;
    const mz_audit *audit = now->audit;
    if (task == TASK_APPLY && now->applied != NULL) {
        now->status = apply_batch(now->audit, now->applied);
    } else if (task == TASK_READ && now->read != NULL) {
        read_batch(now);
    } else if (task >= TASK_ITEMS) {
        mz_batch *batch = now->checked;
        const size_t i = task - TASK_ITEMS;
        if (i < batch->stretch.leaves.count)
            check_item(audit, audit->hashers[worker], batch, i);
        else
            check_note(audit, batch, i - batch->stretch.leaves.count);
    }
}

/* Verifies again what was looked at before its key was known. */
static void do_missed(void *context, unsigned worker, size_t task)
{
    phase *now = context;
    mz_batch_item *item = &now->applied->items[task];
    (void)worker;
    if (item->status == MZ_OK && !item->verified)
        verify_item(now->audit, item);
}

static mz_status learn_missed(mz_audit *audit, const mz_batch *batch, bool *any)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_read(audit->kv, &txn, audit->why);
    mz_changes *changes = status == MZ_OK ? mz_changes_new(txn) : NULL;
    if (status == MZ_OK && changes == NULL)
        status = mz_refuse(audit->why, MZ_NO_MEMORY);
    for (size_t i = 0; status == MZ_OK && i < batch->stretch.leaves.count; i++) {
        const mz_batch_item *item = &batch->items[i];
        if (item->status != MZ_OK || item->verified)
            continue;
        mz_known_key known = {.kid = item->entry.jws.kid};
        if (mz_keys_find(audit->keys, &known.kid) == NULL &&
            mz_rules_key(changes, &known.kid, known.key, NULL) == MZ_OK)
            mz_keys_add(audit->keys, &known);
        *any = *any || mz_keys_find(audit->keys, &known.kid) != NULL;
    }
    mz_changes_free(changes);
    mz_kv_abort(txn);
    return status;
}

/* Between two phases nobody else is at work. */
static mz_status prepare_apply(phase *now)
{
    mz_audit *audit = now->audit;
    mz_batch *batch = now->applied;
    bool any = false, missed = false;
    mz_status status = MZ_OK;
    for (size_t i = 0; i < audit->learned_count; i++)
        mz_keys_add(audit->keys, &audit->learned[i]);
    audit->learned_count = 0;
    for (size_t i = 0; batch != NULL && i < batch->stretch.leaves.count; i++)
        missed = missed || (batch->items[i].status == MZ_OK && !batch->items[i].verified);
    if (missed)
        status = learn_missed(audit, batch, &any);
    if (status == MZ_OK && any)
        mz_workers_run(audit->workers, batch->stretch.leaves.count, do_missed, now);
    return status;
}

static mz_status set_guess(mz_audit *audit)
{
    if (audit->meta.frontier.size == 0) {
        audit->guess = audit->pin->logs[0].key;
        return MZ_OK;
    }
    if (memcmp(audit->guess.public_key, audit->meta.log_key, 32) == 0)
        return MZ_OK;
    return mz_vkey_make(audit->hasher, mz_view_of(audit->meta.origin), MZ_VKEY_ED25519,
                        audit->meta.log_key, &audit->guess, audit->why);
}

static mz_status run_phase(phase *now)
{
    mz_audit *audit = now->audit;
    size_t count = TASK_ITEMS;
    mz_status status = prepare_apply(now);
    if (status == MZ_OK)
        status = set_guess(audit);
    if (status != MZ_OK)
        return status;
    if (now->checked != NULL) {
        memcpy(now->checked->guess, audit->guess.public_key, 32);
        count += now->checked->stretch.leaves.count + now->checked->stretch.notes.count;
    }
    now->status = MZ_OK;
    mz_workers_run(audit->workers, count, do_task, now);
    return now->status;
}

/* Batch k + 2 is read and k + 1 checked while k is applied. */
mz_status mz_chain_replay(mz_audit *audit)
{
    phase now = {.audit = audit, .read_from = audit->meta.frontier.size};
    const mz_audit_options *options = audit->options;
    size_t turn = 0;
    mz_status status = MZ_OK;
    bool reading = now.read_from < audit->end;
    mz_audit_see_root(audit, &audit->meta.frontier);
    while (status == MZ_OK && (reading || now.read != NULL || now.checked != NULL)) {
        now.applied = now.checked;
        now.checked = now.read;
        now.read = reading ? audit->batches[turn++ % 3] : NULL;
        now.read_end = now.read_from == 0 && audit->end > FIRST_BATCH ? FIRST_BATCH : audit->end;
        status = run_phase(&now);
        if (now.read != NULL) {
            const mz_batch *batch = now.read;
            now.read_from += batch->stretch.leaves.count;
            reading = batch->status == MZ_OK && batch->stretch.leaves.count > 0 &&
                      now.read_from < audit->end;
        }
        if (options->progress != NULL)
            options->progress(options->context, audit->meta.frontier.size, audit->end);
    }
    if (status == MZ_OK && audit->meta.note_from != audit->end)
        status = mz_audit_fail(audit, MZ_X_NO_NOTE, audit->end, NULL);
    return status;
}
