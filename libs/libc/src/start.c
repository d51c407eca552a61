/*
 * start.c: from the kernel's start page to main.
 *
 * Builds on the stack what musl expects there: argv, the environment and the auxiliary vector. They
 * come from the block that the creating process wrote; every offset in it is checked, and a block
 * that is malformed counts as empty. The program's arguments are copied, since a program may write
 * to them; the environment's strings stay in the block.
 */
#include <elf.h>
#include <string.h>

#include "kos_calls.h"

typedef int main_fn(int, char **, char **);

_Noreturn void __kos_start(const struct kn_start *start, main_fn *entry);
int __libc_start_main(main_fn *entry, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*ldso)(void));

#define AUX_PAIRS 9

/* One list of strings of the block. */
struct strings {
    const char *base;
    const uint32_t *offsets;
    uint32_t count;
    size_t bytes; /* of all strings, terminators included */
};

/* The block, if there is one with the right magic. */
static const struct kn_block *find_block(const struct kn_start *start)
{
    const struct kn_block *block = (const void *)(start + 1);

    if (start->block_size < sizeof *block || start->block_size > KN_BLOCK_MAX ||
        block->magic != KN_BLOCK_MAGIC) {
        return NULL;
    }
    return block;
}

/* Returns the list, or an empty one if the array or any string leaves the block. */
static struct strings read_strings(const struct kn_block *block, uint32_t size, uint32_t count,
                                   uint32_t array)
{
    struct strings none = { 0 };
    struct strings list = { .base = (const char *)block, .count = count };

    if (array % sizeof(uint32_t) || array > size || count > (size - array) / sizeof(uint32_t)) {
        return none;
    }
    list.offsets = (const uint32_t *)(list.base + array);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = list.offsets[i];
        const char *end = at < size ? memchr(list.base + at, 0, size - at) : NULL;

        if (!end) {
            return none;
        }
        list.bytes += (size_t)(end - (list.base + at)) + 1;
    }
    return list;
}

/* A program without a block still has a name. */
static struct strings own_name(const struct kn_start *start)
{
    static const uint32_t zero;
    const char *name = start->task_name[0] ? start->task_name : "Einit";

    return (struct strings){
        .base = name,
        .offsets = &zero,
        .count = 1,
        .bytes = strnlen(name, sizeof start->task_name) + 1,
    };
}

static size_t *add_pair(size_t *aux, size_t type, uint64_t value)
{
    aux[0] = type;
    aux[1] = value;
    return aux + 2;
}

static void build_aux(size_t *aux, const struct kn_start *start, const char *name)
{
    aux = add_pair(aux, AT_PAGESZ, start->page_size);
    aux = add_pair(aux, AT_RANDOM, (uintptr_t)start->random);
    aux = add_pair(aux, AT_PHDR, start->phdr);
    aux = add_pair(aux, AT_PHNUM, start->phdr ? start->phnum : 0);
    aux = add_pair(aux, AT_PHENT, sizeof(Elf64_Phdr));
    aux = add_pair(aux, AT_HWCAP, start->hwcap);
    aux = add_pair(aux, AT_EXECFN, (uintptr_t)name);
    aux = add_pair(aux, AT_SECURE, 0);
    add_pair(aux, AT_NULL, 0);
}

/* Copies the arguments to `text` and points argv at the copies. */
static void copy_args(char **argv, char *text, const struct strings *args)
{
    for (uint32_t i = 0; i < args->count; i++) {
        const char *from = args->base + args->offsets[i];
        size_t size = strlen(from) + 1;

        memcpy(text, from, size);
        argv[i] = text;
        text += size;
    }
    argv[args->count] = NULL;
}

static _Noreturn void refuse(const char *why, size_t size)
{
    KnDebugWrite(why, size);
    KnTaskExitRaw(127);
}
#define REFUSE(why) refuse(why, sizeof(why) - 1)

/* Runs on the first thread's stack before anything of the C library is ready. */
_Noreturn void __kos_start(const struct kn_start *start, main_fn *entry)
{
    const struct kn_block *block = find_block(start);
    struct strings args = { 0 }, env = { 0 };
    size_t words, total;

    __kos_start_init(start);
    if (block) {
        args = read_strings(block, start->block_size, block->argc, block->args);
        env = read_strings(block, start->block_size, block->envc, block->env);
    }
    if (args.count == 0) {
        args = own_name(start);
    }
    words = (size_t)args.count + 1 + env.count + 1 + 2 * AUX_PAIRS;
    total = words * sizeof(size_t) + args.bytes;
    if (total > (start->stack_high - start->stack_low) / 2) {
        REFUSE("start: the arguments do not fit on the stack\n");
    }

    size_t vector[total / sizeof(size_t) + 1];
    char **argv = (char **)vector;
    char **envp = argv + args.count + 1;

    copy_args(argv, (char *)(vector + words), &args);
    for (uint32_t i = 0; i < env.count; i++) {
        envp[i] = (char *)(uintptr_t)(env.base + env.offsets[i]);
    }
    envp[env.count] = NULL;
    build_aux((size_t *)(envp + env.count + 1), start, argv[0]);
    KnTaskExitRaw(__libc_start_main(entry, (int)args.count, argv, NULL, NULL, NULL));
}
