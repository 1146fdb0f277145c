/* evidence.c — the documents beside a ledger: putting in, taking out, checking; and the table of
 * all that can be done with them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "edge/clock.h"
#include "evidence_work.h"
#include "ledger.h"
#include "remote.h"

static const char *at_of(const mz_evidence_work *work, size_t i)
{
    return work->args->at[2 + i]; /* after the subcommand and DIR */
}

/* ---- a list that is written while it is found ---- */

void mz_evidence_list_begin(const mz_evidence_work *work)
{
    if (work->cli->json)
        fputs("{\"documents\":[", stdout);
}

void mz_evidence_list_json(mz_evidence_work *work, json_t *item)
{
    if (work->listed++ > 0)
        fputs(",", stdout);
    if (item == NULL || json_dumpf(item, stdout, JSON_COMPACT) != 0)
        fputs("null", stdout);
    json_decref(item);
}

mz_exit mz_evidence_list_end(const mz_evidence_work *work, mz_status status, const mz_reason *why,
                             json_t *totals)
{
    if (!work->cli->json) {
        json_decref(totals);
        return status == MZ_OK ? MZ_EXIT_DONE : mz_cli_refuse(work->cli, why);
    }
    json_t *tail = status == MZ_OK ? json_incref(totals) : mz_reason_json(why);
    fputs("],", stdout);
    int failed = json_dumpf(tail, stdout, JSON_COMPACT | JSON_EMBED);
    json_decref(tail);
    json_decref(totals);
    if (failed != 0 || fputs("}\n", stdout) == EOF || fflush(stdout) != 0)
        return MZ_EXIT_TROUBLE;
    return mz_exit_code(status);
}

void mz_evidence_list_cell(const char *text, int width)
{
    mz_text_pad(stdout, text, width);
    fputs("  ", stdout);
}

/* ---- add ---- */

static mz_status need_folder(mz_evidence_work *work, mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    if (work->folder != NULL)
        return MZ_OK;
    if (!mz_evidence_path(work->args->at[1], path, sizeof(path)))
        return mz_refuse(why, MZ_IO, mz_words("cause", work->args->at[1]));
    return mz_evidence_open(path, true, &work->folder, why);
}

static mz_status put_in(mz_evidence_work *work, int fd, const char *path, const mz_hash *sha256,
                        mz_reason *why)
{
    mz_staged *staged = NULL;
    mz_status status = need_folder(work, why);
    if (status == MZ_OK)
        status = mz_evidence_stage(work->folder, fd, path, &staged, why);
    if (status != MZ_OK)
        return status;
    mz_hash copied = mz_staged_hash(staged);
    status = mz_hash_equal(&copied, sha256)
                 ? mz_evidence_lock(work->folder, why)
                 : mz_refuse(why, MZ_DOCUMENT_CHANGED, mz_words("path", path));
    if (status == MZ_OK) {
        status = mz_evidence_keep(staged, why);
        mz_evidence_unlock(work->folder);
    }
    mz_staged_end(staged);
    return status;
}

static mz_status add_file(mz_evidence_work *work, const char *path, mz_hash *sha256, int64_t *size,
                          mz_reason *why)
{
    int fd = -1;
    char id[65];
    mz_document_standing standing = {.known = false};
    mz_status status = mz_evidence_source(path, &fd, why);
    if (status != MZ_OK)
        return status;
    status = mz_evidence_measure(work->cli->hasher, fd, path, sha256, size, why);
    if (status == MZ_OK)
        status = mz_documents_standing(work->walk, sha256, &standing, why);
    mz_hex_32(sha256->bytes, id);
    if (status == MZ_OK && !standing.known)
        status = mz_refuse(why, MZ_DOCUMENT_UNKNOWN, mz_words("id", id));
    if (status == MZ_OK)
        status = put_in(work, fd, path, sha256, why);
    close(fd);
    return status;
}

