/* Programs that `crnlc run` has compiled, kept as executables for later starts.
 *
 * A program is found in two steps. Its command line, the folder, and crnlc itself name a list of the files
 * that were read to compile it; what these hold now, with that, names the executable. So what is executed is
 * never older than what it was made of, whoever writes at the same time: files appear whole (crnl_file.h),
 * under names that say what is in them. Time decides nothing but which programs are removed when there are
 * too many. */
#ifndef DRIVER_CACHE_H
#define DRIVER_CACHE_H

#include "driver/pipeline.h"

struct cache;
/* Before `file` is read. NULL: this command line is not kept. */
struct cache *cache_open(const struct options *o, const char *file);
void cache_close(struct cache *c); /* NULL: nothing */
/* Executes the program if it is there: returns if it is not. */
void cache_execute(const struct cache *c, char **words);
/* Keeps what was compiled, in so many seconds of processor time, and has run, if that is worth it. */
void cache_store(const struct cache *c, struct pipeline *p, double seconds);

#endif
