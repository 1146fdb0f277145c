#include "views_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/views.h"
#include "log/files.h"

/* ---- writing ---- */

static void submit(views_world *w, mz_buf *text)
{
    mz_submission submission;
    mz_reason why = {0};
    mz_submission_init(&submission, mz_buf_view(text));
    assert_int_equal(mz_log_append(w->log, &submission, 1, w->now_ms, &why), MZ_OK);
    if (submission.status != MZ_OK) {
        char sentence[512];
        mz_reason_text(&submission.why, MZ_ENGLISH, sentence, sizeof sentence);
        fail_msg("entry %d: %s", (int)w->count, sentence);
    }
    assert_int_equal(submission.index, w->count);
    assert_true(w->count < VIEWS_ENTRIES_MAX);
    mz_uuid_text(submission.entry.jti, w->jtis[w->count]);
    w->count++;
    mz_submission_clear(&submission);
}

/* `@N@` and `@@` become jtis. */
static void put_body(const views_world *w, const char *body, mz_buf *out)
{
    for (const char *at = body; *at != '\0';) {
        size_t size = strcspn(at, "@");
        mz_buf_put(out, (mz_view){(const uint8_t *)at, size});
        at += size;
        if (*at == '\0')
            break;
        char *end = (char *)(uintptr_t)(at + 1);
        const uint64_t index = at[1] == '@' ? w->count - 1 : strtoull(at + 1, &end, 10);
        assert_int_equal(*end, '@');
        assert_true(index < w->count);
        mz_buf_put_text(out, w->jtis[index]);
        at = end + 1;
    }
    assert_false(out->failed);
}

uint64_t views_write(views_world *w, const char *who, const char *event, const char *fund,
                     const char *body)
{
    mz_buf text, filled;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_buf_init(&filled, MZ_JWS_SIZE_MAX);
    put_body(w, body, &filled);
    w->now_ms += 60000;
    mz_sample_sign(who, w->count, w->now_ms, event, fund, (const char *)filled.data, &text);
    submit(w, &text);
    mz_buf_clear(&filled);
    mz_buf_clear(&text);
    return w->count - 1;
}

void views_enrol(views_world *w, const char *actor, const char *role, const char *more)
{
    mz_buf enrolled, confirmed;
    mz_buf_init(&enrolled, MZ_JWS_SIZE_MAX);
    mz_buf_init(&confirmed, MZ_JWS_SIZE_MAX);
    w->now_ms += 60000;
    mz_sample_enrol(actor, role, more, w->count, w->now_ms, &enrolled, &confirmed);
    submit(w, &enrolled);
    submit(w, &confirmed);
    mz_buf_clear(&enrolled);
    mz_buf_clear(&confirmed);
}

void views_vote(views_world *w, const char *who, const char *proposal, const char *choice)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    json_t *body = json_pack("{s:s, s:s}", "proposal", proposal, "choice", choice);
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    assert_int_equal(
        mz_ballot_complete(mz_snapshot_changes(snapshot), mz_view_of(who), body, w->now_ms, &why),
        MZ_OK);
    mz_snapshot_close(snapshot);
    char *text = json_dumps(body, JSON_COMPACT);
    assert_non_null(text);
    views_write(w, who, "vote.cast", "fund-a", text);
    free(text);
    json_decref(body);
}

void views_days_later(views_world *w, int days)
{
    w->now_ms += days * (int64_t)MZ_DAY_MS;
}

/* ---- the ledger ---- */

views_world *views_world_new(void)
{
    views_world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    const char *parent = getenv("TMPDIR");
    snprintf(w->root, sizeof w->root, "%s/mz-views-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(w->root));
    snprintf(w->dir, sizeof w->dir, "%s/ledger", w->root);
    mz_sample_signer("log", &w->signer);
    mz_log_options options = {.dir = w->dir, .signers = &w->signer, .signer_count = 1};
    mz_buf genesis;
    mz_reason why = {0};
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    w->now_ms = MZ_SAMPLE_START_MS;
    mz_sample_genesis(w->now_ms, &genesis);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&genesis), w->now_ms, &w->log, &why),
                     MZ_OK);
    mz_buf_clear(&genesis);
    w->count = 1;
    return w;
}

void views_world_free(views_world *w)
{
    mz_log_close(w->log);
    mz_folder_remove(w->root);
    free(w);
}

/* ---- looking up ---- */

static json_t *at_path(json_t *value, const char *path)
{
    char step[64];
    while (value != NULL && *path != '\0') {
        size_t size = strcspn(path, ".");
        assert_true(size < sizeof step);
        memcpy(step, path, size);
        step[size] = '\0';
        path += size + (path[size] == '.' ? 1 : 0);
        if (strcmp(step, "#") == 0)
            return json_integer((json_int_t)json_array_size(value));
        value = json_is_array(value) ? json_array_get(value, strtoul(step, NULL, 10))
                                     : json_object_get(value, step);
    }
    return value == NULL ? json_null() : json_incref(value);
}

void views_expect(mz_status status, const mz_reason *why, json_t *made, const char *path,
                  const char *want)
{
    if (path == NULL) {
        assert_string_equal(mz_status_code(status), want);
        assert_int_equal(why->status, status);
        assert_null(made);
        return;
    }
    assert_int_equal(status, MZ_OK);
    json_t *found = at_path(made, path);
    char *text = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_non_null(text);
    for (char *quote = text; (quote = strchr(quote, '"')) != NULL;)
        *quote = '\'';
    assert_string_equal(text, want);
    free(text);
    json_decref(found);
    json_decref(made);
}
