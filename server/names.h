/* What is known of the names of an open document, from its text as it is now: opened for one answer. */
#ifndef SERVER_NAMES_H
#define SERVER_NAMES_H

#include "frontend/declared.h"
#include "server/server_impl.h"

struct names {
    struct server *s;
    const struct document *d; /* NULL: it is not open */
    struct sources *sources;
    struct diag *diag;
    struct declared_names *known; /* NULL: not even the file is there */
    struct places places;
    uint32_t file;
};

void names_open(struct names *n, struct server *s, const struct document *d);
/* The same for a file that may not be open. */
void names_open_path(struct names *n, struct server *s, const char *path);
/* The name that is declared or used at the offset, and the place of that word; NULL: there is none. */
const struct declared *names_at(const struct names *n, size_t offset, struct span *word);
/* The place that a request names, and what stands there, with names opened; false: it names none, and
 * nothing is open. */
struct names_spot {
    struct document *d;
    size_t offset;
    struct span word;
    const struct declared *one; /* NULL: no name stands there */
};
bool names_of_request(struct names *n, struct request *r, struct names_spot *spot);
/* Number of the first declaration of the file and one behind the last. */
void names_of_file(const struct names *n, size_t *from, size_t *to);
bool names_may_stand(const struct names *n, const struct declared *one, uint32_t file, size_t offset);
/* request_names.c: places of all uses, here, in what else is open, and in files of the folders of both that
 * use the one with the declaration. */
json_t *names_uses(struct names *n, const struct declared *one, bool with_declaration);
void names_close(struct names *n);

#endif
