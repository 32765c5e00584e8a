/* Tasks: what is run, with which model, how often, and the size of the results. */
#include <math.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum { MAX_NUMBERS = 100000000, MAX_NESTING = 20, MAX_LEAVES = 10000 };

bool sedml_is_vector(const struct sedml_task *t)
{
    return t->is_repeated || t->run == RUN_COURSE;
}

/* ---- simulations ---- */

static const xmlNode *simulation_of(struct sedml *s, const xmlNode *task)
{
    const char *id = sedml_text_of(task, "simulationReference");
    for (const xmlNode *n = sedml_list(s->root, "listOfSimulations"); n; n = sedml_next(n, NULL)) {
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            return n;
        }
    }
    return sedml_unknown(s, task, "simulationReference", "simulation", id,
                         sedml_list(s->root, "listOfSimulations"));
}

static bool number_of(struct sedml *s, const xmlNode *n, const char *attribute, double *v)
{
    bool good;
    *v = sedml_number(sedml_text_of(n, attribute), &good);
    return (good && isfinite(*v)) ||
           sedml_refuse(s, DIAG_E0831, n, attribute,
                        "`%s` of a simulation is a finite number, not '%s'\n  help: write it as 100 or 0.5",
                        attribute, sedml_text_of(n, attribute));
}

/* Both names mean the number of intervals. */
static const char *steps_attribute(const xmlNode *n)
{
    return sedml_get(n, "numberOfSteps") ? "numberOfSteps" : "numberOfPoints";
}

static bool read_course(struct sedml *s, const xmlNode *n, struct sedml_task *t)
{
    double steps;
    const char *attribute = steps_attribute(n);
    if (!number_of(s, n, "initialTime", &t->initial) || !number_of(s, n, "outputStartTime", &t->start) ||
        !number_of(s, n, "outputEndTime", &t->end) || !number_of(s, n, attribute, &steps)) {
        return false;
    }
    if (steps < 1 || steps > MAX_NUMBERS || steps != floor(steps)) {
        return sedml_refuse(s, DIAG_E0833, n, attribute,
                            "a number of steps from 1 to %d is wanted\n  help: write 100, say", MAX_NUMBERS);
    }
    if (t->start < t->initial || !(t->end > t->start)) {
        return sedml_refuse(s, DIAG_E0831, n, t->start < t->initial ? "outputStartTime" : "outputEndTime",
                            "the output begins at the initial time or later, and ends after that\n  help: "
                            "write initialTime=\"0\" outputStartTime=\"0\" outputEndTime=\"100\", say");
    }
    t->run = RUN_COURSE;
    t->intervals = (int64_t)steps;
    return true;
}

static bool read_step(struct sedml *s, const xmlNode *n, struct sedml_task *t)
{
    t->run = RUN_STEP;
    return number_of(s, n, "step", &t->end) &&
           (t->end > 0 ||
            sedml_refuse(s, DIAG_E0831, n, "step", "a step is longer than 0\n  help: write step=\"1\", say"));
}

static bool read_steady(struct sedml *s, const xmlNode *n, struct sedml_task *t)
{
    (void)s, (void)n;
    t->run = RUN_STEADY;
    return true;
}

static bool read_simulation(struct sedml *s, const xmlNode *n, struct sedml_task *t)
{
    static const struct {
        const char *name;
        bool (*read)(struct sedml *s, const xmlNode *n, struct sedml_task *t);
    } known[] = {{"uniformTimeCourse", read_course}, {"oneStep", read_step}, {"steadyState", read_steady}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (sedml_is(n, known[i].name)) {
            if (!known[i].read(s, n, t)) {
                return false;
            }
            t->method = sedml_method(
                s, n, t->run == RUN_COURSE ? (t->end - t->start) / (double)t->intervals : t->end);
            return t->method != NULL;
        }
    }
    return sedml_skip(s, n, NULL, "simulations of this kind are not run: `%s`", (const char *)n->name);
}

static bool prepare_plain(struct sedml *s, struct sedml_task *t)
{
    const xmlNode *simulation = simulation_of(s, t->node);
    t->model = simulation ? sedml_model(s, t->node, "modelReference") : NULL;
    if (!t->model || !read_simulation(s, simulation, t)) {
        return false;
    }
    t->runs = t->leaves = 1;
    t->rows = t->run == RUN_COURSE ? t->intervals + 1 : 1;
    return true;
}

/* ---- repeated tasks ---- */

static bool prepare(struct sedml *s, struct sedml_task *t);

static double order_of(const xmlNode *sub)
{
    bool good;
    double v = sedml_number(sedml_text_of(sub, "order"), &good);
    return good ? v : 0;
}

