/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * libOpenCL.so.1 by dlopen. Stays open: drivers do not like to be unloaded.
 */
#include "host/device/cl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static struct sc_cl_api api;
static bool there;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool find(void *library, const char *name, void *function)
{
    void *const p = dlsym(library, name);
    memcpy(function, &p, sizeof p); /* data and functions have pointers of one size where there is dlsym */
    return p != NULL;
}

static void open_library(void)
{
    void *const library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    there = library != NULL;
#define F(name) there = there && find(library, #name, &api.name);
    SC_CL_FUNCTIONS(F)
#undef F
}

const struct sc_cl_api *sc_cl_api(void)
{
    (void)pthread_once(&once, open_library);
    return there ? &api : NULL;
}
