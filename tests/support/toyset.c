/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets of the toy machine (tests/sound/toy_set.h) as files, for another verifier.
 *
 *   toyset make FOLDER DIGEST         honest sets of several shapes: NAME.proof, .vk, .out; NAME.log with every frame of the prover as
 *                                     trlog writes them; schedules.txt with the profiles; NAME.lie, .vk: sets of a prover who is honest
 *                                     but for one thing. DIGEST is the machine's, in hexadecimal.
 *   toyset verify DIGEST PROOF KEY    print every frame; the verdict on standard error in the words of socle_status_text. Exit 0 accepted,
 *                                     3 refused, 9 malformed or of another version.
 *
 * Linked with -Wl,--wrap=sc_tr_init: every transcript of the process is observed.
 */
#include "host/socle.h"
#include "tests/sound/toy_set.h"

#include <stdio.h>

enum { N_PROFILES = 2 };

static FILE *frames;

void __real_sc_tr_init(struct sc_tr *tr);

static void print_frame(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    fprintf(frames, "%u %u %llu ", label, kind, (unsigned long long)len);
    for (unsigned i = 0; i < 32; i++) {
        fprintf(frames, "%02x", s[i]);
    }
    fprintf(frames, "\n");
}

void __wrap_sc_tr_init(struct sc_tr *tr)
{
    __real_sc_tr_init(tr);
    tr->log = frames ? print_frame : NULL;
}

static FILE *create(const char *folder, const char *name, const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, end);
    FILE *const f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(2);
    }
    return f;
}

static void write_file(const char *folder, const char *name, const char *end, const void *data, size_t len)
{
    FILE *const f = create(folder, name, end);
    if (fwrite(data, 1, len, f) != len || fclose(f)) {
        perror(name);
        exit(2);
    }
}

/** Number 0 has samples in round 0 of boundary schedules, number 1 has none there. */
static void profile(struct sc_profile *p, unsigned number)
{
    cheap_profile(p);
    for (unsigned m0 = p->min_m0; number == 1 && m0 <= p->max_m0; m0++) {
        p->boundary[m0].r[0].ood = 0;
    }
}

static void write_schedules(FILE *f, const struct sc_profile *p)
{
    static const char *const names[] = {"main", "image", "boundary"};
    fprintf(f, "profile %s %u %u %u %u %u %u\n", p->name, p->logup_pow, p->min_m0, p->max_m0, p->cut.log_cells, p->cut.log_leaves, p->cut.log_global);
    for (unsigned part = 0; part < 3; part++) {
        for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
            const struct sc_whir_params *const wp = part == 0 ? &p->main[m0] : part == 1 ? &p->image[m0] : &p->boundary[m0];
            fprintf(f, "%s %u %u", names[part], m0, wp->mu_final);
            for (unsigned i = 0; i < wp->n_rounds; i++) {
                const struct sc_whir_round *const r = &wp->r[i];
                fprintf(f, " (%u,%u,%u,%u,%u,%u,%u,%u)", r->mu, r->k, r->lr, r->m, r->ood, r->gq, r->gf, r->t);
            }
            fprintf(f, "\n");
        }
    }
}

static void set_profile(struct toy_set *t, unsigned number)
{
    profile(&t->profile, number);
    sc_program_fini(&t->program);
    if (sc_keygen(&t->program, &t->prover, TS_ENTRY, TOY_IMAGE_LOG, t->image)) {
        exit(2);
    }
}

/* ---- lies ---- */

enum { NOWHERE = 50 }; /* a word that WORDS has not */

static void add_row(struct toy_set *t, unsigned part, struct ts_row row)
{
    t->part[part].row[t->part[part].n_rows++] = row;
}

/** A row that takes what it gave, in its own proof: whatever it says, local buses balance. */
static void add_idle(struct toy_set *t, unsigned part, uint32_t addr, int64_t prev)
{
    add_row(t, part, (struct ts_row){.seg = 1, .addr = addr, .v_in = 77, .v_out = 77, .prev = prev});
}

/* Balances on BND by itself: the lookup alone refuses it. */
static void takes_what_it_gives(struct toy_set *t)
{
    add_idle(t, 2, NOWHERE, 2);
}

/* index - prev - 1 is 16-bit: the balance of the set alone refuses it. */
static void prev_is_minus_one(struct toy_set *t)
{
    add_idle(t, 2, NOWHERE, -1);
}

static void word_from_nowhere(struct toy_set *t)
{
    add_idle(t, 2, NOWHERE, 0);
    add_row(t, 0, (struct ts_row){.mem = 1, .addr = NOWHERE, .v_in = 77, .v_out = 77, .prev = 2});
}

