/* Calls of functions, of models and of builtin functions, and comprehensions. */
#include <string.h>

#include "frontend/builtin.h"
#include "frontend/check/walk.h"

/* Walks over an argument, which may be the name of a network, a model or a data set. */
static struct typing argument(struct walk *k, const struct ast *a)
{
    return a->kind == AST_NAME && value_reads(&k->w) ? walk_place(k, a).typing : walk_value(k, a);
}

/* ---- functions of the program ---- */

/* Walks over the body with parameters of the types `given`; if `given` is NULL, nothing is known of them. */
static struct typing walk_body(struct walk *k, struct name *fn, const struct typing *given)
{
    struct walk inner = {.f = k->f, .in_function = true, .is_again = given != NULL, .names = k->names};
    inner.w = (struct where){.f = k->f, .scope = scope_create(k->f->arena, NULL), .module = fn->module};
    for (uint32_t i = 0; i < fn_params(fn->ast)->n; i++) {
        const struct ast *p = list_item(fn_params(fn->ast), i);
        (void)walk_declare(&inner, p->name, NAME_VALUE, p->span, given ? given[i] : typing_unknown());
    }
    if (!given) {
        meaning_of(k, fn)->members = inner.w.scope;
    }
    return walk_value(&inner, fn_body(fn->ast));
}

void walk_function(struct walk *k, struct name *fn)
{
    struct meaning *m = meaning_of(k, fn);
    if (!m->is_known && !m->busy) {
        m->busy = true;
        m->typing = walk_body(k, fn, NULL);
        m->busy = false;
        m->is_known = true;
    }
}

/* A text such as "iR1" of the sorts and ranks of the arguments, by which calls are distinguished. */
static const char *call_key(struct walk *k, const struct typing *given, uint32_t n)
{
    char *key = arena_alloc(k->f->arena, 2 * (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        key[2 * i] = (char)('a' + given[i].sort);
        key[2 * i + 1] = (char)('1' + given[i].rank);
    }
    key[2 * n] = '\0';
    return intern_text(k->f->names, key);
}

/* What a function returns for arguments of these types. The body has been checked once without knowing its
 * arguments; mistakes that only these arguments cause are reported by elaboration, where it puts them in.
 * The body is walked again for each combination of sorts and ranks, of which there may be twice as many in
 * each function of a chain, where every function calls the next one twice. Therefore a function that is
 * called in more than MOST ways returns, from then on, what is known without its arguments. */
static struct typing of_call(struct walk *k, const struct ast *a, struct name *fn, struct typing *given)
{
    enum { MOST = 64 };
    struct meaning *m = meaning_of(k, fn);
    uint32_t n = fn_params(fn->ast)->n;
    walk_function(k, fn);
    if (m->busy) {
        call_recursion(k->f, a, fn);
        return typing_refused();
    }
    const char *key = call_key(k, given, n);
    for (const struct walked_call *c = m->call; c; c = c->next) {
        if (c->key == key) {
            return c->typing;
        }
    }
    if (m->n_calls++ >= MOST) {
        return m->typing;
    }
    for (uint32_t i = 0; i < n; i++) {
        for (int d = 0; d < given[i].rank; d++) {
            given[i].dim[d] = (struct length){0}; /* other calls with this key have other lengths */
        }
    }
    size_t reports = diag_count(k->f->diag);
    struct walked_call *c = arena_alloc(k->f->arena, sizeof *c);
    m->busy = true;
    *c = (struct walked_call){key, walk_body(k, fn, given), m->call};
    m->busy = false;
    m->call = c;
    (void)diag_take_back(k->f->diag, reports);
    for (int i = 0; i < c->typing.rank; i++) {
        c->typing.dim[i].is_known &= !c->typing.dim[i].of; /* a parameter */
    }
    return c->typing;
}

static struct typing of_own_function(struct walk *k, const struct ast *a, struct name *fn)
{
    uint32_t n = fn_params(fn->ast)->n;
    struct typing *given = arena_alloc(k->f->arena, (n + 1) * sizeof *given);
    for (uint32_t i = 0; i < n; i++) {
        given[i] = typing_unknown();
    }
    for (uint32_t i = 1; i < a->n; i++) {
        struct typing t = argument(k, arg_value(call_arg(a, i)));
        for (uint32_t p = 0; p < n; p++) {
            const struct ast *value = call_argument_for(a, list_item(fn_params(fn->ast), p), p);
            given[p] = value == arg_value(call_arg(a, i)) ? t : given[p];
        }
    }
    walk_function(k, fn);
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *arg = call_arg(a, i);
        struct scope *parameters = meaning_of(k, fn)->members;
        struct name *parameter = arg->name && parameters ? scope_find_here(parameters, arg->name) : NULL;
        if (parameter) {
            walk_use(k, parameter, arg->span);
        }
    }
    return call_arguments_fit(&k->w, a, fn) ? of_call(k, a, fn, given) : typing_refused();
}

