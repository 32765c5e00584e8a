/* `plot`: curves are collected between begin and end as blocks of a data file and clauses of a gnuplot
 * script; both stay beside the picture, so that it can be drawn again or changed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_gnuplot.h"
#include "runtime/rt_ctx.h"

enum { LARGEST_MAP = 1500 }; /* cells a side of a heat map; beyond, cells take several counts */

struct rt_plot {
    char *path, *title;
    int32_t line;
    int32_t n_curves, n_blocks;
    bool heat_map, has_point; /* a point of a curve that is of numbers */
    const char *x_label, *y_label, *colour_label;
    char *map_label[2];
    struct rt_buffer data, clauses;
};

void rt_plot_free(struct crnl_ctx *ctx)
{
    struct rt_plot *p = ctx->plot;
    if (p) {
        free(p->path);
        free(p->title);
        free(p->map_label[0]);
        free(p->map_label[1]);
        rt_buffer_free(&p->data);
        rt_buffer_free(&p->clauses);
        free(p);
        ctx->plot = NULL;
    }
}

int crnl_plot_begin(struct crnl_ctx *ctx, const char *file, const char *title, int32_t line)
{
    rt_plot_free(ctx);
    ctx->plot = rt_alloc(1, sizeof *ctx->plot);
    struct rt_error e = {0};
    ctx->plot->path = rt_output_path(ctx, file, &e);
    ctx->plot->title = title ? rt_strdup(title) : NULL;
    ctx->plot->line = line;
    return rt_fail_at(ctx, line, &e);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Colours that stay apart for colour-blind readers (Okabe, Ito 2008). */
static const char *colour(int32_t i)
{
    static const char *const list[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                       "#E69F00", "#56B4E9", "#000000"};
    return list[i % 7];
}

static void start_block(struct rt_plot *p, const char *comment)
{
    rt_put(&p->data, p->n_blocks++ > 0 ? "\n\n# " : "# ");
    for (; *comment; comment++) {
        rt_put_n(&p->data, (unsigned char)*comment < ' ' ? " " : comment, 1);
    }
    rt_put(&p->data, "\n");
}

static void start_clause(struct rt_plot *p)
{
    rt_put(&p->clauses, p->clauses.n ? ", \\\n     " : "plot ");
    rt_gnuplot_file(&p->clauses, base_name(p->path), ".dat");
    rt_putf(&p->clauses, " index %d ", p->n_blocks - 1);
}

static void end_clause(struct rt_plot *p, const char *label)
{
    rt_putf(&p->clauses, " lc rgb '%s' title ", colour(p->n_curves++));
    rt_gnuplot_text(&p->clauses, label);
}

static void label_axes(struct rt_plot *p, const char *x, const char *y)
{
    p->x_label = p->x_label ? p->x_label : x;
    p->y_label = p->y_label ? p->y_label : y;
}

static void put_row(struct rt_plot *p, const double *v, int n)
{
    p->has_point |= isfinite(v[0]) && isfinite(v[1]);
    for (int i = 0; i < n; i++) {
        rt_put(&p->data, i ? " " : "");
        rt_put_number(&p->data, v[i]);
    }
    rt_put(&p->data, "\n");
}

int crnl_plot_trace(struct crnl_ctx *ctx, int32_t net, int32_t trace, const char *label)
{
    struct rt_plot *p = ctx->plot;
    const struct rt_network *n = rt_network(ctx, net);
    const struct rt_result *r = n->result;
    if (!r || r->n_rows == 0) {
        return crnl_fail(ctx, CRNL_NO_RUN, p->line, "`%s` has not run yet: there is nothing to plot",
                         n->m->name);
    }
    label = label ? label : r->trace_name[trace];
    label_axes(p, "time", "amount");
    start_block(p, label);
    int width = r->band ? 1 + 2 * r->n_trace : 1 + r->n_trace, values = r->band ? 3 : 2;
    for (int64_t i = 0; i < r->n_rows; i++) {
        const double *row = r->row + i * width;
        double v[3] = {row[0], row[1 + (r->band ? 2 * trace : trace)], r->band ? row[2 + 2 * trace] : 0};
        put_row(p, v, values);
    }
    if (r->band) {
        start_clause(p);
        rt_putf(&p->clauses,
                "using 1:($2-$3):($2+$3) with filledcurves fs transparent solid 0.2 noborder lc rgb '%s' "
                "notitle",
                colour(p->n_curves));
    }
    start_clause(p);
    rt_put(&p->clauses, "using 1:2 with lines lw 2");
    struct rt_buffer name = {0};
    rt_putf(&name, "%s%s", label, r->band ? " (mean ± sd)" : "");
    end_clause(p, name.data);
    rt_buffer_free(&name);
    return CRNL_OK;
}

static int plot_values(struct rt_plot *p, const double *v, int64_t n, const char *label, const char *x_label)
{
    enum { FEW = 30 };
    label_axes(p, x_label, label);
    start_block(p, label);
    for (int64_t i = 0; i < n; i++) {
        put_row(p, (double[]){(double)i, v[i]}, 2);
    }
    start_clause(p);
    rt_putf(&p->clauses, "using 1:2 with %s lw 2", n <= FEW ? "linespoints pt 7 ps 0.6" : "lines");
    end_clause(p, label);
    return CRNL_OK;
}

int crnl_plot_series(struct crnl_ctx *ctx, int32_t record, const char *label)
{
    const struct rt_series *s = &ctx->record[record];
    label = label ? label : ctx->program->record[record];
    if (s->n == 0) {
        return crnl_fail(ctx, CRNL_NO_RUN, ctx->plot->line, "nothing has been recorded as `%s`", label);
    }
    return plot_values(ctx->plot, s->v, s->n, label, "step");
}

int crnl_plot_array(struct crnl_ctx *ctx, const double *v, int64_t n, const char *label)
{
    return plot_values(ctx->plot, v, n, label ? label : "value", "index");
}

int crnl_plot_against(struct crnl_ctx *ctx, const double *v, const double *x, int64_t n, int32_t points,
                      const char *label, const char *x_label)
{
    struct rt_plot *p = ctx->plot;
    label = label ? label : "value";
    label_axes(p, x_label, label);
    start_block(p, label);
    for (int64_t i = 0; i < n; i++) {
        if (isfinite(v[i]) && isfinite(x[i])) {
            put_row(p, (double[]){x[i], v[i]}, 2);
        } else if (!points) {
            rt_put(&p->data, "\n"); /* a gap */
        }
    }
    start_clause(p);
    rt_put(&p->clauses, points ? "using 1:2 with points pt 7 ps 0.6" : "using 1:2 with lines lw 2");
    end_clause(p, label);
    return CRNL_OK;
}

/* The bins of a histogram from its lowest to its highest count. */
struct bins {
    int64_t low[2], high[2];
    int64_t cell; /* counts a side that one cell takes */
    double *weight;
};

static void add_point(struct bins *b, int64_t i, int64_t j, double weight, bool fill)
{
    int64_t at[2] = {i, j};
    if (!fill) {
        for (int d = 0; d < 2; d++) {
            b->low[d] = at[d] < b->low[d] ? at[d] : b->low[d];
            b->high[d] = at[d] > b->high[d] ? at[d] : b->high[d];
        }
        return;
    }
    int64_t columns = (b->high[1] - b->low[1]) / b->cell + 1;
    b->weight[(i - b->low[0]) / b->cell * columns + (j - b->low[1]) / b->cell] += weight;
}

static void visit(struct bins *b, const struct rt_result *r, const struct crnl_stat_request *q,
                  const struct rt_stat *s, bool fill)
{
    bool joint = q->n_elems > 1;
    for (int64_t i = 0; q->kind == CRNL_RUN_HISTOGRAM && i < r->runs; i++) {
        const double *v = s->value + i * q->n_elems;
        add_point(b, (int64_t)floor(v[0] + 0.5), joint ? (int64_t)floor(v[1] + 0.5) : 0, 1 / (double)r->runs,
                  fill);
    }
    for (size_t i = 0; q->kind == CRNL_TIME_HISTOGRAM && i < s->histogram.cap; i++) {
        if (s->histogram.weight[i] > 0) {
            add_point(b, s->histogram.key[i] >> 32, (int32_t)(uint32_t)s->histogram.key[i],
                      s->histogram.weight[i] / s->histogram.total, fill);
        }
    }
}

static void plot_steps(struct rt_plot *p, const struct bins *b, const char *label)
{
    label_axes(p, label, "probability");
    for (int64_t i = b->low[0] - b->cell; i <= b->high[0] + b->cell; i += b->cell) {
        bool inside = i >= b->low[0] && i <= b->high[0];
        put_row(p, (double[]){(double)i - 0.5, inside ? b->weight[(i - b->low[0]) / b->cell] : 0}, 2);
    }
    start_clause(p);
    rt_putf(&p->clauses, "using 1:2 with fillsteps fs transparent solid 0.2 lc rgb '%s' notitle",
            colour(p->n_curves));
    start_clause(p);
    rt_put(&p->clauses, "using 1:2 with steps lw 2");
    end_clause(p, label);
}

static void end_map(struct rt_plot *p, const char *x_label, const char *y_label)
{
    p->heat_map = true;
    free(p->map_label[0]);
    free(p->map_label[1]);
    p->map_label[0] = rt_strdup(x_label);
    p->map_label[1] = rt_strdup(y_label);
    start_clause(p);
    rt_put(&p->clauses, "using 1:2:3 with image notitle");
}

/* gnuplot draws the cells of an image at equal distances. */
static bool equal_steps(const double *x, int32_t n)
{
    for (int32_t i = 2; x && i < n; i++) {
        if (!(fabs((x[i] - x[i - 1]) - (x[1] - x[0])) <= 1e-6 * fabs(x[1] - x[0]))) {
            return false;
        }
    }
    return true;
}

int crnl_plot_map(struct crnl_ctx *ctx, const double *v, int32_t n, int32_t m, const double *x,
                  const double *y, const char *x_label, const char *y_label)
{
    struct rt_plot *p = ctx->plot;
    if (n < 2 || m < 2 || n > LARGEST_MAP || m > LARGEST_MAP) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, p->line,
                         "a heat map has 2 to %d places along each axis, not %d and %d", LARGEST_MAP, n, m);
    }
    if (!equal_steps(x, n) || !equal_steps(y, m)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, p->line,
                         "the places of a heat map have equal distances\n"
                         "  help: use linspace(a, b, n), or ranges");
    }
    start_block(p, x_label);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < m; j++) {
            put_row(p, (double[]){x ? x[i] : i, y ? y[j] : j, v[(int64_t)i * m + j]}, 3);
        }
    }
    end_map(p, x_label, y_label);
    return CRNL_OK;
}

