/*
 * notice.h: what stands behind a Notice.
 */
#ifndef KOS_NOTICE_H
#define KOS_NOTICE_H

#include <coresrv/handle/notice_api.h>

struct KosNotice {
    Handle handle; /* of the kernel's receiver */
};

#endif
