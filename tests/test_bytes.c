#include "core/hash.h"
#include "core/uuid.h"
#include "vectors.h"

/* RFC 4648 section 10, and the letters in which the two alphabets differ. */
static const struct spelling {
    const char *bytes;
    const char *base64;
    const char *base64url;
    const char *hex;
} SPELLINGS[] = {
    {"",             "",         "",         ""            },
    {"f",            "Zg==",     "Zg",       "66"          },
    {"fo",           "Zm8=",     "Zm8",      "666f"        },
    {"foo",          "Zm9v",     "Zm9v",     "666f6f"      },
    {"foob",         "Zm9vYg==", "Zm9vYg",   "666f6f62"    },
    {"fooba",        "Zm9vYmE=", "Zm9vYmE",  "666f6f6261"  },
    {"foobar",       "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
    {"\xfb\xff\xfe", "+//+",     "-__-",     "fbfffe"      },
    {"\xff\xe0",     "/+A=",     "_-A",      "ffe0"        },
};

static void spellings_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(SPELLINGS); i++) {
        const struct spelling *row = &SPELLINGS[i];
        mz_view bytes = mz_view_of(row->bytes);
        mz_buf text;
        mz_buf_init(&text, 100);
        mz_buf_put_base64(&text, bytes);
        row_assert(row->base64, mz_view_is(mz_buf_view(&text), row->base64));
        mz_buf_reset(&text);
        mz_buf_put_base64url(&text, bytes);
        row_assert(row->base64url, mz_view_is(mz_buf_view(&text), row->base64url));
        assert_int_equal(text.size, MZ_BASE64URL_SIZE(bytes.size));
        mz_buf_reset(&text);
        mz_buf_put_hex(&text, bytes);
        row_assert(row->hex, mz_view_is(mz_buf_view(&text), row->hex));
        mz_buf_clear(&text);

        uint8_t out[8];
        size_t size = 99;
        row_assert(row->base64, mz_base64_decode(mz_view_of(row->base64), out, 8, &size));
        row_assert(row->base64, mz_view_equal(bytes, (mz_view){out, size}));
        row_assert(row->base64url, mz_base64url_decode(mz_view_of(row->base64url), out, 8, &size));
        row_assert(row->base64url, mz_view_equal(bytes, (mz_view){out, size}));
        row_assert(row->hex, mz_hex_decode(mz_view_of(row->hex), out, 8, &size));
        row_assert(row->hex, mz_view_equal(bytes, (mz_view){out, size}));
    }
}

typedef bool decoder(mz_view text, uint8_t *out, size_t out_max, size_t *out_size);

static const struct misspelling {
    const char *name;
    decoder *decode;
    mz_view text;
} MISSPELLINGS[] = {
    {"base64: no padding",                 mz_base64_decode,    BYTES("Zg")                },
    {"base64: half the padding",           mz_base64_decode,    BYTES("Zg=")               },
    {"base64: too much padding",           mz_base64_decode,    BYTES("Zm9v====")          },
    {"base64: three signs of padding",     mz_base64_decode,    BYTES("Z===")              },
    {"base64: padding only",               mz_base64_decode,    BYTES("====")              },
    {"base64: padding inside",             mz_base64_decode,    BYTES("Zg==Zg==")          },
    {"base64: spare bits after one byte",  mz_base64_decode,    BYTES("Zh==")              },
    {"base64: spare bits after two bytes", mz_base64_decode,    BYTES("Zm9=")              },
    {"base64: the other alphabet",         mz_base64_decode,    BYTES("-__-")              },
    {"base64: a newline",                  mz_base64_decode,    BYTES("Zm9v\nZm9")         },
    {"url: padding",                       mz_base64url_decode, BYTES("Zg==")              },
    {"url: a letter left over",            mz_base64url_decode, BYTES("Zm9vY")             },
    {"url: one letter",                    mz_base64url_decode, BYTES("A")                 },
    {"url: spare bits after one byte",     mz_base64url_decode, BYTES("Zh")                },
    {"url: spare bits after two bytes",    mz_base64url_decode, BYTES("Zm9")               },
    {"url: the other alphabet",            mz_base64url_decode, BYTES("+//+")              },
    {"url: a blank",                       mz_base64url_decode, BYTES("Zm9 ")              },
    {"url: a newline at the end",          mz_base64url_decode, BYTES("Zm9\n")             },
    {"url: NUL",                           mz_base64url_decode, BYTES("Zm9\0")             },
    {"url: above ASCII",                   mz_base64url_decode, BYTES("Zm\xc3\xb6")        },
    {"url: more than there is room for",   mz_base64url_decode, BYTES("Zm9vYmFyZm9v")      },
    {"hex: odd",                           mz_hex_decode,       BYTES("666")               },
    {"hex: capitals",                      mz_hex_decode,       BYTES("6F")                },
    {"hex: no digit",                      mz_hex_decode,       BYTES("6g")                },
    {"hex: more than there is room for",   mz_hex_decode,       BYTES("000000000000000000")},
};

