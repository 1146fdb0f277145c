/* run.c — an audit from beginning to end: what is trusted, where the entries come from, where the
 * replay is kept, and what is compared when it is over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/receipt.h"
#include "kv/lmdb.h"
#include "parts.h"

#define PROOF_HEAD "c2sp.org/tlog-proof@"

mz_status mz_audit_read_file(const char *path, size_t size_max, mz_buf *out, mz_reason *why)
{
    char cause[256];
    FILE *file = fopen(path, "re");
    mz_buf_reset(out);
    if (file == NULL) {
        (void)snprintf(cause, sizeof cause, "%s: %s", path, strerror(errno));
        return mz_refuse(why, MZ_IO, mz_words("cause", cause));
    }
    uint8_t block[16384];
    size_t size = 0;
    while (!out->failed && out->size <= size_max &&
           (size = fread(block, 1, sizeof block, file)) > 0)
        mz_buf_put(out, (mz_view){block, size});
    const bool failed = ferror(file) != 0;
    (void)snprintf(cause, sizeof cause, "%s: %s", path, strerror(errno));
    (void)fclose(file);
    if (failed)
        return mz_refuse(why, MZ_IO, mz_words("cause", cause));
    if (out->failed || out->size > size_max)
        return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", path),
                         mz_count("size", (int64_t)size_max + 1),
                         mz_count("limit", (int64_t)size_max));
    return MZ_OK;
}

mz_status mz_audit_read_pin(const char *path, mz_hasher *hasher, mz_policy **pin, mz_reason *why)
{
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX + 16384);
    mz_status status = mz_audit_read_file(path, MZ_POLICY_SIZE_MAX, &text, why);
    if (status == MZ_OK)
        status = mz_pin_parse(hasher, mz_buf_view(&text), pin, why);
    mz_buf_clear(&text);
    return status;
}

/* --- the store --- */

static void remove_scratch(mz_audit *audit)
{
    static const char *const FILES[] = {"/state/data.mdb", "/state/lock.mdb"};
    char path[sizeof audit->scratch + 32];
    if (audit->scratch[0] == '\0')
        return;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", audit->scratch, FILES[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/state", audit->scratch);
    (void)rmdir(path);
    (void)rmdir(audit->scratch);
}

/* The folder loses its name at once, so that nothing is left of an audit that is killed. */
static mz_status make_scratch(mz_audit *audit)
{
    const mz_lmdb_options engine = {.scratch = true};
    const char *parent = audit->options->scratch_parent;
    char below[sizeof audit->scratch + 16];
    if (parent == NULL)
        parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    const int size =
        snprintf(audit->scratch, sizeof audit->scratch, "%s/mingzhang-audit-XXXXXX", parent);
    if (size < 0 || (size_t)size >= sizeof audit->scratch || mkdtemp(audit->scratch) == NULL) {
        audit->scratch[0] = '\0';
        return mz_refuse(audit->why, MZ_IO, mz_words("cause", parent));
    }
    (void)snprintf(below, sizeof below, "%s/state", audit->scratch);
    const mz_status status = mz_lmdb_create(below, &engine, &audit->kv, audit->why);
    remove_scratch(audit);
    return status;
}

static mz_status open_state(mz_audit *audit)
{
    const char *dir = audit->options->state_dir;
    char path[4200];
    struct stat info;
    const int size = snprintf(path, sizeof path, "%s/data.mdb", dir);
    if (size < 0 || (size_t)size >= sizeof path)
        return mz_refuse(audit->why, MZ_IO, mz_words("cause", "--state"));
    if (stat(path, &info) == 0)
        return mz_lmdb_open(dir, NULL, &audit->kv, audit->why);
    (void)rmdir(dir); /* an empty folder may stand there */
    return mz_lmdb_create(dir, NULL, &audit->kv, audit->why);
}

