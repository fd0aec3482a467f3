/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Devices of OpenCL and CUDA against the CPU, bit for bit: every device there is, PoCL where there is nothing else. Faults: no such device,
 * places outside the arena, damaged binaries in the cache. Skipped where OpenCL has no device.
 */
#define _DEFAULT_SOURCE
#include "core/proof/merkle_v.h"
#include "host/device/committer.h"
#include "host/device/cuda.h"
#include "host/device/device_ops.h"
#include "host/device/kernel_cache.h"
#include "host/device/opencl.h"
#include "host/prove/oracle.h"
#include "host/sys/mem.h"
#include "kernels/cpu/cpu_ops.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char cache[64];

/* A cache of its own for each test, so that kernels are built and read back. PoCL, which would look there for what it has compiled of them before,
 * keeps its own: it takes half a minute for the text of the kernels. */
static void own_cache(void)
{
    char pocl[512];
    const char *const user = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    const bool set = user != NULL && user[0] == '/';
    if (set || home != NULL) {
        (void)snprintf(pocl, sizeof pocl, "%s%s/pocl/kcache", set ? user : home, set ? "" : "/.cache");
        (void)setenv("POCL_CACHE_DIR", pocl, 0);
    }
    (void)snprintf(cache, sizeof cache, "/tmp/socle_cl_XXXXXX");
    cr_assert_not_null(mkdtemp(cache));
    (void)setenv("XDG_CACHE_HOME", cache, 1);
}

static struct sc_device first_device(void)
{
    struct sc_device d;
    char why[256] = "";
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    cr_assert_eq(sc_opencl_open(&d, why, sizeof why, 0), SOCLE_OK, "%s", why);
    return d;
}

static uint64_t rng_state = 7;

static fp next_fp(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    const uint32_t kind = (uint32_t)(rng_state >> 60);
    return kind == 0 ? FP_P - 1 : kind == 1 ? 0 : (fp)((rng_state >> 20) % FP_P);
}

/** A message, what the CPU makes of it, and room for what a device makes. */
struct both {
    struct sc_kc_commit shape;
    struct sc_oracle cpu;
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    fp *message, *table, *code;
    const fp *plane[FX_DEG];
    uint8_t *nodes;
    size_t code_bytes, node_bytes;
};

static void both_create(struct both *b, struct sc_kc_commit c)
{
    const unsigned log_n = (unsigned)(c.mu - c.k + c.lr);
    *b = (struct both){.shape = c, .code_bytes = 4 * sc_kc_len(c, SC_KC_CODE), .node_bytes = 4 * sc_kc_len(c, SC_KC_TREE)};
    b->message = malloc(4 * sc_kc_len(c, SC_KC_MESSAGE));
    b->table = malloc(sc_twiddles_len(log_n) * sizeof(fp));
    b->code = malloc(b->code_bytes);
    b->nodes = malloc(b->node_bytes);
    cr_assert(b->message != NULL && b->table != NULL && b->code != NULL && b->nodes != NULL);
    sc_twiddles_init(&b->tw, b->table, log_n);
    sc_merkle_keys(&b->keys);
    for (size_t i = 0; i < sc_kc_len(c, SC_KC_MESSAGE); i++) {
        b->message[i] = next_fp();
    }
    for (unsigned i = 0; i < c.planes; i++) {
        b->plane[i] = b->message + ((size_t)i << c.mu);
    }
    cr_assert_eq(sc_oracle_commit(&b->cpu, b->plane, c.planes, c.mu, c.k, c.lr, NULL, NULL), SOCLE_OK);
}

static void both_destroy(struct both *b)
{
    sc_oracle_fini(&b->cpu);
    free(b->message);
    free(b->table);
    free(b->code);
    free(b->nodes);
}

static socle_status on_device(struct both *b, struct sc_committer *c)
{
    return sc_committer_run(c, b->code, b->nodes, b->plane, b->shape, b->tw.pow, b->keys.leaf, b->keys.node, NULL);
}

static bool same(const struct both *b)
{
    return memcmp(b->cpu.code, b->code, b->code_bytes) == 0 && memcmp(b->cpu.nodes, b->nodes, b->node_bytes - 32) == 0;
}

