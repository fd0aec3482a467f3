/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sensors of a machine made here, of one that has none, and of files that are nonsense.
 */
#define _GNU_SOURCE
#include "host/bench/machine.h"
#include "host/bench/sensors.h"
#include "tests/unit/made_root.h"

#include <math.h>

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
    cr_expect(m.container[0] == '\0' && m.microcode[0] == '\0' && m.smt == -1 && m.boost == -1 && m.memory_ecc == -1 && m.n_cards == 0);
    cr_expect(isnan(m.clock_min_mhz) && isnan(m.clock_max_mhz) && isnan(m.power_limit_w));
    cr_expect(m.vendor[0] == '\0' && m.family == -1 && m.model == -1 && m.n_modules == 0);
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

Test(sensors, the_processor_is_described)
{
    struct sc_computer m;
    put("proc/cpuinfo", "processor\t: 0\nmicrocode\t: 0x2b000590\nflags\t\t: fpu\n");
    put("run/systemd/container", "lxc\n");
    put("sys/devices/system/cpu/smt/active", "1\n");
    put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    put("sys/devices/system/cpu/cpufreq/boost", "1\n");
    put("sys/devices/system/edac/mc/mc0/mc_name", "Some controller\n");
    put("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq", "800000\n");
    put("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3700000\n");
    put("sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "165000000\n");
    put("sys/class/powercap/intel-rapl:1/constraint_0_power_limit_uw", "100000000\n");
    sc_computer_read(&m, root);
    cr_expect_str_eq(m.microcode, "0x2b000590");
    cr_expect_str_eq(m.container, "lxc");
    cr_expect(m.smt == 1 && m.boost == 0 && m.memory_ecc == 1);
    cr_expect(m.clock_min_mhz == 800 && m.clock_max_mhz == 3700 && fabs(m.power_limit_w - 265) < 1e-9);
    put(".dockerenv", "x");
    put("run/systemd/container", "");
    sc_computer_read(&m, root);
    cr_expect_str_eq(m.container, "docker");
}

Test(sensors, a_processor_tells_which_core_it_has)
{
    struct sc_computer m;
    put("proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9 9654\n");
    sc_computer_read(&m, root);
    cr_expect(m.family == 25 && m.model == 17, "%d %d", m.family, m.model);
    cr_expect_str_eq(m.vendor, "AuthenticAMD");
    put("proc/cpuinfo", "processor\t: 0\nvendor_id\t: A very long name of somebody\ncpu family\t: -3\nmodel\t\t: 99999\n");
    sc_computer_read(&m, root);
    cr_expect(m.family == -1 && m.model == -1 && strlen(m.vendor) < sizeof m.vendor);
}

/* A Memory Device of SMBIOS 3.3 as bytes, with its strings; returns its length. */
static size_t put_module(uint8_t *at, unsigned size_mb, unsigned bits, unsigned speed, uint32_t long_speed)
{
    memset(at, 0, 0x5c);
    at[0] = 17;
    at[1] = 0x5c;
    at[0x08] = (uint8_t)(bits + 8); /* total width: with ECC */
    at[0x0a] = (uint8_t)bits;
    at[0x0b] = (uint8_t)(bits >> 8);
    at[0x0c] = (uint8_t)size_mb;
    at[0x0d] = (uint8_t)(size_mb >> 8);
    at[0x15] = 0x80; /* the speed that it could have: another */
    at[0x16] = 0x16;
    at[0x20] = (uint8_t)speed;
    at[0x21] = (uint8_t)(speed >> 8);
    for (unsigned i = 0; i < 4; i++) {
        at[0x58 + i] = (uint8_t)(long_speed >> 8 * i);
    }
    memcpy(at + 0x5c, "DIMM_A1\0BANK 0\0", 16);
    return 0x5c + 16;
}

/* A structure of no fields with one string, or with none: two bytes of 0 then. */
static size_t put_other(uint8_t *at, uint8_t type, const char *text)
{
    const uint8_t head[4] = {type, 4, 1, 0};
    const size_t len = strlen(text) + 1;
    memcpy(at, head, sizeof head);
    memcpy(at + 4, text, len);
    at[4 + len] = 0;
    return 4 + len + 1;
}

static void put_dmi(const uint8_t *bytes, size_t len)
{
    char path[128];
    put("sys/firmware/dmi/tables/DMI", "");
    (void)snprintf(path, sizeof path, "%s/sys/firmware/dmi/tables/DMI", root);
    FILE *const f = fopen(path, "w");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(bytes, 1, len, f), len);
    cr_assert_eq(fclose(f), 0);
}

