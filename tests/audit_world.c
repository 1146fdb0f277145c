#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "audit_world.h"
#include "core/policy.h"
#include "kv/lmdb.h"
#include "log_fixture.h"

static mz_hasher *hasher(void)
{
    static mz_hasher *one;
    if (one == NULL)
        one = mz_hasher_new();
    assert_non_null(one);
    return one;
}

static size_t add_jws(world *w, mz_view jws)
{
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    const size_t size = mz_leaf_prefix(w->now_ms, prefix);
    assert_true(w->count < WORLD_LEAVES_MAX);
    world_leaf *leaf = &w->leaves[w->count];
    leaf->size = size + jws.size;
    leaf->data = malloc(leaf->size);
    assert_non_null(leaf->data);
    memcpy(leaf->data, prefix, size);
    memcpy(leaf->data + size, jws.data, jws.size);
    uint8_t jti[16];
    mz_sample_jti(w->number++, w->now_ms - w->behind_ms, jti);
    mz_uuid_text(jti, leaf->jti);
    return w->count++;
}

world *world_new_at(int64_t ms)
{
    world *w = calloc(1, sizeof *w);
    mz_buf jws;
    assert_non_null(w);
    w->now_ms = MZ_SAMPLE_START_MS + ms;
    w->every = 3;
    w->log_key = "log";
    w->fund = "fund-a";
    w->steward = "stew-a";
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(w->now_ms, &jws);
    (void)add_jws(w, mz_buf_view(&jws));
    mz_buf_clear(&jws);
    return w;
}

world *world_new(void)
{
    return world_new_at(0);
}

void world_free(world *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->leaves[i].data);
    free(w);
}

void world_days(world *w, int days)
{
    w->now_ms += (int64_t)days * 24 * 3600 * 1000;
}

size_t world_add(world *w, const char *who, const char *event, const char *fund, const char *format,
                 ...)
{
    char body[4096];
    mz_buf jws;
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    assert_true(size > 0 && (size_t)size < sizeof body);
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    mz_sample_sign(who, w->number, w->now_ms - w->behind_ms, event, fund, body, &jws);
    const size_t index = add_jws(w, mz_buf_view(&jws));
    mz_buf_clear(&jws);
    return index;
}

size_t world_confirm(world *w, size_t index, const char *fund)
{
    return world_add(w, "reg-b", "registry.confirmed", fund, "{'target':'%s'}",
                     w->leaves[index].jti);
}

void world_enrol(world *w, const char *actor, const char *role, const char *more)
{
    mz_buf key;
    mz_buf_init(&key, 1024);
    mz_sample_put_key(&key, actor, actor);
    world_confirm(w,
                  world_add(w, "reg-a", "actor.enrolled", NULL, "{'actor':'%s','role':'%s',%s%s}",
                            actor, role, (const char *)key.data, more),
                  NULL);
    mz_buf_clear(&key);
}

void world_parties(world *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        world_add(w, "reg-a", "party.registered", NULL,
                  "{'party':'p-%llu','kind':'collective','name':'邻里互助组'}",
                  (unsigned long long)w->number);
}

static mz_hash leaf_hash(const world *w, size_t index)
{
    return mz_merkle_leaf_hash(hasher(), (mz_view){w->leaves[index].data, w->leaves[index].size});
}

void world_leaf_hash(const world *w, size_t index, char hex[65])
{
    mz_hex_32(leaf_hash(w, index).bytes, hex);
}

static void append(mz_merkle_frontier *frontier, const world *w, size_t index)
{
    mz_hash nodes[MZ_MERKLE_LEVELS + 1];
    size_t count = 0;
    const mz_hash hash = leaf_hash(w, index);
    mz_merkle_frontier_append(frontier, hasher(), &hash, nodes, &count);
}

mz_hash world_root(const world *w, size_t size)
{
    mz_merkle_frontier frontier = {0};
    for (size_t i = 0; i < size; i++)
        append(&frontier, w, i);
    return mz_merkle_frontier_root(&frontier, hasher());
}

void world_note(const world *w, size_t size, const char *key, const mz_hash *root, mz_buf *note)
{
    mz_checkpoint checkpoint = {.origin = MZ_SAMPLE_ORIGIN, .size = size};
    mz_signer signer;
    (void)w;
    checkpoint.root = *root;
    mz_sample_signer(key, &signer);
    mz_buf_reset(note);
    assert_int_equal(mz_checkpoint_sign(hasher(), &checkpoint, &signer, note, NULL), MZ_OK);
}

static const char *key_at(const world *w, size_t size)
{
    return w->rotated != 0 && size > w->rotated ? "log-2" : w->log_key;
}

