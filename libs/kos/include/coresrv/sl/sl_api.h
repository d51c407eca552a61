/*
 * coresrv/sl/sl_api.h: the service locator: the channels that this process was started with.
 *
 * Everything is answered from the start-up description, so a client may ask for endpoints of a
 * server that has not started yet. A name that does not exist is answered by one line on the
 * console that lists the names that do.
 */
#ifndef CORESRV_SL_SL_API_H
#define CORESRV_SL_SL_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef rtl_uint32_t ServiceId;

/* The client handle of the channel with this connection id, or INVALID_HANDLE. Closing it ends the
 * channel for good. */
Handle ServiceLocatorConnect(const char *channelName);

/* The listener handle of the channels with this connection id, or INVALID_HANDLE. The other
 * parameters have no meaning any more; *id, if there is one, becomes zero. */
Handle ServiceLocatorRegister(const char *channelName, void *unused, unsigned unusedSize,
                              ServiceId *id);

/*
 * The RIID of an endpoint of the server behind a client handle; of an own endpoint if the handle is
 * a listener. Accepted are "instance.endpoint" and "component.type.endpoint" for an endpoint of a
 * component, "endpoint" and "process.class.endpoint" for one of the process class, and any of these
 * with parts of the package left out in front. INVALID_RIID if there is no such endpoint, or if the
 * shortened name fits several.
 */
nk_iid_t ServiceLocatorGetRiid(Handle channel, const char *endpointName);

__RTL_END_DECLS

#endif
