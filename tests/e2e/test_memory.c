/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The memory limit: what is told beforehand is what is then taken, a run is refused below it and fits above it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/prove/prove.h"
#include "host/socle.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "host/trace/trace.h"
#include "tests/support/elf_build.h"

/* Sanitizers have memory of their own. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
#define EXPECT_RESIDENT_BELOW(bytes) ((void)sc_peak_resident())
#define EXPECT_RESIDENT_ABOVE(bytes) ((void)sc_peak_resident())
#else
#define EXPECT_RESIDENT_BELOW(bytes) cr_expect_leq(sc_peak_resident(), (uint64_t)(bytes))
#define EXPECT_RESIDENT_ABOVE(bytes) cr_expect_geq(sc_peak_resident(), (uint64_t)(bytes))
#endif

struct file {
    uint8_t *bytes;
    size_t len;
};

static struct file guest(const char *name)
{
    struct file f = {NULL, 0};
    char path[1024], why[256] = "";
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/%s.elf", build != NULL ? build : "build", name);
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    cr_assert_eq(sc_file_read(&f.bytes, &f.len, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    return f;
}

static void drop_cells(void *arg)
{
    sc_trace_drop_cells(arg);
}

/* told: before the step; taken: by the step beside what was held. Words of zeros, which the plan does not know of, take less. */
static void expect_told(const char *name, const char *step, size_t told, size_t taken)
{
    cr_expect(taken <= told, "%s, %s: %zu bytes were told, %zu taken", name, step, told, taken);
    cr_expect(taken + told / 16 + ((size_t)4 << 20) >= told, "%s, %s: %zu bytes were told, only %zu taken", name, step, told, taken);
}

