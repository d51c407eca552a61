/*
 * timer.c: timers that tell by signal or by a thread, and alarm's.
 *
 * One thread, made with the first timer, sleeps until the next one is due. Timers of the system time
 * with an absolute end are looked at each second, since that time can be set; all others run by uptime.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "futex.h"
#include "layer.h"
#include "lock.h"
#include "pthread_impl.h"
#include "signal_queue.h"

#define TIMERS       33 /* number 0 is alarm's */
#define STACK_BYTES  16384
#define SECOND       1000000000ull
#define NEVER        UINT64_MAX
#define US_PER_SEC   1000000

struct timer {
    int is_used;
    unsigned generation;   /* of its number: one that was deleted is not found again */
    int clock, run_clock;  /* what it was made with; what `end` is a time of */
    uint64_t end, interval; /* ns; NEVER: not armed */
    struct sigevent event;
    pthread_attr_t attr;   /* of SIGEV_THREAD */
    struct kos_overrun overrun;
};

static volatile int lock[1];
volatile int *const __kos_timer_lockptr = lock;
static volatile int change; /* counts what the service thread must know */
static int is_served;
static struct timer timers[TIMERS];

static uint64_t now_of(int clock)
{
    return clock == CLOCK_REALTIME ? KnSystemTimeNs() : KnUptimeNs();
}

static void count_missed(struct timer *t, uint64_t n)
{
    uint64_t sum = (uint64_t)t->overrun.missed + n;

    t->overrun.missed = sum < DELAYTIMER_MAX ? (int)sum : DELAYTIMER_MAX;
}

/* What a thread of SIGEV_THREAD runs; its argument was copied before. */
struct call {
    void (*function)(union sigval);
    union sigval value;
    volatile int is_copied;
};

static void *run_call(void *arg)
{
    struct call call = *(struct call *)arg;
    volatile int *word = &((struct call *)arg)->is_copied;

    a_store(word, 1);
    __wake(word, 1, 1);
    call.function(call.value);
    return NULL;
}

static int start_call(struct timer *t)
{
    struct call call = { t->event.sigev_notify_function, t->event.sigev_value, 0 };
    pthread_t thread;

    if (pthread_create(&thread, &t->attr, run_call, &call)) {
        return 1;
    }
    while (!call.is_copied) {
        __futexwait(&call.is_copied, 0, 1);
    }
    return 0;
}

/* Tells once; 1 if that was not possible. */
static int tell(struct timer *t)
{
    siginfo_t info = { .si_signo = t->event.sigev_signo, .si_code = SI_TIMER };

    info.si_value = t->event.sigev_value;
    switch (t->event.sigev_notify) {
    case SIGEV_SIGNAL:
        return kos_signal_send(0, &info, &t->overrun) != 0;
    case SIGEV_THREAD:
        t->overrun.told = t->overrun.missed;
        t->overrun.missed = 0;
        return start_call(t);
    default:
        return 0;
    }
}

static void expire(struct timer *t, uint64_t now)
{
    uint64_t extra = 0;

    if (t->interval) {
        extra = (now - t->end) / t->interval;
        t->end += (extra + 1) * t->interval;
    } else {
        t->end = NEVER;
    }
    count_missed(t, extra);
    count_missed(t, (uint64_t)tell(t));
}

/* Under the lock: runs what is due; how long the service may sleep, in ns. */
static uint64_t serve(void)
{
    uint64_t sleep = NEVER;

    for (int i = 0; i < TIMERS; i++) {
        struct timer *t = &timers[i];
        uint64_t now = now_of(t->run_clock), left;

        if (!t->is_used || t->end == NEVER) {
            continue;
        }
        if (t->end <= now) {
            expire(t, now);
        }
        left = t->end == NEVER ? NEVER : t->end > now ? t->end - now : 0;
        if (t->end != NEVER && t->run_clock == CLOCK_REALTIME && left > SECOND) {
            left = SECOND;
        }
        sleep = left < sleep ? left : sleep;
    }
    return sleep;
}

static void *service(void *unused)
{
    for (;;) {
        struct timespec ts;
        uint64_t sleep;
        int seen;

        LOCK(lock);
        sleep = serve();
        seen = change;
        UNLOCK(lock);
        ts = (struct timespec){ (time_t)(sleep / SECOND), (long)(sleep % SECOND) };
        kos_futex((uint32_t *)&change, FUTEX_WAIT, (uint32_t)seen, sleep == NEVER ? NULL : &ts);
    }
    return unused;
}

/* Under the lock. */
static int start_service(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t before;

    if (is_served) {
        return 0;
    }
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    __block_all_sigs(&before);
    is_served = pthread_create(&thread, &attr, service, NULL) == 0;
    __restore_sigs(&before);
    return is_served ? 0 : EAGAIN;
}

static void wake_service(void)
{
    a_inc(&change);
    kos_futex((uint32_t *)&change, FUTEX_WAKE, 1, NULL);
}

static timer_t name_of(const struct timer *t)
{
    return (timer_t)(uintptr_t)(t->generation * 64u + (unsigned)(t - timers));
}

/* Under the lock: the timer of a number, or null. */
static struct timer *find(timer_t id)
{
    struct timer *t = &timers[(uintptr_t)id % 64 < TIMERS ? (uintptr_t)id % 64 : 0];

