/* The pages of doc/diag/, embedded for `crnlc explain`. The build writes the table (support/embed.sh); it is
 * constant. */
#ifndef DRIVER_EXPLAIN_PAGES_H
#define DRIVER_EXPLAIN_PAGES_H

#include <stddef.h>

struct explain_page {
    const char *name; /* "E0301" for doc/diag/E0301.md */
    const char *text; /* NUL-terminated */
    size_t length;    /* without the NUL */
};

extern const struct explain_page explain_pages[]; /* sorted by name; an entry of zeros ends it */
extern const size_t explain_page_count;

#endif
