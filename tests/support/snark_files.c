/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs, written from the descriptions of their formats.
 */
#include "tests/support/snark_files.h"

#include <string.h>

#include "core/base/rd.h"
#include "host/bench/known_key.h"
#include "host/curve/fr_ntt.h"
#include "host/sys/mem.h"

/* ---- .ptau ---- */

struct powers {
    const struct g16_curve *c;
    const struct sc_fr_ops *fr;
    unsigned power;
    struct sc_base g1, g2;
    struct sc_fr_word *tau, *v; /* 2^(power + 1) powers; scratch as long */
    struct sc_pool *pool;
    bool ok;
};

/* n points: factor times the first powers of tau. */
static void put_powers(struct powers *p, const struct sc_base *b, uint8_t *out, const struct sc_fr_word *factor, size_t n)
{
    struct sc_fr_word f = *factor;
    p->fr->from_plain(&f, &f, 1);
    p->fr->scale(p->v, p->tau, &f, n);
    sc_fr_to_plain_all(p->fr, p->v, p->v, n, p->pool);
    p->ok = p->ok && sc_base_multiples(b, out, p->v, n, p->pool) == SOCLE_OK;
}

/* Lagrange forms of 2^0, 2^1 .. 2^last. The power that a file does not have counts as 0. */
static void put_forms(struct powers *p, const struct sc_base *b, uint8_t *out, const struct sc_fr_word *factor, unsigned last)
{
    struct sc_fr_word f = *factor;
    p->fr->from_plain(&f, &f, 1);
    for (unsigned log_n = 0; log_n <= last && p->ok; log_n++) {
        struct sc_fr_domain *d = NULL;
        const size_t n = (size_t)1 << log_n;
        p->fr->scale(p->v, p->tau, &f, n);
        if (log_n == p->power + 1) {
            memset(&p->v[n - 1], 0, sizeof p->v[0]);
        }
        p->ok = sc_fr_domain_create(&d, p->c->fr, log_n, p->pool) == SOCLE_OK;
        if (p->ok) {
            sc_fr_intt(d, p->v, 1, SC_FR_TO_REVERSED, p->pool);
            sc_fr_reverse(d, p->v, 1, p->pool);
            sc_fr_to_plain_all(p->fr, p->v, p->v, n, p->pool);
            p->ok = sc_base_multiples(b, out, p->v, n, p->pool) == SOCLE_OK;
        }
        sc_fr_domain_destroy(d);
        out += n * b->ops->size;
    }
}

static void put_header(uint8_t **at, const struct g16_curve *c, unsigned power)
{
    uint8_t *header = sc_snark_section(at, 1, 4 + (size_t)8 * c->words + 8);
    store_le(header, (uint64_t)8 * c->words, 4);
    header = sc_snark_words(header + 4, c->q, c->words);
    store_le(header, power, 4);
    store_le(header + 4, power, 4);
}

static void put_ptau(struct powers *p, uint8_t *at, bool prepared)
{
    static const struct sc_fr_word one = {{1}};
    const size_t n = (size_t)1 << p->power, size1 = p->g1.ops->size, size2 = p->g2.ops->size;
    put_header(&at, p->c, p->power);
    put_powers(p, &p->g1, sc_snark_section(&at, 2, (2 * n - 1) * size1), &one, 2 * n - 1);
    put_powers(p, &p->g2, sc_snark_section(&at, 3, n * size2), &one, n);
    put_powers(p, &p->g1, sc_snark_section(&at, 4, n * size1), &sc_known_trapdoor()->alpha, n);
    put_powers(p, &p->g1, sc_snark_section(&at, 5, n * size1), &sc_known_trapdoor()->beta, n);
    put_powers(p, &p->g2, sc_snark_section(&at, 6, size2), &sc_known_trapdoor()->beta, 1);
    store_le(sc_snark_section(&at, 7, 4), 0, 4);
    if (prepared) {
        put_forms(p, &p->g1, sc_snark_section(&at, 12, (4 * n - 1) * size1), &one, p->power + 1);
        put_forms(p, &p->g2, sc_snark_section(&at, 13, (2 * n - 1) * size2), &one, p->power);
        put_forms(p, &p->g1, sc_snark_section(&at, 14, (2 * n - 1) * size1), &sc_known_trapdoor()->alpha, p->power);
        put_forms(p, &p->g1, sc_snark_section(&at, 15, (2 * n - 1) * size1), &sc_known_trapdoor()->beta, p->power);
    }
}

