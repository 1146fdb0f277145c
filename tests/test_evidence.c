/* test_evidence.c — the folder of documents: what gets in, what stays out, what a crash, a full
 * disk, a second writer and a damaged file come to. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/evidence.h"
#include "log/files.h"
#include "vectors.h"

/* SHA-256 of "abc", FIPS 180-4. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* A fresh place of its own: a folder for files, and the path of an evidence folder in it. */
typedef struct place {
    char root[64];
    char evidence[128];
    char file[128]; /* 发票.pdf, with "abc" */
} place;

/* fsync, made to fail: the call of that number from now on, 0 none. */
static int failing_sync;
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (failing_sync > 0 && --failing_sync == 0) {
        errno = EIO;
        return -1;
    }
    return __real_fsync(fd);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static int place_make(void **state)
{
    place *p = calloc(1, sizeof *p);
    if (p == NULL)
        return -1;
    snprintf(p->root, sizeof p->root, "/tmp/mz-evidence-XXXXXX");
    if (mkdtemp(p->root) == NULL)
        return -1;
    snprintf(p->evidence, sizeof p->evidence, "%s/账本.evidence", p->root);
    snprintf(p->file, sizeof p->file, "%s/发票.pdf", p->root);
    write_file(p->file, "abc");
    failing_sync = 0;
    *state = p;
    return 0;
}

static int place_end(void **state)
{
    place *p = *state;
    mz_folder_remove(p->root);
    int left = access(p->root, F_OK) == 0 ? -1 : 0;
    free(p);
    return left;
}

static mz_evidence_folder *open_folder(const place *p)
{
    mz_evidence_folder *folder = NULL;
    assert_int_equal(mz_evidence_open(p->evidence, true, &folder, NULL), MZ_OK);
    return folder;
}

/* Files below the folder; the number of folders in `*folders`. */
static int file_count, folder_count;
static int count_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)path;
    (void)facts;
    (void)at;
    file_count += kind == FTW_F || kind == FTW_SL ? 1 : 0;
    folder_count += kind == FTW_D ? 1 : 0;
    return 0;
}

static int files_in(const place *p)
{
    file_count = 0;
    folder_count = -1; /* itself */
    assert_int_equal(nftw(p->evidence, count_one, 8, FTW_PHYS), 0);
    return file_count;
}

static void assert_empty(const place *p)
{
    assert_int_equal(files_in(p), 0);
    assert_int_equal(folder_count, 0);
}

static mz_staged *stage(mz_evidence_folder *folder, const char *path)
{
    int fd = -1;
    mz_staged *staged = NULL;
    assert_int_equal(mz_evidence_source(path, &fd, NULL), MZ_OK);
    assert_int_equal(mz_evidence_stage(folder, fd, path, &staged, NULL), MZ_OK);
    close(fd);
    return staged;
}

static void keep(mz_evidence_folder *folder, mz_staged *staged)
{
    assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
    assert_int_equal(mz_evidence_keep(staged, NULL), MZ_OK);
    mz_evidence_unlock(folder);
}

static mz_hash put(mz_evidence_folder *folder, const char *path)
{
    mz_staged *staged = stage(folder, path);
    mz_hash sha256 = mz_staged_hash(staged);
    keep(folder, staged);
    mz_staged_end(staged);
    return sha256;
}

static mz_hash hash_of(const char *hex)
{
    size_t size;
    mz_hash hash;
    assert_true(mz_hex_decode(mz_view_of(hex), hash.bytes, MZ_HASH_SIZE, &size));
    return hash;
}

static void path_of(const place *p, const mz_hash *sha256, char path[256])
{
    char hex[65];
    mz_hex_32(sha256->bytes, hex);
    snprintf(path, 256, "%s/%.2s/%s", p->evidence, hex, hex);
}

static unsigned mode_of(const char *path)
{
    struct stat facts;
    assert_int_equal(lstat(path, &facts), 0);
    return facts.st_mode & 07777;
}

/* ---- what may be a document ---- */