static void plot_map(struct rt_plot *p, const struct bins *b, const struct crnl_stat_request *q)
{
    int64_t columns = (b->high[1] - b->low[1]) / b->cell + 1;
    for (int64_t i = b->low[0]; i <= b->high[0]; i += b->cell) {
        for (int64_t j = b->low[1]; j <= b->high[1]; j += b->cell) {
            double weight = b->weight[(i - b->low[0]) / b->cell * columns + (j - b->low[1]) / b->cell];
            put_row(p, (double[]){(double)i, (double)j, weight}, 3);
        }
    }
    p->colour_label = "probability";
    end_map(p, q->name[0], q->name[1]);
}

int crnl_plot_histogram(struct crnl_ctx *ctx, int32_t net, int32_t request, const char *label)
{
    struct rt_plot *p = ctx->plot;
    const struct rt_network *n = rt_network(ctx, net);
    const struct crnl_stat_request *q = &n->m->stat[request];
    const struct rt_result *r = n->result;
    struct bins b = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}, 1, NULL};
    if (r) {
        visit(&b, r, q, &r->stat[request], false);
    }
    if (b.low[0] > b.high[0]) {
        return crnl_fail(ctx, CRNL_NO_RUN, p->line, "`%s` has not run yet: there is no histogram",
                         n->m->name);
    }
    label = label ? label : q->name[0];
    bool joint = q->n_elems > 1;
    int64_t rows = b.high[0] - b.low[0] + 1, columns = b.high[1] - b.low[1] + 1;
    int64_t longest = rows > columns ? rows : columns, most = joint ? LARGEST_MAP : 100 * LARGEST_MAP;
    b.cell = (longest + most - 1) / most;
    b.weight = rt_alloc((size_t)(rows / b.cell + 1) * (size_t)(columns / b.cell + 1), sizeof *b.weight);
    visit(&b, r, q, &r->stat[request], true);
    start_block(p, label);
    if (joint) {
        plot_map(p, &b, q);
    } else {
        plot_steps(p, &b, label);
    }
    free(b.weight);
    return CRNL_OK;
}

