/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The kernels of devices on one of them: what the device can do at most, and each group of kernels at a size that fills it, against the same
 * kernels as C on the host. One JSON object; tools/gpu-check makes percentages of it.
 *
 *   bench_device DEVICE [--shrink N] [--seconds S] [--only NAME]
 *
 * DEVICE: cuda:N or opencl:N. --shrink: 2^N times less of everything. --seconds: of a measurement, at least (0.1). --only: kernels with NAME
 * in their name. Exit codes: 0; 1 something was not the host's; 2 usage; 7 there is no such device, or it failed.
 */
#include "bench/device/bed.h"

#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "host/sys/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BAD = 1, USAGE = 2, NO_DEVICE = 7, MAX_SHRINK = 14 };

struct options {
    const char *device, *only;
    unsigned shrink, index;
    double seconds;
    bool cuda;
};

static bool number(double *out, const char *text, double most)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out >= 0 && *out <= most;
}

static bool parse(struct options *o, int argc, char **argv)
{
    double v;
    *o = (struct options){.seconds = 0.1};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' && o->device == NULL) {
            o->device = argv[i];
        } else if (i + 1 == argc) {
            return false;
        } else if (strcmp(argv[i], "--only") == 0) {
            o->only = argv[++i];
        } else if (strcmp(argv[i], "--shrink") == 0 && number(&v, argv[i + 1], MAX_SHRINK)) {
            o->shrink = (unsigned)v;
            i++;
        } else if (strcmp(argv[i], "--seconds") == 0 && number(&v, argv[i + 1], 60)) {
            o->seconds = v;
            i++;
        } else {
            return false;
        }
    }
    const char *const name = o->device != NULL ? o->device : "";
    o->cuda = strncmp(name, "cuda:", 5) == 0;
    const char *const at = o->cuda ? name + 5 : strncmp(name, "opencl:", 7) == 0 ? name + 7 : "x";
    o->index = (unsigned)strtoul(at, NULL, 10);
    return isdigit((unsigned char)at[0]) && strlen(at) <= 2 && strspn(at, "0123456789") == strlen(at) && o->index < SC_MAX_DEVICES;
}

static void say_text(const char *name, const char *text)
{
    printf("\"%s\":\"", name);
    for (const char *c = text; *c != '\0'; c++) {
        (void)(*c == '"' || *c == '\\' ? printf("\\%c", *c) : (unsigned char)*c < 0x20 ? printf("\\u%04x", (unsigned)*c) : putchar(*c));
    }
    printf("\",");
}

static void say_device(const struct options *o, const struct bed *b)
{
    struct sc_cuda_about c[SC_MAX_DEVICES];
    struct sc_opencl_about l[SC_MAX_DEVICES];
    say_text("device", o->device);
    say_text("name", b->info.name);
    if (o->cuda) {
        (void)sc_cuda_list(c, SC_MAX_DEVICES);
        say_text("driver", c[o->index].driver);
        say_text("bus", c[o->index].bus);
        printf("\"capability\":%u,\"units\":%u,\"is_processor\":false,", 10 * c[o->index].major + c[o->index].minor, c[o->index].units);
    } else {
        (void)sc_opencl_list(l, SC_MAX_DEVICES);
        say_text("driver", l[o->index].driver);
        say_text("platform", l[o->index].platform);
        printf("\"units\":%u,\"is_processor\":%s,", l[o->index].units, l[o->index].is_processor ? "true" : "false");
    }
    printf("\"memory\":%llu,\"shrink\":%u", (unsigned long long)b->info.memory, o->shrink);
}

static int run(const struct options *o, struct bed *b)
{
    printf("{\"schema\":\"socle.bench_device\",\"schema_version\":1,");
    say_device(o, b);
    bool good = o->only != NULL || (say_rates(b, o->shrink) && say_copies(b, o->shrink));
    if (good && o->only == NULL) {
        bed_clear(b);
        good = b->d.ops->arena(b->d.self, 0) == SOCLE_OK;
        say_pinned(o->index, o->cuda, o->shrink, o->seconds);
    }
    good = say_kernels(b, o->shrink, o->only) && good;
    printf(",\n \"valid\":%s}\n", good ? "true" : "false");
    return good ? 0 : BAD;
}

int main(int argc, char **argv)
{
    struct options o;
    char why[256] = "";
    if (!parse(&o, argc, argv)) {
        fprintf(stderr, "usage: bench_device cuda:N|opencl:N [--shrink 0..%d] [--seconds S] [--only NAME]\n", MAX_SHRINK);
        return USAGE;
    }
    struct bed b = {.enough = o.seconds, .message = o.cuda ? sc_cuda_message : sc_opencl_message};
    socle_status st = sc_pool_create(&b.pool, 0);
    if (st == SOCLE_OK) {
        st = o.cuda ? sc_cuda_open(&b.d, why, sizeof why, o.index) : sc_opencl_open(&b.d, why, sizeof why, o.index);
    }
    if (st != SOCLE_OK) {
        fprintf(stderr, "bench_device: %s\n", why[0] != '\0' ? why : "no memory");
        sc_pool_destroy(b.pool);
        return NO_DEVICE;
    }
    b.d.ops->info(b.d.self, &b.info);
    const int code = run(&o, &b);
    bed_clear(&b);
    b.d.ops->close(b.d.self);
    sc_pool_destroy(b.pool);
    return code;
}
