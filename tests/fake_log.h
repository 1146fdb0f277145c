/* fake_log.h — the log of a world served over HTTP as tiles, honestly or not. */
#ifndef MZ_TESTS_FAKE_LOG_H
#define MZ_TESTS_FAKE_LOG_H

#include "audit_world.h"
#include "fake_server.h"

/* What a server may do to a log. */
typedef enum fake_lie {
    LIE_NONE,
    LIE_ALTER,       /* turns a bit of entry `at` */
    LIE_SWAP,        /* entries `at` and `at` + 1 change places */
    LIE_NO_BUNDLE,   /* 404 for the bundle of entry `at` */
    LIE_CUT_BUNDLE,  /* the bundle of entry `at` ends in the middle */
    LIE_LONG_BUNDLE, /* it goes on after its end */
    LIE_NO_TILE,     /* 404 for the hashes at level 0 over entry `at` */
    LIE_TILE,        /* a bit of the hash of entry `at` is turned */
    LIE_TILE_ABOVE,  /* a bit of the hash at level 1 over entry `at` is turned */
    LIE_SHORT_TILE,  /* the hashes over entry `at` lack the last one */
    LIE_HANG,        /* no answer for the bundle of entry `at` */
    LIE_BUSY,        /* 503 for everything, `times` times, then honest */
    LIE_ONLY_FULL,   /* partial tiles are gone, full ones there: only where the world is larger */
    LIE_HUGE         /* answers of 20 MiB */
} fake_lie;

typedef struct fake_log {
    const world *w;
    size_t size;      /* of the checkpoint; tiles are of the whole world */
    const char *key;  /* signs it; NULL: as world.log_key */
    const char *note; /* the checkpoint verbatim; NULL: made */
    /* May change between two requests, while the thread of one that hangs still looks. */
    _Atomic fake_lie lie;
    _Atomic size_t at;
    _Atomic unsigned times;
    _Atomic unsigned bundles; /* asked for */
    fake_server *server;
} fake_log;

void fake_log_start(fake_log *log, const world *w); /* honest */
const char *fake_log_url(const fake_log *log);
void fake_log_stop(fake_log *log);

#endif
