/* remote_read.c — reading from a service: the views that it shows as JSON are the core's, so they
 * are printed as those of a folder. */
#include <string.h>

#include "core/note.h"
#include "core/receipt.h"
#include "ledger.h"
#include "log/evidence.h"
#include "print_parts.h"
#include "remote.h"

/* ---- show, todo, trace ---- */

/* Where a service shows each thing. `{}` is the identifier and the value of `option`. */
typedef struct place {
    const char *name, *pattern, *option;
    bool option_first;
    const char *more; /* the query member by which a list goes on */
} place;
static const place PLACES[] = {
    {"ledger",         "/v1/funds",                       NULL,    false, NULL    },
    {"fund",           "/v1/funds/{}",                    NULL,    false, NULL    },
    {"proposal",       "/v1/proposals/{}",                NULL,    false, NULL    },
    {"proposals",      "/v1/funds/{}/proposals",          NULL,    false, "cursor"},
    {"need",           "/v1/needs/{}",                    NULL,    false, NULL    },
    {"needs",          "/v1/funds/{}/needs",              NULL,    false, "cursor"},
    {"goods",          "/v1/funds/{}/goods",              NULL,    false, "cursor"},
    {"item",           "/v1/funds/{}/goods/{}",           "fund",  true,  "cursor"},
    {"reconciliation", "/v1/accounts/{}/reconciliations", NULL,    false, "before"},
    {"reports",        "/v1/reports",                     NULL,    false, "cursor"},
    {"entry",          "/v1/entries/{}",                  NULL,    false, NULL    },
    {"entries",        "/v1/funds/{}/entries?event={}",   "event", false, "cursor"},
    {"source",         "/v1/sources/{}",                  NULL,    false, NULL    },
    {"party",          "/v1/parties/{}",                  NULL,    false, NULL    },
    {"todo",           "/v1/actors/{}/todo",              NULL,    false, NULL    },
    {"trace",          "/v1/trace/{}",                    NULL,    false, NULL    },
    {"checkpoint",     "/checkpoint",                     NULL,    false, NULL    },
};

static const place *place_of(const char *name)
{
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
        if (strcmp(PLACES[i].name, name) == 0)
            return &PLACES[i];
    return NULL;
}

static mz_status read_checkpoint(mz_remote *remote, mz_checkpoint *checkpoint, mz_buf *text,
                                 mz_reason *why)
{
    mz_note note;
    const mz_policy *pin = mz_remote_pin(remote);
    mz_status status = mz_remote_bytes(remote, NULL, "/checkpoint", NULL, text, why);
    if (status == MZ_OK && pin != NULL)
        return mz_policy_open_checkpoint(pin, mz_buf_view(text), checkpoint, NULL, why);
    if (status == MZ_OK)
        status = mz_note_parse(mz_buf_view(text), &note, why);
    return status == MZ_OK ? mz_checkpoint_parse_text(note.text, checkpoint, why) : status;
}

/* Of a ledger also how many entries there are and their root, as at home. */
static mz_status add_checkpoint(mz_remote *remote, bool with_note, json_t *out, mz_reason *why)
{
    char root[65];
    mz_checkpoint checkpoint;
    mz_buf text;
    mz_buf_init(&text, MZ_NOTE_SIZE_MAX);
    mz_status status = read_checkpoint(remote, &checkpoint, &text, why);
    if (status == MZ_OK) {
        mz_hex_32(checkpoint.root.bytes, root);
        json_object_set_new(out, "size", json_integer((json_int_t)checkpoint.size));
        json_object_set_new(out, "root", json_string(root));
        if (with_note)
            json_object_set_new(out, "note", json_stringn((const char *)text.data, text.size));
    }
    mz_buf_clear(&text);
    return status;
}

static mz_status read_place(mz_remote *remote, const mz_args *args, const place *at, const char *id,
                            json_t **out, mz_reason *why)
{
    char pattern[96];
    const char *values[4] = {NULL};
    const char *before = at->more == NULL ? NULL : mz_args_value(args, "before");
    size_t count = 0;
    if (strcmp(at->name, "checkpoint") == 0) {
        *out = json_object();
        return *out == NULL ? mz_refuse(why, MZ_NO_MEMORY)
                            : add_checkpoint(remote, true, *out, why);
    }
    if (at->option != NULL && at->option_first)
        values[count++] = mz_args_value(args, at->option);
    if (id[0] != '\0')
        values[count++] = id;
    if (at->option != NULL && !at->option_first)
        values[count++] = mz_args_value(args, at->option);
    values[count] = before;
    snprintf(pattern, sizeof(pattern), "%s%s%s%s", at->pattern,
             before == NULL                     ? ""
             : strchr(at->pattern, '?') != NULL ? "&"
                                                : "?",
             before == NULL ? "" : at->more, before == NULL ? "" : "={}");
    mz_status status = mz_remote_get(remote, pattern, values, out, why);
    if (status == MZ_OK && strcmp(at->name, "ledger") == 0)
        status = add_checkpoint(remote, false, *out, why);
    return status;
}

