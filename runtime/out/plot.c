/* The statement `plot`: its beginning, its options, and the files at its end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_plot.h"

/* ---- formats ---- */

static const char *const extension[] = {
#define PLOT_FORMAT(id, extension, help) extension,
#include "runtime/crnl_plot.def"
};

int32_t crnl_plot_format(const char *file)
{
    const char *dot = strrchr(file, '.');
    for (int32_t i = 0; dot && i < CRNL_PICTURE_COUNT; i++) {
        if (strcmp(dot + 1, extension[i]) == 0) {
            return i;
        }
    }
    return -1;
}

const char *crnl_plot_formats(void)
{
    return ".svg, .pdf, .eps or .png";
}

/* ---- a picture ---- */

static void free_axis(struct rt_axis *a)
{
    free(a->given);
    free(a->quantity);
    free(a->label);
    free(a->of_map);
    free(a->unit);
}

static void free_style(struct rt_curve_style *s)
{
    free(s->label);
    free(s->error);
    free(s->low);
    free(s->high);
    *s = (struct rt_curve_style){.size = 1, .width = 1};
}

static void free_panel(struct rt_panel *p)
{
    for (int i = 0; i < RT_AXES; i++) {
        free_axis(&p->axis[i]);
    }
    free_style(&p->next);
    free(p->title);
    free(p->note);
    free(p->contour);
    free(p->class_of);
    rt_buffer_free(&p->before);
    rt_buffer_free(&p->clauses);
    rt_buffer_free(&p->numbers);
}

void rt_plot_free(struct crnl_ctx *ctx)
{
    struct rt_plot *p = ctx->plot;
    if (p) {
        for (int32_t i = 0; i < p->n_panels; i++) {
            free_panel(&p->panel[i]);
        }
        free(p->panel);
        free(p->path);
        free(p->graph);
        rt_buffer_free(&p->data);
        free(p);
        ctx->plot = NULL;
    }
}

int crnl_plot_begin(struct crnl_ctx *ctx, const char *file, int32_t line)
{
    rt_plot_free(ctx);
    struct rt_error e = {0};
    struct rt_plot *p = ctx->plot = rt_alloc(1, sizeof *ctx->plot);
    p->line = line;
    p->format = crnl_plot_format(file);
    if (p->format < 0) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "`%s`: a picture is not written in this format\n  help: its name ends in %s", file,
                         crnl_plot_formats());
    }
    p->path = ctx->options.mute ? rt_strdup(file) : rt_output_path(ctx, file, line, &e);
    if (p->path && !ctx->options.mute) {
        rt_output_keep(ctx, p->path);
    }
    return rt_fail_at(ctx, line, &e);
}

int crnl_plot_panel(struct crnl_ctx *ctx)
{
    struct rt_plot *p = ctx->plot;
    p->panel = rt_resize(p->panel, (size_t)p->n_panels + 1, sizeof *p->panel);
    struct rt_panel *panel = &p->panel[p->n_panels++];
    *panel = (struct rt_panel){.next = {.size = 1, .width = 1}};
    for (int i = 0; i < RT_AXES; i++) {
        panel->axis[i].low = INFINITY;
        panel->axis[i].high = -INFINITY;
    }
    return CRNL_OK;
}

static const char *const option_name[] = {
#define PLOT_OPTION(id, name, place, value, help) name,
#include "runtime/crnl_plot.def"
};

static int set_axis(struct crnl_ctx *ctx, int32_t line, int32_t option, struct rt_axis *a, int32_t word,
                    int64_t n, const double *v)
{
    a->is_log = word == CRNL_AXIS_LOG;
    a->has_ends = n == 2;
    for (int i = 0; i < 2 && a->has_ends; i++) {
        a->end[i] = v[i];
    }
    if (a->has_ends && (!isfinite(v[0]) || !isfinite(v[1]) || v[0] == v[1])) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "the axis `%s` of a picture goes from one number to another, not from %g to %g",
                         option_name[option], v[0], v[1]);
    }
    if (a->has_ends && a->is_log && (v[0] <= 0 || v[1] <= 0)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "the logarithmic axis `%s` goes from %g to %g: there is no place on it for values "
                         "of 0 and below\n  help: begin above 0, or write %s = linear(%g, %g)",
                         option_name[option], v[0], v[1], option_name[option], v[0], v[1]);
    }
    return CRNL_OK;
}

static void keep_text(char **to, const char *text)
{
    free(*to);
    *to = rt_strdup(text ? text : "");
}

static void keep_numbers(double **to, int64_t *n, const double *v, int64_t count)
{
    free(*to);
    *to = rt_alloc((size_t)count, sizeof **to);
    memcpy(*to, v, (size_t)count * sizeof *v);
    *n = count;
}

