/* What words of other tools mean here. */
#include "crnl_word.h"

#include <stddef.h>
#include <string.h>

const struct crnl_method_word *crnl_method_word_find(const char *word)
{
    static const struct crnl_method_word words[] = {
#define METHOD_WORD(word, method, does) {word, method, does},
#include "crnl_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, word) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

const char *crnl_option_meant(const char *word)
{
    static const struct {
        const char *word, *option;
    } words[] = {
#define OPTION_MEANT(word, option) {word, option},
#include "crnl_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, word) == 0) {
            return words[i].option;
        }
    }
    return NULL;
}
