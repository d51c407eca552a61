/*
 * quirks.c: what programs in the field do with two includes and nothing more. Compiling is the
 * test.
 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

typedef struct field_req {
    nk_message base_;
    nk_uint32_t value;
    nk_uint8_t flag;
} field_req;

struct field;
struct field_ops {
    nk_err_t (*run)(struct field *self);
};
struct field {
    const struct field_ops *ops;
};

static nk_err_t run(struct field *self)
{
    return self->ops ? NK_EOK : NK_ENOENT;
}

nk_err_t use_of_names(void);
nk_err_t use_of_names(void)
{
    static const struct field_ops ops = {run};
    struct field by_position = {&ops};
    struct field by_name = {.ops = &ops};
    field_req req = {{{0, 0, 0}, 0, 0, 0, 0, 0}, 5, 1};
    char buffer[16];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    NkKosTransport transport;
    Handle handle = INVALID_HANDLE;
    ServiceId sid = 0;
    nk_iid_t riid = INVALID_RIID;
    Retcode rc = rcOk;
    rtl_uint32_t number = 1;
    size_t size = sizeof(buffer);
    bool flag = true;
    uint32_t standard = UINT32_MAX;

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    (void)ServiceLocatorRegister("x", NULL, 0, &sid);
    (void)arena;
    (void)riid;
    nk_req_reset(&req);
    if (rc == rcOk && number && size && flag && standard && transport.handle == INVALID_HANDLE &&
        transport.base.ops != RTL_NULL) {
        return by_position.ops->run(&by_name);
    }
    return NK_EINVAL;
}
