/* Turns (runtime/rt_turns.h): what laws and conditions read of the time, taken apart into expressions that are constant but at single
 * times. A comparison turns by itself; `floor`, `%`, `min`, `max` and `abs` turn where they have a jump or a corner. What a law reads
 * of the time alone, and what is smooth, turns where it is largest or smallest: there the sign of its derivative changes. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

enum {                  /* what an expression reads, by its id */
       KNOWN = 1,       /* looked at */
       READS_TIME = 2,  /* */
       READS_STATE = 4, /* amounts that reactions change, or what is not known before a run */
       FLOWS = 8        /* changes with time also between its turns */
};

struct visit {
    expr_id id;
    uint32_t next; /* operand to look at */
};

struct turn_finder {
    struct plan_builder *b;
    struct expr_pool *ex;
    bool *moves; /* by species: reactions change it */
    VEC(uint8_t) reads;
    VEC(struct visit) stack;
    VEC(expr_id) jump;
    VEC(expr_id) bend;
};

static uint8_t *reads_of(struct turn_finder *f, expr_id id)
{
    while (f->reads.n <= id) {
        vec_push(&f->reads, 0);
    }
    return &f->reads.data[id];
}

static expr_id operand(struct turn_finder *f, const struct expr *e, uint32_t k)
{
    return tape_scalar(f->ex, e->args[k]);
}

/* Where an operator on what the time says jumps or has a corner: an expression that changes there; 0 nowhere. */
static expr_id jump_of(struct turn_finder *f, expr_id id)
{
    struct expr e = *expr_get(f->ex, id);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    switch (e.op) {
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_FLOOR: return id;
    case EXPR_EQ:
    case EXPR_NE: return expr_get(f->ex, x)->type == TYPE_BOOL ? 0 : expr_binary(f->ex, EXPR_LT, x, y);
    case EXPR_MIN:
    case EXPR_MAX: return expr_binary(f->ex, EXPR_LT, x, y);
    case EXPR_ABS: return expr_binary(f->ex, EXPR_LT, x, expr_real(f->ex, 0));
    case EXPR_MOD: return expr_unary(f->ex, EXPR_FLOOR, expr_binary(f->ex, EXPR_DIV, x, y));
    default: return 0;
    }
}

/* A part of a law that reads the time alone: where it is largest or smallest. */
static void add_bend(struct turn_finder *f, expr_id id)
{
    if (expr_get(f->ex, id)->type == TYPE_REAL) {
        expr_id slope = expr_derivative(f->ex, id, EXPR_TIME, 0);
        if (expr_uses(f->ex, slope, EXPR_TIME, -1)) {
            vec_push(&f->bend, expr_binary(f->ex, EXPR_LT, slope, expr_real(f->ex, 0)));
        }
    }
}

static bool steps(int op) /* the values are steps, whatever the operands do */
{
    return op == EXPR_FLOOR || op == EXPR_LT || op == EXPR_LE || op == EXPR_EQ || op == EXPR_NE;
}

/* After its operands. */
static void finish(struct turn_finder *f, expr_id id, bool of_law)
{
    struct expr e = *expr_get(f->ex, id);
    int reads = KNOWN;
    if (e.op == EXPR_TIME) {
        reads |= READS_TIME | FLOWS;
    } else if (e.op == EXPR_SPECIES) {
        reads |= f->moves[e.a] ? READS_STATE : 0;
    } else if (e.n_args == 0 && e.op != EXPR_CONST && e.op != EXPR_PARAM) {
        reads |= READS_STATE;
    }
    for (uint32_t k = 0; k < e.n_args; k++) {
        reads |= *reads_of(f, operand(f, &e, k));
    }
    for (uint32_t k = 0; k < e.n_args && of_law && (reads & READS_STATE); k++) {
        expr_id x = operand(f, &e, k);
        if ((*reads_of(f, x) & (READS_STATE | FLOWS)) == FLOWS) {
            add_bend(f, x);
        }
    }
    if ((reads & READS_TIME) && !(reads & READS_STATE)) {
        expr_id jump = jump_of(f, id);
        if (jump) {
            vec_push(&f->jump, jump);
        }
        reads &= steps(e.op) ? ~FLOWS : ~0;
    }
    *reads_of(f, id) = (uint8_t)reads;
}

