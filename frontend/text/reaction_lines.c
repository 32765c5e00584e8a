#include "frontend/text/reaction_lines.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse_words.h"
#include "grammar/parser.h"
#include "support/hash_index.h"

enum {
    LEAST_STATEMENTS = 32, /* fewer statements make no list, since their nodes need little memory */
    MOST_DIGITS = 18,      /* of integers: more may not fit */
    MOST_TERMS = 100,      /* of a side */
    MOST_NAMES = 2 * MOST_TERMS + 2,
    ROOM = 1536 /* for the nodes of a statement, as most are */
};

struct place {
    uint32_t lo, hi;
};

struct reaction_lines {
    const char *text;
    uint32_t file, n;
    const struct place *at;
    int64_t n_reactions;
    struct intern *names;
    const char *const *name; /* of the children of the node, interned */
    const struct reaction_use *use;
    struct hash_index by_name;
};

/* A statement while it is being read. */
struct reader {
    const char *text;
    uint32_t file, at, end;
    struct arena *arena;
    struct intern *names;
    const struct word_table *words; /* NULL: the names are known to be no words of the language */
    struct ast *name[MOST_NAMES];
    size_t n_names;
    char *free; /* memory for nodes, zeroed: `room` bytes of the arena */
    size_t room;
};

/* ---- pieces; what is not as it should be gives NULL or false ---- */

static struct ast *node(struct reader *r, enum ast_kind kind, uint32_t lo, uint32_t n_kids)
{
    size_t size = sizeof(struct ast) + n_kids * sizeof(struct ast *);
    if (r->room < size) {
        r->room = size > ROOM ? size : ROOM;
        r->free = arena_alloc(r->arena, r->room);
    }
    struct ast *a = (struct ast *)(void *)r->free;
    r->free += size;
    r->room -= size;
    a->kind = (uint8_t)kind;
    a->span = (struct span){r->file, lo, r->at};
    a->depth = 1;
    a->n = n_kids;
    a->kid = n_kids ? (struct ast **)(a + 1) : NULL;
    return a;
}

/* The text ends with a NUL, which is part of nothing that is read here. */
static char peek(const struct reader *r)
{
    return r->text[r->at];
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void skip_blanks(struct reader *r)
{
    while (is_blank(peek(r))) {
        r->at++;
    }
}

static bool take(struct reader *r, char c)
{
    bool there = peek(r) == c;
    r->at += there;
    return there;
}

static enum ast_op take_arrow(struct reader *r)
{
    static const struct {
        const char *text;
        uint32_t n;
        enum ast_op op;
    } arrows[] = {{"->", 2, OP_ARROW}, {"<->", 3, OP_REVERSIBLE}};
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        if (r->end - r->at > arrows[i].n && memcmp(r->text + r->at, arrows[i].text, arrows[i].n) == 0) {
            r->at += arrows[i].n;
            return arrows[i].op;
        }
    }
    return OP_NONE;
}

/* An integer, or false with the place unchanged if it is a real number or has too many digits. */
static bool take_integer(struct reader *r, int64_t *value)
{
    const char *from = r->text + r->at, *c = from;
    int64_t v = 0;
    for (; is_digit(*c) && c - from < MOST_DIGITS; c++) {
        v = 10 * v + (*c - '0');
    }
    bool good = c > from && !is_digit(*c) && *c != '.' && !is_letter(*c);
    *value = v;
    r->at += good ? (uint32_t)(c - from) : 0;
    return good;
}

static struct ast *integer(struct reader *r)
{
    uint32_t lo = r->at;
    int64_t value;
    if (!take_integer(r, &value)) {
        return NULL;
    }
    struct ast *a = node(r, AST_INT, lo, 0);
    a->v.integer = value;
    return a;
}

/* At most 15 digits are exact as a double, and so are small powers of ten: one operation rounds rightly. */
static bool exact_real(int64_t digits, int n_digits, int power, double *value)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (n_digits > 15 || power < -22 || power > 22) {
        return false;
    }
    *value = power < 0 ? (double)digits / tens[-power] : (double)digits * tens[power];
    return true;
}

static bool real_value(struct reader *r, uint32_t lo, int64_t digits, int n_digits, int power, double *value)
{
    if (exact_real(digits, n_digits, power, value)) {
        return true;
    }
    char *end;
    errno = 0;
    *value = strtod(r->text + lo, &end); /* the text ends with a NUL */
    return end == r->text + r->at && errno == 0 && isfinite(*value);
}

