/* Finds the module of the library that declares a name which a program does not know, by looking at the
 * texts of all modules. */
#include <string.h>

#include "frontend/front.h"
#include "frontend/stdlib_files.h"

/* Whether the text of a module declares the name at the beginning of a line. */
static bool declares(const char *text, const char *word, const char *name)
{
    size_t n = strlen(word), length = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *behind = line + n + 1 + length;
        if (strncmp(line, word, n) == 0 && line[n] == ' ' && strncmp(line + n + 1, name, length) == 0 &&
            strchr("( =", *behind) && *behind) {
            return true;
        }
    }
    return false;
}

void library_help_module(struct diag *d, const char *path)
{
    struct arena *arena = arena_create();
    const char *name = strncmp(path, "std.", 4) == 0 ? path + 4 : path;
    VEC(const char *) known = {0};
    for (size_t i = 0; i < stdlib_file_count; i++) {
        vec_push(&known, arena_strdup(arena, stdlib_files[i].name));
    }
    /* The names alone are compared, since all paths begin alike. */
    const char *near = diag_nearest(name, known.data, known.n);
    for (size_t i = 0; i < known.n; i++) {
        known.data[i] = arena_printf(arena, "std.%s", known.data[i]);
    }
    if (near) {
        diag_help(d, "did you mean 'std.%s'?", near);
    } else {
        diag_help(d, "there are %s", arena_join(arena, known.data, known.n, ", "));
    }
    vec_free(&known);
    arena_destroy(arena);
}

bool library_help(struct front *f, const char *name)
{
    for (size_t i = 0; i < stdlib_file_count; i++) {
        const char *text = stdlib_files[i].text;
        if (declares(text, "fn", name) || declares(text, "network", name) || declares(text, "const", name)) {
            diag_help(f->diag, "'%s' is in the library: write `use std.%s;` at the top", name,
                      stdlib_files[i].name);
            return true;
        }
    }
    return false;
}
