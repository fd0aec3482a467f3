/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle bench compare A B` and `socle bench check REPORT`.
 */
#include "tools/socle/bench.h"

#include <math.h>

#define MAX_REPORT ((size_t)4 << 20)

static const char *const verdicts[] = {[SOCLE_BENCH_NOT_COMPARED] = "not compared", [SOCLE_BENCH_SAME] = "same", [SOCLE_BENCH_FASTER] = "faster",
                                       [SOCLE_BENCH_SLOWER] = "slower"};

static void say_side(char name, const struct socle_bench_side *s)
{
    (void)printf("%c  %.36s, %u threads, %s%s%s%s\n", name, s->device, s->threads, s->kernels, s->simulated ? ", SIMULATED" : s->pocl ? ", PoCL, no GPU" : "",
                 s->valid ? "" : ", NOT VALID", s->disturbed ? ", DISTURBED" : "");
}

static void say_pair(const struct socle_bench_pair *p)
{
    if (p->verdict == SOCLE_BENCH_NOT_COMPARED) {
        (void)printf("%-10s %-19s not compared: %s\n", p->op, p->shape, p->why);
        return;
    }
    (void)printf("%-10s %-19s %9.3f %9.3f %6.3f [%5.3f, %6.3f] %s\n", p->op, p->shape, 1e-6 * p->a_ns, 1e-6 * p->b_ns, p->ratio, p->low, p->high,
                 p->verdict == SOCLE_BENCH_SAME ? "" : verdicts[p->verdict]);
}

static void say_comparison(const struct socle_bench_comparison *c)
{
    say_side('A', &c->a);
    say_side('B', &c->b);
    if (c->crossed) {
        (void)printf("CROSSED: these are not the same workloads\n");
    }
    (void)printf("\n%-10s %-19s %9s %9s %6s %s\n", "operation", "size", "A ms", "B ms", "B / A", "95 % interval");
    for (size_t i = 0; i < c->n; i++) {
        say_pair(&c->pairs[i]);
    }
    (void)printf("\ngeometric mean of %zu ratios of time: %.3f\n", c->n_compared, c->mean);
    (void)printf("A verdict is given where the interval is clear of 1, from 5 runs on; of 20 such\n"
                 "intervals between equal machines one is expected to be clear of it by chance.\n");
}

static void json_side(struct json *j, const char *key, const struct socle_bench_side *s, const char *file)
{
    json_object(j, key);
    json_string(j, "file", file);
    json_string(j, "device", s->device);
    json_uint(j, "devices", s->n_devices);
    json_bool(j, "pocl", s->pocl);
    json_string(j, "kernels", s->kernels);
    json_uint(j, "threads", s->threads);
    json_uint(j, "suite_version", s->suite_version);
    json_bool(j, "valid", s->valid);
    json_bool(j, "simulated", s->simulated);
    json_bool(j, "disturbed", s->disturbed);
    json_end(j);
}

static enum exit_code print_comparison(const struct args *a, const struct socle_bench_comparison *c)
{
    struct json j;
    json_begin(&j);
    json_string(&j, "schema", "socle.bench.compare");
    json_uint(&j, "schema_version", 1);
    json_side(&j, "a", &c->a, a->operand[1]);
    json_side(&j, "b", &c->b, a->operand[2]);
    json_bool(&j, "crossed", c->crossed);
    json_list(&j, "pairs");
    for (size_t i = 0; i < c->n; i++) {
        const struct socle_bench_pair *const p = &c->pairs[i];
        json_object(&j, NULL);
        json_string(&j, "op", p->op);
        json_string(&j, "shape", p->shape);
        json_real(&j, "a_ns", p->a_ns);
        json_real(&j, "b_ns", p->b_ns);
        json_real(&j, "ratio", p->ratio);
        json_real(&j, "low", p->low);
        json_real(&j, "high", p->high);
        json_string(&j, "verdict", verdicts[p->verdict]);
        json_string(&j, "why", p->why);
        json_end(&j);
    }
    json_list_end(&j);
    json_uint(&j, "compared", c->n_compared);
    json_real(&j, "geometric_mean", c->mean);
    return result_print(&j, a);
}

enum exit_code run_bench_compare(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    uint8_t *bytes[2] = {NULL, NULL};
    size_t len[2];
    struct socle_bench_comparison c = {0};
    if (a->n_operands != 3) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "compare wants two reports");
    }
    TRY(socle_file_read(a->ctx, &bytes[0], &len[0], a->operand[1], MAX_REPORT));
    TRY(socle_file_read(a->ctx, &bytes[1], &len[1], a->operand[2], MAX_REPORT));
    TRY(socle_bench_compare(a->ctx, &c, bytes[0], len[0], bytes[1], len[1], given(a, OPT_CROSS)));
    if (given(a, OPT_JSON)) {
        code = print_comparison(a, &c);
    } else {
        say_comparison(&c);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_bench_comparison_fini(a->ctx, &c);
    socle_free(a->ctx, bytes[0]);
    socle_free(a->ctx, bytes[1]);
    return code;
}

enum exit_code run_bench_check(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    uint8_t *bytes = NULL;
    size_t len = 0;
    struct socle_bench_checked seen;
    if (a->n_operands != 2) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "check wants one report");
    }
    TRY(socle_file_read(a->ctx, &bytes, &len, a->operand[1], MAX_REPORT));
    TRY(socle_bench_check(a->ctx, &seen, bytes, len));
    if (seen.n_left_out > 0) {
        char text[160];
        (void)snprintf(text, sizeof text, "%zu digests are right, %zu were not checked for want of memory", seen.n_digests, seen.n_left_out);
        code = fails_with(a, EXIT_MEMORY, "E_NOMEM", text);
    } else if (given(a, OPT_JSON)) {
        struct json j;
        json_begin(&j);
        json_string(&j, "schema", "socle.bench.check");
        json_uint(&j, "schema_version", 1);
        json_string(&j, "file", a->operand[1]);
        json_uint(&j, "results", seen.n_figures);
        json_uint(&j, "digests", seen.n_digests);
        code = result_print(&j, a);
    } else {
        (void)printf("%zu results: figures follow from their runs, digests are those of the reference\n", seen.n_digests);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_free(a->ctx, bytes);
    return code;
}
