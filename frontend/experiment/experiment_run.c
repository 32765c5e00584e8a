/* `run` and `continue`: clauses, methods, options. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "frontend/experiment/experiment.h"
#include "frontend/neural/neural.h"
#include "frontend/typing.h"
#include "runtime/crnl_kernel.h"
#include "runtime/crnl_linear.h"
#include "runtime/crnl_word.h"

struct clauses {
    const struct ast *of[OP_COUNT]; /* indexed by operator; WITH may come more than once */
};

/* The parser has made sure that no clause comes twice. */
static struct clauses collect(const struct ast *a)
{
    struct clauses c = {{0}};
    for (uint32_t i = 1; i < a->n; i++) {
        c.of[run_clause(a, i)->op] = run_clause(a, i);
    }
    return c;
}

static const struct ast *argument(const struct ast *by, const char *name)
{
    for (uint32_t i = 0; i < by->n; i++) {
        if (ctor_arg(by, i)->name && strcmp(ctor_arg(by, i)->name, name) == 0) {
            return arg_value(ctor_arg(by, i));
        }
    }
    return NULL;
}

static bool is_of_family(int m, const char *family)
{
    return strcmp(crnl_method_info[m].family, family) == 0 && !(crnl_method_info[m].traits & CRNL_IMPLIED);
}

/* The solvers, as "bdf, adams, erk, rk4"; NULL if there is only one. */
static const char *solvers_of(struct where *w, const char *family)
{
    const char *list = NULL;
    int n = 0;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (is_of_family(m, family)) {
            const char *name = crnl_method_info[m].name;
            list = list ? arena_printf(w->f->arena, "%s, %s", list, name) : name;
            n++;
        }
    }
    return n > 1 ? list : NULL;
}

/* The methods that have the option, as "ode(...) and ssa(...)". */
static const char *list_families(struct where *w)
{
    const char *list = NULL, *last = NULL;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        const char *family = crnl_method_info[m].family;
        if (crnl_method_info[m].traits & CRNL_IMPLIED || (last && strcmp(last, family) == 0)) {
            continue;
        }
        list = list   ? arena_printf(w->f->arena, "%s, %s(...)", list, last)
               : last ? arena_printf(w->f->arena, "%s(...)", last)
                      : NULL;
        last = family;
    }
    return list ? arena_printf(w->f->arena, "%s and %s(...)", list, last) : last;
}

/* A method that runs models cannot run networks, and the reverse. */
static bool fits_network(struct where *w, int m, int32_t net)
{
    bool of_units = (crnl_method_info[m].needs & CRNL_NEEDS_UNITS) != 0;
    const struct lowering *l = &experiment_use(w, net)->lowering;
    return of_units == l->is_model &&
           (!of_units || m == neural_method(&w->f->program->neural.data[l->model]));
}

static bool check_fits(struct where *w, struct span at, int32_t method, int32_t net)
{
    if (fits_network(w, method, net)) {
        return true;
    }
    const struct net_use *use = experiment_use(w, net);
    const char *name = crnl_method_info[method].family;
    if (use->lowering.is_model) {
        const struct crnl_neural *m = &w->f->program->neural.data[use->lowering.model];
        diag_report(w->f->diag, DIAG_E0507, at, "%s runs networks, and '%s' is a model", name,
                    use->net->name);
        diag_help(w->f->diag, "%s models run by %s, or as networks that they are lowered to",
                  neural_kind_text(m), crnl_method_info[neural_method(m)].family);
    } else {
        diag_report(w->f->diag, DIAG_E0507, at, "%s runs models, and '%s' is a network", name,
                    use->net->name);
        diag_help(w->f->diag, "a network runs by ode, ssa, ...");
    }
    return false;
}

/* The methods that fit the network and count events, such as "ssa". */
static const char *list_counting(struct where *w, int32_t net)
{
    const char *list = NULL;
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (crnl_method_info[m].traits & CRNL_COUNTS_EVENTS && fits_network(w, m, net)) {
            const char *name = crnl_method_info[m].name;
            list = list ? arena_printf(w->f->arena, "%s and %s", list, name) : name;
        }
    }
    return list;
}

static const struct {
    const char *name, *own;
} same_options[] = {
#define OPTION_SAME(name, own) {#name, #own},
#include "frontend/experiment/option_word.def"
};

/* The option of the method that other tools spell like this: rtol for RelTol; NULL if there is none. */
static const char *own_option(const char *name, enum crnl_method_kind method)
{
    const char *own = name;
    for (size_t i = 0; i < sizeof same_options / sizeof *same_options; i++) {
        own = strcasecmp(same_options[i].name, name) == 0 ? same_options[i].own : own;
    }
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(method, i) && strcasecmp(crnl_option_info[i].name, own) == 0) {
            return crnl_option_info[i].name;
        }
    }
    return NULL;
}

/* The method with the options that it has, as `ode(rtol = 1e-8)` for ode15s(RelTol = 1e-8); NULL: it has
 * none of them. */