    return t != timers && t->is_used && name_of(t) == id ? t : NULL;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int is_event(const struct sigevent *event)
{
    switch (event->sigev_notify) {
    case SIGEV_NONE:
    case SIGEV_THREAD:
        return 1;
    case SIGEV_SIGNAL:
        return event->sigev_signo >= 1 && event->sigev_signo <= SIG_LAST;
    default:
        return 0;
    }
}

/* Under the lock. */
static int fill(struct timer *t, int clock, const struct sigevent *event)
{
    unsigned generation = t->generation + 1;

    *t = (struct timer){ .is_used = 1, .generation = generation, .clock = clock, .end = NEVER };
    if (event) {
        t->event = *event;
    } else {
        t->event.sigev_signo = SIGALRM;
        t->event.sigev_value.sival_ptr = name_of(t);
    }
    pthread_attr_init(&t->attr);
    if (t->event.sigev_notify == SIGEV_THREAD && t->event.sigev_notify_attributes) {
        t->attr = *t->event.sigev_notify_attributes;
    }
    pthread_attr_setdetachstate(&t->attr, PTHREAD_CREATE_DETACHED);
    return 0;
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict id)
{
    int err = EAGAIN;

    if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || (event && !is_event(event))) {
        return fail(EINVAL);
    }
    LOCK(lock);
    for (int i = 1; i < TIMERS; i++) {
        if (!timers[i].is_used) {
            err = start_service();
            if (!err) {
                fill(&timers[i], clock, event);
                *id = name_of(&timers[i]);
            }
            break;
        }
    }
    UNLOCK(lock);
    return err ? fail(err) : 0;
}

int timer_delete(timer_t id)
{
    struct timer *t;

    LOCK(lock);
    t = find(id);
    if (t) {
        t->is_used = 0;
        kos_signal_forget_timer(&t->overrun);
    }
    UNLOCK(lock);
    return t ? 0 : fail(EINVAL);
}

static struct timespec as_timespec(uint64_t ns)
{
    return (struct timespec){ (time_t)(ns / SECOND), (long)(ns % SECOND) };
}

/* Under the lock. A timer that is due but has not been told has a nanosecond left. */
static void read_timer(const struct timer *t, struct itimerspec *value)
{
    uint64_t now = now_of(t->run_clock);

    *value = (struct itimerspec){ as_timespec(t->interval), { 0, 0 } };
    if (t->is_used && t->end != NEVER) {
        value->it_value = as_timespec(t->end > now ? t->end - now : 1);
    }
}

/* Under the lock. */
static void arm(struct timer *t, int flags, const struct itimerspec *value)
{
    uint64_t ns = kos_timespec_ns(&value->it_value);

    kos_signal_forget_timer(&t->overrun);
    t->overrun = (struct kos_overrun){ 0, 0 };
    t->interval = kos_timespec_ns(&value->it_interval);
    t->run_clock = flags & TIMER_ABSTIME ? t->clock : CLOCK_MONOTONIC;
    t->end = ns == 0 ? NEVER : flags & TIMER_ABSTIME ? ns : kos_deadline(ns);
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict value,
                  struct itimerspec *restrict old)
{
    struct timer *t;

    if (!kos_is_timespec(&value->it_value) || !kos_is_timespec(&value->it_interval)) {
        return fail(EINVAL);
    }
    LOCK(lock);
    t = find(id);
    if (t) {
        if (old) {
            read_timer(t, old);
        }
        arm(t, flags, value);
    }
    UNLOCK(lock);
    if (!t) {
        return fail(EINVAL);
    }
    wake_service();
    return 0;
}

int timer_gettime(timer_t id, struct itimerspec *value)
{
    struct timer *t;

    LOCK(lock);
    t = find(id);
    if (t) {
        read_timer(t, value);
    }
    UNLOCK(lock);
    return t ? 0 : fail(EINVAL);
}

int timer_getoverrun(timer_t id)
{
    struct timer *t;
    int told = 0;

    LOCK(lock);
    t = find(id);
    if (t) {
        told = t->overrun.told;
    }
    UNLOCK(lock);
    return t ? told : fail(EINVAL);
}

static struct timeval as_timeval(const struct timespec *ts)
{
    return (struct timeval){ ts->tv_sec, (ts->tv_nsec + 999) / 1000 };
}

static int is_timeval(const struct timeval *tv)
{
    return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < US_PER_SEC;
}

/* alarm's timer; there are none of CPU time. */
int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    struct itimerspec before, spec;
    int err = 0;

    if (which != ITIMER_REAL || !is_timeval(&value->it_value) || !is_timeval(&value->it_interval)) {
        return fail(EINVAL);
    }
    spec.it_value = (struct timespec){ value->it_value.tv_sec, value->it_value.tv_usec * 1000 };
    spec.it_interval = (struct timespec){ value->it_interval.tv_sec, value->it_interval.tv_usec * 1000 };
    LOCK(lock);
    read_timer(&timers[0], &before);
    if (!timers[0].is_used && (err = start_service()) == 0) {
        fill(&timers[0], CLOCK_MONOTONIC, NULL);
    }
    if (!err) {
        arm(&timers[0], 0, &spec);
    }
    UNLOCK(lock);
    if (err) {
        return fail(err);
    }
    if (old) {
        *old = (struct itimerval){ as_timeval(&before.it_interval), as_timeval(&before.it_value) };
    }
    wake_service();
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    struct itimerspec now;

    if (which != ITIMER_REAL) {
        return fail(EINVAL);
    }
    LOCK(lock);
    read_timer(&timers[0], &now);
    UNLOCK(lock);
    *value = (struct itimerval){ as_timeval(&now.it_interval), as_timeval(&now.it_value) };
    return 0;
}
