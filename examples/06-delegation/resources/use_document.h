/* use_document.h: reads and writes a document, and says what came of it. */
#ifndef USE_DOCUMENT_H
#define USE_DOCUMENT_H

#include <stdio.h>

#include <coresrv/handle/handle_api.h>
#include <office/Archive.idl.h>

static inline const char *outcome(nk_err_t err)
{
    switch (err) {
    case NK_EOK:
        return "yes";
    case NK_EPERM:
        return "no, the right is missing";
    case NK_ESTALE:
        return "no, the handle is revoked";
    default:
        return "no";
    }
}

static inline void use_document(const char *who, struct office_Archive *archive, Handle document)
{
    office_Archive_Read_req read_req = {.document = nk_handle_desc(document)};
    office_Archive_Read_res read_res;
    office_Archive_Write_req write_req = {.document = nk_handle_desc(document), .pages = 1};
    office_Archive_Write_res write_res;
    nk_err_t err = office_Archive_Read(archive, &read_req, NULL, &read_res, NULL);

    if (err == NK_EOK)
        fprintf(stderr, "%s: reads %u pages\n", who, (unsigned)read_res.pages);
    else
        fprintf(stderr, "%s: reads: %s\n", who, outcome(err));
    err = office_Archive_Write(archive, &write_req, NULL, &write_res, NULL);
    fprintf(stderr, "%s: writes: %s\n", who, outcome(err));
}

#endif
