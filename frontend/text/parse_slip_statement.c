/* Slips that are recognised by the word with which their statement or declaration begins. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

enum { ANY = -1 };
enum repair { REST, GROUP, FRONT, MARK, LIST, BRACES };

static const struct {
    int head, found, expected;
    enum repair repair;
    const char *message, *help;
} rows[] = {
#define SLIP(head, found, expected, repair, message, help) {T_##head, found, expected, repair, message, help},
#include "frontend/text/statement_slip.def"
};

/* The token that does not fit opens a bracket: index of the token behind the closing bracket. */
static size_t group_end(const struct slip *s)
{
    int depth = 0;
    size_t i = s->found;
    for (; !slip_ends_statement(s->p->tokens.data[i].kind); i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        if (depth <= 0) {
            return i + 1;
        }
    }
    return i;
}

/* `A` of `NET.A`, if the tokens are only that; otherwise `x`. */
static const char *last_name(const struct slip *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        bool is_word = token_is_word(s->p->tokens.data[i].kind);
        if (is_word != ((i - from) % 2 == 0) || (!is_word && s->p->tokens.data[i].kind != '.')) {
            return "x";
        }
    }
    return to > from + 1 && s->p->tokens.data[to - 1].text ? s->p->tokens.data[to - 1].text : "x";
}

/* Index of the bracket behind `network NAME`; 0: the file declares no such network with parameters. */
static size_t parameters_of(const struct slip *s, const char *name)
{
    const struct token *t = s->p->tokens.data;
    for (size_t i = 0; name && t[i].kind != T_END; i++) {
        if (t[i].kind == T_NETWORK && t[i + 1].text && strcmp(t[i + 1].text, name) == 0) {
            return t[i + 2].kind == '(' ? i + 2 : 0;
        }
    }
    return 0;
}

/* One of the items inside of brackets that commas part. */
struct item {
    size_t end;       /* index of what is behind it: a comma, the closing bracket, or no part of a list */
    const char *name; /* the last word before its `=`; NULL: none */
    bool has_value;   /* there is a `=` */
};

static struct item item_at(const struct slip *s, size_t from)
{
    const struct token *t = s->p->tokens.data;
    struct item item = {.end = from};
    int depth = 0;
    for (; t[item.end].kind != T_END && t[item.end].kind != '{'; item.end++) {
        int kind = t[item.end].kind;
        if (depth == 0 && (kind == ',' || kind == ')' || kind == ']')) {
            break;
        }
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        if (depth == 0) {
            item.name = !item.has_value && token_is_word(kind) ? t[item.end].text : item.name;
            item.has_value |= kind == '=';
        }
    }
    return item;
}

/* The names of the parameters in the brackets at `open` that have no value of their own. */
static const char *needed(const struct slip *s, size_t open)
{
    const char *list = "";
    bool more = open > 0;
    for (size_t at = open + 1; more;) {
        struct item p = item_at(s, at);
        if (p.name && !p.has_value) {
            list = arena_printf(s->p->arena, "%s%s%s", list, *list ? ", " : "", p.name);
        }
        more = s->p->tokens.data[p.end].kind == ',';
        at = p.end + 1;
    }
    return list;
}

/* The name of parameter `i` of those in the brackets at `open`, or `k`. */
static const char *parameter_at(const struct slip *s, size_t open, int i)
{
    bool more = open > 0;
    for (size_t at = open + 1; more; i--) {
        struct item p = item_at(s, at);
        if (i == 0) {
            return p.name ? p.name : "k";
        }
        more = s->p->tokens.data[p.end].kind == ',';
        at = p.end + 1;
    }
    return "k";
}

