/*
 * services/ocap.h: the rights of handles.
 *
 * The lower half of the mask is the general part, bits 16 to 30 mean something else for every kind
 * of object. Rights never grow when a handle is copied or transferred.
 */
#ifndef SERVICES_OCAP_H
#define SERVICES_OCAP_H

/* General part. */
#define OCAP_HANDLE_TRANSFER  0x00000001u /* may be sent to another process */
#define OCAP_HANDLE_COPY      0x00000002u
#define OCAP_HANDLE_GET_SID   0x00000004u
#define OCAP_HANDLE_SET_EVENT 0x00000008u
#define OCAP_HANDLE_GET_EVENT 0x00000010u

/* Special part of user resources: bit n of 0..14. */
#define OCAP_HANDLE_SPEC(bits) ((unsigned)(bits) << 16)

/* Special part of IPC handles. */
#define OCAP_IPC_CALL   0x00010000u
#define OCAP_IPC_RECV   0x00020000u
#define OCAP_IPC_LISTEN 0x00040000u /* channels may be added */

#define OCAP_IPC_CLIENT   (OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY)
#define OCAP_IPC_SERVER   (OCAP_IPC_RECV | OCAP_HANDLE_TRANSFER)
#define OCAP_IPC_LISTENER (OCAP_IPC_RECV | OCAP_IPC_LISTEN | OCAP_HANDLE_TRANSFER)

/* Special part of process handles. */
#define OCAP_TASK_CONTROL 0x00010000u
#define OCAP_TASK_WAIT    0x00020000u

#endif
