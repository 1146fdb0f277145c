/* remote_write.c — writing to a service: the body is completed from its views, signed here, and
 * sent. The same bytes may be sent again: the log has them once. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/note.h"
#include "core/receipt.h"
#include "edge/clock.h"
#include "event.h"
#include "log/evidence.h"
#include "remote.h"
#include "remote/tlog.h"
#include "seal.h"
#include "write.h"

/* ---- completing what the ledger knows ---- */

static mz_status entry_there(void *context, uint64_t index, json_t **entry, mz_reason *why)
{
    char number[24];
    const char *const values[] = {number};
    snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
    return mz_remote_get(context, "/v1/entries/{}", values, entry, why);
}

/* The standing ballot of whoever holds the key, when there is one in the committee's epoch. */
static mz_status add_superseded(mz_remote *remote, const mz_signer *signer, const json_t *view,
                                json_int_t epoch, json_t *body, mz_reason *why)
{
    char kid[44];
    size_t i;
    json_t *ballot;
    mz_status status = MZ_OK;
    mz_base64url_32(signer->thumbprint.bytes, kid);
    json_array_foreach(json_object_get(view, "ballots"), i, ballot)
    {
        json_t *entry = NULL;
        if (status != MZ_OK || json_integer_value(json_object_get(ballot, "epoch")) != epoch)
            continue;
        status = entry_there(
            remote, (uint64_t)json_integer_value(json_object_get(ballot, "ballot")), &entry, why);
        const char *signed_by = json_string_value(json_object_get(entry, "kid"));
        if (status == MZ_OK && signed_by != NULL && strcmp(signed_by, kid) == 0)
            json_object_set(body, "supersedes", json_object_get(entry, "jti"));
        json_decref(entry);
    }
    return status;
}

static mz_status complete_ballot(mz_remote *remote, const mz_signer *signer, json_t *body,
                                 mz_reason *why)
{
    json_t *view = NULL;
    const char *const values[] = {json_string_value(json_object_get(body, "proposal"))};
    mz_status status = mz_remote_get(remote, "/v1/proposals/{}", values, &view, why);
    if (status != MZ_OK)
        return status;
    const json_t *epoch = json_object_get(json_object_get(view, "panel"), "epoch");
    if (json_object_get(body, "filing_sha256") == NULL)
        json_object_set(body, "filing_sha256", json_object_get(view, "filing_sha256"));
    if (json_object_get(body, "epoch") == NULL && json_is_integer(epoch))
        json_object_set_new(body, "epoch", json_integer(json_integer_value(epoch)));
    if (json_object_get(body, "supersedes") == NULL && json_is_integer(epoch))
        status = add_superseded(remote, signer, view, json_integer_value(epoch), body, why);
    json_decref(view);
    return status;
}

/* The root of as many entries as an audit's report is about, by the log's own hashes. */
static mz_status root_there(const mz_args *args, const mz_policy *pin, uint64_t size,
                            mz_hasher *hasher, mz_hash *root, mz_reason *why)
{
    mz_tlog *tlog = NULL;
    mz_note note;
    mz_checkpoint checkpoint;
    mz_buf text;
    const mz_tlog_options options = {.url = args->at[0],
                                     .http = {.ca_file = mz_args_value(args, "ca-file")}};
    mz_buf_init(&text, MZ_NOTE_SIZE_MAX);
    mz_status status = mz_tlog_open(&options, &tlog, why);
    if (status == MZ_OK)
        status = mz_tlog_checkpoint(tlog, &text, why);
    if (status == MZ_OK && pin != NULL)
        status = mz_policy_open_checkpoint(pin, mz_buf_view(&text), &checkpoint, NULL, why);
    else if (status == MZ_OK)
        status = mz_note_parse(mz_buf_view(&text), &note, why);
    if (status == MZ_OK && pin == NULL)
        status = mz_checkpoint_parse_text(note.text, &checkpoint, why);
    if (status == MZ_OK)
        status = mz_tlog_trust(tlog, checkpoint.size, &checkpoint.root, why);
    if (status == MZ_OK) {
        const mz_merkle_reader reader = mz_tlog_reader(tlog);
        status = mz_merkle_root(hasher, &reader, size < checkpoint.size ? size : checkpoint.size,
                                root, why);
    }
    mz_tlog_close(tlog);
    mz_buf_clear(&text);
    return status;
}

