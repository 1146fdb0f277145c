/* test_lmdb.c — what the LMDB engine promises beyond the contract: folders made whole or not at
 * all, damage found before it is mapped, permissions explained, copies under way, kill -9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kv/lmdb_pages.h"
#include "kv_engines.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

typedef struct fixture {
    char folder[PATH_MAX];
    char db[PATH_MAX];
} fixture;

static int fixture_make(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    temporary_make(f->folder);
    temporary_path(f->folder, "db", f->db);
    *state = f;
    return 0;
}

static int fixture_drop(void **state)
{
    fixture *f = *state;
    temporary_remove_database(f->folder, "db");
    temporary_remove_database(f->folder, "copy");
    int rc = rmdir(f->folder); /* a temporary folder left behind fails the test */
    free(f);
    return rc;
}

static mz_kv *create(const char *dir)
{
    mz_reason why = {0};
    mz_kv *kv = NULL;
    assert_int_equal(mz_lmdb_create(dir, NULL, &kv, &why), MZ_OK);
    return kv;
}

static mz_kv *open_dir(const char *dir)
{
    mz_reason why = {0};
    mz_kv *kv = NULL;
    assert_int_equal(mz_lmdb_open(dir, NULL, &kv, &why), MZ_OK);
    return kv;
}

static void expect_refused(const char *dir, const mz_lmdb_options *options, mz_status want)
{
    mz_reason why = {0};
    mz_kv *kv = NULL;
    assert_int_equal(mz_lmdb_open(dir, options, &kv, &why), want);
    assert_int_equal(why.status, want);
    assert_null(kv);
}

/* Row `at` of a table of numbers; a value of `size` bytes that begins with `number`. */
static mz_status put_number(mz_kv_txn *txn, mz_table table, uint64_t at, uint64_t number,
                            size_t size)
{
    static uint8_t zeros[MZ_KV_VALUE_MAX];
    uint8_t key[8];
    uint8_t value[MZ_KV_VALUE_MAX];
    mz_reason why = {0};
    mz_be64_put(key, at);
    memcpy(value, zeros, size);
    mz_be64_put(value, number);
    return mz_kv_put(txn, table, (mz_view){key, 8}, (mz_view){value, size}, &why);
}

/* UINT64_MAX when there is none. */
static uint64_t get_number(mz_kv_txn *txn, mz_table table, uint64_t at)
{
    uint8_t key[8];
    mz_view value;
    mz_reason why = {0};
    mz_be64_put(key, at);
    mz_status status = mz_kv_get(txn, table, (mz_view){key, 8}, &value, &why);
    return status == MZ_OK ? mz_be64_get(value.data) : UINT64_MAX;
}

static mz_status write_numbers(mz_kv *kv, uint64_t from, uint64_t count, size_t size)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    mz_status status = mz_kv_begin_write(kv, &txn, &why);
    for (uint64_t i = from; status == MZ_OK && i < from + count; i++)
        status = put_number(txn, MZ_TABLE_ENTRIES, i, i, size);
    if (status == MZ_OK)
        return mz_kv_commit(txn, &why);
    mz_kv_abort(txn);
    return status;
}

/* How many numbers from 0 on are there, as written. */
static uint64_t count_numbers(mz_kv *kv)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    uint64_t count = 0;
    assert_int_equal(mz_kv_begin_read(kv, &txn, &why), MZ_OK);
    while (get_number(txn, MZ_TABLE_ENTRIES, count) == count)
        count++;
    mz_kv_abort(txn);
    return count;
}

/* --- creating and opening --- */

static void created_once_and_found_again(void **state)
{
    const fixture *f = *state;
    mz_kv *kv = create(f->db);
    assert_int_equal(write_numbers(kv, 0, 10, 100), MZ_OK);
    mz_reason why = {0};
    assert_int_equal(mz_lmdb_force_sync(kv, &why), MZ_OK);
    mz_kv_close(kv);
    mz_kv *second = NULL;
    assert_int_equal(mz_lmdb_create(f->db, NULL, &second, &why), MZ_EXISTS);
    assert_null(second);
    char slashed[PATH_MAX];
    temporary_path(f->folder, "db//", slashed);
    kv = open_dir(slashed);
    assert_int_equal(count_numbers(kv), 10);
    mz_kv_close(kv);
}

