/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/device: waiting for a device by asking it, so that the wait can end without it.
 */
#ifndef SC_DEVICE_WAIT_H
#define SC_DEVICE_WAIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/** One thing that a device is asked about until it is done. */
struct sc_wait {
    uint64_t since_ns;
};

struct sc_wait sc_wait_begin(void);
/** Before asking again: a nap, none at first. false when it has taken too long, or @p stuck is set; then @p stuck is set, for all
 * other waits for this device. */
bool sc_wait_more(const struct sc_wait *w, atomic_bool *stuck);

/** What is too long, a minute unless set here; 0 sets that again. For tests. */
void sc_wait_patience(uint64_t ns);

#endif
