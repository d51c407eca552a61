/*
 * parser.y: the grammar of .idl, .cdl and .edl files. The scanner's first token tells which of the
 * three is read. Actions only hand over to builder.c.
 */
%code requires {
#include "internal.h"
typedef void *yyscan_t;
}

%code provides {
int nkidl_yylex(NKIDL_YYSTYPE *value, struct nkidl_loc *loc, yyscan_t scanner);
}

%code {
#include <string.h>

#define YYLLOC_DEFAULT(cur, rhs, n) join_locations(&(cur), (n) ? &YYRHSLOC(rhs, 1) : NULL, \
                                                   &YYRHSLOC(rhs, n))

static void join_locations(struct nkidl_loc *cur, const struct nkidl_loc *first,
                           const struct nkidl_loc *last)
{
    *cur = first ? *first : *last;
    if (cur->line == last->line)
        cur->end_column = last->end_column;
}

static void nkidl_yyerror(const struct nkidl_loc *loc, yyscan_t scanner, struct parse *p,
                          const char *text)
{
    (void)scanner;
    nkidl_error(p->idl, *loc, NULL, "%s", text);
}

static void add_field(struct fields *list, struct nkidl_field *field)
{
    if (list->last)
        list->last->next = field;
    else
        list->first = field;
    list->last = field;
}
}

%define api.pure full
%define api.prefix {nkidl_yy}
%define parse.error custom
%define parse.lac full
%define api.location.type {struct nkidl_loc}
%initial-action { @$.file = p->file; }
%param { yyscan_t scanner }
%parse-param { struct parse *p }

%union {
    struct word word;
    struct nkidl_expr *expr;
    struct nkidl_type *type;
    struct nkidl_field *field;
    struct fields fields;
    enum nkidl_direction direction;
}

%token START_IDL START_CDL START_EDL
%token END 0 "end of file"
%token <word> WORD "name"
%token <word> PACKAGE "package" IMPORT "import" CONST "const" TYPEDEF "typedef" STRUCT "struct"
%token <word> UNION "union" INTERFACE "interface" INTERFACES "interfaces" IN "in" OUT "out"
%token <word> ERROR "error" HANDLE "handle" BYTES "bytes" STRING "string" ARRAY "array"
%token <word> SEQUENCE "sequence" COMPONENT "component" COMPONENTS "components"
%token <word> ENDPOINTS "endpoints" SECURITY "security" ENTITY "entity" TASK "task" CLASS "class"
%token <expr> NUMBER "number"
%token POWER "**" SHIFT "<<"

%type <word> name dotted
%type <expr> expr
%type <type> type
%type <field> field param
%type <fields> fields params param_list
%type <direction> direction

%left SHIFT
%left '+' '-'
%left '*'
%precedence NEGATE
%right POWER

%%

file:
    START_IDL idl
|   START_CDL cdl
|   START_EDL edl
;

/* IDL */

idl: PACKAGE dotted { build_package(p, $2); } imports decls interface_opt ;

imports: %empty | imports import ;
import: IMPORT dotted { build_import(p, $2); } ;

decls: %empty | decls decl ;
decl:
    CONST type name '=' expr ';' {
        struct nkidl_decl *decl = build_decl(p, NKIDL_CONST, $3);
        decl->type = $2;
        decl->expr = $5;
    }
|   TYPEDEF type name ';' { build_decl(p, NKIDL_TYPEDEF, $3)->type = $2; }
|   STRUCT name '{' fields '}' { build_decl(p, NKIDL_STRUCT, $2)->fields = $4.first; }
|   UNION name '{' fields '}' { build_decl(p, NKIDL_UNION, $2)->fields = $4.first; }
;

fields:
    %empty { $$.first = $$.last = NULL; }
|   fields field { $$ = $1; add_field(&$$, $2); }
;
field: type name ';' { $$ = build_field(p, NKIDL_FIELD, $1, $2); } ;

interface_opt: %empty | interface_opt interface ;
interface: INTERFACE { build_interface(p, @1); } '{' methods '}' ;
methods: %empty | methods method ;
method: name '(' params ')' ';' { build_method(p, $1, $3); } ;

params:
    %empty { $$.first = $$.last = NULL; }
|   param_list
;
param_list:
    param { $$.first = $$.last = $1; }
