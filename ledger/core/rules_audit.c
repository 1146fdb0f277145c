/* rules_audit.c — what auditors report, and what those who were audited answer. Whether the root
 * that a report names is the log's is for the audit to see: the rules do not read the tree. */
#include "core/act.h"

mz_status mz_rule_audit_reported(mz_act *act)
{
    mz_audit_report report = {.ref = act->index,
                              .size = (uint64_t)mz_body_integer(act->entry, "size", 0),
                              .finding_count =
                                  (uint32_t)json_array_size(mz_body_list(act->entry, "findings"))};
    size_t size = 0;
    if (report.size > act->index)
        return mz_refuse(act->why, MZ_BEYOND_LOG, mz_count("size", (int64_t)report.size),
                         mz_count("count", (int64_t)act->index));
    if (!mz_hex_decode(mz_body_text(act->entry, "root"), report.root, sizeof report.root, &size))
        return mz_refuse_corrupt(act->why, "a root is no hex");
    const mz_key_bytes key = mz_key_u64(MZ_KIND_REPORT, report.ref);
    return mz_state_store(act->changes, &key, &report, sizeof report, act->why);
}

mz_status mz_rule_finding_answered(mz_act *act)
{
    mz_audit_report report;
    uint64_t index = 0;
    const int64_t finding = mz_body_integer(act->entry, "finding", 0);
    mz_status status = mz_act_cited(act, "report", MZ_AUDIT_REPORTED, "report", &index);
    const mz_key_bytes report_key = mz_key_u64(MZ_KIND_REPORT, index);
    if (status == MZ_OK)
        status = mz_state_load(act->changes, &report_key, &report, sizeof report, act->why);
    if (status != MZ_OK)
        return status;
    if (finding >= (int64_t)report.finding_count)
        return mz_refuse(act->why, MZ_NO_SUCH_FINDING, mz_count("is", finding),
                         mz_count("count", report.finding_count));
    mz_key_bytes key = mz_key_u64(MZ_KIND_ANSWER, report.ref);
    mz_key_add_u32(&key, (uint32_t)finding);
    mz_key_add_u64(&key, act->index);
    return mz_state_mark(act->changes, &key, act->why);
}
