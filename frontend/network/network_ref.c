/* References to species inside networks, such as X, X[i], x.p, m.S and m[2].S. */
#include <stdlib.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/typing.h"

/* How many instances v[0], v[1], ... there are. */
static int32_t count_instances(struct where *w, const char *name)
{
    int32_t n = 0;
    while (value_find(w, intern_text(w->f->names, arena_printf(w->f->arena, "%s[%d]", name, n)))) {
        n++;
    }
    return n;
}

static bool instance_element(struct where *w, const struct ast *a, struct name **out)
{
    const char *text = "";
    for (uint32_t i = 1; i < a->n; i++) {
        int64_t at;
        if (!value_const_int(w, index_at(a, i), &at)) {
            return false;
        }
        text = arena_printf(w->f->arena, "%s%s%lld", text, i > 1 ? "," : "", (long long)at);
    }
    const char *full = arena_printf(w->f->arena, "%s[%s]", index_base(a)->name, text);
    *out = value_find(w, intern_text(w->f->names, full));
    if (*out) {
        return true;
    }
    const struct name *whole = value_find(w, index_base(a)->name);
    if (whole && whole->kind == NAME_REFUSED) {
        return false; /* what declares them was reported */
    }
    int32_t n = a->n == 2 ? count_instances(w, index_base(a)->name) : 0;
    if (n == 0) {
        return value_unknown(w, a->span, full, NAME_AS_BASE);
    }
    typing_outside_in(w, index_at(a, 1), strtoll(text, NULL, 10), n);
    return false;
}

static bool is_array_of_instances(struct where *w, const struct ast *base)
{
    return base->v.bound ? base->v.bound->is_array : !value_find(w, base->name);
}

static void from_name(struct name *n, struct ref *out)
{
    *out = (struct ref){.kind = n->kind, .shape = n->shape, .ids = n->ids, .name = n};
}

static bool index_ref(struct where *w, const struct ast *a, struct ref *out)
{
    const struct ast *base = index_base(a);
    if (base->kind == AST_NAME && is_array_of_instances(w, base)) {
        struct name *n;
        if (!instance_element(w, a, &n)) {
            return false;
        }
        from_name(n, out);
        return true;
    }
    if (!network_ref(w, base, out)) {
        return false;
    }
    if (out->kind == NAME_INSTANCE) {
        return diag_report(w->f->diag, DIAG_E0204, a->span, "this instance has no index");
    }
    if (!name_kind_may(out->kind, AT_AMOUNT)) {
        return name_misplaced(w, a->span, front_source_text(w->f, base->span), out->kind, AT_AMOUNT);
    }
    int64_t width = out->kind == NAME_DUAL ? 2 : 1;
    struct shape whole = out->shape;
    for (uint32_t i = 1; i < a->n; i++) {
        const struct ast *index = index_at(a, i);
        if (out->shape.rank == 0) {
            return !diag_has_error_in(w->f->diag, a->span) &&
                   typing_no_axis(w->f, index->span, typing_shape(whole), NULL);
        }
        int64_t size = out->shape.dim[0], from, to;
        struct shape row = shape_drop(out->shape, 0);
        if (index->kind == AST_RANGE && i + 1 == a->n) {
            from = 0;
            to = size;
            if ((range_from(index) && !value_const_int(w, range_from(index), &from)) ||
                (range_to(index) && !value_const_int(w, range_to(index), &to))) {
                return false;
            }
        } else if (index->kind == AST_RANGE) {
            return diag_report(w->f->diag, DIAG_E0404, index->span,
                               "a range of species stands in the last index only");
        } else {
            if (!value_const_int(w, index, &from)) {
                return false;
            }
            to = from < size ? from + 1 : from;
        }
        if (from < 0 || to > size || from > to || (index->kind != AST_RANGE && from >= size)) {
            return index->kind == AST_RANGE ? typing_range_outside(w->f, index->span, from, to, size)
                                            : typing_outside_in(w, index, from, size);
        }
        out->ids += from * shape_size(row) * width;
        if (index->kind == AST_RANGE) {
            out->shape.dim[0] = (int32_t)(to - from);
        } else {
            out->shape = row;
        }
    }
    return true;
}

