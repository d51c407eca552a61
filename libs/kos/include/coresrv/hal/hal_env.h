/*
 * coresrv/hal/hal_env.h: see coresrv/hal/hal_api.h.
 */
#ifndef CORESRV_HAL_HAL_ENV_H
#define CORESRV_HAL_HAL_ENV_H

#include <coresrv/hal/hal_api.h>

#endif
