/* W0444: curves that are drawn over the numbers of their values beside curves over a time. */
#include <string.h>

#include "frontend/experiment/experiment_picture.h"

void plot_note_curve(struct panel_curves *p, const struct ast *a, const struct drawn *d)
{
    const struct crnl_curve_spec *c = &d->curve;
    bool over_numbers = c->kind == CRNL_CURVE_SERIES || (c->kind == CRNL_CURVE_ARRAY && !d->x) ||
                        (c->kind == CRNL_CURVE_ROWS && c->x_index < 0);
    if (over_numbers && !p->first) {
        p->first = a;
    } else if (over_numbers && !p->second && p->last == p->first) {
        p->second = a;
    }
    p->over_quantity |= !over_numbers && (c->kind == CRNL_CURVE_TRACE || c->kind == CRNL_CURVE_ARRAY ||
                                          c->kind == CRNL_CURVE_ROWS);
    p->last = a;
}

static enum ast_verdict is_trajectory(void *env, const struct ast *a)
{
    (void)env;
    bool is = a->kind == AST_CALL && a->n > 1 && call_callee(a)->kind == AST_NAME && !call_arg(a, 1)->name &&
              strcmp(call_callee(a)->name, "trajectory") == 0;
    return is ? AST_FOUND : AST_GO_ON;
}

/* The course of which `a` is made, or NULL. */
static const struct ast *trajectory_in(const struct ast *a)
{
    return ast_find(a, is_trajectory, NULL);
}

/* Whether the values are called as those of an x axis are, or are the course of what is called so. */
static bool is_called_x(const struct ast *a)
{
    static const char *const words[] = {"t", "time", "times", "ts", "x", "xs"};
    a = is_trajectory(NULL, a) == AST_FOUND ? arg_value(call_arg(a, 1)) : a;
    bool is = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is |= (a->kind == AST_NAME || a->kind == AST_FIELD) && strcmp(a->name, words[i]) == 0;
    }
    return is;
}

static enum ast_verdict is_of_network(void *env, const struct ast *a)
{
    const struct name *n =
        a->kind == AST_FIELD && field_base(a)->kind == AST_NAME ? value_find(env, field_base(a)->name) : NULL;
    return n && n->kind == NAME_NETWORK ? AST_FOUND : AST_GO_ON;
}

/* For `trajectory(n.B, at = t)` the times of its values, `trajectory(n.time, at = t)`. */
static const char *times_of(struct where *w, const struct ast *course)
{
    const struct span all = course->span, of = arg_value(call_arg(course, 1))->span;
    const struct ast *member = ast_find(arg_value(call_arg(course, 1)), is_of_network, w);
    return !member ? NULL
                   : arena_printf(w->f->arena, "%s%s.time%s",
                                  front_source_text(w->f, (struct span){all.file, all.lo, of.lo}),
                                  field_base(member)->name,
                                  front_source_text(w->f, (struct span){all.file, of.hi, all.hi}));
}

/* Adds the help for values `y` that are of a course, or are kept from one by `let`. */
static bool help_course(struct where *w, const struct ast *y)
{
    const char *text = front_source_text(w->f, y->span);
    const struct ast *course = trajectory_in(y), *kept = NULL;
    if (!course && y->kind == AST_NAME && y->v.bound && y->v.bound->ast &&
        y->v.bound->ast->kind == AST_DCL && dcl_value(y->v.bound->ast)) {
        course = kept = trajectory_in(dcl_value(y->v.bound->ast));
    }
    const char *times = course ? times_of(w, course) : NULL;
    if (times && kept) {
        diag_help(w->f->diag, "keep the times, too, `let t = %s;`, and write `%s vs t`", times, text);
    } else if (times && course == y && course->n == 2) {
        diag_help(w->f->diag, "write `%s`, whose course is drawn over time, or `%s vs %s`",
                  front_source_text(w->f, arg_value(call_arg(course, 1))->span), text, times);
    } else if (times) {
        diag_help(w->f->diag, "write `%s vs %s`", text, times);
    }
    return times != NULL;
}

/* As other languages write x and y, `plot net: A, t, y` for `plot net: A, y vs t`. */
void plot_warn_numbers(struct where *w, const struct panel_curves *p)
{
    const struct ast *first = p->first, *second = p->second;
    if (!first || !(p->over_quantity || (second && is_called_x(curve_y(first))))) {
        return;
    }
    const char *x = front_source_text(w->f, curve_y(first)->span);
    diag_report(w->f->diag, DIAG_W0444, first->span,
                "%s, `%s` is drawn over the numbers of its values, 0, 1, 2, ...",
                p->over_quantity ? "beside curves over another quantity" : "without `vs`", x);
    if (second && (is_called_x(curve_y(first)) || !help_course(w, curve_y(first)))) {
        const struct ast *form = curve_form(second) ? curve_form(second) : curve_form(first);
        diag_help(w->f->diag, "x and y are one curve: write `%s vs %s%s%s`",
                  front_source_text(w->f, curve_y(second)->span), x, form ? " as " : "",
                  form ? front_source_text(w->f, form->span) : "");
    } else if (!second && !help_course(w, curve_y(first))) {
        bool measured = data_is_column(curve_y(first));
        const char *time = measured ? arena_printf(w->f->arena, "%s.%s", field_base(curve_y(first))->name,
                                                   data_course_time(field_base(curve_y(first))->v.bound))
                                    : "t";
        diag_help(w->f->diag, "write `%s vs %s`%s, or draw it in a panel of its own, `plot { ... } { %s }`",
                  x, time, measured ? "" : ", where t has the time of each value", x);
    }
}
