#include "args.h"

#include <stdlib.h>
#include <string.h>

#include "table.h"

static const mz_option COMMON[] = {
    {"json",                          NULL, false, "结果与错误以 JSON 输出", "results and refusals as JSON"},
    {"lang",                          "zh|en", false, "语言；默认取自 LC_ALL、LC_MESSAGES、LANG",
     "language; by default from LC_ALL, LC_MESSAGES, LANG"},
    {"help", NULL, false, "本说明", "this help"},
    {0                         },
};

static const mz_option *option_named(const mz_option *options, const char *name, size_t size)
{
    for (; options->name != NULL; options++)
        if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
            return options;
    return NULL;
}

static bool unknown_option(const mz_cli *cli, const char *topic, const mz_option *options,
                           const char *given)
{
    const char *names[MZ_ARGS_MAX];
    size_t count = 0;
    for (; options[count].name != NULL && count < MZ_ARGS_MAX; count++)
        names[count] = options[count].name;
    const char *near = mz_nearest(given, names, count);
    if (near != NULL)
        mz_cli_usage(cli, topic, "没有选项 --%s；是不是 --%s？",
                     "There is no option --%s; did you mean --%s?", given, near);
    else
        mz_cli_usage(cli, topic, "没有选项 --%s。", "There is no option --%s.", given);
    return false;
}

/* One option at argv[*at]; moves *at past a separate value. */
static bool read_option(mz_cli *cli, const mz_option *options, int argc, char **argv, int *at,
                        mz_args *args)
{
    char name[64] = "";
    const char *text = argv[*at] + 2;
    const char *equals = strchr(text, '=');
    size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    snprintf(name, sizeof(name), "%.*s", (int)size, text);
    const mz_option *option = option_named(options, text, size);
    if (option == NULL)
        option = option_named(COMMON, text, size);
    if (option == NULL)
        return unknown_option(cli, argv[0], options, name);
    const char *value = equals == NULL ? "" : equals + 1;
    if (option->value == NULL && equals != NULL) {
        mz_cli_usage(cli, argv[0], "--%s 不带值。", "--%s takes no value.", name);
        return false;
    }
    if (option->value != NULL && equals == NULL) {
        if (*at + 1 >= argc) {
            mz_cli_usage(cli, argv[0], "--%s 后面缺少 %s。", "--%s needs %s after it.", name,
                         option->value);
            return false;
        }
        value = argv[++*at];
    }
    if (!option->repeats && mz_args_has(args, option->name)) {
        mz_cli_usage(cli, argv[0], "--%s 给了两次。", "--%s is given twice.", name);
        return false;
    }
    if (args->given_count == MZ_ARGS_MAX) {
        mz_cli_usage(cli, argv[0], "选项太多。", "There are too many options.");
        return false;
    }
    args->given[args->given_count].name = option->name;
    args->given[args->given_count++].value = value;
    return true;
}

bool mz_args_parse(mz_cli *cli, const mz_option *options, int argc, char **argv, mz_args *args)
{
    *args = (mz_args){0};
    bool options_over = false;
    for (int i = 1; i < argc; i++) {
        bool is_option = !options_over && strncmp(argv[i], "--", 2) == 0;
        if (is_option && argv[i][2] == '\0') {
            options_over = true;
        } else if (is_option) {
            if (!read_option(cli, options, argc, argv, &i, args))
                return false;
        } else if (!options_over && strcmp(argv[i], "-o") == 0 &&
                   option_named(options, "out", 3) != NULL && i + 1 < argc) {
            args->given[args->given_count].name = "out";
            args->given[args->given_count++].value = argv[++i];
        } else if (!options_over && argv[i][0] == '-' && argv[i][1] != '\0') {
            mz_cli_usage(cli, argv[0], "没有选项 %s。", "There is no option %s.", argv[i]);
            return false;
        } else if (args->count < MZ_ARGS_MAX) {
            args->at[args->count++] = argv[i];
        }
    }
    cli->json = mz_args_has(args, "json");
    args->help = mz_args_has(args, "help");
    return true;
}

const char *mz_args_value(const mz_args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].name, name) == 0)
            return args->given[i].value;
    return NULL;
}

bool mz_args_has(const mz_args *args, const char *name)
{
    return mz_args_value(args, name) != NULL;
}

bool mz_args_count(const mz_cli *cli, const mz_args *args, const char *argv0, size_t low,
                   size_t high)
{
    if (args->count >= low && args->count <= high)
        return true;
    if (args->count < low)
        mz_cli_usage(cli, argv0, "还缺参数。", "An argument is missing.");
    else
        mz_cli_usage(cli, argv0, "多余的参数 %s。", "There is an argument too many: %s.",
                     args->at[high]);
    return false;
}

bool mz_args_number(const char *text, uint64_t *value)
{
    if (text[0] == '\0' || strlen(text) > 18)
        return false;
    uint64_t number = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        number = number * 10 + (uint64_t)(*text - '0');
    }
    *value = number;
    return true;
}

void mz_options_print(const mz_cli *cli, const mz_option *options)
{
    for (const mz_option *option = options; option->name != NULL; option++) {
        char left[128];
        snprintf(left, sizeof(left), "  --%s%s%s", option->name, option->value == NULL ? "" : " ",
                 option->value == NULL ? "" : option->value);
        mz_text_pad(stdout, left, 30);
        printf("%s%s%s\n", mz_text_width(left) >= 30 ? "\n                              " : "",
               mz_say(cli, option->zh, option->en),
               option->repeats ? mz_say(cli, "（可重复）", " (may be repeated)") : "");
    }
}

void mz_args_help(const mz_cli *cli, const mz_command *command, const mz_option *options)
{
    printf("%s mingzhang %s %s\n\n%s\n\n%s\n", mz_say(cli, "用法：", "Usage:"), command->name,
           command->arguments, mz_say(cli, command->zh, command->en),
           mz_say(cli, "选项：", "Options:"));
    mz_options_print(cli, options);
    mz_options_print(cli, COMMON);
}

/* Edits (Levenshtein) between two short names; capped names compare by their beginnings. */
static size_t distance(const char *left, const char *right)
{
    size_t row[65];
    size_t left_size = strnlen(left, 64), right_size = strnlen(right, 64);
    for (size_t j = 0; j <= right_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= left_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= right_size; j++) {
            size_t best = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[right_size];
}

const char *mz_nearest(const char *wrong, const char *const *names, size_t name_count)
{
    const char *best = NULL;
    size_t best_distance = strlen(wrong) / 3 + 2;
    for (size_t i = 0; i < name_count; i++) {
        size_t edits = distance(wrong, names[i]);
        if (edits < best_distance) {
            best = names[i];
            best_distance = edits;
        }
    }
    return best;
}
