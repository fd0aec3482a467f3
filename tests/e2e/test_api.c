/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The public interface from C: what it promises about memory, messages, cancelling, progress and files.
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/socle.h"
#include "host/sys/mem.h"

struct seen {
    size_t held, n_allocs, fail_at;
    double last;
    bool backwards;
    unsigned reports;
    volatile sig_atomic_t cancel;
    unsigned cancel_at;
};

static void *count_alloc(void *user, size_t size)
{
    struct seen *const s = user;
    if (++s->n_allocs == s->fail_at) {
        return NULL;
    }
    s->held++;
    return malloc(size);
}

static void count_release(void *user, void *p)
{
    struct seen *const s = user;
    s->held--;
    free(p);
}

static void count_progress(void *user, const struct socle_progress *p)
{
    struct seen *const s = user;
    s->backwards = s->backwards || p->fraction < s->last || p->fraction > 1.000001;
    s->last = p->fraction;
    if (++s->reports == s->cancel_at) {
        s->cancel = 1;
    }
}

static socle_context *context_with(struct seen *s)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 1, .user = s, .alloc = count_alloc, .release = count_release, .progress = count_progress,
                                    .cancel = &s->cancel};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    return ctx;
}

struct program {
    uint8_t *bytes;
    size_t len;
};

static struct program fibonacci(socle_context *ctx)
{
    struct program p = {0};
    char path[1024];
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/fibonacci.elf", build != NULL ? build : "build");
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    cr_assert_eq(socle_file_read(ctx, &p.bytes, &p.len, path, (size_t)1 << 24), SOCLE_OK, "%s", socle_message(ctx));
    return p;
}

static const uint8_t ten[1] = {10};

Test(api, proves_and_verifies_and_gives_all_memory_back)
{
    struct seen s = {0};
    socle_context *const ctx = context_with(&s);
    struct program elf = fibonacci(ctx);
    struct socle_proof proof;
    struct socle_run run;
    struct socle_verified v;
    uint8_t key[SOCLE_KEY_BYTES];
    cr_assert_eq(socle_keygen(ctx, key, elf.bytes, elf.len), SOCLE_OK);
    s.last = 0;
    cr_assert_eq(socle_execute(ctx, &run, elf.bytes, elf.len, ten, sizeof ten), SOCLE_OK);
    cr_assert_float_eq(s.last, 1, 1e-6);
    cr_assert_gt(run.n_tables, 20);
    socle_run_fini(ctx, &run);
    s.last = 0;
    cr_assert_eq(socle_prove(ctx, &proof, elf.bytes, elf.len, ten, sizeof ten), SOCLE_OK, "%s", socle_message(ctx));
    cr_assert_eq(socle_message(ctx)[0], '\0');
    cr_assert(!s.backwards, "progress went backwards");
    cr_assert_float_eq(s.last, 1, 1e-6);
    cr_assert_eq(socle_verify(ctx, &v, key, sizeof key, proof.bytes, proof.len), SOCLE_OK);
    cr_assert_eq(v.output_len, 8);
    cr_assert_eq(v.output[0], 55);
    cr_assert_eq(v.cycles, proof.run.cycles);
    proof.bytes[proof.len - 1] ^= 1;
    cr_assert_eq(socle_verify(ctx, &v, key, sizeof key, proof.bytes, proof.len), SOCLE_E_REJECT);
    cr_assert_neq(socle_message(ctx)[0], '\0');
    cr_assert_null(v.output);
    socle_proof_fini(ctx, &proof);
    socle_free(ctx, elf.bytes);
    socle_destroy(ctx);
    cr_assert_eq(s.held, 0);
}

Test(api, stops_at_every_stage_when_cancelled)
{
    struct seen s = {0};
    socle_context *const ctx = context_with(&s);
    struct program elf = fibonacci(ctx);
    socle_status st = SOCLE_E_CANCELLED;
    unsigned at = 0, stops = 0;
    while (st == SOCLE_E_CANCELLED && at < 1u << 20) {
        struct socle_proof proof;
        s.reports = 0;
        s.last = 0;
        s.cancel = 0;
        at += at < 12 ? 1 : at; /* the first places one by one, then ever fewer */
        s.cancel_at = at;
        stops++;
        st = socle_prove(ctx, &proof, elf.bytes, elf.len, ten, sizeof ten);
        cr_assert((st == SOCLE_OK) == (proof.bytes != NULL));
        socle_proof_fini(ctx, &proof);
    }
    cr_assert_eq(st, SOCLE_OK, "%s", socle_message(ctx));
    cr_assert_geq(stops, 9, "cancelled at %u places only", stops - 1);
    socle_free(ctx, elf.bytes);
    socle_destroy(ctx);
    cr_assert_eq(s.held, 0);
}

Test(api, reports_a_failed_allocation_and_leaks_nothing)
{
    for (size_t n = 1; n <= 2; n++) {
        struct seen s = {0};
        socle_context *const ctx = context_with(&s);
        struct program elf = fibonacci(ctx);
        struct socle_run run;
        s.fail_at = s.n_allocs + n;
        const socle_status st = socle_execute(ctx, &run, elf.bytes, elf.len, ten, sizeof ten);
        cr_assert_eq(st, n == 1 ? SOCLE_E_NOMEM : SOCLE_OK);
        socle_run_fini(ctx, &run);
        socle_free(ctx, elf.bytes);
        socle_destroy(ctx);
        cr_assert_eq(s.held, 0);
    }
}

