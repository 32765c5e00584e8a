/* The variables of an Antimony model: their types, names of the same variable, deletions. A statement about
 * one of its names holds for the variable. */
#include <string.h>
#include <strings.h>

#include "import/antimony/antimony_impl.h"

static const char *const type_names[] = {
    [TYPE_UNDEFINED] = "a name",
    [TYPE_PARAMETER] = "a parameter",
    [TYPE_SPECIES] = "a species",
    [TYPE_COMPARTMENT] = "a compartment",
    [TYPE_REACTION] = "a reaction",
    [TYPE_INTERACTION] = "an interaction",
    [TYPE_EVENT] = "an event",
    [TYPE_MODULE] = "a submodule",
    [TYPE_STRAND] = "a strand of DNA",
    [TYPE_UNIT] = "a unit",
    [TYPE_STOICHIOMETRY] = "a stoichiometry",
    [TYPE_RULE] = "an algebraic rule",
    [TYPE_DELETED] = "deleted",
};

int32_t antimony_root(const struct reader *r, int32_t v)
{
    while (r->variable.data[v].same >= 0) {
        v = r->variable.data[v].same;
    }
    return v;
}

struct variable *antimony_variable(struct reader *r, int32_t v)
{
    return &r->variable.data[antimony_root(r, v)];
}

static int32_t add(struct reader *r, const char *name, struct span at)
{
    struct variable v = {.name = name,
                         .at = at,
                         .instance = r->here,
                         .same = -1,
                         .same_factor.variable = -1,
                         .compartment = -1,
                         .outer = -1,
                         .made = -1};
    vec_push(&r->variable, v);
    map_add(&r->names, name, (int32_t)r->variable.n - 1);
    return (int32_t)r->variable.n - 1;
}

static const char *full_name(struct reader *r, int32_t instance, const char *name)
{
    return arena_printf(r->x->arena, "%s%s", r->instance.data[instance].prefix, name);
}

int32_t antimony_variable_named(struct reader *r, const char *name, struct span at)
{
    const char *full = full_name(r, r->here, name);
    int32_t v = map_find(&r->names, full);
    return v >= 0 ? v : add(r, full, at);
}

int32_t antimony_new_variable(struct reader *r, const char *stem, int *count, struct span at)
{
    for (;;) {
        const char *full = full_name(r, r->here, arena_printf(r->x->arena, "%s%d", stem, (*count)++));
        if (map_find(&r->names, full) < 0) {
            return add(r, full, at);
        }
    }
}

/* Reports that the submodule, or whatever it is, has no such part. Returns -1. */
static int32_t no_part(struct reader *r, int32_t module, const struct token *part)
{
    const char *name = r->variable.data[module].name;
    if (r->variable.data[module].type != TYPE_MODULE) {
        antimony_error(
            r, DIAG_E0834, part->at,
            "'%s' is no submodule, so there is no '%s' in it\n  help: a submodule is made before, by "
            "`%s: NAME()` with the name of a model",
            name, part->text, name);
        return -1;
    }
    const char **known = arena_alloc(r->x->arena, (r->variable.n + 1) * sizeof *known);
    size_t n = 0, length = strlen(name);
    for (size_t i = 0; i < r->variable.n; i++) {
        const char *of = r->variable.data[i].name;
        if (strncmp(of, name, length) == 0 && of[length] == '.' && !strchr(of + length + 1, '.')) {
            known[n++] = of + length + 1;
        }
    }
    antimony_error(r, DIAG_E0834, part->at, "the submodule '%s' has nothing of the name '%s'", name,
                   part->text);
    diag_help_known(r->x->diag, part->text, known, n);
    return -1;
}

