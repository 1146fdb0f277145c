/* test_sealed.c — the sealed store: durable before the entry, gone with a batch that failed, erased
 * from every byte of its files, and whole whatever call fails or where the process dies. */
#include "vectors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/uuid.h"
#include "kv/lmdb.h"
#include "kv/memory.h"
#include "log/check.h"
#include "log/files.h"
#include "log/sealed.h"
#include "log_fixture.h"

#define START MZ_SAMPLE_START_MS
#define ORIGIN MZ_SAMPLE_ORIGIN
#define DIES 77

/* --- calls that fail, or at which the process dies, when the countdown comes to zero --- */

typedef enum fault { NO_FAULT, ANSWER, COMMIT_ANSWERS, LINK_ANSWERS, DIE } fault;
static _Atomic fault fault_kind; /* the thread that syncs the second place passes here too */
static _Atomic int countdown;

/* `call` is the kind of fault that strikes this call alone. */
static bool strikes(fault call)
{
    const bool all = fault_kind == ANSWER || fault_kind == DIE;
    if (fault_kind == NO_FAULT || (!all && fault_kind != call) || countdown-- != 0)
        return false;
    if (fault_kind == DIE)
        _exit(DIES);
    errno = EIO;
    return true;
}

/* clang-format off */
#define WRAP(name, call, parameters, arguments)                                                         \
    int __real_##name parameters;                                                                 \
    int __wrap_##name parameters;                                                                 \
    int __wrap_##name parameters { return strikes(call) ? -1 : __real_##name arguments; }
/* clang-format on */
WRAP(link, LINK_ANSWERS, (const char *from, const char *to), (from, to))
WRAP(rename, NO_FAULT, (const char *from, const char *to), (from, to))
WRAP(unlink, NO_FAULT, (const char *path), (path))
WRAP(fsync, NO_FAULT, (int fd), (fd))

mz_status __real_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why);
mz_status __wrap_mz_kv_commit(mz_kv_txn *txn, mz_reason *why)
{
    if (!strikes(COMMIT_ANSWERS))
        return __real_mz_kv_commit(txn, why);
    mz_kv_abort(txn);
    return mz_refuse(why, MZ_FULL);
}

/* --- a place of a test's own --- */

typedef struct place {
    char root[64], dir[80], sealed[96];
    mz_signer signer;
    mz_log_options options;
    mz_hasher *hasher;
} place;

static int set_up(void **state)
{
    place *p = calloc(1, sizeof *p);
    const char *parent = getenv("TMPDIR");
    assert_non_null(p);
    snprintf(p->root, sizeof p->root, "%s/mz-seal-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(p->root));
    snprintf(p->dir, sizeof p->dir, "%s/ledger", p->root);
    snprintf(p->sealed, sizeof p->sealed, "%s/ledger.sealed", p->root);
    mz_sample_signer("log", &p->signer);
    p->options = (mz_log_options){.dir = p->dir, .signers = &p->signer, .signer_count = 1};
    p->hasher = mz_hasher_new();
    fault_kind = NO_FAULT;
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    fault_kind = NO_FAULT;
    mz_folder_remove(p->root);
    mz_hasher_free(p->hasher);
    free(p);
    return 0;
}

/* Whether the bytes are in any file below the folder. */
static bool is_below(const char *path, const char *bytes)
{
    DIR *folder = opendir(path);
    bool found = false;
    if (folder == NULL) {
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        struct stat info;
        assert_int_equal(fstat(fileno(file), &info), 0);
        char *all = malloc((size_t)info.st_size + 1);
        assert_non_null(all);
        assert_int_equal(fread(all, 1, (size_t)info.st_size, file), info.st_size);
        found = memmem(all, (size_t)info.st_size, bytes, strlen(bytes)) != NULL;
        free(all);
        fclose(file);
        return found;
    }
    for (struct dirent *item; !found && (item = readdir(folder)) != NULL;) {
        char below[512];
        snprintf(below, sizeof below, "%s/%s", path, item->d_name);
        if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
            found = is_below(below, bytes);
    }
    closedir(folder);
    return found;
}

/* A disclosure of the number's own, as text, with its digest. */
typedef struct sample {
    char text[200];
    char digest_text[44];
    mz_hash digest;
} sample;

static sample sample_of(place *p, const char *name, const char *value, unsigned number)
{
    sample made;
    uint8_t salt[MZ_DISCLOSURE_SALT_SIZE] = {(uint8_t)number, (uint8_t)(number >> 8), 's'};
    mz_buf text;
    json_t *string = json_string(value);
    mz_buf_init(&text, sizeof made.text - 1);
    assert_int_equal(mz_disclosure_make(salt, name, string, &text, NULL), MZ_OK);
    memcpy(made.text, text.data, text.size + 1);
    made.digest = mz_disclosure_digest(p->hasher, mz_buf_view(&text));
    mz_base64url_32(made.digest.bytes, made.digest_text);
    json_decref(string);
    mz_buf_clear(&text);
    return made;
}

/* --- the store alone, over a state in memory --- */

typedef struct world {
    place *p;
    mz_kv *kv;
    mz_kv_txn *txn;
    mz_changes *state;
} world;

static world world_of(place *p)
{
    world w = {.p = p, .kv = mz_memory_new()};
    assert_int_equal(mz_kv_begin_write(w.kv, &w.txn, NULL), MZ_OK);
    w.state = mz_changes_new(w.txn);
    assert_non_null(w.state);
    return w;
}

static void world_end(world *w)
{
    mz_changes_free(w->state);
    mz_kv_abort(w->txn);
    mz_kv_close(w->kv);
}

static void know(world *w, const sample *s, uint64_t index)
{
    mz_digest record = {.entry = index};
    assert_int_equal(mz_digest_store(w->state, s->digest.bytes, &record, NULL), MZ_OK);
}

static void erase(world *w, const sample *s, uint64_t confirmation)
{
    mz_digest record;
    assert_int_equal(mz_digest_load(w->state, s->digest.bytes, &record, NULL), MZ_OK);
    record.erased = confirmation;
    assert_int_equal(mz_digest_store(w->state, s->digest.bytes, &record, NULL), MZ_OK);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_ERASURE, confirmation);
    assert_int_equal(mz_state_store(w->state, &key, s->digest.bytes, MZ_HASH_SIZE, NULL), MZ_OK);
}

