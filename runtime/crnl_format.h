/* Formats of numbers in texts: what stands behind the colon of "{x:8.3f}". The compiler refuses what is no
 * format, and the runtime prints by it. */
#ifndef CRNL_FORMAT_H
#define CRNL_FORMAT_H

#include <stdbool.h>

/* [<>^] [-+ #0]... [width] [.precision] [f e g d i x E F G], each of which may be left out. */
struct crnl_format {
    char align;           /* '<', '>', '^'; 0: as printf does */
    char flags[6];        /* of printf */
    int width, precision; /* -1: none */
    char conversion;      /* of printf; 0: none, as numbers are printed without a format */
};

enum { CRNL_FORMAT_WIDEST = 999 };

bool crnl_format_read(const char *text, struct crnl_format *out);
/* d, i, x: for whole numbers only. */
bool crnl_format_is_whole(const struct crnl_format *f);

#endif
