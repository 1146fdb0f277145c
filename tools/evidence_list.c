/* evidence_list.c — of the documents that entries name: which are missing here, which are named
 * more than once. Lists are written as they are found: a long log needs no more memory. */
#include "core/state.h"
#include "evidence_work.h"

/* A naming as a line: what is first, then the entry, then the document. */
static void print_naming(const mz_evidence_work *work, const char *first, int width,
                         const mz_document *document, const mz_document_words *words)
{
    char index[24];
    snprintf(index, sizeof(index), "#%llu", (unsigned long long)document->index);
    mz_evidence_list_cell(first, width);
    mz_evidence_list_cell(index, 7);
    mz_evidence_list_cell(words->fund, 12);
    mz_evidence_list_cell(words->row->name, 20);
    printf(mz_say(work->cli, "%lld 字节  %s  %s\n", "%lld bytes  %s  %s\n"),
           (long long)document->size,
           document->is_public ? mz_say(work->cli, "公开", "public")
                               : mz_say(work->cli, "密封", "sealed"),
           words->name);
}

static json_t *naming_json(const mz_document *document, const mz_document_words *words)
{
    json_t *item =
        json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:b}", "index", (json_int_t)document->index,
                  "event", words->row->name, "name", words->name, "media_type", words->media_type,
                  "size", (json_int_t)document->size, "visibility",
                  document->is_public ? "public" : "sealed", "reversed", (int)document->reversed);
    if (words->fund[0] != '\0')
        json_object_set_new(item, "fund", json_string(words->fund));
    return item;
}

/* ---- missing ---- */

typedef enum bytes_state { BYTES_FINE, BYTES_MISSING, BYTES_DAMAGED, BYTES_OTHER_SIZE } bytes_state;
static const char *const STATE_WORDS[] = {"ok", "missing", "damaged", "size_differs"};

static const char *state_text(const mz_cli *cli, bytes_state state)
{
    static const char *const ZH[] = {"完好", "缺失", "损坏", "大小不符"};
    static const char *const EN[] = {"whole", "missing", "damaged", "size differs"};
    return mz_say(cli, ZH[state], EN[state]);
}

/* What is there of a document: looked at once for all entries that name it. */
typedef struct bytes_found {
    mz_hash sha256;
    bool known;
    bytes_state state;
    int64_t size;
} bytes_found;

static mz_status look(const mz_evidence_work *work, const mz_document *document, bytes_found *found,
                      mz_reason *why)
{
    mz_reason local = {0};
    mz_status status = work->folder == NULL ? MZ_DOCUMENT_MISSING
                                            : mz_evidence_size(work->folder, &document->sha256,
                                                               &found->size, &local);
    if (status == MZ_OK && mz_args_has(work->args, "check"))
        status = mz_evidence_verify(work->folder, &document->sha256, &local);
    if (status != MZ_OK && status != MZ_DOCUMENT_MISSING && status != MZ_DOCUMENT_DAMAGED) {
        *why = local;
        return status;
    }
    found->sha256 = document->sha256;
    found->known = true;
    found->state = status == MZ_OK                 ? BYTES_FINE
                   : status == MZ_DOCUMENT_MISSING ? BYTES_MISSING
                                                   : BYTES_DAMAGED;
    return MZ_OK;
}

static mz_status tell_missing(mz_evidence_work *work, const mz_document *document,
                              bytes_state state, mz_reason *why)
{
    char sha256[65];
    mz_document_words words;
    mz_status status = mz_documents_words(work->walk, document, &words, why);
    if (status != MZ_OK)
        return status;
    mz_hex_32(document->sha256.bytes, sha256);
    mz_progress_end(&work->progress);
    if (!work->cli->json) {
        print_naming(work, state_text(work->cli, state), 12, document, &words);
        printf("  sha256 %s\n", sha256);
        return MZ_OK;
    }
    json_t *item = naming_json(document, &words);
    json_object_set_new(item, "sha256", json_string(sha256));
    json_object_set_new(item, "state", json_string(STATE_WORDS[state]));
    mz_evidence_list_json(work, item);
    return MZ_OK;
}

/* The fund of --fund; 0 without. */
static mz_status fund_wanted(const mz_evidence_work *work, uint64_t *fund, mz_reason *why)
{
    const char *id = mz_args_value(work->args, "fund");
    mz_snapshot *snapshot = NULL;
    *fund = 0;
    if (id == NULL)
        return MZ_OK;
    mz_status status = mz_snapshot_open(work->log, &snapshot, why);
    if (status == MZ_OK)
        status =
            mz_name_find(mz_snapshot_changes(snapshot), MZ_NAME_FUND, 0, mz_view_of(id), fund, why);
    mz_snapshot_close(snapshot);
    return status == MZ_NOT_FOUND
               ? mz_refuse(why, MZ_NOT_FOUND, mz_term("kind", "fund"), mz_words("id", id))
               : status;
}

