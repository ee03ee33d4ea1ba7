// SPDX-License-Identifier: MIT
// MicroPython's functions as functions of ours, for Arm: six bytes each, where a compiler takes 24, and 16 or more wherever
// it calls one through the table itself. Arguments are left where they are.

.syntax unified

.macro function name
.global \name
.type \name, %function
\name:
.endm

.macro call name, place
function \name
    push {r0-r4}
    movs r0, #\place
    b jump
.endm

.section .text.mlt_fun_table, "ax"
.balign 4
function mlt_py_none
    movs r0, #0
    b entry
function mlt_py_bool
    adds r0, #1
// The entry of that number.
entry:
    ldr r1, got
    ldr r2, table
0:  add r1, pc
    ldr r1, [r1, r2]
    lsls r0, #2
    ldr r0, [r1, r0]
    bx lr
// The fifth word on the stack becomes the address to go to; r4 is as it was.
jump:
    mov r3, lr
    bl entry
    mov lr, r3
    str r0, [sp, #16]
    pop {r0-r3, pc}
.balign 4
got:
    .word _GLOBAL_OFFSET_TABLE_ - (0b + 4)
table:
    .word mp_fun_table(GOT)

function mlt_py_qstrs
    ldr r0, qstr_got
    ldr r1, qstr_table
0:  add r0, pc
    ldr r0, [r0, r1]
    bx lr
.balign 4
qstr_got:
    .word _GLOBAL_OFFSET_TABLE_ - (0b + 4)
qstr_table:
    .word mp_native_qstr_table(GOT)

// What gcc calls on its own account, too.
call memset, 50
call memcpy, 51
call memmove, 51

#define MLT_FUN(member, place) call mlt_fun_##member, place;
#include "fun_table.def"
