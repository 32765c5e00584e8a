/* Writes tasks as statements of an experiment: runs, and what is kept of their results. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

/* The task whose results are being written, and how far its vectors are filled. */
struct run_writer {
    struct sedml *s;
    const struct sedml_task *task;
    const char *at; /* the variable with this number; NULL: the task is not repeated */
};

static const char *more(struct sedml *s, const char *indent)
{
    return arena_printf(s->arena, "%s  ", indent);
}

/* What a symbol of the model is set to by the innermost level that sets it; NULL: none does. */
static const char *set_to(const struct sedml_level *l, const struct sedml_model *m, const char *symbol)
{
    for (; l; l = l->outer) {
        for (size_t i = l->task->n_sets; i-- > 0;) {
            const struct sedml_set *set = &l->task->set[i];
            if (set->model == m && strcmp(set->what.text, symbol) == 0) {
                return l->set[i];
            }
        }
    }
    return NULL;
}

/* ---- what is read ---- */

/* Reads a vector of a run with rows. */
static const char *course_text(struct sedml *s, const struct sedml_task *t, const struct sedml_quantity *q)
{
    const char *net = t->model->name;
    long long rows = (long long)t->rows;
    switch (q->kind) {
    case QUANTITY_TIME:
        return arena_printf(s->arena, "linspace(%s, %s, %lld)", sedml_number_text(s, t->start),
                            sedml_number_text(s, t->end), rows);
    case QUANTITY_VALUE: return arena_printf(s->arena, "trajectory(%s.%s)", net, q->text);
    case QUANTITY_FLUX: return arena_printf(s->arena, "trajectory(rate(%s.%s))", net, q->text);
    case QUANTITY_ZERO: break;
    }
    return arena_printf(s->arena, "zeros(%lld)", rows);
}

/* Reads a number at the end of a run. A flux is read from a trajectory: after a run to a steady state,
 * from a run of length 1 that continues there. A parameter that the run sets has the value that it was
 * given. */
static const char *end_text(struct sedml *s, const struct sedml_task *t, const struct sedml_quantity *q,
                            const struct sedml_level *l, const char *indent)
{
    const char *net = t->model->name;
    if (q->kind == QUANTITY_ZERO) {
        return "0.0";
    }
    const char *given = q->is_param ? set_to(l, t->model, q->text) : NULL;
    if (given) {
        return given;
    }
    if (q->kind != QUANTITY_FLUX) {
        return arena_printf(s->arena, "%s.%s", net, q->text);
    }
    const char *name = sedml_name(s, "rates");
    fprintf(s->out, "%slet %s = trajectory(rate(%s.%s));\n", indent, name, net, q->text);
    return arena_printf(s->arena, "%s[%d]", name, t->run == RUN_STEADY ? 0 : 1);
}

/* Stores a value as the next number of a result. */
static void keep(struct run_writer *w, const struct sedml_task *t, const char *name, const char *value,
                 const char *indent)
{
    FILE *out = w->s->out;
    if (!w->at) {
        fprintf(out, "%slet %s = %s;\n", indent, name, value);
    } else if (t->run != RUN_COURSE) {
        fprintf(out, "%s%s[%s] = %s;\n", indent, name, w->at, value);
    } else {
        const char *course = sedml_name(w->s, "course");
        fprintf(out, "%slet %s = %s;\n", indent, course, value);
        fprintf(out, "%sfor j in 0..%lld { %s[%s + j] = %s[j]; }\n", indent, (long long)t->rows, name, w->at,
                course);
    }
}

static bool read_results(struct run_writer *w, const struct sedml_task *t, const struct sedml_level *l,
                         const char *indent)
{
    struct sedml *s = w->s;
    bool goes_on = t->run == RUN_STEADY; /* fluxes, which are read last, need a further run */
    for (int fluxes = 0; fluxes < 2; fluxes++) {
        for (size_t i = 0; i < s->result.n; i++) {
            const struct sedml_result *r = &s->result.data[i];
            struct sedml_quantity q;
            if (r->task != w->task) {
                continue;
            }
            if (!sedml_quantity(s, r->variable, t->model, &q)) {
                return false;
            }
            if ((q.kind == QUANTITY_FLUX) != (fluxes == 1)) {
                continue;
            }
            if (fluxes == 1 && goes_on) {
                fprintf(s->out, "%scontinue %s for 1 every 1 by ode;\n", indent, t->model->name);
                goes_on = false;
            }
            keep(w, t, r->name, t->run == RUN_COURSE ? course_text(s, t, &q) : end_text(s, t, &q, l, indent),
                 indent);
        }
    }
    return true;
}

