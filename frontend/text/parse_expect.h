/* What may stand at the end of a text that is being written. */
#ifndef FRONTEND_PARSE_EXPECT_H
#define FRONTEND_PARSE_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sources;

struct expectation {
    bool name, unit;       /* a name, a unit behind a number */
    bool statement;        /* a statement or a declaration begins here */
    size_t n_words;        /* words of the language, without those that begin statements of other places */
    const char *word[128]; /* static */
};

/* Says what may stand at the end of `file`, where something is to be written. */
void parse_expect(struct sources *sources, uint32_t file, struct expectation *e);

#endif
