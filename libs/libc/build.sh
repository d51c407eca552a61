#!/bin/sh
# build.sh CACHE BUILD SYSROOT INCLUDE...: builds the C library into SYSROOT.
#
#   CACHE    where the source tarball is kept (fetch.sh puts it there)
#   BUILD    for objects; may be deleted at any time
#   SYSROOT  receives lib/libc.a, lib/crt0.o, the empty libm.a etc., include/ and musl's licence
#   INCLUDE  folders where kernel and libkos headers are found
#
# musl's tree is unpacked into BUILD and changed there: `replaced` lists files of musl that ours
# take the place of, `change` the edits. Nothing is done when everything is up to date.
# CC, AR, OBJDUMP name the tools; the defaults are clang 14's. Programs link with clang's builtins
# library too (128-bit division, complex multiplication).
set -eu

die() { echo "libc: $*" >&2; exit 1; }

[ $# -ge 4 ] || die "usage: build.sh CACHE BUILD SYSROOT INCLUDE..."
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" "$2" "$3/lib" "$3/include"
cache=$(cd "$1" && pwd) build=$(cd "$2" && pwd) sysroot=$(cd "$3" && pwd)
shift 3
includes=
for dir in "$@"; do
    includes="$includes '-I$(cd "$dir" && pwd)'"
done

CC=${CC:-clang-14}
AR=${AR:-llvm-ar-14}
OBJDUMP=${OBJDUMP:-llvm-objdump-14}
musl=$build/musl-1.2.3

# The sources of musl that are not taken: ours stand in libs/libc/src.
replaced='
src/thread/x86_64/clone.s
src/thread/x86_64/syscall_cp.s
src/thread/x86_64/__unmapself.s
src/thread/x86_64/__set_thread_area.s
src/thread/clone.c
src/thread/syscall_cp.c
src/thread/__unmapself.c
src/thread/__set_thread_area.c
src/thread/pthread_cancel.c
src/thread/pthread_getattr_np.c
src/thread/pthread_getschedparam.c
src/thread/pthread_setschedparam.c
src/thread/pthread_setschedprio.c
src/thread/pthread_attr_setschedparam.c
src/thread/pthread_attr_setschedpolicy.c
src/thread/pthread_getname_np.c
src/thread/pthread_setname_np.c
src/sched/affinity.c
src/sched/sched_getparam.c
src/sched/sched_getscheduler.c
src/sched/sched_rr_get_interval.c
src/sched/sched_setparam.c
src/sched/sched_setscheduler.c
src/signal/x86_64/restore.s
src/process/x86_64/vfork.s
src/exit/abort.c
src/stdio/__stdout_write.c
src/stdio/perror.c
src/internal/vdso.c
src/thread/sem_open.c
src/thread/sem_unlink.c
src/thread/pthread_getcpuclockid.c
src/time/clock.c
src/time/clock_getcpuclockid.c
src/time/timer_create.c
src/time/timer_delete.c
src/time/timer_getoverrun.c
src/time/timer_gettime.c
src/time/timer_settime.c
src/signal/getitimer.c
src/signal/setitimer.c
src/linux/adjtime.c
'

# change FILE OLD NEW: replaces text in a file of musl's tree; stops if OLD is not there.
change() {
    grep -qF -- "$2" "$musl/$1" || die "$1: the text to change is missing: $2"
    OLD=$2 NEW=$3 awk '
        { at = index($0, ENVIRON["OLD"])
          if (at) $0 = substr($0, 1, at - 1) ENVIRON["NEW"] substr($0, at + length(ENVIRON["OLD"]))
          print }' "$musl/$1" >"$musl/$1.new"
    mv "$musl/$1.new" "$musl/$1"
}

change_threads() {
    # A thread may be ended at any point (KosThreadTerminate), so whoever does that has to find each
    # mutex: one that is being taken or given back, shared or not, is pending until that is done.
    change src/thread/pthread_mutex_trylock.c 'tid |= old & 0x40000000;' \
        'tid |= old & 0x40000000; self->robust_list.pending = &m->_m_next;'
    change src/thread/pthread_mutex_timedlock.c 'if (!priv) self->robust_list.pending' \
        'self->robust_list.pending'
    change src/thread/pthread_mutex_unlock.c 'volatile void *prev = m->_m_prev;' \
        'self->robust_list.pending = &m->_m_next; volatile void *prev = m->_m_prev;'
    change src/thread/pthread_mutex_unlock.c 'if (type != PTHREAD_MUTEX_NORMAL && !priv) {' \
        'if (type != PTHREAD_MUTEX_NORMAL && !(type&4)) self->robust_list.pending = 0;
	if (type != PTHREAD_MUTEX_NORMAL && !priv) {'
    change src/thread/pthread_mutex_unlock.c '		self->robust_list.pending = 0;' ''
    # Who waits for a mutex that is lost is told so.
    change src/thread/pthread_mutex_unlock.c '__wake(&m->_m_lock, 1, priv);' \
        '__wake(&m->_m_lock, new ? -1 : 1, priv);'
    change src/thread/pthread_mutex_unlock.c '	return 0;' \
        '	if (type != PTHREAD_MUTEX_NORMAL) self->robust_list.pending = 0;
	return 0;'
    change src/thread/pthread_mutex_timedlock.c 'case ETIMEDOUT:' \
        'case ETIMEDOUT: case EINVAL: case ENOTRECOVERABLE:'
    # The lock of the thread list keeps numbers of threads valid; whoever ends a thread holds it.
    change src/thread/pthread_create.c 'UNLOCK(self->killlock);' ''
    change src/thread/pthread_create.c 'LOCK(self->killlock);' ''
    change src/thread/pthread_kill.c 'UNLOCK(t->killlock);' '__tl_unlock();'
    change src/thread/pthread_kill.c 'LOCK(t->killlock);' '__tl_lock();'
    # A thread's policy is kept, and the kernel's refusal is told.
    change src/internal/pthread_impl.h '#define __SU' \
        'hidden int kos_sched_set(struct pthread *, int, int);
#define __SU'
    change src/thread/pthread_create.c 'ret = __syscall(SYS_sched_setscheduler,' \
        'ret = -kos_sched_set('
    change src/thread/pthread_create.c 'new->tid, attr._a_policy, &attr._a_prio);' \
        'new, attr._a_policy, attr._a_prio);'
    # Of those who wait for a condition the highest priority comes first, then who waits longest.
    change src/thread/pthread_cond_timedwait.c 'if (!c->_c_tail) c->_c_tail = &node;' ''
    change src/thread/pthread_cond_timedwait.c 'else node.next->prev = &node;' ''
    change src/thread/pthread_cond_timedwait.c 'c->_c_head = &node;' ''
    change src/thread/pthread_cond_timedwait.c 'node.next = c->_c_head;' 'enqueue(c, &node);'
    change src/thread/pthread_cond_timedwait.c 'volatile int state, barrier;' \
        'volatile int state, barrier; int priority;'
    change src/thread/pthread_cond_timedwait.c '/* Self-synchronized-destruction-safe lock functions */' \
        'static void enqueue(pthread_cond_t *c, struct waiter *w)
{
	struct waiter *at = c->_c_head;
	w->priority = __pthread_self()->kos.priority;
	while (at && at->priority < w->priority) w->prev = at, at = at->next;
	w->next = at;
	if (at) at->prev = w; else c->_c_tail = w;
	if (w->prev) w->prev->next = w; else c->_c_head = w;
}'
    # Asynchronous cancellation ends waits for mutexes and read-write locks too.
    change src/internal/pthread_impl.h '#define __SU' 'hidden int kos_is_async(void);
#define __SU'
    change src/thread/__timedwait.c '__pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);' \
        'if (kos_is_async()) return __timedwait_cp(addr, val, clk, at, priv);
	__pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cs);'
    # Codes in place of a trap or of waiting for ever.
    change src/thread/pthread_join.c 'int state, cs, r = 0;' \
        'int state, cs, r = 0; if (t->detach_state >= DT_DETACHED) return EINVAL; if (t == __pthread_self()) return EDEADLK;'
    change src/thread/pthread_join.c 'if (state >= DT_DETACHED) a_crash();' \
        'if (state >= DT_DETACHED) { __pthread_setcancelstate(cs, 0); return EINVAL; }'
    change src/thread/pthread_atfork.c '#include "lock.h"' '#include "lock.h"
#include <errno.h>'
    change src/thread/pthread_atfork.c 'if (!new) return -1;' 'if (!new) return ENOMEM;'
    # Processors that run, not those that the caller may use.
    change src/conf/sysconf.c '__syscall(SYS_sched_getaffinity, 0, sizeof set, set);' \
        'unsigned kos_cpu_count(void); return kos_cpu_count();'
}

unpack() {
    rm -rf "$musl" "$build/obj"
    tar -C "$build" -xzf "$cache/musl_1.2.3.orig.tar.gz"
    for file in $replaced; do
        [ -f "$musl/$file" ] && rm "$musl/$file"
    done
    cp "$here/arch/syscall_arch.h" "$musl/arch/x86_64/syscall_arch.h"
    cp "$here/arch/kos_thread_state.h" "$musl/src/internal/kos_thread_state.h"
    # A thread has our state too.
    change src/internal/pthread_impl.h '#include "pthread_arch.h"' \
        '#include "pthread_arch.h"
#include "kos_thread_state.h"'
    change src/internal/pthread_impl.h 'void *stdio_locks;' \
        'void *stdio_locks; struct kos_thread_state kos;'
    # Stacks of threads that have ended are used again.
    change src/internal/pthread_impl.h '#define __SU' 'hidden unsigned char *__kos_stack_take(size_t, size_t);
hidden void __kos_stack_give(struct pthread *);
#define __SU'
    change src/thread/pthread_create.c 'if (guard) {' \
        'if ((map = __kos_stack_take(size, guard))) {} else if (guard) {'
    change src/thread/pthread_join.c '__munmap(t->map_base, t->map_size)' '__kos_stack_give(t)'
    change_threads
    # What one fprintf prints to stderr goes out whole.
    change src/stdio/vfprintf.c 'internal_buf[80]' 'internal_buf[1024]'
    # Semaphores are the process's own. Users are few: nothing is to be done in every thread.
    change src/thread/sem_init.c 'if (value > SEM_VALUE_MAX)' \
        'if (pshared) { errno = ENOSYS; return -1; }
	if (value > SEM_VALUE_MAX)'
    change src/unistd/setxid.c '__synccall(do_setxid, &c);' 'do_setxid(&c);'
    change src/time/times.c '__syscall(SYS_times' 'syscall(SYS_times'
    # There is no command interpreter and no terminal.
    change src/process/system.c 'if (!cmd) return 1;' 'if (!cmd) return 0;'
    change src/unistd/ctermid.c 's ? strcpy(s, "/dev/tty") : "/dev/tty"' 's ? strcpy(s, "") : ""'
    options
    # What printf had put into the stream's buffer was lost.
    change src/stdio/open_wmemstream.c 'wchar_t *newbuf;' 'wchar_t *newbuf;
	size_t held = f->wpos - f->wbase;
	if (held) {
		f->wpos = f->wbase;
		if (wms_write(f, f->wbase, held) < held) return 0;
	}'
    # No list of users is an empty one.
    change src/passwd/getpw_a.c 'rv = errno;' 'rv = errno == ENOENT ? 0 : errno;'
    change src/passwd/getgr_a.c 'rv = errno;' 'rv = errno == ENOENT ? 0 : errno;'
    # Addresses are in the network's order.
    change src/network/inet_legacy.c '(struct in_addr){ h }' '(struct in_addr){ htonl(h) }'
    change src/network/inet_legacy.c 'uint32_t h = in.s_addr;' 'uint32_t h = ntohl(in.s_addr);'
    # The character given back is not always the one before the place of reading (fmemopen).
    change src/stdio/vfwscanf.c '#if 1' '#if 0'
    # EUC-KR: a lead byte beyond the extended range read past the table.
    change src/locale/iconv.c 'c >= 93 || c>=0xc6-0x81 && d>0x52' \
        'c > 0xc6-0x81 || c==0xc6-0x81 && d>0x52'
}

# option NAME VALUE: what sysconf says of _SC_NAME, and the constant for #if; -1: there is none.
option() {
    grep -q "\[_SC_$1\] = " "$musl/src/conf/sysconf.c" || die "sysconf does not know $1"
    sed -i "s/\[_SC_$1\] = [^,]*,/[_SC_$1] = $2,/" "$musl/src/conf/sysconf.c"
    sed -i "s/^#define \(_POSIX_$1\|_$1\)  *[^ ]*\$/#define \1 ($2)/" "$musl/include/unistd.h"
}

options() {
    for name in JOB_CONTROL SAVED_IDS FSYNC MAPPED_FILES MESSAGE_PASSING SHARED_MEMORY_OBJECTS \
        THREAD_PROCESS_SHARED CPUTIME THREAD_CPUTIME SHELL SPAWN IPV6 RAW_SOCKETS \
        XOPEN_UNIX XOPEN_ENH_I18N XOPEN_SHM PHYS_PAGES AVPHYS_PAGES; do
        option $name -1
    done
    option TIMER_MAX 32
    option SIGQUEUE_MAX 64
    option CHILD_MAX 1
}

# The headers that musl's makefile generates.
generate() {
    gen=$build/gen
    mkdir -p "$gen/include/bits" "$gen/internal"
    sed -f "$musl/tools/mkalltypes.sed" "$musl/arch/x86_64/bits/alltypes.h.in" \
        "$musl/include/alltypes.h.in" >"$gen/include/bits/alltypes.h"
    cp "$musl/arch/x86_64/bits/syscall.h.in" "$gen/include/bits/syscall.h"
    sed -n -e s/__NR_/SYS_/p <"$musl/arch/x86_64/bits/syscall.h.in" >>"$gen/include/bits/syscall.h"
    echo '#define VERSION "1.2.3"' >"$gen/internal/version.h"
}

# musl's own choice of files: those of an x86_64 folder take the place of the ones above it.
musl_sources() {
    (cd "$musl" && ls src/*/*.c src/malloc/mallocng/*.c src/*/x86_64/*.[csS]) | awk '
        { name = $0; sub(/\.[csS]$/, "", name) }
        /\/x86_64\// { sub(/\/x86_64/, "", name); arch[name] = $0; next }
        { base[name] = $0 }
        END {
            for (n in arch) print arch[n]
            for (n in base) if (!(n in arch)) print base[n]
        }' | sort
}

# Paths stand in ninja's variables and in quotes: a folder's name may hold blanks.
write_ninja() {
    target="--target=x86_64-unknown-none-elf -D__KOS__=1"
    common="$target -O2 -g1 -ffreestanding -nostdinc -fPIE -fno-stack-protector -frounding-math \
-fno-omit-frame-pointer -fno-strict-aliasing -ffunction-sections -fdata-sections -Wa,--noexecstack"
    inner="-D_XOPEN_SOURCE=700"
    for dir in arch/x86_64 arch/generic; do inner="$inner -isystem '\$musl/$dir'"; done
    inner="$inner -isystem '\$objects_dir/gen/internal'"
    for dir in src/include src/internal; do inner="$inner -isystem '\$musl/$dir'"; done
    inner="$inner -isystem '\$objects_dir/gen/include' -isystem '\$musl/include'"
    cat <<NINJA
musl = $musl
objects_dir = $build
here = $here
sysroot = $sysroot
rule musl
  command = $CC $common -std=c99 -w $inner -MMD -MF \$out.d -c -o \$out \$in
  depfile = \$out.d
  deps = gcc
  description = libc: \$in
rule ours
  command = $CC $common -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror -D_GNU_SOURCE=1 $inner $includes '-I\$here/include' '-I\$here/src' -MMD -MF \$out.d -c -o \$out \$in
  depfile = \$out.d
  deps = gcc
  description = libc: \$in
rule archive
  command = rm -f \$out \$out.new && $AR rcs \$out.new @\$out.rsp && sh '\$here/check.sh' $OBJDUMP \$out.new && mv \$out.new \$out
  rspfile = \$out.rsp
  rspfile_content = \$in
  description = libc: archive
rule copy
  command = cp \$in \$out
  description = libc: \$out
NINJA
    objects=
    for file in $(musl_sources); do
        object=\$objects_dir/obj/musl/${file%.*}.o
        echo "build $object: musl \$musl/$file"
        objects="$objects $object"
    done
    for file in "$here"/src/*.c "$here"/src/*.S; do
        name=$(basename "$file")
        echo "build \$objects_dir/obj/kos/${name%.*}.o: ours \$here/src/$name"
        [ "${name%.*}" = crt0 ] || objects="$objects \$objects_dir/obj/kos/${name%.*}.o"
    done
    echo "build \$sysroot/lib/libc.a: archive$objects | \$here/check.sh"
    echo "build \$sysroot/lib/crt0.o: copy \$objects_dir/obj/kos/crt0.o"
    echo "default \$sysroot/lib/libc.a \$sysroot/lib/crt0.o"
}

install_headers() {
    cp -pRu "$musl/include/." "$sysroot/include/"
    rm -f "$sysroot/include/alltypes.h.in"
    mkdir -p "$sysroot/include/bits"
    cp -pu "$musl"/arch/generic/bits/*.h "$sysroot/include/bits/"
    cp -p "$musl"/arch/x86_64/bits/*.h "$build"/gen/include/bits/*.h "$sysroot/include/bits/"
    cp -pR "$here/include/." "$sysroot/include/"
    mkdir -p "$sysroot/share/doc/musl"
    cp -p "$musl/COPYRIGHT" "$sysroot/share/doc/musl/"
    for lib in m rt pthread crypt util xnet resolv dl; do
        [ -f "$sysroot/lib/lib$lib.a" ] || "$AR" rcs "$sysroot/lib/lib$lib.a"
    done
}

# Everything that build.ninja depends on, but for the files that ninja itself watches.
stamp=$(echo "$CC $AR $OBJDUMP $build $sysroot $includes" "$here"/src/*.[cS] &&
    cat "$here/build.sh" "$here"/arch/*.h "$here"/include/*/*.h)
if [ "$stamp" != "$(cat "$build/stamp" 2>/dev/null)" ] || [ ! -f "$sysroot/include/stdio.h" ]; then
    "$here/fetch.sh" "$cache"
    unpack
    generate
    write_ninja >"$build/build.ninja"
    install_headers
    printf '%s\n' "$stamp" >"$build/stamp"
fi
case $(ninja -C "$build" -n | tail -n 1) in
"ninja: no work to do.") exit ;;
esac
if [ -t 1 ]; then
    exec ninja -C "$build" -j2
fi
ninja -C "$build" -j2 --quiet >"$build/log" || { cat "$build/log"; exit 1; }
