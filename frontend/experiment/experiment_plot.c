/* Pictures: curves of a network over time, curves of series and of vectors, histograms, and maps. */
#include <string.h>

#include "frontend/experiment/experiment_picture.h"
#include "frontend/typing.h"

static const char rows_help[] =
    "read values of the rows, which have an axis for them in front, and plot these";

/* ---- what stands on the axes ---- */

static const char *time_unit(struct where *w, int32_t net)
{
    return experiment_quantity_unit(w, (struct quantity){.is_known = true, .time = 1, .net = net});
}

/* The label is the expression as it is written; a course is called after the expression of which it is the
 * course. */
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

/* A curve under construction: how it is drawn, and by which statement. */
struct curve {
    struct where *w;
    struct stmt *s;
    const struct ast *a; /* CURVE */
    int32_t form;
};

static bool refuse_form(const struct curve *k, const char *what, const char *forms)
{
    const struct ast *form = curve_form(k->a);
    diag_report(k->w->f->diag, DIAG_E0302, form->span, "%s is not drawn as %s", what, form->name);
    diag_help(k->w->f->diag, "it is drawn as %s", forms);
    return false;
}

/* An option of the curve that is added next, or NULL. */
static const struct drawn *option_given(const struct curve *k, int32_t option)
{
    for (size_t i = k->s->drawn.n; i > 0 && k->s->drawn.data[i - 1].kind == DRAWN_OPTION; i--) {
        if (k->s->drawn.data[i - 1].option == option) {
            return &k->s->drawn.data[i - 1];
        }
    }
    return NULL;
}

/* The options of a curve are stored before the curve. */
static bool read_form(struct curve *k)
{
    const struct ast *form = curve_form(k->a);
    return !form || ((k->form = picture_form(k->w->f, form)) >= 0 &&
                     picture_read_options(k->w, form, PICTURE_CURVE, PICTURE_CURVE, k->s));
}

/* Reads the places of the rows or columns of a map. */
static bool take_places(struct curve *k, int32_t option, int32_t n, expr_id *at, const char **label)
{
    const struct drawn *given = option_given(k, option);
    if (!given) {
        return true;
    }
    struct shape shape = value_info(k->w, given->value).shape;
    const struct ast *form = curve_form(k->a);
    if (shape.rank != 1 || shape.dim[0] != n) {
        return diag_report(k->w->f->diag, DIAG_E0302, form->span,
                           "the map has %d places there, and their list the shape %s", n,
                           where_shape(k->w, shape));
    }
    for (uint32_t i = 0; i < form->n; i++) {
        if (ctor_arg(form, i)->name &&
            strcmp(ctor_arg(form, i)->name, option == CRNL_PLOT_MAP_X ? "x" : "y") == 0) {
            const struct ast *value = arg_value(ctor_arg(form, i));
            *label = value->kind == AST_NAME || value->kind == AST_FIELD ? label_of(k->w, value) : NULL;
        }
    }
    *at = given->value;
    return true;
}

/* Adds a map of an array with two indices. The first index goes to the right, at the given places if there
 * are any. */
static bool add_map(struct curve *k, struct crnl_curve_spec c, expr_id value)
{
    struct shape shape = value_info(k->w, value).shape;
    expr_id at[2] = {0, 0};
    if (k->form != CRNL_FORM_USUAL && k->form != CRNL_FORM_MAP) {
        return refuse_form(k, "a 2-d array", "a map; rows of it as curves: m[0], m[1]");
    }
    c.kind = CRNL_CURVE_MAP;
    c.dim[0] = shape.dim[0];
    c.dim[1] = shape.dim[1];
    c.x_label = "first index";
    c.y_label = "second index";
    if (!take_places(k, CRNL_PLOT_MAP_X, shape.dim[0], &at[0], &c.x_label) ||
        !take_places(k, CRNL_PLOT_MAP_Y, shape.dim[1], &at[1], &c.y_label)) {
        return false;
    }
    struct drawn *d = add_curve(k->s, c);
    d->value = value;
    d->x = at[0];
    d->y = at[1];
    return true;
}

