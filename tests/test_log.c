/* test_log.c — creating, appending, reading and proving: the promises of log/log.h. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/receipt.h"
#include "core/uuid.h"
#include "kv/lmdb.h"
#include "log/backup.h"
#include "log/bundle.h"
#include "log/check.h"
#include "log/files.h"
#include "log_fixture.h"

#define START MZ_SAMPLE_START_MS
#define DAY_MS (INT64_C(24) * 3600 * 1000)

typedef struct place {
    char root[64]; /* a folder of the test's own */
    char dir[80];
    char second[96];
    mz_signer signers[2];
    mz_log_options options;
} place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    const char *parent = getenv("TMPDIR");
    snprintf(p->root, sizeof p->root, "%s/mz-log-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(p->root));
    snprintf(p->dir, sizeof p->dir, "%s/ledger", p->root);
    snprintf(p->second, sizeof p->second, "%s/ledger.checkpoint", p->root);
    mz_sample_signer("log", &p->signers[0]);
    p->options = (mz_log_options){.dir = p->dir, .signers = p->signers, .signer_count = 1};
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    mz_folder_remove(p->root);
    free(p);
    return 0;
}

static mz_log *create(place *p)
{
    mz_buf genesis;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(START, &genesis);
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, &why), MZ_OK);
    mz_buf_clear(&genesis);
    return log;
}

static mz_log *reopen(place *p, mz_log *log)
{
    mz_reason why = {0};
    mz_log_close(log);
    log = NULL;
    assert_int_equal(mz_log_open(&p->options, &log, &why), MZ_OK);
    return log;
}

/* A batch of parties p-<first> and on, all at `unix_ms`. */
typedef struct parcel {
    mz_buf *texts;
    mz_submission *submissions;
    size_t count;
} parcel;

static parcel parties(uint64_t first, size_t count, int64_t unix_ms)
{
    parcel all = {.count = count};
    all.texts = calloc(count, sizeof *all.texts);
    all.submissions = calloc(count, sizeof *all.submissions);
    assert_true(all.texts != NULL && all.submissions != NULL);
    for (size_t i = 0; i < count; i++) {
        mz_buf_init(&all.texts[i], MZ_JWS_SIZE_MAX);
        mz_sample_party(first + i, unix_ms, &all.texts[i]);
        mz_submission_init(&all.submissions[i], mz_buf_view(&all.texts[i]));
    }
    return all;
}

static void again(parcel *all)
{
    for (size_t i = 0; i < all->count; i++) {
        mz_submission_clear(&all->submissions[i]);
        mz_submission_init(&all->submissions[i], mz_buf_view(&all->texts[i]));
    }
}

static void done(parcel *all)
{
    for (size_t i = 0; i < all->count; i++) {
        mz_submission_clear(&all->submissions[i]);
        mz_buf_clear(&all->texts[i]);
    }
    free(all->texts);
    free(all->submissions);
}

static mz_status append(mz_log *log, parcel *all, int64_t now_ms)
{
    mz_reason why = {0};
    return mz_log_append(log, all->submissions, all->count, now_ms, &why);
}

