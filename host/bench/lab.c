/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Buffers, digests and limits of a lab. Contracts: lab.h.
 */
#include "host/bench/lab.h"

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdatomic.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
#define PIECE MIB /* of a digest */
#define COPIED ((size_t)1 << log_n_of[SC_LAB_COPY])
#define PACE_VECTORS ((size_t)1 << 18)
#define SHARES 8u /* of a limit, a thread: late ones are made up for by the others */

static const unsigned log_n_of[SC_LAB_N_LIMITS] = {
#define L(NAME, name, log_n) log_n,
    SC_LAB_LIMITS(L)
#undef L
};

const char *sc_lab_limit_name(enum sc_lab_limit limit)
{
    static const char *const names[SC_LAB_N_LIMITS] = {
#define L(NAME, name, log_n) name,
        SC_LAB_LIMITS(L)
#undef L
    };
    return names[limit];
}

/* Buffers. */

static struct sc_lab_room room_of(const struct sc_lab_case *cases, const bool *wanted, size_t n, unsigned n_threads)
{
    struct sc_lab_room r = {.in = COPIED, .out = COPIED, .log_twiddles = 1};
    for (size_t i = 0; i < n; i++) {
        const struct sc_lab_case *const c = &cases[i];
        if (wanted != NULL && !wanted[i]) {
            continue;
        }
        r.in = c->in_len > r.in ? c->in_len : r.in;
        r.out = c->out_len > r.out ? c->out_len : r.out;
        r.log_twiddles = c->log_twiddles > r.log_twiddles ? c->log_twiddles : r.log_twiddles;
        if (c->needs != NULL) {
            c->needs(&r, c, n_threads);
        }
    }
    return r;
}

static size_t point_bytes(const struct sc_lab_room *r, int g)
{
    return r->n_points[g] * sc_group_ops_ref((enum sc_group)g)->size;
}

static size_t twiddle_bytes(unsigned log_n)
{
    return sc_twiddles_len(log_n) * sizeof(fp);
}

size_t sc_lab_memory(const struct sc_lab_case *cases, const bool *wanted, size_t n, unsigned n_threads)
{
    const struct sc_lab_room r = room_of(cases, wanted, n, n_threads);
    size_t bytes = sc_big_size(r.in) + sc_big_size(r.out) + sc_big_size(twiddle_bytes(r.log_twiddles)) + r.held;
    for (int g = 0; g < SC_GROUP_END; g++) {
        bytes += r.n_points[g] > 0 ? sc_big_size(point_bytes(&r, g)) : 0;
    }
    return bytes;
}

/* splitmix64 of i, its high half taken into [0, p). */
fp sc_lab_word(size_t i)
{
    uint64_t z = (uint64_t)(i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (fp)(((z ^ (z >> 31)) >> 32) * FP_P >> 32);
}

static void fill_input(void *arg, size_t begin, size_t end, unsigned worker)
{
    fp *const in = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        in[i] = sc_lab_word(i);
    }
}

static void fill_twiddles(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sc_lab *const lab = arg;
    (void)worker;
    for (size_t part = begin; part < end; part++) {
        sc_twiddles_fill(lab->twiddles, lab->room.log_twiddles, part);
    }
}

unsigned sc_lab_threads(const struct sc_lab *lab)
{
    return lab->pool != NULL ? sc_pool_size(lab->pool) : 1;
}

void sc_lab_use(struct sc_lab *lab, const struct sc_cpu_ops *ops)
{
    const bool portable = ops->isa == SC_ISA_REF;
    lab->ops = ops;
    for (int f = 0; f < SC_FR_END; f++) {
        lab->fr[f] = portable ? sc_fr_ops_ref((enum sc_fr)f) : sc_fr_ops_best((enum sc_fr)f);
    }
    for (int g = 0; g < SC_GROUP_END; g++) {
        lab->group[g] = portable ? sc_group_ops_ref((enum sc_group)g) : sc_group_ops_best((enum sc_group)g);
    }
}

