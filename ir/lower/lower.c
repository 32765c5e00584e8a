#include "ir/lower/lower.h"

#include <string.h>

enum {
#define NEURAL_KIND(name) KIND_##name,
#include "runtime/crnl_neural.def"
    N_KINDS
};

static const char *const kinds[N_KINDS] = {
#define NEURAL_KIND(name) [KIND_##name] = #name,
#include "runtime/crnl_neural.def"
};

static const struct {
    const char *name;
    const struct construction *construction;
    unsigned takes; /* bits of the kinds of models that it takes */
} constructions[] = {
#define OF(kind)                   (1u << KIND_##kind)
#define NETWORKS                   (1u << N_KINDS)
#define CONSTRUCTION(name, models) {#name, &construction_##name, models},
#include "ir/lower/lower.def"
#undef OF
#undef NETWORKS
};

int lower_count(void)
{
    return sizeof constructions / sizeof *constructions;
}

const char *lower_name(int i)
{
    return constructions[i].name;
}

int lower_named(const char *name)
{
    int i = 0;
    while (i < lower_count() && strcmp(constructions[i].name, name) != 0) {
        i++;
    }
    return i < lower_count() ? i : -1;
}

const struct construction *lower_construction(int i)
{
    return constructions[i].construction;
}

int lower_argument_named(const struct construction *c, const char *name)
{
    int i = name ? 0 : c->n_arguments;
    while (i < c->n_arguments && strcmp(c->argument[i].name, name) != 0) {
        i++;
    }
    return i < c->n_arguments ? i : -1;
}

int lower_option_named(const struct construction *c, const char *name)
{
    int i = name ? 0 : c->n_options;
    while (i < c->n_options && strcmp(c->option[i].name, name) != 0) {
        i++;
    }
    return i < c->n_options ? i : -1;
}

bool lower_takes(int i, const char *kind)
{
    int k = 0;
    while (k < N_KINDS && strcmp(kinds[k], kind) != 0) {
        k++;
    }
    return k < N_KINDS && constructions[i].takes >> k & 1;
}

bool lower_takes_networks(int i)
{
    return constructions[i].takes >> N_KINDS & 1;
}

const struct lowered *lowering_find(const struct lowering *l, enum lowered_role role, const char *what)
{
    for (int32_t i = 0; i < l->n; i++) {
        if (l->part[i].role == role && (!what || strcmp(l->part[i].what, what) == 0)) {
            return &l->part[i];
        }
    }
    return NULL;
}

void lowering_add(const struct lowerer *l, struct lowering *record, const char *what, enum lowered_role role,
                  int32_t symbol)
{
    struct lowered *part = arena_alloc(l->arena, ((size_t)record->n + 1) * sizeof *part);
    for (int32_t i = 0; i < record->n; i++) {
        part[i] = record->part[i];
    }
    part[record->n++] = (struct lowered){arena_strdup(l->arena, what), role, symbol, 1, 1};
    record->part = part;
}

/* Expands a word such as "{group}.on". Only one name in it is in braces. */
static void expand(const char *word, const struct lower_names *list, size_t n, struct arena *scratch,
                   void (*add)(void *env, const char *name), void *env)
{
    const char *open = strchr(word, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!close) {
        add(env, word);
        return;
    }
    const char *name = arena_strndup(scratch, open + 1, (size_t)(close - open) - 1);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; strcmp(list[i].word, name) == 0 && k < list[i].n; k++) {
            add(env, arena_printf(scratch, "%.*s%s%s", (int)(open - word), word, list[i].name[k], close + 1));
        }
    }
}

void lower_members(int i, const struct lower_names *list, size_t n, struct arena *scratch,
                   void (*add)(void *env, const char *name), void *env)
{
    for (const char *at = constructions[i].construction->members; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        expand(arena_strndup(scratch, at, length), list, n, scratch, add, env);
        at += length;
    }
}

struct net *lower_make(int i, const struct lowerer *l, struct lowering *record)
{
    const struct construction *c = constructions[i].construction;
    if (!l->from && c->needs_values && !l->m->value) {
        diag_report(l->diag, DIAG_E0522, l->span,
                    "the reactions depend on the weights of '%s', which are not known when compiling",
                    l->m->name);
        diag_help(l->diag, "train and save it, then declare: model fixed = %s from \"%s.npz\";", l->m->name,
                  l->m->name);
        return NULL;
    }
    record->construction = constructions[i].name;
    if (!l->from) {
        record->n = record->n_edges = 0;
        record->part = NULL;
        record->edge = NULL;
    }
    if (!l->from) {
        record->teaching = (struct teaching){0};
    }
    record->learner = NULL;
    return c->lower(l, record);
}

struct shape lower_group_shape(const struct crnl_neural_group *g)
{
    struct shape s = {.rank = (uint8_t)g->rank};
    memcpy(s.dim, g->dim, sizeof g->dim);
    return s;
}

const struct crnl_neural_group *lower_group_of(const struct crnl_neural *m, int32_t unit)
{
    const struct crnl_neural_group *g = m->group;
    while (unit >= g->first + g->size) {
        g++;
    }
    return g;
}
