/* Pictures: what compiler and runtime share about `plot`. */
#ifndef CRNL_PLOT_H
#define CRNL_PLOT_H

#include <stdint.h>

#include "crnl_members.h"

enum crnl_plot_form {
    CRNL_FORM_USUAL, /* the usual form for the kind of curve */
#define PLOT_FORM(id, name) CRNL_FORM_##id,
#include "crnl_plot.def"
    CRNL_FORM_COUNT
};
enum crnl_plot_option {
#define PLOT_OPTION(id, name, place, value, help) CRNL_PLOT_##id,
#include "crnl_plot.def"
    CRNL_PLOT_OPTION_COUNT
};
enum crnl_plot_word {
    CRNL_WORD_USUAL, /* for the legend too: above, or outside if there is no room */
#define PLOT_WORD(option, id, name) CRNL_WORD_##id,
#include "crnl_plot.def"
};
enum crnl_plot_format {
#define PLOT_FORMAT(id, extension, help) CRNL_PICTURE_##id,
#include "crnl_plot.def"
    CRNL_PICTURE_COUNT
};
enum { CRNL_AXIS_LINEAR, CRNL_AXIS_LOG }; /* ORDER axis_words: the word of an axis */

/* The format of a file, by the end of its name; -1: no format of pictures. */
int32_t crnl_plot_format(const char *file);
/* ".svg, .pdf, .eps or .png" */
const char *crnl_plot_formats(void);

enum crnl_curve_kind {                    /* ORDER crnl_curve_kind */
                       CRNL_CURVE_TRACE,  /* a quantity of a network along its last run; index: the trace */
                       CRNL_CURVE_SERIES, /* recorded values; index: the record */
                       CRNL_CURVE_HISTOGRAM, /* index: the statistic */
                       CRNL_CURVE_ARRAY,     /* value[dim[0]], at x[dim[0]] if given, else at its indices */
                       CRNL_CURVE_ROWS,      /* the same with records: index, over x_index or -1 */
                       CRNL_CURVE_MAP,       /* value[dim[0], dim[1]] at x[dim[0]], y[dim[1]] */
                       CRNL_CURVE_GRAPH      /* no curve but a whole picture: label has its Graphviz graph */
};
enum crnl_curve_sort { CRNL_SORT_NUMBER, CRNL_SORT_CLASS, CRNL_SORT_TRUTH }; /* of the values of a map */

/* The quantity is the name of the axis if several curves share it; the label if the curve is the only one. */
/* clang-format off */
#define CRNL_CURVE_SPEC(M) \
    M##_INT(kind) \
    M##_INT(form) \
    M##_INT(net)                             /* network that it belongs to, -1: none or several */ \
    M##_INT(index) \
    M##_INT(sort) \
    M##_INT(is_amount)                       /* it is never below 0 */ \
    M##_INT(is_count)                        /* of molecules, where the run counts these */ \
    M##_INT(x_is_count) \
    M##_INT(is_stepped)                      /* it changes only at events */ \
    M##_INT(is_state)                        /* a state at the end of a run */ \
    M##_INT(x_index)                         /* TRACE: drawn over that trace; -1: over time */ \
    M##_INT(n_traces)                        /* TRACE as a map: traces from index on */ \
    M##_INTS(dim, 2) \
    M##_TEXT(label) \
    M##_TEXT(of)                             /* network, if others have curves of that name */ \
    M##_TEXT(quantity)                       /* or NULL; of maps: for the colours */ \
    M##_TEXT(unit)                           /* or NULL */ \
    M##_TEXT(time_unit)                      /* unit of a trace's time, or NULL */ \
    M##_TEXT(x_quantity) \
    M##_TEXT(x_label)                        /* of maps: label of the first axis */ \
    M##_TEXT(x_unit) \
    M##_TEXT(y_label)                        /* of maps: label of the second axis */ \
    M##_TEXT(y_unit)
/* clang-format on */
struct crnl_curve_spec {
    CRNL_CURVE_SPEC(CRNL_DECLARE)
};

#endif