/* The arguments from..to, each with the name of its parameter. */
static const char *named_arguments(const struct slip *s, size_t from, size_t to)
{
    size_t open = parameters_of(s, s->last->text);
    const char *all = "";
    for (int i = 0; from < to; i++) {
        struct item a = item_at(s, from);
        size_t end = a.end < to ? a.end : to;
        const char *name = a.has_value ? "" : arena_printf(s->p->arena, "%s = ", parameter_at(s, open, i));
        all = arena_printf(s->p->arena, "%s%s%s%s", all, i ? ", " : "", name, slip_source(s, from, end));
        from = end + 1;
    }
    return all;
}

/* `run NET(k = 2) for 5` as `run NET with k = 2 for 5`. */
static const char *with_clause(const struct slip *s)
{
    size_t start = slip_start(s), end = slip_end(s), behind = group_end(s), clauses = behind;
    const char *head = slip_source(s, start, s->found);
    if (s->p->tokens.data[behind].kind == T_AS && behind + 2 <= end) {
        clauses += 2;
        head = arena_printf(s->p->arena, "%s %s", head, slip_source(s, behind, clauses));
    }
    bool more = s->p->tokens.data[clauses].kind == T_WITH;
    const char *rest = clauses < end ? slip_source(s, clauses + more, end) : "for 10";
    const char *inside = named_arguments(s, s->found + 1, behind - 1);
    if (behind == s->found + 2) {
        return arena_printf(s->p->arena, "%s %s%s", head, more ? "with " : "", rest);
    }
    return arena_printf(s->p->arena, "%s with %s%s %s", head, inside, more ? "," : "", rest);
}

/* The part of the source that `$name` stands for. */
static const char *part(const struct slip *s, const char *name)
{
    size_t start = slip_start(s), end = slip_end(s), given = s->found;
    while (given > start && s->p->tokens.data[given - 1].kind != T_WITH &&
           s->p->tokens.data[given - 1].kind != ',') {
        given--;
    }
    const struct {
        const char *name;
        size_t from, to;
    } parts[] = {
        {"last", s->found - (s->found > start), s->found},
        {"head", start, s->found},
        {"rest", s->found, end},
        {"value", s->found + 1, end},
        {"source", start + 1, end},
        {"given", given, s->found},
        {"group", s->found, group_end(s)},
        {"inside", s->found + 1, group_end(s) - 1},
        {"front", s->found, end},
    };
    if (strcmp(name, "name") == 0) {
        return last_name(s, start + 1, end);
    }
    if (strcmp(name, "args") == 0) {
        return needed(s, parameters_of(s, s->last->text));
    }
    if (strcmp(name, "quoted") == 0) {
        return s->next->kind == T_STRING ? slip_source(s, s->found + 1, s->found + 2)
                                         : arena_printf(s->p->arena, "\"%s\"", slip_source(s, s->found, end));
    }
    if (strcmp(name, "called") == 0) {
        return with_clause(s);
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(parts[i].name, name) == 0) {
            return slip_source(s, parts[i].from, parts[i].to);
        }
    }
    return "...";
}

static const char *filled_in(const struct slip *s, const char *help)
{
    struct arena *a = s->p->arena;
    const char *text = "";
    for (const char *mark; (mark = strchr(help, '$'));) {
        size_t n = strspn(mark + 1, "abcdefghijklmnopqrstuvwxyz");
        text = arena_printf(a, "%s%.*s%s", text, (int)(mark - help), help,
                            part(s, arena_strndup(a, mark + 1, n)));
        help = mark + 1 + n;
    }
    return arena_printf(a, "%s%s", text, help);
}

/* Index of the first token that can begin a declaration on a line of its own. */
static size_t next_declaration(const struct slip *s)
{
    size_t i = s->found;
    while (s->p->tokens.data[i].kind != T_END && (!(s->p->tokens.data[i].flags & TOKEN_LINE_START) ||
                                                  !statement_form(s->p->tokens.data[i].kind, PLACE_TOP) ||
                                                  statement_form(s->p->tokens.data[i].kind, PLACE_NETWORK))) {
        i++;
    }
    return i;
}

