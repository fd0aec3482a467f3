/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bench of the kernels: fixed cases over one input, the limits of the machine, and digests of what a case made.
 * A lab owns its buffers. The cases and the input are part of a report's meaning: when one changes, SC_LAB_VERSION counts up.
 * The formula of the limits: docs/internals/bench.md.
 */
#ifndef SC_BENCH_LAB_H
#define SC_BENCH_LAB_H

#include "core/base/status.h"
#include "host/curve/fr_ntt.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/curve/curve_ops.h"
#include "kernels/kc/hash_plan.h"

#define SC_LAB_VERSION 3
#define SC_LAB_DIGEST 32

/* What a core can do at most, with everything in registers (limit_* of kernels/cpu/ops.def, kernels/curve), and what the memory can.
 * L(NAME, name, log_n): one measurement has 2^log_n calls' worth of vectors on each thread; of the copy, it is of 2^log_n bytes. Those of
 * fields and of groups are in the order of enum sc_fr and enum sc_group. Those of devices are measured by kernels/kc/rate.h: products of 32 by
 * 32 bits with 64 bits added, sums of three, copies in the device's memory; how many is found when they are first measured. */
#define SC_LAB_LIMITS(L)                         \
    L(LEVELS, "pairs of NTT levels", 19)         \
    L(COMPRESS, "compressions", 15)              \
    L(EXT_MUL, "extension products", 17)         \
    L(WIDE, "products without reduction", 22)    \
    L(SHA256, "SHA-256 compressions", 14)        \
    L(KECCAK, "Keccak permutations", 12)         \
    L(FR, "BN254 Fr level pairs", 14)            \
    L(BLS_FR, "BLS12-381 Fr level pairs", 14)    \
    L(GROUP, "BN254 Fp products", 16)            \
    L(BN_G2, "BN254 Fp2 products", 14)           \
    L(BLS_G1, "BLS12-381 Fp products", 16)       \
    L(BLS_G2, "BLS12-381 Fp2 products", 14)      \
    L(COPY, "memory", 26)                        \
    L(DEVICE_WIDE, "device wide products", 0)    \
    L(DEVICE_ADD, "device additions", 0)         \
    L(DEVICE_COPY, "device memory", 0)

enum sc_lab_limit {
#define L(NAME, name, log_n) SC_LAB_##NAME,
    SC_LAB_LIMITS(L)
#undef L
        SC_LAB_N_LIMITS
};

/** What a device makes of a case; SC_LAB_HOST: it has no form for devices. */
enum sc_lab_form {
    SC_LAB_HOST,
    SC_LAB_CODE,
    SC_LAB_LEAVES,
    SC_LAB_TREE,
    SC_LAB_FR_NTT,
    SC_LAB_SUM,
    SC_LAB_LAYER,
    SC_LAB_QUAD,
    SC_LAB_FOLD,
    SC_LAB_HASH_LEAVES, /* of enum sc_kc_hash */
    SC_LAB_HASH_TREE,
    SC_LAB_POSEIDON2,
    SC_LAB_UP,
    SC_LAB_DOWN
};

#define SC_LAB_CHALLENGE ((fx){{1, 2, 3, 4, 5}})

/** What some cases need together. */
struct sc_lab_room {
    size_t in, out, held;           /* bytes; held: from the preparation of a run to the next one */
    size_t n_points[SC_GROUP_END];
    unsigned log_twiddles;
};

struct sc_lab_case;
struct sc_committer;
struct sc_lab {
    struct sc_committer *committer; /* of the device that runs; NULL: the processor does */
    const struct sc_cpu_ops *ops;
    const struct sc_fr_ops *fr[SC_FR_END];
    const struct sc_group_ops *group[SC_GROUP_END];
    struct sc_pool *pool;
    fp *in, *out;
    struct sc_lab_room room;
    fp *twiddles;
    struct sc_twiddles tw;
    void *points[SC_GROUP_END];     /* P, 2 P, 3 P, ... in the form of core/curve; P: the group's generator */
    size_t n_points[SC_GROUP_END];  /* so many are there already */
    struct sc_fr_domain *domain;    /* of the case that was prepared, or NULL */
    fp constants_16[SC_KC_POSEIDON2_MAX_CONSTANTS], constants_24[SC_KC_POSEIDON2_MAX_CONSTANTS]; /* of Poseidon2 */
    uint32_t turns[SC_LAB_N_LIMITS]; /* of a limit's loop on the device that take some milliseconds; 0: not known yet */
};

/** The least that a run takes: units of its limit, bytes of memory read and written. */
struct sc_lab_least {
    enum sc_lab_limit limit, memory;
    double work, bytes;
    bool is_limit; /* it is what a limit is measured by: its share says nothing */
};

