#include "compare.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/receipt.h"
#include "fork.h"
#include "parts.h"

/* clang-format off */
static const struct {
    const char *code, *zh, *en;
} VERDICTS[] = {
    [MZ_COMPARE_SAME] = {"same", "两枚印章相同。", "The two checkpoints say the same."},
    [MZ_COMPARE_CONSISTENT] = {"consistent", "一致：笔数多的账本是另一本的延续，旧的各笔一笔未动。",
                               "Consistent: the larger log extends the smaller; nothing below was touched."},
    [MZ_COMPARE_FORKED] = {"forked", "分叉：同一把账本密钥签了两段不能并存的历史。请保存分叉证明，通知审计和见证人。",
                           "Forked: one log key signed two histories that cannot both be. Keep the proof; tell the auditors and the witnesses."},
    [MZ_COMPARE_NO_LOG] = {"no_log", "笔数不同，要有账本才能比对：请用 --log 给出网址、账本文件夹或审计包。",
                           "The sizes differ, and only the log can tell: name a URL, a ledger folder or a bundle with --log."},
    [MZ_COMPARE_LOG_SHORT] = {"log_short", "给出的账本比新印章的笔数少：它被截短过，或是一份旧副本；无法比对。",
                              "The log given has fewer entries than the newer checkpoint: it was cut off, or is an old copy. Nothing can be told."},
};
/* clang-format on */

const char *mz_compare_code(mz_compare_verdict verdict)
{
    return VERDICTS[verdict].code;
}

const char *mz_compare_text(mz_compare_verdict verdict, mz_language language)
{
    return language == MZ_CHINESE ? VERDICTS[verdict].zh : VERDICTS[verdict].en;
}

/* One of the two. */
typedef struct side {
    const char *name;
    mz_buf note;
    mz_checkpoint checkpoint;
    mz_tree *tree; /* when it is a log */
} side;

typedef struct comparison {
    const mz_compare_options *options;
    mz_hasher *hasher;
    mz_policy *pin;
    side sides[2];
    side log; /* --log */
    mz_compare_verdict verdict;
    const side *older, *newer; /* of the two, or the log's own for a fork with that */
    mz_fork fork;
    mz_reason *why;
} comparison;

static bool is_log(const char *name)
{
    struct stat info;
    return mz_source_is_url(name) || (stat(name, &info) == 0 && S_ISDIR(info.st_mode));
}

static mz_status read_log(comparison *c, side *s)
{
    mz_source_options where = c->options->log;
    mz_source *source = NULL;
    where.path = s->name;
    mz_status status = mz_source_open(&where, &source, c->why);
    if (status == MZ_OK)
        status = mz_tree_open(source, c->options->progress, c->options->context, &s->tree, c->why);
    if (status == MZ_OK)
        mz_buf_put(&s->note, mz_tree_note(s->tree));
    return status;
}

static mz_status read_file(comparison *c, side *s)
{
    mz_receipt receipt;
    mz_buf text;
    mz_buf_init(&text, MZ_RECEIPT_SIZE_MAX + 16384);
    mz_status status = mz_audit_read_file(s->name, MZ_RECEIPT_SIZE_MAX, &text, c->why);
    if (status == MZ_OK && mz_audit_is_receipt(mz_buf_view(&text))) {
        status = mz_receipt_parse(mz_buf_view(&text), &receipt, c->why);
        if (status == MZ_OK) {
            mz_buf_put(&s->note, receipt.checkpoint_note);
            mz_receipt_clear(&receipt);
        }
    } else if (status == MZ_OK) {
        mz_buf_put(&s->note, mz_buf_view(&text));
    }
    mz_buf_clear(&text);
    return status;
}

static mz_status read_side(comparison *c, side *s, const char *name)
{
    s->name = name;
    mz_status status = is_log(name) ? read_log(c, s) : read_file(c, s);
    if (status == MZ_OK && s->note.failed)
        status =
            mz_refuse(c->why, MZ_TOO_LARGE, mz_words("path", name),
                      mz_count("size", MZ_NOTE_SIZE_MAX + 1), mz_count("limit", MZ_NOTE_SIZE_MAX));
    if (status == MZ_OK)
        status = mz_pin_open_checkpoint(c->pin, mz_buf_view(&s->note), &s->checkpoint, c->why);
    return status;
}