int32_t antimony_read_variable(struct reader *r)
{
    bool held = antimony_take_sign(r, '$');
    const struct token *t = antimony_token(r);
    struct span at = t->at;
    if (r->at >= r->end || t->kind != TOKEN_NAME || antimony_is_reserved(t->text)) {
        antimony_expected(r, "a name");
        return -1;
    }
    r->at++;
    int32_t v = antimony_variable_named(r, t->text, at);
    while (antimony_is_sign(r, '.') && antimony_token_behind(r, 1)->kind == TOKEN_NAME) {
        const struct token *part = antimony_token_behind(r, 1);
        const struct variable *module = &r->variable.data[v];
        const char *full = arena_printf(r->x->arena, "%s.%s", module->name, part->text);
        int32_t inner = module->type == TYPE_MODULE ? map_find(&r->names, full) : -1;
        if (inner < 0 && antimony_is_remark_part(part->text)) {
            break;
        }
        if (inner < 0) {
            return no_part(r, v, part);
        }
        v = inner;
        r->at += 2;
    }
    if (held) {
        antimony_variable(r, v)->constness = CONST_CONST;
    }
    return v;
}

/* ---- types ---- */

static bool may_become(enum variable_type from, enum variable_type to)
{
    switch (from) {
    case TYPE_UNDEFINED: return true;
    case TYPE_PARAMETER: return to != TYPE_MODULE && to != TYPE_STRAND;
    case TYPE_REACTION: return to == TYPE_PARAMETER;
    case TYPE_SPECIES: return false;
    default: return to == TYPE_PARAMETER; /* 'formula' has no type */
    }
}

static bool refuse_type(struct reader *r, int32_t v, enum variable_type type, struct span at)
{
    const struct variable *x = antimony_variable(r, v);
    antimony_error(r, DIAG_E0831, at,
                   "'%s' is %s, and cannot be %s too\n  help: give one of them another name",
                   r->variable.data[v].name, type_names[x->type], type_names[type]);
    if (x->at.file != at.file || x->at.lo != at.lo) {
        diag_note(r->x->diag, x->at, "it is first named here");
    }
    return false;
}

bool antimony_set_type(struct reader *r, int32_t v, enum variable_type type, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    if (x->type == type) {
        return type != TYPE_MODULE || refuse_type(r, v, type, at);
    }
    if (!may_become(x->type, type)) {
        return refuse_type(r, v, type, at);
    }
    bool has_value = type == TYPE_PARAMETER || type == TYPE_SPECIES || type == TYPE_COMPARTMENT ||
                     type == TYPE_STOICHIOMETRY;
    if (!has_value && x->rate) {
        return refuse_type(r, v, type, at);
    }
    if (x->type == TYPE_UNDEFINED || type != TYPE_PARAMETER) {
        x->type = type;
    }
    return true;
}

static bool needs_value(struct reader *r, int32_t v, const char *what, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    switch (x->type) {
    case TYPE_UNDEFINED: x->type = TYPE_PARAMETER; return true;
    case TYPE_PARAMETER:
    case TYPE_SPECIES:
    case TYPE_COMPARTMENT:
    case TYPE_STOICHIOMETRY: return true;
    default:
        return antimony_error(r, DIAG_E0831, at,
                              "'%s' is %s, which has no %s\n  help: give it to a name that is a species, a "
                              "compartment or a parameter",
                              r->variable.data[v].name, type_names[x->type], what);
    }
}

bool antimony_set_value(struct reader *r, int32_t v, const struct formula *f, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    if (x->type == TYPE_REACTION || x->type == TYPE_INTERACTION) {
        x->value = f;
        return true;
    }
    if (x->type == TYPE_EVENT && x->event && f) {
        x->event->trigger = f;
        return true;
    }
    if (!needs_value(r, v, "value", at)) {
        return false;
    }
    if (x->is_rule && x->value && f) {
        antimony_error(r, DIAG_E0831, at,
                       "'%s' has an assignment rule, which is its value at the start too\n  help: leave this "
                       "out, or write the "
                       "rule as `=` in place of `:=` if it holds at the start alone",
                       r->variable.data[v].name);
        diag_note(r->x->diag, x->value->at, "the rule");
        return false;
    }
    x->value = f;
    x->is_rule = x->is_dna;
    return true;
}

