/*
 * main.c: reads the files that CMakeLists.txt made: byte i is letter (i + i / 4096) mod 26.
 */
#include "check.h"

#include <coresrv/fs/fs_api.h>
#include <string.h>

static int is_right(const char *data, rtl_size_t from, rtl_size_t count)
{
    for (rtl_size_t i = 0; i < count; i++) {
        rtl_size_t at = from + i;

        if (data[i] != (char)('a' + (at + at / 4096) % 26)) {
            return 0;
        }
    }
    return 1;
}

static void contents(void)
{
    static const struct {
        const char *name;
        rtl_uint64_t size;
    } files[] = {{"file-0", 0}, {"file-1", 1}, {"file-4096", 4096}, {"file-8200", 8200}};
    static char buf[10000];

    for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        rtl_uint32_t file = 0;
        rtl_uint64_t size = 99;
        rtl_size_t n = 99;

        CHECK_RC(files[i].name, KnFsOpen(files[i].name, &file), rcOk);
        CHECK_RC("its size", KnFsGetSize(file, &size), rcOk);
        CHECK_EQUAL("its size", size, files[i].size);
        CHECK_RC("all of it", KnFsRead(file, 0, buf, sizeof(buf), &n), rcOk);
        CHECK_EQUAL("all of it", n, files[i].size);
        CHECK("its bytes", is_right(buf, 0, n));
        CHECK_RC("behind its end", KnFsRead(file, size, buf, 1, &n), rcOk);
        CHECK_EQUAL("behind its end", n, 0);
        CHECK_RC("close", KnFsClose(file), rcOk);
    }
}

static void parts(void)
{
    static const struct {
        rtl_uint64_t offset;
        rtl_size_t size, expected;
    } parts[] = {{1, 3, 3}, {4090, 12, 12}, {4095, 4098, 4098}, {8190, 50, 10}, {8200, 5, 0},
                 {1ull << 40, 5, 0}, {~0ull - 2, 8, 0}, {100, 0, 0}};
    static char buf[5000];
    rtl_uint32_t file = 0;

    CHECK_RC("open", KnFsOpen("file-8200", &file), rcOk);
    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        rtl_size_t n = 99;

        CHECK_RC("a part", KnFsRead(file, parts[i].offset, buf, parts[i].size, &n), rcOk);
        CHECK_EQUAL("its length", n, parts[i].expected);
        CHECK("its bytes", is_right(buf, parts[i].offset, n));
    }
}

static void list(void)
{
    char name[128];
    rtl_uint32_t count = 0, id = 0, file = 0, same = 99;
    rtl_uint64_t size = 0;
    int found = 0;

    CHECK_RC("count", KnFsCount(&count), rcOk);
    for (rtl_uint32_t i = 0; i < count; i++) {
        if (KnFsGetInfo(i, name, sizeof(name), &id) == rcOk && id == i) {
            found += !strncmp(name, "file-", 5) || !strcmp(name, "einit");
        }
    }
    CHECK_EQUAL("einit and four files are listed", found, 5);
    CHECK_RC("behind the last", KnFsGetInfo(count, name, sizeof(name), &id), rcResourceNotFound);
    CHECK_RC("a short buffer", KnFsGetInfo(0, name, 3, &id), rcBufferTooSmall);
    KnFsGetInfo(count - 1, name, sizeof(name), &id);
    CHECK_RC("open by its name", KnFsOpen(name, &file), rcOk);
    CHECK_RC("its number", KnFsGetId(file, &same), rcOk);
    CHECK_EQUAL("its number", same, id);
    CHECK_RC("size of all", KnFsGetFsSize(&size), rcOk);
    CHECK("size of all", size > 4096 + 8200);
}

static void mistakes(void)
{
    static const rtl_uint32_t wrong[] = {0, 1, 0x4653ffff, 0xffffffff};
    char long_name[1200], byte;
    rtl_uint32_t file = 77;
    rtl_uint64_t size;
    rtl_size_t n = 55;

    memset(long_name, 'x', sizeof(long_name));
    CHECK_RC("no such file", KnFsOpen("nowhere", &file), rcResourceNotFound);
    CHECK_RC("a part of a name", KnFsOpen("file", &file), rcResourceNotFound);
    long_name[500] = 0;
    CHECK_RC("a long name", KnFsOpen(long_name, &file), rcResourceNotFound);
    long_name[500] = 'x';
    long_name[1199] = 0;
    CHECK_RC("a very long name", KnFsOpen(long_name, &file), rcResourceNotFound);
    CHECK_RC("an empty name", KnFsOpen("", &file), rcInvalidArgument);
    CHECK_EQUAL("untouched on failure", file, 77);
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK_RC("no id: read", KnFsRead(wrong[i], 0, &byte, 1, &n), rcInvalidArgument);
        CHECK_RC("no id: size", KnFsGetSize(wrong[i], &size), rcInvalidArgument);
        CHECK_RC("no id: close", KnFsClose(wrong[i]), rcInvalidArgument);
    }
    CHECK_EQUAL("untouched on failure", n, 55);
}

int main(void)
{
    contents();
    parts();
    list();
    mistakes();
    finish();
}
