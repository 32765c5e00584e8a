/* gradient(e, of = net.k): what a network keeps of its last run, and the way from cotangents of its results
 * to derivatives by the inputs of the run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_events.h"
#include "rt_gradient.h"
#include "rt_meeting.h"

static struct rt_gradients *gradients(struct rt_network *n)
{
    const struct crnl_model *m = n->m;
    if (!n->gradients) {
        struct rt_gradients *g = n->gradients = rt_alloc(1, sizeof *g);
        g->param_fixed = rt_alloc((size_t)m->n_params, 1);
        g->x0_fixed = rt_alloc((size_t)m->n_species, 1);
        g->param = rt_alloc((size_t)m->n_params, sizeof *g->param);
        g->x0 = rt_alloc((size_t)m->n_species, sizeof *g->x0);
    }
    return n->gradients;
}

static void free_cotangents(struct rt_cotangents *c)
{
    for (int32_t i = 0; i < c->n; i++) {
        free(c->item[i].v);
    }
    free(c->item);
    *c = (struct rt_cotangents){0};
}

void rt_gradient_forget(struct rt_network *n)
{
    struct rt_gradients *g = n->gradients;
    for (int64_t i = 0; g && i < g->n_kept; i++) {
        if (g->kept[i].run) {
            rt_running_free(g->kept[i].run);
            free(g->kept[i].run);
        }
        free(g->kept[i].spec);
        free(g->kept[i].capture);
        free(g->kept[i].memory);
    }
    if (g) {
        g->n_kept = 0;
        g->is_done = g->is_asked = false;
    }
}

void rt_gradient_free(struct rt_gradients *g)
{
    if (g) {
        free_cotangents(&g->next);
        free_cotangents(&g->done);
        free(g->kept);
        free(g->param_fixed);
        free(g->x0_fixed);
        free(g->param);
        free(g->x0);
        free(g->global);
        free(g);
    }
}

void rt_gradient_note_given(struct rt_network *n, const struct crnl_run_spec *spec)
{
    if (!n->m->has_gradient) {
        return;
    }
    struct rt_gradients *g = gradients(n);
    for (int32_t i = 0; i < n->m->n_params; i++) {
        g->param_fixed[i] =
            (n->param_set.any && n->param_set.set[i]) || (n->param_with.any && n->param_with.set[i]);
    }
    for (int32_t i = 0; i < n->m->n_species; i++) {
        g->x0_fixed[i] = spec->resume || (n->amount_with.any && n->amount_with.set[i]);
    }
}

void rt_gradient_note_run(const struct crnl_ctx *ctx, const struct rt_network *n, struct rt_running *run,
                          int64_t n_rows)
{
    const struct rt_backwards *way = run->job.spec->method->backwards;
    bool tried = ctx->trial != NULL;
    bool sure = tried ? rt_trial_wants_gradient(ctx->trial) : n->gradients && n->gradients->is_asked;
    if (n->m->has_gradient && way && !run->error.status && (sure || !tried)) {
        run->job.course = way->note(&run->job, n_rows, sure);
    }
}

void rt_gradient_keep(struct rt_network *n, struct rt_running *run, int64_t row, bool has_rows)
{
    struct rt_gradients *g = gradients(n);
    while (g->n_kept <= row) {
        RT_GROW(g->kept, g->n_kept, g->cap_kept);
        g->kept[g->n_kept++] = (struct rt_kept_run){0};
    }
    struct rt_kept_run *k = &g->kept[row];
    struct rt_job *job = &run->job;
    *k = (struct rt_kept_run){.run = run};
    k->spec = rt_copy(job->spec, 1, sizeof *k->spec);
    job->spec = k->spec;
    job->limit = NULL;
    job->past = NULL; /* networks with delays have no gradients */
    g->has_rows = has_rows;
    g->is_done = false;
    if (k->spec->n_captures > 0 && job->capture) {
        k->capture = rt_copy(job->capture, (size_t)k->spec->n_captures, sizeof *k->capture);
    }
    if (job->memory) {
        k->memory = rt_copy(job->memory, rt_memory_size(job->m), sizeof *k->memory);
    }
    job->capture = k->capture;
    job->memory = k->memory;
}

