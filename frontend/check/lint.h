/* Warnings about things that are allowed but mostly mistakes. Only programs without errors are examined.
 * If the author may have meant what is written there is no warning, since wrong warnings teach people to
 * ignore all of them. */
#ifndef FRONTEND_LINT_H
#define FRONTEND_LINT_H

#include "frontend/front.h"

/* In the file that is compiled: W0402 names that nothing uses, W0403 reactions that never happen, W0420
 * laws that do not vanish with a reactant, W0424, W0425, W0417 to W0419 in experiments; on request W0404, the
 * convention of `2 A`, and W0411, loops that could be rows. */
void lint_file(struct front *f);
/* In the experiment of the program, what the methods of its runs make of it: W0405 `==` after a numerical
 * one, W0415 amounts that flow, W0423 statistics over one run. */
void lint_experiment(struct front *f);

/* A set of interned words. */
struct words {
    VEC(const char *) word; /* sorted by address */
};
bool words_have(const struct words *w, const char *word);
void words_sort(struct words *w);
/* W0417 to W0419 in an experiment. */
void lint_runs(struct front *f, const struct ast *experiment);
/* Whether the tree names the word as a value or as a network. */
bool lint_mentions(const struct ast *a, const char *word);
/* Reads a number without a unit, with or without a sign, into *v; returns false for other expressions. */
bool lint_number(const struct ast *a, double *v);
/* Whether the method of the run is a stochastic one. */
bool lint_is_random(const struct ast *run);
/* W0417 in an experiment: variables of loops that a run does not get. */
void lint_turns(struct front *f, const struct ast *experiment);
/* W0428 in an experiment. */
void lint_curves(struct front *f, const struct ast *experiment);
/* In an experiment: W0417, targets of fits to which all runs give another value; W0427. */
void lint_fits(struct front *f, const struct ast *experiment);
/* W0417 in a network that has not been elaborated: members of other networks. */
void lint_members(struct front *f, const struct ast *network);
/* W0402: values that an experiment or the file declares and nothing reads. */
void lint_unread(struct front *f);
/* The network of the file, if it was elaborated; else NULL. */
const struct net *lint_net(const struct front *f, const char *name);
/* Its symbol of this name, or NULL. */
const struct symbol *lint_symbol(const struct front *f, const char *network, const char *name);
/* W0402 in a network: energies, volumes and clocks. `runs`: an experiment runs it. */
void lint_idle(struct front *f, const struct ast *network, bool runs);
/* W0432 in a network. */
void lint_events(struct front *f, const struct ast *network);
/* W0435 in an experiment. */
void lint_loops(struct front *f, const struct ast *experiment);
/* W0441: two comparisons of one value that `&&` or `||` joins, and that cannot both hold or both fail. */
void lint_joined(struct front *f, const struct ast *joined);
/* W0430 in the body of a network. */
void lint_starts(struct front *f, const struct ast *block);
/* W0424, W0425 and W0431 in a network. */
void lint_habits(struct front *f, const struct ast *network);
/* W0411 in an experiment. */
void lint_rows(struct front *f, const struct ast *experiment);

/* A network of the file, with all that the warnings about networks need. */
struct lint_network {
    struct front *f;
    const struct ast *tree;  /* NETWORK */
    const struct words *set; /* names that are targets of `with`, `set`, events or assignments */
};
/* Whether the symbol is an argument that an instance leaves out. */
bool lint_is_left_out(const struct net *net, const struct symbol *s);
void lint_dead_reactions(const struct lint_network *l, const struct net *net);
/* W0413: arguments of a network that is run itself, to which nothing gives an amount. */
void lint_arguments(const struct lint_network *l, const struct net *net);
/* By species: whether reactions change it, or events, if they are asked for. To be freed. */
bool *lint_moved(const struct net *net, bool by_events);
/* W0402: amounts that nothing changes and that are 0; W0420, W0421. lint_still.c */
void lint_still(const struct lint_network *l, const struct net *net);
/* Whether "m.x.p" may be given a value: any of m, x, p is named as a target somewhere. */
bool lint_may_be_set(const struct lint_network *l, const char *name);

#endif
