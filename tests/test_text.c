#include "core/text.h"
#include "vectors.h"

static const struct text_row {
    const char *name;
    mz_view text;
    mz_status want;
} TEXTS[] = {
    {"Chinese",                    BYTES("幸福里社区发展基金"),       MZ_OK      },
    {"ASCII",                      BYTES("Meals for 12, May-June!"),           MZ_OK      },
    {"ideographic space inside",   BYTES("甲　乙"),                         MZ_OK      },
    {"four bytes",                 BYTES("𠮷野家"),                        MZ_OK      },
    {"emoji with a joiner",        BYTES("👩‍🌾"),                       MZ_OK      },
    {"a combining accent",         BYTES("e\u0301"),                           MZ_OK      },
    {"Arabic",                     BYTES("صندوق"),                        MZ_OK      },
    {"private use",                BYTES("\ue000"),                            MZ_OK      },
    {"the last character",         BYTES("\xf4\x8f\xbf\xbd"),                  MZ_OK      },
    {"ten characters",             BYTES("一二三四五六七八九十"),    MZ_OK      },
    {"empty",                      BYTES(""),                                  MZ_BAD_TEXT},
    {"blank before",               BYTES(" a"),                                MZ_BAD_TEXT},
    {"blank after",                BYTES("a "),                                MZ_BAD_TEXT},
    {"a blank only",               BYTES(" "),                                 MZ_BAD_TEXT},
    {"ideographic space before",   BYTES("　甲"),                            MZ_BAD_TEXT},
    {"ideographic space after",    BYTES("甲　"),                            MZ_BAD_TEXT},
    {"no-break space",             BYTES("\u00a0甲"),                         MZ_BAD_TEXT},
    {"thin space",                 BYTES("甲\u2009"),                         MZ_BAD_TEXT},
    {"zero width space",           BYTES("甲\u200b"),                         MZ_BAD_TEXT},
    {"newline",                    BYTES("a\nb"),                              MZ_BAD_TEXT},
    {"tab",                        BYTES("a\tb"),                              MZ_BAD_TEXT},
    {"NUL",                        BYTES("a\0b"),                              MZ_BAD_TEXT},
    {"escape",                     BYTES("a\x1b[2J"),                          MZ_BAD_TEXT},
    {"DEL",                        BYTES("a\x7f"),                             MZ_BAD_TEXT},
    {"C1",                         BYTES("a\xc2\x85z"),                        MZ_BAD_TEXT},
    {"line separator",             BYTES("a\u2028b"),                          MZ_BAD_TEXT},
    {"paragraph separator",        BYTES("a\u2029b"),                          MZ_BAD_TEXT},
    {"right-to-left override",
     BYTES("a\u202e"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"embedding",
     BYTES("a\u202a"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"isolate",
     BYTES("a\u2066"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"end of isolate",
     BYTES("a\u2069"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"left-to-right mark",
     BYTES("a\u200e"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"Arabic letter mark",
     BYTES("a\u061c"
           "b"),
     MZ_BAD_TEXT                                                                          },
    {"byte order mark",
     BYTES("\ufeff"
           "a"),
     MZ_BAD_TEXT                                                                          },
    {"noncharacter U+FFFF",        BYTES("a\xef\xbf\xbf"),                     MZ_BAD_TEXT},
    {"noncharacter U+FDD0",        BYTES("a\xef\xb7\x90"),                     MZ_BAD_TEXT},
    {"noncharacter U+1FFFE",       BYTES("a\xf0\x9f\xbf\xbe"),                 MZ_BAD_TEXT},
    {"a lone continuation",        BYTES("a\x80"),                             MZ_BAD_TEXT},
    {"cut short",                  BYTES("a\xe6\x98"),                         MZ_BAD_TEXT},
    {"overlong slash",             BYTES("\xc0\xaf"),                          MZ_BAD_TEXT},
    {"overlong, three bytes",      BYTES("\xe0\x80\xaf"),                      MZ_BAD_TEXT},
    {"overlong, four bytes",       BYTES("\xf0\x80\x80\xaf"),                  MZ_BAD_TEXT},
    {"a surrogate",                BYTES("\xed\xa0\x80"),                      MZ_BAD_TEXT},
    {"beyond U+10FFFF",            BYTES("\xf4\x90\x80\x80"),                  MZ_BAD_TEXT},
    {"a byte that starts nothing", BYTES("\xff"),                              MZ_BAD_TEXT},
    {"eleven characters",          BYTES("一二三四五六七八九十一"), MZ_TOO_LONG},
    {"eleven letters",             BYTES("abcdefghijk"),                       MZ_TOO_LONG},
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(TEXTS); i++) {
        const struct text_row *row = &TEXTS[i];
        mz_reason why = {0};
        size_t points_max = row->text.size > 20 && row->want == MZ_OK ? 100 : 10;
        if (strcmp(row->name, "ten characters") == 0)
            points_max = 10;
        row_assert(row->name,
                   mz_text_check(row->text, points_max, "body.title", &why) == row->want);
        row_assert(row->name, why.status == row->want);
        if (row->want != MZ_OK)
            assert_string_equal(why.figures[0].words, "body.title");
    }
}

static void limits_in_bytes(void **state)
{
    (void)state;
    mz_reason why = {0};
    assert_int_equal(mz_text_check_bytes(VIEW("明账"), 6, "x", &why), MZ_OK);
    assert_int_equal(mz_text_check_bytes(VIEW("明账"), 5, "x", &why), MZ_TOO_LONG);
    assert_int_equal(why.figures[1].number, 6);
    assert_int_equal(why.figures[2].number, 5);
    assert_int_equal(mz_text_check_bytes(VIEW("a\n"), 5, "x", NULL), MZ_BAD_TEXT);
    assert_int_equal(mz_text_check(VIEW("明账"), 2, "x", NULL), MZ_OK);
}

/* Every code point: spelled in UTF-8 it is read back, but for surrogates. */
static void code_points_round_trip(void **state)
{
    (void)state;
    size_t acceptable = 0;
    for (uint32_t point = 0; point <= 0x10ffff + 16; point++) {
        uint8_t text[4] = {(uint8_t)point, 0, 0, 0};
        size_t size = 1;
        if (point >= 0x10000) {
            size = 4;
            text[0] = (uint8_t)(0xf0 | point >> 18);
            text[1] = (uint8_t)(0x80 | (point >> 12 & 63));
            text[2] = (uint8_t)(0x80 | (point >> 6 & 63));
            text[3] = (uint8_t)(0x80 | (point & 63));
        } else if (point >= 0x800) {
            size = 3;
            text[0] = (uint8_t)(0xe0 | point >> 12);
            text[1] = (uint8_t)(0x80 | (point >> 6 & 63));
            text[2] = (uint8_t)(0x80 | (point & 63));
        } else if (point >= 0x80) {
            size = 2;
            text[0] = (uint8_t)(0xc0 | point >> 6);
            text[1] = (uint8_t)(0x80 | (point & 63));
        }
        bool exists = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
        uint32_t got = 0;
        size_t taken = mz_utf8_first((mz_view){text, size}, &got);
        if (taken != (exists ? size : 0) || (exists && got != point))
            fail_msg("U+%04X is read as %zu bytes, U+%04X", point, taken, got);
        if (mz_utf8_first((mz_view){text, size - 1}, &got) != 0)
            fail_msg("U+%04X is read though cut short", point);
        acceptable += exists && mz_point_acceptable(point);
    }
    /* All scalar values but 65 controls, 4 marks and a BOM, 7 + 4 of U+2028-202E and U+2066-2069,
     * and 66 noncharacters. */
    assert_int_equal(acceptable, 0x110000 - 2048 - 65 - 4 - 11 - 66);
}

static void counting_and_cutting(void **state)
{
    (void)state;
    assert_true(mz_utf8_valid(VIEW("")));
    assert_true(mz_utf8_valid(VIEW("a明𠮷")));
    assert_false(mz_utf8_valid(VIEW("a明\xf0\xa0\xae")));
    assert_int_equal(mz_utf8_count(VIEW("a明𠮷")), 3);
    assert_int_equal(mz_utf8_count(VIEW("")), 0);
    static const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8};
    for (size_t i = 0; i < ROW_COUNT(want); i++)
        assert_int_equal(mz_utf8_cut(VIEW("a明𠮷"), i), want[i]);
}

static const struct id_row {
    const char *text;
    bool valid;
} IDS[] = {
    {"a",                                         true },
    {"0",                                         true },
    {"xingfuli-2026",                             true },
    {"a-",                                        true },
    {"abcdefghijabcdefghijabcdefghijabcdefghij",  true },
    {"abcdefghijabcdefghijabcdefghijabcdefghijk", false},
    {"",                                          false},
    {"-a",                                        false},
    {"A",                                         false},
    {"a_b",                                       false},
    {"a b",                                       false},
    {"a.b",                                       false},
    {"社区",                                    false},
};

static void identifiers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT(IDS); i++)
        row_assert(IDS[i].text, mz_id_valid(mz_view_of(IDS[i].text)) == IDS[i].valid);
    assert_false(mz_id_valid(VIEW("a\0")));
    assert_true(mz_ascii_token(VIEW("!~ab/1"), 6));
    assert_false(mz_ascii_token(VIEW("!~ab/1"), 5));
    assert_false(mz_ascii_token(VIEW(""), 5));
    assert_false(mz_ascii_token(VIEW("a b"), 5));
    assert_false(mz_ascii_token(VIEW("a\x7f"), 5));
    assert_false(mz_ascii_token(VIEW("明"), 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(limits_in_bytes),
        cmocka_unit_test(code_points_round_trip),
        cmocka_unit_test(counting_and_cutting),
        cmocka_unit_test(identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