enum kind { A_FILE, A_SPARSE_FILE, A_FOLDER, A_LINK, A_LINK_TO_NOTHING, A_PIPE, A_DEVICE, NOTHING };

static void make_kind(const place *p, enum kind kind, off_t size, char path[128])
{
    snprintf(path, 128, "%s/凭证", p->root);
    (void)unlink(path);
    (void)rmdir(path);
    if (kind == A_FILE || kind == A_SPARSE_FILE) {
        write_file(path, "");
        assert_int_equal(truncate(path, size), 0);
    } else if (kind == A_FOLDER) {
        assert_int_equal(mkdir(path, 0700), 0);
    } else if (kind == A_LINK) {
        assert_int_equal(symlink(p->file, path), 0);
    } else if (kind == A_LINK_TO_NOTHING) {
        assert_int_equal(symlink("没有", path), 0);
    } else if (kind == A_PIPE) {
        assert_int_equal(mkfifo(path, 0600), 0);
    } else if (kind == A_DEVICE) {
        snprintf(path, 128, "/dev/null");
    }
}

static void only_plain_files_of_some_size(void **state)
{
    static const struct {
        const char *name;
        enum kind kind;
        off_t size;
        mz_status want;
    } ROWS[] = {
        {"an empty file",             A_FILE,            0,                               MZ_OK                },
        {"a file",                    A_FILE,            70000,                           MZ_OK                },
        {"as large as may be",        A_SPARSE_FILE,     (off_t)MZ_EVIDENCE_SIZE_MAX,     MZ_OK                },
        {"one byte larger",           A_SPARSE_FILE,     (off_t)MZ_EVIDENCE_SIZE_MAX + 1, MZ_DOCUMENT_TOO_LARGE},
        {"a folder",                  A_FOLDER,          0,                               MZ_NOT_A_DOCUMENT    },
        {"a link to a file",          A_LINK,            0,                               MZ_NOT_A_DOCUMENT    },
        {"a link to nothing",         A_LINK_TO_NOTHING, 0,                               MZ_NOT_A_DOCUMENT    },
        {"a pipe that nobody writes", A_PIPE,            0,                               MZ_NOT_A_DOCUMENT    },
        {"a device",                  A_DEVICE,          0,                               MZ_NOT_A_DOCUMENT    },
        {"nothing",                   NOTHING,           0,                               MZ_IO                },
    };
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    for (size_t i = 0; i < ROW_COUNT(ROWS); i++) {
        char path[128];
        int fd = -1;
        mz_reason why = {0};
        mz_staged *staged = NULL;
        make_kind(p, ROWS[i].kind, ROWS[i].size, path);
        row_assert(ROWS[i].name, mz_evidence_source(path, &fd, &why) == ROWS[i].want);
        row_assert(ROWS[i].name, why.status == ROWS[i].want);
        if (ROWS[i].want != MZ_OK) {
            row_assert(ROWS[i].name, fd == -1);
            continue;
        }
        row_assert(ROWS[i].name, mz_evidence_stage(folder, fd, path, &staged, &why) == MZ_OK);
        row_assert(ROWS[i].name, mz_staged_size(staged) == ROWS[i].size);
        mz_staged_end(staged);
        close(fd);
    }
    assert_empty(p);
    mz_evidence_close(folder);
}

/* Who hands in a descriptor of his own is looked at again. */
static void a_descriptor_is_no_way_round(void **state)
{
    place *p = *state;
    mz_reason why = {0};
    mz_staged *staged = NULL;
    mz_evidence_folder *folder = open_folder(p);
    int fd = open(p->root, O_RDONLY | O_DIRECTORY);
    assert_int_equal(mz_evidence_stage(folder, fd, "x", &staged, &why), MZ_NOT_A_DOCUMENT);
    close(fd);
    static uint8_t large[((size_t)64 << 20) + 1];
    why = (mz_reason){0};
    assert_int_equal(
        mz_evidence_stage_bytes(folder, (mz_view){large, sizeof large}, "x", &staged, &why),
        MZ_DOCUMENT_TOO_LARGE);
    assert_null(staged);
    assert_empty(p);
    mz_evidence_close(folder);
}