static void misspellings_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(MISSPELLINGS); i++) {
        const struct misspelling *row = &MISSPELLINGS[i];
        uint8_t out[8];
        size_t size = 0;
        row_assert(row->name, !row->decode(row->text, out, sizeof(out), &size));
    }
}

/* Whatever two or three characters decode, re-encode to the same: there is one spelling. */
static void base64url_is_canonical(void **state)
{
    (void)state;
    size_t accepted = 0;
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t text[3] = {(uint8_t)(i >> 8), (uint8_t)i, 'A'};
        for (size_t text_size = 2; text_size <= 3; text_size++) {
            uint8_t out[2];
            size_t size = 0;
            if (!mz_base64url_decode((mz_view){text, text_size}, out, 2, &size))
                continue;
            accepted++;
            mz_buf again;
            mz_buf_init(&again, 4);
            mz_buf_put_base64url(&again, (mz_view){out, size});
            assert_true(mz_view_equal((mz_view){text, text_size}, mz_buf_view(&again)));
            mz_buf_clear(&again);
        }
    }
    assert_int_equal(accepted, 256 + 64 * 64);
}

/* Every size around the groups of three, with room for exactly that. */
static void base64_round_trips(void **state)
{
    (void)state;
    uint8_t bytes[100], out[100];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        mz_buf text;
        mz_buf_init(&text, 200);
        size_t got = 999;
        mz_buf_put_base64(&text, (mz_view){bytes, size});
        assert_true(mz_base64_decode(mz_buf_view(&text), out, size, &got));
        assert_int_equal(got, size);
        assert_memory_equal(out, bytes, size);
        mz_buf_reset(&text);
        mz_buf_put_base64url(&text, (mz_view){bytes, size});
        assert_true(mz_base64url_decode(mz_buf_view(&text), out, size, &got));
        assert_int_equal(got, size);
        assert_memory_equal(out, bytes, size);
        if (size > 0)
            assert_false(mz_base64url_decode(mz_buf_view(&text), out, size - 1, &got));
        mz_buf_clear(&text);
    }
}

static void buffer_stops_at_its_ceiling(void **state)
{
    (void)state;
    mz_buf buf;
    mz_buf_init(&buf, 10);
    assert_int_equal(mz_buf_view(&buf).size, 0);
    assert_non_null(mz_buf_view(&buf).data);
    mz_buf_put_text(&buf, "0123456");
    mz_buf_put_text(&buf, "789");
    assert_false(buf.failed);
    mz_buf_put_text(&buf, "");
    assert_false(buf.failed);
    mz_buf_put_text(&buf, "x");
    assert_true(buf.failed);
    mz_buf_put_text(&buf, "");
    assert_true(mz_view_is(mz_buf_view(&buf), "0123456789"));
    assert_int_equal(buf.data[buf.size], 0);
    mz_buf_reset(&buf);
    assert_false(buf.failed);
    mz_buf_put_format(&buf, "%d-%s", 12, "ab");
    assert_true(mz_view_is(mz_buf_view(&buf), "12-ab"));
    mz_buf_put_format(&buf, "%s", "123456");
    assert_true(buf.failed);
    assert_true(mz_view_is(mz_buf_view(&buf), "12-ab"));
    mz_buf_put_base64(&buf, VIEW("abc"));
    assert_null(mz_buf_extend(&buf, 1));
    assert_int_equal(buf.size, 5);
    mz_buf_clear(&buf);
    assert_null(buf.data);
    mz_buf_put_text(&buf, "again");
    assert_true(mz_view_is(mz_buf_view(&buf), "again"));
    mz_buf_clear(&buf);
}

static void buffer_grows_to_its_ceiling(void **state)
{
    (void)state;
    mz_buf buf;
    mz_buf_init(&buf, 100000);
    for (size_t i = 0; i < 100000; i++)
        mz_buf_put(&buf, (mz_view){(const uint8_t[]){(uint8_t)i}, 1});
    assert_false(buf.failed);
    assert_true(buf.capacity <= 100001);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], (uint8_t)i);
    mz_buf_clear(&buf);
}

static void integers_sort_as_bytes(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,         1, 255, 256, 65535, UINT32_MAX, UINT64_MAX - 1,
                                      UINT64_MAX};
    uint8_t before[8], bytes[8];
    for (size_t i = 0; i < ROW_COUNT(values); i++) {
        mz_be64_put(bytes, values[i]);
        assert_true(mz_be64_get(bytes) == values[i]);
        assert_true(i == 0 || memcmp(before, bytes, 8) < 0);
        memcpy(before, bytes, 8);
        mz_be32_put(bytes, (uint32_t)values[i]);
        assert_true(mz_be32_get(bytes) == (uint32_t)values[i]);
    }
    mz_be64_put(bytes, 0x0102030405060708);
    assert_memory_equal(bytes, "\1\2\3\4\5\6\7\10", 8);
    mz_be32_put(bytes, 0x01020304);
    assert_memory_equal(bytes, "\1\2\3\4", 4);
}

