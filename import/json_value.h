/* JSON by Jansson, with the places of values in the text, which Jansson does not keep: its objects remember
 * the order of their keys, so that tree and text are walked side by side. */
#ifndef IMPORT_JSON_VALUE_H
#define IMPORT_JSON_VALUE_H

#include <jansson.h>

#include "import/import_impl.h"

struct json_value {
    json_t *json;   /* NULL: not there */
    const char *at; /* its first character */
};

/* The whole text, to be released with json_decref(v->json). False after a report. */
bool json_read(struct importer *x, struct json_value *v);
const char *json_end(const char *at); /* behind a value of a text that has been read */
struct span json_span(const struct importer *x, struct json_value v);
/* "a text", "a list": what a value is, for messages. */
const char *json_kind(json_t *json);

/* Steps through a list or an object, whose value *v is: the next value, and its key if it is an object's. */
struct json_steps {
    json_t *of;
    void *key; /* of Jansson; objects alone */
    size_t i;
    const char *at;
};
struct json_steps json_start(struct json_value of);
bool json_next(struct json_steps *s, struct json_value *v, struct json_value *key);

/* What an object may hold. */
enum json_wanted {
    JSON_A_TEXT,
    JSON_A_NUMBER,
    JSON_A_COUNT,
    JSON_A_TRUTH,
    JSON_A_LIST,
    JSON_AN_OBJECT,
    JSON_ANYTHING
};
struct json_field {
    const char *key;
    enum json_wanted wanted;
    bool needed;
    struct json_value *to; /* .json is NULL when it is not there */
};
/* Reports a value of another kind, a key that is not listed, and one that is needed and not there. */
bool json_fields(struct importer *x, struct json_value object, const struct json_field *field, size_t n);
/* The same for one value, of which messages say `what`. */
bool json_check(struct importer *x, struct json_value v, enum json_wanted wanted, const char *what);

#endif