/* Adds the digits that stand here to a number, as far as they fit, and returns how many digits there are. */
static int take_digits(struct reader *r, int64_t *number)
{
    uint32_t from = r->at;
    for (; is_digit(peek(r)); r->at++) {
        *number = *number < INT64_MAX / 20 ? 10 * *number + (peek(r) - '0') : *number;
    }
    return (int)(r->at - from);
}

static struct ast *real(struct reader *r)
{
    uint32_t lo = r->at;
    int64_t digits = 0, power = 0;
    int whole = take_digits(r, &digits), part = 0;
    if (whole == 0 || (take(r, '.') && (part = take_digits(r, &digits)) == 0)) {
        return NULL;
    }
    bool exponent = peek(r) == 'e' || peek(r) == 'E', negative = false;
    if (exponent) {
        r->at++;
        negative = peek(r) == '-';
        r->at += negative || peek(r) == '+';
        int n = take_digits(r, &power);
        if (n == 0 || n > 4) {
            return NULL;
        }
    }
    double value;
    int tens = (int)(negative ? -power : power) - part;
    if (!real_value(r, lo, digits, whole + part, tens, &value) || is_letter(peek(r)) || peek(r) == '.') {
        return NULL;
    }
    struct ast *a = node(r, AST_REAL, lo, 0);
    a->v.real = value;
    return a;
}

/* The interned text. Since the same name often stands twice in a row, the last one is tried first. */
static const char *name_text(const struct reader *r, uint32_t lo, size_t length)
{
    const struct ast *last = r->n_names > 0 ? r->name[r->n_names - 1] : NULL;
    bool again = last && last->span.hi - last->span.lo == length &&
                 memcmp(r->text + last->span.lo, r->text + lo, length) == 0;
    return again ? last->name : intern_range(r->names, r->text + lo, length);
}

static struct ast *name(struct reader *r)
{
    uint32_t lo = r->at;
    const char *from = r->text + lo, *c = from;
    while (is_letter(*c) || (c > from && is_digit(*c))) {
        c++;
    }
    if (c == from || (unsigned char)*c >= 0x80) {
        return NULL; /* none, or one that goes on with a Greek letter */
    }
    r->at += (uint32_t)(c - from);
    const char *text = name_text(r, lo, (size_t)(c - from));
    int kind = r->words ? word_kind(r->words, text) : T_IDENT;
    if (kind != T_IDENT && kind != T_UNIT_WORD) {
        return NULL;
    }
    struct ast *a = node(r, AST_NAME, lo, 0);
    a->name = text;
    r->name[r->n_names++] = a;
    return a;
}

/* NAME, NAME[1], NAME[1, 2] */
static struct ast *reference(struct reader *r)
{
    struct ast *kid[1 + REACTION_LINES_MOST_INDICES], *base = kid[0] = name(r);
    uint32_t n = 1;
    if (!base || !take(r, '[')) {
        return base;
    }
    do {
        skip_blanks(r);
        if (n == sizeof kid / sizeof *kid || !(kid[n++] = integer(r))) {
            return NULL;
        }
        skip_blanks(r);
    } while (take(r, ','));
    if (!take(r, ']')) {
        return NULL;
    }
    struct ast *a = node(r, AST_INDEX, base->span.lo, n);
    memcpy(a->kid, kid, n * sizeof *kid);
    return a;
}

static struct ast *term(struct reader *r)
{
    uint32_t lo = r->at;
    int64_t count = 1;
    if (is_digit(peek(r))) {
        if (!take_integer(r, &count) || count == 0 || !is_blank(peek(r))) {
            return NULL;
        }
        skip_blanks(r);
    }
    struct ast *ref = reference(r);
    if (!ref) {
        return NULL;
    }
    struct ast *a = node(r, AST_TERM, lo, 2);
    a->v.integer = count;
    a->kid[1] = ref;
    return a;
}

static struct ast *side(struct reader *r)
{
    struct ast *kid[MOST_TERMS];
    uint32_t n = 0, lo = r->at, hi;
    if (peek(r) == '0') {
        r->at++;
        return is_digit(peek(r)) || is_letter(peek(r)) || peek(r) == '.' ? NULL : node(r, AST_SIDE, lo, 0);
    }
    do {
        skip_blanks(r);
        if (n == MOST_TERMS || !(kid[n++] = term(r))) {
            return NULL;
        }
        hi = r->at;
        skip_blanks(r);
    } while (take(r, '+'));
    r->at = hi;
    struct ast *a = node(r, AST_SIDE, lo, n);
    memcpy(a->kid, kid, n * sizeof *kid);
    return a;
}

static struct ast *rate(struct reader *r)
{
    if (is_letter(peek(r))) {
        return name(r);
    }
    struct ast *a = integer(r);
    return a ? a : real(r);
}

