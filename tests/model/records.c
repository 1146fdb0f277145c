/* records.c — audits, and what is known of sealed records. */
#include "model/world.h"

static int find_digest(const world *w, const json_t *digest)
{
    uint8_t bytes[32];
    bool decoded = decode_key(json_string_value(digest), bytes);
    for (int i = 0; decoded && i < w->digests_count; i++) {
        if (memcmp(w->digests[i].bytes, bytes, 32) == 0)
            return i;
    }
    return NONE;
}

/* One entry of the log names a digest. */
bool new_digests(step *s)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "_sd"), i, item)
    {
        REQUIRE(find_digest(s->w, item) == NONE, "digest named before");
    }
    return true;
}

void name_digests(step *s)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "_sd"), i, item)
    {
        digest_row *d = &s->w->digests[ADD(digests)];
        d->entry = s->index;
        (void)decode_key(json_string_value(item), d->bytes);
    }
}

bool audit_reported(step *s)
{
    REQUIRE((uint64_t)number(s, "size") <= s->index, "beyond the log");
    report_row *r = &s->w->reports[ADD(reports)];
    snprintf(r->jti, sizeof r->jti, "%s", s->jti);
    r->findings = (int)json_array_size(list(s, "findings"));
    return true;
}

bool finding_answered(step *s)
{
    int report = find_report(s->w, text(s, "report"));
    REQUIRE(report != NONE, "no such report");
    REQUIRE(number(s, "finding") < s->w->reports[report].findings, "no such finding");
    return true;
}

bool record_restricted(step *s)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "disclosures"), i, item)
    {
        int d = find_digest(s->w, item);
        REQUIRE(d != NONE, "no entry names it");
        REQUIRE(s->w->digests[d].restricted == 0, "restricted before");
        REQUIRE(s->w->digests[d].erased == 0, "erased");
        s->w->digests[d].restricted = s->index;
    }
    return true;
}

bool record_erased(step *s)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list(s, "disclosures"), i, item)
    {
        int d = find_digest(s->w, item);
        REQUIRE(d != NONE, "no entry names it");
        REQUIRE(s->w->digests[d].erased == 0, "erased before");
        s->w->digests[d].erased = s->index;
    }
    return true;
}
