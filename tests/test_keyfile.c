#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/keyfile.h"
#include "vectors.h"

/* Room for a key file and what the tests add to it. */
#define TEXT_MAX 16384

static const char PASSPHRASE[] = "正确的马 电池 staple";

/* A folder of its own with one good key file, made once: each derivation costs a fifth of a second.
 */
typedef struct bench {
    char folder[64];
    char path[128];
    mz_signer signer;
    mz_buf text; /* of the key file */
} bench;

static int bench_make(void **state)
{
    static bench made;
    snprintf(made.folder, sizeof(made.folder), "/tmp/mz-keyfile-XXXXXX");
    if (mkdtemp(made.folder) == NULL)
        return -1;
    snprintf(made.path, sizeof(made.path), "%s/key.pem", made.folder);
    uint8_t seed[MZ_SEED_SIZE] = {7, 1, 4};
    mz_signer_from_seed(&made.signer, seed);
    if (mz_keyfile_write(made.path, &made.signer, mz_view_of(PASSPHRASE), 0, NULL) != MZ_OK)
        return -1;
    mz_buf_init(&made.text, TEXT_MAX);
    FILE *file = fopen(made.path, "rb");
    if (file == NULL)
        return -1;
    uint8_t *room = mz_buf_extend(&made.text, MZ_KEYFILE_SIZE_MAX);
    made.text.size = room != NULL ? fread(room, 1, MZ_KEYFILE_SIZE_MAX, file) : 0;
    fclose(file);
    *state = &made;
    return made.text.size > 0 ? 0 : -1;
}

static int bench_end(void **state)
{
    bench *b = *state;
    mz_buf_clear(&b->text);
    unlink(b->path);
    return rmdir(b->folder);
}

static void writes_and_reads(void **state)
{
    bench *b = *state;
    mz_reason why = {0};
    struct stat facts;
    assert_int_equal(stat(b->path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    mz_signer signer;
    assert_int_equal(mz_keyfile_read(b->path, mz_view_of(PASSPHRASE), &signer, &why), MZ_OK);
    assert_memory_equal(&signer, &b->signer, sizeof(signer));
    mz_signer_wipe(&signer);
    mz_hash thumbprint;
    assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, &why), MZ_OK);
    assert_true(mz_hash_equal(&thumbprint, &b->signer.thumbprint));
    char first_line[44];
    mz_base64url_32(thumbprint.bytes, first_line);
    assert_memory_equal(b->text.data, first_line, 43);
    assert_memory_equal(b->text.data + 43, "\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n", 39);
}

static void never_replaces(void **state)
{
    bench *b = *state;
    mz_reason why = {0};
    assert_int_equal(mz_keyfile_write(b->path, &b->signer, mz_view_of("x"), 0, &why), MZ_EXISTS);
    assert_string_equal(why.figures[0].words, b->path);
    mz_hash thumbprint;
    assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, NULL), MZ_OK);
}

static void wrong_passphrase(void **state)
{
    bench *b = *state;
    static const char *const wrong[] = {"", "正确的马 电池 stapl", "正确的马 电池 staple "};
    for (size_t i = 0; i < ROW_COUNT(wrong); i++) {
        mz_signer signer;
        memset(&signer, 1, sizeof(signer));
        mz_reason why = {0};
        row_assert(wrong[i], mz_keyfile_read(b->path, mz_view_of(wrong[i]), &signer, &why) ==
                                 MZ_WRONG_PASSPHRASE);
        static const mz_signer nothing = {0};
        assert_memory_equal(&signer, &nothing, sizeof(nothing));
    }
}

