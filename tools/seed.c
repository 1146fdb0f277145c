/* seed.c — plays a script into a new ledger, with keys made on the way and a simulated clock, and
 * tells what happens. The format is in seeds/README.md. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "core/date.h"
#include "core/views.h"
#include "edge/keyfile.h"
#include "edge/workers.h"
#include "genesis.h"
#include "ledger.h"
#include "log/files.h"
#include "print.h"
#include "seal.h"
#include "seed_draft.h"
#include "seed_tell.h"
#include "seed_values.h"

#define SCRIPT_SIZE_MAX ((size_t)64 << 20)

typedef struct mz_seed {
    mz_cli *cli;
    const char *dir;
    mz_seed_values values;
    mz_log *log;
    size_t line;      /* in the script, from 1 */
    int64_t clock_ms; /* simulated */
    int64_t line_ms;  /* `at` of the line before */
    mz_telling telling;
    uint64_t accepted, refused;
    bool keep_going;
    bool failed; /* a step did not come out as the script says */
    bool unread; /* the script cannot be read */
} mz_seed;

/* ---- what goes wrong ---- */

/* A step that did not come out as the script says. */
static void fail_step(mz_seed *seed, const char *expect, mz_status status, const mz_reason *why)
{
    char text[1024] = "";
    seed->failed = true;
    fflush(stdout);
    if (status != MZ_OK)
        mz_reason_text(why, seed->cli->language, text, sizeof(text));
    fprintf(stderr,
            mz_say(seed->cli, "mingzhang: 脚本第 %zu 行：应为 %s，结果是 %s。%s\n",
                   "mingzhang: line %zu of the script: %s was expected, it came out as %s. %s\n"),
            seed->line, expect == NULL ? "ok" : expect, mz_status_code(status), text);
}

static mz_exit unreadable(mz_seed *seed, const char *zh, const char *en)
{
    seed->unread = true;
    fflush(stdout);
    fprintf(stderr,
            mz_say(seed->cli, "mingzhang: 脚本第 %zu 行：%s（格式见 seeds/README.md）\n",
                   "mingzhang: line %zu of the script: %s (see seeds/README.md)\n"),
            seed->line, mz_say(seed->cli, zh, en));
    return MZ_EXIT_USAGE;
}

/* ---- one step ---- */

/* Signs and submits. On MZ_OK `submission` holds the accepted entry, to be cleared by the caller,
 * as does `jws`. MZ_IO and the like are answers too. */
static mz_status write_entry(mz_seed *seed, const char *event, const char *fund, const char *actor,
                             int64_t signed_ms, const json_t *body, mz_view disclosures,
                             mz_submission *submission, mz_buf *jws, mz_reason *why)
{
    mz_signer *signer = NULL;
    mz_buf_init(jws, MZ_SUBMISSION_SIZE_MAX);
    mz_submission_init(submission, (mz_view){NULL, 0});
    mz_status status = mz_seed_key_of(&seed->values, actor, &signer, why);
    if (status == MZ_OK)
        status = mz_entry_sign(signer, seed->values.origin, signed_ms, NULL, event, fund, body, jws,
                               why);
    if (status != MZ_OK)
        return status;
    mz_buf_put(jws, disclosures);
    mz_submission_init(submission, mz_buf_view(jws));
    status =
        mz_attachments_submit(&seed->values.attached, seed->log, submission, seed->clock_ms, why);
    mz_attachments_clear(&seed->values.attached); /* of this entry, not of its confirmation */
    if (status == MZ_OK && submission->status != MZ_OK) {
        status = submission->status;
        *why = submission->why;
    }
    return status;
}

static mz_status confirm(mz_seed *seed, const json_t *line, const char *jti, mz_reason *why)
{
    const char *by = json_string_value(json_object_get(line, "confirmed_by"));
    const char *at = json_string_value(json_object_get(line, "confirmed_at"));
    const char *fund = json_string_value(json_object_get(line, "fund"));
    int64_t at_ms = seed->clock_ms + 60000;
    if (by == NULL)
        return MZ_OK;
    if (at != NULL && !mz_time_parse(mz_view_of(at), &at_ms))
        return mz_refuse(why, MZ_BAD_VALUE, mz_words("path", "confirmed_at"),
                         mz_words("want", "YYYY-MM-DDTHH:MM:SS+08:00"));
    seed->clock_ms = at_ms > seed->clock_ms ? at_ms : seed->clock_ms;
    json_t *body = json_pack("{s:s}", "target", jti);
    mz_submission submission;
    mz_buf jws;
    mz_status status = write_entry(seed, "registry.confirmed", fund, by, seed->clock_ms, body,
                                   (mz_view){NULL, 0}, &submission, &jws, why);
    if (status == MZ_OK) {
        seed->accepted++;
        mz_tell_step(&seed->telling, line, mz_event_row_of(MZ_REGISTRY_CONFIRMED), by, body,
                     seed->clock_ms, false);
    }
    json_decref(body);
    mz_submission_clear(&submission);
    mz_buf_clear(&jws);
    return status;
}

