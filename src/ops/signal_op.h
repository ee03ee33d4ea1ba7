// SPDX-License-Identifier: MIT
// The Signal operators: audio front ends as parts of models, bit for bit as TFLM has them.
#ifndef MLT_SIGNAL_OP_H
#define MLT_SIGNAL_OP_H

#include "util.h"

#include <string.h>

// One of them, with functions <op>_prepare and <op>_eval, and another for reset, or NULL.
#define MLT_SIGNAL_OP(op, custom_name, inputs, outputs, reset_function)                            \
    const mlt_op_t mlt_op_signal_##op = {                                                          \
        .name = custom_name,                                                                       \
        .code = MLT_CUSTOM,                                                                        \
        .min_inputs = inputs,                                                                      \
        .max_inputs = inputs,                                                                      \
        .min_outputs = outputs,                                                                    \
        .max_outputs = outputs,                                                                    \
        .prepare = op##_prepare,                                                                   \
        .eval = op##_eval,                                                                         \
        .reset = reset_function,                                                                   \
    };

#endif
