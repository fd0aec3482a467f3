/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The machine as /proc and /sys describe it. Contracts: machine.h. Sources: the kernel's documentation of cpufreq, powercap, edac, amdgpu and of
 * the PCI bus in sysfs; NVIDIA's driver for /proc/driver/nvidia; DMTF, DSP0134 (SMBIOS) 7.18 for memory modules.
 */
#define _DEFAULT_SOURCE
#include "host/bench/machine.h"

#include "host/bench/sensors.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The text behind @p key of the line that begins with it, without quotes. */
static void value_behind(char *out, size_t size, const char *text, const char *key)
{
    const size_t len = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0';) {
        if (strncmp(line, key, len) == 0) {
            const char *from = line + len;
            from += *from == '"';
            (void)snprintf(out, size, "%.*s", (int)strcspn(from, "\"\n"), from);
            return;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
}

/* The first line of a file. */
__attribute__((format(printf, 4, 5))) static void line_of(char *out, size_t size, const char *root, const char *format, ...)
{
    char name[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(name, sizeof name, format, args);
    va_end(args);
    (void)sc_system_text(out, size, root, "%s", name);
    out[strcspn(out, "\n")] = '\0';
}

/* 1 or 0 of a file that says so; -1. */
static int answer_of(const char *root, const char *name)
{
    char text[16];
    uint64_t v;
    return sc_system_text(text, sizeof text, root, "%s", name) && sc_system_number(text, &v) && v <= 1 ? (int)v : -1;
}

static double number_at(const char *root, double scale, const char *name)
{
    char text[32];
    uint64_t v;
    return sc_system_text(text, sizeof text, root, "%s", name) && sc_system_number(text, &v) ? scale * (double)v : NAN;
}

/* ---- processor ---- */

static int count_behind(const char *text, const char *key)
{
    char value[16] = "";
    uint64_t v;
    value_behind(value, sizeof value, text, key);
    return sc_system_number(value, &v) && v < 4096 ? (int)v : -1;
}

/* x86 has a flag for it; others tell nothing here. */
static void read_cpuinfo(struct sc_computer *m, const char *root)
{
    char text[8192], flags[4096] = "";
    (void)sc_system_text(text, sizeof text, root, "proc/cpuinfo");
    value_behind(flags, sizeof flags, text, "flags\t\t:");
    value_behind(m->microcode, sizeof m->microcode, text, "microcode\t: ");
    value_behind(m->vendor, sizeof m->vendor, text, "vendor_id\t: ");
    m->family = count_behind(text, "cpu family\t: ");
    m->model = count_behind(text, "model\t\t: ");
    m->virtualised = flags[0] == '\0' ? -1 : strstr(flags, " hypervisor") != NULL;
}

static int boost_of(const char *root)
{
    const int off = answer_of(root, "sys/devices/system/cpu/intel_pstate/no_turbo");
    return off >= 0 ? 1 - off : answer_of(root, "sys/devices/system/cpu/cpufreq/boost");
}

/* Of all packages together, what they may take for long. */
static double power_limit_of(const char *root)
{
    double sum = NAN;
    for (unsigned i = 0; i < SC_SENSORS_PACKAGES; i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "sys/class/powercap/intel-rapl:%u/constraint_0_power_limit_uw", i);
        const double w = number_at(root, 1e-6, name);
        if (isnan(w)) {
            break;
        }
        sum = isnan(sum) ? w : sum + w;
    }
    return sum;
}

static void read_container(char *out, size_t size, const char *root)
{
    char text[64];
    line_of(out, size, root, "run/systemd/container");
    if (out[0] == '\0' && sc_system_text(text, sizeof text, root, ".dockerenv")) {
        (void)snprintf(out, size, "docker");
    } else if (out[0] == '\0' && sc_system_text(text, sizeof text, root, "run/.containerenv")) {
        (void)snprintf(out, size, "podman");
    }
}

/* ---- memory ---- */

#define DMI_MOST 65536u /* structures; handles have 16 bits */

/* A structure of the table: its type, its length, its bytes. */
struct dmi {
    uint8_t s[256];
};

/* A number of 16 bits of a structure; 0 where the structure ends before it. */
static unsigned dmi_word(const struct dmi *d, size_t at)
{
    return at + 2 <= d->s[1] ? d->s[at] | (unsigned)d->s[at + 1] << 8 : 0;
}

/* The next structure, and past the strings behind it, which end with an empty one. */
static bool next_structure(struct dmi *d, FILE *f)
{
    enum { HEAD = 4 };
    int before = 1, c;
    if (fread(d->s, 1, HEAD, f) != HEAD || d->s[1] < HEAD || fread(d->s + HEAD, 1, d->s[1] - (size_t)HEAD, f) != d->s[1] - (size_t)HEAD) {
        return false;
    }
    while ((c = getc(f)) != EOF && (c != 0 || before != 0)) {
        before = c;
    }
    return c != EOF;
}

/* Memory Device (type 17): false when one is there whose width or speed is not told. Speed: as configured, in 10^6 transfers a second. */
static bool read_module(struct sc_computer *m, const struct dmi *d)
{
    enum { WIDTH = 0x0a, SIZE = 0x0c, SPEED = 0x20, LONG_SPEED = 0x58, ELSEWHERE = 0xffff };
    const unsigned width = dmi_word(d, WIDTH), word = dmi_word(d, SPEED);
    const double speed = word == ELSEWHERE ? dmi_word(d, LONG_SPEED) + 65536.0 * (dmi_word(d, LONG_SPEED + 2) & 0x7fffu) : word;
    if (dmi_word(d, SIZE) == 0) {
        return true; /* an empty place */
    }
    m->n_modules++;
    m->module_bits += width;
    m->module_rate = 1e6 * speed > m->module_rate ? 1e6 * speed : m->module_rate;
    return width != 0 && width != ELSEWHERE && speed > 0;
}

/* Whether the table is whole and tells what it should of each module. */
static bool read_modules(struct sc_computer *m, FILE *f)
{
    enum { MODULE = 17, END = 127 };
    struct dmi d;
    bool good = true, ended = false;
    for (unsigned i = 0; i < DMI_MOST && good && !ended; i++) {
        good = next_structure(&d, f) && (d.s[0] != MODULE || read_module(m, &d));
        ended = good && d.s[0] == END;
    }
    return good && ended;
}

static void read_memory(struct sc_computer *m, const char *root)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s/sys/firmware/dmi/tables/DMI", root) >= (int)sizeof path) {
        return;
    }
    FILE *const f = fopen(path, "r");
    if (f == NULL) {
        return;
    }
    if (!read_modules(m, f)) {
        m->n_modules = 0;
        m->module_bits = m->module_rate = 0;
    }
    (void)fclose(f);
}

