/* A module from its text: directives, variables with what they hold at first, functions with their names and
 * labels. */
#define _XOPEN_SOURCE 700
#include "ptx_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JUNK_REGISTER UINT64_C(0xa5a5a5a5a5a5a5a5) /* what a register holds that nothing has written */
#define CONST_BYTES   65536                        /* all .const variables of a module */

struct name *name_add(struct decoder *d, enum name_kind kind, char *text)
{
    d->names = grown(d, d->names, d->name_count, &d->name_room, sizeof *d->names);
    struct name *n = &d->names[d->name_count++];
    *n = (struct name){.kind = kind, .text = text};
    return n;
}

/* The newest wins: it is the one of the innermost block. */
struct name *name_find(struct decoder *d, const char *text, uint32_t *index)
{
    for (size_t k = d->name_count; k-- > 0;) {
        struct name *n = &d->names[k];
        size_t length = strlen(n->text);
        if (strncmp(n->text, text, length) != 0)
            continue;
        *index = 0;
        if (n->count == 0 && text[length] == 0)
            return n;
        if (n->count == 0 || strspn(text + length, "0123456789") != strlen(text + length) ||
            text[length] == 0)
            continue;
        *index = (uint32_t)strtoul(text + length, NULL, 10);
        if (*index < n->count && (text[length] != '0' || text[length + 1] == 0))
            return n;
    }
    return NULL;
}

struct variable *variable_find(struct decoder *d, const char *name)
{
    struct module *m = d->module;
    for (size_t k = 0; k < m->variable_count; k++) {
        if (strcmp(m->variables[k].name, name) == 0)
            return &m->variables[k];
    }
    return NULL;
}

struct function *function_find(struct module *m, const char *name)
{
    for (size_t k = 0; k < m->function_count; k++) {
        if (strcmp(m->functions[k]->name, name) == 0)
            return m->functions[k];
    }
    return NULL;
}

static struct type expect_type(struct decoder *d)
{
    struct type t;
    int line = d->token.line;
    char *word = expect_word(d, "a type");
    if (*word != '.' || !parse_type(word + 1, &t))
        fail(d, line, "'%s' is not a type", word);
    return t;
}

struct declared {
    char *name;
    struct type type;
    uint32_t align, count; /* elements */
    bool is_array;
};

/* .align 8 .b8 name[16], behind the state space; .ptr with its space and alignment says nothing here */
static struct declared declaration(struct decoder *d)
{
    struct declared v = {.count = 1};
    bool pointer = false;
    for (;;) {
        if (accept_word(d, ".align")) {
            uint64_t align = expect_number(d);
            if (align == 0 || align > 256 || (align & (align - 1)))
                fail(d, d->token.line, "a wrong alignment");
            v.align = pointer ? v.align : (uint32_t)align;
        } else if (accept_word(d, ".ptr")) {
            pointer = true;
        } else if (!pointer ||
                   !(accept_word(d, ".global") || accept_word(d, ".const") || accept_word(d, ".local"))) {
            if (d->token.kind != TOKEN_WORD || *d->token.at != '.')
                break;
            v.type = expect_type(d);
        }
    }
    v.name = expect_word(d, "a name");
    if (v.type.bits == 0 || v.type.kind == 'p')
        fail(d, d->token.line, "'%s' needs a type of whole bytes", v.name);
    while (accept_sign(d, '[')) {
        uint64_t n = expect_number(d);
        if (n > UINT32_MAX / 8 / v.count)
            fail(d, d->token.line, "'%s' is too long", v.name);
        v.count *= (uint32_t)n;
        v.is_array = true;
        expect_sign(d, ']');
    }
    if (v.align < v.type.bits / 8u)
        v.align = v.type.bits / 8u;
    return v;
}

static uint32_t placed(uint32_t *used, const struct declared *v)
{
    uint32_t at = (*used + v->align - 1) / v->align * v->align;
    *used = at + v->count * (v->type.bits / 8u);
    return at;
}

/* name, name+8, generic(name): the address of a variable */
static uint64_t initial_address(struct decoder *d)
{
    bool generic = accept_word(d, "generic");
    if (generic)
        expect_sign(d, '(');
    int line = d->token.line;
    char *word = expect_word(d, "a variable");
    struct variable *v = variable_find(d, word);
    if (v == NULL)
        fail(d, line, "'%s' is not a variable", word);
    uint64_t value = v->region->at - (v->region->space == SPACE_CONST && !generic ? CONST_WINDOW : 0);
    if (generic)
        expect_sign(d, ')');
    if (is_sign(d, '+') || is_sign(d, '-'))
        value += (uint64_t)signed_number(d);
    return value;
}

