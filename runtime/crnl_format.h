/* Formats of numbers in texts: the part after the colon in "{x:8.3f}". The compiler rejects invalid formats,
 * and the runtime prints with them. */
#ifndef CRNL_FORMAT_H
#define CRNL_FORMAT_H

#include <stdbool.h>

/* [<>^] [-+ #0]... [width] [.precision] [f e g d i x E F G]; each part may be left out. */
struct crnl_format {
    char align;           /* '<', '>' or '^'; 0: as printf aligns */
    char flags[6];        /* flags of printf */
    int width, precision; /* -1: not given */
    char conversion;      /* conversion of printf; 0: none, numbers are printed as without a format */
};

enum { CRNL_FORMAT_WIDEST = 999 };

bool crnl_format_read(const char *text, struct crnl_format *out);
/* Whether the format is for integers only: d, i or x. */
bool crnl_format_is_whole(const struct crnl_format *f);

#endif
