/* Interned strings: equal texts have equal addresses, so that names are compared by ==. The table owns the
 * texts. */
#ifndef SUPPORT_INTERN_H
#define SUPPORT_INTERN_H

#include <stddef.h>

struct intern;

struct intern *intern_create(void);
const char *intern_text(struct intern *t, const char *text);                 /* NUL-terminated */
const char *intern_range(struct intern *t, const char *text, size_t length); /* not NUL-terminated */
/* NULL: the text was never interned */
const char *intern_find(const struct intern *t, const char *text);
void intern_destroy(struct intern *t); /* NULL is allowed */

#endif
