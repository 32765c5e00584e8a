/* Habits of other languages, which a few tokens show. The messages say what is written here instead. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool is_word(const struct token *t, const char *word)
{
    return t->text && strcmp(t->text, word) == 0;
}

/* Reports, and leaves the statement out, because nobody can say what was meant. */
static bool told(const struct slip *s, struct span at, const char *message, const char *help)
{
    parse_error(s->p, DIAG_E0101, at, "%s", message);
    parse_help(s->p, "%s", help);
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `(k, j), A <-> B;` */
static bool rates_before(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t start = slip_start(s), close = s->found;
    if (s->t->place != PLACE_NETWORK || tokens[start].kind != '(' || s->t->kind != ',' ||
        !slip_has_arrow(s)) {
        return false;
    }
    while (tokens[close].kind != ')' && !slip_ends_statement(tokens[close].kind)) {
        close++;
    }
    if (tokens[close + 1].kind != ',') {
        return false;
    }
    const char *help = arena_printf(s->p->arena, "write `A <->{%s} B`", slip_source(s, start + 1, close));
    return told(s, tokens[start].span, "rates stand in braces right after the arrow", help);
}

/* `sqrt.(x)`, `x .* y` */
static bool operator_with_point(const struct slip *s)
{
    bool mark = s->t->kind == '*' || s->t->kind == '/' || s->t->kind == '^' || s->t->kind == '(' ||
                s->t->kind == '+' || s->t->kind == '-';
    if (!mark || s->last->kind != '.' || s->found < 2 || slip_first(s)->kind == T_USE) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span,
                "operators and functions work on each element without a point");
    parse_help(s->p, "leave the point out: `%s%s%s`", slip_back(s, 1)->text ? slip_back(s, 1)->text : "x",
               s->t->kind == '(' ? "" : " ", slip_source(s, s->found, s->found + 1));
    parse_fix(s->p, s->last->span, "");
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

/* `"I is {}"` */
static bool empty_hole(const struct slip *s)
{
    if (s->last->kind != T_STRING_HEAD || (s->t->kind != T_STRING_TAIL && s->t->kind != T_STRING_MIDDLE)) {
        return false;
    }
    return told(s, s->t->span, "a value stands in the braces of a text", "as in `\"x is {x:.2f}\"`");
}

/* A token that fits nowhere, and that the lexer has reported: "{x.2f}", `[0.1, 0.2, ..., 1]`. */
static bool broken_token(const struct slip *s)
{
    bool form = s->t->kind == T_REAL, list = s->t->kind == T_DOTS;
    if (!(s->t->flags & TOKEN_BROKEN) || !(form || list)) {
        return false;
    }
    bool more = form ? s->next->kind == T_IDENT || s->next->kind == T_UNIT_WORD : s->next->kind == ',';
    slip_drop(s, s->found, s->found + 1 + more);
    return true;
}

/* `if 3 in x`, `x'` */
static bool operator_of_others(const struct slip *s)
{
    int first = slip_first(s)->kind;
    bool condition =
        first == T_IF || first == T_WHILE || first == T_ASSERT || first == T_LET || first == T_PRINT;
    if (s->t->kind == T_IN && slip_expects(s, T_AND) && condition) {
        return told(s, s->t->span, "there is no operator `in` for conditions",
                    "whether x has an element 3 is `fraction(i in 0..size(x) : x[i] == 3) > 0`");
    }
    if (s->t->kind == '\'' && slip_expects(s, '*') && s->t->place == PLACE_EXPERIMENT) {
        return told(
            s, s->t->span, "arrays have no transpose by `'`, and texts stand in double quotes",
            "a sum of products is `dot(x, y)`, elements in another order are `[i in 0..3 : x[i, 0]]`");
    }
    return false;
}

/* `total := A + B;` in a network */
static bool assignment_rule(const struct slip *s)
{
    if (s->t->kind != '=' || s->last->kind != ':' || s->found != slip_start(s) + 2 ||
        s->t->place != PLACE_NETWORK) {
        return false;
    }
    const char *help = arena_printf(s->p->arena, "write `output %s = %s;`", slip_first(s)->text,
                                    slip_source(s, s->found + 1, slip_end(s)));
    return told(s, s->t->span, "a formula of amounts has a name behind `output`", help);
}

/* `A(b) + B(a) -> A(b!1).B(a!1)` */
static bool sites(const struct slip *s)
{
    bool mark = s->t->kind == '+' || token_is_arrow(s->t->kind);
    if (!mark || s->last->kind != ')' || s->t->place != PLACE_NETWORK || slip_first(s)[1].kind != '(') {
        return false;
    }
    return told(s, slip_first(s)->span, "species have no sites, and stand without parentheses",
                "what is bound is a species of its own: `A + B ->{k} AB;`");
}

/* `Na+ + Cl- -> NaCl` */
static bool charge(const struct slip *s)
{
    bool here = s->t->place == PLACE_NETWORK && slip_has_arrow(s) &&
                (s->t->kind == '+' || token_is_arrow(s->t->kind));
    bool sign = s->last->kind == '+' || s->last->kind == '-';
    if (!here || !sign || s->found < 2 || slip_back(s, 1)->kind != T_IDENT ||
        (s->last->flags & TOKEN_BLANK_BEFORE)) {
        return false;
    }
    const char *name = slip_back(s, 1)->text;
    const char *help =
        arena_printf(s->p->arena, "write `%s_%s`, as it is declared: `species %s_%s;`", name,
                     s->last->kind == '+' ? "plus" : "minus", name, s->last->kind == '+' ? "plus" : "minus");
    return told(s, s->last->span, "a charge is no part of a name", help);
}

/* `c = new cell();`, `cell() as c;` */
static bool instance_of_others(const struct slip *s)
{
    if (s->t->place != PLACE_NETWORK) {
        return false;
    }
    const struct token *first = slip_first(s);
    if (is_word(s->last, "new") && s->t->kind == T_IDENT) {
        const char *help =
            arena_printf(s->p->arena, "write `%s: %s;`", first->text, slip_source(s, s->found, slip_end(s)));
        return told(s, s->last->span, "an instance of a network has its name before a colon", help);
    }
    if (s->t->kind == T_AS && s->last->kind == ')') {
        const char *help = arena_printf(s->p->arena, "write `%s: %s;`", s->next->text ? s->next->text : "m",
                                        slip_source(s, slip_start(s), s->found));
        return told(s, s->t->span, "an instance of a network has its name before a colon", help);
    }
    return false;
}

/* Whether a word says of what stands behind it that it catalyses: `catalyzed by C`, `with C`. */
static bool names_catalyst(const struct token *t)
{
    static const char *const words[] = {"catalyzed", "catalysed", "catalyst", "cat", "using", "enzyme"};
    bool is = t->kind == T_WITH || t->kind == T_BY;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        is |= is_word(t, words[i]);
    }
    return is;
}

