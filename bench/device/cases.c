/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The groups of kernels at sizes that fill a device, what each does in units that have a price in instructions (tests/diff/cuda_units.txt), and
 * the bytes that it cannot but move. Data is arbitrary where the arithmetic does not care. Contracts: bed.h.
 */
#include "bench/device/bed.h"

#include "core/air/air.h"
#include "core/field/fx.h"
#include "kernels/kc/commit_plan.h"
#include "kernels/kc/fr_plan.h"
#include "kernels/kc/gkr_plan.h"
#include "kernels/kc/hash_plan.h"
#include "kernels/kc/laws_plan.h"
#include "kernels/kc/open_plan.h"

#include <string.h>

enum { LOW = 10, SHA_BLOCK = 64, WORDS_OF_LEAF = 16, LAWS_TABLE = 1 << 16 };

struct what {
    const char *name, *unit;
    double units, bytes;
    struct job job;
    uint32_t *kept;
};

static double power(unsigned n)
{
    return (double)((uint64_t)1 << n);
}

static unsigned less(unsigned log, unsigned shrink, unsigned least)
{
    return log > shrink + least ? log - shrink : least;
}

/* Launches of one kernel out of a plan, in their order. */
static void pick(struct job *j, const struct sc_kc_launch *from, unsigned n, enum sc_kc_kernel k)
{
    for (unsigned i = 0; i < n; i++) {
        if (from[i].kernel == k) {
            j->launch[j->n_launches++] = from[i];
        }
    }
}

/* ---- commitments: 64 words of 2^log elements ---- */

static void commitment(struct what *w, unsigned log, enum sc_kc_kernel k)
{
    const struct sc_kc_commit c = {1, (uint8_t)(log + 6), 6, 0};
    struct sc_kc_launch plan[SC_KC_MAX_LAUNCHES];
    const unsigned n = sc_kc_commit_plan(plan, c);
    struct job *const j = &w->job;
    for (int i = 0; i < SC_KC_N_BUFFERS; i++) {
        j->words[i] = sc_kc_len(c, (enum sc_kc_buffer)i);
    }
    pick(j, plan, n, k);
    if (k == SC_KC_NTT_PASS) {
        w->units = 64 * log * power(log - 1);
        w->bytes = 8 * 64 * power(log) * j->n_launches;
        j->words[SC_KC_TREE] = j->words[SC_KC_LEAF_KEY] = j->words[SC_KC_NODE_KEY] = 0;
        j->out = SC_KC_CODE;
        j->out_words = j->words[SC_KC_CODE];
        return;
    }
    w->units = k == SC_KC_LEAVES ? 4 * power(log) : power(log) - 1;
    w->bytes = k == SC_KC_LEAVES ? (256 + 32) * power(log) : 96 * power(log);
    j->words[SC_KC_MESSAGE] = j->words[SC_KC_POW] = 0;
    j->words[SC_KC_CODE] = k == SC_KC_LEAVES ? j->words[SC_KC_CODE] : 0;
    j->out = SC_KC_TREE;
    j->out_words = k == SC_KC_LEAVES ? (uint64_t)8 << log : ((uint64_t)16 << log) - 8;
}

static void ntt(struct what *w, unsigned shrink)
{
    commitment(w, less(20, shrink, 6), SC_KC_NTT_PASS);
}

static void leaves(struct what *w, unsigned shrink)
{
    commitment(w, less(20, shrink, 6), SC_KC_LEAVES);
}

static void tree(struct what *w, unsigned shrink)
{
    commitment(w, less(20, shrink, 6), SC_KC_NODES);
}

/* ---- other hashes ---- */

static void poseidon(struct what *w, unsigned width, unsigned log)
{
    w->units = power(log);
    w->bytes = 8 * width * power(log);
    w->job.words[SC_KC_HASH_OUT] = w->job.out_words = (uint64_t)width << log;
    w->job.words[SC_KC_HASH_IN] = SC_KC_POSEIDON2_MAX_CONSTANTS;
    w->job.launch[w->job.n_launches++] = sc_kc_poseidon2(width, (uint32_t)1 << log);
}

