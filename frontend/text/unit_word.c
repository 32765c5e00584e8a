#include "frontend/text/unit_word.h"

#include <stddef.h>
#include <string.h>

const char *unit_in_other_words(const char *text)
{
    static const struct {
        const char *name, *unit;
    } words[] = {
#define UNIT_WORD(name, unit) {#name, #unit},
#include "frontend/text/unit_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, text) == 0) {
            return words[i].unit;
        }
    }
    return NULL;
}
