/* Turns what the walk has found out about each name into data: what the name is, its type and its unit,
 * where it is declared, where it is used, and where it may be used. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/check.h"
#include "frontend/check/walk.h"
#include "frontend/declared.h"

static int by_place(const void *x, const void *y)
{
    const struct name *a = *(struct name *const *)x, *b = *(struct name *const *)y;
    return a->span.file != b->span.file ? (a->span.file > b->span.file) - (a->span.file < b->span.file)
           : a->span.lo != b->span.lo   ? (a->span.lo > b->span.lo) - (a->span.lo < b->span.lo)
                                        : (a->span.hi > b->span.hi) - (a->span.hi < b->span.hi);
}

static bool is_same(const struct name *a, const struct name *b)
{
    return a->kind == b->kind && a->span.file == b->span.file && a->span.lo == b->span.lo &&
           a->span.hi == b->span.hi;
}

/* ---- texts ---- */

static const char *power(struct arena *arena, const char *text, const char *of, int exponent)
{
    for (int i = 0; i < exponent; i++) {
        text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", of);
    }
    for (int i = 0; i > exponent; i--) {
        text = arena_printf(arena, "%s%s/%s", text, *text ? " " : "", of);
    }
    return text;
}

static const char *unit_text(struct arena *arena, const struct name *n)
{
    const struct name_class *c = name_class(n->kind);
    struct dim d = c->dim ? c->dim(n) : (struct dim){0};
    if (d.kind != DIM_KNOWN || (!d.amount && !d.time)) {
        return NULL;
    }
    return power(arena, power(arena, "", "amount", d.amount), "time", d.time);
}

/* ---- places in the tree ---- */

struct surroundings {
    struct front *f;
    struct declared_names *s;
    struct span scope;
    const char *doc, *units;
    int32_t parent;
    bool in_experiment;
};

static size_t first_from(const struct declared_names *s, size_t lo, size_t hi, uint32_t at)
{
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->entry[mid].whole.lo < at) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static bool is_scope(const struct surroundings *p, const struct ast *a)
{
    switch (a->kind) {
    case AST_FOR:
    case AST_CALL_OVER:
    case AST_ARRAY_OVER:
    case AST_SIDE_SUM:
    case AST_FN:
    case AST_NETWORK:
    case AST_EXPERIMENT:
    case AST_MODEL:
    case AST_LEARN: return true;
    case AST_RUN:
    case AST_CONTINUE:
    case AST_BLOCK: return p->in_experiment;
    default: return false;
    }
}

static const char *units_of_network(struct arena *arena, struct front *f, const struct ast *network)
{
    const struct ast *block = network_block(network);
    for (uint32_t i = 0; i < block->n; i++) {
        if (block_statement(block, i)->kind == AST_UNITS) {
            return arena_strdup(arena, front_source_text(f, block_statement(block, i)->span));
        }
    }
    return NULL;
}

static bool is_declared_by(const struct declared *s, const struct ast *a)
{
    return s->whole.lo == a->span.lo && s->whole.hi == a->span.hi;
}

/* Names lo to hi are declared within the node. The deepest node that contains a name says where the name
 * stands. */
static void place_in(struct surroundings p, const struct ast *a, size_t lo, size_t hi)
{
    bool declares =
        a->kind == AST_NETWORK || a->kind == AST_EXPERIMENT || a->kind == AST_FN || a->kind == AST_MODEL;
    const struct surroundings around = p;
    p.scope = is_scope(&p, a) ? a->span : p.scope;
    p.in_experiment |= a->kind == AST_EXPERIMENT;
    p.doc = ast_layout[a->kind] == AST_PARAM ? a->doc : NULL; /* belongs to all of the statement */
    p.units = a->kind == AST_NETWORK ? units_of_network(p.s->arena, p.f, a) : p.units;
    for (size_t i = lo; declares && i < hi; i++) {
        p.parent = is_declared_by(&p.s->entry[i], a) ? (int32_t)i : p.parent;
    }
    for (size_t i = lo; i < hi; i++) {
        struct declared *s = &p.s->entry[i];
        bool own = is_declared_by(s, a);
        const char *doc = a->doc ? a->doc : around.doc;
        s->scope = own ? around.scope : p.scope;
        s->parent = own ? around.parent : p.parent;
        s->units = own && declares ? NULL : p.units;
        s->doc = own && doc ? arena_strdup(p.s->arena, doc) : s->doc;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *child = ast_child(a, i);
        if (child) {
            size_t from = first_from(p.s, lo, hi, child->span.lo),
                   to = first_from(p.s, from, hi, child->span.hi);
            if (from < to) {
                place_in(p, child, from, to);
            }
        }
    }
}

/* ---- names ---- */

