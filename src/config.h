// SPDX-License-Identifier: MIT
// The few switches of the library, with their defaults. Set them with -D.
#ifndef MLT_CONFIG_H
#define MLT_CONFIG_H

// 0 leaves the float32 paths of all operators out.
#ifndef MLT_WITH_FLOAT
#define MLT_WITH_FLOAT 1
#endif

// 0 leaves the paths for int16 activations out.
#ifndef MLT_WITH_INT16
#define MLT_WITH_INT16 1
#endif

// 0 leaves the paths for int4 weights out.
#ifndef MLT_WITH_INT4
#define MLT_WITH_INT4 1
#endif

// 0 leaves dense layers, convolutions, pools and sums of uint8 out.
#ifndef MLT_WITH_UINT8
#define MLT_WITH_UINT8 1
#endif

// 0 leaves sums of plain integers out, of 32 and 64 bits.
#ifndef MLT_WITH_INT32
#define MLT_WITH_INT32 1
#endif

// 0 refuses models whose constants are compressed.
#ifndef MLT_WITH_COMPRESSION
#define MLT_WITH_COMPRESSION 1
#endif

// 0 refuses models with sparse constants, which only DENSIFY reads.
#ifndef MLT_WITH_SPARSE
#define MLT_WITH_SPARSE 1
#endif

// 0 refuses operators that run subgraphs: IF, WHILE, CALL_ONCE, STABLEHLO_COMPOSITE.
#ifndef MLT_WITH_SUBGRAPHS
#define MLT_WITH_SUBGRAPHS 1
#endif

// 0 refuses models that compute with INT32 or INT64, and with it shapes that are computed.
#ifndef MLT_WITH_SHAPES
#define MLT_WITH_SHAPES 1
#endif

// 0 refuses models with variables, which keep a value from one invoke to the next.
#ifndef MLT_WITH_VARIABLES
#define MLT_WITH_VARIABLES 1
#endif

// 0 finds no custom operators.
#ifndef MLT_WITH_CUSTOM
#define MLT_WITH_CUSTOM 1
#endif

// 0 refuses shapes that are not those of the file: tensors do not grow where it leaves them open.
#ifndef MLT_WITH_OPEN_SHAPES
#define MLT_WITH_OPEN_SHAPES 1
#endif

// 0 refuses models with constants behind the FlatBuffer, as those have that are larger than it can
// be.
#ifndef MLT_WITH_FAR_DATA
#define MLT_WITH_FAR_DATA 1
#endif

// 0 leaves out of mlt_write, mlt_read and what goes with them INT64 and UINT32, and INT32 of
// mlt_write.
#ifndef MLT_WITH_WIDE
#define MLT_WITH_WIDE 1
#endif

// 0 leaves mlt_trace and MLT_KEEP_ALL out, which then change nothing.
#ifndef MLT_WITH_TRACE
#define MLT_WITH_TRACE 1
#endif

// 0 makes no use of a memory plan in the model: the planner's own is used.
#ifndef MLT_WITH_OFFLINE_PLAN
#define MLT_WITH_OFFLINE_PLAN 1
#endif

// 0 leaves the names of operators that are not linked out: errors give their number.
#ifndef MLT_WITH_OP_NAMES
#define MLT_WITH_OP_NAMES 1
#endif

// 0 takes the smallest kernels for int8, not the fastest: results are the same.
#ifndef MLT_WITH_FAST_KERNELS
#define MLT_WITH_FAST_KERNELS 1
#endif

// How deep these may nest subgraphs: bounds the stack.
#ifndef MLT_MAX_DEPTH
#define MLT_MAX_DEPTH 8
#endif

// How often these may run subgraphs in one invoke: a loop of a broken model has an end.
#ifndef MLT_MAX_RUNS
#define MLT_MAX_RUNS 1000000
#endif

#endif
