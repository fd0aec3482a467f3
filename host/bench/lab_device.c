/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cases on a device: what goes up, the launches, what comes down. Contracts: lab_device.h.
 */
#include "host/bench/lab_device.h"

#include "core/hash/sha256.h"
#include "host/curve/msm_d.h"
#include "host/device/space.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "kernels/kc/fr_plan.h"
#include "kernels/kc/gkr_plan.h"
#include "kernels/kc/open_plan.h"

#include <string.h>

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/rate.h"

#define SMALL 256u /* words: keys, states */

/* Launches on buffers of so many words, filled from memory as far as `filled`; the result is one stretch of one buffer. */
struct job {
    uint64_t words[SC_KC_MAX_BUFFERS], filled[SC_KC_MAX_BUFFERS]; /* 0: not there, nothing */
    const void *from[SC_KC_MAX_BUFFERS];
    struct sc_kc_launch launch[SC_KC_MAX_LAUNCHES];
    unsigned n, out;
    uint64_t at, len;
    fp small[SMALL];
    struct sc_fr_word *table;
    size_t table_len; /* bytes of it, the job's own */
};

static void has(struct job *j, unsigned buffer, uint64_t words, const void *from, uint64_t filled)
{
    j->words[buffer] = words;
    j->from[buffer] = from;
    j->filled[buffer] = filled;
}

static void gives(struct job *j, unsigned buffer, uint64_t at, uint64_t len)
{
    j->out = buffer;
    j->at = at;
    j->len = len;
}

static void commit_launches(struct job *j, struct sc_kc_commit shape, enum sc_kc_kernel kernel)
{
    struct sc_kc_launch all[SC_KC_MAX_LAUNCHES];
    const unsigned n = sc_kc_commit_plan(all, shape);
    for (unsigned i = 0; i < n; i++) {
        if (all[i].kernel == kernel) {
            j->launch[j->n++] = all[i];
        }
    }
}

static void code_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    uint8_t k = 0;
    while (1u << k < c->count) {
        k++;
    }
    const struct sc_kc_commit shape = {.planes = 1, .mu = (uint8_t)(c->log_n + k), .k = k, .lr = c->out_len > c->in_len};
    has(j, SC_KC_MESSAGE, sc_kc_len(shape, SC_KC_MESSAGE), lab->in, sc_kc_len(shape, SC_KC_MESSAGE));
    has(j, SC_KC_POW, sc_kc_len(shape, SC_KC_POW), lab->tw.pow, sc_kc_len(shape, SC_KC_POW));
    has(j, SC_KC_CODE, sc_kc_len(shape, SC_KC_CODE), NULL, 0);
    commit_launches(j, shape, SC_KC_NTT_PASS);
    gives(j, SC_KC_CODE, 0, j->words[SC_KC_CODE]);
}

/* Of 64 words as they are, under the key that the host has. */
static void leaves_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const struct sc_kc_commit shape = {.planes = 1, .mu = (uint8_t)(c->log_n + 6), .k = 6, .lr = 0};
    has(j, SC_KC_CODE, sc_kc_len(shape, SC_KC_CODE), lab->in, sc_kc_len(shape, SC_KC_CODE));
    has(j, SC_KC_TREE, sc_kc_len(shape, SC_KC_TREE), NULL, 0);
    has(j, SC_KC_LEAF_KEY, 8, j->small, 8);
    commit_launches(j, shape, SC_KC_LEAVES);
    gives(j, SC_KC_TREE, 0, (uint64_t)8 << c->log_n);
}

static void tree_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const struct sc_kc_commit shape = {.planes = 1, .mu = (uint8_t)c->log_n, .k = 0, .lr = 0};
    const uint64_t leaves = (uint64_t)8 << c->log_n;
    j->small[0] = 1;
    has(j, SC_KC_TREE, sc_kc_len(shape, SC_KC_TREE), lab->in, leaves);
    has(j, SC_KC_NODE_KEY, 8, j->small, 8);
    commit_launches(j, shape, SC_KC_NODES);
    gives(j, SC_KC_TREE, leaves, leaves - 8);
}

