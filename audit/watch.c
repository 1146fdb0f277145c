#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare.h"
#include "core/date.h"
#include "core/event.h"
#include "core/json.h"
#include "core/note.h"
#include "fork.h"
#include "parts.h"

#define FORMAT "mingzhang-watch-1"
#define ALARMS_SIZE_MAX (16u << 20)
#define SENTENCE_MAX 2048

typedef struct watch {
    const mz_watch_options *options;
    mz_watch_result *result;
    json_t *memory; /* alarms.json */
    json_t *known;  /* of it: {key: alarm} */
    json_t *now;    /* what stands in this round: {key: alarm} */
    mz_reason *why;
} watch;

/* --- files --- */

static bool path_of(const watch *w, const char *name, char path[MZ_WATCH_PATH_MAX])
{
    const int size = snprintf(path, MZ_WATCH_PATH_MAX, "%s/%s", w->options->state_dir, name);
    return size > 0 && size < MZ_WATCH_PATH_MAX;
}

static mz_status refuse_file(const char *path, mz_reason *why)
{
    char cause[300];
    const mz_status status = errno == ENOSPC ? MZ_FULL : MZ_IO;
    (void)snprintf(cause, sizeof cause, "%s: %s", path, strerror(errno));
    return mz_refuse(why, status, mz_words("cause", cause));
}

