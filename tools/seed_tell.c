#include "seed_tell.h"

#include <string.h>

#include "core/date.h"
#include "core/money.h"
#include "table.h"

void mz_telling_clear(mz_telling *telling)
{
    json_decref(telling->subjects);
    json_decref(telling->stages);
    telling->subjects = telling->stages = NULL;
}

void mz_tell_month(mz_telling *telling, int64_t now_ms)
{
    int32_t day = mz_day_of_ms(now_ms);
    int32_t month = mz_day_year(day) * 12 + mz_day_month(day);
    if (month == telling->month || telling->cli->json)
        return;
    telling->month = month;
    if (telling->cli->language == MZ_CHINESE)
        printf("\n—— %d 年 %d 月 ——\n", mz_day_year(day), mz_day_month(day));
    else
        printf("\n== %d-%02d ==\n", mz_day_year(day), mz_day_month(day));
}

void mz_tell_comment(const mz_telling *telling, const json_t *line)
{
    const json_t *comment = json_object_get(line, "comment");
    if (json_is_object(comment))
        comment = json_object_get(comment, mz_say(telling->cli, "zh", "en"));
    if (!json_is_string(comment) || telling->cli->json)
        return;
    /* on a line with a step, `approx` is about the step */
    bool approx =
        json_is_true(json_object_get(line, "approx")) && json_object_get(line, "event") == NULL;
    printf("\n  %s%s\n", json_string_value(comment),
           approx ? mz_say(telling->cli, "（约）", " (approx.)") : "");
}

/* ---- what a step is about ---- */

static int64_t amount_of(const json_t *body)
{
    size_t i;
    json_t *draw;
    int64_t total_fen = json_integer_value(json_object_get(body, "amount_fen"));
    json_array_foreach(json_object_get(body, "draws"), i, draw)
    {
        int64_t sum_fen;
        if (mz_fen_add(total_fen, json_integer_value(json_object_get(draw, "amount_fen")),
                       &sum_fen))
            total_fen = sum_fen;
    }
    return total_fen;
}

static void add_word(mz_buf *text, const char *word)
{
    mz_buf_put_format(text, "%s%s", text->size == 0 ? "" : " ", word);
}

/* The first of these members that is text. False: there is none. */
static bool add_first(const mz_cli *cli, const json_t *body, const char *const *names, mz_buf *text)
{
    for (; *names != NULL; names++) {
        const char *value = json_string_value(json_object_get(body, *names));
        if (value == NULL)
            continue;
        add_word(text, mz_word_text(value, cli->language));
        return true;
    }
    return false;
}

/* What the entry that is cited was about: "登记人员 shen". */
static void add_cited(const mz_telling *telling, const json_t *body, mz_buf *text)
{
    static const char *const CITING[] = {"target", "registration", "declaration", "income",
                                         "payout", "objection",    "report",      NULL};
    for (const char *const *name = CITING; *name != NULL; name++) {
        const char *jti = json_string_value(json_object_get(body, *name));
        const json_t *subject = jti == NULL ? NULL : json_object_get(telling->subjects, jti);
        if (subject == NULL)
            continue;
        add_word(text, json_string_value(json_object_get(subject, "text")));
        int64_t amount_fen = json_integer_value(json_object_get(subject, "amount_fen"));
        if (amount_fen == 0 || amount_of(body) != 0)
            continue;
        char amount[MZ_FEN_TEXT_SIZE];
        mz_fen_text(amount_fen, amount);
        mz_buf_put_format(text, " ¥%s", amount);
    }
}

static long long number_in(const json_t *body, const char *name)
{
    return (long long)json_integer_value(json_object_get(body, name));
}

static void add_fen(mz_buf *text, const char *label, int64_t amount_fen)
{
    char amount[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, amount);
    mz_buf_put_format(text, "%s¥%s", label, amount);
}

