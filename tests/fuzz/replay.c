/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The main function of a target without libFuzzer: every file of the folders given, one after the
 * other.
 *
 *   replay_TARGET FOLDER-OR-FILE...     exit 0 when there was an input and none aborted
 */
#include <dirent.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define MOST_BYTES ((size_t)1 << 20)
#define MOST_FILES 4096

/* The bytes lie at the end of a block of exactly their size, so that a sanitizer sees a read past
 * the end. */
static int try_file(const char *path)
{
    FILE *const f = fopen(path, "rb");
    if (f == NULL) {
        return -1;
    }
    static uint8_t buf[MOST_BYTES];
    const size_t n = fread(buf, 1, sizeof buf, f);
    const int bad = ferror(f) || fgetc(f) != EOF;
    (void)fclose(f);
    uint8_t *const exact = malloc(n + (n == 0));
    if (bad || exact == NULL) {
        free(exact);
        return -1;
    }
    memcpy(exact, buf, n);
    (void)fprintf(stderr, "# %s\n", path);
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 1;
}

/** Number of inputs tried, or -1. */
static int try_path(const char *path)
{
    char name[4096];
    DIR *const d = opendir(path);
    if (d == NULL) {
        return try_file(path);
    }
    int n = 0;
    for (struct dirent *e = readdir(d); e != NULL && n >= 0 && n < MOST_FILES; e = readdir(d)) {
        if (e->d_name[0] != '.') {
            (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
            n = try_file(name) < 0 ? -1 : n + 1;
        }
    }
    (void)closedir(d);
    return n;
}

int main(int argc, char **argv)
{
    int total = 0;
    (void)LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        const int n = try_path(argv[i]);
        if (n <= 0) {
            (void)fprintf(stderr, "replay: nothing to read in %s\n", argv[i]);
            return 1;
        }
        total += n;
    }
    (void)printf("replay: %d inputs\n", total);
    return total > 0 ? 0 : 1;
}
