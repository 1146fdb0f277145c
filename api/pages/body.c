/* body.c — what an entry says, member by member, as the catalogue calls them. A member that may be
 * sealed is not shown even where the log has it in clear, unless it is the name of a party that is
 * no person: docs/design/0022-pages.md. */
#include <stdio.h>
#include <string.h>

#include "core/event.h"
#include "pages/web.h"

/* ---- labels ---- */

/* A field's title up to its remark: "金额（重复）" is called 金额. */
static void put_label(mz_web *w, const mz_field *field)
{
    static const char *const REMARKS[] = {"（", ", ", ";", ":"};
    const char *title = mz_web_say(w, field->zh, field->en);
    size_t size = strlen(title);
    for (size_t i = 0; i < sizeof REMARKS / sizeof REMARKS[0]; i++) {
        const char *remark = strstr(title, REMARKS[i]);
        if (remark != NULL && remark > title && (size_t)(remark - title) < size)
            size = (size_t)(remark - title);
    }
    mz_html_text_view(&w->html, (mz_view){(const uint8_t *)title, size});
}

static bool ends_with(const char *name, const char *end)
{
    const size_t size = strlen(name), end_size = strlen(end);
    return size > end_size && strcmp(name + size - end_size, end) == 0;
}

/* ---- values ---- */

typedef struct telling {
    mz_web *w;
    const json_t *links; /* what the entry cites */
    bool party_is_person;
} telling;

static void put_value(const telling *t, const mz_field *field, const json_t *value);

static void put_number(mz_web *w, const mz_field *field, const json_t *value)
{
    char text[32];
    const int64_t number = json_integer_value(value);
    if (ends_with(field->name, "_fen")) {
        mz_web_yuan(w, number);
    } else if (strcmp(field->name, "compromised_since") == 0) {
        mz_web_moment(w, number);
    } else {
        (void)snprintf(text, sizeof text, "%lld", (long long)number);
        mz_web_put(w, text);
    }
}

static void put_cited(const telling *t, const mz_field *field)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(t->links, "cites"), i, row)
    {
        if (strcmp(mz_web_text_of(row, "member"), field->name) != 0)
            continue;
        mz_web_entry_link(t->w, mz_web_number_of(row, "index"));
        mz_web_put(t->w, mz_web_say(t->w, "：", ": "));
        mz_web_put(t->w, mz_web_event(t->w, mz_web_text_of(row, "event")));
    }
}

static void put_id(mz_web *w, const mz_field *field, const char *text)
{
    char path[MZ_WEB_PATH_SIZE];
    if (strcmp(text, "general") == 0) {
        mz_web_put(w, mz_web_word(w, text));
    } else if (strcmp(field->name, "proposal") == 0) {
        mz_web_proposal_link(w, text, "");
    } else if (strcmp(field->name, "fund") == 0) {
        (void)snprintf(path, sizeof path, "/f/%s", text);
        mz_web_link(w, path, text);
    } else {
        mz_web_element(w, "span", "id", text);
    }
}

static void put_text(const telling *t, const mz_field *field, const char *text)
{
    switch (field->type) {
    case MZ_TYPE_ENUM:
    case MZ_TYPE_ENUMS:
        mz_web_put(t->w, mz_web_word(t->w, text));
        break;
    case MZ_TYPE_DATE:
        mz_web_day(t->w, text);
        break;
    case MZ_TYPE_MONTH:
        mz_web_month(t->w, text);
        break;
    case MZ_TYPE_JTI:
        put_cited(t, field);
        break;
    case MZ_TYPE_ID:
    case MZ_TYPE_IDS:
        put_id(t->w, field, text);
        break;
    case MZ_TYPE_KEY:
    case MZ_TYPE_SIGNATURE:
    case MZ_TYPE_HEX:
    case MZ_TYPE_VKEY:
    case MZ_TYPE_DIGESTS:
        mz_web_element(t->w, "span", "code", text);
        break;
    case MZ_TYPE_TITLE:
    case MZ_TYPE_TEXT:
    case MZ_TYPE_TOKEN:
    case MZ_TYPE_INTEGER:
    case MZ_TYPE_BOOLEAN:
    case MZ_TYPE_CREDIT_CODE:
    case MZ_TYPE_ORIGIN:
    case MZ_TYPE_URL:
    case MZ_TYPE_MEDIA_TYPE:
    case MZ_TYPE_OBJECT:
    case MZ_TYPE_OBJECTS:
    case MZ_TYPE_TEXTS:
        mz_web_put(t->w, text);
        break;
    }
}

/* ---- members ---- */

