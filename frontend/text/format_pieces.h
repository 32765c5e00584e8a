/* What the files format*.c share: the text as pieces, which are tokens or whole strings, each with the
 * comments before it. format_file owns them. */
#ifndef FRONTEND_FORMAT_PIECES_H
#define FRONTEND_FORMAT_PIECES_H

#include "frontend/text/parse_state.h"

enum { FORMAT_WIDTH = 110, FORMAT_STEP = 2, FORMAT_CONTINUE = 4 };

struct comment {
    struct span span;
    int newlines;     /* the number of line ends before the comment; 0: it stands behind something */
    bool is_block;    /* the comment begins with slash star, and does not go on to the end of the line */
    bool has_newline; /* the comment is a block over several lines */
};

struct piece {
    int kind;      /* the kind of token; a string with holes is one STRING */
    uint8_t flags; /* the flags of the token */
    struct span span;
    uint32_t comment, n_comments; /* the comments before it */
    int newlines;                 /* the number of line ends since the last comment, or the piece before */
    int depth;                    /* the number of brackets around the piece; rate braces count */
    bool space;                   /* a blank stands before the piece on its line */
    bool attached;                /* the piece is a bracket that belongs to the name before it */
    bool unary;                   /* the piece is a minus with one operand */
};

struct pieces {
    const char *text;
    VEC(struct piece) piece; /* the last one is the end of the file */
    VEC(struct comment) comment;
};

/* Fills `f` from the arranged tokens of `p` and the tree. */
void pieces_collect(struct pieces *f, const struct parse *p, const struct ast *tree);
void pieces_free(struct pieces *f);

struct text {
    VEC(char) out;
};
/* Writes the pieces [from, to) as one line, or as several lines if one would be too long or if comments
 * stand between them, and ends the line. */
void format_line(struct text *t, const struct pieces *f, size_t from, size_t to, int indent);
/* Writes a comment on the line that was ended last, or on lines of its own. */
void format_comment(struct text *t, const struct pieces *f, const struct comment *c, int indent,
                    bool trailing);
size_t format_width(const struct pieces *f, size_t from,
                    size_t to); /* the number of characters of the pieces on one line */

#endif
