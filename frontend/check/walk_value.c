/* Expressions, and the paths of names in them. */
#include <ctype.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/check/walk.h"
#include "frontend/data/data.h"
#include "frontend/neural/neural.h"

/* ---- lengths ---- */

/* The length that an expression such as n, n + 1 or 4 means, whatever the value of n is. */
static struct length size_of(struct walk *k, const struct ast *a)
{
    if (a->kind == AST_INT && a->n == 0) {
        return length_of(a->v.integer);
    }
    if (a->kind == AST_NAME) {
        const struct name *n = value_find(&k->w, a->name);
        bool fixed = n && (n->kind == NAME_VALUE || n->kind == NAME_CONST);
        return (struct length){.is_known = fixed, .of = n};
    }
    if (a->kind == AST_BINARY && (a->op == OP_ADD || a->op == OP_SUB)) {
        struct length x = size_of(k, binary_left(a)), y = size_of(k, binary_right(a));
        int64_t sum;
        bool good = x.is_known && y.is_known && (!y.of || (a->op == OP_ADD && !x.of));
        good = good && !(a->op == OP_ADD ? __builtin_add_overflow(x.plus, y.plus, &sum)
                                         : __builtin_sub_overflow(x.plus, y.plus, &sum));
        return good ? (struct length){true, x.of ? x.of : y.of, sum} : (struct length){0};
    }
    return (struct length){0};
}

/* In networks and models, sizes and indices are known when compiling: a name that is missing there is that
 * of a constant. */
static struct walk walk_of_size(const struct walk *k)
{
    struct walk inner = *k;
    inner.w.purpose = k->in_network || k->model ? FOR_SIZE : k->w.purpose;
    return inner;
}

/* Reports a size that is an amount, as the `A` of `species X[A]`. */
static bool is_amount(struct walk *k, const struct ast *size)
{
    struct name *n = size->kind == AST_NAME && !k->in_experiment ? value_find(&k->w, size->name) : NULL;
    if (!name_may(n, AT_AMOUNT)) {
        return false;
    }
    walk_bind_name(k, size, n);
    (void)value_not_known(k->f, size->span);
    return true;
}

struct typing walk_dims(struct walk *k, const struct ast *dims, enum sort sort)
{
    struct typing t = typing_scalar(sort);
    if (dims && dims->n > SHAPE_MAX_RANK) {
        t.rank = -1;
        return t;
    }
    for (uint32_t i = 0; dims && i < dims->n; i++) {
        struct walk size = walk_of_size(k);
        if (is_amount(k, dims_size(dims, i))) {
            t.dim[t.rank++] = (struct length){0};
            continue;
        }
        (void)walk_real_scalar(&size, dims_size(dims, i));
        t.dim[t.rank++] = size_of(k, dims_size(dims, i));
    }
    return t;
}

/* ---- paths ---- */

static struct walked_place place(struct walk *k, const struct ast *a, int wanted);

static struct walked_place placed(struct name *n, enum name_kind kind, struct typing typing)
{
    return (struct walked_place){.name = n, .kind = kind, .typing = typing};
}

/* Names that have a meaning although nothing declares them. */
static struct walked_place undeclared(struct walk *k, const struct ast *a, int wanted)
{
    bool in_flow = k->model && k->w.purpose == FOR_RIGHT_SIDE;
    bool time = strcmp(a->name, "time") == 0 && (k->in_network || k->in_function || k->own || in_flow);
    if (time || strcmp(a->name, "pi") == 0) {
        return (struct walked_place){.typing = typing_scalar(SORT_REAL)};
    }
    walk_unknown(k, a, wanted);
    return (struct walked_place){.typing = typing_refused()};
}

