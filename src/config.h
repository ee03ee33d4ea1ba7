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

// 1 drops the sentences of errors; status and indices remain.
#ifndef MLT_NO_MESSAGES
#define MLT_NO_MESSAGES 0
#endif

// How deep IF, WHILE and CALL_ONCE may nest subgraphs: bounds the stack.
#ifndef MLT_MAX_DEPTH
#define MLT_MAX_DEPTH 8
#endif

// How often these may run subgraphs in one invoke: a loop of a broken model has an end.
#ifndef MLT_MAX_RUNS
#define MLT_MAX_RUNS 1000000
#endif

#endif
