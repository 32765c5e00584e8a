/* A network as a shared library for C: its functions, and the header that declares them. */
#ifndef CODEGEN_EMBED_H
#define CODEGEN_EMBED_H

#include "codegen/emit/emit.h"

/* Emits NETWORK_create and the other functions of runtime/crnl_embed.def, which call crnl_embed_*. All other
 * names of the module are hidden, so that a process can load several such libraries. */
void emit_embed(struct emit *e, const char *network);

#endif
