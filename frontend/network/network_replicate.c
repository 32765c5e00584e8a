/* Copies of a network, as vesicles and chambers are, and membranes between them:
 *   replicate c[5] of chamber(P) { share Q; diffuse B <->{D} along ring; } */
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"

enum { MAX_COPIES = 1 << 24 };

/* ---- names that all copies share ---- */

bool network_not_shared(struct where *w, const struct ast *ref, const char *network)
{
    diag_report(w->f->diag, DIAG_E0404, ref->span, "'%s' declares no species '%s' to be shared", network,
                front_source_text(w->f, ref->span));
    diag_help(w->f->diag, "what is given as an argument is shared anyway");
    return false;
}

bool network_not_diffusing(struct where *w, const struct ast *a)
{
    return diag_report(w->f->diag, DIAG_E0404, a->span, "the copies have no species '%s' that could diffuse",
                       a->name);
}

/* Called after the first copy: the shared names must be species that the body of the network declares. */
static bool check_shares(struct where *w, const struct ast *block, const struct ast *a, species_id first_own,
                         const struct scope *members)
{
    bool good = true;
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        for (uint32_t k = 0; s->kind == AST_SHARE && k < s->n; k++) {
            const struct ast *ref = share_reference(s, k);
            const struct name *n = ref->kind == AST_NAME ? scope_find_here(members, ref->name) : NULL;
            if (n && name_may(n, AT_AMOUNT) && n->ids &&
                (shape_size(n->shape) == 0 || n->ids[0] >= first_own)) {
                continue;
            }
            good = network_not_shared(w, ref, replicate_network(a)->name);
        }
    }
    return good;
}

/* ---- membranes ---- */

struct copies {
    struct shape shape;
    struct scope **members; /* an entry for each copy */
};

/* The species of one copy that diffuses. */
static const struct name *diffusing(struct where *w, const struct ast *d, const struct copies *c, int64_t at)
{
    const struct name *n = scope_find_here(c->members[at], d->name);
    const struct name *other = n && at > 0 ? scope_find_here(c->members[0], d->name) : NULL;
    if (!n || !name_may(n, AT_AMOUNT)) {
        network_not_diffusing(w, d);
        return NULL;
    }
    if (other && other->ids == n->ids) {
        diag_report(w->f->diag, DIAG_E0404, d->span,
                    "'%s' is one species for all copies: it has nowhere to diffuse", d->name);
        return NULL;
    }
    return n;
}

static bool membrane(struct where *w, const struct ast *d, const struct copies *c, const expr_id rate[2],
                     int64_t i, int64_t j)
{
    const struct name *from = diffusing(w, d, c, i), *to = from ? diffusing(w, d, c, j) : NULL;
    if (!to) {
        return false;
    }
    int64_t n = shape_size(from->shape) * (from->kind == NAME_DUAL ? 2 : 1);
    bool good = true;
    for (int64_t k = 0; k < n && good; k++) {
        struct term a = {from->ids[k], 1}, b = {to->ids[k], 1};
        good = network_add(w, &a, 1, &b, 1, RATE_MASS_ACTION, rate[0], d->span, NULL) &&
               network_add(w, &b, 1, &a, 1, RATE_MASS_ACTION, rate[1], d->span, NULL);
    }
    return good;
}

/* Joins neighbours along each axis. The ends of a ring are neighbours, too, unless there are only two
 * copies, which have one membrane. */
static bool along_axes(struct where *w, const struct ast *d, const struct copies *c, const expr_id rate[2],
                       bool ring)
{
    int64_t n = shape_size(c->shape), stride = n;
    bool good = true;
    for (int axis = 0; axis < c->shape.rank; axis++) {
        int64_t length = c->shape.dim[axis];
        stride /= length;
        for (int64_t i = 0; i < n && good; i++) {
            int64_t at = i / stride % length, next = (at + 1) % length;
            if (next > at || (ring && length > 2)) {
                good = membrane(w, d, c, rate, i, i + (next - at) * stride);
            }
        }
    }
    return good;
}

static bool along_all(struct where *w, const struct ast *d, const struct copies *c, const expr_id rate[2])
{
    bool good = true;
    for (int64_t i = 0; i < shape_size(c->shape) && good; i++) {
        for (int64_t j = i + 1; j < shape_size(c->shape) && good; j++) {
            good = membrane(w, d, c, rate, i, j);
        }
    }
    return good;
}

