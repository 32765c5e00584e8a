/* The actions of the lexer, and decisions that need all tokens. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_state.h"
#include "frontend/text/parse_words.h"
#include "frontend/text/reaction_lines.h"
#include "grammar/parser.h"

static struct span current_span(const struct parse *p)
{
    return (struct span){p->file, p->lo, p->hi};
}

/* Is there a blank line after the doc comment so far? */
static bool doc_is_detached(const struct parse *p)
{
    int newlines = 0;
    for (uint32_t i = p->doc_end; i < p->lo; i++) {
        newlines += p->text[i] == '\n';
    }
    return newlines > 1;
}

/* A doc comment that a blank line separates from the next one documents nothing. At the start of the file
 * it documents the file. */
static void detach_doc(struct parse *p)
{
    if (p->tokens.n == 0 && !p->file_doc) {
        vec_push(&p->doc, '\0');
        p->file_doc = arena_strdup(p->arena, p->doc.data);
    }
    p->doc.n = 0;
    p->has_doc = false;
}

struct token *token_add(struct parse *p, int kind)
{
    struct token t = {.kind = kind, .span = current_span(p)};
    t.flags = (uint8_t)((p->line_has_token ? 0 : TOKEN_LINE_START) | (p->blank ? TOKEN_BLANK_BEFORE : 0));
    if (p->has_doc && p->tokens.n == 0 && doc_is_detached(p)) {
        detach_doc(p);
    }
    if (p->has_doc) {
        vec_push(&p->doc, '\0');
        t.doc = arena_strdup(p->arena, p->doc.data);
        p->doc.n = 0;
        p->has_doc = false;
        p->any_doc = true;
    }
    if (kind < 128 && kind > 0) {
        char text = (char)kind;
        t.text = intern_range(p->names, &text, 1);
    } else if (kind != T_END) {
        t.text = intern_range(p->names, p->text + p->lo, p->hi - p->lo);
    }
    p->line_has_token = true;
    p->blank = false;
    vec_push(&p->tokens, t);
    return &vec_last(&p->tokens);
}

uint32_t token_reactions(struct parse *p)
{
    uint32_t start = p->hi, end;
    if (!p->is_compact || p->holes.n > 0 || start < p->no_list_end) {
        return 0;
    }
    struct ast *lines = reaction_lines_read(p, start, &end);
    p->no_list_end = end;
    if (!lines) {
        return 0;
    }
    p->lo = lines->span.lo;
    p->hi = end;
    token_add(p, T_REACTIONS)->v.lines = lines;
    return end - start;
}

/* -- words and numbers -- */

void token_word(struct parse *p, const char *text, size_t length)
{
    const char *name = intern_range(p->names, text, length);
    token_add(p, word_kind(p->words, name));
}

void token_integer(struct parse *p, const char *text)
{
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno == ERANGE) {
        token_real(p, text); /* a whole number of more than 64 bits becomes a real number */
    } else {
        token_add(p, T_INT)->v.integer = value;
    }
}

void token_real(struct parse *p, const char *text)
{
    errno = 0;
    double value = strtod(text, NULL);
    if (errno == ERANGE && (isinf(value) || value == 0)) {
        parse_error(p, DIAG_E0103, current_span(p), "this number is too %s for a double",
                    value == 0 ? "small" : "large");
        value = 0;
    }
    token_add(p, T_REAL)->v.real = value;
}

void token_bad_real(struct parse *p, const char *text)
{
    const char *point = strchr(text, '.');
    bool bare = point == text, open = point[1] < '0' || point[1] > '9';
    parse_error(p, DIAG_E0103, current_span(p), "a real number needs digits on both sides of the point");
    size_t form = bare ? 1 + strspn(point + 1, "0123456789") : 0;
    const char *behind = p->text + current_span(p).hi;
    if (form && strchr("feg", *behind) && behind[1] == '}') { /* "{x.2f}" */
        parse_help(p, "how a number is written stands behind a colon: `{x:%s%c}`", text, *behind);
        token_add(p, T_REAL)->flags |= TOKEN_BROKEN;
        return;
    }
    parse_help(p, "write `%s%.*s.%s%s`", bare ? "0" : "", (int)(point - text), text, open ? "0" : "",
               point + 1);
    token_add(p, T_REAL)->v.real = strtod(text, NULL);
}

/* -- characters that no token has -- */

/* Whether what is read is a side of a reaction, or its catalysts. */
static bool is_side(const struct parse *p)
{
    size_t i = p->tokens.n;
    for (; i > 0; i--) {
        int before = p->tokens.data[i - 1].kind;
        if (token_is_arrow(before) || before == T_RATE_CLOSE || before == T_VIA) {
            return true;
        }
        if (before != T_IDENT && before != T_INT && before != T_ZERO && before != '+' && before != '.' &&
            before != '[' && before != ']') {
            return (before == ';' || before == '{') && i < p->tokens.n;
        }
    }
    return false;
}

