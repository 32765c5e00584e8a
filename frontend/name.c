#include "frontend/data/data.h"
#include "frontend/name.h"
#include "frontend/text/statement_form.h"

#include <ctype.h>
#include <string.h>

static struct dim declared_dim(const struct name *n)
{
    return n->dim;
}

static struct dim amount_dim(const struct name *n)
{
    (void)n;
    return (struct dim){.kind = DIM_KNOWN, .amount = 1};
}

/* ---- rows ---- */

static const struct name_class classes[] = {
#define AT(place) (1u << AT_##place)
#define NAME_KIND(kind, text, read, part, call, check, dim, help, places) \
    [NAME_##kind] = {text, dim, help, places},
#include "frontend/name.def"
#undef AT
};

static const struct {
    enum diag_code code;
    const char *needs;
} name_places[] = {
#define NAME_PLACE(place, code, needs) [AT_##place] = {code, needs},
#include "frontend/name.def"
};

const struct name_class *name_class(enum name_kind kind)
{
    return &classes[kind];
}

bool name_kind_may(enum name_kind kind, enum name_place place)
{
    return classes[kind].places >> place & 1;
}

bool name_may(const struct name *n, enum name_place place)
{
    return n && name_kind_may(n->kind, place);
}

bool name_misplaced(struct where *w, struct span at, const char *text, enum name_kind kind,
                    enum name_place place)
{
    return kind != NAME_REFUSED && diag_report(w->f->diag, name_places[place].code, at, "'%s' is %s, not %s",
                                               text, classes[kind].text, name_places[place].needs);
}

bool name_fits(struct where *w, struct span at, const char *text, const struct name *n, enum name_place place)
{
    if (name_may(n, place)) {
        return true;
    }
    at = front_place_of_word(w->f, at, text);
    return n ? name_misplaced(w, at, text, n->kind, place) : value_unknown(w, at, text, place);
}

/* The source of the index right behind a name, `[0]`; NULL: none is there. */
static const char *index_behind(struct front *f, struct span at)
{
    size_t length;
    const char *text = sources_text(f->sources, at.file, &length);
    size_t end = at.hi, depth = 0;
    do {
        depth += end < length && text[end] == '[';
        depth -= end < length && text[end] == ']';
        end++;
    } while (end < length && depth > 0 && text[end] != '\n');
    bool is_index = depth == 0 && end > (size_t)at.hi + 2;
    return is_index ? front_source_text(f, (struct span){at.file, at.hi, (uint32_t)end}) : NULL;
}

bool name_no_value(struct where *w, struct span at, const char *text, enum name_kind kind)
{
    const struct name_class *c = name_class(kind);
    diag_report(w->f->diag, DIAG_E0204, at, "'%s' is %s, not a value", text, c->text);
    const char *time = kind == NAME_DATA ? data_course_time(value_find(w, text)) : NULL;
    if (time) {
        diag_help(w->f->diag, "a measured course is read by columns, as in `%s.%s`", text, time);
    } else if ((kind == NAME_DATA || kind == NAME_TABLE) && index_behind(w->f, at)) {
        diag_help(w->f->diag, "a row has fields: write `%s%s.input`", text, index_behind(w->f, at));
    } else if (c->help) {
        diag_help(w->f->diag, c->help, text);
    }
    return false;
}

void name_help_part(struct front *f, const char *network, const char *member)
{
    char first = *network;
    diag_help(
        f->diag,
        "a network changes and reads its own amounts: write `%c: %s();`, which makes '%s' a part of it, "
        "and then `%c.%s`",
        first, network, network, first, member);
}

bool name_no_part(struct where *w, const struct ast *a, enum name_kind kind)
{
    if (kind == NAME_NETWORK) {
        const char *network = front_source_text(w->f, field_base(a)->span);
        diag_report(w->f->diag, DIAG_E0204, a->span, "'%s' is another network, not a part of this one",
                    network);
        name_help_part(w->f, network, a->name);
        return false;
    }
    diag_report(w->f->diag, DIAG_E0204, a->span, "'%s' has no part '%s'",
                front_source_text(w->f, field_base(a)->span), a->name);
    if (kind == NAME_DUAL) {
        diag_help(w->f->diag, "a dual value has the rails .p and .n");
    } else if (strcmp(a->name, "p") == 0 || strcmp(a->name, "n") == 0) {
        diag_help(w->f->diag, "rails belong to a value that is declared `dual %s`",
                  front_source_text(w->f, field_base(a)->span));
    } else if (kind == NAME_SPECIES) {
        const char *text = front_source_text(w->f, field_base(a)->span);
        diag_help(w->f->diag, "its amount is `%s`, at the start `%s = 5;`", text, text);
    }
    return false;
}

/* The help for a name that other languages have; NULL: there is none. */
static const char *word_help(const char *text)
{
    static const struct {
        const char *name, *help;
    } of_others[] = {
#define NAME_WORD(name, help) {#name, help},
#include "frontend/name_word.def"
    };
    for (size_t i = 0; i < sizeof of_others / sizeof *of_others; i++) {
        if (strcmp(of_others[i].name, text) == 0) {
            return of_others[i].help;
        }
    }
    return NULL;
}

/* Whether the text ends in `.name`. */
static bool is_behind_dot(const char *text, const char *name)
{
    size_t n = strlen(text), length = strlen(name);
    return n > length + 1 && text[n - length - 1] == '.' && strcmp(text + n - length, name) == 0;
}

/* Names of instances, 'r.M' for 'M'. NULL: there are none. */
static const char *in_instances(struct front *f, const char *text, const char *const *list, size_t n)
{
    enum { MOST = 3 };
    const char *inside[MOST];
    size_t found = 0;
    for (size_t i = 0; i < n && found <= MOST; i++) {
        if (is_behind_dot(list[i], text) && found++ < MOST) {
            inside[found - 1] = list[i];
        }
    }
    const char *joined = arena_join(f->arena, inside, found < MOST ? found : MOST, "', '");
    return found ? arena_printf(f->arena, "'%s'%s", joined, found > MOST ? ", ..." : "") : NULL;
}

/* What a fit knows of a value: `k.error` for standard_error(NET.k). */
static bool help_error(struct where *w, const char *of, const char *text, const char *const *list, size_t n)
{
    static const char *const words[] = {"error", "stderr", "se", "sd", "std", "sigma", "uncertainty"};
    const char *dot = strrchr(text, '.');
    size_t word = 0;
    while (dot && word < sizeof words / sizeof *words && strcmp(dot + 1, words[word]) != 0) {
        word++;
    }
    if (!dot || word == sizeof words / sizeof *words) {
        return false;
    }
    const char *value = arena_strndup(w->f->arena, text, (size_t)(dot - text));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], value) == 0) {
            diag_help(w->f->diag, "behind `minimize` it is `standard_error(%s.%s)`", of, value);
            return true;
        }
    }
    return false;
}

