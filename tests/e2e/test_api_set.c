/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A proof of several segments, its folder of --resume and the estimate, when memory fails: whichever allocation it is, the call ends with
 * a status and a sentence, nothing is lost, and what the folder then holds is of use to the next call. The many proofs have the least size
 * there is, few queries and no grinding.
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/api/context.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/sound/cheap.h"

static const uint8_t long_run[8] = {0x80, 0x4d, 0x04}; /* two segments of the small profile in all */
static const uint8_t short_run[8] = {0xd0, 0x07}; /* two segments of the least size */
static const uint8_t *iterations = short_run;

struct call {
    socle_context *ctx;
    uint8_t *elf;
    size_t elf_len;
    char folder[64];
    struct socle_proof proof;
    struct socle_estimate estimate;
    struct sc_profile least;
};

static struct call *call_create(unsigned n_threads)
{
    static struct call c;
    char path[1024], why[256] = "";
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/fibonacci.elf", build != NULL ? build : "build");
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    memset(&c, 0, sizeof c);
    cr_assert_eq(sc_file_read(&c.elf, &c.elf_len, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    (void)snprintf(c.folder, sizeof c.folder, "/tmp/socle_set_XXXXXX");
    cr_assert_not_null(mkdtemp(c.folder));
    const struct socle_options o = {.n_threads = n_threads, .profile = "socle-132-small", .resume = c.folder};
    cr_assert_eq(socle_create(&c.ctx, &o), SOCLE_OK);
    cheap_profile(&c.least);
    c.least.cut = (struct sc_cut_limits){19, 0, 0};
    c.ctx->profile = &c.least;
    return &c;
}

/* Files in the folder; they are deleted when @p clear. */
static unsigned folder_files(const struct call *c, bool clear)
{
    unsigned n = 0;
    DIR *const d = opendir(c->folder);
    cr_assert_not_null(d);
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (e->d_name[0] != '.') {
            n++;
            cr_assert(!clear || unlinkat(dirfd(d), e->d_name, 0) == 0);
        }
    }
    (void)closedir(d);
    return n;
}

static void call_destroy(struct call *c)
{
    (void)folder_files(c, true);
    (void)rmdir(c->folder);
    socle_destroy(c->ctx);
    sc_free(c->elf);
    cr_expect_eq(sc_mem_now(), 0);
}

static socle_status prove(struct call *c)
{
    const socle_status st = socle_prove(c->ctx, &c->proof, c->elf, c->elf_len, iterations, sizeof long_run);
    cr_assert((st == SOCLE_OK) == (c->proof.bytes != NULL));
    return st;
}

static socle_status estimate(struct call *c)
{
    return socle_estimate(c->ctx, &c->estimate, c->elf, c->elf_len, iterations, sizeof long_run);
}

/* Calls until one gets through, with a later allocation failing each time: all of the first @p each, then ever fewer. */
static unsigned fail_on_the_way(struct call *c, socle_status (*step)(struct call *), uint64_t each, bool keep)
{
    socle_status st = SOCLE_E_NOMEM;
    unsigned failures = 0;
    const size_t held = sc_mem_now();
    for (uint64_t n = 1; st != SOCLE_OK; n += n < each ? 1 : 1 + n / 4) {
        cr_assert_lt(n, (uint64_t)1 << 24);
        sc_mem_fail_at(n);
        st = step(c);
        sc_mem_fail_at(0);
        if (st == SOCLE_OK) {
            break;
        }
        failures++;
        cr_assert_eq(st, SOCLE_E_NOMEM, "allocation %llu: %s", (unsigned long long)n, socle_message(c->ctx));
        cr_assert_neq(socle_message(c->ctx)[0], '\0', "allocation %llu", (unsigned long long)n);
        cr_assert_eq(sc_mem_now(), held, "allocation %llu", (unsigned long long)n);
        cr_assert_leq(folder_files(c, !keep), 4u, "allocation %llu: the head and three proofs", (unsigned long long)n);
    }
    return failures;
}

Test(api_set, a_set_survives_failing_allocations, .timeout = 600)
{
    struct call *const c = call_create(2);
    struct socle_verified v;
    cr_expect_gt(fail_on_the_way(c, prove, 8, false), 20);
    struct socle_proof first = c->proof;
    cr_expect_eq(first.n_segments, 2u);

    (void)folder_files(c, true);
    cr_expect_gt(fail_on_the_way(c, prove, 4, true), 10);
    cr_expect_eq(folder_files(c, false), 4u);
    cr_expect(c->proof.len == first.len && memcmp(c->proof.bytes, first.bytes, first.len) == 0, "what was kept changes the proof");
    socle_proof_fini(c->ctx, &first);
    socle_proof_fini(c->ctx, &c->proof);

    /* The same context makes a proof that anybody accepts. */
    (void)folder_files(c, true);
    c->ctx->profile = sc_api_profile("socle-132-small");
    iterations = long_run;
    cr_assert_eq(prove(c), SOCLE_OK, "%s", socle_message(c->ctx));
    cr_expect_eq(socle_verify_program(c->ctx, &v, c->elf, c->elf_len, c->proof.bytes, c->proof.len), SOCLE_OK);
    cr_expect_eq(v.n_segments, 2);
    socle_proof_fini(c->ctx, &c->proof);
    call_destroy(c);
}

Test(api_set, an_estimate_survives_failing_allocations, .timeout = 600)
{
    struct call *const c = call_create(2);
    cr_expect_gt(fail_on_the_way(c, estimate, 16, false), 30);
    cr_expect_eq(c->estimate.n_segments, 2);
    socle_run_fini(c->ctx, &c->estimate.run);
    call_destroy(c);
}
