/* step.c — one step: both judge, and must agree. */
#include "sim/sim.h"

const char *time_text(int64_t ms)
{
    static char text[MZ_TIME_TEXT_SIZE];
    mz_time_text(ms, text);
    return text;
}

static void keep(sim *s, const mz_buf *payload, const mz_hash *kid, const mz_stamp *stamp)
{
    assert(s->log_count < ACCEPTED);
    accepted *a = &s->log[s->log_count++];
    a->payload = strdup((const char *)payload->data);
    assert(a->payload != NULL);
    a->kid = *kid;
    a->stamp = *stamp;
}

static mz_stamp stamp_of(sim *s, const mz_buf *payload)
{
    char prefix[MZ_LEAF_PREFIX_MAX + 1];
    mz_view parts[] = {
        {(const uint8_t *)"",    1      },
        { (const uint8_t *)prefix, mz_leaf_prefix(s->now, prefix)},
        mz_buf_view(payload)
    };
    return (mz_stamp){.index = (uint64_t)s->log_count,
                      .unix_ms = s->now,
                      .leaf_hash = mz_hash_parts(s->hasher, parts, 3)};
}

/* Both judge; they must agree; a refusal must leave no trace. */
static bool judge(sim *s, mz_entry *entry, const mz_stamp *stamp, const char *what)
{
    char said[MODEL_REASON_SIZE], text[400] = "";
    mz_reason why = {0};
    mz_mark mark = mz_changes_mark(s->changes);
    mz_status status = mz_rules_apply(s->changes, entry, stamp, &why);
    if (status != MZ_OK) {
        mz_reason_text(&why, MZ_ENGLISH, text, sizeof text);
        if (why.status != status)
            fail(s, "a refusal without its reason: %s", mz_status_code(status));
        mz_changes_rollback(s->changes, mark);
    }
    model_stamp at = {stamp->index, stamp->unix_ms, entry->jws.kid, stamp->leaf_hash};
    bool accepts = model_apply(s->m, entry, &at, said);
    note_line(s, "%4d %s %s -> %s%s%s", s->log_count, time_text(s->now), what,
              status == MZ_OK ? "accepted" : mz_status_code(status),
              accepts ? "" : " | model: ", said);
    if (accepts != (status == MZ_OK))
        fail(s, "the rules say %s (%s), the model %s (%s)", mz_status_code(status), text,
             accepts ? "accepts" : "refuses", said);
    if (status >= MZ_CLOCK)
        fail(s, "trouble: %s", text);
    if (status != MZ_OK)
        s->met->refusals[status]++;
    else
        s->met->accepted[entry->row->event]++;
    const char *wrong =
        accepts ? journal_check_entry(s->journal, s->changes, entry, stamp->index) : NULL;
    if (wrong != NULL)
        fail(s, "the journal: %s", wrong);
    return accepts;
}

static void after_step(sim *s, bool accepts)
{
    mz_reason why = {0};
    bool close = s->tried < 400 || s->tried % 8 == 0;
    if (accepts) {
        require_ok(s, mz_changes_flush(s->changes, &why), &why, "flush");
        if (close)
            s->digest = digest_of(s, s->changes);
        else
            memset(&s->digest, 0, sizeof s->digest);
    } else if (close) {
        static const mz_hash unknown;
        mz_hash now = digest_of(s, s->changes);
        if (!mz_hash_equal(&s->digest, &unknown) && !mz_hash_equal(&now, &s->digest))
            fail(s, "a refused entry left a trace");
        s->digest = now;
    }
    compare(s, s->tried % 8 == 0);
    if (s->tried % 200 == 0) { /* a new transaction now and then, as a log has */
        mz_changes_free(s->changes);
        require_ok(s, mz_kv_commit(s->txn, &why), &why, "commit");
        require_ok(s, mz_kv_begin_write(s->kv, &s->txn, &why), &why, "begin");
        s->changes = mz_changes_new(s->txn);
        assert(s->changes != NULL);
    }
}