static socle_status fr_job(struct job *j, struct sc_lab *lab, const struct sc_lab_case *c)
{
    const struct sc_kc_fr f = {(enum sc_fr)c->of, c->log_n, c->count};
    const size_t n = sc_kc_fr_len(f, SC_KC_FR_X), twiddles = sc_kc_fr_len(f, SC_KC_FR_POW);
    j->table = sc_big_take(twiddles * sizeof *j->table);
    j->table_len = twiddles * sizeof *j->table;
    if (j->table == NULL) {
        return SOCLE_E_NOMEM;
    }
    sc_kc_fr_table(j->table, f);
    sc_lab_fr_input(lab, c);
    has(j, SC_KC_FR_X, 8 * n, lab->out, 8 * n);
    has(j, SC_KC_FR_POW, 8 * twiddles, j->table, 8 * twiddles);
    j->n = sc_kc_fr_ntt(j->launch, f, false);
    gives(j, SC_KC_FR_X, 0, 8 * n);
    return SOCLE_OK;
}

/* Tables of the challenge field as the host has them: planar, one behind the other in the input. */
static void layer_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    has(j, SC_KC_LAYER + c->log_n + 1, sc_kc_layer_len(c->log_n + 1), lab->in, sc_kc_layer_len(c->log_n + 1));
    has(j, SC_KC_LAYER + c->log_n, sc_kc_layer_len(c->log_n), NULL, 0);
    j->launch[j->n++] = sc_kc_gkr_up(c->log_n);
    gives(j, SC_KC_LAYER + c->log_n, 0, sc_kc_layer_len(c->log_n));
}

static void quad_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const uint64_t words = (uint64_t)(2 * FX_DEG) << c->log_n;
    has(j, SC_KC_OPEN_G, words, lab->in, words);
    has(j, SC_KC_OPEN_W, words, lab->in + words, words);
    struct sc_kc_launch *to = j->launch;
    sc_kc_open_round(&to, c->log_n + 1, c->log_n, 0, 0); /* its sums are absorbed, too */
    j->n = 2;
    has(j, SC_KC_OPEN_PARTIAL, (uint64_t)(2 * FX_DEG) * j->launch[0].groups[0], NULL, 0);
    has(j, SC_KC_OPEN_TALK, SC_KC_OPEN_TALK_LEN, NULL, 0);
    gives(j, SC_KC_OPEN_TALK, SC_KC_SAID_H, 2 * FX_DEG);
}

static void fold_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const uint64_t words = (uint64_t)FX_DEG << c->log_n;
    has(j, SC_KC_OPEN_G, 2 * words, lab->in, 2 * words);
    has(j, SC_KC_OPEN_NEXT_G, words, NULL, 0);
    struct sc_kc_launch *to = j->launch;
    const fx challenge = SC_LAB_CHALLENGE;
    memcpy(j->small + SC_KC_SAID_C, challenge.c, sizeof challenge.c);
    has(j, SC_KC_OPEN_TALK, SC_KC_OPEN_TALK_LEN, j->small, SC_KC_SAID_C + FX_DEG);
    sc_kc_open_fold(&to, c->log_n + 1, c->log_n, 1); /* and the weight's, which is left out */
    j->n = 1;
    gives(j, SC_KC_OPEN_NEXT_G, 0, words);
}

/* Hashes that no profile uses: plain SHA-256, Keccak-256, Poseidon2. Leaves are columns, as those of a commitment. */
static void hash_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const bool sha = c->of == SC_KC_SHA256, tree = c->form == SC_LAB_HASH_TREE;
    const uint64_t code = (uint64_t)c->count << c->log_n, leaves = (uint64_t)8 << c->log_n;
    struct sha256 h;
    _Static_assert(SMALL >= SC_KC_POSEIDON2_MAX_CONSTANTS, "a state is sent with as much behind it as there are constants");
    sc_sha256_init(&h);
    memcpy(j->small, h.state, sizeof h.state);
    has(j, SC_KC_HASH_LEAF, SC_KC_POSEIDON2_MAX_CONSTANTS, sha ? j->small : lab->constants_24, SC_KC_POSEIDON2_MAX_CONSTANTS);
    has(j, SC_KC_HASH_NODE, SC_KC_POSEIDON2_MAX_CONSTANTS, sha ? j->small : lab->constants_16, SC_KC_POSEIDON2_MAX_CONSTANTS);
    j->n = sc_kc_hash_tree(j->launch, (enum sc_kc_hash)c->of, c->log_n, c->count, 0);
    if (tree) {
        j->n--; /* without the leaves */
        memmove(j->launch, j->launch + 1, j->n * sizeof j->launch[0]);
        has(j, SC_KC_HASH_OUT, 2 * leaves, lab->in, leaves);
        gives(j, SC_KC_HASH_OUT, leaves, leaves - 8);
    } else {
        j->n = 1;
        has(j, SC_KC_HASH_IN, code, lab->in, code);
        has(j, SC_KC_HASH_OUT, leaves, NULL, 0);
        gives(j, SC_KC_HASH_OUT, 0, leaves);
    }
}

