/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs and proves the program of tests/sound/program.h for proof_scene.h.
 */
#include "tests/fuzz/proof_scene.h"

#include "host/prove/prove.h"
#include "host/trace/trace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sound/cheap.h"
#include "tests/sound/program.h"

static void prove_run(struct proof_scene *s, const struct sc_elf *elf, unsigned run_index)
{
    static const uint8_t inputs[SCENE_RUNS][24] = {"hello world, hello you!",
                                                   "another input, 24 bytes"};
    const struct sc_exec_options o = {
        .input = inputs[run_index], .input_size = sizeof inputs[0], .record = true};
    char why[256] = "";
    struct sc_run run;
    struct sc_image image;
    struct sc_trace trace;
    FUZZ_NEED(sc_exec(&run, why, sizeof why, elf, &o) == SOCLE_OK, "%s", why);
    FUZZ_NEED(sc_image_build(&image, elf) == SOCLE_OK, "image");
    FUZZ_NEED(sc_trace_build(&trace, why, sizeof why, &run, &image, NULL) == SOCLE_OK, "%s", why);
    for (unsigned k = 0; k < (run_index == 0 ? SCENE_PROFILES : SCENE_SHIPPED); k++) {
        const struct sc_prover p = {
            .machine = &sc_machine_rv64im, .profile = &s->profile[k], .ops = sc_cpu_ops_best()};
        const struct sc_witness w = sc_witness_of(&trace);
        struct scene_proof *const proof = &s->proof[k][run_index];
        struct sc_program program;
        FUZZ_NEED(sc_keygen(&program, &p, run.entry_ip, image.log_h, image.cells) == SOCLE_OK,
                  "key");
        FUZZ_NEED(sc_prove(&proof->bytes, &proof->len, &p, &program, &w) == SOCLE_OK, "proof");
        memcpy(s->vk[k], program.vk, SC_VK_LEN);
        s->image[k] = program.head;
        sc_program_fini(&program);
    }
    sc_trace_fini(&trace);
    sc_image_fini(&image);
    sc_run_fini(&run);
}

void proof_scene_init(struct proof_scene *s)
{
    static struct prog prog;
    prog_everything(&prog);
    const struct sc_elf elf = prog_elf(&prog);
    cheap_profile(&s->profile[SCENE_CHEAP]);
    s->profile[SCENE_SHIPPED] = *sc_profile_default();
    for (unsigned i = 0; i < SCENE_RUNS; i++) {
        prove_run(s, &elf, i);
    }
}
