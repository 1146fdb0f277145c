#include "journal_text.h"

#include <stdlib.h>
#include <string.h>

static const char *day_of(int32_t day, char text[MZ_DAY_TEXT_SIZE])
{
    mz_day_text(day, text);
    return text;
}

/* "-1234.50 CNY": every fen, no separators. */
static void put_amount(FILE *out, int64_t amount_fen)
{
    const uint64_t size = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    fprintf(out, "%s%llu.%02llu " MZ_COMMODITY, amount_fen < 0 ? "-" : "",
            (unsigned long long)(size / 100), (unsigned long long)(size % 100));
}

/* ---- hledger ---- */

/* Text inside a comment, where a colon, a comma or a bracket would begin or end a tag or a date:
 * the full-width ones do not. */
static void put_comment(FILE *out, const char *text)
{
    static const char SPECIAL[] = ":,[]";
    static const char *const WIDE[] = {"：", "，", "［", "］"};
    for (; *text != '\0'; text++) {
        const char *found = strchr(SPECIAL, *text);
        if (found == NULL)
            fputc(*text, out);
        else
            fputs(WIDE[found - SPECIAL], out);
    }
}

/* `, name:value`, or ` ; name:value` at the beginning. */
static void put_tag(FILE *out, const char **before, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "%s%s:", *before, name);
    put_comment(out, value);
    *before = ", ";
}

/* The type of a role for hledger's statements. What is carried has none: it is neither money nor
 * net assets, and in no statement. */
static const char *type_of(const mz_account *row, size_t role)
{
    static const char *const TYPES[MZ_ROOT_COUNT] = {"C", "L", "E", "R", "X"};
    return role == MZ_ACCOUNT_CARRIED ? NULL : TYPES[row->root];
}

static void hledger_begin(FILE *out, const mz_accounts *accounts, bool zh, const char *origin,
                          int32_t day)
{
    char text[MZ_DAY_TEXT_SIZE];
    fprintf(out, "; %s %s, %s %s\n\ndecimal-mark .\ncommodity 1000.00 " MZ_COMMODITY "\n\n",
            zh ? "明账账本" : "Journal of the log", origin, zh ? "自" : "from", day_of(day, text));
    for (size_t i = 0; i < MZ_ACCOUNT_COUNT; i++) {
        const mz_account *row = &accounts->rows[i];
        const char *before = "  ; ";
        if (row->key == NULL || mz_account_repeated(accounts, i))
            continue;
        fprintf(out, "account %s", row->path);
        put_tag(out, &before, "type", type_of(row, i));
        put_tag(out, &before, "code", row->code);
        put_tag(out, &before, "name", zh ? row->zh : row->en);
        fputc('\n', out);
    }
}

static void hledger_account(FILE *out, const mz_account *row, bool zh, const char *full,
                            const char *name, int32_t day)
{
    const char *before = "  ; ";
    (void)row;
    (void)zh;
    (void)day;
    fprintf(out, "account %s", full);
    put_tag(out, &before, "name", name);
    fputc('\n', out);
}

static void hledger_payee(FILE *out, const char *id)
{
    fprintf(out, "payee %s\n", id);
}

static void hledger_heading(FILE *out, const mz_heading *h)
{
    char day[MZ_DAY_TEXT_SIZE], index[24], about[24] = "";
    const char *before = "    ; ";
    fprintf(out, "\n%s * ", day_of(h->day, day));
    snprintf(index, sizeof index, "%llu", (unsigned long long)h->index);
    if (h->about != 0)
        snprintf(about, sizeof about, "%llu", (unsigned long long)h->about);
    if (h->jti != NULL)
        fprintf(out, "(%s) ", index);
    fprintf(out, "%s | %s\n", h->payee, h->words);
    if (h->jti != NULL) {
        put_tag(out, &before, "index", index);
        put_tag(out, &before, "jti", h->jti);
        put_tag(out, &before, "event", h->event);
        put_tag(out, &before, "about", about);
        before = "\n    ; ";
    }
    put_tag(out, &before, "fund", h->fund);
    put_tag(out, &before, "proposal", h->proposal);
    put_tag(out, &before, "source", h->source);
    if (h->booked_on != NULL)
        before = "\n    ; ";
    put_tag(out, &before, "booked_on", h->booked_on);
    put_tag(out, &before, "bank_ref", h->bank_ref);
    put_tag(out, &before, "receipt_no", h->receipt_no);
    fputc('\n', out);
}

static void hledger_posting(FILE *out, const char *full, int64_t amount_fen, mz_posting_step step,
                            const char *purpose)
{
    const char *before = "  ; ";
    fprintf(out, "    %s  ", full);
    put_amount(out, amount_fen);
    put_tag(out, &before, "step", mz_posting_step_name(step));
    put_tag(out, &before, "purpose", purpose);
    fputc('\n', out);
}

