/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the profiles claim: the command `security`, and what other commands print of them.
 * Sums are over the terms of the library: the argument and the worst opening of each kind; docs/spec/parameters.md section 1.
 */
#include "tools/socle/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SEGMENTS = (1 << 16) - 1 };

/* Parts of a budget. Those with size classes count with the class whose errors sum highest. */
enum part { ARGUMENT, MAIN, IMAGE, SET, GLOBAL, BOUNDARY, N_PARTS };

static const struct {
    const char *name, *key;
} parts[N_PARTS] = {
    [ARGUMENT] = {"argument", NULL},
    [MAIN] = {"main", "worst_main_log_cells"},
    [IMAGE] = {"image", "worst_image_log_cells"},
    [SET] = {"set", NULL},
    [GLOBAL] = {"global", NULL},
    [BOUNDARY] = {"boundary", "worst_boundary_log_cells"},
};

struct budget {
    struct socle_security security;
    struct socle_error_term *terms;
    size_t n;
    size_t weakest;
    unsigned worst[N_PARTS]; /* log2 of the cells */
    double error[N_PARTS];   /* of that class */
};

static bool is_part(const struct socle_error_term *t, enum part part, unsigned log_cells)
{
    return strcmp(t->part, parts[part].name) == 0 && t->log_cells == log_cells;
}

static double error_of(const struct budget *b, enum part part, unsigned log_cells)
{
    double e = 0;
    for (size_t i = 0; i < b->n; i++) {
        e += is_part(&b->terms[i], part, log_cells) ? b->terms[i].count * exp2(-b->terms[i].bits) : 0;
    }
    return e;
}

static void find_worst(struct budget *b, enum part part)
{
    for (size_t i = 0; i < b->n; i++) {
        const unsigned log_cells = b->terms[i].log_cells;
        if (is_part(&b->terms[i], part, log_cells) && (b->error[part] <= 0 || log_cells != b->worst[part])) {
            const double e = error_of(b, part, log_cells);
            b->worst[part] = e > b->error[part] ? log_cells : b->worst[part];
            b->error[part] = fmax(e, b->error[part]);
        }
    }
}

static bool budget_init(struct budget *b, const char *profile)
{
    memset(b, 0, sizeof *b);
    b->n = socle_security_terms(profile, NULL, 0);
    b->terms = malloc(b->n * sizeof *b->terms);
    if (b->terms == NULL || socle_security(profile, &b->security) != SOCLE_OK) {
        return false;
    }
    (void)socle_security_terms(profile, b->terms, b->n);
    for (size_t i = 1; i < b->n; i++) {
        b->weakest = b->terms[i].bits < b->terms[b->weakest].bits ? i : b->weakest;
    }
    for (enum part part = 0; part < N_PARTS; part++) {
        find_worst(b, part);
    }
    return true;
}

static double single_sum(const struct budget *b)
{
    return -log2(b->error[ARGUMENT] + b->error[MAIN] + b->error[IMAGE]);
}

/* Proof 0 has the image, the set's challenges are drawn once; the rest is in every proof. */
static double set_sum(const struct budget *b, unsigned long proofs)
{
    const double each = b->error[ARGUMENT] + b->error[MAIN] + b->error[GLOBAL] + b->error[BOUNDARY];
    return -log2(b->error[SET] + b->error[IMAGE] + (double)proofs * each);
}

/* One segment is a single proof, more are a set with one proof more. */
static double sum_over(const struct budget *b, unsigned long segments)
{
    return segments > 1 ? set_sum(b, segments + 1) : single_sum(b);
}

/* Hundredths of a bit, rounded down like the claim. */
static double rounded(double bits)
{
    return floor(100 * bits) / 100;
}

/* What no proof has, so that nobody looks for it. */
static const char *const absent[] = {
    "recursion: none",
};

static void place(char *out, size_t size, const struct socle_error_term *t)
{
    if (t->log_cells != 0) {
        (void)snprintf(out, size, "%s 2^%u, round %u", t->part, t->log_cells, t->round);
    } else {
        (void)snprintf(out, size, "%s", t->part);
    }
}

static void say_terms(const struct budget *b, enum part part)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct socle_error_term *const t = &b->terms[i];
        char where[40];
        if (is_part(t, part, b->worst[part])) {
            place(where, sizeof where, t);
            (void)printf("  %-22s %-20s %7.2f x %-4u %-44s %s\n", where, t->name, t->bits, t->count, t->formula, t->source);
        }
    }
}

