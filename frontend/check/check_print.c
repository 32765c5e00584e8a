/* What the walk knows of each name of a file: what it is, its type and unit, where it is declared and where
 * it is used. For editors, and for tests of the walk. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/walk.h"

static int by_place(const void *x, const void *y)
{
    const struct name *a = *(struct name *const *)x, *b = *(struct name *const *)y;
    return a->span.file != b->span.file ? (a->span.file > b->span.file) - (a->span.file < b->span.file)
           : a->span.lo != b->span.lo   ? (a->span.lo > b->span.lo) - (a->span.lo < b->span.lo)
                                        : (a->span.hi > b->span.hi) - (a->span.hi < b->span.hi);
}

static void print_power(FILE *out, const char *of, int exponent)
{
    for (int i = 0; i < exponent; i++) {
        fprintf(out, " %s", of);
    }
    for (int i = 0; i > exponent; i--) {
        fprintf(out, " /%s", of);
    }
}

/* What it measures, in units that the network names: "amount", "/time". */
static void print_unit(FILE *out, const struct name *n)
{
    const struct name_class *c = name_class(n->kind);
    struct dim d = c->dim ? c->dim(n) : (struct dim){0};
    if (d.kind == DIM_KNOWN && (d.amount || d.time)) {
        fputs(",", out);
        print_power(out, "amount", d.amount);
        print_power(out, "time", d.time);
    }
}

static bool is_same(const struct name *a, const struct name *b)
{
    return a->kind == b->kind && a->span.file == b->span.file && a->span.lo == b->span.lo &&
           a->span.hi == b->span.hi;
}

/* A name of a network is one inside of it and one that others see: n of them stand side by side. */
static void print_name(const struct front *f, FILE *out, struct name *const *name, size_t n)
{
    const struct name *best = name[0];
    int line, column;
    bool any = false;
    for (size_t i = 1; i < n; i++) {
        best = name[i]->meaning->is_known || best->meaning->typing.rank < 0 ? name[i] : best;
    }
    sources_place(f->sources, best->span, &line, &column);
    fprintf(out, "%d:%d %.*s: %s", line, column, (int)strcspn(best->text, "["), best->text,
            name_class(best->kind)->text);
    if (best->meaning->typing.sort || best->meaning->typing.rank >= 0) {
        fprintf(out, ", %s", typing_text(f->arena, best->meaning->typing));
    }
    print_unit(out, best);
    for (size_t i = 0; i < n; i++) {
        const struct meaning *m = name[i]->meaning;
        for (size_t u = 0; u < m->use.n; u++) {
            if (m->use.data[u].file == best->span.file) {
                sources_place(f->sources, m->use.data[u], &line, &column);
                fprintf(out, "%s %d:%d", any ? "," : "; used at", line, column);
                any = true;
            }
        }
    }
    fputs(any ? "\n" : "; not used\n", out);
}

void walk_print(const struct front *f, struct walked_names *names, FILE *out)
{
    struct name **list = names->name.data;
    size_t n = names->name.n, same;
    if (n > 0) {
        qsort(list, n, sizeof *list, by_place);
    }
    for (size_t i = 0; i < n; i += same) {
        for (same = 1; i + same < n && is_same(list[i], list[i + same]); same++) {
        }
        if (list[i]->span.file == f->module.data[0]->file) {
            print_name(f, out, list + i, same);
        }
    }
}