static mz_status put(world *w, const sample *samples, size_t count, uint64_t index)
{
    mz_sealed *sealed = NULL;
    mz_sealed_row rows[64];
    for (size_t i = 0; i < count; i++)
        rows[i] = (mz_sealed_row){samples[i].digest, index, mz_view_of(samples[i].text)};
    mz_status status = mz_sealed_open(w->p->sealed, ORIGIN, MZ_SEALED_CREATE, &sealed, NULL);
    if (status == MZ_OK)
        status = mz_sealed_put(sealed, w->state, rows, count, NULL);
    mz_sealed_close(sealed);
    return status;
}

static mz_status settle(world *w, uint64_t size)
{
    mz_sealed *sealed = NULL;
    mz_status status = mz_sealed_open(w->p->sealed, ORIGIN, MZ_SEALED_WRITE, &sealed, NULL);
    if (status == MZ_OK)
        status = mz_sealed_settle(sealed, w->state, size, NULL);
    mz_sealed_close(sealed);
    return status;
}

static bool has(place *p, const sample *s)
{
    mz_sealed *sealed = NULL;
    mz_buf text;
    mz_buf_init(&text, MZ_DISCLOSURE_SIZE_MAX);
    mz_status status = mz_sealed_open(p->sealed, ORIGIN, MZ_SEALED_READ, &sealed, NULL);
    if (status == MZ_OK)
        status = mz_sealed_get(sealed, &s->digest, &text, NULL);
    if (status == MZ_OK)
        assert_true(mz_view_is(mz_buf_view(&text), s->text));
    else
        assert_int_equal(status, MZ_NOT_FOUND);
    mz_sealed_close(sealed);
    mz_buf_clear(&text);
    return status == MZ_OK;
}

