#include "log/witnessing.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/clock.h"

#define TRIES_MAX 4 /* of one asking: a witness that moves on meanwhile is followed so often */
#define INTERVAL_MS 1000
#define POLL_MS 10000
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS (5 * 60 * 1000)

/* --- one witness, once --- */

static mz_kv *take_kv(void *context)
{
    return context;
}

static void keep_kv(void *context)
{
    (void)context;
}

mz_log_borrow mz_log_borrow_kv(mz_kv *kv)
{
    return (mz_log_borrow){kv, take_kv, keep_kv};
}

static mz_status borrow(const mz_log_borrow *log, mz_kv **kv, mz_reason *why)
{
    *kv = log->take(log->context);
    return *kv != NULL ? MZ_OK
                       : mz_refuse(why, MZ_BUSY,
                                   mz_words("cause", MZ_BOTH("账本正在重新打开",
                                                             "the log is being opened anew")));
}

/* A request and the text that it asks to cosign. */
typedef struct question {
    mz_buf body, text;
    uint64_t size, old_size;
} question;

/* The latest checkpoint and the proof from `old_size`, or from nothing when we are not there yet:
 * the witness then says what it knows. */
static mz_status put_question(mz_snapshot *snapshot, question *q, mz_reason *why)
{
    mz_witness_request request = {.old_size = q->old_size};
    mz_note note;
    mz_view bytes;
    mz_buf copy;
    q->size = mz_snapshot_size(snapshot);
    if (request.old_size > q->size)
        request.old_size = q->old_size = q->size;
    mz_buf_init(&copy, MZ_NOTE_SIZE_MAX);
    mz_buf_reset(&q->body);
    mz_buf_reset(&q->text);
    mz_status status = mz_snapshot_checkpoint(snapshot, 0, &bytes, why);
    if (status == MZ_OK) {
        mz_buf_put(&copy, bytes);
        status = mz_note_parse(mz_buf_view(&copy), &note, why);
    }
    if (status == MZ_OK)
        status = mz_snapshot_consistency(snapshot, request.old_size, q->size, &request.proof, why);
    if (status == MZ_OK) {
        request.note = mz_buf_view(&copy);
        mz_witness_request_put(&q->body, &request);
        mz_buf_put(&q->text, note.text);
        if (q->body.failed || q->text.failed)
            status = mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&copy);
    return status;
}

static mz_status ask_log(const mz_log_borrow *log, question *q, mz_reason *why)
{
    mz_kv *kv = NULL;
    mz_snapshot *snapshot = NULL;
    mz_status status = borrow(log, &kv, why);
    if (status != MZ_OK)
        return status;
    status = mz_snapshot_open_kv(kv, &snapshot, why);
    if (status == MZ_OK)
        status = put_question(snapshot, q, why);
    mz_snapshot_close(snapshot);
    log->give_back(log->context);
    return status;
}

static mz_status keep(const mz_log_borrow *log, const question *q, mz_view line, mz_reason *why)
{
    mz_kv *kv = NULL;
    mz_status status = borrow(log, &kv, why);
    if (status != MZ_OK)
        return status;
    status = mz_log_cosign(kv, q->size, line, NULL, why);
    log->give_back(log->context);
    return status;
}

static mz_status ask_once(const mz_log_borrow *log, const mz_witness_transport *transport,
                          void *connection, const mz_log_witness *witness, question *q,
                          mz_asked *asked, mz_reason *why)
{
    mz_cosignature cosignature = {0};
    mz_witness_answer answer = {0};
    uint64_t known = q->old_size;
    mz_buf_init(&answer.body, MZ_WITNESS_ANSWER_SIZE_MAX);
    mz_status status = ask_log(log, q, why);
    if (status == MZ_OK)
        status = transport->post(connection, witness->url, mz_buf_view(&q->body), &answer, why);
    if (status == MZ_OK) {
        asked->step = mz_witness_follow(&answer, mz_buf_view(&q->text), q->size, q->old_size,
                                        &witness->key, &cosignature, &known, why);
        asked->size = q->size;
        asked->known = known;
        q->old_size = known;
    }
    if (status == MZ_OK && asked->step == MZ_STEP_DONE) {
        asked->unix_s = cosignature.unix_s;
        q->old_size = q->size;
        status = keep(log, q, cosignature.line, why);
    }
    mz_buf_clear(&answer.body);
    return status;
}

