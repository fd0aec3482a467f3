/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files, clock and memory figures over POSIX.
 */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "host/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/sys/mem.h"

static socle_status io_fails(char *why, size_t why_size, const char *path, const char *what)
{
    (void)snprintf(why, why_size, "%s: %s: %s", path, what, strerror(errno));
    return SOCLE_E_IO;
}

/* Room for at least one more byte, never above limit + 1. */
static bool grow(uint8_t **buf, size_t *cap, size_t len, size_t limit)
{
    if (len < *cap) {
        return true;
    }
    size_t bigger = *cap == 0 ? 65536 : 2 * *cap;
    bigger = bigger > limit + 1 ? limit + 1 : bigger;
    uint8_t *const p = sc_grow(*buf, bigger, 1);
    if (p == NULL) {
        return false;
    }
    *buf = p;
    *cap = bigger;
    return true;
}

static socle_status read_all(int fd, uint8_t **buf, size_t *len, size_t cap, char *why, size_t why_size, const char *path, size_t limit)
{
    for (;;) {
        if (!grow(buf, &cap, *len, limit)) {
            return SOCLE_E_NOMEM;
        }
        const ssize_t n = read(fd, *buf + *len, cap - *len);
        if (n == 0) {
            return SOCLE_OK;
        }
        if (n < 0 && errno != EINTR) {
            return io_fails(why, why_size, path, "cannot read");
        }
        *len += n > 0 ? (size_t)n : 0;
        if (*len > limit) {
            (void)snprintf(why, why_size, "%s: longer than %zu bytes", path, limit);
            return SOCLE_E_LIMIT;
        }
    }
}

socle_status sc_file_read(uint8_t **bytes, size_t *len, char *why, size_t why_size, const char *path, size_t limit)
{
    socle_status st = SOCLE_OK;
    uint8_t *buf = NULL;
    struct stat info;
    size_t cap = 0;
    *bytes = NULL;
    *len = 0;
    if (limit >= SIZE_MAX / 2) {
        return SOCLE_E_ARG;
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return io_fails(why, why_size, path, "cannot open");
    }
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && (uint64_t)info.st_size <= limit) {
        cap = (size_t)info.st_size + 1;
        buf = sc_alloc(1, cap);
        if (buf == NULL) {
            st = SOCLE_E_NOMEM;
            goto out;
        }
    }
    TRY(read_all(fd, &buf, len, cap, why, why_size, path, limit));
    *bytes = buf;
    buf = NULL;
out:
    if (st != SOCLE_OK) {
        *len = 0;
    }
    if (st == SOCLE_E_NOMEM) {
        (void)snprintf(why, why_size, "%s: no memory for its contents", path);
    }
    sc_free(buf);
    (void)close(fd);
    return st;
}

socle_status sc_file_map(const uint8_t **bytes, size_t *len, char *why, size_t why_size, const char *path, size_t limit)
{
    struct stat info;
    socle_status st = SOCLE_OK;
    *bytes = NULL;
    *len = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return io_fails(why, why_size, path, "cannot open");
    }
    if (fstat(fd, &info) != 0) {
        st = io_fails(why, why_size, path, "cannot tell its size");
    } else if (!S_ISREG(info.st_mode)) {
        (void)snprintf(why, why_size, "%s: not a regular file", path);
        st = SOCLE_E_IO;
    } else if (info.st_size <= 0) {
        (void)snprintf(why, why_size, "%s: empty", path);
        st = SOCLE_E_FORMAT;
    } else if ((uint64_t)info.st_size > limit) {
        (void)snprintf(why, why_size, "%s: longer than %zu bytes", path, limit);
        st = SOCLE_E_LIMIT;
    } else {
        void *const p = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) {
            st = io_fails(why, why_size, path, "cannot map");
        } else {
            *bytes = p;
            *len = (size_t)info.st_size;
        }
    }
    (void)close(fd);
    return st;
}

void sc_file_unmap(const uint8_t *bytes, size_t len)
{
    if (bytes != NULL) {
        (void)munmap((void *)(uintptr_t)bytes, len);
    }
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? (size_t)n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* So that the rename itself survives a power failure; not every file system offers it. */
static void sync_folder_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    char *const folder = sc_alloc(len + 2, 1);
    if (folder == NULL) {
        return;
    }
    memcpy(folder, slash == NULL ? "." : path, slash == NULL ? 1 : len);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    sc_free(folder);
}

static socle_status write_beside(char *temp, char *why, size_t why_size, const char *path, const uint8_t *bytes, size_t len)
{
    const mode_t mask = umask(0);
    (void)umask(mask);
    const int fd = mkstemp(temp);
    if (fd < 0) {
        return io_fails(why, why_size, path, "cannot create a file beside it");
    }
    const bool good = fchmod(fd, 0666 & ~mask) == 0 && write_all(fd, bytes, len) && fsync(fd) == 0;
    const int reason = errno;
    const bool closed = close(fd) == 0;
    if (good && closed && rename(temp, path) == 0) {
        sync_folder_of(path);
        return SOCLE_OK;
    }
    if (!good) {
        errno = reason;
    }
    const socle_status st = io_fails(why, why_size, path, "cannot write");
    (void)unlink(temp);
    return st;
}

socle_status sc_file_write(char *why, size_t why_size, const char *path, const uint8_t *bytes, size_t len)
{
    static const char suffix[] = ".XXXXXX";
    sigset_t ending, before;
    const size_t path_len = strlen(path);
    char *const temp = sc_alloc(1, path_len + sizeof suffix);
    if (temp == NULL) {
        return SOCLE_E_NOMEM;
    }
    memcpy(temp, path, path_len);
    memcpy(temp + path_len, suffix, sizeof suffix);
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGINT);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGHUP);
    (void)sigaddset(&ending, SIGALRM);
    (void)sigprocmask(SIG_BLOCK, &ending, &before);
    const socle_status st = write_beside(temp, why, why_size, path, bytes, len);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    sc_free(temp);
    return st;
}

socle_status sc_folder_make(char *why, size_t why_size, const char *path)
{
    struct stat info;
    if (mkdir(path, 0777) != 0 && (errno != EEXIST || stat(path, &info) != 0 || !S_ISDIR(info.st_mode))) {
        return io_fails(why, why_size, path, "cannot make the folder");
    }
    return SOCLE_OK;
}

bool sc_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static uint64_t clock_ns(clockid_t which)
{
    struct timespec t;
    (void)clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

uint64_t sc_clock_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t sc_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t sc_thread_cpu_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t sc_peak_resident(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024 * (uint64_t)usage.ru_maxrss : 0;
}
