#include "log/evidence.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edge/clock.h"
#include "log/files.h"

#define PATH_SIZE 4400
#define PART_SIZE 65536
#define NAME_SIZE 65 /* 64 digits and a NUL */
#define STAGED_PREFIX "staged-"
#define STAGED_NAME_SIZE (sizeof STAGED_PREFIX + 16)

struct mz_evidence_folder {
    char path[PATH_SIZE]; /* for messages; the work is done below fd */
    int fd;
    bool locked;
    mz_hasher *hasher;
};

struct mz_staged {
    mz_evidence_folder *folder;
    char path[PATH_SIZE];        /* of what was staged, for messages */
    int source_fd;               /* -1: bytes in memory, which cannot change */
    struct stat source;          /* when it was copied */
    int fd;                      /* of the copy; the lock on it says that it is in use */
    char name[STAGED_NAME_SIZE]; /* of the copy; empty once it has its place */
    bool put_in_place;           /* by mz_evidence_keep, where no whole document was */
    mz_hash sha256;
    int64_t size;
};

struct mz_evidence_reader {
    int fd;
    mz_hasher *hasher;
    mz_hash sha256;
    int64_t size; /* read so far */
    uint8_t part[PART_SIZE];
};

static mz_status refuse_id(mz_reason *why, mz_status status, const mz_hash *sha256)
{
    char id[NAME_SIZE];
    mz_hex_32(sha256->bytes, id);
    return mz_refuse(why, status, mz_words("id", id));
}

/* ---- the folder ---- */

bool mz_evidence_path(const char *dir, char *path, size_t path_size)
{
    return mz_path_beside(dir, ".evidence", path, path_size);
}

static mz_status make_folder(const char *path, mz_reason *why)
{
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? MZ_OK : mz_file_failed(why, path, errno);
    return mz_parent_sync(path, why);
}

mz_status mz_evidence_open(const char *path, bool create, mz_evidence_folder **out, mz_reason *why)
{
    mz_evidence_folder *folder = calloc(1, sizeof *folder);
    if (folder == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    folder->fd = -1;
    mz_status status = mz_path_beside(path, "", folder->path, sizeof folder->path)
                           ? MZ_OK
                           : mz_file_failed(why, path, ENAMETOOLONG);
    if (status == MZ_OK && create)
        status = make_folder(folder->path, why);
    if (status == MZ_OK) {
        folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder->fd < 0 && errno == ENOENT)
            status = MZ_NOT_FOUND;
        else if (folder->fd < 0)
            status = mz_file_failed(why, folder->path, errno);
    }
    if (status == MZ_OK && (folder->hasher = mz_hasher_new()) == NULL)
        status = mz_refuse(why, MZ_NO_MEMORY);
    if (status == MZ_OK)
        *out = folder;
    else
        mz_evidence_close(folder);
    return status;
}

void mz_evidence_close(mz_evidence_folder *folder)
{
    if (folder == NULL)
        return;
    if (folder->fd >= 0)
        close(folder->fd); /* which ends the lock */
    mz_hasher_free(folder->hasher);
    free(folder);
}

mz_status mz_evidence_lock(mz_evidence_folder *folder, mz_reason *why)
{
    assert(!folder->locked);
    while (flock(folder->fd, LOCK_EX) != 0) {
        if (errno != EINTR)
            return mz_file_failed(why, folder->path, errno);
    }
    folder->locked = true;
    return MZ_OK;
}

void mz_evidence_unlock(mz_evidence_folder *folder)
{
    assert(folder->locked);
    (void)flock(folder->fd, LOCK_UN);
    folder->locked = false;
}

bool mz_evidence_locked(const mz_evidence_folder *folder)
{
    return folder->locked;
}

/* ---- where a document lies ---- */

typedef struct place {
    char shelf[3]; /* the folder of its first two digits */
    char name[NAME_SIZE];
} place;

static place place_of(const mz_hash *sha256)
{
    place at;
    mz_hex_32(sha256->bytes, at.name);
    memcpy(at.shelf, at.name, 2);
    at.shelf[2] = '\0';
    return at;
}

