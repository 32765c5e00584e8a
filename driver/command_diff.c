/* crnlc diff: compares two networks up to names. The exit status is that of diff: 0 equal, 1 different, 2
 * after errors and if the limit of work was reached before an answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/command.h"
#include "driver/pipeline.h"
#include "driver/semantic.h"
#include "ir/prove/bisimulation.h"
#include "ir/prove/interpretation.h"
#include "ir/prove/net_match.h"
#include "runtime/crnl_utf8.h"

enum { MOST_LINES = 40, EXIT_STATUS_DIFFERENT = 1, EXIT_STATUS_TROUBLE = 2 };

/* A part of a network as text, one line of the listing. Parts with equal texts count as equal. */
static const char *part_text(const struct net *n, struct net_item item, struct arena *a)
{
    switch (item.part) {
    case PART_SPECIES: {
        static const char *const kinds[] = {"species", "bulk", "const species"};
        const struct species *s = &n->species.data[item.id];
        return arena_printf(a, "%s %s = %s", kinds[s->kind], s->name,
                            s->init ? net_expr_text(n, s->init, a) : "0");
    }
    case PART_SLOT: {
        const char *name = net_slot_text(n, item.id, a);
        for (size_t i = 0; i < n->param.n; i++) {
            const struct net_param *p = &n->param.data[i];
            if (item.id >= p->first && item.id < p->first + shape_size(p->shape)) {
                return arena_printf(a, "param %s = %s", name, p->init ? net_expr_text(n, p->init, a) : "?");
            }
        }
        return name;
    }
    case PART_GUARD: return arena_printf(a, "phase %s", n->guard.data[item.id].name);
    case PART_REACTION: {
        const char *label = n->reaction.data[item.id].label;
        return arena_printf(a, "%s%s%s", label ? label : "", label ? ": " : "",
                            net_reaction_text(n, item.id, a));
    }
    case PART_EVENT: {
        static const char *const kinds[] = {"at", "every", "when"};
        const struct event *e = &n->event.data[item.id];
        return arena_printf(a, "%s %s { ... }", kinds[e->kind], net_expr_text(n, e->when, a));
    }
    case PART_SYMBOL: {
        const struct symbol *s = &n->symbol.data[item.id];
        return arena_printf(a, "%s %s", s->flags & SYMBOL_IS_INPUT ? "input" : "output", s->name);
    }
    case PART_ASSUME: return arena_printf(a, "assume %s", net_expr_text(n, n->assume.data[item.id].cond, a));
    case PART_KINDS: break;
    }
    return "";
}

