/* export_jsonl.c — every entry, one JSON object a line, as `show entry --json` gives it without
 * what later entries made of it: so the lines of a log never change, and a longer log's export
 * begins with that of a shorter one. */
#include <stdlib.h>

#include "core/views.h"
#include "export_tables.h"

#define ENTRIES_AT_ONCE 256 /* between looks at the snapshot's age */

const mz_option MZ_EXPORT_FUND_OPTION[] = {MZ_OPTION_FUND, {0}};

static mz_status write_entry(mz_export_job *job, mz_view fund, uint64_t index, mz_reason *why)
{
    json_t *view = NULL;
    const mz_status status = mz_entry_view(mz_snapshot_changes(job->snapshot), index, &view, why);
    if (status != MZ_OK)
        return status;
    json_object_del(view, "confirmation");
    json_object_del(view, "reversed_by");
    const char *of = json_string_value(json_object_get(view, "fund"));
    bool written = true;
    if (fund.size == 0 || (of != NULL && mz_view_is(fund, of)))
        written = json_dumpf(view, job->out, JSON_COMPACT) == 0 && putc('\n', job->out) != EOF;
    json_decref(view);
    /* a write that failed is found when the file is ended, and then errno says why */
    return written || ferror(job->out) ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

static mz_status check_fund(mz_export_job *job, mz_view fund, mz_reason *why)
{
    uint64_t ref;
    if (fund.size == 0)
        return MZ_OK;
    const mz_status status =
        mz_name_find(mz_snapshot_changes(job->snapshot), MZ_NAME_FUND, 0, fund, &ref, why);
    return status != MZ_NOT_FOUND
               ? status
               : mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("基金", "fund")),
                           mz_words_view("id", fund));
}

mz_status mz_export_jsonl(mz_export_job *job, mz_reason *why)
{
    const mz_view fund = mz_export_fund(job);
    mz_status status = check_fund(job, fund, why);
    for (uint64_t index = 0; index < job->size && status == MZ_OK; index++) {
        if (index % ENTRIES_AT_ONCE == 0)
            status = mz_export_renew(job, why);
        if (status == MZ_OK)
            status = write_entry(job, fund, index, why);
        mz_progress_step(&job->progress, index + 1, job->size);
    }
    return status;
}
