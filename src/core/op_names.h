// SPDX-License-Identifier: MIT
// Names of the built-in operators, for the error that one is missing.
#ifndef MLT_OP_NAMES_H
#define MLT_OP_NAMES_H

#include <stdint.h>

// "CONV_2D" for 3; "?" for numbers that this version of the schema does not know.
const char *mlt_op_name(int32_t code);

#endif
