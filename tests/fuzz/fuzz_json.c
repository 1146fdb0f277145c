/* fuzz_json.c — what is taken as JSON prints to JSON that is taken, and is the same. */
#include "core/json.h"
#include "target.h"

static void check_value(json_t *value)
{
    mz_buf text;
    mz_buf_init(&text, 2 * MZ_JSON_SIZE_MAX);
    mz_status status = mz_json_print(value, &text);
    assert(status == MZ_OK);
    json_t *again = NULL;
    status = mz_json_parse_any(mz_buf_view(&text), &again, NULL);
    assert(status == MZ_OK); /* printing drops blanks and needless escapes, so it never grows */
    assert(json_equal(value, again));
    json_decref(again);
    mz_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mz_reason why = {0};
    json_t *value = NULL, *object = NULL;
    mz_status status = mz_json_parse_any((mz_view){data, size}, &value, &why);
    assert(status == why.status);
    assert((status == MZ_OK) == (value != NULL));
    if (status == MZ_OK)
        check_value(value);
    mz_status strict = mz_json_parse((mz_view){data, size}, &object, NULL);
    assert((strict == MZ_OK) == (status == MZ_OK && json_is_object(value)));
    json_decref(object);
    json_decref(value);
    return 0;
}