/* ---- functions of the language ---- */

static struct typing with_sort(struct typing t, uint8_t sort)
{
    t.sort = sort;
    return t;
}

/* Conditions count as real numbers. */
static uint8_t number_sort(struct typing t)
{
    return t.sort == SORT_CONDITION ? SORT_REAL : typing_is_number(t) ? t.sort : SORT_NUMBER;
}

static uint8_t common_sort(const struct typing *arg, int n)
{
    uint8_t sort = n > 0 ? number_sort(arg[0]) : SORT_REAL;
    for (int i = 1; i < n; i++) {
        uint8_t other = number_sort(arg[i]);
        sort = sort == SORT_REAL || other == SORT_REAL ? SORT_REAL : sort == other ? sort : SORT_NUMBER;
    }
    return sort;
}

static struct typing filled(const struct call *c, struct walk *k)
{
    struct ast dims = {.kind = AST_DIMS, .n = (uint32_t)c->n, .kid = (struct ast **)(uintptr_t)c->arg};
    return walk_dims(k, &dims, SORT_REAL);
}

static struct typing result(struct walk *k, const struct builtin *b, const struct call *c,
                            const struct typing *arg)
{
    uint8_t sort = common_sort(arg, c->n);
    switch (b->gives) {
    case GIVES_REAL: return typing_scalar(SORT_REAL);
    case GIVES_INTEGER: return typing_scalar(SORT_INTEGER);
    case GIVES_CONDITION: return typing_scalar(SORT_CONDITION);
    case GIVES_REAL_EACH: return with_sort(arg[0], SORT_REAL);
    case GIVES_INTEGER_EACH: return with_sort(arg[0], SORT_INTEGER);
    case GIVES_SAME: return with_sort(arg[0], sort);
    case GIVES_SUM: return typing_scalar((enum sort)sort);
    case GIVES_PRODUCT: return typing_scalar((enum sort)sort);
    case GIVES_COMMON: return c->n == 1 ? typing_scalar((enum sort)sort) : typing_array_of((enum sort)sort);
    case GIVES_CONCAT: return typing_array_of((enum sort)sort);
    case GIVES_ROWS:
        return typing_array_of(c->arg[0]->kind == AST_RANGE ? SORT_INTEGER : (enum sort)arg[0].sort);
    case GIVES_FILLED: return filled(c, k);
    default: return typing_array_of(SORT_REAL);
    }
}

/* The network whose name is the first argument of the call. */
static struct name *asked(const struct ast *a)
{
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *arg = call_arg(a, i);
        if (!arg->name) {
            return arg_value(arg)->kind == AST_NAME ? arg_value(arg)->v.bound : NULL;
        }
    }
    return NULL;
}

static void named_argument(struct walk *k, const struct ast *a, const struct builtin *b,
                           const struct ast *value)
{
    struct walk own = *k;
    own.own = asked(a);
    switch (b->named) {
    case NAMED_WORDS: walk_words(k, value); break;
    case NAMED_OWN: (void)walk_value(&own, value); break;
    default: (void)argument(k, value); break;
    }
}

/* Functions of numbers take no conditions, but sums, means and extremes of an array count them. */
static bool takes_numbers(const struct builtin *b, int n)
{
    return b->gives == GIVES_REAL_EACH || b->gives == GIVES_INTEGER_EACH || b->gives == GIVES_SAME ||
           (b->gives == GIVES_COMMON && n > 1);
}

