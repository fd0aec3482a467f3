/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches that make a commitment on a device: code words, leaves, nodes.
 */
#ifndef SC_KC_COMMIT_PLAN_H
#define SC_KC_COMMIT_PLAN_H

#include "kernels/kc/launch.h"

#include <stdbool.h>
#include <stddef.h>

/** Buffers of a commitment, 32-bit words: 2^mu elements of each plane one plane after the other; twiddles, pow of struct sc_twiddles
 * for log_n; code words as struct sc_oracle has them; digests likewise, 8 words each; the key of leaves and the key of nodes, 8 words each. */
enum sc_kc_buffer { SC_KC_MESSAGE, SC_KC_POW, SC_KC_CODE, SC_KC_TREE, SC_KC_LEAF_KEY, SC_KC_NODE_KEY, SC_KC_N_BUFFERS };

enum { SC_KC_MAX_LAUNCHES = 48 };

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

#endif