static void poseidon16(struct what *w, unsigned shrink)
{
    poseidon(w, 16, less(20, shrink, 7));
}

static void poseidon24(struct what *w, unsigned shrink)
{
    poseidon(w, 24, less(20, shrink, 7));
}

static void sha(struct what *w, unsigned shrink)
{
    const unsigned log = less(20, shrink, 7);
    w->units = 2 * power(log) + 2 * (power(log) - 1); /* two blocks each: the length takes part of one */
    w->bytes = (4 * WORDS_OF_LEAF + 32 + 96) * power(log);
    w->job.words[SC_KC_HASH_OUT] = (uint64_t)16 << log;
    w->job.words[SC_KC_HASH_IN] = (uint64_t)WORDS_OF_LEAF << log;
    w->job.words[SC_KC_HASH_LEAF] = w->job.words[SC_KC_HASH_NODE] = 8;
    w->job.out_words = ((uint64_t)16 << log) - 8;
    w->job.n_launches = sc_kc_hash_tree(w->job.launch, SC_KC_SHA256, log, WORDS_OF_LEAF, SHA_BLOCK);
}

static void keccak(struct what *w, unsigned shrink)
{
    const unsigned log = less(20, shrink, 7);
    w->units = power(log);
    w->bytes = (128 + 32) * power(log);
    w->job.words[SC_KC_HASH_OUT] = w->job.out_words = (uint64_t)8 << log;
    w->job.words[SC_KC_HASH_IN] = (uint64_t)32 << log;
    (void)sc_kc_hash_tree(w->job.launch, SC_KC_KECCAK256, log, 32, 0);
    w->job.n_launches = 1; /* the leaves */
}

/* A mask that no nonce meets: all are tried, and none is found. */
static void grind(struct what *w, unsigned shrink)
{
    static uint32_t frame[25] = {[24] = UINT32_MAX};
    const uint32_t n = (uint32_t)1 << less(24, shrink, 10);
    for (uint32_t i = 0; i < 24; i++) {
        frame[i] = i == 12 ? 1 : (i + 1) * 0x9e3779b1u; /* the upper half of word 4 of the frame is the nonce's */
    }
    w->kept = frame;
    w->units = n;
    w->job.words[SC_KC_HASH_IN] = w->job.out_words = 25;
    w->job.fill[SC_KC_HASH_IN] = FILL_KEPT;
    w->job.out = SC_KC_HASH_IN;
    w->job.launch[w->job.n_launches++] = sc_kc_grind(UINT32_MAX, n);
}

/* ---- sumchecks ---- */

static void gkr_up(struct what *w, unsigned shrink)
{
    const unsigned log = less(21, shrink, 6);
    w->units = power(log);
    w->bytes = 3 * 8.0 * FX_DEG * power(log);
    w->job.words[SC_KC_LAYER + log] = w->job.out_words = sc_kc_layer_len(log);
    w->job.words[SC_KC_LAYER + log + 1] = sc_kc_layer_len(log + 1);
    w->job.out = SC_KC_LAYER + log;
    w->job.launch[w->job.n_launches++] = sc_kc_gkr_up(log);
}

static void open_round(struct what *w, unsigned shrink)
{
    const unsigned n = less(21, shrink, 6), log_plane = n + 1;
    w->units = power(n);
    w->bytes = 2.0 * 4 * FX_DEG * power(log_plane);
    w->job.words[SC_KC_OPEN_G] = w->job.words[SC_KC_OPEN_W] = (uint64_t)FX_DEG << log_plane;
    w->job.words[SC_KC_OPEN_PARTIAL] = sc_kc_open_partial_len(log_plane, 0, LOW);
    w->job.words[SC_KC_OPEN_TALK] = SC_KC_OPEN_TALK_LEN; /* the state goes on from run to run; the sums are the same each time */
    w->job.out = SC_KC_OPEN_TALK;
    w->job.out_at = SC_KC_SAID_H;
    w->job.out_words = 2 * FX_DEG;
    struct sc_kc_launch *to = w->job.launch;
    sc_kc_open_round(&to, log_plane, n, 0, 0);
    w->job.n_launches = (unsigned)(to - w->job.launch);
}

