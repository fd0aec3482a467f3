/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels as C, one group after the other. Contracts: launch.h.
 */
#include "kernels/kc/launch.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/ntt.h"
#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#include "kernels/kc/laws.h"

#include "kernels/kc/big_const.h"

#include "kernels/kc/big.h"

#include "kernels/kc/fr_ntt.h"
#include "kernels/kc/msm.h"

#include "kernels/kc/keccak_tree.h"
#include "kernels/kc/poseidon2.h"
#include "kernels/kc/rate.h"
#include "kernels/kc/sha256_tree.h"

const struct sc_kc_shape sc_kc_kernels[SC_KC_N_KERNELS] = {
#define K(NAME, name, n_pointers, n_args, program) {name, n_pointers, n_args, SC_KC_##program},
    SC_KC_KERNELS(K)
#undef K
};

static void run_hash_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]];
    const uint32_t *const p1 = buffer[l->pointer[1]];
    if (l->kernel == SC_KC_GRIND) {
        kc_grind(x, y, p0, p1, a[0], a[1], a[2], a[3]);
    } else if (l->kernel == SC_KC_SHA_LEAVES) {
        kc_sha_leaves(x, y, p0, p1, buffer[l->pointer[2]], a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_SHA_NODES) {
        kc_sha_nodes(x, y, p0, p1, a[0], a[1], a[2], a[3]);
    } else if (l->kernel == SC_KC_KECCAK_LEAVES) {
        kc_keccak_leaves(x, y, p0, p1, a[0], a[1]);
    } else if (l->kernel == SC_KC_KECCAK_NODES) {
        kc_keccak_nodes(x, y, p0, a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_P2_LEAVES) {
        kc_poseidon2_leaves(x, y, p0, p1, buffer[l->pointer[2]], a[0], a[1]);
    } else if (l->kernel == SC_KC_P2_NODES) {
        kc_poseidon2_nodes(x, y, p0, p1, a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_POSEIDON2_16) {
        kc_poseidon2_16(x, y, p0, p1, a[0]);
    } else {
        kc_poseidon2_24(x, y, p0, p1, a[0]);
    }
}

static void run_rate_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]];
    if (l->kernel == SC_KC_RATE) {
        kc_rate(x, y, p0, a[0], a[1], a[2], a[3]);
    } else if (l->kernel == SC_KC_RATE_LOCAL) {
        kc_rate_local(x, y, p0, a[0]);
    } else if (l->kernel == SC_KC_RATE_COPY) {
        kc_rate_copy(x, y, p0, buffer[l->pointer[1]]);
    } else {
        kc_rate_read(x, y, p0, buffer[l->pointer[1]], a[0], a[1], a[2]);
    }
}

