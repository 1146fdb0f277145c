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

bool mz_audit_is_trouble(mz_status status)
{
    return status == MZ_IO || status == MZ_FULL || status == MZ_NO_MEMORY ||
           status == MZ_CONFLICT || status == MZ_OUTCOME_UNKNOWN || status == MZ_BUSY;
}
