/*
 * start.c: the start-up description of this process, and the report of misused arenas.
 *
 * Runs first of all, before the C library has a thread pointer or a heap.
 */
#include "block.h"
#include "line.h"

#include <kl/core/Core.edl.h>
#include <kos/internal.h>
#include <nk/arena.h>
#include <tessera/start.h>

/* The kernel compares it with its own before it starts the program. */
__attribute__((section(".note.tessera"), used)) static const struct kn_note abi_note = {
    .namesz = sizeof(KN_NOTE_NAME),
    .descsz = sizeof(abi_note.abi_hash),
    .type = KN_NOTE_ABI,
    .name = KN_NOTE_NAME,
    .abi_hash = {(uint32_t)kl_core_Core_abi_hash, (uint32_t)(kl_core_Core_abi_hash >> 32)},
};

const struct kn_start *kn_start_info;

void __kos_start_init(const struct kn_start *start)
{
    kn_start_info = start && start->magic == KN_START_MAGIC ? start : NULL;
}

struct block_view block_own(void)
{
    if (!kn_start_info) {
        return block_view(NULL, 0);
    }
    return block_view(kn_start_info + 1, kn_start_info->block_size);
}

void nk_arena_report(const char *what, const struct nk_arena *arena, size_t needed)
{
    struct line line;

    line_begin(&line);
    line_add(&line, "arena ");
    line_add_hex(&line, (uintptr_t)arena);
    line_add(&line, ": ");
    line_add(&line, what);
    if (arena && nk_arena_is_sound(arena)) {
        line_add(&line, "; ");
        line_add_number(&line, nk_arena_used(arena));
        line_add(&line, " of ");
        line_add_number(&line, nk_arena_capacity(arena));
        line_add(&line, " bytes in use");
    }
    if (needed) {
        line_add(&line, "; wanted ");
        line_add_number(&line, needed);
        line_add(&line, " bytes");
    }
    line_end(&line);
}