bool antimony_set_rule(struct reader *r, int32_t v, const struct formula *f, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    if (x->type == TYPE_REACTION) {
        x->value = f;
        return true;
    }
    if (!needs_value(r, v, "assignment rule", at)) {
        return false;
    }
    if (x->rate && f) {
        antimony_error(r, DIAG_E0831, at,
                       "'%s' has a rate rule, and cannot have an assignment rule too\n  help: leave one of "
                       "them out, or write "
                       "this one as `%s = ...`, its value at the start",
                       r->variable.data[v].name, r->variable.data[v].name);
        diag_note(r->x->diag, x->rate->at, "the rate rule");
        return false;
    }
    x->value = f;
    x->is_rule = f || x->is_dna;
    return true;
}

bool antimony_set_rate(struct reader *r, int32_t v, const struct formula *f, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    if (!needs_value(r, v, "rate rule", at)) {
        return false;
    }
    if (x->is_rule && x->value && f) {
        antimony_error(r, DIAG_E0831, at,
                       "'%s' has an assignment rule, and cannot have a rate rule too\n  help: leave one of "
                       "them out, or write "
                       "the other as `%s = ...`, its value at the start",
                       r->variable.data[v].name, r->variable.data[v].name);
        diag_note(r->x->diag, x->value->at, "the assignment rule");
        return false;
    }
    x->rate = f;
    return true;
}

/* ---- compartments ---- */

bool antimony_set_compartment(struct reader *r, int32_t v, int32_t compartment, struct span at)
{
    if (!antimony_set_type(r, compartment, TYPE_COMPARTMENT, at)) {
        return false;
    }
    antimony_variable(r, v)->compartment = compartment;
    for (int32_t c = antimony_root(r, compartment), n = 0; c >= 0 && n <= (int32_t)r->variable.n; n++) {
        int32_t outer = r->variable.data[c].compartment;
        if (outer >= 0 && antimony_root(r, outer) == antimony_root(r, compartment)) {
            return antimony_error(
                r, DIAG_E0831, at,
                "'%s' is in itself, by the compartments that it is in\n  help: leave one of their `in` out",
                r->variable.data[compartment].name);
        }
        c = outer >= 0 ? antimony_root(r, outer) : -1;
    }
    return true;
}

/* Sets the compartment unless it was given. A later one replaces an earlier one, but a submodule replaces
 * only that of a submodule, and only a strand that of a strand. */
static bool put_in(struct variable *x, int32_t compartment, enum variable_type by)
{
    bool counts =
        x->compartment < 0 && (x->outer < 0 || x->outer_type == TYPE_MODULE || by == x->outer_type ||
                               (x->outer_type != TYPE_STRAND && by != TYPE_MODULE));
    if (counts) {
        x->outer = compartment;
        x->outer_type = by;
    }
    return counts;
}

static void spread(struct reader *r, int32_t v, enum variable_type as, int depth);

static void spread_to(struct reader *r, int32_t to, int32_t compartment, enum variable_type by, int depth)
{
    if (put_in(antimony_variable(r, to), compartment, by)) {
        spread(r, antimony_root(r, to), by, depth + 1);
    }
}

