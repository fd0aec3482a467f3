/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/device: built kernels, kept from one process to the next in the user's cache folder ($XDG_CACHE_HOME or ~/.cache, socle/kernels).
 * Only a saving: whatever is wrong with the folder or a file, kernels are built anew.
 */
#ifndef SC_DEVICE_KERNEL_CACHE_H
#define SC_DEVICE_KERNEL_CACHE_H

#include <stddef.h>
#include <stdint.h>

/** Names what a binary was made from: all that could change it goes in, text by text. */
struct sc_kernel_key {
    uint8_t digest[32];
};
struct sc_kernel_key sc_kernel_key(const char *const *texts, size_t n_texts);

/** The binary kept under a key, from sc_alloc; NULL when there is none, or it is damaged, or others could have written it. */
uint8_t *sc_kernel_cache_get(size_t *len, const struct sc_kernel_key *key);
/** Keep a binary; failing is silent. */
void sc_kernel_cache_put(const struct sc_kernel_key *key, const uint8_t *bytes, size_t len);

#endif
