/*
 * coresrv/hal/hal_common.h: see coresrv/hal/hal_api.h.
 */
#ifndef CORESRV_HAL_HAL_COMMON_H
#define CORESRV_HAL_HAL_COMMON_H

#include <coresrv/hal/hal_api.h>

#endif