static const char *by_here(struct where *w, const struct ast *by, const char *family)
{
    enum crnl_method_kind method = 0;
    const char *list = NULL;
    while (strcmp(crnl_method_info[method].family, family) != 0) {
        method++;
    }
    for (uint32_t i = 0; i < by->n; i++) {
        const struct ast *arg = ctor_arg(by, i);
        const char *own = arg->name ? own_option(arg->name, method) : NULL;
        if (own) {
            list = arena_printf(w->f->arena, "%s%s%s = %s", list ? list : "", list ? ", " : "", own,
                                front_source_text(w->f, arg_value(arg)->span));
        }
    }
    return list ? arena_printf(w->f->arena, "%s(%s)", family, list) : NULL;
}

static bool fail_method(struct where *w, const struct ast *by)
{
    diag_report(w->f->diag, DIAG_E0502, by->span, "there is no method '%s'", by->name);
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        const struct crnl_method_info *o = &crnl_method_info[m];
        if (strcmp(o->name, by->name) == 0 && solvers_of(w, o->family)) {
            diag_help(w->f->diag, "this is a solver: by %s(solver = %s)", o->family, o->name);
            return false;
        }
    }
    const struct crnl_method_word *word = crnl_method_word_find(by->name);
    if (word) {
        const char *here = by->n > 0 ? by_here(w, by, word->method) : NULL;
        diag_help(w->f->diag, here ? "%s by %s: write `by %s`" : "%s by %s", word->does, word->method, here);
        return false;
    }
    const char *here = arena_printf(w->f->arena, "the methods are %s", list_families(w));
    if (!experiment_help_by(w->f, by, BY_RUN, here)) {
        diag_help(w->f->diag, "%s", here);
    }
    return false;
}

/* Finds the method of a family that the option `solver` names, or the first of the family. */
static bool find_method(struct where *w, const struct ast *by, enum crnl_method_kind *out)
{
    const char *solvers = solvers_of(w, by->name);
    const struct ast *given = solvers ? argument(by, "solver") : NULL;
    if (given && given->kind != AST_NAME) {
        diag_report(w->f->diag, DIAG_E0502, given->span, "the solver is one of %s", solvers);
        if (given->kind == AST_STRING) {
            diag_help(w->f->diag, "its name stands without quotes, as in `solver = bdf`");
        }
        return false;
    }
    for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
        if (is_of_family(m, by->name) && (!given || strcmp(crnl_method_info[m].name, given->name) == 0)) {
            *out = (enum crnl_method_kind)m;
            return true;
        }
    }
    if (!given) {
        return fail_method(w, by);
    }
    diag_report(w->f->diag, DIAG_E0502, given->span, "there is no solver '%s'", given->name);
    diag_help(w->f->diag, "the solvers are %s; the first is the default%s", solvers,
              strncmp(given->name, "rk", 2) == 0 || strncmp(given->name, "dopri", 5) == 0
                  ? ", and erk is a Runge-Kutta method that chooses its steps"
                  : "");
    return false;
}

/* Accepts an integer, or a constant such as 1e4 whose value is an integer. */
static expr_id whole_number(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    int64_t known;
    if (!v) {
        return 0;
    }
    struct expr e = value_info(w, v);
    if (e.type == TYPE_REAL && expr_const_int(w->ex, v, &known)) {
        return expr_int(w->ex, known);
    }
    if (e.type != TYPE_INT || e.shape.rank != 0) {
        return value_no_integer(w, a, v, DIAG_E0303, "an integer is needed here");
    }
    return v;
}

static bool positive(struct where *w, const struct ast *a, expr_id v, bool zero, const char *what)
{
    double known;
    if (expr_const_real(w->ex, v, &known) && !(zero ? known >= 0 : known > 0)) {
        return diag_report(w->f->diag, DIAG_E0501, a->span, "%s must be %s, not %g", what,
                           zero ? "positive or 0" : "positive", known);
    }
    return true;
}

/* Reports what is wrong with the value of the option. */
static bool given_before(struct where *w, const struct ast *by, uint32_t i)
{
    const struct ast *arg = ctor_arg(by, i);
    for (uint32_t k = 0; k < i; k++) {
        if (strcmp(ctor_arg(by, k)->name, arg->name) == 0) {
            diag_report(w->f->diag, DIAG_E0502, arg->span, "'%s' is given twice", arg->name);
            return true;
        }
    }
    return false;
}

/* Returns the value of the option in the type that the list gives; 0 after an error. */
static expr_id option_value(struct where *w, enum crnl_option_id id, const struct ast *a)
{
    const struct crnl_option_info *o = &crnl_option_info[id];
    expr_id v = o->type == CRNL_BOOL       ? value_condition(w, a)
                : o->type == CRNL_INT      ? whole_number(w, a)
                : o->type == CRNL_INFINITE ? 0
                                           : value_real_scalar(w, a);
    double known;
    if (o->type == CRNL_INFINITE) {
        return a->kind == AST_NAME && strcmp(a->name, "infinite") == 0
                   ? expr_int(w->ex, 1)
                   : diag_report(w->f->diag, DIAG_E0502, a->span, "%s is `infinite`, or left out", o->name);
    }
    if (v && o->type != CRNL_BOOL && expr_const_real(w->ex, v, &known) && !crnl_option_admits(id, known)) {
        return diag_report(w->f->diag, DIAG_E0501, a->span, "%s must be %s, not %g", o->name,
                           crnl_bound_text(o->bound), known);
    }
    return v;
}