static void open_fold(struct what *w, unsigned shrink)
{
    const unsigned n = less(21, shrink, 6);
    w->units = 2 * power(n);
    w->bytes = 3 * 2.0 * 4 * FX_DEG * power(n);
    w->job.words[SC_KC_OPEN_G] = w->job.words[SC_KC_OPEN_W] = (uint64_t)FX_DEG << (n + 1);
    w->job.words[SC_KC_OPEN_NEXT_G] = w->job.words[SC_KC_OPEN_NEXT_W] = w->job.out_words = (uint64_t)FX_DEG << n;
    w->job.words[SC_KC_OPEN_TALK] = SC_KC_OPEN_TALK_LEN;
    w->job.out = SC_KC_OPEN_NEXT_G;
    struct sc_kc_launch *to = w->job.launch;
    sc_kc_open_fold(&to, n + 1, n, 1);
    w->job.n_launches = (unsigned)(to - w->job.launch);
}

/* The table of the machine whose program is the longest; all its columns one behind the other. */
static void zerocheck(struct what *w, unsigned shrink)
{
    static uint32_t tables[LAWS_TABLE];
    const unsigned log_h = less(20, shrink, 8);
    struct sc_kc_program_info info = {0, 0};
    unsigned table = 0;
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        const struct sc_kc_program_info own = sc_kc_laws_program(NULL, t);
        if (own.n_steps > info.n_steps) {
            info = own;
            table = t;
        }
    }
    const struct air_table *const t = &sc_air_tables[table];
    const struct sc_kc_zero_at at = {.left = log_h, .n_laws = 1, .tau = {0, (uint8_t)(log_h - 1), LOW}};
    const uint32_t n_columns = (uint32_t)t->n_cols + t->n_closed;
    struct sc_kc_law law = {.n_steps = info.n_steps, .plane = (uint32_t)1 << (log_h - 1)};
    sc_kc_law_lanes(&law, info.n_vars);
    law.lambda = (uint32_t)sc_kc_eqs_len(at.tau.n, LOW);
    law.program = law.lambda + FX_DEG * (uint32_t)t->n_constraints;
    law.columns = law.program + 3 * info.n_steps;
    const struct sc_kc_zero lists = {.laws = law.columns + n_columns};
    const uint32_t len = lists.laws + (uint32_t)(sizeof law / sizeof tables[0]);
    if (len > LAWS_TABLE) {
        return;
    }
    for (uint32_t i = 0; i < law.program; i++) {
        tables[i] = i * 0x9e3779b1u % FP_P;
    }
    (void)sc_kc_laws_program(tables + law.program, table);
    for (uint32_t i = 0; i < n_columns; i++) {
        tables[law.columns + i] = i << log_h;
    }
    memcpy(tables + lists.laws, &law, sizeof law);
    w->kept = tables;
    w->units = 2.0 * info.n_steps * power(at.tau.n);
    w->bytes = 4.0 * n_columns * power(log_h);
    w->job.words[SC_KC_IN_CELLS] = (uint64_t)n_columns << log_h;
    w->job.words[SC_KC_IN_TABLES] = len;
    w->job.fill[SC_KC_IN_TABLES] = FILL_KEPT;
    w->job.words[SC_KC_IN_PARTIAL] = sc_kc_zero_partial_len(at.tau.n, LOW, 2);
    w->job.words[SC_KC_IN_OUT] = w->job.out_words = 20;
    w->job.out = SC_KC_IN_OUT;
    w->job.n_launches = sc_kc_zero_sums(w->job.launch, &lists, &at);
}

/* ---- large fields ---- */