/* Whether the line begins with a number and a comma, `2, A --> B`: this is reported with how to write all of
 * it. */
static bool is_behind_rate(const struct parse *p)
{
    size_t i = p->tokens.n;
    while (i > 0 && !(p->tokens.data[i - 1].flags & TOKEN_LINE_START)) {
        i--;
    }
    const struct token *t = &p->tokens.data[i - (i > 0)];
    return i > 0 && i < p->tokens.n && token_is_number(t->kind) && t[1].kind == ',';
}

/* Whether the same token stands before on this line in the same statement, and whether it does so again
 * behind: a mistake that is made again is told once, as is a rate between dashes, `A --2--> B`, which the
 * first dashes report. */
static bool is_told(const struct parse *p, bool arrow)
{
    bool told = false, more = true;
    for (size_t i = p->tokens.n; i > 0 && more && !told; i--) {
        const struct token *t = &p->tokens.data[i - 1];
        size_t length = p->hi - p->lo;
        bool same = t->span.hi - t->span.lo == length && t->span.file == p->file &&
                    memcmp(p->text + t->span.lo, p->text + p->lo, length) == 0;
        told = same || (arrow && t->kind == T_EDGE);
        more = t->kind != ';' && !(t->flags & TOKEN_LINE_START);
    }
    return told;
}

static bool comes_again(const struct parse *p)
{
    size_t length = p->hi - p->lo;
    const char *what = p->text + p->lo, *at = p->text + p->hi, *end = at + strcspn(at, ";\n");
    for (; at + length <= end; at++) { /* `&` is no part of `&&` */
        if (memcmp(at, what, length) == 0 && at[-1] != what[0] && at[length] != what[0]) {
            return true;
        }
    }
    return false;
}

void token_wrong(struct parse *p, int kind, const char *what, const char *instead)
{
    bool arrow = strcmp(what, "arrow") == 0;
    bool listed = kind == T_DOTS && p->tokens.n > 0 && p->tokens.data[p->tokens.n - 1].kind == ',';
    if (kind == T_AND && is_side(p)) {
        kind = '+';
        instead = "+";
    }
    if (!(arrow && is_behind_rate(p)) && !is_told(p, arrow)) {
        parse_error(p, arrow ? DIAG_E0108 : DIAG_E0102, current_span(p), "`%.*s` is no %s of the language",
                    (int)(p->hi - p->lo), p->text + p->lo, what);
        if (listed) { /* [0.1, 0.2, ..., 1] */
            parse_help(p, "numbers at equal distances are `linspace(0, 1, 11)`");
        } else {
            parse_help(p, "write `%s`%s", instead, comes_again(p) ? " for each" : "");
        }
    }
    struct token *t = token_add(p, kind);
    t->flags |= listed ? TOKEN_BROKEN : TOKEN_READ_AS;
    t->text = intern_text(p->names, instead);
}

static const char *const greek_upper[] = {
    "Alpha", "Beta",   "Gamma",   "Delta", "Epsilon", "Zeta",    "Eta",   "Theta", "Iota",
    "Kappa", "Lambda", "Mu",      "Nu",    "Xi",      "Omicron", "Pi",    "Rho",   "Sigma",
    "Sigma", "Tau",    "Upsilon", "Phi",   "Chi",     "Psi",     "Omega",
};
static const char *const greek_lower[] = {
    "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",   "theta", "iota",
    "kappa", "lambda", "mu",      "nu",    "xi",      "omicron", "pi",    "rho",   "sigma",
    "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega",
};

/* A name with Greek letters or subscripts is read as its ASCII spelling. */
void token_greek(struct parse *p, const char *text, size_t length)
{
    VEC(char) name = {0};
    for (size_t i = 0; i < length;) {
        const unsigned char *c = (const unsigned char *)text + i;
        if (c[0] < 0x80) {
            vec_push(&name, text[i]);
            i++;
            continue;
        }
        if (c[0] == 0xE2) { /* subscript digit, three bytes */
            vec_push(&name, (char)('0' + (c[2] - 0x80)));
            i += 3;
            continue;
        }
        unsigned letter = (unsigned)(c[0] & 0x1F) << 6 | (c[1] & 0x3Fu);
        const char *spelled = letter == 0xB5                       ? "mu"
                              : letter >= 0x391 && letter <= 0x3A9 ? greek_upper[letter - 0x391]
                              : letter >= 0x3B1 && letter <= 0x3C9 ? greek_lower[letter - 0x3B1]
                                                                   : "x";
        for (; *spelled; spelled++) {
            vec_push(&name, *spelled);
        }
        i += 2;
    }
    /* µM is the unit uM. */
    if (name.n > 2 && name.data[0] == 'm' && name.data[1] == 'u' && (unsigned char)text[0] >= 0x80) {
        name.data[1] = 'u';
        const char *unit = intern_range(p->names, name.data + 1, name.n - 1);
        if (word_kind(p->words, unit) == T_UNIT_WORD) {
            token_add(p, T_UNIT_WORD)->text = unit;
            vec_free(&name);
            return;
        }
    }
    parse_error(p, DIAG_E0102, current_span(p), "names are written in ASCII letters");
    parse_help(p, "write `%.*s`", (int)name.n, name.data);
    struct token *t = token_add(p, T_IDENT);
    t->text = intern_range(p->names, name.data, name.n);
    vec_free(&name);
}