static void leave_out(const struct slip *s, enum repair repair)
{
    size_t start = slip_start(s);
    if (repair == GROUP) {
        slip_drop(s, s->found, group_end(s));
    } else if (repair == FRONT) {
        slip_drop(s, s->found, slip_end(s));
    } else if (repair == MARK && slip_expects(s, '{') && s->next->kind != '{') {
        slip_drop(s, start, next_declaration(s)); /* a body without braces */
    } else if (repair == MARK) {
        slip_repair(s, EDIT_DELETE, s->found, 0, NULL);
    } else if (repair == LIST) {
        slip_repair(s, EDIT_INSERT, s->found, '(', "(");
    } else if (slip_first(s)->kind == T_MODEL && s->t->kind == '(') {
        slip_drop(s, start, next_declaration(s)); /* a body without braces */
    } else if (repair == BRACES) {
        size_t end = s->found;
        while (s->p->tokens.data[end].kind != ';' && s->p->tokens.data[end].kind != T_END) {
            end++;
        }
        slip_drop(s, start, end + (s->p->tokens.data[end].kind == ';'));
    } else {
        size_t end = slip_end_of_all(s, start);
        bool block = s->p->tokens.data[end - 1].kind == '}' && s->p->tokens.data[end].kind == ';';
        slip_drop(s, start, end + block);
    }
}

/* Whether the token `expected` could stand here as itself. Right behind the head of a statement, or where
 * any token was found, it does not count where a name may stand, since every word could be meant as a
 * name. */
static bool fits(const struct slip *s, int expected, int found)
{
    bool as_name = expected != T_IDENT && token_is_word(expected) && slip_expects(s, T_IDENT) &&
                   (found == ANY || s->found == slip_start(s) + 1);
    return slip_expects(s, expected) && !as_name;
}

static bool slip_of_table(const struct slip *s)
{
    int head = slip_first(s)->kind;
    if (head == T_RECORD && s->t->place == PLACE_NETWORK) {
        parse_error(s->p, DIAG_E0101, slip_first(s)->span,
                    "`record` is a statement of experiments, and this is a network");
        parse_help(s->p,
                   "what a run keeps is an `output y = %s;`, or `run NET for 10 every 1 -> \"file.csv\";`",
                   slip_source(s, slip_start(s) + 1, slip_end(s)));
        slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
        return true;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].head == head && (rows[i].found == ANY || rows[i].found == s->t->kind) &&
            slip_first(s) != s->t && fits(s, rows[i].expected, rows[i].found)) {
            parse_error(s->p, DIAG_E0101, s->t->span, "%s", rows[i].message);
            parse_help(s->p, "%s", filled_in(s, rows[i].help));
            leave_out(s, rows[i].repair);
            return true;
        }
    }
    return false;
}

/* An error that follows from a bracket that a repair inserted or changed, which has been reported. */
static bool bracket_of_repair(const struct slip *s)
{
    bool list = s->last->kind == '(' && (s->last->flags & TOKEN_MADE_UP) && slip_expects(s, ')');
    if (list) {
        slip_repair(s, EDIT_INSERT, s->found, ')', ")");
        return true;
    }
    int depth = 0;
    bool closes = s->t->kind == ')' || s->t->kind == '}';
    for (size_t i = s->found; closes && slip_expects(s, ']') && i > slip_start(s); i--) {
        const struct token *t = &s->p->tokens.data[i - 1];
        depth += (t->kind == ')' || t->kind == ']') - (t->kind == '(' || t->kind == '[');
        if (depth < 0 && (t->flags & TOKEN_MADE_UP)) {
            slip_repair(s, EDIT_REPLACE, s->found, ']', "]");
            return true;
        }
    }
    return false;
}

