/*
 * multiboot.h: numbers of Multiboot2 that assembly and C share.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#define MULTIBOOT_HEADER_MAGIC 0xe85250d6
#define MULTIBOOT_MAGIC        0x36d76289
#define MULTIBOOT_INFO_MAX     32768 /* bytes of the loader's description that are kept */

#endif
