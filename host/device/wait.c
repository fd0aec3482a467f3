/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The longest job of a device takes a few seconds. Contracts: wait.h.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/device/wait.h"

#include <time.h>

#include "host/sys/file.h"

#define PATIENCE_NS (60 * UINT64_C(1000000000))
#define BUSY_NS 200000u /* short ones are waited for without a nap */
#define NAP_NS 50000

static _Atomic uint64_t patience = PATIENCE_NS;

struct sc_wait sc_wait_begin(void)
{
    return (struct sc_wait){sc_clock_ns()};
}

bool sc_wait_more(const struct sc_wait *w, atomic_bool *stuck)
{
    const uint64_t waited = sc_clock_ns() - w->since_ns;
    if (atomic_load(stuck) || waited > atomic_load(&patience)) {
        atomic_store(stuck, true);
        return false;
    }
    if (waited > BUSY_NS) {
        const struct timespec nap = {0, NAP_NS};
        (void)nanosleep(&nap, NULL);
    }
    return true;
}

void sc_wait_patience(uint64_t ns)
{
    atomic_store(&patience, ns != 0 ? ns : PATIENCE_NS);
}
