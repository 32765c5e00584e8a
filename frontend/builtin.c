/* Builtin functions. */
#include "frontend/builtin.h"
#include "frontend/typing.h"
#include "frontend/declared.h"
#include "frontend/data/data.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "frontend/neural/neural.h"

#include <math.h>
#include <string.h>

#include "ir/fact/fact.h"

enum { RANDOM_UNIFORM = 0, RANDOM_NORMAL = 1, RANDOM_BERNOULLI = 2 };

static const struct ast *named(const struct call *c, const char *name)
{
    for (uint32_t i = 1; i < c->ast->n; i++) {
        if (call_arg(c->ast, i)->name && strcmp(call_arg(c->ast, i)->name, name) == 0) {
            return arg_value(call_arg(c->ast, i));
        }
    }
    return NULL;
}

/* Accepts an array of numbers, or a series of them. */
static expr_id number_series(struct call *c, int i)
{
    expr_id v = value_or_series(c->w, c->arg[i]);
    if (v && value_info(c->w, v).type == TYPE_TEXT) {
        return diag_report(c->w->f->diag, DIAG_E0303, c->arg[i]->span, "%s takes numbers, not text", c->name);
    }
    if (v && value_info(c->w, v).type == TYPE_BOOL) {
        v = expr_to_real(c->w->ex, v);
    }
    return v;
}

/* The same for functions that do not count conditions. */
static expr_id plain_number(struct call *c, int i)
{
    expr_id v = value_or_series(c->w, c->arg[i]);
    if (v && value_info(c->w, v).type == TYPE_BOOL) {
        (void)typing_refuse_condition(c->w->f, c->arg[i], c->name, c->n == 1);
        return 0;
    }
    return v ? number_series(c, i) : 0;
}

static expr_id number_array(struct call *c, int i)
{
    expr_id v = number_series(c, i);
    return v && value_is_series(c->w, v) ? (expr_id)value_no_series(c->w, c->arg[i]->span, v, NULL) : v;
}

static bool size_argument(struct call *c, int i, int64_t least, int64_t *n)
{
    if (!value_const_int(c->w, c->arg[i], n)) {
        return false;
    }
    if (*n < least || *n > INT32_MAX) {
        return diag_report(c->w->f->diag, DIAG_E0306, c->arg[i]->span,
                           "%s needs a size from %lld to 2147483647 here, not %lld", c->name,
                           (long long)least, (long long)*n);
    }
    return true;
}

static expr_id elementwise(struct call *c)
{
    expr_id x = plain_number(c, 0);
    if (!x) {
        return 0;
    }
    if (c->which != EXPR_ABS && c->which != EXPR_FLOOR) {
        x = expr_to_real(c->w->ex, x);
    }
    return expr_widen(c->w->ex, expr_unary(c->w->ex, (enum expr_op)c->which, x));
}

/* delay(x, lag) and delay(x, lag, before) are the value of x that long ago. They stand in networks only,
 * because a run must know from its beginning what is asked of its past. */
static expr_id past(struct call *c)
{
    struct where *w = c->w;
    expr_id x[3] = {0};
    double v;
    bool in_network = where_place(w) == IN_NETWORK;
    if (!in_network || !value_reads(w)) {
        diag_report(w->f->diag, DIAG_E0306, c->ast->span,
                    "delay stands in laws, outputs, conditions and new amounts of networks, not in %s",
                    in_network ? purpose_text(w->purpose) : "an experiment");
        if (!in_network) {
            diag_help(w->f->diag, "make it an output of the network: output late = delay(A, 5);");
        }
        return 0;
    }
    for (int i = 0; i < c->n; i++) {
        x[i] = value_real_scalar(w, c->arg[i]);
        if (!x[i]) {
            return 0;
        }
    }
    if (expr_const_real(w->ex, x[0], &v) && !expr_const_real(w->ex, x[1], &v)) {
        const char *text = front_source_text(w->f, c->arg[0]->span);
        diag_report(w->f->diag, DIAG_E0306, c->arg[0]->span,
                    "what is read some time ago comes first, and a number is always the same");
        diag_help(w->f->diag, "the value %s ago is `delay(%s, %s)`", text,
                  front_source_text(w->f, c->arg[1]->span), text);
        return 0;
    }
    if (expr_const_real(w->ex, x[1], &v) && !(v >= 0)) {
        return diag_report(w->f->diag, DIAG_E0306, c->arg[1]->span,
                           "a delay of %g, which asks for what is still to come: delays are 0 or longer", v);
    }
    return expr_delay(w->ex, x[0], x[1], x[2]);
}

