#include "frontend/name.h"

#include <string.h>

static struct dim declared_dim(const struct name *n)
{
    return n->dim;
}

static struct dim amount_dim(const struct name *n)
{
    (void)n;
    return (struct dim){.kind = DIM_KNOWN, .amount = 1};
}

/* ---- rows ---- */

static const struct name_class classes[] = {
#define AT(place) (1u << AT_##place)
#define NAME_KIND(kind, text, read, part, call, check, dim, help, places) \
    [NAME_##kind] = {text, dim, help, places},
#include "frontend/name.def"
#undef AT
};

static const struct {
    enum diag_code code;
    const char *needs;
} name_places[] = {
#define NAME_PLACE(place, code, needs) [AT_##place] = {code, needs},
#include "frontend/name.def"
};

const struct name_class *name_class(enum name_kind kind)
{
    return &classes[kind];
}

bool name_kind_may(enum name_kind kind, enum name_place place)
{
    return classes[kind].places >> place & 1;
}

bool name_may(const struct name *n, enum name_place place)
{
    return n && name_kind_may(n->kind, place);
}

bool name_misplaced(struct where *w, struct span at, const char *text, enum name_kind kind,
                    enum name_place place)
{
    return kind != NAME_REFUSED && diag_report(w->f->diag, name_places[place].code, at, "'%s' is %s, not %s",
                                               text, classes[kind].text, name_places[place].needs);
}

bool name_fits(struct where *w, struct span at, const char *text, const struct name *n, enum name_place place)
{
    if (!n) {
        return value_unknown(w, at, text);
    }
    return name_may(n, place) || name_misplaced(w, at, text, n->kind, place);
}

bool name_no_value(struct where *w, const struct ast *a, const struct name *n)
{
    const struct name_class *c = name_class(n->kind);
    diag_report(w->f->diag, DIAG_E0204, a->span, "'%s' is %s, not a value", a->name, c->text);
    if (c->help) {
        diag_help(w->f->diag, c->help, a->name);
    }
    return false;
}

static const int declared[AST_KIND_COUNT] = {
#define NAME_DECLARED(ast, kind) [AST_##ast] = NAME_##kind + 1,
#include "frontend/name.def"
};

int name_declared(enum ast_kind kind)
{
    return declared[kind] - 1;
}

struct name *name_root(struct where *w, const struct ast *a)
{
    while (a->kind == AST_FIELD || a->kind == AST_INDEX) {
        a = ast_base(a);
    }
    return a->kind == AST_NAME ? value_find(w, a->name) : NULL;
}

/* ---- names that are visible ---- */

enum { SUGGEST_LIMIT = 4096 };

struct name *value_find(struct where *w, const char *text)
{
    struct name *n = w->scope ? scope_find(w->scope, text) : NULL;
    return n ? n : module_find(w->module, text);
}

bool value_unknown(struct where *w, struct span at, const char *text)
{
    const char **list = arena_alloc(w->f->arena, SUGGEST_LIMIT * sizeof *list);
    size_t n = 0;
    for (const struct scope *s = w->scope; s; s = scope_parent(s)) {
        for (size_t i = 0; i < scope_count(s) && n < SUGGEST_LIMIT; i++) {
            list[n++] = scope_at(s, i)->text;
        }
    }
    module_names(w->module, list, &n, SUGGEST_LIMIT);
    diag_report(w->f->diag, DIAG_E0201, at, "'%s' is not declared", text);
    diag_help_nearest(w->f->diag, text, list, n);
    return false;
}

struct name *module_find(struct module *m, const char *text)
{
    struct name *n = scope_find_here(m->scope, text);
    for (size_t i = 0; !n && i < m->uses.n; i++) {
        n = scope_find_here(m->uses.data[i]->scope, text);
        if (n && n->kind == NAME_EXPERIMENT) {
            n = NULL;
        }
    }
    return n;
}

void module_names(struct module *m, const char **out, size_t *n, size_t limit)
{
    for (size_t u = 0; u <= m->uses.n; u++) {
        const struct scope *s = u ? m->uses.data[u - 1]->scope : m->scope;
        for (size_t i = 0; i < scope_count(s) && *n < limit; i++) {
            out[(*n)++] = scope_at(s, i)->text;
        }
    }
}
