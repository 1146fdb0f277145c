/* dispatch.h — from a request to its row in the table, and back with an answer or a refusal. */
#ifndef MZ_API_DISPATCH_H
#define MZ_API_DISPATCH_H

#include "http/server.h"
#include "service.h"

typedef struct mz_dispatch {
    mz_service *service;
    bool log_requests;  /* every one, not only submissions and trouble */
    bool log_addresses; /* who asked, too */
} mz_dispatch;

/* `dispatch` is borrowed until the server is closed. */
mz_http_app mz_dispatch_app(mz_dispatch *dispatch);

#endif
