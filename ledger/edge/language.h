/* language.h — the language in which a program speaks to whoever started it. */
#ifndef MZ_EDGE_LANGUAGE_H
#define MZ_EDGE_LANGUAGE_H

#include "core/status.h"

/* Chinese where the first of LC_ALL, LC_MESSAGES and LANG that is set begins with "zh"; else
 * English. The locale itself need not be installed. */
mz_language mz_language_of_environment(void);

#endif
