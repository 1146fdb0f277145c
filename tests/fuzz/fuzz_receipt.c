/* fuzz_receipt.c — any bytes as a receipt: nothing crashes, what is accepted is written again byte
 * for byte, and under the pin of the golden receipts only these are true. */
#include <stdlib.h>

#include "core/receipt.h"
#include "target.h"

/* tests/vectors/receipt/pin */
static const char PIN[] =
    "log fund.example.org/zibo+53118573+AW1E+Tn4KdQ1mLze3akN4B22n6pQyqM+jGwyikuQDU2s\n"
    "# genesis 0c7930ce0d1162c3a6480a1dff66e414e739cd0e9e71e7ab1d4cf6be1f418b72\n"
    "quorum none\n";

static mz_hasher *hasher;
static mz_policy *pin;

static void set_up(void)
{
    hasher = mz_hasher_new();
    if (hasher == NULL || mz_pin_parse(hasher, mz_view_of(PIN), &pin, NULL) != MZ_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mz_view input = {.data = data, .size = size};
    mz_receipt receipt;
    mz_checkpoint checkpoint;
    mz_buf again;
    if (hasher == NULL)
        set_up();
    if (mz_receipt_parse(input, &receipt, NULL) != MZ_OK)
        return 0;
    mz_buf_init(&again, MZ_RECEIPT_SIZE_MAX);
    mz_status status = mz_receipt_put(&again, &receipt, NULL);
    assert(status == MZ_OK);
    assert(mz_view_equal(mz_buf_view(&again), input));
    mz_buf_clear(&again);
    status = mz_receipt_verify(hasher, &receipt, pin, &checkpoint, NULL);
    /* Only the golden receipts' checkpoints, of 1 and 11 entries, are signed. */
    assert(status != MZ_OK || checkpoint.size == 1 || checkpoint.size == 11);
    mz_receipt_clear(&receipt);
    return 0;
}