static void append_parties(mz_log *log, uint64_t first, size_t count, int64_t now_ms)
{
    parcel all = parties(first, count, now_ms);
    assert_int_equal(append(log, &all, now_ms), MZ_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(all.submissions[i].status, MZ_OK);
    done(&all);
}

static mz_status append_text(mz_log *log, mz_buf *text, int64_t now_ms, mz_submission *out)
{
    mz_reason why = {0};
    mz_submission_init(out, mz_buf_view(text));
    mz_status status = mz_log_append(log, out, 1, now_ms, &why);
    mz_submission_clear(out);
    return status != MZ_OK ? status : out->status;
}

static uint64_t size_of(mz_log *log)
{
    mz_snapshot *snapshot = NULL;
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    uint64_t size = mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    return size;
}

static mz_policy *read_pin(place *p, mz_hasher *hasher)
{
    char path[200];
    mz_buf text;
    mz_policy *pin = NULL;
    mz_buf_init(&text, MZ_POLICY_SIZE_MAX);
    assert_true(mz_log_pin_path(p->dir, MZ_SAMPLE_ORIGIN, path, sizeof path));
    assert_int_equal(mz_file_read(path, &text, NULL), MZ_OK);
    assert_int_equal(mz_pin_parse(hasher, mz_buf_view(&text), &pin, NULL), MZ_OK);
    mz_buf_clear(&text);
    return pin;
}

static void log_is_created_whole(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    assert_string_equal(mz_log_origin(log), MZ_SAMPLE_ORIGIN);
    assert_string_equal(mz_log_second_place(log), p->second);
    assert_int_equal(size_of(log), 1);
    mz_log_close(log);
    assert_true(mz_path_exists(p->second));
    mz_hasher *hasher = mz_hasher_new();
    mz_policy *pin = read_pin(p, hasher);
    assert_string_equal(mz_policy_origin(pin), MZ_SAMPLE_ORIGIN);
    mz_policy_free(pin);
    mz_hasher_free(hasher);
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
    assert_int_equal(result.size, 1);
}

static void creation_replaces_nothing(void **state)
{
    place *p = *state;
    mz_buf genesis;
    mz_reason why = {0};
    mz_log *log = create(p);
    mz_log_close(log);
    log = NULL;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(START, &genesis);
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, &why),
                     MZ_EXISTS);
    /* The second place alone: some other ledger's, or a lost one's. */
    mz_folder_remove(p->dir);
    why = (mz_reason){0};
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, &why),
                     MZ_EXISTS);
    assert_false(mz_path_exists(p->dir));
    mz_buf_clear(&genesis);
}

static void creation_refused_leaves_nothing(void **state)
{
    place *p = *state;
    mz_buf text;
    mz_reason why = {0};
    mz_log *log = NULL;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_party(1, START, &text);
    assert_int_not_equal(mz_log_create(&p->options, mz_buf_view(&text), START, &log, &why), MZ_OK);
    assert_int_not_equal(why.status, MZ_OK);
    mz_sample_genesis(START, &text);
    mz_sample_signer("another log", &p->signers[0]);
    why = (mz_reason){0};
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&text), START, &log, &why),
                     MZ_WRONG_LOG_KEY);
    mz_buf_clear(&text);
    assert_int_equal(rmdir(p->root), 0); /* so it was empty */
}

static void opening_needs_a_ledger(void **state)
{
    place *p = *state;
    mz_reason why = {0};
    mz_log *log = NULL;
    assert_int_equal(mz_log_open(&p->options, &log, &why), MZ_NOT_A_LEDGER);
    assert_int_equal(mkdir(p->dir, 0755), 0);
    why = (mz_reason){0};
    assert_int_equal(mz_log_open(&p->options, &log, &why), MZ_NOT_A_LEDGER);
}

static void entries_are_there_after_reopening(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 300, START + 1000);
    log = reopen(p, log);
    append_parties(log, 301, 7, START + 2000);
    log = reopen(p, log);
    assert_int_equal(size_of(log), 308);
    mz_log_close(log);
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
    assert_int_equal(result.size, 308);
}

static void large_batches_are_split(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 2100, START + 1000);
    assert_int_equal(size_of(log), 2101);
    mz_snapshot *snapshot = NULL;
    mz_view note;
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, 1025, &note, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, 2049, &note, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_checkpoint(snapshot, 2050, &note, NULL), MZ_NOT_FOUND);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
}

