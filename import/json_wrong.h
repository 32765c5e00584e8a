/* What is wrong with a text that is not JSON. */
#ifndef IMPORT_JSON_WRONG_H
#define IMPORT_JSON_WRONG_H

#include <stddef.h>

#include "support/arena.h"

/* In words, of the arena; *at is where. */
const char *json_wrong(struct arena *arena, const char *text, size_t n, size_t *at);

#endif
