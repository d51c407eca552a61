/*
 * coresrv/handle/notice_api.h: notification receivers.
 *
 * A receiver holds entries (resource, event mask, identifier). What happens to a resource is kept in its
 * entries, merged, until it is read with KnNoticeGetEvent(), by one thread or several. An entry ends with
 * its resource, after its last event was read.
 *
 * A Notice is an object with a count of references (kos/objects.h): KosRefObject() and KosPutObject()
 * share it between threads. Errors of handles are those of handle_api.h; a null Notice is
 * rcInvalidArgument.
 */
#ifndef CORESRV_HANDLE_NOTICE_API_H
#define CORESRV_HANDLE_NOTICE_API_H

#include <handle/event_descr.h>
#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef struct KosNotice *Notice;

/* One notification. */
typedef struct {
    rtl_uintptr_t eventId;  /* identifier of the entry, as it was subscribed */
    rtl_uint32_t eventMask; /* what happened since the last one */
} EventDesc;

/* Makes a receiver, with one reference. rcQuotaExceeded, rcOutOfMemory. */
Retcode KnNoticeCreate(Notice *notice);

/* Adds an entry (OCAP_HANDLE_GET_EVENT of the handle). A resource may have several, identifiers need not
 * differ. A process that has ended already gives EVENT_TASK_COMPLETED at once. rcInvalidArgument: an
 * empty mask; rcQuotaExceeded, rcOutOfMemory. */
Retcode KnNoticeSubscribeToObject(Notice notice, Handle object, rtl_uint32_t evMask,
                                  rtl_uintptr_t evId);

/* Takes out the entries of a resource with this identifier; what they hold is lost.
 * rcResourceNotFound: there are none. */
Retcode KnNoticeUnsubscribeFromEvent(Notice notice, Handle object, rtl_uintptr_t evId);

/* Takes out all entries of a resource. rcResourceNotFound: there are none. */
Retcode KnNoticeUnsubscribeFromObject(Notice notice, Handle object);

/*
 * Reads up to countMax notifications, the oldest first, waiting at most msec milliseconds
 * (INFINITE_TIMEOUT: without end) for the first. rcOk: *count of at least one. rcTimeout;
 * rcResourceNotFound: the receiver was dropped; rcInvalidArgument: countMax zero or a null pointer.
 */
Retcode KnNoticeGetEvent(Notice notice, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events,
                         rtl_size_t *count);

/* Sends away all threads that wait in KnNoticeGetEvent(), and who comes later and finds nothing to read,
 * with rcResourceNotFound. The reference stays the caller's. */
Retcode KnNoticeDropAndWake(Notice notice);

/* Gives the caller's reference up, like KosPutObject(). With the last one the receiver and its entries go,
 * and threads that still wait get rcResourceNotFound. */
Retcode KnNoticeRelease(Notice notice);

/* Tells all receivers of a user resource that events of the special part happened
 * (OCAP_HANDLE_SET_EVENT). rcInvalidArgument: an empty mask, a bit of the general part, a resource that is
 * not a program's. */
Retcode KnNoticeSetObjectEvent(Handle object, rtl_uint32_t evMask);

__RTL_END_DECLS

#endif
