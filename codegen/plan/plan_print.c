/* Prints a plan as text. It is the same for the same network, so that golden tests can compare it. */
#include "codegen/plan/plan.h"
#include "runtime/crnl_stiff.h"

#include <math.h>
#include <stdlib.h>

static const char *const tape_names[] = {
#define TAPE(name, arity) #name,
#include "runtime/crnl_tape.def"
#undef TAPE
};
static const int tape_arity[] = {
#define TAPE(name, arity) arity,
#include "runtime/crnl_tape.def"
#undef TAPE
};
static const char *const kind_names[] = {"discrete", "bulk", "constant"};
static const char *const stat_names[] = {
#define STAT(kind, name) name,
#include "runtime/crnl_stat.def"
#undef STAT
};

/* Prints with 15 to 17 digits, the fewest that read back as the same number. */
static void print_real(FILE *out, double v)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            break;
        }
    }
    fputs(text, out);
}

static const char *leaf_name(void *env, const struct expr *leaf)
{
    const struct plan *p = env;
    if (leaf->op == EXPR_SPECIES) {
        return p->model.species_name[leaf->a];
    }
    return leaf->op == EXPR_PARAM ? p->model.param_name[leaf->a] : NULL;
}

static void print_elem(FILE *out, const struct crnl_model *m, const struct crnl_elem *e)
{
    switch (e->kind) {
    case CRNL_ELEM_SPECIES: fprintf(out, "%s", m->species_name[e->a]); break;
    case CRNL_ELEM_DUAL: fprintf(out, "%s - %s", m->species_name[e->a], m->species_name[e->b]); break;
    case CRNL_ELEM_PARAM: fprintf(out, "%s", m->param_name[e->a]); break;
    default: fprintf(out, "e%d", (int)e->a); break;
    }
}

static void print_species(FILE *out, const struct crnl_model *m)
{
    fprintf(out, "species %d\n", (int)m->n_species);
    for (int32_t s = 0; s < m->n_species; s++) {
        fprintf(out, "  %s %s\n", m->species_name[s], kind_names[m->species_kind[s]]);
    }
    fprintf(out, "parameters %d\n", (int)m->n_params);
    for (int32_t i = 0; i < m->n_params; i++) {
        fprintf(out, "  %s\n", m->param_name[i]);
    }
    fprintf(out, "symbols %d\n", (int)m->n_symbols);
    for (int32_t i = 0; i < m->n_symbols; i++) {
        const struct crnl_symbol *s = &m->symbol[i];
        fprintf(out, "  %s", s->name);
        for (int32_t k = 0; k < s->rank; k++) {
            fprintf(out, "%s%d%s", k ? ", " : "[", (int)s->dim[k], k + 1 == s->rank ? "]" : "");
        }
        fprintf(out, "%s%s =", s->flags & CRNL_SYMBOL_OUTPUT ? " output" : "",
                s->flags & CRNL_SYMBOL_INPUT ? " input" : "");
        for (int32_t k = 0; k < s->size; k++) {
            fputs(k ? ", " : " ", out);
            print_elem(out, m, &m->elem[s->first + k]);
        }
        fputc('\n', out);
    }
}

static void print_reaction(FILE *out, const struct crnl_model *m, int32_t j)
{
    fprintf(out, "  %d", (int)j);
    if (m->reaction_label && m->reaction_label[j]) {
        fprintf(out, " %s", m->reaction_label[j]);
    }
    fputc(':', out);
    for (int32_t i = m->lhs_ptr[j]; i < m->lhs_ptr[j + 1]; i++) {
        fputs(i > m->lhs_ptr[j] ? " + " : " ", out);
        if (m->lhs_count[i] > 1) {
            print_real(out, m->lhs_count[i]);
            fputc(' ', out);
        }
        fputs(m->species_name[m->lhs_species[i]], out);
    }
    fputs(" |", out);
    for (int32_t i = m->net_ptr[j]; i < m->net_ptr[j + 1]; i++) {
        fputs(m->net_delta[i] > 0 ? " +" : " ", out);
        print_real(out, m->net_delta[i]);
        fprintf(out, " %s", m->species_name[m->net_species[i]]);
    }
    if (m->law && m->law[j] >= 0) {
        fprintf(out, " | law e%d", (int)m->law[j]);
    }
    if (m->guard && m->guard[j]) {
        fprintf(out, " | guard %d", (int)m->guard[j]);
    }
    if (m->reaction_line[j]) {
        fprintf(out, " | line %d", (int)m->reaction_line[j]);
    }
    if (m->reaction_origin && m->reaction_origin[j]) {
        fprintf(out, " | %s", m->reaction_origin[j]);
    }
    fputc('\n', out);
}