/* Points are made when a case wants them. */
static bool take_buffers(struct sc_lab *lab)
{
    const struct sc_lab_room *const r = &lab->room;
    lab->in = sc_big_take(r->in);
    lab->out = sc_big_take(r->out);
    lab->twiddles = sc_big_take(twiddle_bytes(r->log_twiddles));
    bool good = lab->in != NULL && lab->out != NULL && lab->twiddles != NULL;
    for (int g = 0; g < SC_GROUP_END && good; g++) {
        lab->points[g] = r->n_points[g] > 0 ? sc_big_take(point_bytes(r, g)) : NULL;
        good = r->n_points[g] == 0 || lab->points[g] != NULL;
    }
    return good;
}

socle_status sc_lab_init(struct sc_lab *lab, const struct sc_lab_case *cases, const bool *wanted, size_t n, struct sc_pool *pool)
{
    memset(lab, 0, sizeof *lab);
    sc_lab_use(lab, sc_cpu_ops_now());
    lab->pool = pool;
    lab->room = room_of(cases, wanted, n, sc_lab_threads(lab));
    if (!take_buffers(lab)) {
        sc_lab_fini(lab);
        return SOCLE_E_NOMEM;
    }
    sc_pool_for(pool, lab->room.in / sizeof(fp), PIECE, fill_input, lab->in);
    sc_pool_for(pool, sc_twiddles_parts(lab->room.log_twiddles), 1, fill_twiddles, lab);
    lab->tw = sc_twiddles_in(lab->twiddles, lab->room.log_twiddles);
    (void)sc_kc_poseidon2_constants(lab->constants_16, 16);
    (void)sc_kc_poseidon2_constants(lab->constants_24, 24);
    return SOCLE_OK;
}

void sc_lab_fini(struct sc_lab *lab)
{
    sc_fr_domain_destroy(lab->domain);
    sc_big_free(lab->in, lab->room.in);
    sc_big_free(lab->out, lab->room.out);
    sc_big_free(lab->twiddles, twiddle_bytes(lab->room.log_twiddles));
    for (int g = 0; g < SC_GROUP_END; g++) {
        sc_big_free(lab->points[g], point_bytes(&lab->room, g));
    }
    memset(lab, 0, sizeof *lab);
}

void sc_lab_release(struct sc_lab *lab)
{
    sc_fr_domain_destroy(lab->domain);
    lab->domain = NULL;
}

socle_status sc_lab_prepare(struct sc_lab *lab, const struct sc_lab_case *c)
{
    sc_lab_release(lab);
    return c->prepare != NULL ? c->prepare(lab, c) : SOCLE_OK;
}

/* Digests. */

struct digesting {
    const uint8_t *bytes;
    size_t len;
    uint8_t (*pieces)[SC_LAB_DIGEST];
};

static void digest_pieces(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct digesting *const d = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t left = d->len - i * PIECE;
        struct b3 h;
        sc_b3_init(&h);
        sc_b3_update(&h, d->bytes + i * PIECE, left < PIECE ? left : PIECE);
        sc_b3_final(&h, 0, d->pieces[i], SC_LAB_DIGEST);
    }
}

socle_status sc_lab_digest(uint8_t digest[SC_LAB_DIGEST], const struct sc_lab *lab, size_t len)
{
    const size_t n = (len + PIECE - 1) / PIECE;
    struct digesting d = {(const uint8_t *)lab->out, len, sc_alloc(n, SC_LAB_DIGEST)};
    struct b3 h;
    memset(digest, 0, SC_LAB_DIGEST);
    if (d.pieces == NULL) {
        return SOCLE_E_NOMEM;
    }
    sc_pool_for(lab->pool, n, 1, digest_pieces, &d);
    sc_b3_init(&h);
    sc_b3_update(&h, d.pieces, n * SC_LAB_DIGEST);
    sc_b3_final(&h, 0, digest, SC_LAB_DIGEST);
    sc_free(d.pieces);
    return SOCLE_OK;
}

/* Limits. */

struct limiting {
    const struct sc_lab *lab;
    enum sc_lab_limit limit;
    size_t n; /* vectors, or bytes, of a share */
};