/** A kernel at a size. */
struct sc_lab_case {
    const char *op, *shape;
    const char *what, *unit;     /* what is counted; a rate of it as shown */
    double scale;                /* of units a second as shown: 1e-6 for M */
    double units;                /* of one run */
    enum sc_lab_limit limit;
    double work;                 /* units of the limit; ask sc_lab_least, also for devices */
    double bytes;                /* read and written that cannot be avoided; 0 where the data need not leave the caches */
    bool is_limit;               /* as of struct sc_lab_least */
    unsigned log_n, count, log_twiddles;
    unsigned of;                 /* enum sc_fr, enum sc_group or enum sc_kc_hash, where there is one */
    enum sc_lab_form form;
    bool device_only;            /* processors have nothing to do: transfers */
    size_t in_len, out_len;      /* bytes; digests are of all of the output */
    void (*needs)(struct sc_lab_room *room, const struct sc_lab_case *c, unsigned n_threads); /* beside these; NULL: nothing */
    socle_status (*prepare)(struct sc_lab *lab, const struct sc_lab_case *c);                 /* before each run; NULL: nothing to do */
    socle_status (*run)(const struct sc_lab *lab, const struct sc_lab_case *c);
};

/** The cases of the suite "kernels". */
const struct sc_lab_case *sc_lab_kernels(size_t *n);

struct sc_lab_least sc_lab_least(const struct sc_lab_case *c, bool on_device);

/** Bytes that a lab for the n cases marked in @p wanted takes with so many threads; NULL: for all. */
size_t sc_lab_memory(const struct sc_lab_case *cases, const bool *wanted, size_t n, unsigned n_threads);
/** A lab for them, its input filled. The pool is the caller's. E_NOMEM. */
SC_MUST_USE socle_status sc_lab_init(struct sc_lab *lab, const struct sc_lab_case *cases, const bool *wanted, size_t n, struct sc_pool *pool);
void sc_lab_fini(struct sc_lab *lab);
unsigned sc_lab_threads(const struct sc_lab *lab);

/** Use the tables of an instruction set from now on; those of curves are portable for SC_ISA_REF, else the best. */
void sc_lab_use(struct sc_lab *lab, const struct sc_cpu_ops *ops);
/** Give back what the last preparation made. */
void sc_lab_release(struct sc_lab *lab);
/** What a run needs that no clock should see, into the output too. Before each run, behind the limits. E_NOMEM. */
SC_MUST_USE socle_status sc_lab_prepare(struct sc_lab *lab, const struct sc_lab_case *c);
/** Run a case by the reference kernels, and their digest. Other tables are in use again afterwards. E_NOMEM. */
SC_MUST_USE socle_status sc_lab_reference(uint8_t digest[SC_LAB_DIGEST], struct sc_lab *lab, const struct sc_lab_case *c);

/** Element i of the input, wherever it stands. */
fp sc_lab_word(size_t i);

/** Transforms over scalar fields and sums of multiples: what cases of these are made of. */
void sc_lab_fr_input(struct sc_lab *lab, const struct sc_lab_case *c);
void sc_lab_fr_needs(struct sc_lab_room *room, const struct sc_lab_case *c, unsigned n_threads);
socle_status sc_lab_fr_prepare(struct sc_lab *lab, const struct sc_lab_case *c);
socle_status sc_lab_fr_run(const struct sc_lab *lab, const struct sc_lab_case *c);
void sc_lab_msm_needs(struct sc_lab_room *room, const struct sc_lab_case *c, unsigned n_threads);
socle_status sc_lab_msm_prepare(struct sc_lab *lab, const struct sc_lab_case *c);
socle_status sc_lab_msm_run(const struct sc_lab *lab, const struct sc_lab_case *c);
const uint64_t (*sc_lab_msm_numbers(const struct sc_lab *lab))[4];
/** The least products of coordinates of a sum of 2^log_n multiples. */
double sc_lab_msm_work(const struct sc_lab_case *c);

/** Digest of the first @p len bytes of the output: BLAKE3 of the BLAKE3 digests of its mebibytes. */
SC_MUST_USE socle_status sc_lab_digest(uint8_t digest[SC_LAB_DIGEST], const struct sc_lab *lab, size_t len);

/** Measure a limit on all threads at once, by the clock: units a second; of the copy bytes a second, read and written. It takes some
 * milliseconds. The copy overwrites the first bytes of the output. */
double sc_lab_limit(const struct sc_lab *lab, enum sc_lab_limit limit);
const char *sc_lab_limit_name(enum sc_lab_limit limit);
/** Clocks a second: the highest of all threads, by the time of additions one behind the other, of which every processor does one a clock.
 * 0: there is no such chain for this processor. It takes a fraction of a millisecond. */
double sc_lab_clock(const struct sc_lab *lab);
/** Seconds of processor time for a loop that is always the same, on the calling thread: it goes up when the clock goes down. */
double sc_lab_pace(const struct sc_lab *lab);

#endif
