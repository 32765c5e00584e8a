#include "import/json_value.h"

#include <string.h>

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* From its first quote to behind its last. */
static const char *skip_text(const char *at)
{
    for (at++; *at != '"'; at++) {
        at += *at == '\\';
    }
    return at + 1;
}

/* Behind a list or an object: only texts and brackets say where it ends. */
static const char *skip_container(const char *at)
{
    static const bool counts[256] = {['"'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true};
    int depth = 0;
    do {
        while (!counts[(unsigned char)*at]) {
            at++;
        }
        if (*at == '"') {
            at = skip_text(at);
        } else {
            depth += *at == '[' || *at == '{' ? 1 : -1;
            at++;
        }
    } while (depth > 0);
    return at;
}

const char *json_end(const char *at)
{
    switch (*at) {
    case '"': return skip_text(at);
    case '[':
    case '{': return skip_container(at);
    default: return at + strcspn(at, " \t\r\n,]}");
    }
}

struct span json_span(const struct importer *x, struct json_value v)
{
    bool holds_more = json_is_array(v.json) || json_is_object(v.json);
    return import_span(x, v.at, holds_more ? v.at + 1 : json_end(v.at));
}

const char *json_kind(json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a text";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number";
    case JSON_TRUE: return "true";
    case JSON_FALSE: return "false";
    case JSON_NULL: break;
    }
    return "null";
}

/* The library's message, without the text around the place: the place is shown. */
static bool malformed(struct importer *x, const json_error_t *why)
{
    const char *near = strstr(why->text, " near '");
    int length = near ? (int)(near - why->text) : (int)strlen(why->text);
    size_t size = (size_t)(x->end - x->text), at = why->position > 0 ? (size_t)why->position - 1 : 0;
    const char *from = x->text + (at < size ? at : size);
    return diag_report(x->diag, DIAG_E0831, import_span(x, from, from < x->end ? from + 1 : from),
                       "this is not JSON: %.*s", length, why->text);
}

bool json_read(struct importer *x, struct json_value *v)
{
    json_error_t why;
    v->json = json_loadb(x->text, (size_t)(x->end - x->text), JSON_REJECT_DUPLICATES, &why);
    v->at = skip_blanks(x->text);
    return v->json || malformed(x, &why);
}

struct json_steps json_start(struct json_value of)
{
    return (struct json_steps){
        .of = of.json, .key = json_object_iter(of.json), .at = of.json ? of.at + 1 : NULL};
}

bool json_next(struct json_steps *s, struct json_value *v, struct json_value *key)
{
    bool object = json_is_object(s->of);
    if (object ? !s->key : s->i >= json_array_size(s->of)) {
        return false;
    }
    s->at += strspn(s->at, " \t\r\n,");
    if (object) {
        *key = (struct json_value){NULL, s->at};
        s->at = skip_text(s->at);
        s->at += strspn(s->at, " \t\r\n:");
        v->json = json_object_iter_value(s->key);
        s->key = json_object_iter_next(s->of, s->key);
    } else {
        v->json = json_array_get(s->of, s->i++);
    }
    v->at = s->at;
    s->at = json_end(s->at);
    return true;
}

static const struct {
    const char *name;
    unsigned types;
} kinds[] = {
    [JSON_A_TEXT] = {"a text", 1U << JSON_STRING},
    [JSON_A_NUMBER] = {"a number", 1U << JSON_INTEGER | 1U << JSON_REAL},
    [JSON_A_COUNT] = {"an integer", 1U << JSON_INTEGER},
    [JSON_A_TRUTH] = {"true or false", 1U << JSON_TRUE | 1U << JSON_FALSE},
    [JSON_A_LIST] = {"a list", 1U << JSON_ARRAY},
    [JSON_AN_OBJECT] = {"an object", 1U << JSON_OBJECT},
    [JSON_ANYTHING] = {"a value", ~0U},
};

static bool is_kind(struct json_value v, enum json_wanted wanted)
{
    return kinds[wanted].types >> json_typeof(v.json) & 1U;
}

bool json_check(struct importer *x, struct json_value v, enum json_wanted wanted, const char *what)
{
    return is_kind(v, wanted) ||
           diag_report(x->diag, DIAG_E0831, json_span(x, v), "%s should be %s, not %s", what,
                       kinds[wanted].name, json_kind(v.json));
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
    struct json_value v, key;
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
            return diag_report(x->diag, DIAG_E0831, json_span(x, object), "'%s' is missing here",
                               field[i].key);
        }
    }
    return true;
}
