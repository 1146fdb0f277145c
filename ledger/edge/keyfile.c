#include "edge/keyfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "edge/clock.h"

#define BEGIN_LINE "-----BEGIN ENCRYPTED PRIVATE KEY-----"
#define END_LINE "-----END ENCRYPTED PRIVATE KEY-----"
#define PEM_LINE_BYTES ((size_t)48) /* make a line of 64 letters */

#define SALT_SIZE 16
#define IV_SIZE 16
#define CIPHERTEXT_SIZE 64 /* 48 bytes and their padding */

static mz_status bad_file(const char *path, const char *cause, mz_reason *why)
{
    return mz_refuse(why, MZ_BAD_KEY_FILE, mz_words("path", path), mz_words("cause", cause));
}

static mz_status io_trouble(int error, mz_reason *why)
{
    return mz_refuse(why, MZ_IO, mz_words("cause", strerror(error)));
}

/* PrivateKeyInfo of an Ed25519 key (RFC 8410): these sixteen bytes and the seed. */
static const uint8_t PKCS8_HEAD[16] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                       0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
#define PKCS8_SIZE (sizeof(PKCS8_HEAD) + MZ_SEED_SIZE)

static const uint8_t OID_PBES2[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13};
static const uint8_t OID_PBKDF2[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12};
static const uint8_t OID_AES256_CBC[] = {6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42};
static const uint8_t PRF_HMAC_SHA256[] = {0x30, 12,   6,    8, 0x2a, 0x86, 0x48,
                                          0x86, 0xf7, 0x0d, 2, 9,    5,    0};

/* What varies in an EncryptedPrivateKeyInfo of our one form. All else is constant, so reading is
 * taking these from their places, writing them again, and comparing: no DER is interpreted. */
typedef struct envelope {
    uint8_t salt[SALT_SIZE];
    uint64_t rounds;
    uint8_t iv[IV_SIZE];
    uint8_t ciphertext[CIPHERTEXT_SIZE];
} envelope;

#define ROUNDS_SIZE_MAX 8
#define SALT_AT 35
#define ROUNDS_AT (SALT_AT + SALT_SIZE + 2)
#define IV_AFTER_ROUNDS 29
#define CIPHERTEXT_AFTER_ROUNDS (IV_AFTER_ROUNDS + IV_SIZE + 2)
#define ENVELOPE_SIZE(rounds_size)                                                                 \
    (ROUNDS_AT + (rounds_size) + CIPHERTEXT_AFTER_ROUNDS + CIPHERTEXT_SIZE)

