/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Where threads run. Needs hwloc; without it, or where the system refuses, threads stay free: binding is for speed only.
 */
#ifndef SC_HOST_SYS_BIND_H
#define SC_HOST_SYS_BIND_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/** AUTO: to cores when there are as many threads as cores, counting the caller, else to nodes.
 * CORE: each thread to one core. NODE: to the cores of one memory node, or free where there is only one. */
enum sc_bind { SC_BIND_AUTO, SC_BIND_CORE, SC_BIND_NODE, SC_BIND_OFF };

/** By name: "auto", "core", "node", "off"; false for anything else. */
bool sc_bind_by_name(enum sc_bind *out, const char *name);

/** Bind @p n threads to the places 1, 2, .. of those that the calling thread may use; place 0 is left to the caller. Returns how many
 * are bound. */
unsigned sc_bind_threads(const pthread_t *threads, unsigned n, enum sc_bind how);

/** The memory node nearest to the PCI device at @p bus, such as "0000:3b:00.0"; -1 when it is not known, when there is only one node, and
 * without hwloc. */
int sc_bind_node_of(const char *bus);
/** Put whole pages [p, p + size) into the memory of a node, those that are there already, too. false: they stay where they are. */
bool sc_bind_memory(void *p, size_t size, int node);

#endif