/* Two checkpoints that cannot both be: the one of fewer entries, and the one whose tree `log` has.
 */
static mz_status found_fork(comparison *c, mz_tree *tree, const side *older, const side *newer)
{
    const uint64_t old_size = older->checkpoint.size, new_size = newer->checkpoint.size;
    mz_status status = MZ_OK;
    c->verdict = MZ_COMPARE_FORKED;
    c->older = older;
    c->newer = newer;
    c->fork = (mz_fork){.older = mz_buf_view(&older->note),
                        .newer = mz_buf_view(&newer->note),
                        .same_size = old_size == new_size};
    if (c->fork.same_size)
        return MZ_OK;
    status = mz_tree_root(tree, old_size, &c->fork.root, c->why);
    if (status == MZ_OK)
        status = mz_tree_consistency(tree, old_size, new_size, &c->fork.proof, c->why);
    return status;
}

/* Whether the tree has the side's root at its size. */
static mz_status holds(comparison *c, mz_tree *tree, const side *s, bool *same)
{
    mz_hash root;
    const mz_status status = mz_tree_root(tree, s->checkpoint.size, &root, c->why);
    *same = status == MZ_OK && mz_hash_equal(&root, &s->checkpoint.root);
    return status;
}

static mz_status compare_in(comparison *c, const side *log)
{
    const uint64_t size = log->checkpoint.size;
    bool old_holds = true, new_holds = true;
    mz_status status = MZ_OK;
    if (c->older->checkpoint.size <= size)
        status = holds(c, log->tree, c->older, &old_holds);
    if (status == MZ_OK && c->newer->checkpoint.size <= size)
        status = holds(c, log->tree, c->newer, &new_holds);
    if (status != MZ_OK)
        return status;
    if (!old_holds && c->newer->checkpoint.size <= size && new_holds)
        return found_fork(c, log->tree, c->older, c->newer);
    if (!old_holds)
        return found_fork(c, log->tree, c->older, log);
    if (!new_holds)
        return found_fork(c, log->tree, c->newer, log);
    c->verdict = c->newer->checkpoint.size <= size ? MZ_COMPARE_CONSISTENT : MZ_COMPARE_LOG_SHORT;
    return MZ_OK;
}

static mz_status compare(comparison *c)
{
    const mz_compare_options *options = c->options;
    mz_status status = read_side(c, &c->sides[0], options->a);
    if (status == MZ_OK)
        status = read_side(c, &c->sides[1], options->b);
    if (status != MZ_OK)
        return status;
    const bool turned = c->sides[0].checkpoint.size > c->sides[1].checkpoint.size;
    c->older = &c->sides[turned ? 1 : 0];
    c->newer = &c->sides[turned ? 0 : 1];
    if (c->older->checkpoint.size == c->newer->checkpoint.size) {
        if (!mz_hash_equal(&c->older->checkpoint.root, &c->newer->checkpoint.root))
            return found_fork(c, NULL, c->older, c->newer);
        c->verdict = MZ_COMPARE_SAME;
        return MZ_OK;
    }
    const side *log = c->newer->tree != NULL ? c->newer : c->older->tree != NULL ? c->older : NULL;
    if (options->log.path != NULL) {
        status = read_side(c, &c->log, options->log.path);
        if (status == MZ_OK && c->log.tree == NULL)
            status = mz_refuse(c->why, MZ_NOT_A_LEDGER, mz_words("path", options->log.path),
                               mz_words("cause", "--log"));
        log = &c->log;
    }
    if (status != MZ_OK)
        return status;
    if (log == NULL) {
        c->verdict = MZ_COMPARE_NO_LOG;
        return MZ_OK;
    }
    return compare_in(c, log);
}

