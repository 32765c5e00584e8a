/* Outputs: reports as tables, plots as pictures. Each is named after its id. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum { MAX_CURVES = 1000 };

static const char *shown_name(const xmlNode *n, const char *other)
{
    const char *name = sedml_get(n, "name");
    return name && *name ? name : other;
}

/* ---- reports ---- */

static const struct sedml_generator *of_data_set(struct sedml *s, const xmlNode *d)
{
    return sedml_generator(s, d, "dataReference");
}

static int64_t length_of(const struct sedml_generator *g)
{
    return g->runs * g->rows;
}

/* As a cell of CSV, in quotes of the language. */
static const char *cell(struct sedml *s, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        return sedml_quoted(s, text);
    }
    const char *result = "\"";
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, "\"");
        result = arena_printf(s->arena, "%s%.*s%s", result, (int)n, at, at[n] ? "\"\"" : "");
        at += n + (at[n] != '\0');
    }
    return sedml_quoted(s, arena_printf(s->arena, "%s\"", result));
}

/* Rows from..to; columns that are shorter have empty cells there. */
static void put_rows(struct sedml *s, const xmlNode *report, const char *file, int64_t from, int64_t to)
{
    const char *before = "";
    fprintf(s->out, "  for i in %lld..%lld {\n    print \"", (long long)from, (long long)to);
    for (const xmlNode *d = sedml_list(report, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        const struct sedml_generator *g = of_data_set(s, d);
        if (!g) {
            continue;
        }
        fputs(before, s->out);
        before = ",";
        if (from < length_of(g)) {
            fprintf(s->out, g->is_vector ? "{%s[i]:.15g}" : "{%s:.15g}", g->name);
        }
    }
    fprintf(s->out, "\" -> \"%s\";\n  }\n", file);
}

/* The next length of a column behind `from`; 0: none. */
static int64_t next_length(struct sedml *s, const xmlNode *report, int64_t from)
{
    int64_t next = 0;
    for (const xmlNode *d = sedml_list(report, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        const struct sedml_generator *g = of_data_set(s, d);
        int64_t n = g ? length_of(g) : 0;
        next = n > from && (next == 0 || n < next) ? n : next;
    }
    return next;
}

static bool put_report(struct sedml *s, const xmlNode *n, const char *id)
{
    const char *file = arena_printf(s->arena, "%s.csv", id), *before = "";
    fprintf(s->out, "  // report %s\n  print \"", id);
    for (const xmlNode *d = sedml_list(n, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        if (of_data_set(s, d)) {
            const char *label = sedml_text_of(d, "label");
            fprintf(s->out, "%s%s", before, cell(s, *label ? label : shown_name(d, sedml_text_of(d, "id"))));
            before = ",";
        }
    }
    fprintf(s->out, "\" -> \"%s\";\n", file);
    int64_t from = 0;
    for (int64_t to = next_length(s, n, from); to > 0; to = next_length(s, n, from)) {
        put_rows(s, n, file, from, to);
        from = to;
    }
    return true;
}

static bool find_report(struct sedml *s, const xmlNode *n)
{
    bool any = false;
    for (const xmlNode *d = sedml_list(n, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        any |= of_data_set(s, d) != NULL;
    }
    return any;
}

/* ---- plots ---- */

/* What a curve goes over: two vectors of one length. */
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
    if (length_of(x) != length_of(y) || length_of(z) != length_of(y)) {
        return sedml_skip(s, c, "xDataReference", "the two sides of this curve have %lld and %lld numbers",
                          (long long)length_of(x),
                          (long long)length_of(length_of(x) != length_of(y) ? y : z));
    }
    if (strcmp(sedml_text_of(c, "yAxis"), "right") == 0) {
        sedml_skip(s, c, "yAxis", "all curves of a plot share one axis: there is none to the right");
    }
    return true;
}

/* The numbers of one of its runs. */
static const char *part_of(struct sedml *s, const struct sedml_generator *g, int64_t run, int64_t runs)
{
    int64_t rows = length_of(g) / runs;
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

static void put_curve(struct sedml *s, const xmlNode *c, const char **before, int *left)
{
    bool is_area = sedml_is(c, "shadedArea");
    const struct sedml_generator *x = sedml_generator(s, c, "xDataReference");
    const struct sedml_generator *y =
        sedml_generator(s, c, is_area ? "yDataReferenceFrom" : "yDataReference");
    const struct sedml_generator *z = is_area ? sedml_generator(s, c, "yDataReferenceTo") : y;
    int64_t runs = x->runs > y->runs ? x->runs : y->runs;
    const char *label = shown_name(c, shown_name(y->node, y->id));
    for (int64_t i = 0; i<runs && * left> 0; i++, --*left) {
        const char *from = part_of(s, y, i, runs),
                   *number = runs > 1 ? arena_printf(s->arena, " %lld", (long long)i + 1) : "";
        fprintf(s->out, "%s%s vs %s as ", *before, from, part_of(s, x, i, runs));
        *before = ",\n      ";
        if (is_area) {
            fprintf(s->out, "band(low = %s, high = %s, ", from, part_of(s, z, i, runs));
        } else {
            fprintf(s->out, "%s(", form_of(c, length_of(y) / runs));
        }
        fprintf(s->out, "label = \"%s%s\")", sedml_quoted(s, label), number);
        if (*left == 1 && i + 1 < runs) {
            sedml_skip(s, c, NULL, "a plot has at most %d curves: the others of this one are left out",
                       MAX_CURVES);
        }
    }
}

/* By the axis itself, or as its curves say in earlier versions. */
static bool is_log(const xmlNode *plot, const char *axis, const char *attribute)
{
    const xmlNode *a = sedml_child(plot, axis);
    bool log = a && strncmp(sedml_text_of(a, "type"), "log", 3) == 0;
    for (const xmlNode *c = sedml_list(plot, "listOfCurves"); c && !(a && *sedml_text_of(a, "type"));
         c = sedml_next(c, NULL)) {
        const char *own = sedml_text_of(c, attribute);
        log |= strcmp(own, "true") == 0 || strcmp(own, "1") == 0;
    }
    return log;
}

static void put_axis(struct sedml *s, const xmlNode *plot, const char *option, const char *axis,
                     const char *log)
{
    const xmlNode *a = sedml_child(plot, axis);
    bool has_min = false, has_max = false;
    double min = a ? sedml_number(sedml_text_of(a, "min"), &has_min) : 0,
           max = a ? sedml_number(sedml_text_of(a, "max"), &has_max) : 0;
    bool logarithmic = is_log(plot, axis, log);
    fprintf(s->out, ", %s = %s", option, logarithmic ? "log" : "linear");
    if (has_min && has_max && min < max && (!logarithmic || min > 0)) {
        fprintf(s->out, "(%s, %s)", sedml_number_text(s, min), sedml_number_text(s, max));
    }
    const char *label = a ? shown_name(a, "") : "";
    if (*label) {
        fprintf(s->out, ", %s_label = \"%s\"", option, sedml_quoted(s, label));
    }
}

static bool put_plot(struct sedml *s, const xmlNode *n, const char *id)
{
    const char *before = "  plot ";
    int left = MAX_CURVES;
    fprintf(s->out, "  // plot %s\n", id);
    for (const xmlNode *c = sedml_list(n, "listOfCurves"); c; c = sedml_next(c, NULL)) {
        if (find_curve(s, c)) {
            put_curve(s, c, &before, &left);
        }
    }
    fprintf(s->out, "\n      with title = \"%s\"", sedml_quoted(s, shown_name(n, id)));
    put_axis(s, n, "x", "xAxis", "logX");
    put_axis(s, n, "y", "yAxis", "logY");
    fprintf(s->out, " -> \"%s.svg\";\n", id);
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

/* ---- all of them ---- */

static const struct {
    const char *name;
    bool (*find)(struct sedml *s, const xmlNode *n); /* whether there is something to show */
    bool (*put)(struct sedml *s, const xmlNode *n, const char *id);
} known[] = {{"report", find_report, put_report}, {"plot2D", find_plot, put_plot}};

static int kind_of(const xmlNode *n)
{
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++) {
        if (sedml_is(n, known[i].name)) {
            return i;
        }
    }
    return -1;
}

bool sedml_find_outputs(struct sedml *s)
{
    size_t errors = diag_error_count(s->diag);
    bool any = false;
    for (const xmlNode *n = sedml_list(s->root, "listOfOutputs"); n; n = sedml_next(n, NULL)) {
        int kind = kind_of(n);
        if (kind < 0) {
            sedml_skip(s, n, NULL, "outputs of this kind are not made: `%s`", (const char *)n->name);
        } else {
            any |= known[kind].find(s, n);
        }
    }
    return diag_error_count(s->diag) == errors &&
           (any ||
            sedml_refuse(s, DIAG_E0832, s->root, NULL, "the description has no output that can be made"));
}

bool sedml_write_outputs(struct sedml *s)
{
    bool good = true;
    for (const xmlNode *n = sedml_list(s->root, "listOfOutputs"); n && good; n = sedml_next(n, NULL)) {
        int kind = kind_of(n);
        if (kind >= 0 && known[kind].find(s, n)) {
            const char *id = sedml_file_name(s, *sedml_text_of(n, "id") ? sedml_text_of(n, "id") : "output");
            sedml_stand_for(s, n);
            good = known[kind].put(s, n, id);
        }
    }
    return good;
}
