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
    static const char *const names[] = {"kl.core.Core", "Single", "demo.Client", "demo.Guarded",
                                        "demo.Server"};

    CHECK(ksm_image.nclasses == 5 && ksm_image.abi_hash != 0);
    for (unsigned i = 0; i < 5; i++)
        CHECK(!strcmp(ksm_image.classes[i]->name, names[i]));
    CHECK(ksm_image.classes[2]->nendpoints == 0);
    CHECK(!strcmp(ksm_image.classes[0]->endpoints[0].name, "sync.Sync"));
}

static const struct ksm_method *core_method(const char *endpoint, const char *name)
{
    const struct ksm_class *core = ksm_image.classes[0];

    for (unsigned i = 0; i < core->nendpoints; i++) {
        const struct ksm_endpoint *e = &core->endpoints[i];

        for (unsigned m = 0; m < e->nmethods && !strcmp(e->name, endpoint); m++) {
            if (!strcmp(e->methods[m].name, name))
                return &e->methods[m];
        }
    }
    return NULL;
}

/* Handles of the kernel's interfaces are plain words that rules see as SIDs. */
static void test_handle_words(void)
{
    const struct ksm_method *copy = core_method("handle.Handle", "Copy");
    const struct ksm_method *sleep = core_method("thread.Thread", "Sleep");

    CHECK(copy && copy->req.nwords == 2 && copy->req.words[0] == 24 && copy->req.words[1] == 32);
    CHECK(copy && copy->res.nwords == 1 && copy->req.nhandles == 0);
    CHECK(copy && copy->req.nparams == 3 && !strcmp(copy->req.params[1].name, "newRightsMask"));
    CHECK(copy && copy->req.params[0].type == KSM_TYPE_HANDLE_WORD);
    CHECK(copy && copy->req.params[1].type == KSM_TYPE_UINT32 && copy->req.params[1].offset == 28);
    CHECK(sleep && sleep->req.nwords == 0);
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

    CHECK(form->nparams > 0 && form->params[0].offset == 24 && form->nwords == 0);

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

/* At 28 in the first union: nothing for `number`, a string for `name`, strings for `names`. */
static void test_unions(const struct ksm_endpoint *endpoint)
{
    const struct ksm_form *form = &endpoint->methods[0].req;
    const struct ksm_desc *d = form->descs;

    CHECK(form->size == 48 && form->ndescs == 2 && form->flags == KSM_FORM_NESTED);
    CHECK(d[0].flags == KSM_DESC_TAGGED && d[0].offset == 32 && d[0].max == 1);
    CHECK(d[0].nnested == 1 && d[0].nested[0].offset == 40 && d[0].nested[0].max == 33);
    CHECK(d[0].nested[0].flags == KSM_DESC_STRING);
    CHECK(d[1].flags == KSM_DESC_TAGGED && d[1].max == 2 && d[1].nested[0].nnested == 1);

    d = endpoint->methods[1].req.descs;
    CHECK(endpoint->methods[1].req.ndescs == 3);
    CHECK(d[0].max == 0 && d[0].nnested == 2 && d[0].nested[0].flags == KSM_DESC_TAGGED);
    CHECK(d[0].nested[0].offset == 32 && d[0].nested[0].nested[0].offset == 40);
    CHECK(d[1].max == 1 && d[1].nested[0].offset == 32 && d[1].nested[0].max == 5);
    CHECK(d[2].max == 2 && d[2].nnested == 4 && d[2].nested[2].offset == 48);
    form = &endpoint->methods[1].res;
    CHECK(form->ndescs == 1 && form->descs[0].nnested == 3 && form->flags == KSM_FORM_NESTED);
    CHECK(form->descs[0].nested[0].flags == KSM_DESC_TAGGED && form->descs[0].nested[0].offset == 0);
}

static void test_security(const struct ksm_class *class)
{
    CHECK(class->nsecurity == 2 && ksm_image.classes[2]->nsecurity == 0);
    CHECK(!strcmp(class->security[0].name, "") && !strcmp(class->security[1].name, "branch"));
    CHECK(!strcmp(class->security[0].interface, "demo.ISecure"));
    CHECK(class->security[1].nmethods == 1);
    CHECK(!strcmp(class->security[1].methods[0].name, "Ask"));
    CHECK(class->security[1].methods[0].req.size == 32);
}

int main(void)
{
    test_classes();
    test_handle_words();
    test_methods(&ksm_image.classes[4]->endpoints[6]);
    test_unions(&ksm_image.classes[3]->endpoints[0]);
    test_security(ksm_image.classes[3]);
    return failures != 0;
}