static uint8_t *put(uint8_t *at, const uint8_t *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_head(uint8_t *at, uint8_t tag, size_t size)
{
    assert(size < 128);
    *at++ = tag;
    *at++ = (uint8_t)size;
    return at;
}

/* Bytes of the DER INTEGER: the top bit is a sign, so it stays clear. */
static size_t rounds_size(uint64_t rounds)
{
    size_t size = 1;
    while (size < ROUNDS_SIZE_MAX && rounds >> (8 * size - 1) != 0)
        size++;
    return size;
}

static size_t envelope_put(const envelope *sealed, uint8_t der[ENVELOPE_SIZE(ROUNDS_SIZE_MAX)])
{
    assert(sealed->rounds <= INT64_MAX);
    size_t n = rounds_size(sealed->rounds);
    size_t kdf_parameters = 2 + SALT_SIZE + 2 + n + sizeof(PRF_HMAC_SHA256);
    size_t kdf = sizeof(OID_PBKDF2) + 2 + kdf_parameters;
    size_t cipher = sizeof(OID_AES256_CBC) + 2 + IV_SIZE;
    size_t algorithm = sizeof(OID_PBES2) + 2 + 2 + kdf + 2 + cipher;
    size_t all = 2 + algorithm + 2 + CIPHERTEXT_SIZE;
    uint8_t *at = der;
    *at++ = 0x30;
    *at++ = 0x81; /* the size follows in one byte */
    *at++ = (uint8_t)all;
    at = put_head(at, 0x30, algorithm);
    at = put(at, OID_PBES2, sizeof(OID_PBES2));
    at = put_head(at, 0x30, 2 + kdf + 2 + cipher);
    at = put_head(at, 0x30, kdf);
    at = put(at, OID_PBKDF2, sizeof(OID_PBKDF2));
    at = put_head(at, 0x30, kdf_parameters);
    at = put_head(at, 4, SALT_SIZE);
    assert(at == der + SALT_AT);
    at = put(at, sealed->salt, SALT_SIZE);
    at = put_head(at, 2, n);
    for (size_t i = n; i > 0; i--)
        *at++ = (uint8_t)(sealed->rounds >> (8 * (i - 1)));
    at = put(at, PRF_HMAC_SHA256, sizeof(PRF_HMAC_SHA256));
    at = put_head(at, 0x30, cipher);
    at = put(at, OID_AES256_CBC, sizeof(OID_AES256_CBC));
    at = put_head(at, 4, IV_SIZE);
    at = put(at, sealed->iv, IV_SIZE);
    at = put_head(at, 4, CIPHERTEXT_SIZE);
    at = put(at, sealed->ciphertext, CIPHERTEXT_SIZE);
    assert((size_t)(at - der) == ENVELOPE_SIZE(n));
    return (size_t)(at - der);
}

static bool envelope_get(mz_view der, envelope *sealed)
{
    if (der.size < ENVELOPE_SIZE(1) || der.size > ENVELOPE_SIZE(ROUNDS_SIZE_MAX))
        return false;
    size_t n = der.size - ENVELOPE_SIZE(0);
    const uint8_t *rounds = der.data + ROUNDS_AT;
    if (rounds[0] > 0x7f)
        return false;
    sealed->rounds = 0;
    for (size_t i = 0; i < n; i++)
        sealed->rounds = sealed->rounds << 8 | rounds[i];
    memcpy(sealed->salt, der.data + SALT_AT, SALT_SIZE);
    memcpy(sealed->iv, rounds + n + IV_AFTER_ROUNDS, IV_SIZE);
    memcpy(sealed->ciphertext, rounds + n + CIPHERTEXT_AFTER_ROUNDS, CIPHERTEXT_SIZE);
    uint8_t again[ENVELOPE_SIZE(ROUNDS_SIZE_MAX)];
    size_t size = envelope_put(sealed, again);
    return mz_view_equal(der, (mz_view){again, size});
}

/* The AES key of passphrase, salt and rounds: a good fifth of a second, on purpose. */
static bool derive(const envelope *sealed, mz_view passphrase, uint8_t key[32])
{
    assert(sealed->rounds <= MZ_KEYFILE_ROUNDS_MAX);
    return PKCS5_PBKDF2_HMAC((const char *)passphrase.data, (int)passphrase.size, sealed->salt,
                             SALT_SIZE, (int)sealed->rounds, EVP_sha256(), 32, key) == 1;
}

static bool encrypt(envelope *sealed, const uint8_t key[32], const uint8_t plain[PKCS8_SIZE])
{
    int size = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done =
        context != NULL &&
        EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, sealed->iv) == 1 &&
        EVP_EncryptUpdate(context, sealed->ciphertext, &size, plain, (int)PKCS8_SIZE) == 1 &&
        EVP_EncryptFinal_ex(context, sealed->ciphertext + size, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    assert(!done || size + rest == CIPHERTEXT_SIZE);
    return done;
}

/* False when padding or size are not those of a key: nearly always the passphrase. */
static bool decrypt(const envelope *sealed, const uint8_t key[32], uint8_t plain[CIPHERTEXT_SIZE])
{
    int size = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done =
        context != NULL &&
        EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, sealed->iv) == 1 &&
        EVP_DecryptUpdate(context, plain, &size, sealed->ciphertext, CIPHERTEXT_SIZE) == 1 &&
        EVP_DecryptFinal_ex(context, plain + size, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    return done && (size_t)size + (size_t)rest == PKCS8_SIZE;
}

static void pem_put(const mz_signer *signer, mz_view der, mz_buf *out)
{
    char thumbprint[44];
    mz_base64url_32(signer->thumbprint.bytes, thumbprint);
    mz_buf_put_text(out, thumbprint);
    mz_buf_put_text(out, "\n" BEGIN_LINE "\n");
    for (size_t at = 0; at < der.size; at += PEM_LINE_BYTES) {
        size_t size = der.size - at;
        if (size > PEM_LINE_BYTES)
            size = PEM_LINE_BYTES;
        mz_buf_put_base64(out, (mz_view){der.data + at, size});
        mz_buf_put_text(out, "\n");
    }
    mz_buf_put_text(out, END_LINE "\n");
}

mz_status mz_keyfile_encode(const mz_signer *signer, mz_view passphrase, unsigned rounds,
                            mz_buf *out, mz_reason *why)
{
    if (rounds == 0)
        rounds = MZ_KEYFILE_ROUNDS_MIN;
    if (rounds < MZ_KEYFILE_ROUNDS_MIN || rounds > MZ_KEYFILE_ROUNDS_MAX)
        return bad_file("PEM", MZ_BOTH("轮数超出范围", "the number of rounds is out of range"),
                        why);
    if (passphrase.size == 0 || passphrase.size > MZ_PASSPHRASE_SIZE_MAX)
        return bad_file(
            "PEM", MZ_BOTH("口令须为 1 至 1024 字节", "a passphrase has 1 to 1024 bytes"), why);
    uint8_t key[32], plain[PKCS8_SIZE];
    envelope sealed = {.rounds = rounds};
    mz_status status = mz_random(sealed.salt, SALT_SIZE, why);
    if (status == MZ_OK)
        status = mz_random(sealed.iv, IV_SIZE, why);
    if (status != MZ_OK)
        return status;
    memcpy(plain, PKCS8_HEAD, sizeof(PKCS8_HEAD));
    memcpy(plain + sizeof(PKCS8_HEAD), signer->secret, MZ_SEED_SIZE);
    bool done = derive(&sealed, passphrase, key) && encrypt(&sealed, key, plain);
    sodium_memzero(key, sizeof(key));
    sodium_memzero(plain, sizeof(plain));
    if (!done)
        return mz_refuse(why, MZ_NO_MEMORY);
    uint8_t der[ENVELOPE_SIZE(ROUNDS_SIZE_MAX)];
    size_t der_size = envelope_put(&sealed, der);
    pem_put(signer, (mz_view){der, der_size}, out);
    return out->failed ? mz_refuse(why, MZ_NO_MEMORY) : MZ_OK;
}

/* Takes a line off the front, without its end, LF or CR LF. False when nothing is left. */
static bool line_take(mz_view *text, mz_view *line)
{
    if (text->size == 0)
        return false;
    const uint8_t *end = memchr(text->data, '\n', text->size);
    size_t size = end != NULL ? (size_t)(end - text->data) : text->size;
    size_t taken = end != NULL ? size + 1 : size;
    *line = (mz_view){text->data, size};
    if (size > 0 && line->data[size - 1] == '\r')
        line->size--;
    *text = (mz_view){text->data + taken, text->size - taken};
    return true;
}

typedef struct pem {
    mz_hash thumbprint; /* as stated above BEGIN */
    uint8_t der[ENVELOPE_SIZE(ROUNDS_SIZE_MAX)];
    size_t der_size;
} pem;

/* The lines between BEGIN and END as bytes, and nothing but blank lines after END. */
static bool pem_body_get(mz_view *text, pem *out)
{
    char letters[(ENVELOPE_SIZE(ROUNDS_SIZE_MAX) + 2) / 3 * 4];
    size_t size = 0;
    mz_view line = {0};
    for (;;) {
        if (!line_take(text, &line))
            return false;
        if (mz_view_is(line, END_LINE))
            break;
        if (line.size > sizeof(letters) - size)
            return false;
        memcpy(letters + size, line.data, line.size);
        size += line.size;
    }
    while (line_take(text, &line)) {
        if (line.size > 0)
            return false;
    }
    return mz_base64_decode((mz_view){(const uint8_t *)letters, size}, out->der, sizeof(out->der),
                            &out->der_size);
}

static mz_status pem_get(mz_view text, const char *path, pem *out, mz_reason *why)
{
    if (text.size > MZ_KEYFILE_SIZE_MAX)
        return bad_file(path, MZ_BOTH("超过 8 KiB", "it is larger than 8 KiB"), why);
    mz_view line = {0}, above = {0};
    for (;;) {
        if (!line_take(&text, &line))
            return bad_file(
                path, MZ_BOTH("没有 " BEGIN_LINE " 一行", "there is no line " BEGIN_LINE), why);
        if (mz_view_is(line, BEGIN_LINE))
            break;
        above = line;
    }
    size_t size = 0;
    if (!mz_base64url_decode(above, out->thumbprint.bytes, MZ_HASH_SIZE, &size) ||
        size != MZ_HASH_SIZE)
        return bad_file(path,
                        MZ_BOTH("BEGIN 的上一行不是密钥指纹",
                                "the line above BEGIN is not the thumbprint of a key"),
                        why);
    if (!pem_body_get(&text, out))
        return bad_file(path,
                        MZ_BOTH("PEM 正文残缺，或不是本程序的格式",
                                "the PEM text is damaged, or not of our form"),
                        why);
    return MZ_OK;
}

static mz_status envelope_open(const envelope *sealed, const pem *file, const char *path,
                               mz_view passphrase, mz_signer *signer, mz_reason *why)
{
    uint8_t key[32], plain[CIPHERTEXT_SIZE] = {0};
    mz_status status = MZ_OK;
    if (!derive(sealed, passphrase, key)) {
        status = mz_refuse(why, MZ_NO_MEMORY);
    } else if (!decrypt(sealed, key, plain) ||
               sodium_memcmp(plain, PKCS8_HEAD, sizeof(PKCS8_HEAD)) != 0) {
        status = mz_refuse(why, MZ_WRONG_PASSPHRASE, mz_words("path", path));
    } else {
        mz_signer_from_seed(signer, plain + sizeof(PKCS8_HEAD));
        if (!mz_hash_equal(&signer->thumbprint, &file->thumbprint)) {
            mz_signer_wipe(signer);
            status = bad_file(
                path,
                MZ_BOTH("指纹与其中的密钥不符", "the thumbprint is not that of the key inside"),
                why);
        }
    }
    sodium_memzero(key, sizeof(key));
    sodium_memzero(plain, sizeof(plain));
    return status;
}

static mz_status decode(mz_view text, const char *path, mz_view passphrase, mz_signer *signer,
                        mz_reason *why)
{
    mz_signer_wipe(signer);
    pem file;
    mz_status status = pem_get(text, path, &file, why);
    if (status != MZ_OK)
        return status;
    envelope sealed;
    if (!envelope_get((mz_view){file.der, file.der_size}, &sealed))
        return bad_file(path,
                        MZ_BOTH("须为 PBES2：PBKDF2-HMAC-SHA256、16 字节盐、AES-256-CBC",
                                "it must be PBES2 with PBKDF2-HMAC-SHA256, a salt of 16 bytes and "
                                "AES-256-CBC"),
                        why);
    if (sealed.rounds < MZ_KEYFILE_ROUNDS_MIN || sealed.rounds > MZ_KEYFILE_ROUNDS_MAX)
        return bad_file(
            path, MZ_BOTH("轮数须为 600000 至 10000000", "rounds must be 600000 to 10000000"), why);
    if (passphrase.size > MZ_PASSPHRASE_SIZE_MAX)
        return mz_refuse(why, MZ_WRONG_PASSPHRASE, mz_words("path", path));
    return envelope_open(&sealed, &file, path, passphrase, signer, why);
}

mz_status mz_keyfile_decode(mz_view text, mz_view passphrase, mz_signer *signer, mz_reason *why)
{
    return decode(text, "PEM", passphrase, signer, why);
}

static bool bytes_write(int fd, mz_view bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = (mz_view){bytes.data + written, bytes.size - (size_t)written};
    }
    return true;
}