static void relative_folders_work(void **state)
{
    const fixture *f = *state;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(here >= 0);
    assert_int_equal(chdir(f->folder), 0);
    mz_kv_close(create("db"));
    mz_kv_close(open_dir("./db/"));
    assert_int_equal(fchdir(here), 0);
    close(here);
    mz_kv_close(open_dir(f->db));
}

static void create_touches_nothing_that_exists(void **state)
{
    const fixture *f = *state;
    mz_reason why = {0};
    mz_kv *kv = NULL;
    assert_int_equal(mkdir(f->db, 0700), 0); /* an empty folder, too */
    assert_int_equal(mz_lmdb_create(f->db, NULL, &kv, &why), MZ_EXISTS);
    expect_refused(f->db, NULL, MZ_NOT_A_LEDGER);
    assert_int_equal(rmdir(f->db), 0); /* still empty */
    char missing[PATH_MAX];
    temporary_path(f->folder, "no/such", missing);
    memset(&why, 0, sizeof why);
    assert_int_equal(mz_lmdb_create(missing, NULL, &kv, &why), MZ_IO);
    expect_refused(missing, NULL, MZ_NOT_A_LEDGER);
    assert_null(kv);
}

static void write_file(const char *dir, const char *name, const void *bytes, size_t size)
{
    char path[PATH_MAX];
    temporary_path(dir, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static void foreign_files_are_refused(void **state)
{
    static uint8_t bytes[65536];
    static const size_t sizes[] = {0, 1, 100, 4096, 8192, 65536};
    const fixture *f = *state;
    assert_int_equal(mkdir(f->db, 0700), 0);
    for (int fill = 0; fill < 256; fill += 85)
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            memset(bytes, fill, sizeof bytes);
            write_file(f->db, "data.mdb", bytes, sizes[i]);
            expect_refused(f->db, NULL, MZ_NOT_A_LEDGER);
            expect_refused(f->db, &(mz_lmdb_options){.read_only = true}, MZ_NOT_A_LEDGER);
        }
    char data[PATH_MAX];
    temporary_path(f->db, "data.mdb", data);
    assert_int_equal(unlink(data), 0);
    assert_int_equal(mkdir(data, 0700), 0);
    expect_refused(f->db, NULL, MZ_NOT_A_LEDGER);
}

static void another_format_is_refused(void **state)
{
    const fixture *f = *state;
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    mz_kv *kv = create(f->db);
    assert_int_equal(mz_kv_begin_write(kv, &txn, &why), MZ_OK);
    assert_int_equal(
        mz_kv_put(txn, MZ_TABLE_META, mz_view_of("format"), mz_view_of("mingzhang 2"), &why),
        MZ_OK);
    assert_int_equal(mz_kv_commit(txn, &why), MZ_OK);
    mz_kv_close(kv);
    expect_refused(f->db, NULL, MZ_NOT_A_LEDGER);
}

static void readers_follow_a_writer(void **state)
{
    const fixture *f = *state;
    mz_kv_close(create(f->db));
    mz_kv *kv = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_lmdb_open(f->db, &(mz_lmdb_options){.read_only = true}, &kv, &why), MZ_OK);
    assert_int_equal(count_numbers(kv), 0);
    pid_t child = fork();
    if (child == 0) { /* another process, another environment */
        mz_kv *own = NULL;
        bool is_done = mz_lmdb_open(f->db, NULL, &own, &why) == MZ_OK &&
                       write_numbers(own, 0, 5, 100) == MZ_OK;
        _exit(is_done ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count_numbers(kv), 5);
    mz_kv_txn *txn = NULL;
    assert_int_equal(mz_kv_begin_write(kv, &txn, &why), MZ_IO);
    assert_int_equal(why.status, MZ_IO);
    mz_kv_close(kv);
}

/* --- permissions, seen by another user --- */

typedef struct permission_case {
    const char *name;
    mode_t dir_mode;
    mode_t data_mode;
    mode_t lock_mode;
    bool read_only;
    mz_status want;
    const char *want_words; /* in the refusal */
} permission_case;

static const permission_case PERMISSIONS[] = {
    {"reading needs the lock",      0755, 0644, 0644, true,  MZ_IO, "lock.mdb"         },
    {"reading a read-only folder",  0755, 0644, 0666, true,  MZ_OK, NULL               },
    {"writing a read-only file",    0755, 0644, 0666, false, MZ_IO, "permission"       },
    {"writing what may be written", 0755, 0666, 0666, false, MZ_OK, NULL               },
    {"a folder closed to the user", 0700, 0644, 0666, true,  MZ_IO, "Permission denied"},
};

static int open_as_other_user(const char *dir, const permission_case *row)
{
    mz_reason why = {0};
    mz_kv *kv = NULL;
    if (geteuid() == 0 && seteuid(65534) != 0)
        return 2;
    mz_lmdb_options options = {.read_only = row->read_only};
    if (mz_lmdb_open(dir, &options, &kv, &why) != row->want)
        return 3;
    if (row->want_words != NULL && strstr(why.figures[0].words, row->want_words) == NULL)
        return 4;
    if (row->want == MZ_OK) {
        mz_kv_txn *txn = NULL;
        if (mz_kv_begin_read(kv, &txn, &why) != MZ_OK || get_number(txn, MZ_TABLE_ENTRIES, 3) != 3)
            return 5;
        mz_kv_abort(txn);
    }
    mz_kv_close(kv);
    return 0;
}

static void permissions_are_explained(void **state)
{
    const fixture *f = *state;
    if (geteuid() != 0)
        skip(); /* an owner's own rights are not other's: needs a second user */
    char data[PATH_MAX];
    char lock[PATH_MAX];
    mz_kv *kv = create(f->db);
    assert_int_equal(write_numbers(kv, 0, 5, 100), MZ_OK);
    mz_kv_close(kv);
    assert_int_equal(chmod(f->folder, 0755), 0);
    for (size_t i = 0; i < ARRAY_LEN(PERMISSIONS); i++) {
        const permission_case *row = &PERMISSIONS[i];
        assert_int_equal(chmod(f->db, row->dir_mode), 0);
        assert_int_equal(chmod(temporary_path(f->db, "data.mdb", data), row->data_mode), 0);
        assert_int_equal(chmod(temporary_path(f->db, "lock.mdb", lock), row->lock_mode), 0);
        pid_t child = fork();
        if (child == 0)
            _exit(open_as_other_user(f->db, row));
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (status != 0)
            print_message("%s: %d\n", row->name, WEXITSTATUS(status));
        assert_int_equal(status, 0);
    }
}

/* --- length --- */

static mz_pages_answer pages_of(const char *dir, off_t *missing_size)
{
    char path[PATH_MAX];
    struct stat file;
    int fd = open(temporary_path(dir, "data.mdb", path), O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &file), 0);
    mz_pages_answer answer = mz_lmdb_pages_check(fd);
    /* The last page number of the newer meta, to see how short the file is. */
    uint8_t metas[2][152];
    uint64_t numbers[2][2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pread(fd, metas[i], 152, i * (off_t)4096), 152);
        memcpy(numbers[i], metas[i] + 136, 16);
    }
    close(fd);
    const uint64_t *newest = numbers[0][1] > numbers[1][1] ? numbers[0] : numbers[1];
    *missing_size = ((off_t)newest[0] + 1) * 4096 - file.st_size;
    return answer;
}

