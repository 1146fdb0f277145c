#include "story.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/panel.h"

#define TEXT_MAX 600
#define WORDS_MAX 80

/* The text of a step in words. */
typedef struct words {
    char text[TEXT_MAX];
    char *of[WORDS_MAX];
    size_t count;
} words;

/* In place: the words point into the struct itself. */
static void cut(words *w, const char *text, const char *separators)
{
    assert_true(strlen(text) < sizeof w->text);
    memcpy(w->text, text, strlen(text) + 1);
    w->count = 0;
    for (char *at = strtok(w->text, separators); at != NULL; at = strtok(NULL, separators)) {
        assert_true(w->count < WORDS_MAX);
        w->of[w->count++] = at;
    }
}

static const char *word(const words *w, size_t i)
{
    assert_true(i < w->count);
    return w->of[i];
}

/* The value of `name=value` among the words, or NULL. */
static const char *value_of(const words *w, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < w->count; i++) {
        if (strncmp(w->of[i], name, size) == 0 && w->of[i][size] == '=')
            return w->of[i] + size + 1;
    }
    return NULL;
}

static bool has_word(const words *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strcmp(w->of[i], name) == 0)
            return true;
    }
    return false;
}

/* ---- labels ---- */

static const char *label_jti(const story *s, const char *name, const char **fund)
{
    for (size_t i = s->label_count; i > 0; i--) {
        if (strcmp(s->labels[i - 1].name, name) == 0) {
            if (fund != NULL)
                *fund = s->labels[i - 1].fund[0] == '\0' ? NULL : s->labels[i - 1].fund;
            return s->labels[i - 1].jti;
        }
    }
    fail_msg("%s: no step has the label %s", s->name, name);
    return "";
}

static void label(story *s, const char *name, const char *fund, const char *jti)
{
    assert_true(s->label_count < STORY_LABELS_MAX);
    (void)snprintf(s->labels[s->label_count].name, sizeof s->labels[0].name, "%s", name);
    (void)snprintf(s->labels[s->label_count].fund, sizeof s->labels[0].fund, "%s",
                   fund == NULL ? "" : fund);
    (void)snprintf(s->labels[s->label_count].jti, sizeof s->labels[0].jti, "%s", jti);
    s->label_count++;
}

/* ---- writing ---- */

static void expect(const story *s, mz_status is, const story_step *step)
{
    if (is == step->want)
        return;
    char text[600];
    mz_reason_text(&s->fixture->why, MZ_ENGLISH, text, sizeof text);
    fail_msg("%s: %s %s %s\n    is %s (%s)\n    want %s", s->name, step->who, step->verb,
             step->text, mz_status_code(is), text, mz_status_code(step->want));
}

static void put_key(mz_buf *out, const char *word_text)
{
    char name[64] = "", actor[64] = "", text[MZ_FIXTURE_KEY_TEXT_SIZE];
    assert_int_equal(sscanf(word_text, "key %63s %63s", name, actor), 2);
    mz_fixture_key_text(name, actor, text);
    mz_buf_put_text(out, text);
}

/* The body of a raw event: labels become their entries' jti. */
static void expand(const story *s, const char *body, mz_buf *out)
{
    for (const char *at = body; *at != '\0';) {
        const char *mark = strchr(at, '@');
        size_t size = mark == NULL ? strlen(at) : (size_t)(mark - at);
        mz_buf_put(out, (mz_view){(const uint8_t *)at, size});
        if (mark == NULL)
            break;
        const char *end = strchr(mark + 1, '@');
        char name[200];
        assert_non_null(end);
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - mark - 1), mark + 1);
        if (strncmp(name, "key ", 4) == 0)
            put_key(out, name);
        else
            mz_buf_put_text(out, label_jti(s, name, NULL));
        at = end + 1;
    }
}

static const char *fund_of_event(const char *event, const char **body)
{
    static const char *const OTHERS[] = {"fund-b", "fund-c"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        if (strncmp(*body, OTHERS[i], 6) == 0 && (*body)[6] == '|') {
            *body += 7;
            return OTHERS[i];
        }
    }
    if (strncmp(*body, "-|", 2) == 0) {
        *body += 2;
        return NULL;
    }
    const mz_event_row *row = mz_event_row_named(mz_view_of(event));
    assert_non_null(row);
    return row->fund == MZ_FUND_NONE ? NULL : "fund-a";
}