static void same_bytes_give_first_answer(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 5, START + 1000);
    parcel all = parties(1, 8, START + 1000); /* 1 to 5 are there, 6 to 8 are new */
    assert_int_equal(append(log, &all, START + 2000), MZ_OK);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(all.submissions[i].status, MZ_OK);
        assert_int_equal(all.submissions[i].duplicate, i < 5);
        assert_int_equal(all.submissions[i].index, i + 1);
        assert_int_equal(all.submissions[i].unix_ms, i < 5 ? START + 1000 : START + 2000);
    }
    assert_int_equal(size_of(log), 9);
    mz_hash first = all.submissions[7].leaf_hash;
    again(&all);
    assert_int_equal(append(log, &all, START + 3000), MZ_OK);
    assert_true(mz_hash_equal(&first, &all.submissions[7].leaf_hash));
    assert_int_equal(size_of(log), 9);
    done(&all);
    mz_log_close(log);
}

static void same_bytes_twice_in_one_batch(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    parcel all = parties(1, 2, START);
    mz_submission_init(&all.submissions[1], mz_buf_view(&all.texts[0]));
    assert_int_equal(append(log, &all, START), MZ_OK);
    assert_false(all.submissions[0].duplicate);
    assert_true(all.submissions[1].duplicate);
    assert_int_equal(all.submissions[1].index, 1);
    assert_int_equal(size_of(log), 2);
    done(&all);
    mz_log_close(log);
}

static void same_number_other_bytes_conflict(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 1, START);
    mz_buf text;
    mz_submission outcome;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_sign("reg-a", 1, START, "party.registered", NULL,
                   "{'party':'p-other','kind':'collective','name':'另一组'}", &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_JTI_CONFLICT);
    /* Another signer with the same payload. */
    mz_sample_sign("reg-b", 1, START, "party.registered", NULL,
                   "{'party':'p-1','kind':'collective','name':'邻里互助组第1组'}", &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_JTI_CONFLICT);
    /* Nobody's signature: told that, not what is in the log. */
    mz_sample_sign("mallory", 1, START, "party.registered", NULL,
                   "{'party':'p-1','kind':'collective','name':'邻里互助组第1组'}", &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_UNKNOWN_KEY);
    mz_buf_clear(&text);
    assert_int_equal(size_of(log), 2);
    mz_log_close(log);
}

static void refused_entry_leaves_no_trace(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    parcel all = parties(1, 4, START);
    mz_buf texts[4];
    for (size_t i = 0; i < 4; i++)
        mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
    /* In the middle: broken form, a wrong signature, an unknown key, a rule. */
    mz_buf_put_text(&texts[0], "not.a.jws");
    mz_sample_party(90, START, &texts[1]);
    texts[1].data[texts[1].size - 2] = texts[1].data[texts[1].size - 2] == 'A' ? 'B' : 'A';
    mz_sample_sign("mallory", 91, START, "party.registered", NULL,
                   "{'party':'p-91','kind':'collective','name':'组'}", &texts[2]);
    mz_sample_sign("reg-a", 92, START, "party.verified", NULL,
                   "{'registration':'01234567-89ab-7def-8123-456789abcdef'}", &texts[3]);
    mz_submission batch[8];
    for (size_t i = 0; i < 4; i++) {
        mz_submission_init(&batch[2 * i], mz_buf_view(&all.texts[i]));
        mz_submission_init(&batch[2 * i + 1], mz_buf_view(&texts[i]));
    }
    mz_reason why = {0};
    assert_int_equal(mz_log_append(log, batch, 8, START, &why), MZ_OK);
    static const mz_status WANT[] = {MZ_BAD_JWS, MZ_BAD_SIGNATURE, MZ_UNKNOWN_KEY, MZ_WRONG_ROLE};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(batch[2 * i].status, MZ_OK);
        assert_int_equal(batch[2 * i].index, i + 1);
        if (i == 0)
            assert_int_not_equal(batch[1].status, MZ_OK);
        else
            assert_int_equal(batch[2 * i + 1].status, WANT[i]);
        assert_int_equal(batch[2 * i + 1].why.status, batch[2 * i + 1].status);
    }
    for (size_t i = 0; i < 8; i++)
        mz_submission_clear(&batch[i]);
    for (size_t i = 0; i < 4; i++)
        mz_buf_clear(&texts[i]);
    done(&all);
    assert_int_equal(size_of(log), 5);
    mz_log_close(log);
    mz_check_result result;
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
}