static json_t *checkpoint_json(const mz_checkpoint *checkpoint)
{
    char root[65];
    mz_hex_32(checkpoint->root.bytes, root);
    return json_pack("{s:I, s:s}", "size", (json_int_t)checkpoint->size, "root", root);
}

static json_t *comparison_json(const comparison *c)
{
    json_t *out = json_pack("{s:s, s:s, s:s, s:o, s:o}", "verdict", mz_compare_code(c->verdict),
                            "zh", mz_compare_text(c->verdict, MZ_CHINESE), "en",
                            mz_compare_text(c->verdict, MZ_ENGLISH), "older",
                            checkpoint_json(&c->older->checkpoint), "newer",
                            checkpoint_json(&c->newer->checkpoint));
    if (c->log.tree != NULL)
        json_object_set_new(out, "log_size", json_integer((json_int_t)c->log.checkpoint.size));
    return out;
}

mz_status mz_compare(const mz_compare_options *options, mz_compare_verdict *verdict,
                     json_t **report, mz_buf *fork, mz_reason *why)
{
    mz_reason own = {0};
    comparison *c = calloc(1, sizeof *c);
    if (c == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    side *const sides[] = {&c->sides[0], &c->sides[1], &c->log};
    c->options = options;
    c->why = why != NULL ? why : &own;
    c->hasher = mz_hasher_new();
    for (size_t i = 0; i < 3; i++)
        mz_buf_init(&sides[i]->note, MZ_NOTE_SIZE_MAX);
    mz_status status = c->hasher == NULL
                           ? mz_refuse(c->why, MZ_NO_MEMORY)
                           : mz_audit_read_pin(options->pin_file, c->hasher, &c->pin, c->why);
    if (status == MZ_OK)
        status = compare(c);
    if (status == MZ_OK && c->verdict == MZ_COMPARE_FORKED)
        status = mz_fork_put(fork, &c->fork, c->why);
    if (status == MZ_OK) {
        *verdict = c->verdict;
        *report = comparison_json(c);
        if (*report == NULL)
            status = mz_refuse(c->why, MZ_NO_MEMORY);
    }
    for (size_t i = 0; i < 3; i++) {
        mz_buf_clear(&sides[i]->note);
        mz_tree_close(sides[i]->tree);
    }
    mz_policy_free(c->pin);
    mz_hasher_free(c->hasher);
    free(c);
    return status;
}

static json_t *verified_json(const mz_fork *fork, const mz_checkpoint *older,
                             const mz_checkpoint *newer)
{
    return json_pack("{s:b, s:o, s:o, s:b}", "proved", 1, "older", checkpoint_json(older), "newer",
                     checkpoint_json(newer), "same_size", (int)fork->same_size);
}

mz_status mz_compare_verify(const char *file, const char *pin_file, bool *proved, json_t **report,
                            mz_reason *why)
{
    mz_policy *pin = NULL;
    mz_fork fork;
    mz_checkpoint older, newer;
    mz_reason reason = {0};
    mz_buf text;
    mz_hasher *hasher = mz_hasher_new();
    mz_buf_init(&text, MZ_FORK_SIZE_MAX + 16384);
    *proved = false;
    mz_status status = hasher == NULL ? mz_refuse(why, MZ_NO_MEMORY)
                                      : mz_audit_read_pin(pin_file, hasher, &pin, why);
    if (status == MZ_OK)
        status = mz_audit_read_file(file, MZ_FORK_SIZE_MAX, &text, why);
    if (status == MZ_OK) {
        status = mz_fork_parse(mz_buf_view(&text), &fork, &reason);
        if (status == MZ_OK)
            status = mz_fork_verify(hasher, &fork, pin, &older, &newer, &reason);
        *proved = status == MZ_OK;
        *report = *proved
                      ? verified_json(&fork, &older, &newer)
                      : json_pack("{s:b, s:o}", "proved", 0, "reason", mz_report_reason(&reason));
        status = *report != NULL ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
    }
    mz_buf_clear(&text);
    mz_policy_free(pin);
    mz_hasher_free(hasher);
    return status;
}