int crnl_cotangent(struct crnl_ctx *ctx, int32_t net, int32_t what, int32_t n, const double *v, int32_t line)
{
    (void)line;
    struct rt_gradients *g = gradients(rt_network(ctx, net));
    RT_GROW(g->next.item, g->next.n, g->next.cap);
    g->next.item[g->next.n++] = (struct rt_cotangent){what, n, rt_copy(v, (size_t)n, sizeof *v)};
    return CRNL_OK;
}

static bool same_cotangents(const struct rt_cotangents *a, const struct rt_cotangents *b)
{
    bool same = a->n == b->n;
    for (int32_t i = 0; i < a->n && same; i++) {
        same = a->item[i].what == b->item[i].what && a->item[i].n == b->item[i].n &&
               memcmp(a->item[i].v, b->item[i].v, (size_t)a->item[i].n * sizeof *a->item[i].v) == 0;
    }
    return same;
}

static bool is_param_symbol(const struct crnl_model *m, int32_t what)
{
    return what <= CRNL_COTANGENT_SYMBOL && m->symbol[CRNL_COTANGENT_SYMBOL - what].kind == CRNL_ELEM_PARAM;
}

/* Whether a run is needed: results that are parameters need none. */
static bool needs_run(const struct crnl_model *m, const struct rt_cotangents *c)
{
    for (int32_t i = 0; i < c->n; i++) {
        if (!is_param_symbol(m, c->item[i].what)) {
            return true;
        }
    }
    return false;
}

static void add_read_params(const struct crnl_model *m, const struct rt_cotangents *c, double *param)
{
    for (int32_t i = 0; i < c->n; i++) {
        const struct rt_cotangent *of = &c->item[i];
        for (int64_t k = 0; of->what <= CRNL_COTANGENT_SYMBOL && k < of->n; k++) {
            const struct crnl_elem *e = &m->elem[m->symbol[CRNL_COTANGENT_SYMBOL - of->what].first + k];
            if (e->kind == CRNL_ELEM_PARAM) {
                param[e->a] += of->v[k];
            }
        }
    }
}

static int check_run(const struct rt_network *n, const struct rt_gradients *g, struct rt_error *e)
{
    if (g->n_kept == 0) {
        return rt_fail(e, CRNL_NO_RUN, "`%s` has no run whose derivative could be taken", n->m->name);
    }
    for (int64_t i = 0; i < g->n_kept; i++) {
        const struct rt_running *r = g->kept[i].run;
        if (!r) {
            return rt_fail(e, CRNL_NO_RUN, "row %lld of the run of `%s` failed: there is no derivative",
                           (long long)i, n->m->name);
        }
        if (!r->job.spec->method->backwards) {
            return rt_fail(e, CRNL_NO_RUN,
                           "the last run of `%s` was by `%s`, which has no derivative\n"
                           "  help: run it by ode",
                           n->m->name, rt_method_info(r->job.spec->method)->name);
        }
    }
    return CRNL_OK;
}

/* The parameters that the tapes read: those of the run or, without a run, the current ones. */
static double *tape_params(struct crnl_ctx *ctx, struct rt_network *n, const struct rt_gradients *g)
{
    if (g->n_kept > 0 && g->kept[0].run) {
        return rt_copy(g->kept[0].run->job.param, (size_t)n->m->n_params, sizeof(double));
    }
    double *param = rt_alloc((size_t)n->m->n_params, sizeof *param);
    rt_network_params(ctx, n, false, param);
    return param;
}

static double distance(double most, int32_t n, const double *x, const double *y)
{
    for (int32_t i = 0; i < n; i++) {
        most = x[i] - y[i] == 0               ? most
               : x[i] == x[i] && y[i] == y[i] ? fmax(most, fabs(x[i] - y[i]))
                                              : INFINITY;
    }
    return most;
}

