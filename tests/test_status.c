#include <strings.h>

#include "core/text.h"
#include "vectors.h"

static bool code_is_snake(const char *code)
{
    if (code[0] < 'a' || code[0] > 'z')
        return false;
    for (const char *c = code; *c != '\0'; c++) {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
            return false;
    }
    return true;
}

static void code_is_name(mz_status status, const char *name)
{
    const char *without_prefix = name + strlen("MZ_");
    row_assert(name, strcasecmp(mz_status_code(status), without_prefix) == 0);
}

static void codes_are_the_names(void **state)
{
    (void)state;
    assert_string_equal(mz_status_code(MZ_OK), "ok");
    assert_string_equal(mz_status_code(MZ_OVER_BUDGET), "over_budget");
    assert_string_equal(mz_status_code(MZ_BAD_BASE64), "bad_base64");
    assert_string_equal(mz_status_code(MZ_NO_DONATION_RECEIPT), "no_donation_receipt");
#define NAME_IS_CODE(name, number, class, zh, en) code_is_name(name, #name);
    MZ_STATUS_MAP(NAME_IS_CODE)
#undef NAME_IS_CODE
}

static void numbers_ascend_and_codes_differ(void **state)
{
    (void)state;
    const mz_status *list = NULL;
    size_t count = mz_status_list(&list);
    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        const char *code = mz_status_code(list[i]);
        row_assert(code, code_is_snake(code));
        row_assert(code, i == 0 || list[i - 1] < list[i]);
        for (size_t k = 0; k < i; k++)
            row_assert(code, strcmp(code, mz_status_code(list[k])) != 0);
    }
}

/* The next {name} from `*rest` on; false when there is none. */
static bool placeholder_next(const char **rest, char name[32])
{
    const char *open = strchr(*rest, '{');
    if (open == NULL)
        return false;
    const char *close = strchr(open, '}');
    if (close == NULL || close - open - 1 >= 32 || close - open < 2)
        fail_msg("a brace stands alone in: %s", *rest);
    snprintf(name, 32, "%.*s", (int)(close - open - 1), open + 1);
    *rest = close + 1;
    return true;
}

static void every_name_of_one_is_in_the_other(mz_status status, mz_language one, mz_language other)
{
    const char *rest = mz_status_template(status, one);
    char name[32], braced[40];
    while (placeholder_next(&rest, name)) {
        snprintf(braced, sizeof(braced), "{%s}", name);
        if (strstr(mz_status_template(status, other), braced) == NULL)
            fail_msg("%s: only one language says %s", mz_status_code(status), braced);
    }
}

static void templates_say_the_same_figures(void **state)
{
    (void)state;
    const mz_status *list = NULL;
    size_t count = mz_status_list(&list);
    for (size_t i = 0; i < count; i++) {
        const char *code = mz_status_code(list[i]);
        every_name_of_one_is_in_the_other(list[i], MZ_CHINESE, MZ_ENGLISH);
        every_name_of_one_is_in_the_other(list[i], MZ_ENGLISH, MZ_CHINESE);
        mz_view zh = mz_view_of(mz_status_template(list[i], MZ_CHINESE));
        mz_view en = mz_view_of(mz_status_template(list[i], MZ_ENGLISH));
        row_assert(code, mz_text_check(zh, 1000, "zh", NULL) == MZ_OK);
        row_assert(code, mz_text_check(en, 1000, "en", NULL) == MZ_OK);
        row_assert(code, zh.size > 3 && memcmp(zh.data + zh.size - 3, "。", 3) == 0);
        row_assert(code, en.data[en.size - 1] == '.');
    }
}

static void first_reason_stays(void **state)
{
    (void)state;
    mz_reason why = {0};
    assert_int_equal(mz_refuse(&why, MZ_NOT_FOUND, mz_words("kind", "基金"), mz_words("id", "f1")),
                     MZ_NOT_FOUND);
    assert_int_equal(mz_refuse(&why, MZ_IO, mz_words("cause", "later")), MZ_IO);
    assert_int_equal(why.status, MZ_NOT_FOUND);
    assert_int_equal(why.figure_count, 2);
    assert_string_equal(why.figures[1].words, "f1");
    assert_int_equal(mz_refuse(NULL, MZ_FULL), MZ_FULL);
}

