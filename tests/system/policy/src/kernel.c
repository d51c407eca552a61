/*
 * kernel.c: the kernel as a server like others, and the security interface.
 */
#include "suite.h"

#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/vmm/vmm_api.h>
#include <errno.h>
#include <services/ocap.h>
#include <sys/mman.h>
#include <vmm/flags.h>

#define RIGHTS (OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)

static void test_endpoints(void)
{
    struct counters before, after;
    nk_sid_t sid, same;
    Handle mdl, listener, thing, blind;

    CHECK_RC("a value that the kernel may be sent", KnPmmMdlCreate(65536, 0, &mdl), rcOk);
    KnHandleClose(mdl);
    CHECK_RC("and one that it may not", KnPmmMdlCreate(65536 + 4096, 0, &mdl), rcSecurityDisallow);
    CHECK_RC("a method that no rule names", KnHandleRevoke(INVALID_HANDLE), rcSecurityDisallow);

    /* The response is denied: what the method made is gone again. */
    core_fill_handle_table();
    core_counters(&before);
    for (int i = 0; i < 5; i++) {
        CHECK_RC("a response of the kernel that is not allowed", KnHandleCreateListener(&listener),
                 rcSecurityDisallow);
    }
    core_counters(&after);
    CHECK_EQUAL("its handle is closed again", after.handles, before.handles);
    CHECK_EQUAL("and the object gone", after.objects, before.objects);

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &thing);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER, NULL, &blind);
    CHECK_RC("a rule sees a handle's rights", KnHandleGetSidByHandle(thing, &sid), rcOk);
    CHECK_RC("their lack, too", KnHandleGetSidByHandle(blind, &same), rcSecurityDisallow);
    CHECK_RC("no handle has none", KnHandleGetSidByHandle(0xfffff, &same), rcSecurityDisallow);
    KnHandleClose(thing);
    KnHandleClose(blind);
}

/* Memory that is writable and executable: methods of its own, which no rule names here. */
static void test_rwx(void)
{
    int rw = VMM_FLAG_READ | VMM_FLAG_WRITE;
    char *p = KnVmAllocate(NULL, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | rw);

    CHECK("memory to write to", p != NULL);
    CHECK("none to write to and execute",
          !KnVmAllocate(NULL, 4096, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_RWX_MASK));
    CHECK_RC("nor can it become that", KnVmProtect(p, 4096, VMM_FLAG_RWX_MASK), rcSecurityDisallow);
    CHECK_RC("but one after the other", KnVmProtect(p, 4096, VMM_FLAG_READ | VMM_FLAG_EXECUTE), rcOk);
    CHECK("mmap says so", mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EACCES);
    CHECK("mprotect says so",
          mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == -1 && errno == EACCES);
    KnVmUnmap(p, 4096);
}

/* Thousands of texts: read and checked in steps; all or nothing as ever. */
static void test_long_question(struct ptest_Guard_proxy *guard, unsigned count)
{
    static char memory[64000];
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    ptest_Guard_All_req req = {.door = 1};
    ptest_Guard_All_res res;
    struct nk_ptr *names = nk_arena_alloc(struct nk_ptr, &arena, &req.names, count);
    struct counters before, after;

    for (unsigned i = 0; names && i < count; i++) {
        NkKosCopyStringToArena(&arena, &names[i], "abc");
    }
    core_counters(&before);
    CHECK_EQUAL("a long question: yes", ptest_Guard_All(&guard->base, &req, &arena, &res, NULL), NK_EOK);
    req.door = 2;
    CHECK_EQUAL("a long question: no", ptest_Guard_All(&guard->base, &req, &arena, &res, NULL), NK_EPERM);
    req.door = 1;
    names[count - 1].size = 5; /* its last byte is not zero */
    CHECK_EQUAL("a long question: its last text is not sound",
                ptest_Guard_All(&guard->base, &req, &arena, &res, NULL), NK_EINVAL);
    core_counters(&after);
    CHECK_EQUAL("a long question: no memory is left", after.kmem, before.kmem);
}

static void test_security(void)
{
    NkKosSecurityTransport transport;
    struct ptest_Guard_proxy guard;
    ptest_Guard_Open_req open = {.door = 1};
    ptest_Guard_Open_res open_res;
    ptest_Guard_Take_req take = {0};
    ptest_Guard_Take_res take_res;
    char memory[64];
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    Handle thing;

    CHECK_EQUAL("the security module is asked",
                NkKosSecurityTransport_Init(&transport), NK_EOK);
    ptest_Guard_proxy_init(&guard, &transport.base, ptest_Client_securityIid);
    CHECK_EQUAL("yes", ptest_Guard_Open(&guard.base, &open, NULL, &open_res, NULL), NK_EOK);
    open.door = 2;
    CHECK_EQUAL("no", ptest_Guard_Open(&guard.base, &open, NULL, &open_res, NULL), NK_EPERM);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &thing);
    NkKosCopyStringToArena(&arena, &take.who, "me");
    take.thing = nk_handle_desc(thing, 0);
    CHECK_EQUAL("a handle that is shown", ptest_Guard_Take(&guard.base, &take, &arena, &take_res, NULL),
                NK_EOK);
    CHECK("stays with who shows it", KnHandleClose(thing) == rcOk);
    take.thing = nk_handle_desc(thing, 0);
    CHECK_EQUAL("and none", ptest_Guard_Take(&guard.base, &take, &arena, &take_res, NULL), NK_EPERM);
    ptest_Guard_proxy_init(&guard, &transport.base, ptest_Client_securityIid + 1);
    CHECK_EQUAL("an interface that the class has not",
                ptest_Guard_Open(&guard.base, &open, NULL, &open_res, NULL), NK_EINVAL);
    CHECK_EQUAL("its handle cannot be received from",
                nk_transport_recv(&transport.base, &open_res.base_, NULL), NK_ENOMSG);
    ptest_Guard_proxy_init(&guard, &transport.base, ptest_Client_securityIid);
    test_long_question(&guard, 300);  /* fewer bytes than are read at once, but more texts */
    test_long_question(&guard, 3000); /* 62 KiB */
    NkKosSecurityTransport_Fini(&transport);
    CHECK_EQUAL("nobody is asked afterwards",
                ptest_Guard_Open(&guard.base, &open, NULL, &open_res, NULL), NK_ENOTCONN);
}

void test_kernel(void)
{
    test_endpoints();
    test_rwx();
    test_security();
}