static mz_exit tell_added(mz_evidence_work *work, const char *path, mz_status status,
                          const mz_reason *why, const mz_hash *sha256, int64_t size)
{
    char hex[65];
    mz_hex_32(sha256->bytes, hex);
    if (work->cli->json) {
        json_t *item = status == MZ_OK ? json_pack("{s:s, s:s, s:I}", "code", "ok", "sha256", hex,
                                                   "size", (json_int_t)size)
                                       : mz_reason_json(why);
        json_object_set_new(item, "file", json_string(path));
        mz_evidence_list_json(work, item);
        return mz_exit_code(status);
    }
    if (status == MZ_OK) {
        printf(mz_say(work->cli, "已放入 %s，%lld 字节，sha256 %s\n",
                      "put in %s, %lld bytes, sha256 %s\n"),
               path, (long long)size, hex);
        return MZ_EXIT_DONE;
    }
    fflush(stdout);
    fprintf(stderr, "%s: ", path);
    return mz_cli_refuse(work->cli, why);
}

/* Each file by itself: one that is refused does not keep the others out. */
static mz_exit run_add(mz_evidence_work *work)
{
    const mz_reason fine = {0};
    mz_exit code = MZ_EXIT_DONE;
    json_int_t count = 0;
    mz_evidence_list_begin(work);
    for (size_t i = 0; 2 + i < work->args->count; i++) {
        mz_reason why = {0};
        mz_hash sha256 = {0};
        int64_t size = 0;
        mz_status status = add_file(work, at_of(work, i), &sha256, &size, &why);
        mz_exit one = tell_added(work, at_of(work, i), status, &why, &sha256, size);
        code = one > code ? one : code;
        count += status == MZ_OK ? 1 : 0;
    }
    mz_exit ended =
        mz_evidence_list_end(work, MZ_OK, &fine,
                             json_pack("{s:s, s:I}", "code",
                                       code == MZ_EXIT_DONE ? "ok" : "incomplete", "added", count));
    return ended > code ? ended : code;
}

/* ---- get ---- */

/* Who shows --key: a person in office, whose key is the one in force. */
static mz_status reader_of(mz_evidence_work *work, mz_actor *reader, mz_reason *why)
{
    mz_signer signer;
    mz_snapshot *snapshot = NULL;
    mz_status status = mz_cli_signer(work->cli, work->args, &signer, why);
    if (status != MZ_OK)
        return status;
    status = mz_snapshot_open(work->log, &snapshot, why);
    if (status == MZ_OK)
        status = mz_cli_reader(&signer, work->log, snapshot, reader, why);
    mz_snapshot_close(snapshot);
    mz_signer_wipe(&signer);
    return status;
}

static mz_status may_take(mz_evidence_work *work, const mz_hash *sha256, const char *id,
                          mz_reason *why)
{
    char cause[200];
    mz_actor reader;
    mz_document_standing standing;
    bool readable = false;
    mz_status status = mz_documents_standing(work->walk, sha256, &standing, why);
    if (status != MZ_OK || standing.is_public)
        return status;
    if (!standing.known)
        return mz_refuse(why, MZ_DOCUMENT_UNKNOWN, mz_words("id", id));
    if (!mz_args_has(work->args, "key"))
        return mz_refuse(why, MZ_DOCUMENT_SEALED, mz_words("id", id),
                         mz_words("cause", MZ_BOTH("没有出示密钥", "no key was shown")));
    status = reader_of(work, &reader, why);
    if (status == MZ_OK)
        status = mz_documents_readable(work->walk, sha256, &reader, mz_clock_now_unix_ms(),
                                       &readable, why);
    if (status != MZ_OK || readable)
        return status;
    mz_view actor = mz_id_view(reader.id);
    snprintf(cause, sizeof(cause), MZ_BOTH("%.*s 无权查阅", "%.*s may not read it"),
             (int)actor.size, (const char *)actor.data, (int)actor.size, (const char *)actor.data);
    return mz_refuse(why, MZ_DOCUMENT_SEALED, mz_words("id", id), mz_words("cause", cause));
}

