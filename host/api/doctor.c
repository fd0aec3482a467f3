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
#include "host/api/doctor.h"
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
static void permissions(struct findings *f, const char *root, const char *folder, const char *prefix, const char *group)
{
    char at[256];
    (void)snprintf(at, sizeof at, "%.120s%s", root, folder);
    DIR *const d = opendir(at);
    for (const struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        char path[640];
        (void)snprintf(path, sizeof path, "%s/%s", at, e->d_name);
        if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 && access(path, R_OK | W_OK) != 0 && errno == EACCES) {
            add(f, "permissions", SOCLE_HEALTH_BAD, "%s/%.60s is not for this user; usermod -aG %s USER, then log in again", folder, e->d_name, group);
        }
    }
    if (d != NULL) {
        (void)closedir(d);
    }
}

/* Makers of GPUs, and what runs OpenCL on theirs in Debian. */
enum { NVIDIA, AMD, INTEL, N_MAKERS };
static const struct {
    const char *vendor, *name, *install;
} makers[N_MAKERS] = {
    [NVIDIA] = {"0x10de", "NVIDIA", "nvidia-driver and nvidia-opencl-icd (non-free)"},
    [AMD] = {"0x1002", "AMD", "mesa-opencl-icd, or AMD's ROCm"},
    [INTEL] = {"0x8086", "Intel", "intel-opencl-icd"},
};

/* Display devices and accelerators (classes 03 and 12) on the PCI bus by maker, and the first one's place. */
struct on_bus {
    unsigned n[N_MAKERS];
    char first[N_MAKERS][24];
};

static void look_at_bus(struct on_bus *out, const char *root)
{
    char at[256];
    memset(out, 0, sizeof *out);
    (void)snprintf(at, sizeof at, "%.120s/sys/bus/pci/devices", root);
    DIR *const d = opendir(at);
    for (const struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        char path[640], vendor[32], class[32];
        (void)snprintf(path, sizeof path, "%s/%s/vendor", at, e->d_name);
        const bool told = line_of(path, vendor, sizeof vendor);
        (void)snprintf(path, sizeof path, "%s/%s/class", at, e->d_name);
        if (!told || !line_of(path, class, sizeof class) || (strncmp(class, "0x03", 4) != 0 && strncmp(class, "0x12", 4) != 0)) {
            continue;
        }
        for (int i = 0; i < N_MAKERS; i++) {
            if (strcmp(vendor, makers[i].vendor) == 0 && out->n[i]++ == 0) {
                (void)snprintf(out->first[i], sizeof out->first[i], "%.*s", (int)sizeof out->first[i] - 1, e->d_name);
            }
        }
    }
    if (d != NULL) {
        (void)closedir(d);
    }
}

/* NVIDIA's driver in the kernel, and the nodes through which programs reach it. */
static void nvidia_driver(struct findings *f, const char *root, const struct on_bus *bus)
{
    char path[256], line[256];
    (void)snprintf(path, sizeof path, "%.120s/proc/driver/nvidia/version", root);
    if (!line_of(path, line, sizeof line)) {
        if (bus->n[NVIDIA] > 0) {
            add(f, "driver", SOCLE_HEALTH_BAD, "%u of NVIDIA on the PCI bus (%s first), and no driver in the kernel; Debian: %s, then restart", bus->n[NVIDIA],
                bus->first[NVIDIA], makers[NVIDIA].install);
        }
        return;
    }
    const char *version = strstr(line, "Module");
    version = version != NULL ? version + strlen("Module") : line;
    version += strspn(version, " ");
    add(f, "driver", SOCLE_HEALTH_GOOD, "NVIDIA's in the kernel: %.*s", (int)(strcspn(version, " ") < 60 ? strcspn(version, " ") : 60), version);
    (void)snprintf(path, sizeof path, "%.120s/dev/nvidiactl", root);
    if (access(path, F_OK) != 0) {
        add(f, "driver", SOCLE_HEALTH_BAD, "there is no /dev/nvidiactl: run nvidia-modprobe, or nvidia-smi once as root; a container has to be given the devices");
    }
}

/* Of makers whose devices are reached through OpenCL alone. */
static void others_on_bus(struct findings *f, const struct on_bus *bus)
{
    struct sc_opencl_about about[SC_MAX_DEVICES];
    const size_t n = sc_opencl_list(about, SC_MAX_DEVICES);
    bool any = false;
    for (size_t i = 0; i < n && i < SC_MAX_DEVICES; i++) {
        any |= !about[i].is_processor;
    }
    for (int i = AMD; i < N_MAKERS && !any; i++) {
        if (bus->n[i] > 0) {
            add(f, "driver", SOCLE_HEALTH_SLOW, "%u of %s on the PCI bus (%s first), and OpenCL does not know it; Debian: %s", bus->n[i], makers[i].name,
                bus->first[i], makers[i].install);
        }
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
        add(f, "cuda", SOCLE_HEALTH_SLOW, "%s%s", why, strstr(why, "libcuda") != NULL ? "; Debian: libcuda1, beside the driver in the kernel" : "");
    }
    for (size_t i = 0; i < n; i++) {
        const socle_status st = sc_cuda_open(&d, why, sizeof why, (unsigned)i);
        if (st == SOCLE_OK) {
            d.ops->close(d.self);
        }
        add(f, "cuda", st != SOCLE_OK ? SOCLE_HEALTH_BAD : SOCLE_HEALTH_GOOD, "cuda:%zu %.60s at %.20s, %.20s, capability %u.%u, %u MHz, %.1f GiB: %.80s",
            i, about[i].name, about[i].bus, about[i].driver, about[i].major, about[i].minor, about[i].clock_mhz, (double)about[i].memory / 1073741824.0,
            st != SOCLE_OK ? why : "the kernels load");
    }
}

size_t sc_doctor(socle_context *ctx, struct socle_finding *out, size_t max, const char *root)
{
    struct findings f = {out, 0, max};
    struct on_bus bus;
    sc_api_begin(ctx);
    look_at_bus(&bus, root);
    processor(&f);
    memory(&f);
    nvidia_driver(&f, root, &bus);
    cuda(&f);
    opencl(&f);
    others_on_bus(&f, &bus);
    permissions(&f, root, "/dev", "nvidia", "video");
    permissions(&f, root, "/dev/dri", "render", "render");
    permissions(&f, root, "/dev", "kfd", "render");
    return f.n;
}

size_t socle_doctor(socle_context *ctx, struct socle_finding *out, size_t max)
{
    return sc_doctor(ctx, out, max, "");
}
