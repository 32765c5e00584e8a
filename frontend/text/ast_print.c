/* Prints the syntax tree with one node on each line (ast_print). */
#include <inttypes.h>
#include <stdlib.h>

#include "frontend/text/ast.h"
#include "frontend/text/reaction_lines.h"

char ast_escape(char c)
{
    return c == '\n' ? 'n' : c == '\t' ? 't' : c == '"' || c == '\\' ? c : '\0';
}

static void print_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        char letter = ast_escape(*text);
        if (letter) {
            fputc('\\', out);
        }
        fputc(letter ? letter : *text, out);
    }
    fputc('"', out);
}

/* The fewest digits that read back as the same number. */
static void print_real(FILE *out, double x)
{
    char text[40];
    int digits = 1;
    do {
        snprintf(text, sizeof text, "%.*g", digits, x);
    } while (++digits <= 17 && strtod(text, NULL) != x);
    fputs(text, out);
}

/* Text, formats and paths may hold anything; other names are words. */
static bool name_is_text(const struct ast *node)
{
    return node->kind == AST_STRING_PART || node->kind == AST_HOLE || node->kind == AST_IMPORT ||
           (node->kind == AST_USE && (node->flags & AST_IS_PATH));
}

static void print_flags(FILE *out, const struct ast *node)
{
    static const struct {
        int flag;
        const char *text;
    } flags[] = {
        {AST_IS_CONST, "const"},
        {AST_IS_FAST, "fast"},
        {AST_IS_PATH, "path"},
        {AST_EVENTS, "events"},
        {AST_CYCLES, "cycles"},
        {AST_PAREN, "parenthesised"},
        {AST_UNICODE_EMPTY, "empty-sign"},
        {AST_TRAILING, "trailing-comma"},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (node->flags & flags[i].flag) {
            fprintf(out, " [%s]", flags[i].text);
        }
    }
}

static void print_value(FILE *out, const struct ast *node)
{
    if (node->kind == AST_REAL) {
        fputc(' ', out);
        print_real(out, node->v.real);
    } else if (node->kind == AST_INT || node->kind == AST_UNIT ||
               (node->kind == AST_TERM && !term_count(node))) {
        fprintf(out, " %" PRId64, node->v.integer);
    } else if (node->kind == AST_BOOL) {
        fputs(node->v.integer ? " true" : " false", out);
    }
}

static void print_node(FILE *out, const struct ast *node, const struct sources *sources, int indent);

static void print_reactions(FILE *out, const struct ast *lines, const struct sources *sources, int indent)
{
    struct arena *open = arena_create();
    for (uint32_t i = 0; i < reaction_lines_count(lines); i++) {
        print_node(out, reaction_lines_open(lines, i, open), sources, indent);
        arena_reset(open);
    }
    arena_destroy(open);
}

static void print_node(FILE *out, const struct ast *node, const struct sources *sources, int indent)
{
    if (node && node->kind == AST_REACTIONS) {
        print_reactions(out, node, sources, indent);
        return;
    }
    fprintf(out, "%*s", indent, "");
    if (!node) {
        fputs("-\n", out);
        return;
    }
    fputs(ast_kind_name(node->kind), out);
    if (node->op) {
        fprintf(out, " %s", ast_op_text(node->op));
    }
    if (node->name) {
        fputc(' ', out);
        if (name_is_text(node)) {
            print_quoted(out, node->name);
        } else {
            fputs(node->name, out);
        }
    }
    print_value(out, node);
    print_flags(out, node);
    if (node->doc) {
        fputs(" doc ", out);
        print_quoted(out, node->doc);
    }
    if (sources) {
        int line, column;
        sources_place(sources, node->span, &line, &column);
        fprintf(out, " @%d:%d", line, column);
    }
    fputc('\n', out);
    for (uint32_t i = 0; i < node->n; i++) {
        print_node(out, ast_child(node, i), sources, indent + 2);
    }
}

void ast_print(FILE *out, const struct ast *node, const struct sources *sources)
{
    print_node(out, node, sources, 0);
}