static uint32_t next_random(uint32_t *seed) /* xorshift: the same on every machine */
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void churn(mz_kv *kv, uint32_t *seed)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    uint8_t key[8];
    assert_int_equal(mz_kv_begin_write(kv, &txn, &why), MZ_OK);
    for (uint32_t i = next_random(seed) % 60; i > 0; i--) {
        uint64_t at = next_random(seed) % 300;
        mz_be64_put(key, at);
        if (next_random(seed) % 2 == 0)
            assert_int_equal(mz_kv_erase(txn, MZ_TABLE_STATE, (mz_view){key, 8}, &why), MZ_OK);
        else
            assert_int_equal(put_number(txn, MZ_TABLE_STATE, at, at, 8 + next_random(seed) % 12000),
                             MZ_OK);
    }
    assert_int_equal(mz_kv_commit(txn, &why), MZ_OK);
}

static uint64_t scattered(uint64_t i) /* over all pages */
{
    return i % 256 * 256 + i / 256;
}

/* Rows that come, and sometimes go, within one transaction: then their pages were never written. */
static void come_and_go(mz_kv *kv, uint32_t *seed)
{
    mz_reason why = {0};
    mz_kv_txn *txn = NULL;
    uint8_t key[8];
    uint64_t count = next_random(seed) % 3000;
    uint64_t gone_count = count * (next_random(seed) % 3) / 2; /* none, half or all */
    assert_int_equal(mz_kv_begin_write(kv, &txn, &why), MZ_OK);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(put_number(txn, MZ_TABLE_TOTALS, scattered(i), i, 100), MZ_OK);
    for (uint64_t i = 0; i < gone_count; i++) {
        mz_be64_put(key, scattered(i));
        assert_int_equal(mz_kv_erase(txn, MZ_TABLE_TOTALS, (mz_view){key, 8}, &why), MZ_OK);
    }
    assert_int_equal(mz_kv_commit(txn, &why), MZ_OK);
}

