/* Warns if time scales are not separated where a bulk species P follows a target Q that switches (paper 001,
 * section VI). P follows Q by P + S -> 2 P + S for species S of machines, and by P + Q -> Q, where Q jumps by
 * itself. The rate of copying is the sum of the rate constants by which machines raise P, the rate of change
 * of log P if each S is 1; for a bulk species that only machines raise and lower, the same sum is the rate of
 * learning. P is at rest where Q is this sum over the rate constant of P + Q -> Q; this level of the target
 * counts as on. A target has switched when it was at most a quarter of that level and then is three quarters,
 * so that noise does not count. After enough switches to know their rate, that rate should differ from both
 * other rates by the factor `apart`: slower copying sees only means of the target, and faster learning
 * follows each switch. */
#include <math.h>
#include <stdlib.h>

#include "runtime/crnl_csr.h"
#include "rt_scales.h"

static const double apart = 1.5;
enum { ENOUGH = 32 }; /* number of switches after which the rate is known to a fifth */

struct follower {
    int32_t bulk, target;
    int32_t fall;           /* the smooth reaction P + Q -> Q */
    double low, high, copy; /* levels of the target; the rate of log P by copying */
    int64_t n_switches;
    bool is_on;
};
struct rt_scales {
    const struct rt_terms *terms;
    int32_t *raise_ptr, *raise; /* by bulk species: the reactions P + S -> 2 P + S of machines */
    bool *learns;               /* [n_bulk] whether only machines raise or lower it */
    bool *decays;               /* [n_bulk] whether it grows or decays by itself */
    int32_t n;
    struct follower *follower;
    int32_t *watch_ptr, *watch; /* by reaction: the followers whose target it changes */
    int32_t learner;            /* the species that learns fastest, or -1 */
    double learn, t_start;
    bool told;
};

/* If smooth reaction j is P + S -> 2 P + S or P + S -> S, the result is its change of P; *species is S.
 * Otherwise 0. */
static double swing_of(const struct rt_terms *t, int32_t j, int32_t *bulk, int32_t *species)
{
    int32_t f = t->factor_ptr[j], e = t->swing_ptr[j];
    bool fits = t->is_smooth[j] && t->is_closed && t->factor_ptr[j + 1] == f + 1 &&
                t->swing_ptr[j + 1] == e + 1 && t->swing[e].degree == 1;
    if (!fits || t->m->species_kind[t->factor[f].species] != CRNL_DISCRETE) {
        return 0;
    }
    *bulk = t->swing[e].bulk;
    *species = t->factor[f].species;
    return t->swing[e].net;
}

enum species_role { RESTS, JUMPS_BY_ITSELF, READS_BULK };

/* For each species, whether reactions change it, and whether it is joined with a species whose reactions read
 * bulk. */
static enum species_role *find_roles(const struct rt_terms *t)
{
    const struct crnl_model *m = t->m;
    int32_t *up = rt_alloc((size_t)m->n_species + 1, sizeof *up);
    enum species_role *of = rt_alloc((size_t)m->n_species + 1, sizeof *of);
    rt_terms_components(t, false, up);
    for (int32_t j = 0; j < m->n_reactions; j++) {
        enum species_role *role = t->fires[j] ? &of[up[m->net_species[m->net_ptr[j]]]] : NULL;
        if (role && *role != READS_BULK) {
            *role = t->power_ptr[j] < t->power_ptr[j + 1] ? READS_BULK : JUMPS_BY_ITSELF;
        }
    }
    for (int32_t s = 0; s < m->n_species; s++) {
        of[s] = of[up[s]];
    }
    free(up);
    return of;
}

static void list_raises(struct rt_scales *s, const enum species_role *role)
{
    const struct rt_terms *t = s->terms;
    int32_t n = t->m->n_reactions, bulk, species;
    s->raise_ptr = rt_alloc((size_t)t->n_bulk + 2, sizeof *s->raise_ptr);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t j = 0; j < n; j++) {
            bool raises = swing_of(t, j, &bulk, &species) == 1 && role[species] == READS_BULK;
            if (raises && pass == 0) {
                csr_count(s->raise_ptr, bulk);
            } else if (raises) {
                s->raise[csr_place(s->raise_ptr, bulk)] = j;
            }
        }
        if (pass == 0) {
            s->raise = rt_alloc((size_t)csr_open(s->raise_ptr, t->n_bulk) + 1, sizeof *s->raise);
        }
    }
}

static void list_followers(struct rt_scales *s, const enum species_role *role)
{
    const struct rt_terms *t = s->terms;
    int32_t cap = 0, bulk, species;
    for (int32_t b = 0; b < t->n_bulk; b++) {
        s->learns[b] = s->raise_ptr[b] < s->raise_ptr[b + 1];
    }
    for (int32_t j = 0; j < t->m->n_reactions; j++) {
        double by = swing_of(t, j, &bulk, &species);
        for (int32_t e = t->swing_ptr[j]; by == 0 && e < t->swing_ptr[j + 1]; e++) {
            /* degree 2 is the reverse of a reaction that raises it */
            s->learns[t->swing[e].bulk] &= t->swing[e].degree == 2;
            s->decays[t->swing[e].bulk] |= t->factor_ptr[j] == t->factor_ptr[j + 1];
        }
        if (by != 0 && role[species] != READS_BULK) {
            s->learns[bulk] = false;
        }
        if (by == -1 && role[species] == JUMPS_BY_ITSELF && s->raise_ptr[bulk] < s->raise_ptr[bulk + 1]) {
            RT_GROW(s->follower, s->n, cap);
            s->follower[s->n++] = (struct follower){.bulk = bulk, .target = species, .fall = j};
        }
    }
}

