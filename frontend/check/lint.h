/* Warnings about things that are allowed but mostly mistakes. Only programs without errors are examined.
 * If the author may have meant what is written there is no warning, since wrong warnings teach people to
 * ignore all of them. */
#ifndef FRONTEND_LINT_H
#define FRONTEND_LINT_H

#include "frontend/front.h"

/* Warns, in the file that is compiled, of names that nothing uses (W0402), of reactions that never happen
 * (W0403), of laws that do not vanish with a reactant (W0420), and of what the functions below look for.
 * If that was asked for, it also tells the convention of `2 A` (W0404), and which loops could be rows
 * (W0411). */
void lint_file(struct front *f);
/* Warns, in the experiment of the program, of what the methods of its runs cannot give: `==` of a numerical
 * result (W0405), an amount that flows and equals a number (W0415), statistics over a single run (W0423). */
void lint_experiment(struct front *f);

/* Orders spans by where they begin, for sorting and for searching. */
int lint_by_place(const void *x, const void *y);
/* A set of interned words. */
struct words {
    VEC(const char *) word; /* sorted by address */
};
bool words_have(const struct words *w, const char *word);
void words_sort(struct words *w);
/* Warns of W0417 to W0419 in an experiment. */
void lint_runs(struct front *f, const struct ast *experiment);
/* Whether the tree names the word as a value or as a network. */
bool lint_mentions(const struct ast *a, const char *word);
/* The node of an experiment at this place, such as that of a statement; NULL if there is none. */
const struct ast *lint_tree_at(const struct front *f, struct span at);
/* The first place in the tree that reads NET.x of these names, or NULL. */
const struct ast *lint_find_member(const struct ast *a, const char *network, const char *name);
/* Reads a number without a unit, with or without a sign, into *v; returns false for other expressions. */
bool lint_number(const struct ast *a, double *v);
/* Whether the method of the run is a stochastic one. */
bool lint_is_random(const struct ast *run);
/* Warns (W0417) of variables of loops in an experiment that are not given to the run. */
void lint_turns(struct front *f, const struct ast *experiment);
/* Warns of W0428 in an experiment. */
void lint_curves(struct front *f, const struct ast *experiment);
/* Warns of targets of fits to which all runs give another value (W0417), and of W0427, in an experiment. */
void lint_fits(struct front *f, const struct ast *experiment);
/* Warns (W0417) of members of other networks in a network that has not been elaborated. */
void lint_members(struct front *f, const struct ast *network);
/* Warns (W0402) of values that an experiment or the file declares and that nothing reads. */
void lint_unread(struct front *f);
/* The network of the file, if it was elaborated; else NULL. */
const struct net *lint_net(const struct front *f, const char *name);
/* The symbol of this name in the network of that name; NULL if there is none. */
const struct symbol *lint_symbol(const struct front *f, const char *network, const char *name);
/* Warns (W0402) of energies, volumes and clocks of a network that nothing uses. `runs` says whether an
 * experiment runs the network. */
void lint_idle(struct front *f, const struct ast *network, bool runs);
/* Warns of W0432 in a network. */
void lint_events(struct front *f, const struct ast *network);
/* Warns of W0435 in an experiment. */
void lint_loops(struct front *f, const struct ast *experiment);
/* Warns (W0441) of two comparisons of one value that `&&` or `||` joins, and that cannot both hold or
 * both fail. */
void lint_joined(struct front *f, const struct ast *joined);
/* Warns of W0430 in the body of a network. */
void lint_starts(struct front *f, const struct ast *block);
/* Warns of W0424, W0425 and W0431 in a network. */
void lint_habits(struct front *f, const struct ast *network);
/* Tells of W0411 in an experiment. */
void lint_rows(struct front *f, const struct ast *experiment);

/* lint_targets.c. What a program may give a value. */
struct target {
    const struct ast *network; /* NETWORK */
    const char *path;          /* "x", "m.x" */
    bool is_told;              /* by `with` */
};
struct targets {
    VEC(struct target) list;
    VEC(struct span)
    declared; /* sorted: the places of what a network declares and gives a value in its body */
};
/* The network with a body from which this one is made by passes or as a copy, or NULL. */
const struct ast *lint_network_of(const struct name *n);
void lint_targets_open(struct front *f, struct targets *t);
void lint_targets_close(struct targets *t);

/* A network of the file, with all that the warnings about networks need. */
struct lint_network {
    struct front *f;
    const struct ast *tree; /* NETWORK */
    const struct targets *declared;
    struct map target; /* by path: how it is a target of this network */
};
void lint_network_open(struct lint_network *l, const struct targets *t); /* f and tree are given */
void lint_network_close(struct lint_network *l);
/* Whether the network's part "m.x" may be given a value, which was declared at that place: the part, what it
 * is a part of, or a part of it is a target. */
bool lint_may_be_set(const struct lint_network *l, const char *name, struct span declared);
/* Whether a run gives it a value by `with`. */
bool lint_is_told(const struct lint_network *l, const char *name);

/* lint_unused.c. What the file uses of its networks, outside of these. */
struct uses {
    struct words word;         /* names of which the walk does not know whose they are */
    VEC(struct target) member; /* NET.x, to the first name */
    VEC(struct span) declared; /* sorted: the places where what is named alone was declared */
};
void lint_uses_open(struct front *f, struct uses *u);
void lint_uses_close(struct uses *u);
/* Warns (W0402) of species and parameters that nothing uses. */
void lint_unused(const struct lint_network *l, const struct uses *u);

/* Whether the symbol is an argument that an instance leaves out. */
bool lint_is_left_out(const struct net *net, const struct symbol *s);
void lint_dead_reactions(const struct lint_network *l, const struct net *net);
/* Warns (W0413) of arguments of a network that is run itself, if nothing gives them an amount. */
void lint_arguments(const struct lint_network *l, const struct net *net);
/* An array that tells for each species whether reactions change it, or events, if `by_events` is set. The
 * caller frees the array. */
bool *lint_moved(const struct net *net, bool by_events);
/* lint_still.c. Warns of amounts that are 0 and that nothing changes (W0402), and of W0420 and W0421. */
void lint_still(const struct lint_network *l, const struct net *net);
/* Warns (W0441) of events whose condition is the same at all times. */
void lint_always(const struct lint_network *l, const struct net *net);
#endif
