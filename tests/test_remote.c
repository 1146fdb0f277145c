/* test_remote.c — the command line against a service that does not always behave: what was sent is
 * in the log exactly once whatever becomes of the answers, refusals keep their words and exit
 * codes, and nothing that a service sends reaches a terminal raw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_server.h"
#include "log/files.h"
#include "log_fixture.h"

#define PATH_SIZE 200

/* What the service does to an entry that is sent. */
typedef enum fault {
    FAULT_NONE,
    FAULT_CUT_ONCE,      /* takes it, and the answer breaks off; then behaves */
    FAULT_BUSY_TWICE,    /* 503 with a reason, twice, before it takes it */
    FAULT_BUSY,          /* 503 for ever, and takes nothing */
    FAULT_REFUSES,       /* a problem in words that a terminal would obey */
    FAULT_OTHER_RECEIPT, /* takes it, and answers with the receipt of entry 0 */
    FAULT_OTHER_INDEX,   /* takes it, and says another place */
    FAULT_NOT_JSON,      /* takes it, and answers in HTML */
    FAULT_LATER_CODE,    /* refuses with a code of a later version */
    FAULT_ELSEWHERE      /* 302 */
} fault;

typedef struct service {
    char root[80], dir[PATH_SIZE], entry[PATH_SIZE], output[PATH_SIZE], pin[PATH_SIZE];
    mz_log *log;
    _Atomic fault fault;    /* read by the server's threads */
    _Atomic unsigned count; /* entries sent */
    uint64_t number;
    fake_server *server;
} service;

static uint64_t size_of(mz_log *log)
{
    mz_snapshot *snapshot = NULL;
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    const uint64_t size = mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    return size;
}

static void put_json(fake_answer *answer, json_t *value)
{
    assert_non_null(value);
    char *text = json_dumps(value, JSON_COMPACT);
    mz_buf_put_text(&answer->body, text);
    json_decref(value);
    free(text);
}

static void put_problem(fake_answer *answer, unsigned code, const char *name, const char *words)
{
    answer->code = code;
    answer->media_type = "application/problem+json";
    put_json(answer, json_pack("{s:s, s:i, s:i, s:{}, s:s, s:s}", "code", name, "number", 7,
                               "status", (int)code, "figures", "zh", words, "en", words));
}

/* As the real service does it. */
static void append(service *s, mz_view text, fake_answer *answer)
{
    mz_submission one;
    mz_snapshot *snapshot = NULL;
    mz_buf receipt;
    char leaf[65];
    mz_submission_init(&one, text);
    assert_int_equal(mz_log_append(s->log, &one, 1, MZ_SAMPLE_START_MS, NULL), MZ_OK);
    assert_int_equal(one.status, MZ_OK);
    mz_buf_init(&receipt, 600000);
    assert_int_equal(mz_snapshot_open(s->log, &snapshot, NULL), MZ_OK);
    const uint64_t shown = s->fault == FAULT_OTHER_RECEIPT ? 0 : one.index;
    assert_int_equal(mz_snapshot_receipt(snapshot, shown, &receipt, NULL), MZ_OK);
    mz_snapshot_close(snapshot);
    mz_hex_32(one.leaf_hash.bytes, leaf);
    answer->code = one.duplicate ? 200 : 201;
    put_json(answer,
             json_pack("{s:I, s:I, s:s, s:b, s:s%}", "index",
                       (json_int_t)(s->fault == FAULT_OTHER_INDEX ? 0 : one.index), "at_ms",
                       (json_int_t)one.unix_ms, "leaf_hash", leaf, "duplicate", (int)one.duplicate,
                       "receipt", (const char *)receipt.data, receipt.size));
    mz_buf_clear(&receipt);
    mz_submission_clear(&one);
}

static void take_entry(service *s, const fake_request *request, fake_answer *answer)
{
    s->count++;
    assert_string_equal(request->media_type, "application/jose");
    const fault kind = s->fault;
    switch (kind) {
    case FAULT_BUSY_TWICE:
    case FAULT_BUSY:
        if (kind == FAULT_BUSY || s->count <= 2) {
            put_problem(answer, 503, "busy", "the queue is full");
            answer->retry_after_s = 0;
            return;
        }
        break;
    case FAULT_REFUSES:
        put_problem(answer, 422, "balance_short", "money\x1b[31m is\xe2\x80\xae short");
        return;
    case FAULT_LATER_CODE:
        put_problem(answer, 422, "not_yet_invented", "a rule of tomorrow");
        return;
    case FAULT_ELSEWHERE:
        answer->code = 302;
        return;
    case FAULT_NOT_JSON:
        append(s, request->body, answer);
        mz_buf_reset(&answer->body);
        mz_buf_put_text(&answer->body, "<html>proxy</html>");
        return;
    case FAULT_NONE:
    case FAULT_CUT_ONCE:
    case FAULT_OTHER_RECEIPT:
    case FAULT_OTHER_INDEX:
        break;
    }
    append(s, request->body, answer);
    answer->cut = s->fault == FAULT_CUT_ONCE && s->count == 1;
}

