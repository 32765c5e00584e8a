/* Text to syntax tree. */
#ifndef FRONTEND_PARSE_H
#define FRONTEND_PARSE_H

#include "frontend/text/ast.h"
#include "support/diag.h"
#include "support/intern.h"

/* Parses one source file. Returns the FILE node, in `arena`, with what could be understood even when there
 * were errors (they are reported to `diag`); never NULL. Reentrant: no state outlives the call. */
struct ast *parse_file(struct sources *sources, uint32_t file, struct arena *arena, struct intern *names,
                       struct diag *diag);

/* The same with nodes REACTIONS in place of long lists of plain reactions (reaction_lines.h). If the text
 * has errors, all reactions have nodes of their own. */
struct ast *parse_compact(struct sources *sources, uint32_t file, struct arena *arena, struct intern *names,
                          struct diag *diag);

#endif
