/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of kernels/kc as the host sees them, and one launch of one of them. The same for every kind of device, and for the kernels
 * run as C by the host, which is how they are tested without one.
 */
#ifndef SC_KC_LAUNCH_H
#define SC_KC_LAUNCH_H

#include <stddef.h>
#include <stdint.h>

/* K(NAME, name, pointers, numbers, program): a kernel, its parameters, first pointers, then numbers of 32 bits, and what it is built with. */
#define SC_KC_KERNELS(K)                                  \
    K(NTT_PASS, "kc_ntt_pass", 3, 7, PROOF)               \
    K(LEAVES, "kc_leaves", 3, 2, PROOF)                   \
    K(NODES, "kc_nodes", 2, 3, PROOF)                     \
    K(CLOSED, "kc_closed", 1, 4, PROOF)                   \
    K(FRACTIONS, "kc_fractions", 3, 5, PROOF)             \
    K(UNUSED, "kc_unused", 1, 4, PROOF)                   \
    K(GKR_UP, "kc_gkr_up", 2, 3, PROOF)                   \
    K(GKR_ROUND, "kc_gkr_round", 3, 7, PROOF)             \
    K(GKR_TAIL, "kc_gkr_tail", 2, 7, PROOF)               \
    K(SAY, "kc_say", 2, 10, PROOF)                        \
    K(EQ, "kc_eq", 1, 3, PROOF)                           \
    K(TOTAL, "kc_total", 2, 2, PROOF)                     \
    K(FILL, "kc_fill", 1, 2, PROOF)                       \
    K(OPEN_CROSS, "kc_open_cross", 3, 8, PROOF)           \
    K(OPEN_LIN, "kc_open_lin", 3, 3, PROOF)               \
    K(OPEN_WEIGHT, "kc_open_weight", 2, 5, PROOF)         \
    K(OPEN_POWERS, "kc_open_powers", 2, 3, PROOF)         \
    K(OPEN_SAMPLE, "kc_open_sample", 3, 6, PROOF)         \
    K(OPEN_ROUND, "kc_open_round", 4, 5, PROOF)           \
    K(OPEN_FOLD, "kc_open_fold", 3, 4, PROOF)             \
    K(PICK, "kc_pick", 3, 6, PROOF)                       \
    K(LAWS_BASE, "kc_laws_base", 3, 7, PROOF)             \
    K(LAWS_EXT, "kc_laws_ext", 3, 7, PROOF)               \
    K(FORM, "kc_form", 3, 2, PROOF)                       \
    K(FORM_ROUND, "kc_form_round", 3, 8, PROOF)           \
    K(BIND_BASE, "kc_bind_base", 4, 3, PROOF)             \
    K(BIND_EXT, "kc_bind_ext", 3, 3, PROOF)               \
    K(FIRSTS, "kc_firsts", 3, 2, PROOF)                   \
    K(ZERO_BEGIN, "kc_zero_begin", 3, 3, PROOF)           \
    K(ZERO_ROUND, "kc_zero_round", 3, 6, PROOF)           \
    K(GRIND, "kc_grind", 2, 4, PROOF)                     \
    K(MAP_BN_FP, "kc_map_bn_fp", 3, 2, CURVE)             \
    K(MAP_BN_FR, "kc_map_bn_fr", 3, 2, CURVE)             \
    K(MAP_BLS_FP, "kc_map_bls_fp", 3, 2, CURVE)           \
    K(MAP_BLS_FR, "kc_map_bls_fr", 3, 2, CURVE)           \
    K(FR_PASS_BN, "kc_fr_pass_bn", 2, 5, CURVE)           \
    K(FR_PASS_BLS, "kc_fr_pass_bls", 2, 5, CURVE)         \
    K(FR_TURN_BN, "kc_fr_turn_bn", 2, 2, CURVE)           \
    K(FR_TURN_BLS, "kc_fr_turn_bls", 2, 2, CURVE)         \
    K(FR_SHIFT_BN, "kc_fr_shift_bn", 2, 3, CURVE)         \
    K(FR_SHIFT_BLS, "kc_fr_shift_bls", 2, 3, CURVE)       \
    K(MSM_DIGITS, "kc_msm_digits", 3, 4, MSM)             \
    K(MSM_RUN_BN_G1, "kc_msm_run_bn_g1", 3, 7, MSM)       \
    K(MSM_RUN_BN_G2, "kc_msm_run_bn_g2", 3, 7, MSM)       \
    K(MSM_RUN_BLS_G1, "kc_msm_run_bls_g1", 3, 7, MSM)     \
    K(MSM_RUN_BLS_G2, "kc_msm_run_bls_g2", 3, 7, MSM)     \
    K(MSM_WEIGH_BN_G1, "kc_msm_weigh_bn_g1", 2, 5, MSM)   \
    K(MSM_WEIGH_BN_G2, "kc_msm_weigh_bn_g2", 2, 5, MSM)   \
    K(MSM_WEIGH_BLS_G1, "kc_msm_weigh_bls_g1", 2, 5, MSM) \
    K(MSM_WEIGH_BLS_G2, "kc_msm_weigh_bls_g2", 2, 5, MSM) \
    K(SHA_LEAVES, "kc_sha_leaves", 3, 3, HASH)            \
    K(SHA_NODES, "kc_sha_nodes", 2, 4, HASH)              \
    K(KECCAK_LEAVES, "kc_keccak_leaves", 2, 2, HASH)      \
    K(KECCAK_NODES, "kc_keccak_nodes", 1, 3, HASH)        \
    K(POSEIDON2_16, "kc_poseidon2_16", 2, 1, HASH)        \
    K(POSEIDON2_24, "kc_poseidon2_24", 2, 1, HASH)        \
    K(P2_LEAVES, "kc_poseidon2_leaves", 3, 2, HASH)       \
    K(P2_NODES, "kc_poseidon2_nodes", 2, 3, HASH)         \
    K(RATE, "kc_rate", 1, 4, RATES)                       \
    K(RATE_LOCAL, "kc_rate_local", 1, 1, RATES)           \
    K(RATE_COPY, "kc_rate_copy", 2, 0, RATES)             \
    K(RATE_READ, "kc_rate_read", 2, 3, RATES)

/** Where kernels are built from their text when a device is first used, the kernels of one program are built together, and only those of
 * the programs that are used. */
enum sc_kc_program { SC_KC_PROOF, SC_KC_CURVE, SC_KC_MSM, SC_KC_HASH, SC_KC_RATES, SC_KC_N_PROGRAMS };

enum sc_kc_kernel {
#define K(NAME, name, n_pointers, n_args, program) SC_KC_##NAME,
    SC_KC_KERNELS(K)
#undef K
        SC_KC_N_KERNELS
};

struct sc_kc_shape {
    const char *name;
    unsigned n_pointers, n_args;
    enum sc_kc_program program;
};
extern const struct sc_kc_shape sc_kc_kernels[SC_KC_N_KERNELS];

enum { SC_KC_MAX_ARGS = 10, SC_KC_MAX_POINTERS = 4, SC_KC_MAX_BUFFERS = 36, SC_KC_GROUP_ITEMS = 64 };

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
/** Groups [begin, end) of it, of groups[0] groups[1]. Those of one launch may run at the same time, but for MSM_DIGITS and GRIND, which count together. */
void sc_kc_run_groups(const struct sc_kc_launch *l, uint32_t *const *buffer, size_t begin, size_t end);

#endif
