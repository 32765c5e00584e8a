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
    expr_id value; /* of a VALUE, in `pool`; of a CONST that was evaluated, in the pool of constants */
    /* for a VALUE that a block of an experiment declares: the pool of its value; NULL: the current pool */
    const struct expr_pool *pool;
    struct shape shape; /* SPECIES, DUAL */
    const species_id *ids;
    /* VARIABLE, GLOBAL, RECORD: its number. NETWORK, DATA: its number in the program, or -1 if it has not
     * been elaborated. Names in networks: the number of the symbol, or -1 if there is none. */
    int32_t index;
    int32_t part; /* RECORD: enum crnl_data_part */
    /* MODEL: 1 + the number in the program of the network that is the model itself; 0: not needed so far */
    int32_t units;
    bool is_constant; /* VARIABLE: declared const */
    struct dim dim;   /* VALUE: the dimension that its declaration gives */
    bool is_array;    /* INSTANCE: an array with an instance for each turn or index, which is a name too */
    bool is_turn;     /* VARIABLE: the variable of a loop */
    bool is_recorded; /* VARIABLE: `record` gives it its values (known in check/) */
    bool is_result;   /* NETWORK: the copy that `run NET as NAME` runs */
    bool is_member;   /* a network declares the name, which is seen from outside */
    bool busy;        /* CONST, FN, NETWORK: it is being evaluated, so using it would be a recursion */
    bool failed;      /* CONST, NETWORK: evaluation reported an error */
    const struct ast *ast; /* declaration at top level */
    struct module *module;
    struct scope *members;    /* EXPERIMENT: the names under which `run NET as NAME` keeps results */
    const struct name *table; /* RECORD: the table whose row it is; NULL: a row of data set `index` */
    struct meaning *meaning;  /* what the walk of check/ has found out; NULL: the walk has not met the name */
    struct least *least;      /* NETWORK: how much it makes at least (expansion.c), if that was asked for */
};

struct scope *scope_create(struct arena *a, struct scope *parent);
struct scope *scope_parent(const struct scope *s);
/* Forgets the names but keeps the memory, so that one scope serves all turns of an unrolled loop. */
void scope_reset(struct scope *s);
/* The scope of a turn of a loop knows where the loop is and its BINDER; both are NULL in other scopes. */
void scope_set_turn(struct scope *s, int64_t at, const struct ast *binder);
const struct ast *scope_turn_binder(const struct scope *s);
const int64_t *scope_turn(const struct scope *s);
/* The scope of the body around all loops, whose names outlive the turn. Outside of loops it is `s` itself. */
struct scope *scope_around_turns(struct scope *s);
/* Returns NULL if this scope itself has the name already. */
struct name *scope_add(struct scope *s, const char *text, enum name_kind kind, struct span span);
struct name *scope_find_here(const struct scope *s, const char *text);
struct name *scope_find(const struct scope *s, const char *text); /* also looks in the scopes around it */
size_t scope_count(const struct scope *s);
struct name *scope_at(const struct scope *s, size_t i); /* in the order of declaration */

#endif
