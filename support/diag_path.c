/* Help for a file that cannot be read: what it is called, or where it was looked for. */
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/arena.h"
#include "support/diag.h"
#include "support/vec.h"

enum { MOST_ENTRIES = 2000 };

static size_t stem_length(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

/* Whether the last ending of the name is one of these, which are parted by blanks; true without an ending. */
static bool ends_in(const char *name, const char *endings)
{
    const char *dot = strrchr(name, '.');
    size_t n = dot ? strlen(dot + 1) : 0;
    for (const char *p = endings; n > 0 && *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        if (strcspn(p, " ") == n && strncmp(p, dot + 1, n) == 0) {
            return true;
        }
    }
    return n == 0;
}

/* Whether a command that was to read one of the files may read the other one, by their endings: both are
 * programs and models, or both are data. */
static bool are_of_a_kind(const char *one, const char *other)
{
    static const char *const kinds[] = {
        "crnl net bngl ant txt xml sbml sedml omex zip crn pil yaml yml json",
        "csv tsv txt npz npy json",
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (ends_in(one, kinds[i]) && ends_in(other, kinds[i])) {
            return true;
        }
    }
    return false;
}

/* The file of the folder whose name is nearest, with the same ending, or has the same name with another one;
 * NULL: none. The endings are not compared letter by letter, since they are alike in all files. */
static const char *near_file(struct arena *arena, DIR *folder, const char *base)
{
    VEC(const char *) stems = {0};
    size_t n = stem_length(base);
    const char *stem = arena_strndup(arena, base, n), *found = NULL;
    const struct dirent *entry;
    for (int i = 0; i < MOST_ENTRIES && (entry = readdir(folder)); i++) {
        size_t m = stem_length(entry->d_name);
        bool same_stem = m == n && strncmp(entry->d_name, base, n) == 0 && are_of_a_kind(base, entry->d_name);
        if (entry->d_name[0] != '.' && same_stem) { /* of several the first by name, whatever their order */
            found = found && strcmp(found, entry->d_name) < 0 ? found : arena_strdup(arena, entry->d_name);
        } else if (entry->d_name[0] != '.' && strcmp(entry->d_name + m, base + n) == 0) {
            vec_push(&stems, arena_strndup(arena, entry->d_name, m));
        }
    }
    const char *near = found ? NULL : diag_nearest(stem, stems.data, stems.n);
    vec_free(&stems);
    return near ? arena_printf(arena, "%s%s", near, base + n) : found;
}

void diag_help_path(struct diag *d, struct span from, const char *path)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return;
    }
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            diag_help(d, "this is a folder: name a file in it");
        }
        return;
    }
    struct arena *arena = arena_create();
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *before = slash ? arena_strndup(arena, path, (size_t)(base - path)) : "";
    const char *where = from.file ? ": a path is taken from the folder of the file that names it" : "";
    DIR *folder = opendir(slash ? before : ".");
    const char *near = folder ? near_file(arena, folder, base) : NULL;
    if (near) {
        diag_help(d, "did you mean '%s%s'?", before, near);
    } else if (!folder && slash != path && slash) {
        diag_help(d, "there is no folder '%.*s'%s", (int)(slash - path), path, where);
    } else {
        char *whole = sources_whole_path(path);
        diag_help(d, "looked for as '%s'%s", whole, where);
        free(whole);
    }
    if (folder) {
        closedir(folder);
    }
    arena_destroy(arena);
}