/* Whether the statement that is being read has an arrow so far. */
static bool arrow_before(const struct parse *p)
{
    for (size_t i = p->tokens.n; i > 0; i--) {
        int kind = p->tokens.data[i - 1].kind;
        if (token_is_arrow(kind)) {
            return true;
        }
        if (kind == ';' || kind == '{' || kind == '}') {
            return false;
        }
    }
    return false;
}

void token_stray(struct parse *p, const char *text, size_t length)
{
    static const struct {
        const char *text, *help;
    } known[] = {
        {"“", "strings stand between plain quotes `\"`"},
        {"”", "strings stand between plain quotes `\"`"},
        {"’", "the derivative of x is written `x'`"},
        {"′", "the derivative of x is written `x'`"},
        {"$", "a species that is held constant is declared so: `const species A = 1;`"},
        {"\\", "an arrow is written `->` or `<->`, a Greek letter by its name, an index in the name: `X_1`"},
        {"ø", "the empty side of a reaction is written `0`"},
        {"Ø", "the empty side of a reaction is written `0`"},
    };
    bool blank = length == 2 && memcmp(text, "\xC2\xA0", 2) == 0;
    bool joined = p->stray_end == p->lo && p->stray_end > 0;
    p->stray_end = p->hi;
    if (text[0] == '\0' || (length == 1 && (unsigned char)text[0] >= 0x80)) {
        return; /* parse_file reports it once for the whole file */
    }
    if (joined) {
        return;
    }
    if (blank) {
        parse_error(p, DIAG_E0102, current_span(p), "this is a no-break space");
        parse_help(p, "write a plain blank");
        p->blank = true;
        return;
    }
    if ((unsigned char)text[0] < 0x20 || text[0] == 0x7F) {
        parse_error(p, DIAG_E0102, current_span(p), "a control character (code %d) cannot stand here",
                    text[0]);
        return;
    }
    parse_error(p, DIAG_E0102, current_span(p), "`%.*s` cannot stand here", (int)length, text);
    if (length == 1 && text[0] == '@' && arrow_before(p)) {
        parse_help(p, "a rate stands in braces after the arrow: `A ->{k} B`");
    } else if (length == 1 && text[0] == '@') {
        parse_help(p, "a product of matrices is `matmul(a, b)`, of vectors `dot(a, b)`");
        token_add(p, '*');
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].text) == length && memcmp(known[i].text, text, length) == 0) {
            parse_help(p, "%s", known[i].help);
        }
    }
}

/* -- comments and lines -- */

/* `#` begins a comment in other languages: its text is skipped, so that it causes no more errors. */
void token_hash(struct parse *p)
{
    struct span at = {p->file, p->lo, p->lo + 1};
    parse_error(p, DIAG_E0102, at, "`#` cannot stand here");
    parse_help(p, "a comment begins with `//`");
    p->blank = true;
}

void token_doc(struct parse *p, const char *text, size_t length)
{
    if (p->has_doc && doc_is_detached(p)) {
        detach_doc(p);
    }
    p->doc_end = p->hi;
    if (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == ' ')) {
        length--;
    }
    if (p->has_doc) {
        vec_push(&p->doc, '\n');
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\0') {
            vec_push(&p->doc, text[i]);
        }
    }
    p->has_doc = true;
    p->blank = true;
}

void token_newline(struct parse *p)
{
    if (p->holes.n > 0) {
        token_holes_broken(p, p->lo);
    }
    p->line_has_token = false;
    p->blank = true;
}

void token_comment_unclosed(struct parse *p)
{
    struct span at = {p->file, p->comment_start, p->comment_start + 2};
    parse_error(p, DIAG_E0104, at, "this comment is not closed");
    parse_help(p, "it ends with `*/`");
}

/* -- strings -- */

bool token_in_hole(const struct parse *p)
{
    return p->holes.n > 0;
}

/* A colon outside of parentheses ends the expression of a hole. */
bool token_in_format(const struct parse *p)
{
    return p->holes.n > 0 && vec_last(&p->holes).parentheses <= 0;
}

