/* What may be written at a place: words where the grammar allows them, visible names, members after a point,
 * modules after `use`, units after a number, and named arguments of calls and methods. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "frontend/text/parse_expect.h"
#include "ir/net/net.h"
#include "runtime/crnl_method.h"
#include "server/names.h"

/* Kinds of items in the protocol. */
enum {
    ITEM_METHOD = 2,
    ITEM_FUNCTION = 3,
    ITEM_VARIABLE = 6,
    ITEM_MODULE = 9,
    ITEM_PROPERTY = 10,
    ITEM_UNIT = 11,
    ITEM_KEYWORD = 14
};

static const char *const units[] = {
#define UNIT(name, dimension, factor) #name,
#include "ir/expr/unit.def"
#undef UNIT
};

struct completion {
    struct names n;
    const char *text;
    size_t at, word; /* place of writing; start of the word that is being written */
    json_t *items;
};

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void add(struct completion *c, const char *label, int kind, const char *detail, const char *doc)
{
    json_array_append_new(c->items, json_pack("{ss, si, ss*, so*}", "label", label, "kind", kind, "detail",
                                              detail, "documentation", doc ? json_text(doc) : NULL));
}

static void add_declared(struct completion *c, const struct declared *one)
{
    int kind = strstr(one->kind, "function")  ? ITEM_FUNCTION
               : strstr(one->kind, "network") ? ITEM_MODULE
                                              : ITEM_VARIABLE;
    char detail[200];
    snprintf(detail, sizeof detail, "%s%s%s", one->kind, one->type ? ", " : "", one->type ? one->type : "");
    add(c, one->name, kind, detail, one->doc);
}

/* The start of the word that ends before `end`; its text is written to `out`. */
static size_t word_before(const struct completion *c, size_t end, char *out, size_t size)
{
    size_t from = end;
    while (from > 0 && in_word(c->text[from - 1])) {
        from--;
    }
    snprintf(out, size, "%.*s", (int)(end - from < size ? end - from : size - 1), c->text + from);
    return from;
}

static size_t skip_blanks_back(const struct completion *c, size_t end)
{
    while (end > 0 && strchr(" \t\r\n", c->text[end - 1])) {
        end--;
    }
    return end;
}

/* The visible name with that text, of the narrowest scope. */
static const struct declared *visible(const struct completion *c, const char *text)
{
    const struct declared *best = NULL;
    for (size_t i = 0; c->n.known && i < c->n.known->n; i++) {
        const struct declared *one = &c->n.known->entry[i];
        if (strcmp(one->name, text) == 0 && names_may_stand(&c->n, one, c->n.file, c->at)) {
            bool narrower = !best || one->scope.hi - one->scope.lo <= best->scope.hi - best->scope.lo;
            best = narrower ? one : best;
        }
    }
    return best;
}

/* ---- the places ---- */

/* Completes `use std.l`, on one line. */
static bool complete_module(struct completion *c)
{
    size_t from = c->at, end;
    char word[8];
    while (from > 0 && (in_word(c->text[from - 1]) || c->text[from - 1] == '.')) {
        from--;
    }
    end = from;
    while (end > 0 && c->text[end - 1] == ' ') {
        end--;
    }
    word_before(c, end, word, sizeof word);
    if (end == from || strcmp(word, "use") != 0) {
        return false;
    }
    struct span at = {c->n.file, (uint32_t)from, (uint32_t)c->at};
    for (size_t i = 0; i < library_module_count(); i++) {
        char name[100];
        snprintf(name, sizeof name, "std.%s", library_module_name(i));
        for (char *slash = name; (slash = strchr(slash, '/'));) {
            *slash = '.';
        }
        json_array_append_new(c->items,
                              json_pack("{ss, si, s{so, ss}}", "label", name, "kind", ITEM_MODULE, "textEdit",
                                        "range", places_range(&c->n.places, at), "newText", name));
    }
    return true;
}

static void add_members(struct completion *c, const struct declared *of)
{
    int32_t network = of->network >= 0 ? of->network : (int32_t)(of - c->n.known->entry);
    for (size_t i = 0; i < c->n.known->n; i++) {
        const struct declared *one = &c->n.known->entry[i];
        if (one->parent == network && one->is_member) {
            add_declared(c, one);
        }
    }
}

/* For net.m[2].s: the path before the last point, from its first name on. */
static const struct declared *path_before(const struct completion *c, size_t point, int depth)
{
    char word[200];
    size_t end = point;
    while (end > 0 && c->text[end - 1] == ']') {
        int open = 0;
        do {
            end--;
            open += c->text[end] == ']';
            open -= c->text[end] == '[';
        } while (end > 0 && open > 0);
    }
    size_t from = word_before(c, end, word, sizeof word);
    if (from == end || depth > 20) {
        return NULL;
    }
    if (from == 0 || c->text[from - 1] != '.') {
        return visible(c, word);
    }
    const struct declared *base = path_before(c, from - 1, depth + 1);
    int32_t network = !base ? -1 : base->network >= 0 ? base->network : (int32_t)(base - c->n.known->entry);
    for (size_t i = 0; network >= 0 && i < c->n.known->n; i++) {
        const struct declared *one = &c->n.known->entry[i];
        if (one->parent == network && one->is_member && strcmp(one->name, word) == 0) {
            return one;
        }
    }
    return NULL;
}

