/* manager.c: opens a document, gives a part of its rights to the worker, and has it withdrawn. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <document_rights.h>
#include <office/Archive.idl.h>
#include <office/Work.idl.h>
#include <use_document.h>

static NkKosTransport to_archive, to_worker;
static struct office_Archive_proxy archive;
static struct office_Work_proxy work;

static void connect(void)
{
    Handle handle = ServiceLocatorConnect("archive_connection");

    NkKosTransport_Init(&to_archive, handle, NK_NULL, 0);
    office_Archive_proxy_init(&archive, &to_archive.base,
                              ServiceLocatorGetRiid(handle, "archive"));
    handle = ServiceLocatorConnect("work_connection");
    NkKosTransport_Init(&to_worker, handle, NK_NULL, 0);
    office_Work_proxy_init(&work, &to_worker.base, ServiceLocatorGetRiid(handle, "work"));
}

static nk_err_t let_work(void)
{
    office_Work_Go_req req;
    office_Work_Go_res res;

    return office_Work_Go(&work.base, &req, NULL, &res, NULL);
}

int main(void)
{
    office_Archive_Open_req open_req;
    office_Archive_Open_res open_res;
    office_Archive_Withdraw_req withdraw_req;
    office_Archive_Withdraw_res withdraw_res;

    connect();
    if (office_Archive_Open(&archive.base, &open_req, NULL, &open_res, NULL) != NK_EOK)
        return EXIT_FAILURE;
    Handle document = nk_get_handle(&open_res.document);
    use_document("manager", &archive.base, document);

    /* The worker may send it to the archive, which is a transfer, and read. */
    office_Work_Give_req give_req = {
        .document = nk_handle_desc(document, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY |
                                                 DOCUMENT_READ),
    };
    office_Work_Give_res give_res;
    if (office_Work_Give(&work.base, &give_req, NULL, &give_res, NULL) != NK_EOK ||
        let_work() != NK_EOK)
        return EXIT_FAILURE;

    if (office_Archive_Withdraw(&archive.base, &withdraw_req, NULL, &withdraw_res, NULL) != NK_EOK)
        return EXIT_FAILURE;
    use_document("manager", &archive.base, document);
    if (let_work() != NK_EOK)
        return EXIT_FAILURE;
    return KnHandleClose(document) == rcOk ? EXIT_SUCCESS : EXIT_FAILURE;
}