/* An array of species with two indices is a sheet, which is drawn as it is at the end of the run. */
static bool add_sheet(struct curve *k, struct where *o, int32_t net, expr_id v, struct crnl_curve_spec c)
{
    struct where *w = k->w;
    struct shape shape = value_info(o, v).shape;
    struct stat_request r = {.kind = STAT_END};
    for (int64_t i = 0; i < shape_size(shape); i++) {
        experiment_observe(w, net, expr_element(o->ex, v, i),
                           arena_printf(w->f->program->arena, "%s[%lld]", c.label, (long long)i), &r);
    }
    int32_t request = experiment_add_request(experiment_use(w, net), &r);
    c.time_unit = c.x_unit;
    c.x_unit = NULL;
    c.x_quantity = NULL;
    c.is_state = true;
    return add_map(k, c, expr_leaf(w->ex, EXPR_STAT, TYPE_REAL, shape, net, request));
}

/* Time goes to the right, and the index of the array goes upwards. */
static void add_course_of_array(struct curve *k, struct where *o, int32_t net, expr_id v,
                                struct crnl_curve_spec c)
{
    struct net_use *use = experiment_use(k->w, net);
    c.index = (int32_t)use->trace.n;
    c.n_traces = (int32_t)shape_size(value_info(o, v).shape);
    c.form = CRNL_FORM_MAP;
    c.y_label = "index";
    for (int32_t i = 0; i < c.n_traces; i++) {
        struct trace t = {net_add_observed(use->net, expr_element(o->ex, v, i)),
                          arena_printf(k->w->f->program->arena, "%s[%d]", c.label, i)};
        vec_push(&use->trace, t);
    }
    (void)add_curve(k->s, c);
}

static bool refuses_errors(const struct curve *k, const char *what)
{
    static const int32_t errors[] = {CRNL_PLOT_ERROR, CRNL_PLOT_LOW, CRNL_PLOT_HIGH};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (option_given(k, errors[i])) {
            return diag_report(k->w->f->diag, DIAG_E0502, curve_form(k->a)->span,
                               "errors stand beside the values of a vector, not of %s", what);
        }
    }
    return true;
}

/* Names the elements of x[2..5]: x[2], x[3], x[4]. */
static const char *label_of_elements(struct where *o, const struct ast *a, int64_t *first)
{
    const struct ast *range = a->kind == AST_INDEX && a->n == 2 ? index_at(a, 1) : NULL;
    bool is_slice =
        range && range->kind == AST_RANGE && (!range_from(range) || range_from(range)->kind == AST_INT);
    *first = is_slice && range_from(range) ? range_from(range)->v.integer : 0;
    return experiment_label(o, is_slice ? index_base(a) : a);
}