static bool complete_member(struct completion *c)
{
    bool is_point = c->word > 0 && c->text[c->word - 1] == '.' &&
                    !(c->word > 1 && strchr(".0123456789", c->text[c->word - 2]));
    const struct declared *of = is_point ? path_before(c, c->word - 1, 0) : NULL;
    if (of) {
        add_members(c, of);
    }
    return is_point;
}

/* The innermost open parenthesis at the place, and the word before it. */
static size_t open_call(const struct completion *c, char *word, size_t size)
{
    int open = 0;
    word[0] = '\0';
    for (size_t i = c->word; i-- > 0;) {
        char x = c->text[i];
        if (strchr(";{}", x)) {
            break;
        }
        open += x == '(' || x == '[' ? -1 : x == ')' || x == ']' ? 1 : 0;
        if (open < 0) {
            return x == '(' ? word_before(c, skip_blanks_back(c, i), word, size) : 0;
        }
    }
    return 0;
}

static void add_given(struct completion *c, const char *name, const char *detail, const char *doc)
{
    char text[220];
    snprintf(text, sizeof text, "%s = ", name);
    json_array_append_new(c->items, json_pack("{ss, si, ss*, so*, ss}", "label", name, "kind", ITEM_PROPERTY,
                                              "detail", detail, "documentation", doc ? json_text(doc) : NULL,
                                              "insertText", text));
}

/* Completes the arguments of the method after `by`, or of a network or function of the program. */
static void complete_given(struct completion *c)
{
    char callee[200], before[8];
    size_t from = open_call(c, callee, sizeof callee);
    if (!callee[0]) {
        return;
    }
    word_before(c, skip_blanks_back(c, from), before, sizeof before);
    for (int m = 0; m < CRNL_METHOD_COUNT && strcmp(before, "by") == 0; m++) {
        const struct crnl_method_info *info = &crnl_method_info[m];
        for (int o = 0; o < CRNL_OPTION_COUNT && strcmp(info->family, callee) == 0; o++) {
            if (crnl_method_takes((enum crnl_method_kind)m, (enum crnl_option_id)o)) {
                add_given(c, crnl_option_info[o].name, crnl_option_info[o].help, NULL);
            }
        }
    }
    const struct declared *of = visible(c, callee);
    int32_t number = of && of->parent < 0 ? (int32_t)(of - c->n.known->entry) : -1;
    for (size_t i = 0; number >= 0 && i < c->n.known->n; i++) {
        const struct declared *one = &c->n.known->entry[i];
        bool head = one->parent == number && (one->is_member || strstr(of->kind, "function"));
        size_t body = of->whole.lo;
        const char *text = sources_text(c->n.sources, of->whole.file, NULL);
        while (head && body < of->whole.hi && text[body] != '{' && text[body] != '=') {
            body += text[body] == '(' ? strcspn(text + body, ")") : 1;
        }
        if (head && one->at.lo < body) {
            add_given(c, one->name, one->type ? one->type : one->kind, one->doc);
        }
    }
}

static void complete_words(struct completion *c)
{
    struct expectation e;
    char before[8];
    word_before(c, skip_blanks_back(c, c->word), before, sizeof before);
    for (int m = 0; m < CRNL_METHOD_COUNT && strcmp(before, "by") == 0; m++) {
        if (!(crnl_method_info[m].traits & CRNL_IMPLIED)) {
            add(c, crnl_method_info[m].family, ITEM_METHOD, crnl_method_info[m].help, NULL);
        }
    }
    if (json_array_size(c->items) > 0 && strcmp(before, "by") == 0) {
        return;
    }
    uint32_t cut = sources_add(c->n.sources, "", c->text, c->word);
    parse_expect(c->n.sources, cut, &e);
    for (size_t i = 0; i < e.n_words; i++) {
        add(c, e.word[i], ITEM_KEYWORD, NULL, NULL);
    }
    for (size_t i = 0; e.unit && i < sizeof units / sizeof *units; i++) {
        add(c, units[i], ITEM_UNIT, "a unit", NULL);
    }
    for (size_t i = 0; e.name && c->n.known && i < c->n.known->n; i++) {
        if (names_may_stand(&c->n, &c->n.known->entry[i], c->n.file, c->at)) {
            add_declared(c, &c->n.known->entry[i]);
        }
    }
    for (size_t i = 0; e.name && !e.statement && i < language_function_count(); i++) {
        add(c, language_function_name(i), ITEM_FUNCTION, "a function of the language", NULL);
    }
}

/* Keeps each label once: several declarations may have the same name, and several methods of a family the
 * same label. */
static json_t *once(json_t *items)
{
    json_t *seen = json_object(), *list = json_array(), *one;
    size_t i;
    json_array_foreach(items, i, one)
    {
        const char *label = json_string_value(json_object_get(one, "label"));
        if (label && !json_object_get(seen, label)) {
            json_object_set_new(seen, label, json_true());
            json_array_append(list, one);
        }
    }
    json_decref(seen);
    json_decref(items);
    return list;
}

json_t *request_completion(struct request *r)
{
    struct document *d = request_document(r);
    struct completion c = {0};
    if (!d || !request_offset(r, d, &c.at)) {
        return NULL;
    }
    c.items = json_array();
    c.text = d->text;
    for (c.word = c.at; c.word > 0 && in_word(c.text[c.word - 1]); c.word--) {
    }
    names_open(&c.n, r->s, d);
    if (!complete_module(&c) && !complete_member(&c)) {
        complete_given(&c);
        complete_words(&c);
    }
    names_close(&c.n);
    return once(c.items);
}
