#include "frontend/text/ast_build.h"

#include <ctype.h>
#include <string.h>

/* Later stages walk the tree by recursion; long sums and else-if chains are the deep ones. */
enum { DEEPEST_TREE = 2000 };

/* -- nodes and lists -- */

static void note_depth(struct parse *p, struct ast *node, const struct ast *kid)
{
    if (kid && kid->depth >= node->depth) {
        node->depth = kid->depth + 1;
    }
    if (node->depth > DEEPEST_TREE) {
        parse_error(p, DIAG_E0110, node->span, "this is nested more than %d levels deep", DEEPEST_TREE);
        parse_help(p, "name parts of it with `let`, `const` or `fn`");
        p->stop = true;
        node->n = 0;
        node->depth = 1;
    }
}

struct ast *ast_node0(struct parse *p, enum ast_kind kind, struct span at)
{
    struct ast *node = arena_alloc(p->arena, sizeof *node);
    node->kind = (uint8_t)kind;
    node->span = at;
    node->depth = 1;
    return node;
}

struct ast *ast_node_n(struct parse *p, enum ast_kind kind, struct span at, size_t n, struct ast *const *kid)
{
    struct ast *node = ast_node0(p, kind, at);
    node->kid = arena_alloc(p->arena, n * sizeof(struct ast *));
    memcpy(node->kid, kid, n * sizeof(struct ast *));
    node->n = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        note_depth(p, node, kid[i]);
    }
    return node;
}

struct ast *ast_list(struct parse *p, struct span at)
{
    return ast_node0(p, AST_LIST, at);
}

/* The numbers of the children that are filled in later. */
enum {
#define CHILD(kind, at, name) AT_##name = (at),
#include "frontend/text/ast.def"
};

static void set_child(struct parse *p, struct ast *node, uint32_t at, struct ast *kid)
{
    assert(at < node->n);
    node->kid[at] = kid;
    note_depth(p, node, kid);
}

/* The capacity is not stored: room is doubled whenever the count is a power of two. */
static void add_kid(struct parse *p, struct ast *list, struct ast *kid)
{
    if ((list->n & (list->n - 1)) == 0) {
        size_t room = list->n ? (size_t)list->n * 2 : 1;
        struct ast **old = list->kid;
        list->kid = arena_alloc(p->arena, room * sizeof(struct ast *));
        if (list->n) {
            memcpy(list->kid, old, list->n * sizeof(struct ast *));
        }
    }
    list->kid[list->n++] = kid;
    note_depth(p, list, kid);
}

struct ast *ast_push(struct parse *p, struct ast *list, struct ast *kid)
{
    if (list && kid) {
        add_kid(p, list, kid);
        list->span = span_extend(list->span, kid->span);
    }
    return list;
}

/* The doc comment stands before the first token of a declaration. */
static const char *doc_at(const struct parse *p, uint32_t offset)
{
    size_t lo = 0, hi = p->tokens.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->tokens.data[mid].span.lo < offset) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    for (; lo < p->tokens.n && p->tokens.data[lo].span.lo == offset; lo++) {
        if (p->tokens.data[lo].doc) {
            return p->tokens.data[lo].doc;
        }
    }
    return NULL;
}

struct ast *ast_declare(struct parse *p, struct ast *list, struct ast *kid)
{
    if (kid && p->any_doc && !kid->doc) {
        kid->doc = doc_at(p, kid->span.lo);
        for (uint32_t i = 0; kid->doc && i < kid->n; i++) {
            struct ast *dcl = ast_child(kid, i);
            if (dcl && dcl->kind == AST_DCL && !dcl->doc) {
                dcl->doc = kid->doc; /* `/// text` before `param a = 1;` documents a */
            }
        }
    }
    return ast_push(p, list, kid);
}

struct ast *ast_as(struct ast *list, enum ast_kind kind, struct span at)
{
    if (list) {
        list->kind = (uint8_t)kind;
        list->span = at;
    }
    return list;
}