/* Adds the courses of a network over time, or, if x is not NULL, over the course of x. */
static bool add_trace(struct curve *k, int32_t net, bool own)
{
    struct where *w = k->w, o = experiment_view(w, net, own, NULL);
    const struct ast *a = curve_y(k->a), *x = curve_x(k->a);
    expr_id v = value_real(&o, a), over = x && v ? value_real(&o, x) : 0;
    if (!v || (x && !over) || !experiment_needs_single(w, net, a->span, "a plot of the course", rows_help)) {
        return false;
    }
    struct shape shape = value_info(&o, v).shape;
    struct net_use *use = experiment_use(w, net);
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_TRACE,
                                .form = k->form,
                                .x_index = -1,
                                .label = experiment_label(w, a),
                                .x_label = "time",
                                .x_quantity = "time",
                                .x_unit = time_unit(w, net)};
    if (shape.rank > 2 || (x && shape.rank == 2)) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           "a plot shows vectors as curves and 2-d arrays as maps, not a value of shape %s",
                           where_shape(&o, shape));
    }
    if (x && value_info(&o, over).shape.rank) {
        return diag_report(w->f->diag, DIAG_E0302, x->span,
                           "courses are drawn over one quantity, not over %s",
                           where_shape(&o, value_info(&o, over).shape));
    }
    experiment_say_quantity(w, net, v, &c);
    if (shape.rank == 2) {
        return add_sheet(k, &o, net, v, c);
    }
    if (!refuses_errors(k, "a course: the band of an ensemble shows its standard deviation")) {
        return false;
    }
    if (k->form == CRNL_FORM_MAP && (x || !shape.rank)) {
        return refuse_form(k, "one course", "lines, points, steps or bars");
    }
    if (k->form == CRNL_FORM_MAP) {
        add_course_of_array(k, &o, net, v, c);
        return true;
    }
    if (x) {
        struct quantity q = experiment_quantity(w, net, over);
        c.x_label = experiment_label(w, x);
        c.x_quantity = experiment_quantity_name(w, q);
        c.x_unit = experiment_quantity_unit(w, q);
        c.x_is_count = experiment_is_count(q);
        c.x_index = experiment_trace(use, net_add_observed(use->net, over), c.x_label);
    }
    int64_t first;
    const char *label = label_of_elements(&o, a, &first);
    for (int64_t i = 0; i < shape_size(shape); i++) {
        expr_id e = shape.rank ? expr_element(o.ex, v, i) : v;
        if (shape.rank) {
            c.label = arena_printf(w->f->program->arena, "%s[%lld]", label, (long long)(first + i));
            experiment_say_quantity(w, net, e, &c);
        }
        c.index = experiment_trace(use, net_add_observed(use->net, e), c.label);
        (void)add_curve(k->s, c);
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

/* Histograms of amounts have a bar for each number of molecules. */
static bool counts_molecules(const struct net *net, expr_id observed)
{
    const struct expr *e = expr_get(net->ex, observed);
    return e->op == EXPR_SPECIES || (e->op == EXPR_SUB && expr_get(net->ex, e->args[0])->op == EXPR_SPECIES &&
                                     expr_get(net->ex, e->args[1])->op == EXPR_SPECIES);
}

/* The title says which network it is, so `net.A` is shortened to `A`, but not in a formula of several
 * names. */
static const char *without_network(struct where *w, const struct net *net, const char *label)
{
    size_t n = strlen(net->name);
    bool has_prefix = strncmp(label, net->name, n) == 0 && label[n] == '.';
    return has_prefix && !strpbrk(label, " (") ? arena_strdup(w->f->program->arena, label + n + 1) : label;
}

static bool add_histogram(struct curve *k, enum stat_kind kind)
{
    struct where *w = k->w;
    const struct ast *a = curve_y(k->a);
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
    bool joint = q->observed.n > 1;
    if (k->form != CRNL_FORM_USUAL && k->form != (joint ? CRNL_FORM_MAP : CRNL_FORM_STEPS)) {
        return refuse_form(k, "a histogram", joint ? "a map" : "steps");
    }
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_HISTOGRAM, .index = r};
    experiment_say_quantity(w, net, first, &c);
    if (counts_molecules(use->net, first)) {
        c.quantity = "amount";
        c.unit = "molecules";
    }
    c.time_unit = time_unit(w, net);
    c.label = q->name.data[0];
    c.x_label = without_network(w, use->net, q->name.data[0]);
    c.y_label = joint ? without_network(w, use->net, q->name.data[1]) : NULL;
    if (!refuses_errors(k, "a histogram")) {
        return false;
    }
    (void)add_curve(k->s, c);
    return true;
}

/* ---- values of the experiment ---- */