static void print_reactions(FILE *out, const struct crnl_model *m)
{
    fprintf(out, "reactions %d\n", (int)m->n_reactions);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        print_reaction(out, m, j);
    }
    for (int32_t j = 0; m->dep_ptr && j < m->n_reactions; j++) {
        fprintf(out, "%s  %d ->", j ? "" : "dependencies\n", (int)j);
        for (int32_t i = m->dep_ptr[j]; i < m->dep_ptr[j + 1]; i++) {
            fprintf(out, " %d", (int)m->dep_reaction[i]);
        }
        fputc('\n', out);
    }
    for (int32_t j = 0; m->grad_ptr && j < m->n_reactions; j++) {
        for (int32_t i = m->grad_ptr[j]; i < m->grad_ptr[j + 1]; i++) {
            fprintf(out, "gradient of reaction %d by %s: e%d\n", (int)j, m->species_name[m->grad_species[i]],
                    (int)m->grad_expr[i]);
        }
    }
}

static void print_sums(FILE *out, const struct crnl_model *m)
{
    if (m->n_sums) {
        fprintf(out, "conserved sums %d\n", (int)m->n_sums);
    }
    for (int32_t i = 0; i < m->n_sums; i++) {
        for (int32_t k = m->sum_ptr[i]; k < m->sum_ptr[i + 1]; k++) {
            double count = m->sum_count[k];
            fputs(k == m->sum_ptr[i] ? count < 0 ? "  -" : "  " : count < 0 ? " - " : " + ", out);
            if (fabs(count) != 1) {
                print_real(out, fabs(count));
                fputc(' ', out);
            }
            fputs(m->species_name[m->sum_species[k]], out);
        }
        fputc('\n', out);
    }
}

static void print_jacobian(FILE *out, const struct crnl_model *m)
{
    if (!m->jac_col) {
        return;
    }
    fprintf(out, "jacobian %d entries\n", (int)m->jac_nnz);
    for (int32_t r = 0; r < m->n_species; r++) {
        fprintf(out, "  by %s:", m->species_name[r]);
        for (int32_t i = m->jac_col[r]; i < m->jac_col[r + 1]; i++) {
            fprintf(out, " %s", m->species_name[m->jac_row[i]]);
        }
        fputc('\n', out);
    }
}

static void print_exprs(FILE *out, const struct plan *p)
{
    if (p->model.n_exprs) {
        fprintf(out, "expressions %d\n", (int)p->model.n_exprs);
    }
    for (int32_t i = 0; i < p->model.n_exprs; i++) {
        fprintf(out, "  e%d = ", (int)i);
        expr_print(out, p->net->ex, p->expr[i], leaf_name, (void *)(uintptr_t)p);
        fputc('\n', out);
    }
}

static void print_tape(FILE *out, const char *name, const struct crnl_tape *t)
{
    fprintf(out, "tape %s: %d instructions, %d registers\n", name, (int)t->n_code, (int)t->n_registers);
    for (int32_t i = 0; i < t->n_code; i++) {
        const struct crnl_tape_code *c = &t->code[i];
        if (c->op == CRNL_TAPE_OUT) {
            fprintf(out, "  out %d = r%d\n", (int)c->dst, (int)c->a);
            continue;
        }
        fprintf(out, "  r%d = %s", (int)c->dst, tape_names[c->op]);
        if (c->op == CRNL_TAPE_CONST) {
            fputc(' ', out);
            print_real(out, t->constant[c->a]);
        } else if (tape_arity[c->op] == 0) {
            fprintf(out, " %d", (int)c->a);
        } else {
            fprintf(out, " r%d", (int)c->a);
        }
        if (tape_arity[c->op] == 2) {
            fprintf(out, " r%d", (int)c->b);
        }
        fputc('\n', out);
    }
}

static void print_wanted(FILE *out, const struct plan *p)
{
    const struct crnl_model *m = &p->model;
    for (size_t i = 0; i < p->net->observed.n; i++) {
        fprintf(out, "observed %zu: ", i);
        print_elem(out, m, &p->observed[i]);
        fputc('\n', out);
    }
    for (int32_t i = 0; i < m->n_trace; i++) {
        fprintf(out, "trace %s: ", m->trace_name[i]);
        print_elem(out, m, &m->trace[i]);
        fputc('\n', out);
    }
    for (int32_t i = 0; i < m->n_stats; i++) {
        fprintf(out, "%s:", stat_names[m->stat[i].kind]);
        for (int32_t k = 0; k < m->stat[i].n_elems; k++) {
            fputs(k ? ", " : " ", out);
            print_elem(out, m, &m->stat[i].elem[k]);
        }
        fputc('\n', out);
    }
    for (int32_t i = 0; i < m->n_assumes; i++) {
        fprintf(out, "assume e%d\n", (int)m->assume[i]);
    }
}

static void print_events(FILE *out, const struct crnl_model *m)
{
    static const char *const kinds[] = {"at", "every", "when"};
    for (int32_t i = 0; i < m->n_phases; i++) {
        fprintf(out, "phase %d: guard %d\n", (int)i, (int)m->phase_guard[i]);
    }
    for (int32_t i = 0; i < m->n_events; i++) {
        const struct crnl_event *e = &m->event[i];
        fprintf(out, "event %s", kinds[e->kind]);
        if (e->kind == CRNL_EVENT_WHEN) {
            fprintf(out, " e%d%s", (int)e->when, e->reads_time ? " in time" : "");
        }
        for (int32_t c = e->first; c < e->first + e->n; c++) {
            fprintf(out, "%s %s = e%d", c > e->first ? "," : ":", m->species_name[m->change_species[c]],
                    (int)m->change_expr[c]);
        }
        fputc('\n', out);
    }
}

