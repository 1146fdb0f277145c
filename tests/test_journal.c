/* test_journal.c — what entries post, and the journals written from it: one history in which money
 * moves in every way that there is. After each entry the postings must add up to the buckets; the
 * journals of the whole are golden files, which tests/e2e/08_journals.txt shows to hledger and
 * beancount. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/uuid.h"
#include "core/views.h"
#include "golden.h"
#include "journal_check.h"
#include "log/files.h"
#include "log_fixture.h"

#define EVIDENCE                                                                                   \
    "'evidence':[{'sha256':'00000000000000000000000000000000000000000000000000000000000000e1',"    \
    "'size':1,'media_type':'image/png','name':'e.png','visibility':'public'}]"

/* `event` may be "days", "confirm" (registry.confirmed by reg-b of the step `body`), "vote" (yes on
 * the proposal `body`), "statement" (of yesterday), "enrol" (`body` the role and more). In bodies
 * @label@ is the jti of a step, @today@ the clock's day. `label` NULL: nobody cites it. `posts` is
 * how many postings it must make. */
typedef struct step {
    const char *label, *who, *event, *fund, *body;
    unsigned posts;
} step;

/* clang-format off */
#define FUND(id, name, account) \
    {NULL, "reg-a", "fund.opened", id, "{'name':'" name "','community':'" name "','agreement_no':'1','account':'" \
     account "','profile':{}}", 0}
#define PARTY(id, code) \
    {"reg-" id, "stew-a", "party.registered", NULL, "{'party':'" id "','kind':'organisation','name':'" id \
     "公司','credit_code':'" code "'}", 0}, \
    {NULL, "rev-a", "party.verified", NULL, "{'registration':'@reg-" id "@'}", 0}
#define INCOME(label, fund, kind, fen, purpose, more) \
    {label, "stew-a", "income.recorded", fund, "{'kind':'" kind "','amount_fen':" fen \
     ",'received_on':'@today@','purpose':'" purpose "'" more "}", 0}
#define CONFIRM(label, income, fund, fen, purpose, bank_ref) \
    {label, "cash-a", "income.confirmed", fund, "{'income':'@" income "@','amount_fen':" fen ",'purpose':'" purpose \
     "','booked_on':'@today@','bank_ref':'" bank_ref "','receipt_no':'R-" bank_ref "'}", 4}
#define WAIVED(income, fund, fen, purpose, bank_ref) \
    {NULL, "cash-a", "income.confirmed", fund, "{'income':'@" income "@','amount_fen':" fen ",'purpose':'" purpose \
     "','booked_on':'@today@','bank_ref':'" bank_ref "','receipt_waived':'不是捐赠'}", 4}
#define REVERSE(label, who, fund, target, posts) \
    {label, who, "entry.reversed", fund, "{'target':'@" target "@','reason':'记错',"  EVIDENCE "}", posts}
#define FILED(id, category, draws) \
    {NULL, "stew-a", "proposal.filed", "fund-a", "{'proposal':'" id "','title':'" id "','category':'" category \
     "','why':'居民提议','payees':[{'party':'shop','cap_fen':100000}],'draws':[" draws "]}", 0}
#define ADOPTED(id, draws) \
    {NULL, "mem-a", "vote", "fund-a", id, 0}, {NULL, "mem-b", "vote", "fund-a", id, 0}, \
    {NULL, "mem-a", "application.sent", "fund-a", "{'proposal':'" id "'}", 0}, \
    {NULL, "rev-a", "application.approved", "fund-a", "{'proposal':'" id "','draws':[" draws "]}", 0}
#define DRAW(purpose, fen) "{'purpose':'" purpose "','amount_fen':" fen "}"
#define PAY(label, id, draws, bank_ref, posts) \
    {label, "cash-a", "payout.made", "fund-a", "{'proposal':'" id "','party':'shop','draws':[" draws \
     "],'booked_on':'@today@','bank_ref':'" bank_ref "'}", posts}
