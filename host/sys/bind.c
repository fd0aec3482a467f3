/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Binding of threads and memory over hwloc. Owns nothing after it returns.
 */
#include "host/sys/bind.h"

#include <string.h>

bool sc_bind_by_name(enum sc_bind *out, const char *name)
{
    static const char *const names[] = {[SC_BIND_AUTO] = "auto", [SC_BIND_CORE] = "core", [SC_BIND_NODE] = "node", [SC_BIND_OFF] = "off"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum sc_bind)i;
            return true;
        }
    }
    return false;
}

#ifdef SC_HAVE_HWLOC
#include <hwloc.h>

/** The machine as far as the calling thread may use it: less than hwloc shows when the thread is bound, by taskset or by a cpuset. */
static bool load_allowed(hwloc_topology_t t)
{
    if (hwloc_topology_load(t) != 0) {
        return false;
    }
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    const bool good = allowed != NULL && hwloc_get_cpubind(t, allowed, HWLOC_CPUBIND_THREAD) == 0 && !hwloc_bitmap_iszero(allowed) &&
                      hwloc_topology_restrict(t, allowed, 0) == 0;
    hwloc_bitmap_free(allowed);
    return good;
}

static unsigned bind_in(hwloc_topology_t t, const pthread_t *threads, unsigned n, enum sc_bind how)
{
    const int cores = hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_CORE), nodes = hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_NUMANODE);
    const bool to_cores = how == SC_BIND_CORE || (how == SC_BIND_AUTO && cores > 0 && (unsigned)cores == n + 1);
    const hwloc_obj_type_t type = to_cores ? HWLOC_OBJ_CORE : HWLOC_OBJ_NUMANODE;
    const unsigned places = to_cores ? (unsigned)(cores > 0 ? cores : 0) : (unsigned)(nodes > 1 ? nodes : 0);
    unsigned bound = 0;
    for (unsigned i = 0; i < n && places > 0; i++) {
        /* neighbours in number are neighbours in place: nodes are filled one after the other */
        const unsigned at = to_cores ? (i + 1) % places : (unsigned)((unsigned long)(i + 1) * places / (n + 1));
        const hwloc_obj_t place = hwloc_get_obj_by_type(t, type, at);
        bound += place != NULL && hwloc_set_thread_cpubind(t, threads[i], place->cpuset, 0) == 0;
    }
    return bound;
}

unsigned sc_bind_threads(const pthread_t *threads, unsigned n, enum sc_bind how)
{
    unsigned bound = 0;
    hwloc_topology_t t;
    if (how == SC_BIND_OFF || n == 0 || hwloc_topology_init(&t) != 0) {
        return 0;
    }
    if (load_allowed(t)) {
        bound = bind_in(t, threads, n, how);
    }
    hwloc_topology_destroy(t);
    return bound;
}

int sc_bind_node_of(const char *bus)
{
    int node = -1;
    hwloc_topology_t t;
    if (hwloc_topology_init(&t) != 0) {
        return -1;
    }
    if (hwloc_topology_set_io_types_filter(t, HWLOC_TYPE_FILTER_KEEP_IMPORTANT) == 0 && hwloc_topology_load(t) == 0 &&
        hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_NUMANODE) > 1) {
        const hwloc_obj_t device = hwloc_get_pcidev_by_busidstring(t, bus);
        const hwloc_obj_t near = device != NULL ? hwloc_get_non_io_ancestor_obj(t, device) : NULL;
        /* one node, or it is as near to all of them */
        node = near != NULL && near->nodeset != NULL && hwloc_bitmap_weight(near->nodeset) == 1 ? hwloc_bitmap_first(near->nodeset) : -1;
    }
    hwloc_topology_destroy(t);
    return node;
}

bool sc_bind_memory(void *p, size_t size, int node)
{
    bool bound = false;
    hwloc_topology_t t;
    hwloc_bitmap_t set = NULL;
    if (node < 0 || hwloc_topology_init(&t) != 0) {
        return false;
    }
    if (hwloc_topology_load(t) == 0 && (set = hwloc_bitmap_alloc()) != NULL && hwloc_bitmap_set(set, (unsigned)node) == 0) {
        bound = hwloc_set_area_membind(t, p, size, set, HWLOC_MEMBIND_BIND, HWLOC_MEMBIND_BYNODESET | HWLOC_MEMBIND_MIGRATE) == 0;
    }
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(t);
    return bound;
}
#else
int sc_bind_node_of(const char *bus)
{
    (void)bus;
    return -1;
}

bool sc_bind_memory(void *p, size_t size, int node)
{
    (void)p;
    (void)size;
    (void)node;
    return false;
}

unsigned sc_bind_threads(const pthread_t *threads, unsigned n, enum sc_bind how)
{
    (void)threads;
    (void)n;
    (void)how;
    return 0;
}
#endif
