/* Finds turns (runtime/rt_turns.h): expressions of the time in laws and conditions, taken apart into ones
 * that are constant between single times. An expression of comparisons and `floor` is one turn as a whole:
 * clip(floor(time / 20), 0, 1) changes once, though `floor` goes on. `%`, `min`, `max` and `abs` of smooth
 * functions have turns where they jump or have a corner. A smooth function of the time alone has turns at its
 * maxima and minima, where its derivative changes sign. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>
#include <string.h>

enum {            /* what an expression reads, by expr_id */
       KNOWN = 1, /* the expression was looked at */
       READS_TIME = 2,
       READS_STATE = 4, /* amounts that reactions change, or something that is not known before a run */
       FLOWS = 8,       /* it changes with time also between its turns */
       INSTANT = 16     /* by == or != it has another value at a single time, which bounds cannot show */
};

struct visit {
    expr_id id;
    uint32_t next; /* the operand to look at next */
};

enum { ALL_RUNS = -1, DRAWN = -2 }; /* turns for all runs; turns only of traces that pictures draw */

/* A jump, or the slope of a smooth function. `source`: that function; 0 for a jump. `until`: the index in
 * net->observed of the `until` condition that alone needs the turn, ALL_RUNS or DRAWN. */
struct turn {
    expr_id id, source;
    int32_t until;
};
typedef VEC(struct turn) turn_list;

struct turn_finder {
    struct plan_builder *b;
    struct expr_pool *ex;
    bool *moves;   /* by species: reactions change it */
    int32_t until; /* `until` of the turns that are being looked for */
    int32_t n_captures;
    VEC(uint8_t) reads;
    VEC(struct visit) stack;
    VEC(uint32_t) collected; /* by expr_id: the number of the last root for which it was collected */
    uint32_t n_collected;
    turn_list jump, bend;
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

/* For an operator on smooth functions that jumps, has a corner or has another value at one time: an
 * expression whose value changes there; 0 if there is no such place. */
static expr_id corner_of(struct turn_finder *f, expr_id id)
{
    struct expr e = *expr_get(f->ex, id);
    expr_id x = e.n_args > 0 ? e.args[0] : 0, y = e.n_args > 1 ? e.args[1] : 0;
    switch (e.op) {
    case EXPR_EQ:
    case EXPR_NE: return expr_get(f->ex, x)->type == TYPE_BOOL ? 0 : expr_binary(f->ex, EXPR_LT, x, y);
    case EXPR_MIN:
    case EXPR_MAX: return expr_binary(f->ex, EXPR_LT, x, y);
    case EXPR_ABS: return expr_binary(f->ex, EXPR_LT, x, expr_real(f->ex, 0));
    case EXPR_MOD: return expr_unary(f->ex, EXPR_FLOOR, expr_binary(f->ex, EXPR_DIV, x, y));
    default: return 0;
    }
}

static void add(struct turn_finder *f, turn_list *list, expr_id id, expr_id source)
{
    struct turn turn = {id, source, f->until};
    vec_push(list, turn);
}

/* The expression without its factors that do not read the time. Otherwise the unit of amounts would decide
 * where it underflows to 0. */
static expr_id without_factors(struct turn_finder *f, expr_id id)
{
    for (;;) {
        struct expr e = *expr_get(f->ex, id);
        expr_id x = e.n_args > 0 ? operand(f, &e, 0) : 0, y = e.n_args > 1 ? operand(f, &e, 1) : 0;
        if (e.op == EXPR_NEG ||
            ((e.op == EXPR_MUL || e.op == EXPR_DIV) && !expr_uses(f->ex, y, EXPR_TIME, -1))) {
            id = x;
        } else if (e.op == EXPR_MUL && e.n_args == 2 && !expr_uses(f->ex, x, EXPR_TIME, -1)) {
            id = y;
        } else {
            return id;
        }
    }
}

/* Adds the maxima and minima of a smooth part of a law or condition that reads the time alone. */
static void add_bend(struct turn_finder *f, expr_id id)
{
    if (expr_get(f->ex, id)->type == TYPE_REAL) {
        expr_id slope = expr_derivative(f->ex, without_factors(f, id), EXPR_TIME, 0);
        slope = without_factors(f, slope);
        if (expr_uses(f->ex, slope, EXPR_TIME, -1)) {
            add(f, &f->bend, slope, id);
        }
    }
}

static bool steps(int op) /* the values of the operator are steps for all operands */
{
    return op == EXPR_FLOOR || op == EXPR_FLOOR_REAL || op == EXPR_LT || op == EXPR_LE || op == EXPR_EQ ||
           op == EXPR_NE;
}

static bool is_steps(int reads) /* it reads the time alone, and all its turns are changes of its value */
{
    return (reads & READS_TIME) && !(reads & (READS_STATE | FLOWS | INSTANT));
}

/* Sets what an expression reads; its operands have been looked at before. */
static void finish(struct turn_finder *f, expr_id id)
{
    struct expr e = *expr_get(f->ex, id);
    int reads = KNOWN;
    if (e.op == EXPR_TIME) {
        reads |= READS_TIME | FLOWS;
    } else if (e.op == EXPR_SPECIES) {
        reads |= f->moves[e.a] ? READS_STATE : 0;
    } else if (e.op == EXPR_CAPTURE) {
        f->n_captures = f->n_captures > e.a ? f->n_captures : e.a + 1;
    } else if (e.n_args == 0 && e.op != EXPR_CONST && e.op != EXPR_PARAM) {
        reads |= READS_STATE;
    }
    for (uint32_t k = 0; k < e.n_args; k++) {
        reads |= *reads_of(f, operand(f, &e, k));
    }
    for (uint32_t k = 0; k < e.n_args && (reads & READS_STATE); k++) {
        expr_id x = operand(f, &e, k);
        if ((*reads_of(f, x) & (READS_STATE | FLOWS)) == FLOWS) {
            add_bend(f, x);
        }
    }
    if (steps(e.op) && (reads & FLOWS) && !(reads & READS_STATE)) {
        reads &= ~FLOWS;
        reads |= e.op == EXPR_EQ || e.op == EXPR_NE ? INSTANT : 0;
    }
    *reads_of(f, id) = (uint8_t)reads;
}

/* Collects the turns below `root`, from the top. Nothing inside an expression with steps matters while its
 * value stays the same. */
static void collect(struct turn_finder *f, expr_id root)
{
    f->n_collected++;
    vec_push(&f->stack, (struct visit){.id = root});
    while (f->stack.n) {
        expr_id id = vec_last(&f->stack).id;
        struct expr e = *expr_get(f->ex, id);
        int reads = *reads_of(f, id);
        f->stack.n--;
        while (f->collected.n <= id) {
            vec_push(&f->collected, 0);
        }
        if (f->collected.data[id] == f->n_collected || !(reads & READS_TIME)) {
            continue;
        }
        f->collected.data[id] = f->n_collected;
        if (is_steps(reads)) {
            add(f, &f->jump, id, 0);
            continue;
        }
        expr_id corner = reads & READS_STATE ? 0 : corner_of(f, id);
        if (corner) {
            add(f, &f->jump, corner, 0);
        }
        for (uint32_t k = 0; k < e.n_args; k++) {
            vec_push(&f->stack, (struct visit){.id = operand(f, &e, k)});
        }
    }
}

/* Finds the turns of `root` and of everything below it, operands first; returns what `root` reads. */
static int find(struct turn_finder *f, expr_id root)
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
            finish(f, v->id);
            f->stack.n--;
        }
    }
    int reads = *reads_of(f, root);
    collect(f, root);
    if ((reads & (READS_STATE | FLOWS)) == FLOWS) {
        add_bend(f, root);
    }
    return reads;
}