#define BACK(label, payout, fen, bank_ref, posts) \
    {label, "cash-a", "payout.returned", "fund-a", "{'payout':'@" payout "@','amount_fen':" fen \
     ",'booked_on':'@today@','bank_ref':'" bank_ref "'}", posts}
#define DONE(id) \
    {NULL, "stew-a", "project.completed", "fund-a", "{'proposal':'" id "','summary':'办好了','people_served':9}", 0}
#define CLOSE(fund, to, purpose, posts) \
    {NULL, "reg-a", "fund.closing", fund, "{'reason':'合并'}", 0}, \
    {"close-" fund, "reg-a", "fund.closed", fund, "{'residual_to':{'fund':'" to "','purpose':'" purpose "'}}", 0}, \
    {NULL, "reg-b", "confirm", fund, "close-" fund, posts}

static const step STEPS[] = {
    {"aud-a", "reg-a", "enrol", NULL, "auditor", 0},
    FUND("fund-a", "闻韶 \\\"东\\\" date:1999-01-01, [社区]", "bank-a"),
    FUND("fund-b", "鲁阳社区基金", "2nd-bank"),
    FUND("fund-c", "市级统筹基金", "bank-a"),
    {"stew-a", "reg-a", "enrol", NULL, "steward','funds':['fund-a','fund-b','fund-c']", 0},
    {"mem-a", "reg-a", "enrol", NULL, "member", 0},
    {"mem-b", "reg-a", "enrol", NULL, "member", 0},
    {"mem-c", "reg-a", "enrol", NULL, "member", 0},
    {"rev-a", "reg-a", "enrol", NULL, "reviewer", 0},
    {"cash-a", "reg-a", "enrol", NULL, "cashier", 0},
    {"seats", "reg-a", "committee.seated", "fund-a", "{'members':['mem-a','mem-b','mem-c'],'chair':'mem-a','alternates':[],"
     "'supervisors':[],'term_ends':'2029-03-01'}", 0},
    {NULL, "reg-b", "confirm", "fund-a", "seats", 0},
    {NULL, "reg-a", "purpose.defined", "fund-a", "{'purpose':'elders','text':'老人: 助餐','categories':['meals','visit']}", 0},
    {NULL, "reg-a", "purpose.defined", "fund-a", "{'purpose':'2nd-hall','text':'活动室','categories':['repair']}", 0},
    {NULL, "reg-a", "purpose.defined", "fund-a", "{'purpose':'feasts','text':'敬老宴','categories':['meals']}", 0},
    {NULL, "reg-a", "purpose.defined", "fund-b", "{'purpose':'elders','text':'老人','categories':['meals']}", 0},
    PARTY("shop", "91370305MA3C12345X"),
    PARTY("mill", "91370305MA3C12346U"),
    {"reg-again", "stew-a", "party.registered", NULL, "{'party':'mill','kind':'organisation','name':'改名公司',"
     "'credit_code':'91370305MA3C12346U'}", 0},
    {NULL, "stew-a", "source.registered", "fund-a", "{'source':'hall-share','kind':'partner','party':'mill','agreement':"
     "{'service_type':'理发','hours':'每日','operation':'自营','liability':'自负','share':'一成'},'gratuitous':false,"
     "'signed_on':'2026-01-01'," EVIDENCE "}", 0},
    INCOME("gift", "fund-a", "donation", "50000", "general", ",'party':'mill'"),
    CONFIRM("wrong", "gift", "fund-a", "50000", "general", "B1"),
    INCOME("meals", "fund-a", "donation", "30005", "elders", ""),
    CONFIRM("meals-in", "meals", "fund-a", "30005", "elders", "B2"),
    REVERSE(NULL, "cash-a", "fund-a", "wrong", 4),
    CONFIRM("right", "gift", "fund-a", "50000", "general", "B1-a,b:c"),
    INCOME("share", "fund-a", "partner_share", "1234", "2nd-hall", ",'source':'hall-share','party':'mill','earned_to':'@today@'"),
    WAIVED("share", "fund-a", "1234", "2nd-hall", "B3"),
    INCOME("interest", "fund-a", "interest", "7", "general", ""),
    WAIVED("interest", "fund-a", "7", "general", "B4"),
    INCOME("unsure", "fund-a", "donation", "99999", "general", ""),
    INCOME("b-gift", "fund-b", "other", "1", "elders", ""),
    WAIVED("b-gift", "fund-b", "1", "elders", "B5"),
    {NULL, "rev-a", "purpose.changed", "fund-a", "{'purpose':'elders','lots':[{'income':'@meals@','amount_fen':5}],'to':'feasts',"
     "'ground':'捐赠人同意'," EVIDENCE "}", 4},
    {NULL, "rev-a", "purpose.changed", "fund-a", "{'purpose':'general','lots':[{'income':'@gift@','amount_fen':300}],"
     "'to':'2nd-hall','ground':'委员会决定'," EVIDENCE "}", 4},
    FILED("feast", "meals", DRAW("elders", "20000") "," DRAW("general", "10000")),
    FILED("paint", "repair", DRAW("2nd-hall", "1500")),
    {NULL, "", "days", NULL, "9", 0},
    ADOPTED("feast", DRAW("elders", "20000") "," DRAW("general", "10000")),
    ADOPTED("paint", DRAW("2nd-hall", "1500")),
    PAY("paid-1", "feast", DRAW("elders", "15000") "," DRAW("general", "5000"), "C1", 10),
    PAY("paid-2", "feast", DRAW("elders", "2500"), "C2", 6),
    PAY("paid-3", "paint", DRAW("2nd-hall", "1500"), "C3", 6),
    BACK("back-1", "paid-1", "6000", "C4", 10),
    REVERSE(NULL, "cash-a", "fund-a", "back-1", 10),
    BACK("back-2", "paid-1", "1", "C5", 4),
    REVERSE(NULL, "rev-a", "fund-a", "paid-2", 6),
    PAY("paid-4", "feast", DRAW("elders", "77"), "C6", 6),
    REVERSE(NULL, "cash-a", "fund-a", "meals-in", 0), /* refused: some of it was moved */
    {NULL, "", "days", NULL, "1", 0},
    {NULL, "mem-a", "statement", "fund-a", NULL, 0},
    DONE("feast"),
    DONE("paint"),
    {NULL, "stew-a", "entry.reversed", "fund-a", "{'target':'@unsure@','reason':'没有到账'}", 0},
    CLOSE("fund-a", "fund-b", "elders", 16),
    BACK("late-1", "paid-1", "5001", "C7", 18), /* of both draws, last used first; moves on to fund-b */
    CLOSE("fund-b", "fund-c", "general", 4),
    BACK("late-2", "paid-1", "2", "C8", 10), /* past fund-b, to fund-c */
    REVERSE(NULL, "rev-a", "fund-a", "paid-4", 10),
};
/* clang-format on */
#define STEP_COUNT (sizeof STEPS / sizeof STEPS[0])