/* LMDB leaves freed pages at the end unwritten: such a file is short, and whole. */
static void short_files_can_be_whole(void **state)
{
    const fixture *f = *state;
    uint32_t seed = 88172645u;
    size_t short_count = 0;
    mz_kv *kv = create(f->db);
    for (int i = 0; i < 400; i++) {
        off_t missing_size = 0;
        come_and_go(kv, &seed);
        assert_int_equal(pages_of(f->db, &missing_size), MZ_PAGES_WHOLE);
        short_count += missing_size > 0;
    }
    mz_kv_close(kv);
    print_message("%zu of 400 files were short\n", short_count);
    mz_kv_close(open_dir(f->db));
    assert_true(short_count > 0); /* else this test shows nothing */
}

static void copy_cut_off(const fixture *f, off_t size)
{
    char from[PATH_MAX];
    static uint8_t bytes[4 << 20];
    int fd = open(temporary_path(f->db, "data.mdb", from), O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, bytes, (size_t)size), size);
    close(fd);
    char copy[PATH_MAX];
    temporary_path(f->folder, "copy", copy);
    write_file(copy, "data.mdb", bytes, (size_t)size);
}

/* Every length: refused, or whole and every row readable. Never a signal. */
static void cut_off_files_are_refused(void **state)
{
    const fixture *f = *state;
    char path[PATH_MAX];
    mz_kv *kv = create(f->db);
    for (uint64_t i = 0; i < 30; i++)
        assert_int_equal(write_numbers(kv, i * 20, 20, 700), MZ_OK);
    uint32_t seed = 5u;
    for (int i = 0; i < 10; i++)
        churn(kv, &seed);
    mz_kv_close(kv);
    struct stat file;
    assert_int_equal(stat(temporary_path(f->db, "data.mdb", path), &file), 0);
    temporary_path(f->folder, "copy", path);
    assert_int_equal(mkdir(path, 0700), 0);
    size_t refused_count = 0;
    for (off_t size = file.st_size; size >= 0; size -= 2048) {
        mz_reason why = {0};
        copy_cut_off(f, size);
        kv = NULL;
        mz_status status = mz_lmdb_open(path, NULL, &kv, &why);
        if (status == MZ_OK) {
            assert_int_equal(count_numbers(kv), 600);
        } else {
            assert_int_equal(status, size < 152 ? MZ_NOT_A_LEDGER : MZ_CORRUPT);
            refused_count++;
        }
        mz_kv_close(kv);
    }
    assert_true(refused_count > 100);
}

