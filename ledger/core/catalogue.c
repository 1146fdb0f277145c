/* catalogue.c — the catalogue of events and the list of refusals as one JSON document. */
#include "core/event.h"

static json_t *event_json(const mz_event_row *row)
{
    json_t *roles = json_array();
    for (unsigned role = MZ_REGISTRAR; role <= MZ_AUDITOR; role++)
        if ((row->roles & MZ_ROLE_BIT(role)) != 0)
            json_array_append_new(roles, json_string(mz_role_name((mz_role)role)));
    static const char *const FUND[] = {"none", "required", "target"};
    static const char *const CONFIRM[] = {"never", "always", "for_others"};
    return json_pack("{s:s, s:i, s:s, s:s, s:o, s:s, s:s, s:b, s:o}", "event", row->name, "number",
                     (int)row->event, "zh", row->zh, "en", row->en, "roles", roles, "fund",
                     FUND[row->fund], "confirmation", CONFIRM[row->confirm], "evidence_required",
                     (int)row->evidence_required, "body", mz_schema_json(row->fields));
}

json_t *mz_catalogue_json(void)
{
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    json_t *events = json_array(), *refusals = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(events, event_json(&rows[i]));
    const mz_status *statuses;
    size_t status_count = mz_status_list(&statuses);
    for (size_t i = 0; i < status_count; i++)
        json_array_append_new(refusals,
                              json_pack("{s:i, s:s, s:s, s:s}", "status", (int)statuses[i], "code",
                                        mz_status_code(statuses[i]), "zh",
                                        mz_status_template(statuses[i], MZ_CHINESE), "en",
                                        mz_status_template(statuses[i], MZ_ENGLISH)));
    return json_pack("{s:s, s:o, s:o}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                     "events", events, "statuses", refusals);
}