static bool not_empty(struct call *c, expr_id x)
{
    return shape_size(value_info(c->w, x).shape) > 0 ||
           diag_report(c->w->f->diag, DIAG_E0302, c->ast->span, "%s of an empty array", c->name);
}

/* Says what is meant by max(net.I) and similar calls for an amount in the last run. */
static const struct {
    const char *name, *help;
} of_amounts[] = {
    {"max", "the largest value in the run is time_max(%s); of two numbers it is max(a, b)"},
    {"min", "the smallest value in the run is time_min(%s); of two numbers it is min(a, b)"},
    {"argmax", "when it is largest in the run is time_argmax(%s)"},
    {"argmin", "when it is smallest in the run is time_argmin(%s)"},
    {"mean", "over the time of the run it is time_mean(%1$s), over several runs run_mean(%1$s)"},
    {"var", "over the time of the run it is time_var(%1$s), over several runs run_var(%1$s)"},
    {"sum", "the integral over the time of the run is time_integral(%s)"},
    {"fraction", "of the runs it is run_mean(%s) of an output that is 1 or 0"},
};

/* A single number is its own maximum, mean and sum. Nobody asks for these, except in a function that takes
 * both numbers and arrays. */
static bool is_array(struct call *c, expr_id x)
{
    struct where *w = c->w;
    if (value_info(w, x).shape.rank > 0 || w->f->call_depth > 0 || data_present(w, x)) {
        return true; /* missing values are left out, even if all are missing */
    }
    const struct ast *a = c->arg[0];
    struct name *root = name_root(w, a);
    bool amount = where_is_executed(w) && root && (root->kind == NAME_NETWORK || root->kind == NAME_MODEL);
    diag_report(w->f->diag, DIAG_E0302, a->span, "%s is of an array, and this is one number", c->name);
    for (size_t i = 0; i < sizeof of_amounts / sizeof *of_amounts; i++) {
        if (amount && strcmp(of_amounts[i].name, c->name) == 0) {
            diag_help(w->f->diag, of_amounts[i].help, front_source_text(w->f, a->span));
            return false;
        }
    }
    if (typing_help_recorded(w->f, a)) {
        return false;
    }
    diag_help(w->f->diag, "as in %s([1, 2, 3]) and %s(i in 0..3 : x[i])", c->name,
              strncmp(c->name, "arg", 3) == 0 || strcmp(c->name, "var") == 0 ? "sum" : c->name);
    return false;
}

static expr_id reduce(struct call *c)
{
    expr_id x = number_series(c, 0);
    if (x && value_is_series(c->w, x)) {
        return experiment_reduce_series(c->w, c->ast->span, (enum expr_op)c->which, x);
    }
    if (!x || !is_array(c, x) || (c->which != EXPR_SUM && !not_empty(c, x))) {
        return 0;
    }
    if (c->which == EXPR_SUM) {
        return data_sum(c->w, x);
    }
    return expr_widen(c->w->ex, expr_reduce(c->w->ex, (enum expr_op)c->which, x));
}

static expr_id extreme(struct call *c)
{
    expr_id x = c->n == 1 ? number_series(c, 0) : plain_number(c, 0);
    enum expr_op of = c->which == EXPR_MIN ? EXPR_MIN_OF : EXPR_MAX_OF;
    if (!x) {
        return 0;
    }
    if (c->n == 1 && value_is_series(c->w, x)) {
        return experiment_reduce_series(c->w, c->ast->span, of, x);
    }
    if (c->n == 1) {
        return is_array(c, x) && not_empty(c, x) ? expr_reduce(c->w->ex, of, x) : 0;
    }
    for (int i = 1; i < c->n && x; i++) {
        expr_id y = plain_number(c, i);
        x = y ? value_binary(c->w, c->ast, (enum expr_op)c->which, x, y) : 0;
    }
    return x;
}

static expr_id mean_of(struct where *w, expr_id x)
{
    return expr_binary(w->ex, EXPR_DIV, data_sum(w, expr_to_real(w->ex, x)), data_count(w, x));
}