/* So that the name of a new file is on the disk too. */
static bool folder_sync(const char *path)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof(copy))
        return false;
    memcpy(copy, path, strlen(path) + 1);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    close(fd);
    return done;
}

static mz_status file_create(const char *path, mz_view bytes, mz_reason *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return mz_refuse(why, MZ_EXISTS, mz_words("path", path));
    if (fd < 0)
        return io_trouble(errno, why);
    /* The umask can only have taken rights away; 0600 is what we promise. */
    bool done = fchmod(fd, 0600) == 0 && bytes_write(fd, bytes) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && done) {
        done = false;
        error = errno;
    }
    if (done && !folder_sync(path)) {
        done = false;
        error = errno;
    }
    if (done)
        return MZ_OK;
    unlink(path); /* half a key file is of no use, and it would stand in the way */
    return io_trouble(error, why);
}

mz_status mz_keyfile_write(const char *path, const mz_signer *signer, mz_view passphrase,
                           unsigned rounds, mz_reason *why)
{
    mz_buf text;
    mz_buf_init(&text, MZ_KEYFILE_SIZE_MAX);
    mz_status status = mz_keyfile_encode(signer, passphrase, rounds, &text, why);
    if (status == MZ_OK)
        status = file_create(path, mz_buf_view(&text), why);
    mz_buf_clear(&text);
    return status;
}