static void write_event(story *s, const story_step *step, const char *event, const char *body)
{
    char jti[MZ_UUID_TEXT_SIZE];
    mz_buf text;
    const char *fund = fund_of_event(event, &body);
    mz_buf_init(&text, 20000);
    expand(s, body, &text);
    assert_false(text.failed);
    mz_status status =
        mz_fixture_write(s->fixture, step->who, event, fund, (const char *)text.data, jti);
    mz_buf_clear(&text);
    expect(s, status, step);
    if (status == MZ_OK && step->as != NULL)
        label(s, step->as, fund, jti);
}

__attribute__((format(printf, 4, 5))) static void write_format(story *s, const story_step *step,
                                                               const char *event,
                                                               const char *format, ...)
{
    char body[4000];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    assert_true(size > 0 && (size_t)size < sizeof body);
    write_event(s, step, event, body);
}

/* ---- money, parties, seats ---- */

static void gives(story *s, const words *w)
{
    const unsigned number = (unsigned)++s->bank_count;
    char jti[MZ_UUID_TEXT_SIZE];
    mz_fixture_must(s->fixture, "stew-a", "income.recorded", "fund-a", jti,
                    "{'kind':'donation','amount_fen':%s,'received_on':'2026-03-02',"
                    "'purpose':'%s'}",
                    word(w, 1), word(w, 0));
    mz_fixture_must(s->fixture, "cash-a", "income.confirmed", "fund-a", NULL,
                    "{'income':'%s','amount_fen':%s,'purpose':'%s','booked_on':'2026-03-02',"
                    "'bank_ref':'in-%u','receipt_no':'r-%u'}",
                    jti, word(w, 1), word(w, 0), number, number);
}

static void put_list(mz_buf *out, const char *name, const char *list)
{
    words w;
    cut(&w, list, ",");
    mz_buf_put_format(out, "'%s':[", name);
    for (size_t i = 0; i < w.count; i++)
        mz_buf_put_format(out, "%s'%s'", i == 0 ? "" : ",", w.of[i]);
    mz_buf_put_text(out, "],");
}

/* Lists may be empty, so strtok would not do. */
static void part(const char *text, size_t number, char *out, size_t out_size)
{
    for (; number > 0; number--) {
        text = strchr(text, '/');
        assert_non_null(text);
        text++;
    }
    size_t size = strcspn(text, "/");
    assert_true(size < out_size);
    memcpy(out, text, size);
    out[size] = '\0';
}

static void seats(story *s, const story_step *step)
{
    char members[300], alternates[300], supervisors[300], term_ends[20], chair[50];
    part(step->text, 0, members, sizeof members);
    part(step->text, 1, alternates, sizeof alternates);
    part(step->text, 2, supervisors, sizeof supervisors);
    part(step->text, 3, term_ends, sizeof term_ends);
    size_t chair_size = strcspn(members, ",");
    assert_true(chair_size < sizeof chair);
    memcpy(chair, members, chair_size);
    chair[chair_size] = '\0';
    mz_buf body;
    mz_buf_init(&body, 4000);
    mz_buf_put_text(&body, "{");
    put_list(&body, "members", members);
    put_list(&body, "alternates", alternates);
    put_list(&body, "supervisors", supervisors);
    mz_buf_put_format(&body, "'chair':'%s','term_ends':'%s'}", chair, term_ends);
    assert_false(body.failed);
    mz_fixture_registered(s->fixture, "committee.seated", "fund-a", NULL, "%s",
                          (const char *)body.data);
    mz_buf_clear(&body);
}

static void verifies(story *s, const story_step *step, const words *w)
{
    char jti[MZ_UUID_TEXT_SIZE];
    mz_buf body;
    mz_fixture_must(s->fixture, "reg-a", "party.registered", NULL, jti,
                    "{'party':'%s','kind':'person'}", word(w, 0));
    mz_buf_init(&body, 1000);
    mz_buf_put_format(&body, "{'registration':'%s'", jti);
    if (value_of(w, "same") != NULL)
        mz_buf_put_format(&body, ",'same_as':'%s'", value_of(w, "same"));
    if (value_of(w, "actor") != NULL)
        mz_buf_put_format(&body, ",'actor':'%s'", value_of(w, "actor"));
    mz_buf_put_text(&body, "}");
    assert_false(body.failed);
    write_event(s, step, "party.verified", (const char *)body.data);
    mz_buf_clear(&body);
}

/* ---- proposals ---- */

/* Words such as `general:500` become items of a list. */
static void put_items(mz_buf *out, const words *w, size_t from, bool payees)
{
    const char *comma = "";
    for (size_t i = from; i < w->count; i++) {
        const char *colon = strchr(w->of[i], ':');
        if (colon == NULL || (w->of[i][0] == '>') != payees)
            continue;
        const char *name = payees ? w->of[i] + 1 : w->of[i];
        mz_buf_put_format(out, "%s{'%s':'%.*s','%s':%s}", comma, payees ? "party" : "purpose",
                          (int)(colon - name), name, payees ? "cap_fen" : "amount_fen", colon + 1);
        comma = ",";
    }
}

