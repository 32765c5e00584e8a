/* Checks XML before a library parses it: refuses what no model needs and what could cost much time or
 * memory. */
#ifndef IMPORT_XML_H
#define IMPORT_XML_H

#include "import/import_impl.h"

/* False after a report: a document type, which could declare entities, or elements nested too deeply. */
bool xml_check(struct importer *x);

/* An attribute of a tag, in place; entities in its value are not replaced. */
struct xml_attribute {
    const char *name, *value; /* value: after its opening quote */
    size_t n_name, n_value;
};
/* To be called after xml_check. Finds the next tag of an element after *at, from its name to before its '>',
 * and moves *at behind it; false: there is none. */
bool xml_next_tag(const struct importer *x, const char **at, const char **tag, const char **end);
/* Finds the first tag of the text. */
bool xml_root(const struct importer *x, const char **tag, const char **end);
/* Finds the next attribute of a tag from *at on and moves *at behind it; false: there is none. */
bool xml_next_attribute(const char **at, const char *end, struct xml_attribute *a);
bool xml_is_named(const struct xml_attribute *a, const char *name);

#endif