static struct walked_place place_of_name(struct walk *k, const struct ast *a, int wanted)
{
    bool is_known = true;
    struct name *n = k->own ? walk_member(k, k->own, a->name, &is_known) : NULL;
    if (n) {
        walk_bind_name(k, a, n);
        /* After a run over rows, the value has further axes in front. */
        return placed(n, n->kind, typing_array_of(SORT_REAL));
    }
    n = walk_find(k, a);
    const char *stem = n || !k->in_network ? NULL : walk_stem(k->f, a->name);
    struct name *first = stem ? value_find(&k->w, stem) : NULL;
    if (first && first->kind == NAME_INSTANCE) {
        n = first;
        walk_bind_name(k, a, n);
    }
    if (n) {
        struct typing t = n->kind == NAME_CONST ? walk_constant(k, n) : meaning_of(k, n)->typing;
        return placed(n, n->kind, t);
    }
    return is_known ? undeclared(k, a, wanted) : (struct walked_place){.typing = typing_unknown()};
}

static void no_member(struct walk *k, const struct ast *a, struct name *of, const struct scope *members)
{
    const char *list[256];
    size_t n = 0;
    for (size_t i = 0; members && i < scope_count(members) && n < 256; i++) {
        list[n++] = scope_at(members, i)->text;
    }
    const char *what = of->kind == NAME_NETWORK ? "the network" : "the instance";
    name_no_member(&k->w, a->span, what, of->text, a->name, of->kind == NAME_NETWORK, list, n);
}

/* Whether a model has this part. Its kind numbers the arrays of layers: w0, w1. */
static bool has_part(struct walk *k, struct name *model, const char *text)
{
    const struct scope *members = walk_model_members(k, model);
    size_t length = strlen(text);
    while (length > 1 && isdigit((unsigned char)text[length - 1])) {
        length--;
    }
    const char *stem = intern_text(k->f->names, arena_strndup(k->f->arena, text, length));
    return !members || scope_find_here(members, text) || scope_find_here(members, stem) ||
           strcmp(text, "time") == 0;
}

static void no_part(struct walk *k, const struct ast *a, struct name *model)
{
    const struct scope *members = walk_model_members(k, model);
    const char *list[256];
    size_t n = 0;
    for (size_t i = 0; i < scope_count(members) && n < 256; i++) {
        if (scope_at(members, i)->kind == NAME_VALUE) {
            list[n++] = scope_at(members, i)->text;
        }
    }
    diag_report(k->f->diag, DIAG_E0201, a->span, "the model '%s' has no parameters '%s'", model->text,
                a->name);
    if (!name_help_nearest(k->f, a->name, list, n)) {
        diag_help(k->f->diag, "it has %s",
                  neural_parameters(k->f, walk_model_kind(model), model->text, list, n));
    }
}

/* What is known of a name of a made network: which names stand behind it with a dot. */
static struct walked_place part_of_made(struct walk *k, struct name *n, struct name *part)
{
    struct scope *parts = part ? meaning_of(k, part)->members : NULL;
    parts = part && !parts ? scope_create(k->f->arena, NULL) : parts;
    return (struct walked_place){.typing = typing_unknown(), .made = n, .parts = parts};
}

/* NAME.x.y of a made network: the names behind x are known. */
static struct walked_place place_in_made(struct walk *k, const struct ast *a, const struct walked_place *base)
{
    struct name *part = scope_find_here(base->parts, a->name);
    const char *path = strchr(front_source_text(k->f, a->span), '.');
    if (part || !path || walk_stem(k->f, a->name)) {
        return part_of_made(k, base->made, part);
    }
    const char *list[256];
    size_t n = 0;
    size_t length = strlen(path + 1) - strlen(a->name);
    for (size_t i = 0; i < scope_count(base->parts) && n < 256; i++) {
        list[n++] =
            arena_printf(k->f->arena, "%.*s%s", (int)length, path + 1, scope_at(base->parts, i)->text);
    }
    const char *what = base->made->kind == NAME_NETWORK ? "the network" : "the instance";
    name_no_member(&k->w, a->span, what, base->made->text, path + 1, false, list, n);
    return (struct walked_place){.typing = typing_refused()};
}

/* The type of NAME.x: members of networks and models are real numbers, and the label of a row has the type
 * that the file gives it. */
