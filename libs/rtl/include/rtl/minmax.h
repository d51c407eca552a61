/*
 * rtl/minmax.h: smaller, larger, and rounding to a power of two.
 */
#ifndef RTL_MINMAX_H
#define RTL_MINMAX_H

#define rtl_min(a, b) ((a) < (b) ? (a) : (b))
#define rtl_max(a, b) ((a) > (b) ? (a) : (b))

/* `align` is a power of two. */
#define rtl_align_up(x, align)   (((x) + ((__typeof__(x))(align)-1)) & ~((__typeof__(x))(align)-1))
#define rtl_align_down(x, align) ((x) & ~((__typeof__(x))(align)-1))
#define rtl_is_aligned(x, align) (((x) & ((__typeof__(x))(align)-1)) == 0)

#endif