static void only_refusals_write_nothing(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_buf text;
    mz_submission outcome;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_sign("reg-a", 92, START, "party.verified", NULL,
                   "{'registration':'01234567-89ab-7def-8123-456789abcdef'}", &text);
    assert_int_equal(append_text(log, &text, START + 5, &outcome), MZ_WRONG_ROLE);
    mz_sample_sign("reg-a", 93, START, "ledger.opened", NULL, "{}", &text);
    assert_int_not_equal(append_text(log, &text, START + 5, &outcome), MZ_OK);
    mz_buf_clear(&text);
    assert_int_equal(size_of(log), 1);
    mz_log_close(log);
}

static void foreign_entries_are_told_where_they_belong(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_signer signer;
    mz_buf text;
    mz_submission outcome;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_signer("reg-a", &signer);
    const char *payload = "{\"aud\":\"elsewhere.example/log\",\"jti\":\"019cabcd-0000-7000-8000-"
                          "000000000001\",\"iat\":1772413200,\"type\":\"party.registered\","
                          "\"body\":{\"party\":\"p-1\",\"kind\":\"collective\",\"name\":\"x\"}}";
    assert_int_equal(mz_jws_sign(&signer, MZ_JWS_TYP_ENTRY, mz_view_of(payload), &text, NULL),
                     MZ_OK);
    mz_status status = append_text(log, &text, START, &outcome);
    assert_true(status == MZ_FOREIGN_ORIGIN || status == MZ_BAD_JTI);
    mz_buf_clear(&text);
    mz_log_close(log);
}

/* A key enrolled in the very same batch is verified by the writer. */
static void key_of_same_batch_is_known(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_buf body;
    mz_buf texts[3];
    mz_buf_init(&body, 4096);
    for (size_t i = 0; i < 3; i++)
        mz_buf_init(&texts[i], MZ_JWS_SIZE_MAX);
    mz_buf_put_text(&body, "{'actor':'aud-a','role':'registrar',");
    mz_sample_put_key(&body, "aud-a", "aud-a");
    mz_buf_put_text(&body, "}");
    mz_sample_sign("reg-a", 1, START, "actor.enrolled", NULL, (const char *)body.data, &texts[0]);
    uint8_t jti[16];
    char jti_text[MZ_UUID_TEXT_SIZE];
    mz_sample_jti(1, START, jti);
    mz_uuid_text(jti, jti_text);
    mz_buf_reset(&body);
    mz_buf_put_format(&body, "{'target':'%s'}", jti_text);
    mz_sample_sign("reg-b", 2, START, "registry.confirmed", NULL, (const char *)body.data,
                   &texts[1]);
    mz_sample_sign("aud-a", 3, START, "party.registered", NULL,
                   "{'party':'p-3','kind':'collective','name':'新人登记'}", &texts[2]);
    mz_submission batch[3];
    for (size_t i = 0; i < 3; i++)
        mz_submission_init(&batch[i], mz_buf_view(&texts[i]));
    mz_reason why = {0};
    assert_int_equal(mz_log_append(log, batch, 3, START, &why), MZ_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(batch[i].status, MZ_OK);
        mz_submission_clear(&batch[i]);
        mz_buf_clear(&texts[i]);
    }
    mz_buf_clear(&body);
    mz_log_close(log);
}

