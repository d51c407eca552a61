/*
 * names.c: the rules and functions of the models, by name.
 */
#include <string.h>

#include "internal.h"

const char *const model_names[] = {"Pred", "Bool", "Math", "Struct", "Base", "Regex", "HashSet",
                                   "StaticMap", "Flow", "Mic"};

static const struct {
    enum psl_model model;
    const char *name;
    enum psl_rule rule;
} rules[] = {
    {PSL_BASE, "grant", PSL_GRANT},
    {PSL_BASE, "assert", PSL_ASSERT},
    {PSL_BASE, "deny", PSL_DENY},
    {PSL_BASE, "set_level", PSL_SET_LEVEL},
    {PSL_BOOLEAN, "assert", PSL_BOOL_ASSERT},
    {PSL_HASHSET, "init", PSL_SET_INIT},
    {PSL_HASHSET, "fini", PSL_SET_FINI},
    {PSL_HASHSET, "add", PSL_SET_ADD},
    {PSL_HASHSET, "remove", PSL_SET_REMOVE},
    {PSL_STATICMAP, "init", PSL_MAP_INIT},
    {PSL_STATICMAP, "fini", PSL_MAP_FINI},
    {PSL_STATICMAP, "set", PSL_MAP_SET},
    {PSL_STATICMAP, "commit", PSL_MAP_COMMIT},
    {PSL_STATICMAP, "rollback", PSL_MAP_ROLLBACK},
    {PSL_FLOW, "init", PSL_FLOW_INIT},
    {PSL_FLOW, "fini", PSL_FLOW_FINI},
    {PSL_FLOW, "enter", PSL_FLOW_ENTER},
    {PSL_FLOW, "allow", PSL_FLOW_ALLOW},
    {PSL_MIC, "create", PSL_MIC_CREATE},
    {PSL_MIC, "delete", PSL_MIC_DELETE},
    {PSL_MIC, "execute", PSL_MIC_EXECUTE},
    {PSL_MIC, "upgrade", PSL_MIC_UPGRADE},
    {PSL_MIC, "call", PSL_MIC_CALL},
    {PSL_MIC, "invoke", PSL_MIC_INVOKE},
    {PSL_MIC, "read", PSL_MIC_READ},
    {PSL_MIC, "write", PSL_MIC_WRITE},
};

static const struct {
    enum psl_model model;
    const char *name;
    enum psl_function function;
} functions[] = {
    {PSL_PRED, "empty", PSL_PRED_EMPTY},
    {PSL_BOOLEAN, "all", PSL_BOOL_ALL},
    {PSL_BOOLEAN, "any", PSL_BOOL_ANY},
    {PSL_BOOLEAN, "cond", PSL_BOOL_COND},
    {PSL_MATH, "neg", PSL_MATH_NEG},
    {PSL_MATH, "abs", PSL_MATH_ABS},
    {PSL_MATH, "sum", PSL_MATH_SUM},
    {PSL_MATH, "product", PSL_MATH_PRODUCT},
    {PSL_MATH, "uint64", PSL_MATH_UINT64},
    {PSL_MATH, "uint32", PSL_MATH_UINT32},
    {PSL_MATH, "uint16", PSL_MATH_UINT16},
    {PSL_MATH, "sint64", PSL_MATH_SINT64},
    {PSL_MATH, "sint32", PSL_MATH_SINT32},
    {PSL_MATH, "sint16", PSL_MATH_SINT16},
    {PSL_STRUCT, "size", PSL_SIZE},
    {PSL_REGEX, "match", PSL_RE_MATCH},
    {PSL_REGEX, "select", PSL_RE_SELECT},
    {PSL_HASHSET, "contains", PSL_SET_CONTAINS},
    {PSL_STATICMAP, "get", PSL_MAP_GET},
    {PSL_STATICMAP, "get_uncommitted", PSL_MAP_GET_UNCOMMITTED},
    {PSL_STATICMAP, "get_uncommited", PSL_MAP_GET_UNCOMMITTED}, /* an older spelling */
    {PSL_FLOW, "query", PSL_FLOW_QUERY},
    {PSL_MIC, "query_level", PSL_MIC_QUERY_LEVEL},
};

enum psl_rule rule_by_name(enum psl_model model, const char *name)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].model == model && !strcmp(rules[i].name, name))
            return rules[i].rule;
    }
    return PSL_NO_RULE;
}

enum psl_function function_by_name(enum psl_model model, const char *name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].model == model && !strcmp(functions[i].name, name))
            return functions[i].function;
    }
    return PSL_NO_FUNCTION;
}

const char *rules_of(struct nkidl *idl, enum psl_model model, bool is_function)
{
    const char *list = NULL;

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !is_function; i++) {
        if (rules[i].model == model)
            list = name_list(idl, list, rules[i].name);
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && is_function; i++) {
        if (functions[i].model == model && strcmp(functions[i].name, "get_uncommited") != 0)
            list = name_list(idl, list, functions[i].name);
    }
    return list ? list : "none";
}