/* Sets a number that says how large something is drawn; at most `most`. */
static int set_number(struct crnl_ctx *ctx, int32_t line, int32_t option, double v, double most, double *to)
{
    *to = v;
    return v > 0 && v <= most
               ? CRNL_OK
               : crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                           "the option `%s` of a picture is a number above 0 and up to %g, not %g",
                           option_name[option], most, v);
}

static int set_picture(struct crnl_ctx *ctx, int32_t line, int32_t option, int32_t word, int64_t n,
                       const double *v)
{
    enum { LARGEST_CM = 200, MOST_COLUMNS = 20 };
    struct rt_plot *p = ctx->plot;
    double columns;
    switch (option) {
    case CRNL_PLOT_STYLE: p->is_slide = word == CRNL_WORD_SLIDE; return CRNL_OK;
    case CRNL_PLOT_COLUMNS:
        if (set_number(ctx, line, option, v[0], MOST_COLUMNS, &columns)) {
            return ctx->status;
        }
        p->columns = (int32_t)ceil(columns);
        return CRNL_OK;
    default:
        for (int i = 0; i < 2 && i < n; i++) {
            if (set_number(ctx, line, option, v[i], LARGEST_CM, &p->size[i])) {
                return ctx->status;
            }
        }
        return CRNL_OK;
    }
}

int crnl_plot_option(struct crnl_ctx *ctx, int32_t option, int32_t word, int64_t n, const double *v,
                     const char *text, int32_t line)
{
    enum { LARGEST_MARK = 100 };
    struct rt_plot *p = ctx->plot;
    if (option == CRNL_PLOT_SIZE || option == CRNL_PLOT_STYLE || option == CRNL_PLOT_COLUMNS) {
        return set_picture(ctx, line, option, word, n, v);
    }
    struct rt_panel *panel = rt_plot_panel(p);
    struct rt_curve_style *next = &panel->next;
    struct rt_axis *axis = panel->axis;
    switch ((enum crnl_plot_option)option) {
    case CRNL_PLOT_TITLE: keep_text(&panel->title, text); break;
    case CRNL_PLOT_X: return set_axis(ctx, line, option, &axis[RT_AXIS_X], word, n, v);
    case CRNL_PLOT_Y: return set_axis(ctx, line, option, &axis[RT_AXIS_Y], word, n, v);
    case CRNL_PLOT_COLOUR: return set_axis(ctx, line, option, &axis[RT_AXIS_COLOUR], word, n, v);
    case CRNL_PLOT_X_LABEL: keep_text(&axis[RT_AXIS_X].given, text); break;
    case CRNL_PLOT_Y_LABEL: keep_text(&axis[RT_AXIS_Y].given, text); break;
    case CRNL_PLOT_COLOUR_LABEL: keep_text(&axis[RT_AXIS_COLOUR].given, text); break;
    case CRNL_PLOT_CONTOURS: keep_numbers(&panel->contour, &panel->n_contours, v, n); break;
    case CRNL_PLOT_LEGEND: panel->legend = word; break;
    case CRNL_PLOT_ASPECT: panel->aspect = word; break;
    case CRNL_PLOT_LABEL: keep_text(&next->label, text); break;
    case CRNL_PLOT_POINT_SIZE: return set_number(ctx, line, option, v[0], LARGEST_MARK, &next->size);
    case CRNL_PLOT_WIDTH: return set_number(ctx, line, option, v[0], LARGEST_MARK, &next->width);
    case CRNL_PLOT_ERROR: keep_numbers(&next->error, &next->n_error, v, n); break;
    case CRNL_PLOT_LOW: keep_numbers(&next->low, &next->n_low, v, n); break;
    case CRNL_PLOT_HIGH: keep_numbers(&next->high, &next->n_high, v, n); break;
    default: break;
    }
    return CRNL_OK;
}

/* ---- titles and legends of a panel ---- */

static void put_runs(struct rt_buffer *b, int64_t runs)
{
    if (runs == 1) {
        rt_put(b, ", one run");
    } else {
        rt_putf(b, ", %lld runs", (long long)runs);
    }
}

