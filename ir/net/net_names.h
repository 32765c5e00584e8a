/* Names in the text form of networks: which species or parameter a name means, and how a name is written.
 * Printer and reader share this module, so that the reader finds what the printer wrote. */
#ifndef IR_NET_NAMES_H
#define IR_NET_NAMES_H

#include "ir/net/net.h"

struct net_names;

/* The names of a network that may still grow: net_names_update adds those that are new. The network must
 * outlive the result. */
struct net_names *net_names_create(const struct net *n);
void net_names_update(struct net_names *x);
void net_names_destroy(struct net_names *x);

/* Finds what a name means: the first declared species of that name, else the parameter slot ("k", "w[2,3]").
 * Returns false if there is neither. */
enum net_name_kind { NAME_SPECIES, NAME_SLOT };
bool net_names_find(const struct net_names *x, const char *name, enum net_name_kind *kind, int32_t *id);
int32_t net_names_guard(const struct net_names *x, const char *name); /* -1: none */

/* A new name: `stem`, or the first of STEM2, STEM3, ... that was never a name of the network; interned in
 * the network. */
const char *net_names_fresh(struct net *n, const char *stem);

/* Whether the name may be written without quotes: letters, digits, '_', '.' and subscripts as in
 * "m.S[2,3].p", and not a word of the language. */
bool net_name_is_plain(const char *name);
/* The name as the text form writes it: between backquotes unless it is plain. */
const char *net_name_quoted(struct arena *a, const char *name);
/* Writes the name of element i of an array, such as "X[2,3]"; the name of a scalar is unchanged. Returns
 * false if the name does not fit into `room` bytes. */
bool net_element_name(char *out, size_t room, const char *name, struct shape shape, int64_t i);

#endif