static void put_terminal(struct rt_buffer *b, const char *path)
{
    const char *dot = strrchr(base_name(path), '.');
    if (dot && strcmp(dot, ".png") == 0) {
        rt_put(b, "set terminal pngcairo size 1200,800 font 'Sans,18' noenhanced background '#ffffff'\n");
    } else if (dot && strcmp(dot, ".pdf") == 0) {
        rt_put(b, "set terminal pdfcairo size 6in,4in font 'Sans,12' noenhanced background '#ffffff'\n");
    } else {
        rt_put(b, "set terminal svg size 800,533 font 'Helvetica,Arial,sans-serif,15' noenhanced "
                  "background '#ffffff'\n");
    }
    rt_put(b, "set encoding utf8\n");
}

static void put_label(struct rt_buffer *b, const char *command, const char *text)
{
    if (text && *text) {
        rt_putf(b, "set %s ", command);
        rt_gnuplot_text(b, text);
        rt_put(b, "\n");
    }
}

/* The script that is kept names the picture; for the drawing here it goes to standard output. */
static void put_script(struct rt_buffer *b, const struct rt_plot *p, bool kept)
{
    const char *name = base_name(p->path);
    put_terminal(b, p->path);
    if (kept) {
        rt_put(b, "set output ");
        rt_gnuplot_file(b, name, "");
        rt_put(b, "\n");
    }
    rt_put(b, "set border 3 lc rgb '#444444'\nset tics nomirror out\n");
    put_label(b, "title", p->title);
    put_label(b, "xlabel", p->heat_map ? p->map_label[0] : p->x_label);
    put_label(b, "ylabel", p->heat_map ? p->map_label[1] : p->y_label);
    if (p->heat_map) {
        put_label(b, "cblabel", p->colour_label);
        rt_put(b, "set border 15\nset autoscale fix\n"
                  "set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 '#7ad151', 5 "
                  "'#fde725')\n");
    } else {
        rt_put(b, "set grid lc rgb '#dddddd' lw 1\nset autoscale xfix\nset offsets graph 0, graph 0, graph "
                  "0.05, graph 0\n");
        if (!p->has_point) { /* gnuplot finds no axes then, and draws nothing at all */
            rt_put(b, "set xrange [0:1]\nset yrange [0:1]\n");
        }
        rt_put(b, p->n_curves == 1   ? "set key off\n"
                  : p->n_curves <= 6 ? "set key top right opaque box lc rgb '#dddddd'\n"
                                     : "set key outside right top\n");
    }
    rt_putf(b, "%s\n", p->clauses.data);
}

