#include "core/text.h"

#include <string.h>

static bool continues(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The bytes of a character that begins so; 0 for a byte that begins none. C0 and C1 could only
 * begin what has a shorter form, F5 and above what lies beyond U+10FFFF. */
static size_t lead_size(uint8_t lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

size_t mz_utf8_first(mz_view text, uint32_t *point)
{
    if (text.size == 0)
        return 0;
    /* Below it there is a shorter form, by size. */
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *in = text.data;
    if (in[0] < 0x80) {
        *point = in[0];
        return 1;
    }
    size_t size = lead_size(in[0]);
    if (size == 0 || size > text.size)
        return 0;
    uint32_t value = in[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (!continues(in[i]))
            return 0;
        value = value << 6 | (in[i] & 0x3fu);
    }
    if (value < LEAST[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return size;
}

static mz_view view_after(mz_view text, size_t size)
{
    return (mz_view){text.data + size, text.size - size};
}

bool mz_utf8_valid(mz_view text)
{
    while (text.size > 0) {
        uint32_t point = 0;
        size_t size = mz_utf8_first(text, &point);
        if (size == 0)
            return false;
        text = view_after(text, size);
    }
    return true;
}

size_t mz_utf8_count(mz_view text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += continues(text.data[i]) ? 0 : 1;
    return count;
}

size_t mz_utf8_cut(mz_view text, size_t size_max)
{
    if (text.size <= size_max)
        return text.size;
    size_t size = size_max;
    while (size > 0 && continues(text.data[size]))
        size--;
    return size;
}

typedef struct point_range {
    uint32_t first, last;
} point_range;

/* What shows nothing of its own, yet changes how other text is shown or read. */
static const point_range HIDDEN[] = {
    {0x0000, 0x001f}, /* C0 */
    {0x007f, 0x009f}, /* DEL, C1 */
    {0x061c, 0x061c}, /* Arabic letter mark */
    {0x200e, 0x200f}, /* left-to-right and right-to-left marks */
    {0x2028, 0x202e}, /* line and paragraph separators, embeddings, overrides */
    {0x2066, 0x2069}, /* isolates */
    {0xfdd0, 0xfdef}, /* noncharacters; so are the last two points of every plane */
    {0xfeff, 0xfeff}, /* byte order mark */
};

/* Unicode's White_Space beyond ASCII, and the zero width space. */
static const point_range BLANK[] = {
    {0x0020, 0x0020},
    {0x00a0, 0x00a0},
    {0x1680, 0x1680},
    {0x2000, 0x200b},
    {0x202f, 0x202f},
    {0x205f, 0x205f},
    {0x3000, 0x3000},
};

static bool point_within(uint32_t point, const point_range *ranges, size_t range_count)
{
    for (size_t i = 0; i < range_count; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    }
    return false;
}

bool mz_point_acceptable(uint32_t point)
{
    if (point >= 0x20 && point < 0x7f)
        return true;
    /* Most of what people write here: CJK and its punctuation. */
    if (point >= 0x3000 && point < 0xd800)
        return true;
    return point <= 0x10ffff && (point & 0xfffe) != 0xfffe &&
           !point_within(point, HIDDEN, sizeof(HIDDEN) / sizeof(HIDDEN[0]));
}

static bool point_blank(uint32_t point)
{
    return point_within(point, BLANK, sizeof(BLANK) / sizeof(BLANK[0]));
}

/* NULL, or what is wrong with the characters. */
static const char *fault_of(mz_view text)
{
    if (text.size == 0)
        return MZ_BOTH("为空", "it is empty");
    uint32_t first = 0, point = 0;
    for (mz_view rest = text; rest.size > 0;) {
        size_t size = mz_utf8_first(rest, &point);
        if (size == 0)
            return MZ_BOTH("不是有效的 UTF-8", "it is not valid UTF-8");
        if (!mz_point_acceptable(point))
            return MZ_BOTH("含有控制字符或不可见的排版字符",
                           "it holds a control character, or one that hides or reorders text");
        if (rest.size == text.size)
            first = point;
        rest = view_after(rest, size);
    }
    if (point_blank(first) || point_blank(point))
        return MZ_BOTH("首尾有空白", "it begins or ends with a blank");
    return NULL;
}

/* The limit comes first, so that endless text is not read to its end. */
static mz_status text_check(mz_view text, size_t size, size_t limit, const char *path,
                            mz_reason *why)
{
    if (size > limit)
        return mz_refuse(why, MZ_TOO_LONG, mz_words("path", path), mz_count("size", (int64_t)size),
                         mz_count("limit", (int64_t)limit));
    const char *fault = fault_of(text);
    if (fault != NULL)
        return mz_refuse(why, MZ_BAD_TEXT, mz_words("path", path), mz_words("cause", fault));
    return MZ_OK;
}

mz_status mz_text_check(mz_view text, size_t points_max, const char *path, mz_reason *why)
{
    return text_check(text, mz_utf8_count(text), points_max, path, why);
}

mz_status mz_text_check_bytes(mz_view text, size_t size_max, const char *path, mz_reason *why)
{
    return text_check(text, text.size, size_max, path, why);
}

bool mz_id_valid(mz_view text)
{
    if (text.size == 0 || text.size > MZ_ID_SIZE_MAX || text.data[0] == '-')
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

bool mz_ascii_token(mz_view text, size_t size_max)
{
    if (text.size == 0 || text.size > size_max)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7e)
            return false;
    }
    return true;
}