Test(sensors, modules_of_memory_are_counted)
{
    struct sc_computer m;
    uint8_t t[1024];
    size_t n = put_other(t, 0, "Some BIOS");
    n += put_other(t + n, 2, "");
    const size_t first = n;
    n += put_module(t + n, 0x7fff, 64, 4800, 0);
    n += put_module(t + n, 0, 0, 0, 0); /* an empty place */
    n += put_module(t + n, 0x7fff, 64, 4400, 0);
    const size_t end = n;
    n += put_other(t + n, 127, "");
    put_dmi(t, n);
    sc_computer_read(&m, root);
    cr_expect(m.n_modules == 2 && m.module_bits == 128 && m.module_rate == 4800e6, "%u %g %g", m.n_modules, m.module_bits, m.module_rate);
    (void)put_module(t + first, 0x7fff, 64, 0xffff, 70000);
    put_dmi(t, n);
    sc_computer_read(&m, root);
    cr_expect(m.n_modules == 2 && m.module_rate == 70000e6, "%g", m.module_rate);
    static const struct {
        unsigned bits, speed;
    } untold[] = {{64, 0}, {0, 4800}, {0xffff, 4800}, {64, 0xffff}};
    for (size_t i = 0; i < sizeof untold / sizeof untold[0]; i++) {
        (void)put_module(t + first, 0x7fff, untold[i].bits, untold[i].speed, 0);
        put_dmi(t, n);
        sc_computer_read(&m, root);
        cr_expect(m.n_modules == 0 && m.module_bits == 0 && m.module_rate == 0, "module %zu", i);
    }
    (void)put_module(t + first, 0x7fff, 64, 4800, 0);
    t[first + 1] = 0x1c; /* SMBIOS 2.6 has no configured speed */
    put_dmi(t, n);
    sc_computer_read(&m, root);
    cr_expect_eq(m.n_modules, 0);
    (void)put_module(t + first, 0x7fff, 64, 4800, 0);
    for (size_t cut = 0; cut <= end; cut++) { /* without its end a table may lack modules */
        put_dmi(t, cut);
        sc_computer_read(&m, root);
        cr_expect_eq(m.n_modules, 0, "%zu of %zu bytes", cut, n);
    }
}

Test(sensors, a_table_of_nonsense_ends)
{
    uint64_t x = 20261128;
    for (unsigned i = 0; i < 1000; i++) {
        struct sc_computer m;
        uint8_t t[600];
        for (size_t k = 0; k < sizeof t; k++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            t[k] = (uint8_t)(x >> 61 == 0 ? 0 : x >> 40);
        }
        t[0] = 17;
        t[1] = (uint8_t)(i % 7 == 0 ? i % 5 : 0x5c);
        put_dmi(t, sizeof t);
        sc_computer_read(&m, root);
        cr_assert_eq(m.n_modules == 0, !(m.module_rate > 0), "table %u", i);
    }
}

static void put_link(const char *name, const char *to)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    cr_assert_eq(symlink(to, path), 0);
}

Test(sensors, cards_have_the_link_that_was_negotiated)
{
    struct sc_computer m;
    put("sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n");
    put("sys/bus/pci/devices/0000:c1:00.0/class", "0x030200\n");
    put("sys/bus/pci/devices/0000:c1:00.0/vendor", "0x10de\n");
    put("sys/bus/pci/devices/0000:c1:00.0/device", "0x2330\n");
    put("sys/bus/pci/devices/0000:c1:00.0/current_link_speed", "16.0 GT/s PCIe\n");
    put("sys/bus/pci/devices/0000:c1:00.0/max_link_speed", "32.0 GT/s PCIe\n");
    put("sys/bus/pci/devices/0000:c1:00.0/current_link_width", "8\n");
    put("sys/bus/pci/devices/0000:c1:00.0/max_link_width", "16\n");
    put("sys/bus/pci/devices/0000:c1:00.0/numa_node", "1\n");
    put_link("sys/bus/pci/devices/0000:c1:00.0/driver", "../../../../bus/pci/drivers/nvidia");
    put("sys/module/nvidia/version", "550.54.15\n");
    put("proc/driver/nvidia/gpus/0000:c1:00.0/information", "Model: \t\t Some card\nVideo BIOS: \t 96.00.74.00.01\nBus Type: PCIe\n");
    put("sys/bus/pci/devices/0000:03:00.0/class", "0x120000\n");
    put("sys/bus/pci/devices/0000:03:00.0/current_link_speed", "Unknown\n");
    put("sys/bus/pci/devices/0000:03:00.0/current_link_width", "0\n");
    put("sys/bus/pci/devices/0000:03:00.0/numa_node", "-1\n");
    put("sys/bus/pci/devices/0000:03:00.0/vbios_version", "113-D65201\n");
    put("sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total", "34342961152\n");
    put("sys/bus/pci/devices/0000:03:00.0/hwmon/hwmon3/power1_cap", "300000000\n");
    sc_computer_read(&m, root);
    cr_assert_eq(m.n_cards, 2);
    const struct socle_bench_card *const a = &m.cards[0], *const b = &m.cards[1];
    cr_expect_str_eq(a->pci, "0000:03:00.0");
    cr_expect(isnan(a->link_gt_s) && a->lanes == 0 && a->numa_node == -1 && a->driver[0] == '\0' && a->power_limit_w == 300 && a->memory == 34342961152u);
    cr_expect_str_eq(a->vbios, "113-D65201");
    cr_expect_str_eq(b->vendor, "0x10de");
    cr_expect_str_eq(b->model, "0x2330");
    cr_expect(b->link_gt_s == 16 && b->link_most_gt_s == 32 && b->lanes == 8 && b->most_lanes == 16 && b->numa_node == 1);
    cr_expect(isnan(b->power_limit_w) && b->memory == 0);
    cr_expect_str_eq(b->driver, "nvidia");
    cr_expect_str_eq(b->driver_version, "550.54.15");
    cr_expect_str_eq(b->vbios, "96.00.74.00.01");
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