/* An audit keeps no entries; a folder that has entry 0 is a ledger, named by mistake. */
static mz_status refuse_ledger_as_state(mz_audit *audit, mz_kv_txn *txn)
{
    static const uint8_t FIRST[8] = {0};
    mz_view leaf;
    const mz_status status =
        mz_kv_get(txn, MZ_TABLE_ENTRIES, (mz_view){FIRST, sizeof FIRST}, &leaf, audit->why);
    if (status == MZ_OK)
        return mz_refuse(audit->why, MZ_EXISTS, mz_words("path", audit->options->state_dir));
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status load_meta(mz_audit *audit)
{
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_read(audit->kv, &txn, audit->why);
    mz_changes *changes = status == MZ_OK ? mz_changes_new(txn) : NULL;
    if (status == MZ_OK && changes == NULL)
        status = mz_refuse(audit->why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = refuse_ledger_as_state(audit, txn);
    if (status == MZ_OK)
        status = mz_note_meta_load(changes, &audit->meta, audit->why);
    mz_changes_free(changes);
    mz_kv_abort(txn);
    if (status == MZ_NOT_FOUND) {
        audit->meta = (mz_meta){.version = MZ_META_VERSION};
        return MZ_OK;
    }
    if (status == MZ_OK && audit->meta.frontier.size > 0 &&
        !mz_hash_equal(&audit->meta.genesis, &audit->pin->genesis))
        return mz_refuse(audit->why, MZ_NOT_A_LEDGER, mz_words("path", "--state"),
                         mz_words("cause", MZ_BOTH("这个状态属于另一本账；请换一个文件夹",
                                                   "this state is of another log; name another "
                                                   "folder")));
    audit->resumed_from = audit->meta.frontier.size;
    return status;
}

/* --- older checkpoints and receipts --- */

bool mz_audit_is_receipt(mz_view text)
{
    return text.size >= strlen(PROOF_HEAD) &&
           memcmp(text.data, PROOF_HEAD, strlen(PROOF_HEAD)) == 0;
}

static mz_status read_since_receipt(mz_audit *audit, mz_since *since, mz_view text)
{
    mz_receipt receipt;
    mz_note note;
    mz_status status = mz_receipt_parse(text, &receipt, audit->why);
    if (status != MZ_OK)
        return status;
    since->is_receipt = true;
    since->index = receipt.index;
    since->leaf_hash = mz_merkle_leaf_hash(audit->hasher, receipt.leaf);
    status = mz_note_parse(receipt.checkpoint_note, &note, audit->why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(note.text, &since->checkpoint, audit->why);
    if (status == MZ_OK) {
        mz_buf_put(&since->note, receipt.checkpoint_note);
        since->entry_fits = mz_merkle_verify_inclusion(
            audit->hasher, receipt.index, since->checkpoint.size, &since->leaf_hash,
            receipt.proof.hashes, receipt.proof.count, &since->checkpoint.root);
    }
    mz_receipt_clear(&receipt);
    return status;
}

static mz_status read_since(mz_audit *audit, mz_since *since, const char *file)
{
    mz_buf text;
    mz_note note;
    since->file = file;
    mz_buf_init(&since->note, MZ_NOTE_SIZE_MAX);
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX + 16384);
    mz_status status = mz_audit_read_file(file, MZ_RECEIPT_SIZE_MAX, &text, audit->why);
    if (status == MZ_OK && mz_audit_is_receipt(mz_buf_view(&text))) {
        status = read_since_receipt(audit, since, mz_buf_view(&text));
    } else if (status == MZ_OK) {
        since->entry_fits = true;
        status = mz_note_parse(mz_buf_view(&text), &note, audit->why);
        if (status == MZ_OK)
            status = mz_checkpoint_parse_text(note.text, &since->checkpoint, audit->why);
        if (status == MZ_OK)
            mz_buf_put(&since->note, mz_buf_view(&text));
    }
    mz_buf_clear(&text);
    return status;
}

/* Hashes the entries that an earlier audit had replayed, for roots at sizes below; and tells
 * whether they are still the same. */
static mz_status hash_again(mz_audit *audit, bool *same)
{
    mz_merkle_frontier *frontier = calloc(1, sizeof *frontier);
    mz_stretch *stretch = &audit->batches[0]->stretch;
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t node_count = 0;
    mz_status status = MZ_OK;
    if (frontier == NULL)
        return mz_refuse(audit->why, MZ_NO_MEMORY);
    while (status == MZ_OK && frontier->size < audit->resumed_from) {
        status =
            mz_source_read(audit->source, frontier->size, audit->resumed_from, stretch, audit->why);
        for (size_t i = 0; i < stretch->leaves.count; i++) {
            const mz_hash leaf =
                mz_merkle_leaf_hash(audit->hasher, mz_strings_at(&stretch->leaves, i));
            mz_merkle_frontier_append(frontier, audit->hasher, &leaf, nodes, &node_count);
            mz_audit_see_root(audit, frontier);
        }
        if (stretch->leaves.count == 0)
            break;
    }
    if (status == MZ_OK) {
        const mz_hash now = mz_merkle_frontier_root(frontier, audit->hasher);
        const mz_hash then = mz_merkle_frontier_root(&audit->meta.frontier, audit->hasher);
        *same = frontier->size == audit->resumed_from && mz_hash_equal(&now, &then);
    }
    free(frontier);
    return status;
}

/* --- before and after the replay --- */

/* By the checkpoint of that size, as far as it can be told without reading the entries again, which
 * is done when an older checkpoint lies below. */
static mz_status check_resume_by_note(mz_audit *audit, const mz_hash *root)
{
    const uint64_t size = audit->resumed_from;
    mz_checkpoint checkpoint;
    mz_note parsed;
    mz_buf note;
    bool below = audit->witnessed.checkpoint.size > 0 && audit->witnessed.checkpoint.size < size;
    bool same = true;
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    mz_status status = mz_source_note(audit->source, size, &note, audit->why);
    const bool stands = status == MZ_OK;
    if (stands && (mz_note_parse(mz_buf_view(&note), &parsed, NULL) != MZ_OK ||
                   mz_checkpoint_parse_text(parsed.text, &checkpoint, NULL) != MZ_OK ||
                   checkpoint.size != size || !mz_hash_equal(&checkpoint.root, root)))
        status = mz_audit_fail(audit, MZ_X_STATE, size, NULL);
    else if (status == MZ_CORRUPT || (status == MZ_NOT_FOUND && audit->meta.note_from == size))
        status = mz_audit_fail(audit, MZ_X_STATE, size, audit->why);
    else if (status == MZ_NOT_FOUND)
        status = MZ_OK; /* an audit was stopped between two checkpoints */
    mz_buf_clear(&note);
    for (size_t i = 0; i < audit->options->since_count; i++)
        below = below || audit->since[i].checkpoint.size < size;
    if (status == MZ_OK && below)
        status = hash_again(audit, &same);
    return status == MZ_OK && !same ? mz_audit_fail(audit, MZ_X_STATE, size, NULL) : status;
}

static mz_status root_by_hashes(mz_audit *audit, const mz_merkle_reader *reader, uint64_t size,
                                mz_hash *root)
{
    mz_reason reason = {0};
    uint64_t index = 0;
    const mz_status status = mz_merkle_root(audit->hasher, reader, size, root, &reason);
    if (status == MZ_OK)
        return MZ_OK;
    if (mz_audit_is_trouble(status)) {
        *audit->why = reason;
        return status;
    }
    const mz_source_fault fault = mz_source_fault_of(audit->source, &index);
    return mz_audit_fail_source(audit, fault, index, MZ_X_HASHES, size, &reason);
}

/* By the hashes that a service publishes, older checkpoints below too. */
static mz_status check_resume_by_hashes(mz_audit *audit, const mz_merkle_reader *reader,
                                        const mz_hash *root)
{
    mz_hash now;
    mz_status status = root_by_hashes(audit, reader, audit->resumed_from, &now);
    if (status == MZ_OK && !mz_hash_equal(root, &now))
        return mz_audit_fail(audit, MZ_X_STATE, audit->resumed_from, NULL);
    for (size_t i = 0; status == MZ_OK && i < audit->options->since_count; i++) {
        mz_since *since = &audit->since[i];
        if (since->checkpoint.size >= audit->resumed_from)
            continue;
        status = root_by_hashes(audit, reader, since->checkpoint.size, &since->root);
        since->seen = status == MZ_OK;
    }
    mz_witnessed *witnessed = &audit->witnessed;
    if (status == MZ_OK && witnessed->checkpoint.size > 0 &&
        witnessed->checkpoint.size < audit->resumed_from) {
        status = root_by_hashes(audit, reader, witnessed->checkpoint.size, &witnessed->root);
        witnessed->seen = status == MZ_OK;
    }
    return status;
}

/* What an earlier audit replayed is still the beginning of the log. */
static mz_status check_resume(mz_audit *audit)
{
    const mz_hash root = mz_merkle_frontier_root(&audit->meta.frontier, audit->hasher);
    mz_merkle_reader reader;
    if (audit->resumed_from == 0)
        return MZ_OK;
    if (audit->end < audit->resumed_from)
        return mz_audit_fail(audit, MZ_X_STATE_SHORT, audit->end, NULL);
    return mz_source_reader(audit->source, &reader) ? check_resume_by_hashes(audit, &reader, &root)
                                                    : check_resume_by_note(audit, &root);
}

/* Whether one of the keys that ever signed for this log signed the note. */
static mz_status signed_by_log(mz_audit *audit, mz_changes *changes, mz_view note, bool *is_signed)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_LOG_KEY);
    mz_key_bytes at = prefix;
    mz_view value;
    mz_status status = MZ_OK;
    *is_signed = false;
    while (!*is_signed &&
           (status = mz_note_next(changes, &prefix, &at, &value, audit->why)) == MZ_OK) {
        mz_vkey key;
        mz_checkpoint checkpoint;
        if (value.size == 32 && mz_vkey_make(audit->hasher, mz_view_of(audit->meta.origin),
                                             MZ_VKEY_ED25519, value.data, &key, NULL) == MZ_OK)
            *is_signed = mz_checkpoint_open(note, &key, &checkpoint, NULL) == MZ_OK;
    }
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}