mz_exit mz_evidence_missing(mz_evidence_work *work)
{
    mz_reason why = {0};
    bytes_found bytes = {.known = false};
    uint64_t fund = 0, documents = 0, missing = 0;
    mz_document document;
    bool found = true, told = false;
    mz_status status = fund_wanted(work, &fund, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(work->cli, &why);
    mz_evidence_list_begin(work);
    while (status == MZ_OK && found) {
        status = mz_documents_next(work->walk, &document, &found, &why);
        if (status != MZ_OK || !found || (fund != 0 && document.fund != fund))
            continue;
        if (!bytes.known || !mz_hash_equal(&bytes.sha256, &document.sha256)) {
            status = look(work, &document, &bytes, &why);
            mz_progress_step(&work->progress, ++documents, 0);
            told = false;
        }
        bytes_state state = bytes.state == BYTES_FINE && bytes.size != document.size
                                ? BYTES_OTHER_SIZE
                                : bytes.state;
        if (status != MZ_OK || state == BYTES_FINE)
            continue;
        status = tell_missing(work, &document, state, &why);
        missing += told ? 0 : 1;
        told = true;
    }
    mz_progress_end(&work->progress);
    if (status == MZ_OK && !work->cli->json && missing == 0)
        printf(mz_say(work->cli, "登记的凭证都在：%llu 份\n", "All documents are here: %llu\n"),
               (unsigned long long)documents);
    else if (status == MZ_OK && !work->cli->json)
        printf(
            mz_say(work->cli,
                   "共 %llu 份凭证，%llu 份要补。请向登记人索取原件，用 mingzhang evidence add DIR "
                   "FILE 放入。\n",
                   "%llu documents, %llu to be supplied. Get the files from whoever recorded "
                   "them and put them in with mingzhang evidence add DIR FILE.\n"),
            (unsigned long long)documents, (unsigned long long)missing);
    return mz_evidence_list_end(work, status, &why,
                                json_pack("{s:s, s:I, s:I}", "code", "ok", "count",
                                          (json_int_t)documents, "missing", (json_int_t)missing));
}

/* ---- repeated ---- */

/* Standing entries that name one document. */
typedef struct repetition {
    uint64_t count;
    uint64_t fund; /* of the first */
    bool across_funds;
} repetition;

/* The next standing naming of the document at hand; `*found` false behind its last. */
static mz_status next_standing(mz_evidence_work *work, const mz_hash *sha256, mz_document *document,
                               bool *found, mz_reason *why)
{
    mz_status status;
    do {
        status = mz_documents_next(work->walk, document, found, why);
        *found = status == MZ_OK && *found && mz_hash_equal(&document->sha256, sha256);
    } while (*found && document->reversed);
    return status;
}

static mz_status count_standing(mz_evidence_work *work, const mz_hash *sha256, repetition *repeated,
                                mz_reason *why)
{
    mz_document document;
    bool found = true;
    mz_status status = MZ_OK;
    *repeated = (repetition){.count = 0};
    mz_documents_seek(work->walk, sha256);
    for (;;) {
        status = next_standing(work, sha256, &document, &found, why);
        if (!found)
            return status;
        if (repeated->count++ == 0)
            repeated->fund = document.fund;
        repeated->across_funds = repeated->across_funds || document.fund != repeated->fund;
    }
}

static void begin_repeated(mz_evidence_work *work, const char *sha256, const repetition *repeated)
{
    mz_progress_end(&work->progress);
    if (!work->cli->json) {
        printf(mz_say(work->cli, "sha256 %s  %llu 笔%s\n", "sha256 %s  %llu entries%s\n"), sha256,
               (unsigned long long)repeated->count,
               repeated->across_funds ? mz_say(work->cli, "，跨基金", ", across funds") : "");
        return;
    }
    printf("%s{\"sha256\":\"%s\",\"count\":%llu,\"across_funds\":%s,\"entries\":[",
           work->listed > 0 ? "," : "", sha256, (unsigned long long)repeated->count,
           repeated->across_funds ? "true" : "false");
    work->listed = 0; /* of this document's own list */
}

static mz_status tell_repeated(mz_evidence_work *work, const mz_hash *sha256,
                               const repetition *repeated, mz_reason *why)
{
    char hex[65];
    bool found = true;
    mz_document document;
    mz_document_words words;
    mz_hex_32(sha256->bytes, hex);
    begin_repeated(work, hex, repeated);
    mz_documents_seek(work->walk, sha256);
    mz_status status = MZ_OK;
    while (status == MZ_OK && found) {
        status = next_standing(work, sha256, &document, &found, why);
        if (status == MZ_OK && found)
            status = mz_documents_words(work->walk, &document, &words, why);
        if (status != MZ_OK || !found)
            continue;
        if (work->cli->json)
            mz_evidence_list_json(work, naming_json(&document, &words));
        else
            print_naming(work, "", 2, &document, &words);
    }
    if (work->cli->json)
        fputs("]}", stdout);
    work->listed = 1;
    return status;
}

mz_exit mz_evidence_repeated(mz_evidence_work *work)
{
    mz_reason why = {0};
    mz_document document;
    repetition repeated;
    uint64_t documents = 0, count = 0;
    bool found = true;
    mz_status status = MZ_OK;
    mz_evidence_list_begin(work);
    while (status == MZ_OK) {
        status = mz_documents_next(work->walk, &document, &found, &why);
        if (status != MZ_OK || !found)
            break;
        mz_hash sha256 = document.sha256;
        mz_progress_step(&work->progress, ++documents, 0);
        status = count_standing(work, &sha256, &repeated, &why);
        if (status == MZ_OK && repeated.count > 1) {
            status = tell_repeated(work, &sha256, &repeated, &why);
            count++;
        }
        mz_documents_pass(work->walk, &sha256);
    }
    mz_progress_end(&work->progress);
    if (status == MZ_OK && !work->cli->json)
        printf(mz_say(work->cli, "共 %llu 份凭证，%llu 份附在不止一笔上（已冲销的不算）。\n",
                      "%llu documents, %llu named by more than one entry (reversed ones do not "
                      "count).\n"),
               (unsigned long long)documents, (unsigned long long)count);
    return mz_evidence_list_end(work, status, &why,
                                json_pack("{s:s, s:I, s:I}", "code", "ok", "count",
                                          (json_int_t)documents, "repeated", (json_int_t)count));
}
