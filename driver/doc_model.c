#include "driver/doc.h"

#include <string.h>

#include "frontend/text/parse.h"

const char *doc_kind_text(enum doc_kind kind)
{
    static const char *const text[] = {"network", "fn", "const", "param", "data", "model", "experiment"};
    return text[kind];
}

void doc_book_free(struct doc_book *b)
{
    for (size_t i = 0; i < b->module.n; i++) {
        struct doc_module *m = &b->module.data[i];
        for (size_t k = 0; k < m->entry.n; k++) {
            vec_free(&m->entry.data[k].given);
            vec_free(&m->entry.data[k].own);
        }
        vec_free(&m->entry);
        vec_free(&m->use);
    }
    vec_free(&b->module);
    intern_destroy(b->names);
    arena_destroy(b->arena);
}

struct collector {
    struct doc_book *book;
    const char *text; /* text of the source file */
    struct doc_module *module;
};

/* The source of a node; each sequence of blanks and newlines becomes one blank. */
static const char *one_line(const struct collector *c, struct span at)
{
    char *out = arena_alloc(c->book->arena, at.hi - at.lo + 1), *to = out;
    for (uint32_t i = at.lo; i < at.hi; i++) {
        bool blank = strchr(" \t\r\n", c->text[i]) != NULL;
        if (!blank) {
            *to++ = c->text[i];
        } else if (to > out && to[-1] != ' ') {
            *to++ = ' ';
        }
    }
    *to = '\0';
    return out;
}

/* The lines of a declaration, from the start of its first line. */
static const char *lines_of(const struct collector *c, struct span at)
{
    return arena_printf(c->book->arena, "%.*s", (int)(at.hi - at.lo), c->text + at.lo);
}

static const char *kept(const struct collector *c, const char *text)
{
    return text ? arena_strdup(c->book->arena, text) : NULL;
}

static const char *dims_of(const struct collector *c, const struct ast *dims)
{
    return dims ? one_line(c, dims->span) : "";
}

/* For a node DCL or NPARAM. */
static struct doc_row row_of(const struct collector *c, const struct ast *dcl, const char *kind,
                             const char *inherited)
{
    const char *doc = dcl->doc && dcl->doc != inherited ? dcl->doc : NULL;
    return (struct doc_row){
        .kind = kind,
        .name = arena_printf(c->book->arena, "%s%s", dcl->name, dims_of(c, dcl_dims(dcl))),
        .value = dcl_value(dcl) ? one_line(c, dcl_value(dcl)->span) : NULL,
        .text = kept(c, doc),
    };
}

static void add_rows(const struct collector *c, struct doc_entry *e, const struct ast *statement,
                     const char *kind)
{
    for (uint32_t i = 0; i < statement->n; i++) {
        vec_push(&e->own, row_of(c, declaration_dcl(statement, i), kind, NULL));
    }
}

static const char *entity_kind(const struct ast *a)
{
    bool fixed = a->flags & AST_IS_CONST;
    switch ((enum ast_op)a->op) {
    case OP_DUAL: return "dual";
    case OP_BULK: return fixed ? "const bulk" : "bulk";
    default: return fixed ? "const species" : "species";
    }
}

/* Collects what is directly in the body; what loops and conditions generate is visible in the code. */
static void read_network(const struct collector *c, struct doc_entry *e, const struct ast *a)
{
    for (uint32_t i = 0; i < network_nparams(a)->n; i++) {
        const struct ast *p = list_item(network_nparams(a), i);
        vec_push(&e->given, row_of(c, p, ast_op_text((enum ast_op)p->op), NULL));
    }
    for (uint32_t i = 0; i < network_block(a)->n; i++) {
        const struct ast *s = block_statement(network_block(a), i);
        switch ((enum ast_kind)s->kind) {
        case AST_ENTITY: add_rows(c, e, s, entity_kind(s)); break;
        case AST_PARAM: add_rows(c, e, s, "param"); break;
        case AST_INPUT: add_rows(c, e, s, "input"); break;
        case AST_OUTPUT: add_rows(c, e, s, "output"); break;
        case AST_UNITS: e->units = one_line(c, s->span); break;
        default: break;
        }
    }
}

