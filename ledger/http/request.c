#include "http/request.h"

#include <string.h>

mz_view mz_request_query(const mz_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (mz_view_is(request->query[i].name, name))
            return request->query[i].value;
    return (mz_view){0};
}

static mz_view trimmed(mz_view text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

static mz_view before(mz_view *rest, char mark)
{
    const uint8_t *found = rest->size == 0 ? NULL : memchr(rest->data, mark, rest->size);
    size_t size = found == NULL ? rest->size : (size_t)(found - rest->data);
    mz_view item = {rest->data, size};
    size_t used = found == NULL ? size : size + 1;
    rest->data = rest->size == 0 ? rest->data : rest->data + used;
    rest->size -= used;
    return trimmed(item);
}

/* "0.8" as 800, 1000 when there is none or it is not a number of the form that RFC 9110 gives. */
static int weight_of(mz_view parameters)
{
    while (parameters.size > 0) {
        mz_view one = before(&parameters, ';');
        if (one.size < 3 || (one.data[0] | 0x20) != 'q' || one.data[1] != '=')
            continue;
        int weight = one.data[2] == '1' ? 1000 : 0, place = 100;
        if (one.data[2] > '1' || one.data[2] < '0')
            return 1000;
        for (size_t i = 4; weight < 1000 && i < one.size && i < 7; i++, place /= 10)
            if (one.data[i] >= '0' && one.data[i] <= '9')
                weight += (one.data[i] - '0') * place;
        return weight;
    }
    return 1000;
}

static bool begins(mz_view text, const char *with)
{
    size_t size = strlen(with);
    if (text.size < size)
        return false;
    for (size_t i = 0; i < size; i++)
        if ((text.data[i] | 0x20) != with[i])
            return false;
    return text.size == size || text.data[size] == '-';
}

mz_language mz_request_language(const mz_request *request)
{
    mz_view asked = mz_request_query(request, "lang");
    if (mz_view_is(asked, "en"))
        return MZ_ENGLISH;
    if (asked.size > 0)
        return MZ_CHINESE;
    int zh = 0, en = 0;
    mz_view rest = request->accept_language;
    while (rest.size > 0) {
        mz_view parameters = before(&rest, ',');
        mz_view tag = before(&parameters, ';');
        int weight = weight_of(parameters);
        if (begins(tag, "zh") && weight > zh)
            zh = weight;
        else if (begins(tag, "en") && weight > en)
            en = weight;
    }
    return en > zh ? MZ_ENGLISH : MZ_CHINESE;
}