bool name_no_member(struct where *w, struct span at, const char *what, const char *of, const char *text,
                    bool has_run, const char *const *list, size_t n)
{
    diag_report(w->f->diag, DIAG_E0201, at, "%s '%s' has no '%s'", what, of, text);
    const char *help = has_run ? word_help(text) : NULL;
    const char *inside = in_instances(w->f, text, list, n);
    if (has_run && help_error(w, of, text, list, n)) {
        ;
    } else if (inside) {
        diag_help(w->f->diag, "did you mean %s?", inside);
    } else if (help && !name_nearest(text, list, n)) {
        diag_help(w->f->diag, "%s", help);
    } else {
        name_help_known(w->f, text, list, n);
    }
    return false;
}

bool name_declared_twice(struct front *f, struct span at, const char *text, struct span old)
{
    diag_report(f->diag, DIAG_E0203, at, "'%s' is declared twice", text);
    diag_note(f->diag, old, "first declared here");
    diag_help(f->diag, "give one of them another name");
    return false;
}

static const int declared[AST_KIND_COUNT] = {
#define NAME_DECLARED(ast, kind) [AST_##ast] = NAME_##kind + 1,
#include "frontend/name.def"
};

int name_declared(enum ast_kind kind)
{
    return declared[kind] - 1;
}

