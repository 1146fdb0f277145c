/* keyfile.h — a private key on disk: encrypted PKCS#8 PEM (RFC 5958, RFC 8018, RFC 8410, RFC 7468)
 * with PBES2: PBKDF2-HMAC-SHA256, AES-256-CBC. OpenSSL, the browser page and our programs read the
 * same file. The RFC 7638 thumbprint stands on the line above BEGIN, so that the file can be told
 * from others without the passphrase; it is checked after decryption. */
#ifndef MZ_EDGE_KEYFILE_H
#define MZ_EDGE_KEYFILE_H

#include "core/key.h"

#define MZ_KEYFILE_SIZE_MAX 8192
#define MZ_KEYFILE_ROUNDS_MIN 600000
#define MZ_KEYFILE_ROUNDS_MAX 10000000
#define MZ_PASSPHRASE_SIZE_MAX 1024

/* Creates the file, mode 0600, durable (file and folder are synced). Never replaces one. `rounds` 0
 * means MZ_KEYFILE_ROUNDS_MIN. MZ_EXISTS {path}; MZ_IO {cause}; MZ_BAD_KEY_FILE {path, cause} when
 * the passphrase is empty or longer than MZ_PASSPHRASE_SIZE_MAX, or `rounds` is out of range. */
mz_status mz_keyfile_write(const char *path, const mz_signer *signer, mz_view passphrase,
                           unsigned rounds, mz_reason *why) MZ_MUST_USE;

/* Reads and decrypts. On MZ_OK the caller wipes `signer`; it is all zero otherwise. Refuses a file
 * that its group or others may read or write, one above MZ_KEYFILE_SIZE_MAX, other ciphers and
 * derivations, and rounds out of range before deriving, so that a hostile file costs nothing.
 * MZ_BAD_KEY_FILE {path, cause}, MZ_WRONG_PASSPHRASE {path}, MZ_IO. */
mz_status mz_keyfile_read(const char *path, mz_view passphrase, mz_signer *signer,
                          mz_reason *why) MZ_MUST_USE;

/* The thumbprint that the file states, without the passphrase: a claim until it is decrypted. */
mz_status mz_keyfile_thumbprint(const char *path, mz_hash *thumbprint, mz_reason *why) MZ_MUST_USE;

/* The same file as bytes in memory, for the browser page, the tests and the fuzzer. */
mz_status mz_keyfile_encode(const mz_signer *signer, mz_view passphrase, unsigned rounds,
                            mz_buf *out, mz_reason *why) MZ_MUST_USE;
mz_status mz_keyfile_decode(mz_view text, mz_view passphrase, mz_signer *signer,
                            mz_reason *why) MZ_MUST_USE;

#endif