static mz_status out_failed(const char *path, int error, mz_reason *why)
{
    char cause[300];
    snprintf(cause, sizeof(cause), "%s: %s", path, strerror(error));
    if (error == EEXIST)
        return mz_refuse(why, MZ_EXISTS, mz_words("path", path));
    return error == ENOSPC || error == EDQUOT || error == EFBIG
               ? mz_refuse(why, MZ_FULL)
               : mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

static mz_status write_part(int fd, const char *path, mz_view part, mz_reason *why)
{
    while (part.size > 0) {
        ssize_t put = write(fd, part.data, part.size);
        if (put < 0 && errno != EINTR)
            return out_failed(path, errno, why);
        part.data += put > 0 ? put : 0;
        part.size -= put > 0 ? (size_t)put : 0;
    }
    return MZ_OK;
}

/* The file is there only when all its bytes were the right ones. */
static mz_status take_out(mz_evidence_work *work, const mz_hash *sha256, const char *path,
                          int64_t *size, mz_reason *why)
{
    mz_evidence_reader *reader = NULL;
    mz_view part = {NULL, 1};
    mz_status status = mz_evidence_reader_open(work->folder, sha256, &reader, why);
    if (status != MZ_OK)
        return status;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        mz_evidence_reader_close(reader);
        return out_failed(path, errno, why);
    }
    *size = 0;
    while (status == MZ_OK && part.size > 0) {
        status = mz_evidence_reader_next(reader, &part, why);
        *size += status == MZ_OK ? (int64_t)part.size : 0;
        if (status == MZ_OK)
            status = write_part(fd, path, part, why);
    }
    if (status == MZ_OK && fsync(fd) != 0)
        status = out_failed(path, errno, why);
    if (close(fd) != 0 && status == MZ_OK)
        status = out_failed(path, errno, why);
    if (status != MZ_OK)
        unlink(path);
    mz_evidence_reader_close(reader);
    return status;
}

/* False: a usage error has been printed. */
static bool read_get(const mz_cli *cli, const mz_args *args, mz_hash *sha256)
{
    size_t size;
    const char *id = args->at[2];
    if (strlen(id) != 64 || !mz_hex_decode(mz_view_of(id), sha256->bytes, MZ_HASH_SIZE, &size)) {
        mz_cli_usage(cli, "evidence", "SHA256 应为 64 位小写十六进制数，而不是 %s。",
                     "SHA256 is 64 lowercase hex digits, not %s.", id);
        return false;
    }
    if (!mz_args_has(args, "out"))
        mz_cli_usage(cli, "evidence", "缺少 --out FILE。", "--out FILE is missing.");
    return mz_args_has(args, "out");
}

static mz_exit get_there(mz_cli *cli, const mz_args *args)
{
    mz_hash sha256;
    return read_get(cli, args, &sha256) ? mz_remote_evidence_get(cli, args) : MZ_EXIT_USAGE;
}