/* ---- what is run ---- */

static bool is_set_inside(const struct sedml_level *l, const struct sedml_level *from,
                          const struct sedml_set *set)
{
    for (const struct sedml_level *k = from; k != l; k = k->outer) {
        for (size_t i = 0; i < k->task->n_sets; i++) {
            if (k->task->set[i].model == set->model &&
                strcmp(k->task->set[i].what.text, set->what.text) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Writes `with` and what the levels set: everything if the run begins at the start; otherwise amounts
 * only by the innermost level. Returns what must stand before a further assignment: " with" or ",". */
static const char *put_sets(struct sedml *s, const struct sedml_task *t, const struct sedml_level *inner,
                            bool starts, bool amounts)
{
    const char *before = " with";
    for (const struct sedml_level *l = inner; l; l = l->outer) {
        for (size_t i = 0; i < l->task->n_sets; i++) {
            const struct sedml_set *set = &l->task->set[i];
            const struct sedml_quantity *q = &set->what;
            bool counts = starts || (l == inner && amounts) || !q->is_amount;
            if (set->model != t->model || !counts || is_set_inside(l, inner, set)) {
                continue;
            }
            const char *dot = strchr(q->text, '.');
            int length = q->size && dot ? (int)(dot - q->text) : (int)strlen(q->text);
            const char *size = q->size_of ? set_to(inner, t->model, q->size_of) : NULL;
            size = size ? size : q->size;
            fprintf(s->out, "%s %.*s = %s%s%s", before, length, q->text, l->set[i], size ? " * " : "",
                    size ? size : "");
            before = ",";
        }
    }
    return before;
}

/* Whether a level sets an amount, by its name in experiments. */
static bool sets_amount(const struct sedml_level *l, const struct sedml_model *m, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; l && i < l->task->n_sets; i++) {
        const struct sedml_set *set = &l->task->set[i];
        bool same = strncmp(set->what.text, name, n) == 0 && (!set->what.text[n] || set->what.text[n] == '.');
        if (set->model == m && set->what.is_amount && same) {
            return true;
        }
    }
    return false;
}

/* Writes assignments of all amounts that the previous run left, for a run that continues from them with a
 * time of its own. Amounts that rounding made negative become 0. */
static void put_state(struct sedml *s, const struct sedml_model *m, const struct sedml_level *inner,
                      const char *before)
{
    const struct net *net = m->net;
    for (size_t i = 0; i < net->symbol.n; i++) {
        const struct symbol *y = &net->symbol.data[i];
        const struct expr *e = expr_get(net->ex, net->elem.data[y->first]);
        if (y->kind != SYMBOL_SPECIES || e->op != EXPR_SPECIES || sets_amount(inner, m, y->name)) {
            continue;
        }
        bool any = species_may_be_negative(&net->species.data[e->a]);
        fprintf(s->out, any ? "%s %s = %s.%s" : "%s %s = max(%s.%s, 0.0)", before, y->name, m->name, y->name);
        before = ",";
    }
}

static void put_run(struct sedml *s, const struct sedml_task *t, const struct sedml_level *inner,
                    const char *indent, bool starts, bool amounts)
{
    double burn_in = t->start - t->initial, length = t->end - t->start;
    bool anew = !starts && sedml_begins_anew(t);
    fprintf(s->out, "%s%s %s", indent, starts || anew ? "run" : "continue", t->model->name);
    const char *before = put_sets(s, t, inner, starts, amounts);
    if (anew) {
        put_state(s, t->model, amounts ? inner : NULL, before);
    }
    if (t->run == RUN_STEADY) {
        fputs(" to steady", s->out);
    } else {
        if (burn_in > 0) {
            fprintf(s->out, " after %s", sedml_number_text(s, burn_in));
        }
        fprintf(s->out, " for %s every %s", sedml_number_text(s, length),
                sedml_number_text(s, t->run == RUN_COURSE ? length / (double)t->intervals : length));
    }
    fprintf(s->out, " by %s;\n", t->method);
}

/* When a run starts from the model's initial state: always (""), never (NULL), or depending on the turns of
 * the levels. */
static const char *start_condition(struct sedml *s, const struct sedml_level *l)
{
    const char *condition = "";
    for (; l && !l->task->resets; l = l->outer) {
        condition = arena_printf(s->arena, "%s%s%s == 0", condition, *condition ? " && " : "", l->index);
    }
    return condition;
}

static bool put_leaf(struct run_writer *w, const struct sedml_task *t, const struct sedml_level *l,
                     bool is_first, const char *indent)
{
    struct sedml *s = w->s;
    const char *condition = is_first ? start_condition(s, l) : NULL;
    bool good;
    if (!condition || !*condition) {
        put_run(s, t, l, indent, condition != NULL, is_first);
        good = read_results(w, t, l, indent);
    } else {
        fprintf(s->out, "%sif %s {\n", indent, condition);
        put_run(s, t, l, more(s, indent), true, true);
        good = read_results(w, t, l, more(s, indent));
        fprintf(s->out, "%s} else {\n", indent);
        put_run(s, t, l, more(s, indent), false, true);
        good = good && read_results(w, t, l, more(s, indent));
        fprintf(s->out, "%s}\n", indent);
    }
    if (w->at) {
        fprintf(s->out, "%s%s += %lld;\n", indent, w->at, (long long)t->rows);
    }
    return good;
}

/* Whether no task before number i has run the model in this turn. */
static bool is_first(const struct sedml_task *t, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (t->sub[k]->is_repeated || t->sub[k]->model == t->sub[i]->model) {
            return false;
        }
    }
    return true;
}

static bool put_repeated(struct run_writer *w, const struct sedml_task *t, const struct sedml_level *outer,
                         const char *indent)
{
    struct sedml *s = w->s;
    struct sedml_level l = {
        .task = t, .outer = outer, .index = sedml_name(s, "turn"), .indent = more(s, indent)};
    bool good = sedml_write_ranges(s, &l, indent);
    fprintf(s->out, "%sfor %s in 0..%lld {\n", indent, l.index, (long long)t->turns);
    good = good && sedml_write_turn(s, &l);
    for (size_t i = 0; i < t->n_subs && good; i++) {
        const struct sedml_task *sub = t->sub[i];
        good = sub->is_repeated ? put_repeated(w, sub, &l, l.indent)
                                : put_leaf(w, sub, &l, is_first(t, i), l.indent);
    }
    fprintf(s->out, "%s}\n", indent);
    map_free(&l.range);
    vec_free(&l.name);
    vec_free(&l.values);
    return good;
}

static bool put_task(struct sedml *s, const struct sedml_task *t)
{
    struct run_writer w = {.s = s, .task = t};
    sedml_stand_for(s, t->node);
    fprintf(s->out, "  // task %s\n", sedml_quoted(s, t->id));
    if (!t->is_repeated) {
        return put_leaf(&w, t, NULL, true, "  ");
    }
    for (size_t i = 0; i < s->result.n; i++) {
        if (s->result.data[i].task == t) {
            fprintf(s->out, "  let %s = zeros(%lld);\n", s->result.data[i].name,
                    (long long)(t->runs * t->rows));
        }
    }
    w.at = sedml_name(s, "filled");
    fprintf(s->out, "  let %s = 0;\n", w.at);
    return put_repeated(&w, t, NULL, "  ");
}

bool sedml_write_tasks(struct sedml *s)
{
    for (size_t i = 0; i < s->task.n; i++) {
        bool has_results = false;
        for (size_t k = 0; k < s->result.n; k++) {
            has_results |= s->result.data[k].task == &s->task.data[i];
        }
        if (has_results && !put_task(s, &s->task.data[i])) {
            return false;
        }
    }
    return true;
}
