/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The loader: image words of legal files, and one refusal per rule.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/exec/elf.h"
#include "host/trace/trace.h"
#include "tests/support/elf_build.h"

static const uint32_t code[3] = {0x05d00893, 0x00000073, 0x00000013};

/* Text of 12 bytes at 0x10000, read-only data of 5 in 20 at 0x20004, data of 3 in 100 at 0x30000.
 */
static const struct elf_segment usual[3] = {
    {0x10000, 12, code, 12, ELF_R | ELF_X},
    {0x20004, 20, "ABCDE", 5, ELF_R},
    {0x30000, 100, "xyz", 3, ELF_R | ELF_W},
};

static void expect_refused(const struct elf_file *f, const char *part)
{
    struct sc_elf elf;
    char why[256] = "";
    /* A copy of the exact size, so that a sanitizer sees a read past the end. */
    uint8_t *const copy = malloc(f->size + (f->size == 0));
    memcpy(copy, f->bytes, f->size);
    const socle_status st = sc_elf_load(&elf, why, sizeof(why), copy, f->size);
    free(copy);
    cr_assert_neq(st, SOCLE_OK, "accepted, wanted: %s", part);
    cr_expect_not_null(strstr(why, part), "wanted '%s', got '%s'", part, why);
    cr_expect(elf.words == NULL && elf.n_words == 0);
    sc_elf_fini(&elf);
}

/* The usual file with one field of the header or of a program header changed. */
static void refuse_field(size_t offset, unsigned n, uint64_t value, const char *part)
{
    struct elf_file f;
    elf_build(&f, 0x10000, usual, 3);
    store_le(f.bytes + offset, value, n);
    expect_refused(&f, part);
}

Test(elf, gives_sorted_image_words_with_their_classes)
{
    struct elf_file f;
    struct sc_elf elf;
    char why[64];
    const struct elf_segment shuffled[3] = {usual[2], usual[0], usual[1]};
    elf_build(&f, 0x10004, shuffled, 3);
    cr_assert_eq(sc_elf_load(&elf, why, sizeof(why), f.bytes, f.size), SOCLE_OK, "%s", why);
    static const struct sc_image_word want[] = {
        {0x10000, UINT64_C(0x0000007305d00893), SPACE_RX},
        {0x10008, 0x13, SPACE_RX},
        {0x20000, UINT64_C(0x4443424100000000), SPACE_RO},
        {0x20008, 0x45, SPACE_RO},
        {0x20010, 0, SPACE_RO},
        {0x30000, 0x7a7978, SPACE_RW},
    };
    cr_assert_eq(elf.n_words, sizeof(want) / sizeof(want[0]));
    for (size_t i = 0; i < elf.n_words; i++) {
        cr_expect(elf.words[i].addr == want[i].addr && elf.words[i].value == want[i].value &&
                      elf.words[i].space == want[i].space,
                  "word %zu", i);
    }
    cr_expect(elf.entry == 0x10004 && elf.n_segments == 3);
    sc_elf_fini(&elf);
}

Test(elf, ignores_sections_other_headers_and_empty_segments)
{
    struct elf_file f;
    struct sc_elf elf;
    char why[64];
    struct elf_segment more[5] = {
        usual[0], usual[1], usual[2], {0, 0, NULL, 0, 0}, {0x5000, 8, "12345678", 8, 0}};
    elf_build(&f, 0x10000, more, 5);
    store_le(f.bytes + 64 + 56 * 4, 0x70000003, 4); /* attributes */
    store_le(f.bytes + 40, UINT64_MAX, 8);          /* section headers */
    store_le(f.bytes + 48, 0xffffffff, 4);          /* flags */
    cr_assert_eq(sc_elf_load(&elf, why, sizeof(why), f.bytes, f.size), SOCLE_OK, "%s", why);
    cr_expect_eq(elf.n_words, 6);
    cr_expect_eq(elf.n_segments, 3);
    sc_elf_fini(&elf);
}

Test(elf, refuses_headers_of_other_files)
{
    refuse_field(0, 1, 0x7e, "not an ELF");
    refuse_field(4, 1, 1, "64-bit little-endian");
    refuse_field(5, 1, 2, "64-bit little-endian");
    refuse_field(6, 1, 2, "version");
    refuse_field(20, 4, 2, "version");
    refuse_field(16, 2, 3, "ET_EXEC");
    refuse_field(18, 2, 62, "not RISC-V");
    refuse_field(54, 2, 32, "no usable program header table");
    refuse_field(56, 2, 0, "no usable program header table");
    refuse_field(56, 2, 0xffff, "no usable program header table");
    refuse_field(56, 2, 1000, "outside the file");
    refuse_field(32, 8, 1000, "outside the file");
    refuse_field(32, 8, UINT64_MAX - 8, "outside the file");
}

