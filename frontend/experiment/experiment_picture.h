/* Options of pictures. Functions that return -1 or false after an error have reported it. */
#ifndef FRONTEND_EXPERIMENT_PICTURE_H
#define FRONTEND_EXPERIMENT_PICTURE_H

#include "frontend/experiment/experiment.h"

enum picture_place { PICTURE_PICTURE = 1, PICTURE_PANEL = 2, PICTURE_CURVE = 4 }; /* flags */

/* Panels in braces have options of their own. A picture without braces has one panel. */
bool picture_has_braces(const struct ast *plot);
uint32_t picture_panel_count(const struct ast *plot);
const struct ast *picture_panel(const struct ast *plot, uint32_t i);
/* The network's name, if graph(net) stands in place of a curve; otherwise NULL. */
const struct ast *picture_graph(struct where *w, const struct ast *curve);
/* The option (enum crnl_plot_option) that an argument of `with` or of `as points(...)` names; -1 after an
 * error. */
int32_t picture_option(struct front *f, const struct ast *arg, int places);
/* The form (enum crnl_plot_form) that `as` names; -1 after an error. */
int32_t picture_form(struct front *f, const struct ast *ctor);
/* The values of options are of three kinds: values of the language; axes, which are `linear` or `log`,
 * with or without two such values; and words of their own. The two functions tell whether an option is of
 * the first, and of the second kind. */
bool picture_option_is_value(int32_t option);
bool picture_option_is_axis(int32_t option);
/* Checks that all arguments are options of `places`, and reads those that are options of `wanted`. */
bool picture_read_options(struct where *w, const struct ast *args, int places, int wanted, struct stmt *s);

/* experiment_plot_numbers.c. Of the curves of a panel: which are drawn over the numbers of their values,
 * 0, 1, 2, ..., and whether others are drawn over a time or another quantity. */
struct panel_curves {
    const struct ast *first, *second; /* the first that is drawn over numbers, and the next if it is, too */
    const struct ast *last;
    bool over_quantity;
};

void plot_note_curve(struct panel_curves *p, const struct ast *a, const struct drawn *d);
/* Reports W0444 where both kinds stand in one panel. */
void plot_warn_numbers(struct where *w, const struct panel_curves *p);

#endif
