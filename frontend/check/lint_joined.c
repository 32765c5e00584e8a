/* W0441 warns of a condition that is the same whatever happens, because two comparisons of one value with
 * numbers exclude each other: `x > 3 && x < 3`, `x != 1 || x != 2`. */
#include <math.h>

#include "frontend/check/lint.h"

/* What a comparison allows its value: all from `lo` to `hi`. */
struct allowed {
    const struct ast *value;
    double lo, hi;
    bool without_lo, without_hi;
};

static enum ast_op negated(enum ast_op op)
{
    return op == OP_LT   ? OP_GE
           : op == OP_GE ? OP_LT
           : op == OP_GT ? OP_LE
           : op == OP_LE ? OP_GT
           : op == OP_EQ ? OP_NE
           : op == OP_NE ? OP_EQ
                         : op;
}

static enum ast_op mirrored(enum ast_op op)
{
    return op == OP_LT ? OP_GT : op == OP_GT ? OP_LT : op == OP_LE ? OP_GE : op == OP_GE ? OP_LE : op;
}

/* False if it is no comparison of a name, an amount or an element with a number. */
static bool allowed_by(const struct ast *a, bool negate, struct allowed *out)
{
    if (a->kind != AST_BINARY) {
        return false;
    }
    double v;
    bool behind = lint_number(binary_right(a), &v);
    const struct ast *value = behind ? binary_left(a) : binary_right(a);
    enum ast_op op = behind ? a->op : mirrored(a->op);
    op = negate ? negated(op) : op;
    bool reference = value->kind == AST_NAME || value->kind == AST_FIELD || value->kind == AST_INDEX;
    if ((!behind && !lint_number(binary_left(a), &v)) || !reference) {
        return false;
    }
    *out = (struct allowed){value, -INFINITY, INFINITY, false, false};
    switch (op) {
    case OP_LT:
        out->without_hi = true;
        out->hi = v;
        return true;
    case OP_LE: out->hi = v; return true;
    case OP_GT:
        out->without_lo = true;
        out->lo = v;
        return true;
    case OP_GE: out->lo = v; return true;
    case OP_EQ: out->lo = out->hi = v; return true;
    default: return false;
    }
}

static bool exclude(const struct allowed *x, const struct allowed *y)
{
    const struct allowed *low = x->lo > y->lo || (x->lo == y->lo && x->without_lo) ? x : y;
    const struct allowed *high = x->hi < y->hi || (x->hi == y->hi && x->without_hi) ? x : y;
    return ast_same(x->value, y->value) &&
           (low->lo > high->hi || (low->lo == high->hi && (low->without_lo || high->without_hi)));
}

/* A part of `joined` that the comparison excludes, or NULL. */
static const struct ast *find_excluded(const struct ast *joined, enum ast_op op, const struct allowed *by)
{
    struct allowed one;
    if (joined->kind == AST_BINARY && joined->op == op) {
        const struct ast *found = find_excluded(binary_left(joined), op, by);
        return found ? found : find_excluded(binary_right(joined), op, by);
    }
    return allowed_by(joined, op == OP_OR, &one) && exclude(&one, by) ? joined : NULL;
}

void lint_joined(struct front *f, const struct ast *joined)
{
    struct allowed last;
    const struct ast *right = binary_right(joined);
    const struct ast *other = allowed_by(right, joined->op == OP_OR, &last)
                                  ? find_excluded(binary_left(joined), joined->op, &last)
                                  : NULL;
    if (!other) {
        return;
    }
    const char *one = front_source_text(f, other->span), *two = front_source_text(f, right->span);
    diag_report(f->diag, DIAG_W0441, joined->span,
                joined->op == OP_OR ? "this always holds: `%s` is true wherever `%s` is not"
                                    : "this never holds: `%s` is false wherever `%s` is true",
                two, one);
    diag_help(f->diag,
              joined->op == OP_OR ? "`||` asks for one of the two; that both hold is `%s && %s`"
                                  : "`&&` asks for both at once; one of the two is `%s || %s`",
              one, two);
}