/* Nothing in the folder but the one file and its lock. */
static void assert_tidy(const place *p)
{
    char store[128], path[160];
    struct stat info;
    snprintf(store, sizeof store, "%s/store", p->sealed);
    const char *const folders[] = {p->sealed, store};
    for (size_t i = 0; i < 2; i++) {
        DIR *folder = opendir(folders[i]);
        assert_non_null(folder);
        for (struct dirent *item; (item = readdir(folder)) != NULL;) {
            bool fine = item->d_name[0] == '.' || strcmp(item->d_name, "store") == 0 ||
                        strcmp(item->d_name, "data.mdb") == 0 ||
                        strcmp(item->d_name, "lock.mdb") == 0;
            if (!fine)
                fail_msg("left in the store: %s", item->d_name);
        }
        closedir(folder);
    }
    snprintf(path, sizeof path, "%s/data.mdb", store);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_nlink, 1);
    assert_int_equal(stat(p->sealed, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void puts_and_gives_back(void **state)
{
    place *p = *state;
    world w = world_of(p);
    sample s[2] = {sample_of(p, "name", "canary one", 1), sample_of(p, "contact", "canary two", 2)};
    assert_false(has(p, &s[0])); /* no store yet */
    know(&w, &s[0], 5);
    know(&w, &s[1], 5);
    assert_int_equal(put(&w, s, 2, 5), MZ_OK);
    assert_true(has(p, &s[0]) && has(p, &s[1]));
    assert_int_equal(put(&w, s, 2, 5), MZ_OK); /* again is the same */
    assert_int_equal(settle(&w, 6), MZ_OK);
    assert_true(has(p, &s[0]) && has(p, &s[1]));
    assert_tidy(p);
    world_end(&w);
}

static void another_ledgers_store_is_refused(void **state)
{
    place *p = *state;
    world w = world_of(p);
    mz_sealed *sealed = NULL;
    mz_reason why = {0};
    sample s = sample_of(p, "name", "x", 1);
    know(&w, &s, 1);
    assert_int_equal(put(&w, &s, 1, 1), MZ_OK);
    for (int mode = MZ_SEALED_READ; mode <= MZ_SEALED_CREATE; mode++) {
        why = (mz_reason){0};
        assert_int_equal(
            mz_sealed_open(p->sealed, "other.example", (mz_sealed_mode)mode, &sealed, &why),
            MZ_OTHER_SEALED);
        assert_int_equal(why.status, MZ_OTHER_SEALED);
    }
    assert_true(has(p, &s));
    world_end(&w);
}

static void an_unknown_batch_goes(void **state)
{
    place *p = *state;
    world w = world_of(p);
    sample kept = sample_of(p, "name", "kept one", 1);
    sample lost = sample_of(p, "name", "lost canary", 2);
    sample next = sample_of(p, "name", "next one", 3);
    know(&w, &kept, 1);
    assert_int_equal(put(&w, &kept, 1, 1), MZ_OK);
    assert_int_equal(put(&w, &lost, 1, 2), MZ_OK); /* and the ledger's commit fails */
    assert_true(is_below(p->sealed, lost.text));
    know(&w, &next, 2);
    assert_int_equal(put(&w, &next, 1, 2), MZ_OK);
    assert_true(has(p, &kept) && has(p, &next) && !has(p, &lost));
    assert_false(is_below(p->sealed, lost.text));
    assert_int_equal(put(&w, &lost, 1, 3), MZ_OK); /* fails again, and then the log is opened */
    assert_int_equal(settle(&w, 3), MZ_OK);
    assert_true(has(p, &kept) && has(p, &next) && !has(p, &lost));
    assert_false(is_below(p->sealed, lost.text));
    assert_tidy(p);
    world_end(&w);
}

static void erasing_leaves_no_byte(void **state)
{
    place *p = *state;
    world w = world_of(p);
    sample s[60];
    char value[80];
    for (unsigned i = 0; i < 60; i++) {
        snprintf(value, sizeof value, "canary number %u of a longer value to fill pages", i);
        s[i] = sample_of(p, "name", value, i);
        know(&w, &s[i], i + 1);
        assert_int_equal(put(&w, &s[i], 1, i + 1), MZ_OK); /* pages are copied time and again */
    }
    erase(&w, &s[17], 61);
    assert_int_equal(settle(&w, 62), MZ_OK);
    assert_false(is_below(p->sealed, s[17].text));
    assert_false(has(p, &s[17]));
    erase(&w, &s[18], 70);
    erase(&w, &s[19], 71);
    assert_int_equal(settle(&w, 72), MZ_OK);
    assert_int_equal(settle(&w, 72), MZ_OK); /* nothing more to do */
    for (unsigned i = 0; i < 60; i++) {
        assert_int_equal(has(p, &s[i]), i < 17 || i > 19);
        assert_int_equal(is_below(p->sealed, s[i].text), i < 17 || i > 19);
    }
    assert_tidy(p);
    world_end(&w);
}

/* A newer store beside an older ledger, after a real loss: its count of erasures says nothing. */
static void a_store_ahead_begins_anew(void **state)
{
    place *p = *state;
    world w = world_of(p);
    sample s[2] = {sample_of(p, "name", "first", 1), sample_of(p, "name", "second", 2)};
    know(&w, &s[0], 1);
    know(&w, &s[1], 2);
    assert_int_equal(put(&w, s, 2, 1), MZ_OK);
    erase(&w, &s[0], 500);
    assert_int_equal(settle(&w, 501), MZ_OK);
    const mz_key_bytes key = mz_key_u64(MZ_KIND_ERASURE, 500);
    assert_int_equal(mz_state_erase(w.state, &key, NULL), MZ_OK);
    assert_int_equal(settle(&w, 10), MZ_OK);
    erase(&w, &s[1], 12);
    assert_int_equal(settle(&w, 13), MZ_OK);
    assert_false(has(p, &s[1]));
    world_end(&w);
}

static mz_key_bytes digest_key(const sample *s)
{
    mz_key_bytes key = mz_key_of(MZ_KIND_DIGEST);
    mz_key_add_text(&key, (mz_view){s->digest.bytes, MZ_HASH_SIZE});
    return key;
}

static mz_status check_store(world *w, uint64_t *count)
{
    mz_sealed *sealed = NULL;
    mz_reason why = {0};
    assert_int_equal(mz_sealed_open(w->p->sealed, ORIGIN, MZ_SEALED_READ, &sealed, NULL), MZ_OK);
    mz_status status = mz_sealed_check(sealed, w->state, count, &why);
    assert_int_equal(why.status, status);
    mz_sealed_close(sealed);
    return status;
}

static void checking_finds_what_is_wrong(void **state)
{
    place *p = *state;
    world w = world_of(p);
    uint64_t count = 0;
    sample s[2] = {sample_of(p, "name", "first", 1), sample_of(p, "name", "second", 2)};
    know(&w, &s[0], 1);
    know(&w, &s[1], 1);
    assert_int_equal(put(&w, s, 2, 1), MZ_OK);
    assert_int_equal(check_store(&w, &count), MZ_OK);
    assert_int_equal(count, 2);
    erase(&w, &s[1], 9); /* and not carried out */
    assert_int_equal(check_store(&w, &count), MZ_ERASURE_WAITS);
    assert_int_equal(settle(&w, 10), MZ_OK);
    assert_int_equal(check_store(&w, &count), MZ_OK);
    assert_int_equal(count, 1);
    know(&w, &s[0], 4); /* another entry's */
    assert_int_equal(check_store(&w, &count), MZ_CORRUPT);
    sample stranger = sample_of(p, "name", "third", 3);
    know(&w, &s[0], 1);
    assert_int_equal(put(&w, &stranger, 1, 1), MZ_OK);
    assert_int_equal(check_store(&w, &count), MZ_OK); /* its entry may be on its way */
    know(&w, &stranger, 1);
    sample next = sample_of(p, "name", "fourth", 4);
    know(&w, &next, 1);
    assert_int_equal(put(&w, &next, 1, 1), MZ_OK);
    const mz_key_bytes key = digest_key(&stranger);
    assert_int_equal(mz_state_erase(w.state, &key, NULL), MZ_OK);
    assert_int_equal(check_store(&w, &count), MZ_CORRUPT); /* not any more */
    memcpy(s[0].text, "WyJ", 3);                           /* not what its digest says */
    s[0].text[20] = s[0].text[20] == 'A' ? 'B' : 'A';
    know(&w, &stranger, 1);
    assert_int_equal(put(&w, s, 1, 1), MZ_OK);
    assert_int_equal(check_store(&w, &count), MZ_CORRUPT);
    world_end(&w);
}

static void a_copy_has_rows_and_no_pages(void **state)
{
    place *p = *state;
    world w = world_of(p);
    char to[128];
    uint64_t count = 9;
    snprintf(to, sizeof to, "%s/copy.sealed", p->root);
    assert_int_equal(mz_sealed_copy(p->sealed, ORIGIN, to, 100, &count, NULL), MZ_OK);
    assert_int_equal(count, 0);
    assert_false(mz_path_exists(to)); /* no store, no copy */
    sample s[3] = {sample_of(p, "name", "first", 1), sample_of(p, "name", "second", 2),
                   sample_of(p, "name", "third", 3)};
    for (size_t i = 0; i < 3; i++)
        know(&w, &s[i], i + 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(put(&w, &s[i], 1, i + 1), MZ_OK);
    assert_int_equal(mz_sealed_copy(p->sealed, ORIGIN, to, 3, &count, NULL), MZ_OK);
    assert_int_equal(count, 2);
    assert_true(is_below(to, s[0].text) && is_below(to, s[1].text));
    assert_false(is_below(to, s[2].text)); /* of an entry that the ledger's copy does not have */
    assert_int_equal(mz_sealed_copy(p->sealed, ORIGIN, to, 3, &count, NULL), MZ_EXISTS);
    memcpy(p->sealed, to, strlen(to) + 1); /* and it is a store */
    assert_true(has(p, &s[0]) && has(p, &s[1]) && !has(p, &s[2]));
    assert_tidy(p);
    world_end(&w);
}

/* --- trouble at every call of a rebuilding --- */

/* `erased` is in the log, `kept` is not; both were put. After the trouble, and after another
 * settling, which works: nothing else is lost, and what must go is gone. */
static void recovers(place *p, world *w, const sample *kept, const sample *erased)
{
    fault_kind = NO_FAULT;
    assert_true(has(p, kept)); /* whole at once, the old file or the new one */
    assert_int_equal(settle(w, 100), MZ_OK);
    assert_true(has(p, kept));
    assert_false(has(p, erased));
    assert_false(is_below(p->sealed, erased->text));
    assert_tidy(p);
}

static void whatever_fails_nothing_is_lost(void **state)
{
    place *p = *state;
    int failed = 0;
    for (int call = 0;; call++) {
        world w = world_of(p);
        char name[32];
        snprintf(name, sizeof name, "erased canary %d", call);
        sample kept = sample_of(p, "name", "kept", 1);
        sample erased = sample_of(p, "name", name, 2);
        know(&w, &kept, 1);
        know(&w, &erased, 2);
        assert_int_equal(put(&w, &kept, 1, 1), MZ_OK);
        assert_int_equal(put(&w, &erased, 1, 2), MZ_OK);
        erase(&w, &erased, (uint64_t)call + 3);
        fault_kind = ANSWER;
        countdown = call;
        mz_status status = settle(&w, 100);
        bool over = countdown >= 0;
        recovers(p, &w, &kept, &erased);
        world_end(&w);
        failed += status != MZ_OK ? 1 : 0;
        mz_folder_remove(p->sealed);
        if (over)
            break;
    }
    assert_true(failed >= 8); /* commits, syncs, the renaming, the removals */
}

static void wherever_it_dies_nothing_is_lost(void **state)
{
    place *p = *state;
    int died = 0;
    for (int call = 0;; call++) {
        world w = world_of(p);
        sample kept = sample_of(p, "name", "kept", 1);
        sample erased = sample_of(p, "name", "erased canary", 2);
        know(&w, &kept, 1);
        know(&w, &erased, 2);
        assert_int_equal(put(&w, &kept, 1, 1), MZ_OK);
        assert_int_equal(put(&w, &erased, 1, 2), MZ_OK);
        erase(&w, &erased, 3);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            fault_kind = DIE;
            countdown = call;
            _exit(settle(&w, 100) == MZ_OK ? 0 : 1);
        }
        int ended = 0;
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_true(WIFEXITED(ended));
        assert_true(WEXITSTATUS(ended) == 0 || WEXITSTATUS(ended) == DIES);
        recovers(p, &w, &kept, &erased);
        world_end(&w);
        mz_folder_remove(p->sealed);
        if (WEXITSTATUS(ended) == 0)
            break;
        died++;
    }
    assert_true(died >= 8);
}

/* --- with a ledger --- */

static mz_log *create(place *p)
{
    mz_buf genesis;
    mz_log *log = NULL;
    mz_buf_init(&genesis, MZ_JWS_SIZE_MAX);
    mz_sample_genesis(START, &genesis);
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&genesis), START, &log, NULL), MZ_OK);
    mz_buf_clear(&genesis);
    return log;
}

