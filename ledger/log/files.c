#include "log/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATH_SIZE 4400

mz_status mz_file_failed(mz_reason *why, const char *path, int error)
{
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        return mz_refuse(why, MZ_FULL);
    if (error == ENOMEM)
        return mz_refuse(why, MZ_NO_MEMORY);
    if (error == EEXIST || error == ENOTEMPTY)
        return mz_refuse(why, MZ_EXISTS, mz_words("path", path));
    char cause[MZ_REASON_WORDS_MAX];
    /* The end of a long path says more than its beginning. */
    size_t size = strlen(path);
    snprintf(cause, sizeof cause, "%s: %s", size > 100 ? path + size - 100 : path, strerror(error));
    return mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

mz_status mz_file_read_open(int fd, const char *path, mz_buf *out, mz_reason *why)
{
    mz_buf_reset(out);
    for (;;) {
        uint8_t part[4096];
        ssize_t got = read(fd, part, sizeof part);
        if (got == 0)
            return MZ_OK;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mz_file_failed(why, path, errno);
        if ((size_t)got > out->size_max - out->size)
            return mz_refuse(why, MZ_TOO_LARGE, mz_words("path", path),
                             mz_count("size", (int64_t)out->size + got),
                             mz_count("limit", (int64_t)out->size_max));
        mz_buf_put(out, (mz_view){part, (size_t)got});
        if (out->failed)
            return mz_refuse(why, MZ_NO_MEMORY);
    }
}

mz_status mz_file_read(const char *path, mz_buf *out, mz_reason *why)
{
    mz_buf_reset(out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? MZ_NOT_FOUND : mz_file_failed(why, path, errno);
    mz_status status = mz_file_read_open(fd, path, out, why);
    close(fd);
    return status;
}

mz_status mz_file_write(int fd, const char *path, mz_view content, mz_reason *why)
{
    while (content.size > 0) {
        ssize_t put = write(fd, content.data, content.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return mz_file_failed(why, path, errno);
        content.data += put;
        content.size -= (size_t)put;
    }
    return MZ_OK;
}

mz_status mz_file_create(const char *path, mz_view content, mz_reason *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return mz_file_failed(why, path, errno);
    mz_status status = mz_file_write(fd, path, content, why);
    if (status == MZ_OK && fsync(fd) != 0)
        status = mz_file_failed(why, path, errno);
    if (close(fd) != 0 && status == MZ_OK)
        status = mz_file_failed(why, path, errno);
    if (status != MZ_OK)
        unlink(path);
    return status;
}

mz_status mz_path_sync(const char *path, mz_reason *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mz_file_failed(why, path, errno);
    mz_status status = fsync(fd) == 0 ? MZ_OK : mz_file_failed(why, path, errno);
    close(fd);
    return status;
}

mz_status mz_parent_sync(const char *path, mz_reason *why)
{
    char parent[PATH_SIZE];
    if (!mz_path_beside(path, "", parent, sizeof parent))
        return mz_file_failed(why, path, ENAMETOOLONG);
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        memcpy(parent, ".", 2);
    else
        slash[slash == parent ? 1 : 0] = '\0';
    return mz_path_sync(parent, why);
}

mz_status mz_folder_publish(const char *from, const char *to, mz_reason *why)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) {
        int error = errno;
        /* Some file systems cannot promise it; a rename onto a folder with something in it fails.
         */
        if (error != EINVAL && error != ENOSYS)
            return mz_file_failed(why, to, error);
        if (mz_path_exists(to))
            return mz_file_failed(why, to, EEXIST);
        if (rename(from, to) != 0)
            return mz_file_failed(why, to, errno);
    }
    return mz_parent_sync(to, why);
}

bool mz_path_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static void remove_below(const char *path, unsigned depth)
{
    if (unlink(path) == 0 || rmdir(path) == 0 || depth == 0)
        return;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    for (struct dirent *item; (item = readdir(folder)) != NULL;) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        char below[PATH_SIZE];
        int size = snprintf(below, sizeof below, "%s/%s", path, item->d_name);
        if (size > 0 && (size_t)size < sizeof below)
            remove_below(below, depth - 1);
    }
    closedir(folder);
    rmdir(path);
}

void mz_folder_remove(const char *path)
{
    remove_below(path, 4);
}

uint64_t mz_folder_free_space(const char *path)
{
    struct statvfs disk;
    return statvfs(path, &disk) == 0 ? (uint64_t)disk.f_bavail * disk.f_frsize : UINT64_MAX;
}

/* Whether the last part is "." or "..", which no suffix can follow. */
static bool ends_in_dots(const char *path, size_t size)
{
    size_t dots = 0;
    while (dots < size && path[size - 1 - dots] == '.')
        dots++;
    return (dots == 1 || dots == 2) && (dots == size || path[size - 1 - dots] == '/');
}

bool mz_path_beside(const char *path, const char *suffix, char *out, size_t out_size)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    char *real = ends_in_dots(path, size) ? realpath(path, NULL) : NULL;
    int written = real != NULL ? snprintf(out, out_size, "%s%s", real, suffix)
                               : snprintf(out, out_size, "%.*s%s", (int)size, path, suffix);
    free(real);
    return written >= 0 && (size_t)written < out_size;
}