/* `species X(3)`, `relu(4, 8, 3)`, `species A(t)` */
static bool round_brackets(const struct slip *s)
{
    if (s->t->kind != '(' || slip_expects(s, '(') || !slip_expects(s, '[') || slip_expects(s, '*') ||
        slip_expects(s, T_ADD_SET) || slip_expects(s, T_VIA) || slip_first(s)->kind == T_RUN ||
        slip_first(s)->kind == T_CONTINUE || !token_is_word(s->last->kind)) {
        return false;
    }
    size_t end = group_end(s);
    if (s->next->kind == T_ZERO && s->t->place == PLACE_NETWORK) { /* an amount at t = 0 */
        return false;
    }
    bool time = end == s->found + 3 && s->next->text &&
                (strcmp(s->next->text, "t") == 0 || strcmp(s->next->text, "time") == 0);
    if (time || end == s->found + 2) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`%s` stands without parentheses", s->last->text);
        parse_help(s->p, "leave `%s` out; an array is written `%s[3]`", slip_source(s, s->found, end),
                   s->last->text);
        slip_is_sure(s);
        slip_drop(s, s->found, end);
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "how many there are stands in square brackets");
    const char *inside = slip_source(s, s->found + 1, end - 1);
    bool amount = slip_first(s)->kind == T_SPECIES && token_is_number(s->next->kind) &&
                  s->p->tokens.data[end].kind != '=';
    parse_help(s->p, amount ? "an initial amount is `%s = %s`, an array `%s[%s]`" : "write `%s%s%s[%s]`",
               amount ? s->last->text : "", amount ? inside : "", s->last->text, inside);
    slip_is_sure(s);
    if (amount) {
        slip_drop(s, s->found, end);
        return true;
    }
    slip_replace(s, '[', "[");
    s->p->edit.token.flags |= TOKEN_MADE_UP;
    return true;
}

/* `species A[0..3]`, `species A[1:3]` */
static bool declared_range(const struct slip *s)
{
    int head = slip_first(s)->kind;
    bool declares = head == T_SPECIES || head == T_DUAL || head == T_BULK || head == T_PARAM ||
                    head == T_INPUT || head == T_STATE || head == T_VISIBLE || head == T_HIDDEN ||
                    head == T_REPLICATE || head == T_CONST;
    bool mark = s->t->kind == T_DOTS || s->t->kind == ':';
    int before = s->found >= 4 ? slip_back(s, 3)->kind : 0; /* of the name: `=` in `const y = x[0:2]` */
    bool begins = before == head || before == ',' || before == T_SPECIES || before == T_BULK;
    if (!declares || !mark || !begins || slip_back(s, 1)->kind != '[' || slip_expects(s, s->t->kind) ||
        !slip_expects(s, ']')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "an array is declared with its length");
    parse_help(s->p, "write `%s[%s]`: its elements are %s[0], %s[1], ...", slip_back(s, 2)->text,
               s->next->text ? s->next->text : "3", slip_back(s, 2)->text, slip_back(s, 2)->text);
    slip_drop(s, s->found - 1, s->found + 1);
    return true;
}

/* `species Y[2][3];` */
static bool second_brackets(const struct slip *s)
{
    if (s->t->kind != '[' || s->last->kind != ']' || slip_expects(s, '[') ||
        s->t->place == PLACE_EXPERIMENT) {
        return false;
    }
    size_t open = slip_opener(s, s->found - 1), close = group_end(s);
    if (open == 0 || !token_is_word(s->p->tokens.data[open - 1].kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "all sizes of an array stand in one pair of brackets");
    parse_help(s->p, "write `%s[%s, %s]`", s->p->tokens.data[open - 1].text,
               slip_source(s, open + 1, s->found - 1), slip_source(s, s->found + 1, close - 1));
    slip_drop(s, s->found, close);
    return true;
}

/* `let x = 3, let y = 4;`, `visible v, hidden h;` */
static bool statement_in_list(const struct slip *s)
{
    if (s->last->kind == ',' && s->t->kind == slip_first(s)->kind && !slip_expects(s, s->t->kind)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "one `%s` declares several", s->t->text);
        parse_help(s->p, "leave this `%s` out", s->t->text);
        slip_is_sure(s);
        slip_delete(s);
        return true;
    }
    if (s->found < 2 || slip_back(s, 1)->kind != ',' || !token_is_word(s->t->kind) || !slip_expects(s, ';') ||
        !statement_form(s->last->kind, s->last->place)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, slip_back(s, 1)->span, "a statement ends with `;`");
    parse_help(s->p, "write `; %s %s`", s->last->text, s->t->text);
    parse_fix(s->p, slip_back(s, 1)->span, ";");
    slip_is_sure(s);
    slip_repair(s, EDIT_REPLACE, s->found - 2, ';', ";");
    return true;
}

