/* worker.c: uses the document that it was given, and tries to get more out of it. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <document_rights.h>
#include <office/Worker.edl.h>
#include <use_document.h>

static NkKosTransport transport;
static struct office_Archive_proxy archive;
static Handle document;

static nk_err_t give_document(struct office_Work *self, const office_Work_Give_req *req,
                              const struct nk_arena *req_arena, office_Work_Give_res *res,
                              struct nk_arena *res_arena)
{
    Handle wider;

    (void)self;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    document = nk_get_handle(&req->document);
    fprintf(stderr, "worker: got a document, to write: %s\n",
            nk_get_rights(&req->document) & DOCUMENT_WRITE ? "yes" : "no");
    fprintf(stderr, "worker: a copy that can write: %s\n",
            KnHandleCopy(document, DOCUMENT_READ | DOCUMENT_WRITE, INVALID_HANDLE, &wider) ==
                    rcSecurityDisallow
                ? "refused"
                : "made");
    return NK_EOK;
}

static nk_err_t go(struct office_Work *self, const office_Work_Go_req *req,
                   const struct nk_arena *req_arena, office_Work_Go_res *res,
                   struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    use_document("worker", &archive.base, document);
    return NK_EOK;
}

int main(void)
{
    static const struct office_Work_ops ops = {.Give = give_document, .Go = go};
    static struct office_Work work = {&ops};
    office_Worker_entity entity;
    ServiceId iid;

    Handle handle = ServiceLocatorConnect("archive_connection");
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    office_Archive_proxy_init(&archive, &transport.base, ServiceLocatorGetRiid(handle, "archive"));

    handle = ServiceLocatorRegister("work_connection", NULL, 0, &iid);
    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    office_Worker_entity_init(&entity, &work);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(office_Worker, entity);
    NkKosDoDispatch(handle, &info);
    return EXIT_FAILURE;
}
