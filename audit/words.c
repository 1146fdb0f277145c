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

/* Numbers are counted from 0 in the log, from 1 by people: only `finding` is one to count. */
static const struct {
    const char *name, *zh, *en;
} MEMBERS[] = {
    {"account",  "账户 ",                  "account "         },
    {"month",    "月份 ",                  "month "           },
    {"proposal", "提案 ",                  "proposal "        },
    {"party",    "往来方 ",               "party "           },
    {"source",   "来源 ",                  "source "          },
    {"item",     "物资 ",                  "item "            },
    {"quantity", "数量 ",                  "quantity "        },
    {"finding",  "发现（从 0 数起）", "finding (from 0) "},
    {"reason",   "理由：",                "reason: "         },
    {"ground",   "依据：",                "ground: "         },
    {"actor",    "签名 ",                  "signed by "       },
};

void mz_told_about(const mz_told *told, const json_t *entry, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0] && used < size; i++) {
        const json_t *value = json_object_get(entry, MEMBERS[i].name);
        char number[24];
        if (value == NULL)
            continue;
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        const int written =
            snprintf(text + used, size - used, "%s%s%s", used > 0 ? mz_say(told, "；", "; ") : "",
                     mz_say(told, MEMBERS[i].zh, MEMBERS[i].en),
                     json_is_string(value) ? json_string_value(value) : number);
        used += written > 0 ? (size_t)written : 0;
    }
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
        {"ratings",           "评议",          "ratings"          },
        {"goods",             "物资",          "goods entries"    },
        {"reconciliations",   "银行对账",    "reconciliations"  },
        {"audit_reports",     "审计报告",    "audit reports"    },
    };
    *count = sizeof ROWS / sizeof ROWS[0];
    return ROWS;
}
