/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The executor: recordings, input, output, limits, and known programs. Instructions one by one are
 * in tests/rv.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/exec/exec.h"
#include "tests/support/elf_build.h"
#include "tests/support/run_check.h"

struct result {
    struct sc_elf elf;
    struct sc_run run;
    socle_status st;
    char why[256];
};

static void
run_file(struct result *r, const uint8_t *file, size_t size, const struct sc_exec_options *options)
{
    cr_assert_eq(sc_elf_load(&r->elf, r->why, sizeof(r->why), file, size), SOCLE_OK, "%s", r->why);
    r->st = sc_exec(&r->run, r->why, sizeof(r->why), &r->elf, options);
    if (r->st == SOCLE_OK && options->record) {
        size_t at = 0;
        const char *const wrong = run_check(&r->run, &r->elf, &at);
        cr_assert_null(wrong, "event %zu: %s", at, wrong);
    }
}

static void
run_code(struct result *r, const uint32_t *code, size_t n, const struct sc_exec_options *options)
{
    static struct elf_file f;
    const struct elf_segment text = {0x10000, 4 * n, code, 4 * n, ELF_R | ELF_X};
    elf_build(&f, 0x10000, &text, 1);
    run_file(r, f.bytes, f.size, options);
}

static void result_fini(struct result *r)
{
    sc_run_fini(&r->run);
    sc_elf_fini(&r->elf);
}

#define EXIT 0x05d00893, 0x00000073 /* li a7, 93; ecall */
static const struct sc_exec_options recording = {.record = true};

Test(exec, gives_exact_stamps_and_values)
{
    static const uint32_t code[] = {
        0x00728293, 0x005281b3, 0x00128013, 0x00300013,
        EXIT}; /* addi x5,x5,7; add x3,x5,x5; addi x0,x5,1; addi x0,x0,3 */
    struct result r;
    run_code(&r, code, 6, &recording);
    cr_assert_eq(r.st, SOCLE_OK, "%s", r.why);
    const struct sc_event *const e = r.run.events;
    cr_assert(r.run.n_events == 6 && r.run.cycles == 6);
    cr_expect(e[0].ts == 4 && e[0].prev1 == 0 && e[0].prevd == 4 && e[0].old == 0 &&
              e[0].val == 7 && e[0].table == SC_TABLE_ADDI);
    cr_expect(e[1].prev1 == 6 && e[1].prev2 == 8 && e[1].a == 7 && e[1].b == 7 && e[1].val == 14 &&
              e[1].table == SC_TABLE_ADD);
    cr_expect(e[2].prev1 == 9 && e[2].prevd == 0 && e[2].old == 0 && e[2].val == 8);
    cr_expect(e[3].prev1 == 0 && e[3].prevd == 14 && e[3].old == 8 && e[3].val == 3);
    cr_expect(e[5].table == SC_TABLE_ECALL && e[5].prev1 == 22 && e[5].prevd == 0 && e[5].a == 93 &&
              e[5].next_ip == 0x4006);
    cr_expect(r.run.regs[0] == 0 && r.run.regs[32] == 3 && r.run.reg_ts[32] == 18 &&
              r.run.reg_ts[10] == 26);
    cr_expect(r.run.entry_ip == 0x4000 && r.run.end_ip == 0x4006 && r.run.ts_end == 28);
    result_fini(&r);
}

Test(exec, data_reads_of_code_follow_the_stamps_of_decode)
{
    /* auipc x6,0; ld x5,0(x6) both halves executed; ld x5,16(x6) low half only; ld x5,24(x6) never
     * executed. */
    static const uint32_t code[] = {0x00000317, 0x00033283, 0x01033283, 0x01833283, 0x0180006f, 0,
                                    0,          0,          0,          0,          EXIT};
    struct result r;
    run_code(&r, code, 12, &recording);
    cr_assert_eq(r.st, SOCLE_OK, "%s", r.why);
    cr_expect_eq(r.run.events[1].prevm[0], 2);
    cr_expect_eq(r.run.events[2].prevm[0], 1);
    cr_expect_eq(r.run.events[3].prevm[0], 0);
    cr_expect_eq(r.run.events[1].space[0], SPACE_RX);
    cr_expect(r.run.n_fetches == 7 && r.run.fetches[0].prev == 0 && r.run.fetches[1].prev == 1 &&
              r.run.fetches[4].prev == 0);
    result_fini(&r);
}

Test(exec, a_read_before_the_first_fetch_still_follows_decode)
{
    static const uint32_t code[] = {0x00000317, 0x01033283, 0x0080006f, 0,
                                    EXIT}; /* ld x5, 16(x6) reads the exit code, executed later */
    struct result r;
    run_code(&r, code, 6, &recording);
    cr_assert_eq(r.st, SOCLE_OK, "%s", r.why);
    cr_expect_eq(r.run.events[1].prevm[0], 2);
    result_fini(&r);
}

