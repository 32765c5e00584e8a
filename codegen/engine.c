#include "codegen/engine_base.h"

#include <string.h>

const struct crnl_program *engine_program(const struct engine *e)
{
    return e->program;
}

void engine_destroy(struct engine *e)
{
    if (e) {
        e->destroy(e);
    }
}

/* ---- Data that all engines make alike ------------------------------------------------------------------ */

static const struct crnl_method *const methods[CRNL_METHOD_COUNT] = {
#define METHOD(id, family, name, symbol, ...) &symbol,
#include "runtime/crnl_method.def"
};
static const struct crnl_sink *const sinks[] = {
#define SINK(id, symbol, ...) &symbol,
#include "runtime/crnl_sink.def"
#undef SINK
    NULL};

static const struct crnl_rows_spec *rows_spec(struct arena *arena, const struct run *r)
{
    struct crnl_rows_spec *rows = arena_alloc(arena, sizeof *rows);
    int32_t *size = new_array(arena, r->source.n, int32_t);
    const char **name = new_array(arena, r->source.n, const char *);
    for (size_t i = 0; i < r->source.n; i++) {
        size[i] = r->source.data[i].size;
        name[i] = r->source.data[i].name;
    }
    *rows = (struct crnl_rows_spec){.n_sources = (int32_t)r->source.n,
                                    .size = size,
                                    .name = name,
                                    .keeps_state = r->keeps_state,
                                    .own_files = r->own_files,
                                    .needs_all = r->needs_all,
                                    .n_captures = (int32_t)r->capture.n};
    return rows;
}

const struct crnl_method *engine_method(enum crnl_method_kind kind)
{
    return methods[kind];
}

struct crnl_run_spec engine_run_spec(struct arena *arena, const struct program *p, struct plan *const *plans,
                                     const struct stmt *s)
{
    const struct run *r = s->run;
    int32_t *option = new_array(arena, CRNL_OPTION_COUNT, int32_t), n = 0;
    for (int32_t i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (r->option[i]) {
            option[n++] = i;
        }
    }
    int32_t *course = new_array(arena, r->course.n, int32_t),
            *n_times = new_array(arena, r->course.n, int32_t);
    for (size_t i = 0; i < r->course.n; i++) {
        course[i] = r->course.data[i].course;
        n_times[i] = (int32_t)shape_size(expr_get(p->ex, r->course.data[i].times)->shape);
    }
    const struct plan_sides none = {0},
                            *sides = r->until < 0 ? &none : &plans[r->net]->observed_sides[r->until];
    return (struct crnl_run_spec){.statement = r->statement,
                                  .net = r->net,
                                  .line = s->line,
                                  .resume = r->resume,
                                  .has_from = r->from != 0,
                                  .span = (int32_t)r->span,
                                  .after = (int32_t)r->after_kind,
                                  .until = r->until < 0 ? -1 : plans[r->net]->observed_expr[r->until],
                                  .until_reads_time = program_until_reads_time(p, r),
                                  .tells_missed = program_tells_missed(p, r),
                                  .n_captures = (int32_t)r->capture.n,
                                  .until_gap = r->until < 0 ? -1 : plans[r->net]->observed_gap[r->until],
                                  .n_sides = 2 * sides->n,
                                  .side = sides->side,
                                  .side_text = sides->text,
                                  .has_every = r->every != 0,
                                  .method = methods[r->method],
                                  .sink = r->file ? sinks[r->sink] : NULL,
                                  .n_options = n,
                                  .option = option,
                                  .rows = r->source.n > 0 ? rows_spec(arena, r) : NULL,
                                  .n_courses = (int32_t)r->course.n,
                                  .course = course,
                                  .n_times = n_times};
}

struct crnl_learn_spec engine_learn_spec(struct arena *arena, const struct stmt *s)
{
    const struct learn *l = s->learn;
    int32_t *width = new_array(arena, l->field.n, int32_t);
    const char **name = new_array(arena, l->field.n, const char *);
    for (size_t i = 0; i < l->field.n; i++) {
        width[i] = l->field.data[i].width;
        name[i] = l->field.data[i].name;
    }
    struct crnl_learn_spec spec = {.neural = l->neural,
                                   .statement = l->statement,
                                   .line = s->line,
                                   .data = l->data,
                                   .redraws = l->redraws,
                                   .n_fields = (int32_t)l->field.n,
                                   .width = width,
                                   .name = name,
                                   .n_records = l->n_records,
                                   .learner = l->learner};
    memcpy(spec.record, l->record, sizeof spec.record);
    return spec;
}

