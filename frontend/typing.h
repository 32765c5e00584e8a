/* What is known of a value: what it holds, and its shape. The walk of `check` knows part of it before
 * anything is evaluated: a length is a number, or a name plus a number, so that `X[n + 1]` has length n + 1
 * whatever n is. Elaboration knows all of it (typing_of). Both ask the functions here whether values fit, so
 * that each complaint about types and shapes exists once. What is not known contradicts nothing: the walk
 * complains only about what would be wrong whatever the constants are. */
#ifndef FRONTEND_TYPING_H
#define FRONTEND_TYPING_H

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
struct typing typing_array_of(enum sort sort); /* of unknown shape, which may be one number */
/* An array of that sort, as often in front as `of` is long. */
struct typing typing_array(struct length length, struct typing of);
struct length length_of(int64_t n);
bool typing_is_number(struct typing t);
/* "integer", "[n + 1, ?]", "real [3]" */
const char *typing_text(struct arena *arena, struct typing t);
const char *typing_length_text(struct arena *arena, struct length d);
const char *typing_shape_text(struct arena *arena, struct typing t);
/* Certainly of two shapes, which no value of a constant makes equal. */
bool typing_shapes_differ(struct typing x, struct typing y);
/* What is common to both: of a name with two declarations, of the branches of a condition. */
struct typing typing_either(struct typing x, struct typing y);

/* Of any value of that shape. */
struct typing typing_shape(struct shape s);
/* Of a value that has been built: everything is known. */
struct typing typing_of(const struct expr *e);
static inline struct typing typing_of_value(const struct where *w, expr_id v)
{
    return typing_of(expr_get(w->ex, v));
}

/* W0415: a condition of an event or of `until` that holds at one moment only, `time == 5`. */
void typing_warn_moment(const struct where *w, struct span at, expr_id condition);

/* What an operator makes of values; is_refused after a report. `op` is EXPR_ADD, EXPR_LT, EXPR_MIN, ... */
struct typing typing_binary(struct front *f, const struct ast *a, enum expr_op op, struct typing x,
                            struct typing y);
/* Of `if c then x else y`. */
struct typing typing_choice(struct front *f, const struct ast *a, struct typing x, struct typing y);
struct typing typing_unary(struct front *f, struct span at, enum expr_op op, struct typing x);
/* Whether `one` may stand at that place in an array whose first entry is `first`. */
bool typing_fits_array(struct front *f, struct span at, struct typing first, struct typing one);
/* The common type of the elements of an array up to one more, whose own is `one`; `first` is that of number
 * 0, `t` that of those before. */
struct typing typing_with_element(struct front *f, struct span at, struct typing first, struct typing t,
                                  struct typing one);
/* Of an entry or a slice. */
struct typing typing_index(struct front *f, const struct ast *a, struct typing base, const struct typing *at);
/* Report and return false: there are more indices than axes; an index or a range ends outside of 0..size. */
bool typing_no_axis(struct front *f, struct span at, struct typing of);
bool typing_outside(struct front *f, struct span at, int64_t index, int64_t size);
bool typing_range_outside(struct front *f, struct span at, int64_t from, int64_t to, int64_t size);
/* The type of the value that -D gives a constant of the top level; SORT_UNKNOWN: it gives none. */
enum sort front_defined(const struct front *f, const struct name *n);
/* Report what is no condition, no number, not one number. */
bool typing_condition(struct front *f, struct span at, struct typing t);
bool typing_conditions(struct front *f, struct span at, struct typing t); /* one or an array of them */
/* Reports that a function of numbers is given a condition, alone or beside other arguments; false. */
bool typing_refuse_condition(struct front *f, const struct ast *value, const char *function, bool alone);
bool typing_real(struct front *f, struct span at, struct typing t);
/* Report what is no format of such a value in a text; NULL: it has none. */
bool typing_format(struct front *f, struct span at, const char *format, struct typing t);
bool typing_real_scalar(struct front *f, struct span at, struct typing t);
/* Report a value of another shape. One number fits every shape in typing_fits. */
bool typing_has_shape(struct front *f, struct span at, struct typing t, struct typing shape,
                      const char *what);
bool typing_fits(struct front *f, struct span at, struct typing t, struct typing shape, const char *what);

#endif
