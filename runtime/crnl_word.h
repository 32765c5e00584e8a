/* Words of other tools (crnl_word.def), shared by compiler and runtime: what was meant by a name that is
 * unknown. */
#ifndef CRNL_WORD_H
#define CRNL_WORD_H

struct crnl_method_word {
    const char *word, *method, *does;
};
/* NULL: no tool calls a method so. */
const struct crnl_method_word *crnl_method_word_find(const char *word);

/* The option that is meant, both without `--`; NULL: no tool calls one so. */
const char *crnl_option_meant(const char *word);

#endif
