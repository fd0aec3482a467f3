/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What of this machine helps or hinders, and what to do about it. Looks, changes nothing but the cache folder, which it makes as a use would.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/api/context.h"
#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "host/sys/room.h"
#include "kernels/cpu/cpu_ops.h"

struct findings {
    struct socle_finding *out;
    size_t n, max;
};

__attribute__((format(printf, 4, 5))) static void add(struct findings *f, const char *topic, enum socle_health health, const char *format, ...)
{
    if (f->n < f->max) {
        struct socle_finding *const to = &f->out[f->n];
        va_list args;
        to->topic = topic;
        to->health = health;
        va_start(args, format);
        (void)vsnprintf(to->text, sizeof to->text, format, args);
        va_end(args);
    }
    f->n++;
}

/* The first line of a small file; false when there is none. */
static bool line_of(const char *path, char *out, size_t size)
{
    FILE *const f = fopen(path, "r");
    if (f == NULL) {
        return false;
    }
    const bool good = fgets(out, (int)size, f) != NULL;
    (void)fclose(f);
    out[good ? strcspn(out, "\n") : 0] = '\0';
    return good;
}

/* ---- processor and memory ---- */

static void processor(struct findings *f)
{
    char governor[64];
    const char *const isa = sc_cpu_ops_best()->name;
    if (strcmp(isa, "ref") == 0) {
        add(f, "kernels", SOCLE_HEALTH_SLOW, "scalar: the processor has none of AVX2, AVX-512 and NEON, or the build has no kernels for them");
    } else {
        add(f, "kernels", SOCLE_HEALTH_GOOD, "%s", isa);
    }
    if (line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor, sizeof governor)) {
        const bool saves = strcmp(governor, "powersave") == 0;
        add(f, "clock", saves ? SOCLE_HEALTH_SLOW : SOCLE_HEALTH_GOOD, "the governor is %s%s", governor,
            saves ? "; for measurements choose performance (cpupower frequency-set -g performance)" : "");
    }
#ifdef SC_HAVE_HWLOC
    add(f, "hwloc", SOCLE_HEALTH_GOOD, "threads can be bound to cores and memory nodes");
#else
    add(f, "hwloc", SOCLE_HEALTH_SLOW, "not in this build: threads run wherever the system puts them (Debian: libhwloc-dev, then build again)");
#endif
}

static void memory(struct findings *f)
{
    char huge[128];
    const uint64_t available = sc_room_available();
    const double gib = (double)available / 1073741824.0;
    struct rlimit r;
    add(f, "memory", available < (uint64_t)4 << 30 ? SOCLE_HEALTH_SLOW : SOCLE_HEALTH_GOOD, "%.1f GiB available%s", gib,
        available < (uint64_t)4 << 30 ? "; profile socle-132-small takes about 1 GiB for a proof" : "");
    if (line_of("/sys/kernel/mm/transparent_hugepage/enabled", huge, sizeof huge)) {
        const bool never = strstr(huge, "[never]") != NULL;
        add(f, "huge pages", never ? SOCLE_HEALTH_SLOW : SOCLE_HEALTH_GOOD, "%s%s", huge,
            never ? ": large vectors cost more time; echo madvise > /sys/kernel/mm/transparent_hugepage/enabled" : "");
    }
    if (getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur != RLIM_INFINITY) {
        add(f, "limits", SOCLE_HEALTH_SLOW, "the address space is limited to %llu MiB (ulimit -v)", (unsigned long long)(r.rlim_cur >> 20));
    }
}

/* ---- devices ---- */

/* Nodes of devices in a folder that this user cannot open. */
static void permissions(struct findings *f, const char *folder, const char *prefix, const char *group)
{
    DIR *const d = opendir(folder);
    for (const struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        char path[320];
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 && access(path, R_OK | W_OK) != 0 && errno == EACCES) {
            add(f, "permissions", SOCLE_HEALTH_BAD, "%s is not for this user; usermod -aG %s USER, then log in again", path, group);
        }
    }
    if (d != NULL) {
        (void)closedir(d);
    }
}

static void opencl(struct findings *f)
{
    struct sc_opencl_about about[SC_MAX_DEVICES];
    const size_t n = sc_opencl_list(about, SC_MAX_DEVICES);
    struct sc_device d;
    char why[256] = "";
    if (n == 0) { /* the reason is that of opening one */
        if (sc_opencl_open(&d, why, sizeof why, 0) == SOCLE_OK) {
            d.ops->close(d.self);
        }
        add(f, "opencl", SOCLE_HEALTH_SLOW,
            "%s; Debian: ocl-icd-libopencl1 and the driver's part, nvidia-opencl-icd, mesa-opencl-icd or, for tests, pocl-opencl-icd", why);
    }
    for (size_t i = 0; i < n; i++) {
        const socle_status st = sc_opencl_open(&d, why, sizeof why, (unsigned)i);
        if (st == SOCLE_OK) {
            d.ops->close(d.self);
        }
        add(f, "opencl", st != SOCLE_OK ? SOCLE_HEALTH_BAD : about[i].is_processor ? SOCLE_HEALTH_SLOW : SOCLE_HEALTH_GOOD,
            "opencl:%zu %.60s, driver %.30s, %.1f GiB, at most %.1f for a job: %.80s", i, about[i].name, about[i].driver,
            (double)about[i].memory / 1073741824.0, (double)about[i].arena / 1073741824.0,
            st != SOCLE_OK            ? why
            : about[i].is_processor ? "the processor, for tests"
                                    : "the kernels build");
    }
}

static void cuda(struct findings *f)
{
    struct sc_cuda_about about[SC_MAX_DEVICES];
    const size_t n = sc_cuda_list(about, SC_MAX_DEVICES);
    struct sc_device d;
    char why[256] = "";
    if (n == 0) { /* the reason is that of opening one */
        if (sc_cuda_open(&d, why, sizeof why, 0) == SOCLE_OK) {
            d.ops->close(d.self);
        }
        add(f, "cuda", SOCLE_HEALTH_SLOW, "%s", why);
    }
    for (size_t i = 0; i < n; i++) {
        const socle_status st = sc_cuda_open(&d, why, sizeof why, (unsigned)i);
        if (st == SOCLE_OK) {
            d.ops->close(d.self);
        }
        add(f, "cuda", st != SOCLE_OK ? SOCLE_HEALTH_BAD : SOCLE_HEALTH_GOOD, "cuda:%zu %.60s at %.20s, %.20s, capability %u.%u, %.1f GiB: %.80s", i,
            about[i].name, about[i].bus, about[i].driver, about[i].major, about[i].minor, (double)about[i].memory / 1073741824.0,
            st != SOCLE_OK ? why : "the kernels load");
    }
}

size_t socle_doctor(socle_context *ctx, struct socle_finding *out, size_t max)
{
    struct findings f = {out, 0, max};
    sc_api_begin(ctx);
    processor(&f);
    memory(&f);
    cuda(&f);
    opencl(&f);
    permissions(&f, "/dev", "nvidia", "video");
    permissions(&f, "/dev/dri", "render", "render");
    permissions(&f, "/dev", "kfd", "render");
    return f.n;
}
