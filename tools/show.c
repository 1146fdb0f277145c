/* show.c — reading: show, todo, trace. Each is a view of the core, printed as it is with --json and
 * as tables for people. */
#include <string.h>

#include "commands.h"
#include "core/date.h"
#include "core/views.h"
#include "edge/clock.h"
#include "ledger.h"
#include "log/cosign.h"
#include "print.h"
#include "remote.h"

#define AT_OPTION                                                                                  \
    {                                                                                              \
        "at", "TIME", false, "看哪一刻，默认现在；不早于最后一笔",                                 \
            "as of which moment, not before the last entry; now when absent"                       \
    }
static const mz_option OPTIONS[] = {
    AT_OPTION,
    {"event",                                           "NAME", false, "show entries：哪种事项，如 vote.cast",
      "show entries: of which event, such as vote.cast"},
    {"fund",                                            "ID", false, "show item：哪个基金的物资", "show item: of which fund"},
    {"before", "INDEX", false,
      "列表：从这一笔之前接着列；show reconciliation：从这个月（YYYY-MM）之前",
      "lists: go on before this entry; show reconciliation: before this month (YYYY-MM)"},
    MZ_OPTION_PIN,
    MZ_OPTIONS_URL,
    {0                                           },
};
static const mz_option AT_ONLY[] = {AT_OPTION, MZ_OPTIONS_URL, {0}}; /* todo, trace */

/* What a reading subcommand works on. */
typedef struct mz_reading {
    mz_cli *cli;
    mz_args args;
    mz_log *log;
    mz_snapshot *snapshot;
    mz_changes *changes;
    int64_t now_ms;
    uint64_t before;    /* MZ_NEVER: from the newest */
    int32_t before_day; /* the first of a month; MZ_NO_DAY */
    const char *id;     /* "" when none was given */
} mz_reading;

typedef mz_status reading_view(mz_reading *reading, json_t **out, mz_reason *why);
typedef void reading_print(const mz_cli *cli, const json_t *view);

static mz_status view_ledger(mz_reading *reading, json_t **out, mz_reason *why)
{
    mz_status status = mz_ledger_view(reading->changes, reading->now_ms, out, why);
    if (status == MZ_OK) {
        char root[65];
        mz_hex_32(mz_snapshot_root(reading->snapshot).bytes, root);
        json_object_set_new(*out, "size",
                            json_integer((json_int_t)mz_snapshot_size(reading->snapshot)));
        json_object_set_new(*out, "root", json_string(root));
    }
    return status;
}

static mz_status view_fund(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_fund_view(reading->changes, mz_view_of(reading->id), reading->now_ms, out, why);
}

static mz_status view_proposal(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_proposal_view(reading->changes, mz_view_of(reading->id), reading->now_ms, out, why);
}

static mz_status not_a_number(const char *text, mz_reason *why)
{
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("第几笔", "entry")),
                     mz_words("id", text));
}

/* By index or by jti. */
static mz_status view_entry(mz_reading *reading, json_t **out, mz_reason *why)
{
    uint64_t index;
    uint8_t jti[16];
    mz_status status = MZ_OK;
    if (mz_uuid_parse(mz_view_of(reading->id), jti))
        status = mz_snapshot_find(reading->snapshot, jti, &index, why);
    else if (!mz_args_number(reading->id, &index))
        return not_a_number(reading->id, why);
    return status == MZ_OK ? mz_entry_view(reading->changes, index, out, why) : status;
}

static mz_status view_entries(mz_reading *reading, json_t **out, mz_reason *why)
{
    const char *name = mz_args_value(&reading->args, "event");
    const mz_event_row *row = name == NULL ? NULL : mz_event_row_named(mz_view_of(name));
    if (row == NULL)
        return mz_refuse(why, MZ_UNKNOWN_EVENT, mz_words("event", name == NULL ? "--event" : name));
    return mz_fund_entries_view(reading->changes, mz_view_of(reading->id), row->event,
                                reading->before, out, why);
}

static mz_status view_proposals(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_proposals_view(reading->changes, mz_view_of(reading->id), reading->before,
                             reading->now_ms, out, why);
}

static mz_status view_source(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_source_view(reading->changes, mz_view_of(reading->id), out, why);
}

static mz_status view_party(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_party_view(reading->changes, mz_view_of(reading->id), out, why);
}