/* The same for a series, whose number of elements is known only when running. */
static expr_id mean_of_series(struct call *c, expr_id x)
{
    struct expr_pool *ex = c->w->ex;
    struct shape row = shape_drop(value_info(c->w, x).shape, 0);
    expr_id sum = experiment_reduce_series(c->w, c->ast->span, EXPR_SUM, expr_to_real(ex, x));
    expr_id n = expr_to_real(ex, value_series_size(c->w, x));
    n = expr_binary(ex, EXPR_MUL, n, expr_real(ex, (double)shape_size(row)));
    return sum ? expr_binary(ex, EXPR_DIV, sum, n) : 0;
}

static expr_id average_of_series(struct call *c, expr_id x)
{
    struct expr_pool *ex = c->w->ex;
    expr_id mean = mean_of_series(c, x);
    if (!mean || c->which != 1) {
        return mean;
    }
    expr_id d = expr_binary(ex, EXPR_SUB, expr_to_real(ex, x), mean);
    return mean_of_series(c, expr_binary(ex, EXPR_MUL, d, d));
}

/* mean and var (of the population: divided by n). The mean of conditions is the fraction that is true. */
static expr_id average(struct call *c)
{
    struct where *w = c->w;
    expr_id x = number_series(c, 0);
    if (x && value_is_series(w, x)) {
        experiment_warn_rows(w, c->arg[0]->span, c->name, x);
        return average_of_series(c, x);
    }
    if (!x || !is_array(c, x) || !not_empty(c, x)) {
        return 0;
    }
    if (c->which != 1) {
        return mean_of(w, x);
    }
    x = expr_to_real(w->ex, x);
    expr_id d = expr_binary(w->ex, EXPR_SUB, x, mean_of(w, x));
    return mean_of(w, expr_binary(w->ex, EXPR_MUL, d, d));
}

static expr_id product(struct call *c)
{
    struct where *w = c->w;
    expr_id x = number_series(c, 0), y = number_series(c, 1);
    if (!x || !y) {
        return 0;
    }
    struct shape a = value_info(w, x).shape, b = value_info(w, y).shape;
    bool series = value_is_series(w, x) || value_is_series(w, y);
    if (series && c->which != 0) {
        return value_no_series(w, c->ast->span, value_is_series(w, x) ? x : y, NULL);
    }
    if (c->which == 0) {
        if (a.rank != 1 || !shape_equal(a, b)) {
            diag_report(w->f->diag, DIAG_E0302, c->ast->span,
                        "dot takes two vectors of one length, not %s and %s", where_shape(w, a),
                        where_shape(w, b));
            if (!data_help_times(w->f, c->ast)) {
                diag_help(w->f->diag,
                          "the product of a matrix and a vector is matmul(a, b); a part of a vector is "
                          "x[0..2]");
            }
            return 0;
        }
        x = expr_binary(w->ex, EXPR_MUL, x, y);
        return series ? experiment_reduce_series(w, c->ast->span, EXPR_SUM, x) : data_sum(w, x);
    }
    if (a.rank < 1 || b.rank < 1 || a.rank > 2 || b.rank > 2 || a.rank + b.rank < 3 ||
        a.dim[a.rank - 1] != b.dim[0]) {
        diag_report(w->f->diag, DIAG_E0302, c->ast->span, "matmul: the shapes %s and %s do not fit",
                    where_shape(w, a), where_shape(w, b));
        diag_help(w->f->diag,
                  "the first has as many columns as the second has rows: [2, 3] and [3, 4], or [2, 3] "
                  "and [3]; `*` multiplies element by element");
        return 0;
    }
    return expr_matmul(w->ex, expr_to_real(w->ex, x), expr_to_real(w->ex, y));
}

static expr_id clip(struct call *c)
{
    expr_id x = plain_number(c, 0), lo = plain_number(c, 1), hi = plain_number(c, 2);
    double least, most;
    if (lo && hi && expr_const_real(c->w->ex, lo, &least) && expr_const_real(c->w->ex, hi, &most) &&
        least > most) {
        diag_report(c->w->f->diag, DIAG_E0306, c->ast->span,
                    "clip(x, from, to) keeps x between two numbers, the first of which is the smaller one");
        diag_help(c->w->f->diag, "write `clip(%s, %g, %g)`", front_source_text(c->w->f, c->arg[0]->span),
                  most, least);
        return 0;
    }
    x = x && lo ? value_binary(c->w, c->ast, EXPR_MAX, x, lo) : 0;
    return x && hi ? value_binary(c->w, c->ast, EXPR_MIN, x, hi) : 0;
}