static void next_jti(sim *s)
{
    uint8_t uuid[MZ_UUID_SIZE] = {0};
    mz_be64_put(uuid + 8, ++s->jti_count);
    mz_uuid7_stamp(s->now, uuid);
    mz_uuid_text(uuid, s->jti);
}

/* Now and then an entry seals something: its digest is new, or seldom another's. */
static void seal_something(sim *s)
{
    uint8_t digest[32] = {0};
    char text[KEY_TEXT];
    size_t size = strlen(s->body), known = model_digest_count(s->m);
    mz_be64_put(digest, s->seed);
    mz_be64_put(digest + 24, s->jti_count);
    if (known > 0 && below(s, 8) == 0)
        memcpy(digest, model_digest_at(s->m, (size_t)below(s, (int)known)).bytes, 32);
    mz_base64url_32(digest, text);
    if (size < 3 || known > 3500 || strstr(s->body, "'_sd'") != NULL)
        return;
    s->body[size - 1] = '\0';
    add_body(s, ",'_sd':['%s']}", text);
}

/* Submits s->body, in which single quotes stand for double ones. True when it was accepted; its jti
 * is in s->jti. */
bool submit(sim *s, const char *event, int signer, const char *fund)
{
    char what[BODY_MAX];
    int64_t iat = s->now / 1000;
    if (chance(s, 1))
        iat += below(s, 2) == 0 ? 280 + below(s, 40) : -(30 * 86400 - 20 + below(s, 40));
    char last[MZ_UUID_TEXT_SIZE];
    memcpy(last, s->jti, sizeof last);
    next_jti(s);
    if (s->log_count > 0 && below(s, 300) == 0)
        memcpy(s->jti, last, sizeof last);
    if (chance(s, 4))
        seal_something(s);
    mz_buf payload;
    mz_buf_init(&payload, 2 * BODY_MAX);
    mz_buf_put_format(&payload, "{'aud':'%s','jti':'%s','iat':%lld,'type':'%s',", ORIGIN, s->jti,
                      (long long)iat, event);
    if (fund != NULL && fund[0] != '\0')
        mz_buf_put_format(&payload, "'fund':'%s',", fund);
    mz_buf_put_format(&payload, "'body':%s}", s->body);
    assert(!payload.failed);
    for (size_t i = 0; i < payload.size; i++)
        payload.data[i] = payload.data[i] == '\'' ? '"' : payload.data[i];
    snprintf(what, sizeof what, "%s %s %s %s %.700s", s->people[signer].id, event,
             fund == NULL ? "" : fund, s->jti + 24, s->body);
    mz_entry entry;
    mz_reason why = {0};
    bool accepts = false;
    s->tried++;
    if (mz_entry_decode_payload(mz_buf_view(&payload), &entry, &why) != MZ_OK) {
        s->refused_by_form++;
        note_line(s, "%4d %s -> form: %s", s->log_count, what, mz_status_code(why.status));
    } else {
        entry.jws.kid = s->signers[s->people[signer].key].thumbprint;
        mz_stamp stamp = stamp_of(s, &payload);
        accepts = judge(s, &entry, &stamp, what);
        if (accepts)
            keep(s, &payload, &entry.jws.kid, &stamp);
        mz_entry_clear(&entry);
    }
    s->refused += !accepts;
    mz_buf_clear(&payload);
    after_step(s, accepts);
    return accepts;
}

void write_body(sim *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(s->body, sizeof s->body, format, args);
    va_end(args);
    assert(size >= 0 && (size_t)size < sizeof s->body);
}

void add_body(sim *s, const char *format, ...)
{
    va_list args;
    size_t used = strlen(s->body);
    va_start(args, format);
    int size = vsnprintf(s->body + used, sizeof s->body - used, format, args);
    va_end(args);
    assert(size >= 0 && (size_t)size < sizeof s->body - used);
}
