/* BioNetGen's .net: blocks of numbered lines. A rate is factor * constant * product of the reactants, without
 * 1/n!: the writer of the file has put it into the factor. So `1,1` of rate k has the propensity k n (n - 1),
 * as here. */
#include <stdio.h>
#include <string.h>

#include "import/infix.h"
#include "import/mass_action.h"

enum block {
    BLOCK_NONE,
    BLOCK_PARAMETERS,
    BLOCK_SPECIES,
    BLOCK_REACTIONS,
    BLOCK_GROUPS,
    BLOCK_FUNCTIONS,
    BLOCK_COUNT
};
static const char *const block_names[] = {"", "parameters", "species", "reactions", "groups", "functions"};
/* What BioNetGen writes about the model behind the network: simulators do not read it. */
static const char *const skipped_blocks[] = {"molecule types", "reaction rules", "compartments",
                                             "energy patterns", "population maps"};

/* What a name means: its definition is read when it is first needed. */
enum definition_kind { DEFINITION_PARAM, DEFINITION_GROUP, DEFINITION_FUNCTION };
enum definition_state { STATE_NEW, STATE_BUSY, STATE_DONE };
struct definition {
    enum definition_kind kind;
    enum definition_state state;
    const char *name;
    struct scan text; /* at the definition */
    struct span span;
    expr_id value; /* DONE: 0 after a report */
};

struct bionetgen {
    struct importer *x;
    const char *block[BLOCK_COUNT]; /* first line of each; NULL: not there */
    struct map names;               /* into definition: parameters and functions */
    struct map groups;              /* the same: a parameter of that name is what formulas mean */
    VEC(struct definition) definition;
    struct term_list lhs, rhs;
    VEC(int32_t) symbol; /* by species */
};

/* ---- blocks ---- */

static enum block block_named(struct scan *s)
{
    for (int b = BLOCK_NONE + 1; b < BLOCK_COUNT; b++) {
        if (scan_word(s, block_names[b])) {
            return (enum block)b;
        }
    }
    return BLOCK_NONE;
}

/* The name of a block that is not read; NULL: none is at this place. */
static const char *skipped_name(struct scan *s)
{
    for (size_t i = 0; i < sizeof skipped_blocks / sizeof *skipped_blocks; i++) {
        const char *from = s->at, *gap = strchr(skipped_blocks[i], ' ');
        char first[16];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(skipped_blocks[i], " "), skipped_blocks[i]);
        if (scan_word(s, first) && (!gap || scan_word(s, gap + 1))) {
            return skipped_blocks[i];
        }
        s->at = from;
    }
    return NULL;
}

/* Takes the lines of a block that is not read. */
static bool skip_block(struct scan *s, const char *begin, const char *name)
{
    while (scan_line(s)) {
        const char *end = scan_word(s, "end") ? skipped_name(s) : NULL;
        if (end && strcmp(end, name) == 0) {
            return true;
        }
    }
    return diag_report(s->x->diag, DIAG_E0831, import_span(s->x, begin, begin + strlen("begin")),
                       "block '%s' has no end", name);
}

/* What stands outside of blocks: settings of BioNetGen, as `version("2.9.3")`. */
static bool is_setting(struct scan *s)
{
    size_t length;
    return scan_word(s, "substanceUnits") || (scan_name(s, &length) && scan_char(s, '('));
}

/* Where blocks begin; what stands outside of them is an error. */
static bool find_blocks(struct bionetgen *b)
{
    struct scan s;
    enum block open = BLOCK_NONE;
    const char *begin = b->x->text;
    scan_start(&s, b->x, b->x->text);
    while (scan_line(&s)) {
        const char *from = s.at;
        if (scan_word(&s, "begin")) {
            enum block block = block_named(&s);
            const char *skipped = block == BLOCK_NONE && open == BLOCK_NONE ? skipped_name(&s) : NULL;
            if (skipped) {
                if (!skip_block(&s, from, skipped)) {
                    return false;
                }
                continue;
            }
            if (block == BLOCK_NONE) {
                return scan_expected(&s, "parameters, functions, species, reactions or groups");
            }
            if (open != BLOCK_NONE || b->block[block]) {
                return scan_error(&s, DIAG_E0831, from,
                                  open ? "block '%s' has not ended" : "a second block '%s'",
                                  block_names[open ? open : block]);
            }
            begin = from;
            b->block[block] = s.next ? s.next : b->x->end;
            open = block;
        } else if (scan_word(&s, "end")) {
            if (open == BLOCK_NONE || block_named(&s) != open) {
                return scan_error(&s, DIAG_E0831, from,
                                  open ? "the end of block '%s' is expected" : "no block has begun%s",
                                  block_names[open]);
            }
            open = BLOCK_NONE;
        } else if (open == BLOCK_NONE && !is_setting(&s)) {
            s.at = from;
            return scan_expected(&s, "'begin' and the name of a block");
        }
    }
    return open == BLOCK_NONE ||
           diag_report(b->x->diag, DIAG_E0831, import_span(b->x, begin, begin + strlen("begin")),
                       "block '%s' has no end", block_names[open]);
}