static uint8_t part_sort(struct walk *k, const struct ast *a, struct name *n)
{
    bool is_row = n && (n->kind == NAME_DATA || n->kind == NAME_RECORD || n->kind == NAME_TABLE);
    if (!is_row || strcmp(a->name, "label") != 0) {
        return is_row && strcmp(a->name, "input") != 0 ? SORT_UNKNOWN : SORT_REAL;
    }
    struct name *data = n->kind == NAME_DATA ? n : meaning_of(k, n)->data;
    int32_t at = data && !k->is_again ? data_use(k->f, data) : -1;
    if (at < 0) {
        return SORT_NUMBER;
    }
    bool whole = k->f->program->data.data[at].shape.label == CRNL_LABEL_INTEGER;
    return whole ? SORT_INTEGER : SORT_REAL;
}

static struct walked_place place_of_field(struct walk *k, const struct ast *a)
{
    struct walked_place base = place(k, field_base(a), NAME_AS_BASE), none = {.typing = typing_unknown()};
    none.typing.sort = k->in_experiment ? part_sort(k, a, base.name) : SORT_UNKNOWN;
    struct name *n = base.name;
    if (base.parts) {
        return place_in_made(k, a, &base);
    }
    bool rail = strcmp(a->name, "p") == 0 || strcmp(a->name, "n") == 0;
    if (!n || n->kind == NAME_REFUSED) {
        none.typing.is_refused = base.typing.is_refused || n;
        return none;
    }
    if (n->kind == NAME_DATA || n->kind == NAME_RECORD || n->kind == NAME_TABLE) {
        none.name = n; /* d.train, whose rows have parts of their own */
        none.kind = n->kind;
        return none;
    }
    if (n->kind == NAME_MODEL && !k->in_experiment && !has_part(k, n, a->name)) {
        no_part(k, a, n); /* an experiment may read what was learnt besides */
        none.typing.is_refused = true;
        return none;
    }
    if (n->kind == NAME_DUAL && rail) {
        return placed(n, NAME_SPECIES, base.typing);
    }
    if ((k->in_network || k->model) && (n->kind == NAME_DUAL || n->kind == NAME_SPECIES)) {
        name_no_part(&k->w, a, n->kind);
        none.typing.is_refused = true;
        return none;
    }
    bool path = n->kind == NAME_INSTANCE || (n->kind == NAME_NETWORK && !k->in_network);
    bool is_known = false;
    struct name *member = path ? walk_member(k, n, a->name, &is_known) : NULL;
    if (!member && is_known && !k->in_experiment) {
        no_member(k, a, n, walk_members(k, walk_network_of(n)));
        none.typing.is_refused = true;
    }
    if (!member) {
        return none;
    }
    if (meaning_of(k, member)->is_made) {
        return part_of_made(k, n, member);
    }
    /* The name at the end of the path. */
    struct span at = a->span;
    at.lo = at.hi - (uint32_t)strlen(a->name);
    walk_use(k, member, at);
    struct typing inside = k->in_network ? meaning_of(k, member)->typing : typing_array_of(SORT_REAL);
    return placed(member, member->kind, inside);
}

static void walk_ends(struct walk *k, const struct ast *range)
{
    for (int i = 0; i < 2; i++) {
        const struct ast *end = i ? range_to(range) : range_from(range);
        if (end) {
            (void)walk_real_scalar(k, end);
        }
    }
}

/* The name m of m[i], if the elements are instances. */
static struct name *array_of_instances(struct walk *k, const struct ast *base)
{
    bool alone = base->kind == AST_NAME && k->in_network && !value_find(&k->w, base->name);
    struct name *n = alone ? value_find(&k->w, walk_array_text(k->f, base->name)) : NULL;
    if (n) {
        walk_bind_name(k, base, n);
    }
    return n;
}

/* Reports `net["A"]`, which is written net.A here. */
static struct typing text_as_index(struct walk *k, const struct ast *a, const struct ast *index)
{
    const char *base = front_source_text(k->f, index_base(a)->span);
    diag_report(k->f->diag, DIAG_E0303, index->span, "an index is a number, not text");
    if (index->n == 1 && string_part(index, 0)->kind == AST_STRING_PART) {
        diag_help(k->f->diag, "what has a name is read by it: `%s.%s`", base, string_part(index, 0)->name);
    }
    return typing_refused();
}