/* Returns the number of the named kernel as a value, if the method has this kernel; 0 after an error. */
static expr_id kernel_name(struct where *w, enum crnl_method_kind method, const struct ast *a)
{
    const char *list = NULL;
    for (int k = 0; k < CRNL_KERNEL_COUNT; k++) {
        const struct crnl_kernel_info *o = &crnl_kernel_info[k];
        if (!(crnl_slot_info[o->slot].needs & crnl_method_info[method].needs)) {
            continue;
        }
        if (a->kind == AST_NAME && strcmp(o->name, a->name) == 0) {
            return expr_int(w->ex, k);
        }
        list = list ? arena_printf(w->f->arena, "%s, %s", list, o->name) : o->name;
    }
    if (a->kind == AST_NAME) {
        diag_report(w->f->diag, DIAG_E0502, a->span, "there is no kernel '%s'", a->name);
    } else {
        diag_report(w->f->diag, DIAG_E0502, a->span, "a kernel is chosen by its name");
    }
    diag_help(w->f->diag, "the kernels of %s are %s; without `kernel` it is the fastest",
              crnl_method_info[method].name, list);
    return 0;
}

/* Returns the number of the named linear solver as a value; 0 after an error. */
static expr_id linear_name(struct where *w, const struct ast *a)
{
    const char *list = NULL;
    int found = a->kind == AST_NAME ? crnl_linear_named(a->name) : -1;
    if (found >= 0) {
        return expr_int(w->ex, found);
    }
    for (int i = 0; i < CRNL_LINEAR_COUNT; i++) {
        const char *name = crnl_linear_info[i].name;
        list = list ? arena_printf(w->f->arena, "%s, %s", list, name) : name;
    }
    if (a->kind == AST_NAME) {
        diag_report(w->f->diag, DIAG_E0502, a->span, "there is no linear solver '%s'", a->name);
    } else {
        diag_report(w->f->diag, DIAG_E0502, a->span, "a linear solver is chosen by its name");
    }
    diag_help(w->f->diag, "linear solvers are %s; without `linear_solver` it is the fastest", list);
    return 0;
}

/* The options of the method, as "rtol, atol, solver". */
static const char *list_options(struct where *w, const char *family, enum crnl_method_kind method)
{
    const char *list = "";
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(method, i)) {
            list = arena_printf(w->f->arena, "%s%s%s", list, *list ? ", " : "", crnl_option_info[i].name);
        }
    }
    return solvers_of(w, family) ? arena_printf(w->f->arena, "%s%ssolver", list, *list ? ", " : "") : list;
}

/* Whether an earlier tolerance is given to the same amounts, which is then reported. */
static bool tolerance_twice(struct where *w, const struct ast *to, const struct bind *b, const struct run *r)
{
    for (size_t i = 0; i < r->bind.n; i++) {
        const struct bind *other = &r->bind.data[i];
        if (other->kind == BIND_TOLERANCE && other->symbol == b->symbol && b->n_index == 0 &&
            other->n_index == 0 && other->first == b->first && other->count == b->count) {
            diag_report(w->f->diag, DIAG_E0502, to->span, "'%s' is given twice",
                        front_source_text(w->f, to->span));
            return true;
        }
    }
    return false;
}

/* Adds tolerances for what `to` names: a species, an array, a dual value, or elements of these. */
static bool tolerance_of(struct where *w, const struct ast *to, const struct ast *value, struct run *r)
{
    const struct net *net = experiment_use(w, r->net)->net;
    struct bind_list list = {{0}};
    bool good = experiment_bound(w, to, value, r->net, &list);
    for (size_t i = 0; i < list.bind.n && good; i++) {
        struct bind *bind = &list.bind.data[i];
        double known;
        bind->kind = BIND_TOLERANCE;
        if (bind->symbol != list.bind.data[0].symbol) { /* its partner has the same */
            bind->value = list.bind.data[i - list.bind.n / 2].value;
        }
        if (expr_const_real(w->ex, bind->value, &known) && !(known > 0)) {
            good = diag_report(w->f->diag, DIAG_E0501, value->span, "atol must be positive, not %g", known);
        } else if (net->symbol.data[bind->symbol].kind == SYMBOL_PARAM) {
            good =
                diag_report(w->f->diag, DIAG_E0502, to->span, "'%s' is a parameter, which has no tolerance",
                            front_source_text(w->f, to->span));
        }
        good = good && !tolerance_twice(w, to, bind, r);
        vec_push(&r->bind, *bind);
    }
    vec_free(&list.bind);
    return good;
}

/* Reads atol = (A = 1e-12, x[2] = 1e-9, default = 1e-9): tolerances for single amounts, and one for all
 * others. */