static void poseidon2_job(struct job *j, const struct sc_lab *lab, const struct sc_lab_case *c)
{
    const uint64_t states = (uint64_t)c->count << c->log_n;
    const fp *const constants = c->count == 16 ? lab->constants_16 : lab->constants_24;
    has(j, SC_KC_HASH_IN, SC_KC_POSEIDON2_MAX_CONSTANTS, constants, SC_KC_POSEIDON2_MAX_CONSTANTS);
    has(j, SC_KC_HASH_OUT, states, lab->in, states);
    j->launch[j->n++] = sc_kc_poseidon2(c->count, (uint32_t)1 << c->log_n);
    gives(j, SC_KC_HASH_OUT, 0, states);
}

static socle_status job_of(struct job *j, struct sc_lab *lab, const struct sc_lab_case *c)
{
    memset(j, 0, sizeof *j);
    switch (c->form) {
    case SC_LAB_CODE:
        code_job(j, lab, c);
        break;
    case SC_LAB_LEAVES:
        leaves_job(j, lab, c);
        break;
    case SC_LAB_TREE:
        tree_job(j, lab, c);
        break;
    case SC_LAB_FR_NTT:
        return fr_job(j, lab, c);
    case SC_LAB_LAYER:
        layer_job(j, lab, c);
        break;
    case SC_LAB_QUAD:
        quad_job(j, lab, c);
        break;
    case SC_LAB_FOLD:
        fold_job(j, lab, c);
        break;
    case SC_LAB_HASH_LEAVES:
    case SC_LAB_HASH_TREE:
        hash_job(j, lab, c);
        break;
    case SC_LAB_POSEIDON2:
        poseidon2_job(j, lab, c);
        break;
    case SC_LAB_UP:
    case SC_LAB_DOWN: /* no launches: one buffer */
        has(j, 0, c->out_len / 4, lab->in, c->out_len / 4);
        gives(j, 0, 0, c->out_len / 4);
        break;
    case SC_LAB_HOST:
    case SC_LAB_SUM:
        return SOCLE_E_BUG;
    }
    return SOCLE_OK;
}

static void job_end(struct job *j)
{
    sc_big_free(j->table, j->table_len);
}

/* ---- on the device ---- */

/* Nothing of the last result may be taken for this one. */
static void clear_output(struct sc_lab *lab, const struct sc_lab_case *c)
{
    memset(lab->out, 0, c->out_len);
}

static uint64_t elapsed(uint64_t start)
{
    return sc_clock_ns() - start;
}

static socle_status put_all(struct sc_space *s, const struct job *j, const struct sc_piece *piece)
{
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < SC_KC_MAX_BUFFERS && st == SOCLE_OK; i++) {
        st = j->filled[i] > 0 ? sc_space_put(s, piece[i], 0, j->from[i], j->filled[i]) : SOCLE_OK;
    }
    return st;
}

static socle_status perform(uint64_t *ns, struct sc_lab *lab, struct job *j, const struct sc_lab_case *c)
{
    struct sc_piece piece[SC_KC_MAX_BUFFERS];
    struct sc_space s = {0};
    socle_status st = SOCLE_OK;
    TRY(sc_space_borrow(&s, lab->committer, SC_LOAN_BENCH));
    for (unsigned i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        piece[i] = sc_space_take(&s, j->words[i]);
    }
    TRY(sc_space_room(&s, NULL)); /* nothing is kept: of no bytes */
    const uint64_t up = sc_clock_ns();
    TRY(put_all(&s, j, piece));
    *ns = elapsed(up);
    clear_output(lab, c);
    if (j->n > 0) {
        const uint64_t run = sc_clock_ns();
        TRY(sc_space_run(&s, piece, SC_KC_MAX_BUFFERS, j->launch, j->n));
        *ns = elapsed(run);
    }
    const uint64_t down = sc_clock_ns();
    TRY(sc_space_get(&s, lab->out, piece[j->out], j->at, j->len));
    *ns = c->form == SC_LAB_DOWN ? elapsed(down) : *ns;
out:
    (void)sc_space_fini(&s);
    return st;
}

