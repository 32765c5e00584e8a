/* Surfaces: where laws jump as amounts change. A comparison jumps where its sides are equal; `floor` and `%`
 * jump where their argument, or the quotient, passes a whole number. A run that is led to a surface from both
 * sides slides along it (runtime/ode/ode_slide.c). */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

struct surface {
    expr_id id;
    bool whole;    /* it jumps at each whole number of `id`; else at 0 */
    int32_t index; /* in the model; -1: it is left out, since it does not change */
};

struct surface_finder {
    struct plan_builder *b;
    struct expr_pool *ex;
    const bool *moves;
    bool *seen; /* by species: it is in `reads` */
    VEC(struct surface) surface;
    VEC(int32_t) reads; /* species that an expression reads */
    VEC(struct plan_use) use;
};

static void add(struct surface_finder *f, int32_t law, expr_id id, bool whole)
{
    size_t i = 0;
    while (i < f->surface.n && (f->surface.data[i].id != id || f->surface.data[i].whole != whole)) {
        i++;
    }
    if (i == f->surface.n) {
        vec_push(&f->surface, ((struct surface){id, whole, -1}));
    }
    vec_push(&f->use, ((struct plan_use){(int32_t)i, law}));
}

static void look_at(void *env, int32_t law, struct expr e)
{
    struct surface_finder *f = env;
    expr_id x = e.n_args > 0 ? tape_scalar(f->ex, e.args[0]) : 0,
            y = e.n_args > 1 ? tape_scalar(f->ex, e.args[1]) : 0;
    switch (e.op) {
    case EXPR_FLOOR:
    case EXPR_FLOOR_REAL: add(f, law, x, true); break;
    case EXPR_MOD: add(f, law, expr_binary(f->ex, EXPR_DIV, x, y), true); break;
    case EXPR_LT:
    case EXPR_LE: add(f, law, expr_binary(f->ex, EXPR_SUB, x, y), false); break;
    default: break;
    }
}

static void add_species(void *env, expr_id id, const struct expr *e)
{
    struct surface_finder *f = env;
    (void)id;
    if (e->op == EXPR_SPECIES && !f->seen[e->a]) {
        f->seen[e->a] = true;
        vec_push(&f->reads, e->a);
    }
}

/* Lists the laws that read each surface; a law that reads it twice is listed twice. */
static void build_laws(struct surface_finder *f)
{
    struct crnl_model *m = &f->b->plan->model;
    for (size_t k = 0; k < f->use.n; k++) {
        f->use.data[k].of = f->surface.data[f->use.data[k].of].index;
    }
    plan_list_uses(f->b, m->n_surfaces, f->use.data, f->use.n, &m->surface_law_ptr, &m->surface_law);
}

/* Makes the tapes of surfaces: their values, the derivatives with respect to the time and those with respect
 * to the amounts that each reads. */
static void build(struct surface_finder *f)
{
    struct plan_builder *b = f->b;
    struct crnl_model *m = &b->plan->model;
    int32_t n_all = 0, *place = mem_zalloc((size_t)m->n_species + 1, sizeof *place);
    int32_t *all = plan_array(b, m->n_species, int32_t), *ptr = plan_array(b, f->surface.n + 1, int32_t);
    int32_t *whole = plan_array(b, f->surface.n, int32_t);
    VEC(int32_t) species = {0};
    VEC(expr_id) value = {0}, by_time = {0}, by_species = {0};
    for (size_t i = 0; i < f->surface.n; i++) {
        struct surface s = f->surface.data[i];
        /* is_past: it reads a delayed amount, so its derivatives are not known */
        bool moves = false, is_past = false;
        f->reads.n = 0;
        expr_visit(f->ex, s.id, add_species, f);
        for (size_t k = 0; k < f->reads.n; k++) {
            moves |= f->moves[f->reads.data[k]];
            is_past |= m->n_delays > 0 && f->reads.data[k] >= m->delay_species[0];
            f->seen[f->reads.data[k]] = false;
        }
        moves &= !is_past;
        for (size_t k = 0; moves && k < f->reads.n; k++) {
            int32_t read = f->reads.data[k];
            expr_id slope = expr_derivative(f->ex, s.id, EXPR_SPECIES, read);
            vec_push(&species, read);
            vec_push(&by_species, slope);
            if (place[read] == 0) {
                all[n_all++] = read;
                place[read] = n_all;
            }
        }
        if (moves) {
            f->surface.data[i].index = (int32_t)value.n;
            expr_id slope = expr_derivative(f->ex, s.id, EXPR_TIME, 0);
            whole[value.n] = s.whole;
            vec_push(&value, s.id);
            vec_push(&by_time, slope);
            ptr[value.n] = (int32_t)species.n;
        }
    }
    size_t n = value.n, n_species = species.n;
    int32_t *to = plan_array(b, n_species, int32_t);
    for (size_t i = 0; i < n; i++) {
        expr_id slope = by_time.data[i];
        vec_push(&value, slope);
    }
    for (size_t i = 0; i < n_species; i++) {
        expr_id slope = by_species.data[i];
        vec_push(&value, slope);
        to[i] = species.data[i];
    }
    if (n > 0) {
        m->n_surfaces = (int32_t)n;
        m->surface_whole = whole;
        m->surface_ptr = ptr;
        m->surface_species = to;
        m->n_surface_reads = n_all;
        m->surface_reads = all;
        m->surface = tape_build_timed(b->arena, f->ex, value.data, value.n, place, 1 + n_all);
        build_laws(f);
    }
    free(place);
    vec_free(&species);
    vec_free(&value);
    vec_free(&by_time);
    vec_free(&by_species);
}

void plan_surfaces(struct plan_builder *b)
{
    const struct crnl_model *m = &b->plan->model;
    struct surface_finder f = {.b = b, .ex = b->net->ex, .moves = plan_moving(b)};
    f.seen = mem_zalloc((size_t)m->n_species + 1, sizeof *f.seen);
    plan_walk_laws(b, look_at, &f);
    if (f.surface.n > 0) {
        build(&f);
    }
    free(f.seen);
    vec_free(&f.surface);
    vec_free(&f.reads);
    vec_free(&f.use);
}
