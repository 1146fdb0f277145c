/* write.c — signing and submitting: the verbs of the events, sign, submit, events. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "core/date.h"
#include "core/views.h"
#include "edge/clock.h"
#include "event.h"
#include "ledger.h"
#include "remote.h"
#include "seal.h"
#include "table.h"
#include "teach.h"
#include "write.h"

/* ---- what became of a submission ---- */

static json_t *outcome_json(const mz_submission *submission)
{
    char leaf[65];
    if (submission->status != MZ_OK)
        return mz_reason_json(&submission->why);
    mz_hex_32(submission->leaf_hash.bytes, leaf);
    char jti[MZ_UUID_TEXT_SIZE];
    mz_uuid_text(submission->entry.jti, jti);
    return json_pack("{s:s, s:I, s:I, s:s, s:s, s:b, s:b}", "code", "ok", "index",
                     (json_int_t)submission->index, "at_ms", (json_int_t)submission->unix_ms, "jti",
                     jti, "leaf_hash", leaf, "duplicate", (int)submission->duplicate, "clamped",
                     (int)submission->clamped);
}

static void print_outcome(const mz_cli *cli, const mz_submission *submission)
{
    char at[MZ_TIME_TEXT_SIZE], jti[MZ_UUID_TEXT_SIZE];
    mz_time_text(submission->unix_ms, at);
    mz_uuid_text(submission->entry.jti, jti);
    printf(mz_say(cli, "第 %llu 笔 %s，%s，编号 %s%s\n", "entry %llu %s, %s, jti %s%s\n"),
           (unsigned long long)submission->index, submission->entry.row->name, at, jti,
           submission->duplicate ? mz_say(cli, "（此前已登记）", " (recorded before)") : "");
    fflush(stdout);
    if (submission->clamped)
        fprintf(stderr,
                mz_say(cli,
                       "mingzhang: 时钟落后于账本的最后一笔，已取最后一笔的时间；请校准时钟。\n",
                       "mingzhang: the clock is behind the last entry, whose time was taken; set "
                       "the clock.\n"));
}

mz_exit mz_submission_tell(const mz_cli *cli, const mz_submission *submission,
                           const mz_attachments *attached)
{
    if (submission->status != MZ_OK)
        return mz_cli_refuse(cli, &submission->why);
    if (cli->json) {
        json_t *outcome = outcome_json(submission);
        mz_attachments_tell_json(attached, outcome);
        return mz_cli_json(cli, outcome);
    }
    print_outcome(cli, submission);
    mz_attachments_tell(attached);
    if (submission->duplicate || submission->entry.row->confirm == MZ_CONFIRM_NEVER)
        return MZ_EXIT_DONE;
    puts(submission->entry.row->event == MZ_RECORD_ERASED
             ? mz_say(cli, "须由审计员在 30 天内确认（registry.confirmed）。",
                      "An auditor is to confirm it within 30 days (registry.confirmed).")
             : mz_say(cli, "须由另一位登记员或审计员在 30 天内确认（registry.confirmed）。",
                      "Another registrar or an auditor is to confirm it within 30 days "
                      "(registry.confirmed)."));
    return MZ_EXIT_DONE;
}

/* ---- completing what the ledger knows ---- */

static mz_status cite(const mz_field *field, json_t *object, mz_entry_of *entry_of, void *context,
                      mz_reason *why)
{
    uint64_t index;
    const char *text = json_string_value(json_object_get(object, field->name));
    if (text == NULL || text[0] != '#')
        return MZ_OK;
    if (!mz_args_number(text + 1, &index))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", field->name),
                         mz_words("want", "UUIDv7, #INDEX"));
    json_t *entry = NULL;
    mz_status status = entry_of(context, index, &entry, why);
    if (status == MZ_OK && json_object_set(object, field->name, json_object_get(entry, "jti")) != 0)
        status = mz_refuse(why, MZ_NO_MEMORY);
    json_decref(entry);
    return status;
}