void world_write_file(const char *path, mz_view bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

void world_write_pin(const world *w, const char *path, const char *log_key)
{
    mz_signer signer;
    mz_vkey vkey;
    mz_buf text;
    const mz_hash genesis = leaf_hash(w, 0);
    mz_sample_signer(log_key, &signer);
    assert_int_equal(mz_vkey_make(hasher(), mz_view_of(MZ_SAMPLE_ORIGIN), MZ_VKEY_ED25519,
                                  signer.public_key, &vkey, NULL),
                     MZ_OK);
    mz_buf_init(&text, 8192);
    mz_pin_put(&text, &vkey, &genesis);
    world_write_file(path, mz_buf_view(&text));
    mz_buf_clear(&text);
}

static bool publishes(const world *w, size_t size)
{
    return size % w->every == 0 || size == w->count;
}

static void put_number(mz_kv_txn *txn, mz_table table, uint64_t number, mz_view value)
{
    uint8_t key[8];
    mz_be64_put(key, number);
    assert_int_equal(mz_kv_put(txn, table, (mz_view){key, 8}, value, NULL), MZ_OK);
}

void world_write(const world *w, const char *dir)
{
    const mz_lmdb_options options = {.scratch = true};
    mz_kv *kv = NULL;
    mz_kv_txn *txn = NULL;
    mz_buf note;
    mz_merkle_frontier frontier = {0};
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mz_lmdb_create(dir, &options, &kv, NULL), MZ_OK);
    assert_int_equal(mz_kv_begin_write(kv, &txn, NULL), MZ_OK);
    for (size_t i = 0; i < w->count; i++) {
        append(&frontier, w, i);
        put_number(txn, MZ_TABLE_ENTRIES, i, (mz_view){w->leaves[i].data, w->leaves[i].size});
        if (!publishes(w, i + 1))
            continue;
        const mz_hash root = mz_merkle_frontier_root(&frontier, hasher());
        world_note(w, i + 1, key_at(w, i + 1), &root, &note);
        put_number(txn, MZ_TABLE_CHECKPOINTS, i + 1, mz_buf_view(&note));
    }
    assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
    mz_kv_close(kv);
    mz_buf_clear(&note);
}

static FILE *numbered(const char *dir, const char *folder, size_t number)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, folder);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/%s/%010zu.txt", dir, folder, number);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    return file;
}

void world_write_bundle(const world *w, const char *dir)
{
    char path[512];
    mz_buf note, line;
    mz_merkle_frontier frontier = {0};
    mz_buf_init(&note, MZ_NOTE_SIZE_MAX);
    mz_buf_init(&line, MZ_NOTE_SIZE_MAX);
    assert_int_equal(mkdir(dir, 0755), 0);
    FILE *entries = numbered(dir, "entries", 0); /* at most one file of each */
    FILE *notes = numbered(dir, "checkpoints", 0);
    for (size_t i = 0; i < w->count; i++) {
        append(&frontier, w, i);
        (void)fwrite(w->leaves[i].data, 1, w->leaves[i].size, entries);
        (void)fputc('\n', entries);
        if (!publishes(w, i + 1))
            continue;
        const mz_hash root = mz_merkle_frontier_root(&frontier, hasher());
        world_note(w, i + 1, key_at(w, i + 1), &root, &note);
        mz_buf_reset(&line);
        mz_buf_put_format(&line, "%zu ", i + 1);
        mz_buf_put_base64(&line, mz_buf_view(&note));
        mz_buf_put_text(&line, "\n");
        (void)fwrite(line.data, 1, line.size, notes);
    }
    assert_int_equal(fclose(entries), 0);
    assert_int_equal(fclose(notes), 0);
    (void)snprintf(path, sizeof path, "%s/checkpoint", dir);
    world_write_file(path, mz_buf_view(&note));
    (void)snprintf(path, sizeof path, "%s/manifest.json", dir);
    world_write_file(path, mz_view_of("{}\n"));
    mz_buf_clear(&note);
    mz_buf_clear(&line);
}

void world_put(const char *dir, mz_table table, uint64_t key, const mz_view *value)
{
    mz_kv *kv = NULL;
    mz_kv_txn *txn = NULL;
    uint8_t bytes[8];
    mz_be64_put(bytes, key);
    assert_int_equal(mz_lmdb_open(dir, NULL, &kv, NULL), MZ_OK);
    assert_int_equal(mz_kv_begin_write(kv, &txn, NULL), MZ_OK);
    assert_int_equal(value != NULL ? mz_kv_put(txn, table, (mz_view){bytes, 8}, *value, NULL)
                                   : mz_kv_erase(txn, table, (mz_view){bytes, 8}, NULL),
                     MZ_OK);
    assert_int_equal(mz_kv_commit(txn, NULL), MZ_OK);
    mz_kv_close(kv);
}

void world_get(const char *dir, mz_table table, uint64_t key, mz_buf *value)
{
    mz_kv *kv = NULL;
    mz_kv_txn *txn = NULL;
    mz_view found;
    uint8_t bytes[8];
    mz_be64_put(bytes, key);
    assert_int_equal(mz_lmdb_open(dir, NULL, &kv, NULL), MZ_OK);
    assert_int_equal(mz_kv_begin_read(kv, &txn, NULL), MZ_OK);
    assert_int_equal(mz_kv_get(txn, table, (mz_view){bytes, 8}, &found, NULL), MZ_OK);
    mz_buf_reset(value);
    mz_buf_put(value, found);
    mz_kv_abort(txn);
    mz_kv_close(kv);
}
