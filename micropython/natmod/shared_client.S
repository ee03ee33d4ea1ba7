// SPDX-License-Identifier: MIT
// In a pack, in place of each function of shared.def: a jump through the table of microlite.mpy, to which a register
// points (shared.mk). Arguments are left where they are.

.set place, 0 // in the table

.macro shared name
.section .text.shared_\name, "ax"
.global \name
.type \name, %function
\name:
    jump place
.set place, place + 1
.endm

#if defined(__ARM_ARCH_6M__)
.syntax unified
.macro jump place
    // Only r0 to r7 can be loaded, and all that are free to use may hold arguments. An offset of more than 124 does not
    // fit the load, one of more than 255 not an addition.
    push {r0, r1}
    mov r0, MLT_SHARED_REGISTER
    .if \place > 94
    adds r0, #252
    adds r0, #4 * (\place - 94)
    ldr r0, [r0, #124]
    .elseif \place > 31
    adds r0, #4 * (\place - 31)
    ldr r0, [r0, #124]
    .else
    ldr r0, [r0, #4 * \place]
    .endif
    str r0, [sp, #4]
    pop {r0, pc}
.endm
#elif defined(__thumb2__)
.syntax unified
.macro jump place
    ldr.w ip, [MLT_SHARED_REGISTER, #4 * \place]
    bx ip
.endm
#elif defined(__riscv)
.macro jump place
    lw t1, 4 * \place(MLT_SHARED_REGISTER)
    jr t1
.endm
#else
.macro jump place
    jmp *8 * \place(%MLT_SHARED_REGISTER)
.endm
#endif

#define MLT_SHARED(name) shared name;
#include "shared.def"
