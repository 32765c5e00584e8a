/* The content of `crnlc doc`: doc_model.c collects it from syntax trees of source files, doc_html.c and
 * doc_markdown.c write it. Texts are in the arena of the book. */
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
    const char *value;       /* as in the source, with its unit; NULL: none */
    const char *text;        /* from its comment; NULL: none */
};

struct doc_entry {
    enum doc_kind kind;
    const char *name, *text;   /* text: of the comment; NULL: none */
    const char *units;         /* of a network: "amount = nM, time = s"; NULL: none */
    VEC(struct doc_row) given; /* parameters of a network or function */
    VEC(struct doc_row) own;   /* species, parameters, inputs and outputs declared in its body */
    const char *code;          /* the declaration as in the source */
};

struct doc_module {
    const char *name, *text; /* "std.logic", or the name of the file */
    VEC(struct doc_entry) entry;
    VEC(const char *) use; /* names of used modules */
};

struct doc_book {
    struct arena *arena;
    struct intern *names;
    VEC(struct doc_module) module;
};

const char *doc_kind_text(enum doc_kind kind); /* "network" */
void doc_book_free(struct doc_book *b);
/* Adds a source file with the given name. False after syntax errors. */
bool doc_add(struct doc_book *b, struct sources *sources, uint32_t file, const char *name, struct diag *diag);
/* The entry that a name refers to in the code of a module: one of the module itself, else of a module that it
 * uses; NULL: none. */
const struct doc_entry *doc_find(const struct doc_book *b, const struct doc_module *m, const char *name,
                                 size_t length, const struct doc_module **where);

void doc_write_html(FILE *out, const struct doc_book *b); /* as a single file without others */
void doc_write_markdown(FILE *out, const struct doc_book *b);

#endif