static mz_exit run_get(mz_evidence_work *work)
{
    mz_reason why = {0};
    mz_hash sha256;
    int64_t size = 0;
    const char *id = at_of(work, 0), *out = mz_args_value(work->args, "out");
    if (!read_get(work->cli, work->args, &sha256))
        return MZ_EXIT_USAGE;
    mz_status status = may_take(work, &sha256, id, &why);
    if (status == MZ_OK && work->folder == NULL)
        status = mz_refuse(&why, MZ_DOCUMENT_MISSING, mz_words("id", id));
    if (status == MZ_OK)
        status = take_out(work, &sha256, out, &size, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(work->cli, &why);
    if (work->cli->json)
        return mz_cli_json(work->cli, json_pack("{s:s, s:s, s:I, s:s}", "code", "ok", "sha256", id,
                                                "size", (json_int_t)size, "path", out));
    printf(mz_say(work->cli, "已取出到 %s，%lld 字节，与散列相符\n",
                  "taken out to %s, %lld bytes, which fit the hash\n"),
           out, (long long)size);
    return MZ_EXIT_DONE;
}

/* ---- check ---- */

typedef struct check_totals {
    mz_evidence_work *work;
    json_int_t count, damaged, unnamed, foreign;
} check_totals;

static void tell_checked(mz_evidence_work *work, const char *name, const char *word, const char *zh,
                         const char *en)
{
    mz_progress_end(&work->progress);
    if (work->cli->json) {
        mz_evidence_list_json(work, json_pack("{s:s, s:s}", "file", name, "state", word));
        return;
    }
    mz_evidence_list_cell(mz_say(work->cli, zh, en), 12);
    puts(name);
}

static mz_status check_item(void *context, const mz_evidence_item *item, mz_reason *why)
{
    check_totals *totals = context;
    mz_evidence_work *work = totals->work;
    mz_document_standing standing;
    mz_reason local = {0};
    if (!item->is_document) {
        totals->foreign++;
        tell_checked(work, item->name, "foreign", "不是凭证", "foreign");
        return MZ_OK;
    }
    mz_progress_step(&work->progress, (uint64_t)++totals->count, 0);
    mz_status status = mz_evidence_verify(work->folder, &item->sha256, &local);
    if (status == MZ_DOCUMENT_DAMAGED) {
        totals->damaged++;
        tell_checked(work, item->name, "damaged", "损坏", "damaged");
    } else if (status != MZ_OK && status != MZ_DOCUMENT_MISSING) { /* gone: taken out meanwhile */
        *why = local;
        return status;
    }
    status = mz_documents_standing(work->walk, &item->sha256, &standing, why);
    if (status == MZ_OK && !standing.known) {
        totals->unnamed++;
        tell_checked(work, item->name, "unnamed", "无人登记", "unnamed");
    }
    return status;
}

static mz_exit run_check(mz_evidence_work *work)
{
    mz_reason why = {0};
    check_totals totals = {.work = work};
    mz_evidence_list_begin(work);
    mz_status status =
        work->folder == NULL ? MZ_OK : mz_evidence_list(work->folder, check_item, &totals, &why);
    mz_progress_end(&work->progress);
    if (status == MZ_OK && !work->cli->json)
        printf(
            mz_say(work->cli,
                   "核对了 %lld 份凭证：损坏 %lld 份，没有哪一笔登记的 %lld 份，其他文件 %lld 个\n",
                   "%lld documents checked: %lld damaged, %lld that no entry names, %lld other "
                   "files\n"),
            (long long)totals.count, (long long)totals.damaged, (long long)totals.unnamed,
            (long long)totals.foreign);
    mz_exit code = mz_evidence_list_end(
        work, status, &why,
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "code",
                  totals.damaged > 0 ? mz_status_code(MZ_DOCUMENT_DAMAGED) : "ok", "count",
                  totals.count, "damaged", totals.damaged, "unnamed", totals.unnamed, "foreign",
                  totals.foreign));
    mz_exit found = totals.damaged > 0 ? mz_exit_code(MZ_DOCUMENT_DAMAGED) : MZ_EXIT_DONE;
    return found > code ? found : code;
}

/* ---- the table ---- */

static const struct mz_evidence_command {
    const char *name;
    mz_exit (*run)(mz_evidence_work *work);
    size_t low, high; /* arguments after the name */
    const char *arguments;
    const char *zh, *en;
} COMMANDS[] = {
    {"missing",                                                                                   mz_evidence_missing, 1, 1, "DIR [--fund ID] [--check]",
     "登记了而文件不在的凭证；--check 也找出损坏的", "documents that entries name and whose bytes are not here; --check finds damaged ones too"},
    {"repeated",                                                                                          mz_evidence_repeated, 1, 1, "DIR", "附在不止一笔上的凭证，跨基金",
     "documents that more than one entry names, across funds"},
    {"add",                                                                run_add, 2, MZ_ARGS_MAX - 1, "DIR FILE...", "放入文件；散列须已登记",
     "put files in whose hash an entry names"},
    {"get", run_get, 2, 2, "DIR SHA256 --out FILE [--key FILE]",
     "取出一份；密封的须出示有权查阅者的密钥", "take one out; a sealed one needs the key of somebody who may read it"},
    {"check",                                                                                  run_check, 1, 1, "DIR", "核对每一份文件与散列", "hash every file again"},
    {0                                                                                         },
};

