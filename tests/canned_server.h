/* canned_server.h — a server on loopback that says what it is told to: for clients that must bear
 * any answer. It takes one connection after the other, reads one request from each, answers, and
 * closes. */
#ifndef MZ_TESTS_CANNED_SERVER_H
#define MZ_TESTS_CANNED_SERVER_H

#include <stddef.h>

typedef struct canned_server canned_server;

/* Every request is answered with `size` bytes of `answer`, borrowed; NULL: with silence, until the
 * client goes away. Stops the test when it cannot be started. */
canned_server *canned_server_start(const char *answer, size_t size);
/* "http://127.0.0.1:PORT" */
const char *canned_server_url(const canned_server *server);
/* The last request, header and body, as text. Valid until the next one. */
const char *canned_server_request(const canned_server *server);
/* Waits until a request has been read. */
void canned_server_wait(canned_server *server);
void canned_server_stop(canned_server *server);

#endif
