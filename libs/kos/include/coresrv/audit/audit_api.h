/*
 * coresrv/audit/audit_api.h: the security module's records.
 *
 * Every denial leaves one, and so does every grant that an audit profile of the policy asks for. A record
 * is a line of text: uptime in seconds, verdict, event, who, to whom, method with its arguments, and the
 * rule. The kernel keeps the last ones in a ring; a reader learns how many it was too slow for.
 *
 * Needs of the policy: kl.core.Audit. The published documents name the kernel's methods; the shape of these
 * functions is ours.
 */
#ifndef CORESRV_AUDIT_AUDIT_API_H
#define CORESRV_AUDIT_AUDIT_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* A buffer of this size holds any record. */
#define KN_AUDIT_RECORD_SIZE 1024u

/* Event of a reader's handle (KnNoticeSubscribeToObject): there is something to read again. */
#define EVENT_AUDIT_RECORD 0x10000u

/* Opens journal "kss". The reader begins with the oldest record that is kept; its handle belongs to the
 * caller. rcInvalidArgument: a null pointer. rcResourceNotFound: no such journal. rcBusy: eight readers
 * exist already. rcQuotaExceeded, rcOutOfMemory. */
Retcode KnAudOpen(const char *journal, Handle *handle);

/* The next record: *size bytes (at most bufSize) without terminator, 0 if there is none. *dropped (may be
 * null): how many records were lost before it, since the last call. Does not wait.
 * rcInvalidArgument: not a reader's handle, or a null pointer. rcBufferTooSmall: the record was longer
 * than bufSize and is lost. */
Retcode KnAudRead(Handle handle, void *buf, rtl_size_t bufSize, rtl_size_t *size,
                  rtl_uint32_t *dropped);

/* Closes a reader. rcInvalidArgument: it is none. */
Retcode KnAudClose(Handle handle);

__RTL_END_DECLS

#endif
