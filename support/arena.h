/* An arena: memory that is released all at once. Its creator destroys it, which makes pointers into it
 * invalid. Allocation never fails (see mem.h). */
#ifndef SUPPORT_ARENA_H
#define SUPPORT_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_create(void);
void *arena_alloc(struct arena *a, size_t size);                  /* aligned to 16 bytes, zeroed */
char *arena_strndup(struct arena *a, const char *text, size_t n); /* adds a final NUL */
char *arena_strdup(struct arena *a, const char *text);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The words with `joint` between them: "a, b, c". */
char *arena_join(struct arena *a, const char *const *word, size_t n, const char *joint);
char *arena_vprintf(struct arena *a, const char *format, va_list ap);
void arena_reset(struct arena *a);   /* releases the contents and keeps the arena */
void arena_destroy(struct arena *a); /* NULL is allowed */

#endif