/* An entry that registers a party with a sealed name: `<jws>~<disclosure>~`, or the JWS alone. */
static void party(const sample *s, uint64_t number, bool with_disclosure, mz_buf *out)
{
    char body[200];
    snprintf(body, sizeof body, "{'party':'s-%llu','kind':'person','_sd':['%s']}",
             (unsigned long long)number, s->digest_text);
    mz_sample_sign("reg-a", number, START, "party.registered", NULL, body, out);
    if (with_disclosure)
        mz_buf_put_format(out, "~%s~", s->text);
}

/* The answer of the log, or where that is MZ_OK, of the entry. */
static mz_status submit(mz_log *log, mz_view text, bool *duplicate)
{
    mz_submission submission;
    mz_reason why = {0};
    mz_submission_init(&submission, text);
    mz_status status = mz_log_append(log, &submission, 1, START, &why);
    assert_int_equal(why.status, status);
    if (status == MZ_OK)
        status = submission.status;
    if (duplicate != NULL)
        *duplicate = submission.duplicate;
    mz_submission_clear(&submission);
    return status;
}

static mz_status submit_party(mz_log *log, const sample *s, uint64_t number, bool with_disclosure,
                              bool *duplicate)
{
    mz_buf text;
    mz_buf_init(&text, 2 * MZ_JWS_SIZE_MAX);
    party(s, number, with_disclosure, &text);
    mz_status status = submit(log, mz_buf_view(&text), duplicate);
    mz_buf_clear(&text);
    return status;
}