static bool add_tolerance(struct where *w, const struct ast *entry, struct run *r)
{
    if (entry->kind == AST_BIND) {
        return tolerance_of(w, assign_target(entry), assign_value(entry), r);
    }
    if (!entry->name) {
        diag_report(w->f->diag, DIAG_E0502, entry->span, "whose tolerance is this?");
        diag_help(w->f->diag, "name the amount: atol = (A = 1e-12, default = 1e-9)");
        return false;
    }
    if (strcmp(entry->name, "default") == 0 &&
        net_find_symbol(experiment_use(w, r->net)->net, entry->name) < 0) {
        bool twice = r->option[CRNL_OPTION_ATOL] != 0;
        r->option[CRNL_OPTION_ATOL] = option_value(w, CRNL_OPTION_ATOL, arg_value(entry));
        return r->option[CRNL_OPTION_ATOL] != 0 &&
               (!twice || diag_report(w->f->diag, DIAG_E0502, entry->span, "'default' is given twice"));
    }
    struct ast to = {.kind = AST_NAME, .name = entry->name, .span = entry->span};
    to.span.hi = to.span.lo + (uint32_t)strlen(entry->name);
    return tolerance_of(w, &to, arg_value(entry), r);
}

static bool tolerances(struct where *w, const struct ast *tuple, struct run *r)
{
    for (uint32_t i = 0; i < tuple->n; i++) {
        if (!add_tolerance(w, tuple_arg(tuple, i), r)) {
            return false;
        }
    }
    return true;
}

static const struct {
    const char *name, *help;
} of_others[] = {
#define OPTION_WORD(name, help) {#name, help},
#include "frontend/experiment/option_word.def"
};

/* The option that a value without a name is probably of; NULL: nobody knows. */
static const char *likely_option(struct where *w, const struct ast *by, const struct ast *arg,
                                 enum crnl_method_kind method)
{
    static const enum crnl_option_id of_fractions[] = {CRNL_OPTION_DT, CRNL_OPTION_RTOL, CRNL_OPTION_EPSILON};
    const struct ast *value = arg_value(arg);
    for (int m = 0; value->kind == AST_NAME && m < CRNL_METHOD_COUNT; m++) {
        if (strcmp(crnl_method_info[m].name, value->name) == 0 && solvers_of(w, by->name) &&
            is_of_family(m, by->name)) {
            return "solver";
        }
    }
    if (value->kind == AST_NAME && crnl_kernel_named(value->name, ~0u) >= 0) {
        return "kernel";
    }
    for (size_t i = 0; value->kind == AST_REAL && i < sizeof of_fractions / sizeof *of_fractions; i++) {
        if (crnl_method_takes(method, of_fractions[i])) {
            return crnl_option_info[of_fractions[i]].name;
        }
    }
    return value->kind == AST_INT && crnl_method_takes(method, CRNL_OPTION_RUNS) ? "runs" : NULL;
}

/* `tau(dt = 0.1)`: what stands for a step in a method that has none. */
static bool help_step(struct where *w, const struct ast *arg, enum crnl_method_kind method)
{
    static const char *const words[] = {"dt", "step", "h", "step_size", "stepsize", "tau"};
    const struct crnl_method_info *o = &crnl_method_info[method];
    bool is_step = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is_step |= strcmp(words[i], arg->name) == 0;
    }
    if (!is_step || !(o->traits & (CRNL_STOCHASTIC | CRNL_LAW))) {
        return false;
    }
    const char *step = front_source_text(w->f, arg_value(arg)->span);
    if (o->traits & CRNL_LEAPS) {
        diag_help(
            w->f->diag,
            "%s chooses its steps by `epsilon`; a noisy run with fixed steps is `cle(dt = %s)`; how often "
            "a value is kept is a clause of the run: `every %s`",
            o->family, step, step);
    } else {
        diag_help(w->f->diag,
                  o->traits & CRNL_LAW
                      ? "%s has no steps; how often a value is kept is a clause of the run: "
                        "`every %s`"
                      : "%s has no steps, since it goes from event to event; how often a value "
                        "is kept is a clause of the run: `every %s`",
                  o->family, step);
    }
    return true;
}

static bool option(struct where *w, const struct ast *by, const struct ast *arg, struct run *r)
{
    for (int i = 0; arg->name && i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(r->method, i) && strcmp(crnl_option_info[i].name, arg->name) == 0) {
            if (i == CRNL_OPTION_ATOL && arg_value(arg)->kind == AST_TUPLE) {
                return tolerances(w, arg_value(arg), r);
            }
            enum crnl_value_type type = crnl_option_info[i].type;
            r->option[i] = type == CRNL_KERNEL_NAME   ? kernel_name(w, r->method, arg_value(arg))
                           : type == CRNL_LINEAR_NAME ? linear_name(w, arg_value(arg))
                                                      : option_value(w, i, arg_value(arg));
            return r->option[i] != 0;
        }
    }
    if (arg->name && strcmp(arg->name, "solver") == 0 && solvers_of(w, by->name)) {
        return true;
    }
    const char *known[CRNL_OPTION_COUNT + 1];
    size_t n = 0;
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(r->method, i)) {
            known[n++] = crnl_option_info[i].name;
        }
    }
    if (solvers_of(w, by->name)) {
        known[n++] = "solver";
    }
    if (!arg->name) {
        experiment_unnamed_option(w->f, arg, by->name, known, n, likely_option(w, by, arg, r->method));
        return false;
    }
    diag_report(w->f->diag, DIAG_E0502, arg->span, "'%s' has no option '%s'", by->name, arg->name);
    if (own_option(arg->name, r->method)) {
        diag_help(w->f->diag, "write `by %s`", by_here(w, by, by->name));
        return false;
    }
    bool near = diag_help_nearest(w->f->diag, arg->name, known, n);
    if (!near && help_step(w, arg, r->method)) {
        return false;
    }
    if (!near) {
        diag_help(w->f->diag, "the options of %s are: %s", by->name, list_options(w, by->name, r->method));
    }
    for (size_t i = 0; !near && i < sizeof of_others / sizeof *of_others; i++) {
        if (strcmp(of_others[i].name, arg->name) == 0) {
            diag_help(w->f->diag, "%s", of_others[i].help);
        }
    }
    return false;
}

