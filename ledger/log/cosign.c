#include "log/cosign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/store.h"

#define KEY_SIZE 12              /* be64 size, be32 key id */
#define ROWS_LOOKED_AT_MAX 65536 /* from the latest backwards */

/* --- who may --- */

static mz_log_witness witness_of(const mz_ledger_witness *row, const char *text)
{
    mz_log_witness witness = {
        .key = {.type = MZ_VKEY_COSIGNATURE, .id = row->key_id}
    };
    memcpy(witness.key.name, text, row->name_size);
    memcpy(witness.key.public_key, row->public_key, MZ_KEY_SIZE);
    memcpy(witness.url, text + row->name_size, row->url_size);
    return witness;
}

/* The next of the rows in force, or of all; `*number` is the last one looked at. MZ_NOT_FOUND at
 * the end. */
static mz_status next_witness(mz_changes *changes, bool ended_too, uint32_t *number,
                              mz_log_witness *witness, mz_reason *why)
{
    *witness = (mz_log_witness){0};
    for (;;) {
        mz_ledger_witness row;
        char text[MZ_WITNESS_TEXT_MAX];
        const mz_status status = mz_witness_load(changes, ++*number, &row, text, why);
        if (status != MZ_OK)
            return status;
        if (row.name_size > MZ_NOTE_NAME_MAX)
            return mz_refuse_corrupt(why, "a witness in the state");
        if (ended_too || row.ended_index == MZ_NEVER) {
            *witness = witness_of(&row, text);
            return MZ_OK;
        }
    }
}

mz_status mz_log_witnesses_load(mz_changes *changes, mz_log_witnesses *witnesses, mz_reason *why)
{
    mz_ledger ledger;
    uint32_t number = 0;
    mz_status status = mz_ledger_load(changes, &ledger, why);
    witnesses->count = 0;
    witnesses->quorum = 0;
    if (status != MZ_OK)
        return status == MZ_NOT_FOUND ? mz_refuse_corrupt(why, "no ledger in the state") : status;
    witnesses->quorum = ledger.quorum;
    while (status == MZ_OK && witnesses->count < ledger.witness_count &&
           witnesses->count < MZ_LIST_ITEMS_MAX) {
        status = next_witness(changes, false, &number, &witnesses->items[witnesses->count], why);
        witnesses->count += status == MZ_OK ? 1 : 0;
    }
    return status == MZ_NOT_FOUND ? mz_refuse_corrupt(why, "a witness is not in the state")
                                  : status;
}

/* --- rows --- */

static mz_view row_key(uint64_t size, uint32_t key_id, uint8_t bytes[KEY_SIZE])
{
    mz_be64_put(bytes, size);
    mz_be32_put(bytes + 8, key_id);
    return (mz_view){bytes, KEY_SIZE};
}

static mz_status not_found(mz_reason *why, uint64_t size)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%llu", (unsigned long long)size);
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("总账印章", "checkpoint of size")),
                     mz_words("id", id));
}

