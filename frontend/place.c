/* Where the statements of a program stand, for messages when it runs: a line of the source with a mark. */
#include <stdlib.h>

#include "frontend/front.h"
#include "ir/program/program.h"

struct spans {
    uint32_t file;
    VEC(struct span) at;
};

static void collect(struct spans *s, const struct block *b)
{
    for (size_t i = 0; b && i < b->stmt.n; i++) {
        const struct stmt *x = b->stmt.data[i];
        if (x->span.file == s->file) {
            vec_push(&s->at, x->span);
        }
        collect(s, x->body);
        collect(s, x->orelse);
    }
}

static int compare(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->lo != y->lo ? (x->lo < y->lo ? -1 : 1) : (x->hi > y->hi) - (x->hi < y->hi);
}

/* Messages know the line alone, so statements that share one are marked together. */
void front_note_places(struct front *f)
{
    struct program *p = f->program;
    struct spans s = {.file = f->module.data[0]->file};
    collect(&s, p->body);
    if (s.at.n > 1) {
        qsort(s.at.data, s.at.n, sizeof *s.at.data, compare);
    }
    for (size_t i = 0; i < s.at.n;) {
        struct span all = s.at.data[i];
        int line = front_line(f, all), shown, column;
        while (++i < s.at.n && front_line(f, s.at.data[i]) == line) {
            all = span_join(all, s.at.data[i]);
        }
        all = sources_origin(f->sources, all); /* of a program that was made of another file */
        sources_place(f->sources, all, &shown, &column);
        struct program_place place = {line, shown, column, diag_excerpt(f->diag, all, p->arena)};
        vec_push(&p->place, place);
    }
    vec_free(&s.at);
}
