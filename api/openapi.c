#include "openapi.h"

#include <stdio.h>
#include <string.h>

#include "core/event.h"
#include "match.h"

static json_t *kind_schema(mz_param_kind kind)
{
    switch (kind) {
    case MZ_PARAM_ID:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[a-z0-9][a-z0-9-]{0,39}$");
    case MZ_PARAM_NUMBER:
        return json_pack("{s:s, s:i, s:I}", "type", "integer", "minimum", 0, "maximum",
                         (json_int_t)9007199254740991);
    case MZ_PARAM_SHA256:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9a-f]{64}$");
    case MZ_PARAM_TOKEN:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[!-~]{1,64}$");
    case MZ_PARAM_TEXT:
        return json_pack("{s:s, s:i, s:i}", "type", "string", "minLength", 1, "maxLength", 64);
    case MZ_PARAM_MONTH:
        return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9]{4}-(0[1-9]|1[0-2])$");
    case MZ_PARAM_DAY:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date");
    case MZ_PARAM_LANGUAGE:
        return json_pack("{s:s, s:[s, s]}", "type", "string", "enum", "zh", "en");
    case MZ_PARAM_EVENT:
    case MZ_PARAM_CURSOR:
    case MZ_PARAM_REST:
        return json_pack("{s:s}", "type", "string");
    }
    return NULL;
}

static json_t *text_of(const char *zh, const char *en)
{
    return json_sprintf("%s %s", zh, en);
}

static json_t *parameter(const mz_param *param, const char *in)
{
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "name", param->name, "in", in, "required",
                     (int)(strcmp(in, "path") == 0), "description", text_of(param->zh, param->en),
                     "schema", kind_schema(param->kind));
}

static json_t *parameters(const mz_route *route)
{
    json_t *out = json_array();
    for (const char *at = strchr(route->pattern, '{'); at != NULL; at = strchr(at + 1, '{'))
        json_array_append_new(
            out, parameter(mz_param_named((mz_view){(const uint8_t *)at + 1, strcspn(at + 1, "}")}),
                           "path"));
    for (const char *const *name = route->query; name != NULL && *name != NULL; name++)
        json_array_append_new(out, parameter(mz_param_named(mz_view_of(*name)), "query"));
    return out;
}

/* "getV1FundsFund" */
static json_t *operation_id(const char *method, const char *pattern)
{
    char text[160];
    size_t size = (size_t)snprintf(text, sizeof(text), "%s", method);
    bool capital = true;
    for (; *pattern != '\0' && size + 1 < sizeof(text); pattern++) {
        bool letter = (*pattern >= 'a' && *pattern <= 'z') || (*pattern >= '0' && *pattern <= '9');
        if (letter)
            text[size++] = capital && *pattern >= 'a' ? (char)(*pattern - 32) : *pattern;
        capital = !letter;
    }
    text[size] = '\0';
    return json_string(text);
}

static json_t *content(const char *media_type, json_t *schema)
{
    char plain[64];
    snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(media_type, ";"), media_type);
    return json_pack("{s:{s:o}}", plain, "schema", schema);
}

/* A page for people refuses as one, a page for programs as they are told. */
static json_t *refusal_content(const mz_route *route)
{
    if (route->refuse != NULL)
        return content(MZ_MEDIA_HTML, json_pack("{s:s}", "type", "string"));
    return content("application/problem+json",
                   json_pack("{s:s}", "$ref", "#/components/schemas/Problem"));
}

static json_t *answer_schema(const mz_route *route, const char *method)
{
    if (strcmp(method, "post") == 0)
        return json_pack("{s:s}", "$ref", "#/components/schemas/Accepted");
    return json_pack("{s:s}", "type", strstr(route->answers, "json") != NULL ? "object" : "string");
}

static json_t *answers(const mz_route *route, const char *method)
{
    json_t *out =
        json_pack("{s:{s:s, s:o}, s:{s:s, s:o}}", "200", "description", "完成 Done.", "content",
                  content(route->answers, answer_schema(route, method)), "default", "description",
                  "拒绝或故障 Refused, or trouble.", "content", refusal_content(route));
    if (route->created != NULL)
        json_object_set_new(out, "201",
                            json_pack("{s:s, s:o}", "description", route->created, "content",
                                      content(route->answers, answer_schema(route, method))));
    return out;
}