static bool options(struct where *w, const struct ast *by, struct run *r)
{
    for (uint32_t i = 0; i < by->n; i++) {
        if (!option(w, by, ctor_arg(by, i), r) || given_before(w, by, i)) {
            return false;
        }
    }
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        const struct crnl_option_info *o = &crnl_option_info[i];
        if (o->required && crnl_method_takes(r->method, i) && !r->option[i]) {
            const char *name = crnl_method_info[r->method].name, *solvers = solvers_of(w, by->name);
            diag_report(w->f->diag, DIAG_E0502, by->span, "the %s %s needs its %s",
                        solvers ? "solver" : "method", name, o->help);
            diag_help(w->f->diag, "by %s(%s%s%s%s = %s)", by->name, solvers ? "solver = " : "",
                      solvers ? name : "", solvers ? ", " : "", o->name, o->required);
            return false;
        }
    }
    return true;
}

static bool is_time(struct where *w, const struct ast *a)
{
    return units_check(w, a, (struct dim){.kind = DIM_KNOWN, .time = 1}, "this number", "a time");
}

static bool span_clause(struct where *w, const struct net *net, const struct ast *c, expr_id *value,
                        enum span_kind *kind, const char *what)
{
    if (!c) {
        return true;
    }
    *kind = c->flags & AST_EVENTS ? SPAN_EVENTS : c->flags & AST_CYCLES ? SPAN_CYCLES : SPAN_TIME;
    if (*kind == SPAN_CYCLES && net->clock.n == 0) {
        diag_report(w->f->diag, DIAG_E0501, c->span, "'%s' has no clock whose cycles could be counted",
                    net->name);
        diag_help(w->f->diag, "declare one: clock ideal(C1 = 10, C2 = 10);");
        return false;
    }
    *value = value_real_scalar(w, clause_value(c));
    double n;
    if (*kind == SPAN_EVENTS && *value && expr_const_real(w->ex, *value, &n) && n != floor(n)) {
        diag_report(w->f->diag, DIAG_E0501, clause_value(c)->span,
                    "events are counted by whole numbers, not %g", n);
        diag_help(w->f->diag, "write `%.0f events`, or `%g` alone for a time", floor(n), n);
        return false;
    }
    return *value && is_time(w, clause_value(c)) && positive(w, clause_value(c), *value, true, what);
}

static bool is_stochastic(const struct run *r)
{
    return (crnl_method_info[r->method].traits & CRNL_STOCHASTIC) != 0;
}

static bool is_in_molecules(const struct run *r)
{
    return (crnl_method_info[r->method].traits & (CRNL_STOCHASTIC | CRNL_LAW)) != 0;
}

/* A network that is switched or changed again and again never reaches a steady state. */
static bool steady(struct where *w, const struct ast *to, const struct net *net, const struct run *r)
{
    if (is_stochastic(r)) {
        diag_report(w->f->diag, DIAG_E0501, to->span, "a stochastic run has no steady state to reach");
        diag_help(w->f->diag,
                  "take statistics after a burn-in: after 100 for 10000 by ssa, then time_mean(...)");
        return false;
    }
    const char *why = net->clock.n > 0 ? "a clock" : NULL;
    for (size_t i = 0; i < net->event.n; i++) {
        why = net->event.data[i].kind == EVENT_EVERY ? "an event that happens again and again" : why;
    }
    if (why) {
        diag_report(w->f->diag, DIAG_E0501, to->span, "'%s' has %s, so no steady state is reached", net->name,
                    why);
        diag_help(w->f->diag, "end with `for TIME`, or `until` a condition holds");
    }
    return !why;
}

static bool only_with(const struct run *r)
{
    for (size_t i = 0; i < r->bind.n; i++) {
        if (r->bind.data[i].kind != BIND_WITH) {
            return false;
        }
    }
    return true;
}

/* Warns of a time between rows, or a step, that is longer than the run: this is hardly what was meant. In
 * a run for 0 they are allowed. */