static bool along_pairs(struct where *w, const struct ast *d, const struct copies *c, const expr_id rate[2])
{
    const struct ast *along = diffuse_along(d);
    expr_id v = value_of(w, along);
    if (!v) {
        diag_help(w->f->diag, "membranes are along `ring`, `line`, `all` or a list of pairs");
        return false;
    }
    struct shape s = value_info(w, v).shape;
    if (value_info(w, v).type != TYPE_INT || s.rank != 2 || s.dim[1] != 2 || !expr_is_const(w->ex, v)) {
        diag_report(w->f->diag, DIAG_E0404, along->span,
                    "membranes are along `ring`, `line`, `all` or a list of pairs");
        diag_help(w->f->diag, "pairs of copies are written [[0, 1], [1, 2]]");
        return false;
    }
    if (c->shape.rank != 1) {
        return diag_report(w->f->diag, DIAG_E0302, along->span,
                           "pairs name copies that have one index, these have %d", c->shape.rank);
    }
    bool good = true;
    for (int32_t i = 0; i < s.dim[0] && good; i++) {
        int64_t pair[2];
        for (int k = 0; k < 2 && good; k++) {
            good = expr_const_int(w->ex, expr_element(w->ex, v, 2 * i + k), &pair[k]);
            if (good && (pair[k] < 0 || pair[k] >= c->shape.dim[0])) {
                good = diag_report(w->f->diag, DIAG_E0305, along->span, "copy %lld is outside of 0..%d",
                                   (long long)pair[k], c->shape.dim[0]);
                diag_help(w->f->diag, "copies are counted from 0: the last is %d", c->shape.dim[0] - 1);
            }
        }
        if (good && pair[0] == pair[1]) {
            good = diag_report(w->f->diag, DIAG_E0404, along->span,
                               "a membrane has two sides, not copy %lld twice", (long long)pair[0]);
        }
        good = good && membrane(w, d, c, rate, pair[0], pair[1]);
    }
    return good;
}

static bool diffuse(struct where *w, const struct ast *d, const struct copies *c)
{
    const struct ast *along = diffuse_along(d), *list = diffuse_rates(d);
    const char *word = along->kind == AST_NAME && !value_named(w, along) ? along->name : "";
    expr_id rate[2];
    if (!network_rates(w, list, 1, rate)) {
        return false;
    }
    if (list->n == 1) {
        rate[1] = rate[0];
    }
    bool ring = strcmp(word, "ring") == 0;
    return ring || strcmp(word, "line") == 0 ? along_axes(w, d, c, rate, ring)
           : strcmp(word, "all") == 0        ? along_all(w, d, c, rate)
                                             : along_pairs(w, d, c, rate);
}

/* ---- copies ---- */

/* Makes the copies as instances, because `replicate` is written like these. */
static struct ast *as_instance(struct where *w, const struct ast *a)
{
    const struct ast *args = replicate_args(a);
    struct ast *call = arena_alloc(w->f->arena, sizeof *call);
    *call = (struct ast){
        .kind = AST_INSTANCE, .span = a->span, .name = replicate_network(a)->name, .n = args->n + 1};
    call->kid = arena_alloc(w->f->arena, call->n * sizeof *call->kid);
    call->kid[0] = NULL; /* a `replicate` has no label */
    for (uint32_t i = 0; i < args->n; i++) {
        call->kid[i + 1] = list_item(args, i);
    }
    return call;
}

bool network_shares_any(struct where *w, const struct shared *shared)
{
    for (uint32_t i = 0; shared && shared->block && i < shared->block->n; i++) {
        const struct ast *s = block_statement(shared->block, i);
        if (s->kind == AST_SHARE) {
            front_later(w->f, s->span,
                        "species that copies of a lowered, optimised or imported network share");
            return true;
        }
    }
    return false;
}

static bool make_copies(struct where *w, const struct ast *a)
{
    const struct ast *block = replicate_block(a);
    const char *stem = arena_printf(w->f->arena, "%s%s", a->name, network_turns(w));
    struct shared shared = {.block = block,
                            .prefix = arena_printf(w->f->arena, "%s%s.", w->build->prefix, stem)};
    struct copies c = {0};
    if (!value_shape(w, replicate_dims(a), &c.shape)) {
        return false;
    }
    int64_t n = shape_size(c.shape);
    if (c.shape.rank == 0 || n > MAX_COPIES) {
        return diag_report(w->f->diag, DIAG_E0404, a->span,
                           "copies are counted by an index: replicate %s[10] of %s(...)", a->name,
                           replicate_network(a)->name);
    }
    c.members = arena_alloc(w->f->arena, (size_t)(n ? n : 1) * sizeof *c.members);
    const struct ast *call = as_instance(w, a);
    species_id first_own = (species_id)w->build->whole->net->species.n;
    for (int64_t i = 0; i < n; i++) {
        c.members[i] =
            network_instantiate(w, call, intern_text(w->f->names, network_element_name(w, stem, c.shape, i)),
                                ++w->build->whole->n_copies, &shared);
        if (!c.members[i] || (i == 0 && !check_shares(w, block, a, first_own, c.members[0]))) {
            return false;
        }
        shared.first = c.members[0];
    }
    bool good = true;
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        good &= s->kind != AST_DIFFUSE || diffuse(w, s, &c);
    }
    return good;
}

bool network_replicate(struct where *w, const struct ast *a)
{
    bool good = make_copies(w, a);
    if (!good) { /* a place that reads one is not reported again */
        scope_add(scope_around_turns(w->scope), a->name, NAME_REFUSED, a->span);
    }
    return good;
}