/* FIPS 180-4 examples; the parts are one after the other, and a hasher serves again and again. */
static void digests(void **state)
{
    (void)state;
    mz_hasher *hasher = mz_hasher_new();
    assert_non_null(hasher);
    char hex[65], url[44];
    mz_view abc[] = {
        VIEW("a"), VIEW(""), {NULL, 0},
          VIEW("bc")
    };
    for (int i = 0; i < 3; i++) {
        mz_hash hash = mz_hash_parts(hasher, abc, 4);
        mz_hex_32(hash.bytes, hex);
        assert_string_equal(hex,
                            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        mz_base64url_32(hash.bytes, url);
        assert_string_equal(url, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        mz_hash none = mz_hash_parts(hasher, NULL, 0);
        mz_hex_32(none.bytes, hex);
        assert_string_equal(hex,
                            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_false(mz_hash_equal(&hash, &none));
        assert_true(mz_hash_equal(&hash, &hash));
    }
    mz_hasher_free(hasher);
    mz_hasher_free(NULL);
}

static const struct uuid_row {
    const char *name;
    const char *text;
    bool parses;
    bool version_7;
    int64_t unix_ms;
} UUIDS[] = {
  /* RFC 9562 appendix A.6 */
    {"the example of RFC 9562",  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",   true,  true,  1645557742000},
    {"version 4",                "919108f7-52d1-4320-9bac-f847db4148a8",   true,  false, 0            },
    {"version 7, wrong variant", "017f22e2-79b0-7cc3-58c4-dc0c0c07398f",   true,  false, 0            },
    {"capitals",                 "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",   false, false, 0            },
    {"no hyphens",               "017f22e279b07cc398c4dc0c0c07398f",       false, false, 0            },
    {"braces",                   "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", false, false, 0            },
    {"a hyphen moved",           "017f22e2-79b0-7cc39-8c4-dc0c0c07398f",   false, false, 0            },
    {"one digit short",          "017f22e2-79b0-7cc3-98c4-dc0c0c07398",    false, false, 0            },
    {"no digit",                 "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",   false, false, 0            },
    {"empty",                    "",                                       false, false, 0            },
};

static void uuids(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(UUIDS); i++) {
        const struct uuid_row *row = &UUIDS[i];
        uint8_t uuid[MZ_UUID_SIZE];
        row_assert(row->name, mz_uuid_parse(mz_view_of(row->text), uuid) == row->parses);
        if (!row->parses)
            continue;
        char text[MZ_UUID_TEXT_SIZE];
        mz_uuid_text(uuid, text);
        row_assert(row->name, strcmp(text, row->text) == 0);
        row_assert(row->name, mz_uuid7_valid(uuid) == row->version_7);
        row_assert(row->name, !row->version_7 || mz_uuid7_unix_ms(uuid) == row->unix_ms);
    }
    uint8_t stamped[MZ_UUID_SIZE];
    memset(stamped, 0xff, sizeof(stamped));
    mz_uuid7_stamp((INT64_C(1) << 48) - 2, stamped);
    char text[MZ_UUID_TEXT_SIZE];
    mz_uuid_text(stamped, text);
    assert_string_equal(text, "ffffffff-fffe-7fff-bfff-ffffffffffff");
    assert_true(mz_uuid7_valid(stamped));
    assert_true(mz_uuid7_unix_ms(stamped) == (INT64_C(1) << 48) - 2);
}

static void views(void **state)
{
    (void)state;
    assert_true(mz_view_is(mz_view_of("abc"), "abc"));
    assert_false(mz_view_is(mz_view_of("abc"), "ab"));
    assert_false(mz_view_is(mz_view_of("abc"), "abd"));
    assert_true(mz_view_is((mz_view){NULL, 0}, ""));
    assert_true(mz_view_equal((mz_view){NULL, 0}, mz_view_of("")));
    assert_false(mz_view_is(VIEW("abc\0"), "abc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_both_ways),
        cmocka_unit_test(misspellings_refused),
        cmocka_unit_test(base64url_is_canonical),
        cmocka_unit_test(base64_round_trips),
        cmocka_unit_test(buffer_stops_at_its_ceiling),
        cmocka_unit_test(buffer_grows_to_its_ceiling),
        cmocka_unit_test(integers_sort_as_bytes),
        cmocka_unit_test(digests),
        cmocka_unit_test(uuids),
        cmocka_unit_test(views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
