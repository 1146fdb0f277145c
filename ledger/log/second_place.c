#include "log/second_place.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log/files.h"

#define PATH_SIZE 4400
#define SYNC_EVERY_S 1

struct mz_second_place {
    char path[PATH_SIZE];
    char spare_path[PATH_SIZE]; /* the checkpoint before, to be written over by the next */
    char lock_path[PATH_SIZE];
    /* While something is prepared, else -1: */
    int lock_fd, spare_fd;
    bool grown; /* the spare is longer than it was, or new */
    /* The thread that syncs, made with the first publication. */
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Under the mutex: */
    bool dirty;
    bool ending;
};

mz_second_place *mz_second_place_new(const char *path)
{
    mz_second_place *place = calloc(1, sizeof *place);
    if (place == NULL)
        return NULL;
    if (!mz_path_beside(path, "", place->path, sizeof place->path) ||
        !mz_path_beside(path, ".before", place->spare_path, sizeof place->spare_path) ||
        !mz_path_beside(path, ".lock", place->lock_path, sizeof place->lock_path)) {
        free(place);
        return NULL;
    }
    place->lock_fd = place->spare_fd = -1;
    pthread_mutex_init(&place->mutex, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&place->changed, &steady);
    pthread_condattr_destroy(&steady);
    return place;
}

static bool sync_file(const mz_second_place *place)
{
    return mz_path_sync(place->path, NULL) == MZ_OK && mz_parent_sync(place->path, NULL) == MZ_OK;
}

static void *sync_main(void *argument)
{
    mz_second_place *place = argument;
    pthread_mutex_lock(&place->mutex);
    for (;;) {
        while (!place->dirty && !place->ending)
            pthread_cond_wait(&place->changed, &place->mutex);
        if (place->ending)
            break;
        place->dirty = false;
        pthread_mutex_unlock(&place->mutex);
        bool synced = sync_file(place);
        pthread_mutex_lock(&place->mutex);
        place->dirty = place->dirty || !synced; /* tried again in a second */
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += SYNC_EVERY_S;
        while (!place->ending &&
               pthread_cond_timedwait(&place->changed, &place->mutex, &until) != ETIMEDOUT) {
        }
    }
    pthread_mutex_unlock(&place->mutex);
    return NULL;
}

void mz_second_place_free(mz_second_place *place)
{
    if (place == NULL)
        return;
    assert(place->lock_fd < 0);
    pthread_mutex_lock(&place->mutex);
    place->ending = true;
    pthread_cond_signal(&place->changed);
    pthread_mutex_unlock(&place->mutex);
    if (place->has_thread)
        pthread_join(place->thread, NULL);
    if (place->dirty)
        place->dirty = !sync_file(place);
    pthread_cond_destroy(&place->changed);
    pthread_mutex_destroy(&place->mutex);
    free(place);
}

/* A file that was opened and has lost its name since may be written over while it is read. */
static bool has_name(int fd, const char *path)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

static mz_status read_named(const char *path, mz_buf *note, mz_reason *why)
{
    for (;;) {
        mz_buf_reset(note);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return errno == ENOENT ? MZ_NOT_FOUND : mz_file_failed(why, path, errno);
        mz_status status = mz_file_read_open(fd, path, note, why);
        bool same = has_name(fd, path);
        close(fd);
        if (status != MZ_OK || same)
            return status;
    }
}

mz_status mz_second_place_read(const char *path, mz_buf *note, mz_checkpoint *checkpoint,
                               mz_reason *why)
{
    mz_note parsed;
    mz_status status = read_named(path, note, why);
    /* Renamed, but not yet synced when the power failed: the same as none. */
    if (status == MZ_NOT_FOUND || (status == MZ_OK && note->size == 0))
        return mz_refuse(why, MZ_NO_SECOND_PLACE, mz_words("path", path));
    if (status == MZ_OK)
        status = mz_note_parse(mz_buf_view(note), &parsed, why);
    if (status == MZ_OK)
        status = mz_checkpoint_parse_text(parsed.text, checkpoint, why);
    return status;
}

