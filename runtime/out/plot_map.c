/* Heat maps: coloured cells of a grid, contour lines, and classes with a colour each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_plot.h"

enum { LARGEST_MAP = 1500, MOST_CLASSES = 12, MOST_BOXES = 2500, MOST_NUMBERS = 10, MOST_SLENDER = 4 };

/* gnuplot draws the cells of an image at equal distances; cells of other widths are drawn as boxes. */
static bool has_equal_steps(const double *edge, int32_t n)
{
    double step = (edge[n] - edge[0]) / n;
    for (int32_t i = 0; i <= n; i++) {
        if (!(fabs(edge[i] - edge[0] - i * step) <= 1e-6 * fabs(step))) {
            return false;
        }
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Lists the different values of a map of classes, in order. If there are more than there are separate
 * colours, the map is drawn as one of numbers. */
static void list_classes(struct rt_panel *panel, const double *v, int64_t n)
{
    double found[MOST_CLASSES];
    int32_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t k = 0;
        while (k < count && found[k] != v[i]) {
            k++;
        }
        if (k == count && isfinite(v[i])) {
            if (count == MOST_CLASSES) {
                return;
            }
            found[count++] = v[i];
        }
    }
    qsort(found, (size_t)count, sizeof *found, compare);
    panel->n_classes = count;
    panel->class_of = rt_alloc((size_t)count, sizeof *found);
    memcpy(panel->class_of, found, (size_t)count * sizeof *found);
}

static double shown(const struct rt_panel *panel, double v)
{
    for (int32_t i = 0; i < panel->n_classes; i++) {
        if (panel->class_of[i] == v) {
            return i;
        }
    }
    return panel->n_classes ? NAN : v;
}

bool rt_plot_counts_contours(const struct rt_panel *panel)
{
    return panel->n_contours == 1 && panel->contour[0] >= 1 && panel->contour[0] <= 100 &&
           panel->contour[0] == floor(panel->contour[0]);
}

/* Contour lines are computed from the values at the places of the cells, in a table inside gnuplot. */
static void draw_contours(struct rt_plot *p, struct rt_panel *panel)
{
    struct rt_buffer *b = &panel->before;
    bool is_count = rt_plot_counts_contours(panel);
    rt_put(b, "set contour base\nunset surface\nset cntrparam ");
    if (is_count) {
        rt_putf(b, "levels %d", (int)panel->contour[0]);
    } else {
        rt_put(b, "levels discrete ");
        for (int64_t i = 0; i < panel->n_contours; i++) {
            rt_putf(b, "%s%.17g", i ? "," : "", panel->contour[i]);
        }
    }
    rt_putf(b, "\nset table $contour%d\nsplot ", p->n_panels);
    rt_gnuplot_file(b, rt_plot_base_name(p->path), ".dat");
    rt_putf(b, " index %d using 1:2:3\nunset table\nunset contour\nset surface\n", p->n_blocks - 1);
    static const char *const line[] = {"lw 2.4 lc rgb '#000000'", "lw 1 lc rgb '#ffffff'"};
    /* white with a dark edge, so that lines are visible on bright colours too */
    for (int i = 0; i < 2; i++) {
        rt_putf(&panel->clauses, ", \\\n     $contour%d using 1:2 with lines %s notitle", p->n_panels,
                line[i]);
    }
    if (!is_count) {
        rt_put(b, "set cbtics (");
        for (int64_t i = 0; i < panel->n_contours; i++) {
            rt_putf(b, "%s%.17g", i ? "," : "", panel->contour[i]);
        }
        rt_put(b, ")\n");
    }
}

/* In heights of a letter, with the widths of Helvetica. */
static double width_of(const char *number)
{
    double width = 0;
    for (; *number; number++) {
        width += *number == '.' ? 0.28 : *number == '-' ? 0.33 : 0.56;
    }
    return width;
}

/* The clause that writes the number into each cell of a small map: black on bright colours, white on dark
 * ones. Whether the numbers fit is known when the picture is written. */
static void add_numbers(struct rt_plot *p, struct rt_panel *panel, const double *v, int32_t n, int32_t m)
{
    const struct rt_axis *c = &panel->axis[RT_AXIS_COLOUR];
    double low = c->has_ends ? c->end[0] : c->low, high = c->has_ends ? c->end[1] : c->high;
    double bright = c->is_log ? low * pow(high / low, 0.6) : low + 0.6 * (high - low);
    rt_buffer_clear(&panel->numbers);
    rt_plot_name_block(&panel->numbers, p);
    rt_putf(&panel->numbers,
            "using 1:2:(sprintf('%%.3g', $3)):($3 > %.17g ? 0x000000 : 0xffffff) with labels tc rgb variable "
            "notitle",
            bright);
    panel->cells[RT_AXIS_X] = n;
    panel->cells[RT_AXIS_Y] = m;
    panel->widest_number = 0;
    for (int64_t i = 0; i < (int64_t)n * m; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.3g", v[i]);
        panel->widest_number = fmax(panel->widest_number, isfinite(v[i]) ? width_of(text) : 0);
    }
}

static double middle(const double *edge, int32_t i, bool is_log)
{
    return is_log ? sqrt(edge[i] * edge[i + 1]) : (edge[i] + edge[i + 1]) / 2;
}

void rt_plot_cells(struct rt_plot *p, const double *v, int32_t n, int32_t m, const double *x, const double *y,
                   const double *at_x, const double *at_y)
{
    struct rt_panel *panel = rt_plot_panel(p);
    struct rt_axis *axis = panel->axis;
    /* Viewers smooth images inside drawings. */
    bool is_few = p->format == CRNL_PICTURE_SVG && (int64_t)n * m <= MOST_BOXES;
    bool boxes = is_few || n < 2 || m < 2 || axis[RT_AXIS_X].is_log || axis[RT_AXIS_Y].is_log ||
                 !has_equal_steps(x, n) || !has_equal_steps(y, m);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < m; j++) {
            double h = shown(panel, v[(int64_t)i * m + j]);
            double row[7] = {at_x ? at_x[i] : middle(x, i, axis[RT_AXIS_X].is_log),
                             at_y ? at_y[j] : middle(y, j, axis[RT_AXIS_Y].is_log),
                             h,
                             x[i],
                             x[i + 1],
                             y[j],
                             y[j + 1]};
            /* values without a colour stay blank */
            row[2] = rt_axis_take(&axis[RT_AXIS_COLOUR], h) ? h : NAN;
            rt_plot_row(p, row, boxes ? 7 : 3);
        }
        /* an empty line separates rows of the grid, as contour lines need */
        rt_put(&p->data, i + 1 < n ? "\n" : "");
    }
    for (int k = 0; k < 2; k++) {
        rt_axis_take(&axis[RT_AXIS_X], x[k * n]);
        rt_axis_take(&axis[RT_AXIS_Y], y[k * m]);
    }
    axis[RT_AXIS_X].is_rough = axis[RT_AXIS_Y].is_rough = axis[RT_AXIS_COLOUR].is_rough = true;
    axis[RT_AXIS_COLOUR].shows_beyond = true;
    panel->n_maps++;
    rt_plot_clause(p);
    rt_put(&panel->clauses,
           boxes ? "using 1:2:4:5:6:7:3 with boxxyerror lc palette lw 0.3 fs solid 1 border notitle"
                 : "using 1:2:3 with image notitle");
    if (panel->n_contours > 0) {
        draw_contours(p, panel);
    }
}

