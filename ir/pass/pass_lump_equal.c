/* Species that have the same amount at all times, by the ODE, become one species: backward differential
 * equivalence (Cardelli, Tribastone, Tschaikowski, Vandin: Maximal aggregation of polynomial dynamical
 * systems, PNAS 2017).
 *
 *   species X = 2, Y = 2, Z             species X = 2, Z
 *   X ->{k} Z                           X ->{k} Z
 *   Y ->{k} Z                           X ->{k} X + Z
 *   output Y, Z                         output X, Z
 *
 * Preserves (O) the ODE solution of all species. The species of a set must start with the same amount, for
 * all parameters, and their right sides must be the same polynomial if all species of each set have the same
 * amount; here a rate law counts as a symbol. No experiment may set and no event may change any of them. The
 * partition is the coarsest one. It starts from the initial amounts and is refined: when species move to a
 * new set, the flows of the reactions that read them change, these changes are added to the keys of the
 * species that the reactions change, and different keys split sets. When a set is split, the species of the
 * smaller part move, so that each species moves at most log n times. The pass does not preserve counts: two
 * species that are equal in the mean have different counts. */
#include <stdlib.h>

#include "ir/pass/pass.h"
#include "ir/net/readers.h"
#include "ir/net/rebuild.h"
#include "ir/pass/refine.h"
#include "ir/net/uses.h"
#include "support/mem.h"

/* Uses (enum use) that keep a species in a set of its own, whatever its amount is. */
enum { EQUAL_APART = USE_INPUT | USE_EVENT_WRITE | USE_FRACTION };

struct equals {
    struct net *n;
    struct pass_context *c;
    struct refinable p;    /* partition of species; set 0 is empty */
    struct residue *block; /* by species: the symbol of its set */
    struct residue *side;  /* by reaction: its reactants, as symbols of sets */
    struct residue *flow;  /* by reaction: its rate, as a polynomial in these symbols */
    struct residue *rate;  /* by expression: its residue */
    bool *marked;          /* by reaction: whether it is in `todo` */
    VEC(int32_t) todo;
    VEC(struct term) change;
    species_id *like; /* by species: the first species that starts with the same amount */
    species_id *same; /* by species: the first species of its set */
};

/* Gives each species a key of what must be equal at the start. */
static void label(struct equals *x)
{
    const struct net *n = x->n;
    struct uses uses = uses_of(n, NULL);
    for (size_t s = 0; s < n->species.n; s++) {
        const struct species *y = &n->species.data[s];
        const char *why = uses_reason(&uses, (species_id)s, EQUAL_APART);
        bool apart = why || y->kind == SPECIES_CONSTANT;
        if (why) {
            pass_missed(x->c, uses_place(&uses, (species_id)s, EQUAL_APART), "%s stays: %s", y->name, why);
        }
        double v = 1;
        bool zero = !y->init || (expr_const_real(n->ex, y->init, &v) && v == 0);
        refinable_add(&x->p, (int32_t)s,
                      apart ? residue_of_symbol(1, s, 0)
                            : residue_of_symbol(2, (uint64_t)y->kind << 8 | y->flags, zero ? 0 : y->init));
    }
    uses_free(&uses);
}

static struct residue difference(struct residue a, struct residue b)
{
    return residue_sum(a, residue_product(residue_of_integer(-1), b));
}

/* Recomputes the flow of reaction j, and adds the difference from the old flow to the keys of the species
 * that the reaction changes. */
static void update_flow(struct equals *x, size_t j)
{
    const struct reaction *r = &x->n->reaction.data[j];
    uint64_t guard = (uint64_t)r->guard;
    struct residue flow =
        r->rate_kind == RATE_LAW
            ? residue_of_symbol(3, r->rate, guard)
            : residue_product(x->rate[r->rate], residue_of_symbol(4, residue_word(x->side[j]), guard));
    struct residue more = difference(flow, x->flow[j]);
    x->flow[j] = flow;
    vec_reserve(&x->change, (size_t)r->n_lhs + r->n_rhs);
    x->change.n = net_whole_change(x->n, r, x->change.data); /* species with fractions are in sets of their
                                                                own */
    for (size_t i = 0; i < x->change.n; i++) {
        struct term t = x->change.data[i];
        refinable_add(&x->p, t.species, residue_product(residue_of_integer(t.count), more));
    }
}

