/* json_parse is fast and does not say what is wrong; Jansson reads the text again and says it. */
#include "import/json_wrong.h"

#include <jansson.h>
#include <string.h>

const char *json_wrong(struct arena *arena, const char *text, size_t n, size_t *at)
{
    json_error_t why = {0};
    json_t *json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    json_decref(json);
    size_t place = why.position > 0 ? (size_t)why.position - 1 : 0;
    *at = place < n ? place : n;
    const char *near = strstr(why.text, " near '"); /* the text around the place is shown anyway */
    return arena_strndup(arena, why.text, near ? (size_t)(near - why.text) : strlen(why.text));
}
