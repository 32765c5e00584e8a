/* The common slips: recognised by the tokens around the one that does not fit. */
#ifndef FRONTEND_PARSE_SLIP_H
#define FRONTEND_PARSE_SLIP_H

#include "frontend/parse_state.h"

struct slip {
    struct parse *p;
    size_t found;                        /* index of the token that does not fit */
    const struct token *t, *last, *next; /* it and its neighbours */
    const int *expected;                 /* token numbers that could stand there */
    size_t n;
};

bool slip_expects(const struct slip *s, int kind);
size_t slip_start(const struct slip *s); /* index of the first token of the statement */
const char *slip_describe(const struct slip *s, const struct token *t); /* "`x`", "a string" */

/* Reports the slip, and repairs it where its meaning is plain; false if it is none of the known ones. */
bool slip_report(const struct slip *s);

#endif