static int open_shelf(const mz_evidence_folder *folder, const char *shelf)
{
    return openat(folder->fd, shelf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Its shelf, made if need be. */
static mz_status need_shelf(const mz_evidence_folder *folder, const char *shelf, int *fd,
                            mz_reason *why)
{
    if (mkdirat(folder->fd, shelf, 0700) != 0 && errno != EEXIST)
        return mz_file_failed(why, folder->path, errno);
    *fd = open_shelf(folder, shelf);
    return *fd < 0 ? mz_file_failed(why, folder->path, errno) : MZ_OK;
}

/* MZ_DOCUMENT_MISSING; MZ_DOCUMENT_DAMAGED for what is not a file. */
static mz_status open_document(mz_evidence_folder *folder, const mz_hash *sha256, int *fd,
                               struct stat *facts, mz_reason *why)
{
    place at = place_of(sha256);
    int shelf = open_shelf(folder, at.shelf);
    if (shelf < 0)
        return errno == ENOENT ? refuse_id(why, MZ_DOCUMENT_MISSING, sha256)
                               : mz_file_failed(why, folder->path, errno);
    *fd = openat(shelf, at.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int error = errno;
    close(shelf);
    if (*fd < 0 && error == ENOENT)
        return refuse_id(why, MZ_DOCUMENT_MISSING, sha256);
    if (*fd < 0 && error != ELOOP)
        return mz_file_failed(why, at.name, error);
    if (*fd >= 0 && fstat(*fd, facts) == 0 && S_ISREG(facts->st_mode))
        return MZ_OK;
    if (*fd >= 0)
        close(*fd);
    return refuse_id(why, MZ_DOCUMENT_DAMAGED, sha256);
}

/* ---- what is to be a document ---- */

static mz_status check_facts(const struct stat *facts, const char *path, mz_reason *why)
{
    if (!S_ISREG(facts->st_mode))
        return mz_refuse(why, MZ_NOT_A_DOCUMENT, mz_words("path", path));
    if (facts->st_size > MZ_EVIDENCE_SIZE_MAX)
        return mz_refuse(why, MZ_DOCUMENT_TOO_LARGE, mz_words("path", path),
                         mz_count("size", facts->st_size), mz_count("limit", MZ_EVIDENCE_SIZE_MAX));
    return MZ_OK;
}

mz_status mz_evidence_source(const char *path, int *fd, mz_reason *why)
{
    struct stat facts;
    /* O_NONBLOCK: a pipe without a writer must not hold us up; it does nothing to a file. */
    int opened = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0)
        return errno == ELOOP || errno == ENXIO
                   ? mz_refuse(why, MZ_NOT_A_DOCUMENT, mz_words("path", path))
                   : mz_file_failed(why, path, errno);
    mz_status status = fstat(opened, &facts) == 0 ? check_facts(&facts, path, why)
                                                  : mz_file_failed(why, path, errno);
    if (status == MZ_OK)
        *fd = opened;
    else
        close(opened);
    return status;
}

static bool same_time(struct timespec left, struct timespec right)
{
    return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

static mz_status check_unchanged(int fd, const struct stat *before, const char *path,
                                 mz_reason *why)
{
    struct stat now;
    if (fstat(fd, &now) != 0)
        return mz_file_failed(why, path, errno);
    bool same = now.st_size == before->st_size && now.st_nlink == before->st_nlink &&
                same_time(now.st_mtim, before->st_mtim) && same_time(now.st_ctim, before->st_ctim);
    return same ? MZ_OK : mz_refuse(why, MZ_DOCUMENT_CHANGED, mz_words("path", path));
}

/* Hashes all of `from`, and copies it unless `to` is negative. */
static mz_status pass_through(mz_hasher *hasher, int from, const char *path, int to,
                              const char *to_path, mz_hash *sha256, int64_t *size, mz_reason *why)
{
    uint8_t part[PART_SIZE];
    mz_status status = MZ_OK;
    *size = 0;
    mz_hash_begin(hasher);
    for (;;) {
        ssize_t got = pread(from, part, sizeof part, *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mz_file_failed(why, path, errno);
        if (got == 0)
            break;
        *size += got;
        if (*size > MZ_EVIDENCE_SIZE_MAX) /* it grows under our hands */
            return mz_refuse(why, MZ_DOCUMENT_CHANGED, mz_words("path", path));
        mz_hash_add(hasher, (mz_view){part, (size_t)got});
        if (to >= 0)
            status = mz_file_write(to, to_path, (mz_view){part, (size_t)got}, why);
        if (status != MZ_OK)
            return status;
    }
    *sha256 = mz_hash_end(hasher);
    return MZ_OK;
}

mz_status mz_evidence_measure(mz_hasher *hasher, int fd, const char *path, mz_hash *sha256,
                              int64_t *size, mz_reason *why)
{
    struct stat facts;
    mz_status status =
        fstat(fd, &facts) == 0 ? check_facts(&facts, path, why) : mz_file_failed(why, path, errno);
    if (status == MZ_OK)
        status = pass_through(hasher, fd, path, -1, NULL, sha256, size, why);
    return status == MZ_OK ? check_unchanged(fd, &facts, path, why) : status;
}

/* ---- staging ---- */

static DIR *open_listing(int fd)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a place of its own to read */
    DIR *listing = own < 0 ? NULL : fdopendir(own);
    if (listing == NULL && own >= 0)
        close(own);
    return listing;
}

/* Removes copies on which nobody holds a lock. Only while the folder is locked, so that none is
 * caught between its making and its lock. */
static void sweep(const mz_evidence_folder *folder)
{
    DIR *listing = open_listing(folder->fd);
    if (listing == NULL)
        return;
    for (struct dirent *item; (item = readdir(listing)) != NULL;) {
        if (strncmp(item->d_name, STAGED_PREFIX, strlen(STAGED_PREFIX)) != 0)
            continue;
        int fd = openat(folder->fd, item->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            (void)unlinkat(folder->fd, item->d_name, 0);
        close(fd);
    }
    closedir(listing);
}

static mz_status create_copy(mz_staged *staged, mz_reason *why)
{
    const mz_evidence_folder *folder = staged->folder;
    uint8_t number[8];
    mz_status status = mz_random(number, sizeof number, why);
    if (status != MZ_OK)
        return status;
    snprintf(staged->name, sizeof staged->name, STAGED_PREFIX "%016llx",
             (unsigned long long)mz_be64_get(number));
    staged->fd = openat(folder->fd, staged->name,
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (staged->fd < 0) {
        staged->name[0] = '\0';
        return mz_file_failed(why, folder->path, errno);
    }
    return flock(staged->fd, LOCK_EX | LOCK_NB) == 0 ? MZ_OK
                                                     : mz_file_failed(why, folder->path, errno);
}

static mz_status begin_copy(mz_evidence_folder *folder, const char *path, mz_staged **out,
                            mz_reason *why)
{
    mz_staged *staged = calloc(1, sizeof *staged);
    if (staged == NULL)
        return mz_refuse(why, MZ_NO_MEMORY);
    staged->folder = folder;
    staged->fd = -1;
    staged->source_fd = -1;
    snprintf(staged->path, sizeof staged->path, "%s", path);
    *out = staged; /* ended by the caller, whatever is answered */
    bool was_locked = folder->locked;
    mz_status status = was_locked ? MZ_OK : mz_evidence_lock(folder, why);
    if (status != MZ_OK)
        return status;
    sweep(folder);
    status = create_copy(staged, why);
    if (!was_locked)
        mz_evidence_unlock(folder);
    return status;
}

static mz_status end_copy(mz_staged *staged, mz_status status, mz_staged **out, mz_reason *why)
{
    if (status == MZ_OK && fsync(staged->fd) != 0)
        status = mz_file_failed(why, staged->folder->path, errno);
    if (status == MZ_OK)
        *out = staged;
    else
        mz_staged_end(staged);
    return status;
}

mz_status mz_evidence_stage(mz_evidence_folder *folder, int fd, const char *path, mz_staged **out,
                            mz_reason *why)
{
    mz_staged *staged = NULL;
    mz_status status = begin_copy(folder, path, &staged, why);
    if (staged == NULL)
        return status;
    if (status == MZ_OK && (staged->source_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
        status = mz_file_failed(why, path, errno);
    if (status == MZ_OK && fstat(fd, &staged->source) != 0)
        status = mz_file_failed(why, path, errno);
    if (status == MZ_OK)
        status = check_facts(&staged->source, path, why);
    if (status == MZ_OK)
        status = pass_through(folder->hasher, fd, path, staged->fd, folder->path, &staged->sha256,
                              &staged->size, why);
    if (status == MZ_OK)
        status = check_unchanged(fd, &staged->source, path, why);
    return end_copy(staged, status, out, why);
}

mz_status mz_evidence_stage_bytes(mz_evidence_folder *folder, mz_view bytes, const char *name,
                                  mz_staged **out, mz_reason *why)
{
    mz_staged *staged = NULL;
    if (bytes.size > (size_t)MZ_EVIDENCE_SIZE_MAX)
        return mz_refuse(why, MZ_DOCUMENT_TOO_LARGE, mz_words("path", name),
                         mz_count("size", (int64_t)bytes.size),
                         mz_count("limit", MZ_EVIDENCE_SIZE_MAX));
    mz_status status = begin_copy(folder, name, &staged, why);
    if (staged == NULL)
        return status;
    if (status == MZ_OK)
        status = mz_file_write(staged->fd, folder->path, bytes, why);
    staged->sha256 = mz_hash_parts(folder->hasher, &bytes, 1);
    staged->size = (int64_t)bytes.size;
    return end_copy(staged, status, out, why);
}

mz_hash mz_staged_hash(const mz_staged *staged)
{
    return staged->sha256;
}

int64_t mz_staged_size(const mz_staged *staged)
{
    return staged->size;
}

/* ---- keeping ---- */

static mz_status put_in_place(mz_staged *staged, mz_reason *why)
{
    const mz_evidence_folder *folder = staged->folder;
    place at = place_of(&staged->sha256);
    int shelf = -1;
    mz_status status = need_shelf(folder, at.shelf, &shelf, why);
    if (status != MZ_OK)
        return status;
    if (renameat(folder->fd, staged->name, shelf, at.name) != 0) {
        status = mz_file_failed(why, at.name, errno);
    } else {
        staged->name[0] = '\0';
        staged->put_in_place = true;
        /* The shelf's own name too: who made it may have died before its sync. */
        if (fsync(shelf) != 0 || fsync(folder->fd) != 0)
            status = mz_file_failed(why, at.name, errno);
    }
    close(shelf);
    return status;
}

mz_status mz_evidence_keep(mz_staged *staged, mz_reason *why)
{
    mz_evidence_folder *folder = staged->folder;
    assert(folder->locked);
    if (staged->name[0] == '\0')
        return MZ_OK;
    mz_status status = staged->source_fd < 0
                           ? MZ_OK
                           : check_unchanged(staged->source_fd, &staged->source, staged->path, why);
    if (status != MZ_OK)
        return status;
    mz_status found = mz_evidence_verify(folder, &staged->sha256, NULL);
    if (found == MZ_OK) {
        (void)unlinkat(folder->fd, staged->name, 0);
        staged->name[0] = '\0';
        return MZ_OK;
    }
    return put_in_place(staged, why);
}

void mz_staged_take_back(mz_staged *staged)
{
    const mz_evidence_folder *folder = staged->folder;
    assert(folder->locked);
    if (!staged->put_in_place)
        return;
    place at = place_of(&staged->sha256);
    int shelf = open_shelf(folder, at.shelf);
    if (shelf >= 0) {
        (void)unlinkat(shelf, at.name, 0);
        close(shelf);
        (void)unlinkat(folder->fd, at.shelf, AT_REMOVEDIR); /* stays while something is in it */
    }
    staged->put_in_place = false;
}

void mz_staged_end(mz_staged *staged)
{
    if (staged == NULL)
        return;
    if (staged->name[0] != '\0')
        (void)unlinkat(staged->folder->fd, staged->name, 0);
    if (staged->fd >= 0)
        close(staged->fd);
    if (staged->source_fd >= 0)
        close(staged->source_fd);
    free(staged);
}

/* ---- reading ---- */

mz_status mz_evidence_size(mz_evidence_folder *folder, const mz_hash *sha256, int64_t *size,
                           mz_reason *why)
{
    int fd = -1;
    struct stat facts;
    mz_status status = open_document(folder, sha256, &fd, &facts, why);
    if (status != MZ_OK)
        return status;
    close(fd);
    *size = facts.st_size;
    return MZ_OK;
}

mz_status mz_evidence_reader_open(mz_evidence_folder *folder, const mz_hash *sha256,
                                  mz_evidence_reader **out, mz_reason *why)
{
    int fd = -1;
    struct stat facts;
    mz_status status = open_document(folder, sha256, &fd, &facts, why);
    if (status != MZ_OK)
        return status;
    mz_evidence_reader *reader = calloc(1, sizeof *reader);
    mz_hasher *hasher = mz_hasher_new();
    if (reader == NULL || hasher == NULL) {
        free(reader);
        mz_hasher_free(hasher);
        close(fd);
        return mz_refuse(why, MZ_NO_MEMORY);
    }
    reader->fd = fd;
    reader->hasher = hasher;
    reader->sha256 = *sha256;
    mz_hash_begin(hasher);
    *out = reader;
    return MZ_OK;
}

mz_status mz_evidence_reader_next(mz_evidence_reader *reader, mz_view *part, mz_reason *why)
{
    ssize_t got;
    do
        got = read(reader->fd, reader->part, sizeof reader->part);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        char id[NAME_SIZE];
        mz_hex_32(reader->sha256.bytes, id);
        return mz_file_failed(why, id, errno);
    }
    reader->size += got;
    *part = (mz_view){reader->part, (size_t)got};
    mz_hash_add(reader->hasher, *part);
    bool fits = reader->size <= MZ_EVIDENCE_SIZE_MAX;
    if (fits && got == 0) {
        mz_hash sha256 = mz_hash_end(reader->hasher);
        mz_hash_begin(reader->hasher);
        fits = mz_hash_equal(&sha256, &reader->sha256);
    }
    return fits ? MZ_OK : refuse_id(why, MZ_DOCUMENT_DAMAGED, &reader->sha256);
}

void mz_evidence_reader_close(mz_evidence_reader *reader)
{
    if (reader == NULL)
        return;
    close(reader->fd);
    mz_hasher_free(reader->hasher);
    free(reader);
}

mz_status mz_evidence_verify(mz_evidence_folder *folder, const mz_hash *sha256, mz_reason *why)
{
    mz_evidence_reader *reader = NULL;
    mz_view part = {NULL, 1};
    mz_status status = mz_evidence_reader_open(folder, sha256, &reader, why);
    while (reader != NULL && status == MZ_OK && part.size > 0)
        status = mz_evidence_reader_next(reader, &part, why);
    mz_evidence_reader_close(reader);
    return status;
}

mz_status mz_evidence_copy(mz_evidence_folder *folder, const mz_hash *sha256,
                           mz_evidence_folder *to, int64_t *size, mz_reason *why)
{
    int fd = -1;
    struct stat facts;
    char id[NAME_SIZE];
    mz_staged *staged = NULL;
    mz_hex_32(sha256->bytes, id);
    mz_status status = open_document(folder, sha256, &fd, &facts, why);
    if (status != MZ_OK)
        return status;
    status = mz_evidence_stage(to, fd, id, &staged, why);
    close(fd);
    if (staged == NULL)
        return status;
    if (!mz_hash_equal(&staged->sha256, sha256))
        status = refuse_id(why, MZ_DOCUMENT_DAMAGED, sha256);
    if (status == MZ_OK)
        status = mz_evidence_keep(staged, why);
    if (status == MZ_OK)
        *size = staged->size;
    mz_staged_end(staged);
    return status;
}

/* ---- listing ---- */

static bool is_shelf(const char *name)
{
    uint8_t byte;
    size_t size;
    return strlen(name) == 2 && mz_hex_decode(mz_view_of(name), &byte, 1, &size);
}

static mz_status list_shelf(const mz_evidence_folder *folder, const char *shelf,
                            mz_evidence_visit *visit, void *context, mz_reason *why)
{
    char name[3 + 256];
    mz_status status = MZ_OK;
    int fd = open_shelf(folder, shelf);
    DIR *listing = fd < 0 ? NULL : open_listing(fd);
    if (fd >= 0)
        close(fd);
    if (listing == NULL) {
        mz_evidence_item item = {.name = shelf};
        return errno == ENOTDIR || errno == ELOOP ? visit(context, &item, why)
                                                  : mz_file_failed(why, folder->path, errno);
    }
    for (struct dirent *found; status == MZ_OK && (found = readdir(listing)) != NULL;) {
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
            continue;
        size_t size;
        mz_evidence_item item = {.name = name};
        snprintf(name, sizeof name, "%.2s/%.255s", shelf, found->d_name);
        item.is_document =
            strncmp(found->d_name, shelf, 2) == 0 &&
            mz_hex_decode(mz_view_of(found->d_name), item.sha256.bytes, MZ_HASH_SIZE, &size) &&
            size == MZ_HASH_SIZE;
        status = visit(context, &item, why);
    }
    closedir(listing);
    return status;
}

mz_status mz_evidence_list(mz_evidence_folder *folder, mz_evidence_visit *visit, void *context,
                           mz_reason *why)
{
    mz_status status = MZ_OK;
    DIR *listing = open_listing(folder->fd);
    if (listing == NULL)
        return mz_file_failed(why, folder->path, errno);
    for (struct dirent *found; status == MZ_OK && (found = readdir(listing)) != NULL;) {
        const char *name = found->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            strncmp(name, STAGED_PREFIX, strlen(STAGED_PREFIX)) == 0)
            continue;
        mz_evidence_item item = {.name = name};
        status = is_shelf(name) ? list_shelf(folder, name, visit, context, why)
                                : visit(context, &item, why);
    }
    closedir(listing);
    return status;
}
