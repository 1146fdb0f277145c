/* clock.h — the two things that the core may not have: the time and randomness. */
#ifndef MZ_EDGE_CLOCK_H
#define MZ_EDGE_CLOCK_H

#include "core/uuid.h"

int64_t mz_clock_now_unix_ms(void);
/* Milliseconds of a clock that never jumps, for measuring and waiting. */
int64_t mz_clock_steady_ms(void);

/* Fills with the kernel's randomness. MZ_IO when there is none. */
mz_status mz_random(uint8_t *bytes, size_t size, mz_reason *why) MZ_MUST_USE;

/* A new UUID version 7 of that time, 74 random bits. Stops the program if the kernel has no
 * randomness, because a guessable or repeated number is worse. */
void mz_uuid7(int64_t unix_ms, uint8_t uuid[MZ_UUID_SIZE]);
void mz_uuid7_new_text(int64_t unix_ms, char text[MZ_UUID_TEXT_SIZE]);

#endif
