/* Names of parts of a network. */
#ifndef IR_NET_RENAME_H
#define IR_NET_RENAME_H

#include "ir/net/net.h"

/* Gives a parameter, and its symbol, another name. */
void net_rename_param(struct net *n, const char *old, const char *name);

#endif
