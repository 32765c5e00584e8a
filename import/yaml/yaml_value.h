/* YAML, read by libyaml into a tree with the places of values in the text. Anchors and aliases are refused,
 * since a short text could stand for an enormous one. */
#ifndef IMPORT_YAML_VALUE_H
#define IMPORT_YAML_VALUE_H

#include "import/import_impl.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_GROUP };

struct yaml_value {
    enum yaml_kind kind;
    const char *text; /* of a text */
    struct span at;
    const struct yaml_value *key;          /* its key in a group; else NULL */
    const struct yaml_value *first, *next; /* first: of the values of a list or group; next: after this one */
};

/* The only document of the text, in the arena of `x`; NULL after a report. */
const struct yaml_value *yaml_read(struct importer *x);

/* The kind of a value in words, for messages. */
static inline const char *yaml_kind_name(enum yaml_kind kind)
{
    return kind == YAML_TEXT ? "a text" : kind == YAML_LIST ? "a list" : "a group of names with values";
}

#endif
