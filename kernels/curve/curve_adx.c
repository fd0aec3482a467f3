/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the four groups with mulx, adcx and adox; sc_group_ops_adx asks the processor.
 */
#include "kernels/curve/mont_adx.h"

#define SC_GROUP_OPS sc_group_ops_adx_table
#define SC_KERNELS "adx"
#include "kernels/curve/curve_plain.inc"
