/* What the files format*.c share: the text as pieces (tokens, strings whole) with the comments before each.
 * Owned by format_file. */
#ifndef FRONTEND_FORMAT_PIECES_H
#define FRONTEND_FORMAT_PIECES_H

#include "frontend/text/parse_state.h"

enum { FORMAT_WIDTH = 110, FORMAT_STEP = 2, FORMAT_CONTINUE = 4 };

struct comment {
    struct span span;
    int newlines;     /* line ends between what stands before it and it; 0: it trails */
    bool is_block;    /* slash star, not to the end of the line */
    bool has_newline; /* a block over several lines */
};

struct piece {
    int kind;      /* token kind; a string with holes is one STRING */
    uint8_t flags; /* of the token */
    struct span span;
    uint32_t comment, n_comments; /* those before it */
    int newlines;                 /* line ends between the last of them (or the piece before) and it */
    int depth;                    /* brackets around it; rate braces count */
    bool space;                   /* a blank before it on its line */
    bool attached;                /* a bracket that belongs to the name before it */
    bool unary;                   /* a minus with one operand */
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
/* Writes pieces [from, to) as one line or, where that is too long or comments stand between, as several. Ends
 * the line. */
void format_line(struct text *t, const struct pieces *f, size_t from, size_t to, int indent);
/* One comment on the line that was ended last, or on lines of its own. */
void format_comment(struct text *t, const struct pieces *f, const struct comment *c, int indent,
                    bool trailing);
size_t format_width(const struct pieces *f, size_t from, size_t to); /* in characters, on one line */

#endif