struct name *name_root(struct where *w, const struct ast *a)
{
    while (a->kind == AST_FIELD || a->kind == AST_INDEX) {
        a = ast_base(a);
    }
    return a->kind == AST_NAME ? value_named(w, a) : NULL;
}

/* ---- names that are visible ---- */

enum { SUGGEST_LIMIT = 4096 };

struct name *value_find(struct where *w, const char *text)
{
    struct name *n = w->scope ? scope_find(w->scope, text) : NULL;
    return n ? n : module_find(w->module, text);
}

static bool is_of_top_level(const struct name *n)
{
    return n->kind >= NAME_CONST;
}

struct name *value_named(struct where *w, const struct ast *a)
{
    struct name *meant = a->v.bound;
    if (!meant) {
        return value_find(w, a->name);
    }
    if (is_of_top_level(meant) || meant->kind == NAME_REFUSED) {
        return meant;
    }
    struct name *here = w->scope ? scope_find(w->scope, a->name) : NULL;
    if (here || meant->is_member || meant->is_array) {
        return here;
    }
    if (meant->span.file == a->span.file && meant->span.lo <= a->span.lo && a->span.hi <= meant->span.hi) {
        diag_report(w->f->diag, DIAG_E0201, a->span, "the value of '%s' cannot be '%s' itself", a->name,
                    a->name);
        diag_help(w->f->diag,
                  "what the file declares is seen without being declared again: leave it out here");
        return w->f->refused;
    }
    /* An experiment declares the names that it records, wherever the statement stands. If an earlier
     * statement has failed, that has been reported. */
    bool failed = w->experiment
                      ? diag_error_count(w->f->diag) > w->f->errors_before
                      : diag_has_error_in(w->f->diag, meant->span) || diag_has_error_in(w->f->diag, a->span);
    if (!failed) {
        diag_report(w->f->diag, DIAG_E0201, front_place_of_word(w->f, a->span, a->name),
                    w->experiment ? "'%s' has no value yet"
                                  : "'%s' is declared in a branch that is not taken",
                    a->name);
        diag_note(w->f->diag, meant->span, w->experiment ? "it gets one here" : "here");
    }
    return w->f->refused;
}

/* Whether the place is inside of the declaration of the name, as a network does not stand in itself. */
static bool is_around(const struct name *n, struct span at)
{
    return n->ast && n->ast->kind == AST_NETWORK && n->ast->span.file == at.file && n->ast->span.lo < at.lo &&
           at.hi <= n->ast->span.hi;
}

static bool may_be_meant(const struct where *w, const struct name *n, struct span at, int wanted)
{
    const struct name_row *row = name_row(w->f, n->kind);
    if (n->kind == NAME_REFUSED || (wanted == AT_BODY && is_around(n, at))) { /* it is reported itself */
        return false;
    }
    return wanted >= 0 ? name_may(n, (enum name_place)wanted)
                       : row->read || (wanted == NAME_AS_BASE && row->part);
}

static void collect_meant(const struct where *w, const struct scope *s, struct span at, int wanted,
                          const char **list, size_t *n)
{
    for (size_t i = 0; i < scope_count(s) && *n < SUGGEST_LIMIT; i++) {
        if (may_be_meant(w, scope_at(s, i), at, wanted)) {
            list[(*n)++] = scope_at(s, i)->text;
        }
    }
}