/* The line's member `sealed`: {"path": value}. */
static mz_status seal_named(const mz_seed *seed, const json_t *line, json_t *body,
                            mz_buf *disclosures, mz_reason *why)
{
    const char *path;
    json_t *value;
    mz_status status = MZ_OK;
    json_object_foreach(json_object_get(line, "sealed"), path, value)
    {
        if (status == MZ_OK)
            status = mz_body_seal_value(seed->cli, body, path, value, disclosures, why);
    }
    return status;
}

/* Tells which proposals of the fund stand elsewhere than when it was looked at last. */
static void tell_changes(mz_seed *seed, const char *fund)
{
    mz_reason why = {0};
    mz_snapshot *snapshot = NULL;
    json_t *view = NULL;
    if (seed->cli->json || seed->telling.brief ||
        mz_snapshot_open(seed->log, &snapshot, &why) != MZ_OK)
        return;
    /* a fund that is not there yet has nothing to tell */
    if (mz_proposals_view(mz_snapshot_changes(snapshot), mz_view_of(fund), MZ_NEVER, seed->clock_ms,
                          &view, &why) == MZ_OK)
        mz_tell_proposals(&seed->telling, fund, view);
    json_decref(view);
    mz_snapshot_close(snapshot);
}

static void play_as(mz_seed *seed, const json_t *line, const mz_event_row *row, const char *actor,
                    bool one_of_many)
{
    mz_reason why = {0};
    mz_submission submission;
    mz_buf jws;
    json_t *body = NULL;
    char jti[MZ_UUID_TEXT_SIZE], ref[2 * MZ_SEED_NAME_MAX];
    const char *expect = json_string_value(json_object_get(line, "expect"));
    const char *fund = json_string_value(json_object_get(line, "fund"));
    const char *given = json_string_value(json_object_get(line, "ref"));
    const char *signed_at = json_string_value(json_object_get(line, "signed_at"));
    int64_t signed_ms = seed->clock_ms;
    snprintf(ref, sizeof(ref), one_of_many ? "%.60s/%.60s" : "%.60s", given == NULL ? "" : given,
             actor);
    mz_buf disclosures;
    mz_submission_init(&submission, (mz_view){NULL, 0});
    mz_buf_init(&jws, 1);
    mz_buf_init(&disclosures, MZ_SUBMISSION_SIZE_MAX);
    mz_status status = signed_at == NULL || mz_time_parse(mz_view_of(signed_at), &signed_ms)
                           ? MZ_OK
                           : mz_refuse(&why, MZ_BAD_VALUE, mz_words("path", "signed_at"),
                                       mz_words("want", "YYYY-MM-DDTHH:MM:SS+08:00"));
    if (status == MZ_OK)
        status = mz_seed_fill(&seed->values, json_object_get(line, "body"), &body, &why);
    if (status == MZ_OK)
        status = mz_seed_draft(seed->log, row, fund, actor, body, seed->clock_ms, &why);
    if (status == MZ_OK)
        status = seal_named(seed, line, body, &disclosures, &why);
    if (fund != NULL)
        tell_changes(seed, fund); /* what time alone has changed since the fund's last line */
    mz_tell_step(&seed->telling, line, row, actor, body, seed->clock_ms, expect != NULL);
    if (status == MZ_OK)
        status = write_entry(seed, row->name, fund, actor, signed_ms, body,
                             mz_buf_view(&disclosures), &submission, &jws, &why);
    if (status == MZ_OK) {
        seed->accepted++;
        mz_uuid_text(submission.entry.jti, jti);
        mz_tell_remember(&seed->telling, jti, row, body);
        status =
            mz_seed_remember(&seed->values, &submission, given == NULL ? NULL : ref, actor, &why);
    }
    if (status == MZ_OK && expect == NULL)
        status = confirm(seed, line, jti, &why);
    if (status == MZ_OK && expect == NULL && fund != NULL)
        tell_changes(seed, fund);
    bool as_expected = strcmp(expect == NULL ? "ok" : expect, mz_status_code(status)) == 0;
    if (!as_expected) {
        fail_step(seed, expect, status, &why);
    } else if (status != MZ_OK) {
        seed->refused++;
        mz_tell_refusal(&seed->telling, &why);
    }
    mz_attachments_clear(&seed->values.attached);
    mz_submission_clear(&submission);
    mz_buf_clear(&disclosures);
    mz_buf_clear(&jws);
    json_decref(body);
}