/* Calls `line` for each line of a block, behind its number, which must be the next one. */
static bool each_line(struct bionetgen *b, enum block block,
                      bool (*line)(struct bionetgen *b, struct scan *s))
{
    struct scan s;
    scan_start(&s, b->x, b->block[block]);
    for (int64_t n = 1; b->block[block] && scan_line(&s) && !scan_word(&s, "end"); n++) {
        int64_t number;
        const char *from = s.at;
        if (!scan_int(&s, &number)) {
            return scan_expected(&s, "the number of the line in its block");
        }
        if (number != n) {
            return scan_error(&s, DIAG_E0831, from,
                              "lines of a block are numbered in order: %lld is expected", (long long)n);
        }
        if (!line(b, &s)) {
            return false;
        }
    }
    return true;
}

/* ---- definitions ---- */

static bool define(struct bionetgen *b, struct scan *s, enum definition_kind kind, const char *from,
                   size_t length)
{
    struct definition d = {.kind = kind,
                           .name = arena_strndup(b->x->arena, from, length),
                           .text = *s,
                           .span = import_span(b->x, from, from + length)};
    struct map *names = kind == DEFINITION_GROUP ? &b->groups : &b->names;
    if (!map_add(names, d.name, (int32_t)b->definition.n)) {
        diag_report(b->x->diag, DIAG_E0203, d.span, "'%s' is declared twice", d.name);
        diag_note(b->x->diag, b->definition.data[map_find(names, d.name)].span, "first declared here");
        return false;
    }
    vec_push(&b->definition, d);
    return true;
}

static bool define_line(struct bionetgen *b, struct scan *s, enum definition_kind kind)
{
    size_t length;
    const char *name = scan_name(s, &length);
    if (!name) {
        return scan_expected(s, "a name");
    }
    if (kind == DEFINITION_FUNCTION && scan_char(s, '(') && !scan_char(s, ')')) {
        return scan_error(s, DIAG_E0832, name, "functions with arguments are not in reaction networks");
    }
    scan_char(s, '=');
    return define(b, s, kind, name, length);
}

static bool parameter_line(struct bionetgen *b, struct scan *s)
{
    return define_line(b, s, DEFINITION_PARAM);
}

static bool group_line(struct bionetgen *b, struct scan *s)
{
    return define_line(b, s, DEFINITION_GROUP);
}

static bool function_line(struct bionetgen *b, struct scan *s)
{
    return define_line(b, s, DEFINITION_FUNCTION);
}

static bool read_species_number(struct bionetgen *b, struct scan *s, species_id *species)
{
    int64_t n;
    const char *from = s->at;
    if (!scan_int(s, &n)) {
        return scan_expected(s, "the number of a species");
    }
    if (n < 1 || n > (int64_t)b->x->net->species.n) {
        return scan_error(s, DIAG_E0834, from, "there is no species %lld, the last is %zu", (long long)n,
                          b->x->net->species.n);
    }
    *species = (species_id)n - 1;
    return true;
}

/* "1,2*3": species 1 plus twice species 3. */
static expr_id read_group(struct bionetgen *b, struct scan *s)
{
    struct expr_pool *p = b->x->net->ex;
    expr_id sum = 0;
    while (!scan_at_end(s)) {
        const char *back = s->at;
        double weight = 1;
        species_id species;
        if (!scan_number(s, &weight) || !scan_char(s, '*')) {
            weight = 1;
            s->at = back;
        }
        if (!read_species_number(b, s, &species)) {
            return 0;
        }
        expr_id term = expr_binary(p, EXPR_MUL, expr_real(p, weight), net_species_expr(b->x->net, species));
        sum = sum ? expr_binary(p, EXPR_ADD, sum, term) : term;
        if (!scan_char(s, ',') && !scan_at_end(s)) {
            scan_expected(s, "','");
            return 0;
        }
    }
    return sum ? sum : expr_real(p, 0);
}

