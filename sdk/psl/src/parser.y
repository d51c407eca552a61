/*
 * parser.y: the grammar of policies. Commas are separators wherever something may repeat, and may
 * be left out or trail; a rule's argument may stand in parentheses or beside its name.
 */
%code requires {
#include "internal.h"
}

%code provides {
int nkpsl_yylex(NKPSL_YYSTYPE *value, struct span *at, struct parse *p);
}

%code {
#include <string.h>

#define YYLLOC_DEFAULT(cur, rhs, n) join_spans(&(cur), (n) ? &YYRHSLOC(rhs, 1) : NULL, \
                                               &YYRHSLOC(rhs, n))

static void join_spans(struct span *cur, const struct span *first, const struct span *last)
{
    if (!first) { /* nothing was read */
        *cur = *last;
        cur->start = cur->end;
        return;
    }
    *cur = *first;
    cur->end = last->end;
    if (cur->loc.line == last->loc.line)
        cur->loc.end_column = last->loc.end_column;
}

static void nkpsl_yyerror(const struct span *at, struct parse *p, const char *text)
{
    nkidl_error(p->idl, at->loc, NULL, "%s", text);
}

static void *make(struct parse *p, size_t size)
{
    return nkidl_alloc(p->idl, size);
}

static struct psl_expr *new_expr(struct parse *p, enum psl_expr_kind kind, struct nkidl_loc loc)
{
    struct psl_expr *e = make(p, sizeof(*e));

    e->kind = kind;
    e->loc = loc;
    return e;
}

/* The parser's stack does not grow with "a || b || c ..."; what walks the tree does. */
static struct psl_expr *grow(struct parse *p, struct psl_expr *e, const struct psl_expr *part)
{
    if (part && part->height >= e->height)
        e->height = part->height + 1;
    if (e->height > HEIGHT_MAX && !p->failed) {
        nkidl_error(p->idl, e->loc, "split it", "the expression is too deep");
        p->failed = true;
    }
    return e;
}

static struct psl_expr *binary(struct parse *p, enum psl_op op, struct span at,
                               struct psl_expr *left, struct psl_expr *right)
{
    struct psl_expr *e = new_expr(p, PSL_BINARY, at.loc);

    e->op = op;
    e->left = left;
    e->right = right;
    grow(p, e, left);
    return grow(p, e, right);
}

static struct psl_expr *unary(struct parse *p, enum psl_op op, struct span at, struct psl_expr *of)
{
    struct psl_expr *e = new_expr(p, PSL_UNARY, at.loc);

    e->op = op;
    e->left = of;
    return grow(p, e, of);
}

/* -1 is a number. */
static struct psl_expr *negative(struct parse *p, struct span at, struct psl_expr *of)
{
    if (of->kind == PSL_INT && !of->negative && of->number <= (uint64_t)1 << 63) {
        struct psl_expr *e = new_expr(p, PSL_INT, at.loc);

        e->number = -of->number;
        e->negative = of->number != 0;
        return e;
    }
    return unary(p, PSL_NEGATE, at, of);
}

static struct psl_expr *call(struct parse *p, struct span at, struct word name,
                             struct psl_expr *arg)
{
    struct psl_expr *e = new_expr(p, PSL_CALL, at.loc);

    e->name = name.text;
    e->left = arg;
    return grow(p, e, arg);
}

static struct psl_expr *collect(struct parse *p, enum psl_expr_kind kind, struct span at,
                                struct items *items)
{
    struct psl_expr *e = new_expr(p, kind, at.loc);
    unsigned n = 0;

    for (struct item *i = items->first; i; i = i->next)
        e->nitems++;
    e->items = make(p, e->nitems * sizeof(*e->items));
    for (struct item *i = items->first; i; i = i->next) {
        e->items[n++] = (struct psl_item){i->key, i->value};
        grow(p, e, i->value);
    }
    return e;
}

static struct items items_add(struct parse *p, struct items list, struct psl_expr *key,
                              struct psl_expr *value)
{
    struct item *item = make(p, sizeof(*item));

    item->key = key;
    item->value = value;
    if (list.last)
        list.last->next = item;
    else
        list.first = item;
    list.last = item;
    return list;
}

static struct psl_expr *key_word(struct parse *p, struct word word)
{
    struct psl_expr *e = new_expr(p, PSL_NAME, word.loc);

    e->name = word.text;
    return e;
}

static struct type *new_type(struct parse *p, enum type_kind kind, struct span at)
{
    struct type *t = make(p, sizeof(*t));