/* ---- the script ---- */

static bool members_known(const json_t *line)
{
    static const char *const MEMBERS[] = {"at",           "actor",        "actors",    "event",
                                          "fund",         "body",         "ref",       "expect",
                                          "confirmed_by", "confirmed_at", "signed_at", "comment",
                                          "synthetic",    "approx",       "sealed",    NULL};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)line, name, value)
    {
        if (mz_value_index(MEMBERS, mz_view_of(name)) < 0)
            return false;
    }
    return true;
}

static mz_exit play_line(mz_seed *seed, json_t *line)
{
    const char *at = json_string_value(json_object_get(line, "at"));
    const char *event = json_string_value(json_object_get(line, "event"));
    const char *actor = json_string_value(json_object_get(line, "actor"));
    json_t *actors = json_object_get(line, "actors");
    int64_t at_ms;
    if (!members_known(line))
        return unreadable(seed, "有不认识的成员", "there is an unknown member");
    if (event == NULL && at == NULL) {
        mz_tell_comment(&seed->telling, line);
        return MZ_EXIT_DONE;
    }
    if (at == NULL || !mz_time_parse(mz_view_of(at), &at_ms))
        return unreadable(seed, "at 应形如 2025-01-02T09:00:00+08:00",
                          "at must be like 2025-01-02T09:00:00+08:00");
    if (at_ms < seed->line_ms)
        return unreadable(seed, "at 早于上一行", "at is earlier than the line before");
    const mz_event_row *row = event == NULL ? NULL : mz_event_row_named(mz_view_of(event));
    if (row == NULL)
        return unreadable(seed, "没有这种 event", "there is no such event");
    if ((actor == NULL) == (actors == NULL) || !json_is_object(json_object_get(line, "body")))
        return unreadable(seed, "需要 actor 或 actors，以及 body",
                          "actor or actors is needed, and body");
    seed->line_ms = at_ms;
    seed->clock_ms = at_ms > seed->clock_ms ? at_ms : seed->clock_ms;
    mz_tell_month(&seed->telling, seed->clock_ms);
    mz_tell_comment(&seed->telling, line);
    if (actor != NULL)
        play_as(seed, line, row, actor, false);
    for (size_t i = 0; i < json_array_size(actors); i++) {
        const char *one = json_string_value(json_array_get(actors, i));
        if (one == NULL)
            return unreadable(seed, "actors 应为人员编号", "actors must be identifiers");
        play_as(seed, line, row, one, true);
    }
    return MZ_EXIT_DONE;
}

/* The next line that is not empty and no remark. NULL at the end, or with `unread` set. */
static json_t *next_line(mz_seed *seed, mz_view *rest)
{
    while (rest->size > 0) {
        const uint8_t *end = memchr(rest->data, '\n', rest->size);
        size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
        mz_view text = {rest->data, size};
        rest->data += size + (end == NULL ? 0 : 1);
        rest->size -= size + (end == NULL ? 0 : 1);
        seed->line++;
        while (text.size > 0 &&
               (text.data[text.size - 1] == '\r' || text.data[text.size - 1] == ' '))
            text.size--;
        if (text.size == 0 || (text.size >= 2 && text.data[0] == '/' && text.data[1] == '/'))
            continue;
        json_t *line = NULL;
        mz_reason why = {0};
        if (mz_json_parse(text, &line, &why) == MZ_OK)
            return line;
        mz_cli_refuse(seed->cli, &why);
        unreadable(seed, "不是一个 JSON 对象", "it is not a JSON object");
        return NULL;
    }
    return NULL;
}