static void one_share(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct limiting *const l = arg;
    const struct sc_cpu_ops *const ops = l->lab->ops;
    volatile uint32_t sink = 0;
    volatile uint64_t word = 0;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        switch (l->limit) {
        case SC_LAB_LEVELS:
            sink = ops->limit_levels(l->n);
            break;
        case SC_LAB_COMPRESS:
            sink = ops->limit_compress(l->n);
            break;
        case SC_LAB_EXT_MUL:
            sink = ops->limit_ext_mul(l->n);
            break;
        case SC_LAB_WIDE:
            sink = ops->limit_wide(l->n);
            break;
        case SC_LAB_SHA256:
            sink = ops->limit_sha256(l->n);
            break;
        case SC_LAB_KECCAK:
            sink = ops->limit_keccak(l->n);
            break;
        case SC_LAB_FR:
        case SC_LAB_BLS_FR:
            word ^= l->lab->fr[l->limit - SC_LAB_FR]->limit_levels(l->n);
            break;
        case SC_LAB_GROUP:
        case SC_LAB_BN_G2:
        case SC_LAB_BLS_G1:
        case SC_LAB_BLS_G2:
            word ^= l->lab->group[l->limit - SC_LAB_GROUP]->limit_mul(l->n);
            break;
        case SC_LAB_COPY:
            memcpy((uint8_t *)l->lab->out + i * l->n, (const uint8_t *)l->lab->in + i * l->n, l->n);
            break;
        case SC_LAB_DEVICE_WIDE:
        case SC_LAB_DEVICE_ADD:
        case SC_LAB_DEVICE_COPY:
        case SC_LAB_N_LIMITS:
            break;
        }
    }
    (void)sink;
    (void)word;
}

double sc_lab_limit(const struct sc_lab *lab, enum sc_lab_limit limit)
{
    const size_t threads = sc_lab_threads(lab);
    const bool copy = limit == SC_LAB_COPY, curve = limit >= SC_LAB_FR && limit <= SC_LAB_BLS_G2;
    const size_t shares = copy ? threads : threads * SHARES;
    struct limiting l = {lab, limit, copy ? COPIED / threads : ((size_t)1 << log_n_of[limit]) / SHARES};
    const uint64_t start = sc_clock_ns();
    sc_pool_for(lab->pool, shares, 1, one_share, &l);
    const uint64_t ns = sc_clock_ns() - start;
    const double units = (double)shares * (double)l.n * (copy ? 2 : curve ? 8 : lab->ops->width);
    return ns > 0 ? 1e9 * units / (double)ns : 0;
}

#define CHAIN 256u    /* additions written out, so that the loop around them takes no time */
#define CHAINED 256u  /* times that */
#define CHAIN_TRIES 4 /* the fastest counts: what comes between makes one slower */

#if defined(__x86_64__)
#define ADD_CHAIN(x, y) __asm__ volatile(".rept 256\n\taddq %1, %0\n\t.endr" : "+r"(x) : "r"(y) : "cc")
#elif defined(__aarch64__)
#define ADD_CHAIN(x, y) __asm__ volatile(".rept 256\n\tadd %0, %0, %1\n\t.endr" : "+r"(x) : "r"(y))
#endif

#ifdef ADD_CHAIN
static void chains(void *arg, size_t begin, size_t end, unsigned worker)
{
    atomic_uint_fast64_t *const least = arg;
    (void)worker;
    for (size_t i = CHAIN_TRIES * begin; i < CHAIN_TRIES * end; i++) {
        uint64_t x = 1, y = i;
        const uint64_t start = sc_clock_ns();
        for (unsigned k = 0; k < CHAINED; k++) {
            ADD_CHAIN(x, y);
        }
        const uint64_t ns = sc_clock_ns() - start;
        uint_fast64_t seen = atomic_load(least);
        while (ns > 0 && ns < seen && !atomic_compare_exchange_weak(least, &seen, ns)) {
        }
    }
}
#endif

double sc_lab_clock(const struct sc_lab *lab)
{
#ifdef ADD_CHAIN
    atomic_uint_fast64_t least = UINT64_MAX;
    sc_pool_for(lab->pool, sc_lab_threads(lab), 1, chains, &least);
    return 1e9 * CHAIN * CHAINED / (double)atomic_load(&least);
#else
    (void)lab;
    return 0;
#endif
}

double sc_lab_pace(const struct sc_lab *lab)
{
    volatile uint32_t sink = 0;
    const uint64_t start = sc_thread_cpu_ns();
    sink = lab->ops->limit_mul(PACE_VECTORS);
    (void)sink;
    return 1e-9 * (double)(sc_thread_cpu_ns() - start);
}
