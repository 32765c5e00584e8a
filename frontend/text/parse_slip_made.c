/* Slips in what is made from a network: other networks, and instances. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool is_word(const struct token *t, const char *const *list)
{
    for (; t->text && *list; list++) {
        if (strcmp(t->text, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether this file declares a network of that name. */
static bool is_network(const struct slip *s, const char *name)
{
    for (const struct token *t = s->p->tokens.data; name && t->kind != T_END; t++) {
        if (t->kind == T_NETWORK && t[1].text && strcmp(t[1].text, name) == 0) {
            return true;
        }
    }
    return false;
}

static size_t closing(const struct slip *s, size_t open)
{
    int depth = 0;
    size_t i = open;
    for (; s->p->tokens.data[i].kind != T_END; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '(' || kind == '[' || kind == '{') - (kind == ')' || kind == ']' || kind == '}');
        if (depth == 0) {
            return i;
        }
    }
    return i;
}

/* The source of from..to without brackets around all of it. */
static const char *without_brackets(const struct slip *s, size_t from, size_t to)
{
    int kind = s->p->tokens.data[from].kind;
    bool around = (kind == '(' || kind == '[' || kind == '{') && closing(s, from) + 1 == to;
    return slip_source(s, from + around, to - around);
}

static bool drop_statement(const struct slip *s)
{
    size_t start = slip_start(s), end = slip_end_of_all(s, start);
    const struct token *tokens = s->p->tokens.data;
    slip_drop(s, start, end + (tokens[end - 1].kind == '}' && tokens[end].kind == ';'));
    return true;
}

/* `network fast = slow with k = 2;` */
static bool variant(const struct slip *s, size_t from)
{
    static const char *const words[] = {"where", "using", "having", "for", "with", "by", "and", NULL};
    int kind = s->t->kind;
    bool mark = kind == ',' || kind == '{' || kind == '[' || is_word(s->t, words);
    if (!mark || !slip_expects(s, '(') || s->found != from + 1) {
        return false;
    }
    size_t group = kind == '{' || kind == '[' ? s->found : s->found + 1;
    size_t end = kind == '{' ? closing(s, group) + 1 : slip_end(s);
    const char *head = slip_source(s, slip_start(s), s->found);
    const char *values = without_brackets(s, group, end);
    if (strchr(values, '=') || strcmp(values, "...") == 0) {
        parse_error(s->p, DIAG_E0101, s->t->span, "the values of a network stand in parentheses");
        parse_help(s->p, "write `%s(%s);`", head, values);
    } else {
        parse_error(s->p, DIAG_E0101, s->t->span, "what passes make of a network begins with `optimize`");
        parse_help(s->p, "write `%s optimize %s by (%s);`", slip_source(s, slip_start(s), from),
                   s->last->text, values);
    }
    return drop_statement(s);
}

/* `network a = new b(k = 2);`, `network a = optimise b by fold;` */
static bool word_before(const struct slip *s, size_t from)
{
    static const char *const words[] = {"new", "copy", "clone", "variant", "network", NULL};
    if (s->found != from + 1 || s->last->kind != T_IDENT || !token_is_word(s->t->kind)) {
        return false;
    }
    static const char *const makers[] = {"optimize", "lower", "import"};
    static const int kinds[] = {T_OPTIMIZE, T_LOWER, T_IMPORT};
    const char *near = diag_nearest(s->last->text, makers, 3);
    for (int i = 0; near && i < 3; i++) {
        if (near == makers[i]) {
            parse_error(s->p, DIAG_E0101, s->last->span, "`%s` is no word of this language", s->last->text);
            parse_help(s->p, "did you mean `%s`?", near);
            parse_fix(s->p, s->last->span, near);
            slip_repair(s, EDIT_REPLACE, from, kinds[i], near);
            return true;
        }
    }
    if (!is_word(s->last, words)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "the network that is copied stands right behind `=`");
    parse_help(s->p, "write `%s %s;`, with its values in parentheses: `%s(k = 2)`",
               slip_source(s, slip_start(s), from), s->t->text, s->t->text);
    return drop_statement(s);
}

/* `network n = optimize a by (fast);`: a word of the language, which no pass is called by */
static bool word_as_pass(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t by = s->found;
    while (by > slip_start(s) && tokens[by].kind != T_BY) {
        by--;
    }
    bool word = token_is_word(s->t->kind) && s->t->kind != T_IDENT && slip_expects(s, T_IDENT);
    if (!word || tokens[by].kind != T_BY || !slip_stands_before(s, T_OPTIMIZE)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "there is no pass '%s'", s->t->text);
    parse_help(s->p, "`crnlc explain passes` lists them, as in `optimize NET by (fold, merge_duplicates)`");
    slip_replace(s, T_IDENT, "fold");
    return true;
}