/* `A -> B catalyzed by C;` */
static bool catalyst_of_others(const struct slip *s)
{
    if (!names_catalyst(s->t) || !slip_expects(s, T_VIA) || !slip_has_arrow(s)) {
        return false;
    }
    size_t from = s->found + 1, end = slip_end(s);
    from += s->p->tokens.data[from].kind == T_BY || s->p->tokens.data[from].kind == '=' ||
            s->p->tokens.data[from].kind == ':';
    const char *help = arena_printf(s->p->arena, "write `%s via %s;`",
                                    slip_source(s, slip_start(s), s->found), slip_source(s, from, end));
    return told(s, s->t->span, "what catalyses a reaction stands behind `via`", help);
}

/* The index behind a sum of species that begins at token i: `E`, `E + 2 F[0]`. */
static size_t behind_catalysts(const struct slip *s, size_t i)
{
    const struct token *t = s->p->tokens.data;
    bool goes_on = true;
    while (goes_on && (token_is_word(t[i].kind) || token_is_number(t[i].kind))) {
        i += token_is_number(t[i].kind) && token_is_word(t[i + 1].kind);
        i++;
        while (t[i].kind == '[' || (t[i].kind == '.' && token_is_word(t[i + 1].kind))) {
            bool index = t[i].kind == '[';
            while (index && t[i].kind != ']' && !slip_ends_statement(t[i].kind)) {
                i++;
            }
            i += index ? t[i].kind == ']' : 2;
            if (slip_ends_statement(t[i].kind)) {
                return i;
            }
        }
        goes_on = t[i].kind == '+';
        i += goes_on;
    }
    return i;
}