static void an_entry_brings_its_disclosures(void **state)
{
    place *p = *state;
    sample s[2] = {sample_of(p, "name", "canary one", 1), sample_of(p, "name", "canary two", 2)};
    bool duplicate = true;
    mz_log *log = create(p);
    assert_int_equal(submit_party(log, &s[0], 1, false, NULL), MZ_OK);
    assert_false(mz_path_exists(p->sealed)); /* nothing disclosed: nothing touched */
    assert_int_equal(submit_party(log, &s[1], 2, true, &duplicate), MZ_OK);
    assert_false(duplicate);
    assert_true(has(p, &s[1]));
    assert_int_equal(submit_party(log, &s[1], 2, true, &duplicate), MZ_OK);
    assert_true(duplicate);
    assert_int_equal(submit_party(log, &s[1], 2, false, &duplicate), MZ_OK);
    assert_true(duplicate);
    /* what was withheld may follow */
    assert_int_equal(submit_party(log, &s[0], 1, true, &duplicate), MZ_OK);
    assert_true(duplicate);
    assert_true(has(p, &s[0]) && has(p, &s[1]));
    mz_log_close(log);
    assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
    mz_log_close(log);
    assert_true(has(p, &s[0]) && has(p, &s[1]));
    assert_false(is_below(p->dir, s[1].text));
    assert_tidy(p);
}

