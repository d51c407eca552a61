/*
 * console.c: two serial ports, polled, and the ways to end the run.
 */
#include "x86.h"

#include <arch/console.h>

#define UART_DATA   0
#define UART_IRQ    1
#define UART_FIFO   2
#define UART_LINE   3
#define UART_MODEM  4
#define UART_STATUS 5

#define STATUS_EMPTY 0x20
#define FIFO_SIZE    16u
#define SPIN_LIMIT   1000000u /* a port that never gets ready loses its text, not the machine */

#define EXIT_PORT     0xf4
#define KEYBOARD_PORT 0x64
#define KEYBOARD_RST  0xfe

static const uint16_t ports[2] = {0x3f8, 0x2f8};

void x86_console_init(void)
{
    for (unsigned i = 0; i < 2; i++) {
        x86_outb(ports[i] + UART_IRQ, 0);
        x86_outb(ports[i] + UART_LINE, 0x80); /* divisor */
        x86_outb(ports[i] + UART_DATA, 1);    /* 115,200 baud */
        x86_outb(ports[i] + UART_IRQ, 0);
        x86_outb(ports[i] + UART_LINE, 3); /* 8 bits, no parity, 1 stop bit */
        x86_outb(ports[i] + UART_FIFO, 7);
        x86_outb(ports[i] + UART_MODEM, 3);
    }
}

static bool is_empty(uint16_t port)
{
    return x86_inb(port + UART_STATUS) & STATUS_EMPTY;
}

static void wait_empty(uint16_t port)
{
    for (unsigned i = 0; i < SPIN_LIMIT && !is_empty(port); i++)
        arch_pause();
}

void arch_console_write(unsigned port, const char *text, size_t size)
{
    uint16_t base = ports[port & 1];
    for (size_t i = 0; i < size; i++) {
        if (i % FIFO_SIZE == 0)
            wait_empty(base);
        x86_outb(base + UART_DATA, (uint8_t)text[i]);
    }
}

size_t arch_console_write_some(unsigned port, const char *text, size_t size)
{
    uint16_t base = ports[port & 1];
    size_t n = size < FIFO_SIZE ? size : FIFO_SIZE;
    if (!is_empty(base))
        return 0;
    for (size_t i = 0; i < n; i++)
        x86_outb(base + UART_DATA, (uint8_t)text[i]);
    return n;
}

void arch_console_putc(unsigned port, char c)
{
    arch_console_write(port, &c, 1);
}

_Noreturn void arch_exit(unsigned status)
{
    x86_stop_others();
    x86_outl(EXIT_PORT, status);
    x86_power_off();
    x86_outb(KEYBOARD_PORT, KEYBOARD_RST);
    for (;;)
        __asm__ volatile("cli; hlt");
}
