/* Options of pictures. What is not known is reported. */
#ifndef FRONTEND_EXPERIMENT_PICTURE_H
#define FRONTEND_EXPERIMENT_PICTURE_H

#include "frontend/experiment/experiment.h"

enum picture_place { PICTURE_PICTURE = 1, PICTURE_PANEL = 2, PICTURE_CURVE = 4 }; /* flags */

/* Panels in braces have options of their own; without them there is one. */
bool picture_has_braces(const struct ast *plot);
uint32_t picture_panel_count(const struct ast *plot);
const struct ast *picture_panel(const struct ast *plot, uint32_t i);
/* graph(net) in place of a curve: the network's name; NULL: it is none. */
const struct ast *picture_graph(struct where *w, const struct ast *curve);
/* The option that an argument of `with`, `as points(...)` names, crnl_plot_option; -1 after an error. */
int32_t picture_option(struct front *f, const struct ast *arg, int places);
/* What `as` names, crnl_plot_form; -1 after an error. */
int32_t picture_form(struct front *f, const struct ast *ctor);
/* Its value is one of the language, or linear, log with two such values; else it is words of its own. */
bool picture_option_is_value(int32_t option);
bool picture_option_is_axis(int32_t option);
/* Of the arguments, which may be of `places`, those of `wanted`. */
bool picture_read_options(struct where *w, const struct ast *args, int places, int wanted, struct stmt *s);

#endif
