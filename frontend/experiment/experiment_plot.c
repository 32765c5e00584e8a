/* Pictures: curves of a network over time, of series, vectors, histograms, and maps. */
#include <string.h>

#include "frontend/experiment/experiment.h"

static const char rows_help[] =
    "read values of the rows, which have an axis for them in front, and plot these";

/* ---- what stands on the axes ---- */

static void say_quantity(struct where *w, int32_t net, expr_id v, struct crnl_curve_spec *c)
{
    struct quantity q = experiment_quantity(w, net, v);
    c->quantity = experiment_quantity_name(w, q);
    c->unit = experiment_quantity_unit(w, q);
    c->is_amount = q.is_amount;
    c->is_stepped = q.is_stepped && !q.is_number && q.net >= 0;
    c->net = net >= 0 ? net : q.net;
}

void experiment_sort(struct where *w, expr_id v, struct crnl_curve_spec *c)
{
    enum expr_type type = (enum expr_type)value_info(w, v).type;
    c->sort = type == TYPE_BOOL ? CRNL_SORT_TRUTH : type == TYPE_INT ? CRNL_SORT_CLASS : CRNL_SORT_NUMBER;
    if (c->sort == CRNL_SORT_NUMBER) {
        say_quantity(w, -1, v, c);
    }
}

static const char *time_unit(struct where *w, int32_t net)
{
    return experiment_quantity_unit(w, (struct quantity){.is_known = true, .time = 1, .net = net});
}

/* As it is written; a course is called after what it is of. */
static const char *label_of(struct where *w, const struct ast *a)
{
    bool is_course = experiment_is_course(w, a) && a->n > 1 && !call_arg(a, 1)->name;
    return experiment_label(w, is_course ? arg_value(call_arg(a, 1)) : a);
}

static struct drawn *add_curve(struct stmt *s, struct crnl_curve_spec spec)
{
    struct drawn d = {.kind = DRAWN_CURVE, .curve = spec};
    vec_push(&s->drawn, d);
    return &s->drawn.data[s->drawn.n - 1];
}

/* ---- of networks ---- */

static int32_t trace_of(struct net_use *use, int32_t observed, const char *name)
{
    size_t at = 0;
    while (at < use->trace.n && use->trace.data[at].observed != observed) {
        at++;
    }
    if (at == use->trace.n) {
        struct trace t = {observed, name};
        vec_push(&use->trace, t);
    }
    return (int32_t)at;
}

/* An array of species in two dimensions is a sheet: its state at the end. */
static void add_sheet(struct where *w, struct where *o, int32_t net, expr_id v, struct crnl_curve_spec c,
                      struct stmt *s)
{
    struct shape shape = value_info(o, v).shape;
    struct stat_request r = {.kind = STAT_END};
    for (int64_t i = 0; i < shape_size(shape); i++) {
        experiment_observe(w, net, expr_element(o->ex, v, i),
                           arena_printf(w->f->program->arena, "%s[%lld]", c.label, (long long)i), &r);
    }
    int32_t request = experiment_add_request(experiment_use(w, net), &r);
    c.kind = CRNL_CURVE_MAP;
    c.dim[0] = shape.dim[0];
    c.dim[1] = shape.dim[1];
    c.x_label = "first index";
    c.y_label = "second index";
    c.time_unit = c.x_unit;
    c.x_unit = NULL;
    c.is_state = true;
    add_curve(s, c)->value = expr_leaf(w->ex, EXPR_STAT, TYPE_REAL, shape, net, request);
}

static bool add_trace(struct where *w, int32_t net, bool own, const struct ast *a, struct stmt *s)
{
    struct where o = experiment_observing(w, net, own);
    expr_id v = value_real(&o, a);
    if (!v || !experiment_needs_single(w, net, a->span, "a plot of the course", rows_help)) {
        return false;
    }
    struct shape shape = value_info(&o, v).shape;
    struct net_use *use = experiment_use(w, net);
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_TRACE,
                                .label = experiment_label(w, a),
                                .x_label = "time",
                                .x_quantity = "time",
                                .x_unit = time_unit(w, net)};
    if (shape.rank > 2) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           "a plot shows vectors as curves and 2-d arrays as maps, not a value of shape %s",
                           where_shape(&o, shape));
    }
    say_quantity(w, net, v, &c);
    if (shape.rank == 2) {
        add_sheet(w, &o, net, v, c, s);
        return true;
    }
    const char *label = c.label;
    for (int64_t i = 0; i < shape_size(shape); i++) {
        expr_id e = shape.rank ? expr_element(o.ex, v, i) : v;
        if (shape.rank) {
            c.label = arena_printf(w->f->program->arena, "%s[%lld]", label, (long long)i);
            say_quantity(w, net, e, &c);
        }
        c.index = trace_of(use, net_add_observed(use->net, e), c.label);
        (void)add_curve(s, c);
    }
    return true;
}