static mz_status view_need(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_need_view(reading->changes, mz_view_of(reading->id), reading->now_ms, out, why);
}

static mz_status view_needs(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_needs_view(reading->changes, mz_view_of(reading->id), reading->before,
                         reading->now_ms, out, why);
}

static mz_status view_goods(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_goods_view(reading->changes, mz_view_of(reading->id), reading->before,
                         reading->now_ms, out, why);
}

static mz_status view_item(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_item_view(reading->changes, mz_view_of(mz_args_value(&reading->args, "fund")),
                        mz_view_of(reading->id), reading->before, reading->now_ms, out, why);
}

static mz_status view_reconciliation(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_reconciliations_view(reading->changes, mz_view_of(reading->id), reading->before_day,
                                   reading->now_ms, out, why);
}

static mz_status view_reports(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_reports_view(reading->changes, reading->before, out, why);
}

static mz_status view_checkpoint(mz_reading *reading, json_t **out, mz_reason *why)
{
    mz_buf note;
    char root[65];
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    mz_status status = mz_snapshot_cosigned(reading->snapshot, 0, &note, why);
    if (status == MZ_OK) {
        mz_hex_32(mz_snapshot_root(reading->snapshot).bytes, root);
        *out =
            json_pack("{s:I, s:s, s:s%}", "size", (json_int_t)mz_snapshot_size(reading->snapshot),
                      "root", root, "note", (const char *)note.data, note.size);
        if (*out == NULL)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&note);
    return status;
}

static mz_status view_pin(mz_reading *reading, json_t **out, mz_reason *why)
{
    char path[MZ_LOG_PATH_MAX];
    mz_buf text;
    mz_policy *policy = NULL;
    if (!mz_log_pin_path(mz_log_dir(reading->log), mz_log_origin(reading->log), path, sizeof(path)))
        return mz_refuse(why, MZ_IO, mz_words("cause", mz_log_dir(reading->log)));
    mz_status status = mz_cli_read_file(path, MZ_POLICY_SIZE_MAX, &text, why);
    if (status != MZ_OK)
        return status;
    status = mz_pin_parse(reading->cli->hasher, mz_buf_view(&text), &policy, why);
    if (status == MZ_OK) {
        char genesis[65];
        mz_buf vkey;
        mz_buf_init(&vkey, MZ_VKEY_TEXT_MAX);
        mz_hex_32(policy->genesis.bytes, genesis);
        mz_vkey_put(&vkey, &policy->logs[0].key);
        *out = json_pack("{s:s, s:s, s:s, s:s, s:s}", "path", path, "origin",
                         mz_policy_origin(policy), "vkey", (const char *)vkey.data, "genesis",
                         genesis, "text", (const char *)text.data);
        mz_buf_clear(&vkey);
    }
    mz_policy_free(policy);
    mz_buf_clear(&text);
    return status != MZ_OK || *out != NULL ? status : mz_refuse(why, MZ_NO_MEMORY);
}

