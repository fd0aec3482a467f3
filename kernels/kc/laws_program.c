/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The laws of a table as a program: the text that airgen emits, run with macros that write down what it does. Contracts: laws_plan.h.
 */
#include "kernels/kc/laws_plan.h"

#include <string.h>

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#include "kernels/kc/laws.h"

#define NOTHING 0xffffu

/* Values are numbered as they are made; an operand is a value, or a column as in the program. */
struct step {
    uint8_t op;
    uint16_t a, b; /* NOTHING: there is none */
    uint32_t k;
};

struct record {
    struct step step[SC_KC_MAX_STEPS];
    uint16_t last[SC_KC_MAX_STEPS]; /* of the value of a step: the last that reads it */
    uint16_t var[SC_KC_MAX_STEPS];  /* where it is kept */
    unsigned n;
    bool full;
};

static uint16_t add_step(struct record *r, uint32_t op, uint16_t a, uint16_t b, uint32_t k)
{
    if (r->n == SC_KC_MAX_STEPS) {
        r->full = true;
        return 0;
    }
    const uint16_t at = (uint16_t)r->n++;
    r->step[at] = (struct step){(uint8_t)op, a, b, k};
    r->last[at] = at;
    if (a < KC_LAW_COLUMN) {
        r->last[a] = at;
    }
    if (b < KC_LAW_COLUMN) {
        r->last[b] = at;
    }
    return at;
}

#define AIR_QUALIFIERS static
#define AIR_NAME(f) record_##f
#define AIR_ARGS struct record *r
#define AIR_PASS r
#define AIR_NOTHING ((void)r)
#define AIR_T uint16_t
#define AIR_COL(i) ((uint16_t)(KC_LAW_COLUMN | (i)))
#define AIR_ADD(a, b) add_step(r, KC_LAW_ADD, a, b, 0)
#define AIR_SUB(a, b) add_step(r, KC_LAW_SUB, a, b, 0)
#define AIR_MUL(a, b) add_step(r, KC_LAW_MUL, a, b, 0)
#define AIR_NEG(a) add_step(r, KC_LAW_NEG, a, NOTHING, 0)
#define AIR_MULK(a, k) add_step(r, KC_LAW_MULK, a, NOTHING, k)
#define AIR_ADDK(a, k) add_step(r, KC_LAW_ADDK, a, NOTHING, k)
#define AIR_ACC(i, a) (void)add_step(r, KC_LAW_HOLDS, a, NOTHING, i)
#include "air_eval.inc"

typedef void record_fn(struct record *r);
#define F(name) record_##name,
static record_fn *const record_fns[] = {AIR_EVAL_LIST(F)};
#undef F

/* Each value takes the first variable that is free then; one whose last reader is the step itself is. Returns how many there are. */
static uint32_t keep_values(struct record *r)
{
    bool taken[SC_KC_MAX_STEPS] = {false};
    uint32_t n = 0;
    for (unsigned i = 0; i < r->n; i++) {
        const uint16_t read[2] = {r->step[i].a, r->step[i].b};
        for (unsigned k = 0; k < 2; k++) {
            if (read[k] < KC_LAW_COLUMN && r->last[read[k]] == i) {
                taken[r->var[read[k]]] = false;
            }
        }
        if (r->step[i].op != KC_LAW_HOLDS) {
            uint16_t v = 0;
            while (taken[v]) {
                v++;
            }
            taken[v] = true;
            r->var[i] = v;
            n = v + 1u > n ? v + 1u : n;
        }
    }
    return n;
}

static uint32_t operand(const struct record *r, uint16_t what)
{
    return what == NOTHING ? 0 : what < KC_LAW_COLUMN ? r->var[what] : what;
}

struct sc_kc_program_info sc_kc_laws_program(uint32_t *out, unsigned table)
{
    struct record r;
    r.n = 0;
    r.full = false;
    record_fns[table](&r);
    if (r.full) {
        return (struct sc_kc_program_info){0, 0};
    }
    const struct sc_kc_program_info info = {r.n, keep_values(&r)};
    for (unsigned i = 0; i < r.n && out != NULL; i++) {
        const struct step *const s = &r.step[i];
        uint32_t *const to = out + KC_LAW_STEP * i;
        to[0] = s->op | (s->op != KC_LAW_HOLDS ? (uint32_t)r.var[i] << 8 : 0);
        to[1] = operand(&r, s->a) | operand(&r, s->b) << 16;
        to[2] = s->k;
    }
    return info;
}