Test(exec, crosses_between_executable_segments)
{
    static const uint32_t first[] = {0x00100293, 0x00128293},
                          second[] = {0x00128293, EXIT}; /* falls through */
    static const uint32_t far[] = {EXIT};
    static struct elf_file f;
    const struct elf_segment s[2] = {{0x10000, 8, first, 8, ELF_R | ELF_X},
                                     {0x10008, 12, second, 12, ELF_R | ELF_X}};
    struct result r;
    elf_build(&f, 0x10000, s, 2);
    run_file(&r, f.bytes, f.size, &recording);
    cr_expect(r.st == SOCLE_OK && r.run.regs[5] == 3, "%s", r.why);
    result_fini(&r);
    static const uint32_t jump[] = {0x7fdff06f}; /* jal x0, 1 MiB - 4 */
    const struct elf_segment t[2] = {{0x10000, 4, jump, 4, ELF_X},
                                     {0x10000 + (1 << 20) - 4, 8, far, 8, ELF_X}};
    elf_build(&f, 0x10000, t, 2);
    run_file(&r, f.bytes, f.size, &recording);
    cr_expect(r.st == SOCLE_OK && r.run.cycles == 3, "%s", r.why);
    result_fini(&r);
}

Test(exec, stops_at_the_cycle_limit)
{
    static const uint32_t code[] = {0x0000006f};
    struct result r;
    for (unsigned record = 0; record < 2; record++) {
        const struct sc_exec_options o = {.record = record == 1, .max_cycles = 1000};
        run_code(&r, code, 1, &o);
        cr_expect(r.st == SOCLE_E_LIMIT && r.run.end == SC_END_CYCLES && r.run.cycles == 1000);
        result_fini(&r);
    }
}

Test(exec, at_the_cycle_limit_says_where_it_would_go_on)
{
    static const uint32_t first[] = {0x7fdff06f}; /* jal x0, 1 MiB - 4, into the second segment */
    static const uint32_t second[] = {EXIT};
    static struct elf_file f;
    const struct elf_segment s[2] = {{0x10000, 4, first, 4, ELF_X},
                                     {0x10000 + (1 << 20) - 4, 8, second, 8, ELF_X}};
    elf_build(&f, 0x10000, s, 2);
    for (unsigned record = 0; record < 2; record++) {
        const struct sc_exec_options o = {.record = record == 1, .max_cycles = 1};
        struct result r;
        run_file(&r, f.bytes, f.size, &o);
        cr_expect(r.run.end == SC_END_CYCLES && r.run.pc == 0x10fffc, "pc 0x%llx",
                  (unsigned long long)r.run.pc);
        result_fini(&r);
    }
}

Test(exec, a_jump_below_address_0_is_a_failed_fetch)
{
    static const uint32_t first[] = {0xffdfe06f}; /* jal x0, -0x1004, to -4 */
    static const uint32_t second[] = {EXIT};      /* must not follow */
    static struct elf_file f;
    const struct elf_segment s[2] = {{0x1000, 8, first, 4, ELF_X}, {0x1008, 8, second, 8, ELF_X}};
    elf_build(&f, 0x1000, s, 2);
    for (unsigned record = 0; record < 2; record++) {
        const struct sc_exec_options o = {.record = record == 1};
        struct result r;
        run_file(&r, f.bytes, f.size, &o);
        cr_expect(r.run.end == SC_END_FETCH && r.run.cycles == 1 && r.run.addr == UINT64_MAX - 3 &&
                      r.run.pc == r.run.addr,
                  "%s", r.why);
        result_fini(&r);
    }
}

Test(exec, says_where_and_why_a_guest_failed)
{
    static const uint32_t code[] = {0x00000013, 0xfff00283}; /* nop; lb x5, -1(x0) */
    struct result r;
    run_code(&r, code, 2, &recording);
    cr_expect(r.st == SOCLE_E_GUEST && r.run.end == SC_END_LOAD && r.run.pc == 0x10004 &&
              r.run.addr == UINT64_MAX);
    cr_expect(r.run.n_events == 1 && r.run.cycles == 1 && r.run.words == NULL);
    cr_expect_not_null(strstr(r.why, "0xffffffffffffffff (pc 0x10004"), "%s", r.why);
    result_fini(&r);
}

Test(exec, counts_misaligned_accesses)
{
    static const uint32_t code[] = {
        0x00000317, 0x00331283, 0x00033283, 0x00432283,
        0x00432283, 0x00633283, 0x00633003, EXIT}; /* lh 3, ld 0, lw 4 twice, ld 6 twice */
    struct result r;
    run_code(&r, code, 9, &recording);
    cr_expect(r.st == SOCLE_OK && r.run.misaligned == 3, "%s %llu", r.why,
              (unsigned long long)r.run.misaligned);
    cr_expect(r.run.n_rows[SC_TABLE_LOADX] == 2 && r.run.n_rows[SC_TABLE_LD] == 1 &&
              r.run.n_rows[SC_TABLE_LOADS] == 3);
    result_fini(&r);
}

