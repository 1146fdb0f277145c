#include "parts.h"

mz_status mz_audit_fail(mz_audit *audit, mz_failure failure, uint64_t index,
                        const mz_reason *reason)
{
    if (audit->failure == MZ_X_NONE) {
        audit->failure = failure;
        audit->failed = mz_failure_row_of(failure)->assertion;
        audit->failed_index = index;
        if (reason != NULL)
            audit->failed_why = *reason;
        if (failure == MZ_X_RULE && reason != NULL)
            audit->failed = mz_assertion_against(reason->status);
    }
    return MZ_CORRUPT;
}

mz_status mz_audit_fail_source(mz_audit *audit, mz_source_fault fault, uint64_t fault_index,
                               mz_failure failure, uint64_t index, const mz_reason *reason)
{
    static const mz_failure FAILURES[] = {
        [MZ_FAULT_NONE] = MZ_X_NONE,       [MZ_FAULT_MISSING] = MZ_X_MISSING,
        [MZ_FAULT_FORM] = MZ_X_FORM,       [MZ_FAULT_HASHES] = MZ_X_HASHES,
        [MZ_FAULT_ALTERED] = MZ_X_ALTERED, [MZ_FAULT_MOVED] = MZ_X_MOVED,
    };
    return FAILURES[fault] == MZ_X_NONE
               ? mz_audit_fail(audit, failure, index, reason)
               : mz_audit_fail(audit, FAILURES[fault], fault_index, reason);
}

bool mz_audit_is_trouble(mz_status status)
{
    return status == MZ_IO || status == MZ_FULL || status == MZ_NO_MEMORY ||
           status == MZ_CONFLICT || status == MZ_OUTCOME_UNKNOWN || status == MZ_BUSY;
}