static struct walked_place place_of_index(struct walk *k, const struct ast *a)
{
    struct walked_place base = placed(array_of_instances(k, index_base(a)), NAME_INSTANCE, typing_unknown());
    base = base.name ? base : place(k, index_base(a), NAME_AS_BASE);
    struct typing few[4], *at = a->n < 4 ? few : arena_alloc(k->f->arena, (a->n + 1) * sizeof *at);
    struct walk indices = walk_of_size(k);
    indices.own = NULL;
    for (uint32_t i = 1; i < a->n; i++) {
        if (index_at(a, i)->kind == AST_RANGE) {
            walk_ends(&indices, index_at(a, i));
        } else if (index_at(a, i)->kind == AST_STRING) {
            at[i] = text_as_index(k, a, index_at(a, i));
        } else {
            at[i] = walk_real(&indices, index_at(a, i));
        }
    }
    bool entries = !base.name || name_row(k->f, base.name->kind)->read;
    base.typing = entries ? typing_index(k->f, a, base.typing, at) : typing_unknown();
    return base;
}

static struct walked_place place(struct walk *k, const struct ast *a, int wanted)
{
    switch (a->kind) {
    case AST_NAME: return place_of_name(k, a, wanted);
    case AST_FIELD: return place_of_field(k, a);
    case AST_INDEX: return place_of_index(k, a);
    default: return (struct walked_place){.typing = walk_value(k, a)};
    }
}

struct walked_place walk_place(struct walk *k, const struct ast *a)
{
    return place(k, a, NAME_AS_VALUE);
}

struct typing walk_constant(struct walk *k, struct name *n)
{
    struct meaning *m = meaning_of(k, n);
    if (m->is_known || m->busy) {
        return m->typing;
    }
    struct walk at = {.f = k->f, .w = {.f = k->f, .module = n->module}, .names = k->names};
    enum sort given = front_defined(k->f, n);
    m->busy = true;
    struct typing t = walk_value(&at, const_value(n->ast));
    m->typing = given ? typing_scalar(given) : t;
    m->busy = false;
    m->is_known = true;
    return m->typing;
}

/* ---- expressions ---- */

static struct typing value_of_name(struct walk *k, const struct ast *a)
{
    struct walked_place p = place_of_name(k, a, NAME_AS_VALUE);
    if (p.name && !value_reads(&k->w) && name_kind_may(p.name->kind, AT_AMOUNT)) {
        value_no_amount(&k->w, a, p.name);
        if (k->w.purpose == FOR_RATE_CONSTANT) { /* the rates of a reaction have a scope of their own */
            (void)scope_add(k->w.scope, a->name, NAME_REFUSED, a->span);
        }
        return typing_refused();
    }
    if (p.name && !name_row(k->f, p.name->kind)->read && p.name->kind != NAME_REFUSED) {
        name_no_value(&k->w, a->span, a->name, p.name->kind);
        return typing_refused();
    }
    return p.typing;
}

static struct typing value_of_path(struct walk *k, const struct ast *a)
{
    struct walked_place p = walk_place(k, a);
    if (p.name && !value_reads(&k->w) && name_kind_may(p.name->kind, AT_AMOUNT)) {
        while (a->kind == AST_INDEX) {
            a = index_base(a);
        }
        value_no_amount(&k->w, a, p.name);
        return typing_refused();
    }
    return p.typing;
}

/* Warns of `"run $i"`, as Julia and shells put values into texts, if there is an `i`. */
static void warn_dollar(struct walk *k, const struct ast *part)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    for (const char *at = strchr(part->name, '$'); at; at = strchr(at + 1, '$')) {
        size_t length = strspn(at + 1, letters);
        const char *name = intern_text(k->f->names, arena_strndup(k->f->arena, at + 1, length));
        const struct name *n = length > 0 ? value_find(&k->w, name) : NULL;
        if (n && name_row(k->f, n->kind)->read) {
            diag_report(k->f->diag, DIAG_W0419, part->span, "`$%s` stands in the text as it is", name);
            diag_help(k->f->diag, "a value stands in braces in a text: `{%s}`", name);
            return;
        }
    }
}

