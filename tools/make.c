/* make.c — what others take away: a statement's draft, a receipt, the catalogue. */
#include <string.h>

#include "commands.h"
#include "core/date.h"
#include "core/receipt.h"
#include "core/views.h"
#include "edge/clock.h"
#include "event.h"
#include "ledger.h"
#include "print.h"
#include "remote.h"

/* ---- statement ---- */

static const mz_option STATEMENT_OPTIONS[] = {
    {"fund",      "ID", false, "基金", "the fund"},
    {"to",      "YYYY-MM-DD", false, "公示期最后一日", "the period's last day"},
    MZ_OPTIONS_URL,
    {0},
};

/* Prints the body on one line, for `statement.published --body`. */
static mz_exit draft(const mz_cli *cli, const char *dir, const char *fund, int32_t to_day)
{
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    json_t *body = NULL;
    mz_status status = mz_cli_open_read(dir, &log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK) {
        int64_t now_ms = mz_clock_now_unix_ms(), last_ms = mz_snapshot_last_unix_ms(snapshot);
        status = mz_statement_view(mz_snapshot_changes(snapshot), mz_view_of(fund), to_day,
                                   now_ms > last_ms ? now_ms : last_ms, &body, &why);
    }
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    return mz_cli_json(cli, body);
}

mz_exit mz_run_statement(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    int32_t to_day;
    if (!mz_args_parse(cli, STATEMENT_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("statement"), STATEMENT_OPTIONS);
        return MZ_EXIT_DONE;
    }
    const char *fund = mz_args_value(&args, "fund"), *to = mz_args_value(&args, "to");
    if (!mz_args_count(cli, &args, argv[0], 1, 1))
        return MZ_EXIT_USAGE;
    if (fund == NULL || to == NULL)
        return mz_cli_usage(cli, argv[0], "需要 --fund 和 --to。", "--fund and --to are needed.");
    if (!mz_day_parse(mz_view_of(to), &to_day))
        return mz_cli_usage(cli, argv[0], "--to 应为 YYYY-MM-DD。", "--to must be YYYY-MM-DD.");
    return mz_cli_is_url(args.at[0]) ? mz_remote_statement(cli, &args, fund, to)
                                     : draft(cli, args.at[0], fund, to_day);
}

/* ---- receipt ---- */

static const mz_option RECEIPT_OPTIONS[] = {
    {"out",  "FILE", false, "写入文件（也可用 -o）；默认输出到屏幕",
     "write to a file (also -o); else to the screen"},
    MZ_OPTION_PIN,
    MZ_OPTIONS_URL,
    {0},
};