static bool field_ref(struct where *w, const struct ast *a, struct ref *out)
{
    struct ref base;
    if (!network_ref(w, field_base(a), &base)) {
        return false;
    }
    if (base.kind == NAME_DUAL && (strcmp(a->name, "p") == 0 || strcmp(a->name, "n") == 0)) {
        int64_t n = shape_size(base.shape);
        species_id *ids = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * sizeof *ids);
        for (int64_t i = 0; i < n; i++) {
            ids[i] = base.ids[2 * i + (a->name[0] == 'n')];
        }
        *out = (struct ref){.kind = NAME_SPECIES, .shape = base.shape, .ids = ids, .name = base.name};
        return true;
    }
    if (base.kind != NAME_INSTANCE) {
        return name_no_part(w, a, base.kind);
    }
    struct name *member = scope_find_here(base.name->members, a->name);
    if (!member) {
        const char *list[256];
        size_t n = scope_count(base.name->members) < 256 ? scope_count(base.name->members) : 256;
        for (size_t i = 0; i < n; i++) {
            list[i] = scope_at(base.name->members, i)->text;
        }
        return name_no_member(w, a->span, "the instance", base.name->text, a->name, false, list, n);
    }
    from_name(member, out);
    return true;
}

bool network_ref(struct where *w, const struct ast *a, struct ref *out)
{
    switch (a->kind) {
    case AST_NAME: {
        struct name *n = value_named(w, a);
        if (!n) {
            return value_unknown(w, a->span, a->name, NAME_AS_BASE);
        }
        from_name(n, out);
        return n->kind != NAME_REFUSED;
    }
    case AST_INDEX: return index_ref(w, a, out);
    case AST_FIELD: return field_ref(w, a, out);
    default:
        diag_report(w->f->diag, DIAG_E0404, a->span, "a species is needed here");
        diag_help(
            w->f->diag,
            "what has a value and is a species is declared: `const species F = %s;`, and `F` stands here",
            front_source_text(w->f, a->span));
        return false;
    }
}

expr_id network_ref_value(struct where *w, struct span at, const struct ref *r)
{
    struct net *net = w->build->whole->net;
    if (r->kind == NAME_INSTANCE) {
        return name_no_value(w, at, front_source_text(w->f, at), r->kind);
    }
    if (!name_kind_may(r->kind, AT_AMOUNT)) {
        return r->name->value;
    }
    int64_t n = shape_size(r->shape);
    expr_id *elems = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * sizeof *elems);
    for (int64_t i = 0; i < n; i++) {
        elems[i] = r->kind == NAME_DUAL ? expr_binary(net->ex, EXPR_SUB, net_species_expr(net, r->ids[2 * i]),
                                                      net_species_expr(net, r->ids[2 * i + 1]))
                                        : net_species_expr(net, r->ids[i]);
    }
    return value_elements(w, r->shape, elems);
}

expr_id read_species(struct where *w, const struct ast *a, struct name *n)
{
    struct ref r = {.kind = n->kind, .shape = n->shape, .ids = n->ids, .name = n};
    return value_reads(w) ? network_ref_value(w, a->span, &r) : (expr_id)value_no_amount(w, a, n);
}

expr_id network_part(struct where *w, const struct ast *a, struct name *n)
{
    struct ref r;
    (void)n;
    if (a->kind == AST_INDEX && (!value_reads(w) || index_base(a)->kind != AST_NAME)) {
        return value_entry(w, a);
    }
    if (!network_ref(w, a, &r)) {
        return 0;
    }
    if (!value_reads(w) && name_kind_may(r.kind, AT_AMOUNT)) {
        return value_no_amount(w, a, r.name);
    }
    return value_without_state(w, a, network_ref_value(w, a->span, &r));
}