/* Before anything is signed: every key that the script names is made. */
static mz_status make_keys(mz_seed *seed, mz_view text, mz_reason *why)
{
    static const char *const SIGNERS[] = {"actor", "confirmed_by"};
    mz_signer *signer;
    mz_status status = mz_signer_new(&seed->values.log_keys[0], why);
    seed->values.log_key_count = status == MZ_OK ? 1 : 0;
    json_t *line;
    while (status == MZ_OK && (line = next_line(seed, &text)) != NULL) {
        for (size_t i = 0; i < 2 && status == MZ_OK; i++) {
            const char *name = json_string_value(json_object_get(line, SIGNERS[i]));
            if (name != NULL)
                status = mz_seed_key_of(&seed->values, name, &signer, why);
        }
        json_t *lists[2] = {json_object_get(line, "actors"), json_object_get(line, "registrars")};
        for (size_t k = 0; k < 2; k++) {
            for (size_t i = 0; i < json_array_size(lists[k]) && status == MZ_OK; i++) {
                json_t *item = json_array_get(lists[k], i);
                const char *name =
                    json_string_value(k == 0 ? item : json_object_get(item, "actor"));
                if (name != NULL)
                    status = mz_seed_key_of(&seed->values, name, &signer, why);
            }
        }
        if (status == MZ_OK)
            status = mz_seed_keys_named(&seed->values, json_object_get(line, "body"), why);
        json_decref(line);
    }
    seed->line = 0;
    return status;
}

/* ---- key files ---- */

typedef struct key_file {
    const mz_signer *signer;
    char path[MZ_LOG_PATH_MAX];
    mz_status status;
    mz_reason why;
} key_file;

typedef struct key_files {
    mz_view passphrase;
    key_file *files;
} key_files;

static void write_key(void *context, unsigned worker, size_t i)
{
    const key_files *all = context;
    key_file *file = &all->files[i];
    (void)worker;
    file->status = mz_keyfile_write(file->path, file->signer, all->passphrase, 0, &file->why);
}

static mz_status name_key_files(const mz_seed *seed, key_file *file, mz_reason *why)
{
    char folder[MZ_LOG_PATH_MAX], suffix[MZ_SEED_NAME_MAX + 16];
    bool fine = mz_path_beside(seed->dir, ".keys", folder, MZ_LOG_PATH_MAX);
    if (!fine || (mkdir(folder, 0700) != 0 && errno != EEXIST))
        return mz_refuse(why, MZ_IO, mz_words("cause", folder));
    for (size_t i = 0; i < seed->values.log_key_count; i++, file++) {
        fine = fine && mz_path_beside(seed->dir, i == 0 ? ".log-key.pem" : ".log-key-2.pem",
                                      file->path, MZ_LOG_PATH_MAX);
        file->signer = &seed->values.log_keys[i];
    }
    for (size_t i = 0; i < seed->values.key_count; i++, file++) {
        snprintf(suffix, sizeof(suffix), "/%s.pem", seed->values.keys[i].name);
        fine = fine && mz_path_beside(folder, suffix, file->path, MZ_LOG_PATH_MAX);
        file->signer = &seed->values.keys[i].signer;
    }
    return fine ? MZ_OK : mz_refuse(why, MZ_IO, mz_words("cause", seed->dir));
}

/* All key files under one passphrase, on all cores: each derivation is slow on purpose. */
static mz_status write_keys(const mz_seed *seed, mz_view passphrase, mz_reason *why)
{
    size_t count = seed->values.key_count + seed->values.log_key_count;
    key_files all = {.passphrase = passphrase, .files = calloc(count, sizeof(key_file))};
    mz_workers *workers = mz_workers_new(0);
    mz_status status = all.files == NULL || workers == NULL ? mz_refuse(why, MZ_NO_MEMORY)
                                                            : name_key_files(seed, all.files, why);
    if (status == MZ_OK)
        mz_workers_run(workers, count, write_key, &all);
    for (size_t i = 0; i < count && status == MZ_OK; i++) {
        status = all.files[i].status;
        if (status != MZ_OK)
            *why = all.files[i].why;
    }
    mz_workers_free(workers);
    free(all.files);
    return status;
}

/* ---- the first line ---- */