static struct typing text(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *p = string_part(a, i);
        if (p->kind == AST_STRING_PART && k->in_experiment && !k->is_again) {
            warn_dollar(k, p);
        }
        if (p->kind == AST_HOLE) {
            (void)typing_format(k->f, p->span, p->name, walk_value(k, hole_value(p)));
        }
    }
    return typing_scalar(SORT_TEXT);
}

static struct typing array(struct walk *k, const struct ast *a)
{
    struct typing first = typing_scalar(SORT_REAL), t = first;
    for (uint32_t i = 0; i < a->n; i++) {
        struct typing one = walk_value(k, array_element(a, i));
        first = i ? first : one;
        t = typing_with_element(k->f, array_element(a, i)->span, first, i ? t : one, one);
    }
    return t.is_refused ? t : typing_array(length_of(a->n), t);
}

static struct typing tuple(struct walk *k, const struct ast *a)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *entry = tuple_arg(a, i);
        (void)walk_value(k, entry->kind == AST_BIND ? assign_value(entry) : arg_value(entry));
    }
    return typing_unknown();
}

/* In the body of a network, a literal must have a unit that the network declares; models have no units. */
static struct typing number(struct walk *k, const struct ast *a)
{
    double v;
    if (a->n > 0 && (k->in_network || k->model) && !units_number(&k->w, a, &v)) {
        return typing_refused();
    }
    return typing_scalar(a->kind == AST_INT && a->n == 0 ? SORT_INTEGER : SORT_REAL);
}

static struct typing unary(struct walk *k, const struct ast *a)
{
    bool swap;
    return typing_unary(k->f, a->span, value_operator(a->op, &swap), walk_value(k, unary_operand(a)));
}

/* Whether a unit stands apart from the one it divides, as in 0.5 mmol / L: what is said of the second half is
 * all that there is to say. */
static bool is_unit_apart(struct walk *k, const struct ast *a)
{
    const struct ast *left = binary_left(a), *right = binary_right(a);
    bool number = (left->kind == AST_INT || left->kind == AST_REAL) && left->n > 0;
    if (!k->in_network || a->op != OP_DIV || !number || right->kind != AST_NAME || !units_have(right->name)) {
        return false;
    }
    const struct name *n = value_find(&k->w, right->name);
    return !n || n->kind == NAME_REFUSED;
}

static struct typing binary(struct walk *k, const struct ast *a)
{
    bool swap;
    if (is_unit_apart(k, a)) {
        (void)walk_value(k, binary_right(a));
        return typing_refused();
    }
    struct typing x = walk_value(k, binary_left(a)), y = walk_value(k, binary_right(a));
    struct typing t = typing_binary(k->f, a, value_operator(a->op, &swap), x, y);
    if ((a->op == OP_AND || a->op == OP_OR) && !k->is_again) {
        lint_joined(k->f, a);
    }
    bool power = a->op == OP_POW && x.sort == SORT_INTEGER && y.sort == SORT_INTEGER;
    if (power && binary_right(a)->kind == AST_INT) {
        t.sort = SORT_INTEGER; /* the exponent is known and is not negative */
    }
    return t;
}

static struct typing choice(struct walk *k, const struct ast *a)
{
    walk_condition(k, choice_condition(a));
    struct typing yes = walk_value(k, choice_yes(a)), no = walk_value(k, choice_no(a));
    return typing_choice(k->f, a, yes, no);
}

