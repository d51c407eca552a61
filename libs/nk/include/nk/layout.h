/*
 * nk/layout.h: checks at compile time that a generated structure has the layout of the wire.
 */
#ifndef NK_LAYOUT_H
#define NK_LAYOUT_H

#include <nk/compiler.h>
#include <nk/types.h>
#include <stddef.h>

/* The size in bytes of a whole structure. */
#define nk_layout_size(type, bytes)                                                                \
    nk_static_assert(sizeof(type) == (bytes), #type " has another size than on the wire")

/* The place of one member, in bytes from the start of the structure. */
#define nk_layout_offset(type, member, bytes)                                                      \
    nk_static_assert(offsetof(type, member) == (bytes),                                            \
                     #type "." #member " has another place than on the wire")

nk_layout_size(nk_uint8_t, 1);
nk_layout_size(nk_uint16_t, 2);
nk_layout_size(nk_uint32_t, 4);
nk_layout_size(nk_uint64_t, 8);
nk_layout_size(nk_handle_desc_t, 16);
nk_layout_size(nk_ptr_t, 8);
nk_layout_size(struct nk_message, 24);

#endif
