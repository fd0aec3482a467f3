/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keccak-256 with the padding of Ethereum (0x01), in plain C. Theory: the Keccak reference,
 * version 3.0.
 */
#ifndef SC_GUEST_KECCAK_H
#define SC_GUEST_KECCAK_H

#include <stddef.h>
#include <stdint.h>

void keccak256(uint8_t out[32], const uint8_t *in, size_t size);

#endif