/* one element; 0xFF00(address) is a byte of an address */
static uint64_t initial_value(struct decoder *d, struct type type)
{
    struct token t = d->token;
    if (t.kind == TOKEN_F64 || t.kind == TOKEN_F32) {
        if (type.bits != (t.kind == TOKEN_F64 ? 64 : 32))
            fail(d, t.line, "a float of another width");
        advance(d);
        return t.value;
    }
    if (t.kind == TOKEN_WORD)
        return initial_address(d);
    uint64_t value = (uint64_t)signed_number(d);
    if (!accept_sign(d, '('))
        return value;
    uint64_t part = initial_address(d) & value;
    expect_sign(d, ')');
    while (value != 0 && (value & 1) == 0)
        value >>= 1, part >>= 1;
    return part;
}

static void initialiser(struct decoder *d, const struct declared *v, unsigned char *bytes, uint32_t *n)
{
    if (accept_sign(d, '{')) {
        while (!is_sign(d, '}')) {
            initialiser(d, v, bytes, n);
            if (!accept_sign(d, ','))
                break;
        }
        expect_sign(d, '}');
        return;
    }
    if (*n == v->count)
        fail(d, d->token.line, "more values than '%s' has elements", v->name);
    uint64_t value = initial_value(d, v->type);
    memcpy(bytes + *n * (v->type.bits / 8u), &value, v->type.bits / 8u);
    ++*n;
}

static void variable(struct decoder *d, enum space space, bool is_extern)
{
    struct module *m = d->module;
    int line = d->token.line;
    struct declared v = declaration(d);
    if (is_extern)
        fail(d, line, "Unresolved extern variable '%s'", v.name);
    if (variable_find(d, v.name) || function_find(m, v.name))
        fail(d, line, "Duplicate definition of '%s'", v.name);
    m->variables = grown(d, m->variables, m->variable_count, &m->variable_room, sizeof *m->variables);
    struct region *r = memory_add(m->memory, space, (uint64_t)v.count * (v.type.bits / 8u));
    if (r == NULL)
        fail(d, line, "no memory for '%s'", v.name);
    m->variables[m->variable_count++] = (struct variable){v.name, r};
    memset(r->bytes, 0, r->size);
    uint32_t n = 0;
    if (accept_sign(d, '='))
        initialiser(d, &v, r->bytes, &n);
    expect_sign(d, ';');
    uint64_t all = 0;
    for (size_t k = 0; k < m->variable_count; k++)
        all += m->variables[k].region->space == SPACE_CONST ? m->variables[k].region->size : 0;
    if (all > CONST_BYTES)
        fail(d, line, "%llu bytes of .const, more than %d", (unsigned long long)all, CONST_BYTES);
}

/* .reg .b64 %rd<20>, %a; */
static void registers(struct decoder *d)
{
    struct type type = expect_type(d);
    uint64_t junk = type.bits >= 64 ? JUNK_REGISTER : JUNK_REGISTER & ((UINT64_C(1) << type.bits) - 1);
    do {
        char *text = expect_word(d, "a register");
        uint32_t count = 0;
        if (accept_sign(d, '<')) {
            count = (uint32_t)expect_number(d);
            expect_sign(d, '>');
        }
        struct name *n = name_add(d, NAME_REGISTER, text);
        n->type = type;
        n->count = count;
        n->slot = (int32_t)d->function->slot_count;
        for (uint32_t k = 0; k == 0 || k < count; k++)
            slot_new(d, junk);
    } while (accept_sign(d, ','));
    expect_sign(d, ';');
}

static struct param param(struct decoder *d)
{
    struct declared v = declaration(d);
    struct name *n = name_add(d, NAME_PARAM, v.name);
    n->at = placed(&d->function->param_bytes, &v);
    n->size = v.count * (v.type.bits / 8u);
    return (struct param){n->at, n->size};
}