struct ast *ast_joined(struct parse *p, enum ast_kind kind, struct span at, struct ast *list,
                       struct ast *first)
{
    struct ast *node = ast_node0(p, kind, at);
    size_t n = list ? list->n : 0;
    node->kid = arena_alloc(p->arena, (n + 1) * sizeof(struct ast *));
    node->kid[0] = first;
    if (n) {
        memcpy(node->kid + 1, list->kid, n * sizeof(struct ast *));
        node->flags = list->flags & AST_TRAILING;
    }
    node->n = (uint32_t)n + 1;
    for (uint32_t i = 0; i < node->n; i++) {
        note_depth(p, node, ast_child(node, i));
    }
    return node;
}

struct ast *ast_named(struct ast *node, const struct token *name)
{
    if (node) {
        node->name = name->text;
    }
    return node;
}

struct ast *ast_op(struct ast *node, enum ast_kind kind, struct span at, int op)
{
    node = ast_as(node, kind, at);
    if (node) {
        node->op = (uint8_t)op;
    }
    return node;
}

struct ast *ast_flag(struct ast *node, int flags)
{
    if (node) {
        node->flags |= (uint16_t)flags;
    }
    return node;
}

struct ast *ast_spanned(struct ast *node, struct span at)
{
    if (node) {
        node->span = at;
    }
    return node;
}

/* -- expressions -- */

struct ast *ast_word(struct parse *p, const struct token *word)
{
    return ast_named(ast_node0(p, AST_NAME, word->span), word);
}

struct ast *ast_dotted_arg(struct parse *p, struct span at, const struct ast *of, const struct token *member,
                           struct ast *value)
{
    char *name = arena_strndup(p->arena, p->text + of->span.lo, member->span.hi - of->span.lo), *to = name;
    for (const char *c = name; *c; c++) {
        *to = *c;
        to += !isspace((unsigned char)*c);
    }
    *to = '\0';
    struct ast *node = ast_node(p, AST_ARG, at, value);
    node->name = intern_text(p->names, name);
    return node;
}

struct ast *ast_entry(struct parse *p, struct span at, struct ast *to, struct ast *value)
{
    if (to->kind == AST_INDEX || to->kind == AST_FIELD) {
        return ast_op(ast_node(p, AST_BIND, at, to, value), AST_BIND, at, OP_BIND);
    }
    if (to->kind != AST_NAME) {
        parse_error(p, DIAG_E0101, to->span, "a name, an element or a part stands before `=`");
        parse_help(p, "as in `(A = 1e-12, x[2] = 1e-9, default = 1e-8)`");
        return NULL;
    }
    struct ast *node = ast_node(p, AST_ARG, at, value);
    node->name = to->name;
    return node;
}

struct ast *ast_bool(struct parse *p, struct span at, bool value)
{
    struct ast *node = ast_node0(p, AST_BOOL, at);
    node->v.integer = value;
    return node;
}

struct ast *ast_number(struct span at, enum ast_kind kind, const struct token *number, struct ast *units)
{
    struct ast *node = ast_as(units, kind, at);
    if (kind == AST_INT) {
        node->v.integer = number->v.integer;
    } else {
        node->v.real = number->v.real;
    }
    return node;
}

struct ast *ast_unit(struct parse *p, const struct token *unit, int exponent)
{
    struct ast *node = ast_named(ast_node0(p, AST_UNIT, unit->span), unit);
    node->v.integer = exponent;
    return node;
}

static const struct ast *behind_sign(const struct ast *node)
{
    while (node->kind == AST_UNARY) {
        node = unary_operand(node);
    }
    return node;
}

static bool has_units(const struct ast *node)
{
    node = behind_sign(node);
    return (node->kind == AST_INT || node->kind == AST_REAL) && node->n > 0 && !(node->flags & AST_PAREN);
}

/* M^-1 s^-1 is M^(-(1 s)^(-1)), so the power of the last unit is reported first, and that alone. */
static bool is_power_of_unit(const struct ast *node)
{
    node = behind_sign(node);
    return node->kind == AST_BINARY && node->op == OP_POW && has_units(binary_left(node));
}