/* Reports `c` and `c[0]` where c[0], c[1], ... are instances: what they have has a name. */
static bool are_copies(struct where *w, struct span at, const char *text)
{
    const struct name *first = NULL;
    size_t length = strlen(text);
    int n = 0;
    for (const struct scope *s = w->scope; s; s = scope_parent(s)) {
        for (size_t i = 0; i < scope_count(s); i++) {
            const struct name *one = scope_at(s, i);
            bool is_copy = one->kind == NAME_INSTANCE && strncmp(one->text, text, length) == 0 &&
                           one->text[length] == '[';
            first = first || !is_copy ? first : one;
            n += is_copy;
        }
    }
    if (!first) {
        return false;
    }
    const char *member =
        first->members && scope_count(first->members) > 0 ? scope_at(first->members, 0)->text : "NAME";
    diag_report(w->f->diag, DIAG_E0204, at, "'%s' are copies of a network, not a value", text);
    if (!isdigit((unsigned char)first->text[length + 1])) { /* the check of a network, which makes no turns */
        diag_help(w->f->diag, "what they have is read by an index and its name, as in `%s[0].X`", text);
    } else if (strchr(first->text, ',')) {
        diag_help(w->f->diag, "what they have is read by its name: `%s.%s`", first->text, member);
    } else {
        diag_help(w->f->diag, "what they have is read by its name: `%s.%s`, or `sum(i in 0..%d : %s[i].%s)`",
                  first->text, member, n, text, member);
    }
    return true;
}

bool value_unknown(struct where *w, struct span at, const char *text, int wanted)
{
    if ((wanted == NAME_AS_VALUE || wanted == NAME_AS_BASE) && are_copies(w, at, text)) {
        return false;
    }
    const char **list = arena_alloc(w->f->arena, SUGGEST_LIMIT * sizeof *list);
    size_t n = 0;
    for (const struct scope *s = w->scope; s; s = scope_parent(s)) {
        collect_meant(w, s, at, wanted, list, &n);
    }
    for (size_t u = 0; u <= w->module->uses.n; u++) {
        const struct scope *s = u ? w->module->uses.data[u - 1]->scope : w->module->scope;
        collect_meant(w, s, at, wanted, list, &n);
    }
    const struct net *own = where_has_own(w) && wanted == NAME_AS_VALUE ? w->view->use->net : NULL;
    const char **of_net = arena_alloc(w->f->arena, (own ? own->symbol.n + 1 : 1) * sizeof *of_net);
    for (size_t i = 0; own && i < own->symbol.n; i++) {
        of_net[i] = own->symbol.data[i].name;
    }
    bool is_value = wanted == NAME_AS_VALUE && !(w->units && w->purpose == 0 && strcmp(text, "E") == 0);
    const char *help = is_value ? word_help(text) : NULL;
    diag_report(w->f->diag, DIAG_E0201, at, "'%s' is not declared", text);
    if (own && name_help_nearest(w->f, text, of_net, own->symbol.n)) {
        return false;
    }
    if (help) {
        diag_help(w->f->diag, "%s", help);
        return false;
    }
    if (library_help(w->f, text)) {
        return false;
    }
    const char *form = wanted == AT_BODY ? statement_form_of_word(text, PLACE_NETWORK) : NULL;
    if (form) {
        diag_help(w->f->diag, "as in `%s`", form);
        return false;
    }
    if (wanted == AT_RUN || wanted == AT_BODY || wanted == AT_DERIVED || wanted == AT_LOWER) {
        diag_help_known(w->f->diag, text, list, n);
    } else if (own && !name_nearest(text, list, n)) {
        name_help_known(w->f, text, of_net, own->symbol.n);
    } else if (!name_help_nearest(w->f, text, list, n) && w->units && !w->experiment &&
               wanted == NAME_AS_VALUE) {
        diag_help(w->f->diag,
                  w->purpose == FOR_SIZE ? "declare it: const %s = 3;, or count it: for %s in 0..3 { ... }"
                  : w->purpose           ? "declare it: param %s = 1;"
                                         : "declare it: species %s;",
                  text, text);
    }
    return false;
}

struct name *module_find(struct module *m, const char *text)
{
    struct name *n = scope_find_here(m->scope, text);
    for (size_t i = 0; !n && i < m->uses.n; i++) {
        n = scope_find_here(m->uses.data[i]->scope, text);
        if (n && n->kind == NAME_EXPERIMENT) {
            n = NULL;
        }
    }
    return n;
}
