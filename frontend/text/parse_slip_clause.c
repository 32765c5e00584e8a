/* Slips in the clauses of a run. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static const struct {
    const char *word, *help;
} foreign[] = {
#define FOREIGN_CLAUSE(word, help) {#word, help},
#include "frontend/text/foreign_clause.def"
};

static bool begins_clause(int kind)
{
    return kind == T_WITH || kind == T_AFTER || kind == T_FOR || kind == T_UNTIL || kind == T_TO ||
           kind == T_EVERY || kind == T_BY || kind == T_OVER;
}

/* A wrong clause ends where the next clause begins: the index of that token. */
static size_t clause_end(const struct slip *s)
{
    size_t end = s->found + 1;
    while (!slip_ends_statement(s->p->tokens.data[end].kind) && !begins_clause(s->p->tokens.data[end].kind) &&
           s->p->tokens.data[end].kind != T_ARROW) {
        end++;
    }
    return end;
}

/* Index of METHOD in `by METHOD` right before the token; 0 if there is none. */
static size_t method_before(const struct slip *s)
{
    return s->found > 1 && s->p->tokens.data[s->found - 2].kind == T_BY ? s->found - 1 : 0;
}

/* `plot NET: A title = "x"` */
static bool option_of_picture(const struct slip *s)
{
    if (slip_first(s)->kind != T_PLOT || !slip_expects(s, T_WITH) || !token_is_word(s->t->kind) ||
        (s->next->kind != '=' && s->next->kind != T_STRING)) {
        return false;
    }
    if (s->next->kind == T_STRING && strcmp(s->t->text, "title") != 0 && strcmp(s->t->text, "label") != 0) {
        return false; /* it may be the name of a file */
    }
    if (strcmp(s->t->text, "label") == 0) {
        const char *text =
            slip_source(s, s->found + 1 + (s->next->kind == '='), s->found + 2 + (s->next->kind == '='));
        parse_error(s->p, DIAG_E0101, s->t->span, "the label of a curve is an option of its form");
        parse_help(s->p, "write `%s as lines(label = %s)`", s->last->text ? s->last->text : "A", text);
        slip_drop(s, s->found, s->found + 2 + (s->next->kind == '='));
        return true;
    }
    size_t end = s->found;
    while (!slip_ends_statement(s->p->tokens.data[end].kind) && s->p->tokens.data[end].kind != T_ARROW) {
        end++;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "options of a picture stand behind `with`");
    if (s->next->kind == '=') {
        parse_help(s->p, "write `with %s`", slip_source(s, s->found, end));
        slip_insert(s, T_WITH, "with");
    } else {
        parse_help(s->p, "write `with %s = %s`", s->t->text, slip_source(s, s->found + 1, end));
        slip_drop(s, s->found, end);
    }
    return true;
}

/* `plot NET: A, with title = "x"`, where `with` has been taken for the name of a curve */
static bool comma_before_options(const struct slip *s)
{
    bool here = slip_first(s)->kind == T_PLOT && s->last->kind == T_WITH && s->found >= 2 &&
                slip_back(s, 1)->kind == ',' && token_is_word(s->t->kind);
    if (!here) {
        return false;
    }
    size_t end = s->found;
    while (!slip_ends_statement(s->p->tokens.data[end].kind) && s->p->tokens.data[end].kind != T_ARROW) {
        end++;
    }
    parse_error(s->p, DIAG_E0101, slip_back(s, 1)->span, "no comma stands before `with`");
    parse_help(s->p, "leave it out: `with %s`", slip_source(s, s->found, end));
    parse_fix(s->p, slip_back(s, 1)->span, "");
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 2, 0, NULL);
    return true;
}

/* `plot NET: A, title = "x"` */
static bool option_in_list(const struct slip *s)
{
    bool here = slip_first(s)->kind == T_PLOT && s->t->kind == '=' && s->found >= 2 &&
                slip_back(s, 1)->kind == ',' && slip_expects(s, T_EQUAL) && !slip_stands_before(s, T_WITH);
    if (!here) {
        return false;
    }
    size_t end = s->found;
    while (!slip_ends_statement(s->p->tokens.data[end].kind) && s->p->tokens.data[end].kind != T_ARROW) {
        end++;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "options of a picture stand behind `with`");
    parse_help(s->p, "write `with %s` in place of the comma", slip_source(s, s->found - 1, end));
    slip_repair(s, EDIT_REPLACE, s->found - 2, T_WITH, "with");
    return true;
}

/* `plot { a }, { b }` */
static bool panels_with_comma(const struct slip *s)
{
    if (s->t->kind != ',' || s->last->kind != '}' || s->next->kind != '{' || !slip_expects(s, '{') ||
        !slip_expects(s, T_WITH)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "panels of a picture follow without commas");
    parse_help(s->p, "leave `,` out: `plot { ... } { ... } -> \"a.svg\";`");
    slip_is_sure(s);
    slip_delete(s);
    return true;
}

