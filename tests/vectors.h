/* vectors.h — what every table needs: cmocka with its includes, an assertion that names its row,
 * and the shared test vectors, which are read where they are present and skipped, visibly, where
 * not. */
#ifndef MZ_TESTS_VECTORS_H
#define MZ_TESTS_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/bytes.h"

#define ROW_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Fails with the name of the row and the condition that does not hold. */
#define row_assert(row_name, condition)                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", (row_name), #condition);                                            \
    } while (0)

/* The caller owns the result. Skips the calling test when the file is absent. */
static inline json_t *vectors_load(const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", MZ_SHARED_VECTORS_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_message("skipped: %s is not here\n", path);
        skip();
        return NULL;
    }
    json_t *vectors = json_loadf(file, 0, NULL);
    fclose(file);
    if (vectors == NULL)
        fail_msg("%s is not JSON", path);
    return vectors;
}

/* The string member, which must be there; borrowed. */
static inline mz_view vectors_view(const json_t *row, const char *name)
{
    const json_t *member = json_object_get(row, name);
    if (!json_is_string(member))
        fail_msg("the vector has no string %s", name);
    return (mz_view){(const uint8_t *)json_string_value(member), json_string_length(member)};
}

/* A literal, NUL bytes and all: as the initialiser of a view in a table, and as a view. */
/* clang-format off */
#define BYTES(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}
/* clang-format on */
#define VIEW(literal) ((mz_view){(const uint8_t *)(literal), sizeof(literal) - 1})

#endif