static mz_status complete_report(const mz_cli *cli, mz_remote *remote, const mz_args *args,
                                 json_t *body, mz_reason *why)
{
    char hex[65];
    mz_hash root;
    const json_t *size = json_object_get(body, "size");
    if (!json_is_integer(size) || json_integer_value(size) < 0 ||
        json_object_get(body, "root") != NULL)
        return MZ_OK; /* as it is: the rules refuse it in their words */
    const mz_status status = root_there(
        args, mz_remote_pin(remote), (uint64_t)json_integer_value(size), cli->hasher, &root, why);
    if (status != MZ_OK)
        return status;
    mz_hex_32(root.bytes, hex);
    return json_object_set_new(body, "root", json_string(hex)) == 0 ? MZ_OK
                                                                    : mz_refuse(why, MZ_NO_MEMORY);
}

static mz_status complete(const mz_cli *cli, mz_remote *remote, const mz_event_row *row,
                          const mz_args *args, const mz_signer *signer, json_t *body,
                          mz_reason *why)
{
    mz_status status = mz_body_cite(row->fields, body, entry_there, remote, why);
    if (status == MZ_OK && row->event == MZ_AUDIT_REPORTED)
        return complete_report(cli, remote, args, body, why);
    if (status == MZ_OK && row->event == MZ_VOTE_CAST &&
        json_is_string(json_object_get(body, "proposal")))
        status = complete_ballot(remote, signer, body, why);
    return status;
}

/* ---- sending ---- */

/* The receipt is of the very bytes that were sent, at the place that the service says. */
static mz_status check_outcome(mz_remote *remote, const mz_submission *submission, mz_view receipt,
                               mz_reason *why)
{
    mz_receipt parsed;
    int64_t unix_ms = 0;
    mz_view jws = {NULL, 0};
    mz_status status = mz_remote_check_receipt(remote, receipt, submission->index, why);
    if (status == MZ_OK)
        status = mz_receipt_parse(receipt, &parsed, why);
    if (status != MZ_OK)
        return status;
    status = mz_leaf_split(parsed.leaf, &unix_ms, &jws, why);
    if (status == MZ_OK && !mz_view_equal(jws, submission->jws))
        status = mz_refuse(
            why, MZ_BAD_RECEIPT,
            mz_words("cause", MZ_BOTH("这是另一笔的收据", "it is the receipt of another entry")));
    mz_receipt_clear(&parsed);
    return status;
}

/* Takes what the service answered into `submission`, whose JWS is what precedes the first `~`. */
static mz_status send(mz_remote *remote, mz_view text, mz_submission *submission, mz_reason *why)
{
    json_t *answer = NULL;
    const uint8_t *tilde = memchr(text.data, '~', text.size);
    mz_submission_init(submission, text);
    submission->jws.size = tilde == NULL ? text.size : (size_t)(tilde - text.data);
    mz_status status = mz_entry_decode(submission->jws, &submission->entry, why);
    if (status != MZ_OK)
        return status;
    submission->decoded = true;
    status = mz_remote_send(remote, false, "/v1/entries", NULL,
                            tilde == NULL ? "application/jose" : "application/sd-jwt", text,
                            &answer, why);
    if (status != MZ_OK)
        return status;
    const char *leaf = json_string_value(json_object_get(answer, "leaf_hash"));
    const json_t *receipt = json_object_get(answer, "receipt");
    size_t size = 0;
    submission->index = (uint64_t)json_integer_value(json_object_get(answer, "index"));
    submission->unix_ms = json_integer_value(json_object_get(answer, "at_ms"));
    submission->duplicate = json_is_true(json_object_get(answer, "duplicate"));
    if (leaf == NULL || !json_is_string(receipt) ||
        !mz_hex_decode(mz_view_of(leaf), submission->leaf_hash.bytes, MZ_HASH_SIZE, &size))
        status =
            mz_refuse(why, MZ_BAD_JSON,
                      mz_words("cause", MZ_BOTH("回答里没有收据", "the answer has no receipt")));
    else
        status = check_outcome(remote, submission, mz_view_of(json_string_value(receipt)), why);
    json_decref(answer);
    return status;
}

