/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A build without OpenCL's headers has no devices of OpenCL.
 */
#include "host/device/opencl.h"

#include <stdio.h>

size_t sc_opencl_list(struct sc_opencl_about *out, size_t max)
{
    (void)out;
    (void)max;
    return 0;
}

socle_status sc_opencl_open(struct sc_device *out, char *why, size_t why_size, unsigned index)
{
    (void)index;
    *out = (struct sc_device){NULL, NULL};
    (void)snprintf(why, why_size, "this build has no OpenCL: its headers were not there");
    return SOCLE_E_DEVICE;
}

const char *sc_opencl_message(const struct sc_device *device)
{
    (void)device;
    return "";
}
