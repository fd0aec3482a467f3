/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whole proofs of a real program that uses every table: accepted when honest, refused with one cell of any table changed,
 * and tied to program, profile and machine.
 */
#include "tests/sound/cheap.h"
#include "tests/sound/forge.h"

#include "host/prove/prove.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>

static struct sc_prover prover_of(const struct sc_profile *profile, struct sc_pool *pool)
{
    return (struct sc_prover){.machine = &sc_machine_rv64im, .profile = profile, .ops = sc_cpu_ops_best(), .pool = pool};
}

static struct sc_program program_of(const struct sc_prover *p, const struct honest *h)
{
    struct sc_program program;
    cr_assert_eq(sc_keygen(&program, p, h->run.entry_ip, h->image.log_h, h->image.cells), SOCLE_OK);
    return program;
}

static socle_status verify_as(const struct sc_prover *p, const uint8_t *vk, const uint8_t *proof, size_t len)
{
    const size_t scratch_len = sc_verify_scratch(p->machine);
    void *const scratch = malloc(scratch_len);
    struct sc_verified v;
    const socle_status st = sc_verify(&v, p->machine, p->profile, vk, proof, len, scratch, scratch_len);
    free(scratch);
    return st;
}

static socle_status answer(const struct sc_prover *p, const struct sc_program *program, const struct honest *h)
{
    const struct sc_witness w = sc_witness_of(&h->trace);
    uint8_t *proof;
    size_t len;
    cr_assert_eq(sc_prove_unchecked(&proof, &len, p, program, &w), SOCLE_OK);
    const socle_status st = verify_as(p, program->vk, proof, len);
    sc_free(proof);
    return st;
}

Test(proof, at_final_parameters_is_accepted_and_every_flipped_bit_refused, .timeout = 250)
{
    struct honest *const h = honest_create();
    struct sc_pool *pool;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    const struct sc_prover p = prover_of(sc_profile_default(), pool);
    struct sc_program program = program_of(&p, h);
    const struct sc_witness w = sc_witness_of(&h->trace);
    uint8_t *proof;
    size_t len;
    cr_assert_eq(sc_prove(&proof, &len, &p, &program, &w), SOCLE_OK);
    for (size_t i = 0; i < len; i += 1 + len / 400) {
        proof[i] ^= (uint8_t)(1u << (i % 8));
        cr_assert_neq(verify_as(&p, program.vk, proof, len), SOCLE_OK, "byte %zu of %zu", i, len);
        proof[i] ^= (uint8_t)(1u << (i % 8));
    }
    cr_assert_eq(verify_as(&p, program.vk, proof, len), SOCLE_OK);
    sc_free(proof);
    sc_program_fini(&program);
    sc_pool_destroy(pool);
    honest_destroy(h);
}

Test(proof, has_the_same_bytes_on_every_path, .timeout = 250)
{
    struct honest *const h = honest_create();
    struct sc_profile profile;
    struct air_table copy[AIR_N_TABLES];
    struct sc_machine any = sc_machine_rv64im; /* not the tables that kernels are compiled for */
    uint8_t *first = NULL;
    size_t first_len = 0;
    cheap_profile(&profile);
    memcpy(copy, sc_air_tables, sizeof copy);
    any.tables = copy;
    for (unsigned path = 0; path < 2 * (unsigned)SC_ISA_END; path++) {
        struct sc_pool *pool;
        cr_assert_eq(sc_pool_create(&pool, 1 + path % 2), SOCLE_OK);
        struct sc_prover p = prover_of(&profile, pool);
        p.ops = sc_cpu_ops_get((enum sc_isa)(path / 2));
        p.machine = path == 1 ? &any : &sc_machine_rv64im;
        if (p.ops) {
            struct sc_program program = program_of(&p, h);
            const struct sc_witness w = sc_witness_of(&h->trace);
            uint8_t *proof;
            size_t len;
            cr_assert_eq(sc_prove(&proof, &len, &p, &program, &w), SOCLE_OK);
            cr_assert(!first || (len == first_len && memcmp(proof, first, len) == 0), "path %u", path);
            sc_free(first);
            first = proof;
            first_len = len;
            sc_program_fini(&program);
        }
        sc_pool_destroy(pool);
    }
    sc_free(first);
    honest_destroy(h);
}

Test(proof, is_refused_with_one_cell_of_any_table_changed, .timeout = 250)
{
    struct honest *const h = honest_create();
    struct sc_profile profile;
    cheap_profile(&profile);
    const struct sc_prover p = prover_of(&profile, NULL);
    struct sc_program program = program_of(&p, h);
    cr_assert_eq(answer(&p, &program, h), SOCLE_OK);
    for (unsigned i = 0; i + 1 < h->trace.layout.n_chunks; i++) {
        const struct air_table *const t = &sc_air_tables[h->trace.layout.chunk[i].table];
        fp *const cell = &sc_trace_column(&h->trace, i, (7 * i) % t->n_cols)[0];
        const fp was = *cell;
        *cell = fp_add(was, fp_from_u32(3));
        cr_assert_eq(answer(&p, &program, h), SOCLE_E_REJECT, "%s column %u", t->name, (7 * i) % t->n_cols);
        *cell = was;
    }
    sc_program_fini(&program);
    honest_destroy(h);
}

Test(proof, is_tied_to_its_program, .timeout = 250)
{
    struct honest *const h = honest_create();
    struct sc_profile profile;
    cheap_profile(&profile);
    const struct sc_prover p = prover_of(&profile, NULL);
    struct sc_program program = program_of(&p, h);
    const struct sc_witness w = sc_witness_of(&h->trace);
    uint8_t *proof;
    size_t len;
    cr_assert_eq(sc_prove(&proof, &len, &p, &program, &w), SOCLE_OK);
    /* a program with one other constant, and one with another entry, have other keys */
    fp *const cell = h->image.cells + ((size_t)4 << h->image.log_h);
    *cell = fp_add(*cell, FP_ONE);
    struct sc_program other = program_of(&p, h);
    cr_assert_eq(verify_as(&p, other.vk, proof, len), SOCLE_E_VERSION);
    cr_assert_eq(answer(&p, &other, h), SOCLE_E_REJECT, "the run of one program under the key of another");
    cr_assert_eq(answer(&p, &program, h), SOCLE_E_REJECT, "image columns that are not the committed ones");
    *cell = fp_sub(*cell, FP_ONE);
    sc_program_fini(&other);
    cr_assert_eq(sc_keygen(&other, &p, h->run.entry_ip + 1, h->image.log_h, h->image.cells), SOCLE_OK);
    cr_assert_eq(verify_as(&p, other.vk, proof, len), SOCLE_E_VERSION);
    cr_assert_eq(answer(&p, &other, h), SOCLE_E_REJECT, "another entry");
    sc_program_fini(&other);
    cr_assert_eq(verify_as(&p, program.vk, proof, len), SOCLE_OK);
    const struct sc_prover final = prover_of(sc_profile_default(), NULL);
    cr_assert_eq(verify_as(&final, program.vk, proof, len), SOCLE_E_VERSION, "another profile");
    sc_free(proof);
    sc_program_fini(&program);
    honest_destroy(h);
}
