/* ticking.h — tells on a terminal how long work without steps to count has been going on. */
#ifndef MZ_TOOLS_TICKING_H
#define MZ_TOOLS_TICKING_H

#include <pthread.h>

#include "cli.h"

typedef struct mz_ticking {
    mz_progress progress;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool started, done;
} mz_ticking;
/* A second after the other until mz_ticking_end. The words end before a number. */
void mz_ticking_begin(mz_ticking *ticking, const mz_cli *cli, const char *zh, const char *en);
void mz_ticking_end(mz_ticking *ticking);

#endif