/* Finds the turns of `until` conditions. Each condition ends only its own runs, so what several of them share
 * is found again for each. */
static void find_of_until(struct turn_finder *f)
{
    const struct net *net = f->b->net;
    size_t n = f->reads.n;
    uint8_t *before = mem_zalloc(n + 1, 1);
    for (size_t i = 0; i < n; i++) {
        before[i] = f->reads.data[i];
    }
    for (size_t i = 0; i < net->observed.n; i++) {
        expr_id e = net->observed.data[i];
        if (expr_get(f->ex, e)->type == TYPE_BOOL && expr_uses(f->ex, e, EXPR_TIME, -1)) {
            f->until = (int32_t)i;
            find(f, e);
            for (size_t k = 0; k < f->reads.n; k++) {
                f->reads.data[k] = k < n ? before[k] : 0;
            }
        }
    }
    free(before);
}

/* Finds the jumps of traces, so that pictures of ODE runs show them at the right times. */
static void find_of_traces(struct turn_finder *f)
{
    size_t n = f->bend.n;
    f->until = DRAWN;
    for (size_t i = 0; f->b->use && i < f->b->use->trace.n; i++) {
        expr_id e = f->b->net->observed.data[f->b->use->trace.data[i].observed];
        if (expr_uses(f->ex, e, EXPR_TIME, -1)) {
            find(f, e);
        }
    }
    f->bend.n = n;
}

