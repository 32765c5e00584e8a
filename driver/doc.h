/* What `crnlc doc` says of source files: collected from their syntax trees by doc_model.c, written by
 * doc_html.c and doc_markdown.c. Texts live in the book's arena. */
#ifndef DRIVER_DOC_H
#define DRIVER_DOC_H

#include <stdio.h>

#include "support/arena.h"
#include "support/diag.h"
#include "support/intern.h"
#include "support/vec.h"

enum doc_kind { DOC_NETWORK, DOC_FN, DOC_CONST, DOC_PARAM, DOC_DATA, DOC_MODEL, DOC_EXPERIMENT, DOC_KINDS };

struct doc_row {             /* a parameter, species or output */
    const char *kind, *name; /* "param", "k[3]" */
    const char *value;       /* as written, with its unit; NULL: none */
    const char *text;        /* of its comment, or NULL */
};

struct doc_entry {
    enum doc_kind kind;
    const char *name, *text;   /* text: NULL without a comment */
    const char *units;         /* of a network: "amount = nM, time = s", or NULL */
    VEC(struct doc_row) given; /* parameters of a network or function */
    VEC(struct doc_row) own;   /* species, parameters, inputs and outputs that its body declares */
    const char *code;          /* the declaration as written */
};

struct doc_module {
    const char *name, *text; /* "std.logic" or the file's name */
    VEC(struct doc_entry) entry;
    VEC(const char *) use; /* names of modules */
};

struct doc_book {
    struct arena *arena;
    struct intern *names;
    VEC(struct doc_module) module;
};

const char *doc_kind_text(enum doc_kind kind); /* "network" */
void doc_book_free(struct doc_book *b);
/* Adds a source file under a name. False after syntax errors. */
bool doc_add(struct doc_book *b, struct sources *sources, uint32_t file, const char *name, struct diag *diag);
/* The entry that a name means in the code of a module: its own, else of a module that it uses; NULL. */
const struct doc_entry *doc_find(const struct doc_book *b, const struct doc_module *m, const char *name,
                                 size_t length, const struct doc_module **where);

void doc_write_html(FILE *out, const struct doc_book *b); /* one page that needs nothing else */
void doc_write_markdown(FILE *out, const struct doc_book *b);

#endif
