/* uuid.h — UUIDs (RFC 9562) as 16 bytes and as lowercase text, and the time inside a version 7. */
#ifndef MZ_CORE_UUID_H
#define MZ_CORE_UUID_H

#include "core/bytes.h"

#define MZ_UUID_SIZE 16
#define MZ_UUID_TEXT_SIZE 37 /* 36 characters and a NUL */

/* Exactly 8-4-4-4-12 lowercase hex digits, any version. */
bool mz_uuid_parse(mz_view text, uint8_t uuid[MZ_UUID_SIZE]) MZ_MUST_USE;
void mz_uuid_text(const uint8_t uuid[MZ_UUID_SIZE], char text[MZ_UUID_TEXT_SIZE]);

/* Version 7, variant 10. */
bool mz_uuid7_valid(const uint8_t uuid[MZ_UUID_SIZE]);
/* The first 48 bits. */
int64_t mz_uuid7_unix_ms(const uint8_t uuid[MZ_UUID_SIZE]);
/* Puts the time, version and variant over 16 random bytes. `unix_ms` is within 0..2^48-1. */
void mz_uuid7_stamp(int64_t unix_ms, uint8_t uuid[MZ_UUID_SIZE]);

#endif