/* ---- documents ---- */

/* Sends the bytes of a file whose hash an entry names. */
static mz_status upload(const mz_cli *cli, mz_remote *remote, const char *path, mz_hash *sha256,
                        int64_t *size, mz_reason *why)
{
    char hex[65];
    const char *const values[] = {hex};
    mz_buf bytes;
    json_t *answer = NULL;
    mz_status status = mz_cli_read_file(path, MZ_EVIDENCE_SIZE_MAX, &bytes, why);
    if (status != MZ_OK)
        return status;
    const mz_view view = mz_buf_view(&bytes);
    *sha256 = mz_hash_parts(cli->hasher, &view, 1);
    *size = (int64_t)bytes.size;
    mz_hex_32(sha256->bytes, hex);
    status = mz_remote_send(remote, true, "/v1/evidence/{}", values, "application/octet-stream",
                            view, &answer, why);
    json_decref(answer);
    mz_buf_clear(&bytes);
    return status;
}

/* The files of --evidence; the entry is in, whatever becomes of them. */
static mz_exit upload_attached(const mz_cli *cli, mz_remote *remote, const mz_args *args)
{
    mz_exit code = MZ_EXIT_DONE;
    for (size_t i = 0; i < args->given_count; i++) {
        mz_hash sha256;
        int64_t size = 0;
        mz_reason why = {0};
        const char *path = args->given[i].value;
        if (strcmp(args->given[i].name, "evidence") != 0 || path[0] == '{' || path[0] == '[')
            continue;
        if (upload(cli, remote, path, &sha256, &size, &why) == MZ_OK)
            continue;
        (void)mz_remote_refuse(remote, &why);
        fprintf(
            stderr,
            mz_say(cli,
                   "mingzhang: 这一笔已经登记，但凭证 %s 没有送到；请再送：mingzhang evidence add "
                   "%s %s\n",
                   "mingzhang: the entry is in, but %s was not delivered; send it again: "
                   "mingzhang evidence add %s %s\n"),
            path, args->at[0], path);
        code = MZ_EXIT_TROUBLE;
    }
    return code;
}

mz_exit mz_remote_evidence_add(mz_cli *cli, const mz_args *args)
{
    mz_reason why = {0};
    mz_remote *remote = NULL;
    mz_exit code = MZ_EXIT_DONE;
    json_t *list = json_array();
    mz_status status = mz_remote_open(cli, args, args->at[1], &remote, &why);
    if (status != MZ_OK) {
        json_decref(list);
        return mz_cli_refuse(cli, &why);
    }
    for (size_t i = 2; i < args->count; i++) {
        char hex[65];
        mz_hash sha256;
        int64_t size = 0;
        why = (mz_reason){0};
        if (upload(cli, remote, args->at[i], &sha256, &size, &why) != MZ_OK) {
            const mz_exit one = mz_remote_refuse(remote, &why);
            code = one > code ? one : code;
            continue;
        }
        mz_hex_32(sha256.bytes, hex);
        json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "sha256", hex, "size",
                                              (json_int_t)size, "path", args->at[i]));
        if (!cli->json)
            printf(mz_say(cli, "已送到 %s，%lld 字节，sha256 %s\n",
                          "delivered %s, %lld bytes, sha256 %s\n"),
                   args->at[i], (long long)size, hex);
    }
    if (cli->json)
        (void)mz_cli_json(cli,
                          json_pack("{s:s, s:O}", "code",
                                    code == MZ_EXIT_DONE ? "ok" : "incomplete", "added", list));
    json_decref(list);
    mz_remote_close(remote);
    return code;
}

