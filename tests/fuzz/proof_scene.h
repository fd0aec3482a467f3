/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Honest proofs to start from: one small program that uses every table, two runs of it under the
 * cheap profile of tests/sound and one under the shipped one. Made anew in each process, so that no
 * stored proof can grow stale.
 */
#ifndef SC_TESTS_PROOF_SCENE_H
#define SC_TESTS_PROOF_SCENE_H

#include "core/verify/verify.h"

enum { SCENE_CHEAP, SCENE_SHIPPED, SCENE_PROFILES };
enum { SCENE_RUNS = 2 }; /* of the shipped profile, the first only */

struct scene_proof {
    uint8_t *bytes;
    size_t len;
};

struct proof_scene {
    struct sc_profile profile[SCENE_PROFILES];
    uint8_t vk[SCENE_PROFILES][SC_VK_LEN];
    struct sc_head_image image[SCENE_PROFILES];
    struct scene_proof proof[SCENE_PROFILES][SCENE_RUNS]; /* zero: not made */
};

/** Fill a scene; aborts when that fails. It lives as long as the process. */
void proof_scene_init(struct proof_scene *s);

#endif