/* There must be as many errors as values, or one error for all values. A band needs errors. */
static bool check_errors(struct curve *k, int32_t n)
{
    static const int32_t errors[] = {CRNL_PLOT_ERROR, CRNL_PLOT_LOW, CRNL_PLOT_HIGH};
    bool any = false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct drawn *d = option_given(k, errors[i]);
        struct shape shape = d && d->value ? value_info(k->w, d->value).shape : shape_scalar();
        any |= d != NULL;
        bool fits = !d || (shape.rank == 1 && shape.dim[0] == n) || (shape.rank == 0 && i == 0);
        if (!fits) {
            return diag_report(k->w->f->diag, DIAG_E0302, curve_form(k->a)->span,
                               "the curve has %d values, and their errors the shape %s", n,
                               where_shape(k->w, shape));
        }
    }
    if (k->form == CRNL_FORM_BAND && !any) {
        diag_report(k->w->f->diag, DIAG_E0502, curve_form(k->a)->span, "this band has no width");
        diag_help(k->w->f->diag, "as band(error = sd), or as band(low = a, high = b)");
        return false;
    }
    if (k->form == CRNL_FORM_MAP) {
        return refuse_form(k, "a vector", "lines, points, steps, bars or a band");
    }
    return true;
}

/* Adds courses whose length is known only when running; without x, values are drawn over their numbers 0,
 * 1, 2, ... */
static bool add_rows(struct curve *k, struct crnl_curve_spec c, expr_id y, expr_id x)
{
    struct where *w = k->w;
    expr_id of[2] = {y, x};
    int32_t record[2] = {-1, -1};
    for (int i = 0; i < 2 && of[i]; i++) {
        const struct ast *a = i ? curve_x(k->a) : curve_y(k->a);
        struct shape shape = value_info(w, of[i]).shape;
        if (!value_is_series(w, of[i]) || shape.rank > 1 || shape.dim[0] != value_info(w, y).shape.dim[0]) {
            return diag_report(w->f->diag, DIAG_E0302, a->span,
                               "a curve is of two vectors of one length, and these are of different runs, or "
                               "courses of arrays");
        }
        expr_id kept = experiment_keep_series(w, a->span, of[i]);
        if (!kept) {
            return false;
        }
        record[i] = expr_get(w->ex, kept)->a;
    }
    if (k->form == CRNL_FORM_MAP || k->form == CRNL_FORM_BAND) {
        return refuse_form(k, "a course", "lines, points, steps or bars");
    }
    c.kind = CRNL_CURVE_ROWS;
    c.index = record[0];
    c.x_index = record[1];
    if (!refuses_errors(k, "a course whose length comes when running")) {
        return false;
    }
    (void)add_curve(k->s, c);
    return true;
}

static int32_t recorded_as(struct where *w, const struct ast *a)
{
    bool is_name = a->kind == AST_NAME || a->kind == AST_FIELD;
    return is_name ? experiment_record(w, front_source_text(w->f, a->span)) : -1;
}

static bool can_be_series(const struct curve *k)
{
    return (k->form == CRNL_FORM_MAP || k->form == CRNL_FORM_BAND)
               ? refuse_form(k, "a series", "lines, points, steps or bars")
               : refuses_errors(k, "a series");
}

/* Draws one recorded series over another. Their lengths are known when they are drawn. */
static bool add_series_over(struct curve *k, int32_t y, int32_t x)
{
    if (!can_be_series(k)) {
        return false;
    }
    (void)add_curve(k->s, (struct crnl_curve_spec){.kind = CRNL_CURVE_ROWS,
                                                   .form = k->form ? k->form : CRNL_FORM_LINES,
                                                   .net = -1,
                                                   .index = y,
                                                   .x_index = x,
                                                   .label = experiment_label(k->w, curve_y(k->a)),
                                                   .x_label = experiment_label(k->w, curve_x(k->a))});
    return true;
}

