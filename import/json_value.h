/* JSON values, for reading known formats: checks what must be where, with messages that have places. */
#ifndef IMPORT_JSON_VALUE_H
#define IMPORT_JSON_VALUE_H

#include "import/import_impl.h"
#include "import/json_parse.h"

struct json_value {
    const struct json_node *json; /* NULL: it is missing */
    const char *at;               /* its first character */
};

/* Reads the whole text; the tree must be freed. False after a report. */
bool json_read(struct importer *x, struct json_tree *tree, struct json_value *v);
const char *json_end(const char *at); /* the end of a text, number or word in a text that was read before */
struct span json_span(const struct importer *x, struct json_value v);
bool json_is_number(struct json_value v);
double json_number(struct json_value v); /* 0 if it is not a number */

/* Steps through the list or object *v: the next value, and for an object its key. */
struct json_steps {
    const struct json_node *at; /* the next key or value */
    size_t left;
    bool has_keys;
};
struct json_steps json_start(struct json_value of);
bool json_next(struct json_steps *s, struct json_value *v, struct json_value *key);

/* What a member of an object must be. */
enum json_wanted {
    JSON_A_TEXT,
    JSON_A_NAME, /* a text without control characters, fit for messages */
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
    struct json_value *to; /* .json is NULL if it is missing */
};
/* Reads the members of an object. Reports values of another kind, unknown keys and missing ones that are
 * needed. */
bool json_fields(struct importer *x, struct json_value object, const struct json_field *field, size_t n);
/* Checks one value in the same way; messages call it `what`. */
bool json_check(struct importer *x, struct json_value v, enum json_wanted wanted, const char *what);

#endif