static void sentences(void **state)
{
    (void)state;
    char text[1024];
    mz_reason over = {0};
    (void)mz_refuse(&over, MZ_OVER_BUDGET, mz_words("purpose", "meals"), mz_fen("asked", 123456),
                    mz_fen("left", 5));
    mz_reason_text(&over, MZ_CHINESE, text, sizeof(text));
    assert_string_equal(text,
                        "专款 meals 要用 1,234.56 元，额度只剩 0.05 元。请减少金额，或另行提案。");
    mz_reason_text(&over, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text,
                        "1,234.56 yuan of meals asked; 0.05 yuan may still be used. Lower it, "
                        "or file a new proposal.");

    mz_reason late = {0};
    (void)mz_refuse(&late, MZ_TOO_LATE, mz_words("kind", MZ_BOTH("表决", "vote")),
                    mz_words("id", "p-1"), mz_time("until", 1700000000000));
    mz_reason_text(&late, MZ_CHINESE, text, sizeof(text));
    assert_string_equal(text, "表决 p-1 的期限 2023-11-15 06:13:20 已过。如仍需要，请另行提出。");
    mz_reason_text(&late, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "The time for vote p-1 ended at 2023-11-15 06:13:20. If it is still "
                              "needed, file it anew.");
    mz_reason_figure_text(&late, 0, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "vote");

    mz_reason gap = {0};
    (void)mz_refuse(&gap, MZ_PERIOD_GAP, mz_day("want", 19676), mz_day("date", -5));
    mz_reason_text(&gap, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "The period must start on 2023-11-15, not on ?\?\?\?\?\?\?\?\?\?. "
                              "Correct it: periods join without a gap.");

    mz_reason endless = {0};
    (void)mz_refuse(&endless, MZ_OUTSIDE_AGREEMENT, mz_day("date", 19676), mz_day("from", 19677),
                    mz_day("until", INT32_MAX));
    mz_reason_figure_text(&endless, 2, MZ_CHINESE, text, sizeof(text));
    assert_string_equal(text, "无期限");
    mz_reason_figure_text(&endless, 2, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "no end");

    mz_reason lost = {0};
    (void)mz_refuse(&lost, MZ_TOO_LONG, mz_count("limit", -3));
    mz_reason_text(&lost, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "? is too long: ?, the limit is -3. Shorten it.");
}

/* Terms of the catalogue are read in the reader's language; what is no term stays as it is. */
static void terms(void **state)
{
    (void)state;
    char text[256];
    mz_reason why = {0};
    (void)mz_refuse(&why, MZ_IO, mz_term("cause", "member | auditor | no-such-term"));
    mz_reason_figure_text(&why, 0, MZ_CHINESE, text, sizeof(text));
    assert_string_equal(text, "委员或审计员或no-such-term");
    mz_reason_figure_text(&why, 0, MZ_ENGLISH, text, sizeof(text));
    assert_string_equal(text, "member or auditor or no-such-term");
    mz_reason one = {0};
    (void)mz_refuse(&one, MZ_IO, mz_term("cause", "auditor"));
    mz_reason_figure_text(&one, 0, MZ_CHINESE, text, 4);
    assert_string_equal(text, "审");
}

static void sentences_are_cut_between_characters(void **state)
{
    (void)state;
    mz_reason why = {0};
    (void)mz_refuse(&why, MZ_IO, mz_words("cause", "磁盘"));
    char whole[256];
    mz_reason_text(&why, MZ_CHINESE, whole, sizeof(whole));
    for (size_t size = 1; size <= strlen(whole) + 2; size++) {
        char text[256];
        memset(text, 'x', sizeof(text));
        mz_reason_text(&why, MZ_CHINESE, text, size);
        size_t length = strlen(text);
        assert_true(length < size);
        assert_true(length + 3 >= size || length == strlen(whole));
        assert_true(mz_utf8_valid((mz_view){(const uint8_t *)text, length}));
        assert_memory_equal(text, whole, length);
        assert_int_equal(text[size], 'x');
    }
}

static void words_are_cut_and_cleaned(void **state)
{
    (void)state;
    char many[600];
    for (size_t i = 0; i < 199; i++)
        memcpy(many + 3 * i, "明", 3);
    many[597] = '\0';
    mz_reason why = {0};
    (void)mz_refuse(&why, MZ_IO, mz_words("cause", many));
    assert_int_equal(strlen(why.figures[0].words), MZ_REASON_WORDS_MAX / 3 * 3);
    assert_true(mz_utf8_valid(mz_view_of(why.figures[0].words)));

    static const char hostile[] = "a\x1b[2J\xff\xe6\x98\u202eb\0c";
    mz_reason clean = {0};
    (void)mz_refuse(&clean, MZ_IO, mz_words_sized("cause", hostile, sizeof(hostile) - 1));
    assert_string_equal(clean.figures[0].words, "a?[2J?\?\?\?b?c");
    mz_reason none = {0};
    (void)mz_refuse(&none, MZ_IO, mz_words("cause", NULL));
    assert_string_equal(none.figures[0].words, "");
}

static void unknown_numbers_have_a_text(void **state)
{
    (void)state;
    /* Through a variable, as from a file that a later version wrote. */
    int number = 9999;
    mz_status status;
    memcpy(&status, &number, sizeof(status));
    assert_string_equal(mz_status_code(status), "unknown");
    assert_string_equal(mz_status_template(status, MZ_ENGLISH), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_the_names),
        cmocka_unit_test(numbers_ascend_and_codes_differ),
        cmocka_unit_test(templates_say_the_same_figures),
        cmocka_unit_test(first_reason_stays),
        cmocka_unit_test(sentences),
        cmocka_unit_test(terms),
        cmocka_unit_test(sentences_are_cut_between_characters),
        cmocka_unit_test(words_are_cut_and_cleaned),
        cmocka_unit_test(unknown_numbers_have_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
