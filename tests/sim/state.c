/* state.c — telling what happened; the state, whole. */
#include "sim/sim.h"

void note_line(sim *s, const char *format, ...)
{
    char *line = s->lines[s->line_count++ % LOG_LINES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof s->lines[0], format, args);
    va_end(args);
    if (s->verbose)
        printf("%s\n", line);
}

void fail(sim *s, const char *format, ...)
{
    va_list args;
    int first = s->line_count > LOG_LINES ? s->line_count - LOG_LINES : 0;
    for (int i = first; i < s->line_count && !s->verbose; i++)
        printf("%s\n", s->lines[i % LOG_LINES]);
    printf("DISAGREEMENT at seed %llu, entry %d: ", (unsigned long long)s->seed, s->log_count);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n  again: sim_ledger --seed %llu --steps %d --verbose\n", (unsigned long long)s->seed,
           s->tried);
    exit(1);
}

void require_ok(sim *s, mz_status status, const mz_reason *why, const char *what)
{
    char text[400] = "";
    if (status == MZ_OK)
        return;
    mz_reason_text(why, MZ_ENGLISH, text, sizeof text);
    fail(s, "%s: %s %s", what, mz_status_code(status), text);
}

mz_hash digest_of(sim *s, mz_changes *changes)
{
    static const mz_table TABLES[] = {MZ_TABLE_STATE, MZ_TABLE_TOTALS, MZ_TABLE_JTI};
    mz_hash digest = {{0}};
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        uint8_t key[MZ_KV_KEY_MAX + 1] = {0};
        size_t size = 0;
        mz_view found, value;
        mz_reason why = {0};
        while (mz_changes_seek(changes, TABLES[i], (mz_view){key, 0}, (mz_view){key, size}, &found,
                               &value, &why) == MZ_OK) {
            uint8_t sizes[16];
            mz_be64_put(sizes, ((uint64_t)i << 32) | found.size);
            mz_be64_put(sizes + 8, value.size);
            mz_view parts[] = {
                {digest.bytes, 32},
                {sizes,        16},
                found, value
            };
            digest = mz_hash_parts(s->hasher, parts, 4);
            memcpy(key, found.data, found.size);
            key[found.size] = 0;
            size = found.size + 1;
        }
        require_ok(s, why.status, &why, "reading the state");
    }
    return digest;
}
