/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the doctor says of machines made here: drivers that are there or not, nodes of devices, groups. OpenCL is told that it has no drivers.
 */
#define _GNU_SOURCE
#include "host/api/doctor.h"
#include "tests/unit/made_root.h"

enum { MAX = 64 };

static struct socle_finding found[MAX];
static size_t n_found;

static void put_gpu(const char *bus, const char *vendor, const char *class)
{
    char name[128];
    (void)snprintf(name, sizeof name, "sys/bus/pci/devices/%s/vendor", bus);
    put(name, vendor);
    (void)snprintf(name, sizeof name, "sys/bus/pci/devices/%s/class", bus);
    put(name, class);
}

static void look(void)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 1};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    n_found = sc_doctor(ctx, found, MAX, root);
    cr_assert_leq(n_found, (size_t)MAX);
    socle_destroy(ctx);
}

/* Findings of a topic and health that have all of a text. */
static unsigned count(const char *topic, enum socle_health health, const char *text)
{
    unsigned n = 0;
    for (size_t i = 0; i < n_found; i++) {
        n += strcmp(found[i].topic, topic) == 0 && found[i].health == health && strstr(found[i].text, text) != NULL;
    }
    return n;
}

static unsigned all_of(const char *topic)
{
    unsigned n = 0;
    for (size_t i = 0; i < n_found; i++) {
        n += strcmp(found[i].topic, topic) == 0;
    }
    return n;
}

static void begin(void)
{
    make_root();
    cr_assert_eq(setenv("OCL_ICD_VENDORS", root, 1), 0);
}

TestSuite(doctor, .init = begin, .fini = drop_root);

Test(doctor, a_machine_without_gpus_has_no_driver_to_miss)
{
    put_gpu("0000:00:02.0", "0x1234\n", "0x030000\n");
    put_gpu("0000:00:03.0", "0x10de\n", "0x040300\n"); /* its sound */
    look();
    cr_expect_eq(all_of("driver") + all_of("permissions"), 0u);
    cr_expect_eq(count("opencl", SOCLE_HEALTH_SLOW, "pocl-opencl-icd"), 1u);
}

Test(doctor, a_gpu_without_a_driver_is_told_with_what_to_install)
{
    put_gpu("0000:3b:00.0", "0x10de\n", "0x030200\n");
    look();
    cr_expect_eq(all_of("driver"), 1u);
    cr_expect_eq(count("driver", SOCLE_HEALTH_BAD, "1 of NVIDIA on the PCI bus (0000:3b:00.0 first)"), 1u);
    cr_expect_eq(count("driver", SOCLE_HEALTH_BAD, "nvidia-driver"), 1u);
    put_gpu("0000:c1:00.0", "0x1002\n", "0x120000\n");
    put_gpu("0000:00:02.0", "0x8086\n", "0x038000\n");
    look();
    cr_expect_eq(count("driver", SOCLE_HEALTH_SLOW, "1 of AMD on the PCI bus (0000:c1:00.0 first)"), 1u);
    cr_expect_eq(count("driver", SOCLE_HEALTH_SLOW, "intel-opencl-icd"), 1u);
}

Test(doctor, the_driver_in_the_kernel_wants_its_nodes)
{
    put_gpu("0000:3b:00.0", "0x10de\n", "0x030200\n");
    put("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Thu Jan 1 00:00:00 UTC 2026\nGCC version: x\n");
    look();
    cr_expect_eq(count("driver", SOCLE_HEALTH_GOOD, "in the kernel: 570.86.15"), 1u);
    cr_expect_eq(count("driver", SOCLE_HEALTH_BAD, "no /dev/nvidiactl"), 1u);
    put("dev/nvidiactl", "");
    put("proc/driver/nvidia/version", "nonsense");
    look();
    cr_expect_eq(all_of("driver"), 1u);
    cr_expect_eq(count("driver", SOCLE_HEALTH_GOOD, "nonsense"), 1u);
}

Test(doctor, nodes_that_are_not_for_the_user_are_told_with_their_group)
{
    static const char *const nodes[] = {"dev/nvidia0", "dev/nvidiactl", "dev/dri/renderD128", "dev/dri/card0", "dev/kfd"};
    char path[128];
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        put(nodes[i], "");
        (void)snprintf(path, sizeof path, "%s/%s", root, nodes[i]);
        cr_assert_eq(chmod(path, 0600), 0);
    }
    look();
    cr_expect_eq(all_of("permissions"), 0u);
    if (geteuid() != 0 || setresuid(65534, 65534, 0) != 0) { /* back to root when it ends, to clean up */
        cr_skip_test("only root can be somebody else");
    }
    look();
    cr_expect_eq(count("permissions", SOCLE_HEALTH_BAD, "-aG video"), 2u);
    cr_expect_eq(count("permissions", SOCLE_HEALTH_BAD, "-aG render"), 2u, "the node that draws, and that of AMD");
    cr_expect_eq(count("permissions", SOCLE_HEALTH_BAD, "/dev/dri/renderD128 is not for this user"), 1u);
    cr_assert_eq(setresuid(0, 0, 0), 0);
}
