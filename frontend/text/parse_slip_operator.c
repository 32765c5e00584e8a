/* Slips in what joins two values: operators of other languages, marks of ranges, products without a mark, and
 * units. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_slip.h"
#include "frontend/text/parse_words.h"
#include "frontend/text/unit_word.h"
#include "grammar/parser.h"

static bool is_comparison(int kind)
{
    return kind == T_EQUAL || kind == T_UNEQUAL || kind == '<' || kind == '>' || kind == T_AT_MOST ||
           kind == T_AT_LEAST;
}

/* `assume abs(A + B - 10) < 1e-6` for `assume A + B = 10`; NULL where more than two values are compared. */
static const char *near_enough(const struct slip *s)
{
    size_t start = slip_start(s), end = s->found + 1;
    int first = slip_first(s)->kind, depth = 0;
    bool is_sum = false;
    if (first != T_ASSUME && first != T_ASSERT) {
        return NULL;
    }
    for (size_t i = start + 1; i < s->found; i++) {
        int kind = s->p->tokens.data[i].kind;
        if (is_comparison(kind) || kind == T_AND || kind == T_OR || kind == '!') {
            return NULL;
        }
    }
    for (;; end++) {
        int kind = s->p->tokens.data[end].kind;
        depth += (kind == '(' || kind == '[') - (kind == ')' || kind == ']');
        if (kind == T_AND || kind == T_OR || kind == '=' || is_comparison(kind) || kind == T_STRING) {
            return NULL;
        }
        if (slip_ends_statement(kind) || (kind == ',' && depth == 0)) {
            break;
        }
        is_sum |= kind == '+' || kind == '-';
    }
    return arena_printf(s->p->arena, is_sum ? "%s abs(%s - (%s)) < 1e-6" : "%s abs(%s - %s) < 1e-6",
                        slip_first(s)->text ? slip_first(s)->text
                        : first == T_ASSUME ? "assume"
                                            : "assert",
                        slip_source(s, start + 1, s->found), slip_source(s, s->found + 1, end));
}

/* Whether the token is a `t` that nothing in the file declares, which is the time elsewhere. */
static bool is_time_elsewhere(const struct slip *s, const struct token *t)
{
    bool is = t->text && strcmp(t->text, "t") == 0;
    for (size_t i = 0; is && i < s->p->tokens.n; i++) {
        const struct token *other = &s->p->tokens.data[i];
        is = other == t || !other->text || strcmp(other->text, "t") != 0;
    }
    return is;
}

/* Adds the help for `until time = 5` and `when time = 5 { ... }`. */
static bool help_time(const struct slip *s)
{
    const char *t = s->next->text;
    int behind = s->next[1].kind;
    bool elsewhere = is_time_elsewhere(s, s->last);
    bool is = s->last->text && (elsewhere || strcmp(s->last->text, "time") == 0) &&
              token_is_number(s->next->kind) && s->found >= 2;
    if (is && (slip_back(s, 1)->kind == T_UNTIL || slip_back(s, 1)->kind == '.') &&
        slip_first(s)->kind == T_RUN) {
        parse_help(s->p, "a run of that length is `for %s`, in place of `%s`", t,
                   slip_source(s, s->found - (slip_back(s, 1)->kind == '.' ? 4 : 2), s->found + 2));
        return true;
    }
    if (is && slip_stands_before(s, T_UNTIL)) {
        parse_help(s->p, "write `time >= %s`", t);
        return true;
    }
    if (is && slip_back(s, 1)->kind == T_WHEN && behind == '{') {
        parse_help(s->p, "what happens at that time is `at %s { ... }`", t);
        return true;
    }
    return false;
}

