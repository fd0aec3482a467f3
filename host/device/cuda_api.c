/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * libcuda.so.1 by dlopen. Stays open: drivers do not like to be unloaded.
 */
#include "host/device/cuda_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static struct sc_cu_api api;
static const char *fault = "libcuda.so.1 cannot be opened; it comes with NVIDIA's driver";
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool find(void *library, const char *name, void *function)
{
    void *const p = dlsym(library, name);
    memcpy(function, &p, sizeof p); /* data and functions have pointers of one size where there is dlsym */
    return p != NULL;
}

static void open_library(void)
{
    void *const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    bool all = library != NULL;
    if (library == NULL) {
        return;
    }
#define F(name, symbol, params) all = all && find(library, symbol, &api.name);
    SC_CU_FUNCTIONS(F)
#undef F
    if (!all) {
        fault = "the driver behind libcuda.so.1 is too old";
    } else if (api.cuInit(0) != SC_CU_SUCCESS) {
        fault = "the driver behind libcuda.so.1 does not start: no device, or no permission (/dev/nvidia*)";
    } else {
        fault = NULL;
    }
}

const struct sc_cu_api *sc_cu_api(const char **why)
{
    (void)pthread_once(&once, open_library);
    *why = fault != NULL ? fault : "";
    return fault == NULL ? &api : NULL;
}
