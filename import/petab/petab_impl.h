/* Shared by the petab*.c files: a problem as tables of cells, and what is known when it is written as a
 * program. */
#ifndef IMPORT_PETAB_PETAB_IMPL_H
#define IMPORT_PETAB_PETAB_IMPL_H

#include "import/import_impl.h"
#include "import/petab/petab.h"

enum petab_kind {
#define PETAB_TABLE(id, ...) PETAB_##id,
#include "import/petab/tables.def"
    PETAB_TABLES
};

/* A cell, as a part of its file's text. If the row ends before it, it is empty and at the row's end. */
struct petab_cell {
    const char *text;
    struct span at;
};

/* A file of a table. Its cells are in a copy of its text, at the same places as in the text. */
struct petab_part {
    struct importer x;
    VEC(struct petab_cell) header;
    struct map column;
};

struct petab_row {
    struct petab_part *part;
    const struct petab_cell *cell; /* [part->header.n] */
};

/* The rows of all files of one kind. */
struct petab_table {
    VEC(struct petab_part *) part;
    VEC(struct petab_row) row;
    struct map by; /* from names to rows, by the column that has the names */
};

struct petab {
    struct arena *arena;
    struct sources *sources;
    struct diag *diag;
    struct importer x; /* reads the YAML file */
    const char *name, *model, *model_path;
    struct span model_at;
    struct petab_table table[PETAB_TABLES];
    int64_t n_cells;
};

/* ---- petab_table.c ---- */
bool petab_read_table(struct petab *p, enum petab_kind kind, const char *file, struct span from);
/* Called after all files of a kind: checks that there are rows and that their names are different. `from` is
 * where the YAML file should name a file. */
bool petab_finish_table(struct petab *p, enum petab_kind kind, struct span from);
void petab_free_table(struct petab_table *t);
/* The cell of a row; empty if the table has no such column. */
struct petab_cell petab_cell(const struct petab_row *row, const char *column);
/* The row with that name; NULL: there is none. */
const struct petab_row *petab_find(const struct petab *p, enum petab_kind kind, const char *name);
/* Reports that the table has no row of this name, and which it has. Returns false. */
bool petab_unknown(struct petab *p, enum petab_kind kind, struct petab_cell cell);
/* Reads a finite number; false after a report, which calls it `what`. */
bool petab_number(struct petab *p, struct petab_cell cell, const char *what, double *v);
bool petab_is_number(const char *text);
const char *petab_number_text(struct arena *arena,
                              double v); /* the shorter of two forms that read back as this number */

/* ---- petab_formula.c ---- */

/* Gives what a name in a formula is called in the program. */
struct petab_names {
    /* The name is a cell, so that messages have its place; NULL after a report. */
    const char *(*name)(void *env, struct petab_cell name);
    void *env;
};
/* The formula in the syntax of the language; NULL after a report. */
const char *petab_formula(struct petab *p, const struct petab_row *row, struct petab_cell formula,
                          const struct petab_names *names);

/* ---- petab_group.c ---- */

/* Measurements of one observable under one condition with the same parameters, which are those of the first
 * row. */
struct petab_group {
    VEC(const struct petab_row *) row;
    const struct petab_row *observable;
    const char *times, *values, *noises; /* arrays of the program; noises: NULL unless all are numbers */
    int32_t next;                        /* the next group with the same condition; -1: none */
};

struct petab_use { /* a use of a condition */
    const struct petab_row *condition;
    int32_t first, last; /* its first and last group */
    double end;          /* time of its last measurement */
};

struct petab_data {
    VEC(struct petab_group) group;
    VEC(struct petab_use) use;
    struct map by_key, by_condition;
};

/* False after a report; petab_free_data releases it in either case. */
bool petab_collect(struct petab *p, struct petab_data *d);
void petab_free_data(struct petab_data *d);

/* ---- petab_loss.c ---- */

struct petab_writer {
    struct petab *p;
    const struct net *net;
    FILE *out;
    struct petab_data data;
    struct map taken;            /* names in use in the program */
    VEC(const char *) parameter; /* by row of parameters: its name in the program */
};

/* Reports a cell that a program cannot hold; returns false. */
/* Reports "WHAT `text of the cell`"; `what` may have a help at its end. */
bool petab_refuse(struct petab_writer *w, struct petab_cell cell, const char *what);
bool petab_is_symbol(const struct petab_writer *w, const char *id); /* of the model */
/* A number in the syntax of a program. */
const char *petab_number_of(struct petab_writer *w, const char *cell);
/* The name of a parameter in the experiment, or a number; NULL after a report. */
const char *petab_value(struct petab_writer *w, struct petab_cell cell);
/* The negative log-likelihood of a group as an expression; NULL after a report. */
const char *petab_loss(struct petab_writer *w, const struct petab_group *g);

#endif