/* The points, which the host has made already, are not part of a sum's time; that they go up is. */
static socle_status sum(uint64_t *ns, struct sc_lab *lab, const struct sc_lab_case *c)
{
    const uint64_t(*const k)[4] = sc_lab_msm_numbers(lab);
    const socle_status made = sc_lab_prepare(lab, c);
    if (made != SOCLE_OK) {
        return made;
    }
    clear_output(lab, c);
    const uint64_t start = sc_clock_ns();
    const socle_status st = sc_msm_device(lab->committer, (enum sc_group)c->of, lab->out, lab->points[c->of], k, (size_t)1 << c->log_n);
    *ns = elapsed(start);
    return st;
}

socle_status sc_lab_on_device(uint64_t *ns, struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct job j;
    *ns = 0;
    if (c->form == SC_LAB_SUM) {
        return sum(ns, lab, c);
    }
    sc_lab_release(lab);
    socle_status st = job_of(&j, lab, c);
    if (st == SOCLE_OK) {
        st = perform(ns, lab, &j, c);
    }
    job_end(&j);
    return st;
}

/* ---- limits ---- */

#define RATE_GROUPS ((uint32_t)1 << 12)
#define COPY_GROUPS ((uint32_t)1 << 15)
#define COPY_WORDS ((uint64_t)COPY_GROUPS * KC_RATE_ITEMS * KC_RATE_CHAINS)
#define ENOUGH_NS UINT64_C(2000000) /* beside it the way to the device and back is little */
#define MOST_TURNS ((uint32_t)1 << 20)
#define MOST_COPIES 48u

/* So many turns of a loop, or copies one behind the other. */
static socle_status turns(uint64_t *ns, struct sc_space *s, enum sc_lab_limit limit, uint64_t words, uint32_t n)
{
    struct sc_kc_launch launch[MOST_COPIES];
    const bool copy = limit == SC_LAB_DEVICE_COPY;
    const struct sc_piece piece[2] = {{0, 4 * words}, {4 * words, 4 * words}}; /* the second of copies alone */
    const uint32_t what = limit == SC_LAB_DEVICE_WIDE ? KC_RATE_WIDE : KC_RATE_ADD;
    for (uint32_t i = 0; i < (copy ? n : 1); i++) {
        launch[i] = copy ? (struct sc_kc_launch){.kernel = SC_KC_RATE_COPY, .groups = {(uint32_t)(words / (KC_RATE_ITEMS * KC_RATE_CHAINS)), 1}, .pointer = {0, 1}}
                         : (struct sc_kc_launch){.kernel = SC_KC_RATE, .groups = {RATE_GROUPS, 1}, .pointer = {0}, .arg = {what, n, 1, 3}};
    }
    const uint64_t start = sc_clock_ns();
    const socle_status st = sc_space_run(s, piece, copy ? 2 : 1, launch, copy ? n : 1);
    *ns = elapsed(start);
    return st;
}

/* Of a copy: as many as there are, or as half of the device's memory has room for. */
static uint64_t copy_words(const struct sc_lab *lab)
{
    uint64_t words = COPY_WORDS;
    while (words > KC_RATE_ITEMS * KC_RATE_CHAINS && 16 * words > sc_committer_budget(lab->committer)) {
        words /= 2;
    }
    return words;
}

socle_status sc_lab_device_limit(double *rate, struct sc_lab *lab, enum sc_lab_limit limit)
{
    const bool copy = limit == SC_LAB_DEVICE_COPY;
    const uint32_t most = copy ? MOST_COPIES : MOST_TURNS;
    const uint64_t words = copy ? copy_words(lab) : (uint64_t)RATE_GROUPS * KC_RATE_ITEMS;
    uint32_t *const n = &lab->turns[limit];
    struct sc_space s = {0};
    uint64_t ns = 0;
    socle_status st = SOCLE_OK;
    *rate = 0;
    TRY(sc_space_borrow(&s, lab->committer, SC_LOAN_BENCH));
    (void)sc_space_take(&s, copy ? 2 * words : words);
    TRY(sc_space_room(&s, NULL));
    if (*n == 0) {
        TRY(turns(&ns, &s, limit, words, 1)); /* it may build the kernels */
        for (*n = 1; *n < most;) {
            TRY(turns(&ns, &s, limit, words, *n));
            if (ns >= ENOUGH_NS) {
                break;
            }
            *n = 2 * *n < most ? 2 * *n : most;
        }
    }
    TRY(turns(&ns, &s, limit, words, *n));
    const double each = copy ? 2.0 * 4 * (double)words : (double)RATE_GROUPS * KC_RATE_ITEMS * KC_RATE_STEPS;
    *rate = ns > 0 ? 1e9 * each * *n / (double)ns : 0;
out:
    (void)sc_space_fini(&s);
    return st;
}