typedef enum mz_going_on { NOT_LISTED, BY_INDEX, BY_MONTH } mz_going_on; /* what --before is */
static const struct {
    const char *name;
    bool needs_id;
    mz_going_on before;
    reading_view *view;
    reading_print *print;
    const char *option, *zh, *en; /* an option that it needs, and where its values are found */
} SHOWN[] = {
    {"ledger",         false, NOT_LISTED, view_ledger,         mz_print_ledger,         NULL,    NULL, NULL                                                           },
    {"fund",           true,  NOT_LISTED, view_fund,           mz_print_fund,           NULL,    NULL, NULL                                                           },
    {"proposal",       true,  NOT_LISTED, view_proposal,       mz_print_proposal,       NULL,    NULL, NULL                                                           },
    {"proposals",      true,  BY_INDEX,   view_proposals,      mz_print_proposals,      NULL,    NULL, NULL                                                           },
    {"need",           true,  NOT_LISTED, view_need,           mz_print_need,           NULL,    NULL, NULL                                                           },
    {"needs",          true,  BY_INDEX,   view_needs,          mz_print_needs,          NULL,    NULL, NULL                                                           },
    {"goods",          true,  BY_INDEX,   view_goods,          mz_print_goods,          NULL,    NULL, NULL                                                           },
    {"item",           true,  BY_INDEX,   view_item,           mz_print_item,           "fund",
     "show item 需要 --fund 基金：物资编号只在本基金内唯一。",                       "show item needs --fund ID: an item belongs to its fund."      },
    {"reconciliation", true,  BY_MONTH,   view_reconciliation, mz_print_reconciliation, NULL,    NULL,
     NULL                                                                                                                                                             },
    {"reports",        false, BY_INDEX,   view_reports,        mz_print_reports,        NULL,    NULL, NULL                                                           },
    {"entry",          true,  NOT_LISTED, view_entry,          mz_print_entry,          NULL,    NULL, NULL                                                           },
    {"entries",        true,  BY_INDEX,   view_entries,        mz_print_entries,        "event",
     "show entries 需要 --event 事项；事项见 mingzhang events。",                             "show entries needs --event NAME; the names: mingzhang events."},
    {"source",         true,  NOT_LISTED, view_source,         mz_print_source,         NULL,    NULL, NULL                                                           },
    {"party",          true,  NOT_LISTED, view_party,          mz_print_party,          NULL,    NULL, NULL                                                           },
    {"pin",            false, NOT_LISTED, view_pin,            mz_print_text,           NULL,    NULL, NULL                                                           },
    {"vkey",           false, NOT_LISTED, view_pin,            mz_print_vkey,           NULL,    NULL, NULL                                                           },
    {"checkpoint",     false, NOT_LISTED, view_checkpoint,     mz_print_checkpoint,     NULL,    NULL, NULL                                                           },
};

/* Opens the folder, makes the view, prints it. */
static mz_exit read_and_print(mz_reading *reading, const char *dir, reading_view *view,
                              reading_print *print)
{
    mz_reason why = {0};
    json_t *made = NULL;
    mz_exit code = MZ_EXIT_DONE;
    bool past = false;
    mz_status status = mz_cli_open_read(dir, &reading->log, &why);
    if (status == MZ_OK)
        status = mz_snapshot_open(reading->log, &reading->snapshot, &why);
    if (status == MZ_OK) {
        int64_t last_ms = mz_snapshot_last_unix_ms(reading->snapshot);
        past = reading->now_ms < last_ms && mz_args_has(&reading->args, "at");
        if (reading->now_ms < last_ms)
            reading->now_ms = last_ms; /* the log's time does not run backwards */
        reading->changes = mz_snapshot_changes(reading->snapshot);
        if (!past)
            status = view(reading, &made, &why);
    }
    if (past)
        code = mz_cli_usage(reading->cli, NULL, "--at 早于账本的最后一笔：这里只能看以后的时刻。",
                            "--at is before the ledger's last entry: only later moments can be "
                            "shown here.");
    else if (status != MZ_OK)
        code = mz_cli_refuse(reading->cli, &why);
    else if (reading->cli->json)
        code = mz_cli_json(reading->cli, json_incref(made));
    else
        print(reading->cli, made);
    json_decref(made);
    mz_snapshot_close(reading->snapshot);
    mz_log_close(reading->log);
    return code;
}

/* False: a usage error has been printed. */
static bool read_options(mz_cli *cli, const mz_option *options, int argc, char **argv,
                         mz_reading *reading)
{
    *reading = (mz_reading){.cli = cli,
                            .now_ms = mz_clock_now_unix_ms(),
                            .before = MZ_NEVER,
                            .before_day = MZ_NO_DAY,
                            .id = ""};
    if (!mz_args_parse(cli, options, argc, argv, &reading->args))
        return false;
    const char *at = mz_args_value(&reading->args, "at");
    if (at != NULL && !mz_time_parse(mz_view_of(at), &reading->now_ms)) {
        mz_cli_usage(cli, argv[0], "--at 应形如 2025-01-02T09:00:00。",
                     "--at must be like 2025-01-02T09:00:00.");
        return false;
    }
    return true;
}

