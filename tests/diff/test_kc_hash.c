/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of hashes and of the search for a nonce against plain text of the standards: run as C behind a device in host memory, and by
 * every device of CUDA and OpenCL that there is.
 */
#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/kc/hash_plan.h"
#include "tests/support/fake_device.h"
#include "tests/support/hash_ref.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rng_state = 13;

static uint32_t next_u32(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(rng_state >> 32);
}

static fp next_fp(void)
{
    const uint32_t kind = next_u32() >> 28;
    return kind == 0 ? FP_P - 1 : kind == 1 ? 0 : next_u32() % FP_P;
}

static uint32_t *room(size_t words)
{
    uint32_t *const w = calloc(words + 1, sizeof *w);
    cr_assert_not_null(w);
    return w;
}

/** A job with its own arena: each buffer goes up, the launches run, OUT comes back. Buffers are as long as they are said to be. */
static void run(struct sc_device d, const struct sc_kc_launch *l, unsigned n, uint32_t *const buffer[SC_KC_N_HASH_BUFFERS],
                const size_t words[SC_KC_N_HASH_BUFFERS])
{
    struct sc_device_info info;
    uint64_t offset[SC_KC_N_HASH_BUFFERS], size[SC_KC_N_HASH_BUFFERS], end = 0;
    d.ops->info(d.self, &info);
    const uint64_t align = info.align < 64 ? 64 : info.align;
    for (int i = 0; i < SC_KC_N_HASH_BUFFERS; i++) {
        offset[i] = end;
        size[i] = 4 * words[i];
        end += (size[i] + align - 1) / align * align;
    }
    cr_assert_eq(d.ops->arena(d.self, end), SOCLE_OK);
    for (int i = 0; i < SC_KC_N_HASH_BUFFERS; i++) {
        cr_assert(size[i] == 0 || d.ops->put(d.self, offset[i], buffer[i], size[i]) == SOCLE_OK);
    }
    const struct sc_kc_plan plan = {l, n};
    const struct sc_launch job = {.op = SC_OP_LAUNCHES, .arg = &plan, .n_uses = SC_KC_N_HASH_BUFFERS, .offset = offset, .size = size};
    cr_assert_eq(d.ops->run(d.self, &job), SOCLE_OK);
    for (int i = 0; i < SC_KC_HASH_LEAF; i++) { /* a nonce that is found is in IN */
        cr_assert_eq(d.ops->get(d.self, buffer[i], offset[i], size[i]), SOCLE_OK);
    }
}

/* ---- the plain text has known answers ---- */

static void expect_hex(const uint8_t got[32], const char *want)
{
    char hex[65] = "";
    for (unsigned i = 0; i < 32; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", got[i]);
    }
    cr_expect_str_eq(hex, want);
}