static void unlock(mz_second_place *place)
{
    if (place->spare_fd >= 0)
        close(place->spare_fd);
    close(place->lock_fd); /* which ends the lock */
    place->lock_fd = place->spare_fd = -1;
}

/* Never MZ_FULL, which would say that nothing was written where something may have been. */
static mz_status failed(mz_reason *why, const char *path, int error)
{
    mz_reason detail = {0};
    if (mz_file_failed(&detail, path, error) != MZ_FULL)
        return mz_file_failed(why, path, error);
    return mz_refuse(why, MZ_IO, mz_words("cause", strerror(error)));
}

/* The spare is written over: it has its block on the disk already, where a new file would get one
 * with each commit. What is linked under another name too, or is not ours to write, is left to its
 * owner, and a new one is made. */
static int open_spare(const mz_second_place *place, size_t *size)
{
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    struct stat found;
    int fd = open(place->spare_path, flags, 0644);
    *size = 0;
    if (fd >= 0 && fstat(fd, &found) == 0 && found.st_nlink == 1) {
        *size = (size_t)found.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    unlink(place->spare_path);
    return open(place->spare_path, flags | O_EXCL, 0644);
}

/* Makes room for `size` bytes. Nothing of what is not committed yet is written: the log's key has
 * signed it, and whoever kept it would have the proof of a fork should it never be. */
static mz_status make_room(mz_second_place *place, size_t size, mz_reason *why)
{
    size_t size_before;
    int error = EINTR;
    place->spare_fd = open_spare(place, &size_before);
    if (place->spare_fd < 0)
        return failed(why, place->spare_path, errno);
    place->grown = size > size_before;
    while (place->grown && error == EINTR)
        error = posix_fallocate(place->spare_fd, 0, (off_t)size);
    return !place->grown || error == 0 ? MZ_OK : failed(why, place->spare_path, error);
}

/* One that is longer than before is synced: else a power failure might leave the name to a file
 * whose end was not written yet. */
static bool write_spare(const mz_second_place *place, mz_view note)
{
    ssize_t put = pwrite(place->spare_fd, note.data, note.size, 0);
    if (put >= 0 && (size_t)put != note.size)
        errno = ENOSPC;
    return put == (ssize_t)note.size && ftruncate(place->spare_fd, (off_t)note.size) == 0 &&
           (!place->grown || fdatasync(place->spare_fd) == 0);
}

/* The two change names in one step: whoever reads by name finds the one or the other, whole. The
 * first time there is only one, and some file systems cannot exchange. */
static bool take_turns(const mz_second_place *place)
{
    return renameat2(AT_FDCWD, place->spare_path, AT_FDCWD, place->path, RENAME_EXCHANGE) == 0 ||
           rename(place->spare_path, place->path) == 0;
}

mz_status mz_second_place_prepare(mz_second_place *place, size_t note_size, mz_reason *why)
{
    assert(place->lock_fd < 0);
    place->lock_fd = open(place->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (place->lock_fd < 0)
        return failed(why, place->lock_path, errno);
    mz_status status = MZ_OK;
    while (flock(place->lock_fd, LOCK_EX) != 0 && status == MZ_OK)
        if (errno != EINTR)
            status = failed(why, place->lock_path, errno);
    if (status == MZ_OK)
        status = make_room(place, note_size, why);
    if (status != MZ_OK)
        unlock(place);
    return status;
}

mz_status mz_second_place_publish(mz_second_place *place, mz_view note, mz_reason *why)
{
    assert(place->lock_fd >= 0);
    mz_status status = MZ_OK;
    if (!write_spare(place, note) || !take_turns(place))
        status = failed(why, place->path, errno);
    unlock(place);
    if (status != MZ_OK)
        return status;
    pthread_mutex_lock(&place->mutex);
    if (!place->dirty)
        pthread_cond_signal(&place->changed);
    place->dirty = true;
    if (!place->has_thread)
        place->has_thread = pthread_create(&place->thread, NULL, sync_main, place) == 0;
    pthread_mutex_unlock(&place->mutex);
    return MZ_OK;
}

void mz_second_place_drop(mz_second_place *place)
{
    assert(place->lock_fd >= 0);
    unlock(place);
}