/* Growing and shrinking, so that the arena and the twiddles in it are used again. */
static const struct sc_kc_commit shapes[] = {
    {1, 4, 2, 1}, {1, 18, 6, 1}, {5, 12, 4, 2}, {1, 8, 0, 0}, {1, 0, 0, 0}, {5, 7, 6, 1}, {1, 17, 1, 1}, {1, 10, 9, 1}, {5, 13, 3, 3}, {1, 15, 0, 2},
};

static void expect_bytes_of_the_cpu(struct sc_device d, const char *(*message)(const struct sc_device *))
{
    struct sc_committer *c;
    struct sc_device_info info;
    d.ops->info(d.self, &info);
    cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        struct both b;
        both_create(&b, shapes[s]);
        cr_assert_eq(on_device(&b, c), SOCLE_OK, "%s %s, shape %zu: %s", info.kind, info.name, s, message(&d));
        cr_expect(same(&b), "%s %s, shape %zu", info.kind, info.name, s);
        both_destroy(&b);
    }
    cr_expect_eq(sc_committer_report(c).made, sizeof shapes / sizeof shapes[0]);
    sc_committer_destroy(c);
    d.ops->close(d.self);
}

Test(opencl, every_device_gives_the_bytes_of_the_cpu, .init = own_cache, .timeout = 200)
{
    const size_t n = sc_opencl_list(NULL, 0);
    if (n == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_opencl_open(&d, why, sizeof why, i), SOCLE_OK, "opencl:%u: %s", i, why);
        expect_bytes_of_the_cpu(d, sc_opencl_message);
    }
    cr_expect_eq(sc_mem_now(), 0);
}

Test(opencl, and_so_does_every_device_of_cuda, .timeout = 200)
{
    const size_t n = sc_cuda_list(NULL, 0);
    if (n == 0) {
        cr_skip_test("there is no device of CUDA here");
    }
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "cuda:%u: %s", i, why);
        expect_bytes_of_the_cpu(d, sc_cuda_message);
    }
    cr_expect_eq(sc_mem_now(), 0);
}

Test(opencl, a_device_that_is_not_there)
{
    struct sc_device d;
    char why[256] = "";
    cr_expect_eq(sc_opencl_open(&d, why, sizeof why, 60), SOCLE_E_DEVICE);
    cr_expect(d.ops == NULL && strstr(why, "no device opencl:60") != NULL, "%s", why);
}

Test(opencl, places_outside_the_arena, .init = own_cache, .timeout = 100)
{
    struct sc_device d = first_device();
    uint8_t bytes[64] = {0};
    const struct sc_kc_commit shape = {1, 4, 2, 1};
    uint64_t offset[SC_KC_N_BUFFERS] = {0}, size[SC_KC_N_BUFFERS];
    for (int i = 0; i < SC_KC_N_BUFFERS; i++) {
        size[i] = 4 * sc_kc_len(shape, (enum sc_kc_buffer)i);
    }
    const struct sc_launch l = {.op = SC_OP_COMMIT, .arg = &shape, .n_uses = SC_KC_N_BUFFERS, .offset = offset, .size = size};
    cr_expect_eq(d.ops->put(d.self, 0, bytes, 1), SOCLE_E_ARG, "without an arena");
    cr_expect_neq(d.ops->run(d.self, &l), SOCLE_OK, "without an arena");
    cr_assert_eq(d.ops->arena(d.self, 4096), SOCLE_OK);
    cr_expect_eq(d.ops->put(d.self, 4032, bytes, 64), SOCLE_OK);
    cr_expect_eq(d.ops->put(d.self, 4033, bytes, 64), SOCLE_E_ARG);
    cr_expect_eq(d.ops->get(d.self, bytes, UINT64_MAX, 64), SOCLE_E_ARG);
    cr_expect_eq(d.ops->get(d.self, bytes, 64, UINT64_MAX), SOCLE_E_ARG);
    offset[SC_KC_TREE] = 4096;
    cr_expect_neq(d.ops->run(d.self, &l), SOCLE_OK);
    offset[SC_KC_TREE] = 0;
    size[SC_KC_CODE]--;
    cr_expect_neq(d.ops->run(d.self, &l), SOCLE_OK, "a buffer of another size");
    struct sc_device_info info;
    d.ops->info(d.self, &info);
    cr_expect_eq(d.ops->arena(d.self, info.memory + 1), SOCLE_E_NOMEM);
    cr_expect_neq(sc_opencl_message(&d)[0], '\0');
    d.ops->close(d.self);
}