static void run_open_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]];
    uint32_t *const p1 = buffer[l->pointer[1]], *const p2 = buffer[l->pointer[2]];
    if (l->kernel == SC_KC_FILL) {
        kc_fill(x, y, p0, a[0], a[1]);
    } else if (l->kernel == SC_KC_OPEN_CROSS) {
        kc_open_cross(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    } else if (l->kernel == SC_KC_OPEN_LIN) {
        kc_open_lin(x, y, p0, p1, p2, a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_OPEN_WEIGHT) {
        kc_open_weight(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
    } else if (l->kernel == SC_KC_OPEN_POWERS) {
        kc_open_powers(x, y, p0, p1, a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_OPEN_SAMPLE) {
        kc_open_sample(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5]);
    } else if (l->kernel == SC_KC_OPEN_ROUND) {
        kc_open_round(x, y, p0, p1, p2, buffer[l->pointer[3]], a[0], a[1], a[2], a[3], a[4]);
    } else if (l->kernel == SC_KC_OPEN_FOLD) {
        kc_open_fold(x, y, p0, p1, p2, a[0], a[1], a[2], a[3]);
    } else {
        kc_pick(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}

static void run_laws_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]];
    const uint32_t *const p1 = buffer[l->pointer[1]], *const p2 = buffer[l->pointer[2]];
    if (l->kernel == SC_KC_LAWS_BASE) {
        kc_laws_base(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_LAWS_EXT) {
        kc_laws_ext(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_FORM) {
        kc_form(x, y, p0, p1, p2, a[0], a[1]);
    } else if (l->kernel == SC_KC_FORM_ROUND) {
        kc_form_round(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    } else if (l->kernel == SC_KC_BIND_BASE) {
        kc_bind_base(x, y, p0, p1, p2, buffer[l->pointer[3]], a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_BIND_EXT) {
        kc_bind_ext(x, y, p0, p1, p2, a[0], a[1], a[2]);
    } else if (l->kernel == SC_KC_FIRSTS) {
        kc_firsts(x, y, p0, p1, p2, a[0], a[1]);
    } else if (l->kernel == SC_KC_ZERO_BEGIN) {
        kc_zero_begin(x, y, p0, p1, p2, a[0], a[1], a[2]);
    } else {
        kc_zero_round(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}

static void run_msm_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]], *const p1 = buffer[l->pointer[1]], *const p2 = buffer[l->pointer[2]];
    if (l->kernel == SC_KC_MSM_DIGITS) {
        kc_msm_digits(x, y, p0, p1, p2, a[0], a[1], a[2], a[3]);
    } else if (l->kernel == SC_KC_MSM_RUN_BN_G1) {
        kc_msm_run_bn_g1(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_MSM_RUN_BN_G2) {
        kc_msm_run_bn_g2(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_MSM_RUN_BLS_G1) {
        kc_msm_run_bls_g1(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_MSM_RUN_BLS_G2) {
        kc_msm_run_bls_g2(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    } else if (l->kernel == SC_KC_MSM_WEIGH_BN_G1) {
        kc_msm_weigh_bn_g1(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
    } else if (l->kernel == SC_KC_MSM_WEIGH_BN_G2) {
        kc_msm_weigh_bn_g2(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
    } else if (l->kernel == SC_KC_MSM_WEIGH_BLS_G1) {
        kc_msm_weigh_bls_g1(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
    } else {
        kc_msm_weigh_bls_g2(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
    }
}

static void run_group(const struct sc_kc_launch *l, uint32_t x, uint32_t y, uint32_t *const *buffer)
{
    const uint32_t *const a = l->arg;
    uint32_t *const p0 = buffer[l->pointer[0]];
    const uint32_t *const p1 = buffer[l->pointer[1]], *const p2 = buffer[l->pointer[2]];
    switch (l->kernel) {
    case SC_KC_NTT_PASS:
        kc_ntt_pass(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        break;
    case SC_KC_LEAVES:
        kc_leaves(x, y, p0, p1, p2, a[0], a[1]);
        break;
    case SC_KC_NODES:
        kc_nodes(x, y, p0, p1, a[0], a[1], a[2]);
        break;
    case SC_KC_CLOSED:
        kc_closed(x, y, p0, a[0], a[1], a[2], a[3]);
        break;
    case SC_KC_FRACTIONS:
        kc_fractions(x, y, p0, p1, p2, a[0], a[1], a[2], a[3], a[4]);
        break;
    case SC_KC_UNUSED:
        kc_unused(x, y, p0, a[0], a[1], a[2], a[3]);
        break;
    case SC_KC_GKR_UP:
        kc_gkr_up(x, y, p0, p1, a[0], a[1], a[2]);
        break;
    case SC_KC_GKR_ROUND:
        kc_gkr_round(x, y, p0, buffer[l->pointer[1]], p2, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        break;
    case SC_KC_GKR_TAIL:
        kc_gkr_tail(x, y, p0, buffer[l->pointer[1]], a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        break;
    case SC_KC_SAY:
        kc_say(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
        break;
    case SC_KC_EQ:
        kc_eq(x, y, p0, a[0], a[1], a[2]);
        break;
    case SC_KC_TOTAL:
        kc_total(x, y, p0, p1, a[0], a[1]);
        break;
    case SC_KC_MAP_BN_FP:
        kc_map_bn_fp(x, y, p0, p1, p2, a[0], a[1]);
        break;
    case SC_KC_MAP_BN_FR:
        kc_map_bn_fr(x, y, p0, p1, p2, a[0], a[1]);
        break;
    case SC_KC_MAP_BLS_FP:
        kc_map_bls_fp(x, y, p0, p1, p2, a[0], a[1]);
        break;
    case SC_KC_MAP_BLS_FR:
        kc_map_bls_fr(x, y, p0, p1, p2, a[0], a[1]);
        break;
    case SC_KC_FR_PASS_BN:
        kc_fr_pass_bn(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
        break;
    case SC_KC_FR_TURN_BN:
        kc_fr_turn_bn(x, y, p0, p1, a[0], a[1]);
        break;
    case SC_KC_FR_SHIFT_BN:
        kc_fr_shift_bn(x, y, p0, p1, a[0], a[1], a[2]);
        break;
    case SC_KC_FR_PASS_BLS:
        kc_fr_pass_bls(x, y, p0, p1, a[0], a[1], a[2], a[3], a[4]);
        break;
    case SC_KC_FR_TURN_BLS:
        kc_fr_turn_bls(x, y, p0, p1, a[0], a[1]);
        break;
    case SC_KC_FR_SHIFT_BLS:
        kc_fr_shift_bls(x, y, p0, p1, a[0], a[1], a[2]);
        break;
    case SC_KC_FILL:
    case SC_KC_OPEN_CROSS:
    case SC_KC_OPEN_LIN:
    case SC_KC_OPEN_WEIGHT:
    case SC_KC_OPEN_POWERS:
    case SC_KC_OPEN_SAMPLE:
    case SC_KC_OPEN_ROUND:
    case SC_KC_OPEN_FOLD:
    case SC_KC_PICK:
        run_open_group(l, x, y, buffer);
        break;
    case SC_KC_LAWS_BASE:
    case SC_KC_LAWS_EXT:
    case SC_KC_FORM:
    case SC_KC_FORM_ROUND:
    case SC_KC_BIND_BASE:
    case SC_KC_BIND_EXT:
    case SC_KC_FIRSTS:
    case SC_KC_ZERO_BEGIN:
    case SC_KC_ZERO_ROUND:
        run_laws_group(l, x, y, buffer);
        break;
    case SC_KC_MSM_DIGITS:
    case SC_KC_MSM_RUN_BN_G1:
    case SC_KC_MSM_RUN_BN_G2:
    case SC_KC_MSM_RUN_BLS_G1:
    case SC_KC_MSM_RUN_BLS_G2:
    case SC_KC_MSM_WEIGH_BN_G1:
    case SC_KC_MSM_WEIGH_BN_G2:
    case SC_KC_MSM_WEIGH_BLS_G1:
    case SC_KC_MSM_WEIGH_BLS_G2:
        run_msm_group(l, x, y, buffer);
        break;
    case SC_KC_GRIND:
    case SC_KC_SHA_LEAVES:
    case SC_KC_SHA_NODES:
    case SC_KC_KECCAK_LEAVES:
    case SC_KC_KECCAK_NODES:
    case SC_KC_P2_LEAVES:
    case SC_KC_P2_NODES:
    case SC_KC_POSEIDON2_16:
    case SC_KC_POSEIDON2_24:
        run_hash_group(l, x, y, buffer);
        break;
    case SC_KC_RATE:
    case SC_KC_RATE_LOCAL:
    case SC_KC_RATE_COPY:
    case SC_KC_RATE_READ:
        run_rate_group(l, x, y, buffer);
        break;
    case SC_KC_N_KERNELS:
        break;
    }
}

void sc_kc_run_groups(const struct sc_kc_launch *l, uint32_t *const *buffer, size_t begin, size_t end)
{
    for (size_t g = begin; g < end; g++) {
        run_group(l, (uint32_t)(g % l->groups[0]), (uint32_t)(g / l->groups[0]), buffer);
    }
}

void sc_kc_run(const struct sc_kc_launch *l, uint32_t *const *buffer)
{
    sc_kc_run_groups(l, buffer, 0, (size_t)l->groups[0] * l->groups[1]);
}
