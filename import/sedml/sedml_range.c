/* Ranges of repeated tasks, and what is set to their values. */
#include <math.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum { MAX_TURNS = 10000000 };

static const xmlNode *range_of(const xmlNode *task, const char *id)
{
    const xmlNode *n = sedml_list(task, "listOfRanges");
    while (n && strcmp(sedml_text_of(n, "id"), id) != 0) {
        n = sedml_next(n, NULL);
    }
    return n;
}

static int64_t uniform_count(struct sedml *s, const xmlNode *n)
{
    bool good;
    const char *attribute = sedml_get(n, "numberOfSteps") ? "numberOfSteps" : "numberOfPoints";
    double steps = sedml_number(sedml_text_of(n, attribute), &good);
    if (!good || !(steps >= 0 && steps < MAX_TURNS) || steps != floor(steps)) {
        sedml_refuse(s, DIAG_E0833, n, attribute,
                     "a number of steps below %d is wanted\n  help: write numberOfSteps=\"100\"", MAX_TURNS);
        return -1;
    }
    return (int64_t)steps + 1;
}

static int64_t vector_count(struct sedml *s, const xmlNode *n)
{
    int64_t count = 0;
    for (const xmlNode *v = sedml_child(n, "value"); v; v = sedml_next(v, "value")) {
        bool good;
        sedml_number(sedml_content(s, v), &good);
        if (!good) {
            sedml_refuse(s, DIAG_E0831, v, NULL,
                         "a value of a range is a number\n  help: write it as 0.5 or 1e-3");
            return -1;
        }
        count++;
    }
    return count > 0
               ? count
               : (sedml_refuse(s, DIAG_E0831, n, NULL,
                               "a range without values\n  help: write `<value>1</value>` and so on in it"),
                  -1);
}

/* The number of values of a range; -1 after a report or a warning. `depth`: functional ranges around it. */
static int64_t count_of(struct sedml *s, const xmlNode *task, const xmlNode *n, int depth)
{
    if (sedml_is(n, "uniformRange")) {
        return uniform_count(s, n);
    }
    if (sedml_is(n, "vectorRange")) {
        return vector_count(s, n);
    }
    if (!sedml_is(n, "functionalRange")) {
        sedml_skip(s, n, NULL, "ranges of this kind are not read: `%s`", (const char *)n->name);
        return -1;
    }
    const xmlNode *of = range_of(task, sedml_text_of(n, "range"));
    if (sedml_list(n, "listOfVariables")) {
        sedml_skip(s, n, NULL, "a range that reads the model is not read");
        return -1;
    }
    if (!of || depth > 100) {
        sedml_refuse(s, of ? DIAG_E0831 : DIAG_E0834, n, "range",
                     of ? "the range `%s` is a function of itself\n  help: let it be one of another range"
                        : "there is no range `%s`\n  help: name one of the listOfRanges of this task",
                     sedml_text_of(n, of ? "id" : "range"));
        return -1;
    }
    return count_of(s, task, of, depth + 1);
}

int64_t sedml_count_turns(struct sedml *s, const xmlNode *task)
{
    const xmlNode *main_one = range_of(task, sedml_text_of(task, "range"));
    if (!main_one) {
        sedml_refuse(s, DIAG_E0834, task, "range",
                     "the repeated task has no range `%s`\n  help: name one of its listOfRanges",
                     sedml_text_of(task, "range"));
        return -1;
    }
    int64_t turns = count_of(s, task, main_one, 0);
    for (const xmlNode *n = sedml_list(task, "listOfRanges"); n && turns > 0; n = sedml_next(n, NULL)) {
        int64_t count = count_of(s, task, n, 0);
        if (count >= 0 && count < turns) {
            sedml_refuse(s, DIAG_E0831, n, NULL,
                         "this range has %lld values, and the task is repeated %lld times\n  help: give it "
                         "as many as the main "
                         "range",
                         (long long)count, (long long)turns);
        }
        turns = count < turns ? -1 : turns;
    }
    return turns;
}

/* ---- writing ---- */

static void name_range(struct sedml *s, struct sedml_level *l, const xmlNode *n)
{
    const char *id = sedml_text_of(n, "id");
    if (map_add(&l->range, id, (int32_t)l->name.n)) {
        vec_push(&l->name, sedml_name(s, id));
    }
}

static const char *name_of(const struct sedml_level *l, const char *id)
{
    int32_t i = -1;
    for (; l && i < 0; l = i < 0 ? l->outer : l) {
        i = map_find(&l->range, id);
    }
    return i >= 0 ? l->name.data[i] : NULL;
}

