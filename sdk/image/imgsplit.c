/*
 * imgsplit.c: divides an image into the kernel and its file system, for boot loaders that pass the
 * second as a module: what lies where firmware keeps memory for itself is then the loader's
 * business.
 *
 *     imgsplit IMAGE KERNEL FILES
 *
 * KERNEL gets the loaded segments of IMAGE but the one that holds section .romfs, and no section or
 * symbol; FILES gets that section's bytes.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE         4096u
#define SEGMENTS_MAX 16
#define SECTION      ".romfs"

struct image {
    const char *path;
    unsigned char *data;
    size_t size;
    const Elf64_Ehdr *header;
    const Elf64_Phdr *segments;
};

static _Noreturn void fail(const char *path, const char *why)
{
    fprintf(stderr, "imgsplit: error: %s: %s\n", path, why);
    exit(1);
}

static struct image image_read(const char *path)
{
    struct image img = {.path = path};
    FILE *file = fopen(path, "rb");
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        fail(path, strerror(errno));
    rewind(file);
    img.size = (size_t)size;
    img.data = malloc(img.size + 1);
    if (!img.data || fread(img.data, 1, img.size, file) != img.size)
        fail(path, "cannot be read");
    fclose(file);
    return img;
}

static int in_file(const struct image *img, uint64_t offset, uint64_t size)
{
    return offset <= img->size && size <= img->size - offset;
}

static void image_check(struct image *img)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)img->data;

    if (img->size < sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
        h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_type != ET_EXEC)
        fail(img->path, "not an image");
    if (h->e_phoff % 8 || h->e_shoff % 8 || h->e_phnum > SEGMENTS_MAX ||
        !in_file(img, h->e_phoff, h->e_phnum * sizeof(Elf64_Phdr)) ||
        !in_file(img, h->e_shoff, h->e_shnum * sizeof(Elf64_Shdr)) || h->e_shstrndx >= h->e_shnum)
        fail(img->path, "damaged headers");
    img->header = h;
    img->segments = (const Elf64_Phdr *)(img->data + h->e_phoff);
    for (int i = 0; i < h->e_phnum; i++) {
        if (!in_file(img, img->segments[i].p_offset, img->segments[i].p_filesz))
            fail(img->path, "a segment lies outside the file");
    }
}

static const Elf64_Shdr *find_files(const struct image *img)
{
    const Elf64_Shdr *s = (const Elf64_Shdr *)(img->data + img->header->e_shoff);
    const Elf64_Shdr *names = &s[img->header->e_shstrndx];

    for (int i = 0; i < img->header->e_shnum; i++) {
        if (in_file(img, names->sh_offset, names->sh_size) &&
            s[i].sh_name + sizeof(SECTION) <= names->sh_size &&
            !strcmp((const char *)img->data + names->sh_offset + s[i].sh_name, SECTION) &&
            in_file(img, s[i].sh_offset, s[i].sh_size))
            return &s[i];
    }
    fail(img->path, "no section " SECTION ": its file system is missing");
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        fail(path, strerror(errno));
    return file;
}

static void put(FILE *file, const char *path, const void *data, size_t size)
{
    if (size && fwrite(data, size, 1, file) != 1)
        fail(path, strerror(errno));
}

static void finish(FILE *file, const char *path)
{
    if (fclose(file) != 0)
        fail(path, strerror(errno));
}

/* The segments one after the other, each as far into its page as its address is. */
static void write_kernel(const struct image *img, const Elf64_Shdr *files, const char *path)
{
    static const unsigned char zeros[PAGE];
    Elf64_Phdr kept[SEGMENTS_MAX];
    uint64_t from[SEGMENTS_MAX], at = PAGE;
    Elf64_Ehdr header = *img->header;
    unsigned count = 0;

    for (int i = 0; i < img->header->e_phnum; i++) {
        const Elf64_Phdr *ph = &img->segments[i];
        if (ph->p_type != PT_LOAD ||
            (files->sh_addr >= ph->p_vaddr && files->sh_addr - ph->p_vaddr < ph->p_memsz))
            continue;
        from[count] = ph->p_offset;
        kept[count] = *ph;
        kept[count].p_offset = at + ph->p_vaddr % PAGE;
        at = (kept[count].p_offset + ph->p_filesz + PAGE - 1) & -(uint64_t)PAGE;
        count++;
    }
    header.e_phoff = sizeof(header);
    header.e_phnum = (uint16_t)count;
    header.e_shoff = 0;
    header.e_shnum = header.e_shstrndx = 0;

    FILE *file = create(path);
    put(file, path, &header, sizeof(header));
    put(file, path, kept, count * sizeof(kept[0]));
    at = sizeof(header) + count * sizeof(kept[0]);
    for (unsigned i = 0; i < count; i++) {
        put(file, path, zeros, (size_t)(kept[i].p_offset - at));
        put(file, path, img->data + from[i], kept[i].p_filesz);
        at = kept[i].p_offset + kept[i].p_filesz;
    }
    finish(file, path);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: imgsplit IMAGE KERNEL FILES\n", stderr);
        return 2;
    }
    struct image img = image_read(argv[1]);
    image_check(&img);
    const Elf64_Shdr *files = find_files(&img);
    FILE *file = create(argv[3]);

    write_kernel(&img, files, argv[2]);
    put(file, argv[3], img.data + files->sh_offset, files->sh_size);
    finish(file, argv[3]);
    free(img.data);
    return 0;
}