static json_t *request_body(const mz_route *route)
{
    json_t *types = json_object();
    for (const char *const *type = route->takes; type != NULL && *type != NULL; type++)
        json_object_set_new(types, *type,
                            json_pack("{s:{s:s, s:I}}", "schema", "type", "string", "maxLength",
                                      (json_int_t)route->body_max));
    if (route->takes == NULL)
        json_object_set_new(types, "application/octet-stream", json_object());
    return json_pack("{s:b, s:o}", "required", 1, "content", types);
}

static json_t *operation(const mz_route *route, const char *method)
{
    json_t *out =
        json_pack("{s:o, s:o, s:o, s:o}", "operationId", operation_id(method, route->pattern),
                  "summary", text_of(route->zh, route->en), "parameters", parameters(route),
                  "responses", answers(route, method));
    if (strcmp(method, "get") != 0)
        json_object_set_new(out, "requestBody", request_body(route));
    return out;
}

static json_t *paths(void)
{
    static const struct {
        mz_method method;
        const char *name;
    } methods[] = {
        {MZ_GET,  "get" },
        {MZ_POST, "post"},
        {MZ_PUT,  "put" }
    };
    json_t *out = json_object();
    for (size_t i = 0; i < MZ_ROUTE_COUNT; i++) {
        const mz_route *route = &MZ_ROUTES[i];
        json_t *item = json_object_get(out, route->pattern);
        if (item == NULL) {
            item = json_object();
            json_object_set_new(out, route->pattern, item);
        }
        for (size_t m = 0; m < sizeof(methods) / sizeof(methods[0]); m++)
            if ((route->methods & methods[m].method) != 0)
                json_object_set_new(item, methods[m].name, operation(route, methods[m].name));
    }
    return out;
}

static json_t *string_schema(void)
{
    return json_pack("{s:s}", "type", "string");
}

static json_t *integer_schema(void)
{
    return json_pack("{s:s}", "type", "integer");
}

static json_t *problem_schema(void)
{
    return json_pack(
        "{s:s, s:[s, s, s, s, s, s], s:{s:o, s:o, s:o, s:o, s:o, s:o, s:{s:s}, s:o, s:o}}", "type",
        "object", "required", "type", "title", "status", "code", "zh", "en", "properties", "type",
        string_schema(), "title", string_schema(), "status", integer_schema(), "detail",
        string_schema(), "code", string_schema(), "number", integer_schema(), "figures", "type",
        "object", "zh", string_schema(), "en", string_schema());
}

static json_t *accepted_schema(void)
{
    return json_pack("{s:s, s:[s, s, s, s, s], s:{s:o, s:o, s:o, s:{s:s}, s:o}}", "type", "object",
                     "required", "index", "at_ms", "leaf_hash", "duplicate", "receipt",
                     "properties", "index", integer_schema(), "at_ms", integer_schema(),
                     "leaf_hash", string_schema(), "duplicate", "type", "boolean", "receipt",
                     string_schema());
}

/* An event's body, by the catalogue: "ledger.opened" is #/components/schemas/ledger.opened. */
static void add_bodies(json_t *schemas)
{
    size_t count;
    const mz_event_row *rows = mz_event_rows(&count);
    for (size_t i = 0; i < count; i++)
        json_object_set_new(schemas, rows[i].name, mz_schema_json(rows[i].fields));
}

json_t *mz_openapi_json(void)
{
    json_t *schemas =
        json_pack("{s:o, s:o}", "Problem", problem_schema(), "Accepted", accepted_schema());
    add_bodies(schemas);
    return json_pack("{s:s, s:{s:s, s:s, s:s}, s:o, s:{s:o}}", "openapi", "3.1.0", "info", "title",
                     "明账 Mingzhang", "version", MZ_VERSION, "description",
                     "社区发展基金的账本。 The open book of community development funds.", "paths",
                     paths(), "components", "schemas", schemas);
}
