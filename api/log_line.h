/* log_line.h — the service's log: one JSON object a line on standard error, whole lines from any
 * thread. It holds no address of a client unless that is asked for, no target with names or numbers
 * of people in it, no body, no token. */
#ifndef MZ_API_LOG_LINE_H
#define MZ_API_LOG_LINE_H

#include "core/bytes.h"

typedef struct mz_log_line {
    size_t size;
    char text[1024];
} mz_log_line;

/* {"at":"2026-01-02T03:04:05.678Z","level":"info","what":"request" */
void mz_log_line_begin(mz_log_line *line, const char *level, const char *what);
void mz_log_line_text(mz_log_line *line, const char *name, const char *value);
void mz_log_line_number(mz_log_line *line, const char *name, int64_t value);
/* The code, number and English sentence of a refusal or trouble. */
void mz_log_line_reason(mz_log_line *line, const mz_reason *why);
void mz_log_line_end(mz_log_line *line); /* writes it */

#endif
