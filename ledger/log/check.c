#include "log/check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/entry.h"
#include "core/rules.h"
#include "edge/clock.h"
#include "kv/lmdb.h"
#include "log/cosign.h"
#include "log/files.h"
#include "log/log.h"
#include "log/store.h"

#define SNAPSHOT_MS 5000
#define SCRATCH_ENTRIES_MAX 1000       /* in one scratch transaction */
#define SCRATCH_CHANGES_MAX (3u << 20) /* bytes, with room for one more entry */
#define PROGRESS_EVERY 256

typedef struct check {
    mz_kv *ledger;
    mz_kv *scratch;
    const mz_check_options *options;
    mz_check_result *result;
    mz_reason *why;
    mz_hasher *hasher;
    mz_kv_txn *txn; /* the ledger's snapshot */
    int64_t txn_since_ms;
    uint64_t tip_size; /* of the snapshot */
    /* The replay: a write transaction of the scratch while it goes on. */
    mz_kv_txn *scratch_txn;
    mz_changes *changes;
    mz_kv_txn *aside;      /* during the comparison: a second snapshot, not older than the first */
    mz_changes *witnesses; /* and the replayed state, for reading */
    size_t scratch_entry_count;
    mz_merkle_frontier frontier;
    int64_t last_unix_ms;
    char origin[MZ_ORIGIN_SIZE_MAX + 1];
} check;