static void a_refused_entry_leaves_nothing(void **state)
{
    place *p = *state;
    sample s = sample_of(p, "name", "canary one", 1), other = sample_of(p, "name", "other", 2);
    mz_buf text;
    mz_buf_init(&text, 2 * MZ_JWS_SIZE_MAX);
    mz_log *log = create(p);
    party(&s, 1, false, &text);
    mz_buf_put_format(&text, "~%s~", other.text);
    assert_int_equal(submit(log, mz_buf_view(&text), NULL), MZ_BAD_DISCLOSURE);
    party(&s, 1, true, &text);
    text.size--; /* the last tilde */
    assert_int_equal(submit(log, mz_buf_view(&text), NULL), MZ_BAD_DISCLOSURE);
    mz_sample_sign("nobody", 1, START, "party.registered", NULL, "{'party':'a','kind':'person'}",
                   &text);
    assert_int_equal(submit(log, mz_buf_view(&text), NULL), MZ_UNKNOWN_KEY);
    assert_false(mz_path_exists(p->sealed));
    /* refused by a rule, beside one that is accepted */
    mz_submission both[2];
    mz_buf second;
    mz_buf_init(&second, 2 * MZ_JWS_SIZE_MAX);
    party(&s, 1, true, &text);
    char body[256];
    sample recipients = sample_of(p, "recipients", "canary three", 3);
    snprintf(body, sizeof body,
             "{'proposal':'none','party':'p','booked_on':'2026-03-02','draws':"
             "[{'purpose':'general','amount_fen':1}],'bank_ref':'b','_sd':['%s']}",
             recipients.digest_text);
    mz_sample_sign("reg-a", 2, START, "payout.made", "none", body, &second);
    mz_buf_put_format(&second, "~%s~", recipients.text);
    mz_submission_init(&both[0], mz_buf_view(&text));
    mz_submission_init(&both[1], mz_buf_view(&second));
    assert_int_equal(mz_log_append(log, both, 2, START, NULL), MZ_OK);
    assert_int_equal(both[0].status, MZ_OK);
    assert_int_not_equal(both[1].status, MZ_OK);
    mz_submission_clear(&both[0]);
    mz_submission_clear(&both[1]);
    assert_true(has(p, &s));
    assert_false(has(p, &recipients));
    assert_false(is_below(p->sealed, recipients.text));
    mz_log_close(log);
    mz_buf_clear(&second);
    mz_buf_clear(&text);
}

static uint64_t size_of(mz_log *log)
{
    mz_snapshot *snapshot = NULL;
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    uint64_t size = mz_snapshot_size(snapshot);
    mz_snapshot_close(snapshot);
    return size;
}

/* Every commit of the append fails once: the store's own, the ledger's. No trace stays, whether the
 * next batch has disclosures, or none, or the log is opened anew; the same entry again is taken. */
static void a_failed_commit_leaves_nothing(void **state)
{
    place *p = *state;
    sample first = sample_of(p, "name", "first", 100), again;
    mz_log *log = create(p);
    assert_int_equal(submit_party(log, &first, 100, true, NULL), MZ_OK);
    for (unsigned round = 0; round < 6; round++) {
        sample lost = sample_of(p, "name", "lost canary", round);
        fault_kind = COMMIT_ANSWERS;
        countdown = round < 3 ? 0 : 1; /* the store's own, the ledger's */
        uint64_t before = size_of(log);
        assert_int_equal(submit_party(log, &lost, 1 + round, true, NULL), MZ_FULL);
        fault_kind = NO_FAULT;
        assert_int_equal(size_of(log), before);
        if (round % 3 == 0) {
            again = sample_of(p, "name", "again", 101 + round);
            assert_int_equal(submit_party(log, &again, 200 + round, true, NULL), MZ_OK);
        } else if (round % 3 == 1) {
            mz_buf plain;
            mz_buf_init(&plain, MZ_JWS_SIZE_MAX);
            mz_sample_party(300 + round, START, &plain);
            assert_int_equal(submit(log, mz_buf_view(&plain), NULL), MZ_OK);
            mz_buf_clear(&plain);
        } else {
            mz_log_close(log);
            assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
        }
        assert_false(has(p, &lost));
        assert_false(is_below(p->sealed, lost.text));
        assert_int_equal(submit_party(log, &lost, 1 + round, true, NULL), MZ_OK);
        assert_true(has(p, &lost) && has(p, &first));
    }
    mz_log_close(log);
    assert_tidy(p);
}

/* Killed between the two commits: at the next opening it is as if nothing had been sent. */
static void dying_between_the_commits_leaves_nothing(void **state)
{
    place *p = *state;
    sample s = sample_of(p, "name", "lost canary", 1);
    int died = 0;
    mz_log *log = create(p);
    mz_log_close(log);
    for (int call = 0; call < 40; call++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            fault_kind = DIE;
            countdown = call;
            bool fine = mz_log_open(&p->options, &log, NULL) == MZ_OK &&
                        submit_party(log, &s, 1, true, NULL) == MZ_OK;
            _exit(fine ? 0 : 1);
        }
        int ended = 0;
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
        bool in_log = size_of(log) == 2;
        mz_log_close(log);
        /* In the log and in the store, or in neither. */
        assert_int_equal(has(p, &s), in_log);
        assert_int_equal(mz_path_exists(p->sealed) && is_below(p->sealed, s.text), in_log);
        if (in_log)
            break;
        assert_int_equal(WEXITSTATUS(ended), DIES);
        died++;
    }
    assert_true(died >= 3);
}

