/* crnlc doctor: answers questions about a network from its structure: yes or no, why, and an example. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "driver/command.h"
#include "driver/pipeline.h"
#include "ir/fact/fact.h"
#include "ir/interp/interp.h"

enum { MOST_TERMS = 8, MOST_LAWS = 10, FINDING_COLUMN = 26, MOST_STATES = 1024, MOST_LOOKS = 4000000 };
/* time scales that differ by more need too many steps of an explicit method */
static const double STIFF = 1e3;

struct patient {
    const struct net *n;
    const struct sources *sources;
    struct arena *a;
    double *amount; /* initial amounts at the default parameters; NULL: they cannot be computed */
};

static void print_finding(const char *property, const char *answer, const char *why)
{
    printf("  %-18s%-4s  %s\n", property, answer, why);
}

static void print_more(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    printf("%*s", FINDING_COLUMN, "");
    vprintf(format, ap);
    putchar('\n');
    va_end(ap);
}

/* "A + 2 B - C"; long sums are cut. */
static const char *sum_text(const struct patient *p, const struct term *term, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n && i < MOST_TERMS; i++) {
        int64_t c = term[i].count;
        const char *sign = i ? (c < 0 ? " - " : " + ") : c < 0 ? "-" : "";
        const char *name = p->n->species.data[term[i].species].name;
        uint64_t size = c < 0 ? 0 - (uint64_t)c : (uint64_t)c;
        text = size == 1 ? arena_printf(p->a, "%s%s%s", text, sign, name)
                         : arena_printf(p->a, "%s%s%llu %s", text, sign, (unsigned long long)size, name);
    }
    return n > MOST_TERMS ? arena_printf(p->a, "%s + ... (%zu terms)", text, n) : text;
}

static double total(const struct patient *p, const struct term *term, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)term[i].count * p->amount[term[i].species];
    }
    return sum;
}

/* "'A -> B' (x.crnl:3)" */
static const char *reaction_text(const struct patient *p, reaction_id j)
{
    const struct reaction *r = &p->n->reaction.data[j];
    const char *text = arena_printf(p->a, "'%s'", net_reaction_text(p->n, j, p->a));
    if (r->span.file) {
        int line, column;
        sources_place(p->sources, r->span, &line, &column);
        text = arena_printf(p->a, "%s (%s:%d)", text, sources_name(p->sources, r->span.file), line);
    }
    return text;
}

static void find_conserved(const struct patient *p)
{
    struct conservation c = fact_conservation(p->n);
    const char *why = c.n_laws == 0
                          ? "no combination of amounts stays the same"
                          : arena_printf(p->a, "%d independent law%s", c.n_laws, c.n_laws == 1 ? "" : "s");
    print_finding("conserved",
                  c.n_laws     ? "yes"
                  : c.overflow ? "?"
                               : "no",
                  c.overflow ? "coefficients past 64 bits: the list is not complete" : why);
    for (int32_t i = 0; i < c.n_laws && i < MOST_LAWS; i++) {
        const struct term *law = c.term.data + c.first.data[i];
        size_t n = c.first.data[i + 1] - c.first.data[i];
        if (p->amount) {
            print_more("%s = %g", sum_text(p, law, n), total(p, law, n));
        } else {
            print_more("%s", sum_text(p, law, n));
        }
    }
    if (c.n_laws > MOST_LAWS) {
        print_more("... and %d more", c.n_laws - MOST_LAWS);
    }
    fact_conservation_free(&c);
}