static bool write_all(int file, mz_view bytes)
{
    while (bytes.size > 0) {
        const ssize_t put = write(file, bytes.data, bytes.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes.data += put;
        bytes.size -= (size_t)put;
    }
    return true;
}

/* The old file or the new one, whatever happens. */
static mz_status replace_file(watch *w, const char *name, mz_view bytes)
{
    char path[MZ_WATCH_PATH_MAX], beside[MZ_WATCH_PATH_MAX + 8];
    if (!path_of(w, name, path))
        return mz_refuse(w->why, MZ_IO, mz_words("cause", "--state"));
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    const int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return refuse_file(beside, w->why);
    const bool written = write_all(file, bytes) && fsync(file) == 0;
    const mz_status status = written ? MZ_OK : refuse_file(beside, w->why);
    if (close(file) == 0 && written && rename(beside, path) == 0)
        return MZ_OK;
    (void)unlink(beside);
    return status == MZ_OK ? refuse_file(path, w->why) : status;
}

static mz_status save(watch *w)
{
    mz_buf text;
    mz_buf_init(&text, ALARMS_SIZE_MAX);
    mz_status status = mz_json_print(w->memory, &text);
    mz_buf_put_text(&text, "\n");
    if (status == MZ_OK)
        status = replace_file(w, "alarms.json", mz_buf_view(&text));
    else
        status = mz_refuse(w->why, MZ_NO_MEMORY);
    mz_buf_clear(&text);
    return status;
}

static mz_status new_memory(watch *w)
{
    w->memory = json_pack("{s:s, s:{}}", "format", FORMAT, "alarms");
    return w->memory == NULL ? mz_refuse(w->why, MZ_NO_MEMORY) : MZ_OK;
}

static mz_status load(watch *w)
{
    char path[MZ_WATCH_PATH_MAX];
    mz_buf text;
    json_error_t error;
    if (!path_of(w, "alarms.json", path))
        return mz_refuse(w->why, MZ_IO, mz_words("cause", "--state"));
    if (access(path, F_OK) != 0)
        return new_memory(w);
    mz_buf_init(&text, ALARMS_SIZE_MAX + 16384);
    mz_status status = mz_audit_read_file(path, ALARMS_SIZE_MAX, &text, w->why);
    if (status == MZ_OK) {
        w->memory = json_loadb((const char *)text.data, text.size, 0, &error);
        const char *format = json_string_value(json_object_get(w->memory, "format"));
        if (format == NULL || strcmp(format, FORMAT) != 0 ||
            !json_is_object(json_object_get(w->memory, "alarms")))
            status = mz_refuse(w->why, MZ_NOT_A_LEDGER, mz_words("path", path),
                               mz_words("cause", MZ_BOTH("不是守望的记录；请换一个 --state",
                                                         "not the record of a watch; name another "
                                                         "--state")));
    }
    mz_buf_clear(&text);
    return status;
}

static mz_status set_up(watch *w)
{
    if (mkdir(w->options->state_dir, 0755) != 0 && errno != EEXIST)
        return refuse_file(w->options->state_dir, w->why);
    const mz_status status = load(w);
    w->known = json_object_get(w->memory, "alarms");
    w->now = json_object();
    if (status == MZ_OK && w->now == NULL)
        return mz_refuse(w->why, MZ_NO_MEMORY);
    return status;
}

/* --- what stands --- */

/* Takes `alarm`. */
static mz_status add(watch *w, const char *key, json_t *alarm)
{
    const json_t *known = json_object_get(w->known, key);
    const json_t *first = json_object_get(known, "first_ms");
    json_object_set_new(
        alarm, "first_ms",
        json_integer(first != NULL ? json_integer_value(first) : (json_int_t)w->options->now_ms));
    return json_object_set_new(w->now, key, alarm) == 0 ? MZ_OK : mz_refuse(w->why, MZ_NO_MEMORY);
}

/* The proof of a fork against the last checkpoint that was proved, beside it; NULL: there is none.
 * It is worth having and no reason to be silent when it cannot be made. */
static json_t *prove_fork(watch *w)
{
    char kept[MZ_WATCH_PATH_MAX], name[64], path[MZ_WATCH_PATH_MAX];
    mz_compare_verdict verdict = MZ_COMPARE_SAME;
    json_t *report = NULL, *out = NULL;
    mz_buf fork;
    mz_reason reason = {0};
    if (!path_of(w, "checkpoint", kept) || access(kept, F_OK) != 0)
        return NULL;
    mz_buf_init(&fork, MZ_FORK_SIZE_MAX);
    const mz_compare_options compare = {
        .a = kept,
        .b = w->options->log.path,
        .pin_file = w->options->pin_file,
        .log = {.ca_file = w->options->log.ca_file,
                .answer_ms = w->options->log.answer_ms,
                .tries = w->options->log.tries,
                .wait_ms = w->options->log.wait_ms}
    };
    if (mz_compare(&compare, &verdict, &report, &fork, &reason) == MZ_OK &&
        verdict == MZ_COMPARE_FORKED) {
        const json_t *newer = json_object_get(report, "newer");
        (void)snprintf(name, sizeof name, "fork-%lld.txt",
                       (long long)json_integer_value(json_object_get(newer, "size")));
        if (path_of(w, name, path) && replace_file(w, name, mz_buf_view(&fork)) == MZ_OK)
            out = json_string(path);
    }
    mz_buf_clear(&fork);
    json_decref(report);
    return out;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* Where the place is an entry, another entry is another alarm; a size grows from round to round. */
static bool is_of_an_entry(const char *code)
{
    static const mz_failure ENTRIES[] = {MZ_X_LEAF, MZ_X_SIGNATURE, MZ_X_TIME,
                                         MZ_X_RULE, MZ_X_ALTERED,   MZ_X_MOVED};
    for (size_t i = 0; i < sizeof ENTRIES / sizeof ENTRIES[0]; i++) {
        if (strcmp(code, mz_failure_row_of(ENTRIES[i])->code) == 0)
            return true;
    }
    return false;
}

/* How many rounds in a row something has been so. */
static json_int_t count_round(watch *w, const char *what, bool so)
{
    const json_int_t rounds = so ? json_integer_value(json_object_get(w->memory, what)) + 1 : 0;
    json_object_set_new(w->memory, what, json_integer(rounds));
    return rounds;
}

static mz_status see_failure(watch *w, const json_t *failure)
{
    char key[128], zh[SENTENCE_MAX], en[SENTENCE_MAX];
    const char *code = text_of(failure, "code");
    const json_int_t index = json_integer_value(json_object_get(failure, "index"));
    const json_t *reason = json_object_get(failure, "reason");
    const bool forked = strcmp(code, mz_failure_row_of(MZ_X_STATE)->code) == 0;
    const bool unwitnessed = strcmp(code, mz_failure_row_of(MZ_X_QUORUM)->code) == 0;
    /* witnesses sign a while after the log: only a lasting lack is an alarm */
    if (count_round(w, "unwitnessed", unwitnessed) < MZ_WATCH_ROUNDS && unwitnessed)
        return MZ_OK;
    (void)snprintf(key, sizeof key, "broken %s %lld", code,
                   is_of_an_entry(code) ? (long long)index : -1);
    (void)snprintf(zh, sizeof zh, "失信（%lld）：%s%s", (long long)index, text_of(failure, "zh"),
                   text_of(reason, "zh"));
    (void)snprintf(en, sizeof en, "Broken promise (%lld): %s%s%s", (long long)index,
                   text_of(failure, "en"), reason != NULL ? " " : "", text_of(reason, "en"));
    json_t *alarm = json_pack("{s:s, s:s, s:I, s:s, s:s}", "alarm", "broken", "code", code, "index",
                              index, "zh", zh, "en", en);
    json_t *proof = forked && json_object_get(w->known, key) == NULL ? prove_fork(w) : NULL;
    if (proof != NULL)
        json_object_set_new(alarm, "proof", proof);
    return add(w, key, alarm);
}

static mz_status see_due(watch *w, const json_t *due)
{
    char key[512], zh[SENTENCE_MAX], en[SENTENCE_MAX], until[MZ_TIME_TEXT_SIZE];
    const char *event = text_of(due, "do"), *fund = text_of(due, "fund");
    const char *about = text_of(due, "about");
    const json_int_t index = json_integer_value(json_object_get(due, "index"));
    const json_int_t until_ms = json_integer_value(json_object_get(due, "until_ms"));
    const bool overdue = json_is_true(json_object_get(due, "overdue"));
    const mz_event_row *row = mz_event_row_named(mz_view_of(event));
    mz_time_text(until_ms, until);
    (void)snprintf(key, sizeof key, "%s %s %lld %s %lld", overdue ? "overdue" : "due", event,
                   (long long)index, about, (long long)until_ms);
    (void)snprintf(zh, sizeof zh, "%s：%s，%s %s（第 %lld 笔），期限 %s",
                   overdue ? "逾期" : "将到期", row->zh, fund, about, (long long)index, until);
    (void)snprintf(en, sizeof en, "%s: %s (%s), %s %s (entry %lld), by %s",
                   overdue ? "Overdue" : "Due soon", row->en, event, fund, about, (long long)index,
                   until);
    json_t *alarm =
        json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:s, s:s}", "alarm",
                  overdue ? "overdue" : "due", "code", event, "do", event, "index", index, "fund",
                  fund, "about", about, "until_ms", until_ms, "zh", zh, "en", en);
    return add(w, key, alarm);
}