static void warn_longer(struct where *w, const struct ast *a, const struct run *r, expr_id step, bool burns)
{
    double length, before = 0, each;
    bool known = r->span == SPAN_TIME && step && expr_const_real(w->ex, step, &each) && r->duration &&
                 expr_const_real(w->ex, r->duration, &length);
    if (known && burns && r->after) {
        known = r->after_kind == SPAN_TIME && expr_const_real(w->ex, r->after, &before);
    }
    if (known && length > 0 && each > length + before) {
        diag_report(w->f->diag, DIAG_W0416, a->span,
                    burns ? "a step of %g in a run for %g: the run is one shorter step"
                          : "rows every %g in a run for %g: there is none between its start and its end",
                    each, length + before);
        diag_help(w->f->diag, burns ? "give a smaller `dt`, or a longer run"
                                    : "give a smaller number behind `every`, or leave it out");
    }
}

static void warn_long_steps(struct where *w, const struct clauses *c, const struct run *r)
{
    static const enum crnl_option_id steps[] = {CRNL_OPTION_DT, CRNL_OPTION_SPLIT};
    if (c->of[OP_EVERY]) {
        warn_longer(w, clause_value(c->of[OP_EVERY]), r, r->every, false);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (uint32_t k = 0; r->option[steps[i]] && k < clause_value(c->of[OP_BY])->n; k++) {
            const struct ast *arg = ctor_arg(clause_value(c->of[OP_BY]), k);
            if (arg->name && strcmp(arg->name, crnl_option_info[steps[i]].name) == 0) {
                warn_longer(w, arg_value(arg), r, r->option[steps[i]], true);
            }
        }
    }
}

/* Reads the time at which the clock of a continued run starts again. */
static bool start_time(struct where *w, const struct ast *from, struct run *r)
{
    double known;
    if (!from) {
        return true;
    }
    if (!r->resume) {
        diag_report(w->f->diag, DIAG_E0501, from->span, "a run begins at time 0");
        diag_help(w->f->diag, "`from` sets the time of a run that goes on: continue %s from 0 ...",
                  experiment_use(w, r->net)->net->name);
        return false;
    }
    const struct ast *value = clause_value(from);
    r->from = value_real_scalar(w, value);
    if (!r->from || !is_time(w, value)) {
        return false;
    }
    return !expr_const_real(w->ex, r->from, &known) || isfinite(known) ||
           diag_report(w->f->diag, DIAG_E0501, value->span, "a run begins at a finite time, not at %g",
                       known);
}

/* A method that finds a root knows no time. */
static bool root_has_no_time(struct where *w, const struct ast *a, const struct clauses *c,
                             const struct run *r)
{
    static const enum ast_op of_time[] = {OP_FOR, OP_UNTIL, OP_AFTER, OP_EVERY};
    const char *name = crnl_method_info[r->method].name;
    if (!(crnl_method_info[r->method].traits & CRNL_ROOT)) {
        return true;
    }
    for (size_t i = 0; i < sizeof of_time / sizeof *of_time; i++) {
        const struct ast *clause = c->of[of_time[i]];
        if (clause) {
            diag_report(w->f->diag, DIAG_E0501, clause->span,
                        "`%s` finds a steady state, and no time passes: it takes no `%s`", name,
                        ast_op_text(of_time[i]));
            diag_help(w->f->diag, "run %s to steady by %s(solver = %s)", experiment_use(w, r->net)->net->name,
                      crnl_method_info[r->method].family, name);
            return false;
        }
    }
    return c->of[OP_TO_STEADY] ||
           diag_report(w->f->diag, DIAG_E0501, a->span, "`%s` finds a steady state: `to steady`", name);
}

static bool duration(struct where *w, const struct ast *a, const struct clauses *c, struct run *r)
{
    const struct net *net = experiment_use(w, r->net)->net;
    if (!start_time(w, c->of[OP_FROM], r) || !root_has_no_time(w, a, c, r)) {
        return false;
    }
    int ends = (c->of[OP_FOR] != NULL) + (c->of[OP_TO_STEADY] != NULL) + (c->of[OP_TO_LIMIT] != NULL);
    if (ends > 1) {
        return diag_report(w->f->diag, DIAG_E0501, a->span,
                           "`for`, `to steady` and `to limit` exclude one another");
    }
    if (ends == 0 && !c->of[OP_UNTIL]) {
        diag_report(w->f->diag, DIAG_E0501, a->span, "this run does not say how long it lasts");
        diag_help(w->f->diag, "for 100, for 1000 events, until A < 1, to steady or to limit");
        return false;
    }
    if (!span_clause(w, net, c->of[OP_FOR], &r->duration, &r->span, "a duration") ||
        !span_clause(w, net, c->of[OP_AFTER], &r->after, &r->after_kind, "a burn-in")) {
        return false;
    }
    r->span = c->of[OP_TO_STEADY] ? SPAN_STEADY : c->of[OP_TO_LIMIT] ? SPAN_LIMIT : r->span;
    bool events = r->span == SPAN_EVENTS || r->after_kind == SPAN_EVENTS;
    if (events && !(crnl_method_info[r->method].traits & CRNL_COUNTS_EVENTS)) {
        const struct ast *counted = c->of[r->span == SPAN_EVENTS ? OP_FOR : OP_AFTER];
        diag_report(w->f->diag, DIAG_E0501, counted->span, "events are counted by %s only",
                    list_counting(w, r->net));
        diag_help(w->f->diag, "write `%s %s` for a time, or choose such a method",
                  r->span == SPAN_EVENTS ? "for" : "after",
                  front_source_text(w->f, clause_value(counted)->span));
        return false;
    }
    if (r->span == SPAN_STEADY && !steady(w, c->of[OP_TO_STEADY], net, r)) {
        return false;
    }
    bool simulated = c->of[OP_UNTIL] || c->of[OP_FROM] || c->of[OP_AFTER] || c->of[OP_EVERY] ||
                     c->of[OP_BY] || !only_with(r);
    if (r->span == SPAN_LIMIT && simulated) {
        return diag_report(w->f->diag, DIAG_E0501, a->span,
                           "`to limit` is computed, not simulated: it takes `with` only");
    }
    if (c->of[OP_EVERY]) {
        r->every = value_real_scalar(w, clause_value(c->of[OP_EVERY]));
        return r->every && is_time(w, clause_value(c->of[OP_EVERY])) &&
               positive(w, clause_value(c->of[OP_EVERY]), r->every, false, "the time between two outputs");
    }
    return true;
}