static bool is_apart(const char *name)
{
    return strcmp(name, "evidence") == 0 || strcmp(name, "_sd") == 0;
}

/* Members in the catalogue's order, whatever the order in which they were signed. */
static void put_members(const telling *t, const mz_field *fields, const json_t *object)
{
    mz_web_facts(t->w, "facts");
    for (const mz_field *field = fields; field->name != NULL; field++) {
        const json_t *value = json_object_get(object, field->name);
        const bool withheld = (field->flags & (MZ_FIELD_SEALABLE | MZ_FIELD_SEALED)) != 0 &&
                              (t->party_is_person || strcmp(field->name, "name") != 0);
        if (value == NULL || is_apart(field->name))
            continue;
        mz_web_open(t->w, "div", NULL);
        mz_web_open(t->w, "dt", NULL);
        put_label(t->w, field);
        mz_web_close(t->w, "dt");
        mz_web_open(t->w, "dd", NULL);
        if (withheld)
            mz_web_element(t->w, "span", "quiet",
                           mz_web_say(t->w, "网页上不显示", "not shown on pages"));
        else
            put_value(t, field, value);
        mz_web_close(t->w, "dd");
        mz_web_close(t->w, "div");
    }
    mz_web_facts_end(t->w);
}

static void put_list(const telling *t, const mz_field *field, const json_t *list)
{
    size_t i;
    json_t *item;
    if (json_array_size(list) == 0) {
        mz_web_put(t->w, mz_web_say(t->w, "无", "none"));
        return;
    }
    mz_web_open(t->w, "ul", "plain");
    json_array_foreach(list, i, item)
    {
        mz_web_open(t->w, "li", NULL);
        if (json_is_object(item))
            put_members(t, field->fields, item);
        else
            put_text(t, field, json_string_value(item) == NULL ? "" : json_string_value(item));
        mz_web_close(t->w, "li");
    }
    mz_web_close(t->w, "ul");
}

static void put_value(const telling *t, const mz_field *field, const json_t *value)
{
    if (json_is_array(value))
        put_list(t, field, value);
    else if (json_is_object(value))
        put_members(t, field->fields, value);
    else if (json_is_integer(value))
        put_number(t->w, field, value);
    else if (json_is_boolean(value))
        mz_web_put(t->w, mz_web_word(t->w, json_is_true(value) ? "yes" : "no"));
    else if (json_is_null(value))
        mz_web_put(t->w, mz_web_word(t->w, "unvalued"));
    else
        put_text(t, field, json_string_value(value));
}

/* ---- documents and sealed fields ---- */

/* A sealed document's name may say whose it is. */
static void put_document(mz_web *w, const json_t *document)
{
    char path[MZ_WEB_PATH_SIZE], size[64];
    const char *sha256 = mz_web_text_of(document, "sha256");
    const bool open = strcmp(mz_web_text_of(document, "visibility"), "public") == 0;
    (void)snprintf(path, sizeof path, "/v1/evidence/%s", sha256);
    (void)snprintf(size, sizeof size, mz_web_say(w, "，%lld 字节", ", %lld bytes"),
                   (long long)mz_web_number_of(document, "size"));
    mz_web_open(w, "li", NULL);
    if (open)
        mz_web_link(w, path, mz_web_text_of(document, "name"));
    else
        mz_web_put(w, mz_web_say(w, "密封的凭证", "a sealed document"));
    mz_web_put(w, size);
    mz_web_put(w, mz_web_say(w, "，SHA-256 ", ", SHA-256 "));
    mz_web_element(w, "span", "code", sha256);
    mz_web_close(w, "li");
}

static void put_documents(mz_web *w, const json_t *list)
{
    size_t i;
    json_t *document;
    if (json_array_size(list) == 0)
        return;
    mz_web_element(w, "h3", NULL, mz_web_say(w, "凭证", "Evidence"));
    mz_web_open(w, "ul", "plain");
    json_array_foreach(list, i, document) put_document(w, document);
    mz_web_close(w, "ul");
}

static void put_sealed(mz_web *w, const json_t *sealed)
{
    size_t i;
    json_t *field;
    if (json_array_size(sealed) == 0)
        return;
    mz_web_format(
        w, "p", "quiet",
        mz_web_say(w, "另有 %zu 项密封字段（姓名、账号等），内容不在账本里，只有经授权的人能查阅。",
                   "%zu sealed fields besides (names, accounts ...): what they say is not "
                   "in the log, and only those entitled may read it."),
        json_array_size(sealed));
    json_array_foreach(sealed, i, field)
    {
        const bool erased = mz_web_has(field, "erased_by");
        if (!erased && !mz_web_has(field, "restricted_by"))
            continue;
        mz_web_open(w, "p", "quiet");
        mz_web_put(w, mz_web_word(w, mz_web_text_of(field, "state")));
        mz_web_put(w, mz_web_say(w, "，见", ": "));
        mz_web_entry_link(w, mz_web_number_of(field, erased ? "erased_by" : "restricted_by"));
        mz_web_close(w, "p");
    }
}