static void find_bounded(const struct patient *p)
{
    struct boundedness b = fact_bounded(p->n);
    switch (b.answer) {
    case BOUNDED_YES:
        print_finding("bounded", "yes",
                      b.weight.n ? "no reaction raises this sum, in which every species has a part:"
                                 : "no species can change");
        if (b.weight.n && p->amount) {
            print_more("%s, initially %g", sum_text(p, b.weight.data, b.weight.n),
                       total(p, b.weight.data, b.weight.n));
        } else if (b.weight.n) {
            print_more("%s", sum_text(p, b.weight.data, b.weight.n));
        }
        break;
    case BOUNDED_NO:
        print_finding(
            "bounded", "no",
            "by structure; rates may keep amounts finite all the same. Nothing is used up by firing");
        for (size_t i = 0; i < b.firing.n && i < MOST_TERMS; i++) {
            print_more("%lld x %s", (long long)b.firing.data[i].count,
                       reaction_text(p, b.firing.data[i].species));
        }
        print_more("%swhich makes %s", b.firing.n > MOST_TERMS ? "..., " : "",
                   sum_text(p, b.raised.data, b.raised.n));
        break;
    case BOUNDED_UNKNOWN: print_finding("bounded", "?", b.why); break;
    }
    fact_bounded_free(&b);
}

static bool find_detailed_balance(const struct patient *p)
{
    struct detailed_balance d = fact_detailed_balance(p->n);
    print_finding(
        "detailed balanced", d.holds ? "yes" : "no",
        d.holds ? "every reaction has its reverse, and no cycle has a direction, at the default parameters"
                : d.why);
    const char *text = "";
    for (size_t s = 0, shown = 0; d.pair.n > 0 && s < d.energy.n && shown <= MOST_TERMS; s++) {
        if (p->n->species.data[s].kind != SPECIES_CONSTANT) {
            text = shown < MOST_TERMS ? arena_printf(p->a, "%s%s%s = %.4g", text, shown ? ", " : "",
                                                     p->n->species.data[s].name, d.energy.data[s])
                                      : arena_printf(p->a, "%s, ...", text);
            shown++;
        }
    }
    if (text[0]) {
        print_more("energies in kT, up to conserved sums: %s", text);
    }
    bool holds = d.holds;
    fact_detailed_balance_free(&d);
    return holds;
}

/* Looks for independent parts among the reachable states of a small network, since reactions do not show
 * them. */
static void find_independence(const struct patient *p, const struct reachable *r, bool balanced)
{
    struct product_space s = fact_product_space(r);
    if (s.n_blocks > 1) {
        print_finding("independent", balanced ? "yes" : "no",
                      arena_printf(p->a, "what can be reached is a product of %d parts, %s", s.n_blocks,
                                   balanced ? "which are independent in the stationary law"
                                            : "which detailed balance would make independent"));
        const char *text = "";
        for (int32_t b = 0; b < s.n_blocks && b < MOST_TERMS; b++) {
            const char *part = "";
            for (size_t k = 0; k < s.block.n; k++) {
                if (s.block.data[k] == b) {
                    const char *name = p->n->species.data[r->changing.data[k]].name;
                    part = arena_printf(p->a, "%s%s%s", part, *part ? " " : "", name);
                }
            }
            text = arena_printf(p->a, "%s%s(%s)", text, b ? " x " : "", part);
        }
        print_more("%s%s", text, s.n_blocks > MOST_TERMS ? " x ..." : "");
    }
    fact_product_space_free(&s);
}

static void find_chain(const struct patient *p, bool balanced)
{
    size_t most = MOST_LOOKS / (p->n->reaction.n + 1);
    struct reachable r = fact_reachable(p->n, (int64_t)(most < MOST_STATES ? most : MOST_STATES));
    struct chain_balance c = fact_chain_balance(p->n, &r);
    if (c.holds && !balanced) {
        print_more("but its Markov chain is, on the %lld states that can be reached: fuel pays for it",
                   (long long)r.n);
    }
    if (c.known) {
        find_independence(p, &r, balanced);
    }
    fact_chain_balance_free(&c);
    fact_reachable_free(&r);
}

