/* views_audit.c — what auditors reported, finding by finding, and what was answered. */
#include <string.h>

#include "core/views_make.h"

/* The answers to one finding, in order. */
static mz_status put_answers(mz_making *making, mz_ref report, uint32_t finding, json_t *out)
{
    static const char *const NAMES[] = {"text", NULL};
    json_t *rows = mz_put_list(making, out, "answers");
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_ANSWER, report);
    mz_key_add_u32(&prefix, finding);
    mz_key_bytes key = prefix;
    for (;;) {
        mz_view value;
        mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
        if (status == MZ_NOT_FOUND)
            return MZ_OK;
        if (status == MZ_OK)
            status = mz_put_told(making, mz_add_object(making, rows),
                                 mz_be64_get(key.bytes + key.size - 8), NAMES);
        if (status != MZ_OK)
            return status;
    }
}

static mz_status report_row(mz_making *making, void *context, uint64_t index, bool *go_on)
{
    static const char *const NAMES[] = {"size", "root", "opinion", "findings", NULL};
    (void)go_on;
    json_t *told = json_object(), *row = mz_add_object(making, context);
    mz_status status = mz_put_told(making, told, index, NAMES);
    static const char *const COPIED[] = {"index", "at_ms", "actor", "size", "root", "opinion"};
    for (size_t i = 0; i < sizeof(COPIED) / sizeof(COPIED[0]); i++)
        mz_put_copy(making, row, COPIED[i], told, COPIED[i]);
    json_t *findings = mz_put_list(making, row, "findings"), *text;
    size_t i;
    json_array_foreach(json_object_get(told, "findings"), i, text)
    {
        json_t *finding = mz_add_object(making, findings);
        mz_put_count(making, finding, "finding", i);
        mz_put(making, finding, "text", json_copy(text));
        if (status == MZ_OK)
            status = put_answers(making, index, (uint32_t)i, finding);
    }
    json_decref(told);
    return status;
}

mz_status mz_reports_view(mz_changes *changes, uint64_t before, json_t **out, mz_reason *why)
{
    mz_making making = {.changes = changes, .why = why};
    const mz_key_bytes prefix = mz_key_of(MZ_KIND_REPORT);
    uint64_t next = MZ_NEVER;
    json_t *made = json_object();
    mz_status status = mz_rows_back(&making, &prefix, before, MZ_VIEW_ROWS_MAX, report_row,
                                    mz_put_list(&making, made, "reports"), &next);
    mz_put_next(&making, made, next);
    return mz_making_end(&making, status, made, out);
}

/* ---- what waits ---- */

mz_status mz_finding_answered(mz_making *making, mz_ref report, uint32_t finding, bool *answered)
{
    mz_key_bytes prefix = mz_key_u64(MZ_KIND_ANSWER, report);
    mz_key_add_u32(&prefix, finding);
    mz_key_bytes key = prefix;
    mz_view value;
    mz_status status = mz_state_next(making->changes, &prefix, &key, &value, making->why);
    *answered = status == MZ_OK;
    return status == MZ_NOT_FOUND ? MZ_OK : status;
}
