/* The options of the method of a run: `ode(rtol = 1e-8, atol = (A = 1e-12))`. */
#include <string.h>

#include "frontend/experiment/experiment_run.h"
#include "runtime/crnl_kernel.h"
#include "runtime/crnl_linear.h"

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

/* Whether an option of the same name stands before this one, which is then reported. */
static bool given_before(struct where *w, const struct ast *by, uint32_t i)
{
    const struct ast *arg = ctor_arg(by, i);
    for (uint32_t k = 0; k < i; k++) {
        if (strcmp(ctor_arg(by, k)->name, arg->name) == 0) {
            front_given_twice(w->f, DIAG_E0502, arg->span, arg->name);
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
        diag_report(w->f->diag, DIAG_E0501, a->span, "%s must be %s, not %g", o->name,
                    crnl_bound_text(o->bound), known);
        if (o->standard_text || !(o->standard > 0)) {
            diag_help(w->f->diag, "as in `%s = %s`, or leave it out", o->name,
                      o->type == CRNL_INT ? "10" : "0.1");
        } else {
            diag_help(w->f->diag, "as in `%s = %g`, which it is where it is left out", o->name, o->standard);
        }
        return 0;
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
    return run_solvers(w, family) ? arena_printf(w->f->arena, "%s%ssolver", list, *list ? ", " : "") : list;
}

/* Whether an earlier tolerance is given to the same amounts, which is then reported. */
static bool tolerance_twice(struct where *w, const struct ast *to, const struct bind *b, const struct run *r)
{
    for (size_t i = 0; i < r->bind.n; i++) {
        const struct bind *other = &r->bind.data[i];
        if (other->kind == BIND_TOLERANCE && other->symbol == b->symbol && b->n_index == 0 &&
            other->n_index == 0 && other->first == b->first && other->count == b->count) {
            front_given_twice(w->f, DIAG_E0502, to->span, front_source_text(w->f, to->span));
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
        if (strcmp(crnl_method_info[m].name, value->name) == 0 && run_solvers(w, by->name) &&
            run_is_of_family(m, by->name)) {
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
    if (arg->name && strcmp(arg->name, "solver") == 0 && run_solvers(w, by->name)) {
        return true;
    }
    const char *known[CRNL_OPTION_COUNT + 1];
    size_t n = 0;
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (crnl_method_takes(r->method, i)) {
            known[n++] = crnl_option_info[i].name;
        }
    }
    if (run_solvers(w, by->name)) {
        known[n++] = "solver";
    }
    if (!arg->name) {
        experiment_unnamed_option(w->f, arg, by->name, known, n, likely_option(w, by, arg, r->method));
        return false;
    }
    diag_report(w->f->diag, DIAG_E0502, arg->span, "'%s' has no option '%s'", by->name, arg->name);
    if (run_own_option(arg->name, r->method)) {
        diag_help(w->f->diag, "write `by %s`", run_by_here(w, by, by->name));
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

bool run_find_options(struct where *w, const struct ast *by, struct run *r)
{
    for (uint32_t i = 0; i < by->n; i++) {
        if (!option(w, by, ctor_arg(by, i), r) || given_before(w, by, i)) {
            return false;
        }
    }
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        const struct crnl_option_info *o = &crnl_option_info[i];
        if (o->required && crnl_method_takes(r->method, i) && !r->option[i]) {
            const char *name = crnl_method_info[r->method].name, *solvers = run_solvers(w, by->name);
            diag_report(w->f->diag, DIAG_E0502, by->span, "the %s %s needs its %s",
                        solvers ? "solver" : "method", name, o->help);
            diag_help(w->f->diag, "by %s(%s%s%s%s = %s)", by->name, solvers ? "solver = " : "",
                      solvers ? name : "", solvers ? ", " : "", o->name, o->required);
            return false;
        }
    }
    return true;
}
