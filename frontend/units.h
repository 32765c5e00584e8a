/* Units: literals are converted to the units of the network when it is elaborated, dimensions are checked
 * from the syntax. A number without a unit fits everywhere: it is in the network's own units. */
#ifndef FRONTEND_UNITS_H
#define FRONTEND_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/text/ast.h"

enum dim_kind { DIM_UNKNOWN, DIM_NUMBER, DIM_KNOWN };
struct dim {
    uint8_t kind;
    int8_t amount, time; /* exponents: a second order rate constant has -1, -1 */
};

/* What `units` and `volume` of a network say. A network may declare a unit of time alone: its amounts are
 * then plain numbers, which have no unit. The reverse is possible, too. */
struct units {
    bool given;          /* at least one of the two units is declared */
    double amount, time; /* one unit in mol/l (or mol) and in s */
    bool is_concentration;
    const char *amount_name, *time_name; /* NULL: there is no such unit */
    double volume;                       /* litres; 0 = not given */
};

struct where;

bool units_declare(struct where *w, const struct ast *a); /* UNITS */
bool units_volume(struct where *w, const struct ast *a);  /* VOLUME */
/* Adds the units that `more` declares to those of the network. Returns false, without a message, if a unit is
 * another one in both; then *differ says of what, "amount" or "time". */
bool units_join(struct units *u, const struct units *more, const char **differ);
/* Value of a literal with units, converted. False: reported. */
bool units_number(struct where *w, const struct ast *a, double *out);
/* Whether a unit has that name: nM, s, /M. */
bool units_have(const char *name);
/* 8 cm, 80 mm; false, without a message: something else. */
bool units_length(const struct ast *a, double *metres);
struct dim units_of(struct where *w, const struct ast *a);
/* The dimension in the units of the network: "/nM/s"; "no unit" for a number. A unit that the network does
 * not declare is left out: amounts are plain numbers there. */
const char *units_text(struct where *w, struct dim d);
/* Reports E0301 when the dimension of an expression is known and is another. `what` is "this rate", "this
 * amount". */
bool units_check(struct where *w, const struct ast *a, struct dim want, const char *what,
                 const char *because);
/* The same with the wanted unit as units_text gives it. */
bool units_check_text(struct where *w, const struct ast *a, const char *want, const char *what,
                      const char *because);

#endif