/* Lists followers by the reactions that change their targets. */
static void list_watches(struct rt_scales *s)
{
    const struct rt_terms *t = s->terms;
    const struct crnl_model *m = t->m;
    s->watch_ptr = rt_alloc((size_t)m->n_reactions + 2, sizeof *s->watch_ptr);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t j = 0; j < m->n_reactions; j++) {
            for (int32_t e = m->net_ptr[j]; e < m->net_ptr[j + 1] && t->fires[j]; e++) {
                for (int32_t i = 0; i < s->n; i++) {
                    bool changes = s->follower[i].target == m->net_species[e];
                    if (changes && pass == 0) {
                        csr_count(s->watch_ptr, j);
                    } else if (changes) {
                        s->watch[csr_place(s->watch_ptr, j)] = i;
                    }
                }
            }
        }
        if (pass == 0) {
            s->watch = rt_alloc((size_t)csr_open(s->watch_ptr, m->n_reactions) + 1, sizeof *s->watch);
        }
    }
}

struct rt_scales *rt_scales_create(const struct rt_terms *t)
{
    struct rt_scales *s = rt_alloc(1, sizeof *s);
    enum species_role *role = find_roles(t);
    s->terms = t;
    s->learns = rt_alloc((size_t)t->n_bulk + 1, sizeof *s->learns);
    s->decays = rt_alloc((size_t)t->n_bulk + 1, sizeof *s->decays);
    list_raises(s, role);
    list_followers(s, role);
    list_watches(s);
    free(role);
    return s;
}

void rt_scales_destroy(struct rt_scales *s)
{
    free(s->raise_ptr);
    free(s->raise);
    free(s->learns);
    free(s->decays);
    free(s->follower);
    free(s->watch_ptr);
    free(s->watch);
    free(s);
}

bool rt_scales_is_potential(const struct rt_scales *s, int32_t bulk)
{
    return s->raise_ptr[bulk] < s->raise_ptr[bulk + 1] && !s->decays[bulk];
}

static double rate_of(const struct rt_scales *s, int32_t bulk, const struct crnl_ssa *w)
{
    double sum = 0;
    for (int32_t e = s->raise_ptr[bulk]; e < s->raise_ptr[bulk + 1]; e++) {
        sum += w->k[s->raise[e]];
    }
    return sum;
}

void rt_scales_start(struct rt_scales *s, const struct crnl_ssa *w)
{
    s->t_start = w->t;
    s->told = false;
    s->learner = -1;
    s->learn = 0;
    for (int32_t b = 0; b < s->terms->n_bulk; b++) {
        double rate = s->learns[b] ? rate_of(s, b, w) : 0;
        s->learner = rate > s->learn ? b : s->learner;
        s->learn = rate > s->learn ? rate : s->learn;
    }
    for (int32_t i = 0; i < s->n; i++) {
        struct follower *f = &s->follower[i];
        f->copy = rate_of(s, f->bulk, w);
        double on = f->copy / w->k[f->fall];
        f->low = on / 4;
        f->high = on > 0 && on < INFINITY ? 3 * on / 4 : INFINITY;
        f->n_switches = 0;
        f->is_on = w->x[f->target] >= f->high;
    }
}

static void tell(struct rt_scales *s, const struct follower *f, double rate, double t,
                 struct rt_buffer *notes)
{
    const struct rt_terms *terms = s->terms;
    const struct crnl_model *m = terms->m;
    bool slow = f->copy < apart * rate, fast = rate < apart * s->learn;
    if (!slow && !fast) {
        return;
    }
    s->told = true;
    rt_putf(notes,
            "warning: time scales are not apart: until t = %.4g `%s` has switched on or off %d times, %.3g "
            "in a unit of time; `%s` follows it at the rate %.3g",
            t, m->species_name[f->target], ENOUGH, rate, m->species_name[terms->species[f->bulk]], f->copy);
    if (s->learner >= 0) {
        const char *learner = m->species_name[terms->species[s->learner]];
        rt_putf(notes, ", and `%s` learns at the rate %.3g", learner, s->learn);
    }
    rt_putf(notes, ": %s\n",
            slow ? "copying should be faster than the switches, else means are copied, and no distribution"
                 : "learning should be slower than the switches, else it follows each of them");
}

void rt_scales_count(struct rt_scales *s, int32_t j, const struct crnl_ssa *w, struct rt_buffer *notes)
{
    for (int32_t e = s->watch_ptr[j]; e < s->watch_ptr[j + 1]; e++) {
        struct follower *f = &s->follower[s->watch[e]];
        double x = w->x[f->target];
        if (f->is_on ? x > f->low : x < f->high) {
            continue;
        }
        f->is_on = !f->is_on;
        if (++f->n_switches == ENOUGH && !s->told && w->t > s->t_start) {
            tell(s, f, ENOUGH / (w->t - s->t_start), w->t, notes);
        }
    }
}

void rt_scales_pieces(struct rt_scales *s, struct rt_state *p)
{
    for (int32_t i = 0; i < s->n; i++) {
        rt_state_count(p, &s->follower[i].n_switches);
        rt_state_truths(p, &s->follower[i].is_on, 1);
    }
    rt_state_truths(p, &s->told, 1);
}
