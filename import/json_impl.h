/* Reading a network from JSON; included by the json*.c files only. */
#ifndef IMPORT_JSON_IMPL_H
#define IMPORT_JSON_IMPL_H

#include "import/json_value.h"
#include "ir/net/expr_read.h"

struct json_reader {
    struct importer *x;
    char *text; /* copy of the file in the tree, in which texts have no escapes */
    struct arena *scratch;
    struct net_lexer lexer;
    struct net_names *names;
    struct expr_reader expr;
    VEC(struct term) side[2];
    VEC(struct fraction) more;
    VEC(struct change) change;
    VEC(expr_id) elem;
};

/* Checks and reads the members of an object: see json_fields. */
#define FIELDS(r, object, field) json_fields((r)->x, object, field, sizeof(field) / sizeof *(field))

/* ---- json.c ---- */
bool json_complain(struct json_reader *r, struct json_value at, const char *message); /* reports; returns
                                                                                       * false */
const char *json_text_of(struct json_reader *r, struct json_value v); /* NULL: it is missing */
/* Reads a formula from a text or a number. `shape`: that of the real array that is needed; NULL: a real
 * scalar. 0 after a report. */
expr_id json_real_formula(struct json_reader *r, struct json_value v, const struct shape *shape);
expr_id json_formula(struct json_reader *r, struct json_value v,
                     bool condition); /* a scalar; 0 after a report */
bool json_species_of(struct json_reader *r, struct json_value v, species_id *id);
/* *guard is 0 if it is missing */
bool json_guard_of(struct json_reader *r, struct json_value v, int32_t *guard);
/* The number of one of a few words; -1 after a report. */
int json_word_of(struct json_reader *r, struct json_value v, const char *const *word, int n);
bool json_flag(struct json_value v);
bool json_whole(struct json_reader *r, struct json_value v, int64_t least, int64_t most, int64_t *n);
bool json_read_shape(struct json_reader *r, struct json_value v, struct shape *shape);

/* ---- json_event.c: reads entries of the lists with these names ---- */
bool json_read_phase(struct json_reader *r, struct json_value v);
bool json_read_event(struct json_reader *r, struct json_value v);
bool json_read_assumption(struct json_reader *r, struct json_value v);
bool json_read_symbol(struct json_reader *r, struct json_value v);
/* Adds symbols for everything without one, with the names of species and parameters. */
void json_add_implied_symbols(struct json_reader *r);

#endif