/* ---- the way in and out ---- */

static void a_document_lies_under_its_hash(void **state)
{
    place *p = *state;
    char path[256], shelf[256];
    mz_evidence_folder *folder = NULL;
    assert_int_equal(mz_evidence_open(p->evidence, false, &folder, NULL), MZ_NOT_FOUND);
    assert_null(folder);
    folder = open_folder(p);
    mz_staged *staged = stage(folder, p->file);
    mz_hash sha256 = mz_staged_hash(staged), want = hash_of(ABC);
    assert_true(mz_hash_equal(&sha256, &want));
    assert_int_equal(mz_staged_size(staged), 3);
    int64_t size = 0;
    mz_reason why = {0};
    assert_int_equal(mz_evidence_size(folder, &sha256, &size, &why), MZ_DOCUMENT_MISSING);
    assert_string_equal(why.figures[0].words, ABC);
    keep(folder, staged);
    mz_staged_end(staged);
    path_of(p, &sha256, path);
    snprintf(shelf, sizeof shelf, "%.*s", (int)(strlen(path) - 65), path);
    assert_int_equal(mode_of(p->evidence), 0700);
    assert_int_equal(mode_of(shelf), 0700);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(files_in(p), 1);
    assert_int_equal(mz_evidence_size(folder, &sha256, &size, NULL), MZ_OK);
    assert_int_equal(size, 3);
    mz_evidence_reader *reader = NULL;
    mz_view part;
    assert_int_equal(mz_evidence_reader_open(folder, &sha256, &reader, NULL), MZ_OK);
    assert_int_equal(mz_evidence_reader_next(reader, &part, NULL), MZ_OK);
    assert_true(mz_view_is(part, "abc"));
    assert_int_equal(mz_evidence_reader_next(reader, &part, NULL), MZ_OK);
    assert_int_equal(part.size, 0);
    mz_evidence_reader_close(reader);
    mz_evidence_close(folder);
}

static void bytes_and_files_are_one(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    mz_staged *staged = NULL;
    mz_hash measured, sha256 = put(folder, p->file);
    int64_t size = 0;
    int fd = -1;
    mz_hasher *hasher = mz_hasher_new();
    assert_int_equal(mz_evidence_source(p->file, &fd, NULL), MZ_OK);
    assert_int_equal(mz_evidence_measure(hasher, fd, p->file, &measured, &size, NULL), MZ_OK);
    close(fd);
    mz_hasher_free(hasher);
    assert_true(mz_hash_equal(&measured, &sha256));
    assert_int_equal(size, 3);
    assert_int_equal(mz_evidence_stage_bytes(folder, VIEW("abc"), "文字", &staged, NULL), MZ_OK);
    measured = mz_staged_hash(staged);
    assert_true(mz_hash_equal(&measured, &sha256));
    keep(folder, staged);
    mz_staged_end(staged);
    assert_int_equal(files_in(p), 1);
    mz_evidence_close(folder);
}

/* Larger than any part that is read at once. */
static void a_large_document(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    assert_int_equal(truncate(p->file, 3000000), 0);
    mz_hash sha256 = put(folder, p->file);
    assert_int_equal(mz_evidence_verify(folder, &sha256, NULL), MZ_OK);
    mz_evidence_close(folder);
}

/* ---- a refused entry ---- */

static void what_was_refused_leaves_nothing(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    mz_staged_end(stage(folder, p->file)); /* refused before it was kept */
    assert_empty(p);
    mz_staged *staged = stage(folder, p->file);
    assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
    assert_int_equal(mz_evidence_keep(staged, NULL), MZ_OK);
    assert_int_equal(files_in(p), 1);
    mz_staged_take_back(staged);
    mz_evidence_unlock(folder);
    mz_staged_end(staged);
    assert_empty(p);
    mz_evidence_close(folder);
}

