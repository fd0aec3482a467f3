/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sensors from /proc and /sys. Contracts: sensors.h. Sources: the kernel's documentation of cpufreq, thermal, powercap, /proc/stat.
 */
#define _DEFAULT_SOURCE
#include "host/bench/sensors.h"

#include "host/sys/file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool sc_system_text(char *out, size_t size, const char *root, const char *format, ...)
{
    char name[128], path[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(name, sizeof name, format, args);
    va_end(args);
    out[0] = '\0';
    if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) {
        return false;
    }
    FILE *const f = fopen(path, "r");
    if (f == NULL) {
        return false;
    }
    out[fread(out, 1, size - 1, f)] = '\0';
    (void)fclose(f);
    return true;
}

bool sc_system_number(const char *text, uint64_t *out)
{
    char *end = NULL;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && (*end == '\n' || *end == '\0' || *end == ' ');
}

/* Mean of the clocks of all processors that tell, in MHz. */
static double clock_of(const char *root)
{
    char text[64];
    double sum = 0;
    unsigned n = 0;
    for (unsigned i = 0; i < SC_SENSORS_CPUS; i++) {
        uint64_t khz;
        if (!sc_system_text(text, sizeof text, root, "sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", i)) {
            if (i > n) {
                break; /* two in a row: no more */
            }
            continue;
        }
        if (sc_system_number(text, &khz)) {
            sum += 1e-3 * (double)khz;
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

/* The hottest thermal zone, in degrees; below zero is no processor. */
static double heat_of(const char *root)
{
    char text[64];
    double most = NAN;
    for (unsigned i = 0; i < SC_SENSORS_ZONES; i++) {
        uint64_t milli;
        if (sc_system_text(text, sizeof text, root, "sys/class/thermal/thermal_zone%u/temp", i) && sc_system_number(text, &milli)) {
            const double celsius = 1e-3 * (double)milli;
            most = isnan(most) || celsius > most ? celsius : most;
        }
    }
    return most;
}

/* Seconds of all processors since start from the first line of /proc/stat: user nice system idle iowait irq softirq steal. */
static bool processor_time(const char *root, double *busy, double *steal)
{
    char text[512];
    unsigned long long v[8] = {0};
    const long ticks = sysconf(_SC_CLK_TCK);
    if (ticks <= 0 || !sc_system_text(text, sizeof text, root, "proc/stat") ||
        sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) < 7) {
        return false;
    }
    *busy = (double)(v[0] + v[1] + v[2] + v[5] + v[6]) / (double)ticks;
    *steal = (double)v[7] / (double)ticks;
    return true;
}

void sc_sensors_init(struct sc_sensors *s, const char *root)
{
    memset(s, 0, sizeof *s);
    s->root = root != NULL ? root : "";
    s->start_ns = sc_clock_ns();
}

void sc_sensors_read(struct sc_sensors *s, struct sc_condition *out)
{
    double busy = 0, steal = 0;
    const uint64_t now = sc_clock_ns(), own = sc_cpu_ns();
    const bool known = processor_time(s->root, &busy, &steal);
    *out = (struct sc_condition){.at_s = 1e-9 * (double)(now - s->start_ns), .pace_s = NAN, .others = NAN, .steal = NAN};
    out->clock_mhz = clock_of(s->root);
    out->celsius = heat_of(s->root);
    if (known && s->known && now > s->at_ns) {
        const double seconds = 1e-9 * (double)(now - s->at_ns), mine = 1e-9 * (double)(own - s->own_ns);
        out->others = fmax(0, (busy - s->busy_s - mine) / seconds);
        out->steal = fmax(0, (steal - s->steal_s) / seconds);
    }
    s->known = known;
    s->at_ns = now;
    s->own_ns = own;
    s->busy_s = busy;
    s->steal_s = steal;
}

void sc_energy_read(struct sc_energy *e, const char *root)
{
    char text[64], range[64];
    const char *const at = root != NULL ? root : "";
    memset(e, 0, sizeof *e);
    while (e->n < SC_SENSORS_PACKAGES && sc_system_text(text, sizeof text, at, "sys/class/powercap/intel-rapl:%u/energy_uj", e->n) &&
           sc_system_text(range, sizeof range, at, "sys/class/powercap/intel-rapl:%u/max_energy_range_uj", e->n) && sc_system_number(text, &e->uj[e->n]) &&
           sc_system_number(range, &e->range[e->n])) {
        e->n++;
    }
}

double sc_energy_between(const struct sc_energy *a, const struct sc_energy *b)
{
    double sum = 0;
    if (a->n == 0 || a->n != b->n) {
        return NAN;
    }
    for (unsigned i = 0; i < a->n; i++) {
        const uint64_t used = b->uj[i] >= a->uj[i] ? b->uj[i] - a->uj[i] : a->range[i] >= a->uj[i] ? a->range[i] - a->uj[i] + b->uj[i] : 0;
        sum += 1e-6 * (double)used;
    }
    return sum;
}