static bool mentions_symbol(const struct net *net, const struct ast *a)
{
    if (!a) {
        return false;
    }
    if (a->kind == AST_NAME) {
        return experiment_starts_path(net, a->name);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (mentions_symbol(net, ast_child(a, i))) {
            return true;
        }
    }
    return false;
}

/* ---- histograms ---- */

static bool histogram_call(const struct ast *a, enum stat_kind *kind)
{
    if (a->kind != AST_CALL || call_callee(a)->kind != AST_NAME) {
        return false;
    }
    *kind = strcmp(call_callee(a)->name, "time_histogram") == 0 ? STAT_TIME_HISTOGRAM : STAT_RUN_HISTOGRAM;
    return *kind == STAT_TIME_HISTOGRAM || strcmp(call_callee(a)->name, "run_histogram") == 0;
}

/* Histograms of amounts count molecules. */
static bool counts_molecules(const struct net *net, expr_id observed)
{
    const struct expr *e = expr_get(net->ex, observed);
    return e->op == EXPR_SPECIES || (e->op == EXPR_SUB && expr_get(net->ex, e->args[0])->op == EXPR_SPECIES &&
                                     expr_get(net->ex, e->args[1])->op == EXPR_SPECIES);
}

static bool add_histogram(struct where *w, const struct ast *a, enum stat_kind kind, struct stmt *s)
{
    int32_t net;
    struct shape shape;
    static const int32_t whole[STAT_AXES] = {-1, -1};
    int32_t r = experiment_request(w, a, kind, whole, &net, &shape);
    if (r < 0 || !experiment_needs_single(w, net, a->span, "a plot of a histogram", rows_help)) {
        return false;
    }
    const struct net_use *use = experiment_use(w, net);
    const struct stat_request *q = &use->stat.data[r];
    expr_id first = use->net->observed.data[q->observed.data[0]];
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_HISTOGRAM, .index = r};
    say_quantity(w, net, first, &c);
    c.quantity = NULL;
    c.unit = counts_molecules(use->net, first) ? "molecules" : c.unit;
    c.label = q->name.data[0];
    c.x_label = q->name.data[0];
    c.y_label = q->observed.n > 1 ? q->name.data[1] : NULL;
    (void)add_curve(s, c);
    return true;
}

/* ---- values of the experiment ---- */

/* y vs x: vectors of one length. */
static bool against(struct where *w, const struct ast *a, struct stmt *s)
{
    expr_id v[2] = {value_real(w, curve_y(a)), value_real(w, curve_x(a))};
    bool points = a->name && strcmp(a->name, "points") == 0;
    if (a->name && !points && strcmp(a->name, "lines") != 0) {
        diag_report(w->f->diag, DIAG_E0302, a->span, "a curve is drawn as points or as lines, not '%s'",
                    a->name);
        return false;
    }
    for (int i = 0; i < 2; i++) {
        const struct ast *of = i ? curve_x(a) : curve_y(a);
        if (!v[i]) {
            return false;
        }
        struct shape shape = value_info(w, v[i]).shape, other = value_info(w, v[0]).shape;
        if (shape.rank != 1 || !shape_equal(shape, other)) {
            return diag_report(w->f->diag, DIAG_E0302, of->span,
                               "a curve is of two vectors of one length; this has the shape %s, beside %s",
                               where_shape(w, shape), where_shape(w, other));
        }
    }
    struct quantity x = experiment_quantity(w, -1, v[1]);
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_ARRAY,
                                .form = points ? CRNL_FORM_POINTS : CRNL_FORM_LINES,
                                .dim = {value_info(w, v[0]).shape.dim[0]},
                                .label = label_of(w, curve_y(a)),
                                .x_quantity = experiment_quantity_name(w, x),
                                .x_label = label_of(w, curve_x(a)),
                                .x_unit = experiment_quantity_unit(w, x)};
    say_quantity(w, -1, v[0], &c);
    struct drawn *d = add_curve(s, c);
    d->value = v[0];
    d->x = v[1];
    return true;
}

