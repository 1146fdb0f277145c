/* witness.c — the log's witnesses: who they are, asking them now, and the pin that demands them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "ledger.h"
#include "log/witnessing.h"
#include "remote/witness_http.h"

static const mz_option OPTIONS[] = {
    {"second-place", "FILE", false, "总账印章的第二处，默认 DIR.checkpoint",
     "second place of the checkpoint; DIR.checkpoint"},
    {0        },
};

typedef struct work {
    const mz_cli *cli;
    const mz_args *args;
    mz_log *log;
    mz_log_witnesses witnesses;
    mz_reason why;
} work;

static mz_status load_witnesses(work *w)
{
    mz_snapshot *snapshot = NULL;
    mz_status status = mz_snapshot_open(w->log, &snapshot, &w->why);
    if (status == MZ_OK)
        status = mz_log_witnesses_load(mz_snapshot_changes(snapshot), &w->witnesses, &w->why);
    mz_snapshot_close(snapshot);
    return status;
}

/* ---- list ---- */

static json_t *witness_json(const mz_log_witness *witness)
{
    mz_buf vkey;
    mz_buf_init(&vkey, MZ_VKEY_TEXT_MAX);
    mz_vkey_put(&vkey, &witness->key);
    json_t *out = json_pack("{s:s, s:s%}", "name", witness->key.name, "vkey",
                            (const char *)vkey.data, vkey.size);
    if (witness->url[0] != '\0')
        (void)json_object_set_new(out, "url", json_string(witness->url));
    mz_buf_clear(&vkey);
    return out;
}

static mz_status witnessed_size(work *w, uint64_t *size, uint64_t *witnessed)
{
    mz_snapshot *snapshot = NULL;
    mz_status status = mz_snapshot_open(w->log, &snapshot, &w->why);
    if (status == MZ_OK) {
        *size = mz_snapshot_size(snapshot);
        status = mz_snapshot_witnessed(snapshot, witnessed, &w->why);
    }
    mz_snapshot_close(snapshot);
    return status;
}

static mz_exit list(work *w)
{
    uint64_t size = 0, witnessed = 0;
    if (witnessed_size(w, &size, &witnessed) != MZ_OK)
        return mz_cli_refuse(w->cli, &w->why);
    if (w->cli->json) {
        json_t *all = json_array();
        for (size_t i = 0; i < w->witnesses.count; i++)
            (void)json_array_append_new(all, witness_json(&w->witnesses.items[i]));
        return mz_cli_json(w->cli,
                           json_pack("{s:I, s:I, s:I, s:o}", "quorum",
                                     (json_int_t)w->witnesses.quorum, "size", (json_int_t)size,
                                     "witnessed", (json_int_t)witnessed, "witnesses", all));
    }
    printf(mz_say(w->cli, "见证人 %zu 位，至少需要 %u 位；共 %llu 笔，已见证到第 %llu 笔\n",
                  "%zu witnesses, a quorum of %u; %llu entries, witnessed up to %llu\n"),
           w->witnesses.count, w->witnesses.quorum, (unsigned long long)size,
           (unsigned long long)witnessed);
    for (size_t i = 0; i < w->witnesses.count; i++)
        printf("  %s  %s\n", w->witnesses.items[i].key.name, w->witnesses.items[i].url);
    return MZ_EXIT_DONE;
}

/* ---- ask ---- */

/* clang-format off */
static const struct {
    mz_witness_step step;
    const char *code, *zh, *en;
} STEPS[] = {
    {MZ_STEP_DONE,   "cosigned", "已见证",                               "cosigned"},
    {MZ_STEP_AGAIN,  "later",    "没有见证",                             "not cosigned"},
    {MZ_STEP_LATER,  "later",    "没有见证",                             "not cosigned"},
    {MZ_STEP_AHEAD,  "ahead",    "警报：它见过更多的笔，这里是旧副本或分叉",
     "ALARM: it knows a larger size; this is an old copy or a fork"},
    {MZ_STEP_FORKED, "forked",   "警报：它见过的不是这本账的开头",       "ALARM: it saw another history"},
};
/* clang-format on */

static size_t step_row(mz_witness_step step)
{
    size_t i = 0;
    while (STEPS[i].step != step)
        i++;
    return i;
}

