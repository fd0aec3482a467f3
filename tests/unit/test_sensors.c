/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sensors of a machine made here, of one that has none, and of files that are nonsense.
 */
#define _GNU_SOURCE
#include "host/bench/sensors.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void make_root(void)
{
    (void)snprintf(root, sizeof root, "/tmp/socle-sensors-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s, (void)kind, (void)at;
    return remove(path);
}

static void drop_root(void)
{
    (void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file below the root, folders made as needed. */
static void put(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    FILE *const f = fopen(path, "w");
    cr_assert_not_null(f);
    (void)fputs(text, f);
    cr_assert_eq(fclose(f), 0);
}

TestSuite(sensors, .init = make_root, .fini = drop_root);

Test(sensors, a_folder_with_nothing_has_nothing)
{
    struct sc_sensors s;
    struct sc_condition c;
    struct sc_energy e;
    struct sc_computer m;
    sc_sensors_init(&s, root);
    for (int i = 0; i < 2; i++) {
        sc_sensors_read(&s, &c);
        cr_expect(isnan(c.clock_mhz) && isnan(c.celsius) && isnan(c.others) && isnan(c.steal) && isnan(c.pace_s) && c.at_s >= 0);
    }
    sc_energy_read(&e, root);
    cr_expect_eq(e.n, 0);
    cr_expect(isnan(sc_energy_between(&e, &e)));
    sc_computer_read(&m, root);
    cr_expect(m.os[0] == '\0' && m.kernel[0] == '\0' && m.governor[0] == '\0' && m.virtualised == -1 && isnan(m.load));
}

Test(sensors, clocks_are_averaged_and_the_hottest_zone_counts)
{
    struct sc_sensors s;
    struct sc_condition c;
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000\n");
    put("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
    put("sys/class/thermal/thermal_zone0/temp", "41000\n");
    put("sys/class/thermal/thermal_zone1/temp", "-5000\n");
    put("sys/class/thermal/thermal_zone3/temp", "67500\n");
    sc_sensors_init(&s, root);
    sc_sensors_read(&s, &c);
    cr_expect(fabs(c.clock_mhz - 2500) < 1e-9, "%g", c.clock_mhz);
    cr_expect(fabs(c.celsius - 67.5) < 1e-9, "%g", c.celsius);
}

/* 3 s of others and 1 s of steal in a time that is known; idle and waiting do not count. */
Test(sensors, processor_time_of_others_is_what_is_not_ours)
{
    struct sc_sensors s;
    struct sc_condition first, second;
    const long hz = sysconf(_SC_CLK_TCK);
    char text[128];
    put("proc/stat", "cpu  1000 100 200 5000 600 10 20 40 0 0\ncpu0 1 2 3 4\n");
    sc_sensors_init(&s, root);
    sc_sensors_read(&s, &first);
    cr_expect(isnan(first.others));
    (void)snprintf(text, sizeof text, "cpu  %ld 100 200 9000 900 10 20 %ld 0 0\n", 1000 + 3 * hz, 40 + hz);
    put("proc/stat", text);
    (void)usleep(100000);
    sc_sensors_read(&s, &second);
    const double seconds = second.at_s - first.at_s;
    cr_expect(fabs(second.others * seconds - 3) < 0.11, "%g in %g s", second.others * seconds, seconds);
    cr_expect(fabs(second.steal * seconds - 1) < 0.01, "%g in %g s", second.steal * seconds, seconds);
}

Test(sensors, energy_adds_packages_and_wraps)
{
    struct sc_energy a, b;
    put("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
    put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    put("sys/class/powercap/intel-rapl:1/energy_uj", "9000000\n");
    put("sys/class/powercap/intel-rapl:1/max_energy_range_uj", "10000000\n");
    sc_energy_read(&a, root);
    cr_assert_eq(a.n, 2);
    put("sys/class/powercap/intel-rapl:0/energy_uj", "3500000\n");
    put("sys/class/powercap/intel-rapl:1/energy_uj", "500000\n");
    sc_energy_read(&b, root);
    cr_expect(fabs(sc_energy_between(&a, &b) - (2.5 + 1.5)) < 1e-9, "%g", sc_energy_between(&a, &b));
    b.n = 1;
    cr_expect(isnan(sc_energy_between(&a, &b)));
}

Test(sensors, the_machine_is_described)
{
    struct sc_computer m;
    put("etc/os-release", "NAME=\"Other\"\nPRETTY_NAME=\"Some System 12\"\nID=x\n");
    put("proc/sys/kernel/osrelease", "6.1.0-test\n");
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    put("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor avx2\n");
    put("proc/loadavg", "1.50 2.00 3.00 1/100 1\n");
    sc_computer_read(&m, root);
    cr_expect_str_eq(m.os, "Some System 12");
    cr_expect_str_eq(m.kernel, "6.1.0-test");
    cr_expect_str_eq(m.governor, "performance");
    cr_expect_eq(m.virtualised, 1);
    cr_expect(fabs(m.load - 1.5) < 1e-12);
    put("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu avx2\n");
    sc_computer_read(&m, root);
    cr_expect_eq(m.virtualised, 0);
}

Test(sensors, nonsense_is_unknown)
{
    struct sc_sensors s;
    struct sc_condition c;
    struct sc_energy e;
    struct sc_computer m;
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "fast\n");
    put("sys/class/thermal/thermal_zone0/temp", "");
    put("proc/stat", "cpu  1 2 three\n");
    put("proc/loadavg", "nan\n");
    put("proc/cpuinfo", "flags");
    put("sys/class/powercap/intel-rapl:0/energy_uj", "12x\n");
    put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "10\n");
    sc_sensors_init(&s, root);
    sc_sensors_read(&s, &c);
    sc_sensors_read(&s, &c);
    cr_expect(isnan(c.clock_mhz) && isnan(c.celsius) && isnan(c.others) && isnan(c.steal));
    sc_energy_read(&e, root);
    cr_expect_eq(e.n, 0);
    sc_computer_read(&m, root);
    cr_expect(m.virtualised == -1 && isnan(m.load));
}

Test(sensors, this_machine_tells_its_kernel)
{
    struct sc_computer m;
    struct sc_sensors s;
    struct sc_condition c;
    sc_computer_read(&m, NULL);
    cr_expect_neq(m.kernel[0], '\0');
    sc_sensors_init(&s, NULL);
    sc_sensors_read(&s, &c);
    (void)usleep(20000);
    sc_sensors_read(&s, &c);
    cr_expect(c.others >= 0 && c.steal >= 0);
}