mz_status mz_witness_ask(const mz_log_borrow *log, const mz_witness_transport *transport,
                         void *connection, const mz_log_witness *witness, uint64_t *old_size,
                         mz_asked *asked, mz_reason *why)
{
    question q = {.old_size = *old_size};
    mz_status status = MZ_OK;
    *asked = (mz_asked){.step = MZ_STEP_AGAIN};
    mz_buf_init(&q.body, MZ_WITNESS_REQUEST_SIZE_MAX);
    mz_buf_init(&q.text, MZ_CHECKPOINT_SIZE_MAX);
    for (unsigned i = 0; status == MZ_OK && asked->step == MZ_STEP_AGAIN && i < TRIES_MAX; i++)
        status = ask_once(log, transport, connection, witness, &q, asked, why);
    if (status == MZ_OK && asked->step == MZ_STEP_AGAIN) {
        asked->step = MZ_STEP_LATER;
        (void)mz_refuse(why, MZ_BUSY, mz_words("cause", witness->key.name));
    }
    *old_size = q.old_size;
    mz_buf_clear(&q.body);
    mz_buf_clear(&q.text);
    return status;
}

/* --- all of them, always --- */

/* One thread: the witness that stands at this place of the list, whoever that is by now. */
typedef struct slot {
    mz_witnessing *all;
    size_t place;
    pthread_t thread;
    /* Of the thread: */
    mz_log_witness witness;
    uint64_t old_size;
    int64_t retry_ms; /* the pause after the next failure */
    /* Under the mutex: */
    void *connection;
    uint64_t seen; /* the notice that this round answers */
    mz_witness_health health;
} slot;

struct mz_witnessing {
    mz_witnessing_options options;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t notices;
    size_t attentive; /* threads that wait for a notice, not for their pause to end */
    bool closing;
    size_t slot_count, witness_count;
    slot *slots[MZ_LIST_ITEMS_MAX];
};

static void *run_slot(void *context);

/* The caller holds the mutex, or is alone. */
static bool start_slot(mz_witnessing *all)
{
    slot *made = calloc(1, sizeof *made);
    if (made == NULL)
        return false;
    made->all = all;
    made->place = all->slot_count;
    made->retry_ms = all->options.retry_min_ms;
    if (pthread_create(&made->thread, NULL, run_slot, made) != 0) {
        free(made);
        return false;
    }
    all->slots[all->slot_count++] = made;
    return true;
}

/* Who stands here now; false when nobody does who can be asked. A list that grew gets its threads;
 * one that cannot be had now is tried again with the next witness. */
static mz_status look_up(slot *s, mz_log_witness *witness, uint64_t *size, bool *there,
                         mz_reason *why)
{
    mz_witnessing *all = s->all;
    const mz_log_borrow *log = &all->options.log;
    mz_kv *kv = NULL;
    mz_snapshot *snapshot = NULL;
    mz_log_witnesses *list = malloc(sizeof *list);
    *there = false;
    mz_status status = list != NULL ? borrow(log, &kv, why) : mz_refuse(why, MZ_NO_MEMORY);
    if (status != MZ_OK) {
        free(list);
        return status;
    }
    assert(list != NULL);
    status = mz_snapshot_open_kv(kv, &snapshot, why);
    if (status == MZ_OK)
        status = mz_log_witnesses_load(mz_snapshot_changes(snapshot), list, why);
    if (status == MZ_OK) {
        *size = mz_snapshot_size(snapshot);
        *there = s->place < list->count && list->items[s->place].url[0] != '\0';
        if (*there)
            *witness = list->items[s->place];
        (void)pthread_mutex_lock(&all->mutex);
        all->witness_count = list->count;
        while (!all->closing && all->slot_count < list->count && start_slot(all))
            continue;
        (void)pthread_mutex_unlock(&all->mutex);
    }
    mz_snapshot_close(snapshot);
    log->give_back(log->context);
    free(list);
    return status;
}

/* Another witness than before begins anew. */
static void meet(slot *s, const mz_log_witness *witness)
{
    if (s->witness.key.id == witness->key.id &&
        strcmp(s->witness.key.name, witness->key.name) == 0) {
        s->witness = *witness; /* the address may have changed */
        return;
    }
    s->witness = *witness;
    s->old_size = 0;
    s->retry_ms = s->all->options.retry_min_ms;
    (void)pthread_mutex_lock(&s->all->mutex);
    s->health = (mz_witness_health){0};
    memcpy(s->health.name, witness->key.name, sizeof s->health.name);
    (void)pthread_mutex_unlock(&s->all->mutex);
}

