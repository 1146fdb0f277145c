#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mz_status refuse_errno(const char *path, int error, mz_reason *why)
{
    char cause[MZ_REASON_WORDS_MAX];
    if (error == EEXIST)
        return mz_refuse(why, MZ_EXISTS, mz_words("path", path));
    if (error == ENOSPC || error == EDQUOT)
        return mz_refuse(why, MZ_FULL);
    (void)snprintf(cause, sizeof cause, "%s: %s", path, strerror(error));
    return mz_refuse(why, MZ_IO, mz_words("cause", cause));
}

mz_status mz_draft_begin(mz_draft *draft, const char *path, mz_reason *why)
{
    struct stat info;
    *draft = (mz_draft){.path = path};
    if (strlen(path) >= MZ_DRAFT_PATH_MAX)
        return refuse_errno("...", ENAMETOOLONG, why);
    if (lstat(path, &info) == 0)
        return refuse_errno(path, EEXIST, why);
    (void)snprintf(draft->beside, sizeof draft->beside, "%s.draft-XXXXXX", path);
    const int fd = mkstemp(draft->beside);
    if (fd < 0)
        return refuse_errno(path, errno, why);
    draft->file = fdopen(fd, "w");
    if (draft->file == NULL) {
        const int error = errno;
        (void)close(fd);
        (void)unlink(draft->beside);
        return refuse_errno(path, error, why);
    }
    return MZ_OK;
}

/* Never over another. Some file systems cannot promise it by renaming, and of those most can by
 * linking. 0, or what went wrong. */
static int give_name(const mz_draft *draft)
{
    if (renameat2(AT_FDCWD, draft->beside, AT_FDCWD, draft->path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(draft->beside, draft->path) != 0)
        return errno;
    (void)unlink(draft->beside);
    return 0;
}

mz_status mz_draft_keep(mz_draft *draft, mz_reason *why)
{
    int error = 0;
    const mode_t mask = umask(0);
    (void)umask(mask);
    if (fflush(draft->file) != 0 || fchmod(fileno(draft->file), 0666 & ~mask) != 0 ||
        fsync(fileno(draft->file)) != 0)
        error = errno;
    else if (ferror(draft->file))
        error = EIO;
    if (fclose(draft->file) != 0 && error == 0)
        error = errno;
    draft->file = NULL;
    if (error == 0)
        error = give_name(draft);
    if (error != 0)
        (void)unlink(draft->beside);
    return error == 0 ? MZ_OK : refuse_errno(draft->path, error, why);
}

void mz_draft_drop(mz_draft *draft)
{
    if (draft->file == NULL)
        return;
    (void)fclose(draft->file);
    (void)unlink(draft->beside);
    draft->file = NULL;
}
