// SPDX-License-Identifier: MIT
// The serial port of this machine: Arm's CMSDK UART, as on MPS2, at the address for secure code.

#include <stdint.h>

#include "uart.h"

typedef struct uart {
    volatile uint32_t data, state, control, interrupts, divisor;
} uart_t;

#define UART0 ((uart_t *)0x59303000)

enum { STATE_SENDING = 1, STATE_RECEIVED = 2, CONTROL_SEND = 1, CONTROL_RECEIVE = 2 };

void uart_init(void) {
    UART0->divisor = 16; // the least that switches it on; QEMU does not care for speed
    UART0->control = CONTROL_SEND | CONTROL_RECEIVE;
}

int uart_rx_chr(void) {
    return UART0->state & STATE_RECEIVED ? (int)UART0->data : UART_RX_NO_CHAR;
}

void uart_tx_strn(const char *text, size_t length) {
    for (size_t i = 0; i < length; ++i) {
        while (UART0->state & STATE_SENDING) {
        }
        UART0->data = (uint8_t)text[i];
    }
}
