/* Long lists of plain reactions, as `X[1] + A ->{2} B;`, of which a program may have a million. For such a
 * list the tree has one node, REACTIONS. It knows the place of each statement in the text, and has a NAME for
 * each name that stands in the list. A stage that needs the statements opens them one at a time: a statement
 * is read again, into the nodes that the parser would make, and the stage drops these nodes afterwards. */
#ifndef FRONTEND_REACTION_LINES_H
#define FRONTEND_REACTION_LINES_H

#include "frontend/text/parse_state.h"

enum { REACTION_LINES_MOST_INDICES = 4 };

struct reaction_lines;

/* How the statements of a list use one of its names. */
struct reaction_use {
    bool is_rate, reacts;
    uint32_t least, most;                         /* numbers of its indices where it reacts */
    int64_t largest[REACTION_LINES_MOST_INDICES]; /* the largest index in each place */
};

/* The list that begins at the offset, where a statement may begin; *end is behind its last `;`. NULL: no list
 * begins before *end, or a short one. The node is of the arena of the parse. */
struct ast *reaction_lines_read(struct parse *p, uint32_t offset, uint32_t *end);

uint32_t reaction_lines_count(const struct ast *lines);             /* of statements */
int64_t reaction_lines_reactions(const struct ast *lines);          /* that they make: two for <-> */
struct span reaction_lines_at(const struct ast *lines, uint32_t i); /* place of a statement */
const struct reaction_use *reaction_lines_use(const struct ast *lines, uint32_t i); /* of its name i */
/* Statement i, in the arena; its names are bound to what those of the list are. */
struct ast *reaction_lines_open(const struct ast *lines, uint32_t i, struct arena *arena);
/* What the names of an open statement were bound to, the names of the list are bound to. */
void reaction_lines_keep(const struct ast *lines, const struct ast *statement);

#endif
