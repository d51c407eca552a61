/*
 * coresrv/handle/handle.h: Handle and INVALID_HANDLE; see handle/handletype.h.
 */
#ifndef CORESRV_HANDLE_HANDLE_H
#define CORESRV_HANDLE_HANDLE_H

#include <handle/handletype.h>
#include <kos/base.h>

#endif