static expr_id name_value(void *env, struct infix *i, const char *name, size_t length);

static expr_id read_definition(struct bionetgen *b, struct definition *d, int depth)
{
    struct scan s = d->text;
    struct infix i = {.s = &s, .depth = depth, .name = name_value, .env = b};
    expr_id e = d->kind == DEFINITION_GROUP ? read_group(b, &s) : infix_read_real(&i);
    return e && scan_finish(&s) ? e : 0;
}

/* `depth`: of what is being read around it. */
static expr_id definition_value(struct bionetgen *b, int32_t at, int depth)
{
    struct definition *d = &b->definition.data[at];
    if (d->state == STATE_BUSY) {
        return diag_report(b->x->diag, DIAG_E0206, d->span, "'%s' is defined by itself", d->name);
    }
    if (d->state == STATE_DONE) {
        return d->value;
    }
    d->state = STATE_BUSY;
    expr_id e = read_definition(b, d, depth);
    d = &b->definition.data[at];
    if (e && d->kind == DEFINITION_PARAM) {
        const struct expr_pool *p = b->x->net->ex;
        if (expr_uses(p, e, EXPR_SPECIES, -1) || expr_uses(p, e, EXPR_TIME, -1)) {
            e = diag_report(b->x->diag, DIAG_E0832, d->span,
                            "a parameter that depends on amounts or on time");
        } else {
            e = import_param(b->x, d->name, e, d->span);
        }
    }
    d->state = STATE_DONE;
    return d->value = e;
}

static expr_id name_value(void *env, struct infix *i, const char *name, size_t length)
{
    struct bionetgen *b = env;
    int32_t at = map_find_range(&b->names, name, length);
    at = at >= 0 ? at : map_find_range(&b->groups, name, length);
    if (at >= 0) {
        return definition_value(b, at, i->depth + 1);
    }
    struct expr_pool *p = b->x->net->ex;
    const char *text = arena_strndup(b->x->arena, name, length);
    if (strcmp(text, "time") == 0 || strcmp(text, "t") == 0) {
        return expr_leaf(p, EXPR_TIME, TYPE_REAL, shape_scalar(), 0, 0);
    }
    if (strcmp(text, "_pi") == 0 || strcmp(text, "_e") == 0) {
        return expr_real(p, text[1] == 'p' ? 3.141592653589793238 : 2.718281828459045235);
    }
    return scan_error(i->s, DIAG_E0834, name, "'%s' is no parameter, group or function of this file", text);
}

static bool define_all(struct bionetgen *b)
{
    for (size_t i = 0; i < b->definition.n; i++) {
        if (!definition_value(b, (int32_t)i, 0)) {
            return false;
        }
    }
    return true;
}

/* ---- species ---- */

/* "1 A(b!1).B(a!1) A0". A "$" in front of a pattern, or behind its compartment, holds the species. */
static bool species_line(struct bionetgen *b, struct scan *s)
{
    size_t length;
    const char *name = scan_text(s, &length);
    if (!name) {
        return scan_expected(s, "a species");
    }
    struct span at = import_span(b->x, name, name + length);
    const char *mark = length > 1 ? memchr(name, '$', length) : NULL;
    bool held = mark != NULL;
    struct infix i = {.s = s, .name = name_value, .env = b};
    expr_id init = infix_read_real(&i);
    if (!init || !scan_finish(s) || !import_check_amount(b->x, init, at)) {
        return false;
    }
    if (expr_uses(b->x->net->ex, init, EXPR_SPECIES, -1) || expr_uses(b->x->net->ex, init, EXPR_TIME, -1)) {
        return diag_report(b->x->diag, DIAG_E0832, at,
                           "an initial amount that depends on amounts or on time");
    }
    bool bare = length > held + 2U && strncmp(name + length - 2, "()", 2) == 0; /* a molecule without sites */
    const char *shown = arena_printf(b->x->arena, "%.*s%.*s", held ? (int)(mark - name) : 0, name,
                                     (int)(length - (bare ? 2 : 0)) - (held ? (int)(mark - name) + 1 : 0),
                                     held ? mark + 1 : name);
    import_species(b->x, shown, held ? SPECIES_CONSTANT : SPECIES_DISCRETE, init, at);
    vec_push(&b->symbol, (int32_t)b->x->net->symbol.n - 1);
    return true;
}