static expr_id filled(struct call *c)
{
    struct shape s = shape_scalar();
    for (int i = 0; i < c->n; i++) {
        int64_t n;
        if (!size_argument(c, i, 0, &n)) {
            return 0;
        }
        s.dim[s.rank++] = (int32_t)n;
    }
    return expr_fill(c->w->ex, expr_real(c->w->ex, c->which), s);
}

/* onehot(k, n) is [i in 0..n : if i == k then 1 else 0]. */
static expr_id onehot(struct call *c)
{
    struct where *w = c->w;
    expr_id k = value_of(w, c->arg[0]);
    int64_t n;
    if (!k || !size_argument(c, 1, 1, &n)) {
        return 0;
    }
    if (value_info(w, k).type != TYPE_INT || value_info(w, k).shape.rank != 0) {
        return diag_report(w->f->diag, DIAG_E0303, c->arg[0]->span, "onehot takes an integer");
    }
    int64_t known;
    if (expr_const_int(w->ex, k, &known) && (known < 0 || known >= n)) {
        return typing_outside_in(w, c->arg[0], known, n);
    }
    int32_t binder = expr_new_binder(w->ex);
    expr_id is = expr_binary(w->ex, EXPR_EQ, expr_binder(w->ex, binder), k);
    return expr_map(w->ex, binder, (int32_t)n, expr_to_real(w->ex, is));
}

/* pad(x, n, v) is x, followed by v until there are n entries along the first axis. */
static expr_id pad(struct call *c)
{
    struct where *w = c->w;
    expr_id x = number_array(c, 0);
    int64_t n;
    if (!x || !size_argument(c, 1, 0, &n)) {
        return 0;
    }
    expr_id v = c->n > 2 ? value_real_scalar(w, c->arg[2]) : expr_real(w->ex, 0);
    struct shape s = value_info(w, x).shape;
    if (s.rank < 1 || s.dim[0] > n) {
        return diag_report(w->f->diag, DIAG_E0302, c->ast->span,
                           "pad: an array of shape %s does not fit into %lld entries", where_shape(w, s),
                           (long long)n);
    }
    if (!v || s.dim[0] == n) {
        return v ? expr_to_real(w->ex, x) : 0;
    }
    s.dim[0] = (int32_t)n - s.dim[0];
    return expr_concat(w->ex, expr_to_real(w->ex, x), expr_fill(w->ex, v, s));
}

static expr_id concat(struct call *c)
{
    struct where *w = c->w;
    expr_id x = number_array(c, 0);
    for (int i = 1; i < c->n && x; i++) {
        expr_id y = number_array(c, i);
        if (!y) {
            return 0;
        }
        struct shape a = value_info(w, x).shape, b = value_info(w, y).shape;
        if (a.rank < 1 || b.rank < 1 || !shape_equal(shape_drop(a, 0), shape_drop(b, 0))) {
            return diag_report(w->f->diag, DIAG_E0302, c->ast->span,
                               "concat: the shapes %s and %s do not fit", where_shape(w, a),
                               where_shape(w, b));
        }
        if (a.dim[0] > INT32_MAX - b.dim[0]) {
            return diag_report(w->f->diag, DIAG_E0302, c->ast->span,
                               "concat: %lld entries along the first axis, and 2147483647 are the limit",
                               (long long)a.dim[0] + b.dim[0]);
        }
        bool real = value_info(w, x).type == TYPE_REAL || value_info(w, y).type == TYPE_REAL;
        x = real ? expr_concat(w->ex, expr_to_real(w->ex, x), expr_to_real(w->ex, y))
                 : expr_concat(w->ex, x, y);
    }
    return x;
}

/* The ends of logspace are values. In other languages they are exponents. */
static bool positive_ends(struct call *c, const expr_id end[2])
{
    for (int i = 0; i < 2; i++) {
        double known;
        if (expr_const_real(c->w->ex, end[i], &known) && !(known > 0)) {
            diag_report(c->w->f->diag, DIAG_E0306, c->arg[i]->span,
                        "the ends of logspace are positive numbers, not %g", known);
            diag_help(c->w->f->diag,
                      "they are values, not exponents: logspace(0.01, 1, 5) goes from 0.01 to 1");
            return false;
        }
    }
    return true;
}

