#include "server/names.h"

#include "frontend/compile.h"

void names_open_path(struct names *n, struct server *s, const char *path)
{
    const struct compile_options options = {.stdlib_dir = s->options->stdlib_dir};
    *n = (struct names){.s = s, .sources = document_sources(s)};
    n->diag = diag_create(n->sources);
    n->places = (struct places){.s = s, .sources = n->sources};
    n->known = frontend_declared(n->sources, path, &options, n->diag);
    n->file = n->known && n->known->n_files ? n->known->file[0].file : 0;
}

void names_open(struct names *n, struct server *s, const struct document *d)
{
    names_open_path(n, s, d->path);
    n->d = d;
}

static bool holds(struct span word, uint32_t file, size_t offset)
{
    return word.file == file && word.lo <= offset && offset <= word.hi;
}

const struct declared *names_at(const struct names *n, size_t offset, struct span *word)
{
    for (size_t i = 0; n->known && i < n->known->n; i++) {
        const struct declared *one = &n->known->entry[i];
        if (holds(one->at, n->file, offset)) {
            *word = one->at;
            return one;
        }
        for (size_t u = 0; u < one->n_uses; u++) {
            if (holds(one->use[u], n->file, offset)) {
                *word = one->use[u];
                return one;
            }
        }
    }
    return NULL;
}

bool names_of_request(struct names *n, struct request *r, struct names_spot *spot)
{
    spot->d = request_document(r);
    if (!spot->d || !request_offset(r, spot->d, &spot->offset)) {
        return false;
    }
    names_open(n, r->s, spot->d);
    spot->one = names_at(n, spot->offset, &spot->word);
    return true;
}

void names_of_file(const struct names *n, size_t *from, size_t *to)
{
    size_t count = n->known ? n->known->n : 0;
    *from = 0;
    while (*from < count && n->known->entry[*from].at.file != n->file) {
        ++*from;
    }
    for (*to = *from; *to < count && n->known->entry[*to].at.file == n->file; ++*to) {
    }
}

/* Whether a file sees the top level of another: it sees its own and those of files that it uses. */
static bool sees(const struct names *n, uint32_t file, uint32_t other)
{
    for (size_t i = 0; i < n->known->n_files; i++) {
        const struct declared_file *f = &n->known->file[i];
        for (size_t u = 0; f->file == file && u < f->n_uses; u++) {
            if (f->use[u].file == other) {
                return true;
            }
        }
    }
    return file == other;
}

bool names_may_stand(const struct names *n, const struct declared *one, uint32_t file, size_t offset)
{
    if (one->parent < 0 && one->scope.lo == 0) {
        return sees(n, file, one->at.file);
    }
    return one->scope.file == file && one->scope.lo <= offset && offset <= one->scope.hi;
}

void names_close(struct names *n)
{
    places_close(&n->places);
    declared_destroy(n->known);
    diag_destroy(n->diag);
    sources_destroy(n->sources);
}
