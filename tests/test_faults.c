/* test_faults.c — a fault in a mapped file is answered, not died of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edge/faults.h"

#if defined(__has_feature)
#define MZ_HAS_FEATURE(x) __has_feature(x)
#else
#define MZ_HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    MZ_HAS_FEATURE(address_sanitizer) || MZ_HAS_FEATURE(thread_sanitizer)
#define WATCHED_BY_SANITIZER 1
#else
#define WATCHED_BY_SANITIZER 0
#endif

#define EXIT_CODE 3

static void read_past_end(void)
{
    FILE *file = tmpfile();
    volatile const char *map =
        file == NULL ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    if (map != MAP_FAILED)
        (void)map[0]; /* the file is empty: SIGBUS */
}

static void read_wild(void)
{
    volatile const char *map = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)map[0];
}

static const struct {
    const char *name;
    void (*fault)(void);
    mz_language language;
    bool json;
    const char *err, *out;
    int killed_by; /* 0: answered and ended with EXIT_CODE */
} CASES[] = {
    {"a page beyond the file's end",      read_past_end, MZ_ENGLISH, false,
     "prog: The ledger's data are damaged: ",                                                              "", 0      },
    {"an address that is nobody's",       read_wild,     MZ_ENGLISH, true,  "[corrupt 904]\n",
     "{\"code\":\"corrupt\",\"status\":904,",                                                                  0      },
    {"the same in Chinese",               read_wild,     MZ_CHINESE, false, "prog: 账本数据损坏：", "", 0      },
    {"an assertion of our own stays one", abort,         MZ_CHINESE, false, "",                            "", SIGABRT},
};

/* What comes out of a pipe until its other end is closed. */
static void read_all(int fd, char *text, size_t text_size)
{
    size_t size = 0;
    ssize_t got;
    while (size + 1 < text_size && (got = read(fd, text + size, text_size - 1 - size)) > 0)
        size += (size_t)got;
    text[size] = '\0';
    close(fd);
}

static void test_faults(void **state)
{
    (void)state;
    if (WATCHED_BY_SANITIZER) {
        print_message("skipped: faults are the sanitizer's here\n");
        skip();
    }
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int err[2], out[2], ended = 0;
        char err_text[4096], out_text[4096];
        assert_int_equal(pipe(err) | pipe(out), 0);
        const pid_t child = fork();
        if (child == 0) {
            static const struct rlimit no_core = {0, 0};
            (void)setrlimit(RLIMIT_CORE, &no_core);
            (void)dup2(err[1], STDERR_FILENO);
            (void)dup2(out[1], STDOUT_FILENO);
            mz_faults_install("prog", CASES[i].language, CASES[i].json, EXIT_CODE);
            CASES[i].fault();
            _exit(0);
        }
        assert_true(child > 0);
        close(err[1]);
        close(out[1]);
        read_all(err[0], err_text, sizeof err_text);
        read_all(out[0], out_text, sizeof out_text);
        assert_int_equal(waitpid(child, &ended, 0), child);
        print_message("%s\n", CASES[i].name);
        assert_int_equal(WIFSIGNALED(ended) ? WTERMSIG(ended) : 0, CASES[i].killed_by);
        if (CASES[i].killed_by == 0)
            assert_int_equal(WEXITSTATUS(ended), EXIT_CODE);
        assert_non_null(strstr(err_text, CASES[i].err));
        assert_true(CASES[i].out[0] == '\0' ? out_text[0] == '\0'
                                            : strstr(out_text, CASES[i].out) == out_text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
