/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The timeline as a file: every event once, in its track; what is odd about names or memory does not break it. tests/e2e/cli.sh reads
 * one with a JSON reader and adds up its times.
 */
#include "host/sched/timeline.h"
#include "tests/sched/lent.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"encode", "od\"d\n"};
static char text[1 << 16];

static void some_run(struct sc_graph *g, struct sc_timeline *t)
{
    uint32_t b, id;
    cr_assert_eq(sc_graph_init(g, &lent, &(struct sc_graph_limits){1, 3, 3}), SOCLE_OK);
    cr_assert_eq(sc_graph_buffer(g, &b, 77, SC_ROLE_INNER), SOCLE_OK);
    for (uint32_t j = 0; j < 3; j++) {
        cr_assert_eq(sc_graph_job(g, &id, &(struct sc_job_spec){.op = j, .log_n = 20, .count = 5}), SOCLE_OK);
    }
    *t = (struct sc_timeline){.heap = &lent, .graph = g, .op_names = names, .n_ops = 2, .simulated = true};
}

static size_t count(const char *what)
{
    size_t n = 0;
    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what)) {
        n++;
    }
    return n;
}

Test(timeline, has_every_event_in_its_track)
{
    static const struct sc_device_info infos[2] = {{.name = "gpu"}, {.name = "c\\pu", .shares_host = true}};
    struct sc_graph g;
    struct sc_timeline t;
    some_run(&g, &t);
    sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_PUT, .device = 0, .what = 0}, 2000, 3500, SOCLE_OK);
    sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_RUN, .device = 0, .what = 0, .in_use = 4711}, 1000, 4000, SOCLE_OK);
    sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_GET, .device = 0, .what = 0}, 4000, 4001, SOCLE_E_DEVICE);
    sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_RUN, .device = 1, .what = 1}, 5000, 6000, SOCLE_E_NOMEM);
    sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_RUN, .device = 1, .what = 2}, 6000, 6000, SOCLE_OK);
    const size_t len = sc_timeline_write(&t, infos, 2, NULL, 0);
    cr_assert(len < sizeof text);
    cr_assert_eq(sc_timeline_write(&t, infos, 2, text, sizeof text), len);
    text[len] = 0;
    cr_expect_eq(count("\"ph\":\"X\""), 5);
    cr_expect_eq(count("\"ph\":\"C\""), 3);
    cr_expect(strstr(text, "{\"ph\":\"C\",\"pid\":0,\"ts\":0.000,\"name\":\"memory in use\",\"args\":{\"bytes\":4711}}") != NULL);
    cr_expect_eq(count("\"process_name\""), 2);
    cr_expect_eq(count("\"thread_name\""), 4);
    cr_expect_eq(count("\"simulated\":true"), 1);
    cr_expect(strstr(text, "{\"ph\":\"X\",\"pid\":0,\"tid\":1,\"ts\":1.000,\"dur\":1.500,\"name\":\"buffer 0\",\"cat\":\"copy\",\"args\":{\"buffer\":0,\"bytes\":77,") != NULL);
    cr_expect(strstr(text, "{\"ph\":\"X\",\"pid\":0,\"tid\":0,\"ts\":0.000,\"dur\":3.000,\"name\":\"encode\"") != NULL);
    cr_expect(strstr(text, "\"tid\":2,\"ts\":3.000,\"dur\":0.001,\"name\":\"buffer 0 FAILED\"") != NULL);
    cr_expect(strstr(text, "\"name\":\"od_d_ FAILED\"") != NULL);
    cr_expect(strstr(text, "\"name\":\"operation 2\"") != NULL);
    cr_expect(strstr(text, "\"name\":\"1 c_pu\"") != NULL);
    char first[100];
    memcpy(first, text, sizeof first);
    memset(text, 'x', 200);
    cr_assert_eq(sc_timeline_write(&t, infos, 2, text, 100), len);
    cr_expect(memcmp(first, text, 100) == 0 && text[100] == 'x');
    sc_timeline_fini(&t);
    sc_graph_fini(&g);
}

Test(timeline, tells_what_it_had_no_memory_for)
{
    static const struct sc_device_info info = {.name = "gpu"};
    struct sc_graph g;
    struct sc_timeline t;
    some_run(&g, &t);
    for (unsigned i = 0; i < 1000; i++) {
        sc_mem_fail_at(i == 64 || i == 65 ? 1 : 0);
        sc_timeline_note(&t, &(struct sc_step){.kind = SC_STEP_RUN}, i, i + 1, SOCLE_OK);
    }
    sc_mem_fail_at(0);
    cr_expect_eq(t.n_events, 998);
    cr_assert(sc_timeline_write(&t, &info, 1, text, sizeof text - 1) > 0);
    cr_expect(strstr(text, "\"missing\":2") != NULL);
    sc_timeline_fini(&t);
    sc_graph_fini(&g);
}
