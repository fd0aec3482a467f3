/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the loader on any bytes. What it accepts obeys the loading rules of docs/spec/machine.md
 * and docs/spec/proof.md as read by this file from the ELF-64 format, has exactly the image words
 * of its segments, and runs without harm for a while.
 */
#include <string.h>

#include "host/exec/exec.h"
#include "tests/fuzz/fuzz.h"

#define MOST_CHECKED ((size_t)1 << 14) /* words looked at from each end of a segment */
#define MOST_RUN ((size_t)1 << 16)     /* words of an image that is also run */
#define CYCLES 300

/** PT_LOAD with memory, as the file has it. */
struct piece {
    uint64_t flags, offset, addr, file_size, mem_size;
};

struct view {
    const uint8_t *file;
    size_t size;
    struct piece *pieces;
    size_t n;
};

static uint64_t get(const struct view *v, size_t at, unsigned n)
{
    uint64_t x = 0;
    FUZZ_NEED(at <= v->size && n <= v->size - at, "a header outside the file was accepted");
    for (unsigned i = n; i-- > 0;) {
        x = x << 8 | v->file[at + i];
    }
    return x;
}

static void read_pieces(struct view *v)
{
    const size_t n = (size_t)get(v, 56, 2);
    v->pieces = calloc(n + 1, sizeof *v->pieces);
    FUZZ_NEED(v->pieces != NULL, "memory");
    for (size_t i = 0; i < n; i++) {
        const size_t at = (size_t)get(v, 32, 8) + 56 * i;
        const struct piece p = {get(v, at + 4, 4), get(v, at + 8, 8), get(v, at + 16, 8),
                                get(v, at + 32, 8), get(v, at + 40, 8)};
        if (get(v, at, 4) == 1 && p.mem_size > 0) {
            v->pieces[v->n++] = p;
        }
    }
}

static unsigned class_of(const struct piece *p)
{
    const bool w = (p->flags & 2) != 0, x = (p->flags & 1) != 0;
    return w ? SPACE_RW : x ? SPACE_RX : SPACE_RO;
}

/* The load errors of protocol rule R1, one by one. */
static void check_rules(const struct view *v, uint64_t entry)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct piece *const p = &v->pieces[i];
        FUZZ_NEED((p->flags & 7) != 0 && (p->flags & 3) != 3, "flags %llx",
                  (unsigned long long)p->flags);
        FUZZ_NEED(p->file_size <= p->mem_size, "more in the file than in memory");
        FUZZ_NEED(p->offset <= v->size && p->file_size <= v->size - p->offset,
                  "a file range outside the file");
        FUZZ_NEED(p->addr >= 0x1000 && p->addr < 0x100000000u &&
                      p->mem_size <= 0x100000000u - p->addr,
                  "a range outside memory");
        for (size_t k = 0; k < i; k++) {
            const struct piece *const q = &v->pieces[k];
            FUZZ_NEED((p->addr + p->mem_size - 1) / 8 < q->addr / 8 ||
                          (q->addr + q->mem_size - 1) / 8 < p->addr / 8,
                      "a shared word");
        }
    }
    FUZZ_NEED(entry % 4 == 0 && entry >= 0x1000 && entry < 0x100000000u, "entry");
}

static uint64_t word_of(const struct view *v, const struct piece *p, uint64_t addr)
{
    uint64_t x = 0;
    for (unsigned i = 8; i-- > 0;) {
        const uint64_t at = addr + i - p->addr; /* wraps below the segment */
        x = x << 8 | (at < p->file_size ? v->file[p->offset + at] : 0);
    }
    return x;
}

/* The image words of one segment, from words[0] on; returns how many there must be. */
static size_t check_piece(const struct view *v,
                          const struct piece *p,
                          const struct sc_image_word *words,
                          size_t left)
{
    const uint64_t bytes = class_of(p) == SPACE_RW ? p->file_size : p->mem_size;
    const size_t n = bytes == 0 ? 0 : (size_t)((p->addr % 8 + bytes + 7) / 8);
    FUZZ_NEED(n <= left, "image words are missing");
    for (size_t i = 0; i < n; i++) {
        const uint64_t addr = p->addr - p->addr % 8 + 8 * i;
        FUZZ_NEED(words[i].addr == addr && words[i].space == class_of(p), "word %zu of a segment",
                  i);
        if (i < MOST_CHECKED || n - i <= MOST_CHECKED) {
            FUZZ_NEED(words[i].value == word_of(v, p, addr), "value at %llx",
                      (unsigned long long)addr);
        }
    }
    return n;
}

static const struct piece *piece_at(const struct view *v, uint64_t addr)
{
    for (size_t i = 0; i < v->n; i++) {
        if (v->pieces[i].addr == addr) {
            return &v->pieces[i];
        }
    }
    return NULL;
}

static void check_image(const struct view *v, const struct sc_elf *elf)
{
    size_t done = 0;
    FUZZ_NEED(elf->n_segments == v->n, "%zu segments, %zu in the file", elf->n_segments, v->n);
    for (size_t i = 0; i < elf->n_segments; i++) {
        const struct sc_segment *const s = &elf->segments[i];
        const struct piece *const p = piece_at(v, s->addr);
        FUZZ_NEED(p != NULL && p->file_size == s->file_size && p->mem_size == s->mem_size,
                  "segment %zu", i);
        FUZZ_NEED(i == 0 || s[-1].addr < s->addr, "segments are not sorted");
        FUZZ_NEED(s->space == class_of(p), "class of segment %zu", i);
        done += check_piece(v, p, elf->words + done, elf->n_words - done);
    }
    FUZZ_NEED(done == elf->n_words && done <= (size_t)1 << 27, "%zu image words, %zu expected",
              elf->n_words, done);
}

static void run_a_little(const struct sc_elf *elf)
{
    static const uint8_t input[20] = "input of the program";
    for (unsigned record = 0; record < 2; record++) {
        char why[256] = "";
        struct sc_run run;
        const struct sc_exec_options o = {.input = input,
                                          .input_size = sizeof input,
                                          .record = record == 1,
                                          .max_cycles = CYCLES};
        const socle_status st = sc_exec(&run, why, sizeof why, elf, &o);
        FUZZ_NEED(st == SOCLE_OK || st == SOCLE_E_GUEST || st == SOCLE_E_LIMIT, "status %d: %s",
                  (int)st, why);
        FUZZ_NEED(run.cycles <= CYCLES, "ran past the limit");
        sc_run_fini(&run);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[256] = "";
    struct sc_elf elf;
    struct view v = {.file = data, .size = size};
    const socle_status st = sc_elf_load(&elf, why, sizeof why, data, size);
    if (st != SOCLE_OK) {
        FUZZ_NEED(st == SOCLE_E_FORMAT || st == SOCLE_E_LIMIT, "status %d", (int)st);
        FUZZ_NEED(why[0] != '\0' && elf.words == NULL && elf.segments == NULL && elf.n_words == 0,
                  "a refusal that leaves something");
        return 0;
    }
    FUZZ_NEED(size >= 64 && memcmp(data, "\177ELF\2\1\1", 7) == 0 && get(&v, 16, 2) == 2 &&
                  get(&v, 18, 2) == 243,
              "kind of file");
    read_pieces(&v);
    check_rules(&v, get(&v, 24, 8));
    check_image(&v, &elf);
    FUZZ_NEED(elf.entry == get(&v, 24, 8), "entry");
    if (elf.n_words < MOST_RUN) {
        run_a_little(&elf);
    }
    free(v.pieces);
    sc_elf_fini(&elf);
    return 0;
}