static void find_all(struct turn_finder *f)
{
    const struct net *net = f->b->net;
    struct crnl_model *m = &f->b->plan->model;
    f->until = ALL_RUNS;
    for (int32_t i = 0; i < m->n_timed; i++) {
        find(f, net->reaction.data[m->timed[i]].rate);
    }
    for (size_t i = 0; i < net->event.n; i++) {
        expr_id when = net->event.data[i].kind == EVENT_WHEN ? net->event.data[i].when : 0;
        if (when && expr_uses(f->ex, when, EXPR_TIME, -1)) {
            f->b->flows[i] = find(f, when) & FLOWS;
        }
    }
    for (size_t i = 0; i < net->assume.n; i++) {
        if (expr_uses(f->ex, net->assume.data[i].cond, EXPR_TIME, -1)) {
            m->assumes_read_time |= (find(f, net->assume.data[i].cond) & FLOWS) != 0;
        }
    }
    find_of_until(f);
    find_of_traces(f);
}

/* Copies each turn once, in the order in which they were found; a turn for all runs is not repeated for an
 * `until`. Returns the new number of turns. */
static size_t keep_new(const turn_list *from, struct turn *to, size_t n)
{
    for (size_t i = 0; i < from->n; i++) {
        struct turn new = from->data[i];
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) {
            known = to[k].id == new.id && (to[k].until == new.until || to[k].until == ALL_RUNS);
        }
        if (!known) {
            to[n++] = new;
        }
    }
    return n;
}

/* ---- Laws that read a slope ---- */

struct uses {
    int32_t *turn; /* by expr_id: 1 + the turn that is the slope of this expression; 0: none */
    size_t n;
    int32_t law;             /* the law that is visited, as an index in `timed`; -1: a condition */
    VEC(int32_t) of, law_of; /* pairs of a turn (`of`) and a law (`law_of`) */
};

static void add_use(void *env, expr_id id, const struct expr *e)
{
    struct uses *u = env;
    (void)e;
    if (id < u->n && u->turn[id] > 0) {
        vec_push(&u->of, u->turn[id] - 1);
        vec_push(&u->law_of, u->law);
    }
}

static void find_uses(struct turn_finder *f, struct uses *u)
{
    const struct net *net = f->b->net;
    const struct crnl_model *m = &f->b->plan->model;
    for (u->law = 0; u->law < m->n_timed; u->law++) {
        expr_visit(f->ex, tape_scalar(f->ex, net->reaction.data[m->timed[u->law]].rate), add_use, u);
    }
    u->law = -1;
    for (size_t i = 0; i < net->event.n; i++) {
        if (net->event.data[i].kind == EVENT_WHEN) {
            expr_visit(f->ex, tape_scalar(f->ex, net->event.data[i].when), add_use, u);
        }
    }
    for (size_t i = 0; i < net->assume.n; i++) {
        expr_visit(f->ex, tape_scalar(f->ex, net->assume.data[i].cond), add_use, u);
    }
    for (size_t i = 0; i < net->observed.n; i++) {
        if (expr_get(f->ex, net->observed.data[i])->type == TYPE_BOOL) {
            expr_visit(f->ex, tape_scalar(f->ex, net->observed.data[i]), add_use, u);
        }
    }
}

/* Lists for each slope the laws that read its source; none if a condition reads it too, or if none was
 * found. */
static void build_laws(struct turn_finder *f, const struct turn *turn, int32_t n)
{
    struct crnl_model *m = &f->b->plan->model;
    struct uses u = {.law = 0};
    for (size_t k = 0; k < f->bend.n; k++) {
        u.n = u.n > f->bend.data[k].source ? u.n : (size_t)f->bend.data[k].source + 1;
    }
    u.turn = mem_zalloc(u.n + 1, sizeof *u.turn);
    for (size_t k = 0; k < f->bend.n; k++) {
        for (int32_t i = m->n_jumps; i < n; i++) {
            if (turn[i].id == f->bend.data[k].id) {
                u.turn[f->bend.data[k].source] = i + 1;
            }
        }
    }
    find_uses(f, &u);
    int32_t *ptr = plan_array(f->b, n + 1, int32_t), *law = plan_array(f->b, u.of.n, int32_t);
    int32_t *n_laws = mem_zalloc((size_t)n + 1, sizeof *n_laws);
    for (size_t k = 0; k < u.of.n; k++) {
        int32_t *count = &n_laws[u.of.data[k]];
        *count = *count < 0 || u.law_of.data[k] < 0 ? -1 : *count + 1;
    }
    for (int32_t i = 0; i < n; i++) {
        ptr[i + 1] = ptr[i] + (n_laws[i] > 0 ? n_laws[i] : 0);
    }
    for (size_t k = 0; k < u.of.n; k++) {
        int32_t i = u.of.data[k];
        if (n_laws[i] > 0) {
            law[ptr[i] + --n_laws[i]] = u.law_of.data[k];
            n_laws[i] = n_laws[i] > 0 ? n_laws[i] : 0;
        }
    }
    free(n_laws);
    m->turn_law_ptr = ptr;
    m->turn_law = law;
    free(u.turn);
    vec_free(&u.of);
    vec_free(&u.law_of);
}

