/* Groups measurements by condition, observable and the parameters of both. */
#include <string.h>

#include "import/petab/petab_impl.h"

static bool check_row(struct petab *p, const struct petab_row *row, double *time)
{
    struct petab_cell before = petab_cell(row, "preequilibrationConditionId"), at = petab_cell(row, "time"),
                      observable = petab_cell(row, "observableId"),
                      condition = petab_cell(row, "simulationConditionId");
    double value;
    if (*before.text) {
        return diag_report(p->diag, DIAG_E0832, before.at,
                           "a condition before the simulation is not there: `%s`\n  help: fit without it: "
                           "leave the cell empty, "
                           "and give initial values by the condition",
                           before.text);
    }
    if (!petab_number(p, at, "the time of a measurement", time) ||
        !petab_number(p, petab_cell(row, "measurement"), "a measurement", &value)) {
        return false;
    }
    if (*time < 0) {
        return diag_report(p->diag, DIAG_E0831, at.at,
                           "the time of a measurement is not negative\n  help: count times from the start of "
                           "the simulation");
    }
    if (!petab_find(p, PETAB_OBSERVABLE, observable.text)) {
        return petab_unknown(p, PETAB_OBSERVABLE, observable);
    }
    return petab_find(p, PETAB_CONDITION, condition.text) || petab_unknown(p, PETAB_CONDITION, condition);
}

/* The use of a condition; it is added if it is new. */
static struct petab_use *use_of(struct petab *p, struct petab_data *d, const char *condition)
{
    if (map_add(&d->by_condition, condition, (int32_t)d->use.n)) {
        struct petab_use use = {petab_find(p, PETAB_CONDITION, condition), -1, -1, 0};
        vec_push(&d->use, use);
    }
    return &d->use.data[map_find(&d->by_condition, condition)];
}

static void add_row(struct petab *p, struct petab_data *d, const struct petab_row *row, double time)
{
    const char *condition = petab_cell(row, "simulationConditionId").text,
               *observable = petab_cell(row, "observableId").text,
               *noise = petab_cell(row, "noiseParameters").text;
    bool numeric = petab_is_number(noise);
    const char *key = arena_printf(p->arena, "%s\t%s\t%s\t%s", condition, observable,
                                   petab_cell(row, "observableParameters").text, numeric ? "#" : noise);
    struct petab_use *use = use_of(p, d, condition);
    int32_t index = (int32_t)d->group.n;
    if (map_add(&d->by_key, key, index)) {
        struct petab_group g = {.observable = petab_find(p, PETAB_OBSERVABLE, observable),
                                .noises = numeric ? "" : NULL,
                                .next = -1};
        vec_push(&d->group, g);
        if (use->last >= 0) {
            d->group.data[use->last].next = index;
        }
        use->first = use->first < 0 ? index : use->first;
        use->last = index;
    }
    struct petab_group *g = &d->group.data[map_find(&d->by_key, key)];
    vec_push(&g->row, row);
    use->end = time > use->end ? time : use->end;
}

bool petab_collect(struct petab *p, struct petab_data *d)
{
    const struct petab_table *t = &p->table[PETAB_MEASUREMENT];
    for (size_t i = 0; i < t->row.n; i++) {
        double time;
        if (!check_row(p, &t->row.data[i], &time)) {
            return false;
        }
        add_row(p, d, &t->row.data[i], time);
    }
    return true;
}

void petab_free_data(struct petab_data *d)
{
    for (size_t i = 0; i < d->group.n; i++) {
        vec_free(&d->group.data[i].row);
    }
    vec_free(&d->group);
    vec_free(&d->use);
    map_free(&d->by_key);
    map_free(&d->by_condition);
}
