/* Places of statements, for messages of the running program, which show a line of the source with a mark.  A
 * running program knows each place by a number. For the first statement of a line this is the number of the
 * line; all other statements have numbers of their own, which begin after the number of the last line, and
 * after them follow the indices and values of options that are checked when the program runs. */
#include <stdlib.h>
#include <string.h>

#include "frontend/front.h"
#include "ir/program/program.h"

static uint32_t main_file(const struct front *f)
{
    return f->module.n > 0 ? f->module.data[0]->file : 0;
}

static void add_statement(struct front *f, const struct ast *a, int *last_line)
{
    int line = sources_line_number(f->sources, a->span);
    if (line == *last_line) {
        vec_push(&f->later_of_line, a->span.lo);
    }
    *last_line = line;
}

/* Compares places by their order in the text. */
static void find_statements(struct front *f, const struct ast *a, int *last_line)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *kid = a->kid[i];
        bool is_statement = kid && (a->kind == AST_BLOCK || (a->kind == AST_IF && kid->kind == AST_IF));
        if (is_statement) {
            add_statement(f, kid, last_line);
        }
        if (kid) {
            find_statements(f, kid, last_line);
        }
    }
}

void front_find_statements(struct front *f)
{
    const struct ast *tree = f->module.data[0]->tree;
    int last_line = 0;
    for (uint32_t i = 0; i < tree->n; i++) {
        if (tree->kid[i] && tree->kid[i]->kind == AST_EXPERIMENT) {
            find_statements(f, tree->kid[i], &last_line);
        }
    }
}

int front_line(const struct front *f, struct span at)
{
    int line = at.file ? sources_line_number(f->sources, at) : 0;
    size_t lo = 0, hi = at.file == main_file(f) ? f->later_of_line.n : 0;
    while (lo < hi) { /* the last statement that begins before the place */
        size_t middle = lo + (hi - lo) / 2;
        if (f->later_of_line.data[middle] <= at.lo) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    struct span begin = {at.file, lo > 0 ? f->later_of_line.data[lo - 1] : 0, 0};
    return lo > 0 && sources_line_number(f->sources, begin) == line
               ? sources_line_count(f->sources, at.file) + (int)lo
               : line;
}

/* A place of its own in the line; `what` goes into messages, or is NULL. */
static int own_place(struct front *f, struct span at, const char *text, const char *what)
{
    int line = front_line(f, at);
    if (!at.file || at.file != main_file(f)) {
        return line;
    }
    size_t n = f->index_place.n, i = n;
    while (i > 0 && f->index_place.data[i - 1].line == line &&
           strcmp(f->index_place.data[i - 1].text, text) != 0) {
        i--;
    }
    if (i == 0 || f->index_place.data[i - 1].line != line) {
        vec_push(&f->index_place, ((struct index_place){at, line, text, what}));
        i = n + 1;
    }
    return sources_line_count(f->sources, at.file) + (int)(f->later_of_line.n + i);
}

int front_value_place(struct front *f, struct span at)
{
    const char *text = arena_printf(f->arena, "%u %s", (unsigned)at.lo, front_source_text(f, at));
    return own_place(f, at, text, NULL);
}

int front_index_place(struct front *f, struct span at, struct span of, int axis, int rank)
{
    static const char *const ordinal[] = {"first", "second", "third", "fourth"};
    enum { N_ORDINALS = sizeof ordinal / sizeof *ordinal };
    const char *text =
        arena_printf(f->arena, "%s %d %s", front_source_text(f, of), axis, front_source_text(f, at));
    const char *what = rank == 1 ? "the elements of"
                       : axis < 0 || axis >= N_ORDINALS
                           ? "an axis of"
                           : arena_printf(f->program->arena, "the %s index of", ordinal[axis]);
    return own_place(f, at, text, arena_printf(f->program->arena, "%s `%s`", what, front_source_text(f, of)));
}

int front_indices_place(struct front *f, const struct ast *a, int rank)
{
    bool is_one = a->n == 2;
    struct span all = span_join(index_at(a, 1)->span, index_at(a, a->n - 1)->span);
    return front_index_place(f, all, index_base(a)->span, is_one ? 0 : -1, rank);
}

struct statement {
    struct span at;
    int line;
};
struct statements {
    uint32_t file;
    VEC(struct statement) of;
};

static void collect(const struct front *f, struct statements *s, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *x = b->stmt.data[i];
        if (x->span.file == s->file) {
            vec_push(&s->of, ((struct statement){x->span, front_line(f, x->span)}));
        }
        collect(f, s, x->body);
        collect(f, s, x->orelse);
    }
}

static int compare(const void *a, const void *b)
{
    const struct statement *x = a, *y = b;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : (x->at.lo > y->at.lo) - (x->at.lo < y->at.lo);
}

static void note_place(struct front *f, int line, struct span at, const char *of)
{
    struct program *p = f->program;
    int shown, column;
    at = sources_origin(f->sources, at); /* for a program that was made from another file */
    sources_place(f->sources, at, &shown, &column);
    struct program_place place = {line, shown, column, diag_excerpt(f->diag, at, p->arena), of, at};
    vec_push(&p->place, place);
}

void front_note_places(struct front *f)
{
    struct program *p = f->program;
    struct statements s = {.file = main_file(f)};
    collect(f, &s, p->body);
    if (s.of.n > 1) {
        qsort(s.of.data, s.of.n, sizeof *s.of.data, compare);
    }
    for (size_t i = 0; i < s.of.n;) {
        struct span all = s.of.data[i].at;
        int line = s.of.data[i].line;
        while (++i < s.of.n && s.of.data[i].line == line) {
            all = span_join(all, s.of.data[i].at);
        }
        note_place(f, line, all, NULL);
    }
    int first = sources_line_count(f->sources, s.file) + (int)f->later_of_line.n + 1;
    for (size_t i = 0; i < f->index_place.n; i++) {
        note_place(f, first + (int)i, f->index_place.data[i].at, f->index_place.data[i].of);
    }
    vec_free(&s.of);
}