/* `A via E ->{k} B;`, `via E: A -> B;`, `A -> via E B;`, `A catalyzed by E -> B;` */
static bool catalyst_too_early(const struct slip *s)
{
    const struct token *t = s->p->tokens.data;
    bool via = s->t->kind == T_VIA, reacts = slip_has_arrow(s);
    if (s->t->place != PLACE_NETWORK || !reacts || slip_expects(s, T_VIA) ||
        (!via && !slip_expects(s, T_LAW)) || (!via && !names_catalyst(s->t))) {
        return false;
    }
    size_t start = slip_start(s), end = slip_end(s), from = s->found + 1 + (t[s->found + 1].kind == T_BY);
    size_t behind = behind_catalysts(s, from),
           rest = behind + (t[behind].kind == ':' || t[behind].kind == ',');
    bool more = false; /* `via` stands behind the products, too */
    for (size_t i = rest; i < end; i++) {
        more |= t[i].kind == T_VIA;
    }
    if (behind == from || rest >= end) {
        return false;
    }
    const char *front = start < s->found ? slip_source(s, start, s->found) : "";
    const char *help =
        arena_printf(s->p->arena, "write `%s%s%s%s%s;`", front, *front ? " " : "", slip_source(s, rest, end),
                     more ? " + " : " via ", slip_source(s, from, behind));
    return told(s, s->t->span, "catalysts stand behind the products", help);
}

/* `A \to B`, `A \rightarrow B`: the backslash was reported. */
static bool arrow_of_latex(const struct slip *s)
{
    static const char *const words[] = {
        "to", "rightarrow", "longrightarrow", "rightleftharpoons", "leftrightarrow", "xrightarrow", "ce"};
    bool behind = s->t->span.lo > 0 && s->p->text[s->t->span.lo - 1] == '\\';
    for (size_t i = 0; behind && i < sizeof words / sizeof *words; i++) {
        if (is_word(s->t, words[i])) {
            slip_repair(s, EDIT_REPLACE, s->found, i == 3 || i == 4 ? T_REVERSIBLE : T_ARROW, "->");
            return true;
        }
    }
    return false;
}

/* `simulate({method => "ssa"})` */
static bool call_of_run(const struct slip *s)
{
    static const char *const words[] = {"simulate", "simulate_ode", "simulate_ssa",
                                        "solve",    "odeint",       "solve_ivp"};
    if (s->t->kind != '{' || s->last->kind != '(' || s->found != slip_start(s) + 2) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(slip_first(s), words[i])) {
            size_t end = s->found;
            while (s->p->tokens.data[end].kind != ';' && s->p->tokens.data[end].kind != T_END) {
                end++;
            }
            parse_error(s->p, DIAG_E0101, slip_first(s)->span, "a network is run by a statement");
            parse_help(s->p, "as in `run NET for 100 every 1 by ssa(runs = 10) -> \"file.csv\";`");
            slip_drop(s, slip_start(s), end + (s->p->tokens.data[end].kind == ';'));
            return true;
        }
    }
    return false;
}

/* `(int) x` */
static bool cast(const struct slip *s)
{
    static const char *const types[] = {"int", "float", "double", "long", "bool"};
    bool word = token_is_word(s->t->kind) || token_is_number(s->t->kind);
    bool closed = word && s->last->kind == ')' && s->found >= 3 && slip_back(s, 2)->kind == '(';
    for (size_t i = 0; closed && i < sizeof types / sizeof *types; i++) {
        if (is_word(slip_back(s, 1), types[i])) {
            parse_error(s->p, DIAG_E0101, slip_back(s, 1)->span, "values have no declared types");
            parse_help(s->p, "leave `(%s)` out; floor(x) is the greatest whole number up to x", types[i]);
            slip_drop(s, s->found - 3, s->found);
            return true;
        }
    }
    return false;
}

/* `% a comment` */
static bool comment_of_others(const struct slip *s)
{
    if (s->t->kind != '%' || !(s->t->flags & TOKEN_LINE_START)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a comment begins with `//`");
    parse_help(s->p, "write `// %s`", s->next->text ? s->next->text : "...");
    size_t end = s->found + 1;
    while (s->p->tokens.data[end].kind != T_END && !(s->p->tokens.data[end].flags & TOKEN_LINE_START)) {
        end++;
    }
    slip_drop(s, s->found, end);
    return true;
}

bool slip_of_habit(const struct slip *s)
{
    return broken_token(s) || rates_before(s) || operator_with_point(s) || empty_hole(s) ||
           operator_of_others(s) || assignment_rule(s) || sites(s) || charge(s) || instance_of_others(s) ||
           catalyst_of_others(s) || catalyst_too_early(s) || arrow_of_latex(s) || call_of_run(s) || cast(s) ||
           comment_of_others(s);
}