static void what_was_there_before_stays(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    mz_hash sha256 = put(folder, p->file);
    mz_staged *staged = stage(folder, p->file);
    assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
    assert_int_equal(mz_evidence_keep(staged, NULL), MZ_OK);
    mz_staged_take_back(staged);
    mz_evidence_unlock(folder);
    mz_staged_end(staged);
    assert_int_equal(mz_evidence_verify(folder, &sha256, NULL), MZ_OK);
    assert_int_equal(files_in(p), 1);
    mz_evidence_close(folder);
}

static void a_file_altered_meanwhile_is_refused(void **state)
{
    static const char *const ROWS[] = {"longer", "same size", "replaced"};
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    for (size_t i = 0; i < ROW_COUNT(ROWS); i++) {
        char other[256];
        mz_reason why = {0};
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};
        snprintf(other, sizeof other, "%s/另一份", p->root);
        write_file(p->file, "abc");
        mz_staged *staged = stage(folder, p->file);
        write_file(i == 2 ? other : p->file, i == 0 ? "abcd" : "abd");
        if (i == 1) /* in the same tick of the file system's clock */
            assert_int_equal(utimensat(AT_FDCWD, p->file, times, 0), 0);
        if (i == 2)
            assert_int_equal(rename(other, p->file), 0);
        assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
        row_assert(ROWS[i], mz_evidence_keep(staged, &why) == MZ_DOCUMENT_CHANGED);
        assert_string_equal(why.figures[0].words, p->file);
        mz_staged_take_back(staged);
        mz_evidence_unlock(folder);
        mz_staged_end(staged);
        assert_empty(p);
    }
    mz_evidence_close(folder);
}

/* ---- damage ---- */

enum damage { OTHER_BYTE, SHORTER, LONGER, A_LINK_THERE, A_FOLDER_THERE };

static void damage(const place *p, const mz_hash *sha256, enum damage kind)
{
    char path[256];
    path_of(p, sha256, path);
    if (kind == OTHER_BYTE)
        write_file(path, "abd");
    if (kind == SHORTER)
        assert_int_equal(truncate(path, 2), 0);
    if (kind == LONGER)
        assert_int_equal(truncate(path, MZ_EVIDENCE_SIZE_MAX + 1), 0);
    if (kind == A_LINK_THERE || kind == A_FOLDER_THERE)
        assert_int_equal(unlink(path), 0);
    if (kind == A_LINK_THERE)
        assert_int_equal(symlink(p->file, path), 0);
    if (kind == A_FOLDER_THERE)
        assert_int_equal(mkdir(path, 0700), 0);
}

static void damage_is_told_and_mended(void **state)
{
    static const struct {
        const char *name;
        enum damage kind;
        bool mended;
    } ROWS[] = {
        {"another byte",        OTHER_BYTE,     true },
        {"shorter",             SHORTER,        true },
        {"longer than allowed", LONGER,         true },
        {"a link to the bytes", A_LINK_THERE,   true },
        {"a folder",            A_FOLDER_THERE, false}, /* not ours to remove */
    };
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    for (size_t i = 0; i < ROW_COUNT(ROWS); i++) {
        mz_reason why = {0};
        mz_hash sha256 = put(folder, p->file);
        damage(p, &sha256, ROWS[i].kind);
        row_assert(ROWS[i].name, mz_evidence_verify(folder, &sha256, &why) == MZ_DOCUMENT_DAMAGED);
        assert_string_equal(why.figures[0].words, ABC);
        mz_staged *staged = stage(folder, p->file);
        assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
        row_assert(ROWS[i].name, (mz_evidence_keep(staged, NULL) == MZ_OK) == ROWS[i].mended);
        mz_evidence_unlock(folder);
        mz_staged_end(staged);
        row_assert(ROWS[i].name,
                   (mz_evidence_verify(folder, &sha256, NULL) == MZ_OK) == ROWS[i].mended);
    }
    mz_evidence_close(folder);
}

/* ---- a crash ---- */