static void what_cannot_be_written(void **state)
{
    bench *b = *state;
    static char long_text[MZ_PASSPHRASE_SIZE_MAX + 2];
    memset(long_text, 'a', sizeof(long_text) - 1);
    char path[160];
    snprintf(path, sizeof(path), "%s/other.pem", b->folder);
    const struct {
        const char *name;
        mz_view passphrase;
        unsigned rounds;
    } rows[] = {
        {"an empty passphrase", mz_view_of(""),        0                        },
        {"a long passphrase",   mz_view_of(long_text), 0                        },
        {"too few rounds",      mz_view_of("a"),       MZ_KEYFILE_ROUNDS_MIN - 1},
        {"too many rounds",     mz_view_of("a"),       MZ_KEYFILE_ROUNDS_MAX + 1},
    };
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        row_assert(rows[i].name, mz_keyfile_write(path, &b->signer, rows[i].passphrase,
                                                  rows[i].rounds, NULL) == MZ_BAD_KEY_FILE);
        row_assert(rows[i].name, access(path, F_OK) != 0);
    }
    snprintf(path, sizeof(path), "%s/none/other.pem", b->folder);
    assert_int_equal(mz_keyfile_write(path, &b->signer, mz_view_of("a"), 0, NULL), MZ_IO);
}

static void rights_of_others(void **state)
{
    bench *b = *state;
    static const struct {
        mode_t mode;
        mz_status want;
    } rows[] = {
        {0600, MZ_OK          },
        {0400, MZ_OK          },
        {0640, MZ_BAD_KEY_FILE},
        {0620, MZ_BAD_KEY_FILE},
        {0604, MZ_BAD_KEY_FILE},
        {0602, MZ_BAD_KEY_FILE},
        {0601, MZ_BAD_KEY_FILE},
        {0666, MZ_BAD_KEY_FILE},
    };
    mz_hash thumbprint;
    mz_signer signer;
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        assert_int_equal(chmod(b->path, rows[i].mode), 0);
        assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, NULL), rows[i].want);
        if (rows[i].want != MZ_OK)
            assert_int_equal(mz_keyfile_read(b->path, mz_view_of(PASSPHRASE), &signer, NULL),
                             MZ_BAD_KEY_FILE);
    }
    assert_int_equal(chmod(b->path, 0600), 0);
    assert_int_equal(mz_keyfile_thumbprint(b->folder, &thumbprint, NULL), MZ_BAD_KEY_FILE);
    assert_int_equal(mz_keyfile_thumbprint("/nowhere/key.pem", &thumbprint, NULL), MZ_BAD_KEY_FILE);
    assert_int_equal(mz_keyfile_thumbprint("/dev/null", &thumbprint, NULL), MZ_BAD_KEY_FILE);
}

/* The list that systemd puts on a credential: the owner and one user read, the group has nothing.
 */
static void rights_by_a_list(void **state)
{
    bench *b = *state;
    uint8_t list[] = {
        2,    0, 0, 0,                         /* version */
        0x01, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, /* the owner */
        0x02, 0, 4, 0, 0,    0,    0,    0,    /* one user, filled in below */
        0x04, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, /* the group */
        0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, /* the mask, seen as the group's bits */
        0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, /* everybody else */
    };
    uid_t user = geteuid();
    for (int i = 0; i < 4; i++)
        list[16 + i] = (uint8_t)(user >> (8 * i));
    if (setxattr(b->path, "system.posix_acl_access", list, sizeof(list), 0) != 0) {
        print_message("skipped: no access control lists here\n");
        skip();
    }
    struct stat facts;
    assert_int_equal(stat(b->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0640 & ~0200);
    mz_hash thumbprint;
    assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, NULL), MZ_OK);
    list[18] ^= 1; /* another user */
    assert_int_equal(setxattr(b->path, "system.posix_acl_access", list, sizeof(list), 0), 0);
    assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, NULL), MZ_BAD_KEY_FILE);
    list[18] ^= 1;
    list[22] = 4; /* the group, after all */
    assert_int_equal(setxattr(b->path, "system.posix_acl_access", list, sizeof(list), 0), 0);
    assert_int_equal(mz_keyfile_thumbprint(b->path, &thumbprint, NULL), MZ_BAD_KEY_FILE);
    assert_int_equal(removexattr(b->path, "system.posix_acl_access"), 0);
    assert_int_equal(chmod(b->path, 0600), 0);
}

