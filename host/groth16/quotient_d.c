/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms of the quotient on a device, by the launches of kernels/kc/fr_plan.h in one job. A and C lose the factor of the Montgomery form
 * with 1 / n, which is plain for them, so that A B - C is plain without a step of its own.
 */
#include "host/groth16/g16_device.h"

#include "core/curve/limbs.h"
#include "host/curve/fr_ntt.h"
#include "host/device/space.h"
#include "host/sys/mem.h"
#include "kernels/kc/fr_plan.h"

enum { Q_A, Q_B, Q_C, Q_POW, Q_FACTOR, Q_PLAIN_FACTOR, Q_POWERS, Q_PIECES };
enum { MAX_LAUNCHES = 3 * (2 * SC_KC_FR_MAX_LAUNCHES + 1) + 3, WORDS = 8 };
enum { MUL = 0, SUB = 1 }; /* KC_BIG_MUL, KC_BIG_SUB */

struct job {
    struct sc_kc_fr shape;
    struct sc_space space;
    struct sc_piece piece[Q_PIECES];
    struct sc_kc_launch launch[MAX_LAUNCHES];
    unsigned n;
};

/* The launches that were added last, on buffers of enum sc_kc_fr_buffer, are on vector @p x. */
static void add(struct job *j, unsigned n, uint8_t x)
{
    const uint8_t place[SC_KC_N_FR_BUFFERS] = {x, Q_POW, x == Q_B ? Q_FACTOR : Q_PLAIN_FACTOR, Q_POWERS};
    for (unsigned i = j->n; i < j->n + n; i++) {
        for (unsigned p = 0; p < sc_kc_kernels[j->launch[i].kernel].n_pointers; p++) {
            j->launch[i].pointer[p] = place[j->launch[i].pointer[p]];
        }
    }
    j->n += n;
}

/* to = a op b, element by element. */
static void map(struct job *j, uint8_t to, uint8_t a, uint8_t b, uint32_t op)
{
    const uint32_t n = (uint32_t)1 << j->shape.log_n, groups = n / SC_KC_GROUP_ITEMS + (n % SC_KC_GROUP_ITEMS != 0);
    j->launch[j->n++] = (struct sc_kc_launch){j->shape.field == SC_BN_FR ? SC_KC_MAP_BN_FR : SC_KC_MAP_BLS_FR, {groups, 1}, {to, a, b}, {n, op}};
}

static void make_plan(struct job *j)
{
    map(j, Q_C, Q_A, Q_B, MUL);
    for (uint8_t x = Q_A; x <= Q_C; x++) { /* to the coset */
        add(j, sc_kc_fr_intt(j->launch + j->n, j->shape, false), x);
        add(j, sc_kc_fr_shift(j->launch + j->n, j->shape, true), x);
        add(j, sc_kc_fr_ntt(j->launch + j->n, j->shape, true), x);
    }
    map(j, Q_A, Q_A, Q_B, MUL);
    map(j, Q_A, Q_A, Q_C, SUB);
}

static uint64_t words(size_t elements)
{
    return WORDS * (uint64_t)elements;
}

/* Tables that the kernels read, by way of @p room for the longest. */
static socle_status put_tables(struct job *j, struct sc_fr_word *room, const struct sc_fr_word *g)
{
    static const struct sc_fr_word plain_one = {{1, 0, 0, 0}};
    socle_status st = SOCLE_OK;
    const struct sc_fr_ops *const ops = sc_fr_ops_best(j->shape.field);
    sc_kc_fr_table(room, j->shape);
    TRY(sc_space_put(&j->space, j->piece[Q_POW], 0, room, words(sc_kc_fr_len(j->shape, SC_KC_FR_POW))));
    sc_kc_fr_powers(room, j->shape, g);
    TRY(sc_space_put(&j->space, j->piece[Q_POWERS], 0, room, words(sc_kc_fr_len(j->shape, SC_KC_FR_POWERS))));
    sc_kc_fr_factor(room, j->shape);
    TRY(sc_space_put(&j->space, j->piece[Q_FACTOR], 0, room, WORDS));
    ops->mul(room, room, &plain_one, 1);
    TRY(sc_space_put(&j->space, j->piece[Q_PLAIN_FACTOR], 0, room, WORDS));
out:
    return st;
}

static bool all_below(const struct sc_fr_word *x, size_t n, const uint64_t *r)
{
    bool below = true;
    for (size_t i = 0; i < n && below; i++) {
        below = !limbs_ge(x[i].l, r, 4);
    }
    return below;
}

static socle_status run_job(struct job *j, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, const struct sc_fr_word *g,
                            struct sc_fr_word *room)
{
    socle_status st = SOCLE_OK;
    const size_t n = (size_t)1 << j->shape.log_n;
    const size_t of[Q_PIECES] = {n, n, n, sc_kc_fr_len(j->shape, SC_KC_FR_POW), 1, 1, sc_kc_fr_len(j->shape, SC_KC_FR_POWERS)};
    for (int i = 0; i < Q_PIECES; i++) {
        j->piece[i] = sc_space_take(&j->space, words(of[i]));
    }
    TRY(sc_space_room(&j->space, room)); /* nothing is kept: of no bytes */
    TRY(put_tables(j, room, g));
    TRY(sc_space_put(&j->space, j->piece[Q_A], 0, a, words(n)));
    TRY(sc_space_put(&j->space, j->piece[Q_B], 0, b, words(n)));
    make_plan(j);
    TRY(sc_space_run(&j->space, j->piece, Q_PIECES, j->launch, j->n));
    TRY(sc_space_get(&j->space, out, j->piece[Q_A], 0, words(n)));
    if (!all_below(out, n, sc_fr_ops_best(j->shape.field)->modulus)) {
        st = j->space.how = SOCLE_E_SELFCHECK;
    }
out:
    return st;
}

socle_status sc_g16_quotient_device(struct sc_committer *device, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b,
                                    enum sc_fr field, unsigned log_n, const struct sc_fr_word *g)
{
    socle_status st = SOCLE_OK;
    struct job j = {.shape = {field, log_n, 1}};
    if (log_n == 0 || log_n > SC_KC_FR_MAX_LOG) {
        return SOCLE_E_LIMIT;
    }
    const size_t pow = sc_kc_fr_len(j.shape, SC_KC_FR_POW), powers = sc_kc_fr_len(j.shape, SC_KC_FR_POWERS);
    const size_t size = (pow > powers ? pow : powers) * sizeof *out;
    struct sc_fr_word *const room = sc_big_alloc(size);
    if (room == NULL) {
        return SOCLE_E_NOMEM;
    }
    TRY(sc_space_borrow(&j.space, device, SC_LOAN_QUOTIENT));
    st = run_job(&j, out, a, b, g, room);
out:
    (void)sc_space_fini(&j.space);
    sc_big_free(room, size);
    return st;
}