/* The word's first and last value come from a row of the segment; all buses balance: the law "a row of the memory proof is in no segment". */
static void memory_row_in_segment(struct toy_set *t)
{
    add_row(t, 2, (struct ts_row){.seg = 1, .addr = NOWHERE, .v_in = 77, .v_out = 77, .last = 1});
    add_row(t, 2, (struct ts_row){.mem = 1, .addr = NOWHERE, .v_in = 77, .v_out = 77, .prev = 2});
}

static void segment_row_in_memory_proof(struct toy_set *t)
{
    add_idle(t, 0, NOWHERE, -1);
}

static void row_of_both_kinds(struct toy_set *t)
{
    add_row(t, 2, (struct ts_row){.seg = 1, .mem = 1, .addr = NOWHERE, .v_in = 77, .v_out = 77, .last = 1});
}

static void two_memory_rows(struct toy_set *t)
{
    add_row(t, 0, t->part[0].row[0]);
}

/* A word has other values from segment 2 on, to its last: only that segment 2 did not take what segment 1 left is wrong. */
static void value_changes_between_segments(struct toy_set *t)
{
    const uint32_t addr = t->part[1].row[0].addr, by = 1000;
    for (unsigned k = 0; k <= t->set.n_segments; k++) {
        struct ts_part *const p = &t->part[k];
        for (unsigned i = 0; i < p->n_rows; i++) {
            if (k != 1 && p->row[i].addr == addr) {
                p->row[i].v_in += k ? by : 0;
                p->row[i].v_out += by;
            }
        }
        for (unsigned i = 0; i < p->n_steps; i++) {
            if (k >= 2 && p->step[i].addr == addr) {
                p->step[i].v += by;
                p->step[i].w += by;
            }
        }
        for (unsigned i = 0; i < p->n_words; i++) {
            p->word[i].fin += p->word[i].addr == addr ? by : 0;
        }
    }
}

static void halts_before_the_last(struct toy_set *t)
{
    t->part[1].step[t->part[1].n_steps - 1].halted = 1;
}

static void does_not_halt(struct toy_set *t)
{
    struct ts_part *const p = &t->part[t->set.n_segments];
    p->step[p->n_steps - 1].halted = 0;
}

/* Segments from 2 on run elsewhere; each by itself fits. */
static void jumps_between_segments(struct toy_set *t)
{
    for (unsigned k = 2; k <= t->set.n_segments; k++) {
        for (unsigned i = 0; i < t->part[k].n_steps; i++) {
            t->part[k].step[i].ip += 1000;
        }
        t->segment[k - 1].ip_in += 1000;
        t->segment[k - 1].ip_out += 1000;
    }
}

static void starts_elsewhere(struct toy_set *t)
{
    t->part[1].step[0].ip++;
}

static void ends_later(struct toy_set *t)
{
    t->segment[1].ts_end += 4;
}

static void last_value_differs(struct toy_set *t)
{
    t->part[0].word[0].fin++;
}

static const struct {
    const char *name;
    void (*tell)(struct toy_set *t);
} lies[] = {
    {"takes_what_it_gives", takes_what_it_gives},
    {"prev_is_minus_one", prev_is_minus_one},
    {"word_from_nowhere", word_from_nowhere},
    {"memory_row_in_segment", memory_row_in_segment},
    {"segment_row_in_memory_proof", segment_row_in_memory_proof},
    {"row_of_both_kinds", row_of_both_kinds},
    {"two_memory_rows", two_memory_rows},
    {"value_changes_between_segments", value_changes_between_segments},
    {"halts_before_the_last", halts_before_the_last},
    {"does_not_halt", does_not_halt},
    {"jumps_between_segments", jumps_between_segments},
    {"starts_elsewhere", starts_elsewhere},
    {"ends_later", ends_later},
    {"last_value_differs", last_value_differs},
};

/* ---- files ---- */

/** What to make: heights are those of BOUNDARY in proofs 0, 1, .., 0 as the rows want it; tell may be NULL. */
struct order {
    const char *name;
    unsigned n_segments, n_words, heights[4], profile;
    void (*tell)(struct toy_set *t);
};