/* A device such as /dev/stdout has no extension, so it gets the first format. */
static bool is_device(const char *name)
{
    return strncmp(name, "/dev/", 5) == 0;
}

static bool is_rows(const char *end)
{
    return is_device(end) || crnl_sink_of(end, strlen(end)) < CRNL_SINK_COUNT;
}

/* Rows are written to a file in the format that its extension says. */
static bool file(struct where *w, const struct ast *a, struct run *r)
{
    const char *ends = "";
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        const char *joint = i == 0 ? "" : i + 1 < CRNL_SINK_COUNT ? ", " : " or ";
        ends = arena_printf(w->f->arena, "%s%s.%s", ends, joint, crnl_sink_info[i].extension);
    }
    if (!(r->file = experiment_file_name(w, a, is_rows, true, "trajectories", ends))) {
        return false;
    }
    const struct expr *e = expr_get(w->ex, r->file);
    e = e->op == EXPR_JOIN ? expr_get(w->ex, e->args[e->n_args - 1]) : e;
    r->sink = is_device(e->v.text) ? 0 : crnl_sink_of(e->v.text, strlen(e->v.text));
    return true;
}

/* Amounts in nM are no numbers of molecules: the volume of the network or of the run is needed to count
 * these. */
static bool counts_molecules(struct where *w, const struct ast *by, const struct run *r, const struct net *n)
{
    if (!is_in_molecules(r) || r->option[CRNL_OPTION_VOLUME] || !n->units.amount ||
        net_molecules(&n->units) > 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0301, by->span, "'%s' is in %s, but a stochastic run counts molecules",
                n->name, n->units.amount);
    diag_help(w->f->diag, "give the network its volume: volume 1 pL;");
    return false;
}

/* One network can hold either what runs by `ssa` do at a firing, or the laws of `ode`, but not both. */
static bool has_one_kind(struct where *w, const struct ast *a, const struct run *r, const struct net_use *use,
                         reaction_id j)
{
    bool fires = r->method == CRNL_METHOD_SSA;
    const struct reaction *at = &use->net->reaction.data[j];
    if (!(use->needs & (fires ? CRNL_NEEDS_RHS : CRNL_NEEDS_SSA))) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0507, a->span, "'%s', whose %s, runs both by ode and by ssa",
                use->net->name,
                at->delay ? "products come later" : "amounts change by what is no whole number");
    diag_note(w->f->diag, at->span, "this reaction");
    diag_help(w->f->diag, "give one of the runs a name of its own: run %s as %s_2 ...", use->net->name,
              use->net->name);
    return false;
}

/* Whether a method that counts molecules can execute the reaction. Only `ssa` computes changes from the
 * amounts at each firing, and lets products come later; these must be whole molecules. */
static bool can_fire(const struct run *r, const struct net *n, const struct reaction *at)
{
    double v;
    bool varies = false, whole = true;
    for (uint32_t i = 0; i < at->n_fractions; i++) {
        bool known = expr_const_real(n->ex, n->fraction.data[at->fraction + i].count, &v);
        varies = varies || (i == 0 && !known);
        whole = whole && known && v == floor(v);
    }
    return net_change_is_known(at) || (r->method == CRNL_METHOD_SSA && (at->delay ? whole : varies));
}

/* A method that counts molecules fires whole reactions, so amounts must change by whole numbers, and at
 * once. */