/* ---- subcommands ---- */

mz_exit mz_remote_event(mz_cli *cli, const mz_event_row *row, const mz_args *args,
                        const mz_signer *signer)
{
    mz_reason why = {0};
    mz_remote *remote = NULL;
    json_t *body = NULL;
    const char *origin = NULL;
    mz_attachments attached = {.cli = cli}; /* hashed; their bytes follow the entry */
    mz_submission submission = {0};
    mz_buf text;
    size_t jws_size = 0;
    mz_status status = mz_remote_open(cli, args, args->at[0], &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_buf_init(&text, MZ_SUBMISSION_SIZE_MAX);
    status = mz_remote_origin(remote, &origin, &why);
    if (status == MZ_OK)
        status = mz_event_body(row, args, &attached, &body, &why);
    if (status == MZ_OK)
        status = complete(cli, remote, row, args, signer, body, &why);
    if (status == MZ_OK)
        status = mz_body_sign(cli, row, args, signer, origin, mz_clock_now_unix_ms(), body, &text,
                              &jws_size, &why);
    if (status == MZ_OK)
        status = send(remote, mz_buf_view(&text), &submission, &why);
    mz_exit code = status == MZ_OK ? mz_submission_tell(cli, &submission, &attached)
                                   : mz_remote_refuse(remote, &why);
    if (code == MZ_EXIT_DONE)
        code = upload_attached(cli, remote, args);
    mz_submission_clear(&submission);
    mz_attachments_clear(&attached);
    json_decref(body);
    mz_buf_clear(&text);
    mz_remote_close(remote);
    return code;
}

/* Each by itself, in order: one that is refused does not keep those after it out. */
static mz_exit send_line(mz_cli *cli, mz_remote *remote, mz_view line, size_t number)
{
    mz_reason why = {0};
    mz_submission submission = {0};
    const mz_attachments none = {.cli = cli};
    const mz_status status = send(remote, line, &submission, &why);
    if (status != MZ_OK && !cli->json)
        fprintf(stderr, mz_say(cli, "文件中第 %zu 笔：", "number %zu of the file: "), number);
    const mz_exit code = status == MZ_OK ? mz_submission_tell(cli, &submission, &none)
                                         : mz_remote_refuse(remote, &why);
    mz_submission_clear(&submission);
    return code;
}

mz_exit mz_remote_submit(mz_cli *cli, const mz_args *args, mz_view text)
{
    mz_reason why = {0};
    mz_remote *remote = NULL;
    size_t number = 0;
    mz_exit code = MZ_EXIT_DONE;
    mz_status status = mz_remote_open(cli, args, args->at[0], &remote, &why);
    while (status == MZ_OK && text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        const size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        mz_view line = {text.data, size};
        text.data += size + (end == NULL ? 0 : 1);
        text.size -= size + (end == NULL ? 0 : 1);
        if (line.size > 0 && line.data[line.size - 1] == '\r')
            line.size--;
        if (line.size == 0)
            continue;
        const mz_exit one = send_line(cli, remote, line, ++number);
        code = one > code ? one : code;
        if (one == MZ_EXIT_TROUBLE) /* no answer: those after it would have none either */
            break;
    }
    if (status == MZ_OK && number == 0)
        status = mz_refuse(&why, MZ_BAD_JWS,
                           mz_words("cause", MZ_BOTH("文件是空的", "the file is empty")));
    if (status != MZ_OK)
        code = mz_cli_refuse(cli, &why);
    mz_remote_close(remote);
    return code;
}