struct ast *ast_binary(struct parse *p, struct span at, enum ast_op op, struct ast *left, struct ast *right)
{
    if (op == OP_POW && has_units(right)) {
        parse_error(p, DIAG_E0103, right->span, "an exponent has no unit");
        parse_help(p, "for a product write `*`");
    } else if (op == OP_POW && has_units(left) && !is_power_of_unit(right)) {
        parse_error(p, DIAG_E0103, at, "the power would be of the number, too, not of its unit alone");
        parse_help(p, "units stand behind slashes: 1e6 /M/s for 1e6 M^-1 s^-1, 2 /h/h for 2 h^-2; a power of "
                      "both is (2 h)^2");
    }
    return ast_op(ast_node(p, AST_BINARY, at, left, right), AST_BINARY, at, (int)op);
}

/* Adds a text between holes; the empty one is left out. */
struct ast *ast_string_part(struct parse *p, struct ast *parts, const struct token *text)
{
    if (text->text[0] == '\0') {
        return parts;
    }
    struct span inner = text->span; /* without the quote or brace on either side */
    inner.lo += inner.hi > inner.lo;
    inner.hi -= inner.hi > inner.lo;
    return ast_push(p, parts, ast_named(ast_node0(p, AST_STRING_PART, inner), text));
}

struct ast *ast_string(struct parse *p, struct span at, const struct token *text)
{
    return ast_as(ast_string_part(p, ast_list(p, at), text), AST_STRING, at);
}

struct ast *ast_string_end(struct parse *p, struct span at, const struct token *head, struct ast *parts,
                           const struct token *tail)
{
    struct ast *all = ast_string_part(p, ast_list(p, at), head);
    for (uint32_t i = 0; i < parts->n; i++) {
        ast_push(p, all, list_item(parts, i));
    }
    return ast_as(ast_string_part(p, all, tail), AST_STRING, at);
}

/* -- declarations -- */

struct ast *ast_use(struct parse *p, struct span at, const struct token *word)
{
    return ast_named(ast_node0(p, AST_USE, at), word);
}

struct ast *ast_use_more(struct parse *p, struct ast *use, const struct token *word)
{
    use->name = intern_text(p->names, arena_printf(p->arena, "%s.%s", use->name, word->text));
    return use;
}

struct ast *ast_use_path(struct parse *p, struct span at, const struct token *path)
{
    return ast_flag(ast_use(p, at, path), AST_IS_PATH);
}

struct ast *ast_data(struct parse *p, struct span at, const struct token *name, struct ast *call)
{
    if (call->kind != AST_CALL) {
        parse_error(p, DIAG_E0101, call->span, "data comes from a call");
        parse_help(p,
                   call->kind == AST_ARRAY || call->kind == AST_ARRAY_OVER
                       ? "what stands in the program is a constant: `const %s = [[0, 1], [1, 0]];`"
                       : "as in `data %s = csv(\"file.csv\", input = 0..4, label = 4);`",
                   name->text);
        return NULL;
    }
    return ast_named(ast_node(p, AST_DATA, at, call), name);
}

struct ast *ast_table(struct parse *p, struct span at, const struct token *name, struct ast *call)
{
    if (call->kind != AST_CALL) {
        parse_error(p, DIAG_E0101, call->span, "a function without arguments comes from a table");
        parse_help(p, "as in `fn %s = table(\"file.csv\", method = linear);`, or `fn %s(x) = ...;`",
                   name->text, name->text);
        return NULL;
    }
    return ast_named(ast_node(p, AST_TABLE, at, call), name);
}

struct ast *ast_network(struct parse *p, struct span at, struct ast *head, struct ast *block)
{
    set_child(p, head, AT_network_block, block);
    return ast_spanned(head, at);
}

struct ast *ast_nparam(struct ast *dcl, int op, struct span at)
{
    return ast_op(dcl, AST_NPARAM, at, op);
}

/* -- networks -- */

static struct span place_of(const struct ast *node, struct span otherwise)
{
    return node ? node->span : otherwise;
}

