/* The modules of stdlib/, embedded in the program. The table is written by the build (support/embed.sh), is
 * constant and needs no release. */
#ifndef FRONTEND_STDLIB_FILES_H
#define FRONTEND_STDLIB_FILES_H

#include <stddef.h>

struct stdlib_file {
    const char *name; /* "majority" for stdlib/majority.crnl, "a/b" for stdlib/a/b.crnl */
    const char *text; /* NUL-terminated */
    size_t length;    /* without the NUL */
};

extern const struct stdlib_file stdlib_files[]; /* sorted by name; an entry of zeros follows the last */
extern const size_t stdlib_file_count;

struct diag;
/* library.c. Adds to the last message which module was meant by a path, std.NAME, that the library does not
 * have. */
void library_help_module(struct diag *d, const char *path);

#endif