static const char *members_text(struct walk *k, struct arena *arena, struct name *n)
{
    const struct ast *a =
        n->kind == NAME_NETWORK && n->ast->kind == AST_NETWORK_EXPR ? network_expr_value(n->ast) : NULL;
    bool made = a && a->kind != AST_INSTANCE && a->kind != AST_NAME && n->meaning->members;
    return made ? arena_strdup(arena, walk_members_text(k, n->meaning->members)) : NULL;
}

/* A name of a network exists twice: inside of the network, and as others see it. These n entries stand
 * side by side. */
static void add_name(struct walk *k, struct declared_names *s, struct name *const *name, size_t n)
{
    struct front *f = k->f;
    struct name *best = name[0];
    size_t uses = 0;
    bool is_member = false;
    for (size_t i = 0; i < n; i++) {
        best = name[i]->meaning->is_known || best->meaning->typing.rank < 0 ? name[i] : best;
        uses += name[i]->meaning->use.n;
        is_member |= name[i]->is_member;
    }
    struct span *use = arena_alloc(s->arena, (uses + 1) * sizeof *use);
    uses = 0;
    for (size_t i = 0; i < n; i++) {
        const struct meaning *m = name[i]->meaning;
        for (size_t u = 0; u < m->use.n; u++) {
            use[uses++] = m->use.data[u];
        }
    }
    struct typing t = best->meaning->typing;
    const char *text = arena_strndup(s->arena, best->text, strcspn(best->text, "["));
    s->entry[s->n++] = (struct declared){
        .name = text,
        .kind = name_class(best->kind)->text,
        .type = t.sort || t.rank >= 0 ? arena_strdup(s->arena, typing_text(f->arena, t)) : NULL,
        .unit = unit_text(s->arena, best),
        .members = members_text(k, s->arena, best),
        .at = front_place_of_word(f, best->span, text),
        .whole = best->span,
        .scope = best->span,
        .parent = -1,
        .network = -1,
        .is_member = is_member,
        .n_uses = uses,
        .use = use,
    };
}

static int32_t number_of(const struct declared_names *s, const struct name *n)
{
    for (size_t i = 0; n && i < s->n; i++) {
        const struct declared *one = &s->entry[i];
        if (one->whole.file == n->span.file && one->whole.lo == n->span.lo && one->whole.hi == n->span.hi) {
            return (int32_t)i;
        }
    }
    return -1;
}

static void add_file(struct front *f, struct declared_names *s, const struct module *m)
{
    struct declared_file *to = &s->file[s->n_files++];
    struct declared_use *use = arena_alloc(s->arena, (m->used.n + 1u) * sizeof *use);
    *to = (struct declared_file){.file = m->file, .name = arena_strdup(s->arena, m->path), .use = use};
    for (uint32_t i = 0; i < m->tree->n; i++) {
        const struct ast *a = file_declaration(m->tree, i);
        if (a->kind == AST_USE) {
            use[to->n_uses] = (struct declared_use){a->span, m->used.data[to->n_uses]};
            to->n_uses++;
        }
    }
    size_t lo = 0, hi;
    while (lo < s->n && s->entry[lo].whole.file != m->file) {
        lo++;
    }
    for (hi = lo; hi < s->n && s->entry[hi].whole.file == m->file; hi++) {
    }
    place_in((struct surroundings){.f = f, .s = s, .scope = m->tree->span, .parent = -1}, m->tree, lo, hi);
}

/* Puts names that have a place to the front, in the order of their places. Returns how many these are. */
static size_t sort_names(struct name **list, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->span.file) {
            list[kept++] = list[i];
        }
    }
    if (kept > 0) {
        qsort(list, kept, sizeof *list, by_place);
    }
    return kept;
}

struct declared_names *check_declared(struct walk *k)
{
    struct front *f = k->f;
    struct walked_names *names = k->names;
    struct arena *arena = arena_create();
    struct declared_names *s = arena_alloc(arena, sizeof *s);
    struct name **list = names->name.data;
    size_t n = sort_names(list, names->name.n), same;
    s->arena = arena;
    s->entry = arena_alloc(arena, (n + 1) * sizeof *s->entry);
    s->file = arena_alloc(arena, (f->module.n + 1) * sizeof *s->file);
    struct name **network = arena_alloc(f->arena, (n + 1) * sizeof *network);
    for (size_t i = 0; i < n; i += same) {
        for (same = 1; i + same < n && is_same(list[i], list[i + same]); same++) {
        }
        for (size_t one = i; one < i + same && list[i]->kind == NAME_INSTANCE; one++) {
            network[s->n] = list[one]->ast ? walk_network_of(list[one]) : network[s->n];
        }
        add_name(k, s, list + i, same);
    }
    for (size_t i = 0; i < s->n; i++) {
        s->entry[i].network = number_of(s, network[i]);
    }
    for (size_t m = 0; m < f->module.n; m++) {
        add_file(f, s, f->module.data[m]);
    }
    return s;
}

void declared_destroy(struct declared_names *s)
{
    if (s) {
        arena_destroy(s->arena);
    }
}
