/* Plots with three axes: a surface over a grid becomes a map, in which colours show its heights. One side of
 * the grid is what varies within each run, the other what varies from run to run. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum { ALONG_ROWS = 1, ALONG_RUNS = 2, ALONG_BOTH = 3 };

static bool sets(const struct sedml_task *t, const struct sedml_model *m, const char *symbol)
{
    for (size_t i = 0; i < t->n_sets; i++) {
        if (t->set[i].model == m && strcmp(t->set[i].what.text, symbol) == 0) {
            return true;
        }
    }
    return false;
}

/* Along which side a variable of the task varies, as far as its kind tells; 0: it is one number. */
static int variable_varies(struct sedml *s, const xmlNode *variable, const struct sedml_task *t)
{
    const struct sedml_task *leaf = t;
    while (leaf->is_repeated) {
        leaf = leaf->sub[0];
    }
    struct sedml_quantity q;
    if (!sedml_quantity(s, variable, leaf->model, &q)) {
        return ALONG_BOTH;
    }
    if (q.kind == QUANTITY_TIME) {
        return leaf->run == RUN_COURSE ? ALONG_ROWS : ALONG_BOTH;
    }
    if (!q.is_param || !t->is_repeated || t->n_subs > 1) {
        return ALONG_BOTH;
    }
    if (sets(t, leaf->model, q.text)) {
        return t->runs == t->turns ? ALONG_RUNS : ALONG_BOTH;
    }
    const struct sedml_task *inner = t->sub[0];
    bool inside = inner->is_repeated && sets(inner, leaf->model, q.text);
    return !inside ? 0 : inner->n_subs == 1 && inner->turns == inner->rows ? ALONG_ROWS : ALONG_BOTH;
}

static int varies(struct sedml *s, const struct sedml_generator *g, const struct sedml_generator *z)
{
    int64_t n = sedml_length(g);
    if (!g->is_vector || (n == sedml_length(z) && g->runs != z->runs)) {
        return ALONG_BOTH;
    }
    if (n != sedml_length(z)) {
        bool rows = n == z->rows, runs = n == z->runs;
        return rows == runs ? ALONG_BOTH : rows ? ALONG_ROWS : ALONG_RUNS;
    }
    int along = 0;
    for (const xmlNode *v = sedml_list(g->node, "listOfVariables"); v; v = sedml_next(v, NULL)) {
        const struct sedml_result *r = sedml_result(s, v);
        along |= !r ? ALONG_BOTH : sedml_is_vector(r->task) ? variable_varies(s, v, r->task) : 0;
    }
    return along;
}

struct surface {
    const struct sedml_generator *side[2], *z; /* side: along rows, along runs */
    bool turned;                               /* x varies from run to run */
};

static bool is_drawn(const char *type)
{
    static const char *const known[] = {"", "heatMap", "contour", "surfaceMesh", "surfaceContour"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(type, known[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool find_surface(struct sedml *s, const xmlNode *c, struct surface *f)
{
    const char *type = sedml_text_of(c, "type");
    if (!sedml_is(c, "surface") || !is_drawn(type)) {
        return sedml_skip(s, c, sedml_is(c, "surface") ? "type" : NULL,
                          "surfaces of this kind are not drawn: `%s`", *type ? type : (const char *)c->name);
    }
    const struct sedml_generator *x = sedml_generator(s, c, "xDataReference"),
                                 *y = sedml_generator(s, c, "yDataReference"),
                                 *z = sedml_generator(s, c, "zDataReference");
    if (!x || !y || !z) {
        return false;
    }
    int along = varies(s, x, z), across = varies(s, y, z);
    if (!z->is_vector || z->runs < 2 || z->rows < 2 || along + across != ALONG_BOTH || !along || !across) {
        return sedml_skip(
            s, c, "zDataReference",
            "a surface is drawn over a grid: the time of runs, and what a repeated task sets, or "
            "what two set");
    }
    f->turned = along == ALONG_RUNS;
    f->side[0] = f->turned ? y : x;
    f->side[1] = f->turned ? x : y;
    f->z = z;
    return true;
}

/* The first surface that can be drawn; NULL: there is none. */
static const xmlNode *surface_of(struct sedml *s, const xmlNode *plot, struct surface *f)
{
    const xmlNode *found = NULL;
    for (const xmlNode *c = sedml_list(plot, "listOfSurfaces"); c; c = sedml_next(c, NULL)) {
        if (found) {
            sedml_skip(s, c, NULL, "a map shows one surface: this one is left out");
        } else if (find_surface(s, c, f)) {
            found = c;
        }
    }
    return found;
}

static bool find(struct sedml *s, const xmlNode *n)
{
    struct surface f;
    return surface_of(s, n, &f) != NULL;
}

static bool put(struct sedml *s, const xmlNode *n, FILE *to)
{
    struct surface f;
    const xmlNode *c = surface_of(s, n, &f);
    if (!c) {
        return false;
    }
    const char *map = sedml_name(s, "surface"), *side[2] = {sedml_name(s, "along"), sedml_name(s, "across")},
               *type = sedml_text_of(c, "type"),
               *zlabel = sedml_shown_name(c, sedml_shown_name(f.z->node, f.z->id));
    long long rows = (long long)f.z->rows, runs = (long long)f.z->runs;
    fprintf(s->out, "  let %s = zeros(%lld, %lld), %s = zeros(%lld), %s = zeros(%lld);\n", map,
            f.turned ? runs : rows, f.turned ? rows : runs, side[0], rows, side[1], runs);
    fprintf(s->out, "  for j in 0..%lld { %s[j] = %s[j]; }\n", rows, side[0], f.side[0]->name);
    fprintf(s->out, "  for i in 0..%lld {\n    %s[i] = %s[%s];\n", runs, side[1], f.side[1]->name,
            sedml_length(f.side[1]) != sedml_length(f.z) ? "i" : arena_printf(s->arena, "i * %lld", rows));
    fprintf(s->out, "    for j in 0..%lld { %s[%s] = %s[i * %lld + j]; }\n  }\n", rows, map,
            f.turned ? "i, j" : "j, i", f.z->name, rows);
    fprintf(to, "%s as map(x = %s, y = %s)\n      with title = \"%s\"", map, side[f.turned], side[!f.turned],
            sedml_quoted(s, sedml_shown_name(n, sedml_text_of(n, "id"))));
    sedml_put_axis(s, to, n, "x", "listOfSurfaces", "xAxis", "logX");
    sedml_put_axis(s, to, n, "y", "listOfSurfaces", "yAxis", "logY");
    sedml_put_axis(s, to, n, "colour", "listOfSurfaces", "zAxis", "logZ");
    const xmlNode *axis = sedml_child(n, "zAxis");
    if (!axis || !*sedml_shown_name(axis, "")) {
        fprintf(to, ", colour_label = \"%s\"", sedml_quoted(s, zlabel));
    }
    if (strstr(type, "ontour")) {
        fputs(", contours = 8", to);
    }
    return true;
}

const struct sedml_plot_kind sedml_plot3d = {"plot3D", find, put};
