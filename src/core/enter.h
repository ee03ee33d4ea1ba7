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

#define MLT_TEXT_(x) #x
#define MLT_TEXT(x) MLT_TEXT_(x)

typedef void mlt_shared_fn(void);
extern mlt_shared_fn *const mlt_shared[];
register mlt_shared_fn *const *mlt_shared_register __asm__(MLT_TEXT(MLT_SHARED_REGISTER));

// Afterwards the register is the caller's again, as any function has to leave it.
#define MLT_ENTER(call)                                                                            \
    do {                                                                                           \
        mlt_shared_fn *const *callers_ = mlt_shared_register;                                      \
        mlt_shared_register = mlt_shared;                                                          \
        call;                                                                                      \
        mlt_shared_register = callers_;                                                            \
    } while (0)

#else

#define MLT_ENTER(call) call

#endif

#endif
