/* Makes pieces of tokens and comments, and decides which pieces stand apart and which have no blank
 * between them. */
#include "frontend/text/format_pieces.h"

#include <string.h>

#include "grammar/parser.h"

/* -- brackets and signs, from the tree -- */

static size_t piece_at(const struct pieces *f, uint32_t offset)
{
    size_t lo = 0, hi = f->piece.n - 1;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->piece.data[mid].span.lo < offset) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* Marks the bracket after a name, an index or a callee in parentheses that ends at `offset`. */
static void attach_after(struct pieces *f, uint32_t offset, int bracket)
{
    size_t i = piece_at(f, offset);
    while (f->piece.data[i].kind == ')') {
        i++;
    }
    f->piece.data[i].attached |= f->piece.data[i].kind == bracket;
}

/* Marks the bracket that stands `words` pieces after the start of a declaration. */
static void attach_from(struct pieces *f, uint32_t offset, size_t words)
{
    size_t i = piece_at(f, offset) + words;
    if (i < f->piece.n && f->piece.data[i].kind == '(') {
        f->piece.data[i].attached = true;
    }
}

static void mark(struct pieces *f, const struct ast *node)
{
    if (!node) {
        return;
    }
    switch (node->kind) {
    case AST_CALL: attach_after(f, call_callee(node)->span.hi, '('); break;
    case AST_CALL_OVER: attach_after(f, call_over_callee(node)->span.hi, '('); break;
    case AST_INDEX: attach_after(f, index_base(node)->span.hi, '['); break;
    case AST_DIMS: f->piece.data[piece_at(f, node->span.lo)].attached = true; break;
    case AST_CTOR:
    case AST_SIDE_SUM: attach_from(f, node->span.lo, 1); break;
    case AST_FN:
    case AST_NETWORK:
    case AST_CLOCK: attach_from(f, node->span.lo, 2); break;
    case AST_INSTANCE:
        attach_from(f, instance_label(node) ? instance_label(node)->span.hi : node->span.lo,
                    instance_label(node) ? 2 : 1);
        break;
    case AST_REPLICATE: attach_after(f, replicate_network(node)->span.hi, '('); break;
    case AST_UNARY: f->piece.data[piece_at(f, node->span.lo)].unary = true; break;
    default: break;
    }
    for (uint32_t i = 0; i < node->n; i++) {
        mark(f, ast_child(node, i));
    }
}

/* -- comments -- */

/* Reads what stands between two tokens: nothing but blanks and comments. */
static void collect_comments(struct pieces *f, struct piece *piece, uint32_t lo, uint32_t hi, uint32_t file)
{
    const char *s = f->text;
    piece->comment = (uint32_t)f->comment.n;
    for (uint32_t i = lo; i < hi;) {
        if (s[i] != '/') {
            piece->newlines += s[i++] == '\n';
            continue;
        }
        struct comment c = {.newlines = piece->newlines, .is_block = s[i + 1] == '*'};
        uint32_t start = i;
        if (c.is_block) {
            for (i += 2; i < hi && !(s[i] == '*' && s[i + 1] == '/'); i++) {
                c.has_newline = c.has_newline || s[i] == '\n';
            }
            i += 2;
        } else {
            while (i < hi && s[i] != '\n') {
                i++;
            }
        }
        uint32_t end = i;
        while (end > start && (s[end - 1] == ' ' || s[end - 1] == '\r')) {
            end--;
        }
        c.span = (struct span){file, start, end};
        vec_push(&f->comment, c);
        piece->n_comments++;
        piece->newlines = 0;
    }
}

/* -- blanks -- */

static bool is_binary_tight(int kind)
{
    return kind == '^' || kind == '.';
}

static bool needs_space(const struct piece *a, const struct piece *b)
{
    switch (b->kind) {
    case ';':
    case ',':
    case ')':
    case ']':
    case '\'':
    case T_RATE_OPEN:
    case T_RATE_CLOSE: return false;
    case ':': return b->depth > 0;
    case '}': return a->kind != '{';
    case '(':
    case '[':
        if (b->attached) {
            return false;
        }
        break;
    case T_DOTS: return a->kind == ',';
    case T_PER_UNIT: return (b->flags & TOKEN_BLANK_BEFORE) != 0;
    default: break;
    }
    if (a->unary && a->kind == '-') {
        return b->kind == '-'; /* `--` would join two units */
    }
    return !(a->kind == '(' || a->kind == '[' || a->kind == T_RATE_OPEN || a->kind == T_DOTS ||
             a->kind == '!' || is_binary_tight(a->kind) || is_binary_tight(b->kind));
}

static bool opens(int kind)
{
    return kind == '(' || kind == '[' || kind == T_RATE_OPEN;
}

static bool closes(int kind)
{
    return kind == ')' || kind == ']' || kind == T_RATE_CLOSE;
}

void pieces_collect(struct pieces *f, const struct parse *p, const struct ast *tree)
{
    f->text = p->text;
    uint32_t end = p->length >= 3 && memcmp(p->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (size_t i = 0; i < p->tokens.n; i++) {
        const struct token *t = &p->tokens.data[i];
        struct piece piece = {.kind = t->kind, .flags = t->flags, .span = t->span};
        collect_comments(f, &piece, end, t->span.lo, p->file);
        if (t->kind == T_STRING_HEAD) { /* up to its own tail: strings may stand in its holes */
            int open = 1;
            while (open > 0) {
                i++;
                open += p->tokens.data[i].kind == T_STRING_HEAD;
                open -= p->tokens.data[i].kind == T_STRING_TAIL;
            }
            piece.kind = T_STRING;
            piece.span.hi = p->tokens.data[i].span.hi;
        }
        end = piece.span.hi;
        vec_push(&f->piece, piece);
    }
    mark(f, tree);
    int depth = 0;
    for (size_t i = 0; i < f->piece.n; i++) {
        struct piece *b = &f->piece.data[i];
        depth -= closes(b->kind);
        b->depth = depth;
        depth += opens(b->kind);
        b->space = i > 0 && needs_space(b - 1, b);
    }
}

void pieces_free(struct pieces *f)
{
    vec_free(&f->piece);
    vec_free(&f->comment);
}