/* Goods with their quantity and value; a need with how many. */
static void add_goods(const mz_cli *cli, const json_t *body, mz_buf *text)
{
    const char *unit = json_string_value(json_object_get(body, "unit"));
    const char *item = json_string_value(json_object_get(body, "item"));
    const json_t *value = json_object_get(body, "value_fen");
    if (item == NULL)
        return;
    add_word(text, item);
    mz_buf_put_format(text, " %lld%s%s", number_in(body, "quantity") + number_in(body, "count"),
                      unit == NULL ? "" : " ", unit == NULL ? "" : unit);
    if (json_is_null(value))
        mz_buf_put_format(text, "%s", mz_say(cli, "，未估值", ", not valued"));
    else if (value != NULL)
        add_fen(text, mz_say(cli, "，值 ", ", worth "), json_integer_value(value));
}

static void add_counts(const mz_cli *cli, const json_t *body, mz_buf *text)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(body, "counts"), i, row)
    {
        const char *grade = json_string_value(json_object_get(row, "grade"));
        mz_buf_put_format(text, "%s%s %lld", i == 0 ? " " : mz_say(cli, "，", ", "),
                          grade == NULL ? "" : mz_word_text(grade, cli->language),
                          number_in(row, "count"));
    }
}

/* What the bank says, and what is missing or too much there. */
static void add_bank(const mz_cli *cli, const json_t *body, mz_buf *text)
{
    size_t i;
    json_t *row;
    if (json_object_get(body, "bank_balance_fen") != NULL)
        add_fen(text, mz_say(cli, " 银行 ", " bank "), number_in(body, "bank_balance_fen"));
    json_array_foreach(json_object_get(body, "differences"), i, row)
    {
        add_fen(text, mz_say(cli, "，差额 ", ", difference "), number_in(row, "amount_fen"));
    }
}

/* Sizes that say more than the thing's name. */
static void add_sizes(const mz_cli *cli, const json_t *body, mz_buf *text)
{
    size_t seats = json_array_size(json_object_get(body, "members"));
    size_t sealed = json_array_size(json_object_get(body, "disclosures"));
    const json_t *findings = json_object_get(body, "findings");
    const char *gap = text->size == 0 ? "" : " ";
    if (seats > 0)
        mz_buf_put_format(text, mz_say(cli, "%s%zu 席", "%s%zu seats"), gap, seats);
    if (sealed > 0)
        mz_buf_put_format(text, mz_say(cli, "%s%zu 项", "%sfields: %zu"), gap, sealed);
    if (json_object_get(body, "visits") != NULL)
        mz_buf_put_format(text,
                          mz_say(cli, "%s第 %lld 场，商户 %lld 家，%lld 人次",
                                 "%sno. %lld, %lld firms, %lld visits"),
                          gap, number_in(body, "number"), number_in(body, "firms"),
                          number_in(body, "visits"));
    if (findings != NULL)
        mz_buf_put_format(
            text, mz_say(cli, "%s审到 %lld 笔，%zu 项发现", "%s%lld entries audited, %zu findings"),
            gap, number_in(body, "size"), json_array_size(findings));
    if (json_object_get(body, "finding") != NULL)
        mz_buf_put_format(text, mz_say(cli, "%s第 %lld 项", "%sno. %lld"), gap,
                          number_in(body, "finding") + 1);
}

/* The thing, then its title or choice, or how many came; what is cited. */
static void about(const mz_telling *telling, const json_t *body, mz_buf *text)
{
    static const char *const THINGS[] = {"proposal", "source",  "actor", "party",
                                         "purpose",  "account", "need",  NULL};
    static const char *const TITLES[] = {"title", "name",  "choice", "kind", "category",
                                         "to",    "rater", "month",  NULL};
    static const char *const PAYEE[] = {"party", NULL};
    static const char *const NEED[] = {"need", NULL};
    const mz_cli *cli = telling->cli;
    add_cited(telling, body, text);
    (void)add_first(cli, body, THINGS, text);
    if (json_object_get(body, "proposal") != NULL || json_object_get(body, "actor") != NULL)
        (void)add_first(cli, body, PAYEE, text);
    (void)add_first(cli, body, TITLES, text);
    if (json_object_get(body, "proposal") != NULL)
        (void)add_first(cli, body, NEED, text);
    add_goods(cli, body, text);
    add_counts(cli, body, text);
    add_bank(cli, body, text);
    add_sizes(cli, body, text);
}

