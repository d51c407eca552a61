/*
 * quirks.cc: the C interface from C++, as programs in the field use it.
 */
#include <cassert>
#include <coresrv/entity/entity_api.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl-static.h>
#include <coresrv/syscalls.h>
#include <coresrv/time/time_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <cstdio>
#include <kos/alloc.h>
#include <kos/task.h>
#include <kos/thread.h>
#include <kos/trace.h>
#include <nk/stand.h>
#include <rtl/string.h>
#include <string>

/* An arena with its own memory: the members are assigned. */
template <size_t Size> struct Arena : public nk_arena {
    alignas(8) char memory[Size];
    Arena()
    {
        start = memory;
        current = memory;
        end = memory + Size;
    }
};

struct Field;
struct FieldOps {
    nk_err_t (*run)(Field *self);
};
struct Field {
    const FieldOps *ops;
};

class Implementation : public Field {
public:
    Implementation()
    {
        static const FieldOps table = {&Implementation::Run};
        this->ops = &table;
    }
    int calls = 0;

private:
    static nk_err_t Run(Field *self)
    {
        static_cast<Implementation *>(self)->calls++;
        return NK_EOK;
    }
};

typedef struct field_req {
    nk_message base_;
    nk_ptr_t text;
} field_req;

int main()
{
    Arena<128> arena;
    field_req req;
    nk_uint32_t length = 0;
    Implementation implementation;
    NkKosTransport transport;

    nk_req_reset(&req);
    nk_arena_reset(&arena);
    std::string text("hello");
    assert(nk_arena_store(nk_char_t, &arena, &req.text, text.c_str(), text.size() + 1) == NK_EOK);
    nk_char_t *back = nk_arena_get(nk_char_t, &arena, &req.text, &length);
    assert(back && text == back && length == 6);
    nk_handle_desc_t desc = nk_handle_desc(1, 2);
    assert(nk_get_handle(&desc) == 1 && nk_handle_desc().handle == NK_INVALID_HANDLE);
    NkKosTransport_Init(&transport, INVALID_HANDLE);
    NkKosTransport_Init(&transport, INVALID_HANDLE, NK_NULL, 0);
    assert(implementation.ops->run(&implementation) == NK_EOK && implementation.calls == 1);
    INFO("quirks", "%d call", implementation.calls);
    std::puts("ok quirks of C++ programs");
    return 0;
}
