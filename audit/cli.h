/* cli.h — what mingzhang-audit's own files share: the language, the exit codes, the printed report.
 */
#ifndef MZ_AUDIT_CLI_H
#define MZ_AUDIT_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "core/html.h"

typedef enum mz_exit {
    MZ_EXIT_PROVED = 0, /* findings there may be */
    MZ_EXIT_FAILED = 1,
    MZ_EXIT_USAGE = 2,
    MZ_EXIT_TROUBLE = 3, /* with a disk, memory or network: nothing is said of the log */
    MZ_EXIT_DUE = 4      /* watching: nothing is broken, but something is overdue or lapses soon */
} mz_exit;
/* From the class of the status (core/status.h): whatever is wrong with what was to be proved is
 * MZ_EXIT_FAILED; what kept the audit from being done is MZ_EXIT_TROUBLE. */
mz_exit mz_audit_exit(mz_status status);

/* Prints a report of mz_audit_run, or of mz_audit_receipt, for people. */
void mz_audit_print(const json_t *report, mz_language language, FILE *out);
void mz_audit_print_receipt(const json_t *report, mz_language language, FILE *out);
/* A report of mz_audit_run as one page of HTML: whole in itself, to be read, printed and filed. */
void mz_audit_page(const json_t *report, mz_language language, mz_html_sink *sink, void *context);

#endif