/* The whole file, or NULL. */
static uint8_t *read_file(const char *folder, const char *name, size_t *size)
{
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *const f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    (void)fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *const bytes = malloc(*size + 1);
    cr_assert_eq(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

/* Run a guest of the build on an input, both ways; the output must be that. */
static void check_guest(const char *name,
                        const uint8_t *input,
                        size_t input_size,
                        const uint8_t *want,
                        size_t want_size)
{
    char folder[1024];
    size_t size = 0;
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(folder, sizeof(folder), "%s/guest", build != NULL ? build : "build");
    uint8_t *const file = read_file(folder, name, &size);
    if (file == NULL) {
        cr_skip_test("%s is not built (no RISC-V compiler)", name);
    }
    for (unsigned record = 0; record < 2; record++) {
        const struct sc_exec_options o = {
            .input = input, .input_size = input_size, .record = record == 1};
        struct result r;
        run_file(&r, file, size, &o);
        cr_assert_eq(r.st, SOCLE_OK, "%s: %s", name, r.why);
        cr_assert(r.run.output_size == want_size && memcmp(r.run.output, want, want_size) == 0,
                  "%s: wrong output", name);
        result_fini(&r);
    }
    free(file);
}

Test(exec, guests_hash_abc_as_the_standards_say)
{
    static const uint8_t sha256[33] =
        "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17"
        "\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";
    static const uint8_t keccak[33] =
        "\x4e\x03\x65\x7a\xea\x45\xa9\x4f\xc7\xd4\x7b\xa8\x26\xc8\xd6\x67\xc0\xd1\xe6\xe3\x3a\x64"
        "\xa0\x36\xec\x44\xf5\x8f\xa1\x2d\x6c\x45";
    static const uint8_t abc[3] = {'a', 'b', 'c'};
    check_guest("sha256.elf", abc, 3, sha256, 32);
    check_guest("sha256_lld.elf", abc, 3, sha256, 32);
    check_guest("keccak256.elf", abc, 3, keccak, 32);
}

Test(exec, the_account_guest_proves_presence_and_absence_and_refuses_a_changed_node)
{
    static const char account[] =
        "\xf8\x50\x83\x02\x01\xd7\x89\x07\x9e\x4a\x1a\x9f\xd9\x7d\xe3\x35\xa0\x56\xe8\x1f\x17\x1b"
        "\xcc\x55\xa6\xff\x83\x45\xe6\x92\xc0\xf8\x6e\x5b\x48\xe0\x1b"
        "\x99\x6c\xad\xc0\x01\x62\x2f\xb5\xe3\x63\xb4\x21\xa0\xc5\xd2\x46\x01\x86\xf7\x23\x3c\x92"
        "\x7e\x7d\xb2\xdc\xc7\x03\xc0\xe5\x00\xb6\x53\xca\x82\x27\x3b\x7b"
        "\xfa\xd8\x04\x5d\x85\xa4\x70";
    uint8_t want[52 + 1 + sizeof(account) - 1];
    size_t size = 0;
    uint8_t *const present = read_file(SC_SOURCE_ROOT "/tests/vectors/mpt", "account.bin", &size);
    memcpy(want, present, 52);
    want[52] = 1;
    memcpy(want + 53, account, sizeof(account) - 1);
    check_guest("mpt.elf", present, size, want, sizeof(want));
    free(present);
    uint8_t *const absent = read_file(SC_SOURCE_ROOT "/tests/vectors/mpt", "absent.bin", &size);
    memcpy(want, absent, 52);
    want[52] = 0;
    check_guest("mpt.elf", absent, size, want, 53);
    absent[size - 20] ^= 1;
    size_t elf_size = 0;
    char folder[1024];
    (void)snprintf(folder, sizeof(folder), "%s/guest", getenv("SOCLE_BUILD_ROOT"));
    uint8_t *const elf = read_file(folder, "mpt.elf", &elf_size);
    const struct sc_exec_options o = {.input = absent, .input_size = size};
    struct result r;
    run_file(&r, elf, elf_size, &o);
    cr_expect(r.st == SOCLE_E_GUEST && r.run.end == SC_END_EXIT_CODE && r.run.exit_code == 1, "%s",
              r.why);
    result_fini(&r);
    free(elf);
    free(absent);
}

static void check_count(const char *name, uint64_t want)
{
    size_t size = 0;
    uint8_t *const file = read_file(SC_SOURCE_ROOT "/../shared/assets/riscv", name, &size);
    if (file == NULL) {
        cr_skip_test("%s is not beside the source tree", name);
    }
    const struct sc_exec_options o = {.record = false};
    struct result r;
    run_file(&r, file, size, &o);
    cr_expect(r.st == SOCLE_OK && r.run.cycles == want, "%s: %llu instructions %s", name,
              (unsigned long long)r.run.cycles, r.why);
    result_fini(&r);
    free(file);
}

Test(exec, cjson_takes_the_instructions_that_qemu_counts)
{
    check_count("cjson_2.elf", 4636605);
}

Test(exec, sqlite_takes_the_instructions_that_qemu_counts)
{
    check_count("sqlite_200.elf", 11424896);
}
