/* Outputs: reports become tables; plots, and figures made of plots, become pictures. Their names are the
 * ids. */
#include <stdlib.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"
#include "runtime/crnl_cells.h"

enum { MAX_PANELS = 64 };

const char *sedml_shown_name(const xmlNode *n, const char *other)
{
    const char *name = sedml_get(n, "name");
    return name && *name ? name : other;
}

/* ---- reports ---- */

static const struct sedml_generator *of_data_set(struct sedml *s, const xmlNode *d)
{
    return sedml_generator(s, d, "dataReference");
}

int64_t sedml_length(const struct sedml_generator *g)
{
    return g->runs * g->rows;
}

/* A text as a cell of CSV, in quotes of the language. */
static const char *cell(struct sedml *s, const char *text)
{
    char *quoted = arena_alloc(s->arena, 2 * strlen(text) + 3);
    crnl_quote_cell(quoted, text);
    return sedml_quoted(s, crnl_cell_is_plain(text, ',') ? text : quoted);
}

/* Writes rows from .. to; shorter columns have empty cells there. */
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
        if (from < sedml_length(g)) {
            fprintf(s->out, g->is_vector ? "{%s[i]:.15g}" : "{%s:.15g}", g->name);
        }
    }
    fprintf(s->out, "\" -> \"%s\";\n  }\n", file);
}