/* `->{1,5}`: digits on both sides of a comma. */
static bool decimal_comma(const struct ast *rates)
{
    return rates && rates->n == 2 && ast_child(rates, 0)->kind == AST_INT &&
           ast_child(rates, 1)->kind == AST_INT;
}

static void check_rates(struct parse *p, const struct ast *reaction)
{
    const struct ast *rates = reaction_rates(reaction);
    uint32_t n = rates ? rates->n : 0;
    struct span at = place_of(rates, reaction->span);
    if (reaction->op == OP_REVERSIBLE && n != 0 && n != 2) {
        parse_error(p, DIAG_E0108, at, "`<->` takes two rates, or none");
        if (n == 1) {
            const char *rate = arena_strndup(p->arena, p->text + list_item(rates, 0)->span.lo,
                                             list_item(rates, 0)->span.hi - list_item(rates, 0)->span.lo);
            parse_help(p, "write `<->{%s, %s}`, the second for the way back, or `->{%s}` for one way alone",
                       rate, rate, rate);
        } else {
            parse_help(p, "write `<->{forward, backward}`");
        }
    } else if (reaction->op == OP_LAW && n != 1) {
        parse_error(p, DIAG_E0108, at, "`=>` takes the whole rate in braces");
        parse_help(p, "as in `A =>{ v*A/(K + A) } B`; mass action is `->`");
    } else if ((reaction->op == OP_ARROW || reaction->op == OP_BALANCED) && n > 1) {
        parse_error(p, DIAG_E0108, at, "`%s` takes one rate, here are %u",
                    ast_op_text((enum ast_op)reaction->op), n);
        parse_help(
            p,
            "a reaction with a rate in each direction is `<->{forward, backward}`, one whose products come "
            "later `->{k, delay = 5}`%s",
            decimal_comma(rates) ? "; a number with digits behind the point is written `1.5`" : "");
    }
}

struct ast *ast_lateness(struct parse *p, struct span at, const struct token *word, struct ast *value)
{
    if (strcmp(word->text, "delay") != 0) {
        parse_error(p, DIAG_E0108, word->span, "a reaction takes no `%s`: it has rates, and a delay",
                    word->text);
        parse_help(p,
                   "write the value alone, `->{0.5}`, or a parameter `param %s = 0.5;` and `->{%s}`; where "
                   "products come later it is `->{k, delay = 5}`",
                   word->text, word->text);
    }
    return ast_named(ast_node(p, AST_ARG, at, value), word);
}

/* Takes the delay off the end of the list of rates. */
static struct ast *take_lateness(struct ast *rate)
{
    bool any = rate && rate->n > 0 && rate->kid[rate->n - 1] && rate->kid[rate->n - 1]->kind == AST_ARG;
    return any ? rate->kid[--rate->n] : NULL;
}

struct ast *ast_reaction(struct parse *p, struct span at, int arrow, struct ast *left, struct ast *rate,
                         struct ast *right, struct ast *via)
{
    struct ast *delay = take_lateness(rate);
    rate = rate && rate->n == 0 ? NULL : rate;
    if (delay && (arrow == OP_REVERSIBLE || arrow == OP_BALANCED)) {
        parse_error(p, DIAG_E0414, delay->span, "`%s` has no delay: each direction is a reaction of its own",
                    ast_op_text((enum ast_op)arrow));
        parse_help(p, "write two reactions: A ->{1, delay = 5} B; B -> A;");
    }
    return ast_op(ast_node(p, AST_REACTION, at, left, right, rate, via, delay ? arg_value(delay) : NULL),
                  AST_REACTION, at, arrow);
}

/* The reaction of `A -> B; {k}` at the end of a line, whose rate is at `rate_at`, as it is to be written;
 * NULL: the rate belongs to the reaction behind it. */
