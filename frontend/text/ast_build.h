/* Constructors of syntax nodes, which the grammar's actions call. Nodes live in the arena of the parse. A
 * list under construction is a node of kind LIST, which grows by ast_push and gets its final kind from
 * ast_as. Each function accepts NULL where a node is expected, and hands it on, so that text which could
 * not be parsed is left out. */
#ifndef FRONTEND_AST_BUILD_H
#define FRONTEND_AST_BUILD_H

#include "frontend/text/parse_state.h"

/* Places. span_after is the empty place right after a token; span_extend extends a place by another one,
 * unless that is empty. */
static inline struct span span_after(struct span last)
{
    return (struct span){last.file, last.hi, last.hi};
}

static inline struct span span_extend(struct span a, struct span b)
{
    if (b.hi == b.lo) {
        return a;
    }
    return a.hi == a.lo ? b : span_join(a, b);
}

struct ast *ast_node_n(struct parse *p, enum ast_kind kind, struct span at, size_t n, struct ast *const *kid);
#define ast_node(p, kind, at, ...)                                                              \
    ast_node_n((p), (kind), (at), sizeof((struct ast *[]){__VA_ARGS__}) / sizeof(struct ast *), \
               (struct ast *[]){__VA_ARGS__})
struct ast *ast_node0(struct parse *p, enum ast_kind kind, struct span at);

/* Lists. */
struct ast *ast_list(struct parse *p, struct span at);
struct ast *ast_push(struct parse *p, struct ast *list, struct ast *kid); /* returns the list */
struct ast *ast_declare(struct parse *p, struct ast *list,
                        struct ast *kid); /* also attaches the comment before the declaration */
struct ast *ast_as(struct ast *list, enum ast_kind kind, struct span at);
struct ast *ast_joined(
    struct parse *p, enum ast_kind kind, struct span at, struct ast *list,
    struct ast *first); /* a list of `first` and then the entries of the list; NULL if `first` is NULL */

/* These functions change a node and return it. */
struct ast *ast_named(struct ast *node, const struct token *name);
struct ast *ast_op(struct ast *node, enum ast_kind kind, struct span at, int op);
struct ast *ast_flag(struct ast *node, int flags);
struct ast *ast_spanned(struct ast *node, struct span at);

/* Expressions. */
struct ast *ast_word(struct parse *p, const struct token *word);
/* An entry of a tuple: NAME = value or, if the left side is no plain name, x[2] = value, which is a BIND. */
/* NET(v.on = 1), NET(v[2].S = 3): the name as it is written, without blanks. */
struct ast *ast_dotted_arg(struct parse *p, struct span at, const struct ast *of, const struct token *member,
                           struct ast *value);
struct ast *ast_entry(struct parse *p, struct span at, struct ast *to, struct ast *value);
struct ast *ast_bool(struct parse *p, struct span at, bool value);
struct ast *ast_number(struct span at, enum ast_kind kind, const struct token *number, struct ast *units);
struct ast *ast_unit(struct parse *p, const struct token *unit, int exponent);
struct ast *ast_binary(struct parse *p, struct span at, enum ast_op op, struct ast *left, struct ast *right);
struct ast *ast_string(struct parse *p, struct span at, const struct token *text);
struct ast *ast_string_part(struct parse *p, struct ast *parts, const struct token *text);
struct ast *ast_string_end(struct parse *p, struct span at, const struct token *head, struct ast *parts,
                           const struct token *tail);

/* Declarations and statements that need more than their parts. */
struct ast *ast_use(struct parse *p, struct span at, const struct token *word);
struct ast *ast_use_more(struct parse *p, struct ast *use, const struct token *word);
struct ast *ast_use_path(struct parse *p, struct span at, const struct token *path);
struct ast *ast_data(struct parse *p, struct span at, const struct token *name, struct ast *call);
struct ast *ast_table(struct parse *p, struct span at, const struct token *name, struct ast *call);
struct ast *ast_network(struct parse *p, struct span at, struct ast *head, struct ast *block);
struct ast *ast_nparam(struct ast *dcl, int op, struct span at);
/* delay = E, in the braces of a rate */
struct ast *ast_lateness(struct parse *p, struct span at, const struct token *word, struct ast *value);
struct ast *ast_reaction(struct parse *p, struct span at, int arrow, struct ast *left, struct ast *rate,
                         struct ast *right, struct ast *via);
struct ast *ast_misplaced_rate(struct parse *p, struct span at, struct span rate_at, struct ast *rate,
                               struct ast *reaction);
struct ast *ast_finished_reaction(struct parse *p, struct span at,
                                  struct ast *reaction); /* checks its rates */
struct ast *ast_labelled(struct parse *p, struct span at, struct ast *label, struct ast *reaction);
struct ast *ast_instance(struct parse *p, struct span at, struct ast *label, const struct token *network,
                         struct ast *args);
struct ast *ast_term(struct parse *p, struct span at, const struct token *coefficient, struct ast *ref);
struct ast *ast_diffuse(struct parse *p, struct span at, const struct token *species, struct ast *rates,
                        struct ast *along);
/* `op` is ARROW if the connection goes one way. */
struct ast *ast_edge(struct parse *p, struct span at, struct ast *a, int op, struct ast *b,
                     struct ast *weight);
struct ast *ast_connect(struct parse *p, struct span at, struct ast *what);
struct ast *ast_assign(struct parse *p, struct span at, struct ast *target, int op, struct ast *value);
/* The number of species; `s[5]` is refused. */
struct ast *ast_model_species(struct parse *p, struct span at, struct ast *number);
struct ast *ast_call_stmt(struct parse *p, struct span at, const struct token *callee, struct ast *args);
struct ast *ast_run(struct parse *p, enum ast_kind kind, struct span at, const struct token *network,
                    struct ast *clauses, struct ast *out);
/* `run NET as NAME`: a run of NAME whose first clause says what it is a copy of. */
struct ast *ast_run_as(struct parse *p, struct span at, const struct token *network, struct span network_at,
                       const struct token *name, struct ast *clauses, struct ast *out);
struct ast *ast_teach(struct parse *p, struct span at, const struct token *network, struct ast *binds,
                      struct ast *clauses, struct ast *out);
struct ast *ast_clause(struct parse *p, struct ast *clauses, struct ast *clause); /* each kind once */

#endif
