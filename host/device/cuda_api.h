/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/device: the functions of NVIDIA's driver that are in use, found in libcuda.so.1 at run time. Declared here, from the driver
 * API's reference, so that a build needs no toolkit. A machine without the library is normal.
 */
#ifndef SC_DEVICE_CUDA_API_H
#define SC_DEVICE_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

typedef struct sc_cu_context *sc_cu_context;
typedef struct sc_cu_module *sc_cu_module;
typedef struct sc_cu_function *sc_cu_function;
typedef struct sc_cu_stream *sc_cu_stream;
typedef struct sc_cu_event *sc_cu_event;
typedef unsigned long long sc_cu_address; /* in the memory of a device */

/** CUresult: those that mean something to us. */
enum sc_cu_result {
    SC_CU_SUCCESS = 0,
    SC_CU_INVALID_VALUE = 1,
    SC_CU_OUT_OF_MEMORY = 2,
    SC_CU_NO_DEVICE = 100,
    SC_CU_NO_BINARY = 209,
    SC_CU_INVALID_HANDLE = 400,
    SC_CU_NOT_FOUND = 500,
    SC_CU_NOT_READY = 600,
    SC_CU_ILLEGAL_ADDRESS = 700,
    SC_CU_TIMEOUT = 702,
};

/** CUdevice_attribute and CUfunction_attribute. */
enum { SC_CU_CLOCK_KHZ = 13, SC_CU_UNITS = 16, SC_CU_MEMORY_KHZ = 36, SC_CU_BUS_BITS = 37, SC_CU_MAJOR = 75, SC_CU_MINOR = 76 };
enum { SC_CU_MAX_ITEMS = 0 };
enum { SC_CU_STREAM_NON_BLOCKING = 1, SC_CU_EVENT_NO_TIMING = 2 };

/* Name here, name in the library, parameters. All return a CUresult. */
#define SC_CU_FUNCTIONS(F)                                                                                                                    \
    F(cuInit, "cuInit", (unsigned flags))                                                                                                    \
    F(cuDriverGetVersion, "cuDriverGetVersion", (int *version))                                                                              \
    F(cuGetErrorString, "cuGetErrorString", (int e, const char **text))                                                                      \
    F(cuDeviceGetCount, "cuDeviceGetCount", (int *n))                                                                                        \
    F(cuDeviceGet, "cuDeviceGet", (int *device, int ordinal))                                                                                \
    F(cuDeviceGetName, "cuDeviceGetName", (char *name, int size, int device))                                                                \
    F(cuDeviceGetPCIBusId, "cuDeviceGetPCIBusId", (char *id, int size, int device))                                                          \
    F(cuDeviceTotalMem, "cuDeviceTotalMem_v2", (size_t *bytes, int device))                                                                  \
    F(cuDeviceGetAttribute, "cuDeviceGetAttribute", (int *value, int attribute, int device))                                                 \
    F(cuDevicePrimaryCtxRetain, "cuDevicePrimaryCtxRetain", (sc_cu_context *out, int device))                                                \
    F(cuDevicePrimaryCtxRelease, "cuDevicePrimaryCtxRelease_v2", (int device))                                                               \
    F(cuCtxSetCurrent, "cuCtxSetCurrent", (sc_cu_context context))                                                                           \
    F(cuMemGetInfo, "cuMemGetInfo_v2", (size_t *unused, size_t *all))                                                                        \
    F(cuMemAlloc, "cuMemAlloc_v2", (sc_cu_address *out, size_t size))                                                                        \
    F(cuMemFree, "cuMemFree_v2", (sc_cu_address address))                                                                                    \
    F(cuMemHostRegister, "cuMemHostRegister_v2", (void *p, size_t size, unsigned flags))                                                     \
    F(cuMemHostUnregister, "cuMemHostUnregister", (void *p))                                                                                 \
    F(cuMemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2", (sc_cu_address to, const void *from, size_t size, sc_cu_stream stream))                     \
    F(cuMemcpyDtoHAsync, "cuMemcpyDtoHAsync_v2", (void *to, sc_cu_address from, size_t size, sc_cu_stream stream))                           \
    F(cuModuleLoadData, "cuModuleLoadData", (sc_cu_module *out, const void *image))                                                          \
    F(cuModuleUnload, "cuModuleUnload", (sc_cu_module module))                                                                               \
    F(cuModuleGetFunction, "cuModuleGetFunction", (sc_cu_function *out, sc_cu_module module, const char *name))                              \
    F(cuFuncGetAttribute, "cuFuncGetAttribute", (int *value, int attribute, sc_cu_function function))                                        \
    F(cuStreamCreate, "cuStreamCreate", (sc_cu_stream *out, unsigned flags))                                                                 \
    F(cuStreamDestroy, "cuStreamDestroy_v2", (sc_cu_stream stream))                                                                          \
    F(cuStreamQuery, "cuStreamQuery", (sc_cu_stream stream))                                                                                 \
    F(cuEventCreate, "cuEventCreate", (sc_cu_event *out, unsigned flags))                                                                    \
    F(cuEventDestroy, "cuEventDestroy_v2", (sc_cu_event event))                                                                              \
    F(cuEventRecord, "cuEventRecord", (sc_cu_event event, sc_cu_stream stream))                                                              \
    F(cuEventQuery, "cuEventQuery", (sc_cu_event event))                                                                                     \
    F(cuLaunchKernel, "cuLaunchKernel",                                                                                                      \
      (sc_cu_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,     \
       unsigned shared_bytes, sc_cu_stream stream, void **params, void **extra))

struct sc_cu_api {
#define F(name, symbol, params) int(*name) params;
    SC_CU_FUNCTIONS(F)
#undef F
};

/** The functions, after cuInit; NULL with a sentence in *why when this machine has no driver, one that is too old, or one that does not
 * start. Any thread; opened once. */
const struct sc_cu_api *sc_cu_api(const char **why);

#endif
