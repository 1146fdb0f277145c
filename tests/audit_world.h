/* audit_world.h — logs for an audit to look at, honest and otherwise: leaves are put together one
 * by one, signed by the people of log_fixture.h, and written to a ledger's folder or a bundle with
 * checkpoints by whoever holds the log's key. No rule is asked: what is written is what was said.
 */
#ifndef MZ_TESTS_AUDIT_WORLD_H
#define MZ_TESTS_AUDIT_WORLD_H

#include "core/checkpoint.h"
#include "core/kv.h"
#include "core/uuid.h"

#define WORLD_LEAVES_MAX 8192

typedef struct world_leaf {
    uint8_t *data;
    size_t size;
    char jti[MZ_UUID_TEXT_SIZE];
} world_leaf;

typedef struct world {
    size_t count;
    world_leaf leaves[WORLD_LEAVES_MAX];
    uint64_t number;   /* of the next entry */
    int64_t now_ms;    /* log time of the next entry */
    int64_t behind_ms; /* how much earlier it was signed */
    size_t every;      /* checkpoints are published at these multiples, and at the end */
    size_t rotated;    /* checkpoints above this size are signed by "log-2"; 0: none */
    const char *log_key;
    const char *fund, *steward; /* of what audit_place.h adds: fund-a and stew-a at first */
} world;

/* Fails the test when it cannot. Ends with world_free. The genesis is in it. */
world *world_new(void);
/* One whose genesis was written `ms` later: another log under the same keys. */
world *world_new_at(int64_t ms);
void world_free(world *w);
void world_days(world *w, int days);

/* Each answers with the index. In bodies a single quote stands for a double one. */
size_t world_add(world *w, const char *who, const char *event, const char *fund, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
void world_enrol(world *w, const char *actor, const char *role, const char *more);
size_t world_confirm(world *w, size_t index, const char *fund);
/* So many parties of reg-a, who are always accepted. */
void world_parties(world *w, size_t count);
void world_leaf_hash(const world *w, size_t index, char hex[65]);
mz_hash world_root(const world *w, size_t size);
/* The checkpoint of the first `size` leaves, as it would be published. */
void world_note(const world *w, size_t size, const char *key, const mz_hash *root, mz_buf *note);

/* Writes all leaves and checkpoints into a new folder, and the pin beside it. */
void world_write(const world *w, const char *dir);
void world_write_bundle(const world *w, const char *dir);
void world_write_pin(const world *w, const char *path, const char *log_key);
void world_write_file(const char *path, mz_view bytes);

/* Changes a row of a ledger's folder behind the back of all: NULL value erases. */
void world_put(const char *dir, mz_table table, uint64_t key, const mz_view *value);
void world_get(const char *dir, mz_table table, uint64_t key, mz_buf *value);

#endif