/* Notes the network and the method of a run, which are the title if the program gives none. */
static void note_run(struct rt_panel *panel, const struct crnl_curve_spec *c, const struct rt_network *n)
{
    const struct rt_result *r = n->result;
    struct rt_buffer b = {0}, all = {0};
    rt_putf(&b, "%s by %s", n->m->name, rt_method_info(r->method)->family);
    if (rt_method_is(r->method, CRNL_STOCHASTIC)) {
        put_runs(&b, r->runs);
    }
    if ((c->is_state || c->kind == CRNL_CURVE_HISTOGRAM) && isfinite(r->t)) {
        const struct crnl_stat_request *q = c->is_state ? NULL : &n->m->stat[c->index];
        bool is_over_time = q && q->kind != CRNL_RUN_HISTOGRAM && !rt_method_is(r->method, CRNL_LAW);
        rt_put(&b, ", time ");
        if (is_over_time && isfinite(r->since)) {
            rt_putf(&b, "%.6g to ", r->since);
        }
        rt_putf(&b, "%.6g %s", r->t, c->time_unit ? c->time_unit : "(no unit)");
    }
    if (!panel->note || !strstr(panel->note, b.data)) {
        rt_putf(&all, "%s%s%s", panel->note ? panel->note : "", panel->note ? "; " : "", b.data);
        keep_text(&panel->note, all.data);
        panel->n_notes++;
    }
    rt_buffer_free(&b);
    rt_buffer_free(&all);
}

static int plot_of_kind(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *value,
                        const double *x, const double *y)
{
    switch ((enum crnl_curve_kind)c->kind) {
    case CRNL_CURVE_HISTOGRAM: return rt_plot_histogram(ctx, c);
    case CRNL_CURVE_MAP: return rt_plot_map(ctx, c, value, x, y);
    case CRNL_CURVE_GRAPH: ctx->plot->graph = rt_strdup(c->label); return CRNL_OK;
    default: return rt_plot_course(ctx, c, value, x);
    }
}

int crnl_plot_curve(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *value,
                    const double *x, const double *y)
{
    struct rt_panel *panel = rt_plot_panel(ctx->plot);
    const struct rt_network *n = c->net >= 0 ? rt_network(ctx, c->net) : NULL;
    struct crnl_curve_spec counted = *c;
    if (n && n->result && n->result->counts_molecules) {
        counted.unit = c->is_count && !c->unit ? rt_plot_molecules : c->unit;
        counted.x_unit = c->x_is_count && !c->x_unit ? rt_plot_molecules : c->x_unit;
        c = &counted;
    }
    int status = n && n->failed ? CRNL_OK : plot_of_kind(ctx, c, value, x, y);
    if (status && rt_goes_on_after(ctx, ctx->plot->line, ctx->plot->failed)) {
        ctx->plot->failed = true;
        status = CRNL_OK;
    }
    if (!status && n && n->result) {
        note_run(panel, c, n);
    }
    free_style(&panel->next);
    return status;
}

/* ---- files ---- */

static int write_beside(struct crnl_ctx *ctx, const struct rt_plot *p, const char *ending,
                        const struct rt_buffer *text, struct rt_error *e)
{
    struct rt_buffer path = {0};
    rt_putf(&path, "%s%s", p->path, ending);
    rt_output_left(ctx, path.data);
    rt_file_renew(path.data, text, e);
    rt_buffer_free(&path);
    return e->status;
}

/* Writes the head and the body of a picture's script; a graph has no head. */
static int write_script(struct crnl_ctx *ctx, const struct rt_plot *p, const struct rt_buffer *body,
                        struct rt_error *e)
{
    struct rt_buffer script = {0};
    const char *name = rt_plot_base_name(p->path);
    if (!p->graph) {
        rt_putf(&script, "# Draws %s from %s.dat: gnuplot ./%s.gp\n", name, name, name);
        rt_plot_head(&script, p, true);
    }
    rt_put_n(&script, body->data, body->n);
    write_beside(ctx, p, p->graph ? ".dot" : ".gp", &script, e);
    rt_buffer_free(&script);
    return e->status;
}

/* -d: without settings of the user or the folder. Standard input without a name would be read byte by
 * byte. */
static const char *const by_gnuplot[] = {"gnuplot", "-d", "/dev/stdin", NULL};
static const char *const by_graphviz[CRNL_PICTURE_COUNT][4] = {
    [CRNL_PICTURE_SVG] = {"dot", "-Tsvg", NULL},
    [CRNL_PICTURE_PDF] = {"dot", "-Tpdf:cairo", NULL},
    [CRNL_PICTURE_EPS] = {"dot", "-Teps:cairo", NULL},
    [CRNL_PICTURE_PNG] = {"dot", "-Tpng:cairo", "-Gdpi=300", NULL},
};

/* Appends a word, quoted for a shell. */
static void put_word(struct rt_buffer *b, const char *prefix, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:,=@%";
    bool is_plain = !word[strspn(word, plain)];
    rt_putf(b, "%s%s", is_plain ? "" : "'", prefix);
    for (const char *s = word; *s; s++) {
        rt_put_n(b, *s == '\'' ? "'\\''" : s, *s == '\'' ? strlen("'\\''") : 1);
    }
    rt_put(b, is_plain ? "" : "'");
}

