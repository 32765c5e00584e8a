/* Information about a place: for a name its declaration, type, unit and comment; for a reaction the result of
 * elaboration, which needs a compilation. */
#include <stdio.h>
#include <string.h>

#include "frontend/compile.h"
#include "server/names.h"

enum { MOST_LINES = 12, MOST_REACTIONS = 8 };

static json_t *hover(const char *text, size_t n, json_t *range)
{
    return json_pack("{s{ss, so}, so*}", "contents", "kind", "markdown", "value", json_text_n(text, n),
                     "range", range);
}

/* Writes the declaration as in the source, without its body. */
static void write_declaration(FILE *out, const struct names *n, const struct declared *one)
{
    const char *text = sources_text(n->sources, one->whole.file, NULL) + one->whole.lo;
    size_t length = one->whole.hi - one->whole.lo, end = 0;
    bool body = one->parent < 0 && (strstr(one->kind, "network") || strstr(one->kind, "experiment"));
    for (int lines = 0; end < length && lines < MOST_LINES && !(body && text[end] == '{'); end++) {
        lines += text[end] == '\n';
    }
    while (end > 0 && strchr(" \n\r", text[end - 1])) {
        end--;
    }
    fprintf(out, "```crnl\n%.*s%s\n```\n", (int)end, text, end < length && !body ? " ..." : "");
}

static json_t *hover_name(struct names *n, const struct declared *one, struct span word)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    write_declaration(out, n, one);
    fprintf(out, "%s", one->kind);
    if (one->type) {
        fprintf(out, ", %s", one->type);
    }
    if (one->unit) {
        fprintf(out, ", in %s", one->unit);
    }
    if (one->unit && one->units) {
        fprintf(out, " (`%s`)", one->units);
    }
    if (one->parent >= 0) {
        fprintf(out, ", of `%s`", n->known->entry[one->parent].name);
    }
    if (one->at.file != n->file) {
        fprintf(out, ", in %s", sources_name(n->sources, one->at.file));
    }
    fprintf(out, "\n");
    if (one->doc) {
        fprintf(out, "\n%s\n", one->doc);
    }
    fclose(out);
    json_t *result = hover(text, length, places_range(&n->places, word));
    free(text);
    return result;
}

/* ---- reactions, in the copy ---- */

static int write_reactions(FILE *out, const struct net *net, uint32_t file, uint32_t at, struct span *span)
{
    struct arena *arena = arena_create();
    int found = 0;
    for (reaction_id r = 0; r < (reaction_id)net->reaction.n; r++) {
        const struct reaction *one = &net->reaction.data[r];
        if (one->span.file == file && one->span.lo <= at && at < one->span.hi) {
            if (found < MOST_REACTIONS) {
                fprintf(out, "%s\n", net_reaction_text(net, r, arena));
            }
            *span = one->span;
            found++;
        }
    }
    if (found > MOST_REACTIONS) {
        fprintf(out, "... and %d more\n", found - MOST_REACTIONS);
    }
    arena_destroy(arena);
    return found;
}

/* The reaction in the network around it, with the network's default parameters, or else with those of the
 * program. */
static json_t *hover_reaction(struct server *s, struct document *d, const json_t *params)
{
    uint32_t at = (uint32_t)json_integer_value(json_object_get(params, "offset"));
    const char *network = json_string_value(json_object_get(params, "network"));
    json_t *result = NULL;
    for (int way = 0; way < 2 && !result; way++) {
        struct sources *sources = document_sources(s);
        struct diag *diag = diag_create(sources);
        const struct compile_options options = {.stdlib_dir = s->options->stdlib_dir,
                                                .network = way == 0 ? network : NULL};
        struct program *p = frontend_compile(sources, d->path, &options, diag);
        uint32_t file = sources_read(sources, d->path);
        char *text;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        struct span span;
        int found = 0;
        fprintf(out, "```crnl\n");
        for (size_t i = 0; p && i < program_count_networks(p) && found == 0; i++) {
            found = write_reactions(out, program_network(p, i), file, at, &span);
        }
        fprintf(out, "```\n%d reaction%s of the network\n", found, found == 1 ? "" : "s");
        fclose(out);
        if (found) {
            struct places places = {.s = s, .sources = sources};
            result = hover(text, length, places_range(&places, span));
            places_close(&places);
        }
        free(text);
        program_destroy(p);
        diag_destroy(diag);
        sources_destroy(sources);
    }
    return result ? result : json_null();
}

/* The network around a place, which may have reactions; NULL: there is none. */
static const struct declared *network_around(const struct names *n, size_t offset)
{
    for (size_t i = 0; n->known && i < n->known->n; i++) {
        const struct declared *one = &n->known->entry[i];
        if (one->at.file == n->file && one->parent < 0 && strstr(one->kind, "network") &&
            one->whole.lo <= offset && offset < one->whole.hi) {
            return one;
        }
    }
    return NULL;
}

json_t *request_hover(struct request *r)
{
    struct names n;
    struct names_spot spot;
    if (!names_of_request(&n, r, &spot)) {
        return NULL;
    }
    const struct declared *network = network_around(&n, spot.offset);
    json_t *result = spot.one ? hover_name(&n, spot.one, spot.word) : NULL;
    if (!spot.one && network) {
        json_t *params = json_pack("{sI, ss}", "offset", (json_int_t)spot.offset, "network", network->name);
        r->is_later = job_start(r->s, spot.d, r->id, params, hover_reaction, NULL);
        json_decref(params);
    }
    names_close(&n);
    return result;
}
