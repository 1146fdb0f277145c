/* export_grants.c — the table of grants as a package of the 360Giving Data Standard: one JSON
 * object with a list of grants, written as they are read. docs/design/0017-tables.md says which of
 * the standard's fields are filled with what. */
#include <inttypes.h>
#include <string.h>

#include "core/date.h"
#include "core/views.h"
#include "export_tables.h"

#define CREDIT_CODE_LIST "CN-USCI" /* org-id.guide: unified social credit identifiers */
#define ORG_ID_SIZE 64
#define HEAD_SIZE_MAX 8192 /* two names of 100 code points, however escaped */
#define REAL_DIGITS 15     /* 13 digits of yuan and 2 of fen: all that a double keeps for sure */

typedef struct grants {
    mz_export_job *job;
    char funder_id[ORG_ID_SIZE];
    char funder_name[512];
    bool any;    /* one has been written */
    bool failed; /* there was no memory for all of one */
} grants;

/* ---- the cells of a row, by column ---- */

static const mz_cell *cell_of(const mz_sheet *sheet, const mz_cell *cells, const char *code)
{
    size_t i = 0;
    while (strcmp(sheet->columns[i].code, code) != 0)
        i++;
    return &cells[i];
}

static json_t *text_json(const mz_sheet *sheet, const mz_cell *cells, const char *code)
{
    const mz_view text = cell_of(sheet, cells, code)->text;
    return json_stringn((const char *)text.data, text.size);
}

static json_t *yuan_json(const mz_sheet *sheet, const mz_cell *cells, const char *code)
{
    return json_real((double)cell_of(sheet, cells, code)->number / 100);
}

static json_t *day_json(const mz_sheet *sheet, const mz_cell *cells, const char *code)
{
    char text[MZ_DAY_TEXT_SIZE];
    mz_day_text((int32_t)cell_of(sheet, cells, code)->number, text);
    return json_string(text);
}

/* ---- one grant ---- */

/* Whatever lies between its parts, no identifier holds a dot: no two grants share an id. */
static json_t *grant_id(const grants *all, const mz_sheet *sheet, const mz_cell *cells)
{
    const mz_view proposal = cell_of(sheet, cells, "proposal")->text;
    const mz_view party = cell_of(sheet, cells, "party")->text;
    const mz_cell *payout = cell_of(sheet, cells, "payout");
    if (payout->present)
        return json_sprintf("%s.%.*s.%.*s.%" PRId64, all->funder_id, (int)proposal.size,
                            (const char *)proposal.data, (int)party.size, (const char *)party.data,
                            payout->number);
    return json_sprintf("%s.%.*s.%.*s", all->funder_id, (int)proposal.size,
                        (const char *)proposal.data, (int)party.size, (const char *)party.data);
}

/* By its credit code, or by a number of ours. */
static json_t *recipient_id(const grants *all, const mz_sheet *sheet, const mz_cell *cells)
{
    const mz_view code = cell_of(sheet, cells, "credit_code")->text;
    const mz_view party = cell_of(sheet, cells, "party")->text;
    if (code.size > 0)
        return json_sprintf(CREDIT_CODE_LIST "-%.*s", (int)code.size, (const char *)code.data);
    return json_sprintf("%s.%.*s", all->funder_id, (int)party.size, (const char *)party.data);
}

/* Ends `value`, which may be NULL. */
static void put(grants *all, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        all->failed = true;
}

/* The standard wants a name. A person has none here; an organisation's is its identifier. */
static void put_recipient(grants *all, const mz_sheet *sheet, const mz_cell *cells, json_t *grant)
{
    json_t *recipient = json_object();
    put(all, recipient, "id", recipient_id(all, sheet, cells));
    if (mz_view_is(cell_of(sheet, cells, "kind")->text, "person")) {
        put(all, recipient, "name",
            json_string(mz_say(all->job->cli, "个人受助方", "Individual recipient")));
        put(all, grant, "recipientIndividual", recipient);
    } else {
        put(all, recipient, "name", text_json(sheet, cells, "party"));
        put(all, grant, "recipientOrganization", json_pack("[o]", recipient));
    }
}

static json_t *description_json(const grants *all, const mz_sheet *sheet, const mz_cell *cells)
{
    char category[32] = "";
    const mz_view word = cell_of(sheet, cells, "category")->text;
    const mz_view title = cell_of(sheet, cells, "title")->text;
    snprintf(category, sizeof category, "%.*s", (int)word.size, (const char *)word.data);
    return json_sprintf(mz_say(all->job->cli, "%s：%.*s", "%s: %.*s"),
                        mz_word_text(category, all->job->cli->language), (int)title.size,
                        (const char *)title.data);
}

