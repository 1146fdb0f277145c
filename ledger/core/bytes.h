/* bytes.h — borrowed bytes, owned bytes, and the three spellings of bytes as text that the formats
 * use: lowercase hex, standard base64 with padding (C2SP signed notes) and base64url without (RFC
 * 4648 section 5, as RFC 7515 uses it). Decoders are canonical: what decodes, re-encodes to the
 * same text. Sizes are in bytes. */
#ifndef MZ_CORE_BYTES_H
#define MZ_CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/* Borrowed bytes: an argument for the call, a result until what its comment names. */
typedef struct mz_view {
    const uint8_t *data;
    size_t size;
} mz_view;

/* The bytes of a C string, without its end. Borrows `text`. */
mz_view mz_view_of(const char *text);
bool mz_view_equal(mz_view left, mz_view right);
/* True when the bytes are exactly those of `text`. */
bool mz_view_is(mz_view view, const char *text);
/* A figure of a refusal, as mz_words: borrows until mz_refuse has returned. */
mz_figure mz_words_view(const char *name, mz_view words);

/* Owned, growing bytes with a ceiling. The struct is the caller's, the heap inside is ours. An
 * append that would pass `size_max`, or for which there is no memory, changes nothing and marks the
 * buffer failed; later appends do nothing, so a writer checks `failed` once, at the end. `data` is
 * always followed by a NUL that is not counted. */
typedef struct mz_buf {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t size_max;
    bool failed;
} mz_buf;

void mz_buf_init(mz_buf *buf, size_t size_max);
void mz_buf_clear(mz_buf *buf); /* releases; the buffer is empty and can be used again */
void mz_buf_reset(mz_buf *buf); /* empties, keeps the memory, forgets a failure */
void mz_buf_put(mz_buf *buf, mz_view bytes);
void mz_buf_put_text(mz_buf *buf, const char *text);
void mz_buf_put_format(mz_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mz_buf_put_base64(mz_buf *buf, mz_view bytes);
void mz_buf_put_base64url(mz_buf *buf, mz_view bytes);
void mz_buf_put_hex(mz_buf *buf, mz_view bytes);
/* Appends `size` bytes for the caller to write; NULL when the buffer has failed. */
uint8_t *mz_buf_extend(mz_buf *buf, size_t size);
mz_view mz_buf_view(const mz_buf *buf); /* borrowed until the next call on `buf` */

/* Decoders: true, and `out_size` bytes in `out`, when `text` is the canonical spelling of at most
 * `out_max` bytes; false, and `out` undefined, otherwise. */
bool mz_base64_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size);
bool mz_base64url_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size);
bool mz_hex_decode(mz_view text, uint8_t *out, size_t out_max, size_t *out_size);

#define MZ_BASE64URL_SIZE(n) (((n)*4 + 2) / 3) /* characters for n bytes, unpadded */
/* Writes MZ_BASE64URL_SIZE(32) characters and a NUL. */
void mz_base64url_32(const uint8_t bytes[32], char text[44]);
/* Writes 64 lowercase hex digits and a NUL. */
void mz_hex_32(const uint8_t bytes[32], char text[65]);

/* Big-endian integers: their byte order is their numeric order, which is what keys need. */
void mz_be64_put(uint8_t bytes[8], uint64_t value);
uint64_t mz_be64_get(const uint8_t bytes[8]);
void mz_be32_put(uint8_t bytes[4], uint32_t value);
uint32_t mz_be32_get(const uint8_t bytes[4]);

#endif