/* There are more than one round lists: that is told, with the number of those listed. */
static mz_status see_more(watch *w)
{
    return add(w, "more",
               json_pack("{s:s, s:s, s:s, s:s}", "alarm", "overdue", "code", "more", "zh",
                         "逾期或将到期的事太多，没有全部列出", "en",
                         "More is overdue or due soon than can be listed"));
}

static bool is_deadline(const json_t *alarm)
{
    const char *kind = text_of(alarm, "alarm");
    return strcmp(kind, "due") == 0 || strcmp(kind, "overdue") == 0;
}

/* What was told and could not be looked at now stands: all of it, or deadlines alone. */
static mz_status carry_over(watch *w, bool all)
{
    const char *key;
    json_t *alarm;
    json_object_foreach(w->known, key, alarm)
    {
        if ((all || is_deadline(alarm)) && json_object_get(w->now, key) == NULL &&
            json_object_set(w->now, key, alarm) != 0)
            return mz_refuse(w->why, MZ_NO_MEMORY);
    }
    return MZ_OK;
}

static mz_status see_report(watch *w, const json_t *report)
{
    const json_t *failure = json_object_get(report, "failure");
    mz_status status = MZ_OK;
    size_t i;
    json_t *due;
    w->result->looked = true;
    w->result->size = (uint64_t)json_integer_value(json_object_get(report, "size"));
    if (failure != NULL)
        status = see_failure(w, failure);
    else
        (void)count_round(w, "unwitnessed", false);
    json_array_foreach(json_object_get(report, "due"), i, due)
    {
        if (status == MZ_OK)
            status = see_due(w, due);
    }
    if (status == MZ_OK && json_is_true(json_object_get(report, "due_more")))
        status = see_more(w);
    if (status == MZ_OK && json_object_get(report, "as_of_ms") == NULL)
        status = carry_over(w, false); /* the replay did not come to the end */
    if (status != MZ_OK || failure != NULL)
        return status;
    const char *note = json_string_value(json_object_get(report, "checkpoint"));
    return note == NULL ? MZ_OK : replace_file(w, "checkpoint", mz_view_of(note));
}