static const char *with_rate_behind(const struct parse *p, struct span rate_at, uint32_t reaction_at)
{
    size_t end = rate_at.lo;
    while (end > 0 && (p->text[end - 1] == ' ' || p->text[end - 1] == '\t')) {
        end--;
    }
    bool own_line = reaction_at > rate_at.hi && memchr(p->text + rate_at.hi, '\n', reaction_at - rate_at.hi);
    if (end == 0 || p->text[end - 1] != ';' || !own_line) {
        return NULL;
    }
    size_t start = --end;
    while (start > 0 && !strchr(";{}\n", p->text[start - 1])) {
        start--;
    }
    start += strspn(p->text + start, " \t");
    size_t arrow = start;
    while (arrow < end && p->text[arrow] != '>') {
        arrow++;
    }
    return arrow < end ? arena_printf(p->arena, "%.*s%.*s%.*s", (int)(arrow + 1 - start), p->text + start,
                                      (int)(rate_at.hi - rate_at.lo), p->text + rate_at.lo,
                                      (int)(end - arrow - 1), p->text + arrow + 1)
                       : NULL;
}

struct ast *ast_misplaced_rate(struct parse *p, struct span at, struct span rate_at, struct ast *rate,
                               struct ast *reaction)
{
    const char *arrow = ast_op_text((enum ast_op)reaction->op);
    parse_error(p, DIAG_E0106, rate_at, "the rate stands right after the arrow");
    const char *before = with_rate_behind(p, rate_at, reaction_left(reaction)->span.lo);
    if (before) {
        parse_help(p, "write `%s;`", before);
    } else if (reaction_rates(reaction)) {
        parse_help(p, "this reaction has two rates; leave one out");
    } else {
        parse_help(p, "write `%s%.*s`", arrow, (int)(rate_at.hi - rate_at.lo - (p->text[rate_at.lo] == '-')),
                   p->text + rate_at.lo + (p->text[rate_at.lo] == '-'));
        set_child(p, reaction, AT_reaction_rates, ast_spanned(rate, rate_at));
    }
    return ast_spanned(reaction, at);
}

/* Called for every reaction statement once it is complete, so that a repaired rate is checked too. */
struct ast *ast_finished_reaction(struct parse *p, struct span at, struct ast *reaction)
{
    check_rates(p, reaction);
    return ast_spanned(reaction, at);
}

struct ast *ast_labelled(struct parse *p, struct span at, struct ast *label, struct ast *reaction)
{
    if (label->kind == AST_NAME) {
        reaction->name = label->name;
    } else {
        parse_error(p, DIAG_E0108, label->span, "the label of a reaction is one name");
    }
    return ast_finished_reaction(p, at, reaction);
}

struct ast *ast_instance(struct parse *p, struct span at, struct ast *label, const struct token *network,
                         struct ast *args)
{
    if (label && label->kind == AST_FIELD) {
        parse_error(p, DIAG_E0101, label->span, "the name of an instance has no fields");
    }
    return ast_named(ast_joined(p, AST_INSTANCE, at, args, label), network);
}

struct ast *ast_term(struct parse *p, struct span at, const struct token *coefficient, struct ast *ref)
{
    struct ast *term = ast_node(p, AST_TERM, at, NULL, ref);
    term->v.integer = coefficient ? coefficient->v.integer : 1;
    if (coefficient && term->v.integer == 0) {
        parse_error(p, DIAG_E0108, coefficient->span, "a coefficient is at least 1");
    }
    return term;
}

struct ast *ast_diffuse(struct parse *p, struct span at, const struct token *species, struct ast *rates,
                        struct ast *along)
{
    struct ast *delay = take_lateness(rates);
    if (delay) {
        parse_error(p, DIAG_E0414, delay->span, "diffusion has no delay");
    }
    if (!rates) {
        rates = ast_list(p, at);
    }
    if (rates->n > 2) {
        parse_error(p, DIAG_E0108, rates->span, "diffusion takes one rate, or one for each direction");
    }
    return ast_named(ast_node(p, AST_DIFFUSE, at, rates, along), species);
}

/* -- models -- */

struct ast *ast_edge(struct parse *p, struct span at, struct ast *a, int op, struct ast *b,
                     struct ast *weight)
{
    if (a->kind != AST_NAME && a->kind != AST_INDEX && a->kind != AST_FIELD) {
        parse_error(p, DIAG_E0101, a->span, "a connection joins two units");
        parse_help(p, "as in `connect v[0] -- h[1] = 0.5;`");
        return NULL;
    }
    return ast_op(ast_node(p, AST_EDGE, at, a, b, weight), AST_EDGE, at, op);
}

