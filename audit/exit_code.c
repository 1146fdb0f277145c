/* exit_code.c — what a status is for a person who audits. */
#include "cli.h"

mz_exit mz_audit_exit(mz_status status)
{
    switch (mz_status_class_of(status)) {
    case MZ_CLASS_DONE:
        return MZ_EXIT_PROVED;
    case MZ_CLASS_REFUSED:
    case MZ_CLASS_UNPROVED:
        return MZ_EXIT_FAILED;
    case MZ_CLASS_TROUBLE:
        break;
    }
    return MZ_EXIT_TROUBLE;
}