static mz_status check_since(mz_audit *audit, mz_changes *changes, mz_since *since)
{
    bool is_signed = false;
    const mz_status status = signed_by_log(audit, changes, mz_buf_view(&since->note), &is_signed);
    if (status != MZ_OK)
        return status;
    if (!is_signed)
        since->failure = MZ_X_SINCE_KEY;
    else if (!since->entry_fits)
        since->failure = MZ_X_SINCE_ENTRY;
    else if (since->checkpoint.size > audit->meta.frontier.size)
        since->failure = MZ_X_SINCE_SHORT;
    else if (!since->seen || !mz_hash_equal(&since->root, &since->checkpoint.root))
        since->failure = MZ_X_SINCE_ROOT;
    if (since->failure != MZ_X_NONE)
        (void)mz_audit_fail(audit, since->failure, since->checkpoint.size, NULL);
    return MZ_OK;
}

/* The pin's log key is that of entry 0, or the one in force now. */
static mz_status check_pin_key(mz_audit *audit, mz_changes *changes)
{
    const mz_key_bytes prefix = mz_note_key(MZ_N_LOG_KEY);
    mz_key_bytes at = prefix;
    mz_view first;
    const mz_status status = mz_note_next(changes, &prefix, &at, &first, audit->why);
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_refuse(audit->why, MZ_IO, mz_words("cause", "--state"))
                                      : status;
    for (size_t i = 0; i < audit->pin->log_count; i++) {
        const uint8_t *key = audit->pin->logs[i].key.public_key;
        if ((first.size == 32 && memcmp(first.data, key, 32) == 0) ||
            memcmp(audit->meta.log_key, key, 32) == 0)
            return MZ_OK;
    }
    (void)mz_audit_fail(audit, MZ_X_PIN_KEY, 0, NULL);
    return MZ_OK;
}

