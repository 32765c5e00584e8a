/* Histograms. Bins of whole numbers are one or more whole numbers wide; bins of other values have the width
 * of Freedman and Diaconis (1981). Bins without values are drawn as empty. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_plot.h"

enum { MOST_BINS = 150, MOST_CELLS = 500 }; /* bins of a histogram; bins per side for two quantities */

/* Values with weights that add up to 1, of one quantity or of two. */
struct sample {
    double *v[2], *weight;
    int64_t n;
    int quantities;
    bool is_counted; /* over runs, not over time */
};

struct bins {
    double low, width;
    int32_t n;
    bool is_whole; /* bins of whole numbers */
};

static void add(struct sample *s, double v, double w, double weight)
{
    if ((s->n & (s->n + 1)) == 0) {
        size_t room = 2 * (size_t)s->n + 1;
        for (int d = 0; d < 2; d++) {
            s->v[d] = rt_resize(s->v[d], room, sizeof *s->v[d]);
        }
        s->weight = rt_resize(s->weight, room, sizeof *s->weight);
    }
    s->v[0][s->n] = v;
    s->v[1][s->n] = w;
    s->weight[s->n++] = weight;
}

static struct sample collect(const struct rt_result *r, const struct crnl_stat_request *q,
                             const struct rt_stat *t, struct rt_left_out *out)
{
    struct sample s = {.quantities = q->n_elems, .is_counted = q->kind == CRNL_RUN_HISTOGRAM};
    for (int64_t i = 0; s.is_counted && i < r->runs; i++) {
        const double *v = t->value + i * q->n_elems;
        double w = q->n_elems > 1 ? v[1] : 0;
        out->of++;
        if (isfinite(v[0]) && isfinite(w)) {
            add(&s, v[0], w, r->weight ? r->weight[i] : 1 / (double)r->runs);
        } else {
            out->no_number++;
        }
    }
    for (size_t i = 0; !s.is_counted && i < t->histogram.cap; i++) {
        if (t->histogram.weight[i] > 0) {
            add(&s, (double)(t->histogram.key[i] >> 32), (double)(int32_t)(uint32_t)t->histogram.key[i],
                t->histogram.weight[i] / t->histogram.total);
        }
    }
    return s;
}

static void free_sample(struct sample *s)
{
    free(s->v[0]);
    free(s->v[1]);
    free(s->weight);
}

/* 2 IQR n^(-1/3) */
static double width_by_quartiles(const struct sample *s, int d)
{
    double *v = rt_alloc((size_t)s->n, sizeof *v);
    memcpy(v, s->v[d], (size_t)s->n * sizeof *v);
    double high = rt_quantile(v, s->n, 0.75), low = rt_quantile(v, s->n, 0.25);
    free(v);
    return 2 * (high - low) / cbrt((double)s->n);
}

static struct bins choose(const struct sample *s, int d, int32_t most)
{
    double low = INFINITY, high = -INFINITY;
    struct bins b = {.is_whole = true};
    for (int64_t i = 0; i < s->n; i++) {
        low = fmin(low, s->v[d][i]);
        high = fmax(high, s->v[d][i]);
        b.is_whole &= s->v[d][i] == floor(s->v[d][i]);
    }
    b.width = s->is_counted ? width_by_quartiles(s, d) : 0;
    b.width = fmax(b.width, (high - low) / most);
    if (b.is_whole) {
        b.width = fmax(1, floor(b.width));
        b.width += (high - low + 1) / b.width > most + 1; /* the width was rounded down */
        b.low = low - 0.5;
        b.n = (int32_t)ceil((high - low + 1) / b.width);
        return b;
    }
    b.width = b.width > 0 ? b.width : fmax(1e-9 * fabs(high), 1e-300);
    b.n = (int32_t)ceil((high - low) / b.width) + 1;
    b.low = (low + high - b.n * b.width) / 2;
    return b;
}

static int32_t place(const struct bins *b, double v)
{
    double i = floor((v - b->low) / b->width);
    return i < 0 ? 0 : i >= b->n ? b->n - 1 : (int32_t)i;
}

/* What a bin's height means, in words. */
static const char *share(const struct rt_result *r, const struct crnl_stat_request *q)
{
    return rt_method_is(r->method, CRNL_LAW) ? "probability"
           : q->kind == CRNL_RUN_HISTOGRAM   ? "share of runs"
                                             : "share of time";
}

static void say_share(struct rt_axis *a, const char *what, const struct bins *b)
{
    struct rt_buffer text = {0};
    rt_put(&text, what);
    if (!b->is_whole || b->width > 1) {
        rt_putf(&text, ", bins of %.3g", b->width);
    }
    rt_axis_say(a, NULL, text.data, NULL);
    rt_buffer_free(&text);
}

