// SPDX-License-Identifier: MIT
// A plugin for QEMU that counts instructions between two functions of the guest:
//
//     qemu-system-arm ... -plugin insncount.so,begin=0xADDRESS,end=0xADDRESS
//
// prints "insns N" on stderr each time `end` is entered. QEMU of Debian can load plugins but comes
// without their header; these are the few declarations of its interface, version 1, that we need.

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(
    struct qemu_plugin_tb *tb, int op, void *target, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *insn, void (*callback)(unsigned, void *), int flags, void *user);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t begin, end; // addresses
static uint64_t total, start;

static void entered_begin(unsigned cpu, void *user) {
    start = total;
}

static void entered_end(unsigned cpu, void *user) {
    fprintf(stderr, "insns %" PRIu64 "\n", total - start);
}

// Called once for each block of code that QEMU translates.
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    size_t n = qemu_plugin_tb_n_insns(tb);
    for (size_t i = 0; i < n; ++i) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t address = qemu_plugin_insn_vaddr(insn);
        if (address == begin) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, entered_begin, CB_NO_REGS, NULL);
        } else if (address == end) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, entered_end, CB_NO_REGS, NULL);
        }
    }
    qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &total, n);
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    for (int i = 0; i < argc; ++i) {
        const char *value = strchr(argv[i], '=');
        uint64_t address =
            value ? strtoull(value + 1, NULL, 0) & ~(uint64_t)1 : 0; // without the Thumb bit
        if (strncmp(argv[i], "begin=", 6) == 0) {
            begin = address;
        } else if (strncmp(argv[i], "end=", 4) == 0) {
            end = address;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
