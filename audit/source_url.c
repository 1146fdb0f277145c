/* source_url.c — a service at a URL: its last checkpoint, the last that its witnesses have
 * cosigned, and entries each of which is proved to be in that checkpoint's tree before it is handed
 * on. */
#include <stdlib.h>

#include "core/checkpoint.h"
#include "core/note.h"
#include "core/receipt.h"
#include "remote/tlog.h"
#include "source_parts.h"

typedef struct url_source {
    mz_source head;
    mz_tlog *tlog;
    mz_buf note; /* the last checkpoint */
    uint64_t size;
    mz_buf witnessed; /* what a receipt is against; empty: none, or not asked for */
    uint64_t witnessed_size;
} url_source;

static void url_close(mz_source *head)
{
    url_source *source = (url_source *)head;
    mz_tlog_close(source->tlog);
    mz_buf_clear(&source->note);
    mz_buf_clear(&source->witnessed);
    free(source);
}

static mz_status url_claim(mz_source *head, uint64_t *size, mz_buf *note, mz_reason *why)
{
    url_source *source = (url_source *)head;
    mz_note parsed;
    mz_checkpoint checkpoint;
    mz_buf_put(note, mz_buf_view(&source->note));
    if (note->failed)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (mz_note_parse(mz_buf_view(note), &parsed, why) != MZ_OK ||
        mz_checkpoint_parse_text(parsed.text, &checkpoint, why) != MZ_OK)
        return MZ_CORRUPT;
    *size = source->size = checkpoint.size;
    return mz_tlog_trust(source->tlog, checkpoint.size, &checkpoint.root, why);
}

static mz_status url_read(mz_source *head, uint64_t end, mz_stretch *stretch, mz_reason *why)
{
    url_source *source = (url_source *)head;
    mz_status status = MZ_OK;
    uint64_t index = stretch->first;
    while (status == MZ_OK && index < end && stretch->leaves.count < MZ_BATCH_ENTRIES) {
        mz_view leaf;
        status = mz_tlog_leaf(source->tlog, index, &leaf, why);
        if (status == MZ_OK)
            status = mz_strings_add(&stretch->leaves, leaf, why);
        if (status == MZ_OK)
            index++;
    }
    if (status != MZ_OK || index != source->size || index == stretch->first)
        return status;
    stretch->sizes[0] = source->size;
    return mz_strings_add(&stretch->notes, mz_buf_view(&source->note), why);
}

static mz_status url_note(mz_source *head, uint64_t size, mz_buf *note, mz_reason *why)
{
    const url_source *source = (const url_source *)head;
    if (size == 0 || (size != source->size && size != source->witnessed_size))
        return MZ_NOT_FOUND;
    mz_buf_put(note, mz_buf_view(size == source->size ? &source->note : &source->witnessed));
    return note->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* The lines stand in the note already. */
static mz_status url_cosigned(mz_source *head, uint64_t end, mz_gathering *g, mz_reason *why)
{
    const url_source *source = (const url_source *)head;
    const mz_view none = {NULL, 0};
    mz_note note;
    mz_status status = MZ_OK;
    if (source->witnessed_size == 0 || source->witnessed_size > end ||
        mz_note_parse(mz_buf_view(&source->witnessed), &note, NULL) != MZ_OK)
        return MZ_OK;
    for (size_t i = 0; status == MZ_OK && i < note.signature_count; i++)
        status = mz_gather(g, source->witnessed_size, note.signatures[i].id, none, why);
    return status;
}

/* The log may have grown since. */
static mz_status url_goes_on(mz_source *head, uint64_t size, bool *goes_on, mz_reason *why)
{
    (void)head, (void)size, (void)why;
    *goes_on = false;
    return MZ_OK;
}

static mz_merkle_reader url_reader(mz_source *head)
{
    return mz_tlog_reader(((url_source *)head)->tlog);
}

static mz_source_fault url_fault(const mz_source *head, uint64_t *index)
{
    static const mz_source_fault FAULTS[] = {
        [MZ_TLOG_NO_FAULT] = MZ_FAULT_NONE,   [MZ_TLOG_NO_ANSWER] = MZ_FAULT_NONE,
        [MZ_TLOG_MISSING] = MZ_FAULT_MISSING, [MZ_TLOG_TILE] = MZ_FAULT_HASHES,
        [MZ_TLOG_FORM] = MZ_FAULT_FORM,       [MZ_TLOG_ALTERED] = MZ_FAULT_ALTERED,
        [MZ_TLOG_MOVED] = MZ_FAULT_MOVED,
    };
    const mz_tlog_fault *fault = mz_tlog_fault_of(((const url_source *)head)->tlog);
    *index = fault->index;
    return FAULTS[fault->kind];
}

/* The last checkpoint may have been made a moment ago, and in a log that is in use it always has:
 * its witnesses follow. A receipt is against the last one that they have cosigned. Asked for before
 * the last, so that it lies within; a service that has none is audited without. */
static void look_for_witnessed(url_source *source)
{
    mz_buf text;
    mz_receipt receipt = {0};
    mz_note note;
    mz_checkpoint checkpoint;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    if (mz_tlog_receipt(source->tlog, &text, NULL) == MZ_OK &&
        mz_receipt_parse(mz_buf_view(&text), &receipt, NULL) == MZ_OK &&
        mz_note_parse(receipt.checkpoint_note, &note, NULL) == MZ_OK &&
        mz_checkpoint_parse_text(note.text, &checkpoint, NULL) == MZ_OK) {
        mz_buf_put(&source->witnessed, receipt.checkpoint_note);
        source->witnessed_size = source->witnessed.failed ? 0 : checkpoint.size;
    }
    mz_receipt_clear(&receipt);
    mz_buf_clear(&text);
}

static mz_status open_log(url_source *source, const mz_source_options *options, mz_reason *why)
{
    const mz_tlog_options remote = {
        .url = options->path,
        .http = {.total_ms = options->answer_ms, .ca_file = options->ca_file},
        .patience = {.tries = options->tries,        .wait_ms = options->wait_ms},
    };
    mz_reason reason = {0};
    mz_status status = mz_tlog_open(&remote, &source->tlog, &reason);
    if (status == MZ_OK && options->witnessed)
        look_for_witnessed(source);
    if (status == MZ_OK)
        status = mz_tlog_checkpoint(source->tlog, &source->note, &reason);
    if (status == MZ_NOT_FOUND || status == MZ_TOO_LARGE)
        return mz_refuse(why, MZ_NOT_A_LEDGER, mz_words("path", options->path),
                         mz_words("cause", MZ_BOTH("那里没有 /checkpoint",
                                                   "there is no /checkpoint at that address")));
    if (status != MZ_OK && why != NULL && why->status == MZ_OK)
        *why = reason;
    return status;
}

mz_status mz_source_url_open(const mz_source_options *options, mz_source **source, mz_reason *why)
{
    static const mz_source_kind_row KIND = {
        .name = "url",
        .close = url_close,
        .claim = url_claim,
        .read = url_read,
        .note = url_note,
        .goes_on = url_goes_on,
        .cosigned = url_cosigned,
        .reader = url_reader,
        .fault = url_fault,
    };
    url_source *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->head.kind = &KIND;
    mz_buf_init(&made->note, MZ_NOTE_SIZE_MAX);
    mz_buf_init(&made->witnessed, MZ_NOTE_SIZE_MAX);
    const mz_status status = open_log(made, options, why);
    if (status == MZ_OK)
        *source = &made->head;
    else
        url_close(&made->head);
    return status;
}