static void plot_one(struct rt_plot *p, const struct crnl_curve_spec *c, const struct sample *s,
                     const char *what)
{
    struct rt_panel *panel = rt_plot_panel(p);
    struct bins b = choose(s, 0, MOST_BINS);
    double *weight = rt_alloc((size_t)b.n, sizeof *weight);
    for (int64_t i = 0; i < s->n; i++) {
        weight[place(&b, s->v[0][i])] += s->weight[i];
    }
    /* including an empty bin at both ends, which for amounts begins at 0 */
    for (int32_t i = -1; i <= b.n; i++) {
        double at = b.low + i * b.width, height = i >= 0 && i < b.n ? weight[i] : 0;
        at = c->is_amount && i < 0 ? fmax(at, fmin(b.low, b.is_whole ? -0.5 : 0)) : at;
        rt_plot_row(p, (double[]){at, height}, 2);
        rt_axis_take(&panel->axis[RT_AXIS_X], at);
        rt_axis_take(&panel->axis[RT_AXIS_Y], height);
    }
    free(weight);
    const char *name = panel->next.label ? panel->next.label : c->label;
    say_share(&panel->axis[RT_AXIS_Y], what, &b);
    rt_axis_say(&panel->axis[RT_AXIS_X], c->quantity, c->x_label, c->unit);
    panel->axis[RT_AXIS_X].is_rough = true;
    panel->axis[RT_AXIS_X].is_whole = b.is_whole;
    rt_plot_clause(p);
    rt_putf(&panel->clauses, "using 1:2 with fillsteps fs transparent solid 0.25 lc rgb '%s' notitle",
            rt_plot_colour(panel->n_curves));
    rt_plot_clause(p);
    rt_putf(&panel->clauses, "using 1:2 with steps lw %.3g", 1.2 * panel->next.width);
    rt_plot_end_clause(p, name);
}

static void plot_two(struct rt_plot *p, const struct crnl_curve_spec *c, const struct sample *s,
                     const char *what)
{
    struct rt_panel *panel = rt_plot_panel(p);
    struct bins b[2] = {choose(s, 0, MOST_CELLS), choose(s, 1, MOST_CELLS)};
    double *edge[2], *weight = rt_alloc((size_t)b[0].n * (size_t)b[1].n, sizeof *weight);
    for (int64_t i = 0; i < s->n; i++) {
        weight[(size_t)place(&b[0], s->v[0][i]) * (size_t)b[1].n + (size_t)place(&b[1], s->v[1][i])] +=
            s->weight[i];
    }
    for (int d = 0; d < 2; d++) {
        edge[d] = rt_alloc((size_t)b[d].n + 1, sizeof *edge[d]);
        for (int32_t i = 0; i <= b[d].n; i++) {
            edge[d][i] = b[d].low + i * b[d].width;
        }
        panel->axis[d].is_whole = b[d].is_whole;
    }
    panel->axis[RT_AXIS_COLOUR].has_blanks = panel->axis[RT_AXIS_COLOUR].is_log;
    rt_plot_cells(p, weight, b[0].n, b[1].n, edge[0], edge[1], NULL, NULL);
    say_share(&panel->axis[RT_AXIS_COLOUR], what, &b[0]);
    rt_axis_say(&panel->axis[RT_AXIS_X], NULL, c->x_label, c->unit);
    rt_axis_say(&panel->axis[RT_AXIS_Y], NULL, c->y_label, c->unit);
    free(edge[0]);
    free(edge[1]);
    free(weight);
}

int rt_plot_histogram(struct crnl_ctx *ctx, const struct crnl_curve_spec *c)
{
    struct rt_plot *p = ctx->plot;
    const struct rt_network *n = rt_network(ctx, c->net);
    const struct crnl_stat_request *q = &n->m->stat[c->index];
    struct rt_left_out out = {0};
    struct sample s = {0};
    if (n->result) {
        s = collect(n->result, q, &n->result->stat[c->index], &out);
    }
    if (s.n == 0) {
        free_sample(&s);
        return crnl_fail(ctx, CRNL_NO_RUN, p->line,
                         out.of ? "the values of `%s` are not finite numbers: there is no histogram"
                                : "`%s` has not run yet: there is no histogram",
                         n->m->name);
    }
    rt_plot_block(p, c->label);
    (s.quantities > 1 ? plot_two : plot_one)(p, c, &s, share(n->result, q));
    free_sample(&s);
    rt_plot_tell(ctx, c->label, &out);
    return CRNL_OK;
}
