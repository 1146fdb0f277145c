/* target.h — what libFuzzer calls. A target aborts, by assert, when a promise is broken. */
#ifndef MZ_TESTS_FUZZ_TARGET_H
#define MZ_TESTS_FUZZ_TARGET_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