static mz_status submit_text(mz_log *log, const char *who, uint64_t number, const char *event,
                             const char *body)
{
    mz_buf text;
    mz_buf_init(&text, MZ_JWS_SIZE_MAX);
    mz_sample_sign(who, number, START, event, NULL, body, &text);
    mz_status status = submit(log, mz_buf_view(&text), NULL);
    mz_buf_clear(&text);
    return status;
}

/* record.erased of the digest, numbered `number`, and what confirms it. */
static mz_status erase_in_log(mz_log *log, const sample *s, uint64_t number)
{
    char body[200], jti_text[MZ_UUID_TEXT_SIZE];
    uint8_t jti[16];
    snprintf(body, sizeof body, "{'disclosures':['%s'],'ground':'asked for'}", s->digest_text);
    assert_int_equal(submit_text(log, "reg-a", number, "record.erased", body), MZ_OK);
    mz_sample_jti(number, START, jti);
    mz_uuid_text(jti, jti_text);
    snprintf(body, sizeof body, "{'target':'%s'}", jti_text);
    return submit_text(log, "aud", number + 1, "registry.confirmed", body);
}

/* An erasure follows its confirmation at once. Where the file cannot be rewritten the entries are
 * in, the answer says so, nothing more is written, and the next opening does it. */
static void an_erasure_follows_its_confirmation(void **state)
{
    place *p = *state;
    mz_buf enrolled, confirmed;
    sample s[3] = {sample_of(p, "name", "first canary", 1),
                   sample_of(p, "name", "second canary", 2), sample_of(p, "name", "kept", 3)};
    mz_log *log = create(p);
    mz_buf_init(&enrolled, MZ_JWS_SIZE_MAX);
    mz_buf_init(&confirmed, MZ_JWS_SIZE_MAX);
    mz_sample_enrol("aud", "auditor", "", 50, START, &enrolled, &confirmed);
    assert_int_equal(submit(log, mz_buf_view(&enrolled), NULL), MZ_OK);
    assert_int_equal(submit(log, mz_buf_view(&confirmed), NULL), MZ_OK);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(submit_party(log, &s[i], 1 + i, true, NULL), MZ_OK);
    assert_int_equal(erase_in_log(log, &s[0], 60), MZ_OK);
    assert_false(has(p, &s[0]));
    assert_false(is_below(p->sealed, s[0].text));
    uint64_t before = size_of(log);
    fault_kind = LINK_ANSWERS;
    countdown = 0;
    assert_int_equal(erase_in_log(log, &s[1], 70), MZ_ERASURE_WAITS);
    fault_kind = NO_FAULT;
    assert_int_equal(size_of(log), before + 2);
    assert_int_equal(mz_log_stopped(log), MZ_ERASURE_WAITS);
    assert_int_equal(submit_party(log, &s[2], 3, true, NULL), MZ_ERASURE_WAITS);
    mz_log_close(log);
    assert_int_equal(mz_log_open(&p->options, &log, NULL), MZ_OK);
    assert_false(has(p, &s[1]));
    assert_false(is_below(p->sealed, s[1].text));
    bool duplicate = false;
    assert_int_equal(submit_party(log, &s[1], 2, true, &duplicate), MZ_OK);
    assert_true(duplicate);
    assert_false(is_below(p->sealed, s[1].text)); /* never stored again */
    assert_true(has(p, &s[2]));
    mz_check_result result;
    mz_log_close(log);
    assert_int_equal(mz_check(p->dir, NULL, &result, NULL), MZ_OK);
    assert_tidy(p);
    mz_buf_clear(&enrolled);
    mz_buf_clear(&confirmed);
}

