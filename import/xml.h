/* A look at XML before a library parses it: what no model needs and what would cost time or memory is refused. */
#ifndef IMPORT_XML_H
#define IMPORT_XML_H

#include "import/import_impl.h"

/* False after a report: a document type (which may declare entities), or elements nested too deeply. */
bool xml_check(struct importer *x);

#endif
