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
