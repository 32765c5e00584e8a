/* Names and scopes of the front end. A scope maps interned names to what they mean; scopes form a chain
 * from the innermost block to the module. Everything lives in the arena of the compilation. */
#ifndef FRONTEND_SCOPE_H
#define FRONTEND_SCOPE_H

#include "frontend/text/ast.h"
#include "frontend/units.h"
#include "ir/net/net.h"

enum name_kind {
#define NAME_KIND(kind, text, read, part, call, check, dim, help, places) NAME_##kind,
#include "frontend/name.def"
    NAME_KIND_COUNT
};

struct module;
struct scope;
struct meaning;

struct name {
    const char *text;
    enum name_kind kind;
    struct span span;
    expr_id value;                /* VALUE (in `pool`); CONST once evaluated (in the pool of constants) */
    const struct expr_pool *pool; /* VALUE of an experiment's block; NULL: the pool at hand */
    struct shape shape;           /* SPECIES, DUAL */
    const species_id *ids;
    int32_t index;         /* VARIABLE; GLOBAL; NETWORK, DATA: in the program, -1 not elaborated; RECORD;
                                 * in networks: symbol, -1 none */
    int32_t part;          /* RECORD: enum crnl_data_part */
    int32_t units;         /* MODEL: the network in the program that is the model itself, and one; 0: not
                                 * needed so far */
    bool is_constant;      /* VARIABLE: declared const */
    struct dim dim;        /* VALUE: what its declaration says */
    bool is_array;         /* INSTANCE: one for each turn or index, each of which is a name too */
    bool is_result;        /* NETWORK: the copy that `run NET as NAME` runs */
    bool is_member;        /* what a network declares, as seen from outside */
    bool busy;             /* CONST, FN, NETWORK: being evaluated (recursion) */
    bool failed;           /* CONST, NETWORK: evaluation reported an error */
    const struct ast *ast; /* declaration at top level */
    struct module *module;
    struct scope *members; /* EXPERIMENT: what `run NET as NAME` keeps results under */
    const struct name *table; /* RECORD: whose row it is; NULL: of data set `index` */
    struct meaning *meaning;  /* what the walk of check/ has found out; NULL: it was not there */
    struct least *least;      /* NETWORK: what it makes at least (expansion.c), once asked for */
};

struct scope *scope_create(struct arena *a, struct scope *parent);
struct scope *scope_parent(const struct scope *s);
/* Forgets the names and keeps the room: one scope serves all turns of an unrolled loop. */
void scope_reset(struct scope *s);
/* The scope of a turn of a loop knows where the loop is; `at` is NULL in other scopes. */
void scope_set_turn(struct scope *s, int64_t at);
const int64_t *scope_turn(const struct scope *s);
/* The scope of the body around all loops: what is bound there outlives the turn. `s` itself outside of
 * loops. */
struct scope *scope_around_turns(struct scope *s);
/* NULL when the name is taken in this scope itself. */
struct name *scope_add(struct scope *s, const char *text, enum name_kind kind, struct span span);
struct name *scope_find_here(const struct scope *s, const char *text);
struct name *scope_find(const struct scope *s, const char *text); /* through the parents */
size_t scope_count(const struct scope *s);
struct name *scope_at(const struct scope *s, size_t i); /* in the order of declaration */

#endif
