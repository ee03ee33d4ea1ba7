// SPDX-License-Identifier: MIT
// The way into an operator: MLT_ENTER(status = node->op->eval(ctx, node)).
//
// Packs of ours repeat nothing that microlite.mpy has: they call its functions through a table
// (micropython/natmod/shared.def). Where it is, a register says that these builds use for nothing
// else: a pack may have no writable data to keep a pointer in, and some of the functions, such as
// the compiler's own for doubles, are called where no context is at hand.
#ifndef MLT_ENTER_H
#define MLT_ENTER_H

#ifdef MLT_SHARED_REGISTER

#include <stdint.h>

#define MLT_TEXT_(x) #x
#define MLT_TEXT(x) MLT_TEXT_(x)

typedef void mlt_shared_fn(void);
extern mlt_shared_fn *const mlt_shared[];
extern const uint32_t mlt_shared_abi; // of the packs that this table is for
register mlt_shared_fn *const *mlt_shared_register __asm__(MLT_TEXT(MLT_SHARED_REGISTER));

// Afterwards the register is the caller's again, as any function has to leave it.
#define MLT_ENTER(call)                                                                            \
    do {                                                                                           \
        mlt_shared_fn *const *callers_ = mlt_shared_register;                                      \
        mlt_shared_register = mlt_shared;                                                          \
        call;                                                                                      \
        mlt_shared_register = callers_;                                                            \
    } while (0)

#define MLT_IS_SHARED(abi) ((abi) == mlt_shared_abi)

#else

#define MLT_ENTER(call) call
#define MLT_IS_SHARED(abi) false

#endif

#endif