static mz_status check_last_note(mz_audit *audit)
{
    mz_vkey key;
    mz_checkpoint checkpoint;
    mz_reason reason = {0};
    const mz_view note = mz_buf_view(&audit->last_note);
    const mz_hash root = mz_merkle_frontier_root(&audit->meta.frontier, audit->hasher);
    mz_status status = mz_vkey_make(audit->hasher, mz_view_of(audit->meta.origin), MZ_VKEY_ED25519,
                                    audit->meta.note_key, &key, &reason);
    if (status == MZ_OK)
        status = mz_checkpoint_open(note, &key, &checkpoint, &reason);
    if (status == MZ_NO_MEMORY)
        return mz_refuse(audit->why, MZ_NO_MEMORY);
    if (status != MZ_OK)
        (void)mz_audit_fail(audit, MZ_X_NOTE, audit->end, &reason);
    else if (checkpoint.size != audit->end || !mz_hash_equal(&checkpoint.root, &root))
        (void)mz_audit_fail(audit, MZ_X_ROOT, audit->end, NULL);
    return MZ_OK;
}

static mz_status check_end(mz_audit *audit)
{
    bool goes_on = false;
    mz_reason reason = {0};
    mz_kv_txn *txn = NULL;
    mz_status status = mz_source_goes_on(audit->source, audit->end, &goes_on, &reason);
    if (mz_audit_is_trouble(status)) {
        *audit->why = reason;
        return status;
    }
    if (goes_on || status != MZ_OK)
        (void)mz_audit_fail(audit, MZ_X_EXTRA, audit->end, &reason);
    status = check_last_note(audit);
    mz_witnessed_check(audit);
    if (status == MZ_OK)
        status = mz_kv_begin_read(audit->kv, &txn, audit->why);
    mz_changes *changes = status == MZ_OK ? mz_changes_new(txn) : NULL;
    if (status == MZ_OK && changes == NULL)
        status = mz_refuse(audit->why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = check_pin_key(audit, changes);
    for (size_t i = 0; status == MZ_OK && i < audit->options->since_count; i++)
        status = check_since(audit, changes, &audit->since[i]);
    mz_changes_free(changes);
    mz_kv_abort(txn);
    return status;
}

/* A root that does not fit after an earlier audit may mean that the earlier entries are others now.
 */
static void explain_root(mz_audit *audit)
{
    bool same = true;
    mz_merkle_frontier *now = NULL;
    if (audit->failure != MZ_X_ROOT || audit->resumed_from == 0 ||
        !mz_source_has_every_note(audit->source)) /* a service's was looked at before */
        return;
    now = calloc(1, sizeof *now);
    if (now == NULL)
        return;
    *now = audit->meta.frontier;
    if (load_meta(audit) == MZ_OK && hash_again(audit, &same) == MZ_OK && !same) {
        audit->failure = MZ_X_STATE;
        audit->failed = mz_failure_row_of(MZ_X_STATE)->assertion;
        audit->failed_index = audit->resumed_from;
    }
    audit->meta.frontier = *now;
    free(now);
}

/* --- all of it --- */

static mz_status set_up(mz_audit *audit)
{
    const mz_audit_options *options = audit->options;
    mz_source_options source = {
        .path = options->path,
        .ca_file = options->ca_file,
        .answer_ms = options->answer_ms,
        .wait_ms = options->wait_ms,
        .tries = options->tries,
    };
    mz_reason *why = audit->why;
    audit->hasher = mz_hasher_new();
    audit->keys = mz_keys_new();
    mz_buf_init(&audit->last_note, MZ_NOTE_SIZE_MAX);
    if (audit->hasher == NULL || audit->keys == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    for (size_t i = 0; i < 3; i++) {
        audit->batches[i] = calloc(1, sizeof *audit->batches[i]);
        if (audit->batches[i] == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
        mz_stretch_init(&audit->batches[i]->stretch);
    }
    mz_status status = mz_audit_read_pin(options->pin_file, audit->hasher, &audit->pin, why);
    for (size_t i = 0; status == MZ_OK && i < options->since_count; i++)
        status = read_since(audit, &audit->since[i], options->since[i]);
    if (status == MZ_OK) {
        source.witnessed = audit->pin->witness_count > 0;
        status = mz_source_open(&source, &audit->source, why);
    }
    if (status == MZ_OK)
        status = options->state_dir != NULL ? open_state(audit) : make_scratch(audit);
    if (status == MZ_OK)
        status = load_meta(audit);
    if (status != MZ_OK)
        return status;
    audit->workers = mz_workers_new(options->threads);
    if (audit->workers == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    for (unsigned i = 0; i < mz_workers_count(audit->workers); i++) {
        audit->hashers[i] = mz_hasher_new();
        if (audit->hashers[i] == NULL)
            return mz_refuse(why, MZ_NO_MEMORY);
    }
    return MZ_OK;
}

static void tear_down(mz_audit *audit)
{
    mz_workers_free(audit->workers);
    for (size_t i = 0; i < MZ_WORKERS_MAX; i++)
        mz_hasher_free(audit->hashers[i]);
    for (size_t i = 0; i < 3 && audit->batches[i] != NULL; i++) {
        for (size_t j = 0; j < MZ_BATCH_ENTRIES; j++) {
            if (audit->batches[i]->items[j].decoded)
                mz_entry_clear(&audit->batches[i]->items[j].entry);
        }
        mz_stretch_clear(&audit->batches[i]->stretch);
        free(audit->batches[i]);
    }
    for (size_t i = 0; i < MZ_AUDIT_SINCE_MAX; i++)
        mz_buf_clear(&audit->since[i].note);
    mz_source_close(audit->source);
    mz_kv_close(audit->kv);
    mz_policy_free(audit->pin);
    mz_keys_free(audit->keys);
    mz_buf_clear(&audit->last_note);
    mz_hasher_free(audit->hasher);
    free(audit);
}

/* MZ_OK also when something failed; then audit->failure says what. */
static mz_status examine(mz_audit *audit, mz_judgement *judgement)
{
    mz_reason reason = {0};
    uint64_t fault_index = 0;
    mz_status status = mz_source_claim(audit->source, &audit->end, &audit->last_note, &reason);
    if (status != MZ_OK && mz_audit_is_trouble(status)) {
        *audit->why = reason;
        return status;
    }
    if (status != MZ_OK || audit->end == 0) {
        const mz_source_fault fault = mz_source_fault_of(audit->source, &fault_index);
        status = mz_audit_fail_source(audit, fault, fault_index, MZ_X_NO_NOTE, audit->end, &reason);
    }
    if (status == MZ_OK)
        status = mz_witnessed_find(audit);
    if (status == MZ_OK)
        status = check_resume(audit);
    if (status == MZ_OK)
        status = mz_chain_replay(audit);
    audit->replayed = status == MZ_OK;
    if (status == MZ_OK)
        status = check_end(audit);
    if (status == MZ_OK)
        status = mz_judge(audit, judgement);
    if (audit->failure == MZ_X_NONE || mz_audit_is_trouble(status))
        return status;
    explain_root(audit);
    *audit->why = (mz_reason){0};
    return MZ_OK;
}

mz_status mz_audit_run(const mz_audit_options *options, mz_audit_result *result, mz_reason *why)
{
    mz_reason own = {0};
    mz_audit *audit = calloc(1, sizeof *audit);
    mz_judgement *judgement = calloc(1, sizeof *judgement);
    if (audit == NULL || judgement == NULL) {
        free(audit);
        free(judgement);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    audit->options = options;
    audit->why = why != NULL ? why : &own;
    mz_status status = set_up(audit);
    if (status == MZ_OK)
        status = examine(audit, judgement);
    if (status == MZ_OK) {
        *result = (mz_audit_result){
            .proved = audit->failure == MZ_X_NONE,
            .size = audit->meta.frontier.size,
            .resumed_from = audit->resumed_from,
            .root = mz_merkle_frontier_root(&audit->meta.frontier, audit->hasher)};
        result->report = mz_report(audit, audit->replayed ? judgement : NULL);
        if (result->report == NULL)
            status = mz_refuse(audit->why, MZ_NO_MEMORY);
    }
    mz_judgement_free(judgement);
    tear_down(audit);
    return status;
}

void mz_audit_result_clear(mz_audit_result *result)
{
    json_decref(result->report);
    *result = (mz_audit_result){0};
}
