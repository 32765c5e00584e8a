/* Arrays: literals, entries, slices. */
#include "frontend/typing.h"

expr_id value_stack(struct where *w, size_t n, expr_id *entry, const struct ast *literal, struct span all)
{
    if (n == 0) {
        return expr_const_array(w->ex, TYPE_REAL, shape_vector(0), NULL);
    }
    bool real = false;
    struct typing first = typing_of_value(w, entry[0]);
    for (size_t i = 0; i < n; i++) {
        struct span at = literal ? array_element(literal, (uint32_t)i)->span : all;
        if (!typing_fits_array(w->f, at, first, typing_of_value(w, entry[i]))) {
            return 0;
        }
        real |= value_info(w, entry[i]).type == TYPE_REAL;
    }
    for (size_t i = 0; real && i < n; i++) {
        entry[i] = expr_to_real(w->ex, entry[i]);
    }
    return expr_stack(w->ex, n, entry);
}

expr_id value_array(struct where *w, const struct ast *a)
{
    expr_id *kid = arena_alloc(w->f->arena, (a->n + 1) * sizeof *kid);
    for (uint32_t i = 0; i < a->n; i++) {
        if (!(kid[i] = value_of(w, array_element(a, i)))) {
            return 0;
        }
    }
    return value_stack(w, a->n, kid, a, a->span);
}

static bool slice_bound(struct where *w, const struct ast *a, int64_t otherwise, int64_t *out)
{
    *out = otherwise;
    return !a || value_const_int(w, a, out);
}

expr_id value_index(struct where *w, const struct ast *a, expr_id base)
{
    int32_t axis = 0;
    struct shape array = value_info(w, base).shape;
    for (uint32_t i = 1; i < a->n && base; i++) {
        const struct ast *index = index_at(a, i);
        struct shape shape = value_info(w, base).shape;
        if (axis >= shape.rank) {
            return typing_no_axis(w->f, a->span, typing_shape(shape), a);
        }
        int64_t size = shape.dim[axis];
        if (size < 0 && index->kind == AST_RANGE) {
            return value_no_series(w, index->span, base, NULL);
        }
        if (index->kind == AST_RANGE) {
            int64_t from, to;
            if (!slice_bound(w, range_from(index), 0, &from) || !slice_bound(w, range_to(index), size, &to)) {
                return 0;
            }
            if (from < 0 || to > size || from > to) {
                return typing_range_outside(w->f, index->span, from, to, size);
            }
            base = expr_slice(w->ex, base, axis++, (int32_t)from, (int32_t)(to - from));
            continue;
        }
        expr_id at = value_of(w, index);
        if (!at) {
            return 0;
        }
        struct expr e = value_info(w, at);
        int64_t known;
        bool constant = expr_is_const(w->ex, at) && e.shape.rank == 0 && e.type != TYPE_TEXT;
        if (constant && expr_const_int(w->ex, at, &known)) {
            if (size >= 0 && (known < 0 || known >= size)) {
                return typing_outside_in(w, index, known, size);
            }
            at = expr_int(w->ex, known);
        } else if (e.type != TYPE_INT || e.shape.rank > 1 || (e.shape.rank == 1 && axis != 0)) {
            diag_report(w->f->diag, DIAG_E0303, index->span, "an index is an integer, not %s",
                        type_text(e.type));
            if (e.type == TYPE_REAL && e.shape.rank == 0) {
                bool divides = index->kind == AST_BINARY && index->op == OP_DIV;
                diag_help(w->f->diag,
                          divides ? "`/` keeps the fraction: write `floor(%s)`" : "write `floor(%s)`",
                          front_source_text(w->f, index->span));
            }
            return false;
        }
        if (size < 0 && e.shape.rank == 1) {
            return value_no_series(w, index->span, base, NULL);
        }
        int32_t place =
            constant ? front_line(w->f, index->span)
                     : front_index_place(w->f, index->span, index_base(a)->span, (int)i - 1, array.rank);
        if (size < 0) {
            base = value_series_at(w, base, at, place);
        } else if (e.shape.rank == 1) {
            base = expr_gather(w->ex, base, at, place);
            axis++;
        } else {
            base = expr_take(w->ex, base, axis, at, place);
        }
    }
    return base;
}
