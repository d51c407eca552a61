/*
 * core/annotations.h: which lock guards what, for clang's -Wthread-safety (an error in the kernel's
 * build). Other compilers see nothing.
 *
 *   GUARDED_BY(l)     this variable or field is touched only with l held
 *   PT_GUARDED_BY(l)  the same for what a pointer points to
 *   REQUIRES(l)       this function is called only with l held
 *   EXCLUDES(l)       this function is called only without it
 *   ACQUIRES(l), RELEASES(l), ASSERTS_HELD(l)   what the lock's own functions do
 *   UNCHECKED         the body is not checked: it knows better (says why beside it)
 */
#ifndef CORE_ANNOTATIONS_H
#define CORE_ANNOTATIONS_H

#ifdef __clang__
#define THREAD_SAFETY(x) __attribute__((x))
#else
#define THREAD_SAFETY(x)
#endif

#define CAPABILITY(name)  THREAD_SAFETY(capability(name))
#define GUARDED_BY(l)     THREAD_SAFETY(guarded_by(l))
#define PT_GUARDED_BY(l)  THREAD_SAFETY(pt_guarded_by(l))
#define REQUIRES(l)       THREAD_SAFETY(requires_capability(l))
#define EXCLUDES(l)       THREAD_SAFETY(locks_excluded(l))
#define ACQUIRES(l)       THREAD_SAFETY(acquire_capability(l))
#define RELEASES(l)       THREAD_SAFETY(release_capability(l))
#define ASSERTS_HELD(l)   THREAD_SAFETY(assert_capability(l))
#define UNCHECKED         THREAD_SAFETY(no_thread_safety_analysis)

#endif