/* Draws `y vs x`, where both are vectors of the same length. */
static bool against(struct curve *k)
{
    struct where *w = k->w;
    const struct ast *of[2] = {curve_y(k->a), curve_x(k->a)};
    int32_t recorded[2] = {recorded_as(w, of[0]), recorded_as(w, of[1])};
    expr_id v[2];
    if (recorded[0] >= 0 && recorded[1] >= 0) {
        return add_series_over(k, recorded[0], recorded[1]);
    }
    for (int i = 0; i < 2; i++) {
        v[i] = value_or_series(w, of[i]);
        if (!v[i] || !typing_real(w->f, of[i]->span, typing_of_value(w, v[i]))) {
            return false;
        }
        v[i] = expr_to_real(w->ex, v[i]);
    }
    bool series = value_is_series(w, v[0]) || value_is_series(w, v[1]);
    for (int i = 0; i < 2 && !series; i++) {
        struct shape shape = value_info(w, v[i]).shape, other = value_info(w, v[0]).shape;
        if (shape.rank != 1) {
            diag_report(w->f->diag, DIAG_E0302, of[i]->span,
                        "a curve is of two vectors of one length, and this has the shape %s",
                        where_shape(w, shape));
            if (recorded[i] >= 0) {
                diag_help(w->f->diag, "what is recorded is drawn alone, or over another recorded series");
            }
            return false;
        }
        if (!shape_equal(shape, other)) {
            diag_report(w->f->diag, DIAG_E0302, of[i]->span,
                        "a curve is of two vectors of one length; this has the shape %s, beside %s",
                        where_shape(w, shape), where_shape(w, other));
            if (!data_help_times(w->f, k->a)) {
                diag_help(w->f->diag,
                          "each y has its x: `trajectory(NET.A)` is drawn vs `trajectory(NET.time)`, "
                          "and `trajectory(NET.A, at = times)` vs `times`");
            }
            return false;
        }
    }
    struct quantity x = experiment_quantity(w, -1, v[1]);
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_ARRAY,
                                .form = k->form ? k->form : CRNL_FORM_LINES,
                                .dim = {value_info(w, v[0]).shape.dim[0]},
                                .label = label_of(w, of[0]),
                                .x_quantity = experiment_quantity_name(w, x),
                                .x_label = label_of(w, of[1]),
                                .x_unit = experiment_quantity_unit(w, x)};
    experiment_say_quantity(w, -1, v[0], &c);
    if (series) {
        return add_rows(k, c, v[0], v[1]);
    }
    bool good = check_errors(k, c.dim[0]);
    struct drawn *d = add_curve(k->s, c);
    d->value = v[0];
    d->x = v[1];
    return good;
}

static bool add_value(struct curve *k)
{
    struct where *w = k->w;
    const struct ast *a = curve_y(k->a);
    expr_id v = value_or_series(w, a);
    if (!v) {
        return false;
    }
    struct shape shape = value_info(w, v).shape;
    if (value_is_series(w, v)) {
        struct crnl_curve_spec c = {.form = k->form, .label = label_of(w, a), .x_label = "row"};
        experiment_say_quantity(w, -1, v, &c);
        return add_rows(k, c, v, 0);
    }
    if (value_info(w, v).type == TYPE_TEXT || (shape.rank != 1 && shape.rank != 2)) {
        diag_report(w->f->diag, DIAG_E0302, a->span,
                    "a plot shows a network's values over time, a recorded series, a histogram, a "
                    "vector or a 2-d array, not a value of shape %s",
                    where_shape(w, shape));
        if (shape.rank == 0 && a->kind == AST_CALL) {
            diag_help(
                w->f->diag,
                "this is one number: print it, or keep it in each turn of a loop, `record m = %s;`, and "
                "then `plot m`",
                front_source_text(w->f, a->span));
        } else {
            diag_help(w->f->diag, "name the network before the colon: plot net: A, B -> \"file.svg\";");
        }
        return false;
    }
    struct crnl_curve_spec c = {.kind = CRNL_CURVE_ARRAY,
                                .form = k->form,
                                .net = -1,
                                .dim = {shape.dim[0]},
                                .label = label_of(w, a),
                                .x_label = "index"};
    experiment_sort(w, v, &c);
    v = expr_to_real(w->ex, v);
    if (shape.rank == 2) {
        return add_map(k, c, v);
    }
    add_curve(k->s, c)->value = v;
    return check_errors(k, c.dim[0]);
}

static bool add_series(struct curve *k, int32_t recorded)
{
    if (!can_be_series(k)) {
        return false;
    }
    (void)add_curve(k->s, (struct crnl_curve_spec){.kind = CRNL_CURVE_SERIES,
                                                   .form = k->form,
                                                   .net = -1,
                                                   .index = recorded,
                                                   .label = experiment_label(k->w, curve_y(k->a)),
                                                   .x_label = "step"});
    return true;
}