static mz_status decode(mz_view text, mz_signer *signer)
{
    return mz_keyfile_decode(text, mz_view_of(PASSPHRASE), signer, NULL);
}

/* Changes of the PEM text: each is refused before anything is derived. */
static void texts_are_strict(void **state)
{
    bench *b = *state;
    static const struct {
        const char *name;
        const char *find;
        const char *replace;
    } rows[] = {
        {"no BEGIN",                "-----BEGIN ENCRYPTED", "-----BEGIN EXCRYPTED"       },
        {"an open key",             " ENCRYPTED PRIVATE",   " PRIVATE"                   },
        {"no END",                  "-----END",             "-----ENX"                   },
        {"no thumbprint",           "\n-----BEGIN",         "x\n-----BEGIN"              },
        {"a blank line above",      "\n-----BEGIN",         "\n\n-----BEGIN"             },
        {"something after",         "KEY-----\n",           "KEY-----\nmore\n"           },
        {"a blank in the letters",  "\nMIG",                "\n MIG"                     },
        {"a header in the letters", "KEY-----\nMIG",        "KEY-----\nProc-Type: 4\nMIG"},
    };
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        const char *text = (const char *)b->text.data;
        const char *at = strstr(text, rows[i].find);
        if (strcmp(rows[i].name, "something after") == 0)
            at = strstr(strstr(text, "-----END"), rows[i].find);
        row_assert(rows[i].name, at != NULL);
        mz_buf changed;
        mz_buf_init(&changed, TEXT_MAX);
        mz_buf_put(&changed, (mz_view){b->text.data, (size_t)(at - text)});
        mz_buf_put_text(&changed, rows[i].replace);
        mz_buf_put_text(&changed, at + strlen(rows[i].find));
        mz_signer signer;
        row_assert(rows[i].name, decode(mz_buf_view(&changed), &signer) == MZ_BAD_KEY_FILE);
        mz_buf_clear(&changed);
    }
    mz_signer signer;
    assert_int_equal(decode(VIEW(""), &signer), MZ_BAD_KEY_FILE);
    static uint8_t many[MZ_KEYFILE_SIZE_MAX + 1];
    memset(many, '\n', sizeof(many));
    assert_int_equal(decode((mz_view){many, sizeof(many)}, &signer), MZ_BAD_KEY_FILE);
}

/* A file with Windows' line ends, and one with notes above, are the same key. */
static void line_ends_do_not_matter(void **state)
{
    bench *b = *state;
    mz_buf changed;
    mz_buf_init(&changed, TEXT_MAX);
    mz_buf_put_text(&changed, "key of the steward\r\n");
    for (size_t i = 0; i < b->text.size; i++)
        mz_buf_put_text(
            &changed, b->text.data[i] == '\n' ? "\r\n" : (const char[]){(char)b->text.data[i], 0});
    mz_buf_put_text(&changed, "\r\n");
    mz_signer signer;
    assert_int_equal(decode(mz_buf_view(&changed), &signer), MZ_OK);
    assert_memory_equal(&signer, &b->signer, sizeof(signer));
    mz_signer_wipe(&signer);
    mz_buf_clear(&changed);
}

/* The DER inside the good file. */
static size_t der_of(const bench *b, uint8_t der[300])
{
    const char *at = strstr((const char *)b->text.data, "KEY-----\n") + 9;
    char letters[512];
    size_t size = 0, der_size = 0;
    for (; *at != '-'; at++) {
        if (*at != '\n')
            letters[size++] = *at;
    }
    assert_true(mz_base64_decode((mz_view){(const uint8_t *)letters, size}, der, 300, &der_size));
    return der_size;
}

static mz_status decode_der(const bench *b, mz_view der)
{
    mz_buf text;
    mz_buf_init(&text, MZ_KEYFILE_SIZE_MAX);
    char thumbprint[44];
    mz_base64url_32(b->signer.thumbprint.bytes, thumbprint);
    mz_buf_put_format(&text, "%s\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n", thumbprint);
    mz_buf_put_base64(&text, der);
    mz_buf_put_text(&text, "\n-----END ENCRYPTED PRIVATE KEY-----\n");
    mz_signer signer;
    mz_status status = decode(mz_buf_view(&text), &signer);
    mz_signer_wipe(&signer);
    mz_buf_clear(&text);
    return status;
}