static int write_beside(struct crnl_ctx *ctx, const struct rt_plot *p, const char *extension,
                        const struct rt_buffer *text, struct rt_error *e)
{
    struct rt_buffer path = {0};
    struct rt_file file;
    rt_putf(&path, "%s%s", p->path, extension);
    rt_output_left(ctx, path.data);
    if (!rt_file_open(&file, path.data, e)) {
        rt_file_write(&file, text->data, text->n, e);
        rt_file_finish(&file, e);
    }
    rt_buffer_free(&path);
    return e->status;
}

static int write_script(struct crnl_ctx *ctx, const struct rt_plot *p, struct rt_error *e)
{
    struct rt_buffer script = {0};
    const char *name = base_name(p->path);
    rt_putf(&script, "# Draws %s from %s.dat: gnuplot ./%s.gp\n", name, name, name);
    put_script(&script, p, true);
    write_beside(ctx, p, ".gp", &script, e);
    rt_buffer_free(&script);
    return e->status;
}

/* In the picture's folder, where the data lies. */
static int draw(struct crnl_ctx *ctx, const struct rt_plot *p, struct rt_error *e)
{
    struct rt_file picture;
    struct rt_buffer folder = {0}, script = {0};
    int missing = 0;
    if (rt_file_open(&picture, p->path, e)) {
        return e->status;
    }
    rt_put_n(&folder, p->path, (size_t)(base_name(p->path) - p->path));
    put_script(&script, p, false);
    rt_gnuplot_draw(ctx, folder.data, &script, &picture, &missing, e);
    if (missing) {
        rt_warn(ctx, "`%s` is not drawn: cannot start gnuplot (%s); its script %s.gp and data are kept",
                p->path, strerror(missing), p->path);
    }
    if (missing || e->status) {
        rt_file_discard(&picture);
    }
    rt_file_finish(&picture, e);
    rt_buffer_free(&folder);
    rt_buffer_free(&script);
    return e->status;
}

int crnl_plot_end(struct crnl_ctx *ctx)
{
    struct rt_plot *p = ctx->plot;
    struct rt_error e = {0};
    int32_t line = p->line;
    rt_progress_clear(ctx);
    if (!p->clauses.n) {
        rt_fail(&e, CRNL_PLOT, "there is nothing to plot");
    } else if (!ctx->options.closer && !write_beside(ctx, p, ".dat", &p->data, &e) &&
               !write_script(ctx, p, &e)) {
        draw(ctx, p, &e);
    }
    rt_plot_free(ctx);
    return rt_fail_at(ctx, line, &e);
}