/* `float k = 1`, `const int n = 3` */
static bool declared_type(const struct slip *s)
{
    static const char *const types[] = {"int", "float", "double", "real", "bool", "string", "str", "auto"};
    size_t i = 0;
    while (i < sizeof types / sizeof *types && (!s->last->text || strcmp(types[i], s->last->text) != 0)) {
        i++;
    }
    if (i == sizeof types / sizeof *types || s->last->kind != T_IDENT || s->t->kind != T_IDENT) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->last->span, "values have no declared types");
    parse_help(s->p, "leave `%s` out: what `%s` holds is seen from its value", s->last->text, s->t->text);
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

/* `relu m[4, 8, 3] { ... }`: the kind of a model in place of `model m =`. */
static bool kind_as_word(const struct slip *s)
{
    static const char *const kinds[] = {
#define NEURAL_KIND(name) #name,
#include "runtime/crnl_neural.def"
    };
    size_t end = slip_end(s), behind = s->found + 2;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i], s->t->text) == 0 && s->next->kind == T_IDENT) {
            parse_error(s->p, DIAG_E0101, s->t->span, "a neural model is declared by `model`");
            bool sizes = strcmp(kinds[i], "relu") == 0 && end > behind;
            parse_help(s->p, "write `model %s = %s%s%s`", s->next->text, kinds[i],
                       sizes ? slip_source(s, behind, end) : "",
                       s->p->tokens.data[end].kind == ';' && sizes ? ";" : " { ... }");
            return true;
        }
    }
    return false;
}

/* `k = 3;`, `f(x) = x^2;`, `main { ... }` outside of all declarations */
static bool declaration_without_word(const struct slip *s)
{
    bool top = slip_expects(s, T_USE) && slip_expects(s, T_EXPERIMENT) && !slip_expects(s, T_WHERE);
    size_t end = slip_end(s);
    if (!top || s->t->kind != T_IDENT) {
        return false;
    }
    if (kind_as_word(s)) {
        /* said */
    } else if (s->next->kind == '=') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a declaration begins with what is declared");
        parse_help(s->p, "write `param %s;`, or `const` for what is known when compiling",
                   slip_source(s, s->found, end));
    } else if (s->next->kind == '(' && s->p->tokens.data[end].kind == ';') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a declaration begins with what is declared");
        parse_help(s->p, "write `fn %s;`; what is done stands in `experiment main { ... }`",
                   slip_source(s, s->found, end));
    } else if (s->next->kind == '{') {
        parse_error(s->p, DIAG_E0101, s->t->span, "a declaration begins with what is declared");
        parse_help(s->p, "write `experiment %s { ... }` or `network %s { ... }`", s->t->text, s->t->text);
    } else {
        return false;
    }
    slip_drop(s, s->found, slip_end_of_all(s, s->found));
    return true;
}

/* `v -- h = 1;` in a model */
static bool edge_alone(const struct slip *s)
{
    const struct token *first = slip_first(s);
    if (s->t->kind != T_EDGE || first->place != PLACE_MODEL || first->kind == T_CONNECT) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, first->span, "units are joined by `connect`");
    parse_help(s->p, "write `connect %s;`", slip_source(s, slip_start(s), slip_end(s)));
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* Index of the token that ends the statement that begins at `i`. */
static size_t next_end(const struct slip *s, size_t i)
{
    struct slip next = *s;
    next.found = i;
    return slip_end(&next);
}