typedef struct world {
    char root[64], dir[80];
    mz_signer signer;
    mz_log *log;
    uint64_t count;
    int64_t now_ms;
    char jtis[STEP_COUNT][MZ_UUID_TEXT_SIZE];
    journal_check *check;
    const step *now;
} world;

/* One entry: refused or not as the step says; what it posts must agree with the buckets. */
static bool submit(world *w, mz_buf *text, unsigned posts)
{
    mz_submission submission;
    mz_reason why = {0};
    mz_snapshot *snapshot = NULL;
    mz_submission_init(&submission, mz_buf_view(text));
    assert_int_equal(mz_log_append(w->log, &submission, 1, w->now_ms, &why), MZ_OK);
    if (submission.status != MZ_OK) {
        char sentence[512];
        mz_reason_text(&submission.why, MZ_ENGLISH, sentence, sizeof sentence);
        if (submission.status != MZ_DEPENDED_ON || posts != 0)
            fail_msg("entry %d, step %d %s: %s", (int)w->count, (int)(w->now - STEPS),
                     w->now->event, sentence);
        mz_submission_clear(&submission);
        return false;
    }
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    const char *wrong =
        journal_check_entry(w->check, mz_snapshot_changes(snapshot), &submission.entry, w->count);
    if (wrong != NULL)
        fail_msg("step %d %s: %s", (int)(w->now - STEPS), w->now->event, wrong);
    if (journal_check_posted(w->check) != posts)
        fail_msg("step %d %s: posts %u, not %u", (int)(w->now - STEPS), w->now->event,
                 journal_check_posted(w->check), posts);
    mz_snapshot_close(snapshot);
    w->count++;
    mz_submission_clear(&submission);
    return true;
}

