#include "import/json_value.h"

#include <string.h>

#include "import/json_wrong.h"
#include "runtime/crnl_utf8.h"

const char *json_end(const char *at)
{
    if (*at != '"') {
        return at + strcspn(at, " \t\r\n,]}");
    }
    for (at++; *at != '"'; at++) {
        at += *at == '\\';
    }
    return at + 1;
}

struct span json_span(const struct importer *x, struct json_value v)
{
    bool holds_more = v.json->type == JSON_NODE_LIST || v.json->type == JSON_NODE_OBJECT;
    return import_span(x, v.at, holds_more ? v.at + 1 : json_end(v.at));
}

static bool has_control(struct json_value v)
{
    return strlen(v.json->text) < v.json->n || crnl_utf8_has_control(v.json->text);
}

static const char *kind_of(struct json_value v)
{
    switch (v.json->type) {
    case JSON_NODE_OBJECT: return "an object";
    case JSON_NODE_LIST: return "a list";
    case JSON_NODE_TEXT: return has_control(v) ? "a text with control characters" : "a text";
    case JSON_NODE_INTEGER: return "an integer";
    case JSON_NODE_REAL: return "a number";
    case JSON_NODE_TRUE: return "true";
    case JSON_NODE_FALSE: return "false";
    case JSON_NODE_NULL: break;
    }
    return "null";
}

bool json_is_number(struct json_value v)
{
    return v.json->type == JSON_NODE_INTEGER || v.json->type == JSON_NODE_REAL;
}

double json_number(struct json_value v)
{
    return v.json->type == JSON_NODE_INTEGER ? (double)v.json->integer
           : v.json->type == JSON_NODE_REAL  ? v.json->real
                                             : 0;
}

bool json_read(struct importer *x, struct json_tree *tree, struct json_value *v)
{
    size_t n = (size_t)(x->end - x->text);
    if (!json_parse(tree, x->text, n)) {
        size_t at;
        const char *why = json_wrong(x->arena, x->text, n, &at);
        const char *from = x->text + at;
        return diag_report(x->diag, DIAG_E0831, import_span(x, from, from < x->end ? from + 1 : from),
                           "this is not JSON: %s\n  help: make the file again, by `crnlc emit --format json`",
                           why);
    }
    *v = (struct json_value){tree->node.data, tree->node.data[0].at};
    return true;
}

struct json_steps json_start(struct json_value of)
{
    return of.json ? (struct json_steps){of.json + 1, of.json->n, of.json->type == JSON_NODE_OBJECT}
                   : (struct json_steps){0};
}

bool json_next(struct json_steps *s, struct json_value *v, struct json_value *key)
{
    if (s->left == 0) {
        return false;
    }
    s->left--;
    if (s->has_keys) {
        *key = (struct json_value){s->at, s->at->at};
        s->at++;
    }
    *v = (struct json_value){s->at, s->at->at};
    s->at += s->at->size;
    return true;
}

static const struct {
    const char *name;
    unsigned types;
} kinds[] = {
    [JSON_A_TEXT] = {"a text", 1U << JSON_NODE_TEXT},
    [JSON_A_NAME] = {"a text without control characters", 1U << JSON_NODE_TEXT},
    [JSON_A_NUMBER] = {"a number", 1U << JSON_NODE_INTEGER | 1U << JSON_NODE_REAL},
    [JSON_A_COUNT] = {"an integer", 1U << JSON_NODE_INTEGER},
    [JSON_A_TRUTH] = {"true or false", 1U << JSON_NODE_TRUE | 1U << JSON_NODE_FALSE},
    [JSON_A_LIST] = {"a list", 1U << JSON_NODE_LIST},
    [JSON_AN_OBJECT] = {"an object", 1U << JSON_NODE_OBJECT},
    [JSON_ANYTHING] = {"a value", ~0U},
};

static bool is_kind(struct json_value v, enum json_wanted wanted)
{
    return (kinds[wanted].types >> v.json->type & 1U) && (wanted != JSON_A_NAME || !has_control(v));
}

bool json_check(struct importer *x, struct json_value v, enum json_wanted wanted, const char *what)
{
    return is_kind(v, wanted) || diag_report(x->diag, DIAG_E0831, json_span(x, v), "%s should be %s, not %s",
                                             what, kinds[wanted].name, kind_of(v));
}

static bool is_key(struct json_value key, const char *name)
{
    size_t n = strlen(name);
    return strncmp(key.at + 1, name, n) == 0 && key.at[n + 1] == '"';
}

static bool unknown_key(struct importer *x, struct json_value key, const struct json_field *field, size_t n)
{
    const char *end = json_end(key.at), *known = "", **names = arena_alloc(x->arena, n * sizeof *names);
    for (size_t i = 0; i < n; i++) {
        names[i] = field[i].key;
        known = arena_printf(x->arena, "%s%s%s", known, i ? ", " : "", field[i].key);
    }
    const char *name = arena_strndup(x->arena, key.at + 1, (size_t)(end - key.at) - 2);
    const char *near = diag_nearest(name, names, n);
    diag_report(x->diag, DIAG_E0832, import_span(x, key.at, end),
                "the key '%.60s', which is not of this form", name);
    diag_help(x->diag, near ? "did you mean '%s'?" : "the keys here are %s", near ? near : known);
    return false;
}

bool json_fields(struct importer *x, struct json_value object, const struct json_field *field, size_t n)
{
    struct json_value v, key = {0};
    for (size_t i = 0; i < n; i++) {
        *field[i].to = (struct json_value){0};
    }
    for (struct json_steps s = json_start(object); json_next(&s, &v, &key);) {
        size_t i = 0;
        while (i < n && !is_key(key, field[i].key)) {
            i++;
        }
        if (i == n) {
            return unknown_key(x, key, field, n);
        }
        if (!is_kind(v, field[i].wanted)) {
            return json_check(x, v, field[i].wanted, arena_printf(x->arena, "'%s'", field[i].key));
        }
        *field[i].to = v;
    }
    for (size_t i = 0; i < n; i++) {
        if (field[i].needed && !field[i].to->json) {
            return diag_report(x->diag, DIAG_E0831, json_span(x, object),
                               "'%s' is missing here\n  help: write \"%s\": and its value", field[i].key,
                               field[i].key);
        }
    }
    return true;
}
