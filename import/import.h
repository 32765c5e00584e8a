/* Networks that other tools wrote. formats.def is the list; a format is a function that builds a network from
 * the text of a file. What a file says that a network cannot hold is an error that names the construct and
 * its line. */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "ir/net/net.h"
#include "support/diag.h"

enum import_format {
#define IMPORT(id, ...) IMPORT_##id,
#include "import/formats.def"
#undef IMPORT
    IMPORT_FORMAT_COUNT
};

struct import_options {
    int64_t max_reactions;
};

/* Whether the extension is that of a format, also with ".gz" behind it. */
bool import_knows(const char *path);
/* The format of a text by the name of its file; IMPORT_FORMAT_COUNT: none. */
enum import_format import_format_of(const char *path, const char *text);
/* The extensions of all formats, for messages: ".net, .crn". */
const char *import_extensions(struct arena *arena);
/* Reads the file, named like it. NULL after errors; that the file cannot be read is reported at `from`. */
struct net *import_file(struct sources *sources, const char *path, struct span from,
                        const struct import_options *options, struct diag *diag);
/* The same with a text that `sources` has already. */
struct net *import_text(struct sources *sources, uint32_t file, enum import_format format,
                        const struct import_options *options, struct diag *diag);

#endif
