/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keccak-256 with the padding 0x01 of Ethereum (not SHA3-256). Source: the Keccak reference, version 3.0.
 */
#ifndef SC_HASH_KECCAK256_H
#define SC_HASH_KECCAK256_H

#include <stddef.h>
#include <stdint.h>

#define KECCAK256_OUT 32

void sc_keccak256(uint8_t out[KECCAK256_OUT], const uint8_t *in, size_t len);

#endif
