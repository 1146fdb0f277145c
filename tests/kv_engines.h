/* kv_engines.h — a fresh store of either engine, for the suites that run over both. */
#ifndef MZ_TEST_KV_ENGINES_H
#define MZ_TEST_KV_ENGINES_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kv/lmdb.h"
#include "kv/memory.h"

/* A new temporary folder, in `folder`; what a test makes in it, ends with temporary_remove. */
static inline void temporary_make(char folder[PATH_MAX])
{
    const char *root = getenv("TMPDIR");
    int size = snprintf(folder, PATH_MAX, "%s/mz-test-XXXXXX", root != NULL ? root : "/tmp");
    if (size < 0 || size >= PATH_MAX || mkdtemp(folder) == NULL)
        abort();
}

static inline const char *temporary_path(const char *folder, const char *name, char path[PATH_MAX])
{
    int size = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    if (size < 0 || size >= PATH_MAX)
        abort();
    return path;
}

/* Removes a database folder of that name, if there is one. */
static inline void temporary_remove_database(const char *folder, const char *name)
{
    static const char *const files[] = {"/data.mdb", "/lock.mdb", ""};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        int size = snprintf(path, sizeof path, "%s/%s%s", folder, name, files[i]);
        if (size > 0 && size < PATH_MAX)
            (void)remove(path);
    }
}

typedef enum engine_kind { ENGINE_MEMORY, ENGINE_LMDB, ENGINE_KIND_COUNT } engine_kind;

typedef struct test_store {
    engine_kind kind;
    mz_kv *kv;
    char folder[PATH_MAX];
} test_store;

static inline void test_store_open(test_store *store, engine_kind kind)
{
    mz_reason why = {0};
    char path[PATH_MAX];
    store->kind = kind;
    store->kv = NULL;
    if (kind == ENGINE_MEMORY) {
        store->kv = mz_memory_new();
    } else {
        temporary_make(store->folder);
        temporary_path(store->folder, "db", path);
        if (mz_lmdb_create(path, NULL, &store->kv, &why) != MZ_OK)
            store->kv = NULL;
    }
    if (store->kv == NULL)
        abort();
}

static inline void test_store_close(test_store *store)
{
    mz_kv_close(store->kv);
    if (store->kind == ENGINE_LMDB) {
        temporary_remove_database(store->folder, "db");
        (void)rmdir(store->folder);
    }
}

#endif
