/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What proofs can run on. Topology from hwloc where it is built in, else from the system.
 */
#define _DEFAULT_SOURCE
#include "host/api/context.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "kernels/cpu/cpu_ops.h"

#ifdef SC_HAVE_HWLOC
#include <hwloc.h>
#endif

/* The model as the kernel names it; "CPU" when it does not. */
static void cpu_name(char *out, size_t size)
{
    char line[256];
    (void)snprintf(out, size, "CPU");
    FILE *const f = fopen("/proc/cpuinfo", "r");
    if (f == NULL) {
        return;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        const char *const colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL && colon[1] == ' ') {
            (void)snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    (void)fclose(f);
}

#ifdef SC_HAVE_HWLOC
static unsigned count_of(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    const int n = hwloc_get_nbobjs_by_type(topology, type);
    return n > 0 ? (unsigned)n : 0;
}

static void topology_of(struct socle_device *d)
{
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0) {
        return;
    }
    if (hwloc_topology_load(topology) == 0) {
        d->cores = count_of(topology, HWLOC_OBJ_CORE);
        d->threads = count_of(topology, HWLOC_OBJ_PU);
        d->packages = count_of(topology, HWLOC_OBJ_PACKAGE);
        d->numa_nodes = count_of(topology, HWLOC_OBJ_NUMANODE);
    }
    hwloc_topology_destroy(topology);
}
#else
static void topology_of(struct socle_device *d)
{
    (void)d;
}
#endif

unsigned sc_api_cores(void)
{
    struct socle_device d = {.cores = 0};
    topology_of(&d);
    return d.cores;
}

_Static_assert(SOCLE_MAX_LISTED_DEVICES == 1 + 2 * SC_MAX_DEVICES, "all can be listed");

static size_t opencl_devices(struct socle_device *out, size_t max)
{
    struct sc_opencl_about about[SC_MAX_DEVICES];
    const size_t n = sc_opencl_list(about, SC_MAX_DEVICES);
    for (size_t i = 0; i < n && i < max; i++) {
        struct socle_device *const d = &out[i];
        memset(d, 0, sizeof *d);
        (void)snprintf(d->id, sizeof d->id, "opencl:%u", (unsigned)i);
        d->kind = "opencl";
        memcpy(d->name, about[i].name, sizeof d->name);
        memcpy(d->platform, about[i].platform, sizeof d->platform);
        memcpy(d->driver, about[i].driver, sizeof d->driver);
        d->units = about[i].units;
        d->is_processor = about[i].is_processor;
        d->memory = about[i].memory;
    }
    return n;
}

static size_t cuda_devices(struct socle_device *out, size_t max)
{
    struct sc_cuda_about about[SC_MAX_DEVICES];
    const size_t n = sc_cuda_list(about, SC_MAX_DEVICES);
    for (size_t i = 0; i < n && i < max; i++) {
        struct socle_device *const d = &out[i];
        memset(d, 0, sizeof *d);
        (void)snprintf(d->id, sizeof d->id, "cuda:%u", (unsigned)i);
        d->kind = "cuda";
        memcpy(d->name, about[i].name, sizeof d->name);
        (void)snprintf(d->platform, sizeof d->platform, "compute capability %u.%u at %.32s", about[i].major, about[i].minor, about[i].bus);
        memcpy(d->driver, about[i].driver, sizeof d->driver);
        d->units = about[i].units;
        d->memory = about[i].memory;
    }
    return n;
}

static size_t room_after(size_t used, size_t max)
{
    return max > used ? max - used : 0;
}

size_t sc_api_list_devices(struct socle_device *out, size_t max)
{
    if (max > 0) {
        const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE), online = sysconf(_SC_NPROCESSORS_ONLN);
        memset(out, 0, sizeof *out);
        (void)snprintf(out->id, sizeof out->id, "cpu");
        out->kind = "cpu";
        out->isa = sc_cpu_ops_best()->name;
        out->threads = online > 0 ? (unsigned)online : 1;
        out->memory = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
        cpu_name(out->name, sizeof out->name);
        topology_of(out);
    }
    size_t n = 1;
    n += cuda_devices(room_after(n, max) > 0 ? out + n : NULL, room_after(n, max));
    n += opencl_devices(room_after(n, max) > 0 ? out + n : NULL, room_after(n, max));
    return n;
}

size_t socle_devices(socle_context *ctx, struct socle_device *out, size_t max)
{
    sc_api_begin(ctx);
    return sc_api_list_devices(out, max);
}