static void say_budget(const struct budget *b, unsigned long segments)
{
    char where[40];
    place(where, sizeof where, &b->terms[b->weakest]);
    (void)printf("profile %s\n", b->security.profile);
    (void)printf("  %-22s %7.2f bits  %s, %s\n", "smallest term", rounded(b->terms[b->weakest].bits), where, b->terms[b->weakest].name);
    (void)printf("  %-22s %7.2f bits  worst case: main 2^%u, image 2^%u\n", "sum over one proof", rounded(single_sum(b)), b->worst[MAIN],
                 b->worst[IMAGE]);
    (void)printf("  %-22s %7.2f bits  worst case: these and boundary 2^%u\n", "over a proof of a set", rounded(set_sum(b, 1)),
                 b->worst[BOUNDARY]);
    if (segments > 1) {
        (void)printf("  %-22s %7.2f bits  %lu segments, %lu proofs\n", "sum over a set", rounded(sum_over(b, segments)), segments,
                     segments + 1);
    }
    (void)printf("  %-22s %7u bits  BLAKE3-256, beside the terms\n", "hash collisions", b->security.hash_bits);
    (void)printf("  %-22s %7u bits\n\n", "claimed", b->security.bits);
    (void)printf("  %-22s %-20s %7s   %-4s %-44s %s\n", "part", "term", "bits", "n", "error", "source");
    for (enum part part = 0; part < N_PARTS; part++) {
        say_terms(b, part);
    }
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        (void)printf("  %s\n", absent[i]);
    }
    (void)printf("\n");
}

static void json_terms(struct json *j, const struct budget *b)
{
    json_list(j, "terms");
    for (size_t i = 0; i < b->n; i++) {
        const struct socle_error_term *const t = &b->terms[i];
        json_object(j, NULL);
        json_string(j, "part", t->part);
        json_uint(j, "log_cells", t->log_cells);
        json_uint(j, "round", t->round);
        json_string(j, "term", t->name);
        json_real(j, "bits", t->bits);
        json_uint(j, "count", t->count);
        json_string(j, "error", t->formula);
        json_string(j, "source", t->source);
        json_end(j);
    }
    json_list_end(j);
}

static void json_budget(struct json *j, const struct budget *b, unsigned long segments)
{
    json_object(j, NULL);
    json_string(j, "profile", b->security.profile);
    json_uint(j, "claimed_bits", b->security.bits);
    json_real(j, "smallest_term_bits", b->terms[b->weakest].bits);
    json_uint(j, "smallest_term", b->weakest);
    json_real(j, "sum_bits", single_sum(b));
    json_real(j, "set_proof_sum_bits", set_sum(b, 1));
    json_uint(j, "segments", segments);
    json_real(j, "set_sum_bits", sum_over(b, segments));
    json_uint(j, "hash_bits", b->security.hash_bits);
    for (enum part part = 0; part < N_PARTS; part++) {
        if (parts[part].key != NULL) {
            json_uint(j, parts[part].key, b->worst[part]);
        }
    }
    json_terms(j, b);
    json_list(j, "absent");
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        json_string(j, NULL, absent[i]);
    }
    json_list_end(j);
    json_end(j);
}

static enum exit_code run_soundcalc(const struct args *a)
{
    unsigned long log_cells;
    if (given(a, OPT_JSON) || given(a, OPT_SEGMENTS)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--soundcalc prints its file alone");
    }
    return parse_number(a->value[OPT_SOUNDCALC], 0, 63, &log_cells) && print_soundcalc(a->value[OPT_PROFILE], (unsigned)log_cells)
               ? EXIT_GOOD
               : fails_with(a, EXIT_USAGE, "E_ARG", "--soundcalc wants a size class that the profile has a schedule for");
}