    t->kind = kind;
    t->loc = at.loc;
    return t;
}

static struct actions actions_add(struct actions list, struct psl_action *action)
{
    if (list.last)
        list.last->next = action;
    else
        list.first = action;
    list.last = action;
    return list;
}

static struct psl_action *new_action(struct parse *p, enum psl_action_kind kind, struct span at)
{
    struct psl_action *a = make(p, sizeof(*a));

    a->kind = kind;
    a->loc = at.loc;
    a->text = one_line(p->idl, p->file, at.start, at.end);
    return a;
}

static bool enter(struct parse *p, struct span at)
{
    if (++p->depth <= DEPTH_MAX)
        return true;
    nkidl_error(p->idl, at.loc, "simplify it", "more than %d levels inside each other", DEPTH_MAX);
    return false;
}

static void select(struct parse *p, struct psl_block *block, struct word name, struct word value)
{
    static const char *const names[] = {"src", "dst", "interface", "component", "endpoint",
                                        "method"};

    for (int i = 0; i < PSL_SELECTORS; i++) {
        struct psl_selector *selector = &block->selectors[i];

        if (strcmp(names[i], name.text) != 0)
            continue;
        if (selector->text && strcmp(selector->text, value.text) != 0) {
            nkidl_error(p->idl, name.loc, "give each selector once",
                        "a second '%s' with another value", name.text);
            p->failed = true;
        }
        selector->text = value.text;
        selector->loc = value.loc;
        return;
    }
    nkidl_error(p->idl, name.loc,
                "there are: src, dst, interface, component, endpoint, method",
                "'%s' is not a selector", name.text);
    p->failed = true;
}

static void expect_word(struct parse *p, struct word word, const char *expected)
{
    if (strcmp(word.text, expected) != 0) {
        nkidl_error(p->idl, word.loc, NULL, "'%s' is due here, not '%s'", expected, word.text);
        p->failed = true;
    }
}

static void add_used(struct parse *p, struct word as, struct word name)
{
    struct used *used = make(p, sizeof(*used));

    used->name = name;
    used->as = as;
    LIST_ADD(&p->reader->used, used);
}

static void add_binding(struct parse *p, struct word event, struct psl_block block)
{
    static const char *const names[] = {"execute", "request", "response", "error", "security"};
    struct psl_binding *binding = make(p, sizeof(*binding));

    while (binding->event < PSL_SECURITY && strcmp(names[binding->event], event.text) != 0)
        binding->event++;
    binding->block = block;
    binding->block.loc = event.loc;
    LIST_ADD(&p->reader->bindings, binding);
}

static void add_audit_default(struct parse *p, struct word name, struct psl_expr *level)
{
    if (p->reader->audit_default.text)
        nkidl_warning(p->idl, name.loc, NULL, "the audit default is set twice; the last counts");
    p->reader->audit_default = name;
    p->reader->audit_level = level ? level->number : 0;
}

static void add_execute(struct parse *p, struct word event, struct word name)
{
    expect_word(p, event, "execute");
    if (strcmp(name.text, "kl.core.Execute") != 0) {
        nkidl_error(p->idl, name.loc, "write execute: kl.core.Execute",
                    "'%s' is not the execute interface", name.text);
        p->failed = true;
    }
    p->reader->has_execute = true;
}
}

%define api.pure full
%define api.prefix {nkpsl_yy}
%define parse.error custom
%define parse.lac full
%define api.location.type {struct span}
%initial-action { @$ = p->tokens[0].at; }
%param { struct parse *p }

%code requires {
struct item {
    struct item *next;
    struct psl_expr *key, *value;
};
struct items {
    struct item *first, *last;
};
struct actions {
    struct psl_action *first, *last;
};
struct branches {
    struct psl_branch *first, *last;
};
struct types {
    struct type *first, *last;
};
struct settings {
    struct setting *first, *last;
};
}

%union {
    struct word word;
    struct psl_expr *expr;
    struct items items;
    struct type *type;
    struct types types;
    struct setting *setting;
    struct settings settings;
    struct psl_block block;
    struct psl_action *action;
    struct actions actions;
    struct psl_branch *branch;
    struct branches branches;
}

%token END 0 "end of file"
%token <word> WORD "name"
%token <expr> NUMBER "number" TEXT "text"
%token USE "use" TASK "task" POLICY "policy" AUDIT "audit" TEST "assert" TYPE "type"
%token <word> EVENT "event"
%token MATCH "match" CHOICE "choice"
%token MESSAGE "message" SRC_SID "src_sid" DST_SID "dst_sid" TRUE "true" FALSE "false"
%token IMPLIES "==>" EQ "==" NE "!=" LE "<=" GE ">=" AND "&&" OR "||" ARROW "<-" TO "~>"

