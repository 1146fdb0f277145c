#include "edge/language.h"

#include <stdlib.h>
#include <string.h>

mz_language mz_language_of_environment(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const char *value = getenv(NAMES[i]);
        if (value != NULL && value[0] != '\0')
            return strncmp(value, "zh", 2) == 0 ? MZ_CHINESE : MZ_ENGLISH;
    }
    return MZ_ENGLISH;
}
