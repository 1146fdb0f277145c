#include "witness_world.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/clock.h"
#include "log/files.h"
#include "log_fixture.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

void witness_world_put(const witness_world *w, size_t i, mz_buf *out)
{
    mz_buf_put_text(out, "{'vkey':'");
    mz_vkey_put(out, &w->keys[i]);
    mz_buf_put_format(out, "','url':'http://w%zu'}", i);
}

static void make_witness(witness_world *w, size_t i)
{
    char name[32], path[128];
    mz_vkey log_key;
    (void)snprintf(name, sizeof name, "witness.example.net/w%zu", i);
    (void)snprintf(path, sizeof path, "%s/w%zu", w->root, i);
    mz_sample_signer(name, &w->signers[i]);
    must(mz_witness_state_create(path, &w->signers[i], name, &w->keys[i], NULL) == MZ_OK);
    must(mz_witness_service_open(path, &w->signers[i], &w->services[i], NULL) == MZ_OK);
    must(mz_vkey_make(w->hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                      w->log_signer.public_key, &log_key, NULL) == MZ_OK);
    must(mz_witness_watch(w->services[i], &log_key, NULL) == MZ_OK);
}

void witness_world_init(witness_world *w)
{
    mz_buf witnesses, genesis;
    const char *parent = getenv("TMPDIR");
    memset(w, 0, sizeof *w);
    (void)snprintf(w->root, sizeof w->root, "%s/mz-wit-XXXXXX", parent != NULL ? parent : "/tmp");
    must(mkdtemp(w->root) != NULL);
    (void)snprintf(w->dir, sizeof w->dir, "%s/ledger", w->root);
    (void)pthread_mutex_init(&w->mutex, NULL);
    w->hasher = mz_hasher_new();
    must(w->hasher != NULL);
    mz_sample_signer("log", &w->log_signer);
    for (size_t i = 0; i < WITNESS_COUNT; i++)
        make_witness(w, i);
    mz_buf_init(&witnesses, 4096);
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_buf_put_text(&witnesses, "'witnesses':[");
    witness_world_put(w, 0, &witnesses);
    mz_buf_put_text(&witnesses, ",");
    witness_world_put(w, 1, &witnesses);
    mz_buf_put_format(&witnesses, "],'quorum':%d", WITNESSED_QUORUM);
    must(!witnesses.failed);
    w->options = (mz_log_options){.dir = w->dir, .signers = &w->log_signer, .signer_count = 1};
    w->now_ms = mz_clock_now_unix_ms();
    w->number = 1;
    mz_sample_genesis_witnessed(w->now_ms, (const char *)witnesses.data, &genesis);
    must(mz_log_create(&w->options, mz_buf_view(&genesis), w->now_ms, &w->log, NULL) == MZ_OK);
    mz_buf_clear(&witnesses);
    mz_buf_clear(&genesis);
}

void witness_world_clear(witness_world *w)
{
    mz_log_close(w->log);
    for (size_t i = 0; i < WITNESS_COUNT; i++)
        mz_witness_service_close(w->services[i]);
    mz_hasher_free(w->hasher);
    (void)pthread_mutex_destroy(&w->mutex);
    mz_folder_remove(w->root);
}

static uint64_t append_one(witness_world *w, mz_view jws)
{
    mz_submission submission;
    mz_submission_init(&submission, jws);
    must(mz_log_append(w->log, &submission, 1, w->now_ms, NULL) == MZ_OK);
    must(submission.status == MZ_OK);
    const uint64_t size = submission.index + 1;
    mz_submission_clear(&submission);
    return size;
}

uint64_t witness_world_append(witness_world *w, size_t count)
{
    uint64_t size = 0;
    mz_buf jws;
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        mz_sample_party(w->number++, w->now_ms, &jws);
        size = append_one(w, mz_buf_view(&jws));
    }
    mz_buf_clear(&jws);
    return size;
}

uint64_t witness_world_amend(witness_world *w, const char *body)
{
    uint8_t jti[16];
    char text[MZ_UUID_TEXT_SIZE], target[80];
    mz_buf jws;
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    mz_sample_jti(w->number, w->now_ms, jti);
    mz_uuid_text(jti, text);
    mz_sample_sign("reg-a", w->number++, w->now_ms, "ledger.amended", NULL, body, &jws);
    (void)append_one(w, mz_buf_view(&jws));
    (void)snprintf(target, sizeof target, "{'target':'%s'}", text);
    mz_sample_sign("reg-b", w->number++, w->now_ms, "registry.confirmed", NULL, target, &jws);
    const uint64_t size = append_one(w, mz_buf_view(&jws));
    mz_buf_clear(&jws);
    return size;
}