static int64_t count_of(const struct net *n, const struct reaction *r, species_id s)
{
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        if (net_lhs(n, r)[i].species == s) {
            return net_lhs(n, r)[i].count;
        }
    }
    return 0;
}

/* Species s has moved to a new set. The sides that contain s get a new symbol, and their reactions must be
 * updated. */
static void move(struct equals *x, const struct readers *readers, species_id s)
{
    struct residue symbol = residue_of_symbol(5, (uint64_t)x->p.element[s].set, 0),
                   more = difference(symbol, x->block[s]);
    x->block[s] = symbol;
    for (int32_t i = readers->ptr[s]; i < readers->ptr[s + 1]; i++) {
        int32_t j = readers->reaction[i];
        int64_t count = count_of(x->n, &x->n->reaction.data[j], s);
        x->side[j] = residue_sum(x->side[j], residue_product(residue_of_integer(count), more));
        if (!x->marked[j]) {
            x->marked[j] = true;
            vec_push(&x->todo, j);
        }
    }
}

/* Sets of[s] to the first species of the set of s. */
static void find_first(const struct equals *x, species_id *of)
{
    species_id *first = mem_alloc(((size_t)x->p.n_sets + 1) * sizeof *first);
    for (size_t s = x->n->species.n; s-- > 0;) {
        first[x->p.element[s].set] = (species_id)s;
    }
    for (size_t s = 0; s < x->n->species.n; s++) {
        of[s] = first[x->p.element[s].set];
    }
    free(first);
}

static void refine(struct equals *x)
{
    struct readers readers = readers_of(x->n);
    label(x);
    int32_t first = refinable_split(&x->p);
    find_first(x, x->like);
    for (size_t j = 0; j < x->n->reaction.n; j++) {
        x->marked[j] = true;
        vec_push(&x->todo, (int32_t)j);
    }
    for (; first < x->p.n_sets; first = refinable_split(&x->p)) {
        for (int32_t k = first; k < x->p.n_sets; k++) {
            for (int32_t i = x->p.set[k].first; i < x->p.set[k].end; i++) {
                move(x, &readers, x->p.order[i]);
            }
        }
        while (x->todo.n > 0) {
            int32_t j = x->todo.data[--x->todo.n];
            x->marked[j] = false;
            update_flow(x, (size_t)j);
        }
    }
    readers_free(&readers);
}

/* The first species of each set replaces the others. */
static void name_sets(struct equals *x)
{
    const struct species *species = x->n->species.data;
    find_first(x, x->same);
    for (size_t s = 0; s < x->n->species.n; s++) {
        const struct refinable_set *set = &x->p.set[x->p.element[s].set];
        if (x->same[s] == (species_id)s && set->end - set->first > 1) {
            pass_done(x->c, species[s].span, "%s is equal to %d other%s", species[s].name,
                      set->end - set->first - 1, set->end - set->first > 2 ? "s" : "");
        } else if (x->same[s] == (species_id)s && x->like[s] != (species_id)s) {
            pass_missed(x->c, species[s].span, "%s stays: it starts like %s, but does not change like it",
                        species[s].name, species[x->like[s]].name);
        }
    }
}

/* A reaction whose change is not known stays as it is; each of its species is in a set of its own. */
static void copy_sides(const struct equals *x, struct reaction *r, term_vec *out)
{
    uint32_t first = (uint32_t)out->n;
    for (uint32_t i = 0; i < r->n_lhs + r->n_rhs; i++) {
        vec_push(out, i < r->n_lhs ? net_lhs(x->n, r)[i] : net_rhs(x->n, r)[i - r->n_lhs]);
    }
    r->lhs = first;
    r->rhs = first + r->n_lhs;
}

/* Appends the reactants, with each species replaced by the first of its set. If `products`, also appends the
 * changes of the species that stay. */
static bool add_side(const struct equals *x, const struct reaction *r, bool products, struct multiset *sum,
                     term_vec *out)
{
    bool ok = true;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        struct term t = net_lhs(x->n, r)[i];
        t.species = x->same[t.species];
        ok = multiset_add(sum, &t, 1, 1) && ok;
    }
    for (size_t i = 0; products && i < x->change.n; i++) {
        const struct term *t = &x->change.data[i];
        ok = (x->same[t->species] != t->species || multiset_add(sum, t, 1, 1)) && ok;
    }
    multiset_take(sum, out);
    return ok;
}