static const char *jti_of(const world *w, const char *label, size_t size)
{
    for (size_t i = 0; i < STEP_COUNT; i++)
        if (STEPS[i].label != NULL && strlen(STEPS[i].label) == size &&
            memcmp(STEPS[i].label, label, size) == 0)
            return w->jtis[i];
    fail_msg("no step %.*s", (int)size, label);
    return NULL;
}

/* The body with what stands between @ and @ filled in. */
static void fill(const world *w, const char *body, mz_buf *out)
{
    char today[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(w->now_ms), today);
    for (const char *at; (at = strchr(body, '@')) != NULL;) {
        const char *end = strchr(at + 1, '@');
        assert_non_null(end);
        mz_buf_put(out, (mz_view){(const uint8_t *)body, (size_t)(at - body)});
        if (strncmp(at, "@today@", 7) == 0)
            mz_buf_put_text(out, today);
        else
            mz_buf_put_text(out, jti_of(w, at + 1, (size_t)(end - at - 1)));
        body = end + 1;
    }
    mz_buf_put_text(out, body);
    assert_false(out->failed);
}

static void write_entry(world *w, const char *who, const char *event, const char *fund,
                        const char *body)
{
    mz_buf text;
    uint8_t jti[16];
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_sign(who, w->count, w->now_ms, event, fund, body, &text);
    mz_sample_jti(w->count, w->now_ms, jti);
    if (submit(w, &text, w->now->posts))
        mz_uuid_text(jti, w->jtis[w->now - STEPS]);
    mz_buf_clear(&text);
}

static void enrol(world *w, const step *s)
{
    mz_buf enrolled, confirmed;
    char role[100], more[200] = "";
    const char *quote = strchr(s->body, '\'');
    mz_buf_init(&enrolled, MZ_JWS_SIZE_MAX);
    mz_buf_init(&confirmed, MZ_JWS_SIZE_MAX);
    snprintf(role, sizeof role, "%.*s", (int)(quote == NULL ? 99 : quote - s->body), s->body);
    if (quote != NULL)
        snprintf(more, sizeof more, "%s", quote + 1);
    mz_sample_enrol(s->label, role, more, w->count, w->now_ms, &enrolled, &confirmed);
    assert_true(submit(w, &enrolled, 0));
    assert_true(submit(w, &confirmed, 0));
    mz_buf_clear(&enrolled);
    mz_buf_clear(&confirmed);
}

/* A body that a view draws up or completes, as the programs do. */
static void write_drawn_up(world *w, const step *s)
{
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0};
    const bool vote = strcmp(s->event, "vote") == 0;
    json_t *body = vote ? json_pack("{s:s, s:s}", "proposal", s->body, "choice", "approve") : NULL;
    assert_int_equal(mz_snapshot_open(w->log, &snapshot, &why), MZ_OK);
    mz_changes *changes = mz_snapshot_changes(snapshot);
    assert_int_equal(vote ? mz_ballot_complete(changes, mz_view_of(s->who), body, w->now_ms, &why)
                          : mz_statement_view(changes, mz_view_of(s->fund),
                                              mz_day_of_ms(w->now_ms) - 1, w->now_ms, &body, &why),
                     MZ_OK);
    mz_snapshot_close(snapshot);
    char *text = json_dumps(body, JSON_COMPACT);
    assert_non_null(text);
    write_entry(w, s->who, vote ? "vote.cast" : "statement.published", s->fund, text);
    free(text);
    json_decref(body);
}

