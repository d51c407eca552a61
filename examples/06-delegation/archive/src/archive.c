/* archive.c: has one document, and looks at nothing but the rights of the handle that it is shown. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>

#include <document_rights.h>
#include <office/ArchiveProcess.edl.h>

#define ALL_RIGHTS                                                                                 \
    (OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | DOCUMENT_READ | DOCUMENT_WRITE)

/* User resource context. */
struct document {
    nk_uint32_t pages;
    Handle handle;
};

static struct document document = {.pages = 7};

static nk_err_t open_document(struct office_Archive *self, const office_Archive_Open_req *req,
                              const struct nk_arena *req_arena, office_Archive_Open_res *res,
                              struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res_arena;
    /* No badge: the user resource context is the context of every transfer. */
    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, ALL_RIGHTS, &document,
                                 &document.handle) != rcOk)
        return NK_ENOMEM;
    res->document = nk_handle_desc(document.handle, ALL_RIGHTS);
    return NK_EOK;
}

static nk_err_t find_document(const nk_handle_desc_t *desc, nk_rights_t right,
                              struct document **found)
{
    nk_badge_t context;
    nk_err_t err = nk_get_badge_op(desc, right, &context);

    if (err == NK_EOK)
        *found = (struct document *)(uintptr_t)context;
    return err;
}

static nk_err_t read_document(struct office_Archive *self, const office_Archive_Read_req *req,
                              const struct nk_arena *req_arena, office_Archive_Read_res *res,
                              struct nk_arena *res_arena)
{
    struct document *found;
    nk_err_t err = find_document(&req->document, DOCUMENT_READ, &found);

    (void)self;
    (void)req_arena;
    (void)res_arena;
    if (err == NK_EOK)
        res->pages = found->pages;
    return err;
}

static nk_err_t write_document(struct office_Archive *self, const office_Archive_Write_req *req,
                               const struct nk_arena *req_arena, office_Archive_Write_res *res,
                               struct nk_arena *res_arena)
{
    struct document *found;
    nk_err_t err = find_document(&req->document, DOCUMENT_WRITE, &found);

    (void)self;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    if (err == NK_EOK)
        found->pages += req->pages;
    return err;
}

static nk_err_t withdraw(struct office_Archive *self, const office_Archive_Withdraw_req *req,
                         const struct nk_arena *req_arena, office_Archive_Withdraw_res *res,
                         struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "archive: the document is withdrawn\n");
    return KnHandleRevoke(document.handle) == rcOk ? NK_EOK : NK_EINVAL;
}

int main(void)
{
    static const struct office_Archive_ops ops = {
        .Open = open_document,
        .Read = read_document,
        .Write = write_document,
        .Withdraw = withdraw,
    };
    static struct office_Archive archive = {&ops};
    office_ArchiveProcess_entity entity;
    ServiceId iid;

    Handle handle = ServiceLocatorRegister("archive_connection", NULL, 0, &iid);
    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    office_ArchiveProcess_entity_init(&entity, &archive);
    NkKosDispatchInfo info =
        NK_ENTITY_DISPATCH_INFO_INITIALIZER(office_ArchiveProcess, entity);
    NkKosDoDispatch(handle, &info);
    return EXIT_FAILURE;
}
