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

/* The ending without its point; "" if there is none. */
static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *point = strrchr(slash ? slash : path, '.');
    return point ? point + 1 : "";
}

const char *crnl_ending_means(const char *path, bool *is_text)
{
    static const struct {
        const char *ending, *what;
        bool is_text;
    } endings[] = {
#define ENDING(ending, what, is_text) {ending, what, is_text},
#include "crnl_word.def"
    };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (strcmp(endings[i].ending, ending_of(path)) == 0) {
            if (is_text) {
                *is_text = endings[i].is_text;
            }
            return endings[i].what;
        }
    }
    return NULL;
}

bool crnl_ending_fits(const char *path, const char *own)
{
    const char *ending = ending_of(path);
    size_t n = strlen(ending);
    for (const char *at = own; n > 0 && *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strncmp(at, ending, n) == 0 && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return !crnl_ending_means(path, NULL);
}
