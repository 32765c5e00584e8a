/* Names in the text form of networks: which entity a name means, and how it is written. Printer and reader
 * share it, so that what one writes by name the other finds. */
#ifndef IR_NET_NAMES_H
#define IR_NET_NAMES_H

#include "ir/net/net.h"

struct net_names;

/* Of a network that may still grow: net_names_update takes in what was added. The network must outlive it. */
struct net_names *net_names_create(const struct net *n);
void net_names_update(struct net_names *x);
void net_names_destroy(struct net_names *x);

/* The first declared species of that name, else the parameter slot ("k", "w[2,3]"). False: none. */
enum net_name_kind { NAME_SPECIES, NAME_SLOT };
bool net_names_find(const struct net_names *x, const char *name, enum net_name_kind *kind, int32_t *id);
int32_t net_names_guard(const struct net_names *x, const char *name); /* -1: none */

/* STEM, or the first of STEM2, STEM3, ... that was never a name of the network; interned there. */
const char *net_names_fresh(struct net *n, const char *stem);

/* Letters, digits, '_', '.' and subscripts as in "m.S[2,3].p", and no word of the language. */
bool net_name_is_plain(const char *name);
/* The name as the text form has it: between backquotes unless it is plain. */
const char *net_name_quoted(struct arena *a, const char *name);
/* Name of element i of an array: "X[2,3]"; of a scalar its own. False: does not fit. */
bool net_element_name(char *out, size_t room, const char *name, struct shape shape, int64_t i);

#endif
