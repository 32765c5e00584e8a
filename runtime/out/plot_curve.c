/* Curves: courses of networks, recorded series, vectors; and the parts that all kinds of curves share. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt_plot.h"

const char *rt_plot_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *rt_plot_colour(int32_t i)
{
    static const char *const list[RT_PLOT_COLOURS] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                      "#E69F00", "#56B4E9", "#000000"};
    return list[i % RT_PLOT_COLOURS];
}

/* ---- parts of all curves ---- */

void rt_plot_block(struct rt_plot *p, const char *comment)
{
    rt_put(&p->data, p->n_blocks++ > 0 ? "\n\n# " : "# ");
    for (; *comment; comment++) {
        rt_put_n(&p->data, (unsigned char)*comment < ' ' ? " " : comment, 1);
    }
    rt_put(&p->data, "\n");
}

void rt_plot_clause(struct rt_plot *p)
{
    struct rt_buffer *b = &rt_plot_panel(p)->clauses;
    rt_put(b, b->n ? ", \\\n     " : "plot ");
    rt_plot_name_block(b, p);
}

void rt_plot_name_block(struct rt_buffer *b, const struct rt_plot *p)
{
    rt_gnuplot_file(b, rt_plot_base_name(p->path), ".dat");
    rt_putf(b, " index %d ", p->n_blocks - 1);
}

/* Appends a name for a legend, which has no room for long formulas: their beginning, cut between UTF-8
 * characters. */
static void put_short(struct rt_buffer *to, const char *name)
{
    enum { LONGEST = 30 };
    size_t n = strlen(name);
    bool is_long = n > LONGEST;
    for (n = is_long ? LONGEST - 3 : n; is_long && n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80; n--) {
    }
    rt_put_n(to, name, n);
    rt_put(to, is_long ? "..." : "");
}

void rt_plot_end_clause(struct rt_plot *p, const char *name)
{
    struct rt_panel *panel = rt_plot_panel(p);
    rt_putf(&panel->clauses, " lc rgb '%s' ", rt_plot_colour(panel->n_curves));
    if (panel->n_curves >= RT_PLOT_COLOURS) {
        rt_putf(&panel->clauses, "dt %d ", panel->n_curves / RT_PLOT_COLOURS + 1);
    }
    panel->n_curves++;
    if (name && *name) {
        struct rt_buffer text = {0};
        put_short(&text, name);
        rt_put(&panel->clauses, "title ");
        rt_gnuplot_text(&panel->clauses, text.data);
        panel->n_named++;
        panel->longest_name = text.n > panel->longest_name ? text.n : panel->longest_name;
        rt_buffer_free(&text);
    } else {
        rt_put(&panel->clauses, "notitle");
    }
}