static void hledger_balance(FILE *out, const char *full, int64_t balance_fen, bool in_all,
                            int32_t day)
{
    char text[MZ_DAY_TEXT_SIZE];
    fprintf(out, "    %s  0.00 " MZ_COMMODITY " =%s ", full, in_all ? "*" : "");
    put_amount(out, balance_fen);
    fprintf(out, "  ; date:%s\n", day_of(day, text));
}

static void hledger_remark(FILE *out, const char *text)
{
    fprintf(out, "\n; %s\n", text);
}

const mz_journal_text MZ_HLEDGER_TEXT = {
    .begin = hledger_begin,
    .account = hledger_account,
    .payee = hledger_payee,
    .heading = hledger_heading,
    .posting = hledger_posting,
    .balances = hledger_heading,
    .balance = hledger_balance,
    .remark = hledger_remark,
};

/* ---- beancount ---- */

static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_meta(FILE *out, int indent, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "%*s%s: ", indent, "", name);
    put_string(out, value);
    fputc('\n', out);
}

static void beancount_begin(FILE *out, const mz_accounts *accounts, bool zh, const char *origin,
                            int32_t day)
{
    static const char *const OPTIONS[MZ_ROOT_COUNT] = {
        "name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses"};
    char text[MZ_DAY_TEXT_SIZE];
    fprintf(out, "; %s %s, %s %s\n\noption \"title\" ", zh ? "明账账本" : "Journal of the log",
            origin, zh ? "自" : "from", day_of(day, text));
    put_string(out, origin);
    fputc('\n', out);
    for (size_t i = 0; i < MZ_ROOT_COUNT; i++) {
        fprintf(out, "option \"%s\" ", OPTIONS[i]);
        put_string(out, accounts->roots[i]);
        fputc('\n', out);
    }
    fprintf(out,
            "option \"operating_currency\" \"" MZ_COMMODITY "\"\n\n%s commodity " MZ_COMMODITY "\n",
            text);
}

static void beancount_account(FILE *out, const mz_account *row, bool zh, const char *full,
                              const char *name, int32_t day)
{
    char text[MZ_DAY_TEXT_SIZE];
    fprintf(out, "%s open %s " MZ_COMMODITY "\n", day_of(day, text), full);
    if (row != NULL) {
        put_meta(out, 2, "code", row->code);
        put_meta(out, 2, "account", zh ? row->zh : row->en);
    }
    put_meta(out, 2, "name", name);
}

static void beancount_payee(FILE *out, const char *id)
{
    (void)out; /* beancount has no such list */
    (void)id;
}

static void beancount_heading(FILE *out, const mz_heading *h)
{
    char text[MZ_DAY_TEXT_SIZE];
    fprintf(out, "\n%s * ", day_of(h->day, text));
    put_string(out, h->payee);
    fputc(' ', out);
    put_string(out, h->words);
    fprintf(out, " #%s", h->fund);
    if (h->proposal != NULL)
        fprintf(out, " ^%s", h->proposal);
    fprintf(out, "\n  index: %llu\n", (unsigned long long)h->index);
    put_meta(out, 2, "jti", h->jti);
    put_meta(out, 2, "event", h->event);
    if (h->about != 0)
        fprintf(out, "  about: %llu\n", (unsigned long long)h->about);
    put_meta(out, 2, "source", h->source);
    if (h->booked_on != NULL)
        fprintf(out, "  booked_on: %s\n", h->booked_on);
    put_meta(out, 2, "bank_ref", h->bank_ref);
    put_meta(out, 2, "receipt_no", h->receipt_no);
}

static void beancount_posting(FILE *out, const char *full, int64_t amount_fen, mz_posting_step step,
                              const char *purpose)
{
    fprintf(out, "  %s  ", full);
    put_amount(out, amount_fen);
    fputc('\n', out);
    put_meta(out, 4, "step", mz_posting_step_name(step));
    put_meta(out, 4, "purpose", purpose);
}

static void beancount_balances(FILE *out, const mz_heading *h)
{
    fprintf(out, "\n; %s %s\n", h->payee, h->words);
}

/* At the beginning of the day after. Without its own tolerance beancount would let a fen pass. */
static void beancount_balance(FILE *out, const char *full, int64_t balance_fen, bool in_all,
                              int32_t day)
{
    char text[MZ_DAY_TEXT_SIZE];
    (void)in_all; /* beancount always adds the accounts below */
    fprintf(out, "%s balance %s  ", day_of(day + 1, text), full);
    const uint64_t size = balance_fen < 0 ? 0 - (uint64_t)balance_fen : (uint64_t)balance_fen;
    fprintf(out, "%s%llu.%02llu ~ 0.00 " MZ_COMMODITY "\n", balance_fen < 0 ? "-" : "",
            (unsigned long long)(size / 100), (unsigned long long)(size % 100));
}

const mz_journal_text MZ_BEANCOUNT_TEXT = {
    .begin = beancount_begin,
    .account = beancount_account,
    .payee = beancount_payee,
    .heading = beancount_heading,
    .posting = beancount_posting,
    .balances = beancount_balances,
    .balance = beancount_balance,
    .remark = hledger_remark,
};