static double largest(double most, int32_t n, const double *x)
{
    for (int32_t i = 0; i < n; i++) {
        most = fmax(most, fabs(x[i]));
    }
    return most;
}

/* Prints to standard error the derivatives by differences of repeated runs, before the tapes, for
 * comparison. */
static void compare(const struct crnl_ctx *ctx, const struct rt_network *n, const struct rt_gradients *g)
{
    const struct crnl_model *m = n->m;
    struct rt_error e = {0};
    struct rt_partial by = {.param = rt_alloc((size_t)m->n_params, sizeof *by.param),
                            .x0 = rt_alloc((size_t)m->n_species, sizeof *by.x0)};
    for (int64_t i = 0; i < g->n_kept && !e.status; i++) {
        rt_gradient_differences(&g->kept[i], &g->done, i, g->n_kept, &by, &e);
    }
    if (e.status) {
        crnl_say(stderr, "derivative of `%s`: no differences: %s\n", m->name, e.text.data);
    } else {
        double most = largest(largest(0, m->n_params, by.param), m->n_species, by.x0);
        double off = distance(distance(0, m->n_params, by.param, g->param), m->n_species, by.x0, g->x0);
        crnl_say(stderr, "derivative of `%s`: differences are off by %.2g of the largest, %.6g\n", m->name,
                 most > 0 ? off / most : off, most);
        for (int32_t i = 0; ctx->options.verbose && i < m->n_params; i++) {
            crnl_say(stderr, "  by %s %.12g, by differences %.12g\n", m->param_name[i], g->param[i],
                     by.param[i]);
        }
        for (int32_t i = 0; ctx->options.verbose && i < m->n_species; i++) {
            crnl_say(stderr, "  by initial %s %.12g, by differences %.12g\n", m->species_name[i], g->x0[i],
                     by.x0[i]);
        }
    }
    rt_error_free(&e);
    free(by.param);
    free(by.x0);
}

int rt_gradient_run(const struct rt_kept_run *run, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                    struct rt_partial *to, struct rt_error *e)
{
    const struct rt_job *job = &run->run->job;
    const struct crnl_model *m = job->m;
    struct rt_partial own = *to;
    own.k = rt_alloc((size_t)m->n_reactions, sizeof *own.k);
    own.schedule = rt_alloc((size_t)(m->n_phases + m->n_events), sizeof *own.schedule);
    if (!job->spec->method->backwards->run(job, c, row, n_rows, &own, e)) {
        double *param = (double *)(uintptr_t)job->param;
        rt_tape_reverse(&m->rate, job->ctx->global, param, NULL, own.k, own.param, NULL);
        rt_tape_reverse(&m->schedule, job->ctx->global, param, NULL, own.schedule, own.param, NULL);
    }
    free(own.k);
    free(own.schedule);
    return e->status;
}

/* Rows that go back. Each has numbers of its own, which are added in their order, so that the sums do not
 * depend on how many rows meet. */
struct backward {
    const struct rt_gradients *g;
    int64_t next, end; /* rows that are next */
    struct rt_partial *to;
    struct rt_error *error;
};

enum { ROWS_AT_ONCE = 4 * CRNL_LANES };

static void go_back(void *env, struct rt_meeting *meeting)
{
    struct backward *b = env;
    while (b->next < b->end) {
        int64_t row = b->next++, at = row % ROWS_AT_ONCE;
        struct rt_job *job = &b->g->kept[row].run->job;
        job->meeting = meeting ? meeting : job->meeting;
        rt_gradient_run(&b->g->kept[row], &b->g->done, row, b->g->n_kept, &b->to[at], &b->error[at]);
        job->meeting = meeting ? NULL : job->meeting;
    }
}

static void add(double *to, const double *x, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        to[i] += x[i];
    }
}