static void a_crash_leaves_what_the_next_writer_removes(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    pid_t child = fork();
    if (child == 0) {
        mz_evidence_folder *own = NULL;
        mz_staged *staged = NULL;
        if (mz_evidence_open(p->evidence, true, &own, NULL) == MZ_OK &&
            mz_evidence_stage_bytes(own, VIEW("半份"), "x", &staged, NULL) == MZ_OK)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    assert_int_equal(files_in(p), 1);
    /* One that is still being made is not a leftover. */
    mz_evidence_folder *another = open_folder(p);
    mz_staged *in_use = stage(another, p->file);
    assert_int_equal(files_in(p), 1);
    mz_hash sha256 = put(folder, p->file);
    assert_int_equal(files_in(p), 2);
    keep(another, in_use);
    mz_staged_end(in_use);
    assert_int_equal(files_in(p), 1);
    assert_int_equal(mz_evidence_verify(folder, &sha256, NULL), MZ_OK);
    mz_evidence_close(another);
    mz_evidence_close(folder);
}

/* ---- trouble with the disk ---- */

static void a_full_disk_is_told(void **state)
{
    place *p = *state;
    mz_reason why = {0};
    mz_staged *staged = NULL;
    struct rlimit before, small;
    mz_evidence_folder *folder = open_folder(p);
    int fd = -1;
    assert_int_equal(truncate(p->file, 200000), 0);
    assert_int_equal(mz_evidence_source(p->file, &fd, NULL), MZ_OK);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    mz_status status = mz_evidence_stage(folder, fd, p->file, &staged, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    close(fd);
    assert_int_equal(status, MZ_FULL);
    assert_null(staged);
    assert_empty(p);
    mz_evidence_close(folder);
}

static void a_failing_sync_is_told(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    for (int call = 1; call <= 3; call++) { /* the copy, its name, the shelf's name */
        int fd = -1;
        mz_reason why = {0};
        mz_staged *staged = NULL;
        assert_int_equal(mz_evidence_source(p->file, &fd, NULL), MZ_OK);
        failing_sync = call;
        mz_status status = mz_evidence_stage(folder, fd, p->file, &staged, &why);
        close(fd);
        if (call > 1) {
            assert_int_equal(status, MZ_OK);
            assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
            status = mz_evidence_keep(staged, &why);
            mz_staged_take_back(staged);
            mz_evidence_unlock(folder);
            mz_staged_end(staged);
        }
        assert_int_equal(failing_sync, 0);
        assert_int_equal(status, MZ_IO);
        assert_int_equal(why.status, MZ_IO);
        assert_empty(p);
    }
    mz_evidence_close(folder);
}

/* ---- many writers ---- */

typedef struct writer {
    const place *p;
    mz_status status;
} writer;

static void *write_one(void *argument)
{
    writer *w = argument;
    mz_evidence_folder *folder = NULL;
    mz_staged *staged = NULL;
    w->status = mz_evidence_open(w->p->evidence, true, &folder, NULL);
    if (w->status == MZ_OK)
        w->status = mz_evidence_stage_bytes(folder, VIEW("abc"), "x", &staged, NULL);
    if (w->status == MZ_OK)
        w->status = mz_evidence_lock(folder, NULL);
    if (w->status == MZ_OK) {
        w->status = mz_evidence_keep(staged, NULL);
        mz_evidence_unlock(folder);
    }
    mz_staged_end(staged);
    mz_evidence_close(folder);
    return NULL;
}

static void two_writers_of_one_document(void **state)
{
    place *p = *state;
    writer writers[8];
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++) {
        writers[i] = (writer){.p = p};
        assert_int_equal(pthread_create(&threads[i], NULL, write_one, &writers[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(writers[i].status, MZ_OK);
    }
    assert_int_equal(files_in(p), 1);
}

/* Whoever waits for the lock finds what has been taken back gone, and puts its own copy there. */
static void a_refused_writer_takes_nothing_from_another(void **state)
{
    place *p = *state;
    mz_evidence_folder *folder = open_folder(p);
    mz_staged *staged = stage(folder, p->file);
    writer accepted = {.p = p};
    pthread_t thread;
    assert_int_equal(mz_evidence_lock(folder, NULL), MZ_OK);
    assert_int_equal(pthread_create(&thread, NULL, write_one, &accepted), 0);
    assert_int_equal(mz_evidence_keep(staged, NULL), MZ_OK);
    mz_staged_take_back(staged); /* before the other can have it found there */
    mz_evidence_unlock(folder);
    mz_staged_end(staged);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(accepted.status, MZ_OK);
    mz_hash sha256 = hash_of(ABC);
    assert_int_equal(mz_evidence_verify(folder, &sha256, NULL), MZ_OK);
    mz_evidence_close(folder);
}

/* ---- listing and copying ---- */

typedef struct seen {
    int documents, foreign;
} seen;

static mz_status see(void *context, const mz_evidence_item *item, mz_reason *why)
{
    seen *s = context;
    (void)why;
    if (item->is_document)
        s->documents++;
    else
        s->foreign++;
    return s->documents + s->foreign == 100 ? MZ_BUSY : MZ_OK;
}

static void lists_documents_and_tells_what_is_foreign(void **state)
{
    static const char *const FOREIGN[] = {
        "读我.txt",
        "zz",
        "ba/说明",
        "ba/BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "ba/cb7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ("ba/" ABC "0"),
        "00"};
    place *p = *state;
    seen s = {0};
    mz_evidence_folder *folder = open_folder(p);
    (void)put(folder, p->file);
    for (size_t i = 0; i < ROW_COUNT(FOREIGN); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", p->evidence, FOREIGN[i]);
        write_file(path, "x");
    }
    mz_staged *staged = stage(folder, p->file);
    assert_int_equal(mz_evidence_list(folder, see, &s, NULL), MZ_OK);
    mz_staged_end(staged);
    assert_int_equal(s.documents, 1);
    assert_int_equal(s.foreign, ROW_COUNT(FOREIGN));
    s = (seen){.documents = 99 - 1};
    assert_int_equal(mz_evidence_list(folder, see, &s, NULL), MZ_BUSY); /* a visit ends it */
    mz_evidence_close(folder);
}

static void copies_only_what_is_whole(void **state)
{
    place *p = *state;
    char path[160];
    int64_t size = 0;
    mz_evidence_folder *folder = open_folder(p), *to = NULL;
    mz_hash sha256 = put(folder, p->file);
    snprintf(path, sizeof path, "%s/备份.evidence", p->root);
    assert_int_equal(mz_evidence_open(path, true, &to, NULL), MZ_OK);
    assert_int_equal(mz_evidence_lock(to, NULL), MZ_OK);
    damage(p, &sha256, OTHER_BYTE);
    assert_int_equal(mz_evidence_copy(folder, &sha256, to, &size, NULL), MZ_DOCUMENT_DAMAGED);
    assert_int_equal(mz_evidence_size(to, &sha256, &size, NULL), MZ_DOCUMENT_MISSING);
    (void)put(folder, p->file);
    assert_int_equal(mz_evidence_copy(folder, &sha256, to, &size, NULL), MZ_OK);
    assert_int_equal(size, 3);
    assert_int_equal(mz_evidence_verify(to, &sha256, NULL), MZ_OK);
    mz_hash none = {0};
    assert_int_equal(mz_evidence_copy(folder, &none, to, &size, NULL), MZ_DOCUMENT_MISSING);
    mz_evidence_close(to);
    mz_evidence_close(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_plain_files_of_some_size),
        TEST(a_descriptor_is_no_way_round),
        TEST(a_document_lies_under_its_hash),
        TEST(bytes_and_files_are_one),
        TEST(a_large_document),
        TEST(what_was_refused_leaves_nothing),
        TEST(what_was_there_before_stays),
        TEST(a_file_altered_meanwhile_is_refused),
        TEST(damage_is_told_and_mended),
        TEST(a_crash_leaves_what_the_next_writer_removes),
        TEST(a_full_disk_is_told),
        TEST(a_failing_sync_is_told),
        TEST(two_writers_of_one_document),
        TEST(a_refused_writer_takes_nothing_from_another),
        TEST(lists_documents_and_tells_what_is_foreign),
        TEST(copies_only_what_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
