/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ECRECOVER and P256VERIFY.
 */
#include "core/hash/evm_signatures.h"

#include "core/curve/secp256k1.h"
#include "core/curve/secp256r1.h"
#include "core/hash/keccak256.h"

#include <string.h>

enum { RECOVER_LEN = 4 * EVM_WORD, VERIFY_LEN = 5 * EVM_WORD, ADDRESS = 20 };

size_t sc_evm_ecrecover(uint8_t out[EVM_WORD], const uint8_t *in, size_t len)
{
    static const uint8_t zeros[EVM_WORD - 1];
    uint8_t b[RECOVER_LEN] = {0}, key[ECDSA_KEY], digest[KECCAK256_OUT];
    memset(out, 0, EVM_WORD);
    if (len > 0) {
        memcpy(b, in, len < RECOVER_LEN ? len : RECOVER_LEN);
    }
    const uint8_t *const v = b + EVM_WORD, last = v[EVM_WORD - 1];
    if (memcmp(v, zeros, sizeof zeros) != 0 || (last != 27 && last != 28) ||
        sc_k1_recover(key, b, b + 2 * EVM_WORD, last - 27u) != SOCLE_OK) {
        return 0;
    }
    sc_keccak256(digest, key, sizeof key);
    memcpy(out + EVM_WORD - ADDRESS, digest + KECCAK256_OUT - ADDRESS, ADDRESS);
    return EVM_WORD;
}

size_t sc_evm_p256verify(uint8_t out[EVM_WORD], const uint8_t *in, size_t len)
{
    memset(out, 0, EVM_WORD);
    if (len != VERIFY_LEN || sc_r1_verify(in + 3 * EVM_WORD, in, in + EVM_WORD) != SOCLE_OK) {
        return 0;
    }
    out[EVM_WORD - 1] = 1;
    return EVM_WORD;
}