static json_t *grant_json(grants *all, const mz_sheet *sheet, const mz_cell *cells)
{
    json_t *grant = json_object();
    put(all, grant, "id", grant_id(all, sheet, cells));
    put(all, grant, "title", text_json(sheet, cells, "title"));
    put(all, grant, "description", description_json(all, sheet, cells));
    put(all, grant, "currency", json_string("CNY"));
    put(all, grant, "amountAwarded", yuan_json(sheet, cells, "awarded_fen"));
    put(all, grant, "amountDisbursed", yuan_json(sheet, cells, "disbursed_fen"));
    put(all, grant, "awardDate", day_json(sheet, cells, "awarded_on"));
    if (cell_of(sheet, cells, "planned_end")->present)
        put(all, grant, "plannedDates",
            json_pack("[{s:o}]", "endDate", day_json(sheet, cells, "planned_end")));
    put_recipient(all, sheet, cells, grant);
    put(all, grant, "fundingOrganization",
        json_pack("[{s:s, s:s, s:o}]", "id", all->funder_id, "name", all->funder_name, "department",
                  text_json(sheet, cells, "fund_name")));
    put(all, grant, "grantProgramme",
        json_pack("[{s:o, s:o}]", "code", text_json(sheet, cells, "fund"), "title",
                  text_json(sheet, cells, "fund_name")));
    put(all, grant, "beneficiaryLocation",
        json_pack("[{s:o, s:s}]", "name", text_json(sheet, cells, "community"), "countryCode",
                  "CN"));
    put(all, grant, "classifications",
        json_pack("[{s:s, s:o}]", "vocabulary", "mingzhang category", "code",
                  text_json(sheet, cells, "category")));
    return grant;
}

static mz_status write_grant(void *context, const mz_sheet *sheet, const mz_cell *cells,
                             mz_reason *why)
{
    grants *all = context;
    json_t *grant = grant_json(all, sheet, cells);
    if (all->failed) {
        json_decref(grant);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    fputs(all->any ? ",\n" : "\n", all->job->out);
    /* a write that fails is found when the file is ended, and then errno says why */
    const bool written =
        json_dumpf(grant, all->job->out, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) == 0 ||
        ferror(all->job->out);
    json_decref(grant);
    all->any = true;
    mz_export_row_done(all->job);
    return written ? MZ_OK : mz_refuse(why, MZ_NO_MEMORY);
}

/* ---- the package ---- */

/* The charity, as entry 0 names it. */
static mz_status read_funder(grants *all, mz_reason *why)
{
    json_t *view = NULL;
    const mz_status status = mz_entry_view(mz_snapshot_changes(all->job->snapshot), 0, &view, why);
    if (status != MZ_OK)
        return status;
    const json_t *charity = json_object_get(json_object_get(view, "body"), "charity");
    snprintf(all->funder_id, sizeof all->funder_id, CREDIT_CODE_LIST "-%s",
             json_string_value(json_object_get(charity, "credit_code")));
    snprintf(all->funder_name, sizeof all->funder_name, "%s",
             json_string_value(json_object_get(charity, "name")));
    json_decref(view);
    return MZ_OK;
}

static mz_status write_head(const grants *all, int64_t now_ms, mz_reason *why)
{
    char day[MZ_DAY_TEXT_SIZE];
    mz_day_text(mz_day_of_ms(now_ms), day);
    json_t *head = json_pack(
        "{s:o, s:s, s:{s:s, s:s}}", "title",
        json_sprintf(mz_say(all->job->cli, "%s的资助", "Grants of %s"), all->funder_name), "issued",
        day, "publisher", "identifier", all->funder_id, "name", all->funder_name);
    char text[HEAD_SIZE_MAX];
    const size_t size = json_dumpb(head, text, sizeof text, JSON_COMPACT);
    json_decref(head);
    if (size == 0 || size > sizeof text)
        return mz_refuse(why, MZ_NO_MEMORY);
    fwrite(text, 1, size - 1, all->job->out); /* without its last brace */
    fputs(",\"grants\":[", all->job->out);
    return MZ_OK;
}

mz_status mz_export_grants(mz_export_job *job, mz_reason *why)
{
    grants all = {.job = job};
    int64_t now_ms;
    mz_status status = mz_export_moment(job, &now_ms, why);
    if (status == MZ_OK)
        status = read_funder(&all, why);
    if (status == MZ_OK)
        status = write_head(&all, now_ms, why);
    if (status == MZ_OK)
        status = mz_sheet_read(mz_sheet_named(mz_view_of("grants")), mz_snapshot_txn(job->snapshot),
                               now_ms, mz_export_fund(job), write_grant, &all, why);
    if (status == MZ_OK)
        fputs("\n]}\n", job->out);
    return status;
}
