/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/device: the functions of OpenCL that are in use, found in the system's loader at run time. A machine without one is normal.
 */
#ifndef SC_DEVICE_CL_API_H
#define SC_DEVICE_CL_API_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define SC_CL_FUNCTIONS(F)                                                                                                                   \
    F(clBuildProgram) F(clCreateBuffer) F(clCreateCommandQueue) F(clCreateContext) F(clCreateKernel) F(clCreateProgramWithBinary)            \
    F(clCreateProgramWithSource) F(clCreateSubBuffer) F(clEnqueueNDRangeKernel) F(clEnqueueReadBuffer) F(clEnqueueWriteBuffer) F(clFlush)    \
    F(clGetDeviceIDs) F(clGetDeviceInfo) F(clGetEventInfo) F(clGetKernelWorkGroupInfo) F(clGetPlatformIDs) F(clGetPlatformInfo)              \
    F(clGetProgramBuildInfo) F(clGetProgramInfo) F(clReleaseCommandQueue) F(clReleaseContext) F(clReleaseEvent) F(clReleaseKernel)           \
    F(clReleaseMemObject) F(clReleaseProgram) F(clSetKernelArg)

struct sc_cl_api {
#define F(name) __typeof__(&name) name;
    SC_CL_FUNCTIONS(F)
#undef F
};

/** The functions; NULL when this machine has no loader of OpenCL or an incomplete one. Any thread; opened once. */
const struct sc_cl_api *sc_cl_api(void);

#endif
