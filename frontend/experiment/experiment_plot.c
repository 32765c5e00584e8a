/* Plots: curves of a network over time, of series, histograms and arrays. */
#include <string.h>

#include "frontend/experiment/experiment.h"

static const char rows_help[] =
    "read values of the rows, which have an axis for them in front, and plot these";

static bool add_trace(struct where *w, int32_t net, bool own, const struct ast *a, struct stmt *s)
{
    struct where o = experiment_observing(w, net, own);
    expr_id v = value_real(&o, a);
    if (!v || !experiment_needs_single(w, net, a->span, "a plot of the course", rows_help)) {
        return false;
    }
    struct shape shape = value_info(&o, v).shape;
    struct net_use *use = experiment_use(w, net);
    const char *label = experiment_label(w, a);
    for (int64_t i = 0; i < shape_size(shape); i++) {
        int32_t observed = net_add_observed(use->net, shape.rank ? expr_element(o.ex, v, i) : v);
        const char *name =
            shape.rank ? arena_printf(w->f->program->arena, "%s[%lld]", label, (long long)i) : label;
        size_t at = 0;
        while (at < use->trace.n && use->trace.data[at].observed != observed) {
            at++;
        }
        if (at == use->trace.n) {
            struct trace t = {observed, name};
            vec_push(&use->trace, t);
        }
        struct curve c = {.kind = CURVE_TRACE, .net = net, .index = (int32_t)at, .label = name};
        vec_push(&s->curve, c);
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

static bool histogram_call(const struct ast *a, enum stat_kind *kind)
{
    if (a->kind != AST_CALL || call_callee(a)->kind != AST_NAME) {
        return false;
    }
    *kind = strcmp(call_callee(a)->name, "time_histogram") == 0 ? STAT_TIME_HISTOGRAM : STAT_RUN_HISTOGRAM;
    return *kind == STAT_TIME_HISTOGRAM || strcmp(call_callee(a)->name, "run_histogram") == 0;
}

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
    struct curve c = {.kind = points ? CURVE_POINTS : CURVE_LINES,
                      .value = v[0],
                      .x = v[1],
                      .label = experiment_label(w, curve_y(a)),
                      .y_label = experiment_label(w, curve_x(a))};
    vec_push(&s->curve, c);
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
        int32_t of;
        struct shape shape;
        static const int32_t whole[STAT_AXES] = {-1, -1};
        int32_t r = experiment_request(w, a, kind, whole, &of, &shape);
        if (r >= 0 && !experiment_needs_single(w, of, a->span, "a plot of a histogram", rows_help)) {
            return false;
        }
        struct curve c = {.kind = CURVE_HISTOGRAM, .net = of, .index = r, .label = experiment_label(w, a)};
        if (r >= 0) {
            vec_push(&s->curve, c);
        }
        return r >= 0;
    }
    if (net >= 0 && mentions_symbol(experiment_use(w, net)->net, a)) {
        return add_trace(w, net, true, a, s);
    }
    int32_t recorded = a->kind == AST_NAME || a->kind == AST_FIELD
                           ? experiment_record(w, front_source_text(w->f, a->span))
                           : -1;
    if (recorded >= 0) {
        struct curve c = {.kind = CURVE_SERIES, .index = recorded, .label = experiment_label(w, a)};
        vec_push(&s->curve, c);
        return true;
    }
    struct name *named = experiment_network_in(w, a);
    if (named && a->kind != AST_CALL) {
        int32_t of = network_use(w->f, named, a->span);
        if (of < 0 || !experiment_is_over_rows(w, of)) {
            return of >= 0 && add_trace(w, of, false, a, s);
        }
    }
    expr_id v = value_real(w, a);
    if (!v) {
        return false;
    }
    int32_t rank = value_info(w, v).shape.rank;
    if (rank != 1 && rank != 2) {
        diag_report(w->f->diag, DIAG_E0302, a->span,
                    "a plot shows a network's values over time, a recorded series, a histogram, a "
                    "vector or a 2-d array, not a value of shape %s",
                    where_shape(w, value_info(w, v).shape));
        diag_help(w->f->diag, "name the network before the colon: plot net: A, B -> \"file.svg\";");
        return false;
    }
    struct curve c = {.kind = rank == 2 ? CURVE_MAP : CURVE_ARRAY,
                      .value = v,
                      .label = rank == 2 ? "first index" : experiment_label(w, a),
                      .y_label = "second index"};
    vec_push(&s->curve, c);
    return true;
}

bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s)
{
    struct program *p = w->f->program;
    int32_t net = -1;
    if (a->name && (net = experiment_network(w, a->name, a->span)) < 0) {
        return false;
    }
    bool good = true;
    for (uint32_t i = 1; i < a->n; i++) {
        good &= curve(w, plot_item(a, i), net, s);
    }
    s->source = a->name ? arena_strdup(p->arena, a->name) : arena_strdup(p->arena, w->experiment->name->text);
    s->text = plot_file(a) ? value_text(w, plot_file(a))
                           : expr_text(w->ex, arena_printf(w->f->arena, "%s.svg", w->experiment->name->text));
    return good && s->text;
}