/* ---- reactions ---- */

/* "1,1,4" or "0". */
static bool read_side(struct bionetgen *b, struct scan *s, struct term_list *side)
{
    side->n = 0;
    scan_blanks(s);
    if (s->at < s->end && *s->at == '0') {
        s->at++;
        return true;
    }
    do {
        struct term t = {0, 1};
        if (!read_species_number(b, s, &t.species)) {
            return false;
        }
        vec_push(side, t);
    } while (scan_char(s, ','));
    return true;
}

static expr_id reactant(struct bionetgen *b, size_t i)
{
    return net_species_expr(b->x->net, b->lhs.data[i].species);
}

/* law * the reactants from number `first` on */
static expr_id times_reactants(struct bionetgen *b, expr_id law, size_t first)
{
    for (size_t i = first; law && i < b->lhs.n; i++) {
        law = expr_binary(b->x->net->ex, EXPR_MUL, law, reactant(b, i));
    }
    return law;
}

#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)

/* kcat S E / (K + S); each further K saturates in the next reactant. kcat alone is the whole rate. */
static expr_id read_saturation(struct bionetgen *b, struct infix *i)
{
    struct expr_pool *p = b->x->net->ex;
    expr_id law = infix_read_real(i);
    if (!law || scan_at_end(i->s)) {
        return law;
    }
    law = times_reactants(b, law, 0);
    for (size_t r = 0; law && !scan_at_end(i->s); r++) {
        expr_id k =
            r < b->lhs.n ? infix_read_real(i) : scan_expected(i->s, "as many constants as reactants, and");
        law = k ? F2(DIV, law, F2(ADD, k, reactant(b, r))) : 0;
    }
    return law;
}

/* Vmax S^n / (K^n + S^n) */
static expr_id read_hill(struct bionetgen *b, struct infix *i)
{
    struct expr_pool *p = b->x->net->ex;
    expr_id v = infix_read_real(i), k = v ? infix_read_real(i) : 0, n = k ? infix_read_real(i) : 0;
    if (!n || b->lhs.n == 0) {
        return n ? scan_expected(i->s, "a reaction with a reactant, and") : 0;
    }
    expr_id power = F2(POW, reactant(b, 0), n);
    return times_reactants(b, F2(DIV, F2(MUL, v, power), F2(ADD, F2(POW, k, n), power)), 1);
}

/* kcat F E / (K + F) where F is the free substrate: the total quasi-steady state of S and E. */
static expr_id read_michaelis(struct bionetgen *b, struct infix *i)
{
    struct expr_pool *p = b->x->net->ex;
    expr_id kcat = infix_read_real(i), km = kcat ? infix_read_real(i) : 0;
    if (!km || b->lhs.n != 2) {
        return km ? scan_expected(i->s, "a substrate and an enzyme as reactants, and") : 0;
    }
    expr_id s = reactant(b, 0), e = reactant(b, 1), d = F2(SUB, F2(SUB, s, km), e);
    expr_id under = F2(ADD, F2(MUL, d, d), F2(MUL, F2(MUL, expr_real(p, 4), km), s));
    expr_id free = F2(MUL, expr_real(p, 0.5), F2(ADD, d, expr_unary(p, EXPR_SQRT, under)));
    return F2(DIV, F2(MUL, F2(MUL, kcat, free), e), F2(ADD, km, free));
}

/* "2*kp1", "0.5*f", "Sat kcat K", "2*Hill V K n". *kind: a constant, or a law. */
static expr_id read_rate(struct bionetgen *b, struct scan *s, enum rate_kind *kind)
{
    struct expr_pool *p = b->x->net->ex;
    struct infix i = {.s = s, .name = name_value, .env = b};
    const char *from = s->at;
    double factor = 1;
    expr_id e;
    if (!scan_number(s, &factor) || !scan_char(s, '*')) {
        factor = 1;
        s->at = from;
    }
    *kind = RATE_LAW;
    if (scan_word(s, "Sat")) {
        e = read_saturation(b, &i);
    } else if (scan_word(s, "Hill")) {
        e = read_hill(b, &i);
    } else if (scan_word(s, "MM")) {
        e = read_michaelis(b, &i);
    } else {
        s->at = from;
        scan_word(s, "Ele"); /* elementary, which is what stands without a word too */
        e = infix_read_real(&i);
        bool law = e && (expr_uses(p, e, EXPR_SPECIES, -1) || expr_uses(p, e, EXPR_TIME, -1));
        *kind = law ? RATE_LAW : RATE_MASS_ACTION;
        return law ? times_reactants(b, e, 0) : e;
    }
    return e ? F2(MUL, expr_real(p, factor), e) : 0;
}

