/* YAML by libyaml, as a tree with the places of values in the text. Anchors and aliases, by which a short
 * text stands for one without end, are refused. */
#ifndef IMPORT_YAML_VALUE_H
#define IMPORT_YAML_VALUE_H

#include "import/import_impl.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_GROUP };

struct yaml_value {
    enum yaml_kind kind;
    const char *text; /* of a text */
    struct span at;
    const struct yaml_value *key;          /* in a group; else NULL */
    const struct yaml_value *first, *next; /* of the values of a list or group */
};

/* The one document of the text, in the arena of `x`; NULL after a report. */
const struct yaml_value *yaml_read(struct importer *x);

/* What a value is, for messages. */
static inline const char *yaml_kind_name(enum yaml_kind kind)
{
    return kind == YAML_TEXT ? "a text" : kind == YAML_LIST ? "a list" : "a group of names with values";
}

#endif
