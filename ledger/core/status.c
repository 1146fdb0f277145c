#include "core/status.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/event.h"
#include "core/money.h"
#include "core/text.h"

/* The codes are spelled by the compiler out of the names, so that they cannot disagree: letter `i`
 * of MZ_OVER_BUDGET after its prefix, in lower case, and NUL after the end. */
#define LOWER(c) ((char)((c) >= 'A' && (c) <= 'Z' ? (c) + ('a' - 'A') : (c)))
#define LETTER(s, i) LOWER((i) + 3 < sizeof(s) ? (s)[(i) + 3 < sizeof(s) ? (i) + 3 : 0] : 0)
#define LETTERS_8(s, i)                                                                            \
    LETTER(s, (i)), LETTER(s, (i) + 1), LETTER(s, (i) + 2), LETTER(s, (i) + 3),                    \
        LETTER(s, (i) + 4), LETTER(s, (i) + 5), LETTER(s, (i) + 6), LETTER(s, (i) + 7)
#define CODE_SIZE 32

typedef struct status_row {
    char code[CODE_SIZE];
    mz_status_class class;
    const char *zh;
    const char *en;
} status_row;

/* clang-format off */
static const status_row ROWS[] = {
#define ROW(name, number, class, zh, en) \
    {{LETTERS_8(#name, 0), LETTERS_8(#name, 8), LETTERS_8(#name, 16), LETTERS_8(#name, 24)}, \
     MZ_CLASS_##class, zh, en},
    MZ_STATUS_MAP(ROW)
#undef ROW
};
/* clang-format on */

#define FITS(name, number, class, zh, en)                                                          \
    _Static_assert(sizeof(#name) - 3 <= CODE_SIZE, #name " is too long for a code");
MZ_STATUS_MAP(FITS)
#undef FITS

enum {
#define PLACE(name, number, class, zh, en) ROW_OF_##name,
    MZ_STATUS_MAP(PLACE)
#undef PLACE
};

static const mz_status STATUSES[] = {
#define STATUS(name, number, class, zh, en) name,
    MZ_STATUS_MAP(STATUS)
#undef STATUS
};

static const status_row *row_of(mz_status status)
{
    switch (status) {
#define CASE(name, number, class, zh, en)                                                          \
    case name:                                                                                     \
        return &ROWS[ROW_OF_##name];
        MZ_STATUS_MAP(CASE)
#undef CASE
    }
    return NULL;
}

const char *mz_status_code(mz_status status)
{
    const status_row *row = row_of(status);
    return row != NULL ? row->code : "unknown";
}

mz_status_class mz_status_class_of(mz_status status)
{
    const status_row *row = row_of(status);
    return row != NULL ? row->class : MZ_CLASS_TROUBLE;
}

const char *mz_status_template(mz_status status, mz_language language)
{
    const status_row *row = row_of(status);
    if (row == NULL)
        return "?";
    return language == MZ_CHINESE ? row->zh : row->en;
}

size_t mz_status_list(const mz_status **list)
{
    *list = STATUSES;
    return sizeof(STATUSES) / sizeof(STATUSES[0]);
}

mz_figure mz_fen(const char *name, int64_t amount_fen)
{
    return (mz_figure){.name = name, .kind = MZ_FIGURE_FEN, .number = amount_fen};
}

mz_figure mz_count(const char *name, int64_t count)
{
    return (mz_figure){.name = name, .kind = MZ_FIGURE_COUNT, .number = count};
}

mz_figure mz_time(const char *name, int64_t unix_ms)
{
    return (mz_figure){.name = name, .kind = MZ_FIGURE_TIME, .number = unix_ms};
}

mz_figure mz_day(const char *name, int64_t day)
{
    return (mz_figure){.name = name, .kind = MZ_FIGURE_DAY, .number = day};
}

mz_figure mz_words(const char *name, const char *words)
{
    return mz_words_sized(name, words, words != NULL ? strlen(words) : 0);
}

mz_figure mz_words_sized(const char *name, const char *words, size_t size)
{
    return (mz_figure){
        .name = name, .kind = MZ_FIGURE_WORDS, .words = words, .words_size = words ? size : 0};
}

mz_figure mz_term(const char *name, const char *terms)
{
    assert(strchr(terms, 0x1f) == NULL); /* words in both languages are for mz_words */
    return (mz_figure){
        .name = name, .kind = MZ_FIGURE_TERM, .words = terms, .words_size = strlen(terms)};
}

/* Copies whole characters while they fit, with a NUL; what must not reach a terminal becomes '?'.
 */
static void words_copy(char copy[MZ_REASON_WORDS_MAX], const char *words, size_t words_size)
{
    size_t size = 0;
    for (size_t at = 0; at < words_size;) {
        uint32_t point = 0;
        mz_view rest = {(const uint8_t *)words + at, words_size - at};
        size_t taken = mz_utf8_first(rest, &point);
        bool clean = taken > 0 && (mz_point_acceptable(point) || point == 0x1f);
        size_t put = clean ? taken : 1;
        if (size + put >= MZ_REASON_WORDS_MAX)
            break;
        memcpy(copy + size, clean ? words + at : "?", put);
        size += put;
        at += taken > 0 ? taken : 1;
    }
    copy[size] = '\0';
}

mz_status mz_reason_set(mz_reason *why, mz_status status, ...)
{
    assert(status != MZ_OK);
    if (why == NULL || why->status != MZ_OK)
        return status;
    why->status = status;
    why->figure_count = 0;
    va_list figures;
    va_start(figures, status);
    for (;;) {
        mz_figure figure = va_arg(figures, mz_figure);
        if (figure.kind == MZ_FIGURE_NONE)
            break;
        assert(figure.name != NULL);
        assert(why->figure_count < MZ_REASON_FIGURES_MAX);
        size_t at = why->figure_count++;
        why->figures[at].name = figure.name;
        why->figures[at].kind = figure.kind;
        why->figures[at].number = figure.number;
        words_copy(why->figures[at].words, figure.words, figure.words_size);
    }
    va_end(figures);
    return status;
}

/* Where a sentence grows: stops for good at the first character that does not fit. */
typedef struct sentence {
    char *text;
    size_t size;
    size_t capacity; /* with the NUL */
    bool full;
} sentence;

static void sentence_put(sentence *out, const char *bytes, size_t size)
{
    if (out->full || size == 0)
        return;
    size_t room = out->capacity - 1 - out->size;
    if (size > room) {
        size = mz_utf8_cut((mz_view){(const uint8_t *)bytes, size}, room);
        out->full = true;
    }
    memcpy(out->text + out->size, bytes, size);
    out->size += size;
    out->text[out->size] = '\0';
}

/* The half of the language in words made by MZ_BOTH; all of the words otherwise. */
static void words_put(sentence *out, const char *words, mz_language language)
{
    const char *mark = strchr(words, 0x1f);
    if (mark == NULL)
        sentence_put(out, words, strlen(words));
    else if (language == MZ_CHINESE)
        sentence_put(out, words, (size_t)(mark - words));
    else
        sentence_put(out, mark + 1, strlen(mark + 1));
}

/* Each term between " | " in the reader's language. */
static void terms_put(sentence *out, const char *terms, mz_language language)
{
    static const char MARK[] = " | ";
    for (const char *at = terms;;) {
        const char *mark = strstr(at, MARK);
        char term[MZ_REASON_WORDS_MAX];
        const size_t size = mark != NULL ? (size_t)(mark - at) : strlen(at);
        assert(size < sizeof(term)); /* a part of a figure's words */
        memcpy(term, at, size);
        term[size] = '\0';
        const char *text = mz_word_text(term, language);
        sentence_put(out, text, strlen(text));
        if (mark == NULL)
            return;
        const char *between = language == MZ_CHINESE ? "或" : " or ";
        sentence_put(out, between, strlen(between));
        at = mark + sizeof(MARK) - 1;
    }
}

static void figure_put(sentence *out, const mz_reason *why, size_t at, mz_language language)
{
    int64_t number = why->figures[at].number;
    char text[MZ_FEN_TEXT_SIZE] = "";
    switch (why->figures[at].kind) {
    case MZ_FIGURE_FEN:
        mz_fen_text(number, text);
        break;
    case MZ_FIGURE_COUNT:
        snprintf(text, sizeof(text), "%" PRId64, number);
        break;
    case MZ_FIGURE_TIME:
        mz_time_text(number, text);
        break;
    case MZ_FIGURE_DAY:
        if (number > MZ_DAY_MAX) { /* an agreement without an end */
            words_put(out, MZ_BOTH("无期限", "no end"), language);
            return;
        }
        mz_day_text(number >= 0 && number <= MZ_DAY_MAX ? (int32_t)number : -1, text);
        break;
    case MZ_FIGURE_WORDS:
        words_put(out, why->figures[at].words, language);
        return;
    case MZ_FIGURE_TERM:
        terms_put(out, why->figures[at].words, language);
        return;
    case MZ_FIGURE_NONE:
        break;
    }
    sentence_put(out, text, strlen(text));
}

void mz_reason_figure_text(const mz_reason *why, size_t figure_index, mz_language language,
                           char *text, size_t text_size)
{
    assert(figure_index < why->figure_count);
    assert(text_size > 0);
    text[0] = '\0';
    sentence out = {.text = text, .capacity = text_size};
    figure_put(&out, why, figure_index, language);
}

/* The figure of the name between the braces, or '?' where the rule gave none. */
static void placeholder_put(sentence *out, const mz_reason *why, const char *name, size_t name_size,
                            mz_language language)
{
    for (size_t i = 0; i < why->figure_count; i++) {
        const char *candidate = why->figures[i].name;
        if (strlen(candidate) == name_size && memcmp(candidate, name, name_size) == 0) {
            figure_put(out, why, i, language);
            return;
        }
    }
    sentence_put(out, "?", 1);
}

void mz_reason_text(const mz_reason *why, mz_language language, char *text, size_t text_size)
{
    assert(text_size > 0);
    text[0] = '\0';
    sentence out = {.text = text, .capacity = text_size};
    const char *rest = mz_status_template(why->status, language);
    for (;;) {
        const char *open = strchr(rest, '{');
        const char *close = open != NULL ? strchr(open, '}') : NULL;
        if (close == NULL)
            break;
        sentence_put(&out, rest, (size_t)(open - rest));
        placeholder_put(&out, why, open + 1, (size_t)(close - open - 1), language);
        rest = close + 1;
    }
    sentence_put(&out, rest, strlen(rest));
}
