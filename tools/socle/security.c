/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the profiles claim: the command `security`, and the line that other commands print.
 * Sums are over the terms of the library: the argument, the worst main and the worst image opening.
 */
#include "tools/socle/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Terms of a profile, and which size class of each opening has the greatest sum of errors. */
struct budget {
    struct socle_security security;
    struct socle_error_term *terms;
    size_t n;
    size_t weakest;
    unsigned worst_main, worst_image;
    double sum; /* bits, one proof */
};

static bool is_part(const struct socle_error_term *t, const char *part, unsigned log_cells)
{
    return strcmp(t->part, part) == 0 && t->log_cells == log_cells;
}

static double error_of(const struct budget *b, const char *part, unsigned log_cells)
{
    double e = 0;
    for (size_t i = 0; i < b->n; i++) {
        e += is_part(&b->terms[i], part, log_cells) ? b->terms[i].count * exp2(-b->terms[i].bits) : 0;
    }
    return e;
}

static unsigned worst_of(const struct budget *b, const char *part)
{
    unsigned worst = 0;
    for (size_t i = 0; i < b->n; i++) {
        const unsigned m0 = b->terms[i].log_cells;
        if (strcmp(b->terms[i].part, part) == 0 && m0 != worst && (worst == 0 || error_of(b, part, m0) > error_of(b, part, worst))) {
            worst = m0;
        }
    }
    return worst;
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
    b->worst_main = worst_of(b, "main");
    b->worst_image = worst_of(b, "image");
    b->sum = -log2(error_of(b, "argument", 0) + error_of(b, "main", b->worst_main) + error_of(b, "image", b->worst_image));
    return true;
}

/* What a proof of today does not have, so that nobody looks for it. */
static const char *const absent[] = {
    "global bus and boundary openings: none, a proof has one segment",
    "recursion: none",
};

static void say_terms(const struct budget *b, const char *part, unsigned log_cells)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct socle_error_term *const t = &b->terms[i];
        char where[32];
        if (!is_part(t, part, log_cells)) {
            continue;
        }
        if (log_cells != 0) {
            (void)snprintf(where, sizeof where, "%s 2^%u, round %u", part, log_cells, t->round);
        } else {
            (void)snprintf(where, sizeof where, "%s", part);
        }
        (void)printf("  %-20s %-20s %7.2f x %-4u %-44s %s\n", where, t->name, t->bits, t->count, t->formula, t->source);
    }
}

static void say_budget(const struct budget *b, unsigned long segments)
{
    const struct socle_error_term *const w = &b->terms[b->weakest];
    (void)printf("profile %s\n", b->security.profile);
    (void)printf("  %-20s %7.2f bits  %s 2^%u, round %u, %s\n", "smallest term", w->bits, w->part, w->log_cells, w->round, w->name);
    (void)printf("  %-20s %7.2f bits  worst case: main 2^%u, image 2^%u\n", "sum over one proof", b->sum, b->worst_main, b->worst_image);
    if (segments > 1) {
        (void)printf("  %-20s %7.2f bits  %lu proofs\n", "sum over a set", b->sum - log2((double)segments), segments);
    }
    (void)printf("  %-20s %7u bits  BLAKE3-256, beside the terms\n", "hash collisions", b->security.hash_bits);
    (void)printf("  %-20s %7u bits\n\n", "claimed", b->security.bits);
    (void)printf("  %-20s %-20s %7s   %-4s %-44s %s\n", "part", "term", "bits", "n", "error", "source");
    say_terms(b, "argument", 0);
    say_terms(b, "main", b->worst_main);
    say_terms(b, "image", b->worst_image);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        (void)printf("  %s\n", absent[i]);
    }
}

static void json_budget(struct json *j, const struct budget *b, unsigned long segments)
{
    json_object(j, NULL);
    json_string(j, "profile", b->security.profile);
    json_uint(j, "claimed_bits", b->security.bits);
    json_real(j, "smallest_term_bits", b->terms[b->weakest].bits);
    json_uint(j, "smallest_term", b->weakest);
    json_real(j, "sum_bits", b->sum);
    json_uint(j, "segments", segments);
    json_real(j, "set_sum_bits", b->sum - log2((double)segments));
    json_uint(j, "hash_bits", b->security.hash_bits);
    json_uint(j, "worst_main_log_cells", b->worst_main);
    json_uint(j, "worst_image_log_cells", b->worst_image);
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
    json_list(j, "absent");
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        json_string(j, NULL, absent[i]);
    }
    json_list_end(j);
    json_end(j);
}

enum exit_code run_security(struct args *a)
{
    enum exit_code code = EXIT_GOOD;
    unsigned long segments = 1;
    unsigned long log_cells;
    struct json j;
    const char *profile;
    if (given(a, OPT_SEGMENTS) && !parse_number(a->value[OPT_SEGMENTS], 1, 1ul << 31, &segments)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--segments wants a number from 1 to 2^31");
    }
    if (given(a, OPT_SOUNDCALC)) {
        if (given(a, OPT_JSON) || given(a, OPT_SEGMENTS)) {
            return fails_with(a, EXIT_USAGE, "E_ARG", "--soundcalc prints its file alone");
        }
        return parse_number(a->value[OPT_SOUNDCALC], 0, 63, &log_cells) && print_soundcalc(a->value[OPT_PROFILE], (unsigned)log_cells)
                   ? EXIT_GOOD
                   : fails_with(a, EXIT_USAGE, "E_ARG", "--soundcalc wants a size class that the profile has a schedule for");
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

void say_security(const char *profile)
{
    struct socle_security s;
    if (socle_security(profile, &s) == SOCLE_OK) {
        (void)printf("%-12s %u bits, profile %s: every term at least %.2f, their sum %.2f, hash "
                     "collisions %u\n",
                     "security", s.bits, s.profile, s.min_term, s.sum, s.hash_bits);
    }
}

void json_security(struct json *j, const char *profile)
{
    struct socle_security s;
    if (socle_security(profile, &s) == SOCLE_OK) {
        json_object(j, "security");
        json_string(j, "profile", s.profile);
        json_uint(j, "bits", s.bits);
        json_real(j, "smallest_term_bits", s.min_term);
        json_real(j, "sum_bits", s.sum);
        json_uint(j, "hash_bits", s.hash_bits);
        json_end(j);
    }
}