static size_t ptau_len(const struct g16_curve *c, unsigned power, bool prepared)
{
    const size_t n = (size_t)1 << power, size1 = sc_g16_size(c, c->g1), size2 = sc_g16_size(c, c->g2);
    const size_t plain = 7 * 12 + 4 + (size_t)8 * c->words + 8 + (4 * n - 1) * size1 + (n + 1) * size2 + 4;
    return 12 + plain + (prepared ? 4 * 12 + (8 * n - 3) * size1 + (2 * n - 1) * size2 : 0);
}

struct sc_snark_file snark_ptau(const struct g16_curve *c, unsigned power, bool prepared, struct sc_pool *pool)
{
    struct sc_snark_file f = {NULL, 0};
    struct powers p = {.c = c, .fr = sc_fr_ops_ref(c->fr), .power = power, .pool = pool};
    const size_t n = (size_t)1 << power, words = 2 * n * sizeof *p.tau;
    uint8_t *const at = sc_snark_begin(&f, ptau_len(c, power, prepared), "ptau", 1, prepared ? 11 : 7);
    p.tau = sc_big_take(words);
    p.v = sc_big_take(words);
    p.ok = sc_base_init(&p.g1, c->g1) == SOCLE_OK && sc_base_init(&p.g2, c->g2) == SOCLE_OK && at != NULL && p.tau != NULL && p.v != NULL;
    if (p.ok) {
        struct sc_fr_word t;
        p.fr->from_plain(&t, &sc_known_trapdoor()->tau, 1);
        memcpy(&p.tau[0], p.fr->one, sizeof p.tau[0]);
        for (size_t i = 1; i < 2 * n; i++) {
            p.fr->mul(&p.tau[i], &p.tau[i - 1], &t, 1);
        }
        put_ptau(&p, at, prepared);
    }
    sc_big_free(p.tau, words);
    sc_big_free(p.v, words);
    sc_base_fini(&p.g1);
    sc_base_fini(&p.g2);
    if (!p.ok) {
        sc_snark_file_fini(&f);
    }
    return f;
}

struct sc_snark_file snark_flat_ptau(const struct g16_curve *c, unsigned power)
{
    struct sc_snark_file f = {NULL, 0};
    const size_t n = (size_t)1 << power;
    const struct {
        uint32_t type;
        size_t n;
        enum sc_group group;
    } sections[] = {{2, 2 * n - 1, c->g1},  {3, n, c->g2},          {4, n, c->g1},          {5, n, c->g1},         {6, 1, c->g2},
                    {12, 4 * n - 1, c->g1}, {13, 2 * n - 1, c->g2}, {14, 2 * n - 1, c->g1}, {15, 2 * n - 1, c->g1}};
    uint8_t *at = sc_snark_begin(&f, ptau_len(c, power, true), "ptau", 1, 11);
    if (at == NULL) {
        return f;
    }
    put_header(&at, c, power);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        struct g16_point one = {{0}};
        const size_t size = sc_g16_size(c, sections[i].group);
        uint8_t *const to = sc_snark_section(&at, sections[i].type, sections[i].n * size);
        if (sections[i].type < 7) {
            sc_group_ops_ref(sections[i].group)->generator(&one);
        }
        for (size_t k = 0; k < sections[i].n; k++) {
            memcpy(to + k * size, &one, size);
        }
        if (sections[i].type == 6) {
            store_le(sc_snark_section(&at, 7, 4), 0, 4);
        }
    }
    return f;
}

struct sc_snark_file snark_empty_r1cs(const struct g16_curve *c, uint32_t n_constraints)
{
    struct sc_snark_file f = {NULL, 0};
    uint8_t *at = sc_snark_begin(&f, 12 + 3 * 12 + 64 + (size_t)12 * n_constraints + 8, "r1cs", 1, 3);
    if (at != NULL) {
        sc_snark_counts(&at, c, (const uint32_t[4]){1}, n_constraints);
        memset(sc_snark_section(&at, 2, (size_t)12 * n_constraints), 0, (size_t)12 * n_constraints);
        memset(sc_snark_section(&at, 3, 8), 0, 8);
    }
    return f;
}