%type <word> dotted
%type <expr> expr postfix value_path primary application atom key label
%type <items> exprs some_exprs entries
%type <type> type simple_type
%type <types> types fields
%type <setting> setting
%type <settings> settings
%type <block> selectors body
%type <action> action
%type <actions> actions branch_actions
%type <branch> branch
%type <branches> branches

%right IMPLIES
%left OR
%left AND
%nonassoc EQ NE '<' '>' LE GE
%left '|'
%left '&'
%left '+' '-'
%left '*'
%precedence UNARY

%%

file: declarations ;
declarations: %empty | declarations declaration ;

declaration:
    USE dotted { read_use(p, $2); }
|   USE dotted dotted { expect_word(p, $2, "EDL"); add_used(p, (struct word){0}, $3); }
|   TASK WORD dotted ':' dotted { expect_word(p, $2, "class"); add_used(p, $3, $5); }
|   EVENT ':' dotted { add_execute(p, $1, $3); }
|   POLICY WORD WORD ':' dotted '{' settings '}' {
        struct declared *d = make(p, sizeof(*d));
        expect_word(p, $2, "object");
        d->name = $3;
        d->model = $5;
        d->settings = $7.first;
        LIST_ADD(&p->reader->declared, d);
    }
|   TYPE WORD '=' type {
        struct setting *s = make(p, sizeof(*s));
        s->name = $2;
        s->type = $4;
        LIST_ADD(&p->reader->types, s);
    }
|   AUDIT WORD WORD '=' expr {
        struct declared_profile *d = make(p, sizeof(*d));
        expect_word(p, $2, "profile");
        d->name = $3;
        d->value = $5;
        LIST_ADD(&p->reader->profiles, d);
    }
|   AUDIT WORD '=' dotted NUMBER { expect_word(p, $2, "default"); add_audit_default(p, $4, $5); }
|   AUDIT WORD '=' dotted { expect_word(p, $2, "default"); add_audit_default(p, $4, NULL); }
|   EVENT selectors body {
        struct psl_block block = $2;
        block.actions = $3.actions;
        block.profile_name = $3.profile_name;
        block.profile_loc = $3.profile_loc;
        add_binding(p, $1, block);
    }
|   ';'
;

dotted:
    WORD
|   dotted '.' WORD {
        $$.text = nkidl_format(p->idl, "%s.%s", $1.text, $3.text);
        $$.loc = @$.loc;
    }
;

comma: %empty | ',' ;

/* ---- bindings ---- */

selectors:
    %empty { memset(&$$, 0, sizeof($$)); }
|   selectors WORD '=' dotted comma { $$ = $1; select(p, &$$, $2, $4); }
;

body:
    open actions '}' {
        memset(&$$, 0, sizeof($$));
        $$.actions = $2.first;
        p->depth--;
    }
|   open AUDIT dotted actions '}' {
        memset(&$$, 0, sizeof($$));
        $$.profile_name = $3.text;
        $$.profile_loc = $3.loc;
        $$.actions = $4.first;
        p->depth--;
    }
;
open: '{' { if (!enter(p, @1)) YYABORT; } ;

actions:
    %empty { memset(&$$, 0, sizeof($$)); }
|   actions action { $$ = actions_add($1, $2); }
|   actions ','
|   actions ';'
;

action:
    dotted expr {
        $$ = new_action(p, PSL_RULE, @$);
        $$->name = $1.text;
        $$->argument = $2;
    }
|   MATCH selectors body {
        $$ = new_action(p, PSL_MATCH, @1);
        $$->match = make(p, sizeof(*$$->match));
        *$$->match = $2;
        $$->match->actions = $3.actions;
        $$->match->profile_name = $3.profile_name;
        $$->match->profile_loc = $3.profile_loc;
        $$->match->loc = @1.loc;
    }
|   CHOICE expr open branches '}' {
        struct span head = @1;
        head.end = @2.end;
        $$ = new_action(p, PSL_CHOICE, head);
        $$->expr = $2;
        $$->branches = $4.first;
        p->depth--;
    }
;

branches:
    %empty { memset(&$$, 0, sizeof($$)); }
|   branches branch {
        $$ = $1;
        if ($$.last)
            $$.last->next = $2;
        else
            $$.first = $2;
        $$.last = $2;
    }