/* Sets the compartment of everything that v is made of, also in nested strands and submodules. */
static void spread(struct reader *r, int32_t v, enum variable_type as, int depth)
{
    const struct variable x = r->variable.data[v];
    int32_t c = x.compartment >= 0 ? x.compartment : x.outer;
    if (c < 0 || depth > IMPORT_MAX_DEPTH) {
        return;
    }
    enum variable_type by = depth > 0 && as == TYPE_MODULE ? TYPE_MODULE : x.type;
    for (int k = 0; k < 2 && (x.type == TYPE_REACTION || x.type == TYPE_INTERACTION) && x.side[k]; k++) {
        for (size_t i = 0; i < x.side[k]->all.n; i++) {
            spread_to(r, x.side[k]->all.data[i].variable, c, by, depth);
        }
    }
    for (size_t i = 0; x.strand && i < x.strand->part.n; i++) {
        spread_to(r, x.strand->part.data[i].variable, c, by, depth);
    }
    for (size_t i = 0; x.made >= 0 && i < r->variable.n; i++) {
        if (r->variable.data[i].instance == x.made) {
            spread_to(r, (int32_t)i, c, TYPE_MODULE, depth);
        }
    }
}

void antimony_spread_compartments(struct reader *r)
{
    for (size_t i = 0; i < r->variable.n; i++) {
        if (r->variable.data[i].same < 0 && r->variable.data[i].compartment >= 0) {
            spread(r, (int32_t)i, r->variable.data[i].type, 0);
        }
    }
}

/* ---- names of one thing ---- */

static const struct formula *times_factor(struct reader *r, const struct formula *f, struct factor factor)
{
    if (!f || (!factor.number && factor.variable < 0)) {
        return f;
    }
    struct formula *to = arena_alloc(r->x->arena, sizeof *to);
    *to = *f;
    if (to->n_factors < (int)(sizeof to->factor / sizeof to->factor[0])) {
        to->factor[to->n_factors++] = factor;
    }
    return to;
}

/* Gives `to` the properties of v that it does not have itself. */
static bool merge(struct reader *r, struct variable *v, struct variable *to, struct factor factor)
{
    if (!to->value && !(to->rate && v->is_rule)) {
        to->value = times_factor(r, v->value, factor);
        to->is_rule = v->is_rule || to->is_rule;
    }
    if (!to->rate && !(to->is_rule && to->value)) {
        to->rate = times_factor(r, v->rate, factor);
    }
    to->constness = to->constness == CONST_DEFAULT ? v->constness : to->constness;
    to->is_substance |= v->is_substance;
    to->is_dna |= v->is_dna;
    if (!to->side[0] && v->side[0]) {
        to->side[0] = v->side[0];
        to->side[1] = v->side[1];
        to->is_reversible = v->is_reversible;
    }
    to->event = to->event ? to->event : v->event;
    to->strand = to->strand ? to->strand : v->strand;
    to->compartment = to->compartment >= 0 ? to->compartment : v->compartment;
    return true;
}

bool antimony_make_same(struct reader *r, int32_t v, int32_t to, struct factor factor, struct span at)
{
    int32_t a = antimony_root(r, v), b = antimony_root(r, to);
    if (a == b) {
        return true;
    }
    struct variable *x = &r->variable.data[a], *y = &r->variable.data[b];
    if (x->type == TYPE_MODULE || y->type == TYPE_MODULE) {
        return antimony_error(
            r, DIAG_E0831, at,
            "a submodule cannot be the same as something else: name its parts\n  help: say it of each, as in "
            "`%s.x is y`",
            x->type == TYPE_MODULE ? x->name : y->name);
    }
    enum variable_type type = x->type;
    bool fits = type == TYPE_UNDEFINED || antimony_set_type(r, to, type, at);
    if (!fits) {
        return false;
    }
    /* Names of the model itself have priority over those of its submodules. */
    bool is_inner = strchr(y->name, '.') && !strchr(x->name, '.');
    if (is_inner && (factor.number || factor.variable >= 0)) {
        return antimony_error(r, DIAG_E0832, at,
                              "a conversion of '%s', which is no part of a submodule\n  help: leave the "
                              "factor out, and write it where the name is read",
                              x->name);
    }
    merge(r, x, y, factor);
    if (is_inner) {
        struct variable swap = *y;
        const char *name = x->name;
        struct span first = x->at;
        int32_t instance = x->instance;
        *x = swap;
        x->name = name;
        x->at = first;
        x->instance = instance;
        *y = (struct variable){.name = swap.name,
                               .at = swap.at,
                               .type = swap.type,
                               .instance = swap.instance,
                               .same = a,
                               .same_factor.variable = -1,
                               .compartment = -1,
                               .outer = -1,
                               .made = -1};
        return true;
    }
    x->same = b;
    x->same_factor = factor;
    return true;
}