/* size * 10^n, accurate to a few last bits for every size for which the result is neither 0 nor infinite. */
static double times_power(double size, int n)
{
    static const double small[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    static const double large[] = {1e16, 1e32, 1e64, 1e128, 1e256};
    unsigned rest = (unsigned)abs(n) / 16;
    for (int i = 0; rest; i++, rest /= 2) {
        size = !(rest % 2) ? size : n < 0 ? size / large[i] : size * large[i];
    }
    double power = small[abs(n) % 16];
    return n < 0 ? size / power : size * power;
}

enum { DIGITS = 10, HALF = 100000, LONGEST_NUMBER = 40 };

/* Writes the digits of a number below 10^DIGITS, in two halves that can be computed at the same time. */
static void digits_of(char *to, uint64_t all)
{
    uint32_t first = (uint32_t)(all / HALF), last = (uint32_t)(all % HALF);
    for (int i = DIGITS / 2; i-- > 0; first /= 10, last /= 10) {
        to[i] = (char)('0' + first % 10);
        to[i + DIGITS / 2] = (char)('0' + last % 10);
    }
}

static char *put(char *to, const char *from, int n)
{
    for (int i = 0; i < n; i++) {
        *to++ = from[i];
    }
    return to;
}

/* Writes digits without zeros at the end; the first stands for 10^ten. */
static char *put_digits(char *to, const char *digit, int ten)
{
    int n = DIGITS, before = ten + 1;
    while (n > 1 && digit[n - 1] == '0') {
        n--;
    }
    if (ten < -4 || ten >= DIGITS) {
        to = put(to, digit, 1);
        to = n > 1 ? put(put(to, ".", 1), digit + 1, n - 1) : to;
        return to + sprintf(to, "e%+03d", ten);
    }
    if (ten < 0) {
        return put(put(to, "0.000", 1 - ten), digit, n);
    }
    to = put(to, digit, before);
    return n > before ? put(put(to, ".", 1), digit + before, n - before) : to;
}

static char *put_integer(char *to, uint32_t v)
{
    char digit[DIGITS];
    int at = DIGITS;
    do {
        digit[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    return put(to, digit + at, DIGITS - at);
}

/* Writes a number as %.10g does. Ten digits are more than a picture shows. Curves have thousands of numbers,
 * and printf would be slow. */
static char *put_number(char *to, double v)
{
    static const uint64_t most = (uint64_t)HALF * HALF;
    static const double log10_of_2 = 0.30103;
    char digit[DIGITS];
    double size = fabs(v);
    int two;
    if (!(size > 0 && size <= DBL_MAX)) {
        return to + sprintf(to, "%g", size > 0 || v != v ? v : 0);
    }
    if (v < 0) {
        *to++ = '-';
    }
    if (size < HALF && size == (double)(uint32_t)size) { /* indices of arrays, and numbers of molecules */
        return put_integer(to, (uint32_t)size);
    }
    frexp(size, &two);
    int ten = (int)floor((two - 1) * log10_of_2); /* the exponent of the first digit, or one less */
    uint64_t all = (uint64_t)(times_power(size, DIGITS - 1 - ten) + 0.5);
    if (all >= most) {
        ten++;
        all = (uint64_t)(times_power(size, DIGITS - 1 - ten) + 0.5);
    }
    digits_of(digit, all);
    return put_digits(to, digit, ten);
}

void rt_plot_row(struct rt_plot *p, const double *v, int n)
{
    enum { MOST = 8 };
    char text[MOST * LONGEST_NUMBER], *to = text;
    for (int i = 0; i < n; i++) {
        to = put_number(to, v[i]);
        *to++ = i + 1 < n ? ' ' : '\n';
    }
    rt_put_n(&p->data, text, (size_t)(to - text));
}

void rt_plot_tell(struct crnl_ctx *ctx, const char *name, const struct rt_left_out *out)
{
    const char *file = ctx->plot->path;
    if (out->no_number > 0) {
        rt_warn_at(ctx, ctx->plot->line,
                   "`%s` leaves out %lld of %lld values of `%s`: they are not finite numbers", file,
                   (long long)out->no_number, (long long)out->of, name);
    }
    if (out->not_positive > 0) {
        rt_warn_at(
            ctx, ctx->plot->line,
            "`%s` leaves out %lld of %lld values of `%s`: a logarithmic axis has no place for 0 and below",
            file, (long long)out->not_positive, (long long)out->of, name);
    }
}

/* ---- axes ---- */

bool rt_axis_take(struct rt_axis *a, double v)
{
    if (!isfinite(v) || (a->is_log && v <= 0)) {
        return false;
    }
    a->low = fmin(a->low, v);
    a->high = fmax(a->high, v);
    return true;
}

const char rt_plot_molecules[] = "molecules";

static void say(char **to, const char *text, bool *differ)
{
    if (!text || !*text) {
        return;
    }
    if (!*to) {
        *to = rt_strdup(text);
    } else if (strcmp(*to, text) != 0) {
        *differ = true;
    }
}

void rt_axis_say(struct rt_axis *a, const char *quantity, const char *label, const char *unit)
{
    say(&a->quantity, quantity, &a->quantities_differ);
    say(&a->label, label, &a->labels_differ);
    if (unit == rt_plot_molecules) {
        a->has_molecules = true;
        return;
    }
    if (quantity && !(unit && *unit)) { /* the quantity is known and has no unit */
        a->has_no_unit = true;
    }
    say(&a->unit, unit, &a->units_differ);
}

/* ---- curves of numbers over numbers ---- */

struct course {
    struct rt_plot *p;
    const struct crnl_curve_spec *c;
    const struct rt_curve_style *style;
    enum crnl_plot_form form;
    int64_t n;
    /* has_range: there are low and high values; is_broken: the line ended at a point that was left out */
    bool has_range, is_broken;
    /* last_x: x of the point before; least_step: smallest distance of neighbouring x */
    double last_x, least_step;
    bool steps_up, steps_down; /* whether x has increased, and whether it has decreased, between neighbours */
    struct rt_left_out out;
};

static double low_of(const struct course *k, int64_t i, double y)
{
    const struct rt_curve_style *s = k->style;
    return s->low ? s->low[i] : s->error ? y - s->error[s->n_error == 1 ? 0 : i] : y;
}

static double high_of(const struct course *k, int64_t i, double y)
{
    const struct rt_curve_style *s = k->style;
    return s->high ? s->high[i] : s->error ? y + s->error[s->n_error == 1 ? 0 : i] : y;
}

static void note_step(struct course *k, double x)
{
    double step = x - k->last_x;
    k->steps_up |= step > 0;
    k->steps_down |= step < 0;
    /* the first step is not a number */
    k->least_step = step != 0 ? fmin(k->least_step, fabs(step)) : k->least_step;
    k->last_x = x;
}

/* Writes a point with its range, or a gap if it cannot be drawn. */
static void put_point(struct course *k, double x, double y, double low, double high)
{
    struct rt_panel *panel = rt_plot_panel(k->p);
    struct rt_axis *ax = &panel->axis[RT_AXIS_X], *ay = &panel->axis[RT_AXIS_Y];
    k->out.of++;
    bool numbers = isfinite(x) && isfinite(y);
    if (!numbers || (ax->is_log && x <= 0) || (ay->is_log && y <= 0)) {
        *(numbers ? &k->out.not_positive : &k->out.no_number) += 1;
        if (!k->is_broken && k->form != CRNL_FORM_POINTS) {
            rt_put(&k->p->data, "\n"); /* a gap */
        }
        k->is_broken = true;
        return;
    }
    k->is_broken = false;
    note_step(k, x);
    rt_axis_take(ax, x);
    rt_axis_take(ay, y);
    /* a part of the range that cannot be drawn ends at the value or at the end of the axis */
    if (k->has_range) {
        low = isfinite(low) ? low : y;
        high = isfinite(high) ? high : y;
        rt_axis_take(ay, k->c->is_amount && low < 0 ? 0 : low);
        rt_axis_take(ay, high);
    }
    rt_plot_row(k->p, (double[]){x, y, low, high}, k->has_range ? 4 : 2);
}

/* Draws a band. It ends at 0 for amounts, and on a logarithmic axis at the end of the axis. */
static void draw_band(struct course *k)
{
    struct rt_panel *panel = rt_plot_panel(k->p);
    bool is_log = panel->axis[RT_AXIS_Y].is_log;
    rt_plot_clause(k->p);
    rt_put(&panel->clauses,
           k->c->is_amount || is_log ? "using 1:($3 < bottom ? bottom : $3):4" : "using 1:3:4");
    rt_putf(&panel->clauses, " with filledcurves fs transparent solid 0.25 noborder lc rgb '%s' notitle",
            rt_plot_colour(panel->n_curves));
}

/* Draws error bars as arrows with heads of 90 degrees: yerrorbars have a white edge around their points, and
 * xyerrorbars a bar along x, whose ends show where errors are small. */
static void draw_bars_of_error(struct course *k)
{
    struct rt_panel *panel = rt_plot_panel(k->p);
    bool has_bottom = k->c->is_amount || panel->axis[RT_AXIS_Y].is_log;
    const char *low = has_bottom ? "($3 < bottom ? bottom : $3)" : "($3)";
    rt_plot_clause(k->p);
    rt_putf(&panel->clauses,
            "using 1:%s:(0):($4 - %s) with vectors heads size screen 0.008,90 lw %.3g lc rgb '%s' notitle",
            low, low, k->style->width, rt_plot_colour(panel->n_curves));
}

/* Draws bars that begin at 0, as wide as the smallest distance allows. */
static void draw_boxes(struct course *k)
{
    struct rt_panel *panel = rt_plot_panel(k->p);
    struct rt_axis *x = &panel->axis[RT_AXIS_X];
    double width = 0.8 * (k->least_step < INFINITY ? k->least_step : 1);
    rt_putf(&panel->clauses, "using 1:2:(%.17g) with boxes fs solid 0.6 noborder lw %.3g", width,
            k->style->width);
    rt_axis_take(x, x->low - width / 2);
    rt_axis_take(x, x->high + width / 2);
    rt_axis_take(&panel->axis[RT_AXIS_Y], 0);
}

static void draw(struct course *k)
{
    enum { FEW = 30 };
    struct rt_panel *panel = rt_plot_panel(k->p);
    struct rt_buffer *b = &panel->clauses;
    double width = k->style->width, size = k->style->size;
    bool marks_points = k->form == CRNL_FORM_USUAL && k->c->kind == CRNL_CURVE_SERIES && k->n <= FEW;
    if (k->has_range && k->form == CRNL_FORM_BAND) {
        draw_band(k);
    } else if (k->has_range) {
        draw_bars_of_error(k);
    }
    rt_plot_clause(k->p);
    if (k->form == CRNL_FORM_BARS) {
        draw_boxes(k);
        return;
    }
    rt_put(b, "using 1:2 with ");
    if (k->form == CRNL_FORM_POINTS) {
        rt_putf(b, "points pt 7 ps %.3g", 0.5 * size);
    } else if (k->form == CRNL_FORM_STEPS) {
        rt_putf(b, "steps lw %.3g", 1.5 * width);
    } else if (marks_points) {
        rt_putf(b, "linespoints pt 7 ps 0.4 lw %.3g", 1.5 * width);
    } else {
        rt_putf(b, "lines lw %.3g", 1.5 * width);
    }
}

static const char *name_of(const struct course *k)
{
    return k->style->label ? k->style->label : k->c->label;
}

static void end_course(struct crnl_ctx *ctx, struct course *k)
{
    struct rt_buffer name = {0};
    struct rt_panel *panel = rt_plot_panel(k->p);
    const struct crnl_curve_spec *c = k->c;
    rt_axis_say(&panel->axis[RT_AXIS_X], c->x_quantity, c->x_label, c->x_unit);
    rt_axis_say(&panel->axis[RT_AXIS_Y], c->quantity, name_of(k), c->unit);
    bool is_line = k->form != CRNL_FORM_POINTS && k->form != CRNL_FORM_BARS;
    panel->axis[RT_AXIS_X].is_rough |= is_line && !(k->steps_up && k->steps_down);
    panel->axis[RT_AXIS_X].has_marks |=
        panel->n_maps == 0 && (k->form == CRNL_FORM_POINTS || (k->has_range && k->form != CRNL_FORM_BAND));
    draw(k);
    if (c->of && !k->style->label) {
        rt_putf(&name, "%s: ", c->of);
    }
    rt_put(&name, name_of(k));
    rt_plot_end_clause(k->p, name.n ? name.data : NULL);
    rt_buffer_free(&name);
    if (k->form == CRNL_FORM_POINTS) {
        k->out.no_number = 0; /* measurements may be missing */
    }
    rt_plot_tell(ctx, name_of(k), &k->out);
}

static int begin_course(struct crnl_ctx *ctx, struct course *k, const struct crnl_curve_spec *c, int64_t n)
{
    struct rt_plot *p = ctx->plot;
    const struct rt_curve_style *s = &rt_plot_panel(p)->next;
    *k = (struct course){.p = p, .c = c, .style = s, .form = (enum crnl_plot_form)c->form, .n = n};
    k->last_x = NAN;
    k->least_step = INFINITY;
    k->has_range = s->error || s->low || s->high;
    int64_t longest = s->n_error > 1 ? s->n_error : n;
    bool fits = longest == n && (!s->low || s->n_low == n) && (!s->high || s->n_high == n);
    if (!fits) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, p->line, "`%s` has %lld values, and other numbers of errors",
                         name_of(k), (long long)n);
    }
    rt_plot_block(p, name_of(k));
    return CRNL_OK;
}

static bool jumps(const struct rt_result *r)
{
    return !r->band && rt_method_is(r->method, CRNL_MOLECULES);
}

/* Draws an array over time as a map: time to the right, the index upwards. */
static int plot_array(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const struct rt_result *r)
{
    /* the eye cannot tell more apart: then every second row is drawn, or every third, ... */
    enum { MOST_ROWS = 1200 };
    int each = r->band ? 2 : 1;
    int64_t stride = (r->n_rows + MOST_ROWS - 1) / MOST_ROWS, n = (r->n_rows + stride - 1) / stride;
    double *time = rt_alloc((size_t)n, sizeof *time);
    double *v = rt_alloc((size_t)n * (size_t)c->n_traces, sizeof *v);
    for (int64_t i = 0; i < n; i++) {
        const double *row = r->row + i * stride * (1 + each * r->n_trace);
        time[i] = row[0];
        for (int32_t k = 0; k < c->n_traces; k++) {
            v[i * c->n_traces + k] = row[1 + each * (c->index + k)];
        }
    }
    struct crnl_curve_spec map = *c;
    map.kind = CRNL_CURVE_MAP;
    map.dim[0] = (int32_t)n;
    map.dim[1] = c->n_traces;
    int status = rt_plot_map(ctx, &map, v, time, NULL);
    free(time);
    free(v);
    return status;
}

/* Reads from a row of a result the value, what it is drawn over, and its deviation. */
struct row_reader {
    const struct rt_result *r;
    int at, over; /* columns of both in a row */
};

static void put_row(struct course *k, const struct row_reader *from, int64_t i)
{
    const struct rt_result *r = from->r;
    const double *row = r->row + i * (1 + (r->band ? 2 : 1) * r->n_trace);
    double y = row[from->at], sd = r->band ? row[from->at + 1] : 0;
    put_point(k, row[from->over], y, r->band ? y - sd : low_of(k, i, y), r->band ? y + sd : high_of(k, i, y));
}

/* Writes the values before and after each event up to the time of a row; returns the index of the next
 * jump. */
static int64_t put_jumps(struct course *k, const struct row_reader *from, int64_t j, double t)
{
    const struct rt_result *r = from->r;
    for (int64_t width = 1 + 2 * r->n_trace; j < r->jumps.n && r->jumps.v[j * width] <= t; j++) {
        const double *v = r->jumps.v + j * width;
        for (int32_t side = 0; side < 2; side++) {
            double x = v[from->over ? from->over + side * r->n_trace : 0];
            put_point(k, x, v[from->at + side * r->n_trace], NAN, NAN);
        }
    }
    return j;
}

static int plot_trace(struct crnl_ctx *ctx, const struct crnl_curve_spec *c)
{
    const struct rt_network *n = rt_network(ctx, c->net);
    const struct rt_result *r = n->result;
    struct course k;
    if (!r || r->n_rows == 0) {
        return crnl_fail(ctx, CRNL_NO_RUN, ctx->plot->line,
                         "`%s` has not run yet: there is nothing to plot\n"
                         "  help: run it before: run %s for 10;",
                         n->m->name, n->m->name);
    }
    if (c->form == CRNL_FORM_MAP) {
        return plot_array(ctx, c, r);
    }
    if (begin_course(ctx, &k, c, r->n_rows)) {
        return ctx->status;
    }
    bool is_orbit = c->x_index >= 0;
    if (k.form == CRNL_FORM_USUAL && is_orbit) {
        k.form = CRNL_FORM_LINES;
    } else if (k.form == CRNL_FORM_USUAL) {
        k.form = r->band ? CRNL_FORM_BAND : jumps(r) || c->is_stepped ? CRNL_FORM_STEPS : CRNL_FORM_LINES;
    }
    k.has_range |= r->band && !is_orbit;
    rt_plot_panel(k.p)->has_band |= k.has_range;
    int each = r->band ? 2 : 1;
    struct row_reader from = {r, 1 + each * c->index, c->x_index < 0 ? 0 : 1 + each * c->x_index};
    bool shows_rows = k.form == CRNL_FORM_POINTS || k.form == CRNL_FORM_BARS;
    int64_t jump = shows_rows ? r->jumps.n : 0;
    for (int64_t i = 0; i < r->n_rows; i++) {
        jump = put_jumps(&k, &from, jump, r->row[i * (1 + each * r->n_trace)]);
        put_row(&k, &from, i);
    }
    end_course(ctx, &k);
    return CRNL_OK;
}

static int plot_numbers(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *v,
                        const double *x, int64_t n)
{
    struct course k;
    if (begin_course(ctx, &k, c, n)) {
        return ctx->status;
    }
    rt_plot_panel(k.p)->axis[RT_AXIS_X].is_whole |= !x; /* x are indices */
    for (int64_t i = 0; i < n; i++) {
        put_point(&k, x ? x[i] : (double)i, v[i], low_of(&k, i, v[i]), high_of(&k, i, v[i]));
    }
    end_course(ctx, &k);
    return CRNL_OK;
}

int rt_plot_course(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *value,
                   const double *x)
{
    if (c->kind == CRNL_CURVE_TRACE) {
        return plot_trace(ctx, c);
    }
    if (c->kind == CRNL_CURVE_ARRAY) {
        return plot_numbers(ctx, c, value, x, c->dim[0]);
    }
    const struct rt_series *s = &ctx->record[c->index];
    const struct rt_series *over =
        c->kind == CRNL_CURVE_ROWS && c->x_index >= 0 ? &ctx->record[c->x_index] : NULL;
    if (over && over->n != s->n) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, ctx->plot->line,
                         "a curve is of two courses of one length; these have %lld and %lld rows",
                         (long long)s->n, (long long)over->n);
    }
    return s->n > 0 ? plot_numbers(ctx, c, s->v, over ? over->v : NULL, s->n)
                    : crnl_fail(ctx, CRNL_NO_RUN, ctx->plot->line, "nothing has been recorded as `%s`",
                                ctx->program->record[c->index]);
}