/* ---- cards ---- */

/* As in "16.0 GT/s PCIe"; NAN. */
static double speed_of(const char *root, const char *pci, const char *name)
{
    char text[64], *end = NULL;
    line_of(text, sizeof text, root, "sys/bus/pci/devices/%s/%s", pci, name);
    const double v = strtod(text, &end);
    return end != text && strncmp(end, " GT/s", 5) == 0 && v > 0 && v < 1e4 ? v : NAN;
}

static unsigned lanes_of(const char *root, const char *pci, const char *name)
{
    char text[64];
    uint64_t v;
    line_of(text, sizeof text, root, "sys/bus/pci/devices/%s/%s", pci, name);
    return sc_system_number(text, &v) && v <= 32 ? (unsigned)v : 0;
}

/* The name of the driver is that of the folder that a link leads to. */
static void read_driver(struct socle_bench_card *c, const char *root)
{
    char path[512], to[512];
    if (snprintf(path, sizeof path, "%s/sys/bus/pci/devices/%s/driver", root, c->pci) >= (int)sizeof path) {
        return;
    }
    const ssize_t n = readlink(path, to, sizeof to - 1);
    if (n <= 0) {
        return;
    }
    to[n] = '\0';
    const char *const slash = strrchr(to, '/');
    (void)snprintf(c->driver, sizeof c->driver, "%.*s", (int)sizeof c->driver - 1, slash != NULL ? slash + 1 : to);
    line_of(c->driver_version, sizeof c->driver_version, root, "sys/module/%s/version", c->driver);
}

static void read_vbios(struct socle_bench_card *c, const char *root)
{
    char text[2048];
    line_of(c->vbios, sizeof c->vbios, root, "sys/bus/pci/devices/%s/vbios_version", c->pci);
    if (c->vbios[0] == '\0' && sc_system_text(text, sizeof text, root, "proc/driver/nvidia/gpus/%s/information", c->pci)) {
        char value[64] = "";
        value_behind(value, sizeof value, text, "Video BIOS:");
        (void)snprintf(c->vbios, sizeof c->vbios, "%.40s", value + strspn(value, " \t"));
    }
}

