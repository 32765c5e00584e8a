/* Units. When a network is elaborated, literals are converted to its units; dimensions are checked in the
 * syntax tree. A number without a unit fits everywhere, because it counts in the network's own units. */
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
    bool given;          /* whether at least one of the two units is declared */
    double amount, time; /* the sizes of the units in mol/l (or mol), and in s */
    bool is_concentration;
    const char *amount_name, *time_name; /* NULL: there is no such unit */
    double volume;                       /* litres; 0 = not given */
};

struct front;
struct where;

bool units_declare(struct where *w, const struct ast *a); /* UNITS */
bool units_volume(struct where *w, const struct ast *a);  /* VOLUME */
/* The statement that gives this volume, "volume 1 fL;" for 1e-15, which is taken as litres. */
const char *units_volume_text(struct front *f, const struct ast *quantity);
/* Adds the units that `more` declares to those of the network. If the two declare different units of one
 * thing, returns false, without a message, and *differ is that thing, "amount" or "time". */
bool units_join(struct units *u, const struct units *more, const char **differ);
/* Converts a literal with units to a number. False after an error. */
bool units_number(struct where *w, const struct ast *a, double *out);
/* Whether there is a unit of this name, such as nM, s or /M. */
bool units_have(const char *name);
/* Reads a length such as 8 cm or 80 mm. Returns false, without a message, for anything else. */
bool units_length(const struct ast *a, double *metres);
struct dim units_of(struct where *w, const struct ast *a);
/* The dimension in the units of the network, such as "/nM/s", or "no unit" for a number. A unit that the
 * network does not declare is left out. */
const char *units_text(struct where *w, struct dim d);
/* Whether the expression may have the dimension `want`; if its dimension is known and differs, reports E0301.
 * `what` names the expression in the message, as "this rate". */
bool units_check(struct where *w, const struct ast *a, struct dim want, const char *what,
                 const char *because);
/* The same, with the wanted unit as a text, as units_text gives it. */
bool units_check_text(struct where *w, const struct ast *a, const char *want, const char *what,
                      const char *because);
/* The same as units_check. If the dimension is `other`, the help says what was meant `instead`. */
bool units_check_or(struct where *w, const struct ast *a, struct dim want, struct dim other, const char *what,
                    const char *because, const char *instead);

#endif