struct listing {
    VEC(const char *) line;
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_lines(struct listing *l)
{
    if (l->line.n > 1) {
        qsort(l->line.data, l->line.n, sizeof *l->line.data, compare_lines);
    }
}

static void list_part(struct listing *l, const struct net *n, enum net_part part, size_t count,
                      struct arena *a)
{
    for (size_t i = 0; i < count; i++) {
        bool listed = part != PART_SYMBOL || n->symbol.data[i].flags & (SYMBOL_IS_INPUT | SYMBOL_IS_OUTPUT);
        if (listed) {
            vec_push(&l->line, part_text(n, (struct net_item){part, (int32_t)i}, a));
        }
    }
}

/* Lists everything that is compared. */
static struct listing list_network(const struct net *n, struct arena *a)
{
    struct listing l = {0};
    list_part(&l, n, PART_SPECIES, n->species.n, a);
    list_part(&l, n, PART_SLOT, (size_t)n->n_slots, a);
    list_part(&l, n, PART_GUARD, n->guard.n, a);
    list_part(&l, n, PART_REACTION, n->reaction.n, a);
    list_part(&l, n, PART_EVENT, n->event.n, a);
    list_part(&l, n, PART_SYMBOL, n->symbol.n, a);
    list_part(&l, n, PART_ASSUME, n->assume.n, a);
    sort_lines(&l);
    return l;
}

/* Finds the lines that only one of two sorted lists has; returns the number of lines that both have. */
static size_t subtract(const struct listing *x, const struct listing *y, struct listing only[2])
{
    size_t i = 0, j = 0, both = 0;
    while (i < x->line.n || j < y->line.n) {
        int c = i == x->line.n ? 1 : j == y->line.n ? -1 : strcmp(x->line.data[i], y->line.data[j]);
        if (c < 0) {
            vec_push(&only[0].line, x->line.data[i++]);
        } else if (c > 0) {
            vec_push(&only[1].line, y->line.data[j++]);
        } else {
            both++;
            i++;
            j++;
        }
    }
    return both;
}

static void print_lines(char sign, const struct listing *l)
{
    for (size_t i = 0; i < l->line.n && i < MOST_LINES; i++) {
        printf("%c %s\n", sign, l->line.data[i]);
    }
    if (l->line.n > MOST_LINES) {
        printf("%c ... and %zu more\n", sign, l->line.n - MOST_LINES);
    }
}

/* Prints the difference: for networks that share most of their names the lines that differ, for others the
 * parts without a counterpart by the colours of net_match. */
static void print_difference(const struct net *net[2], const struct net_match *m, struct arena *a)
{
    struct listing all[2] = {list_network(net[0], a), list_network(net[1], a)}, only[2] = {{{0}}, {{0}}};
    size_t both = subtract(&all[0], &all[1], only);
    size_t least = all[0].line.n < all[1].line.n ? all[0].line.n : all[1].line.n;
    if (2 * both < least || only[0].line.n + only[1].line.n == 0) {
        for (int side = 0; side < 2; side++) {
            only[side].line.n = 0;
            for (size_t i = 0; i < m->only[side].n; i++) {
                vec_push(&only[side].line, part_text(net[side], m->only[side].data[i], a));
            }
            sort_lines(&only[side]);
        }
        if (only[0].line.n + only[1].line.n) {
            puts("These have no counterpart under any renaming:");
        }
    }
    print_lines('-', &only[0]);
    print_lines('+', &only[1]);
    if (only[0].line.n + only[1].line.n == 0 && !m->units_differ) {
        puts("Each part alone has a counterpart, but no renaming fits all of them together.");
    }
    if (m->units_differ) {
        puts("Units or volumes differ.");
    }
    for (int side = 0; side < 2; side++) {
        vec_free(&all[side].line);
        vec_free(&only[side].line);
    }
}

static void print_renaming(const struct net *net[2], const struct net_match *m)
{
    size_t renamed = 0;
    for (size_t i = 0; i < net[0]->species.n; i++) {
        const char *from = net[0]->species.data[i].name, *to = net[1]->species.data[m->species[i]].name;
        if (strcmp(from, to) != 0 && renamed++ < MOST_LINES) {
            printf("  %s is %s\n", from, to);
        }
    }
    if (renamed > MOST_LINES) {
        printf("  ... and %zu more\n", renamed - MOST_LINES);
    }
}

static int compare(const struct net *net[2], const char *const *file)
{
    struct net_match m = net_match(net[0], net[1], 0);
    struct arena *a = arena_create();
    int status = EXIT_STATUS_OK;
    switch (m.answer) {
    case NET_MATCH_EQUAL:
        printf("%s and %s are equal up to names: %zu species, %zu reactions\n", file[0], file[1],
               net[0]->species.n, net[0]->reaction.n);
        print_renaming(net, &m);
        break;
    case NET_MATCH_DIFFERENT:
        printf("%s and %s differ\n", file[0], file[1]);
        print_difference(net, &m, a);
        status = EXIT_STATUS_DIFFERENT;
        break;
    case NET_MATCH_UNDECIDED:
        printf("%s and %s: not decided within the limit of work; they have many parts that look alike\n",
               file[0], file[1]);
        status = EXIT_STATUS_TROUBLE;
        break;
    }
    arena_destroy(a);
    net_match_free(&m);
    return status;
}

/* Prints what the species of `made` stand for, if their names do not say it. */
static void print_interpretation(const struct net *formal, const struct net *made,
                                 const struct linear_map *map)
{
    size_t lines = 0;
    for (size_t i = 0; i < made->species.n; i++) {
        const struct species *x = &made->species.data[i];
        size_t n;
        const struct term *t = linear_map_row(map, i, &n);
        bool own = n == 1 && t->count == 1 && strcmp(x->name, formal->species.data[t->species].name) == 0;
        if (own || x->kind == SPECIES_CONSTANT || lines++ >= MOST_LINES) {
            continue;
        }
        printf("  %s = %s", x->name, n ? "" : "0");
        for (size_t k = 0; k < n; k++) {
            fputs(k ? " + " : "", stdout);
            if (t[k].count > 1) {
                printf("%lld ", (long long)t[k].count);
            }
            fputs(formal->species.data[t[k].species].name, stdout);
        }
        putchar('\n');
    }
    if (lines > MOST_LINES) {
        printf("  ... and %zu more\n", lines - MOST_LINES);
    }
}

/* `made` is the second network; if `turned`, the first. */
static int report_bisimulation(const struct bisimulation *b, const struct net *const net[2],
                               const char *const *file, bool turned, const struct linear_map *map)
{
    const char *made = file[!turned], *formal = file[turned];
    switch (b->answer) {
    case BISIMULATION_HOLDS:
        printf("%s is an implementation of %s (CRN bisimulation): both have the same runs, at whatever "
               "speed, under\n",
               made, formal);
        print_interpretation(net[turned], net[!turned], map);
        return EXIT_STATUS_OK;
    case BISIMULATION_FAILS:
        printf("%s is no implementation of %s by this interpretation: %s\n", made, formal, b->why);
        return EXIT_STATUS_DIFFERENT;
    case BISIMULATION_UNDECIDED: printf("%s and %s: not decided: %s\n", file[0], file[1], b->why); break;
    }
    return EXIT_STATUS_TROUBLE;
}

static int compare_by_interpretation(struct pipeline *p, const struct net *net[2], const char *const *file)
{
    struct linear_map map = {0};
    const char *path = p->options->interpretation;
    uint32_t source = sources_read(p->sources, path);
    if (source == 0) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", path, strerror(errno));
        diag_help_path(p->diag, (struct span){0}, path);
    }
    bool ok = source && interpretation_read(p->sources, source, net[0], net[1], &map, p->diag);
    int status = EXIT_STATUS_TROUBLE;
    if (pipeline_report(p) == EXIT_STATUS_OK && ok) {
        struct bisimulation b = bisimulation_check(net[0], net[1], &map, 0);
        status = report_bisimulation(&b, net, file, false, &map);
        free(b.why);
    }
    linear_map_free(&map);
    return status;
}

