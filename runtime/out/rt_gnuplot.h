/* What draws the pictures of `plot`: gnuplot, and Graphviz for graphs of networks. */
#ifndef RT_GNUPLOT_H
#define RT_GNUPLOT_H

#include "rt_output.h"

/* A text for a script, so that gnuplot takes it as that text and nothing else. */
void rt_gnuplot_text(struct rt_buffer *script, const char *text);
/* A file beside the script: never a command, an option, or one of gnuplot's names for other things ("-", "+",
 * "<...", "|..."). */
void rt_gnuplot_file(struct rt_buffer *script, const char *name, const char *extension);

/* Gives the program argv[0] a script on standard input, in a folder ("" is the current one), and puts the
 * picture that it writes on its standard output into `to`. *missing is set, and nothing is an error, if there
 * is no such program. */
int rt_gnuplot_draw(struct crnl_ctx *ctx, const char *const *argv, const char *folder,
                    const struct rt_buffer *script, struct rt_file *to, int *missing, struct rt_error *e);

#endif