/* The three lines that are signed, copied. */
static mz_status read_text(mz_kv_txn *txn, uint64_t size, mz_buf *text, mz_reason *why)
{
    mz_view bytes;
    mz_note note;
    mz_status status = mz_store_checkpoint(txn, size, &bytes, why);
    if (status == MZ_NOT_FOUND)
        return not_found(why, size);
    if (status != MZ_OK)
        return status;
    if (mz_note_parse(bytes, &note, NULL) != MZ_OK)
        return mz_refuse_corrupt(why, "not a checkpoint");
    mz_buf_put(text, note.text);
    return text->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* --- storing --- */

typedef struct putting {
    mz_kv_txn *txn;
    uint64_t size;
    mz_view lines;
    mz_buf text;
    size_t stored;
    mz_reason *why;
} putting;

static mz_status put_line(putting *p, const mz_vkey *witness)
{
    uint8_t bytes[KEY_SIZE];
    mz_cosignature cosignature;
    mz_view there;
    const mz_view key = row_key(p->size, witness->id, bytes);
    mz_status status = mz_kv_get(p->txn, MZ_TABLE_COSIGNATURES, key, &there, p->why);
    if (status != MZ_NOT_FOUND)
        return status; /* also when it is there */
    status = mz_cosignature_find(mz_buf_view(&p->text), p->lines, witness, &cosignature, NULL);
    if (status != MZ_OK)
        return status == MZ_NO_MEMORY ? mz_refuse(p->why, status) : MZ_OK;
    status = mz_kv_put(p->txn, MZ_TABLE_COSIGNATURES, key, cosignature.line, p->why);
    p->stored += status == MZ_OK ? 1 : 0;
    return status;
}

static mz_status put_lines(putting *p, mz_changes *changes)
{
    mz_log_witness witness;
    uint32_t number = 0;
    mz_status status = read_text(p->txn, p->size, &p->text, p->why);
    while (status == MZ_OK) {
        status = next_witness(changes, false, &number, &witness, p->why);
        if (status == MZ_OK)
            status = put_line(p, &witness.key);
        else if (status == MZ_NOT_FOUND)
            return MZ_OK;
    }
    return status;
}

mz_status mz_log_cosign(mz_kv *ledger, uint64_t size, mz_view lines, size_t *stored, mz_reason *why)
{
    putting p = {.size = size, .lines = lines, .why = why};
    mz_buf_init(&p.text, MZ_CHECKPOINT_SIZE_MAX);
    mz_status status = mz_kv_begin_write(ledger, &p.txn, why);
    mz_changes *changes = status == MZ_OK ? mz_changes_new(p.txn) : NULL;
    if (status == MZ_OK && changes == NULL)
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        status = put_lines(&p, changes);
    mz_changes_free(changes);
    if (status == MZ_OK && p.stored > 0)
        status = mz_kv_commit(p.txn, why);
    else
        mz_kv_abort(p.txn);
    if (stored != NULL)
        *stored = status == MZ_OK ? p.stored : 0;
    mz_buf_clear(&p.text);
    return status;
}

/* --- giving out --- */

mz_status mz_snapshot_cosigned(mz_snapshot *snapshot, uint64_t size, mz_buf *note, mz_reason *why)
{
    mz_kv_txn *txn = mz_snapshot_txn(snapshot);
    mz_kv_cursor *row = NULL;
    uint8_t bytes[KEY_SIZE];
    mz_view checkpoint;
    if (size == 0)
        size = mz_snapshot_size(snapshot);
    mz_buf_reset(note);
    mz_status status = mz_snapshot_checkpoint(snapshot, size, &checkpoint, why);
    if (status != MZ_OK)
        return status;
    mz_buf_put(note, checkpoint);
    status = mz_kv_cursor_open(txn, MZ_TABLE_COSIGNATURES, &row, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_seek(row, row_key(size, 0, bytes), why);
    while (status == MZ_OK && row->valid && row->key.size == KEY_SIZE &&
           mz_be64_get(row->key.data) == size) {
        mz_buf_put(note, row->value);
        status = mz_kv_cursor_next(row, why);
    }
    mz_kv_cursor_close(row);
    return status == MZ_OK && note->failed ? mz_refuse(why, MZ_NO_MEMORY) : status;
}

static bool is_in_force(const mz_log_witnesses *witnesses, uint32_t key_id)
{
    for (size_t i = 0; i < witnesses->count; i++) {
        if (witnesses->items[i].key.id == key_id)
            return true;
    }
    return false;
}

/* Down from the last row, counting those of each size. */
static mz_status find_witnessed(mz_kv_cursor *row, const mz_log_witnesses *witnesses,
                                uint64_t *size, mz_reason *why)
{
    const uint32_t want = witnesses->quorum > 0 ? witnesses->quorum : 1;
    uint64_t at = 0;
    uint32_t count = 0;
    mz_status status = mz_kv_cursor_last(row, why);
    for (unsigned i = 0; status == MZ_OK && row->valid && i < ROWS_LOOKED_AT_MAX; i++) {
        if (row->key.size != KEY_SIZE)
            return mz_refuse_corrupt(why, "a key of the wrong size in table cosignatures");
        if (mz_be64_get(row->key.data) != at) {
            at = mz_be64_get(row->key.data);
            count = 0;
        }
        count += is_in_force(witnesses, mz_be32_get(row->key.data + 8)) ? 1 : 0;
        if (count >= want) {
            *size = at;
            return MZ_OK;
        }
        status = mz_kv_cursor_previous(row, why);
    }
    return status;
}

mz_status mz_snapshot_witnessed(mz_snapshot *snapshot, uint64_t *size, mz_reason *why)
{
    mz_kv_cursor *row = NULL;
    mz_log_witnesses *witnesses = malloc(sizeof *witnesses);
    *size = 0;
    if (witnesses == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_status status = mz_log_witnesses_load(mz_snapshot_changes(snapshot), witnesses, why);
    if (status == MZ_OK)
        status = mz_kv_cursor_open(mz_snapshot_txn(snapshot), MZ_TABLE_COSIGNATURES, &row, why);
    if (status == MZ_OK)
        status = find_witnessed(row, witnesses, size, why);
    mz_kv_cursor_close(row);
    free(witnesses);
    return status;
}

/* --- checking --- */

/* Whether one of the witnesses ever named says exactly these bytes of the text. */
static mz_status is_cosigned(mz_changes *state, mz_view text, uint32_t key_id, mz_view line,
                             bool *good, mz_reason *why)
{
    uint32_t number = 0;
    mz_status status = MZ_OK;
    *good = false;
    while (!*good) {
        mz_log_witness witness;
        mz_cosignature found;
        status = next_witness(state, true, &number, &witness, why);
        if (status != MZ_OK)
            return status == MZ_NOT_FOUND ? MZ_OK : status;
        *good = witness.key.id == key_id &&
                mz_cosignature_find(text, line, &witness.key, &found, NULL) == MZ_OK &&
                mz_view_equal(found.line, line);
    }
    return MZ_OK;
}

mz_status mz_cosignature_check(mz_kv_txn *ledger, mz_changes *state, mz_view key, mz_view value,
                               const char **what, mz_reason *why)
{
    mz_buf text, line;
    bool good = false;
    *what = NULL;
    if (key.size != KEY_SIZE) {
        *what = "the key is not a size and a key's id";
        return MZ_OK;
    }
    const uint64_t size = mz_be64_get(key.data);
    const uint32_t key_id = mz_be32_get(key.data + 8);
    mz_buf_init(&text, MZ_CHECKPOINT_SIZE_MAX);
    mz_buf_init(&line, MZ_KV_VALUE_MAX);
    mz_buf_put(&line, value); /* the next read would end the view */
    mz_status status =
        line.failed ? mz_refuse(why, MZ_NO_MEMORY) : read_text(ledger, size, &text, NULL);
    if (status == MZ_NOT_FOUND || status == MZ_CORRUPT) {
        *what = "there is no checkpoint of that size";
        status = MZ_OK;
    } else if (status == MZ_OK) {
        status = is_cosigned(state, mz_buf_view(&text), key_id, mz_buf_view(&line), &good, why);
        if (status == MZ_OK && !good)
            *what = "not a cosignature of that checkpoint by a witness of the log";
    } else {
        status = mz_refuse(why, status, mz_words("cause", "checkpoints"));
    }
    mz_buf_clear(&text);
    mz_buf_clear(&line);
    return status;
}
