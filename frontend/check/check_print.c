/* Prints what the walk knows of each name of a file: what the name is, its type and its unit, where it is
 * declared and where it is used. Tests of the walk read this. */
#include "frontend/declared.h"

static void print_one(const struct declared *s, const struct sources *sources, FILE *out)
{
    int line, column;
    bool any = false;
    sources_place(sources, s->whole, &line, &column);
    fprintf(out, "%d:%d %s: %s", line, column, s->name, s->kind);
    if (s->type) {
        fprintf(out, ", %s", s->type);
    }
    if (s->unit) {
        fprintf(out, ", %s", s->unit);
    }
    for (size_t i = 0; i < s->n_uses; i++) {
        if (s->use[i].file == s->whole.file) {
            sources_place(sources, s->use[i], &line, &column);
            fprintf(out, "%s %d:%d", any ? "," : "; used at", line, column);
            any = true;
        }
    }
    fputs(any ? "" : "; not used", out);
    fprintf(out, s->members ? "; has %s\n" : "\n", s->members ? s->members : "");
}

void declared_print(const struct declared_names *s, const struct sources *sources, FILE *out)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->entry[i].whole.file == s->file[0].file) {
            print_one(&s->entry[i], sources, out);
        }
    }
}
