/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A set of proofs of a real run with every instruction, cut where BOUNDARY would have more than 2^6 rows: accepted, and the same bytes
 * for every number of threads and every instruction set.
 */
#include "tests/sound/cheap.h"
#include "tests/sound/program.h"
#include "tests/sound/run_set.h"

static const uint8_t input[24] = "hello world, hello you!";

static uint8_t *file_of(size_t *len, const struct sc_profile *profile, enum sc_isa isa, unsigned n_threads)
{
    static struct prog prog;
    static const struct sc_cut_limits limits = {.log_global = 8};
    const struct sc_cpu_ops *const ops = sc_cpu_ops_get(isa);
    struct sc_prover p = {.machine = &sc_machine_rv64im, .profile = profile, .ops = ops};
    uint8_t *file;
    prog_everything(&prog);
    const struct sc_elf elf = prog_elf(&prog);
    sc_cpu_ops_force(ops);
    cr_assert_eq(sc_pool_create(&p.pool, n_threads), SOCLE_OK);
    struct run_set *const t = run_set_create(&p, &elf, input, sizeof input, &limits);
    cr_assert_geq(t->set.n_segments, 3u);
    run_set_prove(t, &file, len);
    cr_expect_eq(run_set_verify(t, file, *len), SOCLE_OK, "%s, %u threads", ops->name, n_threads);
    run_set_destroy(t);
    sc_pool_destroy(p.pool);
    sc_cpu_ops_force(NULL);
    return file;
}

Test(run_set, has_the_same_bytes_for_all_threads_and_instruction_sets, .timeout = 600)
{
    struct sc_profile cheap;
    size_t len, other_len;
    cheap_profile(&cheap);
    uint8_t *const first = file_of(&len, &cheap, SC_ISA_REF, 1);
    for (unsigned isa = 0; isa < SC_ISA_END; isa++) {
        if (!sc_cpu_ops_get((enum sc_isa)isa)) {
            continue;
        }
        for (unsigned n = 2; n <= 3; n++) {
            uint8_t *const other = file_of(&other_len, &cheap, (enum sc_isa)isa, n);
            cr_expect(len == other_len && memcmp(first, other, len) == 0, "%s, %u threads", sc_cpu_ops_get((enum sc_isa)isa)->name, n);
            sc_free(other);
        }
    }
    sc_free(first);
    cr_expect_eq(sc_mem_now(), 0);
}

Test(run_set, at_the_parameters_of_the_profile_is_accepted, .timeout = 600)
{
    size_t len;
    uint8_t *const file = file_of(&len, sc_profile_default(), sc_cpu_ops_best()->isa, 2);
    sc_free(file);
}