/* More disclosures than one transaction of the store takes. */
static void a_large_batch_is_split(void **state)
{
    enum { COUNT = 1100 };
    place *p = *state;
    static mz_submission batch[COUNT];
    mz_buf *texts = calloc(COUNT, sizeof *texts);
    assert_non_null(texts);
    mz_log *log = create(p);
    for (unsigned i = 0; i < COUNT; i++) {
        sample s = sample_of(p, "name", "one of a large batch", i);
        mz_buf_init(&texts[i], 2 * MZ_JWS_SIZE_MAX);
        party(&s, 1 + i, true, &texts[i]);
        mz_submission_init(&batch[i], mz_buf_view(&texts[i]));
    }
    assert_int_equal(mz_log_append(log, batch, COUNT, START, NULL), MZ_OK);
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(batch[i].status, MZ_OK);
        mz_submission_clear(&batch[i]);
        mz_buf_clear(&texts[i]);
        sample s = sample_of(p, "name", "one of a large batch", i);
        if (i % 100 == 0 || i + 1 == COUNT)
            assert_true(has(p, &s));
    }
    mz_snapshot *snapshot = NULL;
    mz_sealed *sealed = NULL;
    uint64_t count = 0;
    assert_int_equal(mz_sealed_open(p->sealed, ORIGIN, MZ_SEALED_READ, &sealed, NULL), MZ_OK);
    assert_int_equal(mz_snapshot_open(log, &snapshot, NULL), MZ_OK);
    assert_int_equal(mz_sealed_check(sealed, mz_snapshot_changes(snapshot), &count, NULL), MZ_OK);
    assert_int_equal(count, COUNT);
    mz_snapshot_close(snapshot);
    mz_sealed_close(sealed);
    mz_log_close(log);
    free(texts);
}

/* Each entry from a process of its own that opens the ledger: none takes another's disclosures, put
 * but not committed yet, for leavings. */
static void many_processes_lose_nothing(void **state)
{
    enum { PROCESSES = 6, ENTRIES = 6 };
    place *p = *state;
    pid_t children[PROCESSES];
    mz_log_close(create(p));
    for (unsigned k = 0; k < PROCESSES; k++) {
        children[k] = fork();
        assert_true(children[k] >= 0);
        bool fine = true;
        for (unsigned i = 0; children[k] == 0 && i < ENTRIES; i++) {
            mz_log *log = NULL;
            sample s = sample_of(p, "name", "one of many", k * ENTRIES + i);
            fine = fine && mz_log_open(&p->options, &log, NULL) == MZ_OK &&
                   submit_party(log, &s, 1 + k * ENTRIES + i, true, NULL) == MZ_OK;
            mz_log_close(log);
        }
        if (children[k] == 0)
            _exit(fine ? 0 : 1);
    }
    for (unsigned k = 0; k < PROCESSES; k++) {
        int ended = 0;
        assert_int_equal(waitpid(children[k], &ended, 0), children[k]);
        assert_int_equal(ended, 0);
    }
    for (unsigned i = 0; i < PROCESSES * ENTRIES; i++) {
        sample s = sample_of(p, "name", "one of many", i);
        assert_true(has(p, &s));
    }
    assert_tidy(p);
}

static void a_ledger_that_does_not_come_to_be_leaves_no_store(void **state)
{
    place *p = *state;
    mz_buf text;
    mz_log *log = NULL;
    sample name = sample_of(p, "registrars/0/name", "canary", 1);
    mz_buf_init(&text, 2 * MZ_JWS_SIZE_MAX);
    mz_sample_genesis_sealed(START, name.digest_text, &text);
    mz_buf_put_format(&text, "~%s~", name.text);
    for (int call = 0;; call++) {
        assert_true(call < 60);
        fault_kind = ANSWER;
        countdown = call;
        mz_status status = mz_log_create(&p->options, mz_buf_view(&text), START, &log, NULL);
        fault_kind = NO_FAULT;
        if (status == MZ_OK)
            break;
        if (!mz_path_exists(p->dir)) /* else it came to be, and opening it failed */
            assert_false(mz_path_exists(p->sealed));
        mz_folder_remove(p->dir);
        mz_folder_remove(p->sealed);
        char second[128];
        snprintf(second, sizeof second, "%s.checkpoint", p->dir);
        unlink(second);
    }
    assert_true(has(p, &name));
    mz_log_close(log);
    mz_folder_remove(p->dir);
    char second[128];
    snprintf(second, sizeof second, "%s.checkpoint", p->dir);
    unlink(second);
    /* and a store that is there is not taken over */
    assert_int_equal(mz_log_create(&p->options, mz_buf_view(&text), START, &log, NULL), MZ_EXISTS);
    assert_true(has(p, &name));
    mz_buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(puts_and_gives_back),
        TEST(another_ledgers_store_is_refused),
        TEST(an_unknown_batch_goes),
        TEST(erasing_leaves_no_byte),
        TEST(a_store_ahead_begins_anew),
        TEST(checking_finds_what_is_wrong),
        TEST(a_copy_has_rows_and_no_pages),
        TEST(whatever_fails_nothing_is_lost),
        TEST(wherever_it_dies_nothing_is_lost),
        TEST(an_entry_brings_its_disclosures),
        TEST(a_refused_entry_leaves_nothing),
        TEST(a_failed_commit_leaves_nothing),
        TEST(dying_between_the_commits_leaves_nothing),
        TEST(an_erasure_follows_its_confirmation),
        TEST(a_large_batch_is_split),
        TEST(many_processes_lose_nothing),
        TEST(a_ledger_that_does_not_come_to_be_leaves_no_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
