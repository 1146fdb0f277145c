/* files.h — small files, whole or absent. Internal to ledger/log. Errors are MZ_IO {cause: the path
 * and what the system said}, MZ_FULL where the disk is, MZ_EXISTS, MZ_NO_MEMORY. */
#ifndef MZ_LOG_FILES_H
#define MZ_LOG_FILES_H

#include "core/bytes.h"

/* Refuses with what `errno` says of `path`. */
mz_status mz_file_failed(mz_reason *why, const char *path, int error);
/* Replaces the buffer's content. MZ_NOT_FOUND without a reason; MZ_TOO_LARGE above its size_max. */
mz_status mz_file_read(const char *path, mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* The same of a file that is open, from where it stands; `path` is for the reason. */
mz_status mz_file_read_open(int fd, const char *path, mz_buf *out, mz_reason *why) MZ_MUST_USE;
/* Creates the file, mode 0644, and syncs it. MZ_EXISTS. */
mz_status mz_file_create(const char *path, mz_view content, mz_reason *why) MZ_MUST_USE;
/* Writes all of it. */
mz_status mz_file_write(int fd, const char *path, mz_view content, mz_reason *why) MZ_MUST_USE;
/* Makes names in a folder durable; of a file: its bytes. */
mz_status mz_path_sync(const char *path, mz_reason *why) MZ_MUST_USE;
mz_status mz_parent_sync(const char *path, mz_reason *why) MZ_MUST_USE;
/* Renames a folder that must not replace anything, and syncs the parent. MZ_EXISTS. */
mz_status mz_folder_publish(const char *from, const char *to, mz_reason *why) MZ_MUST_USE;
bool mz_path_exists(const char *path);
/* Bytes that are free on the folder's disk; UINT64_MAX when the system does not tell. */
uint64_t mz_folder_free_space(const char *path);
/* Removes a folder of ours with the files and folders in it, at most four deep. */
void mz_folder_remove(const char *path);
/* `<path without trailing slashes><suffix>`; of a path that ends in "." or "..", what it leads to
 * instead. False when it does not fit. */
bool mz_path_beside(const char *path, const char *suffix, char *out, size_t out_size);

#endif