/* linspace(a, b, n) and logspace(a, b, n): n numbers from a to b, with equal steps or with equal ratios. */
static expr_id spaced(struct call *c)
{
    struct where *w = c->w;
    struct expr_pool *ex = w->ex;
    expr_id a = value_real_scalar(w, c->arg[0]), b = value_real_scalar(w, c->arg[1]);
    int64_t n;
    if (!a || !b) {
        return 0;
    }
    if (!size_argument(c, 2, 2, &n)) {
        const char *first = front_source_text(w->f, c->arg[0]->span),
                   *last = front_source_text(w->f, c->arg[1]->span);
        double from, to, step = c->arg[2]->kind == AST_REAL ? c->arg[2]->v.real : 0;
        bool known = expr_const_real(ex, a, &from) && expr_const_real(ex, b, &to);
        double count = known && step > 0 && c->which == 0 ? floor((to - from) / step + 1.5) : 0;
        if (count >= 2 && count < 1e6) {
            diag_help(w->f->diag,
                      "the third argument says how many numbers there are; in steps of %s it is `%s(%s, %s, "
                      "%.0f)`",
                      front_source_text(w->f, c->arg[2]->span), c->name, first, last, count);
        } else {
            diag_help(w->f->diag, "the third argument says how many numbers there are: `%s(%s, %s, 11)`",
                      c->name, first, last);
        }
        return 0;
    }
    if (c->which == 1) {
        if (!positive_ends(c, (expr_id[]){a, b})) {
            return 0;
        }
        a = expr_unary(ex, EXPR_LOG, a);
        b = expr_unary(ex, EXPR_LOG, b);
    }
    int32_t binder = expr_new_binder(ex);
    expr_id part = expr_binary(ex, EXPR_DIV, expr_binder(ex, binder), expr_int(ex, n - 1));
    expr_id at =
        expr_binary(ex, EXPR_ADD, a, expr_binary(ex, EXPR_MUL, expr_binary(ex, EXPR_SUB, b, a), part));
    return expr_map(ex, binder, (int32_t)n, c->which == 1 ? expr_unary(ex, EXPR_EXP, at) : at);
}

static bool in_experiment(struct call *c)
{
    return where_is_executed(c->w) ||
           diag_report(c->w->f->diag, DIAG_E0204, c->ast->span, "%s is for experiments", c->name);
}

/* A network draws nothing except delays, which network_late.c reads. */
static bool may_draw(struct call *c)
{
    bool may = in_experiment(c);
    if (!may && c->w->purpose == FOR_DELAY) {
        diag_help(c->w->f->diag, "a delay is a number, a formula of parameters, or `uniform(1, 2)`, which is "
                                 "drawn each time");
    } else if (!may) {
        diag_help(c->w->f->diag, "a run changes parameters: `run NET with k = %s(...) for 10;`", c->name);
    }
    return may;
}

static bool given_shape(struct call *c, struct shape *s)
{
    const struct ast *given = named(c, "shape");
    if (!given) {
        return true;
    }
    if (given->kind != AST_ARRAY) {
        return diag_report(c->w->f->diag, DIAG_E0306, given->span,
                           "write the shape as a list of sizes: shape = [n, 2]");
    }
    return value_shape(c->w, given, s);
}

/* Checks arguments that are known: uniform(from, to), normal(mean, sd), bernoulli(p). */
static bool can_be_drawn(struct call *c, const expr_id arg[2])
{
    double x, y;
    if (!expr_const_real(c->w->ex, arg[0], &x) || !expr_const_real(c->w->ex, arg[1], &y)) {
        return true;
    }
    static const char *const want[] = {
        "uniform draws between two numbers, the first of which is the smaller one",
        "the second number of normal is a standard deviation, which is not negative",
        "what bernoulli takes is a probability, between 0 and 1"};
    bool fits = c->which == 0 ? x <= y : c->which == 1 ? y >= 0 : x >= 0 && x <= 1;
    if (!fits) {
        diag_report(c->w->f->diag, DIAG_E0306, c->ast->span, "%s", want[c->which]);
        diag_help(c->w->f->diag,
                  c->which == 0   ? "write `uniform(%g, %g)`"
                  : c->which == 1 ? "mean and standard deviation, as in `normal(0, 1)`"
                                  : "as in `bernoulli(0.5)`, which is 1 in half of all cases",
                  y, x);
    }
    return fits;
}

