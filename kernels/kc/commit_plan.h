/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches that make a commitment on a device: code words, leaves, nodes. The same for every kind of device, and for the kernels
 * run as C by the host, which is how they are tested without one.
 */
#ifndef SC_KC_COMMIT_PLAN_H
#define SC_KC_COMMIT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Kernels of kernels/kc. */
enum sc_kc_kernel { SC_KC_NTT_PASS, SC_KC_LEAVES, SC_KC_NODES, SC_KC_N_KERNELS };
extern const char *const sc_kc_names[SC_KC_N_KERNELS];

/** Buffers of a commitment, 32-bit words: 2^mu elements of each plane one plane after the other; twiddles, pow of struct sc_twiddles
 * for log_n; code words as struct sc_oracle has them; digests likewise, 8 words each; the key of leaves and the key of nodes, 8 words each. */
enum sc_kc_buffer { SC_KC_MESSAGE, SC_KC_POW, SC_KC_CODE, SC_KC_TREE, SC_KC_LEAF_KEY, SC_KC_NODE_KEY, SC_KC_N_BUFFERS };

enum { SC_KC_MAX_ARGS = 7, SC_KC_MAX_POINTERS = 3, SC_KC_GROUP_ITEMS = 64, SC_KC_MAX_LAUNCHES = 48 };

/** A kernel, its groups, its arguments: first the buffers, then the numbers. */
struct sc_kc_launch {
    enum sc_kc_kernel kernel;
    uint32_t groups[2];
    unsigned n_pointers, n_args;
    enum sc_kc_buffer pointer[SC_KC_MAX_POINTERS];
    uint32_t arg[SC_KC_MAX_ARGS];
};

/** A commitment to 2^mu elements in @p planes planes: 2^k words at rate 2^-lr. */
struct sc_kc_commit {
    uint8_t planes, mu, k, lr;
};

/** Whether the kernels can make it: mu - k + lr <= 24, and leaves are short enough. */
bool sc_kc_commit_fits(struct sc_kc_commit c);
/** Elements of a buffer. */
size_t sc_kc_len(struct sc_kc_commit c, enum sc_kc_buffer b);
/** Its launches, each to be made when those before it are done; returns how many. */
unsigned sc_kc_commit_plan(struct sc_kc_launch out[SC_KC_MAX_LAUNCHES], struct sc_kc_commit c);

/** Run one launch in this thread, buffers by their names. */
void sc_kc_run(const struct sc_kc_launch *l, uint32_t *const buffer[SC_KC_N_BUFFERS]);

#endif