static bool rewrite(struct equals *x, struct pass_context *c)
{
    struct net *n = x->n;
    struct multiset sum;
    term_vec made = {0};
    size_t kept = 0;
    bool ok = true;
    multiset_open(&sum, n->species.n);
    for (size_t j = 0; j < n->reaction.n; j++) {
        struct reaction r = n->reaction.data[j];
        uint32_t first = (uint32_t)made.n;
        bool stays = false;
        if (!net_change_is_known(&r)) {
            copy_sides(x, &r, &made);
            n->reaction.data[kept++] = r;
            continue;
        }
        vec_reserve(&x->change, (size_t)r.n_lhs + r.n_rhs);
        x->change.n = net_change(n, &r, x->change.data);
        for (size_t i = 0; i < x->change.n; i++) {
            stays = stays || x->same[x->change.data[i].species] == x->change.data[i].species;
        }
        if (!stays) {
            continue; /* the reaction changes only species that are dropped */
        }
        bool fits = add_side(x, &r, false, &sum, &made);
        uint32_t middle = (uint32_t)made.n;
        fits = add_side(x, &r, true, &sum, &made) && fits;
        if (!fits) {
            ok = pass_overflow(c, r.span, NULL);
        }
        r.lhs = first;
        r.n_lhs = middle - first;
        r.rhs = middle;
        r.n_rhs = (uint32_t)made.n - middle;
        r.flags |= REACTION_MAY_REPEAT;
        n->reaction.data[kept++] = r;
    }
    n->reaction.n = kept;
    multiset_close(&sum);
    vec_free(&n->term);
    n->term.data = made.data;
    n->term.n = made.n;
    n->term.cap = made.cap;
    return ok;
}

/* The coordinates of the witness are the species that stay. */
static void fill_witness(const struct equals *x, struct witness *w, const species_id *to,
                         int32_t n_coordinates)
{
    w->n_coordinates = n_coordinates;
    for (size_t s = 0; s < x->n->species.n; s++) {
        struct term own = {to[s], 1};
        linear_map_add_row(&w->before, &own, to[s] >= 0 ? 1 : 0);
        vec_push(&w->equal, x->same[s]);
    }
}

static bool merge(struct equals *x, struct pass_context *c)
{
    struct net *n = x->n;
    bool *remove = mem_zalloc(n->species.n + 1, sizeof *remove);
    species_id *to = mem_alloc((n->species.n + 1) * sizeof *to), kept = 0;
    expr_id *value = mem_zalloc(n->species.n + 1, sizeof *value);
    for (size_t s = 0; s < n->species.n; s++) {
        remove[s] = x->same[s] != (species_id)s;
        to[s] = remove[s] ? -1 : kept++;
        value[s] = net_species_expr(n, to[x->same[s]]);
    }
    if (c->witness) {
        fill_witness(x, c->witness, to, kept);
    }
    bool ok = rewrite(x, c);
    rebuild_remove_species(n, remove, value);
    free(remove);
    free(to);
    free(value);
    return ok;
}

bool pass_lump_equal(struct net *n, struct pass_context *c)
{
    size_t species = n->species.n + 1, reactions = n->reaction.n + 1;
    struct equals x = {.n = n,
                       .c = c,
                       .like = mem_alloc(species * sizeof *x.like),
                       .block = mem_zalloc(species, sizeof *x.block),
                       .side = mem_zalloc(reactions, sizeof *x.side),
                       .flow = mem_zalloc(reactions, sizeof *x.flow),
                       .rate = residue_of_expressions(n->ex),
                       .marked = mem_zalloc(reactions, sizeof *x.marked),
                       .same = mem_alloc(species * sizeof *x.same)};
    bool ok = true;
    refinable_open(&x.p, (int32_t)n->species.n);
    refine(&x);
    name_sets(&x);
    if (c->n_done > 0) {
        ok = merge(&x, c);
    } else {
        pass_missed(c, (struct span){0}, "no two species have the same amount at all times");
    }
    refinable_close(&x.p);
    vec_free(&x.todo);
    vec_free(&x.change);
    free(x.block);
    free(x.side);
    free(x.flow);
    free(x.rate);
    free(x.marked);
    free(x.like);
    free(x.same);
    return ok;
}
