/* golden.h — files that tests read: golden files under tests/vectors/<case>/ and the shared
 * vectors. With MZ_GOLDEN_WRITE in the environment a golden file is written instead of compared:
 * look at the difference before committing it. */
#ifndef MZ_TESTS_GOLDEN_H
#define MZ_TESTS_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/bytes.h"

#define GOLDEN_FILE_MAX (1 << 20)

/* Appends the file to `out`; false when there is none. */
static inline bool golden_read(const char *path, mz_buf *out)
{
    uint8_t piece[4096];
    size_t size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        mz_buf_put(out, (mz_view){piece, size});
    fclose(file);
    return !out->failed;
}

/* `bytes` are those of tests/vectors/<name>. */
static inline void golden_check(const char *name, mz_view bytes)
{
    char path[1024];
    mz_buf want;
    mz_buf_init(&want, GOLDEN_FILE_MAX);
    snprintf(path, sizeof path, "%s/vectors/%s", MZ_TEST_SOURCE_DIR, name);
    if (getenv("MZ_GOLDEN_WRITE") != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
        assert_int_equal(fclose(file), 0);
    }
    if (!golden_read(path, &want))
        fail_msg("no golden file %s", path);
    if (!mz_view_equal(mz_buf_view(&want), bytes))
        fail_msg("%s differs; got:\n%.*s", path, (int)bytes.size, (const char *)bytes.data);
    mz_buf_clear(&want);
}

/* The shared vectors of that name, owned by the caller; skips the test where they are absent. */
static inline json_t *shared_vectors(const char *name, size_t flags)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", MZ_SHARED_VECTORS_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    json_t *root = json_loadf(file, flags, &error);
    fclose(file);
    if (root == NULL)
        fail_msg("%s: %s", path, error.text);
    return root;
}

/* A refusal's cause is there in both languages, and none of it was cut. */
static inline void reason_check(const mz_reason *why)
{
    char text[1024];
    for (size_t i = 0; i < why->figure_count; i++) {
        const char *words = why->figures[i].words;
        if (strcmp(why->figures[i].name, "cause") != 0)
            continue;
        assert_non_null(strchr(words, '\x1f'));
        assert_true(strlen(words) < MZ_REASON_WORDS_MAX - 4);
    }
    for (int language = MZ_CHINESE; language <= MZ_ENGLISH; language++) {
        mz_reason_text(why, (mz_language)language, text, sizeof text);
        assert_true(text[0] != '\0' && strchr(text, '\x1f') == NULL && strchr(text, '{') == NULL);
    }
}

#endif