static void make(const char *folder, const struct order *o)
{
    static const unsigned steps[] = {20, 30, 25, 40};
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    set_profile(t, o->profile);
    toy_set_run(t, o->n_segments, steps, o->n_words);
    for (unsigned i = 0; i < 4; i++) {
        t->part[i].boundary_log_h = o->heights[i];
    }
    if (o->tell) {
        o->tell(t);
    }
    frames = create(folder, o->name, ".log");
    toy_set_prove(t);
    fclose(frames);
    frames = NULL;
    uint8_t *file;
    size_t len;
    if (sc_set_join(&file, &len, t->head, t->head_len, t->body, t->len, o->n_segments + 1)) {
        exit(2);
    }
    write_file(folder, o->name, o->tell ? ".lie" : ".proof", file, len);
    uint8_t key[SC_KEY_FILE_LEN];
    sc_key_encode(key, t->program.vk);
    write_file(folder, o->name, ".vk", key, sizeof key);
    write_file(folder, o->name, ".out", t->output, sizeof t->output);
    sc_free(file);
    toy_set_destroy(t);
}

static void make_all(const char *folder)
{
    static const struct order honest[] = {
        {.name = "two", .n_segments = 2, .n_words = 16},
        {.name = "four", .n_segments = 4, .n_words = 40},
        {.name = "heights", .n_segments = 3, .n_words = 20, .heights = {6, 5, 12, 7}},
        {.name = "first_high", .n_segments = 2, .n_words = 16, .heights = {12, 5, 7}},
        {.name = "last_high", .n_segments = 2, .n_words = 16, .heights = {5, 4, 13}},
        {.name = "no_samples", .n_segments = 2, .n_words = 20, .heights = {7, 9, 8}, .profile = 1},
        {.name = "to_lie", .n_segments = 3, .n_words = 20},
    };
    FILE *const schedules = create(folder, "schedules", ".txt");
    for (unsigned i = 0; i < N_PROFILES; i++) {
        struct sc_profile p;
        profile(&p, i);
        write_schedules(schedules, &p);
    }
    fclose(schedules);
    for (unsigned i = 0; i < sizeof honest / sizeof honest[0]; i++) {
        make(folder, &honest[i]);
    }
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) { /* about the run of the set to_lie */
        make(folder, &(struct order){.name = lies[i].name, .n_segments = 3, .n_words = 20, .tell = lies[i].tell});
    }
}

static size_t read_file(uint8_t **out, const char *path)
{
    const size_t most = (size_t)1 << 26;
    FILE *const f = fopen(path, "rb");
    *out = malloc(most);
    if (!f || !*out) {
        perror(path);
        exit(2);
    }
    const size_t len = fread(*out, 1, most, f);
    fclose(f);
    return len;
}

static socle_status verify(const char *proof_path, const char *key_path)
{
    uint8_t *file, *key, digest[32], vk[SC_VK_LEN];
    const size_t len = read_file(&file, proof_path), key_len = read_file(&key, key_path);
    const size_t scratch_len = sc_verify_scratch(&ts_machine);
    void *const scratch = malloc(scratch_len);
    socle_status st = SOCLE_E_FORMAT;
    const bool is_key = sc_key_decode(vk, key, key_len) == SOCLE_OK;
    for (unsigned i = 0; is_key && len > 45 && i < N_PROFILES; i++) {
        struct sc_profile p;
        struct sc_verified v;
        profile(&p, i);
        sc_profile_digest(digest, &p);
        if (memcmp(digest, file + 12, 32) == 0) {
            frames = stdout;
            st = sc_verify_set(&v, &ts_machine, &p, vk, file, len, scratch, scratch_len);
            break;
        }
    }
    free(scratch);
    free(key);
    free(file);
    return st;
}

static void read_digest(uint8_t out[32], const char *text)
{
    for (unsigned i = 0; i < 32; i++) {
        unsigned byte = 0;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) {
            exit(2);
        }
        out[i] = (uint8_t)byte;
    }
}

int main(int argc, char **argv)
{
    static uint8_t digest[32];
    const bool is_make = argc == 4 && strcmp(argv[1], "make") == 0, is_verify = argc == 5 && strcmp(argv[1], "verify") == 0;
    if (!is_make && !is_verify) {
        fprintf(stderr, "usage: toyset make FOLDER DIGEST\n       toyset verify DIGEST PROOF KEY\n");
        return 2;
    }
    read_digest(digest, argv[is_make ? 3 : 2]);
    ts_define();
    ts_machine.digest = digest;
    if (is_verify) {
        const socle_status st = verify(argv[3], argv[4]);
        fprintf(stderr, "%s\n", socle_status_text(st));
        return st == SOCLE_OK ? 0 : st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION ? 9 : 3;
    }
    make_all(argv[2]);
    return 0;
}