static void handle(void *context, const fake_request *request, fake_answer *answer)
{
    service *s = context;
    if (strcmp(request->method, "POST") == 0 && strcmp(request->path, "/v1/entries") == 0)
        take_entry(s, request, answer);
    else if (strcmp(request->path, "/v1/funds/hostile") == 0)
        mz_buf_put_text(&answer->body, "{\"fund\":\"hostile\",\"name\":\"a\\u001b[2Jb\\u202ec\","
                                       "\"ba\\u0007d\":1,\"state\":\"open\"}");
    else if (strcmp(request->path, "/v1/funds/odd") == 0)
        mz_buf_put_text(&answer->body, "{\"committee\":7,\"buckets\":{\"x\":[]},\"profile\":[1],"
                                       "\"proposals\":[null,3,[]],\"balance_fen\":\"x\"}");
    else if (strcmp(request->path, "/v1/funds/a%2Fb%20%3Fx") == 0)
        put_problem(answer, 404, "not_found", "escaped as it should be");
    else if (strcmp(request->path, "/v1/entries/0/receipt") == 0)
        answer->hang = true;
    else
        answer->code = 404;
}

static int set_up(void **state)
{
    service *s = calloc(1, sizeof *s);
    mz_signer signer;
    mz_buf text;
    assert_non_null(s);
    const char *parent = getenv("TMPDIR");
    (void)snprintf(s->root, sizeof s->root, "%s/mz-remote-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(s->root));
    (void)snprintf(s->dir, sizeof s->dir, "%s/ledger", s->root);
    (void)snprintf(s->entry, sizeof s->entry, "%s/entry.jws", s->root);
    (void)snprintf(s->output, sizeof s->output, "%s/output", s->root);
    mz_sample_signer("log", &signer);
    const mz_log_options options = {.dir = s->dir, .signers = &signer, .signer_count = 1};
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(MZ_SAMPLE_START_MS, &text);
    assert_int_equal(mz_log_create(&options, mz_buf_view(&text), MZ_SAMPLE_START_MS, &s->log, NULL),
                     MZ_OK);
    assert_true(mz_log_pin_path(s->dir, MZ_SAMPLE_ORIGIN, s->pin, sizeof s->pin));
    mz_buf_clear(&text);
    s->number = 10;
    s->server = fake_server_start(handle, s);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    service *s = *state;
    fake_server_stop(s->server);
    mz_log_close(s->log);
    mz_folder_remove(s->root);
    free(s);
    return 0;
}

/* Runs `mingzhang ARGUMENTS`, in which %1 is the URL, %2 the entry's file, %3 the pin; answers with
 * the exit code, and all that was printed. */
static int run(const service *s, const char *arguments, char *printed, size_t printed_size)
{
    char line[2000];
    size_t used =
        (size_t)snprintf(line, sizeof line, "LC_ALL=C.UTF-8 %s/mingzhang ", MZ_TEST_BIN_DIR);
    const char *const words[] = {fake_server_url(s->server), s->entry, s->pin};
    for (const char *at = arguments; *at != '\0'; at++) {
        if (at[0] == '%' && at[1] >= '1' && at[1] <= '3')
            used += (size_t)snprintf(line + used, sizeof line - used, "%s", words[*++at - '1']);
        else
            used += (size_t)snprintf(line + used, sizeof line - used, "%c", *at);
        assert_true(used < sizeof line);
    }
    (void)snprintf(line + used, sizeof line - used, " >%s 2>&1", s->output);
    const int state = system(line); /* NOLINT(cert-env33-c): the program that is tested */
    FILE *file = fopen(s->output, "rb");
    assert_non_null(file);
    printed[fread(printed, 1, printed_size - 1, file)] = '\0';
    (void)fclose(file);
    assert_true(WIFEXITED(state));
    return WEXITSTATUS(state);
}

static void write_entry(service *s)
{
    mz_buf jws;
    mz_buf_init(&jws, MZ_JWS_SIZE_MAX);
    mz_sample_party(s->number++, MZ_SAMPLE_START_MS, &jws);
    FILE *file = fopen(s->entry, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(jws.data, 1, jws.size, file), jws.size);
    assert_int_equal(fclose(file), 0);
    mz_buf_clear(&jws);
}

typedef struct send_case {
    const char *name;
    fault fault;
    unsigned sent;  /* how often it was sent */
    unsigned added; /* to the log */
    int code;
    const char *says;
} send_case;

static const send_case SENDS[] = {
    {"all is well",                FAULT_NONE,          1, 1, 0, "party.registered"       },
    {"an answer that breaks off",  FAULT_CUT_ONCE,      2, 1, 0, "recorded before"        },
    {"busy at first",              FAULT_BUSY_TWICE,    3, 1, 0, "party.registered"       },
    {"busy for ever",              FAULT_BUSY,          4, 0, 3, "the queue is full [busy"},
    {"refused, in hostile words",  FAULT_REFUSES,       1, 0, 1, "money?[31m is? short"   },
    {"refused by a later version", FAULT_LATER_CODE,    1, 0, 1, "a rule of tomorrow"     },
    {"another entry's receipt",    FAULT_OTHER_RECEIPT, 1, 1, 3, "receipt"                },
    {"another entry's place",      FAULT_OTHER_INDEX,   1, 1, 3, "receipt"                },
    {"a proxy's page",             FAULT_NOT_JSON,      1, 1, 1, "[bad_json"              },
    {"sent elsewhere",             FAULT_ELSEWHERE,     1, 0, 3, "HTTP 302"               },
};

static void test_sending(void **state)
{
    service *s = *state;
    char printed[4096];
    for (size_t i = 0; i < sizeof SENDS / sizeof SENDS[0]; i++) {
        const send_case *c = &SENDS[i];
        const uint64_t before = size_of(s->log);
        write_entry(s);
        s->fault = c->fault;
        s->count = 0;
        const int code = run(s, "submit %1 %2 --lang en --pin %3", printed, sizeof printed);
        const uint64_t added = size_of(s->log) - before;
        if (code != c->code || s->count != c->sent || added != c->added ||
            strstr(printed, c->says) == NULL)
            fail_msg("%s: exit %d, sent %u times, %llu in the log: %s", c->name, code, s->count,
                     (unsigned long long)added, printed);
        assert_null(strchr(printed, '\x1b'));
        s->fault = FAULT_NONE; /* once more, whatever became of it: it is there exactly once */
        assert_int_equal(run(s, "submit %1 %2", printed, sizeof printed), 0);
        assert_int_equal(size_of(s->log), before + 1);
    }
}

static void test_reading(void **state)
{
    static const struct {
        const char *name, *arguments;
        int code;
        const char *says;
    } CASES[] = {
        {"hostile words",            "show fund %1 hostile --lang en",                    0, "a?[2Jb?c"                    },
        {"the same as JSON",         "show fund %1 hostile --json",                       0, "\"name\":\"a?[2Jb?c\""       },
        {"members of other types",   "show fund %1 odd --lang en",                        0, ""                            },
        {"an identifier is escaped", "show fund %1 'a/b ?x' --lang en",                   1,
         "escaped as it should be"                                                                                         },
        {"no such page",             "todo %1 nobody --lang en",                          3, "HTTP 404"                    },
        {"no answer in time",        "receipt %1 0 --timeout 1 --lang en",                3, "[io"                         },
        {"not a service's",          "show pin %1 --lang en",                             2, "obtain it from the charity"  },
        {"not the past",             "show fund %1 x --at 2026-01-01T00:00:00 --lang en", 2, "present only"                },
        {"not here",                 "backup %1 x --lang en",                             2, "where the ledger's folder is"},
        {"no dry run",               "party.registered %1 --key x --dry-run --lang en",   2, "no --dry-run"                },
        {"a wait of no length",      "show fund %1 x --timeout 0 --lang en",              1, "1 to 3600"                   },
        {"a pin that is none",       "show fund %1 x --pin %2 --lang en",                 3, "[bad_policy"                 },
    };
    service *s = *state;
    char printed[8192];
    write_entry(s);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const int code = run(s, CASES[i].arguments, printed, sizeof printed);
        if (code != CASES[i].code || strstr(printed, CASES[i].says) == NULL ||
            strchr(printed, '\x1b') != NULL || strchr(printed, '\a') != NULL)
            fail_msg("%s: exit %d: %s", CASES[i].name, code, printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sending, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