/* Whether anybody but the owner and ourselves has rights. systemd hands a service its credential as
 * a file of root's with an access control list, where the group's bits are only the list's mask:
 * then the list itself is read (acl(5): u32 version, then u16 tag, u16 rights, u32 id,
 * little-endian). */
static bool others_have_rights(int fd, const struct stat *facts)
{
    enum { USER = 0x02, GROUP_OBJ = 0x04, GROUP = 0x08, OTHER = 0x20 };
    if ((facts->st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return false;
    if ((facts->st_mode & S_IRWXO) != 0)
        return true;
    uint8_t list[4 + 8 * 16];
    ssize_t size = fgetxattr(fd, "system.posix_acl_access", list, sizeof(list));
    if (size < 4 || (size - 4) % 8 != 0)
        return true;
    for (const uint8_t *at = list + 4; at < list + size; at += 8) {
        unsigned tag = at[0] | (unsigned)at[1] << 8;
        bool rights = (at[2] | at[3]) != 0;
        uint32_t id = at[4] | (uint32_t)at[5] << 8 | (uint32_t)at[6] << 16 | (uint32_t)at[7] << 24;
        if (rights && (tag == GROUP_OBJ || tag == GROUP || tag == OTHER))
            return true;
        if (rights && tag == USER && id != geteuid())
            return true;
    }
    return false;
}

static mz_status bytes_read(int fd, mz_buf *text, mz_reason *why)
{
    uint8_t chunk[1024];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_trouble(errno, why);
        if (got == 0)
            return MZ_OK;
        mz_buf_put(text, (mz_view){chunk, (size_t)got});
        if (text->failed)
            return MZ_TOO_LARGE;
    }
}

static mz_status file_read(const char *path, mz_buf *text, mz_reason *why)
{
    /* O_NONBLOCK, so that a pipe in the place of a file does not hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return bad_file(path, strerror(errno), why);
    mz_status status = MZ_OK;
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        status = io_trouble(errno, why);
    else if (!S_ISREG(facts.st_mode))
        status = bad_file(path, MZ_BOTH("不是普通文件", "it is not a regular file"), why);
    else if (others_have_rights(fd, &facts))
        status = bad_file(
            path,
            MZ_BOTH("他人有权读写。请执行 chmod 600", "others have rights to it; run chmod 600"),
            why);
    if (status == MZ_OK)
        status = bytes_read(fd, text, why);
    if (status == MZ_TOO_LARGE)
        status = bad_file(path, MZ_BOTH("超过 8 KiB", "it is larger than 8 KiB"), why);
    close(fd);
    return status;
}

mz_status mz_keyfile_read(const char *path, mz_view passphrase, mz_signer *signer, mz_reason *why)
{
    mz_signer_wipe(signer);
    mz_buf text;
    mz_buf_init(&text, MZ_KEYFILE_SIZE_MAX);
    mz_status status = file_read(path, &text, why);
    if (status == MZ_OK)
        status = decode(mz_buf_view(&text), path, passphrase, signer, why);
    mz_buf_clear(&text);
    return status;
}

mz_status mz_keyfile_thumbprint(const char *path, mz_hash *thumbprint, mz_reason *why)
{
    pem file;
    mz_buf text;
    mz_buf_init(&text, MZ_KEYFILE_SIZE_MAX);
    mz_status status = file_read(path, &text, why);
    if (status == MZ_OK)
        status = pem_get(mz_buf_view(&text), path, &file, why);
    if (status == MZ_OK)
        *thumbprint = file.thumbprint;
    mz_buf_clear(&text);
    return status;
}