/* Keeps what came of a round; the alarm, if it begins now, is to be told. */
static bool note_round(slot *s, mz_status status, const mz_asked *asked, const mz_reason *why,
                       mz_witness_health *told)
{
    mz_witness_health *health = &s->health;
    const bool answered = status == MZ_OK, done = answered && asked->step == MZ_STEP_DONE;
    const bool ahead = answered && asked->step == MZ_STEP_AHEAD;
    const bool forked = answered && asked->step == MZ_STEP_FORKED;
    (void)pthread_mutex_lock(&s->all->mutex);
    const bool begins = (ahead && !health->ahead) || (forked && !health->forked);
    health->cosigned_count += done ? 1 : 0;
    health->failed_count += done ? 0 : 1;
    health->why = done ? (mz_reason){0} : *why;
    if (done) {
        health->cosigned_size = asked->size;
        health->cosigned_unix_s = asked->unix_s;
        health->ahead = health->forked = false;
    }
    if (ahead) {
        health->ahead = true;
        health->known_size = asked->known;
    }
    health->forked |= forked;
    *told = *health;
    (void)pthread_mutex_unlock(&s->all->mutex);
    return begins;
}

/* The pause after a failure, by half more or less, so that logs that failed together do not come
 * back together. */
static int64_t next_retry(slot *s)
{
    const mz_witnessing_options *options = &s->all->options;
    uint32_t random = 0;
    uint8_t bytes[4];
    if (mz_random(bytes, sizeof bytes, NULL) == MZ_OK)
        random = mz_be32_get(bytes);
    const int64_t pause = s->retry_ms / 2 + (int64_t)(random % 1000) * s->retry_ms / 1000;
    s->retry_ms = s->retry_ms * 2 > options->retry_max_ms ? options->retry_max_ms : s->retry_ms * 2;
    return pause;
}

/* One round; answers how long to wait at least, and whether there is nothing to do until then. */
static int64_t ask_now(slot *s, uint64_t size)
{
    const mz_witnessing_options *options = &s->all->options;
    mz_reason why = {0};
    mz_asked asked = {0};
    mz_witness_health told;
    if (s->health.cosigned_size == size && s->health.why.status == MZ_OK)
        return 0;
    const mz_status status = mz_witness_ask(&options->log, &options->transport, s->connection,
                                            &s->witness, &s->old_size, &asked, &why);
    if (note_round(s, status, &asked, &why, &told) && options->alarm != NULL)
        options->alarm(options->context, &told);
    if (status == MZ_OK && asked.step == MZ_STEP_DONE) {
        s->retry_ms = options->retry_min_ms;
        if (options->cosigned != NULL)
            options->cosigned(options->context, &told);
        return options->interval_ms;
    }
    return next_retry(s);
}

static void wait_ms(pthread_cond_t *changed, pthread_mutex_t *mutex, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    (void)pthread_cond_timedwait(changed, mutex, &until);
}

/* At least `pause_ms`, then until there is a notice or it is time to look unasked. False: closing.
 */
static bool rest(slot *s, int64_t pause_ms)
{
    mz_witnessing *all = s->all;
    const int64_t now_ms = mz_clock_steady_ms();
    const int64_t pause_until_ms = now_ms + pause_ms;
    const int64_t poll_ms = pause_ms > all->options.poll_ms ? pause_ms : all->options.poll_ms;
    (void)pthread_mutex_lock(&all->mutex);
    while (!all->closing) {
        const int64_t at_ms = mz_clock_steady_ms();
        const bool may = at_ms >= pause_until_ms;
        if (may &&
            (s->seen != all->notices || s->health.why.status != MZ_OK || at_ms >= now_ms + poll_ms))
            break;
        all->attentive += may ? 1 : 0;
        wait_ms(&all->changed, &all->mutex, may ? now_ms + poll_ms : pause_until_ms);
        all->attentive -= may ? 1 : 0;
    }
    s->seen = all->notices;
    const bool goes_on = !all->closing;
    (void)pthread_mutex_unlock(&all->mutex);
    return goes_on;
}

