/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures of reports of the bench: what is drawn, from which reports, and the page that holds it.
 * A report becomes a series; a case is the same work in all reports that have it. Contracts of reading: report.h.
 */
#ifndef SC_BENCH_PLOT_H
#define SC_BENCH_PLOT_H

#include "host/bench/report.h"
#include "host/bench/svg.h"

#define SC_PLOT_CASES 48u  /* drawn at most; of more the page says how many are left out */
#define SC_PLOT_STAGES SC_SVG_SERIES
#define SC_PLOT_WHY 128u
_Static_assert(SOCLE_BENCH_PLOT_REPORTS == SC_SVG_SERIES, "a report is a series");

/** What a row of a report has beside what compare and check use. NAN: not told. What follows from the runs is made from them anew. */
struct sc_plot_row {
    char what[24], unit[8], binds[40];
    double median, p5, p95, share; /* ns; share: of the least time, NAN where the report tells none */
    double joules;
    double work_over_bytes;        /* units of its limit for each byte that must move; NAN: not known here */
    double ridge;                  /* the same where both limits of the report take as long; NAN */
    double above, memory_above;    /* theoretical over measured limit, of its work and of its memory; NAN */
    double stage[SC_PLOT_STAGES];  /* seconds, in the order of sc_plot.stage; NAN */
};

/** A limit that a report tells. theory: the theoretical one, NAN where it is not told. Units or bytes a second. */
#define SC_PLOT_LIMITS 32u
struct sc_plot_limit {
    char name[40];
    double median, theory;
};

struct sc_plot_report {
    const char *name; /* borrowed */
    char suite[24];
    char doubt[SC_REPORT_WHY]; /* which figure or claim does not follow from the runs; empty: all do */
    struct sc_report report;
    struct sc_plot_row *row; /* as many as report.n */
    struct sc_condition *moment;
    size_t n_moments;
    struct sc_plot_limit limit[SC_PLOT_LIMITS];
    size_t n_limits;
};

/** The same work: where each report has it; NO_ROW: it has not, or no right result. */
#define SC_PLOT_NO_ROW UINT32_MAX
struct sc_plot_case {
    const char *op, *shape; /* of the first report that has it */
    uint32_t row[SOCLE_BENCH_PLOT_REPORTS];
};

struct sc_plot {
    size_t n;
    struct sc_plot_report *of;
    size_t n_stages;
    bool stages_left_out; /* the reports have more names together than can be told apart; n_stages is 0 then */
    char stage[SC_PLOT_STAGES][24];
    size_t n_cases, n_left_out;
    struct sc_plot_case cases[SC_PLOT_CASES];
};

/** Read n reports, 1 to SOCLE_BENCH_PLOT_REPORTS, as sc_report_read does, and what the pictures need beside. Names are borrowed.
 * E_FORMAT, E_VERSION with a sentence that begins with the name of the report; E_NOMEM. */
SC_MUST_USE socle_status sc_plot_read(struct sc_plot *out, char why[SC_REPORT_WHY + SC_PLOT_WHY], const struct socle_bench_source *reports, size_t n);
void sc_plot_fini(struct sc_plot *p);

/** The row of a case in a report; NULL: none. *more has the rest of it. */
const struct sc_report_row *sc_plot_row(const struct sc_plot_row **more, const struct sc_plot *p, const struct sc_plot_case *c, size_t report);

/** Runs in ascending order, in ns; returns how many. */
size_t sc_plot_sorted(double out[SOCLE_BENCH_MAX_RUNS], const struct sc_report_row *row);

/** A picture being drawn, @p width pixels wide. Drawers put into body, below y; what is around it is sc_plot_draw's. */
struct sc_canvas {
    struct sc_svg body;
    double width, y;
    bool wide;
    unsigned shown; /* reports that have something in it, as bits */
    bool stages;    /* its colours are those of stages, not of reports */
};
/** Draw, or say in @p why what is missing and return false. */
typedef bool sc_plot_fn(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p);
sc_plot_fn sc_plot_latency, sc_plot_stages, sc_plot_roofline, sc_plot_scaling, sc_plot_devices, sc_plot_energy, sc_plot_clock, sc_plot_pace;

struct sc_plot_chart {
    const char *title, *file, *about; /* about: what it shows, for those who read and for those who hear it */
    sc_plot_fn *draw;
};
/** In the order of the page: SOCLE_BENCH_CHARTS of them. */
extern const struct sc_plot_chart sc_plot_charts[SOCLE_BENCH_CHARTS];

#define SC_PLOT_WIDE 900.0
#define SC_PLOT_NARROW 360.0
/** A whole picture; *drawn false: there is nothing for it, @p why says what is missing and nothing is put. @p alone: with title and colours
 * of its own, as a file; otherwise for the page. E_NOMEM. */
SC_MUST_USE socle_status sc_plot_draw(struct sc_svg *out, bool *drawn, char why[SC_PLOT_WHY], const struct sc_plot *p,
                                      const struct sc_plot_chart *chart, double width, bool alone);
/** What stands against a report's figures: SIMULATED and so on; returns how many words. They live on. */
#define SC_PLOT_REMARKS 5u
size_t sc_plot_remarks(const char *out[SC_PLOT_REMARKS], const struct sc_plot_report *r);

/** The page: every chart that there is something for, those left out, all figures as a table. E_NOMEM. */
SC_MUST_USE socle_status sc_plot_page(struct sc_svg *out, const struct sc_plot *p);

/** A frame for x and y: axes, lines at the ticks, titles. Where it is, in pixels. */
struct sc_frame {
    double left, right, top, bottom;
    struct sc_axis x, y;
};
/** Put axes with @p height pixels between them and go on below. The caller has set left, right, x and y; y_title NULL: rows instead of y. */
void sc_frame_draw(struct sc_frame *f, struct sc_canvas *c, double height, const char *x_title, const char *y_title);
double sc_frame_x(const struct sc_frame *f, double v);
double sc_frame_y(const struct sc_frame *f, double v);

/** A number for a label: four digits at most, unless it is whole. */
void sc_plot_number(char out[24], double v);
/** A time with its unit. */
void sc_plot_time(char out[24], double seconds);

#endif
