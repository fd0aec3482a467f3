/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files that the program keeps for its user. Contracts: own.h.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/sys/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool sc_own(const char *path, bool folder)
{
    struct stat s;
    return lstat(path, &s) == 0 && s.st_uid == geteuid() && (s.st_mode & 022) == 0 && (folder ? S_ISDIR(s.st_mode) : S_ISREG(s.st_mode));
}

bool sc_own_folder(char *out, size_t size, const char *variable, const char *otherwise, const char *name, bool make)
{
    const char *const chosen = getenv(variable), *const home = getenv("HOME");
    const bool by_variable = chosen != NULL && chosen[0] == '/';
    if (!by_variable && (home == NULL || home[0] != '/')) {
        return false;
    }
    const int n = snprintf(out, size, "%s%s/socle/%s", by_variable ? chosen : home, by_variable ? "" : otherwise, name);
    if (n < 0 || (size_t)n >= size) {
        return false;
    }
    for (char *end = strchr(out + strlen(by_variable ? chosen : home), '/'); make && end != NULL; end = strchr(end + 1, '/')) {
        *end = '\0';
        (void)mkdir(out, 0700); /* what matters is whether the last is there and ours */
        *end = '/';
    }
    if (make) {
        (void)mkdir(out, 0700);
    }
    return sc_own(out, true);
}
