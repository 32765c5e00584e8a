/* Values of JSON, for reading forms that are known: what should be where, and messages with their places. */
#ifndef IMPORT_JSON_VALUE_H
#define IMPORT_JSON_VALUE_H

#include "import/import_impl.h"
#include "import/json_parse.h"

struct json_value {
    const struct json_node *json; /* NULL: not there */
    const char *at;               /* its first character */
};

/* The whole text; the tree is to be freed. False after a report. */
bool json_read(struct importer *x, struct json_tree *tree, struct json_value *v);
const char *json_end(const char *at); /* behind a text, a number or a word of a text that has been read */
struct span json_span(const struct importer *x, struct json_value v);
bool json_is_number(struct json_value v);
double json_number(struct json_value v); /* 0 of what is none */

/* Steps through a list or an object, whose value *v is: the next value, and its key if it is an object's. */
struct json_steps {
    const struct json_node *at; /* the next key or value */
    size_t left;
    bool has_keys;
};
struct json_steps json_start(struct json_value of);
bool json_next(struct json_steps *s, struct json_value *v, struct json_value *key);

/* What an object may hold. */
enum json_wanted {
    JSON_A_TEXT,
    JSON_A_NAME, /* a text without control characters, as messages show it */
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
