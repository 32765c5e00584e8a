/* Slips in texts, and in the names of files that a statement writes. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* `plot NET: A to "a.svg";` */
static bool word_before_file(const struct slip *s)
{
    static const char *const names[] = {"to",  "in",     "into",   "file", "filename",
                                        "out", "output", "saveas", ">",    ","};
    bool word = false;
    for (size_t i = 0; s->t->text && i < sizeof names / sizeof *names; i++) {
        word |= strcmp(names[i], s->t->text) == 0;
    }
    bool text = s->next->kind == T_STRING || s->next->kind == T_STRING_HEAD;
    if (!word || !text || !slip_expects(s, T_ARROW) || slip_expects(s, T_LAW) ||
        slip_expects(s, s->t->kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the file that is written stands behind `->`");
    parse_help(s->p, "write `-> %s`", slip_source(s, s->found + 1, slip_end(s)));
    slip_replace(s, T_ARROW, "->");
    return true;
}

/* `plot NET: A "a.svg";` */
static bool missing_arrow(const struct slip *s)
{
    bool text = s->t->kind == T_STRING || s->t->kind == T_STRING_HEAD;
    const char *name = s->t->text ? s->t->text : "";
    bool file = strrchr(name, '.') && !strchr(name, ' ') && strlen(strrchr(name, '.')) <= 5;
    bool ends = s->t->kind == T_STRING && s->next->kind == ';';
    if (!text || !slip_expects(s, T_ARROW) || slip_expects(s, T_STRING) || !ends ||
        (slip_first(s)->kind == T_PRINT && !file)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the file that is written stands behind `->`");
    parse_help(s->p, "write `-> %s`", slip_source(s, s->found, s->found + 1));
    slip_is_sure(s);
    slip_insert(s, T_ARROW, "->");
    return true;
}

/* `print NET.A as "x";` */
static bool name_of_printed(const struct slip *s)
{
    bool text = s->next->kind == T_STRING || token_is_word(s->next->kind);
    if (slip_first(s)->kind != T_PRINT || s->t->kind != T_AS || s->last->kind == T_PRINT || !text) {
        return false;
    }
    size_t start = slip_start(s) + 1, from = start;
    int depth = 0;
    for (size_t i = start; i < s->found; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        from = kind == ',' && depth == 0 ? i + 1 : from;
    }
    const char *name = s->next->text, *value = slip_source(s, from, s->found);
    parse_error(s->p, DIAG_E0101, s->t->span, "what is printed has no name: a text stands before it");
    parse_help(s->p, "write `%s\"%s\", %s`",
               from > start ? arena_printf(s->p->arena, "%s ", slip_source(s, start - 1, from)) : "print ",
               name, value);
    slip_drop(s, s->found, s->found + 2);
    return true;
}

/* `->> "a.csv"`, `print x >> "a.txt"` */
static bool appended_file(const struct slip *s)
{
    bool arrow = s->last->kind == T_ARROW && s->t->kind == '>',
         shell = s->last->kind == '>' && s->t->kind == '>';
    const struct token *file = s->next;
    if ((!arrow && !shell) || (file->kind != T_STRING && file->kind != T_STRING_HEAD)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a file is written from its beginning, by `->`");
    parse_help(s->p, "write `-> %s`; all that one program prints to a file stands in it",
               slip_source(s, s->found + 1, slip_end(s)));
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* The one text that stands for texts and values which were joined; NULL if something else stands among
 * them. */
static const char *joined(const struct slip *s, size_t from, size_t to)
{
    const struct token *tokens = s->p->tokens.data;
    const char *text = "";
    for (size_t i = from; i < to; i++) {
        const struct token *t = &tokens[i];
        bool joins = t->kind == T_DOTS || t->kind == '+' || t->kind == '.' || t->kind == '%';
        size_t end = i + 1;
        if (joins && i > from) {
            continue;
        }
        if (t->kind == T_STRING) {
            text = arena_printf(s->p->arena, "%s%s", text, t->text);
            continue;
        }
        while (end < to && tokens[end].kind != '+' && tokens[end].kind != T_DOTS &&
               tokens[end].kind != T_STRING) {
            end++;
        }
        text = arena_printf(s->p->arena, "%s{%s}", text, slip_source(s, i, end));
        i = end - 1;
    }
    return text;
}

/* `"x" .. i`, `-> "a" + i + ".svg"`, `"x is %f" % x` */
static bool joined_texts(const struct slip *s)
{
    bool text = s->last->kind == T_STRING;
    bool mark = s->t->kind == T_DOTS || s->t->kind == '+' || s->t->kind == '%' || s->t->kind == '.';
    if (!text || !mark || slip_expects(s, s->t->kind)) {
        return false;
    }
    size_t end = s->found;
    for (int depth = 0; !slip_ends_statement(s->p->tokens.data[end].kind); end++) {
        int kind = s->p->tokens.data[end].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        if (depth < 0 || (depth == 0 && (kind == ',' || kind == T_ARROW || kind == T_WITH))) {
            break;
        }
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "values stand in braces in one text");
    const char *whole = joined(s, s->found - 1, end);
    if (s->t->kind == '+' || s->t->kind == T_DOTS) {
        parse_help(s->p, "write `\"%s\"`", whole);
    } else {
        parse_help(s->p, "as in `\"x is {x:.2f}\"`");
    }
    slip_drop(s, s->found, end);
    return true;
}

bool slip_of_file(const struct slip *s)
{
    return name_of_printed(s) || joined_texts(s) || word_before_file(s) || missing_arrow(s) ||
           appended_file(s);
}