static void run_step(world *w, const step *s)
{
    w->now = s;
    w->now_ms += 60000;
    mz_buf body;
    mz_buf_init(&body, 8000);
    if (strcmp(s->event, "days") == 0) {
        w->now_ms += strtol(s->body, NULL, 10) * (int64_t)MZ_DAY_MS;
    } else if (strcmp(s->event, "enrol") == 0) {
        enrol(w, s);
    } else if (strcmp(s->event, "vote") == 0 || strcmp(s->event, "statement") == 0) {
        write_drawn_up(w, s);
    } else if (strcmp(s->event, "confirm") == 0) {
        mz_buf_put_format(&body, "{'target':'%s'}", jti_of(w, s->body, strlen(s->body)));
        write_entry(w, s->who, "registry.confirmed", s->fund, (const char *)body.data);
    } else {
        fill(w, s->body, &body);
        write_entry(w, s->who, s->event, s->fund, (const char *)body.data);
    }
    mz_buf_clear(&body);
}

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    const char *parent = getenv("TMPDIR");
    snprintf(w->root, sizeof w->root, "%s/mz-journal-XXXXXX", parent != NULL ? parent : "/tmp");
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
    w->check = journal_check_new();
    for (size_t i = 0; i < STEP_COUNT; i++)
        run_step(w, &STEPS[i]);
    mz_log_close(w->log);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    if (w == NULL)
        return 0; /* the history could not be written */
    mz_folder_remove(w->root);
    journal_check_free(w->check);
    free(w);
    return 0;
}

/* Read over the state after the last entry, each posts what it posted right after itself. */
static void hindsight(void **state)
{
    world *w = *state;
    mz_log_options options = {.dir = w->dir, .read_only = true};
    mz_snapshot *snapshot = NULL;
    mz_log *log = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_log_open(&options, &log, &why), MZ_OK);
    assert_int_equal(mz_snapshot_open(log, &snapshot, &why), MZ_OK);
    assert_int_equal(mz_snapshot_size(snapshot), w->count);
    for (uint64_t i = 0; i < w->count; i++) {
        mz_view leaf, jws;
        mz_buf text;
        mz_entry entry;
        int64_t unix_ms;
        mz_buf_init(&text, MZ_LEAF_SIZE_MAX);
        assert_int_equal(mz_snapshot_leaf(snapshot, i, &leaf, &why), MZ_OK);
        mz_buf_put(&text, leaf);
        assert_int_equal(mz_leaf_split(mz_buf_view(&text), &unix_ms, &jws, &why), MZ_OK);
        assert_int_equal(mz_entry_decode(jws, &entry, &why), MZ_OK);
        assert_null(journal_check_again(w->check, mz_snapshot_changes(snapshot), &entry, i));
        mz_entry_clear(&entry);
        mz_buf_clear(&text);
    }
    const char *wrong = journal_check_end(w->check);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    mz_snapshot_close(snapshot);
    mz_log_close(log);
}

static const struct {
    const char *name, *arguments;
} GOLDEN[] = {
    {"journal/zh.hledger",   "--lang zh export hledger"  },
    {"journal/en.hledger",   "--lang en export hledger"  },
    {"journal/zh.beancount", "--lang zh export beancount"},
    {"journal/en.beancount", "--lang en export beancount"},
};

static void golden(void **state)
{
    const world *w = *state;
    for (size_t i = 0; i < sizeof GOLDEN / sizeof GOLDEN[0]; i++) {
        char command[1000], path[100];
        mz_buf text;
        mz_buf_init(&text, GOLDEN_FILE_MAX);
        snprintf(path, sizeof path, "%s/out-%zu", w->root, i);
        snprintf(command, sizeof command, "'%s/mingzhang' %s '%s' '%s' >'%s/said' 2>&1",
                 MZ_TEST_BIN_DIR, GOLDEN[i].arguments, w->dir, path, w->root);
        assert_int_equal(system(command), 0);
        assert_true(golden_read(path, &text));
        golden_check(GOLDEN[i].name, mz_buf_view(&text));
        mz_buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"posted the same in hindsight", hindsight, NULL, NULL, NULL},
        {"golden journals",              golden,    NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