static bool add_value(struct where *w, const struct ast *a, struct stmt *s)
{
    expr_id v = value_of(w, a);
    if (!v) {
        return false;
    }
    struct shape shape = value_info(w, v).shape;
    if (value_info(w, v).type == TYPE_TEXT || (shape.rank != 1 && shape.rank != 2)) {
        diag_report(w->f->diag, DIAG_E0302, a->span,
                    "a plot shows a network's values over time, a recorded series, a histogram, a "
                    "vector or a 2-d array, not a value of shape %s",
                    where_shape(w, shape));
        diag_help(w->f->diag, "name the network before the colon: plot net: A, B -> \"file.svg\";");
        return false;
    }
    struct crnl_curve_spec c = {.kind = shape.rank == 2 ? CRNL_CURVE_MAP : CRNL_CURVE_ARRAY,
                                .net = -1,
                                .dim = {shape.dim[0], shape.rank == 2 ? shape.dim[1] : 0},
                                .label = label_of(w, a),
                                .x_label = shape.rank == 2 ? "first index" : "index",
                                .y_label = "second index"};
    experiment_sort(w, v, &c);
    add_curve(s, c)->value = expr_to_real(w->ex, v);
    return true;
}

static bool curve(struct where *w, const struct ast *a, int32_t net, struct stmt *s)
{
    enum stat_kind kind;
    if (a->kind == AST_CURVE) {
        return against(w, a, s);
    }
    if (experiment_is_decision(a)) {
        return experiment_add_decision(w, a, s);
    }
    if (histogram_call(a, &kind)) {
        return add_histogram(w, a, kind, s);
    }
    if (net >= 0 && mentions_symbol(experiment_use(w, net)->net, a)) {
        return add_trace(w, net, true, a, s);
    }
    int32_t recorded = a->kind == AST_NAME || a->kind == AST_FIELD
                           ? experiment_record(w, front_source_text(w->f, a->span))
                           : -1;
    if (recorded >= 0) {
        (void)add_curve(s, (struct crnl_curve_spec){.kind = CRNL_CURVE_SERIES,
                                                    .net = -1,
                                                    .index = recorded,
                                                    .label = experiment_label(w, a),
                                                    .x_label = "step"});
        return true;
    }
    struct name *named = experiment_network_in(w, a);
    if (named && a->kind != AST_CALL) {
        int32_t of = network_use(w->f, named, a->span);
        if (of < 0 || !experiment_is_over_rows(w, of)) {
            return of >= 0 && add_trace(w, of, false, a, s);
        }
    }
    return add_value(w, a, s);
}

/* A name of a file that is known when compiling is refused here, others when running. */
static bool check_file(struct where *w, const struct ast *a, expr_id file)
{
    const struct expr *e = expr_get(w->ex, file);
    if (!plot_file(a) || e->op != EXPR_CONST || crnl_plot_format(e->v.text) >= 0) {
        return true;
    }
    diag_report(w->f->diag, DIAG_E0306, plot_file(a)->span, "a picture is not written in this format");
    diag_help(w->f->diag, "the name of its file ends in %s", crnl_plot_formats());
    return false;
}

bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s)
{
    int32_t net = -1;
    if (a->name && (net = experiment_network(w, a->name, a->span)) < 0) {
        return false;
    }
    bool good = true;
    struct drawn panel = {.kind = DRAWN_PANEL};
    vec_push(&s->drawn, panel);
    for (uint32_t i = 1; i < a->n; i++) {
        good &= curve(w, plot_item(a, i), net, s);
    }
    s->text = plot_file(a) ? value_text(w, plot_file(a))
                           : expr_text(w->ex, arena_printf(w->f->arena, "%s.svg", w->experiment->name->text));
    return good && s->text && check_file(w, a, s->text);
}
