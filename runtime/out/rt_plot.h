/* A picture while it is built: curves are collected as blocks of a data file and clauses of a gnuplot script.
 * Both files are kept beside the picture, so that it can be drawn again or changed. */
#ifndef RT_PLOT_H
#define RT_PLOT_H

#include "rt_gnuplot.h"
#include "runtime/rt_ctx.h"

/* A horizontal or vertical axis, or the colours of a map. */
struct rt_axis {
    bool is_log, has_ends;
    double end[2];    /* as given by the program */
    double low, high; /* of the data; low > high: there are no data */
    char *given;      /* label given by the program, or NULL */
    char *quantity;   /* name of the quantity, if all curves agree */
    char *label, *unit;
    char *of_map; /* label from a map */
    bool quantities_differ, labels_differ, units_differ, has_no_unit, has_molecules;
    /* begins and ends with the data; has points, which need room at the ends, and no map, which fills it;
     * has whole numbers only */
    bool is_rough, has_marks, is_whole;
    bool has_blanks;   /* of a map: values that a logarithmic scale has no colour for */
    bool shows_beyond; /* values beyond the ends have the colours of these */
};

enum { RT_MOST_NAMES = 30 }; /* names in a legend */
enum { RT_AXES = 3, RT_AXIS_X = 0, RT_AXIS_Y = 1, RT_AXIS_COLOUR = 2 };

/* Options of the next curve. */
struct rt_curve_style {
    char *label;
    double size, width; /* relative to the usual ones */
    double *error, *low, *high;
    int64_t n_error, n_low, n_high;
};

struct rt_panel {
    struct rt_axis axis[RT_AXES];
    char *title, *note; /* title given by the program; networks and methods */
    bool has_band;      /* shows means and standard deviations of runs */
    int32_t n_notes, legend, n_maps;
    int32_t n_curves, n_named;
    size_t longest_name; /* letters in the legend */
    bool is_square;      /* both axes have the same scale, as in a sheet of cells */
    int32_t aspect;      /* word given by the program */
    double *contour;
    int64_t n_contours;
    int32_t n_classes; /* of a map of classes */
    double *class_of;
    bool is_truth;
    struct rt_curve_style next;
    struct rt_buffer before, clauses; /* commands before `plot`, and the clauses of `plot` */
    struct rt_buffer numbers;         /* a clause that writes the numbers into the cells of a small map */
    int32_t cells[2];                 /* of that map */
    double widest_number;             /* of its cells, in heights of a letter */
};

struct rt_plot {
    char *path, *graph; /* the graph of a network, for Graphviz; then there are no curves */
    int32_t line, format;
    double size[2]; /* cm; 0: from the style */
    bool is_slide;
    bool failed; /* a curve has failed, which is reported; the program goes on, and nothing is drawn */
    int32_t columns;
    int32_t n_blocks, n_panels;
    struct rt_panel *panel;
    struct rt_buffer data;
};

const char *rt_plot_base_name(const char *path);
static inline struct rt_panel *rt_plot_panel(struct rt_plot *p)
{
    return &p->panel[p->n_panels - 1];
}
/* Colours that colour-blind readers can distinguish (Okabe, Ito 2008); the same ones again beyond, for dashed
 * lines. */
enum { RT_PLOT_COLOURS = 7 };
const char *rt_plot_colour(int32_t i);
/* Begins a block of data, with a comment; begins a clause that draws the last block. */
void rt_plot_block(struct rt_plot *p, const char *comment);
void rt_plot_clause(struct rt_plot *p);
void rt_plot_name_block(struct rt_buffer *b, const struct rt_plot *p); /* the last block, for a clause */
/* Ends the clause with the curve's colour and its name for the legend; NULL or "": none. */
void rt_plot_end_clause(struct rt_plot *p, const char *name);
void rt_plot_row(struct rt_plot *p, const double *v, int n);
/* The unit of amounts in a network that declares none, where its run counts molecules. Beside other values
 * without a unit they have none either. */
extern const char rt_plot_molecules[];
/* Extends the axis by a number that is drawn; returns false if the axis cannot show it. */
bool rt_axis_take(struct rt_axis *a, double v);
size_t rt_count_letters(const char *text); /* characters, not bytes */
/* The room that an axis has in the picture: its length and the height of a letter, in points. */
struct rt_room {
    double length, letter;
    bool is_upright;
};
/* plot_axis.c: ends and ticks, and how many letters the longest of these has; the label with its unit. */
size_t rt_axis_put(struct rt_buffer *b, const struct rt_axis *a, const char *axis,
                   const struct rt_room *room);
void rt_axis_text(struct rt_buffer *b, const struct rt_axis *a);
void rt_axis_say(struct rt_axis *a, const char *quantity, const char *label, const char *unit);

/* How many values of a curve were left out, and why. */
struct rt_left_out {
    int64_t no_number, not_positive, of;
};
void rt_plot_tell(struct crnl_ctx *ctx, const char *name, const struct rt_left_out *out);

/* plot_curve.c, plot_bins.c, plot_map.c: crnl_plot_curve for these kinds of curves. */
int rt_plot_course(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *value,
                   const double *x);
int rt_plot_histogram(struct crnl_ctx *ctx, const struct crnl_curve_spec *c);
int rt_plot_map(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *v, const double *x,
                const double *y);
/* A map of v[n, m] whose cells have the edges x[0 .. n], y[0 .. m]. The values belong to the places at_x[n],
 * at_y[m] inside the cells; NULL: to their middles. */
void rt_plot_cells(struct rt_plot *p, const double *v, int32_t n, int32_t m, const double *x, const double *y,
                   const double *at_x, const double *at_y);
/* Whether the program gives the number of contour lines, not their values. */
bool rt_plot_counts_contours(const struct rt_panel *panel);
/* plot_script.c: the script. The script that is kept names the picture in its head; the one that is executed
 * writes to standard output. Both have the same body. */
void rt_plot_head(struct rt_buffer *b, const struct rt_plot *p, bool kept);
void rt_plot_body(struct rt_buffer *b, const struct rt_plot *p);
/* The body of the graph of a network; it has no head. */
void rt_plot_graph(struct rt_buffer *b, const struct rt_plot *p);

#endif