static double card_power_limit(const char *root, const char *pci)
{
    char name[96];
    for (unsigned i = 0; i < 16; i++) {
        (void)snprintf(name, sizeof name, "sys/bus/pci/devices/%.15s/hwmon/hwmon%u/power1_cap", pci, i);
        const double w = number_at(root, 1e-6, name);
        if (!isnan(w)) {
            return w;
        }
    }
    return NAN;
}

static void read_card(struct socle_bench_card *c, const char *root, const char *pci)
{
    char text[64];
    uint64_t v;
    *c = (struct socle_bench_card){.numa_node = -1};
    (void)snprintf(c->pci, sizeof c->pci, "%.15s", pci);
    line_of(c->vendor, sizeof c->vendor, root, "sys/bus/pci/devices/%s/vendor", pci);
    line_of(c->model, sizeof c->model, root, "sys/bus/pci/devices/%s/device", pci);
    c->link_gt_s = speed_of(root, pci, "current_link_speed");
    c->link_most_gt_s = speed_of(root, pci, "max_link_speed");
    c->lanes = lanes_of(root, pci, "current_link_width");
    c->most_lanes = lanes_of(root, pci, "max_link_width");
    line_of(text, sizeof text, root, "sys/bus/pci/devices/%s/numa_node", pci);
    c->numa_node = sc_system_number(text, &v) && v < 4096 ? (int)v : -1;
    line_of(text, sizeof text, root, "sys/bus/pci/devices/%s/mem_info_vram_total", pci);
    c->memory = sc_system_number(text, &v) ? v : 0;
    c->power_limit_w = card_power_limit(root, pci);
    read_driver(c, root);
    read_vbios(c, root);
}

/* Display and processing accelerators. */
static bool is_card(const char *root, const char *pci)
{
    char text[32];
    line_of(text, sizeof text, root, "sys/bus/pci/devices/%s/class", pci);
    return strncmp(text, "0x03", 4) == 0 || strncmp(text, "0x12", 4) == 0;
}

static int by_place(const void *a, const void *b)
{
    return strcmp(((const struct socle_bench_card *)a)->pci, ((const struct socle_bench_card *)b)->pci);
}

static void read_cards(struct sc_computer *m, const char *root)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/sys/bus/pci/devices", root);
    DIR *const d = opendir(path);
    const struct dirent *e;
    if (d == NULL) {
        return;
    }
    while ((e = readdir(d)) != NULL && m->n_cards < SC_MACHINE_CARDS) {
        if (e->d_name[0] != '.' && strlen(e->d_name) < sizeof m->cards[0].pci && is_card(root, e->d_name)) {
            read_card(&m->cards[m->n_cards++], root, e->d_name);
        }
    }
    (void)closedir(d);
    qsort(m->cards, m->n_cards, sizeof m->cards[0], by_place); /* a folder has no order */
}

void sc_computer_read(struct sc_computer *m, const char *root)
{
    char text[4096];
    const char *const at = root != NULL ? root : "";
    memset(m, 0, sizeof *m);
    m->load = NAN;
    (void)sc_system_text(text, sizeof text, at, "etc/os-release");
    value_behind(m->os, sizeof m->os, text, "PRETTY_NAME=");
    line_of(m->kernel, sizeof m->kernel, at, "proc/sys/kernel/osrelease");
    line_of(m->governor, sizeof m->governor, at, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    read_container(m->container, sizeof m->container, at);
    read_cpuinfo(m, at);
    read_memory(m, at);
    m->smt = answer_of(at, "sys/devices/system/cpu/smt/active");
    m->boost = boost_of(at);
    m->memory_ecc = sc_system_text(text, sizeof text, at, "sys/devices/system/edac/mc/mc0/mc_name") ? 1 : -1; /* no counter tells nothing */
    m->clock_min_mhz = number_at(at, 1e-3, "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq");
    m->clock_max_mhz = number_at(at, 1e-3, "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
    m->power_limit_w = power_limit_of(at);
    read_cards(m, at);
    if (sc_system_text(text, sizeof text, at, "proc/loadavg")) {
        char *end = NULL;
        const double load = strtod(text, &end);
        m->load = end != text && load >= 0 && load < 1e6 ? load : NAN;
    }
}
