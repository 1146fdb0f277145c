/* views_rating.c — 评事 as people see it: what was said of a project, next to the money paid for
 * it and what came back; and the six public steps of its road. */
#include <stdio.h>
#include <string.h>

#include "core/views_make.h"

#define RATER_COUNT 3 /* residents, street, exchange */

/* ---- ratings ---- */

/* The ratings of a proposal, newest first. */
typedef struct rating_walk {
    mz_ref proposal;
    bool seen[RATER_COUNT];
    json_t *rows;   /* of a proposal's view; NULL: only the latest of each rater are counted */
    size_t row_max; /* further rows are left out */
    mz_moment newest;
    int64_t (*sums)[MZ_GRADE_COUNT]; /* of each rater's latest, added; NULL: not wanted */
} rating_walk;

static void put_counts(mz_making *making, json_t *object, const int64_t *counts)
{
    json_t *list = mz_put_list(making, object, "counts");
    for (size_t i = 0; i < MZ_GRADE_COUNT; i++) {
        if (counts[i] == 0)
            continue;
        json_t *row = mz_add_object(making, list);
        mz_put(making, row, "grade", json_string(MZ_GRADES[i]));
        mz_put(making, row, "count", json_integer(counts[i]));
    }
}

static mz_status rating_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {NULL};
    rating_walk *walk = context;
    mz_rating rating;
    const mz_key_bytes key = mz_key_u64_u64(MZ_KIND_RATING, walk->proposal, index);
    mz_status status = mz_state_load(making->changes, &key, &rating, sizeof(rating), making->why);
    if (status != MZ_OK)
        return status;
    if (rating.rater >= RATER_COUNT)
        return mz_refuse_corrupt(making->why, "a rating of nobody");
    const bool latest = !walk->seen[rating.rater];
    walk->seen[rating.rater] = true;
    for (size_t i = 0; latest && walk->sums != NULL && i < MZ_GRADE_COUNT; i++)
        walk->sums[rating.rater][i] += rating.counts[i]; /* at most 1,000 of at most 10^9 */
    *go_on = walk->rows != NULL || !walk->seen[0] || !walk->seen[1] || !walk->seen[2];
    if (walk->rows == NULL || json_array_size(walk->rows) == walk->row_max)
        return MZ_OK;
    json_t *row = mz_add_object(making, walk->rows);
    mz_put(making, row, "rater", json_string(MZ_RATERS[rating.rater]));
    mz_put(making, row, "latest", json_boolean(latest));
    put_counts(making, row, rating.counts);
    status = mz_put_told(making, row, index, NAMES);
    if (walk->newest.index == MZ_NEVER)
        walk->newest =
            (mz_moment){.index = index, .at_ms = json_integer_value(json_object_get(row, "at_ms"))};
    return status;
}

static mz_status walk_ratings(mz_making *making, rating_walk *walk)
{
    uint64_t next;
    const mz_key_bytes prefix = mz_key_u64(MZ_KIND_RATING, walk->proposal);
    return mz_rows_back(making, &prefix, MZ_NEVER, SIZE_MAX, rating_row, walk, &next);
}

mz_status mz_put_ratings(mz_making *making, const mz_proposal *proposal, json_t *out,
                         mz_moment *rated)
{
    rating_walk walk = {
        .proposal = proposal->head.ref,
        .rows = mz_put_list(making, out, "ratings"),
        .row_max = MZ_VIEW_ROWS_MAX,
        .newest = {.index = MZ_NEVER, .at_ms = MZ_NO_TIME}
    };
    mz_status status = proposal->head.rating_count > 0 ? walk_ratings(making, &walk) : MZ_OK;
    *rated = walk.newest;
    return status;
}

/* ---- what it cost, whom it served, what came back ---- */

/* A quotient of amounts, which are 0..10^15, to the nearest hundredth: "1.25". */
static void put_ratio(mz_making *making, json_t *object, const char *name, int64_t part,
                      int64_t whole)
{
    char text[40];
    const int64_t hundredths = (200 * part + whole) / (2 * whole);
    snprintf(text, sizeof(text), "%lld.%02lld", (long long)(hundredths / 100),
             (long long)(hundredths % 100));
    mz_put(making, object, name, json_string(text));
}

void mz_put_results(mz_making *making, const mz_proposal *proposal, const mz_road *road,
                    json_t *out)
{
    const mz_proposal_head *head = &proposal->head;
    if (head->stage == MZ_COMPLETED && road->completed.index != MZ_NEVER) {
        const int64_t people = road->people_served;
        json_t *results = mz_put_object(making, out, "results");
        mz_put(making, results, "paid_fen", json_integer(head->paid_fen));
        mz_put(making, results, "people_served", json_integer(people));
        if (people > 0 && head->paid_fen > 0) /* to the nearest fen */
            mz_put(making, results, "per_person_fen",
                   json_integer((2 * head->paid_fen + people) / (2 * people)));
    }
    if (head->seeded_fen > 0) {
        json_t *seeded = mz_put_object(making, out, "seeded");
        mz_put(making, seeded, "confirmed_fen", json_integer(head->seeded_fen));
        mz_put(making, seeded, "paid_fen", json_integer(head->paid_fen));
        if (head->paid_fen > 0)
            put_ratio(making, seeded, "per_yuan", head->seeded_fen, head->paid_fen);
    }
}