/* Sorts sub-tasks by their order. */
static void find_subs(struct sedml *s, struct sedml_task *t)
{
    size_t n = 0;
    for (const xmlNode *x = sedml_list(t->node, "listOfSubTasks"); x; x = sedml_next(x, NULL)) {
        n += sedml_is(x, "subTask");
    }
    t->sub = arena_alloc(s->arena, (n + 1) * sizeof *t->sub);
    t->sub_node = arena_alloc(s->arena, (n + 1) * sizeof *t->sub_node);
    for (const xmlNode *x = sedml_list(t->node, "listOfSubTasks"); x; x = sedml_next(x, NULL)) {
        if (sedml_is(x, "subTask")) {
            size_t at = t->n_subs++;
            for (; at > 0 && order_of(t->sub_node[at - 1]) > order_of(x); at--) {
                t->sub_node[at] = t->sub_node[at - 1];
            }
            t->sub_node[at] = x;
        }
    }
}

static bool find_sets(struct sedml *s, struct sedml_task *t)
{
    size_t n = 0;
    for (const xmlNode *x = sedml_list(t->node, "listOfChanges"); x; x = sedml_next(x, NULL)) {
        n++;
    }
    t->set = arena_alloc(s->arena, (n + 1) * sizeof *t->set);
    for (const xmlNode *x = sedml_list(t->node, "listOfChanges"); x; x = sedml_next(x, NULL)) {
        struct sedml_set *set = &t->set[t->n_sets];
        if (!sedml_is(x, "setValue")) {
            return sedml_skip(s, x, NULL, "repeated tasks change models by `setValue`, not by `%s`",
                              (const char *)x->name);
        }
        set->node = x;
        set->model = sedml_model(s, x, "modelReference");
        if (!set->model || !sedml_quantity(s, x, set->model, &set->what)) {
            return false;
        }
        if (!set->what.settable) {
            return sedml_skip(s, x, *sedml_text_of(x, "target") ? "target" : "symbol",
                              "a run cannot be given this, which the model computes or holds");
        }
        t->n_sets++;
    }
    return true;
}

/* Amounts set by an outer task hold only at the start of the inner one. */
static bool check_nesting(struct sedml *s, const struct sedml_task *t, const struct sedml_task *inner)
{
    bool sets_amounts = false;
    for (size_t i = 0; i < t->n_sets; i++) {
        sets_amounts |= t->set[i].what.is_amount;
    }
    if (inner->is_repeated && !inner->resets && (sets_amounts || t->n_subs > 1)) {
        return sedml_skip(s, inner->node, "resetModel",
                          "a task that goes on from turn to turn is not repeated by one that sets amounts or "
                          "has other tasks");
    }
    return true;
}

bool sedml_begins_anew(const struct sedml_task *t)
{
    return t->run == RUN_COURSE && t->model->reads_time && !t->model->reads_past;
}

/* Whether models with delays continue from one turn to the next, in which case their time is not that of the
 * description. */
static void check_time(struct sedml *s, const struct sedml_task *t, const struct sedml_task *sub)
{
    if (!sub->is_repeated && sub->run == RUN_COURSE && (!t->resets || t->n_subs > 1) &&
        sub->model->reads_time && sub->model->reads_past) {
        sedml_skip(
            s, t->node, "resetModel",
            "the model `%s` reads the time and what was some time ago: its time goes on from turn to turn "
            "instead of beginning anew",
            sub->model->id);
    }
}

static bool prepare_subs(struct sedml *s, struct sedml_task *t)
{
    double numbers = 0;
    for (size_t i = 0; i < t->n_subs; i++) {
        if (sedml_list(t->sub_node[i], "listOfChanges")) {
            return sedml_skip(s, t->sub_node[i], NULL, "changes of a single `subTask` are not made");
        }
        struct sedml_task *sub = t->sub[i] = sedml_task(s, t->sub_node[i], "task");
        if (!sub || !check_nesting(s, t, sub)) {
            return false;
        }
        t->leaves += sub->leaves;
        numbers += (double)sub->runs * (double)sub->rows;
    }
    if (t->n_subs == 0) {
        return sedml_refuse(s, DIAG_E0831, t->node, NULL,
                            "the repeated task `%s` has no subTask\n  help: write listOfSubTasks with a "
                            "`subTask` that names a task",
                            t->id);
    }
    if (t->leaves > MAX_LEAVES) {
        return sedml_refuse(s, DIAG_E0833, t->node, NULL,
                            "the task `%s` has more than %d tasks in it\n  help: repeat fewer of them", t->id,
                            MAX_LEAVES);
    }
    if (numbers * (double)t->turns > MAX_NUMBERS) {
        return sedml_refuse(s, DIAG_E0833, t->node, NULL,
                            "the task `%s` gives more than %d numbers for each result\n  help: repeat it "
                            "less often, or with fewer steps",
                            t->id, MAX_NUMBERS);
    }
    const struct sedml_task *only = t->sub[0];
    bool is_joined = strcmp(sedml_text_of(t->node, "concatenate"), "true") == 0;
    int64_t all = (int64_t)numbers * t->turns;
    t->rows = is_joined || (t->n_subs == 1 && only->runs * only->rows == 1) ? all
              : t->n_subs == 1                                              ? only->rows
                                                                            : (int64_t)numbers;
    t->runs = all / t->rows;
    return true;
}