/* `network n = optimize a by fold, share;` */
static bool passes_without_parentheses(const struct slip *s, size_t from)
{
    const struct token *tokens = s->p->tokens.data;
    size_t by = from;
    while (by < s->found && tokens[by].kind != T_BY) {
        by++;
    }
    bool mark = s->t->kind == ',' || s->t->kind == '[' || s->t->kind == '+' || s->t->kind == T_AND ||
                token_is_word(s->t->kind);
    bool named = by < s->found;
    if (tokens[from].kind != T_OPTIMIZE || !mark || (!named && s->t->kind != '[') ||
        (slip_expects(s, T_IDENT) && s->t->kind != '[')) {
        return false;
    }
    const char *list = "", *head = slip_source(s, slip_start(s), named ? by : s->found);
    for (size_t i = named ? by + 1 : s->found; i < slip_end(s); i++) {
        bool joint = !token_is_word(tokens[i].kind) || strcmp(tokens[i].text, "and") == 0;
        list = joint ? list : arena_printf(s->p->arena, "%s%s%s", list, *list ? ", " : "", tokens[i].text);
    }
    parse_error(s->p, DIAG_E0101, s->t->span,
                s->t->kind == '[' ? "passes stand behind `by` in parentheses"
                                  : "several passes stand in parentheses");
    parse_help(s->p, "write `%s by (%s);`", head, list);
    return drop_statement(s);
}

