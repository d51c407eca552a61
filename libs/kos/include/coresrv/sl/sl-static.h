/*
 * coresrv/sl/sl-static.h: the newer name of coresrv/sl/sl_api.h.
 */
#ifndef CORESRV_SL_SL_STATIC_H
#define CORESRV_SL_SL_STATIC_H

#include <coresrv/sl/sl_api.h>

#endif