/* Makes code for each turn by itself, so that each is evaluated alone: its value and, for a slope, also its
 * derivative. Where that has one sign, the slope has at most one zero. */
static struct crnl_tape build_code(struct turn_finder *f, const struct turn *turn,
                                   const struct plan_places *p)
{
    struct plan_builder *b = f->b;
    struct crnl_model *m = &b->plan->model;
    VEC(struct crnl_tape_code) code = {0};
    VEC(double) constant = {0};
    int32_t *at = plan_array(b, 2 * m->n_turns + 1, int32_t), n_registers = 0;
    for (int32_t i = 0; i < m->n_turns; i++) {
        expr_id both[2] = {turn[i].id, i < m->n_jumps ? 0 : expr_derivative(f->ex, turn[i].id, EXPR_TIME, 0)};
        struct crnl_tape tape =
            tape_build_timed(b->arena, f->ex, both, i < m->n_jumps ? 1 : 2, p->place, 1 + p->n);
        int32_t first = (int32_t)constant.n;
        at[2 * i + 1] = -1;
        for (int32_t k = 0; k < tape.n_code; k++) {
            struct crnl_tape_code c = tape.code[k];
            c.a += c.op == CRNL_TAPE_CONST ? first : 0;
            vec_push(&code, c);
            if (c.op == CRNL_TAPE_OUT && at[2 * i + 1] < 0) {
                at[2 * i + 1] = (int32_t)code.n;
            }
        }
        at[2 * i + 2] = (int32_t)code.n;
        for (int32_t k = 0; k < tape.n_const; k++) {
            vec_push(&constant, tape.constant[k]);
        }
        n_registers = tape.n_registers > n_registers ? tape.n_registers : n_registers;
    }
    m->turn_code = at;
    struct crnl_tape_code *all_code = plan_array(b, code.n, struct crnl_tape_code);
    double *all_constants = plan_array(b, constant.n, double);
    memcpy(all_code, code.data, code.n * sizeof *all_code);
    if (constant.n) {
        memcpy(all_constants, constant.data, constant.n * sizeof *all_constants);
    }
    struct crnl_tape all = {(int32_t)code.n, (int32_t)constant.n, n_registers, all_code, all_constants};
    vec_free(&code);
    vec_free(&constant);
    return all;
}

static void build(struct turn_finder *f)
{
    struct plan_builder *b = f->b;
    struct crnl_model *m = &b->plan->model;
    struct turn *turn = mem_zalloc(f->jump.n + f->bend.n, sizeof *turn);
    size_t n = keep_new(&f->jump, turn, 0);
    m->n_jumps = (int32_t)n;
    n = keep_new(&f->bend, turn, n);
    m->n_turns = (int32_t)n;
    struct plan_places p = {mem_zalloc((size_t)m->n_species + 1, sizeof *p.place),
                            plan_array(b, m->n_species, int32_t), 0};
    int32_t *until = plan_array(b, n, int32_t);
    for (size_t i = 0; i < n; i++) {
        until[i] = turn[i].until == ALL_RUNS ? -1
                   : turn[i].until == DRAWN  ? CRNL_TURN_DRAWN
                                             : b->plan->observed_expr[turn[i].until];
        expr_visit(f->ex, turn[i].id, plan_place_species, &p);
    }
    m->n_turn_species = p.n;
    m->turn_species = p.species;
    m->n_turn_captures = f->n_captures;
    m->turn_until = until;
    build_laws(f, turn, m->n_turns);
    m->turn = build_code(f, turn, &p);
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
    for (int32_t i = 0; i < m->n_delays; i++) {
        f.moves[m->delay_species[i]] = true;
    }
    find_all(&f);
    if (f.jump.n + f.bend.n > 0) {
        build(&f);
    }
    free(f.moves);
    vec_free(&f.reads);
    vec_free(&f.stack);
    vec_free(&f.collected);
    vec_free(&f.jump);
    vec_free(&f.bend);
}
