/* replay.c — runs a fuzz target over files, and over the files of folders, where there is no
 * libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

#define INPUT_MAX (1 << 20)

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_MAX);
    int done = 1;
    if (file != NULL && data != NULL) {
        size_t size = fread(data, 1, INPUT_MAX, file);
        /* A copy of just that size, so that the sanitizer sees a read past the end. */
        uint8_t *exact = malloc(size > 0 ? size : 1);
        if (exact != NULL) {
            memcpy(exact, data, size);
            done = LLVMFuzzerTestOneInput(exact, size);
        }
        free(exact);
    } else {
        perror(path);
    }
    free(data);
    if (file != NULL)
        fclose(file);
    return done;
}

static int replay_folder(DIR *folder, const char *path)
{
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char file[4096];
        snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        if (replay_file(file) != 0)
            return -1;
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        int replayed = folder != NULL ? replay_folder(folder, argv[i]) : 1;
        if (folder != NULL)
            closedir(folder);
        else if (replay_file(argv[i]) != 0)
            replayed = -1;
        if (replayed < 0)
            return 1;
        count += replayed;
    }
    printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