/* One witness; a reason in `why` unless it cosigned. */
static mz_status ask_one(work *w, const mz_log_witness *witness, mz_asked *asked, mz_reason *why)
{
    const mz_log_borrow log = mz_log_borrow_kv(mz_log_kv(w->log));
    const mz_witness_transport http = mz_witness_over_http(NULL);
    void *connection = NULL;
    uint64_t old_size = 0;
    asked->step = MZ_STEP_LATER;
    if (witness->url[0] == '\0')
        return mz_refuse(why, MZ_MISSING_MEMBER, mz_words("path", "url"));
    mz_status status = http.open(http.context, &connection, why);
    if (status == MZ_OK)
        status = mz_witness_ask(&log, &http, connection, witness, &old_size, asked, why);
    if (status != MZ_OK)
        asked->step = MZ_STEP_LATER;
    if (connection != NULL)
        http.close(connection);
    return status;
}

static void tell_one(const mz_cli *cli, const mz_log_witness *witness, const mz_asked *asked,
                     const mz_reason *why, json_t *answers)
{
    const size_t row = step_row(asked->step);
    char reason[600] = "";
    if (asked->step != MZ_STEP_DONE)
        mz_reason_text(why, cli->language, reason, sizeof reason);
    if (!cli->json) {
        printf("%s: %s%s%s\n", witness->key.name, mz_say(cli, STEPS[row].zh, STEPS[row].en),
               reason[0] != '\0' ? ". " : "", reason);
        return;
    }
    json_t *answer = json_pack("{s:s, s:s}", "name", witness->key.name, "answer", STEPS[row].code);
    if (asked->step == MZ_STEP_AHEAD)
        (void)json_object_set_new(answer, "known", json_integer((json_int_t)asked->known));
    if (asked->step != MZ_STEP_DONE)
        (void)json_object_set_new(answer, "reason", mz_reason_json(why));
    (void)json_array_append_new(answers, answer);
}

static mz_exit ask(work *w)
{
    uint64_t size = 0;
    uint32_t cosigned = 0;
    bool alarm = false;
    json_t *answers = json_array();
    mz_progress progress;
    mz_progress_begin(&progress, w->cli, "正在请见证人签名", "asking witnesses");
    for (size_t i = 0; i < w->witnesses.count; i++) {
        mz_asked asked = {0};
        mz_reason why = {0};
        mz_progress_step(&progress, i, w->witnesses.count);
        if (ask_one(w, &w->witnesses.items[i], &asked, &why) == MZ_OK && asked.size > size)
            size = asked.size;
        cosigned += asked.step == MZ_STEP_DONE ? 1 : 0;
        alarm |= asked.step == MZ_STEP_AHEAD || asked.step == MZ_STEP_FORKED;
        tell_one(w->cli, &w->witnesses.items[i], &asked, &why, answers);
    }
    mz_progress_end(&progress);
    const bool enough = cosigned >= w->witnesses.quorum && !alarm;
    if (w->cli->json)
        (void)mz_cli_json(w->cli, json_pack("{s:I, s:i, s:I, s:b, s:O}", "size", (json_int_t)size,
                                            "cosigned", (int)cosigned, "quorum",
                                            (json_int_t)w->witnesses.quorum, "alarm", alarm,
                                            "answers", answers));
    json_decref(answers);
    return enough ? MZ_EXIT_DONE : MZ_EXIT_TROUBLE;
}

/* ---- pin ---- */

#define GROUP_NAME "witnesses"

static mz_status read_pin(work *w, mz_policy **pin)
{
    char path[MZ_LOG_PATH_MAX];
    mz_buf text;
    if (!mz_log_pin_path(mz_log_dir(w->log), mz_log_origin(w->log), path, sizeof path))
        return mz_refuse(&w->why, MZ_IO, mz_words("cause", mz_log_dir(w->log)));
    mz_status status = mz_cli_read_file(path, MZ_POLICY_SIZE_MAX, &text, &w->why);
    if (status != MZ_OK)
        return status;
    status = mz_pin_parse(w->cli->hasher, mz_buf_view(&text), pin, &w->why);
    mz_buf_clear(&text);
    return status;
}

/* The key that signs now, where the pin does not know it yet. */
static mz_status add_log_key(work *w, mz_policy *pin)
{
    mz_snapshot *snapshot = NULL;
    uint8_t key[MZ_KEY_SIZE];
    mz_vkey vkey;
    assert(pin != NULL);
    mz_status status = mz_snapshot_open(w->log, &snapshot, &w->why);
    if (status == MZ_OK)
        status = mz_rules_log_key(mz_snapshot_changes(snapshot), key, &w->why);
    mz_snapshot_close(snapshot);
    if (status == MZ_OK)
        status = mz_vkey_make(w->cli->hasher, mz_view_of(mz_log_origin(w->log)), MZ_VKEY_ED25519,
                              key, &vkey, &w->why);
    for (size_t i = 0; status == MZ_OK && i < pin->log_count; i++) {
        if (memcmp(pin->logs[i].key.public_key, key, sizeof key) == 0)
            return MZ_OK;
    }
    if (status == MZ_OK && pin->log_count == MZ_POLICY_LOGS_MAX)
        status = mz_refuse(&w->why, MZ_TOO_MANY, mz_words("path", "log"),
                           mz_count("count", MZ_POLICY_LOGS_MAX + 1), mz_count("low", 1),
                           mz_count("limit", MZ_POLICY_LOGS_MAX));
    if (status == MZ_OK)
        pin->logs[pin->log_count++] = (mz_policy_log){.key = vkey};
    return status;
}