struct typing walk_value(struct walk *k, const struct ast *a)
{
    switch (a->kind) {
    case AST_INT:
    case AST_REAL: return number(k, a);
    case AST_BOOL: return typing_scalar(SORT_CONDITION);
    case AST_STRING: return text(k, a);
    case AST_NAME: return value_of_name(k, a);
    case AST_FIELD:
    case AST_INDEX: return value_of_path(k, a);
    case AST_CALL: return walk_call(k, a);
    case AST_CALL_OVER:
    case AST_ARRAY_OVER: return walk_call_over(k, a);
    case AST_ARRAY: return array(k, a);
    case AST_TUPLE: return tuple(k, a);
    case AST_UNARY: return unary(k, a);
    case AST_BINARY: return binary(k, a);
    case AST_CHOICE: return choice(k, a);
    case AST_RANGE: walk_ends(k, a); return typing_array((struct length){0}, typing_scalar(SORT_INTEGER));
    default: return typing_unknown();
    }
}

struct typing walk_real(struct walk *k, const struct ast *a)
{
    struct typing t = walk_value(k, a);
    (void)typing_real(k->f, a->span, t);
    return t;
}

struct typing walk_real_scalar(struct walk *k, const struct ast *a)
{
    struct typing t = walk_value(k, a);
    (void)typing_real_scalar(k->f, a->span, t);
    return t;
}

bool walk_condition(struct walk *k, const struct ast *a)
{
    return typing_condition(k->f, a, walk_value(k, a));
}

void walk_words(struct walk *k, const struct ast *a)
{
    if (a && (a->kind == AST_NAME || a->kind == AST_INSTANCE)) {
        (void)walk_find(k, a);
    }
    for (uint32_t i = 0; a && i < a->n; i++) {
        walk_words(k, ast_child(a, i));
    }
}

/* ---- loop variables ---- */

/* A data set, or a random order of its rows, may stand here although it is no value. */
static struct walked_place rows_of(struct walk *k, const struct ast *over)
{
    struct walked_place p = walk_place(k, over);
    bool order =
        over->kind == AST_CALL && over->n > 1 && call_callee(over)->kind == AST_NAME &&
        (strcmp(call_callee(over)->name, "shuffle") == 0 || strcmp(call_callee(over)->name, "sample") == 0);
    const struct ast *rows = order ? arg_value(call_arg(over, 1)) : NULL;
    struct name *n =
        rows && (rows->kind == AST_NAME || rows->kind == AST_FIELD) ? walk_place(k, rows).name : NULL;
    return n && name_may(n, AT_OVER) ? placed(n, n->kind, typing_unknown()) : p;
}

void walk_binder(struct walk *k, const struct ast *binder)
{
    const struct ast *over = binder_over(binder);
    struct typing t = typing_unknown();
    enum name_kind kind = NAME_VALUE;
    struct name *data = NULL;
    if (over->kind == AST_RANGE) {
        walk_ends(k, over);
        t = typing_scalar(SORT_INTEGER);
    } else {
        struct walked_place p = rows_of(k, over);
        data = p.name && p.name->kind == NAME_DATA ? p.name : NULL;
        t = p.typing;
        bool rows = p.name && name_may(p.name, AT_OVER);
        kind = rows ? NAME_RECORD : NAME_VALUE;
        struct typing row = {.sort = t.sort, .rank = rows || t.rank < 1 ? (int8_t)-1 : (int8_t)(t.rank - 1)};
        for (int i = 0; i < row.rank; i++) {
            row.dim[i] = t.dim[i + 1];
        }
        row.sort = rows ? SORT_UNKNOWN : row.sort;
        t = row;
    }
    meaning_of(k, walk_declare(k, binder->name, kind, binder->span, t))->data = data;
}

void walk_binders(struct walk *k, const struct ast *binders)
{
    for (uint32_t i = 1; i < binders->n; i++) {
        struct walk inner = walk_inside(k);
        walk_binder(&inner, binders_binder(binders, i));
        k->w.scope = inner.w.scope;
    }
    if (binders_condition(binders)) {
        walk_condition(k, binders_condition(binders));
    }
}

struct name *walk_named(struct walk *k, const struct ast *a, enum name_place place)
{
    struct name *n = walk_find(k, a);
    if (!n) {
        walk_unknown(k, a, place);
        return NULL;
    }
    return name_fits(&k->w, a->span, a->name, n, place) ? n : NULL;
}
