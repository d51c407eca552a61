/*
 * policy/audit.h: what the security module decided, for people and for programs.
 *
 * Every denial leaves one record, and so does every grant that an audit profile asks for. A record is a
 * line of text:
 *
 *      12.345678 denied: request a.A -> b.B: b.main.Set(speed=120): assert (...) at security.psl:31
 *
 * Records stand in a ring from which programs read through kl.core.Audit; each reader is told how many
 * it has lost. Denials are also shown on the console: an identical one again at its 10th, 100th ... time
 * and counted at the end of the run, and never more than a bounded number of lines in a second.
 */
#ifndef POLICY_AUDIT_H
#define POLICY_AUDIT_H

#include <stdint.h>

#include "object/notice.h"
#include "object/object.h"
#include <rtl/retcode.h>
#include <tessera/formats.h>

struct account;
struct process;

enum audit_verdict { AUDIT_GRANTED, AUDIT_DENIED, AUDIT_MALFORMED };

struct audit_event {
    const struct ksm_query *query;
    enum audit_verdict verdict;
    const struct ksm_reason *why;   /* null: a constant verdict; it is found out */
    const struct process *from, *to; /* null: the kernel */
    const struct ksm_form *form;    /* of the message; null: none, or malformed */
};

#define AUDIT_TEXT_MAX 400 /* bytes of a line, terminator included */

void audit_write(const struct audit_event *event);

/* Shows what was only counted so far. At the end of a run. */
void audit_finish(void);

/* One who reads the records. */
struct audit_reader {
    struct object object;
    struct account *account;
    struct list link;  /* of all readers */
    uint64_t sequence; /* of the record that comes next */
    uint32_t at;       /* where it stands in the ring, if it is still there */
    struct post post; /* of a record */
    bool has_news;
};

#define AUDIT_READERS_MAX 8
#define EVENT_AUDIT_RECORD 0x10000u /* there is a record to read */

/* A reader of the records from now on, and of those that are still kept. rcQuotaExceeded, rcOutOfMemory;
 * rcBusy: AUDIT_READERS_MAX exist. */
Retcode audit_reader_create(struct account *account, struct audit_reader **out);

/* The next record: *used bytes of text (no terminator), zero if there is none; *lost: how many were
 * dropped before it since the last call. buf has AUDIT_RECORD_MAX bytes. */
#define AUDIT_RECORD_MAX (AUDIT_TEXT_MAX + 40)
void audit_read(struct audit_reader *r, char *buf, uint32_t *used, uint32_t *lost);

/* ---- between the files of this folder: describe.c ---- */

/* "request a.A -> b.B: b.main.Set(speed=120)", cut to size. Returns its length. */
uint32_t audit_describe(const struct audit_event *event, char *buf, uint32_t size);
/* What it shows of argument i that stands in the arena: *size bytes. Null: there is no such argument. */
const void *audit_text_of(const struct audit_event *event, unsigned i, uint32_t *size);

#endif
