/* document_rights.h: rights on a document of the archive. */
#ifndef DOCUMENT_RIGHTS_H
#define DOCUMENT_RIGHTS_H

#include <services/ocap.h>

#define DOCUMENT_READ  OCAP_HANDLE_SPEC(1)
#define DOCUMENT_WRITE OCAP_HANDLE_SPEC(2)

#endif