/* Adds the curves of one value, or of `y vs x`. */
static bool is_of_network(struct where *w, int32_t net, const struct ast *a)
{
    const struct net *n = net >= 0 ? experiment_use(w, net)->net : NULL;
    return n && mentions_symbol(n, curve_y(a)) && (!curve_x(a) || mentions_symbol(n, curve_x(a)));
}

/* A formula that contains courses, such as trajectory(net.x), is a value. A formula of amounts is itself
 * drawn as a course. */
static bool reads_course(struct where *w, const struct ast *a)
{
    bool any = a && experiment_is_course(w, a);
    for (uint32_t i = 0; a && i < a->n && !any; i++) {
        any = reads_course(w, ast_child(a, i));
    }
    return any;
}

static bool add_item(struct where *w, const struct ast *a, int32_t net, struct stmt *s)
{
    enum stat_kind kind;
    const struct ast *y = curve_y(a);
    struct curve k = {w, s, a, CRNL_FORM_USUAL};
    if (!read_form(&k)) {
        return false;
    }
    if (is_of_network(w, net, a)) {
        return add_trace(&k, net, true);
    }
    bool is_known = y->kind != AST_NAME || value_find(w, y->name) || strcmp(y->name, "pi") == 0 ||
                    strcmp(y->name, "time") == 0;
    if (net >= 0 && !is_known) {
        return experiment_symbol(w, y, net, y->name) >= 0; /* reports it, with the names that there are */
    }
    if (curve_x(a)) {
        return against(&k);
    }
    if (experiment_is_decision(y)) {
        return (k.form == CRNL_FORM_USUAL || k.form == CRNL_FORM_MAP ||
                refuse_form(&k, "a function of two variables", "a map")) &&
               experiment_add_decision(w, y, s);
    }
    if (histogram_call(y, &kind)) {
        return add_histogram(&k, kind);
    }
    int32_t recorded = recorded_as(w, y);
    if (recorded >= 0) {
        return add_series(&k, recorded);
    }
    struct name *named = experiment_network_in(w, y);
    if (named && y->kind != AST_CALL && !reads_course(w, y)) {
        int32_t of = network_use(w->f, named, y->span);
        if (of < 0 || !experiment_is_over_rows(w, of)) {
            return of >= 0 && add_trace(&k, of, false);
        }
    }
    return add_value(&k);
}

/* If the name of the file is known when compiling, a wrong format is refused here; otherwise it is refused
 * when running. */
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

/* A network that Graphviz draws is a picture of its own, to which nothing about panels and axes applies. */
static bool add_graph(struct where *w, const struct ast *plot, const struct ast *curve,
                      const struct ast *name, struct stmt *s)
{
    enum { MOST_NODES = 300 };
    bool is_alone = !picture_has_braces(plot) && panel_curves(plot_panels(plot))->n == 1 && !curve_x(curve) &&
                    !curve_form(curve) && !curve->name;
    int32_t net = experiment_network(w, name);
    if (net < 0) {
        return false;
    }
    if (!is_alone) {
        diag_report(w->f->diag, DIAG_E0302, curve_y(curve)->span,
                    "the graph of a network is a picture of its own");
        diag_help(w->f->diag, "plot graph(%s) -> \"network.pdf\";", name->name);
        return false;
    }
    const struct net *n = experiment_use(w, net)->net;
    if (n->species.n + n->reaction.n > MOST_NODES) {
        diag_report(w->f->diag, DIAG_E0302, name->span,
                    "the graph of `%s` has %zu species and %zu reactions: %d together can be told apart",
                    n->name, n->species.n, n->reaction.n, MOST_NODES);
        diag_help(w->f->diag, "crnlc emit --format dot writes it for tools that draw large graphs");
        return false;
    }
    for (size_t i = 0; i < s->drawn.n; i++) {
        const struct drawn *d = &s->drawn.data[i];
        bool fits =
            d->option == CRNL_PLOT_SIZE || d->option == CRNL_PLOT_STYLE || d->option == CRNL_PLOT_TITLE;
        if (d->kind == DRAWN_OPTION && !fits) {
            return diag_report(w->f->diag, DIAG_E0502, plot_options(plot)->span,
                               "the graph of a network has neither axes nor curves: its options are size, "
                               "style, title");
        }
    }
    (void)add_curve(s, (struct crnl_curve_spec){.kind = CRNL_CURVE_GRAPH, .net = net, .label = ""});
    return true;
}

