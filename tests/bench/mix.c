#include "mix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/uuid.h"
#include "log_fixture.h"

#define ENTRIES_PER_STEP 20 /* of one fund, roughly */
#define STEP_MS (INT64_C(10) * MZ_DAY_MS)
#define SEATS_MAX 7
#define STAGES 4 /* a proposal is filed, and finished three steps later */
#define TEXT_SIZE_MAX 1400

enum { REG_A, REG_B, AUDITOR, REVIEWER, CASHIER, OFFICER_COUNT };

typedef struct filing {
    size_t index;
    char hash[65];
} filing;

typedef struct fund {
    uint32_t number; /* from 1 */
    uint32_t steward, supervisor, members[SEATS_MAX];
    unsigned seats;
    uint64_t bank_line_count;
    filing filings[STAGES];
} fund;

typedef struct maker {
    mz_mix *mix;
    size_t entry_max;
    size_t texts_max;
    int64_t batch_ms; /* between two batches */
    mz_hasher *hasher;
    mz_buf payload, jws;
    fund *funds;
} maker;

static void must(bool holds)
{
    if (!holds) {
        fprintf(stderr, "mix: it cannot be made\n");
        abort();
    }
}

static int64_t log_ms(const maker *m, size_t index)
{
    size_t batch = index == 0 ? 0 : 1 + (index - 1) / m->mix->batch_size;
    return MZ_SAMPLE_START_MS + (int64_t)batch * m->batch_ms;
}

int64_t mz_mix_log_ms(const mz_mix *mix, size_t index)
{
    maker m = {.batch_ms = *(const int64_t *)(const void *)(mix->texts + mix->texts_size)};
    mz_mix only = *mix;
    m.mix = &only;
    return log_ms(&m, index);
}
