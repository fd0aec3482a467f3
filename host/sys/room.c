/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Memory figures of the machine and the process, from /proc.
 */
#define _DEFAULT_SOURCE
#include "host/sys/room.h"

#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)
#define SLACK (4 * MIB) /* the caller's stack, what malloc keeps, what others in the process allocate later */

uint64_t sc_room_parse(const char *meminfo)
{
    static const char key[] = "MemAvailable:";
    for (const char *line = meminfo; line != NULL && *line != '\0';) {
        if (strncmp(line, key, sizeof key - 1) == 0) {
            char *end = NULL;
            const unsigned long long kib = strtoull(line + sizeof key - 1, &end, 10);
            return strncmp(end, " kB", 3) == 0 && kib < UINT64_MAX / 1024 ? 1024 * (uint64_t)kib : 0;
        }
        line = strchr(line, '\n');
        line += line != NULL;
    }
    return 0;
}

uint64_t sc_room_default(uint64_t available, uint64_t mine)
{
    uint64_t margin = available / 16;
    margin = margin < 256 * MIB ? 256 * MIB : margin;
    margin = margin > available / 4 ? available / 4 : margin;
    return available == 0 || available > UINT64_MAX - mine ? 0 : available - margin + mine;
}

uint64_t sc_room_available(void)
{
    char text[4096];
    FILE *const f = fopen("/proc/meminfo", "r");
    if (f == NULL) {
        return 0;
    }
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    return sc_room_parse(text);
}

/* Resident bytes that are of no file. */
static uint64_t anonymous(void)
{
    unsigned long size = 0, resident = 0, shared = 0;
    FILE *const f = fopen("/proc/self/statm", "r");
    if (f == NULL) {
        return 0;
    }
    const int n = fscanf(f, "%lu %lu %lu", &size, &resident, &shared);
    (void)fclose(f);
    return n == 3 && resident > shared ? (uint64_t)(resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Bytes of mapped files: the program and its libraries. */
static uint64_t of_files(void)
{
    char line[512];
    uint64_t total = 0;
    FILE *const f = fopen("/proc/self/maps", "r");
    if (f == NULL) {
        return 0;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long long begin, end, inode;
        if (sscanf(line, "%llx-%llx %*s %*s %*s %llu", &begin, &end, &inode) == 3 && inode != 0) {
            total += end - begin;
        }
    }
    (void)fclose(f);
    return total;
}

uint64_t sc_room_outside(unsigned n_threads)
{
    sc_big_trim(); /* kept blocks are nobody else's */
    const uint64_t now = anonymous();
    const uint64_t mine = sc_mem_now();
    const uint64_t others = now > mine ? now - mine : 0;
    return (others + MIB - 1) / MIB * MIB + of_files() + (uint64_t)n_threads * SC_POOL_STACK + SLACK;
}
