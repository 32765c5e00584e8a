/* The names of an open document, found in its current text. They are opened for a single answer. */
#ifndef SERVER_NAMES_H
#define SERVER_NAMES_H

#include "frontend/declared.h"
#include "server/server_impl.h"

struct names {
    struct server *s;
    const struct document *d; /* NULL: the file is not open */
    struct sources *sources;
    struct diag *diag;
    struct declared_names *known; /* NULL: there is no such file */
    struct places places;
    uint32_t file;
};

void names_open(struct names *n, struct server *s, const struct document *d);
/* The same for a file that need not be open. */
void names_open_path(struct names *n, struct server *s, const char *path);
/* The name that is declared or used at the offset, and the place of this word; NULL: there is none. */
const struct declared *names_at(const struct names *n, size_t offset, struct span *word);
/* The place of a request and the name there, with opened names. False if the request has no place; nothing is
 * open then. */
struct names_spot {
    struct document *d;
    size_t offset;
    struct span word;
    const struct declared *one; /* NULL: there is no name */
};
bool names_of_request(struct names *n, struct request *r, struct names_spot *spot);
/* The indices of the file's first declaration and of the one behind its last. */
void names_of_file(const struct names *n, size_t *from, size_t *to);
bool names_may_stand(const struct names *n, const struct declared *one, uint32_t file, size_t offset);
/* request_names.c: places of all uses in this document, in other open documents, and in files of the folders
 * of both files if they use the one with the declaration. */
json_t *names_uses(struct names *n, const struct declared *one, bool with_declaration);
void names_close(struct names *n);

#endif
