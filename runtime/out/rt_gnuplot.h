/* The programs that draw the pictures of `plot`: gnuplot, and Graphviz for graphs of networks. */
#ifndef RT_GNUPLOT_H
#define RT_GNUPLOT_H

#include "rt_output.h"

/* Writes a text into a script so that gnuplot interprets it as this text and nothing else. */
void rt_gnuplot_text(struct rt_buffer *script, const char *text);
/* Writes the name of a file in the script's folder; it is never interpreted as a command, an option, or one
 * of gnuplot's special names ("-", "+", "<...", "|..."). */
void rt_gnuplot_file(struct rt_buffer *script, const char *name, const char *extension);

/* Starts the program argv[0] in a folder ("" is the current one) with a script on standard input, and appends
 * the picture from its standard output to `picture`; messages name it `path`. If there is no such program,
 * this is not an error, and *missing is set. */
int rt_gnuplot_draw(struct crnl_ctx *ctx, const char *const *argv, const char *folder,
                    const struct rt_buffer *script, const char *path, struct rt_buffer *picture, int *missing,
                    struct rt_error *e);

#endif