static void *run_slot(void *context)
{
    slot *s = context;
    const mz_witness_transport *transport = &s->all->options.transport;
    void *connection = NULL;
    int64_t pause_ms = 0;
    const bool open = transport->open(transport->context, &connection, NULL) == MZ_OK;
    (void)pthread_mutex_lock(&s->all->mutex);
    s->connection = connection;
    (void)pthread_mutex_unlock(&s->all->mutex);
    while (open && rest(s, pause_ms)) {
        mz_log_witness witness;
        uint64_t size = 0;
        bool there = false;
        const mz_status status = look_up(s, &witness, &size, &there, NULL);
        pause_ms = status == MZ_OK ? s->all->options.interval_ms : next_retry(s);
        if (!there)
            continue; /* the list is looked at again with a notice, not with each */
        meet(s, &witness);
        pause_ms = ask_now(s, size);
    }
    return NULL;
}

/* --- from outside --- */

static void set_defaults(mz_witnessing_options *options)
{
    const struct {
        int64_t *value, otherwise;
    } DEFAULTS[] = {
        {&options->interval_ms,  INTERVAL_MS },
        {&options->poll_ms,      POLL_MS     },
        {&options->retry_min_ms, RETRY_MIN_MS},
        {&options->retry_max_ms, RETRY_MAX_MS},
    };
    for (size_t i = 0; i < sizeof DEFAULTS / sizeof DEFAULTS[0]; i++) {
        if (*DEFAULTS[i].value == 0)
            *DEFAULTS[i].value = DEFAULTS[i].otherwise;
    }
}

mz_status mz_witnessing_new(const mz_witnessing_options *options, mz_witnessing **witnessing,
                            mz_reason *why)
{
    pthread_condattr_t steady;
    mz_witnessing *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->options = *options;
    made->notices = 1; /* there is something to look at */
    set_defaults(&made->options);
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&made->changed, &steady);
    (void)pthread_condattr_destroy(&steady);
    (void)pthread_mutex_init(&made->mutex, NULL);
    (void)pthread_mutex_lock(&made->mutex);
    const bool started = start_slot(made);
    (void)pthread_mutex_unlock(&made->mutex);
    if (!started) {
        mz_witnessing_close(made);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    *witnessing = made;
    return MZ_OK;
}

void mz_witnessing_close(mz_witnessing *witnessing)
{
    if (witnessing == NULL)
        return;
    const mz_witness_transport *transport = &witnessing->options.transport;
    (void)pthread_mutex_lock(&witnessing->mutex);
    witnessing->closing = true;
    const size_t count = witnessing->slot_count; /* grows no more */
    for (size_t i = 0; i < count; i++) {
        if (witnessing->slots[i]->connection != NULL)
            transport->stop(witnessing->slots[i]->connection);
    }
    (void)pthread_cond_broadcast(&witnessing->changed);
    (void)pthread_mutex_unlock(&witnessing->mutex);
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(witnessing->slots[i]->thread, NULL);
        if (witnessing->slots[i]->connection != NULL)
            transport->close(witnessing->slots[i]->connection);
        free(witnessing->slots[i]);
    }
    (void)pthread_mutex_destroy(&witnessing->mutex);
    (void)pthread_cond_destroy(&witnessing->changed);
    free(witnessing);
}

void mz_witnessing_notify(mz_witnessing *witnessing)
{
    (void)pthread_mutex_lock(&witnessing->mutex);
    witnessing->notices++;
    if (witnessing->attentive > 0)
        (void)pthread_cond_broadcast(&witnessing->changed);
    (void)pthread_mutex_unlock(&witnessing->mutex);
}

size_t mz_witnessing_read(mz_witnessing *witnessing, mz_witness_health *health, size_t max)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&witnessing->mutex);
    for (size_t i = 0; i < witnessing->slot_count && i < witnessing->witness_count; i++) {
        if (witnessing->slots[i]->health.name[0] == '\0')
            continue; /* no address, or not met yet */
        if (count < max)
            health[count] = witnessing->slots[i]->health;
        count++;
    }
    (void)pthread_mutex_unlock(&witnessing->mutex);
    return count;
}

bool mz_witnessing_alarmed(mz_witnessing *witnessing)
{
    bool alarmed = false;
    (void)pthread_mutex_lock(&witnessing->mutex);
    for (size_t i = 0; i < witnessing->slot_count && i < witnessing->witness_count; i++)
        alarmed |= witnessing->slots[i]->health.ahead || witnessing->slots[i]->health.forked;
    (void)pthread_mutex_unlock(&witnessing->mutex);
    return alarmed;
}