|   branches ','
;
branch:
    label ':' branch_actions {
        $$ = make(p, sizeof(*$$));
        $$->label = $1->kind == PSL_NAME ? NULL : $1;
        $$->loc = @1.loc;
        $$->actions = $3.first;
    }
;
label:
    TEXT
|   NUMBER
|   TRUE { $$ = new_expr(p, PSL_BOOL, @1.loc); $$->number = 1; }
|   FALSE { $$ = new_expr(p, PSL_BOOL, @1.loc); }
|   WORD {
        if (strcmp($1.text, "_") != 0) {
            nkidl_error(p->idl, @1.loc, "labels are texts in quotes, numbers, or _ for the rest",
                        "'%s' is not a label", $1.text);
            p->failed = true;
        }
        $$ = key_word(p, $1);
    }
;
branch_actions:
    action { memset(&$$, 0, sizeof($$)); $$ = actions_add($$, $1); }
|   open actions '}' { $$ = $2; p->depth--; }
;

/* ---- policy objects ---- */

settings:
    %empty { memset(&$$, 0, sizeof($$)); }
|   settings setting {
        $$ = $1;
        if ($$.last)
            $$.last->next = $2;
        else
            $$.first = $2;
        $$.last = $2;
    }
|   settings ','
|   settings ';'
;
setting:
    TYPE WORD '=' type {
        $$ = make(p, sizeof(*$$));
        $$->name = $2;
        $$->type = $4;
    }
|   WORD '=' expr {
        $$ = make(p, sizeof(*$$));
        $$->name = $1;
        $$->value = $3;
    }
;

type:
    simple_type
|   type '|' simple_type {
        if ($1->kind == TYPE_VARIANT) {
            struct type *last = $1->parts;
            while (last->next)
                last = last->next;
            last->next = $3;
            $$ = $1;
        } else {
            $$ = new_type(p, TYPE_VARIANT, @$);
            $$->parts = $1;
            $1->next = $3;
        }
    }
;
simple_type:
    dotted { $$ = new_type(p, TYPE_NAME, @$); $$->name = $1.text; }
|   dotted '<' types '>' {
        $$ = new_type(p, TYPE_NAME, @$);
        $$->name = $1.text;
        $$->parts = $3.first;
    }
|   TEXT { $$ = new_type(p, TYPE_LITERAL, @$); $$->literal = $1; }
|   NUMBER { $$ = new_type(p, TYPE_LITERAL, @$); $$->literal = $1; }
|   '(' ')' { $$ = new_type(p, TYPE_NAME, @$); $$->name = "()"; }
|   open_type '[' types comma ']' {
        $$ = new_type(p, TYPE_TUPLE, @$); $$->parts = $3.first; p->depth--;
    }
|   open_type '{' fields comma '}' {
        $$ = new_type(p, TYPE_DICT, @$); $$->parts = $3.first; p->depth--;
    }
;
open_type: %empty { if (!enter(p, @$)) YYABORT; } ;
types:
    type { $$.first = $$.last = $1; }
|   types ',' type { $$ = $1; $$.last->next = $3; $$.last = $3; }
;
fields:
    WORD ':' type { $3->part_name = $1.text; $$.first = $$.last = $3; }
|   fields ',' WORD ':' type {
        $5->part_name = $3.text;
        $$ = $1;
        $$.last->next = $5;
        $$.last = $5;
    }
;

/* ---- expressions ---- */

expr:
    application
|   expr IMPLIES expr { $$ = binary(p, PSL_IMPLIES, @$, $1, $3); }
|   expr OR expr { $$ = binary(p, PSL_OR, @$, $1, $3); }
|   expr AND expr { $$ = binary(p, PSL_AND, @$, $1, $3); }
|   expr EQ expr { $$ = binary(p, PSL_EQ, @$, $1, $3); }
|   expr NE expr { $$ = binary(p, PSL_NE, @$, $1, $3); }
|   expr '<' expr { $$ = binary(p, PSL_LT, @$, $1, $3); }
|   expr '>' expr { $$ = binary(p, PSL_GT, @$, $1, $3); }
|   expr LE expr { $$ = binary(p, PSL_LE, @$, $1, $3); }
|   expr GE expr { $$ = binary(p, PSL_GE, @$, $1, $3); }
|   expr '|' expr { $$ = binary(p, PSL_BIT_OR, @$, $1, $3); }
|   expr '&' expr { $$ = binary(p, PSL_BIT_AND, @$, $1, $3); }
|   expr '+' expr { $$ = binary(p, PSL_ADD, @$, $1, $3); }
|   expr '-' expr { $$ = binary(p, PSL_SUBTRACT, @$, $1, $3); }
|   expr '*' expr { $$ = binary(p, PSL_MULTIPLY, @$, $1, $3); }
|   '!' expr %prec UNARY { $$ = unary(p, PSL_NOT, @$, $2); }
|   '~' expr %prec UNARY { $$ = unary(p, PSL_COMPLEMENT, @$, $2); }
|   '-' expr %prec UNARY { $$ = negative(p, @$, $2); }
;

