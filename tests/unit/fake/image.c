/*
 * image.c: the fake image's tables (tessera/formats.h), its security module, and a file system with
 * one program.
 */
#include "image.h"

#include "fake.h"

#include <string.h>

#include <arch/paging.h>
#include <tessera/romfs.h>
#include <tessera/syscall.h>

#include "core/elf_format.h"
#include "world.h"

int (*fake_judge)(const struct ksm_query *query);
unsigned fake_judged, fake_undone, fake_forgotten, fake_explained;
struct ksm_reason fake_reason;
const uint32_t ksm_memo_size = 64;
uint32_t fake_bindings;
bool fake_wants_record;

const char ksm_policy_name[] = "fake";
const uint32_t ksm_nslots = 2;
const uint64_t kernel_abi_hash = 1;

#define MIB (1u << 20)

static const struct ksm_desc bytes_desc[] = {{.offset = 24, .elem = 1, .max = MIB, .align = 1}};
static const struct ksm_desc string_desc[] = {
    {.offset = 24, .elem = 1, .max = 256, .align = 1, .flags = KSM_DESC_STRING}};
static const struct ksm_desc leaf_desc[] = {{.offset = 0, .elem = 4, .max = 16, .align = 4}};
static const struct ksm_desc tree_desc[] = {{.offset = 24, .elem = 8, .max = 8192, .align = 4,
                                             .nnested = 1, .nested = leaf_desc}};
static const uint16_t handle_offsets[] = {24};

static const struct ksm_param value_param[] = {{"value", 24, 0, KSM_TYPE_UINT64, 0, 0}};
static const struct ksm_param text_param[] = {{"text", 24, 0, KSM_TYPE_STRING, 0, 0}};
static const struct ksm_param thing_param[] = {{"thing", 24, 0, KSM_TYPE_HANDLE, 0, 0}};

#define SHORT_FORM(bytes)                                                                          \
    {.size = 24 + (bytes), .flags = KSM_FORM_SHORT, .nparams = 1, .params = value_param}
#define DATA_FORM {.size = 32, .ndescs = 1, .descs = bytes_desc}

static const struct ksm_method methods[METHODS] = {
    [M_SHORT] = {"Short", SHORT_FORM(8), SHORT_FORM(8), SHORT_FORM(16)},
    [M_DATA] = {"Data", DATA_FORM, DATA_FORM, {0}},
    [M_RULED] = {"Ruled", SHORT_FORM(8), SHORT_FORM(8), {0}},
    [M_DENIED] = {"Denied", SHORT_FORM(8), SHORT_FORM(8), {0}},
    [M_MUTE] = {"Mute", SHORT_FORM(8), SHORT_FORM(8), {0}},
    [M_TREE] = {"Tree",
                {.size = 32, .ndescs = 1, .descs = tree_desc, .flags = KSM_FORM_NESTED},
                SHORT_FORM(8),
                {0}},
    [M_BIG] = {"Big", {.size = 224}, {.size = 224}, {0}},
    [M_HANDLE] = {"Handle", {.size = 40, .nhandles = 1, .handles = handle_offsets}, SHORT_FORM(8),
                  {0}},
    [M_STRING] = {"String",
                  {.size = 32, .ndescs = 1, .descs = string_desc, .nparams = 1,
                   .params = text_param},
                  SHORT_FORM(8),
                  {0}},
    [M_WATCHED] = {"Watched", DATA_FORM, DATA_FORM, {0}},
    [M_SEEN] = {"Seen",
                {.size = 40, .nhandles = 1, .handles = handle_offsets, .nparams = 1,
                 .params = thing_param},
                SHORT_FORM(8),
                {0}},
    [M_COUNTED] = {"Counted", DATA_FORM, SHORT_FORM(8), {0}},
};

static const struct ksm_endpoint server_endpoints[] = {
    {"server.main", "test.Main", METHODS, methods}};
static const struct ksm_endpoint other_endpoints[] = {{"other.first", "test.First", 1, methods},
                                                      {"other.none", "test.None", 0, NULL},
                                                      {"other.third", "test.Third", 2, methods},
                                                      {"other.last", "test.Last", 2, methods}};

static const struct ksm_class core_class = {.name = "kl.core.Core"};
static const struct ksm_class client_class = {.name = "test.Client"};
static const struct ksm_class server_class = {"test.Server", 1, server_endpoints, 0, NULL};
static const struct ksm_class other_class = {"test.Other", 4, other_endpoints, 0, NULL};
static const struct ksm_class *const classes[CLASSES] = {&core_class, &client_class, &server_class,
                                                         &other_class};
const struct ksm_image ksm_image = {1, CLASSES, classes};

static uint64_t word(enum fake_method m, uint16_t size, uint8_t nhandles, unsigned kind)
{
    return (uint64_t)m << 16 | (uint64_t)size << 32 | (uint64_t)nhandles << 48 |
           (uint64_t)kind << 56;
}

uint64_t word_request(enum fake_method m)
{
    return word(m, methods[m].req.size, methods[m].req.nhandles, NK_MESSAGE_REQUEST);
}

uint64_t word_response(enum fake_method m)
{
    return word(m, methods[m].res.size, methods[m].res.nhandles, NK_MESSAGE_RESPONSE);
}