/* Whether the statement from..to, which ends with `;`, is a name alone or a name with a value. */
static bool is_declared_part(const struct slip *s, size_t from, size_t to)
{
    const struct token *t = &s->p->tokens.data[from];
    size_t behind = from + 1;
    while (t[1].kind == '[' && behind < to && s->p->tokens.data[behind].kind != ']') {
        behind++;
    }
    behind += t[1].kind == '[';
    return token_is_word(t->kind) && !statement_form(t->kind, t->place) &&
           (behind == to || s->p->tokens.data[behind].kind == '=');
}

/* `species S = 50; E = 5; ES; P;`: a name alone shows that the statements before it go on with the list. */
static bool list_by_semicolons(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    size_t start = slip_start(s), from = start, end = s->found;
    if (s->t->kind != ';' || s->t->place != PLACE_NETWORK || !is_declared_part(s, start, s->found)) {
        return false;
    }
    while (from > 0 && tokens[from - 1].kind == ';' && is_declared_part(s, from, end)) {
        struct slip before = *s;
        end = before.found = from - 1;
        from = slip_start(&before);
    }
    int head = tokens[from].kind;
    bool lists = head == T_SPECIES || head == T_DUAL || head == T_BULK || head == T_INPUT ||
                 head == T_OUTPUT || head == T_PARAM || head == T_CONST;
    if (!lists || from == start) {
        return false;
    }
    bool told = false;
    const char *list = slip_source(s, from, end);
    for (size_t i = from; i < end; i++) {
        told |= tokens[i].kind == ',' && (tokens[i].flags & TOKEN_MADE_UP);
    }
    for (size_t i = end + 1; tokens[i].kind != ';' && is_declared_part(s, i, next_end(s, i));) {
        size_t part = next_end(s, i);
        list = arena_printf(s->p->arena, "%s, %s", list, slip_source(s, i, part));
        i = part + (tokens[part].kind == ';');
    }
    if (!told) {
        parse_error(s->p, DIAG_E0101, tokens[end].span, "what one `%s` declares is separated by commas",
                    tokens[from].text);
        parse_help(s->p, "write `%s;`", list);
        slip_is_sure(s);
    }
    slip_repair(s, EDIT_REPLACE, end, ',', ",");
    s->p->edit.token.flags |= TOKEN_MADE_UP;
    return true;
}

/* `units: amount = nM;`, `species: A, B;` */
static bool colon_behind_word(const struct slip *s)
{
    const struct token *first = slip_first(s);
    bool here = first[1].kind == ':' && s->found > slip_start(s) && first->place == PLACE_NETWORK &&
                statement_form(first->kind, PLACE_NETWORK) && !slip_has_arrow(s);
    if (!here) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, first[1].span, "no colon stands behind `%s`", first->text);
    parse_help(s->p, "leave it out: `%s %s;`", first->text, slip_source(s, slip_start(s) + 2, slip_end(s)));
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, slip_start(s) + 1, 0, NULL);
    return true;
}

/* `output;`: this word could also be a name. */
static bool word_alone(const struct slip *s)
{
    const char *form = statement_form(s->last->kind, s->last->place);
    if (s->t->kind != ';' || s->last != slip_first(s) || !form || slip_expects(s, ';')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` stands here without anything", s->last->text);
    parse_help(s->p, "as in `%s`", form);
    slip_drop(s, slip_start(s), s->found + 1);
    return true;
}

bool slip_of_statement(const struct slip *s)
{
    return bracket_of_repair(s) || word_alone(s) || colon_behind_word(s) || list_by_semicolons(s) ||
           statement_in_list(s) || declared_type(s) || edge_alone(s) || declared_range(s) ||
           second_brackets(s) || declaration_without_word(s) || slip_of_table(s) || round_brackets(s);
}