static void files(story *s, const story_step *step, const words *w)
{
    mz_buf body;
    mz_buf_init(&body, 20000);
    mz_buf_put_format(&body, "{'proposal':'%s','title':'x','category':'%s','why':'x','draws':[",
                      word(w, 0), word(w, 1));
    put_items(&body, w, 2, false);
    mz_buf_put_text(&body, "],'payees':[");
    put_items(&body, w, 2, true);
    mz_buf_put_text(&body, "]");
    if (value_of(w, "end") != NULL)
        mz_buf_put_format(&body, ",'planned_end':'%s'", value_of(w, "end"));
    if (value_of(w, "replaces") != NULL)
        mz_buf_put_format(&body, ",'replaces':'%s'", value_of(w, "replaces"));
    if (value_of(w, "goods") != NULL)
        mz_buf_put_format(&body, ",'goods':[{'item':'rice','quantity':%s}]", value_of(w, "goods"));
    if (value_of(w, "item") != NULL)
        mz_buf_put_format(&body, ",'item_cap_fen':%s", value_of(w, "item"));
    mz_buf_put_text(&body, "}");
    assert_false(body.failed);
    write_event(s, step, "proposal.filed", (const char *)body.data);
    mz_buf_clear(&body);
}

/* As stored, not settled: looking must not change what is being tried. */
static void load(const story *s, const char *id, mz_proposal *proposal)
{
    uint64_t ref = 0;
    mz_reason why = {0};
    if (mz_name_find(s->fixture->changes, MZ_NAME_PROPOSAL, 0, mz_view_of(id), &ref, &why) != MZ_OK)
        fail_msg("%s: there is no proposal %s", s->name, id);
    assert_int_equal(mz_proposal_load(s->fixture->changes, ref, proposal, &why), MZ_OK);
}

static void votes(story *s, const story_step *step, const words *w)
{
    mz_proposal proposal;
    mz_fund fund;
    mz_reason why = {0};
    char hash[65], body[600], mine[64];
    load(s, word(w, 0), &proposal);
    assert_int_equal(mz_fund_load(s->fixture->changes, proposal.head.fund, &fund, &why), MZ_OK);
    if (has_word(w, "other"))
        proposal.head.filing_hash[31] ^= 1;
    mz_hex_32(proposal.head.filing_hash, hash);
    (void)snprintf(mine, sizeof mine, "ballot %.20s %.20s", step->who, word(w, 0));
    int size = snprintf(body, sizeof body,
                        "{'proposal':'%s','filing_sha256':'%s','choice':'%s','epoch':%s",
                        word(w, 0), hash, step->verb[0] == 'y' ? "approve" : "reject",
                        value_of(w, "epoch") == NULL ? "" : value_of(w, "epoch"));
    if (value_of(w, "epoch") == NULL)
        size += snprintf(body + size, sizeof body - (size_t)size, "%u",
                         fund.epoch == 0 ? 1 : (unsigned)fund.epoch);
    if (has_word(w, "over") || value_of(w, "over") != NULL)
        size += snprintf(body + size, sizeof body - (size_t)size, ",'supersedes':'%s'",
                         label_jti(s, has_word(w, "over") ? mine : value_of(w, "over"), NULL));
    (void)snprintf(body + size, sizeof body - (size_t)size, "}");
    uint64_t before = s->fixture->entry_count;
    write_event(s, step, "vote.cast", body);
    if (s->fixture->entry_count > before)
        label(s, mine, "fund-a", s->fixture->jti);
}

static void approves(story *s, const story_step *step, const words *w)
{
    mz_buf body;
    mz_buf_init(&body, 4000);
    mz_buf_put_format(&body, "{'proposal':'%s','draws':[", word(w, 0));
    put_items(&body, w, 1, false);
    mz_buf_put_text(&body, "]}");
    assert_false(body.failed);
    write_event(s, step, "application.approved", (const char *)body.data);
    mz_buf_clear(&body);
}

static void pays(story *s, const story_step *step, const words *w)
{
    mz_buf body;
    mz_buf_init(&body, 4000);
    mz_buf_put_format(&body,
                      "{'proposal':'%s','party':'%s','booked_on':'2026-03-02','bank_ref':'out-%u',"
                      "'draws':[",
                      word(w, 0), word(w, 1), (unsigned)++s->bank_count);
    put_items(&body, w, 2, false);
    mz_buf_put_text(&body, "]}");
    assert_false(body.failed);
    write_event(s, step, "payout.made", (const char *)body.data);
    mz_buf_clear(&body);
}