mz_exit mz_run_receipt(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_snapshot *snapshot = NULL;
    uint64_t index;
    if (!mz_args_parse(cli, RECEIPT_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("receipt"), RECEIPT_OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    if (!mz_args_number(args.at[1], &index))
        return mz_cli_usage(cli, argv[0], "%s 不是第几笔。", "%s is not an entry's number.",
                            args.at[1]);
    if (mz_cli_is_url(args.at[0]))
        return mz_remote_receipt(cli, &args, index);
    const char *path = mz_args_value(&args, "out");
    mz_buf text;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    mz_status status = mz_cli_open_read(args.at[0], &log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(log, &snapshot, &why);
    if (status == MZ_OK)
        status = mz_snapshot_receipt(snapshot, index, &text, &why);
    if (status == MZ_OK && path != NULL)
        status = mz_cli_create_file(path, mz_buf_view(&text), &why);
    mz_exit code = status == MZ_OK ? MZ_EXIT_DONE : mz_cli_refuse(cli, &why);
    if (status == MZ_OK && cli->json)
        code = mz_cli_json(cli, json_pack("{s:s, s:I, s:s}", "code", "ok", "index",
                                          (json_int_t)index, "receipt", (const char *)text.data));
    else if (status == MZ_OK && path == NULL)
        fwrite(text.data, 1, text.size, stdout);
    else if (status == MZ_OK)
        printf(mz_say(cli, "收据已写入 %s；验证：mingzhang-audit receipt %s --pin PIN\n",
                      "The receipt is in %s; to verify: mingzhang-audit receipt %s --pin PIN\n"),
               path, path);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
    mz_buf_clear(&text);
    return code;
}

/* ---- schema ---- */

static const mz_option SCHEMA_OPTIONS[] = {
    {"markdown", NULL, false, "文档表格（docs/rules.md 中的目录）",
     "tables for documents (the catalogue in docs/rules.md)"},
    {0    },
};

/* A cell of a Markdown table: a bar would end it. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
}

static bool is_common(const char *name)
{
    return strcmp(name, "note") == 0 || strcmp(name, "evidence") == 0 || strcmp(name, "_sd") == 0;
}

static void print_row(const mz_field *field, const char *path)
{
    char type[400];
    bool list = mz_type_is_list(field->type);
    mz_field_type_text(field, MZ_ENGLISH, type, sizeof(type));
    printf("| `%s`%s%s | ", path, (field->flags & MZ_FIELD_OPTIONAL) != 0 ? " ?" : "",
           (field->flags & MZ_FIELD_SEALED) != 0     ? " \\*\\*"
           : (field->flags & MZ_FIELD_SEALABLE) != 0 ? " \\*"
                                                     : "");
    print_cell(type);
    if (list)
        printf(", %lld to %lld items", (long long)field->low, (long long)field->high);
    printf(" | %s | %s |\n", field->zh, field->en);
}

/* What every body may carry is told once, at the top: `common`, or the rest. */
static void print_rows(const mz_field *fields, const char *prefix, bool common)
{
    for (const mz_field *field = fields; field->name != NULL; field++) {
        char path[200];
        if (prefix[0] == '\0' && is_common(field->name) != common)
            continue;
        snprintf(path, sizeof(path), "%s%s", prefix, field->name);
        print_row(field, path);
        snprintf(path, sizeof(path), "%s%s%s.", prefix, field->name,
                 field->type == MZ_TYPE_OBJECTS ? "[]" : "");
        if (field->fields != NULL)
            print_rows(field->fields, path, common);
    }
}

static void print_event(const mz_event_row *row)
{
    mz_buf zh, en;
    mz_buf_init(&zh, 1024);
    mz_buf_init(&en, 1024);
    mz_roles_text(row->roles, MZ_CHINESE, &zh);
    mz_roles_text(row->roles, MZ_ENGLISH, &en);
    printf("\n#### `%s`%s %s · %s\n\n", row->name,
           row->confirm == MZ_CONFIRM_NEVER    ? ""
           : row->confirm == MZ_CONFIRM_ALWAYS ? " †"
                                               : " (†)",
           row->zh, row->en);
    static const char *const FUND[] = {"不带 fund · no `fund`", "须带 fund · `fund` required",
                                       "与所指一笔相同的 fund · `fund` exactly as the target's"};
    printf("签名人 · signed by: %s · %s. %s%s\n\n", (const char *)zh.data, (const char *)en.data,
           FUND[row->fund], row->evidence_required ? ". 须附凭证 · evidence required" : "");
    puts("| field | type | 中文 | English |\n|---|---|---|---|");
    print_rows(row->fields, "", false);
    mz_buf_clear(&zh);
    mz_buf_clear(&en);
}

mz_exit mz_run_schema(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, SCHEMA_OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("schema"), SCHEMA_OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_has(&args, "markdown"))
        return mz_cli_json(cli, mz_catalogue_json());
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    puts(
        "`?` 可选 · optional; `*` 可密封 · sealable; `**` 必须密封 · always sealed; † 确认后生效 · "
        "takes "
        "effect when confirmed; (†) 为他人时 · for others. 每个 body 都可带 · every body may carry "
        "`note`, `evidence[]`, `_sd`:\n\n| field | type | 中文 | English |\n|---|---|---|---|");
    print_rows(rows[0].fields, "", true);
    for (size_t i = 0; i < count; i++)
        print_event(&rows[i]);
    return MZ_EXIT_DONE;
}