/* The witnesses in force in the place of those that the pin had: any of them, as many as the log's
 * quorum. */
static void set_witnesses(const mz_log_witnesses *witnesses, mz_policy *pin)
{
    mz_policy_group *group = &pin->groups[0];
    pin->witness_count = witnesses->count;
    for (size_t i = 0; i < witnesses->count; i++) {
        mz_policy_witness *named = &pin->witnesses[i];
        *named = (mz_policy_witness){.key = witnesses->items[i].key};
        snprintf(named->name, sizeof named->name, "w%zu", i + 1);
        snprintf(named->url, sizeof named->url, "%s", witnesses->items[i].url);
    }
    pin->group_count = witnesses->quorum > 0 ? 1 : 0;
    pin->quorum = (mz_policy_member){witnesses->quorum > 0 ? MZ_POLICY_GROUP : MZ_POLICY_NONE, 0};
    *group = (mz_policy_group){
        .name = GROUP_NAME, .threshold = witnesses->quorum, .member_count = witnesses->count};
    for (size_t i = 0; i < witnesses->count; i++)
        group->members[i] = (mz_policy_member){MZ_POLICY_WITNESS, i};
}

static mz_exit pin_now(work *w)
{
    mz_policy *pin = NULL;
    mz_buf text;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    mz_status status = read_pin(w, &pin);
    if (status == MZ_OK)
        status = add_log_key(w, pin);
    if (status == MZ_OK) {
        set_witnesses(&w->witnesses, pin);
        mz_policy_put(&text, pin);
        if (text.failed)
            status = mz_refuse(&w->why, MZ_NO_MEMORY);
    }
    mz_policy_free(pin);
    mz_exit code = MZ_EXIT_DONE;
    if (status != MZ_OK)
        code = mz_cli_refuse(w->cli, &w->why);
    else if (w->cli->json)
        code = mz_cli_json(w->cli, json_pack("{s:s%}", "pin", (const char *)text.data, text.size));
    else
        (void)fwrite(text.data, 1, text.size, stdout);
    mz_buf_clear(&text);
    return code;
}

/* ---- all ---- */

static const struct {
    const char *name;
    mz_exit (*run)(work *w);
    bool writes;
} VERBS[] = {
    {"list", list,    false},
    {"ask",  ask,     true },
    {"pin",  pin_now, false},
};

static mz_exit run_verb(const mz_cli *cli, const mz_args *args, size_t verb)
{
    mz_exit code = MZ_EXIT_TROUBLE;
    const mz_log_options options = {.dir = args->at[1],
                                    .read_only = !VERBS[verb].writes,
                                    .second_place = mz_args_value(args, "second-place")};
    work *w = calloc(1, sizeof *w);
    if (w == NULL)
        return code;
    w->cli = cli;
    w->args = args;
    mz_status status = mz_log_open(&options, &w->log, &w->why);
    if (status == MZ_OK)
        status = load_witnesses(w);
    code = status == MZ_OK ? VERBS[verb].run(w) : mz_cli_refuse(cli, &w->why);
    mz_log_close(w->log);
    free(w);
    return code;
}

mz_exit mz_run_witness(mz_cli *cli, int argc, char **argv)
{
    mz_args args;
    if (!mz_args_parse(cli, OPTIONS, argc, argv, &args))
        return MZ_EXIT_USAGE;
    if (args.help) {
        mz_args_help(cli, mz_command_named("witness"), OPTIONS);
        return MZ_EXIT_DONE;
    }
    if (!mz_args_count(cli, &args, argv[0], 2, 2) || mz_cli_refuses_url(cli, argv[0], args.at[1]))
        return MZ_EXIT_USAGE;
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        if (strcmp(args.at[0], VERBS[i].name) == 0)
            return run_verb(cli, &args, i);
    }
    return mz_cli_usage(cli, "witness", "应为 witness list、ask 或 pin，而不是 %s。",
                        "It is witness list, ask or pin, not %s.", args.at[0]);
}
