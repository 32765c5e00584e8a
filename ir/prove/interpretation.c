#include "ir/prove/interpretation.h"

#include <stdlib.h>
#include <string.h>

#include "ir/net/multiset.h"
#include "support/map.h"
#include "support/mem.h"

struct reader {
    struct diag *diag;
    const char *text;
    size_t size, at;
    uint32_t file;
    struct map formal, made; /* finds species by name */
    struct multiset sum;
    term_vec *image; /* by species of `made`: its interpretation */
    bool *given;
};

static struct span span_from(const struct reader *r, size_t start)
{
    return (struct span){r->file, (uint32_t)start, (uint32_t)(r->at > start ? r->at : start + 1)};
}

static bool wrong(const struct reader *r, size_t start, enum diag_code code, const char *what)
{
    diag_report(r->diag, code, span_from(r, start), "%s", what);
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->size && strchr(" \t\r", r->text[r->at]) && r->text[r->at]) {
        r->at++;
    }
    if (r->at < r->size && r->text[r->at] == '#') {
        while (r->at < r->size && r->text[r->at] != '\n') {
            r->at++;
        }
    }
}

static bool at_end(const struct reader *r)
{
    return r->at == r->size || r->text[r->at] == '\n';
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    bool found = r->at < r->size && r->text[r->at] == c;
    r->at += found;
    return found;
}

static bool is_name(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 128 ||
           (c && strchr("_.[],", (char)c));
}

/* Parses the name of a species of `names`; returns -1 after an error. */
static species_id read_name(struct reader *r, const struct map *names, const char *whose)
{
    skip_blanks(r);
    size_t start = r->at, first = start;
    if (take(r, '`')) {
        first++;
        while (!at_end(r) && r->text[r->at] != '`') {
            r->at++;
        }
    } else {
        while (r->at < r->size && is_name((unsigned char)r->text[r->at])) {
            r->at++;
        }
    }
    size_t length = r->at - first;
    if (first > start && !take(r, '`')) {
        wrong(r, start, DIAG_E0701, "a name in backquotes has no end");
        return -1;
    }
    species_id s = length > 0 ? map_find_range(names, r->text + first, length) : -1;
    if (length == 0) {
        wrong(r, start, DIAG_E0701, "the name of a species was expected");
    } else if (s < 0) {
        diag_report(r->diag, DIAG_E0703, span_from(r, start), "%s has no species '%.*s'", whose,
                    (int)(length < 200 ? length : 200), r->text + first);
    }
    return s;
}

/* Parses "2 A", "A" or "0". A blank separates the count from a name that starts with a digit. */
static bool read_term(struct reader *r)
{
    skip_blanks(r);
    size_t start = r->at, end = start;
    int64_t count = 0;
    bool fits = true;
    for (; end < r->size && r->text[end] >= '0' && r->text[end] <= '9'; end++) {
        fits = fits && !__builtin_mul_overflow(count, 10, &count) &&
               !__builtin_add_overflow(count, r->text[end] - '0', &count);
    }
    bool counted =
        end > start && (end == r->size || r->text[end] == '`' || !is_name((unsigned char)r->text[end]));
    r->at = counted ? end : start;
    skip_blanks(r);
    if (counted && !fits) {
        return wrong(r, start, DIAG_E0702, "a count grows past 64 bits");
    }
    if (counted && count == 0) {
        return true;
    }
    species_id s = read_name(r, &r->formal, "the formal network");
    struct term t = {s, counted ? count : 1};
    return s >= 0 &&
           (multiset_add(&r->sum, &t, 1, 1) || wrong(r, start, DIAG_E0702, "a count grows past 64 bits"));
}

static bool read_line(struct reader *r)
{
    skip_blanks(r);
    if (at_end(r)) {
        return true;
    }
    size_t start = r->at;
    species_id s = read_name(r, &r->made, "the implementation");
    if (s < 0) {
        return false;
    }
    if (r->given[s]) {
        return wrong(r, start, DIAG_E0701, "this species has an interpretation already");
    }
    if (!take(r, '=')) {
        return wrong(r, r->at, DIAG_E0701, "'=' was expected");
    }
    do {
        if (!read_term(r)) {
            return false;
        }
    } while (take(r, '+'));
    skip_blanks(r);
    r->given[s] = true;
    multiset_take(&r->sum, &r->image[s]);
    return at_end(r) || wrong(r, r->at, DIAG_E0701, "'+' or the end of the line was expected");
}

static bool fill_map(const struct reader *r, const struct net *made, struct linear_map *map)
{
    bool ok = true;
    for (size_t i = 0; i < made->species.n; i++) {
        const struct species *x = &made->species.data[i];
        struct term own = {map_find(&r->formal, x->name), 1};
        if (r->given[i] || x->kind == SPECIES_CONSTANT) {
            linear_map_add_row(map, r->image[i].data, r->image[i].n);
        } else if (own.species >= 0) {
            linear_map_add_row(map, &own, 1);
        } else {
            ok =
                diag_report(r->diag, DIAG_E0703, (struct span){0},
                            "%s has no interpretation, and there is no formal species of that name", x->name);
            linear_map_add_row(map, NULL, 0);
        }
    }
    return ok;
}

static void add_names(struct map *m, const struct net *n, bool held)
{
    for (size_t i = 0; i < n->species.n; i++) {
        if (held || n->species.data[i].kind != SPECIES_CONSTANT) {
            map_add(m, n->species.data[i].name, (int32_t)i);
        }
    }
}

bool interpretation_read(const struct sources *sources, uint32_t file, const struct net *formal,
                         const struct net *made, struct linear_map *map, struct diag *diag)
{
    struct reader r = {.diag = diag, .file = file};
    bool ok = true;
    r.text = sources_text(sources, file, &r.size);
    r.image = mem_zalloc(made->species.n + 1, sizeof *r.image);
    r.given = mem_zalloc(made->species.n + 1, sizeof *r.given);
    multiset_open(&r.sum, formal->species.n);
    add_names(&r.formal, formal, false);
    add_names(&r.made, made, true);
    while (ok && r.at < r.size) {
        ok = read_line(&r);
        r.at += ok && r.at < r.size;
    }
    ok = ok && fill_map(&r, made, map);
    for (size_t i = 0; i < made->species.n; i++) {
        vec_free(&r.image[i]);
    }
    multiset_close(&r.sum);
    map_free(&r.formal);
    map_free(&r.made);
    free(r.image);
    free(r.given);
    return ok;
}
