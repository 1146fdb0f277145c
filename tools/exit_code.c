/* exit_code.c — what a status is for a person who writes and reads the ledger. */
#include "cli.h"

mz_exit mz_exit_code(mz_status status)
{
    switch (mz_status_class_of(status)) {
    case MZ_CLASS_DONE:
        return MZ_EXIT_DONE;
    case MZ_CLASS_REFUSED:
        return MZ_EXIT_REFUSED;
    case MZ_CLASS_UNPROVED:
    case MZ_CLASS_TROUBLE:
        break;
    }
    return MZ_EXIT_TROUBLE;
}
