/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The suites of benchmarks, by name. Owns nothing.
 */
#ifndef SC_BENCH_SUITE_H
#define SC_BENCH_SUITE_H

#include <stdbool.h>

enum sc_suite { SC_SUITE_KERNELS, SC_SUITE_PROVE, SC_SUITE_GROTH16 };

/** NULL behind the last. */
const char *sc_bench_suite(unsigned i);
bool sc_bench_suite_named(enum sc_suite *out, const char *name);
/** Reports of one version have the same cases over the same inputs. */
unsigned sc_bench_suite_version(enum sc_suite suite);

#endif