static void expect_memory_as_told(const char *name, const uint8_t *input, size_t input_size, unsigned n_threads)
{
    static struct sc_elf elf;
    static const struct sc_cut_limits none;
    static struct sc_run run;
    static struct sc_segments segments;
    static struct sc_image image;
    static struct sc_program program;
    static struct sc_trace trace;
    static struct sc_shape shape;
    static struct sc_layout layout;
    char why[256] = "";
    struct file f = guest(name);
    struct sc_prover prover = {.machine = &sc_machine_rv64im, .profile = sc_profile_default(), .ops = sc_cpu_ops_best()};
    struct sc_exec_options o = {.input = input, .input_size = input_size};
    uint8_t *proof = NULL;
    size_t len = 0;
    cr_assert_eq(sc_pool_create(&prover.pool, n_threads), SOCLE_OK);
    cr_assert_eq(sc_elf_load(&elf, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s", why);
    cr_expect_eq(sc_image_height(&elf), 8 + (elf.n_words > 256) + (elf.n_words > 512) + (elf.n_words > 1024) + (elf.n_words > 2048));
    cr_assert_eq(sc_image_build(&image, &elf), SOCLE_OK);

    size_t held = sc_mem_now();
    sc_mem_peak_reset();
    cr_assert_eq(sc_keygen(&program, &prover, (uint32_t)(elf.entry / 4), image.log_h, image.cells), SOCLE_OK);
    expect_told(name, "key", sc_keygen_memory(&prover, program.vars), sc_mem_peak() - held);

    held = sc_mem_now();
    cr_assert_eq(sc_exec_cut(&segments, &run, why, sizeof why, &elf, &o, &none), SOCLE_OK, "%s", why);
    expect_told(name, "segments", sc_segments_memory(&segments) + sc_alloc_size(run.output_size + 1, 1), sc_mem_now() - held);
    cr_assert_eq(sc_trace_shape(&shape, &layout, why, sizeof why, run.n_rows, image.log_h), SOCLE_OK, "%s", why);
    const size_t tracing = sc_trace_memory(&layout, n_threads) + sc_replay_memory(&elf, &segments.spans[0]);
    const size_t proving = sc_prove_memory(&prover, &layout, run.output_size);

    held = sc_mem_now();
    sc_mem_peak_reset();
    cr_assert_eq(sc_trace_record(&trace, why, sizeof why, &elf, &segments, run.output, run.output_size, &image, prover.pool, NULL), SOCLE_OK,
                 "%s", why);
    expect_told(name, "trace", tracing, sc_mem_peak() - held);

    struct sc_witness witness = sc_witness_of(&trace);
    witness.cells_done = drop_cells;
    witness.arg = &trace;
    held = sc_mem_now() - sc_big_size(sizeof(fp) << trace.layout.m0);
    sc_mem_peak_reset();
    cr_assert_eq(sc_prove(&proof, &len, &prover, &program, &witness), SOCLE_OK);
    expect_told(name, "proof", proving, sc_mem_peak() - held);
    cr_expect_null(trace.cells);

    sc_free(proof);
    sc_trace_fini(&trace);
    sc_segments_fini(&segments);
    sc_run_fini(&run);
    sc_program_fini(&program);
    sc_image_fini(&image);
    sc_elf_fini(&elf);
    sc_free(f.bytes);
    sc_pool_destroy(prover.pool);
    cr_expect_eq(sc_mem_now(), 0);
}

Test(memory, is_taken_as_told_before_each_step, .timeout = 100)
{
    static const uint8_t few[8] = {10}, more[8] = {0x10, 0x27}, data[3000] = {1};
    expect_memory_as_told("fibonacci", few, sizeof few, 1);
    expect_memory_as_told("fibonacci", more, sizeof more, 3);
    expect_memory_as_told("sha256", data, sizeof data, 1);
}

static void keep_stage(void *user, const struct socle_progress *p)
{
    *(const char **)user = p->stage;
}

/* Prove under a limit of so many MiB (0: none); the last stage goes to *stage. */
static socle_status prove_within(struct socle_proof *proof, char message[256], const char **stage, const struct file *elf, uint64_t mib)
{
    static const uint8_t n[8] = {0x60, 0xea}; /* 60000 */
    const struct socle_options o = {.n_threads = 2, .memory_limit = mib << 20, .user = stage, .progress = keep_stage};
    socle_context *ctx = NULL;
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    const socle_status st = socle_prove(ctx, proof, elf->bytes, elf->len, n, sizeof n);
    (void)snprintf(message, 256, "%s", socle_message(ctx));
    socle_run_fini(ctx, &proof->run); /* the proof's bytes live on: those of the default allocator need no context */
    socle_destroy(ctx);
    return st;
}

Test(memory, a_proof_keeps_the_smallest_budget_that_was_told, .timeout = 100)
{
    static struct socle_proof proof, free_proof;
    const char *stage = "";
    char message[256];
    unsigned long long least = 0;
    struct file elf = guest("fibonacci");
    cr_assert_eq(prove_within(&proof, message, &stage, &elf, 128), SOCLE_E_NOMEM);
    const char *const at = strstr(message, "needs a memory budget of ");
    cr_assert(at != NULL && sscanf(at, "needs a memory budget of %lluM", &least) == 1, "%s", message);
    cr_assert_str_eq(stage, "execute", "refused only in stage %s", stage);
    cr_assert_not_null(strstr(message, "the budget is 128M"), "%s", message);

    cr_expect_eq(prove_within(&proof, message, &stage, &elf, least - 2), SOCLE_E_NOMEM);
    cr_expect_str_eq(stage, "execute", "refused only in stage %s", stage);
    cr_assert_null(proof.bytes);
    EXPECT_RESIDENT_BELOW(least << 19); /* so that what follows is measured */

    cr_assert_eq(prove_within(&proof, message, &stage, &elf, least + 2), SOCLE_OK, "%s", message);
    EXPECT_RESIDENT_BELOW((least + 2) << 20);
    EXPECT_RESIDENT_ABOVE((least * 3 / 4) << 20); /* it is not told much too high; some is reserved and hardly touched */

    cr_assert_eq(prove_within(&free_proof, message, &stage, &elf, 0), SOCLE_OK, "%s", message);
    cr_expect(proof.len == free_proof.len && memcmp(proof.bytes, free_proof.bytes, proof.len) == 0, "a budget changes the proof");
    sc_free(proof.bytes);
    sc_free(free_proof.bytes);
    sc_free(elf.bytes);
    cr_expect_eq(sc_mem_now(), 0);
}

/* The key of a program of so many MiB of constants, under a limit of so many MiB. */
static socle_status key_within(char message[256], uint64_t constants, uint64_t mib)
{
    static const uint32_t code[] = {0x05d00893, 0x00000073}; /* li a7, 93; ecall */
    static struct elf_file f;
    const struct elf_segment segments[] = {{0x10000, sizeof code, code, sizeof code, ELF_R | ELF_X},
                                           {0x100000, constants << 20, code, sizeof code, ELF_R}};
    const struct socle_options o = {.n_threads = 2, .memory_limit = mib << 20};
    uint8_t key[SOCLE_KEY_BYTES];
    socle_context *ctx = NULL;
    elf_build(&f, 0x10000, segments, 2);
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    const socle_status st = socle_keygen(ctx, key, f.bytes, f.size);
    (void)snprintf(message, 256, "%s", socle_message(ctx));
    socle_destroy(ctx);
    return st;
}

Test(memory, a_key_keeps_the_smallest_budget_that_was_told)
{
    char message[256];
    unsigned long long least = 0;
    uint64_t mib = 64; /* first it is the program that does not fit beside what the process is anyhow, more under sanitizers */
    do {
        cr_assert_eq(key_within(message, 2, mib), SOCLE_E_NOMEM, "%s", message);
        mib += 8;
    } while (sscanf(message, "the key of this program needs a memory budget of %lluM", &least) != 1 && mib < 512);
    cr_assert_neq(least, 0, "%s", message);
    cr_expect_eq(key_within(message, 2, least - 2), SOCLE_E_NOMEM);
    cr_expect_eq(key_within(message, 2, least + 1), SOCLE_OK, "%s", message);
    EXPECT_RESIDENT_BELOW((least + 1) << 20);
    EXPECT_RESIDENT_ABOVE(least << 19);
}

Test(memory, a_run_that_touches_too_much_says_how_much)
{
    /* lui x5, 0x100; lui x6, 1; sd x0, 0(x5); add x5, x5, x6; jal x0, -8 */
    static const uint32_t code[] = {0x001002b7, 0x00001337, 0x0002b023, 0x006282b3, 0xff9ff06f};
    static struct elf_file f;
    const struct elf_segment text = {0x10000, sizeof code, code, sizeof code, ELF_R | ELF_X};
    const struct socle_options o = {.n_threads = 1, .memory_limit = (uint64_t)256 << 20};
    socle_context *ctx = NULL;
    static struct socle_run run;
    static struct socle_proof proof;
    unsigned long long pages = 0;
    elf_build(&f, 0x10000, &text, 1);
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_expect_eq(socle_execute(ctx, &run, f.bytes, f.size, NULL, 0), SOCLE_E_NOMEM);
    cr_assert_eq(sscanf(socle_message(ctx), "no memory: %llu pages", &pages), 1, "%s", socle_message(ctx));
    cr_expect(pages > 20000 && pages < 65536, "%s", socle_message(ctx));
    cr_expect_not_null(strstr(socle_message(ctx), "the budget is 256M"), "%s", socle_message(ctx));
    cr_expect_eq(socle_prove(ctx, &proof, f.bytes, f.size, NULL, 0), SOCLE_E_NOMEM);
    cr_expect_not_null(strstr(socle_message(ctx), "pages"), "%s", socle_message(ctx));
    EXPECT_RESIDENT_BELOW(256 << 20);
    socle_destroy(ctx);
    cr_expect_eq(sc_mem_now(), 0);
}

Test(memory, a_run_of_several_segments_that_does_not_fit_is_refused_before_it_is_recorded)
{
    static const uint8_t n[8] = {0x80, 0x96, 0x98}; /* 10^7 */
    static struct socle_proof proof;
    const struct socle_options o = {.n_threads = 1, .memory_limit = (uint64_t)256 << 20};
    struct file elf = guest("fibonacci");
    socle_context *ctx = NULL;
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_expect_eq(socle_prove(ctx, &proof, elf.bytes, elf.len, n, sizeof n), SOCLE_E_NOMEM);
    cr_expect_not_null(strstr(socle_message(ctx), "less with profile socle-132-small"), "%s", socle_message(ctx));
    EXPECT_RESIDENT_BELOW(256 << 20);
    sc_free(elf.bytes);
    socle_destroy(ctx);
}

/* Each bound of one proof, passed by a single row count. */
Test(memory, heights_that_no_proof_can_hold_are_refused_with_the_bound)
{
    static const struct {
        unsigned table;
        uint64_t good, bad;
        const char *words;
    } cases[] = {
        {AIR_TABLE_ADD, (uint64_t)3 << 23, ((uint64_t)1 << 25) - 1, "stamps"},
        {AIR_TABLE_BIT, (uint64_t)1 << 23, (uint64_t)7 << 22, "cells or bus terms"},
        {AIR_TABLE_INITFINAL, (uint64_t)1 << 20, (uint64_t)1 << 28, "cells or bus terms"},
        {AIR_TABLE_INITFINAL, (uint64_t)1 << 20, ((uint64_t)1 << 30) + 1, "rows"},
        {AIR_TABLE_DECODE, (uint64_t)1 << 20, UINT64_MAX, "rows"},
    };
    static struct sc_shape shape;
    static struct sc_layout layout;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t rows[AIR_N_TABLES] = {0};
        char why[256] = "";
        rows[AIR_TABLE_ECALL] = 1;
        rows[cases[i].table] = cases[i].good;
        cr_expect_eq(sc_trace_shape(&shape, &layout, why, sizeof why, rows, 8), SOCLE_OK, "case %zu: %s", i, why);
        rows[cases[i].table] = cases[i].bad;
        cr_expect_eq(sc_trace_shape(&shape, &layout, why, sizeof why, rows, 8), SOCLE_E_LIMIT, "case %zu", i);
        cr_expect_not_null(strstr(why, cases[i].words), "case %zu: %s", i, why);
    }
}

static socle_status execute_within(char message[256], const uint32_t *code, size_t size, uint64_t mib)
{
    static struct elf_file f;
    const struct elf_segment text = {0x10000, size, code, size, ELF_R | ELF_X};
    const struct socle_options o = {.n_threads = 1, .memory_limit = mib << 20};
    socle_context *ctx = NULL;
    static struct socle_run run;
    elf_build(&f, 0x10000, &text, 1);
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    const socle_status st = socle_execute(ctx, &run, f.bytes, f.size, NULL, 0);
    (void)snprintf(message, 256, "%s", socle_message(ctx));
    socle_run_fini(ctx, &run);
    socle_destroy(ctx);
    return st;
}

Test(memory, a_run_under_a_very_small_budget_says_how_much_it_needs)
{
    static const uint32_t code[] = {0x05d00893, 0x00000073}; /* li a7, 93; ecall */
    char message[256];
    unsigned long long least = 0;
    for (uint64_t mib = 1; mib < 24; mib += 4) {
        cr_assert_eq(execute_within(message, code, sizeof code, mib), SOCLE_E_NOMEM);
        const char *const at = strstr(message, "needs a memory budget of ");
        cr_assert(at != NULL && sscanf(at, "needs a memory budget of %lluM", &least) == 1 && least > mib, "%s", message);
    }
    unsigned times = 0;
    do { /* what loading needs; a process under a sanitizer grows between two calls */
        cr_assert_eq(execute_within(message, code, sizeof code, least), SOCLE_E_NOMEM);
    } while (times++ < 3 && sscanf(message, "loading this program needs a memory budget of %lluM", &least) == 1);
    cr_assert_eq(sscanf(message, "running this program needs a memory budget of %lluM", &least), 1, "%s", message);
    cr_expect_eq(execute_within(message, code, sizeof code, least + 1), SOCLE_OK, "%s", message);
}

Test(memory, a_guest_that_declares_a_huge_output_is_refused_before_it_is_made)
{
    /* addi x5, x0, 1; slli x5, x5, 33; lui x6, 0x40000; sd x6, 0(x5); li a7, 93; ecall: 2^30 bytes */
    static const uint32_t code[] = {0x00100293, 0x02129293, 0x40000337, 0x0062b023, 0x05d00893, 0x00000073};
    char message[256];
    sc_mem_peak_reset();
    cr_expect_eq(execute_within(message, code, sizeof code, 256), SOCLE_E_LIMIT);
    cr_expect_eq(strncmp(message, "the guest declares an output of 1073741824 bytes, more than", 59), 0, "%s", message);
    cr_expect_lt(sc_mem_peak(), (size_t)64 << 20);
}
