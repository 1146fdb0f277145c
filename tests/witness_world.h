/* witness_world.h — a ledger in a folder with two witnesses, each with its own state, asked without
 * a wire; and a third witness that the ledger does not know at first. Stops the test when something
 * that cannot fail does. */
#ifndef MZ_TESTS_WITNESS_WORLD_H
#define MZ_TESTS_WITNESS_WORLD_H

#include <pthread.h>

#include "audit/witness.h"
#include "log/witnessing.h"

#define WITNESS_COUNT 3
#define WITNESSED_QUORUM 2

typedef struct witness_world {
    char root[64], dir[96];
    mz_signer log_signer;
    mz_log_options options;
    mz_log *log;
    int64_t now_ms;
    uint64_t number; /* of the next entry's jti */
    mz_hasher *hasher;
    mz_signer signers[WITNESS_COUNT];
    mz_vkey keys[WITNESS_COUNT];
    /* The witnesses, asked one at a time: */
    pthread_mutex_t mutex;
    mz_witness_service *services[WITNESS_COUNT];
    unsigned posts[WITNESS_COUNT];
    unsigned answers_with[WITNESS_COUNT]; /* this code instead; 0: its own */
    bool hangs[WITNESS_COUNT];            /* until it is stopped */
} witness_world;

void witness_world_init(witness_world *w);
void witness_world_clear(witness_world *w);
/* {'vkey':'...','url':'http://w<i>'} */
void witness_world_put(const witness_world *w, size_t i, mz_buf *out);
/* Appends entries that are always accepted; answers the size. */
uint64_t witness_world_append(witness_world *w, size_t count);
/* ledger.amended with this body, and its confirmation: two entries. */
uint64_t witness_world_amend(witness_world *w, const char *body);
/* Closes the ledger and opens it again; `other` NULL: the same folder. */
void witness_world_reopen(witness_world *w);
/* Appends the cosignature of witness i over the checkpoint of `size`, made behind its back. */
void witness_world_cosign(witness_world *w, size_t i, uint64_t size, uint64_t unix_s,
                          mz_buf *lines);
/* Appends a pin that asks for `quorum` of the first two witnesses; 0: names them, asks for none. */
void witness_world_pin(const witness_world *w, size_t quorum, mz_buf *out);
mz_witness_transport witness_world_transport(witness_world *w);

#endif