/* Every call, one after the other; the first failure ends it. *proved: it got as far as a proof. */
static socle_status call_all(const uint8_t *elf, size_t len)
{
    static struct socle_proof proof;
    static struct socle_info info;
    struct socle_verified v;
    struct socle_run run = {0};
    uint8_t key[SOCLE_KEY_BYTES];
    const struct socle_options o = {.n_threads = 2};
    socle_context *ctx = NULL;
    memset(&proof, 0, sizeof proof);
    socle_status st = socle_create(&ctx, &o);
    if (st == SOCLE_OK) {
        st = socle_inspect(ctx, &info, elf, len);
    }
    if (st == SOCLE_OK) {
        st = socle_execute(ctx, &run, elf, len, ten, sizeof ten);
    }
    if (st == SOCLE_OK) {
        st = socle_keygen(ctx, key, elf, len);
    }
    if (st == SOCLE_OK) {
        st = socle_prove(ctx, &proof, elf, len, ten, sizeof ten);
    }
    if (st == SOCLE_OK) {
        st = socle_verify(ctx, &v, key, sizeof key, proof.bytes, proof.len);
    }
    cr_assert(st == SOCLE_OK || ctx == NULL || socle_message(ctx)[0] != '\0');
    if (ctx != NULL) {
        socle_run_fini(ctx, &run);
        socle_proof_fini(ctx, &proof);
    }
    socle_destroy(ctx);
    return st;
}

Test(api, ends_cleanly_when_any_allocation_fails, .timeout = 200)
{
    struct seen s = {0};
    socle_context *const ctx = context_with(&s);
    struct program elf = fibonacci(ctx);
    const size_t held = sc_mem_now();
    socle_status st = SOCLE_E_NOMEM;
    unsigned n = 0;
    while (st == SOCLE_E_NOMEM && n < 1u << 20) {
        n += n < 200 ? 1 : 1 + n / 20;
        sc_mem_fail_at(n);
        st = call_all(elf.bytes, elf.len);
        sc_mem_fail_at(0);
        cr_assert_eq(sc_mem_now(), held, "after failing allocation %u", n);
    }
    cr_assert_eq(st, SOCLE_OK);
    cr_assert_gt(n, 200, "only %u allocations", n);
    socle_free(ctx, elf.bytes);
    socle_destroy(ctx);
}

Test(api, refuses_options_that_make_no_sense)
{
    socle_context *ctx = NULL;
    struct seen s = {0};
    const struct socle_options profile = {.profile = "small"};
    const struct socle_options half = {.alloc = count_alloc, .user = &s};
    const struct socle_options no_memory = {.alloc = count_alloc, .release = count_release, .user = &s};
    cr_assert_eq(socle_create(&ctx, &profile), SOCLE_E_ARG);
    cr_assert_null(ctx);
    cr_assert_eq(socle_create(&ctx, &half), SOCLE_E_ARG);
    s.fail_at = 1;
    cr_assert_eq(socle_create(&ctx, &no_memory), SOCLE_E_NOMEM);
    cr_assert_null(ctx);
}

Test(api, refuses_bytes_that_are_no_program_key_or_proof)
{
    struct seen s = {0};
    socle_context *const ctx = context_with(&s);
    static const uint8_t junk[64] = "SOCLEPRF";
    struct socle_run run;
    struct socle_info info;
    struct socle_verified v;
    uint8_t key[SOCLE_KEY_BYTES];
    cr_assert_eq(socle_execute(ctx, &run, junk, sizeof junk, NULL, 0), SOCLE_E_FORMAT);
    cr_assert_eq(socle_keygen(ctx, key, junk, 0), SOCLE_E_FORMAT);
    cr_assert_eq(socle_inspect(ctx, &info, junk, sizeof junk), SOCLE_E_VERSION);
    cr_assert_eq(socle_inspect(ctx, &info, junk, 4), SOCLE_E_FORMAT);
    cr_assert_eq(socle_verify(ctx, &v, junk, sizeof junk, junk, sizeof junk), SOCLE_E_FORMAT);
    socle_destroy(ctx);
}

Test(api, writes_files_whole_and_reads_them_within_a_limit)
{
    struct seen s = {0};
    socle_context *const ctx = context_with(&s);
    char folder[] = "/tmp/socle_api_XXXXXX";
    char path[64];
    uint8_t *bytes = NULL;
    size_t len = 0;
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
    cr_assert_eq(socle_file_write(ctx, path, (const uint8_t *)"old", 3), SOCLE_OK);
    cr_assert_eq(socle_file_write(ctx, path, (const uint8_t *)"newer", 5), SOCLE_OK);
    cr_assert_eq(socle_file_read(ctx, &bytes, &len, path, 5), SOCLE_OK);
    cr_assert(len == 5 && memcmp(bytes, "newer", 5) == 0);
    socle_free(ctx, bytes);
    cr_assert_eq(socle_file_read(ctx, &bytes, &len, path, 4), SOCLE_E_LIMIT);
    cr_assert_null(bytes);
    cr_assert_eq(socle_file_write(ctx, path, NULL, 0), SOCLE_OK);
    cr_assert_eq(socle_file_read(ctx, &bytes, &len, path, 4), SOCLE_OK);
    cr_assert(len == 0 && bytes != NULL);
    socle_free(ctx, bytes);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(socle_file_read(ctx, &bytes, &len, path, 4), SOCLE_E_IO);
    cr_assert_eq(rmdir(folder), 0, "a temporary file was left");
    (void)snprintf(path, sizeof path, "%s/gone/file", folder);
    cr_assert_eq(socle_file_write(ctx, path, (const uint8_t *)"x", 1), SOCLE_E_IO);
    socle_destroy(ctx);
    cr_assert_eq(s.held, 0);
}