static void local_variable(struct decoder *d)
{
    struct declared v = declaration(d);
    struct name *n = name_add(d, NAME_LOCAL, v.name);
    n->at = placed(&d->function->depot_bytes, &v);
    n->size = v.count * (v.type.bits / 8u);
    if (d->function->depot_align < v.align)
        d->function->depot_align = v.align;
    expect_sign(d, ';');
}

static void label(struct decoder *d, char *name, int line)
{
    struct label *l;
    for (size_t k = 0; k < d->label_count; k++) {
        if (strcmp(d->labels[k].name, name) == 0)
            fail(d, line, "Duplicate definition of '%s'", name);
    }
    d->labels = grown(d, d->labels, d->label_count, &d->label_room, sizeof *d->labels);
    l = &d->labels[d->label_count++];
    *l = (struct label){name, (int32_t)d->function->code_count, -1};
}

/* L: .branchtargets A, B; */
static void branch_targets(struct decoder *d)
{
    struct function *f = d->function;
    if (d->label_count == 0 || d->labels[d->label_count - 1].target != (int32_t)f->code_count)
        fail(d, d->token.line, ".branchtargets without a label before it");
    f->branches = grown(d, f->branches, f->branches_count, &f->branches_room, sizeof *f->branches);
    d->labels[d->label_count - 1].branches = (int32_t)f->branches_count;
    struct branches *b = &f->branches[f->branches_count++];
    *b = (struct branches){0};
    do {
        int line = d->token.line;
        d->mentions = grown(d, d->mentions, d->mention_count, &d->mention_room, sizeof *d->mentions);
        d->mentions[d->mention_count++] = (struct mention){
            expect_word(d, "a label"), line, -1, (int32_t)f->branches_count - 1, (int32_t)b->count++};
    } while (accept_sign(d, ','));
    b->targets = module_alloc(d, b->count * sizeof *b->targets);
    expect_sign(d, ';');
}

static int by_label(const void *a, const void *b)
{
    return strcmp(((const struct label *)a)->name, ((const struct label *)b)->name);
}

static void resolve_labels(struct decoder *d)
{
    struct function *f = d->function;
    if (d->label_count > 0)
        qsort(d->labels, d->label_count, sizeof *d->labels, by_label);
    for (size_t k = 0; k < d->mention_count; k++) {
        struct mention *m = &d->mentions[k];
        struct label key = {.name = m->name}, *l = NULL;
        if (d->label_count > 0)
            l = bsearch(&key, d->labels, d->label_count, sizeof *d->labels, by_label);
        bool indexed = m->instruction >= 0 && f->code[m->instruction].op == OP_brx;
        if (l == NULL || indexed != (l->branches >= 0))
            fail(d, m->line, "Label '%s' is not defined, or not of this kind", m->name);
        if (m->instruction < 0)
            f->branches[m->branches].targets[m->place] = l->target;
        else
            f->code[m->instruction].offset = indexed ? l->branches : l->target;
    }
}

static void skip_line(struct decoder *d)
{
    int line = d->token.line;
    while (d->token.kind != TOKEN_END && d->token.line == line)
        advance(d);
}

static void statement(struct decoder *d)
{
    if (accept_word(d, ".reg")) {
        registers(d);
    } else if (accept_word(d, ".param")) {
        param(d);
        expect_sign(d, ';');
    } else if (accept_word(d, ".local")) {
        local_variable(d);
    } else if (accept_word(d, ".branchtargets")) {
        branch_targets(d);
    } else if (is_word(d, ".loc")) {
        skip_line(d);
    } else if (accept_word(d, ".pragma")) {
        advance(d);
        expect_sign(d, ';');
    } else if (d->token.kind == TOKEN_WORD && *d->token.at == '.') {
        fail(d, d->token.line, "Unknown directive '%.*s'", d->token.length, d->token.at);
    } else if (d->token.kind == TOKEN_WORD && d->at[strspn(d->at, " \t")] == ':') {
        int line = d->token.line;
        char *name = expect_word(d, "a label");
        advance(d);
        label(d, name, line);
    } else {
        decode_instruction(d);
    }
}

/* names of a block are gone behind it */
static void block(struct decoder *d)
{
    size_t names = d->name_count;
    expect_sign(d, '{');
    while (!accept_sign(d, '}')) {
        if (d->token.kind == TOKEN_END)
            fail(d, d->token.line, "'}' expected");
        if (is_sign(d, '{'))
            block(d);
        else if (!accept_sign(d, ';'))
            statement(d);
    }
    d->name_count = names;
}

