/* Walks over all parts of laws, and lists of the laws that read something. */
#include "codegen/plan/plan_build.h"

#include <stdlib.h>

void plan_walk_laws(struct plan_builder *b, void (*visit)(void *env, int32_t law, struct expr e), void *env)
{
    const struct crnl_model *m = &b->plan->model;
    struct expr_pool *ex = b->net->ex;
    VEC(int32_t) visited = {0}; /* by expr_id: 1 + the last law that visited it */
    VEC(expr_id) todo = {0};
    for (int32_t j = 0; m->law && j < m->n_reactions; j++) {
        if (m->law[j] < 0) {
            continue;
        }
        expr_id root = tape_scalar(ex, b->net->reaction.data[j].rate);
        vec_push(&todo, root);
        while (todo.n) {
            expr_id id = todo.data[--todo.n];
            while (visited.n <= id) {
                vec_push(&visited, 0);
            }
            if (visited.data[id] == j + 1) {
                continue;
            }
            visited.data[id] = j + 1;
            struct expr e = *expr_get(ex, id);
            for (uint32_t k = 0; k < e.n_args; k++) {
                expr_id operand = tape_scalar(ex, e.args[k]);
                vec_push(&todo, operand);
            }
            visit(env, j, e);
        }
    }
    vec_free(&visited);
    vec_free(&todo);
}

void plan_list_uses(struct plan_builder *b, int32_t n, const struct plan_use *use, size_t n_uses,
                    const int32_t **ptr, const int32_t **law)
{
    int32_t *end = plan_array(b, n + 1, int32_t), *list = plan_array(b, n_uses, int32_t);
    for (int32_t i = 0; i <= n; i++) {
        end[i] = 0;
    }
    for (size_t k = 0; k < n_uses; k++) {
        if (use[k].of >= 0) {
            end[use[k].of + 1]++;
        }
    }
    for (int32_t i = 0; i < n; i++) {
        end[i + 1] += end[i];
    }
    int32_t *at = mem_zalloc((size_t)n + 1, sizeof *at);
    for (size_t k = 0; k < n_uses; k++) {
        if (use[k].of >= 0) {
            list[end[use[k].of] + at[use[k].of]++] = use[k].law;
        }
    }
    free(at);
    *ptr = end;
    *law = list;
}

bool *plan_moving(struct plan_builder *b)
{
    const struct crnl_model *m = &b->plan->model;
    bool *moves = plan_array(b, m->n_species, bool);
    for (int32_t s = 0; s < m->n_species; s++) {
        moves[s] = false;
    }
    for (int32_t i = 0; i < m->net_ptr[m->n_reactions]; i++) {
        moves[m->net_species[i]] = true;
    }
    return moves;
}

void plan_place_species(void *env, expr_id id, const struct expr *e)
{
    struct plan_places *p = env;
    (void)id;
    if (e->op == EXPR_SPECIES && p->place[e->a] == 0) {
        p->species[p->n++] = e->a;
        p->place[e->a] = p->n;
    }
}