/* {k}, {k, k}; *good: nothing, or these */
static struct ast *rates(struct reader *r, bool *good)
{
    struct ast *kid[2];
    uint32_t n = 0, lo = r->at;
    *good = true;
    if (!take(r, '{')) {
        return NULL;
    }
    do {
        skip_blanks(r);
        if (n == 2 || !(kid[n++] = rate(r))) {
            *good = false;
            return NULL;
        }
        skip_blanks(r);
    } while (take(r, ','));
    *good = take(r, '}');
    struct ast *a = node(r, AST_LIST, lo, n);
    memcpy(a->kid, kid, n * sizeof *kid);
    return a;
}

static struct ast *reaction(struct reader *r)
{
    uint32_t lo = r->at;
    r->n_names = 0;
    struct ast *kid[5] = {side(r)};
    if (!kid[0]) {
        return NULL;
    }
    skip_blanks(r);
    enum ast_op op = take_arrow(r);
    skip_blanks(r);
    bool good;
    kid[2] = rates(r, &good);
    skip_blanks(r);
    good = good && op != OP_NONE && (!kid[2] || kid[2]->n == (op == OP_ARROW ? 1 : 2));
    if (!good || !(kid[1] = side(r))) {
        return NULL;
    }
    skip_blanks(r);
    if (!take(r, ';')) {
        return NULL;
    }
    struct ast *a = node(r, AST_REACTION, lo, 5);
    a->op = (uint8_t)op;
    memcpy(a->kid, kid, sizeof kid);
    return a;
}

/* ---- names ---- */

static uint64_t hash_of(const char *interned)
{
    return hash_mix(0, (uint64_t)(uintptr_t)interned);
}

static int32_t position(const struct hash_index *by_name, const char *const *name, const char *interned)
{
    size_t turn = 0;
    int32_t i;
    do {
        i = hash_index_next(by_name, hash_of(interned), &turn);
    } while (i >= 0 && name[i] != interned);
    return i;
}

static struct ast *name_of_list(const struct ast *lines, const char *interned)
{
    const struct reaction_lines *l = lines->v.lines;
    return ast_child(lines, (uint32_t)position(&l->by_name, l->name, interned));
}

/* ---- lists ---- */

struct list {
    VEC(struct place) at;
    VEC(const char *) name;
    VEC(struct span) name_at;
    VEC(struct reaction_use) use;
    struct hash_index by_name;
    int64_t n_reactions;
};

static struct reaction_use *use_of(struct list *list, const struct ast *name)
{
    bool again = list->name.n > 0 && vec_last(&list->name) == name->name;
    int32_t i = again ? (int32_t)list->name.n - 1 : position(&list->by_name, list->name.data, name->name);
    if (i < 0) {
        i = (int32_t)list->name.n;
        vec_push(&list->name, name->name);
        vec_push(&list->name_at, name->span);
        vec_push(&list->use, (struct reaction_use){.least = UINT32_MAX});
        hash_index_add(&list->by_name, hash_of(name->name), i);
    }
    return &list->use.data[i];
}

static void collect_side(struct list *list, const struct ast *side)
{
    for (uint32_t i = 0; i < side->n; i++) {
        const struct ast *ref = term_reference(side_term(side, i));
        bool has_indices = ref->kind == AST_INDEX;
        struct reaction_use *use = use_of(list, has_indices ? index_base(ref) : ref);
        uint32_t n = has_indices ? ref->n - 1 : 0;
        use->reacts = true;
        use->least = n < use->least ? n : use->least;
        use->most = n > use->most ? n : use->most;
        for (uint32_t k = 0; k < n; k++) {
            int64_t at = index_at(ref, k + 1)->v.integer;
            use->largest[k] = at > use->largest[k] ? at : use->largest[k];
        }
    }
}

static void collect_uses(struct list *list, const struct ast *a)
{
    const struct ast *rates = reaction_rates(a);
    collect_side(list, reaction_left(a));
    for (uint32_t i = 0; rates && i < rates->n; i++) {
        if (list_item(rates, i)->kind == AST_NAME) {
            use_of(list, list_item(rates, i))->is_rate = true;
        }
    }
    collect_side(list, reaction_right(a));
}

/* Skips blanks and comments, but not a comment that documents a declaration. */
static void skip_between(struct reader *r)
{
    skip_blanks(r);
    while (r->end - r->at > 2 && memcmp(r->text + r->at, "//", 2) == 0 && r->text[r->at + 2] != '/') {
        const char *line_end = memchr(r->text + r->at, '\n', r->end - r->at);
        r->at = line_end ? (uint32_t)(line_end - r->text) : r->end;
        skip_blanks(r);
    }
}

