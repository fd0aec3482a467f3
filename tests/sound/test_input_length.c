/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The length word of the input is the prover's choice: no chip and not the verifier hold it below 2^32 - 8, where the input region
 * ends and the output begins. A guest that took it as it is would read an input that runs into its own output, or around the end of
 * the address space into its program. read_input of the guest library refuses such a length.
 */
#include "host/exec/exec.h"

/* the executor of a prover who does not look at the length */
#undef SC_IO_MAX
#define SC_IO_MAX UINT64_MAX
#include "host/exec/exec.c"

#include "core/base/rd.h"
#include "host/prove/prove.h"
#include "host/trace/trace.h"

#include <criterion/criterion.h>

#define INPUT_BYTES (SC_INPUT_START + 8)
#define CODE UINT64_C(0x4000000) /* guest/socle.ld */

static uint8_t page[4096] = "what the prover likes";

static uint8_t *guest_file(size_t *size)
{
    char path[1024];
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/tests/input_guest.elf", build != NULL ? build : "build");
    FILE *const f = fopen(path, "rb");
    if (f == NULL) {
        cr_skip_test("the guests are not built");
    }
    uint8_t *const bytes = malloc((size_t)1 << 20);
    *size = fread(bytes, 1, (size_t)1 << 20, f);
    (void)fclose(f);
    return bytes;
}

/* How the program ended, or what the verifier says of the proof. *output is what the program wrote. */
static socle_status prove_and_verify(char output[64], size_t input_size)
{
    socle_status st = SOCLE_OK;
    struct sc_elf elf = {0};
    struct sc_run r = {0};
    struct sc_image image = {0};
    struct sc_trace trace = {0};
    struct sc_program program = {0};
    struct sc_verified v;
    uint8_t *proof = NULL;
    size_t len = 0;
    char why[256] = "";
    const struct sc_exec_options o = {.input = page, .input_size = input_size, .record = true};
    const struct sc_prover p = {.machine = &sc_machine_rv64im, .profile = sc_profile_default(), .ops = sc_cpu_ops_best()};
    const size_t scratch_len = sc_verify_scratch(p.machine);
    void *const scratch = malloc(scratch_len);
    uint8_t *const file = guest_file(&len);

    memset(output, 0, 64);
    cr_assert_eq(sc_elf_load(&elf, why, sizeof why, file, len), SOCLE_OK, "%s", why);
    TRY(sc_exec(&r, why, sizeof why, &elf, &o));
    cr_assert_eq(sc_image_build(&image, &elf), SOCLE_OK);
    cr_assert_eq(sc_trace_build(&trace, why, sizeof why, &r, &image, NULL), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_keygen(&program, &p, (uint32_t)(elf.entry / 4), image.log_h, image.cells), SOCLE_OK);
    const struct sc_witness w = sc_witness_of(&trace);
    cr_assert_eq(sc_prove_unchecked(&proof, &len, &p, &program, &w), SOCLE_OK);
    TRY(sc_verify(&v, p.machine, p.profile, program.vk, proof, len, scratch, scratch_len));
    cr_assert_lt(v.output_len, 64u);
    memcpy(output, v.output, (size_t)v.output_len);
out:
    sc_free(proof);
    sc_program_fini(&program);
    sc_trace_fini(&trace);
    sc_image_fini(&image);
    sc_run_fini(&r);
    sc_elf_fini(&elf);
    free(scratch);
    free(file);
    return st;
}

Test(input_length, an_honest_input_does_not_change, .timeout = 100)
{
    char output[64];
    cr_assert_eq(prove_and_verify(output, 24), SOCLE_OK);
    cr_assert_str_eq(output + 8, "same");
}

Test(input_length, an_input_that_runs_into_the_output_is_refused, .timeout = 100)
{
    char output[64] = "";
    /* the last 8 bytes are the first word of the output */
    cr_assert_neq(prove_and_verify(output, SC_OUTPUT_START + 8 - INPUT_BYTES), SOCLE_OK, "a proof is accepted that the program wrote \"%s\"",
                  output + 8);
}

Test(input_length, an_input_that_wraps_around_the_address_space_is_refused, .timeout = 100)
{
    char output[64] = "";
    /* the last 8 bytes are the first two instructions of the program */
    cr_assert_neq(prove_and_verify(output, CODE + 8 - INPUT_BYTES), SOCLE_OK, "a proof is accepted that the program wrote %016llx \"%s\"",
                  (unsigned long long)load_le((const uint8_t *)output, 8), output + 8);
}
