/* A picture while it is made: curves are collected as blocks of a data file and clauses of a gnuplot script.
 * Both stay beside the picture, so that it can be drawn again or changed. */
#ifndef RT_PLOT_H
#define RT_PLOT_H

#include "rt_gnuplot.h"
#include "runtime/rt_ctx.h"

/* A horizontal, a vertical axis, or the colours of a map. */
struct rt_axis {
    bool is_log, has_ends;
    double end[2];    /* as the program gives them */
    double low, high; /* of what is drawn; low > high: nothing is */
    char *given;      /* label from the program, or NULL */
    char *quantity;   /* what all curves that say it have in common */
    char *label, *unit;
    char *of_map; /* what a map says of it */
    bool quantities_differ, labels_differ, units_differ, has_no_unit;
    bool is_rough, is_whole; /* it begins and ends with the data; its numbers are whole */
};

enum { RT_MOST_NAMES = 30 }; /* in a legend */
enum { RT_AXES = 3, RT_AXIS_X = 0, RT_AXIS_Y = 1, RT_AXIS_COLOUR = 2 };

/* Options of the curve that comes next. */
struct rt_curve_style {
    char *label;
    double size, width; /* beside the usual ones */
    double *error, *low, *high;
    int64_t n_error, n_low, n_high;
};

struct rt_panel {
    struct rt_axis axis[RT_AXES];
    char *title, *note; /* of the program; which networks, by which methods */
    bool has_band;      /* means and standard deviations of runs */
    int32_t n_notes, legend, n_maps;
    int32_t n_curves, n_named;
    size_t longest_name; /* letters in the legend */
    bool is_square;      /* a step to the right is as long as one upwards, as in a sheet of cells */
    double *contour;
    int64_t n_contours;
    int32_t n_classes; /* of a map of classes */
    double *class_of;
    bool is_truth;
    struct rt_curve_style next;
    struct rt_buffer before, clauses; /* commands before `plot`, and what it draws */
};

struct rt_plot {
    char *path, *graph; /* of a network, for Graphviz: there are no curves then */
    int32_t line, format;
    double size[2]; /* cm; 0: as the style has it */
    bool is_slide;
    bool failed; /* one of its curves, which is told; the program goes on, and nothing is drawn */
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
/* Colours that stay apart for colour-blind readers (Okabe, Ito 2008). */
const char *rt_plot_colour(int32_t i);
/* A block of the data begins, with a comment; and a clause that draws of the last block. */
void rt_plot_block(struct rt_plot *p, const char *comment);
void rt_plot_clause(struct rt_plot *p);
/* Its end: the curve's colour, and its name for the legend; NULL, "": none. */
void rt_plot_end_clause(struct rt_plot *p, const char *name);
void rt_plot_row(struct rt_plot *p, const double *v, int n);
/* A number that is drawn there: it widens the axis. False: it has no place on it. */
bool rt_axis_take(struct rt_axis *a, double v);
/* What an axis has of the picture: its length and the height of a letter, in points. */
struct rt_room {
    double length, letter;
    bool is_upright;
};
/* plot_axis.c: ends and ticks; what it says, with its unit. */
void rt_axis_put(struct rt_buffer *b, const struct rt_axis *a, const char *axis, const struct rt_room *room);
void rt_axis_text(struct rt_buffer *b, const struct rt_axis *a);
void rt_axis_say(struct rt_axis *a, const char *quantity, const char *label, const char *unit);

/* How many of the values of a curve were left out, and why. */
struct rt_left_out {
    int64_t no_number, not_positive, of;
};
void rt_plot_tell(struct crnl_ctx *ctx, const char *name, const struct rt_left_out *out);

/* plot_curve.c, plot_bins.c, plot_map.c: what crnl_plot_curve does for these kinds. */
int rt_plot_course(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *value,
                   const double *x);
int rt_plot_histogram(struct crnl_ctx *ctx, const struct crnl_curve_spec *c);
int rt_plot_map(struct crnl_ctx *ctx, const struct crnl_curve_spec *c, const double *v, const double *x,
                const double *y);
/* A map of v[n, m] whose cells begin at x[0 .. n], y[0 .. m]. The values belong to at_x[n], at_y[m] in them;
 * NULL: to their middles. */
void rt_plot_cells(struct rt_plot *p, const double *v, int32_t n, int32_t m, const double *x, const double *y,
                   const double *at_x, const double *at_y);
/* plot_script.c: the script. The head of the one that is kept names the picture, that of the other one
 * standard output; both have the same body. */
void rt_plot_head(struct rt_buffer *b, const struct rt_plot *p, bool kept);
void rt_plot_body(struct rt_buffer *b, const struct rt_plot *p);
/* The body of the graph of a network, which has no head. */
void rt_plot_graph(struct rt_buffer *b, const struct rt_plot *p);

#endif
