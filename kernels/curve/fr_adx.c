/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the two scalar fields with mulx, adcx and adox; sc_fr_ops_adx asks the processor.
 */
#include "kernels/curve/mont_adx.h"

#define SC_FR_OPS sc_fr_ops_adx_table
#define SC_KERNELS "adx"
#include "kernels/curve/fr_plain.inc"
