/* A look at XML before a library parses it: what no model needs and what would cost time or memory is
 * refused. */
#ifndef IMPORT_XML_H
#define IMPORT_XML_H

#include "import/import_impl.h"

/* False after a report: a document type (which may declare entities), or elements nested too deeply. */
bool xml_check(struct importer *x);

/* An attribute of a tag, in the text; entities in the value stand as they are. */
struct xml_attribute {
    const char *name, *value; /* the value behind its quote */
    size_t n_name, n_value;
};
/* After xml_check: the next element's tag, from its name to before its '>', behind *at, which moves behind
 * it; false: there is none. */
bool xml_next_tag(const struct importer *x, const char **at, const char **tag, const char **end);
/* The first one of the text. */
bool xml_root(const struct importer *x, const char **tag, const char **end);
/* The next one in a tag, from *at on, which moves behind it; false: there is none. */
bool xml_next_attribute(const char **at, const char *end, struct xml_attribute *a);
bool xml_is_named(const struct xml_attribute *a, const char *name);

#endif
