/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commitments on a device that fails: a device in host memory, made to fail at each of its calls, to run out of memory, to give wrong bytes.
 */
#include "core/proof/merkle_v.h"
#include "host/device/committer.h"
#include "host/prove/oracle.h"
#include "host/sys/mem.h"
#include "kernels/cpu/cpu_ops.h"
#include "tests/support/fake_device.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static fp message[1 << 12], table[2 << 12], code[1 << 13];
static uint8_t nodes[64 << 12];

static socle_status commit(struct sc_committer *c, struct sc_kc_commit shape, struct sc_oracle *want)
{
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    const fp *plane[FX_DEG];
    const unsigned log_n = (unsigned)(shape.mu - shape.k + shape.lr);
    for (size_t i = 0; i < sizeof message / sizeof message[0]; i++) {
        message[i] = (fp)(i * 12345677u % FP_P);
    }
    for (unsigned i = 0; i < FX_DEG; i++) {
        plane[i] = message + ((size_t)(i % shape.planes) << shape.mu);
    }
    sc_twiddles_init(&tw, table, log_n);
    sc_merkle_keys(&keys);
    memset(code, 0, sizeof code);
    memset(nodes, 0, sizeof nodes);
    if (want != NULL) {
        cr_assert_eq(sc_oracle_commit(want, plane, shape.planes, shape.mu, shape.k, shape.lr, NULL, NULL), SOCLE_OK);
    }
    return sc_committer_run(c, code, nodes, plane, shape, tw.pow, keys.leaf, keys.node);
}

static const struct sc_kc_commit big = {1, 11, 2, 1}, small = {5, 6, 1, 2};

static void expect_right(struct sc_committer *c, struct sc_kc_commit shape)
{
    struct sc_oracle want;
    cr_assert_eq(commit(c, shape, &want), SOCLE_OK);
    cr_expect_eq(memcmp(code, want.code, 4 * sc_kc_len(shape, SC_KC_CODE)), 0);
    cr_expect_eq(memcmp(nodes, want.nodes, 4 * sc_kc_len(shape, SC_KC_TREE) - 32), 0);
    sc_oracle_fini(&want);
}

Test(committer, one_arena_and_one_copy_of_the_twiddles)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    expect_right(c, big);
    const unsigned first = f.puts;
    expect_right(c, small);
    expect_right(c, big);
    cr_expect_eq(f.arenas, 1u);
    cr_expect_eq(first, 4u, "twiddles, two keys, one plane");
    cr_expect_eq(f.puts, 4u + 7u + 3u);
    sc_committer_destroy(c);
    cr_expect_eq(f.size, 0u, "the arena is given back");
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(committer, a_larger_shape_takes_a_larger_arena_and_new_twiddles)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    expect_right(c, small);
    expect_right(c, big);
    expect_right(c, small);
    cr_expect_eq(f.arenas, 2u);
    sc_committer_destroy(c);
}

/* Whichever call fails, the next commitment is right. */
Test(committer, goes_on_after_a_failure_at_any_call)
{
    for (unsigned n = 1;; n++) {
        struct fake f = {.memory = 1 << 20, .fail_at = n, .how = SOCLE_E_DEVICE};
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
        const socle_status st = commit(c, big, NULL);
        cr_assert(st == SOCLE_E_DEVICE || st == SOCLE_OK);
        f.fail_at = 0;
        const struct sc_committer_report r = sc_committer_report(c);
        cr_expect(r.failed == (st != SOCLE_OK) && r.made == (st == SOCLE_OK) && !r.given_up);
        expect_right(c, small);
        expect_right(c, big);
        sc_committer_destroy(c);
        if (st == SOCLE_OK) {
            cr_expect_eq(n, 9u, "arena, four puts, run, two gets");
            break;
        }
    }
}

Test(committer, is_not_asked_again_after_three_failures_in_a_row)
{
    struct fake f = {.memory = 1 << 20, .how = SOCLE_E_DEVICE};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned k = 0; k < SC_COMMITTER_PATIENCE - 1; k++) {
            f.fail_at = f.calls + 1;
            cr_expect_eq(commit(c, big, NULL), SOCLE_E_DEVICE);
        }
        expect_right(c, big); /* a success is forgiveness */
    }
    for (unsigned k = 0; k < SC_COMMITTER_PATIENCE; k++) {
        cr_expect(!sc_committer_report(c).given_up);
        f.fail_at = f.calls + 1;
        cr_expect_eq(commit(c, big, NULL), SOCLE_E_DEVICE);
    }
    cr_expect(sc_committer_report(c).given_up);
    const unsigned calls = f.calls;
    cr_expect_eq(commit(c, big, NULL), SOCLE_E_DEVICE);
    cr_expect_eq(f.calls, calls, "it was asked again");
    sc_committer_destroy(c);
}

Test(committer, a_shape_that_does_not_fit_is_no_fault_of_the_device)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 16 << 10, false), SOCLE_OK);
    for (unsigned i = 0; i < 2 * SC_COMMITTER_PATIENCE; i++) {
        cr_expect_eq(commit(c, big, NULL), SOCLE_E_NOMEM);
    }
    cr_expect_eq(f.arenas, 0u);
    cr_expect(!sc_committer_report(c).given_up);
    expect_right(c, small);
    cr_expect_eq(commit(c, (struct sc_kc_commit){1, 13, 13, 0}, NULL), SOCLE_E_LIMIT);
    sc_committer_destroy(c);
}

Test(committer, other_bytes_than_the_hosts_end_it)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, true), SOCLE_OK);
    cr_expect(sc_committer_compares(c));
    expect_right(c, big);
    sc_committer_differs(c);
    const struct sc_committer_report r = sc_committer_report(c);
    cr_expect(r.made == 0 && r.failed == 1 && r.given_up && r.last_failure == SOCLE_E_SELFCHECK);
    cr_expect_eq(commit(c, big, NULL), SOCLE_E_DEVICE);
    sc_committer_destroy(c);
}
