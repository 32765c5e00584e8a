/* Makes names that a target accepts from those of the network, each different from all other names in the
 * target. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text_impl.h"
#include "ir/net/net_names.h"
#include "support/map.h"
#include "support/mem.h"

struct name_set {
    struct arena *arena;
    struct map map;
};

struct name_set *name_set_create(const char *reserved)
{
    struct name_set *s = mem_zalloc(1, sizeof *s);
    s->arena = arena_create();
    while (*reserved) {
        size_t length = strcspn(reserved, " ");
        map_add(&s->map, arena_strndup(s->arena, reserved, length), 0);
        reserved += length + (reserved[length] == ' ');
    }
    return s;
}

void name_set_destroy(struct name_set *s)
{
    map_free(&s->map);
    arena_destroy(s->arena);
    free(s);
}

/* Turns "m.S[2,3]" into "m_S_2_3". */
static void to_identifier(char *to, const char *from)
{
    if (isdigit((unsigned char)*from)) {
        *to++ = '_';
    }
    for (const char *c = from; *c; c++) {
        bool word = isalnum((unsigned char)*c) || *c == '_';
        if (word || (*c != ']' && c[1])) {
            *to++ = word ? *c : '_';
        }
    }
    *to = '\0';
}

/* Turns "m.two_words[2,3]" into "MTwoWords2x3": a capital follows what was left out, x separates numbers. */
static void to_portable(char *to, const char *from)
{
    char *start = to;
    bool capital = true;
    for (const char *c = from; *c; c++) {
        if (!isalnum((unsigned char)*c)) {
            capital = true;
            continue;
        }
        if (to == start && isdigit((unsigned char)*c)) {
            *to++ = 'S';
        } else if (to > start && capital && isdigit((unsigned char)*c) && isdigit((unsigned char)to[-1])) {
            *to++ = 'x';
        }
        *to++ = capital ? (char)toupper((unsigned char)*c) : *c;
        capital = false;
    }
    if (to == start) {
        *to++ = 'S';
    }
    *to = '\0';
}

/* Avoids the symbols of Mathematica, which start with capitals; those of one letter are C D E I K N O. */
static void to_mathematica(char *to, const char *from)
{
    to_portable(to, from);
    if (to[1] || strchr("CDEIKNO", to[0])) {
        to[0] = (char)tolower((unsigned char)to[0]);
    }
}

/* Whether Piperine would name a strand of its own like this. */
static bool is_fuel(const char *name)
{
    return strncmp(name, "Fuel", 4) == 0;
}

const char *text_unique(struct text *t, const char *wanted)
{
    char *name = arena_alloc(t->names->arena, 2 * strlen(wanted) + 3);
    switch (t->format->names) {
    case NAMES_ORIGINAL: strcpy(name, wanted); break;
    case NAMES_IDENTIFIER: to_identifier(name, wanted); break;
    case NAMES_MATHEMATICA: to_mathematica(name, wanted); break;
    case NAMES_PORTABLE:
        to_portable(name, wanted);
        if (is_fuel(name)) {
            name = arena_printf(t->names->arena, "S%s", name);
        }
        break;
    }
    const char *separator =
        t->format->names == NAMES_IDENTIFIER || t->format->names == NAMES_ORIGINAL ? "_" : "v";
    const char *base = name;
    for (int i = 2; !*name || !map_add(&t->names->map, name, 0); i++) {
        name = arena_printf(t->names->arena, "%s%s%d", base, separator, i);
    }
    return name;
}

void text_name_all(struct text *t)
{
    const struct net *n = t->net;
    for (size_t i = 0; i < n->species.n; i++) {
        t->species[i] = text_unique(t, n->species.data[i].name);
    }
    for (int32_t s = 0; s < n->n_slots && (t->format->takes & TAKES_PARAMS); s++) {
        if (t->slot_used[s]) {
            t->slot[s] = text_unique(t, net_slot_text(n, s, t->arena));
        }
    }
}

bool text_name_map(struct text *t, FILE *out, const char *prefix, const char *suffix)
{
    bool any = false;
    for (size_t i = 0; i < t->net->species.n; i++) {
        const char *name = t->net->species.data[i].name;
        if (strcmp(name, t->species[i]) != 0) {
            fprintf(out, "%s%s = %s%s", prefix, t->species[i], text_plain(t, name), suffix);
            any = true;
        }
    }
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        const char *name = t->slot[s] ? net_slot_text(t->net, s, t->arena) : NULL;
        if (name && strcmp(name, t->slot[s]) != 0) {
            fprintf(out, "%s%s = %s%s", prefix, t->slot[s], text_plain(t, name), suffix);
            any = true;
        }
    }
    return any;
}