void witness_world_reopen(witness_world *w)
{
    mz_log_close(w->log);
    w->log = NULL;
    must(mz_log_open(&w->options, &w->log, NULL) == MZ_OK);
}

void witness_world_pin(const witness_world *w, size_t quorum, mz_buf *out)
{
    mz_snapshot *snapshot = NULL;
    mz_view leaf;
    mz_vkey log_key;
    must(mz_snapshot_open(w->log, &snapshot, NULL) == MZ_OK);
    must(mz_snapshot_leaf(snapshot, 0, &leaf, NULL) == MZ_OK);
    const mz_hash genesis = mz_merkle_leaf_hash(w->hasher, leaf);
    mz_snapshot_close(snapshot);
    must(mz_vkey_make(w->hasher, mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                      w->log_signer.public_key, &log_key, NULL) == MZ_OK);
    mz_buf_put_text(out, "log ");
    mz_vkey_put(out, &log_key);
    mz_buf_put_text(out, "\n# genesis ");
    mz_buf_put_hex(out, (mz_view){genesis.bytes, MZ_HASH_SIZE});
    for (size_t i = 0; i < 2; i++) {
        mz_buf_put_format(out, "\nwitness w%zu ", i);
        mz_vkey_put(out, &w->keys[i]);
    }
    if (quorum > 0)
        mz_buf_put_format(out, "\ngroup g %zu w0 w1\nquorum g\n", quorum);
    else
        mz_buf_put_text(out, "\nquorum none\n");
}

void witness_world_cosign(witness_world *w, size_t i, uint64_t size, uint64_t unix_s, mz_buf *lines)
{
    mz_snapshot *snapshot = NULL;
    mz_view bytes;
    mz_note note;
    must(mz_snapshot_open(w->log, &snapshot, NULL) == MZ_OK);
    must(mz_snapshot_checkpoint(snapshot, size, &bytes, NULL) == MZ_OK);
    must(mz_note_parse(bytes, &note, NULL) == MZ_OK);
    must(mz_note_cosign(w->hasher, note.text, mz_view_of(w->keys[i].name), &w->signers[i], unix_s,
                        lines, NULL) == MZ_OK);
    mz_snapshot_close(snapshot);
}

/* --- the transport --- */

typedef struct connection {
    witness_world *w;
    atomic_bool stopped;
} connection;

static mz_status open_connection(void *context, void **out, mz_reason *why)
{
    connection *made = calloc(1, sizeof *made);
    if (made == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    made->w = context;
    atomic_init(&made->stopped, false);
    *out = made;
    return MZ_OK;
}

static mz_status post(void *context, const char *url, mz_view body, mz_witness_answer *answer,
                      mz_reason *why)
{
    connection *c = context;
    witness_world *w = c->w;
    mz_witness_reply reply;
    must(strncmp(url, "http://w", 8) == 0);
    const size_t i = (size_t)(url[8] - '0');
    must(i < WITNESS_COUNT);
    (void)pthread_mutex_lock(&w->mutex);
    w->posts[i]++;
    while (w->hangs[i] && !atomic_load(&c->stopped)) {
        (void)pthread_mutex_unlock(&w->mutex);
        (void)sched_yield();
        (void)pthread_mutex_lock(&w->mutex);
    }
    mz_status status = MZ_OK;
    if (atomic_load(&c->stopped)) {
        status = mz_refuse(why, MZ_IO, mz_words("cause", "stopped"));
    } else if (w->answers_with[i] != 0) {
        answer->code = w->answers_with[i];
    } else {
        mz_witness_answer_request(w->services[i], "POST", mz_view_of("/add-checkpoint"), body,
                                  mz_clock_now_unix_ms() / 1000, &reply);
        answer->code = reply.code;
        (void)snprintf(answer->media_type, sizeof answer->media_type, "%s", reply.media_type);
        mz_buf_put(&answer->body, mz_buf_view(&reply.body));
        mz_buf_clear(&reply.body);
    }
    (void)pthread_mutex_unlock(&w->mutex);
    return status;
}

static void stop(void *context)
{
    connection *c = context;
    atomic_store(&c->stopped, true);
}

static void close_connection(void *context)
{
    free(context);
}

mz_witness_transport witness_world_transport(witness_world *w)
{
    return (mz_witness_transport){w, open_connection, post, stop, close_connection};
}
