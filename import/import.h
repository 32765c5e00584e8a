/* Reads networks that other tools wrote. formats.def lists the formats. The function of a format builds a
 * network from the text of a file. If the file contains something that a network cannot hold, an error names
 * it and its line. */
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

/* Whether the extension belongs to a format; it may be followed by ".gz". */
bool import_knows(const char *path);
/* The format of a text, by the name of its file; IMPORT_FORMAT_COUNT: unknown. */
enum import_format import_format_of(const char *path, const char *text);
/* The extensions of all formats, for messages: ".net, .crn". */
const char *import_extensions(struct arena *arena);
/* Whether the file can be read; if not, the report is at `from`. */
bool import_finds(struct sources *sources, const char *path, struct span from, struct diag *diag);
/* Reads a file into a network with the file's name. NULL after errors; if the file cannot be read, the report
 * is at `from`. */
struct net *import_file(struct sources *sources, const char *path, struct span from,
                        const struct import_options *options, struct diag *diag);
/* The same for a text that is in `sources`. */
struct net *import_text(struct sources *sources, uint32_t file, enum import_format format,
                        const struct import_options *options, struct diag *diag);

#endif