/* The old key signs the checkpoint that holds the confirmation, the new one from the next on. */
static void log_key_is_replaced(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_buf body;
    mz_buf text;
    mz_submission outcome;
    mz_buf_init(&body, 4096);
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_buf_put_text(&body, "{'log_key':");
    mz_sample_put_log_key(&body, "log-2");
    mz_buf_put_text(&body, "}");
    mz_sample_sign("reg-a", 1, START, "ledger.amended", NULL, (const char *)body.data, &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_OK);
    uint8_t jti[16];
    char jti_text[MZ_UUID_TEXT_SIZE];
    mz_sample_jti(1, START, jti);
    mz_uuid_text(jti, jti_text);
    mz_buf_reset(&body);
    mz_buf_put_format(&body, "{'target':'%s'}", jti_text);
    mz_sample_sign("reg-b", 2, START, "registry.confirmed", NULL, (const char *)body.data, &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_OK);
    log = reopen(p, log); /* the last checkpoint is signed by a key that is no longer in force */
    mz_sample_party(3, START, &text);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_WRONG_LOG_KEY);
    assert_int_equal(size_of(log), 3);
    mz_sample_signer("log-2", &p->signers[1]);
    p->options.signer_count = 2;
    log = reopen(p, log);
    assert_int_equal(append_text(log, &text, START, &outcome), MZ_OK);
    log = reopen(p, log);
    mz_log_close(log);
    mz_buf_clear(&body);
    mz_buf_clear(&text);
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
}

static void time_never_runs_backwards(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 1, START + 60000);
    parcel all = parties(2, 1, START);
    assert_int_equal(append(log, &all, START), MZ_OK);
    assert_true(all.submissions[0].clamped);
    assert_int_equal(all.submissions[0].unix_ms, START + 60000);
    done(&all);
    all = parties(3, 1, START + 60001);
    assert_int_equal(append(log, &all, START + 60001), MZ_OK);
    assert_false(all.submissions[0].clamped);
    done(&all);
    mz_log_close(log);
}

static void suspect_clock_is_stopped(void **state)
{
    static const struct {
        const char *name;
        int64_t clock_ms, iat_ms; /* after START, the time of the last entry */
        bool accept;
        mz_status want;
    } CASES[] = {
        {"24 h past the last entry",                 DAY_MS,      0,          false, MZ_OK   },
        {"one more millisecond",                     DAY_MS + 1,  0,          false, MZ_CLOCK},
        {"as late, but the signer says so too",      DAY_MS + 1,  1000,       false, MZ_OK   },
        {"ten days, and the signature of yesterday", 10 * DAY_MS, 9 * DAY_MS, false, MZ_OK   },
        {"ten days, and an old signature",           10 * DAY_MS, 8 * DAY_MS, false, MZ_CLOCK},
        {"accepted by a person",                     10 * DAY_MS, 8 * DAY_MS, true,  MZ_OK   },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        void *one = NULL;
        (void)state;
        assert_int_equal(set_up(&one), 0);
        place *p = one;
        p->options.accept_clock = CASES[i].accept;
        mz_log *log = create(p);
        parcel all = parties(1, 2, START + CASES[i].iat_ms);
        if (append(log, &all, START + CASES[i].clock_ms) != CASES[i].want)
            fail_msg("%s", CASES[i].name);
        assert_int_equal(all.submissions[0].status, CASES[i].want);
        assert_int_equal(size_of(log), CASES[i].want == MZ_OK ? 3 : 1);
        done(&all);
        if (CASES[i].accept) { /* once only */
            all = parties(5, 1, START + CASES[i].clock_ms);
            assert_int_equal(append(log, &all, START + CASES[i].clock_ms + 2 * DAY_MS), MZ_CLOCK);
            done(&all);
        }
        mz_log_close(log);
        tear_down(&one);
    }
}

/* Who only sends again what is there is answered even then. */
static void suspect_clock_answers_duplicates(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 1, START);
    parcel all = parties(1, 2, START);
    assert_int_equal(append(log, &all, START + 3 * DAY_MS), MZ_CLOCK);
    assert_int_equal(all.submissions[0].status, MZ_OK);
    assert_true(all.submissions[0].duplicate);
    assert_int_equal(all.submissions[1].status, MZ_CLOCK);
    done(&all);
    mz_log_close(log);
}

