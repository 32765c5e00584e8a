/* Words of other tools (crnl_word.def), shared by compiler and runtime: what was meant by a name that is
 * unknown. */
#ifndef CRNL_WORD_H
#define CRNL_WORD_H

#include <stdbool.h>

struct crnl_method_word {
    const char *word, *method, *does;
};
/* NULL: no tool calls a method so. */
const struct crnl_method_word *crnl_method_word_find(const char *word);

/* The option that is meant, both without `--`; NULL: no tool calls one so. */
const char *crnl_option_meant(const char *word);

/* What files with this ending are, such as "a picture"; NULL: anything. *is_text (may be NULL) becomes
 * whether they are texts. */
const char *crnl_ending_means(const char *path, bool *is_text);
/* Whether a file of this name may be one with the endings `own`, parted by blanks: its ending is one of
 * these, or means nothing. */
bool crnl_ending_fits(const char *path, const char *own);

#endif
