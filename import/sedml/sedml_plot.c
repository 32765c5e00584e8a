/* Plots with two axes: their curves and axes. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum { MAX_CURVES = 1000 };

/* What a curve is drawn over: two vectors with the same length. */
static bool find_curve(struct sedml *s, const xmlNode *c)
{
    bool is_area = sedml_is(c, "shadedArea");
    if (!sedml_is(c, "curve") && !is_area) {
        return sedml_skip(s, c, NULL, "curves of this kind are not drawn: `%s`", (const char *)c->name);
    }
    const struct sedml_generator *x = sedml_generator(s, c, "xDataReference");
    const struct sedml_generator *y =
        sedml_generator(s, c, is_area ? "yDataReferenceFrom" : "yDataReference");
    const struct sedml_generator *z = is_area ? sedml_generator(s, c, "yDataReferenceTo") : y;
    if (!x || !y || !z) {
        return false;
    }
    if (sedml_length(x) != sedml_length(y) || sedml_length(z) != sedml_length(y)) {
        return sedml_skip(s, c, "xDataReference", "the two sides of this curve have %lld and %lld numbers",
                          (long long)sedml_length(x),
                          (long long)sedml_length(sedml_length(x) != sedml_length(y) ? y : z));
    }
    if (strcmp(sedml_text_of(c, "yAxis"), "right") == 0) {
        sedml_skip(s, c, "yAxis", "all curves of a plot share one axis: there is none to the right");
    }
    return true;
}

/* The numbers of one run in it. */
static const char *part_of(struct sedml *s, const struct sedml_generator *g, int64_t run, int64_t runs)
{
    int64_t rows = sedml_length(g) / runs;
    return !g->is_vector ? arena_printf(s->arena, "[%s]", g->name)
           : runs == 1   ? g->name
                         : arena_printf(s->arena, "%s[%lld..%lld]", g->name, (long long)(run * rows),
                                        (long long)((run + 1) * rows));
}

static const char *form_of(const xmlNode *c, int64_t numbers)
{
    const char *type = sedml_text_of(c, "type");
    return strcmp(type, "points") == 0 || numbers == 1 ? "points" : strstr(type, "bar") ? "bars" : "lines";
}

static void put_curve(struct sedml *s, FILE *to, const xmlNode *c, const char **before, int *left)
{
    bool is_area = sedml_is(c, "shadedArea");
    const struct sedml_generator *x = sedml_generator(s, c, "xDataReference");
    const struct sedml_generator *y =
        sedml_generator(s, c, is_area ? "yDataReferenceFrom" : "yDataReference");
    const struct sedml_generator *z = is_area ? sedml_generator(s, c, "yDataReferenceTo") : y;
    int64_t runs = x->runs > y->runs ? x->runs : y->runs;
    const char *label = sedml_shown_name(c, sedml_shown_name(y->node, y->id));
    for (int64_t i = 0; i<runs && * left> 0; i++, --*left) {
        const char *from = part_of(s, y, i, runs),
                   *number = runs > 1 ? arena_printf(s->arena, " %lld", (long long)i + 1) : "";
        fprintf(to, "%s%s vs %s as ", *before, from, part_of(s, x, i, runs));
        *before = ",\n      ";
        if (is_area) {
            fprintf(to, "band(low = %s, high = %s, ", from, part_of(s, z, i, runs));
        } else {
            fprintf(to, "%s(", form_of(c, sedml_length(y) / runs));
        }
        fprintf(to, "label = \"%s%s\")", sedml_quoted(s, label), number);
        if (*left == 1 && i + 1 < runs) {
            sedml_skip(s, c, NULL, "a plot has at most %d curves: the others of this one are left out",
                       MAX_CURVES);
        }
    }
}

/* Whether an axis is logarithmic: by its own attribute or, in earlier versions, by those of its curves or
 * surfaces. */
static bool is_log(const xmlNode *plot, const char *list, const char *axis, const char *attribute)
{
    const xmlNode *a = sedml_child(plot, axis);
    bool log = a && strncmp(sedml_text_of(a, "type"), "log", 3) == 0;
    for (const xmlNode *c = sedml_list(plot, list); c && !(a && *sedml_text_of(a, "type"));
         c = sedml_next(c, NULL)) {
        const char *own = sedml_text_of(c, attribute);
        log |= strcmp(own, "true") == 0 || strcmp(own, "1") == 0;
    }
    return log;
}

void sedml_put_axis(struct sedml *s, FILE *to, const xmlNode *plot, const char *option, const char *list,
                    const char *axis, const char *log)
{
    const xmlNode *a = sedml_child(plot, axis);
    bool has_min = false, has_max = false;
    double min = a ? sedml_number(sedml_text_of(a, "min"), &has_min) : 0,
           max = a ? sedml_number(sedml_text_of(a, "max"), &has_max) : 0;
    bool logarithmic = is_log(plot, list, axis, log);
    fprintf(to, ", %s = %s", option, logarithmic ? "log" : "linear");
    if (has_min && has_max && min < max && (!logarithmic || min > 0)) {
        fprintf(to, "(%s, %s)", sedml_number_text(s, min), sedml_number_text(s, max));
    }
    const char *label = a ? sedml_shown_name(a, "") : "";
    if (*label) {
        fprintf(to, ", %s_label = \"%s\"", option, sedml_quoted(s, label));
    }
}

static bool put_plot(struct sedml *s, const xmlNode *n, FILE *to)
{
    const char *before = "";
    int left = MAX_CURVES;
    for (const xmlNode *c = sedml_list(n, "listOfCurves"); c; c = sedml_next(c, NULL)) {
        if (find_curve(s, c)) {
            put_curve(s, to, c, &before, &left);
        }
    }
    fprintf(to, "\n      with title = \"%s\"", sedml_quoted(s, sedml_shown_name(n, sedml_text_of(n, "id"))));
    sedml_put_axis(s, to, n, "x", "listOfCurves", "xAxis", "logX");
    sedml_put_axis(s, to, n, "y", "listOfCurves", "yAxis", "logY");
    return true;
}

static bool find_plot(struct sedml *s, const xmlNode *n)
{
    bool any = false;
    for (const xmlNode *c = sedml_list(n, "listOfCurves"); c; c = sedml_next(c, NULL)) {
        any |= find_curve(s, c);
    }
    return any;
}

const struct sedml_plot_kind sedml_plot2d = {"plot2D", find_plot, put_plot};
