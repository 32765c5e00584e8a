/* DNA in Antimony. The value of a part of a strand is a formula in which "..." is the value of the part
 * upstream of it; a part without a formula has that value itself. A part may be in several strands; its value
 * is then the sum over them. */
#include <stdlib.h>

#include "import/antimony/antimony_impl.h"

enum { MAX_NODES = 100000, MAX_ALL_NODES = 10000000, MAX_DEPTH = 100 };

/* The strand that a submodule stands for: its only strand that is open on this side. NULL after a report. */
static const struct strand *strand_of(struct reader *r, int32_t v, int side)
{
    const struct variable *module = &r->variable.data[v];
    const struct strand *found = NULL;
    for (size_t i = 0; i < r->variable.n; i++) {
        const struct variable *x = &r->variable.data[i];
        if (x->instance == module->made && x->strand && x->strand->is_open[side]) {
            if (found) {
                antimony_error(
                    r, DIAG_E0831, module->at,
                    "'%s' stands for its open strand of DNA, and has several\n  help: name the one that is "
                    "meant, as in `%s.name`",
                    module->name, module->name);
                return NULL;
            }
            found = x->strand;
        }
    }
    if (!found) {
        antimony_error(r, DIAG_E0831, module->at,
                       "'%s' stands for its open strand of DNA, and has none\n  help: let the module have "
                       "one, `S: --P--G--`",
                       module->name);
    }
    return found;
}

static bool flatten(struct reader *r, const struct strand *s, struct dna *to, int depth)
{
    if (depth > MAX_DEPTH || to->part.n > MAX_NODES) {
        return antimony_error(r, DIAG_E0833, r->variable.data[0].at,
                              "strands of DNA in one another more than %d deep, or too long\n  help: write "
                              "fewer of them into one another",
                              MAX_DEPTH);
    }
    for (size_t i = 0; i < s->part.n; i++) {
        int32_t v = antimony_root(r, s->part.data[i].variable);
        const struct variable *x = &r->variable.data[v];
        const struct strand *inner = x->strand;
        if (x->type == TYPE_MODULE && !(inner = strand_of(r, v, i > 0 ? 0 : 1))) {
            return false;
        }
        if (inner && !flatten(r, inner, to, depth + 1)) {
            return false;
        }
        if (!inner && x->type != TYPE_DELETED) {
            vec_push(&to->part, v);
        }
    }
    return true;
}

/* Finds the strands that are parts of others, by variable; they count as parts of those only. False after a
 * report. */
static bool find_inner(struct reader *r, bool *is_inner)
{
    for (size_t i = 0; i < r->variable.n; i++) {
        const struct strand *s = r->variable.data[i].same < 0 ? r->variable.data[i].strand : NULL;
        for (size_t k = 0; s && k < s->part.n; k++) {
            int32_t v = antimony_root(r, s->part.data[k].variable);
            const struct strand *inner = r->variable.data[v].strand;
            if (r->variable.data[v].type == TYPE_MODULE && !(inner = strand_of(r, v, k > 0 ? 0 : 1))) {
                return false;
            }
            if (inner) {
                is_inner[inner->variable] = true;
            }
        }
    }
    return true;
}

/* Finds all strands that are not parts of others, and replaces strands inside them by their parts. */
static bool find_lines(struct reader *r)
{
    bool *is_inner = mem_zalloc(r->variable.n + 1, sizeof *is_inner);
    bool ok = find_inner(r, is_inner);
    for (size_t i = 0; ok && i < r->variable.n; i++) {
        const struct variable *x = &r->variable.data[i];
        if (x->same < 0 && x->type == TYPE_STRAND && x->strand && !is_inner[x->strand->variable]) {
            struct dna line = {0};
            ok = flatten(r, x->strand, &line, 0);
            vec_push(&r->dna, line);
        }
    }
    free(is_inner);
    r->has_dna = true;
    return ok;
}

static struct node *number(struct reader *r, const char *text, struct span at)
{
    struct node *n = arena_alloc(r->x->arena, sizeof *n);
    *n = (struct node){.kind = NODE_NUMBER, .text = text, .variable = -1, .at = at};
    return n;
}

/* A copy of a formula with `upstream` in place of "...". NULL after a report. */
static struct node *with_upstream(struct reader *r, const struct node *n, const struct node *upstream,
                                  int *nodes)
{
    if (++*nodes > MAX_NODES || ++r->dna_nodes > MAX_ALL_NODES) {
        antimony_error(r, DIAG_E0833, n->at,
                       "a formula on DNA of more than %d parts, with those upstream\n  help: read what lies "
                       "upstream once",
                       MAX_NODES);
        return NULL;
    }
    const struct node *from = n->kind == NODE_ELLIPSIS ? upstream : n;
    struct node *to = arena_alloc(r->x->arena, sizeof *to);
    *to = *from;
    to->first = to->last = to->next = NULL;
    to->depth = 0;
    for (const struct node *x = from->first; x; x = x->next) {
        struct node *operand = with_upstream(r, x, upstream, nodes);
        if (!operand) {
            return NULL;
        }
        antimony_add_operand(to, operand);
    }
    if (to->depth > IMPORT_MAX_DEPTH) {
        antimony_error(
            r, DIAG_E0833, n->at,
            "formulas nested more than %d deep\n  help: give parts of the formula names of their own",
            IMPORT_MAX_DEPTH);
        return NULL;
    }
    return to;
}

static bool add_from(struct reader *r, const struct dna *line, int32_t v, struct node *sum, int *nodes)
{
    struct node *upstream = number(r, "0", r->variable.data[v].at);
    for (size_t i = 0; i < line->part.n; i++) {
        const struct variable *x = &r->variable.data[line->part.data[i]];
        struct node *value = x->value ? with_upstream(r, x->value->root, upstream, nodes) : upstream;
        if (!value) {
            return false;
        }
        if (line->part.data[i] == v) {
            struct node *copy = with_upstream(r, value, upstream, nodes);
            if (!copy) {
                return false;
            }
            antimony_add_operand(sum, copy);
        }
        upstream = value;
    }
    return true;
}

bool antimony_strand_value(struct reader *r, int32_t v, const struct node **value)
{
    struct node *sum = antimony_apply(r, "plus", r->variable.data[v].at);
    int nodes = 0;
    bool ok = r->has_dna || find_lines(r);
    for (size_t i = 0; ok && i < r->dna.n; i++) {
        ok = add_from(r, &r->dna.data[i], v, sum, &nodes);
    }
    const struct formula *own = r->variable.data[v].value;
    if (ok && !sum->first) { /* in no strand, so nothing is upstream */
        struct node *alone =
            own ? with_upstream(r, own->root, number(r, "0", own->at), &nodes) : number(r, "0", sum->at);
        ok = alone != NULL;
        *value = alone;
    } else {
        *value = sum->first && !sum->first->next ? sum->first : sum;
    }
    return ok;
}