/* The edges of the cells around places: midway between neighbours. */
static double *edges(const double *at, int32_t n, bool is_log)
{
    double *edge = rt_alloc((size_t)n + 1, sizeof *edge);
    for (int32_t i = 0; i <= n; i++) {
        double low = i == 0 ? 0 : at ? at[i - 1] : i - 1, high = i == n ? 0 : at ? at[i] : i;
        if (i == 0 || i == n) {
            double end = at ? at[i ? n - 1 : 0] : i ? n - 1 : 0;
            double next = n == 1 ? end : at ? at[i ? n - 2 : 1] : i ? n - 2 : 1;
            edge[i] = n == 1   ? end + (i ? 0.5 : -0.5)
                      : is_log ? end * sqrt(end / next)
                               : end + (end - next) / 2;
        } else {
            edge[i] = is_log ? sqrt(low * high) : (low + high) / 2;
        }
    }
    return edge;
}

static int check_places(struct crnl_ctx *ctx, const double *at, int32_t n, bool is_log)
{
    for (int32_t i = 0; at && i < n; i++) {
        if (!isfinite(at[i]) || (i > 1 && (at[i] > at[i - 1]) != (at[1] > at[0])) ||
            (i && at[i] == at[i - 1])) {
            return crnl_fail(ctx, CRNL_BAD_ARGUMENT, ctx->plot->line,
                             "the places of a heat map are numbers in order: number %d is %g", i, at[i]);
        }
        if (is_log && at[i] <= 0) {
            return crnl_fail(ctx, CRNL_BAD_ARGUMENT, ctx->plot->line,
                             "a logarithmic axis has no place for %g", at[i]);
        }
    }
    return !at && is_log ? crnl_fail(ctx, CRNL_BAD_ARGUMENT, ctx->plot->line,
                                     "the axis of a heat map that counts from 0 is not logarithmic")
                         : CRNL_OK;
}