static bool changes_whole(struct where *w, const struct ast *a, const struct run *r,
                          const struct net_use *use)
{
    double v;
    const struct net *n = use->net;
    reaction_id j = net_first_unknown(n), first = j;
    while (j >= 0 && (size_t)j < n->reaction.n &&
           (!is_in_molecules(r) || can_fire(r, n, &n->reaction.data[j]))) {
        j++;
    }
    if (j < 0 || (size_t)j == n->reaction.n) {
        return first < 0 || has_one_kind(w, a, r, use, first);
    }
    const struct reaction *at = &n->reaction.data[j];
    const struct fraction *f = &n->fraction.data[at->fraction];
    bool varies = !expr_const_real(n->ex, f->count, &v);
    struct arena *scratch = arena_create();
    const char *method = crnl_method_info[r->method].family;
    if (at->delay && r->method != CRNL_METHOD_SSA) {
        diag_report(w->f->diag, DIAG_E0507, a->span, "'%s' cannot run by %s: products come later", n->name,
                    method);
    } else {
        diag_report(w->f->diag, DIAG_E0507, a->span, "'%s' cannot run by %s: a reaction changes %s by %s",
                    n->name, method, n->species.data[f->species].name, net_expr_text(n, f->count, scratch));
    }
    diag_note(w->f->diag, at->span, "this reaction: %s", net_reaction_text(n, j, scratch));
    diag_help(w->f->diag, varies || (at->delay && r->method != CRNL_METHOD_SSA)
                              ? "run it by ode or ssa"
                              : "run it by ode, or write whole numbers");
    arena_destroy(scratch);
    return false;
}

/* Leaps are computed from the propensities of mass action. */
static bool leaps_over(struct where *w, const struct ast *a, const struct run *r, const struct net *n)
{
    size_t j = 0;
    while (j < n->reaction.n && n->reaction.data[j].rate_kind != RATE_LAW) {
        j++;
    }
    if (r->method != CRNL_METHOD_TAU || j == n->reaction.n) {
        return true;
    }
    struct arena *scratch = arena_create();
    diag_report(w->f->diag, DIAG_E0507, a->span,
                "'%s' cannot run by tau, which leaps over reactions of mass action: one has a law", n->name);
    diag_note(w->f->diag, n->reaction.data[j].span, "this reaction: %s",
              net_reaction_text(n, (reaction_id)j, scratch));
    diag_help(w->f->diag, "run it by ssa; `->{k}` is mass action, `=>{ ... }` a law");
    arena_destroy(scratch);
    return false;
}

/* Only deterministic runs know their past. */
static bool knows_past(struct where *w, const struct ast *a, const struct run *r, const struct net *n)
{
    struct span at;
    expr_id delay = strcmp(crnl_method_info[r->method].family, "ode") == 0 ? 0 : net_first_delay(n, &at);
    if (!delay) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0507, a->span, "'%s' cannot run by %s: it reads what was some time ago",
                n->name, crnl_method_info[r->method].family);
    diag_note(w->f->diag, at, "here: %s", net_expr_text(n, delay, w->f->arena));
    diag_help(w->f->diag, "run it by ode");
    return false;
}

bool experiment_add_run(struct where *outer, const struct ast *a, struct stmt *s)
{
    struct where inner = *outer, *w = &inner;
    struct run *r = arena_alloc(w->f->program->arena, sizeof *r);
    s->run = r;
    r->until = -1;
    r->resume = a->kind == AST_CONTINUE;
    r->net = experiment_network(w, a);
    struct clauses c = collect(a);
    if (r->net < 0) {
        return false;
    }
    w->units = &w->f->units.data[r->net];
    r->statement = experiment_statement(w);
    const struct lowering *made = &experiment_use(w, r->net)->lowering;
    r->method = c.of[OP_TO_LIMIT] ? CRNL_METHOD_LIMIT : 0;
    if (made->is_model && !c.of[OP_TO_LIMIT]) {
        r->method = (enum crnl_method_kind)neural_method(&w->f->program->neural.data[made->model]);
    }
    const struct ast *by = c.of[OP_BY] ? clause_value(c.of[OP_BY]) : NULL;
    if (by && (!find_method(w, by, &r->method) || !options(w, by, r))) {
        return false;
    }
    if (!check_fits(w, by ? by->span : a->span, (int32_t)r->method, r->net)) {
        return false;
    }
    if (!experiment_add_binds(w, a, r) || !duration(w, a, &c, r)) {
        return false;
    }
    struct net_use *use = experiment_use(w, r->net);
    const struct ast *at = by ? by : a;
    if (!changes_whole(w, at, r, use) || !leaps_over(w, at, r, use->net) || !knows_past(w, at, r, use->net) ||
        (by && !counts_molecules(w, by, r, use->net))) {
        return false;
    }
    if (r->span == SPAN_LIMIT && !experiment_check_limit(w, a->span, use)) {
        return false;
    }
    if (c.of[OP_UNTIL]) {
        struct where o = experiment_view(w, r->net, true, r);
        expr_id until = value_condition(&o, clause_value(c.of[OP_UNTIL]));
        if (!until) {
            return false;
        }
        typing_warn_moment(&o, clause_value(c.of[OP_UNTIL])->span, until);
        r->until = net_add_observed(use->net, until);
    }
    if (run_file(a) && !file(w, run_file(a), r)) {
        return false;
    }
    warn_long_steps(w, &c, r);
    use->needs |= crnl_method_info[r->method].needs;
    return true;
}
