/* A cache of programs that `crnlc run` has compiled: executables for later starts.
 *
 * A program is found in two steps. The command line, the folder and crnlc itself give the name of a list of
 * the files that were read to compile it. That name and the present contents of these files give the name of
 * the executable. So an executable is never older than its sources, even if several processes write at the
 * same time: files appear whole (crnl_file.h), under names that say what is in them. Times are used only to
 * choose the programs that are removed when there are too many. */
#ifndef DRIVER_CACHE_H
#define DRIVER_CACHE_H

#include "driver/pipeline.h"

struct cache;
/* Opens the cache before `file` is read. NULL: programs of this command line are not kept. */
struct cache *cache_open(const struct options *o, const char *file);
void cache_close(struct cache *c); /* NULL is allowed */
/* Executes the program if it is in the cache; returns only if it is not. */
void cache_execute(const struct cache *c, char **words);
/* Stores a program that was compiled, in so many seconds of processor time, and has run, if that is worth
 * it. */
void cache_store(const struct cache *c, struct pipeline *p, double seconds);

#endif
