#include "frontend/name.h"

#include "frontend/data/data.h"
#include "frontend/neural/neural.h"

static struct dim declared_dim(const struct name *n)
{
    return n->dim;
}

static struct dim amount_dim(const struct name *n)
{
    (void)n;
    return (struct dim){.kind = DIM_KNOWN, .amount = 1};
}

/* ---- all of it ---- */

static void check_constant(struct front *f, struct name *n)
{
    front_constant(f, n);
}

/* A network that needs arguments is elaborated where it gets them. */
static bool needs_arguments(const struct ast *network)
{
    bool needs = false;
    for (uint32_t i = 0; network->kind == AST_NETWORK && i < network_nparams(network)->n; i++) {
        const struct ast *p = list_item(network_nparams(network), i);
        needs |= p->op == OP_CONST && !dcl_value(p);
    }
    return needs;
}

static void check_network(struct front *f, struct name *n)
{
    if (!needs_arguments(n->ast)) {
        network_use(f, n, n->span);
    }
}

static void check_model(struct front *f, struct name *n)
{
    neural_use(f, n);
}

static void check_data(struct front *f, struct name *n)
{
    data_use(f, n);
}

static void check_experiment(struct front *f, struct name *n)
{
    front_experiment(f, n);
}

expr_id refused_value(struct where *w, const struct ast *a, struct name *n)
{
    (void)w, (void)a, (void)n;
    return 0;
}

/* ---- rows ---- */

static const struct name_class classes[] = {
#define AT(place) (1u << AT_##place)
#define NAME_KIND(kind, text, read, part, call, check, dim, help, places) \
    [NAME_##kind] = {text, read, part, call, check, dim, help, places},
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
