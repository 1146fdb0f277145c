#include "assertions.h"

#include <assert.h>

static const mz_assertion_row ASSERTIONS[MZ_ASSERTION_COUNT] = {
#define MZ_ASSERTION_ROW(name, ...) [name] = {__VA_ARGS__},
    MZ_ASSERTION_MAP(MZ_ASSERTION_ROW)
#undef MZ_ASSERTION_ROW
};

static const mz_finding_row FINDINGS[MZ_FINDING_END] = {
#define MZ_FINDING_ROW(name, number, ...) [name] = {__VA_ARGS__},
    MZ_FINDING_MAP(MZ_FINDING_ROW)
#undef MZ_FINDING_ROW
};

static const mz_failure_row FAILURES[MZ_FAILURE_COUNT] = {
#define MZ_FAILURE_ROW(name, ...) [name] = {__VA_ARGS__},
    MZ_FAILURE_MAP(MZ_FAILURE_ROW)
#undef MZ_FAILURE_ROW
};

static const mz_open_row OPEN[] = {
    {"two_keys",        "一个人持有两把钥匙。",                            "One person with two keys."       },
    {"never_submitted", "从未提交的事：没有收据，也就没有记录。",
     "Entries that were never submitted: no receipt, not recorded."                                                    },
    {"cash",            "进银行之前的现金。",                               "Cash before it reaches the bank."},
    {"notes",           "写进说明文字里的个人信息。",                   "Personal data typed into a note."},
};

const mz_assertion_row *mz_assertion_row_of(mz_assertion assertion)
{
    assert(assertion < MZ_ASSERTION_COUNT);
    return &ASSERTIONS[assertion];
}

const mz_finding_row *mz_finding_row_of(mz_finding finding)
{
    assert(finding > 0 && finding < MZ_FINDING_END);
    return &FINDINGS[finding];
}

const mz_failure_row *mz_failure_row_of(mz_failure failure)
{
    assert(failure > MZ_X_NONE && failure < MZ_FAILURE_COUNT);
    return &FAILURES[failure];
}

const mz_open_row *mz_open_rows(size_t *count)
{
    *count = sizeof OPEN / sizeof OPEN[0];
    return OPEN;
}

const char *mz_verdict_code(mz_verdict verdict)
{
    static const char *const CODES[] = {"proved", "failed", "finding", "needs_people", "unproved"};
    return CODES[verdict];
}

const char *mz_verdict_text(mz_verdict verdict, mz_language language)
{
    static const char *const ZH[] = {"已证", "不成立", "有发现", "须人核", "未及"};
    static const char *const EN[] = {"proved", "FAILED", "finding", "needs people", "not reached"};
    return language == MZ_CHINESE ? ZH[verdict] : EN[verdict];
}

/* By the groups of the list of statuses, and by single ones where a group speaks of several things.
 */
mz_assertion mz_assertion_against(mz_status status)
{
    static const struct {
        int low, high;
        mz_assertion assertion;
    } RANGES[] = {
        {100, 199, MZ_A_INTEGRITY     },
        {200, 203, MZ_A_INTEGRITY     },
        {204, 205, MZ_A_KEYS          },
        {206, 207, MZ_A_LATENESS      },
        {208, 209, MZ_A_INTEGRITY     },
        {231, 231, MZ_A_PRIVACY       },
        {241, 241, MZ_A_SEGREGATION   },
        {270, 271, MZ_A_RESTRICTED    },
        {280, 282, MZ_A_PAYOUTS       },
        {283, 287, MZ_A_AGREEMENTS    },
        {289, 289, MZ_A_SEGREGATION   },
        {300, 300, MZ_A_CLASSIFICATION},
        {302, 306, MZ_A_EXISTENCE     },
        {301, 301, MZ_A_ACCURACY      },
        {307, 308, MZ_A_ACCURACY      },
        {334, 335, MZ_A_ACCURACY      },
        {340, 345, MZ_A_PAYOUTS       },
        {350, 353, MZ_A_GOODS         },
        {360, 362, MZ_A_CORRECTIONS   },
        {380, 381, MZ_A_DISCLOSURE    },
        {382, 382, MZ_A_ACCURACY      },
        {390, 393, MZ_A_RECONCILIATION},
        {394, 394, MZ_A_COMPLETENESS  },
        {395, 395, MZ_A_CORRECTIONS   },
        {900, 999, MZ_A_INTEGRITY     },
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if ((int)status >= RANGES[i].low && (int)status <= RANGES[i].high)
            return RANGES[i].assertion;
    }
    return MZ_A_AUTHORISATION;
}
