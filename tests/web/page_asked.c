#include "page_asked.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "pages/pages.h"

#define SEGMENTS_MAX 4

typedef struct address {
    char segments[SEGMENTS_MAX][256];
    size_t segment_count;
    bool is_file; /* the last segment ended in ".csv", which is cut off */
    char lang[8], number[256];
    uint64_t before, after, from;
} address;

static size_t decode(const char *text, size_t size, char *out, size_t out_size)
{
    size_t made = 0;
    for (size_t i = 0; i < size && made + 1 < out_size; i++) {
        unsigned byte = (unsigned char)text[i];
        if (byte == '%' && i + 2 < size && sscanf(text + i + 1, "%2x", &byte) == 1)
            i += 2;
        out[made++] = (char)byte;
    }
    out[made] = '\0';
    return made;
}

static void read_query(const char *query, address *to)
{
    while (*query != '\0') {
        const size_t size = strcspn(query, "&");
        const size_t name = strcspn(query, "=&");
        char value[256] = "";
        if (name < size)
            decode(query + name + 1, size - name - 1, value, sizeof value);
        for (char *plus = value; (plus = strchr(plus, '+')) != NULL;)
            *plus = ' ';
        if (strncmp(query, "lang=", 5) == 0)
            (void)snprintf(to->lang, sizeof to->lang, "%.7s", value);
        else if (strncmp(query, "number=", 7) == 0)
            memcpy(to->number, value, sizeof value);
        else if (strncmp(query, "until=", 6) == 0)
            to->before = strtoull(value, NULL, 10);
        else if (strncmp(query, "after=", 6) == 0)
            to->after = strtoull(value, NULL, 10);
        else if (strncmp(query, "from=", 5) == 0)
            to->from = strtoull(value, NULL, 10);
        query += size + (query[size] == '&' ? 1 : 0);
    }
}

static void cut_end(address *to)
{
    char *last = to->segments[to->segment_count - 1];
    const size_t size = strlen(last);
    to->is_file = size > 4 && strcmp(last + size - 4, ".csv") == 0;
    if (to->is_file)
        last[size - 4] = '\0';
}

static void read_address(const char *path, address *to)
{
    const size_t size = strcspn(path, "?");
    *to = (address){.before = MZ_NEVER};
    for (size_t at = 0; at < size && to->segment_count < SEGMENTS_MAX;) {
        const size_t segment = strcspn(path + at + 1, "/?");
        if (segment > 0)
            decode(path + at + 1, segment, to->segments[to->segment_count++], 256);
        at += segment + 1;
    }
    if (to->segment_count > 2)
        cut_end(to);
    if (path[size] == '?')
        read_query(path + size + 1, to);
}

static mz_status ask_fund(const mz_page_asked *asked, mz_snapshot *snapshot, const address *a,
                          mz_buf *out, mz_reason *why)
{
    uint64_t next;
    const mz_view fund = mz_view_of(a->segments[1]);
    const mz_view name = mz_view_of(a->segments[2]);
    if (a->segment_count == 2)
        return mz_page_fund(asked, fund, a->before, out, why);
    if (a->segment_count == 3 && a->is_file)
        return mz_page_csv(asked, mz_snapshot_txn(snapshot), fund, name, a->from, &next, out, why);
    return mz_page_month(asked, fund, name, a->after, out, why);
}

static mz_status ask(const mz_page_asked *asked, mz_snapshot *snapshot, const address *a,
                     bool *found, mz_buf *out, mz_reason *why)
{
    const char *first = a->segments[0];
    const mz_view second = mz_view_of(a->segments[1]);
    if (a->segment_count == 0)
        return mz_page_home(asked, a->after, out, why);
    if (strcmp(first, "style.css") == 0) {
        mz_buf_put(out, mz_page_style());
        return MZ_OK;
    }
    if (strcmp(first, "f") == 0 && a->segment_count >= 2)
        return ask_fund(asked, snapshot, a, out, why);
    if (strcmp(first, "p") == 0)
        return mz_page_proposal(asked, second, out, why);
    if (strcmp(first, "e") == 0)
        return mz_page_entry(asked, strtoull(a->segments[1], NULL, 10), out, why);
    if (strcmp(first, "r") == 0)
        return mz_page_receipt(asked, a->segment_count == 1 ? mz_view_of(a->number) : second, found,
                               out, why);
    return mz_refuse(why, MZ_NOT_FOUND, mz_words("kind", MZ_BOTH("页面", "page")),
                     mz_words("id", first));
}

/* Of the page of which it is: what a fund's are is for mz_page_csv to say. */
static mz_view table_of(const address *a)
{
    const bool of_fund = strcmp(a->segments[0], "f") == 0 && a->segment_count == 3;
    return a->is_file && !of_fund ? mz_view_of(a->segments[a->segment_count - 1]) : (mz_view){0};
}

unsigned page_ask(mz_log *log, const char *path, int64_t now_ms, mz_buf *out)
{
    address a;
    bool found = true;
    mz_snapshot *snapshot = NULL;
    mz_reason why = {0}, again = {0};
    read_address(path, &a);
    if (mz_snapshot_open(log, &snapshot, &why) != MZ_OK)
        return 503;
    const mz_page_asked asked = {
        .changes = mz_snapshot_changes(snapshot),
        .now_ms = now_ms,
        .language = strcmp(a.lang, "en") == 0 ? MZ_ENGLISH : MZ_CHINESE,
        .says_language = a.lang[0] != '\0',
        .table = table_of(&a),
    };
    const mz_status status = ask(&asked, snapshot, &a, &found, out, &why);
    unsigned code = found ? 200 : 404;
    if (status != MZ_OK) {
        code = status == MZ_NOT_FOUND ? 404 : status == MZ_BAD_VALUE ? 400 : 503;
        mz_buf_reset(out);
        const mz_status shown =
            mz_page_refusal(asked.language, asked.says_language, code, &why, out, &again);
        assert(shown == MZ_OK);
    }
    mz_snapshot_close(snapshot);
    return code;
}