/* The log could not be read. */
static mz_status see_silence(watch *w, const mz_reason *why)
{
    char zh[SENTENCE_MAX], en[SENTENCE_MAX];
    w->result->why = *why;
    const mz_status status = carry_over(w, true);
    if (status != MZ_OK || count_round(w, "unanswered", true) < MZ_WATCH_ROUNDS)
        return status;
    mz_reason_text(why, MZ_CHINESE, zh, sizeof zh);
    mz_reason_text(why, MZ_ENGLISH, en, sizeof en);
    return add(w, "unreachable",
               json_pack("{s:s, s:s, s:s, s:s}", "alarm", "unreachable", "code",
                         mz_status_code(why->status), "zh", zh, "en", en));
}

/* --- telling --- */

static bool tell(const watch *w, json_t *alarm, const char *event)
{
    json_object_set_new(alarm, "event", json_string(event));
    json_object_set_new(alarm, "at_ms", json_integer((json_int_t)w->options->now_ms));
    return w->options->tell(w->options->context, alarm);
}

/* What is new is told and remembered one by one, so that a program that dies tells at most one
 * thing twice. */
static mz_status tell_new(watch *w)
{
    const char *key;
    json_t *alarm;
    mz_status status = MZ_OK;
    json_object_foreach(w->now, key, alarm)
    {
        if (status != MZ_OK || json_object_get(w->known, key) != NULL || !tell(w, alarm, "raised"))
            continue;
        w->result->told++;
        status =
            json_object_set(w->known, key, alarm) == 0 ? save(w) : mz_refuse(w->why, MZ_NO_MEMORY);
    }
    return status;
}

static mz_status tell_cleared(watch *w)
{
    const char *key;
    json_t *alarm;
    void *next;
    mz_status status = MZ_OK;
    json_object_foreach_safe(w->known, next, key, alarm)
    {
        if (status != MZ_OK || json_object_get(w->now, key) != NULL || !tell(w, alarm, "cleared"))
            continue;
        w->result->cleared++;
        json_object_del(w->known, key);
        status = save(w);
    }
    return status;
}

/* --- a round --- */

static mz_status look(watch *w)
{
    char state[MZ_WATCH_PATH_MAX];
    mz_audit_result audited = {0};
    mz_reason reason = {0};
    const mz_watch_options *o = w->options;
    if (!path_of(w, "audit", state))
        return mz_refuse(w->why, MZ_IO, mz_words("cause", "--state"));
    const mz_audit_options audit = {.path = o->log.path,
                                    .pin_file = o->pin_file,
                                    .state_dir = state,
                                    .as_of_ms = o->now_ms,
                                    .due_days = o->due_days,
                                    .threads = o->threads,
                                    .ca_file = o->log.ca_file,
                                    .answer_ms = o->log.answer_ms,
                                    .tries = o->log.tries,
                                    .wait_ms = o->log.wait_ms};
    mz_status status = mz_audit_run(&audit, &audited, &reason);
    if (status == MZ_OK) {
        (void)count_round(w, "unanswered", false);
        status = see_report(w, audited.report);
        mz_audit_result_clear(&audited);
        return status;
    }
    if (status == MZ_IO || status == MZ_NOT_A_LEDGER)
        return see_silence(w, &reason);
    if (w->why->status == MZ_OK)
        *w->why = reason;
    return status;
}

static void count(const watch *w)
{
    const char *key;
    json_t *alarm;
    json_object_foreach(w->now, key, alarm)
    {
        if (is_deadline(alarm))
            w->result->due++;
        else if (strcmp(text_of(alarm, "alarm"), "broken") == 0)
            w->result->broken++;
    }
}

mz_status mz_watch_round(const mz_watch_options *options, mz_watch_result *result, mz_reason *why)
{
    mz_reason own = {0};
    watch w = {.options = options, .result = result, .why = why != NULL ? why : &own};
    *result = (mz_watch_result){0};
    mz_status status = set_up(&w);
    if (status == MZ_OK)
        status = look(&w);
    if (status == MZ_OK) {
        count(&w);
        status = tell_new(&w);
    }
    if (status == MZ_OK)
        status = tell_cleared(&w);
    if (status == MZ_OK)
        status = save(&w);
    json_decref(w.memory);
    json_decref(w.now);
    return status;
}