static bool wrong_operator(const struct slip *s)
{
    static const struct {
        const char *word, *instead;
        int kind;
    } words[] = {{"and", "&&", T_AND}, {"or", "||", T_OR}};
    if (s->t->kind == T_LAW && slip_expects(s, T_AT_LEAST)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`=>` is an arrow; the comparison is `>=`");
        parse_help(s->p, "write `>=`");
        slip_is_sure(s);
        slip_replace(s, T_AT_LEAST, ">=");
        return true;
    }
    if (s->t->kind == '=' && slip_expects(s, T_EQUAL) && s->found >= 2 && slip_back(s, 1)->kind == T_FOR &&
        slip_first(s)->kind == T_RUN) { /* for t = 10 */
        parse_error(s->p, DIAG_E0101, s->t->span, "behind `for` stands how long a run lasts");
        size_t until = s->next[1].kind == T_DOTS ? s->found + 3 : s->found + 1; /* for t = 0..10 */
        const char *duration = s->p->tokens.data[until].text;
        parse_help(s->p, "write `for %s`", duration ? duration : "10");
        slip_drop(s, s->found - 1, until);
        return true;
    }
    if (s->t->kind == '=' && slip_expects(s, T_EQUAL)) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`=` gives a value; a comparison is `==`");
        const char *near = near_enough(s);
        if (near) {
            parse_help(s->p,
                       "write `%s`, since amounts have rounding errors; whole numbers are compared by `==`",
                       near);
        } else if (slip_stands_before(s, T_UNTIL) || slip_stands_before(s, T_WHEN)) {
            if (help_time(s)) {
                if (is_time_elsewhere(s, s->last)) { /* the name is told, too */
                    slip_drop(s, s->found - 1, s->found + 1);
                    return true;
                }
                slip_replace(s, T_AT_LEAST, ">=");
                return true;
            }
            /* An amount that flows is equal to a number at no time that could be met. */
            bool falls = s->next->kind == T_ZERO;
            parse_help(
                s->p, falls ? "write `<=`; by `ode` an amount comes near 0 only, `< 1e-3`"
                            : "write `>=`, which holds as soon as an amount has come there, or `<=` where it "
                              "comes from above; `==` is for whole numbers of molecules");
            slip_replace(s, falls ? T_AT_MOST : T_AT_LEAST, falls ? "<=" : ">=");
            return true;
        } else {
            parse_help(s->p, "write `==`");
        }
        slip_replace(s, T_EQUAL, "==");
        return true;
    }
    if (s->t->kind == T_EDGE && slip_expects(s, '-')) {
        parse_error(s->p, DIAG_E0101, s->t->span, "`--` joins two units in `connect`");
        parse_help(s->p, "two minus signs stand apart: `- -`");
        parse_fix(s->p, s->t->span, "- -");
        slip_repair(s, EDIT_REPLACE, s->found, '-', "-");
        return true;
    }
    for (size_t i = 0; i < 2 && s->t->kind == T_IDENT && slip_expects(s, T_AND); i++) {
        bool list = slip_stands_before(s, T_WITH) && s->next[1].kind == '=' && slip_expects(s, ',');
        if (list && strcmp(s->t->text, words[i].word) == 0) { /* with A = 3 and k = 2 */
            parse_error(s->p, DIAG_E0101, s->t->span, "values behind `with` are parted by commas");
            parse_help(s->p, "write `, %s = ...`", s->next->text);
            slip_is_sure(s);
            slip_replace(s, ',', ",");
            return true;
        }
        if (strcmp(s->t->text, words[i].word) == 0) {
            parse_error(s->p, DIAG_E0101, s->t->span, "the operator is written `%s`", words[i].instead);
            parse_help(s->p, "write `%s` for `%s`", words[i].instead, words[i].word);
            slip_is_sure(s);
            slip_replace(s, words[i].kind, words[i].instead);
            return true;
        }
    }
    if (s->found > 0 && s->last->kind == T_IDENT && strcmp(s->last->text, "not") == 0 &&
        (token_is_word(s->t->kind) || token_is_number(s->t->kind) || s->t->kind == T_TRUE ||
         s->t->kind == T_FALSE)) {
        parse_error(s->p, DIAG_E0101, s->last->span, "the operator is written `!`");
        parse_help(s->p, "write `!%s`", s->t->text);
        parse_fix(s->p, s->last->span, "!");
        slip_repair(s, EDIT_REPLACE, s->found - 1, '!', "!");
        return true;
    }
    return false;
}

static bool chained_comparison(const struct slip *s)
{
    if (!is_comparison(s->t->kind) || slip_expects(s, s->t->kind) || !slip_expects(s, T_AND)) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "comparisons do not chain");
    parse_help(s->p, "write `a < b && b < c`");
    slip_repair(s, EDIT_REPLACE, s->found, T_AND, "&&");
    return true;
}

static const char units_list[] =
#define UNIT(name, dimension, factor) " " #name
#include "ir/expr/unit.def"
#undef UNIT
    ;

/* What to write instead of a unit that is none here. */
static const char *help_for_unit(const char *text)
{
    static const struct {
        const char *name, *help;
    } words[] = {
#define UNIT_OTHER(name, help) {#name, help},
#include "frontend/text/unit_other.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, text) == 0) {
            return words[i].help;
        }
    }
    return NULL;
}