/* `network a extends b { ... }`, `network a: b { ... }` */
static bool derived(const struct slip *s)
{
    static const char *const words[] = {"extends", "inherits", "from", "of", "is", ":", NULL};
    if (slip_first(s)->kind != T_NETWORK || s->found != slip_start(s) + 2 || !is_word(s->t, words) ||
        !token_is_word(s->next->kind) || s->next[1].kind != '{') {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a network does not inherit from another one");
    parse_help(s->p, "it has it as a part: `network %s { part: %s(); ... }`, which reads part.A",
               s->last->text, s->next->text);
    return drop_statement(s);
}

static bool told_instance(const struct slip *s, const struct token *name, const struct token *type,
                          size_t open)
{
    bool listed = s->p->tokens.data[open].kind == '(';
    if (!listed && !is_network(s, type->text)) {
        return false;
    }
    if (name[1].kind == '[') { /* `cell v[10];` */
        size_t bracket = (size_t)(name + 1 - s->p->tokens.data);
        parse_error(s->p, DIAG_E0101, name->span, "many instances of a network are made by `replicate`");
        parse_help(s->p, "write `replicate %s%s of %s%s;`", name->text,
                   slip_source(s, bracket, closing(s, bracket) + 1), type->text,
                   listed ? slip_source(s, open, closing(s, open) + 1) : "()");
        return drop_statement(s);
    }
    parse_error(s->p, DIAG_E0101, name->span, "an instance of a network has its name before a colon");
    parse_help(s->p, "write `%s: %s%s;`", name->text, type->text,
               listed ? slip_source(s, open, closing(s, open) + 1) : "()");
    return drop_statement(s);
}

/* `copy first(In, Mid);`, `first copy(In, Mid);`, `copy first = copy(In, Mid);` */
static bool type_before_name(const struct slip *s, size_t start)
{
    const struct token *tokens = s->p->tokens.data, *one = &tokens[start], *two = s->t;
    size_t end = slip_end(s), open = s->found + 1;
    while (open < end && tokens[open].kind != '(') {
        open++;
    }
    bool again = tokens[open - 1].kind == T_IDENT && open > s->found + 1; /* the type stands there, too */
    bool swapped = is_network(s, two->text) && !is_network(s, one->text);
    return told_instance(s, swapped ? one : two, swapped ? two : again ? &tokens[open - 1] : one, open);
}

/* `first = copy(In, Mid);`, `copy(In, Mid) first;`, `let first = copy(In, Mid);`, `copy as first;` */
static bool instance(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t start = slip_start(s);
    const struct token *first = &tokens[start];
    if (s->t->place != PLACE_NETWORK || slip_has_arrow(s)) {
        return false;
    }
    if (s->found == start && (s->t->kind == T_LET || s->t->kind == T_NETWORK) &&
        token_is_word(first[1].kind) && first[2].kind == '=' && is_network(s, first[3].text) &&
        first[4].kind == '(') {
        return told_instance(s, first + 1, first + 3, start + 4);
    }
    if (first->kind != T_IDENT || s->found == start) {
        return false;
    }
    if (s->found == start + 1 && s->t->kind == T_IDENT) {
        return type_before_name(s, start);
    }
    if (s->t->kind == T_AS && s->found == start + 1 && token_is_word(s->next->kind)) {
        return told_instance(s, s->next, first, s->found);
    }
    if (first[1].kind == '(' && s->last->kind == ')' && s->t->kind == T_IDENT && is_network(s, first->text)) {
        return told_instance(s, s->t, first, start + 1);
    }
    size_t type = first[1].kind == ':' && first[2].kind == '=' ? 3 : 2; /* first := copy(...) */
    bool given = first[type - 1].kind == '=' && (s->t->kind == ';' || s->found == start + 2);
    return given && is_network(s, first[type].text) &&
           told_instance(s, first, first + type, start + type + 1);
}

/* `first: copy In, Mid;` */
static bool arguments_missing(const struct slip *s)
{
    size_t start = slip_start(s);
    const struct token *tokens = s->p->tokens.data;
    if (s->t->place != PLACE_NETWORK || s->found != start + 3 || tokens[start + 1].kind != ':' ||
        !is_network(s, s->last->text) || s->t->kind != T_IDENT || !slip_expects(s, '(')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the arguments of an instance stand in parentheses");
    parse_help(s->p, "write `%s(%s);`", slip_source(s, start, s->found),
               slip_source(s, s->found, slip_end(s)));
    return drop_statement(s);
}

/* `v: cell[10];`, `replicate cell[10];` */
static bool copies(const struct slip *s)
{
    size_t start = slip_start(s), open = start + 2;
    const struct token *tokens = s->p->tokens.data;
    bool counted = tokens[start + 1].kind == ':' && s->found > start + 3 && tokens[start + 3].kind == '[' &&
                   is_network(s, tokens[start + 2].text);
    bool alone = tokens[start].kind == T_REPLICATE && tokens[open].kind == '[' &&
                 is_network(s, tokens[start + 1].text) && slip_expects(s, T_OF);
    if (s->t->place != PLACE_NETWORK || !(counted || alone)) {
        return false;
    }
    open = counted ? start + 3 : open;
    parse_error(s->p, DIAG_E0101, tokens[open - 1].span,
                counted ? "many instances of a network are made by `replicate`"
                        : "the copies have a name of their own, which stands before `of`");
    parse_help(s->p, "write `replicate %s%s of %s();`", counted ? tokens[start].text : "v",
               slip_source(s, open, closing(s, open) + 1), tokens[open - 1].text);
    return drop_statement(s);
}

/* `cell;` */
static bool network_alone(const struct slip *s)
{
    bool here = s->t->kind == ';' && s->t->place == PLACE_NETWORK && s->found == slip_start(s) + 1 &&
                s->last->kind == T_IDENT && is_network(s, s->last->text);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "an instance of a network has its name before a colon");
    parse_help(s->p, "write `c: %s();`", s->last->text);
    return drop_statement(s);
}

/* `optimize a by fold;`, `lower m to edge;` in an experiment */
static bool made_by_statement(const struct slip *s)
{
    int first = slip_first(s)->kind;
    if ((first != T_LOWER && first != T_OPTIMIZE) || s->found != slip_start(s) + 1 || s->t->kind != T_IDENT ||
        slip_stands_before(s, '=')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span,
                "`%s` makes a network, which is declared outside of experiments", s->last->text);
    parse_help(s->p, "write `network %s_made = %s;` before the experiment, and in it `run %s_made for 10;`",
               s->t->text, slip_source(s, slip_start(s), slip_end(s)), s->t->text);
    return drop_statement(s);
}

/* `te.loada("f.ant")`, `load("f.xml")`, `read "f.xml"` */
static bool reader_elsewhere(const struct slip *s, size_t from)
{
    const struct token *tokens = s->p->tokens.data;
    size_t text = from;
    while (text < slip_end(s) && tokens[text].kind != T_STRING && tokens[text].kind != T_IMPORT) {
        text++;
    }
    if (tokens[text].kind != T_STRING || !strchr(tokens[text].text, '.') ||
        strpbrk(tokens[text].text, " \n;>") || tokens[from].kind == T_LOWER ||
        tokens[from].kind == T_OPTIMIZE) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, tokens[from].span, "a model of another tool is read by `import`");
    parse_help(s->p, "write `%s import \"%s\";`", slip_source(s, slip_start(s), from), tokens[text].text);
    return drop_statement(s);
}

bool slip_of_made(const struct slip *s)
{
    size_t start = slip_start(s);
    if (slip_first(s)->kind == T_NETWORK && s->found >= start + 3 && slip_first(s)[2].kind == '=' &&
        reader_elsewhere(s, start + 3)) {
        return true;
    }
    bool made = slip_first(s)->kind == T_NETWORK && s->found > start + 3 && slip_first(s)[2].kind == '=';
    if (made) {
        bool by_word = slip_first(s)[3].kind != T_IDENT && s->last == &slip_first(s)[3];
        return (!by_word && variant(s, start + 3)) || word_before(s, start + 3) || word_as_pass(s) ||
               passes_without_parentheses(s, start + 3);
    }
    return made_by_statement(s) || copies(s) || network_alone(s) || derived(s) || instance(s) ||
           arguments_missing(s);
}
