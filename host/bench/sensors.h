/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the system tells about a moment: files below a folder that is / or, in tests, stands for it.
 * What is not there is NAN or empty; nothing here fails.
 */
#ifndef SC_BENCH_SENSORS_H
#define SC_BENCH_SENSORS_H

#include "host/bench/stats.h"

#define SC_SENSORS_CPUS 256u   /* clocks looked at */
#define SC_SENSORS_ZONES 32u   /* thermal zones */
#define SC_SENSORS_PACKAGES 8u /* energy counters */

/** Counters at one moment. */
struct sc_sensors {
    const char *root; /* borrowed */
    bool known;       /* of processor time */
    uint64_t at_ns, own_ns, start_ns;
    double busy_s, steal_s; /* all processors since start, own time included */
};

/** NULL: /. */
void sc_sensors_init(struct sc_sensors *s, const char *root);
/** A moment; others and steal are means since the last read, NAN at the first. pace_s is the caller's to fill: NAN. */
void sc_sensors_read(struct sc_sensors *s, struct sc_condition *out);

/** Energy counters of the processor packages, in microjoules (powercap); range: they go on from 0 behind it. */
struct sc_energy {
    unsigned n;
    uint64_t uj[SC_SENSORS_PACKAGES], range[SC_SENSORS_PACKAGES];
};
void sc_energy_read(struct sc_energy *e, const char *root);
/** Joules from @p a to @p b, of all packages; NAN when there are none or they are not the same ones. */
double sc_energy_between(const struct sc_energy *a, const struct sc_energy *b);

/** The first bytes of a file below the root, ended; false when there is none. */
bool sc_system_text(char *out, size_t size, const char *root, const char *format, ...) __attribute__((format(printf, 4, 5)));
/** A decimal number at the start of a text, ended by white space; false for anything else. */
bool sc_system_number(const char *text, uint64_t *out);

#endif