static void body(struct decoder *d)
{
    struct function *f = d->function;
    if (f->defined)
        fail(d, d->token.line, "Duplicate definition of '%s'", f->name);
    f->defined = true;
    for (int k = 0; k < SLOTS_SPECIAL; k++)
        slot_new(d, 0);
    block(d);
    f->code = grown(d, f->code, f->code_count, &f->code_room, sizeof *f->code);
    f->code[f->code_count++] = (struct instruction){.op = OP_ret, .line = d->line};
    resolve_labels(d);
}

/* Parameters of a definition replace those of a declaration, which must have the same sizes. */
static void signature(struct decoder *d, struct function *f, bool again)
{
    struct function before = *f;
    size_t count = 0;
    f->param_bytes = 0;
    if (accept_sign(d, '(')) {
        while (accept_word(d, ".param")) {
            f->params = grown(d, f->params, count, &f->param_room, sizeof *f->params);
            struct param p = param(d);
            if (again && (count >= before.param_count || before.params[count].size != p.size))
                fail(d, d->token.line, "Parameters of '%s' differ from those before", f->name);
            f->params[count++] = p;
            if (!accept_sign(d, ','))
                break;
        }
        expect_sign(d, ')');
    }
    if (again && count != before.param_count)
        fail(d, d->token.line, "Parameters of '%s' differ from those before", f->name);
    f->param_count = count;
}

/* .maxntid 256, 1, 1 and the like, between the parameters of a kernel and its body */
static void limits(struct decoder *d)
{
    for (;;) {
        bool threads = is_word(d, ".maxntid") || is_word(d, ".reqntid");
        if (accept_word(d, ".noreturn"))
            continue;
        if (accept_word(d, ".pragma")) {
            advance(d);
            expect_sign(d, ';');
            continue;
        }
        if (!threads && !is_word(d, ".minnctapersm") && !is_word(d, ".maxnreg") &&
            !is_word(d, ".maxnctapersm"))
            return;
        advance(d);
        uint64_t product = 1;
        do
            product *= expect_number(d);
        while (accept_sign(d, ','));
        if (threads)
            d->function->max_threads = (uint32_t)product;
    }
}

static struct function *function_named(struct decoder *d, char *name, bool entry, int line)
{
    struct module *m = d->module;
    struct function *f = function_find(m, name);
    if (f != NULL && (f->entry || entry))
        fail(d, line, "Duplicate definition of '%s'", name);
    if (f != NULL)
        return f;
    f = module_alloc(d, sizeof *f);
    f->name = name;
    f->entry = entry;
    m->functions = grown(d, m->functions, m->function_count, &m->function_room, sizeof *m->functions);
    m->functions[m->function_count++] = f;
    return f;
}

/* .func (.param .b64 result) name (.param .b64 a) { } or ; and .entry name (.param .u64 a) { } */
static void function(struct decoder *d, bool entry)
{
    struct declared result = {0};
    d->name_count = d->label_count = d->mention_count = 0;
    memset(d->constants, 0, sizeof d->constants);
    bool has_result = !entry && accept_sign(d, '(');
    if (has_result) {
        if (!accept_word(d, ".param"))
            fail(d, d->token.line, "'.param' expected");
        result = declaration(d);
        expect_sign(d, ')');
    }
    int line = d->token.line;
    char *name = expect_word(d, "a name");
    size_t functions = d->module->function_count;
    struct function *f = function_named(d, name, entry, line);
    bool again = functions == d->module->function_count;
    if (again && f->has_result != has_result)
        fail(d, line, "The result of '%s' differs from that before", name);
    d->function = f;
    f->has_result = has_result;
    signature(d, f, again);
    if (has_result) {
        f->result.size = result.count * (result.type.bits / 8u);
        f->result.at = placed(&f->param_bytes, &result);
        struct name *n = name_add(d, NAME_PARAM, result.name);
        n->at = f->result.at;
        n->size = f->result.size;
    }
    limits(d);
    if (is_sign(d, '{'))
        body(d);
    else
        expect_sign(d, ';');
}

static void skip_braces(struct decoder *d)
{
    while (d->token.kind != TOKEN_END && !is_sign(d, '{'))
        advance(d);
    while (d->token.kind != TOKEN_END && !is_sign(d, '}'))
        advance(d);
    expect_sign(d, '}');
}