static const mz_option OPTIONS[] = {
    {"fund",                  "ID", false, "missing：只看一个基金", "missing: of one fund"},
    {"check",                  NULL, false, "missing：也核对散列", "missing: hash what is here"},
    {"out", "FILE", false, "get：写到哪里", "get: where to"},
    MZ_OPTIONS_SIGN,
    MZ_OPTIONS_URL,
    {0                },
};

static mz_exit print_help(const mz_cli *cli)
{
    mz_args_help(cli, mz_command_named("evidence"), OPTIONS);
    putchar('\n');
    for (const struct mz_evidence_command *command = COMMANDS; command->name != NULL; command++)
        printf("  mingzhang evidence %s %s\n      %s\n", command->name, command->arguments,
               mz_say(cli, command->zh, command->en));
    printf(
        mz_say(cli,
               "\n文件在账本文件夹旁边的 DIR.evidence/，按散列存放，每份最多 %lld 字节；登记时用 "
               "--evidence FILE 附上。\n",
               "\nThe files lie in DIR.evidence/ beside the ledger, by their hash, at most %lld "
               "bytes each; --evidence FILE attaches one when recording.\n"),
        (long long)MZ_EVIDENCE_SIZE_MAX);
    return MZ_EXIT_DONE;
}

static mz_exit run_on(mz_cli *cli, const mz_args *args, const struct mz_evidence_command *command)
{
    char path[MZ_LOG_PATH_MAX];
    mz_reason why = {0};
    mz_evidence_work work = {.cli = cli, .args = args};
    mz_status status = mz_cli_open_read(args->at[1], &work.log, &why);
    if (status == MZ_OK && !mz_evidence_path(args->at[1], path, sizeof(path)))
        status = mz_refuse(&why, MZ_IO, mz_words("cause", args->at[1]));
    if (status == MZ_OK) {
        status = mz_evidence_open(path, false, &work.folder, &why);
        status = status == MZ_NOT_FOUND ? MZ_OK : status;
    }
    if (status == MZ_OK)
        status = mz_documents_open(mz_log_kv(work.log), &work.walk, &why);
    mz_progress_begin(&work.progress, cli, "核对凭证", "looking at documents");
    mz_exit code = status == MZ_OK ? command->run(&work) : mz_cli_refuse(cli, &why);
    mz_documents_close(work.walk);
    mz_evidence_close(work.folder);
    mz_log_close(work.log);
    return code;
}

mz_exit mz_run_evidence(mz_cli *cli, int argc, char **argv)
{
    static mz_args args; /* large; one subcommand runs in a process */
    const struct mz_evidence_command *command = COMMANDS;
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help)
        return print_help(cli);
    if (!mz_args_count(cli, &args, argv[0], 1, MZ_ARGS_MAX))
        return MZ_EXIT_USAGE;
    while (command->name != NULL && strcmp(command->name, args.at[0]) != 0)
        command++;
    if (command->name == NULL)
        return mz_cli_usage(cli, "evidence",
                            "应为 missing、repeated、add、get 或 check，而不是 %s。",
                            "It is missing, repeated, add, get or check, not %s.", args.at[0]);
    if (!mz_args_count(cli, &args, argv[0], 1 + command->low, 1 + command->high))
        return MZ_EXIT_USAGE;
    if (mz_cli_is_url(args.at[1]) && command->run == run_add)
        return mz_remote_evidence_add(cli, &args);
    if (mz_cli_is_url(args.at[1]) && command->run == run_get)
        return get_there(cli, &args);
    if (mz_cli_refuses_url(cli, argv[0], args.at[1]))
        return MZ_EXIT_USAGE;
    return run_on(cli, &args, command);
}
