#include "words.h"

#include <stdio.h>
#include <string.h>

#include "core/event.h"
#include "core/money.h"

const char *mz_say(const mz_told *told, const char *zh, const char *en)
{
    return told->language == MZ_CHINESE ? zh : en;
}

const char *mz_told_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

long long mz_told_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

const char *mz_told_word(const mz_told *told, const json_t *object)
{
    return mz_told_text(object, told->language == MZ_CHINESE ? "zh" : "en");
}

const char *mz_told_verdict(const mz_told *told, const char *code)
{
    for (mz_verdict v = MZ_PROVED; v <= MZ_UNPROVED; v++) {
        if (strcmp(code, mz_verdict_code(v)) == 0)
            return mz_verdict_text(v, told->language);
    }
    return code;
}

const char *mz_told_term(const mz_told *told, const char *word)
{
    return mz_word_text(word, told->language);
}

const char *mz_told_purpose(const mz_told *told, const json_t *bucket)
{
    const char *purpose = mz_told_text(bucket, "purpose");
    return strcmp(purpose, "general") == 0 ? mz_told_term(told, purpose) : purpose;
}

void mz_yuan_text(int64_t amount_fen, char text[MZ_YUAN_TEXT_SIZE])
{
    char amount[MZ_FEN_TEXT_SIZE];
    mz_fen_text(amount_fen, amount);
    const bool negative = amount[0] == '-';
    (void)snprintf(text, MZ_YUAN_TEXT_SIZE, "%s¥%s", negative ? "-" : "",
                   negative ? amount + 1 : amount);
}

void mz_told_yuan(const json_t *object, const char *name, char text[MZ_YUAN_TEXT_SIZE])
{
    mz_yuan_text(mz_told_number(object, name), text);
}

const mz_count_row *mz_count_rows(size_t *count)
{
    static const mz_count_row ROWS[] = {
        {"checkpoints",       "总账印章",    "checkpoints"      },
        {"incomes_confirmed", "入账收入",    "incomes confirmed"},
        {"with_receipt",      "其中有票据", "  with a receipt" },
        {"payouts",           "拨付",          "payouts"          },
        {"returns",           "退回",          "returned payouts" },
        {"reversals",         "冲销",          "reversals"        },
        {"statements",        "公示",          "statements"       },
    };
    *count = sizeof ROWS / sizeof ROWS[0];
    return ROWS;
}