/* Whether the word is a name elsewhere in the file, not behind a number. */
static bool is_name_elsewhere(const struct slip *s)
{
    const struct token *tokens = s->p->tokens.data;
    for (size_t i = 1; i < s->p->tokens.n; i++) {
        if (i != s->found && tokens[i].kind == T_IDENT && !token_is_number(tokens[i - 1].kind) &&
            strcmp(tokens[i].text, s->t->text) == 0) {
            return true;
        }
    }
    return false;
}

/* `volume 1 um^3;`, `volume 1 ml;` */
static bool unit_of_volume(const struct slip *s)
{
    static const struct {
        const char *length, *unit;
        double factor;
    } cubes[] = {
#define UNIT_CUBE(length, unit, factor) {#length, #unit, factor},
#include "frontend/text/unit_cube.def"
    };
    size_t at = slip_start(s) + 2; /* `cm` is a unit, and `^` is what does not fit then */
    if (slip_first(s)->kind != T_VOLUME || s->found < at || s->found > at + 1) {
        return false;
    }
    const struct token *t = &s->p->tokens.data[at], *behind = s->found == at ? s->next : s->t;
    bool power = behind->kind == '^', here = s->found == at || power;
    if (!here || !t->text || !token_is_number(t[-1].kind)) {
        return false;
    }
    const char *unit = power ? NULL : unit_in_other_words(t->text), *number = t[-1].text;
    size_t n = strlen(t->text);
    size_t length = n - (!power && n > 1 && t->text[n - 1] == '3');
    for (size_t i = 0; (power || length < n) && i < sizeof cubes / sizeof *cubes; i++) {
        if (strlen(cubes[i].length) == length && strncmp(cubes[i].length, t->text, length) == 0) {
            unit = cubes[i].unit;
            number = arena_printf(s->p->arena, "%.15g", strtod(number, NULL) * cubes[i].factor);
        }
    }
    if (!unit) {
        return false;
    }
    parse_error(s->p, DIAG_E0103, t->span, "`%s` is no unit of a volume", slip_source(s, at, slip_end(s)));
    parse_help(s->p, "write `volume %s %s;`", number, unit);
    slip_drop(s, at, slip_end(s));
    return true;
}

/* `1.5e`: the `e` of an exponent that has no digits. */
static bool empty_exponent(const struct slip *s)
{
    bool e = s->t->text && (strcmp(s->t->text, "e") == 0 || strcmp(s->t->text, "E") == 0);
    if (!e || !token_is_number(s->last->kind) || s->t->span.lo != s->last->span.hi || !slip_expects(s, '*')) {
        return false;
    }
    parse_error(s->p, DIAG_E0103, s->t->span, "the exponent of this number has no digits");
    parse_help(s->p, "as in `%se3`, which is %s * 10^3", s->last->text, s->last->text);
    slip_drop(s, s->found, s->found + 1);
    return true;
}

static bool declares(int kind)
{
    return kind == T_SPECIES || kind == T_PARAM || kind == T_LET || kind == T_CONST || kind == T_DUAL ||
           kind == T_BULK || kind == T_INPUT || kind == T_STATE;
}

/* `print a b c` as `print a, b, c`: a value that follows a value */
static const char *with_comma(const struct slip *s, size_t i, size_t *taken)
{
    (void)taken;
    const struct token *t = &s->p->tokens.data[i], *last = t - 1;
    if (t->flags & TOKEN_MADE_UP) {
        return ""; /* the `*` by which an earlier one was repaired */
    }
    bool ended =
        last->kind == T_IDENT || last->kind == ')' || last->kind == ']' || (last->flags & TOKEN_MADE_UP);
    bool here = i > slip_start(s) + 1 && t->kind == T_IDENT && ended;
    return here ? arena_printf(s->p->arena, ", %s", t->text) : NULL;
}