/* --before, as the list has it. False: a usage error has been printed. */
static bool read_before(mz_reading *reading, mz_going_on going_on)
{
    const char *before = mz_args_value(&reading->args, "before");
    int32_t last_day;
    if (before == NULL)
        return true;
    if (going_on == BY_INDEX && mz_args_number(before, &reading->before))
        return true;
    if (going_on == BY_MONTH && mz_month_parse(mz_view_of(before), &reading->before_day, &last_day))
        return true;
    if (going_on == BY_MONTH)
        mz_cli_usage(reading->cli, "show", "--before 应为月份，如 2026-01。",
                     "--before must be a month, as 2026-01.");
    else if (going_on == BY_INDEX)
        mz_cli_usage(reading->cli, "show", "--before 应为第几笔。",
                     "--before must be an entry's number.");
    else
        mz_cli_usage(reading->cli, "show", "这不是列表，没有 --before。",
                     "This is no list: there is no --before.");
    return false;
}

static mz_exit unknown_thing(const mz_cli *cli, const char *given)
{
    const char *names[sizeof(SHOWN) / sizeof(SHOWN[0])];
    for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++)
        names[i] = SHOWN[i].name;
    const char *near = mz_nearest(given, names, sizeof(SHOWN) / sizeof(SHOWN[0]));
    if (near != NULL)
        return mz_cli_usage(cli, "show", "不能查看 %s；是不是 %s？",
                            "%s cannot be shown; did you mean %s?", given, near);
    return mz_cli_usage(cli, "show", "不能查看 %s。", "%s cannot be shown.", given);
}

mz_exit mz_run_show(mz_cli *cli, int argc, char **argv)
{
    mz_reading reading;
    if (!read_options(cli, OPTIONS, argc, argv, &reading))
        return MZ_EXIT_USAGE;
    if (reading.args.help) {
        mz_args_help(cli, mz_command_named("show"), OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (reading.args.count == 0)
        return mz_cli_usage(cli, "show", "请说明查看什么。", "Say what to show.");
    for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++) {
        if (strcmp(SHOWN[i].name, reading.args.at[0]) != 0)
            continue;
        size_t count = SHOWN[i].needs_id ? 3 : 2;
        if (!mz_args_count(cli, &reading.args, "show", count, count))
            return MZ_EXIT_USAGE;
        if (SHOWN[i].option != NULL && !mz_args_has(&reading.args, SHOWN[i].option))
            return mz_cli_usage(cli, "show", "%s", "%s", mz_say(cli, SHOWN[i].zh, SHOWN[i].en));
        if (SHOWN[i].needs_id)
            reading.id = reading.args.at[2];
        if (mz_cli_is_url(reading.args.at[1]))
            return mz_remote_show(cli, &reading.args, reading.args.at[1], SHOWN[i].name, reading.id,
                                  SHOWN[i].print);
        if (!read_before(&reading, SHOWN[i].before))
            return MZ_EXIT_USAGE;
        return read_and_print(&reading, reading.args.at[1], SHOWN[i].view, SHOWN[i].print);
    }
    return unknown_thing(cli, reading.args.at[0]);
}

static mz_status view_todo(mz_reading *reading, json_t **out, mz_reason *why)
{
    return mz_todo_view(reading->changes, mz_view_of(reading->id), reading->now_ms, out, why);
}

static mz_status view_trace(mz_reading *reading, json_t **out, mz_reason *why)
{
    uint64_t index;
    if (!mz_args_number(reading->id, &index))
        return not_a_number(reading->id, why);
    return mz_trace_view(reading->changes, index, reading->now_ms, out, why);
}

static mz_exit run_of_two(mz_cli *cli, int argc, char **argv, reading_view *view,
                          reading_print *print)
{
    mz_reading reading;
    if (!read_options(cli, AT_ONLY, argc, argv, &reading))
        return MZ_EXIT_USAGE;
    if (reading.args.help) {
        mz_args_help(cli, mz_command_named(argv[0]), AT_ONLY);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &reading.args, argv[0], 2, 2))
        return MZ_EXIT_USAGE;
    reading.id = reading.args.at[1];
    if (mz_cli_is_url(reading.args.at[0]))
        return mz_remote_show(cli, &reading.args, reading.args.at[0], argv[0], reading.id, print);
    return read_and_print(&reading, reading.args.at[0], view, print);
}

mz_exit mz_run_todo(mz_cli *cli, int argc, char **argv)
{
    return run_of_two(cli, argc, argv, view_todo, mz_print_todo);
}

mz_exit mz_run_trace(mz_cli *cli, int argc, char **argv)
{
    return run_of_two(cli, argc, argv, view_trace, mz_print_trace);
}
