/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of a lab on a device: the same input, the same output, the same digests.
 */
#ifndef SC_BENCH_LAB_DEVICE_H
#define SC_BENCH_LAB_DEVICE_H

#include "host/bench/lab.h"

/** Run a case that has a form for devices on the lab's. Its result is in the output.
 *
 * *ns: by the host's clock, from handing the launches to the device until it has done them all, data in its memory before and after; of a sum of
 * multiples the whole call, points and numbers going up; of a transfer the copy.
 * Errors: E_NOMEM: host or device have no room for it; E_SELFCHECK: it gave what is no point of the curve; E_DEVICE and others: it failed.
 */
SC_MUST_USE socle_status sc_lab_on_device(uint64_t *ns, struct sc_lab *lab, const struct sc_lab_case *c);

/** Measure a limit on the lab's device, by the host's clock: units a second; of the copy bytes a second, read and written. Errors as above. */
SC_MUST_USE socle_status sc_lab_device_limit(double *rate, struct sc_lab *lab, enum sc_lab_limit limit);

#endif