static void read_statements(struct reader *r, struct list *list)
{
    skip_between(r);
    while (is_letter(peek(r)) || is_digit(peek(r))) {
        const struct ast *a = reaction(r);
        if (!a) {
            break;
        }
        collect_uses(list, a);
        vec_push(&list->at, (struct place){a->span.lo, a->span.hi});
        list->n_reactions += a->op == OP_REVERSIBLE ? 2 : 1;
        arena_reset(r->arena);
        r->room = 0;
        skip_between(r);
    }
}

/* Copies the list to memory that lasts. */
static struct ast *finish(struct parse *p, const struct list *list)
{
    struct reaction_lines *l = arena_alloc(p->arena, sizeof *l);
    size_t n = list->name.n;
    struct place *at = arena_alloc(p->arena, list->at.n * sizeof *at);
    const char **name = arena_alloc(p->arena, n * sizeof *name);
    struct reaction_use *use = arena_alloc(p->arena, n * sizeof *use);
    memcpy(at, list->at.data, list->at.n * sizeof *at);
    memcpy(name, list->name.data, n * sizeof *name);
    memcpy(use, list->use.data, n * sizeof *use);
    *l = (struct reaction_lines){p->text, p->file, (uint32_t)list->at.n, at, list->n_reactions, p->names,
                                 name,    use,     {.arena = p->arena}};
    struct span all = {p->file, at[0].lo, at[l->n - 1].hi};
    struct ast *lines = arena_alloc(p->arena, sizeof *lines), *kid = arena_alloc(p->arena, n * sizeof *kid);
    *lines = (struct ast){.kind = AST_REACTIONS, .span = all, .depth = 2, .n = (uint32_t)n, .v.lines = l};
    lines->kid = arena_alloc(p->arena, n * sizeof *lines->kid);
    hash_index_open(&l->by_name, n);
    for (size_t i = 0; i < n; i++) {
        kid[i] = (struct ast){.kind = AST_NAME, .span = list->name_at.data[i], .depth = 1, .name = name[i]};
        lines->kid[i] = &kid[i];
        hash_index_add(&l->by_name, hash_of(name[i]), (int32_t)i);
    }
    return lines;
}

struct ast *reaction_lines_read(struct parse *p, uint32_t offset, uint32_t *end)
{
    struct reader r = {.text = p->text,
                       .file = p->file,
                       .at = offset,
                       .end = (uint32_t)p->length,
                       .arena = arena_create(),
                       .names = p->names,
                       .words = p->words};
    struct list list = {0};
    read_statements(&r, &list);
    bool is_list = list.at.n >= LEAST_STATEMENTS;
    struct ast *lines = is_list ? finish(p, &list) : NULL;
    *end = is_list ? lines->span.hi : r.at;
    arena_destroy(r.arena);
    vec_free(&list.at);
    vec_free(&list.name);
    vec_free(&list.name_at);
    vec_free(&list.use);
    hash_index_free(&list.by_name);
    return lines;
}

uint32_t reaction_lines_count(const struct ast *lines)
{
    return lines->v.lines->n;
}

int64_t reaction_lines_reactions(const struct ast *lines)
{
    return lines->v.lines->n_reactions;
}

struct span reaction_lines_at(const struct ast *lines, uint32_t i)
{
    const struct reaction_lines *l = lines->v.lines;
    return (struct span){l->file, l->at[i].lo, l->at[i].hi};
}

const struct reaction_use *reaction_lines_use(const struct ast *lines, uint32_t i)
{
    return &lines->v.lines->use[i];
}

struct ast *reaction_lines_open(const struct ast *lines, uint32_t i, struct arena *arena)
{
    const struct reaction_lines *l = lines->v.lines;
    struct reader r = {.text = l->text,
                       .file = l->file,
                       .at = l->at[i].lo,
                       .end = l->at[i].hi,
                       .arena = arena,
                       .names = l->names};
    struct ast *a = reaction(&r);
    for (size_t k = 0; k < r.n_names; k++) {
        r.name[k]->v.bound = name_of_list(lines, r.name[k]->name)->v.bound;
    }
    return a;
}

void reaction_lines_keep(const struct ast *lines, const struct ast *statement)
{
    if (statement->kind == AST_NAME) {
        ast_bind(name_of_list(lines, statement->name), statement->v.bound);
    }
    for (uint32_t i = 0; i < statement->n; i++) {
        if (ast_child(statement, i)) {
            reaction_lines_keep(lines, ast_child(statement, i));
        }
    }
}