struct crnl_minimize_spec engine_minimize_spec(struct arena *arena, const struct stmt *s)
{
    const struct minimize *m = s->minimize;
    size_t n = m->target.n;
    int32_t *net = new_array(arena, n, int32_t), *symbol = new_array(arena, n, int32_t),
            *first = new_array(arena, n, int32_t), *count = new_array(arena, n, int32_t);
    const char **name = new_array(arena, n, const char *);
    for (size_t i = 0; i < n; i++) {
        const struct minimize_target *t = &m->target.data[i];
        net[i] = t->net;
        symbol[i] = t->symbol;
        first[i] = t->first;
        count[i] = t->count;
        name[i] = t->name;
    }
    return (struct crnl_minimize_spec){.statement = m->statement,
                                       .line = s->line,
                                       .record = m->record,
                                       .n_targets = (int32_t)n,
                                       .has_gradient = m->has_gradient,
                                       .sum_of_squares = m->sum_of_squares,
                                       .net = net,
                                       .symbol = symbol,
                                       .first = first,
                                       .count = count,
                                       .name = name,
                                       .minimizer = m->minimizer};
}

static const struct crnl_global *globals(struct arena *arena, const struct program *p)
{
    struct crnl_global *global = new_array(arena, p->global.n, struct crnl_global);
    for (size_t i = 0; i < p->global.n; i++) {
        const struct global *g = &p->global.data[i];
        global[i] = (struct crnl_global){.name = g->name, .doc = g->doc, .unit = g->unit, .value = g->value};
    }
    return global;
}

static const struct crnl_method *const *method_choices(struct arena *arena, const struct plan *plan)
{
    enum crnl_method_kind kind[CRNL_METHOD_COUNT];
    size_t n = plan_methods(plan, kind);
    const struct crnl_method **method = new_array(arena, n, const struct crnl_method *);
    for (size_t i = 0; i < n; i++) {
        method[i] = methods[kind[i]];
    }
    return method;
}

static const struct crnl_place *places(struct arena *arena, const struct program *p)
{
    struct crnl_place *place = new_array(arena, p->place.n, struct crnl_place);
    for (size_t i = 0; i < p->place.n; i++) {
        const struct program_place *from = &p->place.data[i];
        place[i] = (struct crnl_place){from->line, from->shown, from->column, from->excerpt, from->of};
    }
    return place;
}

struct crnl_program engine_program_data(struct arena *arena, const struct program *p,
                                        struct plan *const *plans)
{
    bool by_options = !p->experiment && p->net.n > 0;
    return (struct crnl_program){
        .abi = CRNL_ABI,
        .file = p->file,
        .experiment = p->experiment,
        .doc = p->doc,
        .digest = p->digest,
        .n_nets = (int32_t)p->net.n,
        .n_globals = (int32_t)p->global.n,
        .n_records = (int32_t)p->record.n,
        .n_statements = p->n_statements,
        .keeps_going = p->keeps_going,
        .global = globals(arena, p),
        .record = p->record.data,
        .method = by_options ? method_choices(arena, plans[0]) : NULL,
        .sink = by_options ? sinks : NULL,
        .n_data = (int32_t)p->data.n,
        .data = p->data.data,
        .n_neurals = (int32_t)p->neural.n,
        .neural = p->neural.data,
        .n_places = (int32_t)p->place.n,
        .place = places(arena, p),
    };
}

int32_t engine_int_op(enum expr_op op)
{
    switch (op) {
    case EXPR_NEG: return 'n';
    case EXPR_ABS: return 'a';
    case EXPR_SUB: return '-';
    case EXPR_MUL: return '*';
    case EXPR_POW: return '^';
    case EXPR_MOD: return '%';
    default: return '+';
    }
}