bool mz_proposal_unrated(const mz_proposal_head *head)
{
    return head->stage == MZ_COMPLETED && head->rating_count == 0 &&
           head->category != MZ_CATEGORY_RESOLUTION && head->category != MZ_CATEGORY_FEES;
}

/* ---- the six steps ---- */

void mz_put_step(mz_making *making, const mz_proposal_head *head, json_t *row)
{
    mz_put(making, row, "step", json_string(MZ_STEPS[mz_proposal_step(head)]));
}

/* Whether a step has been done: the ones before the current one, unless the proposal went without;
 * and the current one of a proposal that was rejected, which is a decision, or rated. */
static bool step_done(const mz_proposal *proposal, const mz_road *road, mz_step step)
{
    const mz_proposal_head *head = &proposal->head;
    const mz_step current = mz_proposal_step(head);
    if (step == MZ_STEP_NEED)
        return head->need != 0;
    if (step == MZ_STEP_WORK && head->stage == MZ_COMPLETED)
        return road->completed.index != MZ_NEVER; /* a resolution has no work */
    if (step == current)
        return head->stage == MZ_REJECTED || head->rating_count > 0;
    return step < current;
}

static const char *step_state(const mz_proposal *proposal, const mz_road *road, mz_step step)
{
    const mz_step current = mz_proposal_step(&proposal->head);
    if (step_done(proposal, road, step))
        return "done";
    if (step < current || proposal->head.stage > MZ_COMPLETED)
        return "skipped";
    if (proposal->head.stage == MZ_COMPLETED && !mz_proposal_unrated(&proposal->head))
        return "skipped";
    return step == current ? "now" : "ahead";
}

mz_status mz_put_steps(mz_making *making, const mz_proposal *proposal, const mz_road *road,
                       json_t *out)
{
    const mz_proposal_head *head = &proposal->head;
    const mz_moment none = {.index = MZ_NEVER, .at_ms = MZ_NO_TIME};
    mz_moment moments[MZ_STEP_COUNT] = {
        [MZ_STEP_NEED] = none, /* below */
        [MZ_STEP_PROPOSAL] = {.index = head->ref, .at_ms = head->filed_ms},
        [MZ_STEP_CONSULTATION] = none, /* ends by time passing, not by an entry */
        [MZ_STEP_DECISION] = road->decided,
        [MZ_STEP_WORK] = road->completed,
        [MZ_STEP_RATING] = road->rated,
    };
    mz_status status = MZ_OK;
    if (head->need != 0) {
        static const char *const NAMES[] = {NULL};
        json_t *told = json_object();
        status = mz_put_told(making, told, head->need, NAMES);
        moments[MZ_STEP_NEED] = (mz_moment){
            .index = head->need, .at_ms = json_integer_value(json_object_get(told, "at_ms"))};
        json_decref(told);
    }
    json_t *rows = mz_put_list(making, out, "steps");
    for (mz_step step = MZ_STEP_NEED; step < MZ_STEP_COUNT; step++) {
        json_t *row = mz_add_object(making, rows);
        const char *state = step_state(proposal, road, step);
        mz_put(making, row, "step", json_string(MZ_STEPS[step]));
        mz_put(making, row, "state", json_string(state));
        if (strcmp(state, "done") != 0)
            continue;
        mz_put_ms(making, row, "at_ms", moments[step].at_ms);
        mz_put_index(making, row, "index", moments[step].index);
    }
    return status;
}

/* ---- the fund's summary ---- */

typedef struct rating_summary {
    uint64_t completed, rated;
    int64_t sums[RATER_COUNT][MZ_GRADE_COUNT];
} rating_summary;

static mz_status sum_ratings(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    rating_summary *summary = context;
    mz_proposal proposal;
    (void)go_on;
    mz_status status = mz_proposal_load(making->changes, index, &proposal, making->why);
    if (status != MZ_OK || proposal.head.stage != MZ_COMPLETED)
        return status;
    summary->completed++;
    if (proposal.head.rating_count == 0)
        return MZ_OK;
    summary->rated++;
    rating_walk walk = {.proposal = index, .sums = summary->sums};
    return walk_ratings(making, &walk);
}

mz_status mz_put_rating_summary(mz_making *making, const mz_fund *fund, json_t *out)
{
    rating_summary summary = {0};
    uint64_t next = MZ_NEVER;
    mz_status status = mz_fund_rows(making, fund->ref, MZ_PROPOSAL_FILED, MZ_NEVER,
                                    MZ_COUNTED_ROWS_MAX, sum_ratings, &summary, &next);
    json_t *object = mz_put_object(making, out, "ratings");
    mz_put_count(making, object, "completed_count", summary.completed);
    mz_put_count(making, object, "rated_count", summary.rated);
    json_t *raters = mz_put_list(making, object, "raters");
    for (size_t i = 0; i < RATER_COUNT; i++) {
        bool any = false;
        for (size_t k = 0; k < MZ_GRADE_COUNT; k++)
            any = any || summary.sums[i][k] > 0;
        if (!any)
            continue;
        json_t *row = mz_add_object(making, raters);
        mz_put(making, row, "rater", json_string(MZ_RATERS[i]));
        put_counts(making, row, summary.sums[i]);
    }
    if (next != MZ_NEVER)
        mz_put(making, object, "more", json_true());
    return status;
}