static void receipts_verify_against_pin(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 40, START);
    mz_hasher *hasher = mz_hasher_new();
    mz_policy *pin = read_pin(p, hasher);
    mz_snapshot *snapshot = NULL;
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    for (uint64_t index = 0; index < 41; index++) {
        mz_buf text;
        mz_receipt receipt;
        mz_checkpoint checkpoint;
        mz_reason why = {0};
        mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
        assert_int_equal(mz_snapshot_receipt(snapshot, index, &text, &why), MZ_OK);
        assert_int_equal(mz_receipt_parse(mz_buf_view(&text), &receipt, &why), MZ_OK);
        assert_int_equal(mz_receipt_verify(hasher, &receipt, pin, &checkpoint, &why), MZ_OK);
        assert_int_equal(checkpoint.size, 41);
        mz_receipt_clear(&receipt);
        mz_buf_clear(&text);
    }
    mz_merkle_proof proof;
    assert_int_equal(mz_snapshot_inclusion(snapshot, 41, 41, &proof, NULL), MZ_NOT_FOUND);
    assert_int_equal(mz_snapshot_inclusion(snapshot, 0, 42, &proof, NULL), MZ_NOT_FOUND);
    assert_int_equal(mz_snapshot_consistency(snapshot, 1, 41, &proof, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_consistency(snapshot, 1, 42, &proof, NULL), MZ_NOT_FOUND);
    mz_snapshot_close(snapshot);
    mz_policy_free(pin);
    mz_hasher_free(hasher);
    mz_log_close(log);
}

static void snapshot_stays_as_it_was(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_snapshot *before = NULL;
    mz_view leaf;
    assert_int_equal(mz_snapshot_open(log, &before, NULL), MZ_OK);
    append_parties(log, 1, 3, START);
    assert_int_equal(mz_snapshot_size(before), 1);
    assert_int_equal(mz_snapshot_leaf(before, 1, &leaf, NULL), MZ_NOT_FOUND);
    uint8_t jti[16];
    uint64_t index = 0;
    mz_sample_jti(2, START, jti);
    assert_int_equal(mz_snapshot_find(before, jti, &index, NULL), MZ_NOT_FOUND);
    mz_snapshot_close(before);
    assert_int_equal(mz_snapshot_open(log, &before, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_find(before, jti, &index, NULL), MZ_OK);
    assert_int_equal(index, 2);
    assert_int_equal(mz_snapshot_last_unix_ms(before), START);
    mz_snapshot_close(before);
    mz_log_close(log);
}

static void reader_writes_nothing(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    mz_log_close(log);
    log = NULL;
    mz_log_options options = p->options;
    options.read_only = true;
    options.signer_count = 0;
    unlink(p->second); /* which a reader does not need */
    mz_reason why = {0};
    assert_int_equal(mz_log_open(&options, &log, &why), MZ_OK);
    parcel all = parties(1, 1, START);
    assert_int_equal(append(log, &all, START), MZ_IO);
    done(&all);
    assert_int_equal(size_of(log), 1);
    mz_log_close(log);
}

static void backup_is_a_whole_ledger(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 30, START);
    char to[128];
    mz_backup_result result;
    mz_reason why = {0};
    snprintf(to, sizeof to, "%s/copy", p->root);
    assert_int_equal(mz_backup(log, to, true, &result, &why), MZ_OK);
    assert_int_equal(result.size, 31);
    assert_int_equal(mz_backup(log, to, true, &result, &why), MZ_EXISTS);
    append_parties(log, 31, 1, START);
    mz_log_close(log);
    mz_check_result checked;
    why = (mz_reason){0};
    assert_int_equal(mz_check(to, NULL, &checked, &why), MZ_OK);
    assert_int_equal(checked.size, 31);
    /* Put in the ledger's place it is an old copy, and says so. */
    mz_log_options options = p->options;
    options.dir = to;
    options.second_place = p->second;
    assert_int_equal(mz_log_open(&options, &log, &why), MZ_BEHIND);
}