static enum exit_code security_groth16(struct args *a)
{
    struct socle_groth16_security s;
    struct json j;
    if (given(a, OPT_JSON)) {
        result_begin(&j, a);
        json_bool(&j, "part_of_the_claim", false);
        json_list(&j, "groth16");
    }
    for (unsigned i = 0; socle_groth16_security(i, &s); i++) {
        if (given(a, OPT_JSON)) {
            json_object(&j, NULL);
            json_string(&j, "curve", s.curve);
            json_real(&j, "group_bits", s.group_bits);
            json_uint(&j, "least_bits", s.least_bits);
            json_uint(&j, "most_bits", s.most_bits);
            json_string(&j, "source", s.source);
            json_string(&j, "assumes", s.assumes);
            json_end(&j);
        } else {
            (void)printf("%-10s about %u to %u bits (target group, number field sieve; groups %.1f)\n  source   %s\n  assumes  %s\n", s.curve,
                         s.least_bits, s.most_bits, s.group_bits, s.source, s.assumes);
        }
    }
    if (given(a, OPT_JSON)) {
        json_list_end(&j);
        return result_print(&j, a);
    }
    (void)printf("Estimates of others. No part of what is claimed for Socle's own proofs, which rest on none of this.\n");
    return EXIT_GOOD;
}

enum exit_code run_security(struct args *a)
{
    enum exit_code code = EXIT_GOOD;
    unsigned long segments = 1;
    struct json j;
    const char *profile;
    if (given(a, OPT_SEGMENTS) && !parse_number(a->value[OPT_SEGMENTS], 1, MAX_SEGMENTS, &segments)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--segments wants a number from 1 to 65535");
    }
    if (given(a, OPT_SOUNDCALC)) {
        return run_soundcalc(a);
    }
    if (given(a, OPT_GROTH16)) {
        return security_groth16(a);
    }
    if (given(a, OPT_JSON)) {
        result_begin(&j, a);
        json_list(&j, "profiles");
    }
    for (unsigned i = 0; code == EXIT_GOOD && (profile = socle_profile(i)) != NULL; i++) {
        struct budget b;
        if (given(a, OPT_PROFILE) && strcmp(profile, a->value[OPT_PROFILE]) != 0) {
            continue;
        }
        if (!budget_init(&b, profile)) {
            code = fails_with(a, EXIT_MEMORY, "E_NOMEM", "not enough memory");
        } else if (given(a, OPT_JSON)) {
            json_budget(&j, &b, segments);
        } else {
            say_budget(&b, segments);
        }
        free(b.terms);
    }
    if (given(a, OPT_JSON)) {
        json_list_end(&j);
        code = result_print(&j, a);
    }
    return code;
}

/* Of a profile that exists. 0: no memory. */
static double sum_of_set(const char *profile, unsigned long segments)
{
    struct budget b;
    const double sum = budget_init(&b, profile) ? rounded(sum_over(&b, segments)) : 0;
    free(b.terms);
    return sum;
}

void say_security(const char *profile, unsigned long segments)
{
    struct socle_security s;
    if (socle_security(profile, &s) == SOCLE_OK) {
        (void)printf("%-12s %u bits, profile %s: every term at least %.2f, their sum %.2f (in a set %.2f), hash "
                     "collisions %u\n",
                     "security", s.bits, s.profile, s.min_term, s.sum, s.set_sum, s.hash_bits);
        if (segments > 1) {
            (void)printf("%-12s the sum over all proofs of this set is %.2f bits\n", "", sum_of_set(profile, segments));
        }
    }
}

void json_security(struct json *j, const char *profile, unsigned long segments)
{
    struct socle_security s;
    if (socle_security(profile, &s) == SOCLE_OK) {
        json_object(j, "security");
        json_string(j, "profile", s.profile);
        json_uint(j, "bits", s.bits);
        json_real(j, "smallest_term_bits", s.min_term);
        json_real(j, "sum_bits", s.sum);
        json_real(j, "set_proof_sum_bits", s.set_sum);
        if (segments > 1) {
            json_real(j, "set_sum_bits", sum_of_set(profile, segments));
        }
        json_uint(j, "hash_bits", s.hash_bits);
        json_end(j);
    }
}

void say_profiles(void)
{
    const char *profile;
    for (unsigned i = 0; (profile = socle_profile(i)) != NULL; i++) {
        say_security(profile, 1);
    }
}

void json_profiles(struct json *j)
{
    const char *profile;
    json_security(j, socle_profile(0), 1);
    json_list(j, "profiles");
    for (unsigned i = 0; (profile = socle_profile(i)) != NULL; i++) {
        json_string(j, NULL, profile);
    }
    json_list_end(j);
}
