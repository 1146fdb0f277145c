/* export.h — one format of `mingzhang export FORMAT DIR OUT`: a row of the table in export.c and a
 * function. export.c reads the command line, opens the ledger, makes sure that OUT appears whole or
 * not at all and replaces nothing, and tells the outcome; the function only writes. */
#ifndef MZ_TOOLS_EXPORT_H
#define MZ_TOOLS_EXPORT_H

#include <stdio.h>

#include "args.h"
#include "log/log.h"

/* What a format is handed. */
typedef struct mz_export_job {
    mz_cli *cli;
    const mz_args *args; /* with the options of the format's own row */
    mz_log *log;
    mz_snapshot *snapshot; /* open; mz_export_renew ends it and opens the next */
    uint64_t size;         /* entries of the first snapshot: where the export ends, unless the */
    mz_hash root;          /* format sets both to those of a later one */
    FILE *out;             /* MZ_EXPORT_STREAM: where to write; errors are looked at afterwards */
    const char *path;      /* else: the file or folder to create, which does not exist. It is not */
                           /* OUT's own name: that it gets once it is whole */
    mz_progress progress;  /* mz_progress_step(&job->progress, done, total) */
    int64_t renewed_ms;
    uint64_t rows; /* of tables, written so far */
} mz_export_job;

/* Writes all of it. On anything but MZ_OK what was written is removed. */
typedef mz_status mz_export_run(mz_export_job *job, mz_reason *why);

typedef enum mz_export_shape {
    MZ_EXPORT_STREAM = 1, /* one file, from beginning to end; OUT may be "-", standard output */
    MZ_EXPORT_PATH = 2    /* a folder, or a file that is not written in order */
} mz_export_shape;

typedef struct mz_export_format {
    const char *name;
    mz_export_run *run;
    mz_export_shape shape;
    const mz_option *options; /* its own, ending with a row without a name; NULL: none. One name */
                              /* means the same in every format */
    const char *zh, *en;
} mz_export_format;

/* A snapshot lasts some seconds. Call this every few hundred entries: it renews the snapshot when
 * it is old, so that whatever was borrowed from it, its change set too, has ended. */
mz_status mz_export_renew(mz_export_job *job, mz_reason *why) MZ_MUST_USE;

/* The formats, one file per group; export.c has the table. */
mz_export_run mz_export_bundle;                       /* export.c */
mz_export_run mz_export_hledger, mz_export_beancount; /* export_journal.c */
mz_export_run mz_export_csv;                          /* export_tables.c */
mz_export_run mz_export_xlsx;                         /* export_xlsx.c */
mz_export_run mz_export_jsonl;                        /* export_jsonl.c */
mz_export_run mz_export_grants;                       /* export_grants.c */
extern const mz_option MZ_EXPORT_ACCOUNTS_OPTION[], MZ_EXPORT_TABLE_OPTIONS[],
    MZ_EXPORT_FUND_OPTION[];

#endif
