/*
 * elf_test.c: KnElfCreateVmSegEx with a small good image and with 200,000 damaged ones. The image stands
 * at the end of its memory, so the sanitizer sees every byte read beyond it.
 */
#include "check.h"

#include <coresrv/elf/elf_api.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <vmm/flags.h>

#define PAGE 4096u

/* Code, then data of which the first page is constant after relocation. */
static struct image {
    Elf64_Ehdr eh;
    Elf64_Phdr ph[5];
    Elf64_Rela rows[2];
    Elf64_Dyn dynamic[4];
    unsigned char code[16];
    uint64_t words[600];
} good;

static Elf64_Phdr load(size_t from, size_t to, unsigned flags, uint64_t va)
{
    return (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = flags, .p_offset = from, .p_vaddr = va,
                        .p_filesz = to - from, .p_memsz = to - from};
}

static int setup(void **state)
{
    const size_t code = offsetof(struct image, code), words = offsetof(struct image, words);
    (void)state;

    good = (struct image){
        .eh = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
               .e_type = ET_DYN, .e_machine = EM_X86_64, .e_entry = code, .e_phoff = sizeof(good.eh),
               .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 5},
        .rows = {{words + 0x10000, ELF64_R_INFO(0, R_X86_64_RELATIVE), 4},
                 {words + 0x10008, ELF64_R_INFO(0, R_X86_64_RELATIVE), 8}},
        .dynamic = {{DT_RELA, {offsetof(struct image, rows)}}, {DT_RELASZ, {sizeof(good.rows)}}},
    };
    good.ph[0] = load(0, code + sizeof(good.code), PF_R | PF_X, 0);
    good.ph[1] = load(words, sizeof(good), PF_R | PF_W, words + 0x10000);
    good.ph[1].p_memsz += 3 * PAGE;
    good.ph[2] = good.ph[1];
    good.ph[2].p_type = PT_GNU_RELRO;
    good.ph[2].p_memsz = PAGE;
    good.ph[3] = load(offsetof(struct image, dynamic), code, PF_R, 0);
    good.ph[3].p_type = PT_DYNAMIC;
    good.ph[4] = load(code, code + sizeof(good.code), PF_R, 0);
    good.ph[4].p_type = PT_NOTE;
    return 0;
}

static Retcode cut(const void *img, size_t size, VmSeg **segs, size_t *count, rtl_uintptr_t *entry)
{
    unsigned symbols, names;
    size_t symbols_size, names_size, header_size;
    void *header;

    return KnElfCreateVmSegEx(img, size, entry, segs, count, &symbols, &symbols_size, &names,
                              &names_size, &header, &header_size);
}

static void a_program_becomes_segments(void **state)
{
    VmSeg *segs = NULL;
    size_t count = 0;
    rtl_uintptr_t entry = 0;
    (void)state;

    assert_int_equal(cut(&good, sizeof(good), &segs, &count, &entry), rcOk);
    assert_int_equal(count, 3);
    assert_int_equal(entry, good.eh.e_entry);
    assert_int_equal(segs[0].flags, VMM_FLAG_READ | VMM_FLAG_EXECUTE);
    assert_int_equal(segs[1].flags, VMM_FLAG_READ);
    assert_int_equal(segs[2].flags, VMM_FLAG_READ | VMM_FLAG_WRITE);
    assert_int_equal(segs[1].size, PAGE);
    assert_int_equal(segs[2].va, segs[1].va + PAGE);
    assert_int_equal(segs[1].dataSize + segs[2].dataSize,
                     good.ph[1].p_vaddr % PAGE + sizeof(good.words));
    assert_int_equal(segs[2].size % PAGE, 0);
    KnElfFreeVmSeg(segs, count);
    KnElfFreeVmSeg(NULL, 0);
}

/* What is accepted can be loaded: inside its data, no page twice. */
static void check_segments(const VmSeg *segs, size_t count)
{
    volatile unsigned char sum = 0;

    assert_true(count >= 1 && count <= VM_SEGS_MAX);
    for (size_t i = 0; i < count; i++) {
        const VmSeg *s = &segs[i];

        assert_true(s->va % PAGE == 0 && s->size && s->dataSize <= s->size);
        assert_true(s->va + s->size > s->va && s->va + s->size <= (1ull << 47) + PAGE);
        assert_false((s->flags & VMM_FLAG_WRITE) && (s->flags & VMM_FLAG_EXECUTE));
        for (size_t j = 0; j < s->dataSize; j++) {
            sum = (unsigned char)(sum + ((const unsigned char *)s->data)[j]);
        }
        for (size_t j = 0; j < i; j++) {
            assert_true(segs[j].va + segs[j].size <= s->va || s->va + s->size <= segs[j].va);
        }
    }
}

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return *state >> 24;
}

static void damaged_programs_are_refused_or_whole(void **state)
{
    static const uint64_t values[] = {0, 1, 7, 0x7f, 0xff, 0x1000, 0xffff, ~0ull, ~0ull - 7, 1ull << 47,
                                      ~0ull << 12, 1ull << 63};
    uint64_t seed = 1;
    unsigned accepted = 0;
    (void)state;

    for (unsigned n = 0; n < 200000; n++) {
        const size_t heads = offsetof(struct image, code);
        size_t size = next(&seed) % 8 ? sizeof(good) : next(&seed) % sizeof(good);
        unsigned char *img = malloc(size + 1);
        VmSeg *segs = NULL;
        size_t count = 0;
        rtl_uintptr_t entry = 0;

        memcpy(img + 1, &good, size); /* an odd address */
        for (unsigned i = next(&seed) % 3; i < 3; i++) {
            uint64_t value = next(&seed) % 2 ? values[next(&seed) % 12] : next(&seed) % sizeof(good);
            size_t width = 1u << next(&seed) % 4, at = next(&seed) % heads & ~(width - 1);

            if (at + width <= size) {
                memcpy(img + 1 + at, &value, width);
            }
        }
        if (cut(img + 1, size, &segs, &count, &entry) == rcOk) {
            check_segments(segs, count);
            accepted++;
        } else {
            assert_null(segs);
        }
        KnElfFreeVmSeg(segs, count);
        free(img);
    }
    assert_true(accepted > 1000 && accepted < 199000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_program_becomes_segments, setup),
        cmocka_unit_test_setup(damaged_programs_are_refused_or_whole, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