static mz_status genesis_body(mz_seed *seed, const json_t *line, json_t **body, mz_reason *why)
{
    json_t *registrars = json_array(), *row;
    json_t *witnesses = json_object_get(line, "witnesses"), *none = json_array();
    size_t i;
    json_t *registrar;
    mz_status status = MZ_OK;
    json_array_foreach(json_object_get(line, "registrars"), i, registrar)
    {
        mz_signer *signer;
        const char *actor = json_string_value(json_object_get(registrar, "actor"));
        if (status == MZ_OK)
            status = mz_seed_key_of(&seed->values, actor == NULL ? "" : actor, &signer, why);
        if (status == MZ_OK)
            status = mz_registrar_json(actor, json_string_value(json_object_get(registrar, "name")),
                                       signer, seed->values.origin, &row, why);
        if (status == MZ_OK && json_array_append_new(registrars, row) != 0)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    if (status == MZ_OK)
        status = mz_genesis_body(seed->cli, &seed->values.log_keys[0], seed->values.origin,
                                 json_object_get(line, "charity"), registrars,
                                 witnesses == NULL ? none : witnesses,
                                 json_integer_value(json_object_get(line, "quorum")), body, why);
    json_decref(none);
    json_decref(registrars);
    return status;
}

static mz_status open_ledger(mz_seed *seed, const json_t *line, mz_reason *why)
{
    json_t *body = NULL;
    mz_signer *signer = NULL;
    mz_buf jws, disclosures;
    const char *first = json_string_value(
        json_object_get(json_array_get(json_object_get(line, "registrars"), 0), "actor"));
    mz_buf_init(&jws, MZ_SUBMISSION_SIZE_MAX);
    mz_buf_init(&disclosures, MZ_SUBMISSION_SIZE_MAX);
    mz_status status = genesis_body(seed, line, &body, why);
    if (status == MZ_OK)
        status = mz_body_seal(seed->cli, mz_event_row_of(MZ_LEDGER_OPENED), NULL, body,
                              &disclosures, why);
    if (status == MZ_OK)
        status = mz_seed_key_of(&seed->values, first == NULL ? "" : first, &signer, why);
    if (status == MZ_OK)
        status = mz_entry_sign(signer, seed->values.origin, seed->clock_ms, NULL, "ledger.opened",
                               NULL, body, &jws, why);
    mz_buf_put(&jws, mz_buf_view(&disclosures));
    mz_log_options options = {.dir = seed->dir,
                              .signers = seed->values.log_keys,
                              .signer_count = seed->values.log_key_count};
    if (status == MZ_OK)
        status = mz_log_create(&options, mz_buf_view(&jws), seed->clock_ms, &seed->log, why);
    if (status == MZ_OK) {
        seed->accepted++;
        mz_tell_month(&seed->telling, seed->clock_ms);
        mz_tell_comment(&seed->telling, line);
        mz_tell_step(&seed->telling, line, mz_event_row_of(MZ_LEDGER_OPENED), first,
                     json_object_get(line, "charity"), seed->clock_ms, false);
    }
    json_decref(body);
    mz_buf_clear(&disclosures);
    mz_buf_clear(&jws);
    return status;
}

static bool first_line_fine(mz_seed *seed, const json_t *line)
{
    const char *origin = json_string_value(json_object_get(line, "origin"));
    const char *at = json_string_value(json_object_get(line, "at"));
    if (origin == NULL || !mz_origin_valid(mz_view_of(origin)) ||
        !json_is_object(json_object_get(line, "charity")) ||
        json_array_size(json_object_get(line, "registrars")) != 2 || at == NULL ||
        !mz_time_parse(mz_view_of(at), &seed->clock_ms)) {
        unreadable(seed, "第一行应有 origin、at、charity 和两位 registrars",
                   "the first line needs origin, at, charity and two registrars");
        return false;
    }
    snprintf(seed->values.origin, sizeof(seed->values.origin), "%s", origin);
    seed->line_ms = seed->clock_ms;
    return true;
}

/* ---- the run ---- */

static mz_exit tell_end(mz_seed *seed)
{
    mz_reason why = {0};
    mz_snapshot *snapshot = NULL;
    json_t *view = NULL;
    char pin[MZ_LOG_PATH_MAX] = "";
    mz_status status = mz_snapshot_open(seed->log, &snapshot, &why);
    if (status == MZ_OK)
        status = mz_ledger_view(mz_snapshot_changes(snapshot), seed->clock_ms, &view, &why);
    mz_snapshot_close(snapshot);
    if (status != MZ_OK)
        return mz_cli_refuse(seed->cli, &why);
    (void)mz_log_pin_path(seed->dir, seed->values.origin, pin, sizeof(pin));
    if (seed->cli->json) {
        json_t *out =
            json_pack("{s:s, s:I, s:I, s:s, s:O}", "code", seed->failed ? "failed" : "ok",
                      "entries", (json_int_t)seed->accepted, "refused", (json_int_t)seed->refused,
                      "pin", pin, "funds", json_object_get(view, "funds"));
        json_decref(view);
        return mz_cli_json(seed->cli, out);
    }
    printf(mz_say(seed->cli, "\n共 %llu 笔，如期拒绝 %llu 次。信任文件 %s\n\n",
                  "\n%llu entries, %llu refused as expected. Pin %s\n\n"),
           (unsigned long long)seed->accepted, (unsigned long long)seed->refused, pin);
    mz_print_balances(seed->cli, view);
    json_decref(view);
    return MZ_EXIT_DONE;
}

static mz_exit play(mz_seed *seed, mz_view text, mz_view passphrase)
{
    mz_reason why = {0};
    mz_exit code = MZ_EXIT_DONE;
    struct stat found;
    mz_status status = stat(seed->dir, &found) == 0
                           ? mz_refuse(&why, MZ_EXISTS, mz_words("path", seed->dir))
                           : make_keys(seed, text, &why);
    if (seed->unread)
        return MZ_EXIT_USAGE;
    json_t *line = status == MZ_OK ? next_line(seed, &text) : NULL;
    if (status == MZ_OK && (line == NULL || !first_line_fine(seed, line))) {
        json_decref(line);
        return MZ_EXIT_USAGE;
    }
    if (status == MZ_OK && isatty(STDERR_FILENO))
        fprintf(stderr, mz_say(seed->cli, "生成 %zu 把密钥……\n", "making %zu keys ...\n"),
                seed->values.key_count + seed->values.log_key_count);
    if (status == MZ_OK)
        status = write_keys(seed, passphrase, &why);
    if (status == MZ_OK)
        status = open_ledger(seed, line, &why);
    json_decref(line);
    if (status != MZ_OK)
        return mz_cli_refuse(seed->cli, &why);
    while (code == MZ_EXIT_DONE && (!seed->failed || seed->keep_going) &&
           (line = next_line(seed, &text)) != NULL) {
        code = play_line(seed, line);
        json_decref(line);
    }
    if (code == MZ_EXIT_DONE && !seed->unread)
        code = tell_end(seed);
    return seed->unread ? MZ_EXIT_USAGE : seed->failed ? MZ_EXIT_REFUSED : code;
}

static const mz_option OPTIONS[] = {
    {"brief",                                   NULL, false, "只讲要点：说明、拒绝与结果", "comments, refusals and the result only"},
    {"keep-going",                                    NULL, false, "有一步与脚本不符时继续", "go on after a step that fails"},
    {"passphrase-file", "FILE", false, "所有密钥的口令；否则取 MINGZHANG_PASSPHRASE 或在终端询问",
     "passphrase of all keys; else MINGZHANG_PASSPHRASE, else asked"},
    {0                             },
};

mz_exit mz_run_seed(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_buf text, passphrase;
    mz_seed seed = {.cli = cli, .telling = {.cli = cli}};
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("seed"), OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2) || mz_cli_refuses_url(cli, argv[0], args.at[0]))
        return MZ_EXIT_USAGE;
    seed.dir = args.at[0];
    seed.telling.brief = mz_args_has(&args, "brief");
    seed.keep_going = mz_args_has(&args, "keep-going");
    mz_status status = mz_cli_read_file(args.at[1], SCRIPT_SIZE_MAX, &text, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    status = mz_passphrase_get(cli, mz_args_value(&args, "passphrase-file"), args.at[0], true,
                               &passphrase, &why);
    if (status == MZ_OK)
        status = mz_seed_values_init(&seed.values, cli, &why);
    seed.values.script = args.at[1];
    seed.values.attached.dir = args.at[0];
    mz_exit code = status == MZ_OK ? play(&seed, mz_buf_view(&text), mz_buf_view(&passphrase))
                                   : mz_cli_refuse(cli, &why);
    mz_log_close(seed.log);
    mz_telling_clear(&seed.telling);
    mz_seed_values_clear(&seed.values);
    mz_passphrase_wipe(&passphrase);
    mz_buf_clear(&text);
    return code;
}
