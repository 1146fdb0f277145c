/* json_memory.h — memory for JSON that comes and goes by the batch. Decoding an entry makes some
 * thirty small blocks which live until the entry is applied, often on another thread; the C library
 * spends a tenth of an audit on them. Here blocks are cut one after the other from a slab of the
 * thread that asks, and a slab goes with the last of its blocks, on whichever thread. Values that
 * live long are right too, but hold their slab. */
#ifndef MZ_EDGE_JSON_MEMORY_H
#define MZ_EDGE_JSON_MEMORY_H

/* Lets jansson use it, in the whole process, from now on: call it first in `main`, before the first
 * JSON value is made (json_set_alloc_funcs). From then on a text of json_dumps is not free()'s to
 * release: write with json_dumpf, json_dumpb or json_dump_callback, which hand out no memory. Under
 * a sanitizer it does nothing, so that each block stays the sanitizer's to watch. */
void mz_json_memory_install(void);

#endif