/* one thing of a module; true if it was one */
static bool top_level(struct decoder *d)
{
    bool is_extern = false;
    while (is_word(d, ".visible") || is_word(d, ".extern") || is_word(d, ".weak") || is_word(d, ".common")) {
        is_extern |= is_word(d, ".extern");
        advance(d);
    }
    if (accept_word(d, ".global"))
        variable(d, SPACE_GLOBAL, is_extern);
    else if (accept_word(d, ".const"))
        variable(d, SPACE_CONST, is_extern);
    else if (accept_word(d, ".entry"))
        function(d, true);
    else if (accept_word(d, ".func"))
        function(d, false);
    else if (is_word(d, ".file"))
        skip_line(d);
    else if (accept_word(d, ".section"))
        skip_braces(d);
    else
        return false;
    return true;
}

static void header(struct decoder *d)
{
    if (!accept_word(d, ".version") || d->token.kind != TOKEN_DECIMAL)
        fail(d, d->token.line, "'.version' with a number expected");
    double version = strtod(d->token.at, NULL);
    if (version < 3 || version >= 9)
        fail(d, d->token.line, "Unsupported .version %.1f", version);
    advance(d);
    if (!accept_word(d, ".target"))
        fail(d, d->token.line, "'.target' expected");
    do {
        int line = d->token.line, target = 0;
        char *word = expect_word(d, "a target");
        if (sscanf(word, "sm_%d", &target) == 1 && target > d->capability)
            fail(d, line, "SM version specified by .target is higher than that of the device, %d",
                 d->capability);
    } while (accept_sign(d, ','));
    if (accept_word(d, ".address_size") && expect_number(d) != 64)
        fail(d, d->token.line, "only addresses of 64 bits");
}

static void resolve_calls(struct decoder *d, struct function *f)
{
    for (size_t k = 0; k < f->call_count; k++) {
        struct call *c = &f->calls[k];
        c->callee = function_find(d->module, c->name);
        if (c->callee == NULL || !c->callee->defined)
            fail(d, c->line, "Unresolved extern function '%s'", c->name);
        bool same = c->argument_count == c->callee->param_count &&
                    (c->result != NULL) == c->callee->has_result &&
                    (c->result == NULL || c->result->size == c->callee->result.size);
        for (size_t j = 0; same && j < c->argument_count; j++)
            same = c->arguments[j].size == c->callee->params[j].size;
        if (!same)
            fail(d, c->line, "The call does not have the parameters of '%s'", c->name);
    }
}

static void decode(struct decoder *d)
{
    advance(d);
    header(d);
    while (d->token.kind != TOKEN_END) {
        if (!top_level(d))
            fail(d, d->token.line, "unexpected '%.*s'", d->token.length, d->token.at);
    }
    for (size_t k = 0; k < d->module->function_count; k++)
        resolve_calls(d, d->module->functions[k]);
}

static bool decoded(struct decoder *d)
{
    if (setjmp(d->failed))
        return false;
    decode(d);
    return true;
}

struct module *ptx_load(const char *text, struct memory *memory, int capability, char *log, size_t log_size)
{
    struct module *m = calloc(1, sizeof *m);
    if (m == NULL || (m->text = malloc(strlen(text) + 1)) == NULL) {
        free(m);
        return NULL;
    }
    strcpy(m->text, text);
    m->memory = memory;
    struct decoder d = {
        .log = log, .log_size = log_size, .module = m, .capability = capability, .at = m->text, .line = 1};
    if (decoded(&d))
        return m;
    ptx_free(m);
    return NULL;
}

void ptx_free(struct module *m)
{
    for (size_t k = 0; k < m->variable_count; k++)
        memory_remove(m->memory, m->variables[k].region);
    while (m->chunks != NULL) {
        struct chunk *next = m->chunks->next;
        free(m->chunks);
        m->chunks = next;
    }
    free(m->text);
    free(m);
}

struct function *ptx_function(struct module *m, const char *name)
{
    struct function *f = function_find(m, name);
    return f != NULL && f->entry && f->defined ? f : NULL;
}

void ptx_forget_hits(struct module *m)
{
    for (size_t k = 0; k < m->function_count; k++) {
        for (size_t j = 0; j < m->functions[k]->code_count; j++)
            m->functions[k]->code[j].hit = NULL;
    }
}