/* Whether the function asks a network or model for something: count_species(NET). */
static bool asks_network(const struct builtin *b)
{
    static const char *const forms[] = {
#define FUNCTION_FORM(name, form) form,
#include "frontend/function_form.def"
    };
    size_t n = strlen(b->name);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *in = forms[i] + n;
        bool is = strncmp(forms[i], b->name, n) == 0 && *in++ == '(';
        size_t word = is ? strspn(in, "NETMODL") : 0;
        if (word > 0 && (in[word] == ')' || in[word] == ',')) {
            return true;
        }
    }
    return false;
}

/* An argument that can only be the name of a network or model. */
static struct typing network_argument(struct walk *k, const struct ast *a)
{
    if (a->kind == AST_NAME && !walk_find(k, a)) {
        walk_unknown(k, a, AT_RUN);
        return typing_refused();
    }
    return argument(k, a);
}

static struct typing call_builtin(struct walk *k, const struct ast *a, const struct builtin *b)
{
    struct call c;
    struct typing *arg = arena_alloc(k->f->arena, (a->n + 1) * sizeof *arg);
    int n = 0;
    for (uint32_t i = 1; i < a->n; i++) {
        if (call_arg(a, i)->name) {
            continue;
        }
        const struct ast *value = arg_value(call_arg(a, i));
        if (n >= b->most && b->named == NAMED_WORDS) { /* it may be a word whose `of =` is missing */
            walk_words(k, value);
            arg[n++] = typing_refused();
        } else {
            arg[n] = n == 0 && asks_network(b) ? network_argument(k, value) : argument(k, value);
            n++;
        }
    }
    for (uint32_t i = 1; i < a->n; i++) {
        if (call_arg(a, i)->name) {
            named_argument(k, a, b, arg_value(call_arg(a, i)));
        }
    }
    if (!call_fits(&k->w, a, b, &c)) {
        return typing_refused();
    }
    for (int i = 0; takes_numbers(b, n) && i < c.n; i++) {
        if (arg[i].sort == SORT_CONDITION && !arg[i].is_refused) {
            typing_refuse_condition(k->f, c.arg[i], b->name, c.n == 1);
            return typing_refused();
        }
    }
    return result(k, b, &c, arg);
}

struct typing walk_call(struct walk *k, const struct ast *a)
{
    const struct ast *callee = call_callee(a);
    struct name *n = callee->kind == AST_NAME ? walk_find(k, callee) : NULL;
    const struct builtin *b = callee->kind == AST_NAME ? call_builtin_named(k->f, callee->name) : NULL;
    if (b && !(n && name_row(k->f, n->kind)->call)) {
        ast_bind(callee, NULL); /* the call is of a function of the language, whatever else has this name */
        return call_builtin(k, a, b);
    }
    if (n && n->kind == NAME_FN) {
        return of_own_function(k, a, n);
    }
    for (uint32_t i = 1; i < a->n; i++) {
        (void)argument(k, arg_value(call_arg(a, i)));
    }
    if (n && n->kind == NAME_MODEL) {
        return typing_array_of(SORT_REAL);
    }
    if (n && n->kind == NAME_TABULATED) {
        return typing_scalar(SORT_REAL);
    }
    if (n && n->kind == NAME_REFUSED) {
        return typing_refused();
    }
    call_unknown(&k->w, a, n);
    if (callee->kind == AST_NAME) {
        ast_bind(callee, k->f->refused);
    }
    return typing_refused();
}

struct typing walk_call_over(struct walk *k, const struct ast *a)
{
    bool is_array = a->kind == AST_ARRAY_OVER;
    const struct ast *binders = is_array ? array_over_binders(a) : call_over_binders(a);
    struct walk inner = walk_inside(k);
    walk_binders(&inner, binders);
    struct typing body = walk_value(&inner, is_array ? array_over_body(a) : call_over_body(a));
    if (is_array) {
        for (uint32_t i = 1; i < binders->n; i++) {
            body = typing_array((struct length){0}, body);
        }
        return body;
    }
    const struct ast *callee = call_over_callee(a);
    bool sums = callee->kind == AST_NAME && strcmp(callee->name, "sum") == 0;
    body.sort = sums ? number_sort(body) : k->in_experiment ? SORT_REAL : SORT_NUMBER;
    return body;
}
