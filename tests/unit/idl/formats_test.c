/*
 * formats_test.c: what the generated table of message forms says about the classes of good/.
 */
#include <stdio.h>
#include <string.h>
#include <tessera/formats.h>

static int failures;
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                 \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static void test_classes(void)
{
    static const char *const names[] = {"kl.core.Core", "Single", "demo.Client", "demo.Server"};

    CHECK(ksm_image.nclasses == 4 && ksm_image.abi_hash != 0);
    for (unsigned i = 0; i < 4; i++)
        CHECK(!strcmp(ksm_image.classes[i]->name, names[i]));
    CHECK(ksm_image.classes[2]->nendpoints == 0);
    CHECK(ksm_image.classes[0]->nendpoints == 9);
    CHECK(!strcmp(ksm_image.classes[0]->endpoints[0].name, "sync.Sync"));
}

static void test_methods(const struct ksm_endpoint *endpoint)
{
    const struct ksm_form *form;

    CHECK(!strcmp(endpoint->name, "branch.right.b") && endpoint->nmethods == 7);
    CHECK(!strcmp(endpoint->interface, "demo.IAll"));

    form = &endpoint->methods[0].req; /* Nothing */
    CHECK(form->size == 24 && form->flags == KSM_FORM_SHORT && form->ndescs == 0);
    CHECK(endpoint->methods[0].err.size == 0);

    form = &endpoint->methods[1].req; /* Ints */
    CHECK(form->size == 48 && form->flags == KSM_FORM_SHORT);

    form = &endpoint->methods[2].req; /* Echo: text@24, where@32 */
    CHECK(form->size == 40 && form->flags == 0 && form->ndescs == 1);
    CHECK(form->descs[0].offset == 24 && form->descs[0].elem == 1 && form->descs[0].max == 257);
    CHECK(form->descs[0].flags == KSM_DESC_STRING && form->descs[0].align == 1);
    form = &endpoint->methods[2].err; /* code@24, why@28 */
    CHECK(form->size == 40 && form->ndescs == 1 && form->descs[0].offset == 28);

    form = &endpoint->methods[3].req; /* Deep */
    CHECK(form->flags == KSM_FORM_NESTED && form->ndescs == 3);
    CHECK(form->descs[0].nnested == 1 && form->descs[0].nested[0].offset == 56);
    CHECK(form->descs[0].nested[0].flags == KSM_DESC_STRING);
    CHECK(form->descs[1].flags == 0);
    CHECK(form->descs[2].elem == 8 && form->descs[2].nested[0].elem == 4);

    form = &endpoint->methods[4].req; /* Give */
    CHECK(form->nhandles == 4 && form->handles[1] == 48 && form->handles[3] == 88);
    CHECK(form->flags == 0 && form->size == 104);
}

int main(void)
{
    test_classes();
    test_methods(&ksm_image.classes[3]->endpoints[6]);
    return failures != 0;
}