static expr_id draw(struct call *c)
{
    struct where *w = c->w;
    expr_id arg[2] = {0, 0};
    if (!may_draw(c)) {
        return 0;
    }
    struct shape s = shape_scalar();
    for (int i = 0; i < 2; i++) {
        arg[i] = i < c->n ? value_real(w, c->arg[i]) : arg[0];
        if (!arg[i]) {
            return 0;
        }
        struct shape have = value_info(w, arg[i]).shape;
        if (have.rank && s.rank && !shape_equal(have, s)) {
            return diag_report(w->f->diag, DIAG_E0302, c->ast->span, "the shapes %s and %s do not fit",
                               where_shape(w, s), where_shape(w, have));
        }
        s = have.rank ? have : s;
    }
    if (!given_shape(c, &s) || !can_be_drawn(c, arg)) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        if (!value_fits(w, c->ast->span, arg[i], s, "the result")) {
            return 0;
        }
    }
    return expr_call(w->ex, EXPR_RANDOM, TYPE_REAL, s, c->which, experiment_statement(w), 2, arg);
}

/* shuffle(x): the rows of x, or the numbers of a range, in random order. sample(x, m): the first m of
 * these. */
static expr_id permute(struct call *c)
{
    struct where *w = c->w;
    if (!in_experiment(c)) {
        return 0;
    }
    expr_id rows = 0, from = 0;
    int64_t n, m;
    if (c->arg[0]->kind == AST_RANGE) {
        expr_id to;
        int64_t a, b;
        if (!value_range(w, c->arg[0], &from, &to)) {
            return 0;
        }
        int32_t size;
        if (!expr_const_int(w->ex, from, &a) || !expr_const_int(w->ex, to, &b)) {
            return diag_report(w->f->diag, DIAG_E0304, c->arg[0]->span,
                               "the size of this range must be known when compiling");
        }
        if (!value_range_size(w, c->arg[0]->span, a, b, &size)) {
            return 0;
        }
        n = size;
    } else {
        rows = value_of(w, c->arg[0]);
        if (!rows) {
            return 0;
        }
        if (value_info(w, rows).shape.rank < 1) {
            return diag_report(w->f->diag, DIAG_E0302, c->arg[0]->span, "%s takes an array or a range",
                               c->name);
        }
        n = value_info(w, rows).shape.dim[0];
    }
    m = n;
    if (c->which == 1 && !size_argument(c, 1, 0, &m)) {
        return 0;
    }
    if (m > n) {
        return diag_report(w->f->diag, DIAG_E0306, c->ast->span,
                           "cannot draw %lld of %lld without repetition", (long long)m, (long long)n);
    }
    expr_id size = expr_int(w->ex, n);
    expr_id order = expr_call(w->ex, EXPR_SHUFFLE, TYPE_INT, shape_vector((int32_t)m), 0,
                              experiment_statement(w), 1, &size);
    return rows ? expr_gather(w->ex, rows, order, front_line(w->f, c->ast->span))
                : expr_binary(w->ex, EXPR_ADD, order, from);
}

static expr_id statistic(struct call *c)
{
    return in_experiment(c) ? experiment_statistic(c->w, c->ast, c->which) : 0;
}

static expr_id lost(struct call *c)
{
    return in_experiment(c) ? experiment_lost(c->w, c->ast) : 0;
}

static expr_id flux(struct call *c)
{
    return experiment_flux(c->w, c->ast, c->name, (enum flux_kind)c->which);
}

static expr_id dissipation(struct call *c)
{
    return in_experiment(c) ? experiment_dissipation(c->w, c->ast) : 0;
}

static expr_id fitted(struct call *c)
{
    return in_experiment(c) ? experiment_fitted(c->w, c->ast, c->name) : 0;
}

/* The network that the first argument names, if the call asks for its structure; NULL after an error. */
static const struct net_use *network_asked(struct call *c)
{
    struct where *w = c->w;
    struct name *n = c->arg[0]->kind == AST_NAME ? value_named(w, c->arg[0]) : NULL;
    if (!in_experiment(c)) {
        return NULL;
    }
    if (!name_may(n, AT_BODY) && !(n && n->kind == NAME_MODEL && neural_is_network(w->f, n))) {
        diag_report(w->f->diag, DIAG_E0204, c->arg[0]->span, "%s takes the name of a network", c->name);
        return NULL;
    }
    int32_t at = network_use(w->f, n, c->arg[0]->span);
    return at < 0 ? NULL : &w->f->program->net.data[at];
}

