/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The precompiles of the EVM for signatures, as functions of bytes.
 */
#ifndef SC_HASH_EVM_SIGNATURES_H
#define SC_HASH_EVM_SIGNATURES_H

#include <stddef.h>
#include <stdint.h>

enum { EVM_WORD = 32 };

/** ECRECOVER, address 0x01: hash, v, r, s of 32 bytes each; input that is shorter goes on with zeros, bytes behind are not read. Returns
 * the length of the output: 32 (12 zeros, then the address), or 0 when v is neither 27 nor 28, r or s is out of range or no key is found.
 * An s above n / 2 is accepted. Source: Ethereum Yellow Paper, appendices E and F. */
size_t sc_evm_ecrecover(uint8_t out[EVM_WORD], const uint8_t *in, size_t len);

/** P256VERIFY, address 0x100: hash, r, s, x, y of 32 bytes each. Returns 32 (the number one) when the signature is valid; 0 when it is not,
 * the input has another length or a number is out of range. An s above n / 2 is accepted. Source: EIP-7951. */
size_t sc_evm_p256verify(uint8_t out[EVM_WORD], const uint8_t *in, size_t len);

#endif