/* --- copies --- */

typedef struct writer {
    mz_kv *kv;
    bool failed;
    pthread_mutex_t lock;
    bool stop;
} writer;

static bool is_stopped(writer *writing)
{
    pthread_mutex_lock(&writing->lock);
    bool stop = writing->stop;
    pthread_mutex_unlock(&writing->lock);
    return stop;
}

/* Keeps row 0 of two tables equal, and both growing. */
static void *write_pairs(void *argument)
{
    writer *writing = argument;
    mz_reason why = {0};
    for (uint64_t i = 1; !is_stopped(writing) && !writing->failed; i++) {
        mz_kv_txn *txn = NULL;
        writing->failed = mz_kv_begin_write(writing->kv, &txn, &why) != MZ_OK ||
                          put_number(txn, MZ_TABLE_STATE, 0, i, 500) != MZ_OK ||
                          put_number(txn, MZ_TABLE_ENTRIES, i, i, 500) != MZ_OK ||
                          put_number(txn, MZ_TABLE_TOTALS, 0, i, 500) != MZ_OK ||
                          mz_kv_commit(txn, &why) != MZ_OK;
    }
    return NULL;
}

static void copies_are_consistent_while_others_write(void **state)
{
    const fixture *f = *state;
    char copy[PATH_MAX];
    temporary_path(f->folder, "copy", copy);
    writer writing = {.kv = create(f->db), .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_pairs, &writing), 0);
    uint64_t last = 0;
    for (int i = 0; i < 20; i++) {
        mz_reason why = {0};
        mz_kv_txn *txn = NULL;
        assert_int_equal(mz_lmdb_copy(writing.kv, copy, &why), MZ_OK);
        mz_kv *kv = open_dir(copy);
        assert_int_equal(mz_kv_begin_read(kv, &txn, &why), MZ_OK);
        uint64_t number = get_number(txn, MZ_TABLE_STATE, 0);
        assert_int_equal(get_number(txn, MZ_TABLE_TOTALS, 0), number);
        if (number != UINT64_MAX) {
            assert_int_equal(get_number(txn, MZ_TABLE_ENTRIES, number), number);
            assert_true(number >= last);
            last = number;
        }
        mz_kv_abort(txn);
        mz_kv_close(kv);
        if (i == 0)
            assert_int_equal(mz_lmdb_copy(writing.kv, copy, &why), MZ_EXISTS);
        temporary_remove_database(f->folder, "copy");
    }
    pthread_mutex_lock(&writing.lock);
    writing.stop = true;
    pthread_mutex_unlock(&writing.lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(writing.failed);
    mz_kv_close(writing.kv);
}

/* --- space --- */

static void full_store_refuses_and_goes_on_reading(void **state)
{
    const fixture *f = *state;
    mz_reason why = {0};
    mz_kv *kv = NULL;
    mz_kv_close(create(f->db));
    assert_int_equal(mz_lmdb_open(f->db, &(mz_lmdb_options){.map_size = 1 << 20}, &kv, &why),
                     MZ_OK);
    uint64_t count = 0;
    mz_status status = MZ_OK;
    while (status == MZ_OK && count < 10000) {
        status = write_numbers(kv, count, 10, 1000);
        count += status == MZ_OK ? 10 : 0;
    }
    assert_int_equal(status, MZ_FULL);
    assert_int_equal(count_numbers(kv), count);
    mz_kv_close(kv);
    kv = open_dir(f->db); /* with room again */
    assert_int_equal(write_numbers(kv, count, 10, 1000), MZ_OK);
    assert_int_equal(count_numbers(kv), count + 10);
    mz_kv_close(kv);
}

