/*
 * sys/cdefs.h: the helper macros that programs written for BSD-like systems take from here.
 */
#ifndef _SYS_CDEFS_H
#define _SYS_CDEFS_H

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS   }
#define __THROW       throw()
#else
#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW
#endif

#define __P(args)       args
#define __CONCAT1(x, y) x##y
#define __CONCAT(x, y)  __CONCAT1(x, y)
#define __STRING(x)     #x
#define __XSTRING(x)    __STRING(x)

#endif
