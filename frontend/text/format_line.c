/* Writes a statement, or the head of a statement, as lines. */
#include "frontend/text/format_pieces.h"
#include "grammar/parser.h"

static size_t characters(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += ((unsigned char)s[i] & 0xC0) != 0x80;
    }
    return count;
}

static size_t piece_width(const struct pieces *f, size_t i)
{
    struct span at = f->piece.data[i].span;
    return characters(f->text + at.lo, at.hi - at.lo);
}

size_t format_width(const struct pieces *f, size_t from, size_t to)
{
    size_t width = 0;
    for (size_t i = from; i < to; i++) {
        width += piece_width(f, i) + (i > from && f->piece.data[i].space);
    }
    return width;
}

static void put(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        vec_push(&t->out, s[i]);
    }
}

static void put_blanks(struct text *t, int n)
{
    for (int i = 0; i < n; i++) {
        vec_push(&t->out, ' ');
    }
}

void format_comment(struct text *t, const struct pieces *f, const struct comment *c, int indent,
                    bool trailing)
{
    if (trailing && t->out.n > 0) {
        t->out.n--; /* the line end */
        put_blanks(t, 2);
    } else {
        put_blanks(t, indent);
    }
    put(t, f->text + c->span.lo, c->span.hi - c->span.lo);
    put(t, "\n", 1);
}

/* -- where to break -- */

/* The cost of a break before piece i. The cost grows with the number of brackets around the place, and
 * then depends on what the break separates. -1: a line never breaks there. */
static int cost(const struct pieces *f, size_t i)
{
    const struct piece *b = &f->piece.data[i], *a = b - 1;
    enum { LEVEL = 8, NEVER = -1 };
    if (!b->space || b->kind == '{' || b->kind == T_PER_UNIT) {
        return NEVER;
    }
    int class = 7;
    switch (a->kind) {
    case ',': return b->depth * LEVEL + 1;
    case ':': class = b->depth ? 4 : 7; break;
    case '=': class = 6; break;
    case T_INT:
    case T_ZERO:
    case T_REAL:
        if (b->kind == T_UNIT_WORD) {
            return NEVER;
        }
        break;
    default: break;
    }
    switch (b->kind) {
    case T_ARROW:
    case T_REVERSIBLE:
    case T_BALANCED:
    case T_LAW:
    case T_WITH:
    case T_FOR:
    case T_UNTIL:
    case T_EVERY:
    case T_BY:
    case T_AFTER:
    case T_OVER:
    case T_VIA:
    case T_WHERE: class = 0; break;
    case T_OR: class = 2; break;
    case T_AND: class = 3; break;
    case '+':
    case '-': class = a->kind == '=' ? class : 4; break;
    case T_EQUAL:
    case T_UNEQUAL:
    case T_AT_MOST:
    case T_AT_LEAST:
    case '<':
    case '>': class = 5; break;
    case '*':
    case '/':
    case '%': class = 6; break;
    default: break;
    }
    return b->depth * LEVEL + class;
}

/* The end of the physical line that begins with piece `from`: the cheapest place for a break that is near
 * the right end; of places of equal cost, the last. */
static size_t line_end(const struct pieces *f, size_t from, size_t to, size_t indent)
{
    size_t width = indent, best = to, fallback = to;
    int best_cost = 0;
    for (size_t i = from; i < to; i++) {
        width += piece_width(f, i) + (i > from && f->piece.data[i].space);
        if (width > FORMAT_WIDTH && (best < to || fallback < to)) {
            return best < to ? best : fallback;
        }
        int c = i + 1 < to ? cost(f, i + 1) : -1;
        if (c < 0) {
            continue;
        }
        if (width * 3 < FORMAT_WIDTH + 2 * indent) {
            fallback = i + 1;
        } else if (best == to || c <= best_cost) {
            best = i + 1;
            best_cost = c;
        }
    }
    return width > FORMAT_WIDTH && best < to ? best : to;
}

static void physical_lines(struct text *t, const struct pieces *f, size_t from, size_t to, int indent,
                           int more)
{
    while (from < to) {
        size_t end = line_end(f, from, to, (size_t)indent);
        put_blanks(t, indent);
        for (size_t i = from; i < end; i++) {
            const struct piece *b = &f->piece.data[i];
            put_blanks(t, i > from && b->space);
            put(t, f->text + b->span.lo, b->span.hi - b->span.lo);
        }
        put(t, "\n", 1);
        from = end;
        indent = more;
    }
}

void format_line(struct text *t, const struct pieces *f, size_t from, size_t to, int indent)
{
    int more = indent + FORMAT_CONTINUE;
    while (from < to) {
        size_t end = from + 1;
        while (end < to && f->piece.data[end].n_comments == 0) {
            end++;
        }
        physical_lines(t, f, from, end, indent, more);
        indent = more;
        for (uint32_t c = 0; end < to && c < f->piece.data[end].n_comments; c++) {
            const struct comment *comment = &f->comment.data[f->piece.data[end].comment + c];
            format_comment(t, f, comment, indent, comment->newlines == 0);
        }
        from = end;
    }
}