static mz_exit print_view(const mz_cli *cli, json_t *view, mz_remote_print *print)
{
    if (cli->json || print == NULL)
        return mz_cli_json(cli, json_incref(view));
    print(cli, view);
    return MZ_EXIT_DONE;
}

mz_exit mz_remote_show(mz_cli *cli, const mz_args *args, const char *url, const char *name,
                       const char *id, mz_remote_print *print)
{
    mz_reason why = {0};
    mz_remote *remote = NULL;
    json_t *view = NULL;
    const place *at = place_of(name);
    if (at == NULL)
        return mz_cli_usage(cli, "show",
                            "信任文件和公钥不能向服务器本身索取：请从慈善总会等可信处取得。",
                            "A pin or a key is not to be had from the service itself: obtain it "
                            "from the charity.");
    if (mz_args_has(args, "at"))
        return mz_cli_usage(cli, NULL, "网址只给出现在，不能用 --at。",
                            "A URL shows the present only: there is no --at.");
    mz_status status = mz_remote_open(cli, args, url, &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    status = read_place(remote, args, at, id, &view, &why);
    const mz_exit code =
        status == MZ_OK ? print_view(cli, view, print) : mz_remote_refuse(remote, &why);
    json_decref(view);
    mz_remote_close(remote);
    return code;
}

/* ---- statement ---- */

mz_exit mz_remote_statement(mz_cli *cli, const mz_args *args, const char *fund, const char *to)
{
    const char *const values[] = {fund, to};
    mz_reason why = {0};
    mz_remote *remote = NULL;
    json_t *view = NULL;
    mz_status status = mz_remote_open(cli, args, args->at[0], &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    status = mz_remote_get(remote, "/v1/funds/{}/statement?to={}", values, &view, &why);
    const mz_exit code =
        status == MZ_OK ? print_view(cli, view, NULL) : mz_remote_refuse(remote, &why);
    json_decref(view);
    mz_remote_close(remote);
    return code;
}

/* ---- receipt ---- */

mz_exit mz_remote_receipt(mz_cli *cli, const mz_args *args, uint64_t index)
{
    char number[24];
    const char *const values[] = {number};
    const char *path = mz_args_value(args, "out");
    mz_reason why = {0};
    mz_remote *remote = NULL;
    mz_buf text;
    mz_status status = mz_remote_open(cli, args, args->at[0], &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX);
    snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
    status = mz_remote_bytes(remote, NULL, "/v1/entries/{}/receipt", values, &text, &why);
    if (status == MZ_OK)
        status = mz_remote_check_receipt(remote, mz_buf_view(&text), index, &why);
    if (status == MZ_OK && path != NULL)
        status = mz_cli_create_file(path, mz_buf_view(&text), &why);
    mz_exit code = status == MZ_OK ? MZ_EXIT_DONE : mz_remote_refuse(remote, &why);
    if (status == MZ_OK && cli->json)
        code = mz_cli_json(cli, json_pack("{s:s, s:I, s:s}", "code", "ok", "index",
                                          (json_int_t)index, "receipt", (const char *)text.data));
    else if (status == MZ_OK && path == NULL)
        fwrite(text.data, 1, text.size, stdout);
    else if (status == MZ_OK && mz_remote_pin(remote) != NULL)
        printf(mz_say(cli, "收据已写入 %s，与信任文件核对无误。\n",
                      "The receipt is in %s; it fits the pin.\n"),
               path);
    else if (status == MZ_OK)
        printf(mz_say(cli, "收据已写入 %s，尚未核对；核对：mingzhang-audit receipt %s --pin PIN\n",
                      "The receipt is in %s, unverified; to verify: mingzhang-audit receipt %s "
                      "--pin PIN\n"),
               path, path);
    mz_remote_close(remote);
    mz_buf_clear(&text);
    return code;
}

/* ---- disclose ---- */

static void print_field(const mz_cli *cli, const json_t *field)
{
    const char *name = mz_part_text(field, "name");
    const char *label = mz_part_text(field, cli->language == MZ_CHINESE ? "zh" : "en");
    const json_t *value = json_object_get(field, "value");
    char text[400];
    snprintf(text, sizeof(text), "%s%s%s", label[0] != '\0' ? label : name,
             strchr(name, '/') != NULL ? " " : "", strchr(name, '/') != NULL ? name : "");
    printf("  ");
    mz_text_pad(stdout, text, 20);
    printf(" %s\n", json_is_string(value) ? json_string_value(value) : "");
}

static void print_count(const mz_cli *cli, const json_t *view, const char *name, const char *zh,
                        const char *en)
{
    const int64_t count = mz_part_number(view, name);
    if (count > 0)
        printf("%lld %s\n", (long long)count, mz_say(cli, zh, en));
}

static void print_shown(const mz_cli *cli, const json_t *view)
{
    size_t i;
    json_t *field;
    const char *event = mz_part_text(view, "event");
    printf(mz_say(cli, "第 %lld 笔  %s\n", "entry %lld  %s\n"),
           (long long)mz_part_number(view, "index"), event);
    json_array_foreach(json_object_get(view, "fields"), i, field) print_field(cli, field);
    print_count(cli, view, "restricted", "项已限制查阅，只有审计员可以查看。",
                "restricted: only auditors read them.");
    print_count(cli, view, "erased", "项已经删除，任何人都不能再查看。",
                "erased: nobody can read them any more.");
    print_count(
        cli, view, "absent", "项摘要在这里没有披露项（未提交，或只为掩盖数目）。",
        "digests without a disclosure here (withheld, or there to hide how many there are).");
}

mz_exit mz_remote_disclose(mz_cli *cli, const mz_args *args, const mz_signer *reader,
                           uint64_t index)
{
    char number[24];
    const char *const values[] = {number};
    mz_reason why = {0};
    mz_remote *remote = NULL;
    json_t *view = NULL;
    if (mz_args_has(args, "receipt"))
        return mz_cli_usage(cli, "disclose",
                            "含密封字段的收据请在账本所在的机器上用账本文件夹出具。",
                            "A receipt with sealed fields is made where the ledger's folder is.");
    mz_status status = mz_remote_open(cli, args, args->at[0], &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    snprintf(number, sizeof(number), "%llu", (unsigned long long)index);
    status = mz_remote_get_as(remote, reader, "/v1/entries/{}/disclosures", values, &view, &why);
    mz_exit code = MZ_EXIT_DONE;
    if (status != MZ_OK)
        code = mz_remote_refuse(remote, &why);
    else if (cli->json)
        code = mz_cli_json(cli, json_incref(view));
    else
        print_shown(cli, view);
    json_decref(view);
    mz_remote_close(remote);
    return code;
}

/* ---- evidence get ---- */

static mz_status take_document(mz_remote *remote, const mz_args *args, const char *id,
                               mz_buf *bytes, mz_reason *why)
{
    mz_hash want;
    size_t size = 0;
    mz_signer reader;
    const char *const values[] = {id};
    const bool sealed = mz_args_has(args, "key");
    mz_status status = sealed ? mz_cli_signer(mz_remote_cli(remote), args, &reader, why) : MZ_OK;
    if (status != MZ_OK)
        return status;
    status =
        mz_remote_bytes(remote, sealed ? &reader : NULL, "/v1/evidence/{}", values, bytes, why);
    if (sealed)
        mz_signer_wipe(&reader);
    else if (status != MZ_OK && mz_remote_refused(remote) == MZ_TOKEN_NEEDED)
        return mz_refuse(why, MZ_DOCUMENT_SEALED, mz_words("id", id),
                         mz_words("cause", MZ_BOTH("没有出示密钥", "no key was shown")));
    if (status != MZ_OK)
        return status;
    const mz_view view = mz_buf_view(bytes);
    const mz_hash got = mz_hash_parts(mz_remote_cli(remote)->hasher, &view, 1);
    if (!mz_hex_decode(mz_view_of(id), want.bytes, sizeof(want.bytes), &size) ||
        !mz_hash_equal(&got, &want)) /* whatever the service says, the hash decides */
        return mz_refuse(why, MZ_DOCUMENT_DAMAGED, mz_words("id", id));
    return MZ_OK;
}

mz_exit mz_remote_evidence_get(mz_cli *cli, const mz_args *args)
{
    mz_reason why = {0};
    mz_remote *remote = NULL;
    mz_buf bytes;
    const char *id = args->at[2], *out = mz_args_value(args, "out");
    mz_status status = mz_remote_open(cli, args, args->at[1], &remote, &why);
    if (status != MZ_OK)
        return mz_cli_refuse(cli, &why);
    mz_buf_init(&bytes, MZ_EVIDENCE_SIZE_MAX);
    status = take_document(remote, args, id, &bytes, &why);
    if (status == MZ_OK)
        status = mz_cli_create_file(out, mz_buf_view(&bytes), &why);
    mz_exit code = status == MZ_OK ? MZ_EXIT_DONE : mz_remote_refuse(remote, &why);
    if (status == MZ_OK && cli->json)
        code = mz_cli_json(cli, json_pack("{s:s, s:s, s:I, s:s}", "code", "ok", "sha256", id,
                                          "size", (json_int_t)bytes.size, "path", out));
    else if (status == MZ_OK)
        printf(mz_say(cli, "已取出到 %s，%lld 字节，与散列相符\n",
                      "taken out to %s, %lld bytes, which fit the hash\n"),
               out, (long long)bytes.size);
    mz_buf_clear(&bytes);
    mz_remote_close(remote);
    return code;
}