/* FIPS 180-2, appendix B; the empty string and "abc" of the Keccak team, padding 0x01. */
Test(kc_hash, sha_256_and_keccak_256_of_known_strings)
{
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    const uint8_t abc[3] = {'a', 'b', 'c'};
    uint8_t got[32];
    sha256_ref(got, abc, 3);
    expect_hex(got, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_ref(got, (const uint8_t *)two, sizeof two - 1);
    expect_hex(got, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    keccak256_ref(got, abc, 0);
    expect_hex(got, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    keccak256_ref(got, abc, 3);
    expect_hex(got, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

/* Plonky3, koala-bear/src/poseidon2.rs: its default permutations of widths 16 and 24 at one point, canonical residues. */
static const uint32_t known_16[2][16] = {
    {894848333, 1437655012, 1200606629, 1690012884, 71131202, 1749206695, 1717947831, 120589055, 19776022, 42382981, 1831865506, 724844064,
     171220207, 1299207443, 227047920, 1783754913},
    {1934285469, 604889435, 133449501, 1026180808, 1830659359, 176667110, 1391183747, 351743874, 1238264085, 1292768839, 2023573270, 1201586780,
     1360691759, 1230682461, 748270449, 651545025},
};
static const uint32_t known_24[2][24] = {
    {886409618, 1327899896, 1902407911, 591953491, 648428576, 1844789031, 1198336108, 355597330, 1799586834, 59617783, 790334801, 1968791836,
     559272107, 31054313, 1042221543, 474748436, 135686258, 263665994, 1962340735, 1741539604, 2026927696, 449439011, 1131357108, 50869465},
    {382801106, 82839311, 1503190615, 1987418517, 854076995, 1862291425, 262755189, 1050814217, 722724562, 741265943, 1026879332, 754316749,
     1966025564, 1518878196, 502200188, 1368172258, 845459257, 1711434837, 724453836, 171032289, 655223446, 1098636135, 407832555, 1707498914},
};

/** The constants of rounds as residues. */
static size_t residues(uint32_t *out, unsigned width)
{
    fp c[SC_KC_POSEIDON2_MAX_CONSTANTS];
    const size_t n = sc_kc_poseidon2_constants(c, width);
    for (size_t i = 0; i < n; i++) {
        out[i] = fp_to_u32(c[i]);
    }
    return n;
}

Test(kc_hash, poseidon2_of_the_published_points)
{
    uint32_t constants[SC_KC_POSEIDON2_MAX_CONSTANTS], s[24];
    cr_expect_eq(residues(constants, 16), 8u * 16 + 20);
    memcpy(s, known_16[0], sizeof known_16[0]);
    poseidon2_ref(s, constants, 16);
    cr_expect_eq(memcmp(s, known_16[1], sizeof known_16[1]), 0);
    cr_expect_eq(residues(constants, 24), 8u * 24 + 23);
    memcpy(s, known_24[0], sizeof known_24[0]);
    poseidon2_ref(s, constants, 24);
    cr_expect_eq(memcmp(s, known_24[1], sizeof known_24[1]), 0);
}

/* ---- kernels ---- */

static void expect_grind(struct sc_device d, unsigned bits, uint32_t n, uint32_t first)
{
    const size_t words[SC_KC_N_HASH_BUFFERS] = {[SC_KC_HASH_OUT] = 1, [SC_KC_HASH_IN] = 25};
    uint32_t *const buffer[SC_KC_N_HASH_BUFFERS] = {room(words[0]), room(words[1])};
    uint32_t *const key = buffer[SC_KC_HASH_IN], *const block = key + 8;
    const uint32_t mask = (UINT32_C(1) << bits) - 1;
    const struct sc_kc_launch l = sc_kc_grind(mask, n);
    int64_t want = -1;
    key[24] = UINT32_MAX;
    for (unsigned i = 0; i < 8; i++) {
        key[i] = next_u32();
    }
    for (unsigned i = 0; i < 5; i++) {
        block[i] = next_u32() & (i == 4 ? 0xffffu : UINT32_MAX);
    }
    block[5] = first;
    run(d, &l, 1, buffer, words);
    for (uint32_t high = 0; high << 16 < n && want < 0; high++) {
        uint32_t at[16];
        const uint32_t left = n - (high << 16);
        memcpy(at, block, sizeof at);
        at[5] = first + high;
        want = sc_cpu_ops_now()->grind(key, at, mask, 0, left < 1u << 16 ? left : 1u << 16);
        want = want < 0 ? -1 : want + (int64_t)(high << 16);
    }
    const int64_t got = key[24] == UINT32_MAX ? -1 : (int64_t)key[24];
    cr_expect_eq(got, want, "%u bits, %u nonces from %u 2^16: %lld, not %lld", bits, n, first, (long long)got, (long long)want);
    free(buffer[0]);
    free(buffer[1]);
}

/** Leaf j of a code of 2^log_n leaves: its words' residues, low byte first. */
static void leaf_bytes(uint8_t *out, const fp *code, unsigned log_n, size_t n_words, size_t j)
{
    for (size_t w = 0; w < n_words; w++) {
        const uint32_t v = fp_to_u32(code[(w << log_n) + j]);
        for (unsigned b = 0; b < 4; b++) {
            out[4 * w + b] = (uint8_t)(v >> 8 * b);
        }
    }
}

static uint32_t *random_code(unsigned log_n, size_t n_words)
{
    uint32_t *const code = room(n_words << log_n);
    for (size_t i = 0; i < n_words << log_n; i++) {
        code[i] = next_fp();
    }
    return code;
}

/** Digest i of a tree of 2^log_n leaves by the plain text: of a leaf, or of the two digests that are in the tree before it. */
static void digest_ref(uint8_t want[32], enum sc_kc_hash hash, const uint32_t *tree, const fp *code, unsigned log_n, size_t n_words, size_t i,
                       size_t before)
{
    const size_t n = (size_t)1 << log_n, len = i < n ? 4 * n_words : 64;
    uint8_t *const message = (uint8_t *)room(16 + n_words + 16);
    memset(message, i < n ? 'l' : 'n', before);
    if (i < n) {
        leaf_bytes(message + before, code, log_n, n_words, i);
    } else {
        memcpy(message + before, tree + 16 * (i - n), 64); /* levels follow each other */
    }
    if (hash == SC_KC_SHA256) {
        sha256_ref(want, message, before + len);
    } else if (hash == SC_KC_KECCAK256) {
        keccak256_ref(want, message, len);
    } else {
        uint32_t constants[SC_KC_POSEIDON2_MAX_CONSTANTS], digest[8];
        (void)residues(constants, i < n ? 24 : 16);
        if (i < n) {
            poseidon2_leaf_ref(digest, (const uint32_t *)(const void *)message, n_words, constants);
        } else {
            uint32_t pair[16];
            for (size_t k = 0; k < 16; k++) {
                pair[k] = fp_to_u32(tree[16 * (i - n) + k]);
            }
            poseidon2_node_ref(digest, pair, constants);
        }
        for (size_t k = 0; k < 8; k++) {
            digest[k] = fp_from_u32(digest[k]);
        }
        memcpy(want, digest, 32);
    }
    free(message);
}

/** Prefixes, of SHA-256 alone: none, or one block each, of other bytes for leaves than for nodes. */
static void expect_tree(struct sc_device d, enum sc_kc_hash hash, unsigned log_n, uint32_t n_words, uint32_t before)
{
    static struct sc_kc_launch plan[1 + SC_KC_MAX_LOG_LEAVES];
    const size_t n = (size_t)1 << log_n, constants = SC_KC_POSEIDON2_MAX_CONSTANTS;
    const size_t words[SC_KC_N_HASH_BUFFERS] = {8 * (2 * n - 1), (size_t)n_words << log_n, constants, constants};
    uint32_t *const buffer[SC_KC_N_HASH_BUFFERS] = {room(words[0]), random_code(log_n, n_words), room(constants), room(constants)};
    uint8_t prefix[64], want[32];
    for (unsigned k = 0; k < 2; k++) {
        uint32_t *const start = buffer[SC_KC_HASH_LEAF + k];
        memset(prefix, k == 0 ? 'l' : 'n', 64);
        memcpy(start, sha256_start, 32);
        if (before != 0) {
            sha256_block_ref(start, prefix);
        }
        if (hash == SC_KC_POSEIDON2) {
            (void)sc_kc_poseidon2_constants(start, k == 0 ? 24 : 16);
        }
    }
    cr_assert_eq(sc_kc_hash_tree(plan, hash, log_n, n_words, before), 1 + log_n);
    run(d, plan, 1 + log_n, buffer, words);
    for (size_t i = 0; i < 2 * n - 1; i++) {
        const uint32_t *const tree = buffer[SC_KC_HASH_OUT];
        digest_ref(want, hash, tree, buffer[SC_KC_HASH_IN], log_n, n_words, i, before);
        cr_assert_eq(memcmp(want, tree + 8 * i, 32), 0, "hash %d: 2^%u leaves of %u words after %u bytes, digest %zu", hash, log_n, n_words, before, i);
    }
    for (int i = 0; i < SC_KC_N_HASH_BUFFERS; i++) {
        free(buffer[i]);
    }
}

static void expect_poseidon2(struct sc_device d, unsigned width, uint32_t n)
{
    uint32_t constants[SC_KC_POSEIDON2_MAX_CONSTANTS];
    const size_t n_constants = residues(constants, width), words[SC_KC_N_HASH_BUFFERS] = {(size_t)width * n, n_constants};
    uint32_t *const buffer[SC_KC_N_HASH_BUFFERS] = {random_code(0, words[0]), room(SC_KC_POSEIDON2_MAX_CONSTANTS)};
    uint32_t *const states = buffer[SC_KC_HASH_OUT], *const before = room(words[0]);
    const uint32_t *const known = width == 16 ? known_16[0] : known_24[0];
    const struct sc_kc_launch l = sc_kc_poseidon2(width, n);
    (void)sc_kc_poseidon2_constants(buffer[SC_KC_HASH_IN], width);
    for (unsigned i = 0; i < width; i++) {
        states[(size_t)i * n + n - 1] = fp_from_u32(known[i]); /* the last one is the published point */
    }
    memcpy(before, states, 4 * words[0]);
    run(d, &l, 1, buffer, words);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t s[24];
        for (unsigned i = 0; i < width; i++) {
            s[i] = fp_to_u32(before[(size_t)i * n + j]);
        }
        poseidon2_ref(s, constants, width);
        for (unsigned i = 0; i < width; i++) {
            cr_assert_eq(states[(size_t)i * n + j], fp_from_u32(s[i]), "width %u, %u states: element %u of state %u", width, n, i, j);
        }
    }
    free(before);
    free(buffer[0]);
    free(buffer[1]);
}

/* Lengths around the ends of blocks: 16 words with 3 of padding, 34 with one, 16 with none. */
static void expect_all(struct sc_device d)
{
    static const uint32_t sha_words[] = {1, 12, 13, 14, 15, 16, 17, 29, 30, 45, 64}, keccak_words[] = {1, 2, 33, 34, 35, 67, 68, 69, 120},
                          poseidon2_words[] = {1, 8, 15, 16, 17, 32, 33, 64};
    expect_grind(d, 1, 1, 0);
    expect_grind(d, 4, 1000, 7);
    expect_grind(d, 8, 1025, 65535);
    expect_grind(d, 16, 70000, 123456);
    expect_grind(d, 13, 200001, 1);
    expect_grind(d, 30, 5000, 1);
    for (size_t i = 0; i < sizeof sha_words / sizeof sha_words[0]; i++) {
        expect_tree(d, SC_KC_SHA256, (unsigned)i % 5, sha_words[i], i % 2 == 0 ? 64 : 0);
    }
    expect_tree(d, SC_KC_SHA256, 8, 3, 0);
    expect_tree(d, SC_KC_SHA256, 9, 20, 64);
    for (size_t i = 0; i < sizeof keccak_words / sizeof keccak_words[0]; i++) {
        expect_tree(d, SC_KC_KECCAK256, (unsigned)i % 5, keccak_words[i], 0);
    }
    expect_tree(d, SC_KC_KECCAK256, 8, 40, 0);
    for (size_t i = 0; i < sizeof poseidon2_words / sizeof poseidon2_words[0]; i++) {
        expect_tree(d, SC_KC_POSEIDON2, (unsigned)i % 5, poseidon2_words[i], 0);
    }
    expect_tree(d, SC_KC_POSEIDON2, 8, 20, 0);
    for (unsigned width = 16; width <= 24; width += 8) {
        expect_poseidon2(d, width, 1);
        expect_poseidon2(d, width, 64);
        expect_poseidon2(d, width, 131);
    }
    d.ops->close(d.self);
}

Test(kc_hash, the_kernels_as_c, .timeout = 100)
{
    static struct fake f = {.memory = UINT64_MAX};
    expect_all((struct sc_device){&fake_ops, &f});
}

Test(kc_hash, every_device_of_opencl, .timeout = 200)
{
    const size_t n = sc_opencl_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_opencl_open(&d, why, sizeof why, i), SOCLE_OK, "opencl:%u: %s", i, why);
        expect_all(d);
    }
    if (n == 0) {
        cr_skip_test("OpenCL has no device here");
    }
}

Test(kc_hash, every_device_of_cuda, .timeout = 200)
{
    const size_t n = sc_cuda_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "cuda:%u: %s", i, why);
        expect_all(d);
    }
    if (n == 0) {
        cr_skip_test("there is no device of CUDA here");
    }
}
