/*
 * services/ocap.h: the rights of handles.
 *
 * The lower half of the mask is the general part, bits 16 to 30 mean something else for every kind
 * of object; bit 31 is no right. Rights never grow when a handle is copied or transferred.
 */
#ifndef SERVICES_OCAP_H
#define SERVICES_OCAP_H

/* General part. */
#define OCAP_HANDLE_TRANSFER  0x00000001u /* may be sent to another process */
#define OCAP_HANDLE_COPY      0x00000002u
#define OCAP_HANDLE_GET_SID   0x00000004u
#define OCAP_HANDLE_SET_EVENT 0x00000008u
#define OCAP_HANDLE_GET_EVENT 0x00000010u
#define OCAP_HANDLE_GENERAL                                                                        \
    (OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID | OCAP_HANDLE_SET_EVENT |       \
     OCAP_HANDLE_GET_EVENT)

/* Special part of user resources: bits 0..14 of `bits`. In a callable handle's mask bit 0 is the right
 * to call, OCAP_IPC_CALL. */
#define OCAP_HANDLE_SPEC(bits) ((unsigned)(bits) << 16)

/* Special part of IPC handles. */
#define OCAP_IPC_CALL   0x00010000u
#define OCAP_IPC_RECV   0x00020000u
#define OCAP_IPC_LISTEN 0x00040000u /* channels may be added */

#define OCAP_IPC_CLIENT                                                                            \
    (OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)
#define OCAP_IPC_SERVER                                                                            \
    (OCAP_IPC_RECV | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)
#define OCAP_IPC_LISTENER (OCAP_IPC_SERVER | OCAP_IPC_LISTEN)

/* Special part of process handles. */
#define OCAP_TASK_CONTROL 0x00010000u
#define OCAP_TASK_WAIT    0x00020000u
#define OCAP_TASK_DEBUG   0x00040000u /* its handles may be listed */
/* What the creator of a process gets. */
#define OCAP_TASK_FULL                                                                             \
    (OCAP_TASK_CONTROL | OCAP_TASK_WAIT | OCAP_TASK_DEBUG | OCAP_HANDLE_TRANSFER |                 \
     OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID | OCAP_HANDLE_GET_EVENT)

/* Special part of thread handles, and what a thread's creator gets. */
#define OCAP_THREAD_CONTROL 0x00010000u
#define OCAP_THREAD_FULL    OCAP_THREAD_CONTROL

/* Special part of shared memory's handles, and what its maker gets (less WRITE or EXEC: never both). */
#define OCAP_MDL_READ  0x00010000u
#define OCAP_MDL_WRITE 0x00020000u
#define OCAP_MDL_EXEC  0x00040000u
#define OCAP_MDL_FULL                                                                              \
    (OCAP_MDL_READ | OCAP_MDL_WRITE | OCAP_MDL_EXEC | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY |    \
     OCAP_HANDLE_GET_SID | OCAP_HANDLE_GET_EVENT)

/* What the maker of a badge gets: it stays with its maker. */
#define OCAP_BADGE_FULL (OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_GET_SID)

#endif
