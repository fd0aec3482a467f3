/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commitments on a device that fails: a device in host memory, made to fail at each of its calls, to run out of memory, to give wrong bytes.
 */
#include "core/proof/merkle_v.h"
#include "host/device/space.h"
#include "host/prove/oracle.h"
#include "host/sys/mem.h"
#include "kernels/cpu/cpu_ops.h"
#include "tests/support/fake_device.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static fp message[1 << 12], table[2 << 12], code[1 << 13];
static uint8_t nodes[64 << 12];

static uint64_t ticket;

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
    return sc_committer_run(c, code, nodes, plane, shape, tw.pow, keys.leaf, keys.node, &ticket);
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

/* A job that keeps a vector of 2^11, and writes over so much behind it. Returns how often the vector went up. */
static unsigned job_on(struct fake *f, struct sc_committer *c, uint64_t of, uint64_t words)
{
    static uint32_t back[1 << 11];
    struct sc_space s;
    cr_assert_eq(sc_space_borrow(&s, c, SC_LOAN_BUS), SOCLE_OK);
    const struct sc_piece kept = sc_space_keep(&s, of, 1 << 11), other = sc_space_take(&s, words);
    const unsigned puts = f->puts;
    cr_assert_eq(sc_space_room(&s, message), SOCLE_OK);
    const unsigned up = f->puts - puts;
    for (uint64_t i = 0; i < words; i += 1 << 12) {
        cr_assert_eq(sc_space_put(&s, other, i, message, 1 << 12), SOCLE_OK);
    }
    cr_assert_eq(sc_space_get(&s, back, kept, 0, 1 << 11), SOCLE_OK);
    cr_expect_eq(memcmp(back, message, sizeof back), 0);
    cr_expect_eq(sc_space_fini(&s), SOCLE_OK);
    return up;
}

Test(committer, a_message_goes_up_once_while_its_place_is_not_needed)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    sc_committer_reserve(c, big, 256 << 10);
    sc_committer_reserve(c, big, 4 << 20); /* cannot be */
    cr_assert_eq(commit(c, big, NULL), SOCLE_OK);
    const uint64_t first = ticket;
    cr_expect_eq(job_on(&f, c, first, 1 << 12), 0u);
    cr_expect_eq(job_on(&f, c, first, 1 << 15), 0u, "the first job wrote over it");
    cr_expect_eq(f.arenas, 1u);
    cr_expect_eq(job_on(&f, c, first + 7, 1 << 12), 1u, "another vector was taken for it");
    cr_expect_eq(job_on(&f, c, first + 7, 1 << 12), 0u);
    expect_right(c, big);
    cr_expect(ticket > first);
    cr_expect_eq(job_on(&f, c, first, 1 << 12), 1u, "another commitment took its place");
    cr_assert_eq(commit(c, big, NULL), SOCLE_OK);
    cr_expect_eq(job_on(&f, c, ticket, 1 << 17), 1u, "the arena was too small");
    cr_expect_eq(f.arenas, 2u);
    cr_expect(job_on(&f, c, 0, 1 << 12) == 1 && job_on(&f, c, 0, 1 << 12) == 1, "without a ticket nothing is kept");
    expect_right(c, small);
    sc_committer_destroy(c);
    cr_expect_eq(f.size, 0u);
}

/* A program's IMAGE is committed to on one device and opened on whichever has the proof. */
Test(committer, a_vector_of_another_device_is_not_taken_for_its_own)
{
    struct fake f[2] = {{.memory = 1 << 20}, {.memory = 1 << 20}};
    struct sc_committer *c[2];
    uint64_t of[2];
    for (unsigned k = 0; k < 2; k++) {
        cr_assert_eq(sc_committer_create(&c[k], (struct sc_device){&fake_ops, &f[k]}, 0, false), SOCLE_OK);
        sc_committer_reserve(c[k], big, 256 << 10);
        cr_assert_eq(commit(c[k], big, NULL), SOCLE_OK);
        of[k] = ticket;
    }
    cr_expect_eq(job_on(&f[1], c[1], of[0], 1 << 12), 1u, "what the other has was taken for it");
    expect_right(c[1], big);
    cr_expect_eq(job_on(&f[0], c[0], of[0], 1 << 12), 0u);
    sc_committer_destroy(c[0]);
    sc_committer_destroy(c[1]);
}