static bool prepare_repeated(struct sedml *s, struct sedml_task *t)
{
    const char *reset = sedml_text_of(t->node, "resetModel");
    t->is_repeated = true;
    t->resets = strcmp(reset, "true") == 0 || strcmp(reset, "1") == 0;
    t->turns = sedml_count_turns(s, t->node);
    find_subs(s, t);
    return t->turns > 0 && find_sets(s, t) && prepare_subs(s, t);
}

/* ---- all tasks ---- */

static bool prepare(struct sedml *s, struct sedml_task *t)
{
    if (t->state != TASK_NEW) {
        return t->state == TASK_READY;
    }
    t->state = TASK_BUSY;
    bool good = sedml_is(t->node, "task") ? prepare_plain(s, t)
                : sedml_is(t->node, "repeatedTask")
                    ? prepare_repeated(s, t)
                    : sedml_skip(s, t->node, NULL, "tasks of this kind are not run: `%s`",
                                 (const char *)t->node->name) != NULL;
    t->state = good ? TASK_READY : TASK_REFUSED;
    return good;
}

bool sedml_find_tasks(struct sedml *s)
{
    for (const xmlNode *n = sedml_list(s->root, "listOfTasks"); n; n = sedml_next(n, NULL)) {
        const char *id = sedml_text_of(n, "id");
        if (!*id || !map_add(&s->task_by, id, (int32_t)s->task.n)) {
            return sedml_refuse(s, DIAG_E0831, n, "id",
                                *id ? "a second task `%s`\n  help: leave one of the two out, or rename it"
                                    : "a task without id\n  help: write id=\"...\" to it%s",
                                id);
        }
        vec_push(&s->task, ((struct sedml_task){.id = id, .node = n}));
    }
    return true;
}

struct sedml_task *sedml_task(struct sedml *s, const xmlNode *n, const char *attribute)
{
    const char *id = sedml_text_of(n, attribute);
    int32_t i = map_find(&s->task_by, *id == '#' ? id + 1 : id);
    if (i < 0) {
        return sedml_unknown(s, n, attribute, "task", id, sedml_list(s->root, "listOfTasks"));
    }
    struct sedml_task *t = &s->task.data[i];
    if (t->state == TASK_BUSY) {
        return sedml_refuse(
            s, DIAG_E0831, n, attribute,
            "the task `%s` repeats itself\n  help: let its subTask name a task that is simulated", id);
    }
    if (s->depth > MAX_NESTING) {
        return sedml_refuse(
            s, DIAG_E0833, n, attribute,
            "tasks repeated more than %d deep\n  help: join some of the repetitions, with a range each",
            MAX_NESTING);
    }
    s->depth++;
    bool good = prepare(s, t);
    s->depth--;
    return good ? t : NULL;
}

/* ---- results ---- */

/* The text that identifies a quantity. */
static const char *key_of(struct sedml *s, const xmlNode *v)
{
    return arena_printf(s->arena, "%s\n%s\n%s\n%s\n%s", sedml_text_of(v, "taskReference"),
                        sedml_text_of(v, "target"), sedml_text_of(v, "symbol"), sedml_text_of(v, "term"),
                        sedml_text_of(v, "modelReference"));
}

/* Whether each run of the task has the variable; the networks of all runs must be read for that. */
static bool has_variable(struct sedml *s, const xmlNode *variable, const struct sedml_task *t)
{
    struct sedml_quantity q;
    bool good = true;
    for (size_t i = 0; t->is_repeated && i < t->n_subs && good; i++) {
        good = has_variable(s, variable, t->sub[i]);
        check_time(s, t, t->sub[i]);
    }
    if (t->is_repeated || !good) {
        return good;
    }
    const char *model = sedml_get(variable, "modelReference");
    if (model && strcmp(model, t->model->id) != 0) {
        return sedml_skip(s, variable, "modelReference", "the task runs the model `%s`, not this one",
                          t->model->id);
    }
    t->model->needed = true;
    if (!sedml_quantity(s, variable, t->model, &q)) {
        return false;
    }
    if (t->initial != 0 && t->model->reads_time) {
        sedml_skip(s, t->node, NULL, "the model `%s` reads the time, which begins at 0 instead of %g",
                   t->model->id, t->initial);
    }
    return true;
}

const struct sedml_result *sedml_result(struct sedml *s, const xmlNode *variable)
{
    const char *key = key_of(s, variable);
    int32_t known = map_find(&s->result_by, key);
    if (known >= 0) {
        return &s->result.data[known];
    }
    if (sedml_list(variable, "listOfRemainingDimensions") || *sedml_text_of(variable, "dimensionTerm")) {
        return sedml_skip(s, variable, NULL, "variables that sum up over dimensions are not read");
    }
    if (!*sedml_text_of(variable, "taskReference")) {
        return sedml_skip(s, variable, NULL, "this variable is of no task");
    }
    const struct sedml_task *task = sedml_task(s, variable, "taskReference");
    if (!task || !has_variable(s, variable, task)) {
        return NULL;
    }
    const char *name = sedml_name(s, sedml_text_of(variable, "id"));
    map_add(&s->result_by, key, (int32_t)s->result.n);
    vec_push(&s->result, ((struct sedml_result){variable, task, name}));
    return &vec_last(&s->result);
}