/* The only file of the cache. */
static void cached_file(char out[256])
{
    char folder[128];
    (void)snprintf(folder, sizeof folder, "%s/socle/kernels", cache);
    DIR *const dir = opendir(folder);
    unsigned n = 0;
    cr_assert_not_null(dir);
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.') {
            (void)snprintf(out, 256, "%s/%.100s", folder, e->d_name);
            n++;
        }
    }
    (void)closedir(dir);
    cr_assert_eq(n, 1u);
}

static void flip(const char *path, long at)
{
    uint8_t b = 0;
    const int fd = open(path, O_RDWR);
    cr_assert(fd >= 0 && pread(fd, &b, 1, at) == 1);
    b ^= 1;
    cr_assert_eq(pwrite(fd, &b, 1, at), 1);
    (void)close(fd);
}

Test(opencl, a_damaged_cache_is_built_anew, .init = own_cache, .timeout = 200)
{
    static const long spoil[] = {0, 8, 40, 72, 100};
    char path[256];
    struct both b;
    both_create(&b, (struct sc_kc_commit){1, 10, 3, 1});
    for (size_t i = 0; i <= sizeof spoil / sizeof spoil[0]; i++) {
        struct sc_device d = first_device();
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
        cr_assert_eq(on_device(&b, c), SOCLE_OK);
        cr_expect(same(&b), "after damage %zu", i);
        sc_committer_destroy(c);
        d.ops->close(d.self);
        cached_file(path);
        if (i < sizeof spoil / sizeof spoil[0]) {
            flip(path, spoil[i]);
        }
    }
    both_destroy(&b);
}

Test(opencl, the_cache_takes_only_what_is_whole_and_ours, .init = own_cache)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5};
    const char *const one[] = {"text", "option"}, *const two[] = {"tex", "toption"};
    const struct sc_kernel_key key = sc_kernel_key(one, 2), other = sc_kernel_key(two, 2);
    char path[256];
    size_t len = 0;
    cr_expect_neq(memcmp(&key, &other, sizeof key), 0, "texts run into each other");
    cr_expect_null(sc_kernel_cache_get(&len, &key));
    sc_kernel_cache_put(&key, bytes, sizeof bytes);
    uint8_t *const got = sc_kernel_cache_get(&len, &key);
    cr_assert(got != NULL && len == sizeof bytes && memcmp(got, bytes, len) == 0);
    sc_free(got);
    cr_expect_null(sc_kernel_cache_get(&len, &other));
    cached_file(path);
    for (long at = 0; at < 72 + (long)sizeof bytes; at++) {
        flip(path, at);
        cr_expect_null(sc_kernel_cache_get(&len, &key), "byte %ld", at);
        flip(path, at);
    }
    cr_assert_eq(chmod(path, 0622), 0);
    cr_expect_null(sc_kernel_cache_get(&len, &key), "others could have written it");
    cr_assert_eq(chmod(path, 0600), 0);
    cr_assert_eq(truncate(path, 72), 0);
    cr_expect_null(sc_kernel_cache_get(&len, &key), "nothing in it");
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(symlink("/dev/zero", path), 0);
    cr_expect_null(sc_kernel_cache_get(&len, &key), "a link");
    (void)unsetenv("XDG_CACHE_HOME");
    (void)unsetenv("HOME");
    sc_kernel_cache_put(&key, bytes, sizeof bytes);
    cr_expect_null(sc_kernel_cache_get(&len, &key), "no folder");
    (void)setenv("XDG_CACHE_HOME", "relative", 1);
    sc_kernel_cache_put(&key, bytes, sizeof bytes);
    cr_expect_null(sc_kernel_cache_get(&len, &key), "a relative folder is none");
}
