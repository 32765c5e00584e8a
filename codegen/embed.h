/* A network as a shared library for C: its functions, and the header that declares them. */
#ifndef CODEGEN_EMBED_H
#define CODEGEN_EMBED_H

#include "codegen/emit/emit.h"

/* NETWORK_create and the others of runtime/crnl_embed.def, which hand on to crnl_embed_*. Everything else of
 * the module is hidden, so that several libraries can be loaded at once. */
void emit_embed(struct emit *e, const char *network);

#endif