mz_status mz_body_cite(const mz_field *fields, json_t *object, mz_entry_of *entry_of, void *context,
                       mz_reason *why)
{
    mz_status status = MZ_OK;
    for (const mz_field *field = fields; field->name != NULL && status == MZ_OK; field++) {
        if (field->type == MZ_TYPE_JTI)
            status = cite(field, object, entry_of, context, why);
        if (field->type != MZ_TYPE_OBJECTS)
            continue;
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(object, field->name), i, item)
        {
            if (status == MZ_OK && json_is_object(item))
                status = mz_body_cite(field->fields, item, entry_of, context, why);
        }
    }
    return status;
}

static mz_status entry_here(void *context, uint64_t index, json_t **entry, mz_reason *why)
{
    return mz_entry_view(context, index, entry, why);
}

/* The root of as many entries as an audit's report is about. A size beyond the log is left for the
 * rules to refuse, in their words. */
static mz_status complete_report(mz_snapshot *snapshot, json_t *body, mz_reason *why)
{
    char hex[65];
    mz_hash root;
    const json_t *size = json_object_get(body, "size");
    if (!json_is_integer(size) || json_object_get(body, "root") != NULL)
        return MZ_OK;
    int64_t count = json_integer_value(size), size_max = (int64_t)mz_snapshot_size(snapshot);
    mz_status status = mz_snapshot_root_of(
        snapshot, (uint64_t)(count < 0 || count > size_max ? size_max : count), &root, why);
    if (status != MZ_OK)
        return status;
    mz_hex_32(root.bytes, hex);
    return json_object_set_new(body, "root", json_string(hex)) == 0 ? MZ_OK
                                                                    : mz_refuse(why, MZ_NO_MEMORY);
}

static mz_status complete(mz_snapshot *snapshot, const mz_event_row *row, const mz_signer *signer,
                          json_t *body, int64_t now_ms, mz_reason *why)
{
    mz_changes *changes = mz_snapshot_changes(snapshot);
    mz_status status = mz_body_cite(row->fields, body, entry_here, changes, why);
    if (status == MZ_OK && row->event == MZ_AUDIT_REPORTED)
        return complete_report(snapshot, body, why);
    if (status != MZ_OK || row->event != MZ_VOTE_CAST ||
        !json_is_string(json_object_get(body, "proposal")))
        return status;
    char actor[MZ_ID_SIZE_MAX + 1];
    status = mz_signer_actor(changes, signer, actor, why);
    if (status == MZ_OK)
        status = mz_ballot_complete(changes, mz_view_of(actor), body, now_ms, why);
    return status;
}

/* ---- a verb ---- */

static const mz_option VERB_OPTIONS[] = {
    MZ_OPTIONS_SIGN,
    MZ_OPTIONS_WRITE,
    {"dry-run", NULL, false, "只核对，不写入", "check only, write nothing"},
    MZ_OPTION_PIN,
    MZ_OPTIONS_URL,
    {0   },
};

