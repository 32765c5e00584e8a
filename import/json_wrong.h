/* Says what is wrong with a text that is not JSON. */
#ifndef IMPORT_JSON_WRONG_H
#define IMPORT_JSON_WRONG_H

#include <stddef.h>

#include "support/arena.h"

/* A message in `arena`; *at is the offset of the mistake. */
const char *json_wrong(struct arena *arena, const char *text, size_t n, size_t *at);

#endif
