/* Inside of PEtab: a problem as tables of cells, and what is known when it is written as a program. */
#ifndef IMPORT_PETAB_PETAB_IMPL_H
#define IMPORT_PETAB_PETAB_IMPL_H

#include "import/import_impl.h"
#include "import/petab/petab.h"

enum petab_kind {
#define PETAB_TABLE(id, ...) PETAB_##id,
#include "import/petab/tables.def"
    PETAB_TABLES
};

/* A cell, cut out of its file's text; of a row that ends before it, an empty one at the row's end. */
struct petab_cell {
    const char *text;
    struct span at;
};

/* A file of a table. The cells lie in a copy of its text, at the places where the text has them. */
struct petab_part {
    struct importer x;
    VEC(struct petab_cell) header;
    struct map column;
};

struct petab_row {
    struct petab_part *part;
    const struct petab_cell *cell; /* [part->header.n] */
};

/* The rows of all files of a kind. */
struct petab_table {
    VEC(struct petab_part *) part;
    VEC(struct petab_row) row;
    struct map by; /* rows by the column that names them */
};

struct petab {
    struct arena *arena;
    struct sources *sources;
    struct diag *diag;
    struct importer x; /* the YAML file */
    const char *name, *model, *model_path;
    struct span model_at;
    struct petab_table table[PETAB_TABLES];
    int64_t n_cells;
};

/* ---- petab_table.c ---- */
bool petab_read_table(struct petab *p, enum petab_kind kind, const char *file, struct span from);
/* After all files: rows are there, each under a name of its own. `from` is where the YAML file should
 * name it. */
bool petab_finish_table(struct petab *p, enum petab_kind kind, struct span from);
void petab_free_table(struct petab_table *t);
/* The cell of a row; empty where the table has no such column. */
struct petab_cell petab_cell(const struct petab_row *row, const char *column);
/* The row under that name; NULL: there is none. */
const struct petab_row *petab_find(const struct petab *p, enum petab_kind kind, const char *name);
/* A finite number; false after a report, which calls it `what`. */
bool petab_number(struct petab *p, struct petab_cell cell, const char *what, double *v);
bool petab_is_number(const char *text);
const char *petab_number_text(struct arena *arena,
                              double v); /* the shorter of two forms that is the number */

/* ---- petab_formula.c ---- */

/* What stands in a program for the names of a formula. */
struct petab_names {
    /* For the name, which is a cell of its own for messages; NULL after a report. */
    const char *(*name)(void *env, struct petab_cell name);
    void *env;
};
/* A formula as the language writes it; NULL after a report. */
const char *petab_formula(struct petab *p, const struct petab_row *row, struct petab_cell formula,
                          const struct petab_names *names);

/* ---- petab_group.c ---- */

/* Measurements of one observable under one condition, with the same parameters. What they have in common
 * is in the first row. */
struct petab_group {
    VEC(const struct petab_row *) row;
    const struct petab_row *observable;
    const char *times, *values, *noises; /* arrays in the program; noises: NULL unless all are numbers */
    int32_t next;                        /* group of the same condition; -1: none */
};

struct petab_use { /* of a condition */
    const struct petab_row *condition;
    int32_t first, last; /* of its groups */
    double end;          /* the last time of a measurement */
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
    struct map taken;            /* names of the program */
    VEC(const char *) parameter; /* of each row of parameters, its name in the program */
};

/* Reports a cell that has no place in a program; false. */
bool petab_refuse(struct petab_writer *w, struct petab_cell cell, const char *what);
bool petab_is_symbol(const struct petab_writer *w, const char *id); /* of the model */
/* A number, as a program has it. */
const char *petab_number_of(struct petab_writer *w, const char *cell);
/* What a parameter or number is called in the experiment; NULL after a report. */
const char *petab_value(struct petab_writer *w, struct petab_cell cell);
/* The negative log-likelihood of a group, as an expression; NULL after a report. */
const char *petab_loss(struct petab_writer *w, const struct petab_group *g);

#endif
