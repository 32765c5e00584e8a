/* Slips in what is run, and for how long: `run for 10`, `run a, b for 10`, `continue NET to 20`. */
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"
#include "runtime/crnl_method.h"
#include "runtime/crnl_word.h"

static bool begins_clause(int kind)
{
    return kind == T_WITH || kind == T_AFTER || kind == T_FOR || kind == T_UNTIL || kind == T_TO ||
           kind == T_EVERY || kind == T_BY || kind == T_OVER || kind == T_ARROW;
}

static bool runs(const struct slip *s)
{
    return slip_first(s)->kind == T_RUN || slip_first(s)->kind == T_CONTINUE;
}

/* Index of the token that ends the clause around the token. */
static size_t clause_end(const struct slip *s)
{
    size_t end = s->found;
    while (!slip_ends_statement(s->p->tokens.data[end].kind) && !begins_clause(s->p->tokens.data[end].kind)) {
        end++;
    }
    return end;
}

/* The network of a file that declares only one, otherwise a word for any. */
static const char *some_network(const struct slip *s)
{
    const char *name = NULL;
    for (const struct token *t = s->p->tokens.data; t->kind != T_END; t++) {
        bool declares = t->kind == T_NETWORK && token_is_word(t[1].kind);
        if (declares && name) {
            return "NET";
        }
        name = declares ? t[1].text : name;
    }
    return name ? name : "NET";
}