void mz_web_body(mz_web *w, const json_t *entry, const json_t *links)
{
    const char *event = mz_web_text_of(entry, "event");
    const json_t *body = json_object_get(entry, "body");
    const mz_event_row *row = mz_event_row_named(mz_view_of(event));
    const bool party = strcmp(event, "party.registered") == 0;
    const telling t = {
        .w = w,
        .links = links,
        .party_is_person = !party || strcmp(mz_web_text_of(body, "kind"), "person") == 0,
    };
    if (row != NULL)
        put_members(&t, row->fields, body);
    put_documents(w, json_object_get(body, "evidence"));
    put_sealed(w, json_object_get(entry, "sealed"));
}

/* ---- in one line ---- */

static void put_separator(mz_web *w, bool *first)
{
    mz_web_put(w, *first ? mz_web_say(w, "：", ": ") : mz_web_say(w, "，", ", "));
    *first = false;
}

static void put_words(mz_web *w, const json_t *body, bool *first)
{
    static const char *const WORDS[] = {"choice", "kind", "category", "rater", "channel"};
    static const char *const DAYS[] = {"from", "to", "date", "month"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (!mz_web_has(body, WORDS[i]))
            continue;
        put_separator(w, first);
        mz_web_put(w, mz_web_word(w, mz_web_text_of(body, WORDS[i])));
    }
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        if (!mz_web_has(body, DAYS[i]))
            continue;
        put_separator(w, first);
        if (strcmp(DAYS[i], "month") == 0)
            mz_web_month(w, mz_web_text_of(body, DAYS[i]));
        else
            mz_web_day(w, mz_web_text_of(body, DAYS[i]));
    }
}

static void put_goods(mz_web *w, const json_t *about, bool *first)
{
    char quantity[32];
    if (!mz_web_has(about, "item"))
        return;
    (void)snprintf(quantity, sizeof quantity, " %lld ",
                   (long long)mz_web_number_of(about, "quantity"));
    put_separator(w, first);
    mz_web_element(w, "span", "id", mz_web_text_of(about, "item"));
    mz_web_put(w, quantity);
    mz_web_put(w, mz_web_text_of(about, "unit"));
}

void mz_web_brief(mz_web *w, const json_t *entry)
{
    bool first = true;
    const json_t *body = json_object_get(entry, "body");
    const json_t *about = json_object_get(entry, "about");
    mz_web_element(w, "strong", NULL, mz_web_event(w, mz_web_text_of(entry, "event")));
    if (mz_web_has(about, "proposal")) {
        put_separator(w, &first);
        mz_web_proposal_link(w, mz_web_text_of(about, "proposal"), mz_web_text_of(about, "title"));
    }
    put_words(w, body, &first);
    if (mz_web_has(about, "kind") && !mz_web_has(body, "kind")) {
        put_separator(w, &first);
        mz_web_put(w, mz_web_word(w, mz_web_text_of(about, "kind")));
    }
    if (mz_web_has(about, "party")) {
        put_separator(w, &first);
        mz_web_party(w, about);
    }
    put_goods(w, about, &first);
    if (mz_web_has(about, "cites")) {
        put_separator(w, &first);
        mz_web_entry_link(w, mz_web_number_of(about, "cites"));
    }
    if (mz_web_has(entry, "reversed_by")) {
        mz_web_put(w, " ");
        mz_web_open(w, "span", "tag warn");
        mz_web_put(w, mz_web_say(w, "已冲销，见", "reversed: "));
        mz_web_entry_link(w, mz_web_number_of(entry, "reversed_by"));
        mz_web_close(w, "span");
    }
}

bool mz_web_amount(const json_t *entry, int64_t *amount_fen)
{
    size_t i;
    json_t *draw;
    const json_t *body = json_object_get(entry, "body");
    *amount_fen = mz_web_number_of(body, "amount_fen");
    json_array_foreach(json_object_get(body, "draws"), i, draw) *amount_fen +=
        mz_web_number_of(draw, "amount_fen"); /* the rules have bounded the sum */
    return *amount_fen != 0;
}