|   param_list ',' param { $$ = $1; add_field(&$$, $3); }
;
param: direction type name { $$ = build_field(p, $1, $2, $3); } ;
direction:
    IN { $$ = NKIDL_IN; }
|   OUT { $$ = NKIDL_OUT; }
|   ERROR { $$ = NKIDL_ERROR; }
;

type:
    WORD { $$ = build_word_type(p, $1); }
|   HANDLE '<' dotted '>' { $$ = build_handle_type(p, @$, $3); }
|   BYTES '<' expr '>' {
        $$ = build_type(p, NKIDL_BYTES, @$);
        $$->count_expr = $3;
    }
|   STRING '<' expr '>' {
        $$ = build_type(p, NKIDL_STRING, @$);
        $$->count_expr = $3;
    }
|   ARRAY '<' type ',' expr '>' {
        $$ = build_type(p, NKIDL_ARRAY, @$);
        $$->elem = $3;
        $$->count_expr = $5;
    }
|   SEQUENCE '<' type ',' expr '>' {
        $$ = build_type(p, NKIDL_SEQUENCE, @$);
        $$->elem = $3;
        $$->count_expr = $5;
    }
;

expr:
    NUMBER
|   name {
        $$ = build_expr(p, EXPR_NAME, $1.loc, NULL, NULL);
        $$->name = $1.text;
    }
|   '(' expr ')' { $$ = $2; }
|   '-' expr %prec NEGATE { $$ = build_expr(p, EXPR_NEGATE, @$, $2, NULL); }
|   expr '+' expr { $$ = build_expr(p, EXPR_ADD, @$, $1, $3); }
|   expr '-' expr { $$ = build_expr(p, EXPR_SUBTRACT, @$, $1, $3); }
|   expr '*' expr { $$ = build_expr(p, EXPR_MULTIPLY, @$, $1, $3); }
|   expr SHIFT expr { $$ = build_expr(p, EXPR_SHIFT, @$, $1, $3); }
|   expr POWER expr { $$ = build_expr(p, EXPR_POWER, @$, $1, $3); }
;

/* CDL and EDL */

cdl: COMPONENT dotted { build_component(p, NKIDL_CDL, $2); } sections ;
edl:
    ENTITY dotted { build_component(p, NKIDL_EDL, $2); } sections
|   TASK CLASS dotted { build_component(p, NKIDL_EDL, $3); } sections
;

sections: %empty | sections section ;
section:
    SECURITY dotted { build_security(p, $2); }
|   ENDPOINTS { build_section(p, @1, true); } '{' endpoints '}'
|   INTERFACES { build_section(p, @1, true); } '{' endpoints '}'
|   COMPONENTS { build_section(p, @1, false); } '{' instances '}'
;
endpoints: %empty | endpoints endpoint ;
endpoint: name ':' dotted { build_endpoint(p, $1, $3); } ;
instances: %empty | instances instance ;
instance: name ':' dotted { build_instance(p, $1, $3); } ;

/* Names */

dotted:
    name
|   dotted '.' name { $$ = build_dotted(p, $1, $3); }
;
name:
    WORD | PACKAGE | IMPORT | CONST | TYPEDEF | STRUCT | UNION | INTERFACE | INTERFACES | IN | OUT
|   ERROR | HANDLE | BYTES | STRING | ARRAY | SEQUENCE | COMPONENT | COMPONENTS | ENDPOINTS
|   SECURITY | ENTITY | TASK | CLASS
;

%%


enum { EXPECTED_MAX = 64 };

struct expectation {
    yysymbol_kind_t tokens[EXPECTED_MAX];
    int count;
};

static bool expects(const struct expectation *e, yysymbol_kind_t token)
{
    for (int i = 0; i < e->count; i++) {
        if (e->tokens[i] == token)
            return true;
    }
    return false;
}

static bool expects_sign(const struct expectation *e, const char *sign)
{
    for (int i = 0; i < e->count; i++) {
        if (!strcmp(yysymbol_name(e->tokens[i]), sign))
            return true;
    }
    return false;
}