/* The names of the axis; curves over a map have other names for the same axis. */
static void name_axis(struct rt_axis *a, const char *quantity, const char *label, const char *unit)
{
    rt_axis_say(a, quantity, NULL, unit);
    if (!a->of_map && label) {
        a->of_map = rt_strdup(label);
    }
}

int rt_plot_map(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *v, const double *x,
                const double *y)
{
    struct rt_plot *p = ctx->plot;
    struct rt_panel *panel = rt_plot_panel(p);
    struct rt_axis *axis = panel->axis;
    struct rt_left_out out = {0};
    int32_t n = c->dim[0], m = c->dim[1];
    if (n > LARGEST_MAP || m > LARGEST_MAP) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, p->line,
                         "a heat map has up to %d places along each axis, not %d and %d", LARGEST_MAP, n, m);
    }
    if (check_places(ctx, x, n, axis[RT_AXIS_X].is_log) || check_places(ctx, y, m, axis[RT_AXIS_Y].is_log)) {
        return ctx->status;
    }
    for (int64_t i = 0; i < (int64_t)n * m; i++) {
        bool no_place = axis[RT_AXIS_COLOUR].is_log && v[i] <= 0;
        out.no_number += !isfinite(v[i]);
        out.not_positive += isfinite(v[i]) && no_place;
        out.of++;
    }
    if (c->sort != CRNL_SORT_NUMBER && !panel->n_classes) {
        list_classes(panel, v, (int64_t)n * m);
        panel->is_truth = c->sort == CRNL_SORT_TRUTH;
    }
    double *edge[2] = {edges(x, n, axis[RT_AXIS_X].is_log), edges(y, m, axis[RT_AXIS_Y].is_log)};
    rt_plot_block(p, c->label);
    axis[RT_AXIS_X].is_whole = !x;
    axis[RT_AXIS_Y].is_whole = !y;
    panel->is_square = !x && !y && n <= MOST_SLENDER * m && m <= MOST_SLENDER * n;
    rt_plot_cells(p, v, n, m, edge[0], edge[1], x, y);
    if (n <= MOST_NUMBERS && m <= MOST_NUMBERS && !panel->n_classes) {
        add_numbers(p, panel, v, n, m);
    }
    free(edge[0]);
    free(edge[1]);
    name_axis(&axis[RT_AXIS_X], c->x_quantity, c->x_label, c->x_unit);
    name_axis(&axis[RT_AXIS_Y], NULL, c->y_label, c->y_unit);
    axis[RT_AXIS_COLOUR].has_blanks |= out.not_positive > 0;
    rt_axis_say(&axis[RT_AXIS_COLOUR], c->quantity, panel->next.label ? panel->next.label : c->label,
                c->unit);
    rt_plot_tell(ctx, c->label, &out);
    return CRNL_OK;
}