void mz_tell_remember(mz_telling *telling, const char *jti, const mz_event_row *row,
                      const json_t *body)
{
    mz_buf text;
    if (telling->cli->json || telling->brief)
        return;
    if (telling->subjects == NULL)
        telling->subjects = json_object();
    mz_buf_init(&text, 2000);
    add_word(&text, mz_say(telling->cli, row->zh, row->en));
    about(telling, body, &text);
    if (!text.failed)
        json_object_set_new(telling->subjects, jti,
                            json_pack("{s:s, s:I}", "text", (const char *)text.data, "amount_fen",
                                      (json_int_t)amount_of(body)));
    mz_buf_clear(&text);
}

/* ---- steps ---- */

void mz_tell_step(const mz_telling *telling, const json_t *line, const mz_event_row *row,
                  const char *actor, const json_t *body, int64_t now_ms, bool refused)
{
    const mz_cli *cli = telling->cli;
    char time[MZ_TIME_TEXT_SIZE], amount[MZ_FEN_TEXT_SIZE];
    const char *fund = json_string_value(json_object_get(line, "fund"));
    mz_buf subject;
    if (cli->json || (telling->brief && !refused))
        return;
    int64_t amount_fen = amount_of(body);
    mz_time_text(now_ms, time);
    mz_fen_text(amount_fen, amount);
    mz_buf_init(&subject, 2000);
    about(telling, body, &subject);
    const char *text = subject.data == NULL ? "" : (const char *)subject.data;
    /* a name may say itself that it is an example */
    bool synthetic =
        json_is_true(json_object_get(line, "synthetic")) && strstr(text, "示例") == NULL;
    printf("  %.11s  ", time + 5); /* MM-DD HH:MM */
    mz_text_pad(stdout, fund == NULL ? "" : fund, 10);
    putchar(' ');
    mz_text_pad(stdout, mz_say(cli, row->zh, row->en), cli->language == MZ_CHINESE ? 18 : 30);
    putchar(' ');
    mz_text_pad(stdout, actor, 14);
    printf(" %s%s%s%s%s\n", text, amount_fen != 0 ? "  ¥" : "", amount_fen != 0 ? amount : "",
           json_is_true(json_object_get(line, "approx")) ? mz_say(cli, "（约数）", " (approx.)")
                                                         : "",
           synthetic ? mz_say(cli, "〔示例〕", " [synthetic]") : "");
    mz_buf_clear(&subject);
}

void mz_tell_refusal(const mz_telling *telling, const mz_reason *why)
{
    char text[1024];
    if (telling->cli->json)
        return;
    mz_reason_text(why, telling->cli->language, text, sizeof(text));
    printf(mz_say(telling->cli, "      ✗ 如期拒绝 [%s]：%s\n",
                  "      x refused as expected [%s]: %s\n"),
           mz_status_code(why->status), text);
}

/* Where the entry's own name says it: 用资申请, 核准, 拨付. */
static bool goes_without_saying(const char *state)
{
    static const char *const SAID[] = {"applied",   "approved", "paying",
                                       "withdrawn", "refused",  NULL};
    return mz_value_index(SAID, mz_view_of(state)) >= 0;
}

void mz_tell_proposals(mz_telling *telling, const char *fund, const json_t *view)
{
    char since[MZ_TIME_TEXT_SIZE];
    size_t i;
    json_t *proposal;
    if (telling->stages == NULL)
        telling->stages = json_object();
    json_array_foreach(json_object_get(view, "proposals"), i, proposal)
    {
        const char *id = json_string_value(json_object_get(proposal, "proposal"));
        const char *title = json_string_value(json_object_get(proposal, "title"));
        json_t *state = json_object_get(proposal, "state");
        const json_t *told = json_object_get(telling->stages, id == NULL ? "" : id);
        if (id == NULL || json_equal(state, told))
            continue;
        mz_time_text(json_integer_value(json_object_get(proposal, "state_ms")), since);
        if (told != NULL && !goes_without_saying(json_string_value(state))) {
            printf("  %.11s  ", since + 5);
            mz_text_pad(stdout, fund, 10);
            printf(" → %s  %s %s\n", mz_word_text(json_string_value(state), telling->cli->language),
                   id, title == NULL ? "" : title);
        }
        json_object_set(telling->stages, id, state);
    }
}