static bool without_statement(const struct slip *s)
{
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* `run for 10;`, `continue for 10;`, `continue 10;` */
static bool missing_network(const struct slip *s)
{
    bool clause = begins_clause(s->t->kind) &&
                  (token_is_number(s->next->kind) || token_is_word(s->next->kind)) &&
                  !begins_clause(s->next->kind);
    bool number = token_is_number(s->t->kind) && slip_first(s)->kind == T_CONTINUE;
    if (!runs(s) || s->found != slip_start(s) + 1 || !(clause || number)) {
        return false;
    }
    const char *head = slip_first(s)->text;
    parse_error(s->p, DIAG_E0101, s->t->span, "the network stands behind `%s`", head);
    parse_help(s->p, "write `%s %s %s%s;`", head, some_network(s), number ? "for " : "",
               slip_source(s, s->found, slip_end(s)));
    return without_statement(s);
}

/* `run a, b for 10;` */
static bool two_networks(const struct slip *s)
{
    bool list = s->t->kind == ',' && s->found == slip_start(s) + 2 && token_is_word(s->next->kind) &&
                !begins_clause(s->next->kind) && s->next[1].kind != '=';
    if (!runs(s) || !list) {
        return false;
    }
    const char *head = slip_first(s)->text;
    const char *clauses = slip_source(s, s->found + 2, slip_end(s));
    bool more = s->next[1].kind == ',';
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` takes one network", head);
    parse_help(s->p, "write a statement for each: `%s %s %s; %s %s %s;`", head, s->last->text,
               more ? "..." : clauses, head, s->next->text, more ? "..." : clauses);
    return without_statement(s);
}

/* `run NET for 10 every 1, 2, 5;` */
static bool several_steps(const struct slip *s)
{
    bool list = s->t->kind == ',' && s->found >= 2 && slip_back(s, 1)->kind == T_EVERY &&
                token_is_number(s->last->kind) && token_is_number(s->next->kind);
    if (!runs(s) || !list) {
        return false;
    }
    size_t end = clause_end(s);
    parse_error(s->p, DIAG_E0101, s->t->span, "`every` takes one step, and keeps rows at equal distances");
    parse_help(s->p, "values at some times are read behind the run: `trajectory(%s.A, at = [%s])`",
               slip_first(s)[1].text ? slip_first(s)[1].text : "NET", slip_source(s, s->found - 1, end));
    slip_drop(s, s->found, end);
    return true;
}

/* `continue NET to 20;` */
static bool end_of_continue(const struct slip *s)
{
    if (slip_first(s)->kind != T_CONTINUE || s->last->kind != T_TO || !slip_expects(s, T_STEADY) ||
        !token_is_number(s->t->kind)) {
        return false;
    }
    const char *name = slip_first(s)[1].text ? slip_first(s)[1].text : "NET";
    parse_error(s->p, DIAG_E0101, s->last->span, "`continue` says how long a run goes on, not until when");
    parse_help(s->p, "up to time %s it is `continue %s for %s - %s.time;`", s->t->text, name, s->t->text,
               name);
    slip_repair(s, EDIT_REPLACE, s->found - 1, T_FOR, "for");
    return true;
}

/* The method that a word means here or elsewhere, as it stands behind `by`; NULL: none. */
static const char *method_of(const struct slip *s, const char *word)
{
    const struct crnl_method_word *other = word ? crnl_method_word_find(word) : NULL;
    const char *meant = other ? other->method : word;
    for (int i = 0; meant && i < CRNL_METHOD_COUNT; i++) {
        if (strcmp(crnl_method_info[i].family, meant) == 0) {
            return meant;
        }
        if (strcmp(crnl_method_info[i].name, meant) == 0) {
            return arena_printf(s->p->arena, "%s(solver = %s)", crnl_method_info[i].family, meant);
        }
    }
    return NULL;
}

/* `run NET for 10 ssa;` */
static bool method_without_by(const struct slip *s)
{
    if (!runs(s) || s->t->kind != T_IDENT || !slip_expects(s, T_BY) || s->found < slip_start(s) + 2) {
        return false;
    }
    const char *meant = method_of(s, s->t->text);
    if (!meant) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the method stands behind `by`");
    if (meant != s->t->text) {
        parse_help(s->p, "write `by %s`", meant);
        return without_statement(s);
    }
    parse_help(s->p, "write `by %s`", slip_source(s, s->found, clause_end(s)));
    slip_insert(s, T_BY, "by");
    return true;
}

/* Index of the token behind the method at i and its options in parentheses. */
static size_t method_end(const struct slip *s, size_t i)
{
    size_t end = clause_end(s), depth = 0;
    for (i++; i < end; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += kind == '(';
        if (depth == 0 || (kind == ')' && --depth == 0)) {
            return i + (kind == ')');
        }
    }
    return end;
}

/* `run NET for 10 with ssa;`, `run NET with k = 2, ode(rtol = 1e-9) for 10;` */
static bool method_behind_with(const struct slip *s)
{
    size_t with = s->found, method = s->found - 1;
    while (with > slip_start(s) && s->p->tokens.data[with].kind != T_WITH) {
        with--;
    }
    if (!runs(s) || with == slip_start(s) || with >= method) {
        return false;
    }
    const char *meant = token_is_word(s->last->kind) ? method_of(s, s->last->text) : NULL;
    int before = s->p->tokens.data[method - 1].kind;
    if (!meant || s->t->kind == '=' || (before != T_WITH && before != ',')) {
        return false;
    }
    size_t end = method_end(s, method), all = clause_end(s);
    const char *by =
        arena_printf(s->p->arena, "by %s%s", meant, end > method + 1 ? slip_source(s, method + 1, end) : "");
    parse_error(s->p, DIAG_E0101, s->last->span, "the method stands behind `by`");
    if (before == ',') {
        parse_help(s->p, "write `%s %s`", slip_source(s, with, method - 1), by);
    } else if (s->p->tokens.data[end].kind == ',') {
        parse_help(s->p, "write `with %s %s`", slip_source(s, end + 1, all), by);
        return without_statement(s);
    } else {
        parse_help(s->p, "write `%s`", by);
    }
    if (meant != s->last->text) {
        return without_statement(s);
    }
    slip_is_sure(s);
    slip_repair(s, EDIT_REPLACE, method - 1, T_BY, "by");
    return true;
}

/* `run a for 1, run b for 2;` */
static bool runs_with_comma(const struct slip *s)
{
    if (!runs(s) || s->t->kind != ',' || (s->next->kind != T_RUN && s->next->kind != T_CONTINUE)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a statement ends with `;`");
    parse_help(s->p, "write `%s; %s`", slip_source(s, slip_start(s), s->found),
               slip_source(s, s->found + 1, slip_end(s)));
    slip_is_sure(s);
    slip_replace(s, ';', ";");
    return true;
}

/* `run NET to steady state;` */
static bool steady_state(const struct slip *s)
{
    if (!runs(s) || s->last->kind != T_STEADY || !s->t->text || strncmp(s->t->text, "state", 5) != 0) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "a run to rest ends `to steady`");
    parse_help(s->p, "leave `%s` out", s->t->text);
    slip_is_sure(s);
    slip_delete(s);
    return true;
}

/* `run NET for 10 -> "file.csv" every 1;` */
static bool clause_behind_file(const struct slip *s)
{
    size_t start = slip_start(s), file = s->found;
    while (file > start && s->p->tokens.data[file].kind != T_ARROW) {
        file--;
    }
    if (!runs(s) || file == start || !begins_clause(s->t->kind) || s->t->kind == T_ARROW) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "the file of a run stands behind all clauses");
    parse_help(s->p, "write `%s %s %s;`", slip_source(s, start, file), slip_source(s, s->found, slip_end(s)),
               slip_source(s, file, s->found));
    return without_statement(s);
}

/* Whether a `with` stands at i behind a comma, where it is read as a name. */
static bool is_with_again(const struct slip *s, size_t i)
{
    const struct token *t = &s->p->tokens.data[i];
    return i > slip_start(s) && t[-1].kind == ',' && t->text && strcmp(t->text, "with") == 0 &&
           token_is_word(t[1].kind);
}

static const char *without_with(const struct slip *s, size_t i, size_t *taken)
{
    (void)taken;
    return is_with_again(s, i) ? "" : NULL;
}

/* `with A = 1, with B = 2` */
static bool with_again(const struct slip *s)
{
    if (s->found == 0 || s->t->place != PLACE_EXPERIMENT || !is_with_again(s, s->found - 1)) {
        return false;
    }
    struct token *tokens = s->p->tokens.data;
    size_t end = slip_end(s), with = slip_start(s);
    while (with + 1 < s->found && strcmp(tokens[with].text ? tokens[with].text : "", "with") != 0) {
        with++;
    }
    if (with + 1 >= s->found) {
        return false; /* it is the only one */
    }
    if (!(s->last->flags & TOKEN_MADE_UP)) {
        parse_error(s->p, DIAG_E0101, s->last->span,
                    "one `with` stands before all values that a run changes");
        parse_help(s->p, "write `%s`", slip_source_mended(s, with, end, without_with));
    }
    for (size_t i = s->found; i < end; i++) { /* the help is about all of them */
        tokens[i].flags |= is_with_again(s, i) ? TOKEN_MADE_UP : 0;
    }
    slip_is_sure(s);
    slip_repair(s, EDIT_DELETE, s->found - 1, 0, NULL);
    return true;
}

/* `run NET for 10 while A < 5;` */
static bool run_while(const struct slip *s)
{
    static const struct {
        int kind;
        const char *opposite;
    } comparisons[] = {{'<', ">="},       {'>', "<="},     {T_AT_MOST, ">"},
                       {T_AT_LEAST, "<"}, {T_EQUAL, "!="}, {T_UNEQUAL, "=="}};
    if (!runs(s) || s->t->kind != T_WHILE || !slip_expects(s, T_UNTIL) || s->found < slip_start(s) + 2) {
        return false;
    }
    const struct token *t = s->p->tokens.data;
    size_t from = s->found + 1, end = from, at = 0;
    bool joined = false;
    while (!slip_ends_statement(t[end].kind) && !begins_clause(t[end].kind)) {
        joined |= t[end].kind == T_AND || t[end].kind == T_OR || t[end].kind == '!';
        for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
            at = t[end].kind == comparisons[i].kind ? end : at;
        }
        end++;
    }
    const char *until = arena_printf(s->p->arena, "!(%s)", slip_source(s, from, end));
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons && at && !joined; i++) {
        until = t[at].kind == comparisons[i].kind
                    ? arena_printf(s->p->arena, "%s %s %s", slip_source(s, from, at), comparisons[i].opposite,
                                   slip_source(s, at + 1, end))
                    : until;
    }
    const char *rest = end < slip_end(s) ? slip_source(s, end, slip_end(s)) : "";
    parse_error(s->p, DIAG_E0101, s->t->span, "a run says what ends it, not what it goes on for");
    parse_help(s->p, "write `%s until %s%s%s;`", slip_source(s, slip_start(s), s->found), until,
               *rest ? " " : "", rest);
    return without_statement(s);
}

bool slip_of_run(const struct slip *s)
{
    return run_while(s) || with_again(s) || runs_with_comma(s) || steady_state(s) || clause_behind_file(s) ||
           missing_network(s) || two_networks(s) || several_steps(s) || end_of_continue(s) ||
           method_behind_with(s) || method_without_by(s);
}