static size_t count_lines(const char *root, const char *name, mz_buf *text)
{
    char path[256];
    size_t lines = 0;
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mz_file_read(path, text, NULL), MZ_OK);
    for (size_t i = 0; i < text->size; i++)
        lines += text->data[i] == '\n';
    return lines;
}

static void bundle_has_every_line(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 30, START);
    append_parties(log, 31, 1, START);
    char to[128];
    mz_bundle_result result;
    mz_reason why = {0};
    mz_buf text;
    mz_buf_init(&text, 1 << 20);
    snprintf(to, sizeof to, "%s/bundle", p->root);
    assert_int_equal(mz_bundle_export(log, to, &result, &why), MZ_OK);
    assert_int_equal(result.size, 32);
    assert_int_equal(result.checkpoint_count, 3);
    assert_int_equal(result.cosignature_count, 0);
    assert_int_equal(count_lines(to, "entries/0000000000.txt", &text), 32);
    assert_int_equal(count_lines(to, "checkpoints/0000000000.txt", &text), 3);
    assert_int_equal(count_lines(to, "manifest.json", &text), 6);
    assert_non_null(strstr((const char *)text.data, "\"size\":32,"));
    assert_int_equal(mz_bundle_export(log, to, &result, &why), MZ_EXISTS);
    mz_buf_clear(&text);
    mz_log_close(log);
}

typedef struct side_job {
    mz_log *log;
    parcel *all;
    int64_t now_ms;
    mz_status status;
} side_job;

static void *commit_aside(void *argument)
{
    side_job *job = argument;
    mz_reason why = {0};
    job->status =
        mz_log_commit(job->log, job->all->submissions, job->all->count, job->now_ms, &why);
    return NULL;
}

/* While one batch is committed on another thread, the next is prepared on this one. */
static void next_batch_is_prepared_meanwhile(void **state)
{
    enum { BATCHES = 12, EACH = 40 };
    place *p = *state;
    mz_log *log = create(p);
    parcel all[BATCHES];
    for (uint64_t i = 0; i < BATCHES; i++)
        all[i] = parties(1 + i * EACH, EACH, START + (int64_t)i);
    assert_int_equal(mz_log_prepare(log, all[0].submissions, EACH, NULL), MZ_OK);
    for (size_t i = 0; i < BATCHES; i++) {
        side_job job = {log, &all[i], START + (int64_t)i, MZ_IO};
        pthread_t aside;
        assert_int_equal(pthread_create(&aside, NULL, commit_aside, &job), 0);
        if (i + 1 < BATCHES)
            assert_int_equal(mz_log_prepare(log, all[i + 1].submissions, EACH, NULL), MZ_OK);
        assert_int_equal(pthread_join(aside, NULL), 0);
        assert_int_equal(job.status, MZ_OK);
        for (size_t k = 0; k < EACH; k++) {
            assert_int_equal(all[i].submissions[k].status, MZ_OK);
            assert_int_equal(all[i].submissions[k].index, 1 + i * EACH + k);
        }
    }
    for (size_t i = 0; i < BATCHES; i++)
        done(&all[i]);
    mz_log_close(log);
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
}

typedef struct meanwhile {
    mz_log *log;
    uint64_t next;
    unsigned compared; /* times that rows were being compared */
} meanwhile;

static void append_meanwhile(void *context, mz_check_stage stage, uint64_t done_count,
                             uint64_t count)
{
    meanwhile *m = context;
    (void)done_count;
    (void)count;
    m->compared += stage == MZ_CHECK_COMPARING;
    append_parties(m->log, m->next, 2, START + 5000);
    m->next += 2;
    struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do /* until the snapshot is old */
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < 2000000);
}