mz_status mz_body_sign(const mz_cli *cli, const mz_event_row *row, const mz_args *args,
                       const mz_signer *signer, const char *origin, int64_t unix_ms, json_t *body,
                       mz_buf *out, size_t *jws_size, mz_reason *why)
{
    mz_buf disclosures;
    mz_buf_init(&disclosures, MZ_SUBMISSION_SIZE_MAX);
    mz_status status = mz_body_seal(cli, row, args, body, &disclosures, why);
    if (status == MZ_OK)
        status = mz_entry_sign(signer, origin, unix_ms, mz_args_value(args, "jti"), row->name,
                               mz_args_value(args, "fund"), body, out, why);
    *jws_size = out->size;
    if (status == MZ_OK) {
        mz_buf_put(out, mz_buf_view(&disclosures));
        if (out->failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&disclosures);
    return status;
}

/* Judged over a snapshot by the same rules; nothing is written. */
static mz_status rehearse(const mz_cli *cli, mz_snapshot *snapshot, mz_view jws, int64_t now_ms,
                          uint64_t *index, mz_reason *why)
{
    mz_entry entry;
    uint8_t key[32];
    mz_changes *changes = mz_changes_new(mz_snapshot_txn(snapshot));
    if (changes == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    mz_status status = mz_entry_decode(jws, &entry, why);
    if (status != MZ_OK) {
        mz_changes_free(changes);
        return status;
    }
    int64_t last_ms = mz_snapshot_last_unix_ms(snapshot);
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    mz_stamp stamp = {.index = mz_snapshot_size(snapshot),
                      .unix_ms = now_ms > last_ms ? now_ms : last_ms};
    mz_view parts[2] = {
        {(const uint8_t *)prefix, mz_leaf_prefix(stamp.unix_ms, prefix)},
        jws
    };
    stamp.leaf_hash = mz_merkle_leaf_hash_parts(cli->hasher, parts, 2);
    status = mz_rules_key(changes, &entry.jws.kid, key, why);
    if (status == MZ_OK)
        status = mz_entry_verify(&entry, key, why);
    if (status == MZ_OK)
        status = mz_rules_apply(changes, &entry, &stamp, why);
    *index = stamp.index;
    mz_entry_clear(&entry);
    mz_changes_free(changes);
    return status;
}

static mz_exit submit_one(const mz_cli *cli, mz_log *log, mz_view jws, mz_attachments *attached)
{
    mz_submission submission;
    mz_reason why = {0};
    mz_submission_init(&submission, jws);
    mz_status status =
        mz_attachments_submit(attached, log, &submission, mz_clock_now_unix_ms(), &why);
    mz_exit code =
        status == MZ_OK ? mz_submission_tell(cli, &submission, attached) : mz_cli_refuse(cli, &why);
    if (code == MZ_EXIT_DONE && !cli->json && !submission.duplicate)
        mz_teach_next(cli, log, &submission);
    mz_submission_clear(&submission);
    return code;
}

static mz_exit write_event(mz_cli *cli, const mz_event_row *row, const mz_args *args, mz_log *log,
                           const mz_signer *signer)
{
    mz_reason why = {0};
    mz_snapshot *snapshot = NULL;
    json_t *body = NULL;
    uint64_t index = 0;
    bool dry_run = mz_args_has(args, "dry-run");
    mz_attachments attached = {.cli = cli, .dir = dry_run ? NULL : args->at[0]};
    mz_exit code = MZ_EXIT_DONE;
    mz_buf text;
    size_t jws_size = 0;
    mz_buf_init(&text, MZ_SUBMISSION_SIZE_MAX);
    int64_t now_ms = mz_clock_now_unix_ms();
    mz_status status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK)
        status = mz_event_body(row, args, &attached, &body, &why);
    if (status == MZ_OK)
        status = complete(snapshot, row, signer, body, now_ms, &why);
    if (status == MZ_OK)
        status = mz_body_sign(cli, row, args, signer, mz_log_origin(log), now_ms, body, &text,
                              &jws_size, &why);
    if (status == MZ_OK && dry_run)
        status = rehearse(cli, snapshot, (mz_view){text.data, jws_size}, now_ms, &index, &why);
    mz_snapshot_close(snapshot);
    if (status != MZ_OK)
        code = mz_cli_refuse(cli, &why);
    else if (!dry_run)
        code = submit_one(cli, log, mz_buf_view(&text), &attached);
    else if (cli->json)
        code = mz_cli_json(cli, json_pack("{s:s, s:b, s:I, s:O}", "code", "ok", "dry_run", 1,
                                          "index", (json_int_t)index, "body", body));
    else
        printf(mz_say(cli, "可以登记，将是第 %llu 笔；没有写入。\n",
                      "It would be accepted as entry %llu; nothing was written.\n"),
               (unsigned long long)index);
    mz_attachments_clear(&attached);
    json_decref(body);
    mz_buf_clear(&text);
    return code;
}

mz_exit mz_run_event(mz_cli *cli, const mz_event_row *row, int argc, char **argv)
{
    static mz_event_options made; /* large; one subcommand runs in a process */
    mz_args args;
    mz_reason why = {0};
    mz_signer signer;
    mz_log *log = NULL;
    mz_event_options_make(row, VERB_OPTIONS, &made);
    if (!mz_args_parse(cli, made.options, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_event_help(cli, row);
        printf("\n%s\n", mz_say(cli, "选项：", "Options:"));
        mz_options_print(cli, made.options);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 1, 1))
        return MZ_EXIT_USAGE;
    if (mz_args_value(&args, "key") == NULL)
        return mz_cli_usage(cli, argv[0], "缺少 --key FILE。", "--key FILE is missing.");
    if (mz_cli_is_url(args.at[0]) && mz_args_has(&args, "dry-run"))
        return mz_cli_usage(
            cli, argv[0],
            "网址不能 --dry-run：请对账本的副本核对，或直接提交，不合规则的不会写入。",
            "There is no --dry-run at a URL: check against a copy of the ledger, "
            "or submit it: what breaks a rule is not written.");
    mz_status status = mz_cli_signer(cli, &args, &signer, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    if (mz_cli_is_url(args.at[0])) {
        mz_exit done = mz_remote_event(cli, row, &args, &signer);
        mz_signer_wipe(&signer);
        return done;
    }
    status = mz_args_has(&args, "dry-run") ? mz_cli_open_read(args.at[0], &log, &why)
                                           : mz_cli_open_write(cli, &args, args.at[0], &log, &why);
    mz_exit code =
        status == MZ_OK ? write_event(cli, row, &args, log, &signer) : mz_cli_refuse(cli, &why);
    mz_signer_wipe(&signer);
    mz_log_close(log);
    return code;
}

/* ---- sign ---- */

static const mz_option SIGN_OPTIONS[] = {
    MZ_OPTIONS_SIGN,
    {"origin",          "NAME", false, "账本的名称", "the log's name"},
    {"pin",            "FILE", false, "从信任文件取账本的名称", "take the log's name from a pin"},
    {"jti", "UUIDv7", false, "编号，默认新编一个", "the entry's jti; a new one when absent"},
    {"signed-at",             "TIME", false, "签名时间，默认现在", "signing time; now when absent"},
    {0           },
};

static mz_status origin_of(const mz_cli *cli, const mz_args *args, char *origin, mz_reason *why)
{
    const char *given = mz_args_value(args, "origin"), *pin = mz_args_value(args, "pin");
    if (given != NULL) {
        snprintf(origin, MZ_ORIGIN_SIZE_MAX + 1, "%s", given);
        return MZ_OK;
    }
    mz_buf text;
    mz_policy *policy = NULL;
    mz_status status = mz_cli_read_file(pin, MZ_POLICY_SIZE_MAX, &text, why);
    if (status != MZ_OK)
        return status;
    status = mz_pin_parse(cli->hasher, mz_buf_view(&text), &policy, why);
    if (status == MZ_OK)
        snprintf(origin, MZ_ORIGIN_SIZE_MAX + 1, "%s", mz_policy_origin(policy));
    mz_policy_free(policy);
    mz_buf_clear(&text);
    return status;
}

mz_exit mz_run_sign(mz_cli *cli, int argc, char **argv)
{
    static mz_event_options made;
    mz_args args;
    mz_reason why = {0};
    if (argc < 2 || argv[1][0] == '-') {
        mz_args_help(cli, mz_command_named("sign"), SIGN_OPTIONS);
        return argc >= 2 && strcmp(argv[1], "--help") == 0 ? MZ_EXIT_DONE : MZ_EXIT_USAGE;
    }
    const mz_event_row *row = mz_event_row_named(mz_view_of(argv[1]));
    if (row == NULL)
        return mz_cli_usage(cli, "sign", "没有事项 %s；用 mingzhang events 查看。",
                            "There is no event %s; see mingzhang events.", argv[1]);
    mz_event_options_make(row, SIGN_OPTIONS, &made);
    if (!mz_args_parse(cli, made.options, argc - 1, argv + 1, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_event_help(cli, row);
        puts(
            mz_say(cli,
                   "\n离线签名只取 --evidence 文件的散列。提交之后，用 "
                   "mingzhang evidence add DIR FILE 把文件放到账本旁边。",
                   "\nSigning offline takes only the hash of an --evidence file. Once the entry is "
                   "submitted, put the file beside the ledger with mingzhang evidence add DIR "
                   "FILE."));
        printf("\n%s\n", mz_say(cli, "选项：", "Options:"));
        mz_options_print(cli, made.options);
        return MZ_EXIT_DONE;
    }
    int64_t unix_ms = mz_clock_now_unix_ms();
    const char *signed_at = mz_args_value(&args, "signed-at");
    if (!mz_args_count(cli, &args, "sign", 0, 0))
        return MZ_EXIT_USAGE;
    if (mz_args_value(&args, "key") == NULL ||
        (!mz_args_has(&args, "origin") && !mz_args_has(&args, "pin")))
        return mz_cli_usage(cli, "sign", "需要 --key FILE，以及 --origin NAME 或 --pin FILE。",
                            "--key FILE is needed, and --origin NAME or --pin FILE.");
    if (signed_at != NULL && !mz_time_parse(mz_view_of(signed_at), &unix_ms))
        return mz_cli_usage(cli, "sign", "--signed-at 应形如 2025-01-02T09:00:00。",
                            "--signed-at must be like 2025-01-02T09:00:00.");
    char origin[MZ_ORIGIN_SIZE_MAX + 1];
    json_t *body = NULL;
    mz_attachments attached = {.cli = cli};
    mz_signer signer;
    mz_buf text;
    size_t jws_size = 0;
    mz_buf_init(&text, MZ_SUBMISSION_SIZE_MAX);
    mz_status status = origin_of(cli, &args, origin, &why);
    if (status == MZ_OK)
        status = mz_event_body(row, &args, &attached, &body, &why);
    if (status == MZ_OK)
        status = mz_cli_signer(cli, &args, &signer, &why);
    if (status == MZ_OK) {
        status =
            mz_body_sign(cli, row, &args, &signer, origin, unix_ms, body, &text, &jws_size, &why);
        mz_signer_wipe(&signer);
    }
    if (status == MZ_OK)
        puts((const char *)text.data);
    mz_attachments_clear(&attached);
    json_decref(body);
    mz_buf_clear(&text);
    return status == MZ_OK ? MZ_EXIT_DONE : mz_cli_refuse(cli, &why);
}

/* ---- submit ---- */

#define SUBMIT_LINES_MAX 256

static const mz_option SUBMIT_OPTIONS[] = {
    MZ_OPTIONS_WRITE,
    {"passphrase-file", "FILE", false, "账本密钥的口令文件", "the passphrase of the log's key"},
    MZ_OPTION_PIN,
    MZ_OPTIONS_URL,
    {0           },
};

/* Submits up to a batch of entries, the first of which is number `first` of the file. */
static mz_exit submit_batch(const mz_cli *cli, mz_log *log, mz_submission *batch, size_t count,
                            size_t first)
{
    mz_reason why = {0};
    mz_exit code = MZ_EXIT_DONE;
    const mz_attachments none = {.cli = cli};
    mz_status status = mz_log_append(log, batch, count, mz_clock_now_unix_ms(), &why);
    if (status != MZ_OK && count > 0)
        code = mz_cli_refuse(cli, &why);
    for (size_t i = 0; i < count; i++) {
        if (status == MZ_OK && batch[i].status != MZ_OK && !cli->json)
            fprintf(stderr, mz_say(cli, "文件中第 %zu 笔：", "number %zu of the file: "),
                    first + i);
        mz_exit one = status == MZ_OK ? mz_submission_tell(cli, &batch[i], &none) : MZ_EXIT_DONE;
        code = one > code ? one : code;
        mz_submission_clear(&batch[i]);
    }
    return code;
}

static mz_exit submit_lines(const mz_cli *cli, mz_log *log, mz_view text)
{
    static mz_submission batch[SUBMIT_LINES_MAX];
    size_t count = 0, done = 0;
    mz_exit code = MZ_EXIT_DONE;
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        mz_view line = {text.data, size};
        text.data += size + (end == NULL ? 0 : 1);
        text.size -= size + (end == NULL ? 0 : 1);
        if (line.size > 0 && line.data[line.size - 1] == '\r')
            line.size--;
        if (line.size > 0)
            mz_submission_init(&batch[count++], line);
        if (count == SUBMIT_LINES_MAX || (text.size == 0 && count > 0)) {
            mz_exit one = submit_batch(cli, log, batch, count, done + 1);
            code = one > code ? one : code;
            done += count;
            count = 0;
        }
    }
    if (done > 0)
        return code;
    mz_reason why = {0};
    (void)mz_refuse(&why, MZ_BAD_JWS,
                    mz_words("cause", MZ_BOTH("文件是空的", "the file is empty")));
    return mz_cli_refuse(cli, &why);
}

mz_exit mz_run_submit(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_buf text;
    mz_log *log = NULL;
    if (!mz_args_parse(cli, SUBMIT_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("submit"), SUBMIT_OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    mz_status status = mz_cli_read_file(args.at[1], (size_t)64 << 20, &text, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    if (mz_cli_is_url(args.at[0])) {
        mz_exit done = mz_remote_submit(cli, &args, mz_buf_view(&text));
        mz_buf_clear(&text);
        return done;
    }
    status = mz_cli_open_write(cli, &args, args.at[0], &log, &why);
    mz_exit code =
        status == MZ_OK ? submit_lines(cli, log, mz_buf_view(&text)) : mz_cli_refuse(cli, &why);
    mz_log_close(log);
    mz_buf_clear(&text);
    return code;
}

/* ---- events ---- */

mz_exit mz_run_events(mz_cli *cli, int argc, char **argv)
{
    static const mz_option NONE[] = {{0}};
    mz_args args;
    size_t count;
    if (!mz_args_parse(cli, NONE, argc, argv, &args))
        return MZ_EXIT_USAGE;
    const mz_event_row *rows = mz_event_rows(&count);
    if (cli->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < count; i++)
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "event", rows[i].name, "zh",
                                                  rows[i].zh, "en", rows[i].en));
        return mz_cli_json(cli, list);
    }
    const char *const headings[] = {
        mz_say(cli, "事项", "event"), mz_say(cli, "含义", "what it does"),
        mz_say(cli, "签名人", "signed by"), mz_say(cli, "确认", "confirmed"), NULL};
    mz_grid *grid = mz_grid_new(headings);
    for (size_t i = 0; i < count; i++) {
        mz_buf roles;
        mz_buf_init(&roles, 1024);
        mz_roles_text(rows[i].roles, cli->language, &roles);
        mz_grid_row(grid);
        mz_grid_cell(grid, rows[i].name);
        mz_grid_cell(grid, mz_say(cli, rows[i].zh, rows[i].en));
        mz_grid_cell(grid, (const char *)roles.data);
        mz_grid_cell(grid, rows[i].confirm == MZ_CONFIRM_NEVER ? ""
                           : rows[i].confirm == MZ_CONFIRM_ALWAYS
                               ? mz_say(cli, "需", "yes")
                               : mz_say(cli, "为他人时", "for others"));
        mz_buf_clear(&roles);
    }
    mz_grid_print(grid, stdout, 0);
    mz_grid_free(grid);
    return MZ_EXIT_DONE;
}
