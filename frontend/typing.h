/* What is known of a value: the sort of its elements and its shape. The walk of `check` knows a part of
 * this before anything is evaluated: a length is a number, or a name plus a number, so that `X[n + 1]`
 * has the length n + 1 whatever n is. Elaboration knows all of it (typing_of). Both call the functions
 * here to decide whether values fit, so that each message about types and shapes exists once. Unknown
 * parts contradict nothing: the walk reports only what is wrong whatever the constants are. */
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
    bool is_refused; /* an error of the value was reported, so nothing more is said about it */
    struct length dim[SHAPE_MAX_RANK];
};

struct typing typing_unknown(void);
struct typing typing_refused(void);
struct typing typing_scalar(enum sort sort);
struct typing typing_array_of(enum sort sort); /* an array of unknown shape, or a single number */
/* An array of this length whose elements have the typing `of`. */
struct typing typing_array(struct length length, struct typing of);
struct length length_of(int64_t n);
bool typing_is_number(struct typing t);
/* "integer", "[n + 1, ?]", "real [3]" */
const char *typing_text(struct arena *arena, struct typing t);
const char *typing_length_text(struct arena *arena, struct length d);
const char *typing_shape_text(struct arena *arena, struct typing t);
/* Whether the shapes differ whatever the values of constants are. */
bool typing_shapes_differ(struct typing x, struct typing y);
/* What two typings have in common: those of a name with two declarations, or of the branches of a
 * condition. */
struct typing typing_either(struct typing x, struct typing y);

/* The typing of any value of this shape. */
struct typing typing_shape(struct shape s);
/* The typing of a value that has been built: everything is known. */
struct typing typing_of(const struct expr *e);
static inline struct typing typing_of_value(const struct where *w, expr_id v)
{
    return typing_of(expr_get(w->ex, v));
}

/* Warns (W0415) of a condition of an event or of `until` that holds at one moment only, such as `time ==
 * 5`. */
void typing_warn_moment(const struct where *w, struct span at, expr_id condition);

/* The typing of the result of an operator; is_refused after a report. `op` is EXPR_ADD, EXPR_LT,
 * EXPR_MIN, ... */
struct typing typing_binary(struct front *f, const struct ast *a, enum expr_op op, struct typing x,
                            struct typing y);
/* The typing of `if c then x else y`. */
struct typing typing_choice(struct front *f, const struct ast *a, struct typing x, struct typing y);
struct typing typing_unary(struct front *f, struct span at, enum expr_op op, struct typing x);
/* Whether `one` may stand at this place in an array whose first entry is `first`. */
bool typing_fits_array(struct front *f, struct span at, struct typing first, struct typing one);
/* The common typing of the elements of an array, including one more with the typing of its own; `first`
 * is that of element 0, `t` that of the elements before. */
struct typing typing_with_element(struct front *f, struct span at, struct typing first, struct typing t,
                                  struct typing one);
/* The typing of an entry or a slice. */
struct typing typing_index(struct front *f, const struct ast *a, struct typing base, const struct typing *at);
/* Both report and return false: the first if there are more indices than axes (`indexed` is the expression in
 * an experiment, or NULL), the second if an index or
 * a range lies outside of 0..size. */
/* If a name is that of a `record`, says how its values are kept in an array. */
bool typing_help_recorded(struct front *f, const struct ast *a);
bool typing_no_axis(struct front *f, struct span at, struct typing of, const struct ast *indexed);
bool typing_outside(struct front *f, struct span at, int64_t index, int64_t size);
/* The same for an index that loops may have a part in: the report says in which turn. */
bool typing_outside_in(struct where *w, const struct ast *index, int64_t known, int64_t size);
bool typing_range_outside(struct front *f, struct span at, int64_t from, int64_t to, int64_t size);
/* The sort of the value that -D gives a constant of the top level; SORT_UNKNOWN if -D gives none. */
enum sort front_defined(const struct front *f, const struct name *n);
/* Report a value that is not a condition, not a number, or not a single number. */
bool typing_condition(struct front *f, const struct ast *a, struct typing t);
/* A condition or an array of conditions. */
bool typing_conditions(struct front *f, struct span at, struct typing t);
/* Reports that a function of numbers is given a condition, alone or with other arguments. Returns false. */
bool typing_refuse_condition(struct front *f, const struct ast *value, const char *function, bool alone);
bool typing_real(struct front *f, struct span at, struct typing t);
/* Report a format that does not fit such a value in a text; NULL: the value has no format. */
bool typing_format(struct front *f, struct span at, const char *format, struct typing t);
bool typing_real_scalar(struct front *f, struct span at, struct typing t);
/* Report a value that has another shape. For typing_fits a single number fits every shape. */
bool typing_has_shape(struct front *f, struct span at, struct typing t, struct typing shape,
                      const char *what);
bool typing_fits(struct front *f, struct span at, struct typing t, struct typing shape, const char *what);

#endif