/* The rows first .. first + n, at most ROWS_AT_ONCE. */
static void run_rows(const struct rt_gradients *g, const struct crnl_model *m, int64_t first, int n,
                     struct rt_partial *to, struct rt_error *e)
{
    struct rt_partial own[ROWS_AT_ONCE] = {0};
    struct rt_error error[ROWS_AT_ONCE] = {0};
    struct backward b = {g, first, first + n, own, error};
    for (int i = 0; i < n; i++) {
        own[i].param = rt_alloc((size_t)m->n_params, sizeof(double));
        own[i].x0 = rt_alloc((size_t)m->n_species, sizeof(double));
    }
    const struct rt_backwards *way = g->kept[first].run->job.spec->method->backwards;
    bool meets = way->meets && way->meets(m);
    rt_meeting_run(!meets ? 1 : n < CRNL_LANES ? n : CRNL_LANES, go_back, &b);
    for (int i = 0; i < n; i++) {
        add(to->param, own[i].param, m->n_params);
        add(to->x0, own[i].x0, m->n_species);
        if (error[i].status && !e->status) {
            *e = error[i];
        } else {
            rt_error_free(&error[i]);
        }
        free(own[i].param);
        free(own[i].x0);
    }
}

static int compute(struct crnl_ctx *ctx, struct rt_network *n, struct rt_gradients *g, struct rt_error *e)
{
    const struct crnl_model *m = n->m;
    size_t params = (size_t)m->n_params;
    memset(g->param, 0, params * sizeof *g->param);
    memset(g->x0, 0, (size_t)m->n_species * sizeof *g->x0);
    struct rt_partial to = {.param = g->param, .x0 = g->x0};
    if (needs_run(m, &g->done)) {
        g->is_asked = true;
        check_run(n, g, e);
        for (int64_t i = 0; i < g->n_kept && !e->status; i += ROWS_AT_ONCE) {
            int64_t left = g->n_kept - i;
            run_rows(g, m, i, left < ROWS_AT_ONCE ? (int)left : ROWS_AT_ONCE, &to, e);
        }
        if (ctx->options.check_gradients && !e->status) {
            compare(ctx, n, g);
        }
    }
    add_read_params(m, &g->done, g->param);
    free(g->global);
    g->global = rt_alloc(rt_count_numbers(ctx->program), sizeof *g->global);
    double *param = tape_params(ctx, n, g);
    rt_tape_reverse(&m->init, ctx->global, param, g->x0_fixed, g->x0, g->param, NULL);
    rt_tape_reverse(&m->defaults, ctx->global, param, g->param_fixed, g->param, g->param, g->global);
    free(param);
    return e->status;
}

/* The derivative by an element. A dual value is split by its sign, so only one of its rails changes with
 * it. */
static double by_element(const struct rt_network *n, const struct rt_gradients *g, const struct crnl_elem *e)
{
    switch (e->kind) {
    case CRNL_ELEM_PARAM: return g->param[e->a];
    case CRNL_ELEM_SPECIES: return g->x0[e->a];
    case CRNL_ELEM_DUAL: {
        const double *x0 = g->n_kept > 0 && g->kept[0].run ? g->kept[0].run->job.x0 : n->x;
        return x0[e->b] > x0[e->a] ? -g->x0[e->b] : g->x0[e->a];
    }
    default: return 0;
    }
}

int crnl_gradient(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t n, double *out, int32_t line)
{
    struct rt_network *network = rt_network(ctx, net);
    const struct crnl_model *m = network->m;
    struct rt_gradients *g = gradients(network);
    struct rt_error e = {0};
    if (!g->is_done || !same_cotangents(&g->next, &g->done)) {
        free_cotangents(&g->done);
        g->done = g->next;
        g->next = (struct rt_cotangents){0};
        g->is_done = compute(ctx, network, g, &e) == CRNL_OK;
    }
    free_cotangents(&g->next);
    for (int32_t i = 0; i < n && symbol >= 0 && !e.status; i++) {
        out[i] = by_element(network, g, &m->elem[m->symbol[symbol].first + i]);
    }
    if (symbol < 0 && !e.status) {
        out[0] = g->global[-1 - symbol];
    }
    return rt_fail_at(ctx, line, &e);
}
