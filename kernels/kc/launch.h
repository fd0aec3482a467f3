/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of kernels/kc as the host sees them, and one launch of one of them. The same for every kind of device, and for the kernels
 * run as C by the host, which is how they are tested without one.
 */
#ifndef SC_KC_LAUNCH_H
#define SC_KC_LAUNCH_H

#include <stdint.h>

/* K(NAME, name, pointers, numbers): a kernel and its parameters, first pointers, then numbers of 32 bits. */
#define SC_KC_KERNELS(K)                       \
    K(NTT_PASS, "kc_ntt_pass", 3, 7)           \
    K(LEAVES, "kc_leaves", 3, 2)               \
    K(NODES, "kc_nodes", 2, 3)                 \
    K(FRACTIONS, "kc_fractions", 3, 5)         \
    K(UNUSED, "kc_unused", 1, 4)               \
    K(GKR_UP, "kc_gkr_up", 2, 3)               \
    K(GKR_ROUND, "kc_gkr_round", 3, 11)        \
    K(TOTAL, "kc_total", 2, 1)                 \
    K(GKR_PACK, "kc_gkr_pack", 2, 3)           \
    K(MAP_BN_FP, "kc_map_bn_fp", 3, 2)         \
    K(MAP_BN_FR, "kc_map_bn_fr", 3, 2)         \
    K(MAP_BLS_FP, "kc_map_bls_fp", 3, 2)       \
    K(MAP_BLS_FR, "kc_map_bls_fr", 3, 2)       \
    K(FR_PASS_BN, "kc_fr_pass_bn", 2, 5)       \
    K(FR_PASS_BLS, "kc_fr_pass_bls", 2, 5)     \
    K(FR_TURN_BN, "kc_fr_turn_bn", 2, 2)       \
    K(FR_TURN_BLS, "kc_fr_turn_bls", 2, 2)     \
    K(FR_SHIFT_BN, "kc_fr_shift_bn", 2, 3)     \
    K(FR_SHIFT_BLS, "kc_fr_shift_bls", 2, 3)   \
    K(GRIND, "kc_grind", 2, 2)                 \
    K(SHA_LEAVES, "kc_sha_leaves", 3, 3)       \
    K(SHA_NODES, "kc_sha_nodes", 2, 4)         \
    K(KECCAK_LEAVES, "kc_keccak_leaves", 2, 2) \
    K(POSEIDON2_16, "kc_poseidon2_16", 2, 1)   \
    K(POSEIDON2_24, "kc_poseidon2_24", 2, 1)

enum sc_kc_kernel {
#define K(NAME, name, n_pointers, n_args) SC_KC_##NAME,
    SC_KC_KERNELS(K)
#undef K
        SC_KC_N_KERNELS
};

struct sc_kc_shape {
    const char *name;
    unsigned n_pointers, n_args;
};
extern const struct sc_kc_shape sc_kc_kernels[SC_KC_N_KERNELS];

enum { SC_KC_MAX_ARGS = 11, SC_KC_MAX_POINTERS = 3, SC_KC_MAX_BUFFERS = 8, SC_KC_GROUP_ITEMS = 64 };

/** A kernel, its groups, its arguments; pointers are to buffers by their numbers in the job. */
struct sc_kc_launch {
    enum sc_kc_kernel kernel;
    uint32_t groups[2];
    uint8_t pointer[SC_KC_MAX_POINTERS];
    uint32_t arg[SC_KC_MAX_ARGS];
};

/** Launches, each to be made when those before it are done. */
struct sc_kc_plan {
    const struct sc_kc_launch *launch;
    unsigned n;
};

/** Run one launch in this thread, buffers by their numbers. */
void sc_kc_run(const struct sc_kc_launch *l, uint32_t *const *buffer);

#endif
