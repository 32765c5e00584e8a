/* Slips in events: how other languages write what happens in a run. */
#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

static bool begins_event(int kind)
{
    return kind == T_AT || kind == T_WHEN || kind == T_EVERY;
}

/* Whether one pair of parentheses is around all of from..to. */
static bool in_parentheses(const struct slip *s, size_t from, size_t to)
{
    int depth = 0;
    for (size_t i = from; i < to; i++) {
        int kind = s->p->tokens.data[i].kind;
        depth += (kind == '(') - (kind == ')');
        if (depth == 0) {
            return i > from && i + 1 == to;
        }
    }
    return false;
}

/* `E1: at (time > 12): D = dose;`, as in Antimony */
static bool event_with_label(const struct slip *s)
{
    if (!begins_event(s->t->kind) || s->last->kind != ':' || s->found != slip_start(s) + 2) {
        return false;
    }
    const struct token *tokens = s->p->tokens.data;
    size_t from = s->found + 1, to = from, end = slip_end(s);
    bool condition = false;
    for (; to < end && tokens[to].kind != ':'; to++) {
        int kind = tokens[to].kind;
        condition |= kind == '<' || kind == '>' || (kind >= T_EQUAL && kind <= T_AT_LEAST);
    }
    const char *body = to < end ? arena_printf(s->p->arena, "%s;", slip_source(s, to + 1, end)) : "...";
    size_t bare = in_parentheses(s, from, to);
    parse_error(s->p, DIAG_E0101, (struct span){s->p->file, slip_first(s)->span.lo, s->last->span.hi},
                "an event has no label");
    parse_help(s->p, "write `%s %s { %s }`", condition ? "when" : s->t->text,
               slip_source(s, from + bare, to - bare), body);
    slip_drop(s, slip_start(s), slip_end_of_all(s, slip_start(s)));
    return true;
}

/* A comma that is in no brackets, as a semicolon */
static const char *as_semicolon(const struct slip *s, size_t i, size_t *taken)
{
    (void)taken;
    int depth = 0;
    for (size_t k = slip_start(s); k < i; k++) {
        int kind = s->p->tokens.data[k].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
    }
    return s->p->tokens.data[i].kind == ',' && depth == 0 ? ";" : NULL;
}

/* `at 5 { A = 1, B = 0; }` */
static bool changes_with_commas(const struct slip *s)
{
    if (s->t->kind != ',' || s->t->place != PLACE_NETWORK || s->next->kind != T_IDENT ||
        !slip_expects(s, ';') || !begins_event(s->p->tokens.data[slip_block_start(s)].kind)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "each change of an event ends with `;`");
    parse_help(s->p, "write `%s;`", slip_source_mended(s, slip_start(s), slip_end(s), as_semicolon));
    slip_is_sure(s);
    slip_replace(s, ';', ";");
    return true;
}

/* `V += 2;` in a network outside of events, also behind `if V > 2` */
static bool change_outside_of_event(const struct slip *s)
{
    bool changes = s->t->kind >= T_ADD_SET && s->t->kind <= T_DIV_SET;
    if (!changes || s->t->place != PLACE_NETWORK || !slip_expects(s, '=')) {
        return false;
    }
    size_t head = slip_block_start(s), start = slip_start(s);
    const struct token *first = &s->p->tokens.data[head];
    const char *change = slip_source(s, start, slip_end(s));
    if (first->kind == T_IF) {
        struct slip block = *s;
        block.found = head;
        parse_error(s->p, DIAG_E0101, first->span, "what happens in a run is an event");
        parse_help(s->p, "write `when %s { ... }`", slip_source(s, head + 1, slip_end(&block)));
        slip_drop(s, head, slip_end_of_all(s, head));
        return true;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "amounts are changed by reactions and in events");
    parse_help(s->p, "write `when time > 5 { %s; }`, `at 5 { ... }` or `every 5 { ... }`", change);
    slip_drop(s, start, slip_end_of_all(s, start));
    return true;
}

/* `at 10 { A -> B; }` */
static bool reaction_in_event(const struct slip *s)
{
    size_t head = slip_block_start(s);
    const struct token *first = &s->p->tokens.data[head];
    if (!token_is_arrow(s->t->kind) || head >= s->found || !begins_event(first->kind)) {
        return false;
    }
    bool at_time = first->kind == T_AT && (token_is_number(first[1].kind) || token_is_word(first[1].kind));
    parse_error(s->p, DIAG_E0101, s->t->span,
                "an event changes amounts, and reactions stand outside of events");
    parse_help(s->p,
               "write what it changes, as in `A -= 1; B += 1;`; a reaction that begins later has a law that "
               "reads the time: `A =>{ if time > %s then k * A else 0 } B`",
               at_time ? first[1].text : "10");
    slip_drop(s, head, slip_end_of_all(s, head));
    return true;
}

/* `every 10 from 5 { ... }`, `at 10 for 5 { ... }` */
static bool second_time_of_event(const struct slip *s)
{
    int kind = slip_first(s)->kind;
    bool word = s->t->kind == T_FROM || s->t->kind == T_UNTIL || s->t->kind == T_FOR || s->t->kind == T_TO ||
                s->t->kind == T_AFTER || s->t->kind == T_EVERY || s->t->kind == T_AT || s->t->kind == T_DOTS;
    if (!word || (kind != T_EVERY && kind != T_AT) || s->found < slip_start(s) + 2 || !slip_expects(s, '{')) {
        return false;
    }
    const char *period = slip_source(s, slip_start(s) + 1, s->found);
    parse_error(s->p, DIAG_E0101, s->t->span, "`%s` takes one time, and nothing behind it",
                slip_first(s)->text);
    if (kind == T_EVERY) {
        parse_help(s->p,
                   "`every %s { ... }` happens at %s and at each multiple; other times are events of their "
                   "own: `at 5 { ... }`",
                   period, period);
    } else {
        parse_help(s->p,
                   "`at %s { ... }` happens once; what ends later ends by a second event, `at 20 { ... }`",
                   period);
    }
    slip_drop(s, s->found, slip_end(s));
    return true;
}

/* `at 5 { if A < 3 { A = 5; } }` */
static bool choice_in_event(const struct slip *s)
{
    size_t head = slip_block_start(s);
    if (s->t->kind != T_IF || head >= s->found || !begins_event(s->p->tokens.data[head].kind) ||
        slip_expects(s, T_IF)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "an event has no `if`, but a value may have one");
    parse_help(s->p, "as in `A = if %s then 5 else A;`; an event by a condition is `when A < 3 { A = 5; }`",
               slip_source(s, s->found + 1, slip_end(s)));
    slip_drop(s, s->found, slip_end_of_all(s, s->found));
    return true;
}

/* `at 5 { A = 10; }` in an experiment */
static bool event_in_experiment(const struct slip *s)
{
    if (!begins_event(s->t->kind) || s->t != slip_first(s) || s->t->place != PLACE_EXPERIMENT ||
        !slip_expects(s, T_LET)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "an event stands in a network, and this is an experiment");
    parse_help(s->p, "as in `network a { species A = 1; %s { A = 10; } }`",
               slip_source(s, s->found, slip_end(s)));
    slip_drop(s, s->found, slip_end_of_all(s, s->found));
    return true;
}

bool slip_of_event(const struct slip *s)
{
    return choice_in_event(s) || event_in_experiment(s) || event_with_label(s) ||
           change_outside_of_event(s) || changes_with_commas(s) || reaction_in_event(s) ||
           second_time_of_event(s);
}
