/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A libnvidia-ml.so.1 for tests of tools/nvml.py: a device at 0000:3b:00.0 that takes 100 W by its own clock, which each question moves on.
 */
#include <stdio.h>
#include <string.h>

typedef unsigned long long u64;
struct memory {
    u64 total, unused, used;
};

static u64 asked;
static int device;

int nvmlInit_v2(void)
{
    return 0;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **out)
{
    *out = &device;
    return strcmp(bus, "0000:3b:00.0") == 0 ? 0 : 6; /* not found */
}

static int known(const void *d)
{
    return d == &device ? 0 : 1;
}

int nvmlDeviceGetTotalEnergyConsumption(const void *d, u64 *millijoules)
{
    *millijoules = 5000 + 2500 * asked++;
    return known(d);
}

int nvmlDeviceGetClockInfo(const void *d, unsigned kind, unsigned *mhz)
{
    *mhz = kind == 1 ? 1980 : 2619;
    return known(d);
}

int nvmlDeviceGetMemoryInfo(const void *d, struct memory *out)
{
    *out = (struct memory){(u64)80 << 30, (u64)70 << 30, (u64)10 << 30};
    return known(d);
}

int nvmlDeviceGetTemperature(const void *d, unsigned sensor, unsigned *celsius)
{
    *celsius = sensor == 0 ? 61 : 0;
    return known(d);
}

int nvmlDeviceGetCurrentClocksThrottleReasons(const void *d, u64 *reasons)
{
    *reasons = 0x5; /* idle, and the power cap */
    return known(d);
}

int nvmlDeviceGetUUID(const void *d, char *out, unsigned size)
{
    (void)snprintf(out, size, "GPU-fake");
    return known(d);
}

/* No nvmlDeviceGetEnforcedPowerLimit: an old library. */
