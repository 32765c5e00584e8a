/* What is known of a value before anything is evaluated: what it holds, its shape, its unit. A length is a
 * number, or a name plus a number: `X[n + 1]` is of length n + 1 whatever n is. What is not known contradicts
 * nothing, so a complaint is about what would be wrong whatever the constants are. */
#ifndef FRONTEND_CHECK_TYPING_H
#define FRONTEND_CHECK_TYPING_H

#include "frontend/front.h"

enum sort { SORT_UNKNOWN, SORT_NUMBER, SORT_INTEGER, SORT_REAL, SORT_CONDITION, SORT_TEXT };

struct length {
    bool is_known;
    const struct name *of; /* NULL: `plus` alone */
    int64_t plus;
};

struct typing {
    uint8_t sort;
    int8_t rank;     /* -1: unknown */
    bool is_refused; /* what is wrong with it was reported: nothing more is said of it */
    struct length dim[SHAPE_MAX_RANK];
};

struct typing typing_unknown(void);
struct typing typing_refused(void);
struct typing typing_scalar(enum sort sort);
/* An array of that sort, as often in front as `of` is long. */
struct typing typing_array(struct length length, struct typing of);
struct length length_of(int64_t n);
bool typing_is_number(struct typing t);
/* "integer", "[n + 1, ?]", "real [3]" */
const char *typing_text(struct arena *arena, struct typing t);
const char *typing_shape_text(struct arena *arena, struct typing t);
/* Certainly of two shapes, which no value of a constant makes equal. */
bool typing_shapes_differ(struct typing x, struct typing y);
/* What is common to both: of a name with two declarations, of the branches of a condition. */
struct typing typing_either(struct typing x, struct typing y);

/* What an operator makes of values. Reports, in the words of the elaboration, what can have no value. */
struct typing typing_binary(struct front *f, const struct ast *a, struct typing x, struct typing y);
struct typing typing_unary(struct front *f, const struct ast *a, struct typing x);
/* The common type of the elements of an array literal up to number i, whose own is `one`; `first` is that of
 * number 0, `t` of those before. */
struct typing typing_with_element(struct front *f, const struct ast *a, uint32_t i, struct typing first,
                                  struct typing t, struct typing one);
/* Of an entry or a slice. */
struct typing typing_index(struct front *f, const struct ast *a, struct typing base, const struct typing *at);
/* Report what is certainly no condition, no number, not one number. */
bool typing_condition(struct front *f, const struct ast *a, struct typing t);
bool typing_real(struct front *f, const struct ast *a, struct typing t);
bool typing_real_scalar(struct front *f, const struct ast *a, struct typing t);
/* A value for something of a shape: of that shape or one number for all elements. */
bool typing_fits(struct front *f, const struct ast *a, struct typing t, struct typing shape,
                 const char *what);

#endif