static bool missing_star(const struct slip *s)
{
    if (!token_is_word(s->t->kind) || !slip_expects(s, '*')) {
        return false;
    }
    if (s->next->kind == '=' && slip_expects(s, ',') && slip_expects(s, ';') &&
        declares(slip_first(s)->kind)) {
        struct span at = {s->p->file, s->last->span.hi, s->last->span.hi};
        parse_error(s->p, DIAG_E0101, at, "`,` is missing between two that are declared");
        parse_help(s->p, "write `, %s = ...`", s->t->text);
        slip_is_sure(s);
        slip_insert(s, ',', ",");
        return true;
    }
    const char *unit = token_is_number(s->last->kind) ? unit_in_other_words(s->t->text) : NULL;
    if (unit) {
        parse_error(s->p, DIAG_E0103, s->t->span, "`%s` is no unit", s->t->text);
        parse_help(s->p, "write `%s %s`", s->last->text, unit);
        slip_replace(s, T_UNIT_WORD, unit);
        return true;
    }
    if (token_is_number(s->last->kind)) {
        parse_error(s->p, DIAG_E0103, s->t->span, "`%s` is no unit", s->t->text);
    } else if (s->last->kind == T_IDENT || s->last->kind == T_UNIT_WORD || s->last->kind == ')') {
        parse_error(s->p, DIAG_E0101, s->t->span, "an operator is missing before `%s`", s->t->text);
    } else {
        return false;
    }
    const char *other = token_is_number(s->last->kind) ? help_for_unit(s->t->text) : NULL;
    if (other) {
        parse_help(s->p, "%s", other);
        slip_drop(s, s->found, s->found + 1);
        return true;
    }
    if (token_is_number(s->last->kind)) {
        slip_is_unsure(s);
        if (is_name_elsewhere(s)) {
            parse_help(s->p, "a product is written `%s * %s`", s->last->text, s->t->text);
        } else {
            parse_help(s->p, "units are%s; a product is written `%s * %s`", units_list, s->last->text,
                       s->t->text);
        }
    } else if (s->last->kind == ')') {
        parse_help(s->p, "a product is written `( ... ) * %s`", s->t->text);
    } else if (slip_first(s)->kind == T_PRINT) {
        size_t end = slip_end(s);
        const char *all = slip_source_mended(s, slip_start(s) + 1, end, with_comma);
        parse_help(s->p, "values are printed by `print %s;`; a product is written `%s * %s`", all,
                   slip_source(s, slip_start(s) + 1, s->found), slip_source(s, s->found, end));
    } else {
        parse_help(s->p, "a product is written `%s * %s`", s->last->text, s->t->text);
    }
    slip_insert(s, '*', "*");
    return true;
}

/* Elsewhere 1:4 is 1, 2, 3, 4, and here the end does not belong to a range. */
static void help_range(const struct slip *s)
{
    if (s->t->kind == ':' && s->last->kind == T_INT && s->next->kind == T_INT) {
        const char *end = slip_source(s, s->found + 1, s->found + 2);
        parse_help(s->p, "write `%s..%lld`: the end does not belong to the range, so that the last one is %s",
                   s->last->text, strtoll(end, NULL, 10) + 1, end);
    } else {
        parse_help(s->p, "as in `0..4`, which is 0, 1, 2, 3");
    }
}

static const char *dots_for_colon(const struct slip *s, size_t i, size_t *taken)
{
    (void)taken;
    return s->p->tokens.data[i].kind == ':' ? ".." : NULL;
}

/* Index of the first token of the name that the bracket at `open` is behind: `n` of `n.v[`. */
static size_t start_of_name(const struct slip *s, size_t open)
{
    const struct token *t = s->p->tokens.data;
    size_t i = open;
    while (i > slip_start(s) && token_is_word(t[i - 1].kind)) {
        i--;
        if (i == slip_start(s) || t[i - 1].kind != '.') {
            break;
        }
        i--;
        if (i > 0 && t[i - 1].kind == ']') {
            i = slip_opener(s, i - 1);
        }
    }
    return i;
}

/* 1 for a bracket that opens, -1 for one that closes. */
static int nesting(int kind)
{
    return (kind == '[' || kind == '(') - (kind == ']' || kind == ')');
}

/* `X[:, 0]`, `X[1:]`, `X[0:2]`: elements of an array, and not numbers that are counted. */
static bool help_elements(const struct slip *s)
{
    const struct token *t = s->p->tokens.data;
    size_t open = s->found, close = s->found + 1;
    bool side = s->last->kind == '[' || s->last->kind == ',' || s->next->kind == ']' || s->next->kind == ',';
    for (int depth = 1; open > slip_start(s) && depth > 0;) {
        open--;
        depth -= nesting(t[open].kind);
    }
    bool stepped = false; /* X[0:2:10] */
    for (int depth = 1; !slip_ends_statement(t[close].kind) && depth > 0; close++) {
        depth += nesting(t[close].kind);
        stepped |= depth == 1 && t[close].kind == ':';
    }
    bool of_array = start_of_name(s, open) < open && !stepped;
    if (s->t->kind != ':' || !(side || of_array) || t[open].kind != '[' || t[close - 1].kind != ']') {
        return false;
    }
    while (t[close].kind == '.' && token_is_word(t[close + 1].kind)) {
        close += 2;
    }
    parse_help(s->p, "write `%s`", slip_source_mended(s, start_of_name(s, open), close, dots_for_colon));
    return true;
}