/* These titles distinguish curves that have the same name but belong to different networks. */
static void name_networks(struct where *w, struct stmt *s, size_t first)
{
    for (size_t i = first; i < s->drawn.n; i++) {
        struct drawn *d = &s->drawn.data[i];
        for (size_t k = first; k < s->drawn.n && !d->curve.of; k++) {
            const struct crnl_curve_spec *other = &s->drawn.data[k].curve;
            bool are_traces = d->kind == DRAWN_CURVE && s->drawn.data[k].kind == DRAWN_CURVE &&
                              d->curve.kind == CRNL_CURVE_TRACE && other->kind == CRNL_CURVE_TRACE;
            if (are_traces && d->curve.net != other->net && strcmp(d->curve.label, other->label) == 0) {
                d->curve.of = experiment_use(w, d->curve.net)->net->name;
            }
        }
    }
}

static bool add_panel(struct where *w, const struct ast *plot, const struct ast *panel,
                      const struct ast *options, int places, struct stmt *s)
{
    struct drawn begin = {.kind = DRAWN_PANEL};
    vec_push(&s->drawn, begin);
    bool good = picture_read_options(w, options, places, PICTURE_PANEL, s);
    size_t first = s->drawn.n;
    int32_t net = -1;
    struct panel_curves curves = {0};
    for (uint32_t i = 0; i < panel_curves(panel)->n; i++) {
        const struct ast *c = list_item(panel_curves(panel), i), *of_graph = picture_graph(w, c);
        if (of_graph) {
            good &= add_graph(w, plot, c, of_graph, s);
            continue;
        }
        if (c->name && (net = experiment_network(w, c)) < 0) {
            return false;
        }
        size_t before = s->drawn.n;
        good &= add_item(w, c, net, s);
        if (s->drawn.n > before && s->drawn.data[s->drawn.n - 1].kind == DRAWN_CURVE) {
            plot_note_curve(&curves, c, &s->drawn.data[s->drawn.n - 1]);
        }
    }
    if (good) {
        plot_warn_numbers(w, &curves);
    }
    name_networks(w, s, first);
    return good;
}

bool experiment_add_plot(struct where *w, const struct ast *a, struct stmt *s)
{
    enum { BOTH = PICTURE_PICTURE | PICTURE_PANEL };
    bool braces = picture_has_braces(a);
    bool good = picture_read_options(w, plot_options(a), braces ? PICTURE_PICTURE : BOTH, PICTURE_PICTURE, s);
    for (uint32_t i = 0; i < picture_panel_count(a); i++) {
        const struct ast *panel = picture_panel(a, i);
        good &= add_panel(w, a, panel, braces ? panel_options(panel) : plot_options(a),
                          braces ? PICTURE_PANEL : BOTH, s);
    }
    if (!plot_file(a) && !w->f->options->shows_pictures && !w->f->options->is_generated) {
        const char *name = w->experiment->name->text;
        diag_report(w->f->diag, DIAG_W0422, a->span, "this picture names no file, and is written to `%s.svg`",
                    name);
        diag_help(w->f->diag, "name it at the end: `-> \"%s.svg\"`", name);
    }
    s->text = plot_file(a) ? value_text(w, plot_file(a))
                           : expr_text(w->ex, arena_printf(w->f->arena, "%s.svg", w->experiment->name->text));
    return good && s->text && check_file(w, a, s->text);
}