static struct doc_entry *add_entry(struct collector *c, enum doc_kind kind, const struct ast *a,
                                   const char *doc, struct span code)
{
    vec_push(&c->module->entry,
             (struct doc_entry){
                 .kind = kind, .name = kept(c, a->name), .text = kept(c, doc), .code = lines_of(c, code)});
    return &vec_last(&c->module->entry);
}

static void read_use(struct collector *c, const struct ast *a)
{
    const char *slash = strrchr(a->name, '/');
    vec_push(&c->module->use, kept(c, a->flags & AST_IS_PATH && slash ? slash + 1 : a->name));
}

static void read_declaration(struct collector *c, const struct ast *a)
{
    struct doc_entry *e;
    switch ((enum ast_kind)a->kind) {
    case AST_USE: read_use(c, a); break;
    case AST_NETWORK:
        e = add_entry(c, DOC_NETWORK, a, a->doc, a->span);
        read_network(c, e, a);
        break;
    case AST_NETWORK_EXPR: add_entry(c, DOC_NETWORK, a, a->doc, a->span); break;
    case AST_FN:
        e = add_entry(c, DOC_FN, a, a->doc, a->span);
        for (uint32_t i = 0; i < fn_params(a)->n; i++) {
            vec_push(&e->given, row_of(c, list_item(fn_params(a), i), "", a->doc));
        }
        break;
    case AST_CONST: add_entry(c, DOC_CONST, a, a->doc, a->span); break;
    case AST_PARAM:
        for (uint32_t i = 0; i < a->n; i++) {
            add_entry(c, DOC_PARAM, declaration_dcl(a, i), declaration_dcl(a, i)->doc,
                      declaration_dcl(a, i)->span);
        }
        break;
    case AST_TABLE: add_entry(c, DOC_FN, a, a->doc, a->span); break;
    case AST_DATA: add_entry(c, DOC_DATA, a, a->doc, a->span); break;
    case AST_MODEL:
    case AST_MODEL_FROM: add_entry(c, DOC_MODEL, a, a->doc, a->span); break;
    case AST_EXPERIMENT: add_entry(c, DOC_EXPERIMENT, a, a->doc, a->span); break;
    default: break;
    }
}

bool doc_add(struct doc_book *b, struct sources *sources, uint32_t file, const char *name, struct diag *diag)
{
    struct arena *trees = arena_create();
    size_t errors = diag_error_count(diag);
    struct ast *tree = parse_file(sources, file, trees, b->names, diag);
    bool good = diag_error_count(diag) == errors;
    if (good) {
        vec_push(&b->module, (struct doc_module){.name = arena_strdup(b->arena, name)});
        struct collector c = {b, sources_text(sources, file, NULL), &vec_last(&b->module)};
        c.module->text = kept(&c, tree->doc);
        for (uint32_t i = 0; i < tree->n; i++) {
            read_declaration(&c, file_declaration(tree, i));
        }
    }
    arena_destroy(trees);
    return good;
}

static const struct doc_entry *find_in(const struct doc_module *m, const char *name, size_t length)
{
    for (size_t i = 0; i < m->entry.n; i++) {
        const char *have = m->entry.data[i].name;
        if (strlen(have) == length && strncmp(have, name, length) == 0) {
            return &m->entry.data[i];
        }
    }
    return NULL;
}

const struct doc_entry *doc_find(const struct doc_book *b, const struct doc_module *m, const char *name,
                                 size_t length, const struct doc_module **where)
{
    const struct doc_entry *e = find_in(m, name, length);
    *where = m;
    for (size_t i = 0; !e && i < m->use.n; i++) {
        for (size_t k = 0; !e && k < b->module.n; k++) {
            *where = &b->module.data[k];
            e = strcmp((*where)->name, m->use.data[i]) == 0 ? find_in(*where, name, length) : NULL;
        }
    }
    return e;
}