/* `plot NET A, B`, `plot A, B of NET`, `plot NET.A against time` */
static bool network_of_curves(const struct slip *s)
{
    size_t start = slip_start(s);
    if (slip_first(s)->kind != T_PLOT || !token_is_word(s->t->kind) || !slip_expects(s, ',')) {
        return false;
    }
    if (s->next->text && (strcmp(s->next->text, "time") == 0 || strcmp(s->next->text, "t") == 0)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "courses are drawn over time already");
        parse_help(s->p, "leave `%s` out", slip_source(s, s->found, s->found + 2));
        slip_is_sure(s);
        slip_drop(s, s->found, s->found + 2);
        return true;
    }
    if (s->t->kind == T_OF || s->t->kind == T_FROM || s->t->kind == T_IN) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the network stands before its curves, with a colon");
        parse_help(s->p, "write `plot %s: %s`", s->next->text ? s->next->text : "NET",
                   slip_source(s, start + 1, s->found));
        slip_drop(s, s->found, s->found + 2);
        return true;
    }
    if (s->found == start + 2 && s->t->kind == T_IDENT && token_is_word(s->last->kind) &&
        (s->next->kind == ',' || s->next->kind == ';' || s->next->kind == T_ARROW)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a colon stands between a network and its curves");
        parse_help(s->p, "write `%s: %s`", slip_source(s, start, s->found),
                   slip_source(s, s->found, slip_end(s)));
        slip_insert(s, ':', ":");
        return true;
    }
    return false;
}

/* `->{k, delay 5}`, `by ssa(runs 100)`, `with A 1` */
static bool option_without_equals(const struct slip *s)
{
    int before = s->found >= 2 ? slip_back(s, 1)->kind : 0;
    bool value = token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_STRING;
    bool of_rate = before == ',' && s->last->text && strcmp(s->last->text, "delay") == 0;
    bool of_method = slip_stands_before(s, T_BY) && slip_expects(s, ')') && (before == ',' || before == '(');
    bool of_run = token_is_number(s->t->kind) && token_is_word(s->last->kind) &&
                  (before == T_WITH || (before == ',' && slip_stands_before(s, T_WITH)));
    if (!value || !slip_expects(s, '=') || (!of_rate && !of_method && !of_run)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` is given by `=`", s->last->text);
    parse_help(s->p, "write `%s = %s`", s->last->text, s->t->text);
    slip_insert(s, '=', "=");
    return true;
}

/* `run NET over [1, 2, 3]` */
static bool rows_without_name(const struct slip *s)
{
    bool value = s->t->kind == '[' || token_is_number(s->t->kind);
    if (s->last->kind != T_OVER || !value || slip_first(s)->kind == T_MINIMIZE) {
        return false;
    }
    size_t end = clause_end(s);
    parse_error(s->p, DIAG_E0101, s->t->span, "what a run goes over has a name");
    parse_help(s->p, "write `over q in %s with k = q`, where k is what differs",
               slip_source(s, s->found, end));
    slip_drop(s, s->found - 1, end);
    return true;
}

/* `run NET hold A = 3`, without `with` */
static bool held_without_with(const struct slip *s)
{
    bool held = s->t->kind == T_HOLD || s->t->kind == T_CLAMP;
    if (!held || !slip_expects(s, T_WITH) || slip_first(s)->kind == T_PLOT) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what a run changes or holds stands behind `with`");
    parse_help(s->p, "write `with %s`", slip_source(s, s->found, clause_end(s)));
    slip_is_sure(s);
    slip_insert(s, T_WITH, "with");
    return true;
}

bool slip_of_clause(const struct slip *s)
{
    if (comma_before_options(s) || option_of_picture(s) || option_in_list(s) || panels_with_comma(s) ||
        network_of_curves(s) || option_without_equals(s) || rows_without_name(s) || held_without_with(s)) {
        return true;
    }
    bool here = slip_expects(s, T_UNTIL) && slip_expects(s, T_BY) && slip_expects(s, T_EVERY);
    bool word =
        token_is_word(s->t->kind) || s->t->kind == T_WHERE || s->t->kind == T_WHILE || s->t->kind == T_AT;
    if (!here || !word || s->t == slip_first(s)) {
        return false;
    }
    const char *help = NULL;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        help = strcmp(foreign[i].word, s->t->text) == 0 ? foreign[i].help : help;
    }
    bool given = s->next->kind == '=';
    size_t method = method_before(s);
    const char *rest = slip_source(s, s->found, clause_end(s));
    if (given && method && strcmp(s->t->text, "seed") != 0) {
        parse_error(s->p, DIAG_E0101, s->t->span, "options of a method stand in parentheses");
        parse_help(s->p, "write `by %s(%s)`", s->p->tokens.data[method].text, rest);
    } else if (help) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`%s` is no clause of `%s`", s->t->text,
                    slip_first(s)->text);
        parse_help(s->p, "%s", help);
    } else if (given) {
        parse_error(s->p, DIAG_E0101, s->t->span, "values that a run changes stand behind `with`");
        parse_help(s->p, "write `with %s`", rest);
    } else {
        return false;
    }
    slip_drop(s, s->found, clause_end(s));
    return true;
}