static void warn_of_missing(struct crnl_ctx *ctx, const struct rt_plot *p, const char *const *argv,
                            const char *folder, int missing)
{
    const char *name = rt_plot_base_name(p->path);
    struct rt_buffer command = {0}, script = {0};
    rt_putf(&script, "%s.%s", name, p->graph ? "dot" : "gp");
    rt_put(&command, "cd ");
    put_word(&command, "", *folder ? folder : ".");
    rt_put(&command, " && ");
    for (int i = 0; argv[i] && (p->graph || i == 0); i++) {
        rt_putf(&command, "%s ", argv[i]);
    }
    put_word(&command, "./", script.data);
    if (p->graph) {
        rt_put(&command, " -o ");
        put_word(&command, "./", name);
    }
    rt_warn_at(ctx, p->line,
               "`%s` is not drawn: cannot start %s (%s)\n"
               "  its data and script are kept; once %s is installed: %s",
               p->path, argv[0], strerror(missing), p->graph ? "Graphviz" : argv[0], command.data);
    rt_buffer_free(&script);
    rt_buffer_free(&command);
}

/* Draws in the folder of the picture, where its data is. */
static int draw(struct crnl_ctx *ctx, const struct rt_plot *p, const struct rt_buffer *body,
                struct rt_error *e)
{
    struct rt_buffer folder = {0}, script = {0}, picture = {0};
    int missing = 0;
    const char *name = rt_plot_base_name(p->path);
    const char *const *argv = p->graph ? by_graphviz[p->format] : by_gnuplot;
    rt_put_n(&folder, p->path, (size_t)(name - p->path));
    if (!p->graph) {
        rt_plot_head(&script, p, false);
    }
    rt_put_n(&script, body->data, body->n);
    rt_gnuplot_draw(ctx, argv, folder.data, &script, p->path, &picture, &missing, e);
    if (missing) {
        warn_of_missing(ctx, p, argv, folder.data, missing);
    } else if (!e->status) {
        rt_file_renew(p->path, &picture, e);
    }
    rt_buffer_free(&picture);
    rt_buffer_free(&folder);
    rt_buffer_free(&script);
    return e->status;
}

static void warn_of_units(struct crnl_ctx *ctx, const struct rt_plot *p)
{
    for (int32_t i = 0; i < RT_AXES * p->n_panels; i++) {
        const struct rt_axis *a = &p->panel[i / RT_AXES].axis[i % RT_AXES];
        if (a->unit && (a->units_differ || a->has_no_unit)) {
            rt_warn_at(ctx, p->line, "an axis of `%s` has no unit: some values are in %s, others are not",
                       p->path, a->unit);
        }
    }
}

static void warn_of_legend(struct crnl_ctx *ctx, const struct rt_plot *p)
{
    for (int32_t i = 0; i < p->n_panels; i++) {
        if (p->panel[i].n_named > RT_MOST_NAMES && p->panel[i].legend != CRNL_WORD_NONE) {
            rt_warn_at(ctx, p->line,
                       "`%s` has %d curves and no legend, which takes %d names at most\n"
                       "  help: draw some of them, or the array as one heat map: ... as map",
                       p->path, p->panel[i].n_named, RT_MOST_NAMES);
        }
    }
}

static int write_and_draw(struct crnl_ctx *ctx, const struct rt_plot *p, struct rt_error *e)
{
    struct rt_buffer body = {0};
    (p->graph ? rt_plot_graph : rt_plot_body)(&body, p);
    if ((p->graph || !write_beside(ctx, p, ".dat", &p->data, e)) && !write_script(ctx, p, &body, e)) {
        warn_of_legend(ctx, p);
        warn_of_units(ctx, p);
        draw(ctx, p, &body, e);
    }
    rt_buffer_free(&body);
    return e->status;
}

int crnl_plot_end(struct crnl_ctx *ctx)
{
    struct rt_plot *p = ctx->plot;
    struct rt_error e = {0};
    int32_t line = p->line;
    bool is_empty = p->n_panels == 0;
    for (int32_t i = 0; i < p->n_panels; i++) {
        is_empty |= !p->panel[i].clauses.n && !p->graph;
    }
    rt_progress_clear(ctx);
    bool failed = p->failed;
    if (failed) {
        /* an error reports it */
    } else if (is_empty) {
        rt_fail(&e, CRNL_PLOT, "there is nothing to plot");
    } else if (!ctx->options.closer && !ctx->options.mute) {
        write_and_draw(ctx, p, &e);
    }
    rt_plot_free(ctx);
    int status = rt_fail_at(ctx, line, &e);
    return status && rt_goes_on_after(ctx, line, false) ? CRNL_OK : status;
}