struct ast *ast_connect(struct parse *p, struct span at, struct ast *what)
{
    if (what->kind == AST_NAME && strcmp(what->name, "all") == 0) {
        return ast_node0(p, AST_CONNECT, at);
    }
    bool minus = what->kind == AST_BINARY && what->op == OP_SUB;
    if (minus && binary_left(what)->kind == AST_NAME && binary_right(what)->kind == AST_NAME) {
        parse_error(p, DIAG_E0101, what->span, "two units are joined by `--`, or by `->` in one direction");
        parse_help(p, "write `connect %s -- %s`", binary_left(what)->name, binary_right(what)->name);
        return ast_node0(p, AST_CONNECT, at);
    }
    return ast_node(p, AST_CONNECT_MATRIX, at, what);
}

/* -- experiments -- */

struct ast *ast_assign(struct parse *p, struct span at, struct ast *target, int op, struct ast *value)
{
    if (target->kind == AST_FIELD) {
        parse_error(p, DIAG_E0101, target->span, "a value of a network is changed with `set`");
        parse_help(p, "write `set %.*s`", (int)(value->span.hi - target->span.lo), p->text + target->span.lo);
    }
    return ast_op(ast_node(p, AST_ASSIGN, at, target, value), AST_ASSIGN, at, op);
}

struct ast *ast_model_species(struct parse *p, struct span at, struct ast *number)
{
    if (number && number->kind == AST_INDEX && number->n == 2) {
        struct ast *count = number->kid[1];
        parse_error(p, DIAG_E0101, number->span, "a model says how many species it has, and no names");
        parse_help(p, "write `species %s;`: they are s[0], s[1] and so on",
                   arena_strndup(p->arena, p->text + count->span.lo, count->span.hi - count->span.lo));
        number = count;
    }
    return ast_node(p, AST_MODEL_SPECIES, at, number);
}

struct ast *ast_call_stmt(struct parse *p, struct span at, const struct token *callee, struct ast *args)
{
    struct span call_at = span_extend(callee->span, args->span);
    return ast_node(p, AST_CALL_STMT, at, ast_joined(p, AST_CALL, call_at, args, ast_word(p, callee)));
}

struct ast *ast_run(struct parse *p, enum ast_kind kind, struct span at, const struct token *network,
                    struct ast *clauses, struct ast *out)
{
    return ast_named(ast_joined(p, kind, at, clauses, out), network);
}

struct ast *ast_run_as(struct parse *p, struct span at, const struct token *network, struct span network_at,
                       const struct token *name, struct ast *clauses, struct ast *out)
{
    struct ast *of =
        ast_op(ast_node(p, AST_CLAUSE, network_at, ast_word(p, network)), AST_CLAUSE, network_at, OP_AS);
    return ast_run(p, AST_RUN, at, name, ast_joined(p, AST_LIST, at, clauses, of), out);
}

struct ast *ast_teach(struct parse *p, struct span at, const struct token *network, struct ast *binds,
                      struct ast *clauses, struct ast *out)
{
    struct ast *rest = ast_joined(p, AST_LIST, at, clauses, out);
    return ast_named(ast_joined(p, AST_TEACH, at, rest, binds), network);
}

struct ast *ast_clause(struct parse *p, struct ast *clauses, struct ast *clause)
{
    bool ends = clause->op == OP_TO_STEADY || clause->op == OP_TO_LIMIT;
    for (uint32_t i = 0; i < clauses->n; i++) {
        int other = list_item(clauses, i)->op;
        if (other == clause->op || (ends && (other == OP_TO_STEADY || other == OP_TO_LIMIT))) {
            parse_error(p, DIAG_E0101, clause->span, "`%s` is given twice",
                        ast_op_text((enum ast_op)clause->op));
            parse_note(p, list_item(clauses, i)->span, "the first one");
            return clauses;
        }
    }
    return ast_push(p, clauses, clause);
}