Test(elf, refuses_entries_that_cannot_run)
{
    refuse_field(24, 8, 0x10002, "not a multiple of 4");
    refuse_field(24, 8, 0x20008, "no executable segment");
    refuse_field(24, 8, 0x1000c, "no executable segment");
    refuse_field(24, 8, 0, "no executable segment");
    refuse_field(24, 8, UINT64_C(0x100010000), "no executable segment");
}

Test(elf, refuses_each_bad_segment)
{
    const size_t ph = 64 + 56; /* of the read-only data */
    refuse_field(ph + 4, 4, 0, "no permission");
    refuse_field(ph + 4, 4, 8, "no permission");
    refuse_field(ph + 4, 4, 3, "writable and executable");
    refuse_field(ph + 4, 4, 7, "writable and executable");
    refuse_field(ph + 8, 8, 10000, "outside the file");
    refuse_field(ph + 8, 8, UINT64_MAX, "outside the file");
    refuse_field(ph + 32, 8, 21, "more bytes in the file");
    refuse_field(ph + 40, 8, UINT64_MAX, "wraps");
    refuse_field(ph + 40, 8, UINT64_C(0x100000000), "outside memory");
    refuse_field(ph + 16, 8, 0xff8, "outside memory");
    refuse_field(ph + 16, 8, UINT64_C(0xfffffff8), "outside memory");
    refuse_field(ph + 24, 8, 0x40000, "load address");
    refuse_field(ph + 48, 8, 3, "not aligned");
    refuse_field(ph + 48, 8, 4096, "not aligned");
}

Test(elf, refuses_segments_that_share_a_word)
{
    struct elf_file f;
    struct elf_segment s[2] = {usual[0], {0x10000 + 12, 4, "abcd", 4, ELF_R}};
    elf_build(&f, 0x10000, s, 2);
    expect_refused(&f, "share an 8-byte word");
    s[1].addr = 0xfffc;
    s[1].mem_size = 5;
    elf_build(&f, 0x10000, s, 2);
    expect_refused(&f, "share an 8-byte word");
    s[1].addr = 0x8000;
    s[1].mem_size = 0x10000;
    s[1].flags = ELF_R | ELF_W;
    elf_build(&f, 0x10000, s, 2);
    expect_refused(&f, "share an 8-byte word");
}

Test(elf, refuses_images_of_too_many_words)
{
    struct elf_file f;
    struct elf_segment s[2] = {usual[0], {0x10000000, UINT64_C(0x48000000), "a", 1, ELF_R}};
    elf_build(&f, 0x10000, s, 2);
    expect_refused(&f, "more than 2^27 words");
    s[1].mem_size = UINT64_C(0x20000000);
    elf_build(&f, 0x10000, s, 2);
    expect_refused(&f, "much larger");
}

/* It is part of the key: whoever computes another one has another key. */
Test(elf, an_image_has_the_least_height_that_holds_its_words)
{
    static const struct {
        size_t words;
        unsigned log_h;
    } want[] = {{1, 8}, {255, 8}, {256, 8}, {257, 9}, {512, 9}, {513, 10}, {(size_t)1 << 27, 27}};
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        const struct sc_elf elf = {.n_words = want[i].words};
        cr_expect_eq(sc_image_height(&elf), want[i].log_h, "%zu words", want[i].words);
    }
}

Test(elf, survives_every_truncation_and_every_flipped_byte)
{
    struct elf_file f, changed;
    elf_build(&f, 0x10000, usual, 3);
    for (size_t n = 0; n < f.size; n++) {
        changed = f;
        changed.size = n;
        expect_refused(&changed, "elf:");
    }
    for (size_t i = 0; i < 64 + 56 * 3; i++) {
        for (unsigned k = 1; k < 256; k += 17) {
            struct sc_elf elf;
            char why[64];
            changed = f;
            changed.bytes[i] = (uint8_t)(changed.bytes[i] ^ k);
            if (sc_elf_load(&elf, why, sizeof(why), changed.bytes, changed.size) == SOCLE_OK) {
                sc_elf_fini(&elf);
            }
        }
    }
}
