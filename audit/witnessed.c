/* witnessed.c — what the pin's witnesses say of the log: which checkpoint enough of them have
 * cosigned, and whether it is one of this history. Witnesses sign in the background, so the last
 * entries of a log that is in use may not have reached them yet; that is a finding, not a failure.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

void mz_audit_see_root(mz_audit *audit, const mz_merkle_frontier *frontier)
{
    mz_witnessed *witnessed = &audit->witnessed;
    if (witnessed->checkpoint.size > 0 && witnessed->checkpoint.size == frontier->size) {
        witnessed->root = mz_merkle_frontier_root(frontier, audit->hasher);
        witnessed->seen = true;
    }
    for (size_t i = 0; i < audit->options->since_count; i++) {
        mz_since *since = &audit->since[i];
        if (since->checkpoint.size != frontier->size)
            continue;
        since->root = mz_merkle_frontier_root(frontier, audit->hasher);
        since->seen = true;
    }
}

static void see_time(mz_witnessed *witnessed, uint64_t unix_s)
{
    if (unix_s > INT64_MAX / 1000 - 1)
        return; /* in no time that an entry can have */
    if (witnessed->unix_s == 0 || (int64_t)unix_s < witnessed->unix_s)
        witnessed->unix_s = (int64_t)unix_s;
}

/* Takes the note if enough of the pin's witnesses have signed it; whether the log has is not asked:
 * its root is compared with the log's own. */
static bool take(mz_audit *audit, mz_view bytes)
{
    const mz_policy *pin = audit->pin;
    mz_witnessed found = {.unix_s = 0};
    bool signed_by[MZ_POLICY_WITNESSES_MAX] = {false}, any = false;
    mz_note note;
    if (mz_note_parse(bytes, &note, NULL) != MZ_OK ||
        mz_checkpoint_parse_text(note.text, &found.checkpoint, NULL) != MZ_OK ||
        strcmp(found.checkpoint.origin, mz_policy_origin(pin)) != 0 || found.checkpoint.size == 0)
        return false;
    for (size_t i = 0; i < pin->witness_count; i++) {
        mz_note_seal seal; /* one by one: a wrong line speaks against its witness alone */
        signed_by[i] = mz_note_verify(&note, &pin->witnesses[i].key, 1, &seal, NULL) == MZ_OK;
        if (signed_by[i])
            see_time(&found, seal.unix_s);
        any = any || signed_by[i];
    }
    if (!any || !mz_policy_quorum_met(pin, signed_by))
        return false;
    audit->witnessed = found;
    return true;
}

/* The checkpoint of `size` with these lines after it. */
static mz_status try_size(mz_audit *audit, uint64_t size, mz_view lines, mz_buf *note, bool *taken)
{
    mz_status status = mz_source_note(audit->source, size, note, NULL);
    *taken = false;
    if (mz_audit_is_trouble(status))
        return mz_refuse(audit->why, status, mz_words("cause", audit->options->path));
    if (status != MZ_OK)
        return MZ_OK; /* the replay finds what is wrong with it */
    mz_buf_put(note, lines);
    *taken = !note->failed && take(audit, mz_buf_view(note));
    return MZ_OK;
}

static mz_status find_among(mz_audit *audit, const mz_cosigned *cosigned, mz_buf *note)
{
    bool taken = false;
    mz_status status = MZ_OK;
    for (size_t i = 0; status == MZ_OK && !taken && i < cosigned->count; i++)
        status =
            try_size(audit, cosigned->sizes[i], mz_buf_view(&cosigned->lines[i]), note, &taken);
    return status;
}

mz_status mz_witnessed_find(mz_audit *audit)
{
    mz_buf note;
    mz_reason reason = {0};
    mz_cosigned *cosigned = NULL;
    if (audit->pin->witness_count == 0)
        return MZ_OK;
    if (take(audit, mz_buf_view(&audit->last_note)))
        return MZ_OK; /* it carries its lines itself */
    cosigned = calloc(1, sizeof *cosigned);
    if (cosigned == NULL)
        return mz_refuse(audit->why, MZ_NO_MEMORY);
    mz_buf_init(&note, 2 * MZ_NOTE_SIZE_MAX);
    mz_status status = mz_source_cosigned(audit->source, audit->pin, audit->end, cosigned, &reason);
    if (mz_audit_is_trouble(status))
        *audit->why = reason;
    else if (status != MZ_OK)
        status = mz_audit_fail(audit, MZ_X_QUORUM, audit->end, &reason);
    else
        status = find_among(audit, cosigned, &note);
    mz_cosigned_clear(cosigned);
    free(cosigned);
    mz_buf_clear(&note);
    return status;
}

void mz_witnessed_check(mz_audit *audit)
{
    const mz_witnessed *witnessed = &audit->witnessed;
    const uint64_t size = witnessed->checkpoint.size;
    if (size == 0 && audit->pin->quorum.kind != MZ_POLICY_NONE)
        (void)mz_audit_fail(audit, MZ_X_QUORUM, audit->end, NULL);
    if (size > 0 &&
        (!witnessed->seen || !mz_hash_equal(&witnessed->root, &witnessed->checkpoint.root)))
        (void)mz_audit_fail(audit, MZ_X_WITNESSED, size, NULL);
}
