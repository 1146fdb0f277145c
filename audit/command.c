#include "command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/language.h"

const char *mz_command_say(const mz_command *command, const char *zh, const char *en)
{
    return command->language == MZ_CHINESE ? zh : en;
}

mz_exit mz_command_usage(const mz_command *command, const char *zh, const char *en,
                         const char *what)
{
    fprintf(stderr, "mingzhang-audit: %s%s%s\n", mz_command_say(command, zh, en),
            what[0] != '\0' ? " " : "", what);
    fputs(mz_command_say(command, "用法见：mingzhang-audit --help\n",
                         "See: mingzhang-audit --help\n"),
          stderr);
    return MZ_EXIT_USAGE;
}

mz_exit mz_command_help(const mz_command *command)
{
    fputs(mz_command_say(command, command->help_zh, command->help_en), stdout);
    return MZ_EXIT_PROVED;
}

mz_exit mz_command_refuse(const mz_command *command, const mz_reason *why)
{
    char zh[1024], en[1024];
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    fprintf(stderr, "mingzhang-audit: %s [%s]\n", mz_command_say(command, zh, en),
            mz_status_code(why->status));
    if (command->json) {
        json_t *out = json_pack("{s:b, s:s, s:s, s:s}", "proved", 0, "code",
                                mz_status_code(why->status), "zh", zh, "en", en);
        mz_command_json(out, stdout);
        json_decref(out);
    }
    return mz_audit_exit(why->status);
}

void mz_command_json(const json_t *value, FILE *out)
{
    (void)json_dumpf(value, out, isatty(fileno(out)) ? JSON_INDENT(2) : JSON_COMPACT);
    (void)putc('\n', out);
}

void mz_command_progress(void *context, uint64_t done, uint64_t total)
{
    mz_command *command = context;
    const int64_t now_ms = mz_clock_steady_ms();
    if (now_ms - command->started_ms < 1000 || now_ms - command->shown_ms < 200 ||
        !isatty(STDERR_FILENO))
        return;
    command->shown_ms = now_ms;
    fprintf(stderr, "\r%s %llu / %llu\033[K",
            mz_command_say(command, command->progress_zh, command->progress_en),
            (unsigned long long)done, (unsigned long long)total);
}

void mz_command_progress_end(mz_command *command)
{
    if (command->shown_ms != 0)
        fputs("\r\033[K", stderr);
    command->shown_ms = 0;
}

bool mz_command_number(const mz_command *command, const char *text, const char *option, int64_t max,
                       int64_t *number)
{
    char *end = NULL;
    if (text == NULL)
        return true;
    const long long value = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 1 || value > max) {
        (void)mz_command_usage(command, "这个选项的值不对：",
                               "this option has no acceptable value:", option);
        return false;
    }
    *number = value;
    return true;
}

static bool is_option(const char *word, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(word, name, size) == 0 && (word[size] == '\0' || word[size] == '=');
}

static const mz_option *option_of(const mz_option *options, const char *word)
{
    for (; options->name != NULL; options++) {
        if (is_option(word, options->name))
            return options;
    }
    return NULL;
}

/* Takes an option with all that belongs to it. */
static bool take(const mz_option *option, int argc, char **argv, int *i)
{
    const char *equals = argv[*i] + strlen(option->name);
    if (option->flag != NULL) {
        *option->flag = true;
        return *equals == '\0';
    }
    const char *value = *equals == '=' ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
    if (value == NULL || (option->count != NULL && *option->count == option->value_max))
        return false;
    assert(option->value != NULL); /* no flag */
    option->value[option->count == NULL ? 0 : (*option->count)++] = value;
    return true;
}

mz_exit mz_command_parse(mz_command *command, const mz_option *options, int argc, char **argv,
                         const char **words, size_t word_max, size_t *word_count)
{
    const char *language = NULL;
    const mz_option common[] = {
        {.name = "--json",        .flag = &command->json},
        {.name = "--help",                       .flag = &command->help},
        {.name = "-h",.flag = &command->help},
        {.name = "--lang",            .value = &language},
        {0                      },
    };
    *word_count = 0;
    for (int i = 1; i < argc; i++) {
        const char *given = argv[i];
        const mz_option *option = option_of(common, given);
        if (option == NULL)
            option = option_of(options, given);
        if (option != NULL && !take(option, argc, argv, &i))
            return mz_command_usage(command, "这个选项的值不对：",
                                    "this option has no acceptable value:", given);
        if (option != NULL)
            continue;
        if (given[0] == '-' || *word_count == word_max)
            return mz_command_usage(command, "不认识：", "not understood:", given);
        words[(*word_count)++] = given;
    }
    if (language != NULL && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)
        return mz_command_usage(command, "这个选项的值不对：",
                                "this option has no acceptable value:", "--lang");
    if (language != NULL)
        command->language = language[0] == 'z' ? MZ_CHINESE : MZ_ENGLISH;
    return MZ_EXIT_PROVED;
}