uint64_t word_error(enum fake_method m)
{
    return word(m, methods[m].err.size, methods[m].err.nhandles, NK_MESSAGE_ERROR);
}

uint64_t word_failed(enum fake_method m)
{
    return word(m, 24, 0, NK_MESSAGE_FAILED);
}

enum ksm_verdict ksm_verdict(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                             uint16_t mid)
{
    (void)iid;
    if (event == KSM_EXECUTE)
        return KSM_GRANT;
    if (src != CLASS_SERVER && dst != CLASS_SERVER)
        return KSM_GRANT;
    switch (mid) {
    case M_RULED:
    case M_COUNTED:
        return KSM_RULE;
    case M_SEEN:
        return event == KSM_REQUEST ? KSM_RULE : KSM_GRANT;
    case M_WATCHED:
        return KSM_RULE_ARENA;
    case M_TREE:
        return event == KSM_REQUEST ? KSM_RULE : KSM_GRANT;
    case M_DENIED:
        return event == KSM_REQUEST ? KSM_DENY : KSM_GRANT;
    case M_MUTE:
        return event == KSM_RESPONSE ? KSM_DENY : KSM_GRANT;
    default:
        return KSM_GRANT;
    }
}

int ksm_judge(const struct ksm_query *query, struct ksm_reason *why, bool *audit)
{
    fake_judged++;
    if (why)
        *why = fake_reason;
    if (audit)
        *audit = fake_wants_record;
    return fake_judge ? fake_judge(query) : 1;
}

/* Of messages between the client's and the server's class. */
static unsigned judge_plain(enum ksm_event event, uint16_t src, uint16_t dst, const void *message,
                            const struct ksm_subject *source, const struct ksm_subject *target)
{
    uint16_t ids[2];
    memcpy(ids, (const char *)message + 16, sizeof ids);
    struct ksm_query q = {.event = event, .src = src, .dst = dst, .iid = ids[0], .mid = ids[1],
                          .source = source, .target = target, .message = message};
    bool wants_record = false;
    if (ksm_judge(&q, NULL, &wants_record) != 1)
        return 0;
    return KSM_PLAIN_GRANT | (wants_record ? KSM_PLAIN_RECORD : 0);
}

static unsigned plain_request(const void *message, const struct ksm_subject *source,
                              const struct ksm_subject *target)
{
    return judge_plain(KSM_REQUEST, CLASS_CLIENT, CLASS_SERVER, message, source, target);
}

static unsigned plain_response(const void *message, const struct ksm_subject *source,
                               const struct ksm_subject *target)
{
    return judge_plain(KSM_RESPONSE, CLASS_SERVER, CLASS_CLIENT, message, source, target);
}

ksm_plain *ksm_plain_rules(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid,
                           uint16_t mid)
{
    if (ksm_verdict(event, src, dst, iid, mid) != KSM_RULE)
        return NULL;
    if (event == KSM_REQUEST && src == CLASS_CLIENT && dst == CLASS_SERVER)
        return plain_request;
    if (event == KSM_RESPONSE && src == CLASS_SERVER && dst == CLASS_CLIENT)
        return plain_response;
    return NULL;
}

void ksm_undo(void)
{
    fake_undone++;
}

void ksm_forget(uint32_t *slots)
{
    fake_forgotten++;
    slots[0] = slots[1] = 0;
}

bool ksm_explain(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                 struct ksm_reason *why, uint32_t budget)
{
    (void)event;
    (void)src;
    (void)dst;
    (void)iid;
    (void)mid;
    fake_explained++;
    for (; why->looked < fake_bindings; why->looked++, budget--) {
        if (budget == 0)
            return false;
    }
    *why = fake_reason;
    why->is_open = false;
    return true;
}

/* ---- a file system with the program "prog": one page of text, two of data ---- */

__asm__(".section .data.romfs, \"aw\"\n"
        ".balign 4096\n"
        ".globl romfs_start\n"
        "romfs_start: .space 16384\n"
        ".globl romfs_end\n"
        "romfs_end:\n"
        ".text\n");

extern uint8_t romfs_start[], romfs_end[];

void image_init(void)
{
    uint8_t *base = romfs_start, *file = base + 4096;
    __asm__("" : "+r"(base));
    struct romfs_header h = {.magic = ROMFS_MAGIC, .count = 1, .size = 16384};
    struct romfs_entry e = {.offset = 4096, .size = 12288, .name = "prog"};
    Elf64_Ehdr eh = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64}, .e_type = ET_EXEC,
                     .e_machine = ARCH_ELF_MACHINE, .e_entry = 0x400100, .e_phoff = 64,
                     .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2};
    Elf64_Phdr ph[2] = {{.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = 0,
                         .p_vaddr = 0x400000, .p_filesz = 4096, .p_memsz = 4096},
                        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 4096,
                         .p_vaddr = 0x402000, .p_filesz = 4096, .p_memsz = 6000}};
    memcpy(base, &h, sizeof h);
    memcpy(base + sizeof h, &e, sizeof e);
    memcpy(file, &eh, sizeof eh);
    memcpy(file + 64, ph, sizeof ph);
}