/* Keeps the first difference. */
static mz_status differ(check *c, mz_table table, mz_view key, const char *what)
{
    mz_check_result *result = c->result;
    if (!result->differs) {
        result->differs = true;
        result->table = table;
        /* In a damaged page a key may claim any size. */
        result->key_size = key.size <= MZ_KV_KEY_MAX ? key.size : MZ_KV_KEY_MAX;
        memcpy(result->key, key.data, result->key_size);
        snprintf(result->what, sizeof result->what, "%s", what);
    }
    char hex[65] = "";
    for (size_t i = 0; i < result->key_size && i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", result->key[i]);
    char cause[MZ_REASON_WORDS_MAX];
    snprintf(cause, sizeof cause, "%.12s %s: %.80s", mz_table_name(result->table), hex,
             result->what);
    return mz_refuse(c->why, MZ_CORRUPT, mz_words("cause", cause));
}

static mz_status differ_at(check *c, mz_table table, uint64_t number, const char *what)
{
    uint8_t key[8];
    mz_be64_put(key, number);
    return differ(c, table, (mz_view){key, 8}, what);
}

static void report(const check *c, mz_check_stage stage, uint64_t done, uint64_t count)
{
    if (c->options->progress != NULL)
        c->options->progress(c->options->context, stage, done, count);
}

/* The size of the last checkpoint's key, and that the entries end where it says. */
static mz_status open_snapshot(check *c)
{
    mz_kv_abort(c->txn);
    c->txn = NULL;
    mz_kv_cursor *cursor = NULL;
    mz_status status = mz_kv_begin_read(c->ledger, &c->txn, c->why);
    c->txn_since_ms = mz_clock_steady_ms();
    if (status == MZ_OK)
        status = mz_kv_cursor_open(c->txn, MZ_TABLE_CHECKPOINTS, &cursor, c->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_last(cursor, c->why);
    if (status == MZ_OK && !cursor->valid)
        status = differ_at(c, MZ_TABLE_CHECKPOINTS, 0, "there is no checkpoint");
    else if (status == MZ_OK && cursor->key.size != 8)
        status = differ(c, MZ_TABLE_CHECKPOINTS, cursor->key, "the key is not a size");
    else if (status == MZ_OK)
        c->tip_size = mz_be64_get(cursor->key.data);
    mz_kv_cursor_close(cursor);
    return status;
}

static mz_status end_scratch(check *c, bool keep)
{
    mz_status status = MZ_OK;
    if (keep && c->changes != NULL)
        status = mz_changes_flush(c->changes, c->why);
    mz_changes_free(c->changes);
    c->changes = NULL;
    if (keep && status == MZ_OK && c->scratch_txn != NULL)
        status = mz_kv_commit(c->scratch_txn, c->why);
    else
        mz_kv_abort(c->scratch_txn);
    c->scratch_txn = NULL;
    c->scratch_entry_count = 0;
    return status;
}

/* A write transaction of the scratch, a new one when the present one is full. */
static mz_status need_scratch(check *c)
{
    mz_status status = MZ_OK;
    if (c->scratch_entry_count >= SCRATCH_ENTRIES_MAX ||
        (c->changes != NULL && mz_changes_size(c->changes) > SCRATCH_CHANGES_MAX))
        status = end_scratch(c, true);
    if (status == MZ_OK && c->scratch_txn == NULL)
        status = mz_kv_begin_write(c->scratch, &c->scratch_txn, c->why);
    if (status == MZ_OK && c->frontier.size == 0)
        status = mz_store_declare(c->scratch_txn, c->why);
    if (status == MZ_OK && c->changes == NULL) {
        c->changes = mz_changes_new(c->scratch_txn);
        if (c->changes == NULL)
            status = mz_refuse(c->why, MZ_NO_MEMORY);
    }
    return status;
}

/* A leaf that does not hash to its stored node: which of the two was altered? The node is whole
 * when it leads to the root that the log has signed. */
static mz_status blame_leaf(check *c, uint64_t index, const mz_checkpoint *checkpoint)
{
    mz_merkle_reader reader = mz_store_reader(c->txn);
    mz_merkle_proof proof;
    mz_hash node;
    uint64_t position = mz_merkle_node_position(0, index);
    bool whole =
        reader.read(reader.context, position, &node, NULL) == MZ_OK &&
        mz_merkle_inclusion(c->hasher, &reader, index, checkpoint->size, &proof, NULL) == MZ_OK &&
        mz_merkle_verify_inclusion(c->hasher, index, checkpoint->size, &node, proof.hashes,
                                   proof.count, &checkpoint->root);
    return whole ? differ_at(c, MZ_TABLE_ENTRIES, index, "the entry is not the one that was hashed")
                 : differ_at(c, MZ_TABLE_NODES, position, "not the hash of its entry");
}

static mz_status check_nodes(check *c, uint64_t index, mz_hash leaf_hash,
                             const mz_checkpoint *checkpoint)
{
    mz_merkle_reader reader = mz_store_reader(c->txn);
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    uint64_t position = mz_merkle_node_count(index);
    mz_merkle_frontier_append(&c->frontier, c->hasher, &leaf_hash, nodes, &node_count);
    for (size_t i = 0; i < node_count; i++) {
        mz_hash stored;
        mz_status status = reader.read(reader.context, position + i, &stored, NULL);
        if (status == MZ_CORRUPT)
            return differ_at(c, MZ_TABLE_NODES, position + i, "the row is missing or no hash");
        if (status != MZ_OK)
            return mz_refuse(c->why, status, mz_words("cause", "nodes"));
        if (!mz_hash_equal(&stored, &nodes[i]))
            return i == 0 ? blame_leaf(c, index, checkpoint)
                          : differ_at(c, MZ_TABLE_NODES, position + i,
                                      "not the hash of the two nodes below");
    }
    return MZ_OK;
}

/* The key that signs the checkpoint of a batch: the one in force before it, and for entry 0 its
 * own. */
static mz_status log_key(check *c, const mz_entry *entry, uint8_t key[MZ_KEY_SIZE])
{
    mz_status status = c->frontier.size == 0 ? mz_rules_genesis_log_key(entry, key, NULL)
                                             : mz_rules_log_key(c->changes, key, c->why);
    if (status != MZ_OK && c->frontier.size == 0)
        return differ_at(c, MZ_TABLE_ENTRIES, 0, "entry 0 names no key of the log");
    if (c->frontier.size == 0)
        memcpy(c->origin, entry->origin, sizeof c->origin);
    return status;
}

static mz_status check_pin(check *c, const mz_hash *leaf_hash, const uint8_t key[MZ_KEY_SIZE])
{
    const mz_policy *pin = c->options->pin;
    if (pin == NULL)
        return MZ_OK;
    if (strcmp(mz_policy_origin(pin), c->origin) != 0 ||
        memcmp(pin->logs[0].key.public_key, key, MZ_KEY_SIZE) != 0)
        return differ_at(c, MZ_TABLE_ENTRIES, 0, "entry 0 has not the origin and key of the pin");
    if (!pin->has_genesis || !mz_hash_equal(&pin->genesis, leaf_hash))
        return differ_at(c, MZ_TABLE_ENTRIES, 0, "not the entry 0 of the pin");
    return MZ_OK;
}

static mz_status apply(check *c, const mz_entry *entry, const mz_stamp *stamp)
{
    mz_reason refusal = {0};
    mz_status status = mz_rules_apply(c->changes, entry, stamp, &refusal);
    if (status == MZ_OK)
        return MZ_OK;
    if (status == MZ_IO || status == MZ_FULL || status == MZ_NO_MEMORY) {
        *c->why = refusal;
        return status;
    }
    char what[MZ_CHECK_WHAT_MAX];
    snprintf(what, sizeof what, "the rules refuse it: %s", mz_status_code(status));
    return differ_at(c, MZ_TABLE_ENTRIES, stamp->index, what);
}

/* One entry: hash, tree, form, time, rules. `key` is set at the first of a batch. */
static mz_status replay_entry(check *c, const mz_checkpoint *checkpoint, bool first,
                              uint8_t key[MZ_KEY_SIZE])
{
    uint64_t index = c->frontier.size;
    mz_view leaf;
    mz_view jws;
    mz_status status = mz_store_leaf(c->txn, index, &leaf, NULL);
    if (status == MZ_CORRUPT)
        return differ_at(c, MZ_TABLE_ENTRIES, index, "the row is missing");
    if (status != MZ_OK)
        return mz_refuse(c->why, status, mz_words("cause", "entries"));
    mz_stamp stamp = {.index = index, .leaf_hash = mz_merkle_leaf_hash(c->hasher, leaf)};
    mz_entry entry;
    bool formed = mz_leaf_split(leaf, &stamp.unix_ms, &jws, NULL) == MZ_OK &&
                  mz_entry_decode(jws, &entry, NULL) == MZ_OK;
    if (formed && first)
        status = log_key(c, &entry, key);
    if (formed && status == MZ_OK && index == 0)
        status = check_pin(c, &stamp.leaf_hash, key);
    if (status == MZ_OK)
        status = check_nodes(c, index, stamp.leaf_hash, checkpoint);
    if (status == MZ_OK && !formed)
        status = differ_at(c, MZ_TABLE_ENTRIES, index, "not an entry");
    if (status == MZ_OK && stamp.unix_ms < c->last_unix_ms)
        status = differ_at(c, MZ_TABLE_ENTRIES, index, "its time is before that of the last");
    if (status == MZ_OK)
        status = apply(c, &entry, &stamp);
    if (formed)
        mz_entry_clear(&entry);
    c->last_unix_ms = stamp.unix_ms;
    c->scratch_entry_count++;
    return status;
}

/* The bytes are exactly those three lines and one signature, by the log's key of that moment. */
static mz_status check_checkpoint(check *c, mz_view bytes, const mz_checkpoint *checkpoint,
                                  const uint8_t key[MZ_KEY_SIZE])
{
    mz_vkey vkey;
    mz_checkpoint opened;
    mz_note note;
    mz_hash root = mz_merkle_frontier_root(&c->frontier, c->hasher);
    if (!mz_hash_equal(&root, &checkpoint->root))
        return differ_at(c, MZ_TABLE_CHECKPOINTS, c->frontier.size,
                         "its root is not that of the entries");
    if (mz_vkey_make(c->hasher, mz_view_of(c->origin), MZ_VKEY_ED25519, key, &vkey, NULL) !=
            MZ_OK ||
        mz_checkpoint_open(bytes, &vkey, &opened, NULL) != MZ_OK ||
        mz_note_parse(bytes, &note, NULL) != MZ_OK || note.signature_count != 1)
        return differ_at(c, MZ_TABLE_CHECKPOINTS, c->frontier.size,
                         "it is not signed by the log's key alone");
    return MZ_OK;
}

/* The next checkpoint after the entries replayed so far, copied: its views would not last. */
static mz_status next_checkpoint(check *c, mz_buf *bytes, mz_checkpoint *checkpoint)
{
    mz_kv_cursor *cursor = NULL;
    uint8_t from[8];
    mz_be64_put(from, c->frontier.size + 1);
    mz_buf_reset(bytes);
    mz_status status = mz_kv_cursor_open(c->txn, MZ_TABLE_CHECKPOINTS, &cursor, c->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(cursor, (mz_view){from, 8}, c->why);
    if (status == MZ_OK && !cursor->valid)
        status = differ(c, MZ_TABLE_CHECKPOINTS, (mz_view){from, 8}, "the row is missing");
    if (status == MZ_OK && cursor->key.size != 8)
        status = differ(c, MZ_TABLE_CHECKPOINTS, cursor->key, "the key is not a size");
    uint64_t size = 0;
    if (status == MZ_OK) {
        mz_note note;
        size = mz_be64_get(cursor->key.data);
        mz_buf_put(bytes, cursor->value);
        if (bytes->failed || mz_note_parse(mz_buf_view(bytes), &note, NULL) != MZ_OK ||
            mz_checkpoint_parse_text(note.text, checkpoint, NULL) != MZ_OK)
            status = differ(c, MZ_TABLE_CHECKPOINTS, cursor->key, "it is not a checkpoint");
        else if (checkpoint->size != size)
            status = differ(c, MZ_TABLE_CHECKPOINTS, cursor->key, "it is of another size");
    }
    mz_kv_cursor_close(cursor);
    return status;
}

static bool is_old(const check *c)
{
    int64_t limit_ms = c->options->snapshot_ms > 0 ? c->options->snapshot_ms : SNAPSHOT_MS;
    return mz_clock_steady_ms() - c->txn_since_ms >= limit_ms;
}

static mz_status renew_if_old(check *c)
{
    return is_old(c) ? open_snapshot(c) : MZ_OK;
}

static mz_status replay_batch(check *c, mz_buf *bytes)
{
    mz_checkpoint checkpoint = {.size = 0};
    uint8_t key[MZ_KEY_SIZE];
    bool first = true;
    mz_status status = next_checkpoint(c, bytes, &checkpoint);
    while (status == MZ_OK && c->frontier.size < checkpoint.size) {
        if (c->frontier.size % PROGRESS_EVERY == 0)
            report(c, MZ_CHECK_REPLAYING, c->frontier.size, c->tip_size);
        status = need_scratch(c);
        if (status == MZ_OK)
            status = replay_entry(c, &checkpoint, first, key);
        first = false;
    }
    if (status == MZ_OK)
        status = check_checkpoint(c, mz_buf_view(bytes), &checkpoint, key);
    return status;
}

/* Replays until the snapshot's end, renewing the snapshot on the way, whereupon its end may move.
 */
static mz_status replay(check *c)
{
    mz_buf bytes;
    mz_buf_init(&bytes, MZ_NOTE_SIZE_MAX);
    mz_status status = MZ_OK;
    while (status == MZ_OK && c->frontier.size < c->tip_size) {
        status = replay_batch(c, &bytes);
        if (status == MZ_OK)
            status = renew_if_old(c);
    }
    mz_status ended = end_scratch(c, status == MZ_OK);
    mz_buf_clear(&bytes);
    report(c, MZ_CHECK_REPLAYING, c->frontier.size, c->tip_size);
    return status == MZ_OK ? ended : status;
}

/* The comparison: a walk over one table at a time, which can be broken off and taken up again. */
typedef struct walk {
    mz_table table;
    uint8_t after[MZ_KV_KEY_MAX + 1]; /* the walk goes on from the first key at or above */
    size_t after_size;
    uint64_t number; /* rows passed in this table */
} walk;

static void pass(walk *w, mz_view key)
{
    memcpy(w->after, key.data, key.size);
    w->after[key.size] = 0; /* the least key above */
    w->after_size = key.size + 1;
    w->number++;
}

/* A row of a table whose rows are numbered 0, 1, 2 ... and were looked at during the replay. */
static mz_status check_numbered(check *c, const walk *w, const mz_kv_cursor *row, uint64_t count)
{
    if (!row->valid)
        return w->number == count ? MZ_OK : differ_at(c, w->table, w->number, "the row is missing");
    if (row->key.size != 8 || mz_be64_get(row->key.data) != w->number || w->number >= count)
        return differ(c, w->table, row->key, "a row that does not belong here");
    return MZ_OK;
}

/* A row of a table that the rules make, or of what the store says of itself, against the scratch.
 */
static mz_status check_derived(check *c, const walk *w, const mz_kv_cursor *row,
                               const mz_kv_cursor *want)
{
    if (!row->valid && !want->valid)
        return MZ_OK;
    if (!row->valid)
        return differ(c, w->table, want->key, "the row is missing");
    if (!want->valid)
        return differ(c, w->table, row->key, "a row that does not belong here");
    size_t common = row->key.size < want->key.size ? row->key.size : want->key.size;
    int order = memcmp(row->key.data, want->key.data, common);
    if (order == 0 && row->key.size != want->key.size)
        order = row->key.size < want->key.size ? -1 : 1;
    if (order < 0)
        return differ(c, w->table, row->key, "a row that does not belong here");
    if (order > 0)
        return differ(c, w->table, want->key, "the row is missing");
    return mz_view_equal(row->value, want->value)
               ? MZ_OK
               : differ(c, w->table, row->key, "not what the entries make it");
}

/* None has to be there, so none can be missing; what is there must be good. Read aside, because the
 * cursor's views would not outlive another read of its own snapshot. */
static mz_status check_cosignature(check *c, const walk *w, const mz_kv_cursor *row)
{
    const char *what = NULL;
    if (!row->valid)
        return MZ_OK;
    const mz_status status =
        mz_cosignature_check(c->aside, c->witnesses, row->key, row->value, &what, c->why);
    if (status != MZ_OK)
        return status;
    return what != NULL ? differ(c, w->table, row->key, what) : MZ_OK;
}

/* Checkpoints were all replayed; what is left to find is a key that stands before the first or is
 * no size. What an audit remembers, and what is sealed, is never in a ledger. */
static mz_status check_row(check *c, const walk *w, const mz_kv_cursor *row,
                           const mz_kv_cursor *want)
{
    switch (w->table) {
    case MZ_TABLE_ENTRIES:
        return check_numbered(c, w, row, c->frontier.size);
    case MZ_TABLE_NODES:
        return check_numbered(c, w, row, mz_merkle_node_count(c->frontier.size));
    case MZ_TABLE_CHECKPOINTS:
        if (row->valid && (row->key.size != 8 || mz_be64_get(row->key.data) == 0))
            return differ(c, w->table, row->key, "a row that does not belong here");
        return MZ_OK;
    case MZ_TABLE_COSIGNATURES:
        return check_cosignature(c, w, row);
    case MZ_TABLE_AUDIT:
    case MZ_TABLE_SEALED:
        return row->valid ? differ(c, w->table, row->key, "a row that does not belong here")
                          : MZ_OK;
    case MZ_TABLE_META:
    case MZ_TABLE_JTI:
    case MZ_TABLE_STATE:
    case MZ_TABLE_TOTALS:
        return check_derived(c, w, row, want);
    case MZ_TABLE_COUNT:
        break;
    }
    assert(false);
    return MZ_CORRUPT;
}

/* Walks on until the table's end, or until the snapshot is old. */
static mz_status compare_table(check *c, walk *w, mz_kv_txn *scratch_txn, bool *ended)
{
    mz_kv_cursor *row = NULL;
    mz_kv_cursor *want = NULL;
    mz_view from = {w->after, w->after_size};
    mz_status status = mz_kv_cursor_open(c->txn, w->table, &row, c->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(scratch_txn, w->table, &want, c->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(row, from, c->why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(want, from, c->why);
    *ended = false;
    while (status == MZ_OK) {
        status = check_row(c, w, row, want);
        if (status != MZ_OK)
            break;
        *ended = !row->valid;
        if (*ended)
            break;
        pass(w, row->key);
        if (++c->result->row_count % PROGRESS_EVERY == 0) {
            report(c, MZ_CHECK_COMPARING, c->result->row_count, 0);
            if (is_old(c))
                break;
        }
        status = mz_kv_cursor_next(row, c->why);
        if (status == MZ_OK && want->valid)
            status = mz_kv_cursor_next(want, c->why);
    }
    mz_kv_cursor_close(row);
    mz_kv_cursor_close(want);
    return status;
}

static void end_aside(check *c, mz_kv_txn **scratch_txn)
{
    mz_changes_free(c->witnesses);
    c->witnesses = NULL;
    mz_kv_abort(c->aside);
    c->aside = NULL;
    mz_kv_abort(*scratch_txn);
    *scratch_txn = NULL;
}

static mz_status begin_aside(check *c, mz_kv_txn **scratch_txn)
{
    mz_status status = mz_kv_begin_read(c->scratch, scratch_txn, c->why);
    if (status == MZ_OK)
        status = mz_kv_begin_read(c->ledger, &c->aside, c->why);
    if (status == MZ_OK) {
        c->witnesses = mz_changes_new(*scratch_txn);
        if (c->witnesses == NULL)
            status = mz_refuse(c->why, MZ_NO_MEMORY);
    }
    return status;
}

/* Compares every table under one snapshot. When that grows old, what was appended since is replayed
 * and the walk goes on under a new one: each row is compared once, at the size of that moment. */
static mz_status compare(check *c)
{
    mz_kv_txn *scratch_txn = NULL;
    walk w = {.table = MZ_TABLE_META};
    mz_status status = MZ_OK;
    while (status == MZ_OK && w.table < MZ_TABLE_COUNT) {
        bool ended = false;
        if (scratch_txn == NULL)
            status = begin_aside(c, &scratch_txn);
        if (status == MZ_OK)
            status = compare_table(c, &w, scratch_txn, &ended);
        if (status == MZ_OK && ended) {
            w = (walk){.table = (mz_table)(w.table + 1)};
        } else if (status == MZ_OK) {
            end_aside(c, &scratch_txn);
            status = open_snapshot(c);
            if (status == MZ_OK)
                status = replay(c);
        }
    }
    end_aside(c, &scratch_txn);
    return status;
}

mz_status mz_check_kv(mz_kv *ledger, mz_kv *scratch, const mz_check_options *options,
                      mz_check_result *result, mz_reason *why)
{
    static const mz_check_options NO_OPTIONS = {0};
    mz_reason own = {0};
    *result = (mz_check_result){0};
    check c = {.ledger = ledger,
               .scratch = scratch,
               .options = options != NULL ? options : &NO_OPTIONS,
               .result = result,
               .why = why != NULL ? why : &own};
    c.hasher = mz_hasher_new();
    mz_status status = c.hasher != NULL ? MZ_OK : mz_refuse(c.why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = open_snapshot(&c);
    if (status == MZ_OK)
        status = replay(&c);
    if (status == MZ_OK)
        status = compare(&c);
    mz_kv_abort(c.txn);
    result->size = c.frontier.size;
    if (c.hasher != NULL)
        result->root = mz_merkle_frontier_root(&c.frontier, c.hasher);
    mz_hasher_free(c.hasher);
    return status;
}

/* The pin in the folder, whose name the log's origin gives. A ledger too damaged to say its origin
 * is checked without: the check will find the place. */
static mz_status read_pin(const char *dir, mz_kv *ledger, mz_policy **pin, mz_reason *why)
{
    mz_kv_txn *txn = NULL;
    mz_checkpoint tip;
    char path[MZ_LOG_PATH_MAX + MZ_ORIGIN_SIZE_MAX + 8];
    mz_status status = mz_kv_begin_read(ledger, &txn, why);
    if (status != MZ_OK)
        return status;
    bool known = mz_store_tip(txn, &tip, NULL, NULL) == MZ_OK &&
                 mz_log_pin_path(dir, tip.origin, path, sizeof path);
    mz_kv_abort(txn);
    if (!known)
        return MZ_OK;
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_hasher *hasher = mz_hasher_new();
    status = hasher != NULL ? mz_file_read(path, &text, why) : mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_NOT_FOUND)
        status = mz_refuse(why, MZ_BAD_POLICY, mz_words("cause", MZ_BOTH("文件不存在", "no file")));
    if (status == MZ_OK)
        status = mz_pin_parse(hasher, mz_buf_view(&text), pin, why);
    mz_hasher_free(hasher);
    mz_buf_clear(&text);
    return status;
}

/* The folder loses its name at once, so that nothing is left of a check that is killed. */
static mz_status make_scratch(const mz_check_options *options, mz_kv **scratch, mz_reason *why)
{
    char folder[MZ_LOG_PATH_MAX];
    const char *parent = options->scratch_parent;
    if (parent == NULL)
        parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    int size = snprintf(folder, MZ_LOG_PATH_MAX, "%s/mingzhang-check-XXXXXX", parent);
    if (size < 0 || size >= MZ_LOG_PATH_MAX || mkdtemp(folder) == NULL)
        return mz_refuse(why, MZ_IO, mz_words("cause", parent));
    char below[MZ_LOG_PATH_MAX + 16];
    mz_lmdb_options engine = {.scratch = true};
    mz_status status = mz_path_beside(folder, "/scratch", below, sizeof below)
                           ? mz_lmdb_create(below, &engine, scratch, why)
                           : mz_refuse(why, MZ_IO, mz_words("cause", parent));
    mz_folder_remove(folder);
    return status;
}

mz_status mz_check(const char *dir, const mz_check_options *options, mz_check_result *result,
                   mz_reason *why)
{
    mz_check_options with_pin = options != NULL ? *options : (mz_check_options){0};
    mz_lmdb_options engine = {.read_only = true};
    mz_policy *pin = NULL;
    mz_kv *ledger = NULL;
    mz_kv *scratch = NULL;
    *result = (mz_check_result){0};
    mz_status status = mz_lmdb_open(dir, &engine, &ledger, why);
    if (status == MZ_OK && with_pin.pin == NULL) {
        status = read_pin(dir, ledger, &pin, why);
        with_pin.pin = pin;
    }
    if (status == MZ_OK)
        status = make_scratch(&with_pin, &scratch, why);
    if (status == MZ_OK)
        status = mz_check_kv(ledger, scratch, &with_pin, result, why);
    mz_kv_close(scratch);
    mz_kv_close(ledger);
    mz_policy_free(pin);
    return status;
}