static void fr(struct what *w, enum sc_fr field, unsigned log)
{
    const struct sc_kc_fr f = {field, log, 1};
    w->units = log * power(log - 1);
    for (int i = 0; i < SC_KC_N_FR_BUFFERS; i++) {
        w->job.words[i] = 8 * sc_kc_fr_len(f, (enum sc_kc_fr_buffer)i);
        w->job.fill[i] = FILL_SCALARS;
    }
    w->job.out_words = w->job.words[SC_KC_FR_X];
    w->job.n_launches = sc_kc_fr_ntt(w->job.launch, f, false);
    w->bytes = 64 * power(log) * w->job.n_launches;
}

static void fr_bn(struct what *w, unsigned shrink)
{
    fr(w, SC_BN_FR, less(20, shrink, 6));
}

static void fr_bls(struct what *w, unsigned shrink)
{
    fr(w, SC_BLS_FR, less(20, shrink, 6));
}

/* C(function, name, unit) */
#define CASES(C)                                                   \
    C(ntt, "ntt-koalabear-64", "butterfly")                        \
    C(leaves, "blake3-leaves-64", "blake3")                        \
    C(tree, "blake3-tree", "blake3")                               \
    C(poseidon16, "poseidon2-16", "poseidon2_16")                  \
    C(poseidon24, "poseidon2-24", "poseidon2_24")                  \
    C(sha, "sha256-tree", "sha256")                                \
    C(keccak, "keccak256-leaves", "keccak_f")                      \
    C(grind, "grind", "blake3")                                    \
    C(gkr_up, "gkr-layer", "gkr_up")                               \
    C(zerocheck, "zerocheck", "law_step")                          \
    C(open_round, "sumcheck-round", "open_round")                  \
    C(open_fold, "fold", "open_fold")                              \
    C(fr_bn, "ntt-bn254-fr", "butterfly_bn_fr")                    \
    C(fr_bls, "ntt-bls12-381-fr", "butterfly_bls_fr")

static const struct {
    void (*set)(struct what *w, unsigned shrink);
    const char *name, *unit;
} cases[] = {
#define C(function, name, unit) {function, name, unit},
    CASES(C)
#undef C
};

static bool say_case(struct bed *b, const struct what *w, bool first)
{
    const uint32_t *kept[SC_KC_MAX_BUFFERS] = {NULL};
    struct timing t = {0, 0, 0, 0};
    uint8_t digest[BED_DIGEST] = {0};
    bool same = false;
    for (int i = 0; i < SC_KC_MAX_BUFFERS; i++) {
        kept[i] = w->kept;
    }
    socle_status st = bed_make(b, &w->job, kept);
    st = st == SOCLE_OK ? bed_compare(digest, &same, b, &w->job) : st;
    st = st == SOCLE_OK && same ? bed_time(&t, b, &w->job) : st;
    printf("%s\n  {\"name\":\"%s\",\"unit\":\"%s\",\"units\":%.9g,\"bytes\":%.9g,\"launches\":%u,", first ? "" : ",", w->name, w->unit, w->units, w->bytes,
           w->job.n_launches);
    if (st == SOCLE_E_NOMEM) {
        printf("\"skipped\":\"no memory\"}");
        return true;
    }
    printf("\"agrees\":%s,\"digest\":\"", same ? "true" : "false");
    say_digest(digest);
    printf("\",");
    say_timing(&t);
    printf("}");
    if (st != SOCLE_OK || !same) {
        fprintf(stderr, "bench_device: %s: %s\n", w->name, st != SOCLE_OK ? b->message(&b->d) : "not the host's result");
    }
    return st == SOCLE_OK && same;
}

bool say_kernels(struct bed *b, unsigned shrink, const char *only)
{
    bool good = true, first = true;
    printf(",\n \"kernels\":[");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct what w;
        if (only != NULL && strstr(cases[i].name, only) == NULL) {
            continue;
        }
        memset(&w, 0, sizeof w);
        w.name = cases[i].name;
        w.unit = cases[i].unit;
        cases[i].set(&w, shrink);
        good = say_case(b, &w, first) && good;
        (void)fflush(stdout);
        first = false;
    }
    good = say_sums(b, shrink, only, first) && good;
    printf("]");
    return good;
}