/* The next larger length of a column after `from`; 0: none. */
static int64_t next_length(struct sedml *s, const xmlNode *report, int64_t from)
{
    int64_t next = 0;
    for (const xmlNode *d = sedml_list(report, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        const struct sedml_generator *g = of_data_set(s, d);
        int64_t n = g ? sedml_length(g) : 0;
        next = n > from && (next == 0 || n < next) ? n : next;
    }
    return next;
}

static bool put_report(struct sedml *s, const xmlNode *n, const char *id)
{
    const char *file = arena_printf(s->arena, "%s.csv", id), *before = "";
    fprintf(s->out, "  // report %s\n  print \"", sedml_quoted(s, id));
    for (const xmlNode *d = sedml_list(n, "listOfDataSets"); d; d = sedml_next(d, NULL)) {
        if (of_data_set(s, d)) {
            const char *label = sedml_text_of(d, "label");
            fprintf(s->out, "%s%s", before,
                    cell(s, *label ? label : sedml_shown_name(d, sedml_text_of(d, "id"))));
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

/* ---- pictures ---- */

static const struct sedml_plot_kind *plot_kind(const xmlNode *n)
{
    static const struct sedml_plot_kind *const known[] = {&sedml_plot2d, &sedml_plot3d};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (sedml_is(n, known[i]->name)) {
            return known[i];
        }
    }
    return NULL;
}

/* The curves and axes of a plot; statements that they need are written before. To be freed. */
static char *panel(struct sedml *s, const xmlNode *plot)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    bool good = to && plot_kind(plot)->put(s, plot, to);
    if (to) {
        fclose(to);
    }
    if (!good) {
        free(text);
    }
    return good ? text : NULL;
}

static bool find_plot(struct sedml *s, const xmlNode *n)
{
    return plot_kind(n)->find(s, n);
}

static bool put_plot(struct sedml *s, const xmlNode *n, const char *id)
{
    fprintf(s->out, "  // plot %s\n", sedml_quoted(s, id));
    char *text = panel(s, n);
    if (text) {
        fprintf(s->out, "  plot %s -> \"%s.svg\";\n", text, id);
    }
    free(text);
    return text != NULL;
}

/* ---- figures ---- */

struct sub_plot {
    const xmlNode *node, *plot;
    double row, column;
};

static int by_place(const void *a, const void *b)
{
    const struct sub_plot *x = a, *y = b;
    double d = x->row != y->row ? x->row - y->row : x->column - y->column;
    return (d > 0) - (d < 0);
}

static const xmlNode *plot_named(struct sedml *s, const xmlNode *sub)
{
    const char *id = sedml_text_of(sub, "plot");
    for (const xmlNode *n = sedml_list(s->root, "listOfOutputs"); n; n = sedml_next(n, NULL)) {
        if (plot_kind(n) && strcmp(sedml_text_of(n, "id"), id) == 0) {
            return n;
        }
    }
    return sedml_unknown(s, sub, "plot", "plot", id, sedml_list(s->root, "listOfOutputs"));
}

static double number_or(const xmlNode *n, const char *attribute, double otherwise)
{
    bool good;
    double v = sedml_number(sedml_text_of(n, attribute), &good);
    return good ? v : otherwise;
}

/* Panels have the same size and are placed in rows, one after the other. */
static void check_places(struct sedml *s, const xmlNode *figure, const struct sub_plot *sub, size_t n)
{
    double columns = number_or(figure, "numCols", 1);
    for (size_t i = 0; i < n; i++) {
        bool spans = number_or(sub[i].node, "rowSpan", 1) > 1 || number_or(sub[i].node, "colSpan", 1) > 1;
        double place = (sub[i].row - 1) * columns + sub[i].column - 1;
        if (spans || place != (double)i) {
            sedml_skip(s, sub[i].node, NULL,
                       "the plots of a figure have one size and leave no place free: this one is not where "
                       "it should be");
            return;
        }
    }
}

/* Finds the plots that can be made, in their order; returns how many. */
static size_t sub_plots(struct sedml *s, const xmlNode *figure, struct sub_plot *to)
{
    size_t n = 0;
    for (const xmlNode *x = sedml_list(figure, "listOfSubPlots"); x && n < MAX_PANELS;
         x = sedml_next(x, NULL)) {
        const xmlNode *plot = sedml_is(x, "subPlot") ? plot_named(s, x) : NULL;
        if (plot && find_plot(s, plot)) {
            to[n++] = (struct sub_plot){x, plot, number_or(x, "row", 1), number_or(x, "col", (double)n)};
        }
    }
    qsort(to, n, sizeof *to, by_place);
    return n;
}

static bool find_figure(struct sedml *s, const xmlNode *n)
{
    struct sub_plot sub[MAX_PANELS];
    size_t n_subs = sub_plots(s, n, sub);
    check_places(s, n, sub, n_subs);
    return n_subs > 0;
}

static bool put_figure(struct sedml *s, const xmlNode *n, const char *id)
{
    struct sub_plot sub[MAX_PANELS];
    size_t n_subs = sub_plots(s, n, sub), i = 0;
    char *text[MAX_PANELS];
    fprintf(s->out, "  // figure %s\n", sedml_quoted(s, id));
    for (; i < n_subs && (text[i] = panel(s, sub[i].plot)); i++) {
    }
    bool good = i == n_subs;
    if (good) {
        fputs("  plot", s->out);
    }
    for (size_t k = 0; k < i; k++) {
        if (good) {
            fprintf(s->out, " { %s }\n     ", text[k]);
        }
        free(text[k]);
    }
    double columns = number_or(n, "numCols", 1);
    if (good) {
        fprintf(s->out, " with columns = %d -> \"%s.svg\";\n",
                columns >= 1 && columns <= MAX_PANELS ? (int)columns : 1, id);
    }
    return good;
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    bool (*find)(struct sedml *s, const xmlNode *n); /* returns whether there is something to show */
    bool (*put)(struct sedml *s, const xmlNode *n, const char *id);
} known[] = {{"report", find_report, put_report},
             {"plot2D", find_plot, put_plot},
             {"plot3D", find_plot, put_plot},
             {"figure", find_figure, put_figure}};

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
           (any || sedml_refuse(s, DIAG_E0832, s->root, NULL,
                                "the description has no output that can be made\n  help: add a `report` or a "
                                "`plot2D` to listOfOutputs"));
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
