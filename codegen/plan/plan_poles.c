/* Poles: where a law is infinite because a divisor in it passes 0 as amounts change. No solution crosses a
 * pole, but a step of a solver may (runtime/ode/ode_poles.c). In a product each factor counts as a divisor,
 * in a power its base, since the sign of a square does not change. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

#include "support/mem.h"

struct pole_finder {
    struct plan_builder *b;
    struct expr_pool *ex;
    const bool *moves;
    VEC(int32_t) place; /* by expr_id: its index in `pole` + 1; 0: not yet looked at; -1: it cannot pass 0 */
    VEC(expr_id) pole, todo;
    VEC(struct plan_use) use;
    struct plan_places places;
    bool passes,
        is_past; /* of the expression just visited: passes: it changes; is_past: it reads a delayed amount */
};

static void look_at_leaf(void *env, expr_id id, const struct expr *e)
{
    struct pole_finder *f = env;
    const struct crnl_model *m = &f->b->plan->model;
    (void)id;
    f->passes |= e->op == EXPR_TIME || (e->op == EXPR_SPECIES && f->moves[e->a]);
    f->is_past |= e->op == EXPR_SPECIES && m->n_delays > 0 && e->a >= m->delay_species[0];
}

static void add(struct pole_finder *f, int32_t law, expr_id id)
{
    while (f->place.n <= id) {
        vec_push(&f->place, 0);
    }
    if (f->place.data[id] == 0) {
        f->passes = f->is_past = false;
        expr_visit(f->ex, id, look_at_leaf, f);
        f->place.data[id] = -1;
        if (f->passes && !f->is_past) {
            vec_push(&f->pole, id);
            f->place.data[id] = (int32_t)f->pole.n;
            expr_visit(f->ex, id, plan_place_species, &f->places);
        }
    }
    if (f->place.data[id] > 0) {
        vec_push(&f->use, ((struct plan_use){f->place.data[id] - 1, law}));
    }
}

static void add_divisor(struct pole_finder *f, int32_t law, expr_id divisor)
{
    vec_push(&f->todo, divisor);
    while (f->todo.n) {
        expr_id id = tape_scalar(f->ex, f->todo.data[--f->todo.n]);
        struct expr e = *expr_get(f->ex, id);
        switch (e.op) {
        case EXPR_MUL:
            vec_push(&f->todo, e.args[1]);
            vec_push(&f->todo, e.args[0]);
            break;
        case EXPR_POW:
        case EXPR_DIV:
        case EXPR_NEG:
        case EXPR_ABS: vec_push(&f->todo, e.args[0]); break;
        default: add(f, law, id);
        }
    }
}

static void look_at(void *env, int32_t law, struct expr e)
{
    struct pole_finder *f = env;
    double exponent;
    if (e.op == EXPR_DIV) {
        add_divisor(f, law, e.args[1]);
    } else if (e.op == EXPR_POW && expr_const_real(f->ex, e.args[1], &exponent) && exponent < 0) {
        add_divisor(f, law, e.args[0]);
    }
}

void plan_poles(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct pole_finder f = {.b = b, .ex = b->net->ex, .moves = plan_moving(b)};
    f.places.place = mem_zalloc((size_t)m->n_species + 1, sizeof *f.places.place);
    f.places.species = plan_array(b, m->n_species, int32_t);
    plan_walk_laws(b, look_at, &f);
    if (f.pole.n > 0) {
        m->n_poles = (int32_t)f.pole.n;
        m->n_pole_reads = f.places.n;
        m->pole_reads = f.places.species;
        m->pole = tape_build_timed(b->arena, f.ex, f.pole.data, f.pole.n, f.places.place, 1 + f.places.n);
        plan_list_uses(b, m->n_poles, f.use.data, f.use.n, &m->pole_law_ptr, &m->pole_law);
    }
    free(f.places.place);
    vec_free(&f.place);
    vec_free(&f.pole);
    vec_free(&f.todo);
    vec_free(&f.use);
}