/* Every byte of the envelope but salt, rounds, IV and ciphertext is fixed, and refused when it
 * differs before a round is derived: all of these together take no time. */
static void envelopes_are_compared(void **state)
{
    bench *b = *state;
    uint8_t der[300];
    size_t size = der_of(b, der);
    assert_int_equal(size, 167);
    int64_t start_ms = mz_clock_steady_ms();
    for (size_t i = 0; i < size; i++) {
        bool free_to_vary =
            (i >= 35 && i < 51) || (i >= 53 && i < 56) || (i >= 85 && i < 101) || i >= 103;
        if (free_to_vary)
            continue;
        for (unsigned bit = 0; bit < 8; bit++) {
            der[i] ^= (uint8_t)(1u << bit);
            if (decode_der(b, (mz_view){der, size}) != MZ_BAD_KEY_FILE)
                fail_msg("bit %u of byte %zu may change", bit, i);
            der[i] ^= (uint8_t)(1u << bit);
        }
    }
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(decode_der(b, (mz_view){der, cut}), MZ_BAD_KEY_FILE);
    der[size] = 0;
    assert_int_equal(decode_der(b, (mz_view){der, size + 1}), MZ_BAD_KEY_FILE);
    assert_true(mz_clock_steady_ms() - start_ms < 20000);
}

/* Puts another DER INTEGER in the place of the rounds, and mends the five sizes around it. */
static size_t with_rounds(const uint8_t *der, size_t size, mz_view rounds, uint8_t *out)
{
    static const size_t sizes_at[] = {2, 4, 18, 20, 33, 52};
    memcpy(out, der, 53);
    memcpy(out + 53, rounds.data, rounds.size);
    memcpy(out + 53 + rounds.size, der + 56, size - 56);
    for (size_t i = 0; i < ROW_COUNT(sizes_at); i++)
        out[sizes_at[i]] = (uint8_t)(out[sizes_at[i]] + rounds.size - 3);
    return size - 3 + rounds.size;
}

static void hostile_rounds_cost_nothing(void **state)
{
    bench *b = *state;
    uint8_t der[300], changed[300];
    size_t size = der_of(b, der);
    static const struct {
        const char *name;
        mz_view rounds;
    } rows[] = {
        {"one",                   BYTES("\x01")                            },
        {"2048, the old default", BYTES("\x08\x00")                        },
        {"599,999",               BYTES("\x09\x27\xbf")                    },
        {"10,000,001",            BYTES("\x00\x98\x96\x81")                },
        {"four thousand million", BYTES("\x00\xff\xff\xff\xff")            },
        {"2^63 - 1",              BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff")},
        {"less than nothing",     BYTES("\xff\x27\xc0")                    },
        {"zero",                  BYTES("\x00")                            },
        {"600,000 with a zero",   BYTES("\x00\x09\x27\xc0")                },
    };
    int64_t start_ms = mz_clock_steady_ms();
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        size_t changed_size = with_rounds(der, size, rows[i].rounds, changed);
        row_assert(rows[i].name,
                   decode_der(b, (mz_view){changed, changed_size}) == MZ_BAD_KEY_FILE);
    }
    assert_true(mz_clock_steady_ms() - start_ms < 1000);
    /* The surgery is right: the same rounds again open the file. */
    size_t same = with_rounds(der, size, VIEW("\x09\x27\xc0"), changed);
    assert_int_equal(same, size);
    assert_int_equal(decode_der(b, (mz_view){changed, same}), MZ_OK);
}