static void check_goes_on_while_others_write(void **state)
{
    place *p = *state;
    mz_log *log = create(p);
    append_parties(log, 1, 900, START);
    meanwhile m = {.log = log, .next = 901};
    mz_check_options options = {.progress = append_meanwhile, .context = &m, .snapshot_ms = 1};
    mz_check_result result;
    mz_reason why = {0};
    char folder[128];
    mz_kv *scratch = NULL;
    mz_lmdb_options engine = {.scratch = true};
    snprintf(folder, sizeof folder, "%s/scratch", p->root);
    assert_int_equal(mz_lmdb_create(folder, &engine, &scratch, &why), MZ_OK);
    mz_status status = mz_check_kv(mz_log_kv(log), scratch, &options, &result, &why);
    if (status != MZ_OK)
        fail_msg("%s: %s", mz_table_name(result.table), result.what);
    assert_true(m.compared > 5);
    /* All but what was appended at the last reports, after the last snapshot. */
    assert_true(result.size > 920 && result.size <= m.next);
    mz_kv_close(scratch);
    mz_log_close(log);
}

/* Two processes, each appending its own entries, one by one and all at the same time. */
static void two_processes_append(void **state)
{
    enum { EACH = 60 };
    place *p = *state;
    mz_log_close(create(p));
    pid_t children[2];
    for (unsigned k = 0; k < 2; k++) {
        children[k] = fork();
        assert_true(children[k] >= 0);
        if (children[k] == 0) {
            mz_log *log = NULL;
            bool good = mz_log_open(&p->options, &log, NULL) == MZ_OK;
            for (uint64_t i = 0; good && i < EACH; i++) {
                parcel one = parties(1 + i * 2 + k, 1, START + (int64_t)i);
                good = append(log, &one, START + (int64_t)i) == MZ_OK &&
                       one.submissions[0].status == MZ_OK;
                done(&one);
            }
            mz_log_close(log);
            _exit(good ? 0 : 1);
        }
    }
    for (unsigned k = 0; k < 2; k++) {
        int how = 0;
        assert_int_equal(waitpid(children[k], &how, 0), children[k]);
        assert_true(WIFEXITED(how));
        assert_int_equal(WEXITSTATUS(how), 0);
    }
    mz_check_result result;
    mz_reason why = {0};
    assert_int_equal(mz_check(p->dir, NULL, &result, &why), MZ_OK);
    assert_int_equal(result.size, 1 + 2 * EACH);
    mz_log *log = NULL;
    assert_int_equal(mz_log_open(&p->options, &log, &why), MZ_OK);
    mz_log_close(log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(log_is_created_whole),
        TEST(creation_replaces_nothing),
        TEST(creation_refused_leaves_nothing),
        TEST(opening_needs_a_ledger),
        TEST(entries_are_there_after_reopening),
        TEST(large_batches_are_split),
        TEST(same_bytes_give_first_answer),
        TEST(same_bytes_twice_in_one_batch),
        TEST(same_number_other_bytes_conflict),
        TEST(refused_entry_leaves_no_trace),
        TEST(only_refusals_write_nothing),
        TEST(foreign_entries_are_told_where_they_belong),
        TEST(key_of_same_batch_is_known),
        TEST(log_key_is_replaced),
        TEST(time_never_runs_backwards),
        TEST(suspect_clock_is_stopped),
        TEST(suspect_clock_answers_duplicates),
        TEST(receipts_verify_against_pin),
        TEST(snapshot_stays_as_it_was),
        TEST(reader_writes_nothing),
        TEST(backup_is_a_whole_ledger),
        TEST(bundle_has_every_line),
        TEST(next_batch_is_prepared_meanwhile),
        TEST(check_goes_on_while_others_write),
        TEST(two_processes_append),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