void token_parenthesis(struct parse *p, int change)
{
    if (p->holes.n > 0) {
        vec_last(&p->holes).parentheses += change;
    }
}

void token_string_open(struct parse *p)
{
    p->string_start = p->part_start = p->lo;
    p->string_has_head = false;
    p->string.n = 0;
}

void token_string_text(struct parse *p, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\0') {
            vec_push(&p->string, text[i]);
        }
    }
}

void token_string_escape(struct parse *p, char c)
{
    static const char from[] = "nt\\\"{}", to[] = "\n\t\\\"{}";
    const char *at = c ? strchr(from, c) : NULL;
    if (!at) {
        parse_error(p, DIAG_E0102, current_span(p), "unknown escape in a string");
        parse_help(p, "there are `\\n`, `\\t`, `\\\\`, `\\\"`, `\\{` and `\\}`");
        return;
    }
    vec_push(&p->string, to[at - from]);
}

/* Adds the part of a string that ends here; its span begins where the part began. */
static struct token *add_string_part(struct parse *p, int kind)
{
    uint32_t end = p->lo;
    p->lo = p->part_start;
    struct token *t = token_add(p, kind);
    t->text = intern_range(p->names, p->string.n ? p->string.data : "", p->string.n);
    p->lo = end;
    p->string.n = 0;
    return t;
}

void token_string_hole(struct parse *p)
{
    add_string_part(p, p->string_has_head ? T_STRING_MIDDLE : T_STRING_HEAD);
    vec_push(&p->holes, (struct hole){{p->file, p->string_start, p->hi}, 0});
    if (p->holes.n == DEEPEST_BRACKETS) {
        parse_error(p, DIAG_E0110, current_span(p), "strings are nested too deeply");
        p->stop = true;
    }
}

void token_string_resume(struct parse *p)
{
    p->string_start = vec_last(&p->holes).string.lo;
    p->holes.n--;
    p->part_start = p->lo;
    p->string_has_head = true;
    p->string.n = 0;
}

void token_string_close(struct parse *p)
{
    add_string_part(p, p->string_has_head ? T_STRING_TAIL : T_STRING);
}

/* The line or the file ended inside of a string. In a hole that is the hole's mistake: the quote that was
 * taken to open a string closed the outer one. */
void token_string_broken(struct parse *p)
{
    if (p->holes.n > 0 && !p->string_has_head) {
        p->string.n = 0;
        return;
    }
    struct span at = {p->file, p->string_start, p->string_start + 1};
    parse_error(p, DIAG_E0104, at, "this string is not closed on its line");
    parse_help(p, "it ends with `\"`; a line end inside is written `\\n`");
    add_string_part(p, p->string_has_head ? T_STRING_TAIL : T_STRING)->flags |= TOKEN_BROKEN;
}

/* The hole begins at `lo` and is open at `end`. Its `}` is missing before the `"` that follows its text. */
static void help_for_open_hole(struct parse *p, uint32_t lo, uint32_t end)
{
    const char *text = p->text + lo;
    size_t n = end > lo ? end - lo : 0, inside = 0;
    int depth = 0;
    for (; inside < n && text[inside] != '"' && text[inside] != '{'; inside++) {
        depth +=
            (text[inside] == '(') + (text[inside] == '[') - (text[inside] == ')') - (text[inside] == ']');
    }
    if (inside > 0 && inside < n && text[inside] == '"' && depth == 0) {
        parse_help(p, "close it: `{%.*s}\"`; a brace that begins no hole is written `\\{`", (int)inside,
                   text);
    } else {
        parse_help(p, "a brace that begins no hole is written `\\{`");
    }
}

/* The line or the file ended inside of a hole, at this offset. */
void token_holes_broken(struct parse *p, uint32_t offset)
{
    uint32_t lo = p->lo, hi = p->hi;
    if (p->holes.n == 0) {
        return;
    }
    struct span at = p->holes.data[0].string;
    at.lo = at.hi - 1;
    parse_error(p, DIAG_E0104, at, "this `{` of a string is not closed on its line");
    help_for_open_hole(p, at.hi, offset);
    for (; p->holes.n > 0; p->holes.n--) {
        p->lo = p->hi = p->part_start = offset;
        p->string.n = 0;
        add_string_part(p, T_STRING_TAIL)->flags |= TOKEN_BROKEN;
    }
    p->lo = lo;
    p->hi = hi;
}

void token_format(struct parse *p, const char *text, size_t length)
{
    char *copy = arena_alloc(p->arena, length + 1);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\0') {
            copy[n++] = text[i];
        }
    }
    token_add(p, T_FORMAT)->text = intern_range(p->names, copy, n);
}

/* -- decisions that need neighbouring tokens -- */
