/* memory.h — the engine for tests and dry runs: everything in memory, gone when it is closed. It
 * keeps the whole contract of core/kv.h, isolated snapshots and the single writer included. */
#ifndef MZ_KV_MEMORY_H
#define MZ_KV_MEMORY_H

#include "core/kv.h"

/* An empty store. NULL when there is no memory. The caller owns it: mz_kv_close. */
mz_kv *mz_memory_new(void);

#endif