static void print_limit(FILE *out, const struct crnl_model *m)
{
    if (m->limit_refusal) {
        fprintf(out, "no limit: %s\n", m->limit_refusal);
    }
    if (m->limit_order) {
        fputs("limit order:", out);
        for (int32_t j = 0; j < m->n_reactions; j++) {
            fprintf(out, " %d", (int)m->limit_order[j]);
        }
        fputc('\n', out);
    }
}

static void print_lockstep(FILE *out, const struct plan *p, const struct crnl_kernel *kernel)
{
    const char *refusal =
        kernel->is_walked ? crnl_lockstep_refusal(&p->model, p->in_lockstep) : "the kernel draws otherwise";
    fprintf(out, "ensembles: %s%s\n",
            refusal ? "one run after the other: " : "in lockstep, a run in each lane of vectors",
            refusal ? refusal : "");
}

static void print_gpu(FILE *out, const struct plan *p)
{
    const char *refusal = p->model.gpu_refusal;
    fprintf(out, "graphics processor: %s%s\n", refusal ? "no code: " : "a run in each thread",
            refusal ? refusal : "");
}

static void print_linear(FILE *out, const struct plan *p)
{
    struct crnl_linear_choice choice;
    char text[700];
    plan_choose_linear(p, &choice);
    crnl_linear_tell(&choice, choice.cheapest, text, sizeof text);
    fprintf(out, "linear equations: %s\n", text);
    struct crnl_stiff_choice stiff;
    crnl_stiff_choose(&stiff, &p->model);
    crnl_stiff_tell(&stiff, text, sizeof text);
    fprintf(out, "stiff steps: %s\n", text);
}

static void print_kernels(FILE *out, const struct plan *p)
{
    for (int slot = 0; slot < CRNL_SLOT_COUNT; slot++) {
        struct crnl_kernel_choice choice;
        char text[500];
        if (!plan_choose(p, (enum crnl_slot)slot, &choice)) {
            continue;
        }
        crnl_kernel_tell(&choice, choice.kernel, text, sizeof text);
        fprintf(out, "kernel %s: %s\n", crnl_slot_info[slot].name, text);
        if (slot == CRNL_SLOT_SSA) {
            print_lockstep(out, p, choice.kernel);
            if (p->use->on_gpu) {
                print_gpu(out, p);
            }
        } else if (p->use->needs & CRNL_NEEDS_JACOBIAN) {
            print_linear(out, p);
        }
    }
}

void plan_print(FILE *out, const struct plan *p)
{
    const struct crnl_model *m = &p->model;
    fprintf(out, "plan %s\n", m->name);
    print_kernels(out, p);
    print_species(out, m);
    print_reactions(out, m);
    print_sums(out, m);
    print_jacobian(out, m);
    print_exprs(out, p);
    print_wanted(out, p);
    print_limit(out, m);
    print_tape(out, "defaults", &m->defaults);
    print_tape(out, "init", &m->init);
    print_tape(out, "rate", &m->rate);
    if (m->n_events + m->n_phases > 0) {
        print_events(out, m);
        print_tape(out, "schedule", &m->schedule);
    }
    if (m->n_turns > 0) {
        fprintf(out, "turns %d, jumps %d, amounts", (int)m->n_turns, (int)m->n_jumps);
        for (int32_t i = 0; i < m->n_turn_species; i++) {
            fprintf(out, " %s", m->species_name[m->turn_species[i]]);
        }
        fputc('\n', out);
        print_tape(out, "turn", &m->turn);
    }
    for (int32_t i = 0; i < m->n_delays; i++) {
        fprintf(out, "past %s: $x%d, lag $x%d%s, before $x%d\n", m->species_name[m->delay_species[i]],
                (int)m->delay_value[i], (int)m->delay_lag[i], m->delay_fixed[i] ? " fixed" : "",
                (int)m->delay_before[i]);
    }
    if (m->n_surfaces > 0) {
        fprintf(out, "surfaces %d, amounts", (int)m->n_surfaces);
        for (int32_t i = 0; i < m->n_surface_reads; i++) {
            fprintf(out, " %s", m->species_name[m->surface_reads[i]]);
        }
        fputc('\n', out);
        print_tape(out, "surface", &m->surface);
    }
    if (m->n_poles > 0) {
        fprintf(out, "poles %d, amounts", (int)m->n_poles);
        for (int32_t i = 0; i < m->n_pole_reads; i++) {
            fprintf(out, " %s", m->species_name[m->pole_reads[i]]);
        }
        fputc('\n', out);
        print_tape(out, "pole", &m->pole);
    }
}
