/* store_rights.h: rights on a resource of the provider. */
#ifndef STORE_RIGHTS_H
#define STORE_RIGHTS_H

#include <services/ocap.h>

#define STORE_RIGHT_USE   OCAP_HANDLE_SPEC(1)
#define STORE_RIGHT_CLOSE OCAP_HANDLE_SPEC(2)

#endif
