/*
 * elf_test.c: what the loader makes of programs that can lie anywhere, and which it refuses.
 */
#include "world.h"

#include <string.h>

#include "core/elf.h"
#include "core/elf_format.h"
#include "mm/aspace.h"
#include "mm/usercopy.h"

#define BASE 0x400000ull

extern uint8_t romfs_start[];

/* "prog": headers and text, a page of constants with the table, two pages of data. */
struct file {
    Elf64_Ehdr eh;
    Elf64_Phdr ph[5];
    char text[4096 - sizeof(Elf64_Ehdr) - 5 * sizeof(Elf64_Phdr)];
    struct vm_reloc rows[3];
    Elf64_Dyn dynamic[8];
    char rest[4096 - 3 * sizeof(struct vm_reloc) - 8 * sizeof(Elf64_Dyn)];
    char data[4096];
};
_Static_assert(sizeof(struct file) == 3 * 4096, "the fake image has room for it");

static struct file *f;
static struct aspace *as;

static int setup(void **state)
{
    world_setup(state);
    f = (struct file *)(void *)(romfs_start + 4096);
    __asm__("" : "+r"(f));
    memset(f, 0, sizeof *f);
    f->eh = (Elf64_Ehdr){.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64},
                         .e_type = ET_DYN,
                         .e_machine = ARCH_ELF_MACHINE,
                         .e_entry = 0x100,
                         .e_phoff = 64,
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = 5};
    f->ph[0] =
        (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 4096, .p_memsz = 4096};
    f->ph[1] = (Elf64_Phdr){.p_type = PT_LOAD,
                            .p_flags = PF_R | PF_W,
                            .p_offset = 4096,
                            .p_vaddr = 0x1000,
                            .p_filesz = 4096,
                            .p_memsz = 4096};
    f->ph[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                            .p_flags = PF_R | PF_W,
                            .p_offset = 8192,
                            .p_vaddr = 0x2000,
                            .p_filesz = 4096,
                            .p_memsz = 6000};
    f->ph[3] = (Elf64_Phdr){.p_type = PT_DYNAMIC,
                            .p_flags = PF_R,
                            .p_offset = 4096 + sizeof f->rows,
                            .p_vaddr = 0x1000 + sizeof f->rows,
                            .p_filesz = sizeof f->dynamic};
    f->ph[4] = (Elf64_Phdr){.p_type = PT_GNU_RELRO,
                            .p_flags = PF_R,
                            .p_offset = 4096,
                            .p_vaddr = 0x1000,
                            .p_filesz = 4096,
                            .p_memsz = 4096};
    f->dynamic[0] = (Elf64_Dyn){DT_RELA, 0x1000};
    f->dynamic[1] = (Elf64_Dyn){DT_RELASZ, sizeof f->rows};
    f->dynamic[2] = (Elf64_Dyn){DT_RELACOUNT, 3};
    return aspace_create(&root_account, &as) == rcOk ? 0 : -1;
}

static int teardown(void **state)
{
    while (!aspace_teardown_step(as, 64))
        ;
    aspace_put(as);
    return world_teardown(state);
}

static Retcode load(struct program *out)
{
    return elf_load(as, "prog", BASE, out);
}

static void test_loaded_at_the_base(void **state)
{
    struct program p;
    char byte = 1;
    (void)state;
    assert_int_equal(load(&p), rcOk);
    assert_int_equal(p.base, BASE);
    assert_int_equal(p.entry, BASE + 0x100);
    assert_int_equal(p.phdr, BASE + 64);
    assert_int_equal(as->program.base, BASE);
    assert_int_equal(as->program.nrelocs, 3);
    assert_ptr_equal(as->program.relocs, f->rows);
    assert_true(aspace_read(as, BASE + 0x1000, &byte, 1));
    assert_false(aspace_write(as, BASE + 0x1000, &byte, 1)); /* RELRO */
    assert_true(aspace_write(as, BASE + 0x2000, &byte, 1));
}

static void test_fixed_stays(void **state)
{
    struct program p;
    (void)state;
    f->eh.e_type = ET_EXEC;
    f->ph[3].p_type = 0;
    for (int i = 0; i < 3; i++)
        f->ph[i].p_vaddr += 0x600000;
    f->ph[4].p_vaddr += 0x600000;
    assert_int_equal(load(&p), rcOk);
    assert_int_equal(p.base, 0);
    assert_int_equal(as->program.nrelocs, 0);
    assert_int_equal(p.phdr, 0x600040);
}

static void refused(void)
{
    struct program p;
    assert_int_equal(load(&p), rcInvalidArgument);
    assert_null(as->program.relocs);
}

static void test_work_for_a_dynamic_linker(void **state)
{
    static const int64_t tags[] = {DT_NEEDED, DT_JMPREL, DT_RELR, DT_REL, DT_TEXTREL};
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        f->dynamic[3] = (Elf64_Dyn){tags[i], 1};
        refused();
    }
    f->dynamic[3] = (Elf64_Dyn){DT_NULL, 0};
    f->dynamic[2].d_val = 2; /* one row is of another kind */
    refused();
    f->dynamic[2].d_val = 3;
    f->ph[4].p_type = PT_INTERP;
    refused();
    f->ph[4].p_type = 0;
    f->eh.e_type = ET_EXEC; /* nobody would apply its relocations */
    refused();
}

static void test_tables_outside(void **state)
{
    static const uint64_t places[] = {0x1ff8,     0x2fff,     0x3000, ~0ull,
                                      ~0ull - 71, 1ull << 63, 0x1004};
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        f->dynamic[0].d_val = places[i];
        refused();
    }
    f->dynamic[0].d_val = 0x1000;
    f->dynamic[1].d_val = ~0ull;
    refused();
    f->dynamic[1].d_val = sizeof f->rows;
    f->ph[3].p_offset = ~0ull;
    refused();
    f->ph[3].p_offset = 12288;
    f->ph[3].p_filesz = 16;
    refused();
}

static void test_a_segment_outside(void **state)
{
    struct program p;
    (void)state;
    f->ph[2].p_vaddr = USER_TOP - BASE; /* only with the base added */
    assert_int_equal(load(&p), rcInvalidArgument);
}

static void test_a_segment_that_wraps(void **state)
{
    struct program p;
    (void)state;
    f->ph[2].p_vaddr = ~0ull & ~PAGE_MASK;
    assert_int_equal(load(&p), rcInvalidArgument);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_loaded_at_the_base),        TEST(test_fixed_stays),
        TEST(test_work_for_a_dynamic_linker), TEST(test_tables_outside),
        TEST(test_a_segment_outside),         TEST(test_a_segment_that_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