/* Prints copies of subnetworks, if there are any. */
static void find_replicas(const struct patient *p)
{
    struct replicas r = fact_replicas(p->n);
    for (size_t i = 0; i < r.set.n; i++) {
        const struct replica_set *s = &r.set.data[i];
        const char *text = arena_printf(
            p->a, "%d alike, of %d species and %d reaction%s: %s, ...", (int)s->n_copies, (int)s->n_species,
            (int)s->n_reactions, s->n_reactions == 1 ? "" : "s", p->n->species.data[s->species.data[0]].name);
        if (i == 0) {
            print_finding("copies", "yes", text);
        } else {
            print_more("%s", text);
        }
    }
    if (r.between.n > 0) {
        print_more("%zu reactions between them, such as %s", r.between.n,
                   reaction_text(p, r.between.data[0]));
    }
    fact_replicas_free(&r);
}

static void find_rate_independence(const struct patient *p)
{
    struct rate_independence r = fact_rate_independence(p->n);
    print_finding("rate-independent", r.holds ? "yes" : "no",
                  r.holds
                      ? "no reaction reads what another consumes, and none feeds itself: `to limit` is exact"
                      : r.why);
    if (!r.holds && r.first >= 0) {
        print_more("%s", reaction_text(p, r.first));
    }
    if (!r.holds && r.second >= 0) {
        print_more("%s", reaction_text(p, r.second));
    }
    fact_rate_independence_free(&r);
}

static void find_stiff(const struct patient *p)
{
    struct time_scales t = fact_time_scales(p->n);
    if (t.fast < 0) {
        print_finding("stiff", "no", "nothing is consumed");
        return;
    }
    double ratio = t.fastest / t.slowest;
    bool stiff = ratio >= STIFF;
    print_finding("stiff", stiff ? "yes" : "no",
                  arena_printf(p->a,
                               "an estimate at the initial amounts: time scales differ by a factor of %.3g%s",
                               ratio, stiff ? "; use an implicit method (bdf)" : ""));
    print_more("fastest: %.3g per unit of time in %s", t.fastest, reaction_text(p, t.fast));
    if (t.slow != t.fast) {
        print_more("slowest: %.3g in %s", t.slowest, reaction_text(p, t.slow));
    }
}

static double *initial_amounts(const struct net *n)
{
    double *p = mem_zalloc((size_t)n->n_slots + 1, sizeof *p), *x = mem_zalloc(n->species.n + 1, sizeof *x);
    struct interp *it = interp_create(n);
    int32_t slot;
    if (!interp_params(it, NULL, NULL, p, &slot) || !interp_initial(it, p, x)) {
        free(x);
        x = NULL;
    }
    interp_destroy(it);
    free(p);
    return x;
}

static void examine(const struct net *n, const struct sources *sources)
{
    struct patient p = {.n = n, .sources = sources, .a = arena_create(), .amount = initial_amounts(n)};
    printf("%s: %zu species, %zu reaction%s of order up to %lld\n", n->name, n->species.n, n->reaction.n,
           n->reaction.n == 1 ? "" : "s", (long long)fact_max_reactants(n));
    find_conserved(&p);
    find_bounded(&p);
    bool balanced = find_detailed_balance(&p);
    find_chain(&p, balanced);
    find_replicas(&p);
    find_rate_independence(&p);
    find_stiff(&p);
    free(p.amount);
    arena_destroy(p.a);
}

int command_doctor(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    bool program = pipeline_is_program(&p, file);
    struct net *net = NULL;
    bool good = program ? pipeline_program(&p, file, !o->network && !o->experiment)
                        : (net = pipeline_net(&p, file)) != NULL;
    int status = pipeline_report(&p);
    for (size_t i = 0; good && program && i < program_count_networks(p.program); i++) {
        printf("%s", i ? "\n" : "");
        examine(program_network(p.program, i), p.sources);
    }
    if (net) {
        examine(net, p.sources);
    }
    net_destroy(net);
    pipeline_close(&p);
    return status;
}