/* The comment "_R1" names the rule that made the reaction. */
static const char *rule_name(struct bionetgen *b, const struct scan *s)
{
    const char *from = s->comment, *to = s->eol;
    while (from < to && (*from == ' ' || *from == '\t')) {
        from++;
    }
    while (to > from && (to[-1] == ' ' || to[-1] == '\r' || to[-1] == '\t')) {
        to--;
    }
    return to > from ? intern_range(b->x->net->names, from, (size_t)(to - from)) : NULL;
}

/* A law is one of amounts in runs of either kind here. */
static void warn_of_equals(struct bionetgen *b, struct span at)
{
    for (size_t i = 1; i < b->lhs.n; i++) {
        if (b->lhs.data[i].species == b->lhs.data[i - 1].species) {
            const char *name = b->x->net->species.data[b->lhs.data[i].species].name;
            diag_report(b->x->diag, DIAG_W0833, at,
                        "the law of this reaction has two factors %s in runs of either kind; in stochastic "
                        "ones BioNetGen takes one less for the second",
                        name);
            return;
        }
    }
}

/* "1 1,2 4 2*kp1 #_R1" */
static bool reaction_line(struct bionetgen *b, struct scan *s)
{
    const char *from = s->at;
    enum rate_kind kind;
    expr_id rate;
    if (!read_side(b, s, &b->lhs) || !read_side(b, s, &b->rhs) || !(rate = read_rate(b, s, &kind)) ||
        !scan_finish(s)) {
        return false;
    }
    while (*from == ' ' || *from == '\t') {
        from++;
    }
    struct span at = import_span(b->x, from, s->end);
    reaction_id id = import_reaction(b->x, b->lhs.data, b->lhs.n, b->rhs.data, b->rhs.n, kind, rate, at);
    if (id >= 0) {
        b->x->net->reaction.data[id].origin = rule_name(b, s);
    }
    if (kind == RATE_LAW) {
        warn_of_equals(b, at);
    }
    return id >= 0;
}

/* ---- the file ---- */

/* A group of one species that has its name. */
static bool is_species(const struct bionetgen *b, const struct definition *d)
{
    const struct net *n = b->x->net;
    const struct expr *e = expr_get(n->ex, d->value);
    return d->kind == DEFINITION_GROUP && e->op == EXPR_SPECIES &&
           strcmp(n->species.data[e->a].name, d->name) == 0;
}

/* Groups are what the file wants to see; functions are there to be asked for. */
static void add_outputs(struct bionetgen *b)
{
    struct net *n = b->x->net;
    for (size_t i = 0; i < b->definition.n; i++) {
        const struct definition *d = &b->definition.data[i];
        if (d->kind != DEFINITION_PARAM && is_species(b, d)) {
            n->symbol.data[b->symbol.data[expr_get(n->ex, d->value)->a]].flags |= SYMBOL_IS_OUTPUT;
        } else if (d->kind != DEFINITION_PARAM) {
            import_output(b->x, d->name, d->value, d->kind == DEFINITION_GROUP ? SYMBOL_IS_OUTPUT : 0,
                          d->span);
        }
    }
}

bool import_bionetgen(struct importer *x)
{
    struct bionetgen b = {.x = x};
    bool ok = find_blocks(&b) && each_line(&b, BLOCK_PARAMETERS, parameter_line) &&
              each_line(&b, BLOCK_FUNCTIONS, function_line) && each_line(&b, BLOCK_GROUPS, group_line) &&
              each_line(&b, BLOCK_SPECIES, species_line) && define_all(&b) &&
              each_line(&b, BLOCK_REACTIONS, reaction_line);
    if (ok && !b.block[BLOCK_SPECIES]) {
        ok = diag_report(x->diag, DIAG_E0831, import_span(x, x->text, x->text),
                         "a reaction network has a block 'species'");
    }
    if (ok) {
        add_outputs(&b);
        ok = import_remark_comments(x, "# " NET_REMARK_MARK);
    }
    map_free(&b.names);
    map_free(&b.groups);
    vec_free(&b.definition);
    vec_free(&b.lhs);
    vec_free(&b.rhs);
    vec_free(&b.symbol);
    return ok;
}