/* Everything below `root`, operands first; what the root reads. */
static int find(struct turn_finder *f, expr_id root, bool of_law)
{
    root = tape_scalar(f->ex, root);
    vec_push(&f->stack, (struct visit){.id = root});
    while (f->stack.n) {
        struct visit *v = &vec_last(&f->stack);
        struct expr e = *expr_get(f->ex, v->id);
        if (*reads_of(f, v->id) & KNOWN) {
            f->stack.n--;
        } else if (v->next < e.n_args) {
            uint32_t k = v->next++;
            vec_push(&f->stack, (struct visit){.id = operand(f, &e, k)});
        } else {
            finish(f, v->id, of_law);
            f->stack.n--;
        }
    }
    int reads = *reads_of(f, root);
    if (of_law && (reads & (READS_STATE | FLOWS)) == FLOWS) {
        add_bend(f, root);
    }
    return reads;
}

static void find_all(struct turn_finder *f)
{
    const struct net *net = f->b->net;
    struct crnl_model *m = &f->b->plan->model;
    for (int32_t i = 0; i < m->n_timed; i++) {
        find(f, net->reaction.data[m->timed[i]].rate, true);
    }
    for (size_t i = 0; i < net->event.n; i++) {
        expr_id when = net->event.data[i].kind == EVENT_WHEN ? net->event.data[i].when : 0;
        if (when && expr_uses(f->ex, when, EXPR_TIME, -1)) {
            f->b->flows[i] = find(f, when, false) & FLOWS;
        }
    }
}

/* Each once, in the order in which they were found. */
static size_t keep_new(const expr_id *from, size_t n_from, expr_id *to, size_t n)
{
    for (size_t i = 0; i < n_from; i++) {
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) {
            known = to[k] == from[i];
        }
        if (!known) {
            to[n++] = from[i];
        }
    }
    return n;
}

struct places {
    int32_t *place, *species; /* of a species among the globals of the tape; and back */
    int32_t n;
};

static void place_species(void *env, expr_id id, const struct expr *e)
{
    struct places *p = env;
    (void)id;
    if (e->op == EXPR_SPECIES && p->place[e->a] == 0) {
        p->species[p->n++] = e->a;
        p->place[e->a] = p->n;
    }
}

static void build(struct turn_finder *f)
{
    struct plan_builder *b = f->b;
    struct crnl_model *m = &b->plan->model;
    expr_id *turn = mem_zalloc(f->jump.n + f->bend.n, sizeof *turn);
    size_t n = keep_new(f->jump.data, f->jump.n, turn, 0);
    m->n_jumps = (int32_t)n;
    n = keep_new(f->bend.data, f->bend.n, turn, n);
    m->n_turns = (int32_t)n;
    struct places p = {mem_zalloc((size_t)m->n_species + 1, sizeof *p.place),
                       plan_array(b, m->n_species, int32_t), 0};
    for (size_t i = 0; i < n; i++) {
        expr_visit(f->ex, turn[i], place_species, &p);
    }
    m->n_turn_species = p.n;
    m->turn_species = p.species;
    m->turn = tape_build_timed(b->arena, f->ex, turn, n, p.place);
    free(p.place);
    free(turn);
}

void plan_turns(struct plan_builder *b)
{
    struct crnl_model *m = &b->plan->model;
    struct turn_finder f = {.b = b, .ex = b->net->ex};
    b->flows = plan_array(b, b->net->event.n, bool);
    f.moves = mem_zalloc((size_t)m->n_species + 1, sizeof *f.moves);
    for (int32_t i = 0; i < m->net_ptr[m->n_reactions]; i++) {
        f.moves[m->net_species[i]] = true;
    }
    find_all(&f);
    if (f.jump.n + f.bend.n > 0) {
        build(&f);
    }
    free(f.moves);
    vec_free(&f.reads);
    vec_free(&f.stack);
    vec_free(&f.jump);
    vec_free(&f.bend);
}