/* Whether the network has parameters that follow a model which is learned or loaded. */
static bool follows_open(const struct program *p, const struct net *n)
{
    for (size_t i = 0; i < n->param.n; i++) {
        int32_t number = n->param.data[i].global;
        if (number >= (int32_t)p->global.n && neural_is_open(p, number)) {
            return true;
        }
    }
    return false;
}

/* Reactions count if their rates are positive, which may be known only when running. If a network follows
 * a model, the runtime counts its reactions, since a model may also have a threshold. */
static expr_id count(struct call *c)
{
    const struct net_use *use = network_asked(c);
    if (!use) {
        return 0;
    }
    const struct program *p = c->w->f->program;
    const struct net *net = use->net;
    if (c->which == 1 && follows_open(p, net)) {
        return expr_leaf(c->w->ex, EXPR_NET_COUNT, TYPE_INT, shape_scalar(), (int32_t)(use - p->net.data), 0);
    }
    if (c->which == 1) {
        return experiment_count_reactions(c->w, (int32_t)(use - p->net.data));
    }
    int64_t left = fact_max_reactants(net), right = fact_max_products(net),
            most = left > right ? left : right;
    return expr_int(c->w->ex, c->which == 0 ? (int64_t)net->species.n : most);
}

/* detailed_balanced(net) is about the reactions at the default parameters; with `chain = true` it is about
 * the Markov chain of the states. */
static expr_id balanced(struct call *c)
{
    enum { MOST_STATES = 1 << 16 };
    struct where *w = c->w;
    const struct ast *chain = named(c, "chain");
    bool of_chain = chain && chain->kind == AST_BOOL && chain->v.integer;
    if (chain && chain->kind != AST_BOOL) {
        return diag_report(w->f->diag, DIAG_E0306, chain->span, "chain is true or false");
    }
    const struct net_use *use = network_asked(c);
    if (!use) {
        return 0;
    }
    if (follows_open(w->f->program, use->net)) {
        diag_report(w->f->diag, DIAG_E0505, c->arg[0]->span,
                    "'%s' follows a model whose parameters are not known", use->net->name);
        diag_help(w->f->diag, "lower a model with its parameters written, or from a file");
        return 0;
    }
    if (!of_chain) {
        struct detailed_balance d = fact_detailed_balance(use->net);
        bool holds = d.holds;
        fact_detailed_balance_free(&d);
        return expr_bool(w->ex, holds);
    }
    struct reachable r = fact_reachable(use->net, MOST_STATES);
    struct chain_balance b = fact_chain_balance(use->net, &r);
    bool known = b.known, holds = b.holds;
    if (!known) {
        diag_report(w->f->diag, DIAG_E0505, c->ast->span, "the states of '%s' cannot be looked at: %s",
                    use->net->name, b.why);
    }
    fact_chain_balance_free(&b);
    fact_reachable_free(&r);
    return known ? expr_bool(w->ex, holds) : 0;
}

static expr_id law(struct call *c)
{
    return in_experiment(c) ? experiment_law(c->w, c->ast, c->which == 1) : 0;
}

/* kl(P, Q) */
static expr_id divergence(struct call *c)
{
    struct where *w = c->w;
    expr_id p = value_real(w, c->arg[0]), q = p ? value_real(w, c->arg[1]) : 0;
    if (!q) {
        return 0;
    }
    struct shape s = value_info(w, p).shape;
    if (s.rank == 0 || !shape_equal(s, value_info(w, q).shape)) {
        diag_report(w->f->diag, DIAG_E0302, c->ast->span,
                    "kl takes two arrays of one shape, and these are %s and %s", where_shape(w, s),
                    where_shape(w, value_info(w, q).shape));
        return 0;
    }
    return value_divergence(w, c->ast->span, p, q);
}

/* copying_error(net, ...), clamping_error(net) and learning_error(net, ...), about a network that learns. */
static expr_id learner_setting(struct call *c)
{
    return in_experiment(c) ? experiment_learner_setting(c->w, c->ast, c->name) : 0;
}

static expr_id learner_error(struct call *c)
{
    return in_experiment(c) ? experiment_learner_error(c->w, c->ast, c->name) : 0;
}

static expr_id adjoint(struct call *c)
{
    return experiment_adjoint(c->w, c->ast);
}