static void write_uniform(struct sedml *s, const xmlNode *n, int64_t count)
{
    bool good;
    double from = sedml_number(sedml_text_of(n, "start"), &good),
           to = sedml_number(sedml_text_of(n, "end"), &good);
    const char *form = strcmp(sedml_text_of(n, "type"), "log") == 0 ? "logspace" : "linspace";
    if (count == 1) {
        fprintf(s->out, "[1.0 * %s]", sedml_number_text(s, from));
        return;
    }
    fprintf(s->out, "%s(%s, %s, %lld)", form, sedml_number_text(s, from), sedml_number_text(s, to),
            (long long)count);
}

static void write_vector(struct sedml *s, const xmlNode *n)
{
    const char *before = "[1.0 * ";
    bool good;
    for (const xmlNode *v = sedml_child(n, "value"); v; v = sedml_next(v, "value")) {
        fprintf(s->out, "%s%s", before, sedml_number_text(s, sedml_number(sedml_content(s, v), &good)));
        before = ", ";
    }
    fputs("]", s->out);
}

bool sedml_write_ranges(struct sedml *s, struct sedml_level *l, const char *indent)
{
    for (const xmlNode *n = sedml_list(l->task->node, "listOfRanges"); n; n = sedml_next(n, NULL)) {
        if (!sedml_is(n, "functionalRange")) {
            name_range(s, l, n);
            const char *values = arena_printf(s->arena, "%s_values", name_of(l, sedml_text_of(n, "id")));
            vec_push(&l->values, sedml_name(s, values));
            fprintf(s->out, "%slet %s = ", indent, vec_last(&l->values));
            if (sedml_is(n, "uniformRange")) {
                write_uniform(s, n, count_of(s, l->task->node, n, 0));
            } else {
                write_vector(s, n);
            }
            fputs(";\n", s->out);
        }
    }
    return true;
}

struct names {
    struct sedml *s;
    const struct sedml_level *level;
    const xmlNode *around; /* the element with parameters and variables */
    struct sedml_model *model;
};

static const char *name_in(void *env, const char *id)
{
    struct names *e = env;
    const char *name = name_of(e->level, id);
    for (const xmlNode *n = sedml_list(e->around, "listOfParameters"); n; n = sedml_next(n, NULL)) {
        bool good;
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            return sedml_number_text(e->s, sedml_number(sedml_text_of(n, "value"), &good));
        }
    }
    for (const xmlNode *n = sedml_list(e->around, "listOfVariables"); n; n = sedml_next(n, NULL)) {
        const char *other = sedml_get(n, "modelReference");
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            struct sedml_model *m = other ? sedml_model(e->s, n, "modelReference") : e->model;
            double v;
            return m && sedml_value_in(e->s, n, m, &v) ? sedml_number_text(e->s, v) : NULL;
        }
    }
    return name;
}

static const char *formula_in(struct sedml *s, const struct sedml_level *l, const xmlNode *n,
                              struct sedml_model *m)
{
    struct names env = {s, l, n, m};
    struct sedml_scope scope = {name_in, &env, l->indent};
    const xmlNode *math = sedml_child(n, "math");
    const char *range = name_of(l, sedml_text_of(n, "range"));
    if (!math && range) {
        return range;
    }
    return math
               ? sedml_formula(s, math, &scope)
               : sedml_refuse(s, DIAG_E0831, n, NULL, "a formula is missing\n  help: write it inside `math`");
}

bool sedml_write_turn(struct sedml *s, struct sedml_level *l)
{
    size_t k = 0;
    for (const xmlNode *n = sedml_list(l->task->node, "listOfRanges"); n; n = sedml_next(n, NULL)) {
        if (!sedml_is(n, "functionalRange")) {
            const char *name = name_of(l, sedml_text_of(n, "id"));
            fprintf(s->out, "%slet %s = %s[%s];\n", l->indent, name, l->values.data[k++], l->index);
        }
    }
    for (const xmlNode *n = sedml_list(l->task->node, "listOfRanges"); n; n = sedml_next(n, NULL)) {
        if (sedml_is(n, "functionalRange")) {
            const char *value = formula_in(s, l, n, NULL);
            if (!value) {
                return false;
            }
            name_range(s, l, n);
            fprintf(s->out, "%slet %s = %s;\n", l->indent, name_of(l, sedml_text_of(n, "id")), value);
        }
    }
    l->set = arena_alloc(s->arena, (l->task->n_sets + 1) * sizeof *l->set);
    for (size_t i = 0; i < l->task->n_sets; i++) {
        const struct sedml_set *set = &l->task->set[i];
        l->set[i] = formula_in(s, l, set->node, set->model);
        if (!l->set[i]) {
            return false;
        }
    }
    return true;
}