static void scratch_keeps_the_contract_but_for_syncs(void **state)
{
    const fixture *f = *state;
    mz_reason why = {0};
    mz_kv *kv = NULL;
    mz_lmdb_options options = {.scratch = true, .map_size = 16 << 20};
    assert_int_equal(mz_lmdb_create(f->db, &options, &kv, &why), MZ_OK);
    assert_int_equal(write_numbers(kv, 0, 1000, 500), MZ_OK);
    assert_int_equal(mz_lmdb_force_sync(kv, &why), MZ_OK);
    mz_kv_close(kv);
    assert_int_equal(mz_lmdb_open(f->db, &options, &kv, &why), MZ_OK);
    assert_int_equal(count_numbers(kv), 1000);
    mz_kv_close(kv);
}

/* --- other processes that die --- */

static void killed_writer_loses_nothing_acknowledged(void **state)
{
    const fixture *f = *state;
    mz_kv_close(create(f->db));
    uint64_t acknowledged = 0;
    for (int round = 0; round < 5; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (child == 0) {
            mz_reason why = {0};
            mz_kv *kv = NULL;
            bool is_alive = mz_lmdb_open(f->db, NULL, &kv, &why) == MZ_OK;
            for (uint64_t i = acknowledged; is_alive; i += 3)
                is_alive = write_numbers(kv, i, 3, 900) == MZ_OK && write(pipes[1], "+", 1) == 1;
            _exit(1);
        }
        close(pipes[1]);
        char ack;
        for (int i = 0; i < 20 + round; i++)
            assert_int_equal(read(pipes[0], &ack, 1), 1);
        assert_int_equal(kill(child, SIGKILL), 0);
        uint64_t count = 20 + (uint64_t)round;
        while (read(pipes[0], &ack, 1) == 1)
            count++;
        close(pipes[0]);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        mz_kv *kv = open_dir(f->db);
        uint64_t stored = count_numbers(kv);
        mz_kv_close(kv);
        acknowledged += count * 3;
        assert_int_equal(stored % 3, 0); /* a batch is there whole or not at all */
        assert_true(stored == acknowledged || stored == acknowledged + 3);
        acknowledged = stored;
    }
}

static void dead_readers_give_their_places_back(void **state)
{
    const fixture *f = *state;
    mz_kv_close(create(f->db));
    mz_reason why = {0};
    mz_kv_txn *txns[600];
    int go[2]; /* the child takes all places once we have opened, which needs one */
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        mz_kv *own = NULL;
        size_t taken = 0;
        char byte;
        if (read(go[0], &byte, 1) != 1 || mz_lmdb_open(f->db, NULL, &own, &why) != MZ_OK)
            _exit(1);
        while (taken < 600 && mz_kv_begin_read(own, &txns[taken], &why) == MZ_OK)
            taken++;
        _exit(taken == 512 && why.status == MZ_BUSY ? 0 : 2);
    }
    int status = 0;
    mz_kv *kv = open_dir(f->db);
    assert_int_equal(write(go[1], "g", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(go[0]);
    close(go[1]);
    size_t taken = 0;
    while (taken < 512 && mz_kv_begin_read(kv, &txns[taken], &why) == MZ_OK)
        taken++;
    assert_int_equal(taken, 512);
    while (taken > 0)
        mz_kv_abort(txns[--taken]);
    mz_kv_close(kv);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_make, fixture_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created_once_and_found_again),
        TEST(relative_folders_work),
        TEST(create_touches_nothing_that_exists),
        TEST(foreign_files_are_refused),
        TEST(another_format_is_refused),
        TEST(readers_follow_a_writer),
        TEST(permissions_are_explained),
        TEST(short_files_can_be_whole),
        TEST(cut_off_files_are_refused),
        TEST(copies_are_consistent_while_others_write),
        TEST(full_store_refuses_and_goes_on_reading),
        TEST(scratch_keeps_the_contract_but_for_syncs),
        TEST(killed_writer_loses_nothing_acknowledged),
        TEST(dead_readers_give_their_places_back),
    };
    return cmocka_run_group_tests_name("lmdb", tests, NULL, NULL);
}