static bool is_whole(const char *number)
{
    return number[strspn(number, "0123456789")] == '\0';
}

/* `0:0.05:0.2`, `a:step:b`: numbers at equal distances. */
static bool stepped_range(const struct slip *s)
{
    const struct token *t = s->p->tokens.data;
    size_t from = s->found - 1, step = s->found + 1, to = step + 2;
    bool three = t[step + 1].kind == ':' && (token_is_number(t[from].kind) || token_is_word(t[from].kind)) &&
                 (token_is_number(t[step].kind) || token_is_word(t[step].kind)) &&
                 (token_is_number(t[to].kind) || token_is_word(t[to].kind));
    int before = from > 0 ? t[from - 1].kind : 0;
    if (s->t->kind != ':' || !three || (before != T_IN && before != '=' && before != '[') ||
        (before == '[' && from >= 2 && token_is_word(t[from - 2].kind))) {
        return false;
    }

    const char *first = slip_source(s, from, from + 1), *width = slip_source(s, step, step + 1),
               *last = slip_source(s, to, to + 1);
    bool whole = is_whole(first) && is_whole(width) && is_whole(last);
    double a = strtod(first, NULL), h = strtod(width, NULL), b = strtod(last, NULL);
    bool known = token_is_number(t[from].kind) && token_is_number(t[step].kind) &&
                 token_is_number(t[to].kind) && h > 0 && b >= a && (b - a) / h < INT_MAX / 2;
    parse_error(s->p, DIAG_E0101, s->t->span, "a range is written with `..`, and has no step");
    if (whole && slip_first(s)->kind == T_FOR && known && before == T_IN && slip_first(s)[1].text) {
        const char *name = slip_first(s)[1].text;
        const char *turn =
            strcmp(first, "0") == 0 ? name : arena_printf(s->p->arena, "(%s - %s)", name, first);
        const char *where =
            strcmp(width, "1") == 0 ? "" : arena_printf(s->p->arena, " where %s %% %s == 0", turn, width);
        parse_help(s->p, "write `%s..%lld%s`: the end does not belong to the range", first,
                   strtoll(last, NULL, 10) + 1, where);
    } else {
        parse_help(s->p, "numbers at equal distances are `%s`%s", slip_linspace(s, first, width, last),
                   known ? "" : ", which is 11 numbers");
    }
    slip_drop(s, s->found, to + 1);
    return true;
}

static bool colon_range(const struct slip *s)
{
    bool to = s->t->kind == T_TO && slip_first(s)->kind == T_FOR && s->t->place != PLACE_TOP;
    if ((s->t->kind != ':' && !to) || !slip_expects(s, T_DOTS)) {
        return false;
    }
    if (stepped_range(s)) {
        return true;
    }
    const struct token *in = &s->p->tokens.data[slip_start(s) + 2];
    /* foreign_loop inserted this `in` and has reported it */
    if (!(in->kind == T_IN && (in->flags & TOKEN_MADE_UP))) {
        parse_error(s->p, DIAG_E0101, s->t->span, "a range is written with `..`");
        if (!help_elements(s)) {
            help_range(s);
        }
    }
    slip_replace(s, T_DOTS, "..");
    return true;
}

bool slip_of_operator(const struct slip *s)
{
    return wrong_operator(s) || chained_comparison(s);
}

/* `output S P;`, `species A B;` */
static bool missing_comma(const struct slip *s)
{
    int head = slip_first(s)->kind;
    bool lists = head == T_SPECIES || head == T_OUTPUT || head == T_DUAL || head == T_BULK ||
                 head == T_INPUT || head == T_PARAM || head == T_SHARE;
    bool names = s->found > slip_start(s) + 1 && token_is_word(s->last->kind) && token_is_word(s->t->kind) &&
                 !(s->t->flags & TOKEN_LINE_START);
    if (!lists || !names || !slip_expects(s, ',') || !slip_expects(s, ';')) {
        return false;
    }
    parse_error(s->p, DIAG_E0101, s->t->span, "what one `%s` declares is separated by commas",
                slip_first(s)->text);
    parse_help(s->p, "write `%s, %s`", s->last->text, s->t->text);
    slip_insert(s, ',', ",");
    return true;
}

bool slip_of_rows(const struct slip *s)
{
    bool first = s->found >= 2 && s->last[-1].kind == T_IN && slip_first(s)->kind != T_FOR;
    return first && s->t->kind == ':' && colon_range(s);
}

bool slip_of_join(const struct slip *s)
{
    return missing_comma(s) || colon_range(s) || unit_of_volume(s) || empty_exponent(s) || missing_star(s);
}
