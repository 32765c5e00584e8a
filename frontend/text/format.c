#include "frontend/text/format.h"

#include <string.h>

#include "frontend/text/format_pieces.h"
#include "frontend/text/parse.h"
#include "grammar/parser.h"

struct layout {
    struct pieces f;
    struct text text;
    bool fresh; /* at the start of a block or file: no empty line */
};

static const struct piece *at(const struct layout *l, size_t i)
{
    return &l->f.piece.data[i];
}

static void empty_line(struct layout *l, int newlines)
{
    if (newlines > 1 && !l->fresh) {
        vec_push(&l->text.out, '\n');
    }
    l->fresh = false;
}

/* The comments before a statement or a closing brace. */
static void comments_before(struct layout *l, size_t i, int indent)
{
    const struct piece *b = at(l, i);
    for (uint32_t c = 0; c < b->n_comments; c++) {
        const struct comment *comment = &l->f.comment.data[b->comment + c];
        bool trailing = comment->newlines == 0 && l->text.out.n > 0;
        if (!trailing) {
            empty_line(l, comment->newlines);
        }
        format_comment(&l->text, &l->f, comment, indent, trailing);
    }
}

/* -- statements -- */

struct extent {
    size_t end;    /* after the last piece */
    bool one_line; /* written on one line, blocks of one statement at most, no comments */
};

/* A statement ends with `;`, or with the `}` of its last block; a plot, whose blocks are panels, ends only
 * with `;`. The content of a panel has neither and ends before the `}` of the panel. */
static struct extent statement_extent(const struct layout *l, size_t from)
{
    struct extent e = {.one_line = true};
    bool is_plot = at(l, from)->kind == T_PLOT;
    int blocks = 0, statements = 0;
    for (size_t i = from;; i++) {
        const struct piece *b = at(l, i);
        if (i > from && b->kind == '}' && blocks == 0) {
            e.end = i;
            return e;
        }
        if (i > from && (b->n_comments > 0 || b->newlines > 0)) {
            e.one_line = false;
        }
        if (b->kind == '{') {
            e.one_line = e.one_line && blocks == 0;
            blocks++;
            statements = 0;
        } else if (b->kind == '}') {
            blocks--;
        } else if (b->kind == ';') {
            e.one_line = e.one_line && ++statements <= 1;
        }
        bool ends = b->kind == ';' || (b->kind == '}' && at(l, i + 1)->kind != T_ELSE && !is_plot);
        if ((ends && blocks <= 0) || at(l, i + 1)->kind == T_END) {
            e.end = i + 1;
            return e;
        }
    }
}

static size_t matching_brace(const struct layout *l, size_t open)
{
    int depth = 1;
    size_t i = open;
    while (depth > 0) {
        i++;
        depth += at(l, i)->kind == '{';
        depth -= at(l, i)->kind == '}';
    }
    return i;
}

static void statements(struct layout *l, size_t from, size_t to, int indent);

static bool is_empty_block(const struct layout *l, size_t open)
{
    return at(l, open + 1)->kind == '}' && at(l, open + 1)->n_comments == 0;
}

/* Whether the pieces fit on a line and have no comments between them. */
static bool fits(const struct layout *l, size_t from, size_t to, int indent)
{
    for (size_t i = from + 1; i < to; i++) {
        if (at(l, i)->n_comments > 0) {
            return false;
        }
    }
    return (size_t)indent + format_width(&l->f, from, to) <= FORMAT_WIDTH;
}

/* Blocks over several lines: heads and what closes them stand alone, but for `} else {`. Panels that fit on
 * a line have one. */
static void open_statement(struct layout *l, size_t from, size_t to, int indent)
{
    size_t line = from;
    int more = at(l, from)->kind == T_PLOT ? indent + FORMAT_CONTINUE : indent, first = indent;
    for (size_t i = from; i < to; i++) {
        if (at(l, i)->kind == T_ELSE && at(l, i)->n_comments > 0) {
            format_line(&l->text, &l->f, line, i, indent);
            comments_before(l, i, indent);
            line = i;
        } else if (at(l, i)->kind == '{' && is_empty_block(l, i)) {
            i++;
        } else if (at(l, i)->kind == '{') {
            size_t close = matching_brace(l, i), after = close + 1 + (at(l, close + 1)->kind == ';');
            if (more > indent && fits(l, line, after, first)) {
                format_line(&l->text, &l->f, line, after, first);
                line = after;
                i = after - 1;
                first = more;
                continue;
            }
            format_line(&l->text, &l->f, line, i + 1, first);
            first = indent;
            l->fresh = true;
            statements(l, i + 1, close, indent + FORMAT_STEP);
            comments_before(l, close, indent + FORMAT_STEP);
            l->fresh = false;
            line = i = close;
        }
    }
    if (line < to) {
        format_line(&l->text, &l->f, line, to, first);
    }
}

static void statements(struct layout *l, size_t from, size_t to, int indent)
{
    while (from < to) {
        struct extent e = statement_extent(l, from);
        comments_before(l, from, indent);
        empty_line(l, at(l, from)->newlines);
        if (e.one_line && (size_t)indent + format_width(&l->f, from, e.end) <= FORMAT_WIDTH) {
            format_line(&l->text, &l->f, from, e.end, indent);
        } else {
            open_statement(l, from, e.end, indent);
        }
        from = e.end;
    }
}

char *format_file(struct sources *sources, uint32_t file, struct diag *diag, size_t *length)
{
    struct arena *arena = arena_create();
    struct intern *names = intern_create();
    struct layout l = {.fresh = true};
    size_t errors = diag_error_count(diag);
    const struct ast *tree = parse_file(sources, file, arena, names, diag);
    if (diag_error_count(diag) == errors) {
        struct parse p = {.sources = sources, .file = file, .arena = arena, .names = names, .diag = diag};
        parse_open(&p);
        pieces_collect(&l.f, &p, tree);
        statements(&l, 0, l.f.piece.n - 1, 0);
        comments_before(&l, l.f.piece.n - 1, 0);
        pieces_free(&l.f);
        parse_close(&p);
        *length = l.text.out.n;
        vec_push(&l.text.out, '\0');
    }
    intern_destroy(names);
    arena_destroy(arena);
    return l.text.out.data;
}