/* What to do, for the mistakes that people make. */
static const char *idl_help(const struct expectation *e, yysymbol_kind_t found)
{
    const char *sign = yysymbol_name(found);

    if (expects_sign(e, "';'"))
        return "constants, typedefs, fields and methods end with ';'";
    if (!strcmp(sign, "';'"))
        return "package, import, struct {}, union {} and interface {} take no ';'";
    if (!strcmp(sign, "'.'"))
        return "import the package, then write the type's name alone";
    if (expects(e, YYSYMBOL_IN) && !expects(e, YYSYMBOL_WORD))
        return "a parameter is 'in', 'out' or 'error', then a type, then a name";
    if (e->count == 1 && expects_sign(e, "'{'") && found == YYSYMBOL_WORD)
        return "an interface has no name of its own: the package's name is its name";
    if (expects_sign(e, "'<'"))
        return "say how large it may get, for example string<64>";
    if (found == YYSYMBOL_IMPORT)
        return "imports stand directly after the package line";
    if (expects(e, YYSYMBOL_INTERFACE) && !expects(e, YYSYMBOL_CONST))
        return "types and constants stand before the interface";
    if (expects(e, YYSYMBOL_PACKAGE) && e->count == 1)
        return "an .idl file starts with its package: package a.b.Name";
    return NULL;
}

static const char *component_help(const struct expectation *e, yysymbol_kind_t found,
                                  enum nkidl_kind kind)
{
    const char *sign = yysymbol_name(found);

    if (!strcmp(sign, "','") || !strcmp(sign, "';'"))
        return "items are written 'name : type', without separators";
    if (expects(e, YYSYMBOL_COMPONENT))
        return "a .cdl file starts with its name: component a.b.Name";
    if (expects(e, YYSYMBOL_ENTITY))
        return "an .edl file starts with its name: task class a.b.Name, or entity a.b.Name";
    if (expects(e, YYSYMBOL_SECURITY))
        return kind == NKIDL_EDL ? "after the class come: security, endpoints { }, components { }"
                                 : "after the name come: security, endpoints { }, components { }";
    return NULL;
}

/* Signs that may follow any value: not worth naming beside what would end it. */
static bool is_operator(const struct expectation *e, yysymbol_kind_t token)
{
    static const char *const operators[] = {"'+'", "'-'", "'*'", "**", "<<"};

    if (!expects_sign(e, "'+'"))
        return false;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (!strcmp(yysymbol_name(token), operators[i]))
            return true;
    }
    return false;
}

/* "';', '=' or a name": what could have stood there. */
static const char *describe(struct parse *p, const struct expectation *e)
{
    const char *names[EXPECTED_MAX + 1];
    const char *text = "";
    int n = 0;
    bool any_name = expects(e, YYSYMBOL_WORD) && expects(e, YYSYMBOL_PACKAGE);
    bool any_type = expects(e, YYSYMBOL_WORD) && !any_name;

    if (any_name)
        names[n++] = "a name";
    if (any_type)
        names[n++] = "a type";
    for (int i = 0; i < e->count; i++) {
        yysymbol_kind_t token = e->tokens[i];
        bool is_word = token >= YYSYMBOL_WORD && token <= YYSYMBOL_CLASS;
        const char *name = yysymbol_name(token);

        if ((is_word && (any_name || any_type)) || is_operator(e, token))
            continue;
        names[n++] = is_word ? nkidl_format(p->idl, "'%s'", name) : name;
    }
    for (int i = 0; i < n; i++)
        text = nkidl_format(p->idl, "%s%s%s", text, i == 0 ? "" : i == n - 1 ? " or " : ", ",
                            names[i]);
    return text;
}

static int yyreport_syntax_error(const yypcontext_t *context, yyscan_t scanner, struct parse *p)
{
    struct expectation e;
    yysymbol_kind_t found = yypcontext_token(context);
    const struct nkidl_loc *loc = yypcontext_location(context);
    const char *help, *what;

    (void)scanner;
    if (p->failed) /* the scanner has reported it */
        return 0;
    p->failed = true;
    e.count = yypcontext_expected_tokens(context, e.tokens, EXPECTED_MAX);
    help = p->kind == NKIDL_IDL ? idl_help(&e, found) : component_help(&e, found, p->kind);
    if (found == YYSYMBOL_YYEOF)
        what = "the file ends here";
    else
        what = nkidl_format(p->idl, "unexpected '%.*s'", (int)(loc->end_column - loc->column),
                            location_text(loc));
    if (e.count > 0)
        nkidl_error(p->idl, *loc, help, "%s, expected %s", what, describe(p, &e));
    else
        nkidl_error(p->idl, *loc, help, "%s", what);
    return 0;
}
