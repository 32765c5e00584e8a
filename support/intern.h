/* Interned strings: equal text has equal address, so names compare with ==. The table owns the text. */
#ifndef SUPPORT_INTERN_H
#define SUPPORT_INTERN_H

#include <stddef.h>

struct intern;

struct intern *intern_create(void);
const char *intern_text(struct intern *t, const char *text);                 /* NUL-terminated */
const char *intern_range(struct intern *t, const char *text, size_t length); /* not NUL-terminated */
const char *intern_find(const struct intern *t, const char *text);           /* NULL: it was never interned */
void intern_destroy(struct intern *t);                                       /* NULL is allowed */

#endif