static void declares(story *s, const story_step *step, const words *w)
{
    write_format(s, step, "conflict.declared", "{'actor':'%s','party':'%s','relation':'x'}",
                 w->count == 1 ? step->who : word(w, 0), word(w, w->count - 1));
}

static void rekeys(story *s, const story_step *step, const words *w)
{
    char key[MZ_FIXTURE_KEY_TEXT_SIZE], since[60] = "";
    mz_fixture_key_text(word(w, 1), word(w, 0), key);
    if (w->count > 2) {
        char time[30];
        int64_t ms = 0;
        (void)snprintf(time, sizeof time, "%s %s", word(w, 2), word(w, 3));
        assert_true(mz_time_parse(mz_view_of(time), &ms));
        (void)snprintf(since, sizeof since, ",'compromised_since':%lld", (long long)ms);
    }
    write_format(s, step, "actor.rekeyed", "{'actor':'%s','reason':'x',%s%s}", word(w, 0), key,
                 since);
}

static void confirms(story *s, const story_step *step, const words *w)
{
    const char *fund = NULL;
    const char *jti = label_jti(s, word(w, 0), &fund);
    expect(s, mz_fixture_confirm_by(s->fixture, step->who, fund, jti), step);
}

/* Verbs with one proposal and words that nobody reads. */
static bool plain(story *s, const story_step *step, const words *w)
{
    static const struct {
        const char *verb, *event, *more;
    } PLAIN[] = {
        {"recuses",   "member.recused",       ",'reason':'x'"                   },
        {"withdraws", "proposal.withdrawn",   ",'reason':'x'"                   },
        {"objects",   "objection.filed",      ",'channel':'meeting','text':'x'" },
        {"opines",    "opinion.given",        ",'text':'x'"                     },
        {"applies",   "application.sent",     ""                                },
        {"returns",   "application.returned", ",'reason':'x'"                   },
        {"refuses",   "application.refused",  ",'reason':'x'"                   },
        {"completes", "project.completed",    ",'summary':'x','people_served':1"},
    };
    for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++) {
        if (strcmp(step->verb, PLAIN[i].verb) != 0)
            continue;
        write_format(s, step, PLAIN[i].event, "{'proposal':'%s'%s}", word(w, 0), PLAIN[i].more);
        return true;
    }
    return false;
}

/* ---- looking ---- */

static void same_text(const story *s, const story_step *step, const char *is)
{
    if (strcmp(is, step->text) != 0)
        fail_msg("%s: %s\n    is   %s\n    want %s", s->name, step->verb, is, step->text);
}

static void see_bucket(story *s, const story_step *step, const words *w)
{
    mz_bucket bucket;
    char is[100];
    mz_fixture_bucket(s->fixture, "fund-a", word(w, 0), &bucket);
    (void)snprintf(is, sizeof is, "%s %lld", word(w, 0),
                   (long long)(step->verb[0] == 'r' ? bucket.reserved_fen : bucket.balance_fen));
    same_text(s, step, is);
}

static void see_panel(story *s, const story_step *step, const words *w)
{
    mz_proposal proposal;
    mz_fund fund;
    mz_panel panel;
    mz_reason why = {0};
    char is[TEXT_MAX];
    mz_fixture_proposal(s->fixture, word(w, 0), &proposal);
    mz_fixture_fund(s->fixture, "fund-a", &fund);
    assert_int_equal(mz_panel_read(s->fixture->changes, &proposal, fund.epoch,
                                   s->fixture->entry_count, &panel, &why),
                     MZ_OK);
    int size = snprintf(is, sizeof is, "%s", word(w, 0));
    if (step->verb[0] == 't') {
        (void)snprintf(is + size, sizeof is - (size_t)size, " %zu %zu %zu", panel.approvals,
                       panel.rejections, panel.needed);
    } else {
        for (size_t i = 0; i < panel.count; i++) {
            mz_actor actor;
            assert_int_equal(mz_actor_load(s->fixture->changes, panel.people[i], &actor, &why),
                             MZ_OK);
            size += snprintf(is + size, sizeof is - (size_t)size, " %.40s", actor.id);
        }
    }
    same_text(s, step, is);
}