/* A call takes one operand beside its name, which may be a call in turn. */
application:
    postfix
|   dotted atom { $$ = call(p, @$, $1, $2); }
;
atom:
    postfix
|   dotted atom { $$ = call(p, @$, $1, $2); }
;

postfix:
    primary
|   value_path
;
value_path:
    MESSAGE { $$ = new_expr(p, PSL_MESSAGE, @1.loc); }
|   SRC_SID { $$ = new_expr(p, PSL_SRC_SID, @1.loc); }
|   DST_SID { $$ = new_expr(p, PSL_DST_SID, @1.loc); }
|   postfix '.' WORD {
        $$ = new_expr(p, PSL_FIELD, @$.loc);
        $$->left = $1;
        $$->name = $3.text;
        grow(p, $$, $1);
    }
|   postfix '.' open_index expr ']' {
        $$ = new_expr(p, PSL_INDEX, @$.loc);
        $$->left = $1;
        $$->right = $4;
        grow(p, $$, $1);
        grow(p, $$, $4);
        p->depth--;
    }
;
open_index: '[' { if (!enter(p, @1)) YYABORT; } ;

primary:
    NUMBER
|   TEXT
|   TRUE { $$ = new_expr(p, PSL_BOOL, @1.loc); $$->number = 1; }
|   FALSE { $$ = new_expr(p, PSL_BOOL, @1.loc); }
|   '(' ')' { $$ = new_expr(p, PSL_UNIT, @$.loc); }
|   open_round expr ')' { $$ = $2; p->depth--; }
|   open_index exprs ']' { $$ = collect(p, PSL_LIST, @$, &$2); p->depth--; }
|   open entries '}' { $$ = collect(p, PSL_DICT, @$, &$2); p->depth--; }
;
open_round: '(' { if (!enter(p, @1)) YYABORT; } ;

exprs:
    %empty { memset(&$$, 0, sizeof($$)); }
|   some_exprs comma
;
some_exprs:
    expr { memset(&$$, 0, sizeof($$)); $$ = items_add(p, $$, NULL, $1); }
|   some_exprs ',' expr { $$ = items_add(p, $1, NULL, $3); }
;
entries:
    %empty { memset(&$$, 0, sizeof($$)); }
|   entries key ':' expr comma { $$ = items_add(p, $1, $2, $4); }
;
key:
    dotted { $$ = key_word(p, $1); $$->loc = @1.loc; }
|   TEXT
|   NUMBER
;

%%

int nkpsl_yylex(NKPSL_YYSTYPE *value, struct span *at, struct parse *p)
{
    const struct token *token = &p->tokens[p->at];

    if (token->kind != END)
        p->at++;
    *at = token->at;
    if (token->kind == NUMBER || token->kind == TEXT)
        value->expr = token->expr;
    else
        value->word = token->word;
    return token->kind;
}

/* "unexpected '}'; expected a name": what was read, and what could stand there if that is short. */
static int yyreport_syntax_error(const yypcontext_t *context, struct parse *p)
{
    enum { EXPECTED_MAX = 6 };
    yysymbol_kind_t expected[EXPECTED_MAX];
    int n = yypcontext_expected_tokens(context, expected, EXPECTED_MAX);
    const struct span *at = yypcontext_location(context);
    const char *help = NULL, *found = "end of the file";
    int size = (int)(at->end - at->start > 40 ? 40 : at->end - at->start);

    for (int i = 0; i < n; i++)
        help = help ? nkidl_format(p->idl, "%s%s %s", help, i + 1 == n ? " or" : ",",
                                   yysymbol_name(expected[i]))
                    : nkidl_format(p->idl, "expected here: %s", yysymbol_name(expected[i]));
    if (size)
        found = nkidl_format(p->idl, "'%.*s'", size, p->file->text + at->start);
    nkidl_error(p->idl, at->loc, help, "unexpected %s", found);
    p->failed = true;
    return 0;
}

bool parse_tokens(struct parse *p)
{
    return nkpsl_yyparse(p) == 0 && !p->failed;
}