/* The right passphrase, but the line above names another key. */
static void thumbprint_is_checked_inside(void **state)
{
    bench *b = *state;
    mz_buf changed;
    mz_buf_init(&changed, MZ_KEYFILE_SIZE_MAX);
    mz_buf_put(&changed, mz_buf_view(&b->text));
    changed.data[0] = changed.data[0] == 'A' ? 'B' : 'A';
    mz_signer signer;
    assert_int_equal(decode(mz_buf_view(&changed), &signer), MZ_BAD_KEY_FILE);
    static const mz_signer nothing = {0};
    assert_memory_equal(&signer, &nothing, sizeof(nothing));
    mz_buf_clear(&changed);
}

/* Four bytes of rounds, and other rounds than the least. */
static void more_rounds(void **state)
{
    (void)state;
    uint8_t seed[MZ_SEED_SIZE] = {9};
    mz_signer signer, again;
    mz_signer_from_seed(&signer, seed);
    mz_buf text;
    mz_buf_init(&text, MZ_KEYFILE_SIZE_MAX);
    assert_int_equal(
        mz_keyfile_encode(&signer, mz_view_of("a"), MZ_KEYFILE_ROUNDS_MAX, &text, NULL), MZ_OK);
    assert_int_equal(mz_keyfile_decode(mz_buf_view(&text), mz_view_of("a"), &again, NULL), MZ_OK);
    assert_memory_equal(&signer, &again, sizeof(signer));
    mz_buf_clear(&text);
    mz_signer_wipe(&signer);
    mz_signer_wipe(&again);
}

/* The openssl program reads the file and finds the same key. */
static void openssl_reads_it(void **state)
{
    bench *b = *state;
    if (system("command -v openssl >/dev/null 2>&1") != 0) {
        print_message("skipped: no openssl program here\n");
        skip();
    }
    char command[512];
    snprintf(command, sizeof(command), "openssl pkey -in %s -passin 'pass:%s' -pubout -outform DER",
             b->path, PASSPHRASE);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    uint8_t der[100];
    size_t size = fread(der, 1, sizeof(der), out);
    assert_int_equal(pclose(out), 0);
    assert_int_equal(size, 44); /* RFC 8410: twelve bytes, then the key */
    assert_memory_equal(der + 12, b->signer.public_key, 32);
}

static void randomness_and_time(void **state)
{
    (void)state;
    uint8_t bytes[300] = {0}, again[300] = {0};
    assert_int_equal(mz_random(bytes, sizeof(bytes), NULL), MZ_OK);
    assert_int_equal(mz_random(again, sizeof(again), NULL), MZ_OK);
    assert_memory_not_equal(bytes, again, sizeof(bytes));
    int64_t now = mz_clock_now_unix_ms();
    assert_true(now > INT64_C(1700000000000));
    uint8_t uuid[MZ_UUID_SIZE];
    mz_uuid7(now, uuid);
    assert_true(mz_uuid7_valid(uuid));
    assert_true(mz_uuid7_unix_ms(uuid) == now);
    char one[MZ_UUID_TEXT_SIZE], other[MZ_UUID_TEXT_SIZE];
    mz_uuid7_new_text(now, one);
    mz_uuid7_new_text(now, other);
    assert_string_not_equal(one, other);
    assert_memory_equal(one, other, 15);
    assert_true(mz_uuid_parse(mz_view_of(one), uuid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),
        cmocka_unit_test(never_replaces),
        cmocka_unit_test(wrong_passphrase),
        cmocka_unit_test(what_cannot_be_written),
        cmocka_unit_test(rights_of_others),
        cmocka_unit_test(rights_by_a_list),
        cmocka_unit_test(texts_are_strict),
        cmocka_unit_test(line_ends_do_not_matter),
        cmocka_unit_test(envelopes_are_compared),
        cmocka_unit_test(hostile_rounds_cost_nothing),
        cmocka_unit_test(thumbprint_is_checked_inside),
        cmocka_unit_test(more_rounds),
        cmocka_unit_test(openssl_reads_it),
        cmocka_unit_test(randomness_and_time),
    };
    return cmocka_run_group_tests(tests, bench_make, bench_end);
}