/* A launch without memory beside the arena that was reserved has it beside a smaller one. */
Test(committer, an_arena_that_is_in_the_way_becomes_smaller)
{
    struct fake f = {.memory = 1 << 20, .run_room = 300 << 10};
    struct sc_committer *c;
    struct sc_space s;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_expect_eq(sc_committer_budget(c), 1u << 20);
    sc_committer_reserve(c, big, 512 << 10);
    cr_expect_gt(f.size, f.run_room);
    expect_right(c, big);
    cr_expect_lt(f.size, f.run_room);
    struct sc_committer_report r = sc_committer_report(c);
    cr_expect(r.made == 1 && r.failed == 0 && sc_committer_shrunk(c) == 1);
    sc_committer_reserve(c, big, 512 << 10);
    cr_expect_lt(f.size, f.run_room, "it is taken ahead of time again");

    cr_assert_eq(sc_space_borrow(&s, c, SC_LOAN_BUS), SOCLE_OK); /* a job that needs less than an earlier one took */
    (void)sc_space_take(&s, 1 << 12);
    cr_assert_eq(sc_space_room(&s, message), SOCLE_OK);
    f.fail_at = f.calls + 1;
    f.how = SOCLE_E_NOMEM;
    cr_expect_eq(sc_space_put(&s, (struct sc_piece){0, 64}, 0, message, 16), SOCLE_E_NOMEM);
    cr_expect_eq(sc_space_fini(&s), SOCLE_E_NOMEM);
    r = sc_committer_report(c);
    cr_expect(r.failed == 1 && sc_committer_shrunk(c) == 2 && !r.given_up && f.size == 0);
    cr_expect_eq(sc_committer_budget(c), 8u << 10, "half of what there was no memory beside");
    expect_right(c, big);

    f.run_room = 1; /* none beside any */
    cr_expect_eq(commit(c, big, NULL), SOCLE_E_NOMEM);
    cr_expect_eq(sc_committer_report(c).failed, 2u);
    sc_committer_destroy(c);
}

/* Who can do with less is told; who cannot is not kept from asking. */
Test(committer, what_was_refused_is_halved_for_pieces)
{
    struct fake f = {.memory = 1 << 20, .arena_room = 100 << 10};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    sc_committer_reserve(c, small, 256 << 10);
    cr_expect(f.size == 0 && sc_committer_budget(c) < 200 << 10 && sc_committer_budget(c) >= 128 << 10);
    expect_right(c, small);
    f.arena_room = 0;
    sc_committer_reserve(c, small, 256 << 10);
    cr_expect_geq(f.size, 256u << 10);
    sc_committer_destroy(c);
}

Test(committer, nothing_is_kept_after_a_failure)
{
    struct fake f = {.memory = 1 << 20, .how = SOCLE_E_DEVICE};
    struct sc_committer *c;
    struct sc_space s;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    sc_committer_reserve(c, big, 256 << 10);
    cr_assert_eq(commit(c, big, NULL), SOCLE_OK);
    cr_assert_eq(sc_space_borrow(&s, c, SC_LOAN_OPENING), SOCLE_OK);
    const struct sc_piece kept = sc_space_keep(&s, ticket, 1 << 11);
    cr_expect(s.there);
    cr_assert_eq(sc_space_room(&s, message), SOCLE_OK);
    f.fail_at = f.calls + 1;
    cr_expect_eq(sc_space_get(&s, code, kept, 0, 8), SOCLE_E_DEVICE);
    cr_expect_eq(sc_space_fini(&s), SOCLE_E_DEVICE);
    cr_expect_eq(job_on(&f, c, ticket, 1 << 12), 1u);
    cr_expect(sc_committer_report(c).failed == 1 && sc_committer_report(c).lent[SC_LOAN_BUS] == 1 && sc_committer_report(c).lent[SC_LOAN_OPENING] == 0);
    sc_committer_destroy(c);
}