/* ---- deleting ---- */

static bool is_inside(const struct reader *r, int32_t instance, int32_t outer)
{
    while (instance >= 0 && instance != outer) {
        instance = r->instance.data[instance].parent;
    }
    return instance == outer;
}

/* The formula; NULL if it contains v and was written in a submodule of the current instance. */
static const struct formula *without(const struct reader *r, const struct formula *f, int32_t v)
{
    bool is_of_part = f && f->instance != r->here && is_inside(r, f->instance, r->here);
    return is_of_part && antimony_has(r, f->root, v) ? NULL : f;
}

static void clear_sides(struct reader *r, struct variable *x, int32_t v)
{
    for (int k = 0; k < 2 && x->side[k]; k++) {
        size_t n = 0;
        for (size_t i = 0; i < x->side[k]->all.n; i++) {
            if (antimony_root(r, x->side[k]->all.data[i].variable) != v) {
                x->side[k]->all.data[n++] = x->side[k]->all.data[i];
            }
        }
        x->side[k]->all.n = n;
    }
}

/* False if nothing of the event is left. */
static bool clear_event(struct reader *r, struct happening *e, int32_t v)
{
    size_t n = 0;
    e->delay = without(r, e->delay, v);
    e->priority = without(r, e->priority, v);
    for (size_t i = 0; i < e->assignment.n; i++) {
        const struct assignment *a = &e->assignment.data[i];
        if (antimony_root(r, a->variable) != v && (!a->value || without(r, a->value, v))) {
            e->assignment.data[n++] = *a;
        }
    }
    e->assignment.n = n;
    return without(r, e->trigger, v) && n > 0;
}

/* Removes v in submodules: formulas that need it, its place in reactions, and events that it triggers. */
static void clear(struct reader *r, int32_t v)
{
    for (size_t i = 0; i < r->variable.n; i++) {
        struct variable *x = &r->variable.data[i];
        if (x->same >= 0) {
            continue;
        }
        if (x->value && !without(r, x->value, v)) {
            x->value = NULL;
            x->is_rule = x->is_dna;
        }
        x->rate = without(r, x->rate, v);
        if (x->instance == r->here) {
            continue;
        }
        clear_sides(r, x, v);
        if (x->event && x->type == TYPE_EVENT && !clear_event(r, x->event, v)) {
            x->type = TYPE_DELETED;
        }
        x->compartment = x->compartment >= 0 && antimony_root(r, x->compartment) == v ? -1 : x->compartment;
    }
}

static void delete_one(struct reader *r, int32_t v)
{
    struct variable *x = &r->variable.data[v];
    clear(r, v);
    x->type = TYPE_DELETED;
    x->value = x->rate = NULL;
    x->side[0] = x->side[1] = NULL;
    x->event = NULL;
}

bool antimony_delete(struct reader *r, int32_t v, struct span at)
{
    int32_t root = antimony_root(r, v), made = r->variable.data[root].made;
    if (r->variable.data[v].instance == r->here) {
        return antimony_error(r, DIAG_E0831, at,
                              "'%s' is no part of a submodule: only such parts are deleted\n  help: leave "
                              "out this line, and what says something of the name",
                              r->variable.data[v].name);
    }
    for (size_t i = 0; made >= 0 && i < r->variable.n; i++) {
        if (r->variable.data[i].same < 0 && is_inside(r, r->variable.data[i].instance, made)) {
            delete_one(r, (int32_t)i);
        }
    }
    delete_one(r, root);
    return true;
}