static bool sees(story *s, const story_step *step, const words *w)
{
    char is[100], day[MZ_DAY_TEXT_SIZE];
    if (strcmp(step->verb, "reserved") == 0 || strcmp(step->verb, "balance") == 0) {
        see_bucket(s, step, w);
    } else if (strcmp(step->verb, "panel") == 0 || strcmp(step->verb, "tally") == 0) {
        see_panel(s, step, w);
    } else if (strcmp(step->verb, "open") == 0) {
        mz_fund fund;
        mz_fixture_fund(s->fixture, "fund-a", &fund);
        (void)snprintf(is, sizeof is, "%u", (unsigned)fund.open_count);
        same_text(s, step, is);
    } else if (strcmp(step->verb, "is") == 0) {
        (void)snprintf(is, sizeof is, "%s %s", word(w, 0),
                       mz_fixture_stage(s->fixture, word(w, 0)));
        same_text(s, step, is);
    } else if (strcmp(step->verb, "expires") == 0 || strcmp(step->verb, "due") == 0) {
        mz_proposal proposal;
        mz_fixture_proposal(s->fixture, word(w, 0), &proposal);
        mz_day_text(step->verb[0] == 'e' ? proposal.head.expiry_day : proposal.head.due_day, day);
        (void)snprintf(is, sizeof is, "%s %s", word(w, 0), day);
        same_text(s, step, is);
    } else {
        return false;
    }
    return true;
}

static bool moves_clock(story *s, const story_step *step)
{
    if (strcmp(step->verb, "days") == 0) {
        mz_fixture_days_later(s->fixture, atoi(step->text));
        return true;
    }
    if (strcmp(step->verb, "at") != 0)
        return false;
    char text[20];
    int64_t ms = 0;
    (void)snprintf(text, sizeof text, "%.19s", step->text);
    assert_true(mz_time_parse(mz_view_of(text), &ms));
    mz_fixture_at(s->fixture, ms - (strlen(step->text) > 19 ? 1 : 0));
    return true;
}

static bool registers(story *s, const story_step *step, const words *w)
{
    if (strcmp(step->verb, "gives") == 0)
        gives(s, w);
    else if (strcmp(step->verb, "party") == 0)
        mz_fixture_party(s->fixture, word(w, 0), w->count > 1 ? word(w, 1) : NULL);
    else if (strcmp(step->verb, "seats") == 0)
        seats(s, step);
    else if (strcmp(step->verb, "declares") == 0)
        declares(s, step, w);
    else if (strcmp(step->verb, "retires") == 0)
        write_format(s, step, "actor.retired", "{'actor':'%s','reason':'x'}", word(w, 0));
    else if (strcmp(step->verb, "rekeys") == 0)
        rekeys(s, step, w);
    else if (strcmp(step->verb, "confirms") == 0)
        confirms(s, step, w);
    else if (strcmp(step->verb, "verifies") == 0)
        verifies(s, step, w);
    else
        return false;
    return true;
}

void story_step_run(story *s, const story_step *step)
{
    words w;
    if (strchr(step->verb, '.') != NULL) {
        write_event(s, step, step->verb, step->text);
        return;
    }
    cut(&w, step->text, " ");
    if (moves_clock(s, step) || plain(s, step, &w) || registers(s, step, &w) || sees(s, step, &w))
        return;
    if (strcmp(step->verb, "files") == 0)
        files(s, step, &w);
    else if (strcmp(step->verb, "yes") == 0 || strcmp(step->verb, "no") == 0)
        votes(s, step, &w);
    else if (strcmp(step->verb, "approves") == 0)
        approves(s, step, &w);
    else if (strcmp(step->verb, "pays") == 0)
        pays(s, step, &w);
    else if (strcmp(step->verb, "answers") == 0)
        write_format(s, step, "objection.answered", "{'objection':'%s','text':'x'}",
                     label_jti(s, word(&w, 0), NULL));
    else
        fail_msg("%s: nobody knows how to %s", s->name, step->verb);
}

void story_run(story *s, const story_step *steps)
{
    for (; steps->verb != NULL; steps++)
        story_step_run(s, steps);
}

void story_case_run(void **state)
{
    const story_case *c = *state;
    story s = {.fixture = mz_fixture_new(c->until), .name = c->name};
    story_run(&s, c->steps);
    mz_fixture_free(s.fixture);
}

size_t story_tests_add(struct CMUnitTest *tests, size_t tests_max, size_t count,
                       const story_case *cases, size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        assert(count < tests_max);
        tests[count++] = (struct CMUnitTest){.name = cases[i].name,
                                             .test_func = story_case_run,
                                             .initial_state = (void *)(uintptr_t)&cases[i]};
    }
    return count;
}