/* Whether one network implements the other under an interpretation that can be found. */
static bool find_bisimulation(const struct net *net[2], const char *const *file)
{
    bool found = false;
    for (int turned = 0; turned < 2 && !found; turned++) {
        struct linear_map map = {0};
        struct bisimulation b = bisimulation_find(net[turned], net[!turned], &map, 0);
        found = b.answer == BISIMULATION_HOLDS;
        if (found) {
            report_bisimulation(&b, net, file, turned, &map);
        }
        free(b.why);
        linear_map_free(&map);
    }
    return found;
}

static int compare_meaning(struct pipeline *p, const struct net *net[2], const char *const *file)
{
    struct semantic_match m = semantic_compare(net[0], net[1], p->diag);
    const struct net *reduced[2] = {m.reduced[0], m.reduced[1]};
    struct arena *a = arena_create();
    int status = pipeline_report(p) == EXIT_STATUS_OK ? EXIT_STATUS_OK : EXIT_STATUS_TROUBLE;
    if (status == EXIT_STATUS_OK && m.same != MEANING_NONE) {
        printf("%s and %s %s; in what is left of both:\n", file[0], file[1], semantic_text(m.same));
        print_renaming(reduced, &m.match);
    } else if (status == EXIT_STATUS_OK && !find_bisimulation(net, file)) {
        printf("%s and %s are not shown to mean the same; what is left of both differs:\n", file[0], file[1]);
        print_difference(reduced, &m.match, a);
        status = EXIT_STATUS_DIFFERENT;
    }
    arena_destroy(a);
    semantic_free(&m);
    return status;
}

static struct net *read(struct pipeline *p, const char *file)
{
    struct net *net = pipeline_net(p, file);
    if (net && p->options->values) {
        struct net *with_values = net_with_defaults(net);
        if (!with_values) {
            diag_report(p->diag, DIAG_E0405, (struct span){0},
                        "%s: a default of a parameter cannot be computed", file);
        }
        net_destroy(net);
        net = with_values;
    }
    return net;
}

int command_diff(const struct options *o)
{
    if (o->files.n != 2) {
        crnl_say(stderr, "crnlc diff: two networks are compared, not %zu\n", o->files.n);
        return EXIT_STATUS_USAGE;
    }
    struct pipeline p;
    pipeline_open(&p, o);
    struct net *net[2] = {read(&p, o->files.data[0]), NULL};
    net[1] = net[0] ? read(&p, o->files.data[1]) : NULL;
    int status = pipeline_report(&p) == EXIT_STATUS_OK && net[1] ? EXIT_STATUS_OK : EXIT_STATUS_TROUBLE;
    if (status == EXIT_STATUS_OK) {
        const struct net *both[2] = {net[0], net[1]};
        status = o->interpretation ? compare_by_interpretation(&p, both, o->files.data)
                 : o->semantic     ? compare_meaning(&p, both, o->files.data)
                                   : compare(both, o->files.data);
    }
    net_destroy(net[0]);
    net_destroy(net[1]);
    pipeline_close(&p);
    return status;
}