/* No probability may be below 0, as far as values are known. Others that are give NaN when running. */
static bool are_probabilities(struct call *c, expr_id p)
{
    int64_t n = expr_is_const(c->w->ex, p) ? shape_size(value_info(c->w, p).shape) : 0;
    for (int64_t i = 0; i < n; i++) {
        double v;
        expr_id one = value_info(c->w, p).shape.rank > 0 ? expr_element(c->w->ex, p, i) : p;
        if (expr_const_real(c->w->ex, one, &v) && v < 0) {
            return diag_report(c->w->f->diag, DIAG_E0306, c->arg[0]->span,
                               "entropy is of probabilities, and %g is below 0", v);
        }
    }
    return true;
}

/* entropy(P): minus the sum of P log P along the last axis, as the mean over all such rows; 0 log 0 is 0. */
static expr_id entropy(struct call *c)
{
    struct expr_pool *ex = c->w->ex;
    expr_id p = value_real(c->w, c->arg[0]);
    if (!p || !are_probabilities(c, p)) {
        return 0;
    }
    struct shape s = value_info(c->w, p).shape, flat = shape_vector((int32_t)shape_size(s));
    if (!is_array(c, p)) {
        return 0;
    }
    int32_t i = expr_new_binder(ex), line = front_line(c->w->f, c->ast->span);
    expr_id one = expr_take(ex, expr_reshape(ex, p, flat), 0, expr_binder(ex, i), line);
    expr_id none = expr_binary(ex, EXPR_EQ, one, expr_real(ex, 0));
    expr_id term = expr_binary(ex, EXPR_MUL, one, expr_unary(ex, EXPR_LOG, one));
    expr_id sum =
        expr_fold(ex, EXPR_FOLD_SUM, i, flat.dim[0], expr_select(ex, none, expr_real(ex, 0), term), 0);
    double rows = s.rank > 0 && s.dim[s.rank - 1] > 0 ? (double)flat.dim[0] / s.dim[s.rank - 1] : 1;
    return expr_binary(ex, EXPR_DIV, expr_unary(ex, EXPR_NEG, sum), expr_real(ex, rows));
}

static expr_id infer(struct call *c)
{
    return experiment_infer(c->w, c->ast);
}

static expr_id gradient(struct call *c)
{
    struct where *w = c->w;
    const struct ast *of = named(c, "of");
    if (!in_experiment(c)) {
        return 0;
    }
    if (!of) {
        diag_report(w->f->diag, DIAG_E0306, c->ast->span, "gradient needs what it is taken by");
        diag_help(w->f->diag, "name a parameter or an initial amount: gradient(e, of = net.k)");
        return 0;
    }
    expr_id e = value_real_scalar(w, c->arg[0]);
    return e ? experiment_gradient_of(w, c->arg[0]->span, e, of) : 0;
}

static expr_id limit(struct call *c)
{
    return experiment_limit_call(c->w, c->ast);
}

/* size(d.train) is the number of rows; size(x) is the number of entries along the first axis. */
static expr_id size(struct call *c)
{
    struct where *w = c->w;
    struct data_rows rows;
    int32_t course = data_course_named(w, c->arg[0]);
    if (course >= 0) {
        return expr_int(w->ex, w->f->program->data.data[course].shape.columns);
    }
    enum data_found found = data_find_rows(w, c->arg[0], &rows);
    if (found == DATA_YES && !rows.table && w->f->program->data.data[rows.data].split == CRNL_SPLIT_NONE) {
        data_warn_empty(w, c->arg[0], &rows);
    }
    if (found != DATA_NO) {
        return found == DATA_YES ? expr_int(w->ex, rows.rows) : 0;
    }
    expr_id x = value_or_series(w, c->arg[0]);
    if (x && value_is_series(w, x)) {
        return value_series_size(w, x);
    }
    if (x && value_info(w, x).shape.rank == 0) {
        return diag_report(w->f->diag, DIAG_E0302, c->arg[0]->span, "size takes a data set or an array");
    }
    return x ? expr_int(w->ex, value_info(w, x).shape.dim[0]) : 0;
}

const struct builtin builtins[] = {
#define BUILTIN(name, handler, which, fewest, most, gives, names, named) \
    {#name, handler, which, fewest, most, GIVES_##gives, names, NAMED_##named},
#include "frontend/builtin.def"
#undef BUILTIN
};
const int builtin_count = sizeof builtins / sizeof builtins[0];

size_t language_function_count(void)
{
    return (size_t)builtin_count;
}

const char *language_function_name(size_t i)
{
    return builtins[i].name;
}
