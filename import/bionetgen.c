/* BioNetGen's .net format: blocks of numbered lines, with the meaning that run_network gives them. A rate is
 * factor * constant * product of the reactants, without 1/n!, which the writer of the file has put into the
 * factor. So `1,1` with rate k has the propensity k n (n - 1), as in crnlc; the same holds for rates that
 * read amounts. */
#include <math.h>
#include <string.h>

#include "import/infix.h"
#include "import/kummer.h"
#include "import/mass_action.h"
#include "import/tfun.h"

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

/* Blocks from which BNG2.pl has generated the network by rules; run_network skips them too. */
static const char *const skipped_blocks[] = {
    "model",           "molecule types",   "seed species",    "observables",
    "reaction rules",  "compartments",     "energy patterns", "actions",
    "population maps", "population types", "protocol",
};

/* What a name stands for; its definition is read when it is first needed. */
enum definition_kind { DEFINITION_PARAM, DEFINITION_GROUP, DEFINITION_FUNCTION };
enum definition_state { STATE_NEW, STATE_BUSY, STATE_DONE };
struct definition {
    enum definition_kind kind;
    enum definition_state state;
    const char *name;
    struct scan text; /* at the start of the definition */
    struct span span;
    expr_id value;  /* when DONE; 0 after a report */
    bool is_hidden; /* experiments see the group with this name instead */
};

/* A group may have the same name as a parameter or function. */
enum name_space { NAMES_RATES, NAMES_GROUPS, NAMES_COUNT };

struct bionetgen {
    struct importer *x;
    const char *block[BLOCK_COUNT]; /* first line of each block; NULL: there is no such block */
    struct map names[NAMES_COUNT];  /* from names to indices in `definition` */
    VEC(struct definition) definition;
    struct term_list lhs, rhs;
    VEC(int32_t) symbol;     /* by species */
    VEC(struct scan) amount; /* by species: at the text of its amount */
    VEC(double) number;      /* by slot: the default of the parameter; NaN: unknown */
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

/* Takes a name of one or two words: "molecule types". */
static bool scan_words(struct scan *s, const char *words)
{
    const char *from = s->at, *blank = strchr(words, ' ');
    char first[32];
    size_t n = blank ? (size_t)(blank - words) : strlen(words);
    memcpy(first, words, n);
    first[n] = '\0';
    if (scan_word(s, first) && (!blank || scan_word(s, blank + 1))) {
        return true;
    }
    s->at = from;
    return false;
}

static const char *skipped_block(struct scan *s)
{
    for (size_t i = 0; i < sizeof skipped_blocks / sizeof *skipped_blocks; i++) {
        if (scan_words(s, skipped_blocks[i])) {
            return skipped_blocks[i];
        }
    }
    return NULL;
}

/* Skips `begin reaction rules` and everything up to its end. A `model` block only encloses other blocks,
 * which are not skipped. */
static bool skip_block(struct scan *s, const char *begin, const char *name)
{
    if (strcmp(name, "model") == 0) {
        return true;
    }
    while (scan_line(s)) {
        if (scan_word(s, "end") && scan_words(s, name)) {
            return true;
        }
    }
    return diag_report(s->x->diag, DIAG_E0831, import_span(s->x, begin, begin + strlen("begin")),
                       "block '%s' has no end\n  help: write `end %s` behind its last line", name, name);
}

/* Skips `setOption("SpeciesLabel","HNauty")` or `version("2.0.34");`, which are commands to BNG2.pl. */
static bool skip_call(struct scan *s)
{
    size_t length;
    const char *from = s->at;
    if (scan_name(s, &length) && scan_char(s, '(')) {
        return true;
    }
    s->at = from;
    return false;
}

static bool begin_block(struct bionetgen *b, struct scan *s, const char *begin, enum block *open)
{
    const char *from = s->at, *skipped;
    enum block block = block_named(s);
    if (block == BLOCK_NONE) {
        skipped = *open == BLOCK_NONE ? skipped_block(s) : NULL;
        return skipped ? skip_block(s, begin, skipped)
                       : scan_expected(s, "parameters, functions, species, reactions or groups");
    }
    if (*open != BLOCK_NONE || b->block[block]) {
        const char *name = block_names[*open ? *open : block];
        return scan_error(s, DIAG_E0831, from,
                          *open
                              ? "block '%s' has not ended\n  help: write `end %s` before this line"
                              : "a second block '%s'\n  help: move its lines into the first block `begin %s`",
                          name, name);
    }
    b->block[block] = s->next ? s->next : b->x->end;
    *open = block;
    return true;
}

/* Finds the starts of blocks. */
static bool find_blocks(struct bionetgen *b)
{
    struct scan s;
    enum block open = BLOCK_NONE;
    const char *begin = b->x->text;
    scan_start(&s, b->x, b->x->text);
    while (scan_line(&s)) {
        const char *from = s.at;
        if (scan_word(&s, "begin")) {
            if (!begin_block(b, &s, from, &open)) {
                return false;
            }
            begin = from;
        } else if (scan_word(&s, "end")) {
            if (open == BLOCK_NONE && scan_word(&s, "model")) {
                continue;
            }
            if (open == BLOCK_NONE || block_named(&s) != open) {
                return scan_error(
                    &s, DIAG_E0831, from,
                    open ? "the end of block '%s' is expected\n  help: write `end %s` before it"
                         : "no block has begun\n  help: leave this line out, or write `begin` and "
                           "the block's name before its lines%s%s",
                    block_names[open], block_names[open]);
            }
            open = BLOCK_NONE;
        } else if (open == BLOCK_NONE && !skip_call(&s)) {
            return scan_expected(&s,
                                 "'begin' and the name of a block\n  help: a .net file has blocks, as in "
                                 "`begin species`, a line `1 A() 100`, `end species`; BioNetGen writes it "
                                 "from a .bngl by `generate_network`");
        }
    }
    return open == BLOCK_NONE ||
           diag_report(b->x->diag, DIAG_E0831, import_span(b->x, begin, begin + strlen("begin")),
                       "block '%s' has no end\n  help: write `end %s` behind its last line",
                       block_names[open], block_names[open]);
}

/* Calls `line` for each line of a block, after its number, which must be the next one. */
static bool each_line(struct bionetgen *b, enum block block,
                      bool (*line)(struct bionetgen *b, struct scan *s))
{
    struct scan s;
    scan_start(&s, b->x, b->block[block]);
    for (int64_t n = 1; b->block[block] && scan_line(&s) && !scan_word(&s, "end"); n++) {
        int64_t number;
        const char *from = s.at;
        if (!scan_int(&s, &number)) {
            scan_expected(&s, "the number of the line in its block");
            diag_help(b->x->diag,
                      "lines of a .net file begin with their number, here %lld: BioNetGen writes "
                      "such a file from a .bngl by `generate_network`",
                      (long long)n);
            return false;
        }
        if (number != n) {
            return scan_error(&s, DIAG_E0831, from,
                              "lines of a block are numbered in order: %lld is expected\n  help: other "
                              "blocks refer to these "
                              "numbers, so renumber the lines here and there",
                              (long long)n);
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
    struct map *names = &b->names[kind == DEFINITION_GROUP ? NAMES_GROUPS : NAMES_RATES];
    if (!map_add(names, d.name, (int32_t)b->definition.n)) {
        diag_report(b->x->diag, DIAG_E0203, d.span,
                    "'%s' is declared twice\n  help: leave one of the two out, or rename it", d.name);
        diag_note(b->x->diag, b->definition.data[map_find(names, d.name)].span, "first declared here");
        return false;
    }
    int32_t other = kind == DEFINITION_GROUP ? map_find(&b->names[NAMES_RATES], d.name) : -1;
    if (other >= 0) {
        b->definition.data[other].is_hidden = true;
    }
    vec_push(&b->definition, d);
    return true;
}

/* The name by which experiments see a definition. */
static const char *seen_name(struct bionetgen *b, const struct definition *d)
{
    const char *kind = d->kind == DEFINITION_PARAM ? "parameter" : "function";
    return d->is_hidden ? arena_printf(b->x->arena, "%s_%s", d->name, kind) : d->name;
}

static bool define_line(struct bionetgen *b, struct scan *s, enum definition_kind kind)
{
    size_t length;
    const char *name = scan_name(s, &length);
    if (!name) {
        return scan_expected(s, "a name");
    }
    if (kind == DEFINITION_FUNCTION && scan_char(s, '(') && !scan_char(s, ')')) {
        return scan_error(
            s, DIAG_E0832, name,
            "functions with arguments are not in reaction networks\n  help: write a function for each "
            "call, without arguments: `%.*s_1() =` and the formula with what is given",
            (int)length, name);
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
        scan_error(s, DIAG_E0834, from, "there is no species %lld, the last is %zu", (long long)n,
                   b->x->net->species.n);
        diag_help(b->x->diag, "indices are those of `begin species`, 1 to %zu; one more is a line there",
                  b->x->net->species.n);
        return false;
    }
    *species = (species_id)n - 1;
    return true;
}

/* Reads "1,2*3": species 1 plus twice species 3. */
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

static struct infix formula(struct bionetgen *b, struct scan *s, int depth, enum name_space first);

static expr_id read_definition(struct bionetgen *b, struct definition *d, int depth)
{
    struct scan s = d->text;
    struct infix i = formula(b, &s, depth, d->kind == DEFINITION_FUNCTION ? NAMES_GROUPS : NAMES_RATES);
    bool is_table = d->kind == DEFINITION_FUNCTION && (scan_word(&s, "tfun") || scan_word(&s, "TFUN"));
    expr_id e = d->kind == DEFINITION_GROUP ? read_group(b, &s)
                : is_table                  ? tfun_read(&i)
                                            : infix_read_real(&i);
    return e && scan_finish(&s) ? e : 0;
}

static expr_id default_of(void *env, const struct expr *leaf, expr_id id)
{
    struct bionetgen *b = env;
    bool known = leaf->op == EXPR_PARAM && (size_t)leaf->a < b->number.n;
    return known ? expr_real(b->x->net->ex, b->number.data[leaf->a]) : id;
}

/* The value of an expression at the defaults of the parameters; NaN if it reads anything else. */
static double number_of(struct bionetgen *b, expr_id e)
{
    struct expr_pool *p = b->x->net->ex;
    double v;
    return expr_const_real(p, expr_rewrite(p, p, e, default_of, b), &v) ? v : NAN;
}

static bool reads_state(const struct expr_pool *p, expr_id e)
{
    return expr_uses(p, e, EXPR_SPECIES, -1) || expr_uses(p, e, EXPR_TIME, -1);
}

/* The value of a definition, which is read if it was not. `depth`: the number of definitions that are being
 * read. */
static expr_id definition_value(struct bionetgen *b, int32_t at, int depth)
{
    struct definition *d = &b->definition.data[at];
    if (d->state == STATE_BUSY) {
        return diag_report(
            b->x->diag, DIAG_E0206, d->span,
            "'%s' is defined by itself\n  help: give one of what it reads a value that does not need it",
            d->name);
    }
    if (d->state == STATE_DONE) {
        return d->value;
    }
    d->state = STATE_BUSY;
    expr_id e = read_definition(b, d, depth);
    d = &b->definition.data[at];
    if (e && d->kind == DEFINITION_PARAM) {
        const struct expr_pool *p = b->x->net->ex;
        if (reads_state(p, e)) {
            e = diag_report(
                b->x->diag, DIAG_E0832, d->span,
                "a parameter that depends on amounts or on time\n  help: make it a function: a line "
                "of `begin functions`, with `%s()` and its formula",
                d->name);
        } else {
            double number = number_of(b, e);
            vec_push(&b->number, number);
            e = import_param(b->x, seen_name(b, d), e, d->span);
        }
    }
    d->state = STATE_DONE;
    return d->value = e;
}

static expr_id unknown_name(struct bionetgen *b, struct scan *s, const char *from, const char *name)
{
    const char **known = arena_alloc(b->x->arena, (b->definition.n + 1) * sizeof *known);
    for (size_t i = 0; i < b->definition.n; i++) {
        known[i] = b->definition.data[i].name;
    }
    scan_error(s, DIAG_E0834, from, "'%s' is no parameter, group or function of this file", name);
    diag_help_known(b->x->diag, name, known, b->definition.n);
    if (!diag_has_help(b->x->diag)) {
        diag_help(b->x->diag, "give it a value: `begin parameters`, a line `1 %s 0.5`, `end parameters`",
                  name);
    }
    return 0;
}

/* The value of a name in space `first`, else in the other one. */
static expr_id find_value(struct bionetgen *b, struct infix *i, const char *name, size_t length,
                          enum name_space first)
{
    int32_t at = map_find_range(&b->names[first], name, length);
    at = at >= 0 ? at : map_find_range(&b->names[NAMES_COUNT - 1 - first], name, length);
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
    return unknown_name(b, i->s, name, text);
}

static expr_id name_value(void *env, struct infix *i, const char *name, size_t length)
{
    return find_value(env, i, name, length, NAMES_RATES);
}

/* Functions read observed quantities: in them a group hides a parameter with the same name. */
static expr_id name_in_function(void *env, struct infix *i, const char *name, size_t length)
{
    return find_value(env, i, name, length, NAMES_GROUPS);
}

/* mratio(a, b, z) has no counterpart in expressions of networks, so it is replaced by its value at the
 * defaults of the parameters. */
static expr_id own_function(void *env, struct infix *i, const char *name, size_t n, const expr_id *args,
                            bool *known)
{
    struct bionetgen *b = env;
    struct net *net = b->x->net;
    double v[3] = {0}, ratio;
    *known = strcmp(name, "mratio") == 0;
    if (!*known) {
        return 0;
    }
    bool good = n == 3;
    for (size_t k = 0; k < 3 && good; k++) {
        v[k] = number_of(b, args[k]);
        good = v[k] == v[k];
    }
    struct span at = import_span(b->x, i->s->at, i->s->at);
    if (!good) {
        return diag_report(
            b->x->diag, DIAG_E0832, at,
            "`mratio` takes three numbers, over parameters alone\n  help: it is computed once, so write "
            "parameters or numbers in it");
    }
    if (!kummer_ratio(v[0], v[1], v[2], &ratio)) {
        return diag_report(
            b->x->diag, DIAG_E0833, at,
            "mratio(%g, %g, %g) has no value, or takes too long\n  help: give the parameters that it reads "
            "other values",
            v[0], v[1], v[2]);
    }
    if (expr_uses(net->ex, args[0], EXPR_PARAM, -1) || expr_uses(net->ex, args[1], EXPR_PARAM, -1) ||
        expr_uses(net->ex, args[2], EXPR_PARAM, -1)) {
        diag_report(
            b->x->diag, DIAG_W0832, at,
            "`mratio` is computed once, at the defaults of the parameters: %g. It stays when they are set",
            ratio);
    }
    return expr_real(net->ex, ratio);
}

static struct infix formula(struct bionetgen *b, struct scan *s, int depth, enum name_space first)
{
    return (struct infix){.s = s,
                          .depth = depth,
                          .name = first == NAMES_GROUPS ? name_in_function : name_value,
                          .call = own_function,
                          .env = b};
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

/* The text without its first "$". */
static const char *without_mark(struct bionetgen *b, const char *text, size_t *length)
{
    const char *mark = memchr(text, '$', *length);
    char *name = arena_strndup(b->x->arena, text, *length);
    if (mark) {
        size_t at = (size_t)(mark - text);
        memmove(name + at, name + at + 1, *length - at);
        --*length;
    }
    return name;
}

/* Reads "1 A(b!1).B(a!1) A0"; "$" before the pattern or after its compartment makes the species constant. The
 * amount is read when the parameters are known. */
static bool species_line(struct bionetgen *b, struct scan *s)
{
    size_t length;
    const char *name = scan_text(s, &length);
    if (!name) {
        return scan_expected(s, "a species\n  help: write its name and its amount, `1 A() 100`");
    }
    struct span at = import_span(b->x, name, name + length);
    bool held = length > 1 && memchr(name, '$', length);
    name = without_mark(b, name, &length);
    bool bare = length > 2 && strncmp(name + length - 2, "()", 2) == 0; /* a molecule without sites */
    import_species(b->x, arena_strndup(b->x->arena, name, length - (bare ? 2 : 0)),
                   held ? SPECIES_CONSTANT : SPECIES_DISCRETE, 0, at);
    vec_push(&b->symbol, (int32_t)b->x->net->symbol.n - 1);
    vec_push(&b->amount, *s);
    return true;
}

static bool read_amounts(struct bionetgen *b)
{
    struct net *n = b->x->net;
    for (size_t i = 0; i < b->amount.n; i++) {
        struct scan *s = &b->amount.data[i];
        struct infix f = formula(b, s, 0, NAMES_RATES);
        struct span at = n->species.data[i].span;
        expr_id init = infix_read_real(&f);
        if (!init || !scan_finish(s) || !import_check_amount(b->x, init, at)) {
            return false;
        }
        if (reads_state(n->ex, init)) {
            return diag_report(b->x->diag, DIAG_E0832, at,
                               "an initial amount that depends on amounts or on time\n  help: write the "
                               "number that it is at "
                               "the start, or a formula of parameters");
        }
        n->species.data[i].init = init;
    }
    return true;
}

/* ---- reactions ---- */

/* Reads "1,1,4" or "0". */
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

/* The number of molecules to choose reactant i from: its amount minus one for each earlier reactant of the
 * same species. */
static expr_id choices(struct bionetgen *b, size_t i)
{
    struct expr_pool *p = b->x->net->ex;
    expr_id x = reactant(b, i);
    double before = 0;
    for (size_t k = 0; k < i; k++) {
        before += b->lhs.data[k].species == b->lhs.data[i].species;
    }
    if (before == 0) {
        return x;
    }
    expr_id taken = import_molecule(b->x);
    taken = before == 1 ? taken : expr_binary(p, EXPR_MUL, expr_real(p, before), taken);
    return expr_binary(p, EXPR_SUB, x, taken);
}

/* law * product of the reactants from number `first` on */
static expr_id times_reactants(struct bionetgen *b, expr_id law, size_t first)
{
    for (size_t i = first; law && i < b->lhs.n; i++) {
        law = expr_binary(b->x->net->ex, EXPR_MUL, law, choices(b, i));
    }
    return law;
}

#define F2(op, x, y) expr_binary(p, EXPR_##op, x, y)

/* With kcat only, the rate is constant. kcat S E / (K + S): with one K or more, the rate has all reactants as
 * factors, and each further K belongs to the next reactant. */
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
            r < b->lhs.n
                ? infix_read_real(i)
                : scan_expected(
                      i->s,
                      "as many constants as reactants, and\n  help: `Sat kcat K` has a K for each reactant");
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
        return n ? scan_expected(i->s, "a reaction with a reactant, and\n  help: `Hill V K n` reads the "
                                       "first reactant: write its number")
                 : 0;
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
        return km ? scan_expected(i->s, "a substrate and an enzyme as reactants, and\n  help: `MM kcat Km` "
                                        "needs both: write `1,2` before the products")
                  : 0;
    }
    expr_id s = reactant(b, 0), e = reactant(b, 1), d = F2(SUB, F2(SUB, s, km), e);
    expr_id under = F2(ADD, F2(MUL, d, d), F2(MUL, F2(MUL, expr_real(p, 4), km), s));
    expr_id free = F2(MUL, expr_real(p, 0.5), F2(ADD, d, expr_unary(p, EXPR_SQRT, under)));
    return F2(DIV, F2(MUL, F2(MUL, kcat, free), e), F2(ADD, km, free));
}

/* Reads "2*kp1", "0.5*f", "Sat kcat K" or "2*Hill V K n"; *kind: mass action with a constant, or a law. */
static expr_id read_rate(struct bionetgen *b, struct scan *s, enum rate_kind *kind)
{
    struct expr_pool *p = b->x->net->ex;
    struct infix i = formula(b, s, 0, NAMES_RATES);
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
        bool elementary = scan_word(s, "Ele");
        if (!elementary) {
            s->at = from;
            factor = 1;
        }
        e = infix_read_real(&i);
        e = e && factor != 1 ? F2(MUL, expr_real(p, factor), e) : e;
        *kind = e && reads_state(p, e) ? RATE_LAW : RATE_MASS_ACTION;
        return e && *kind == RATE_LAW ? times_reactants(b, e, 0) : e;
    }
    return e ? F2(MUL, expr_real(p, factor), e) : 0;
}

/* The name of the rule that made the reaction, from the comment "_R1". */
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

/* Reads "1 1,2 4 2*kp1 #_R1". */
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
    return id >= 0;
}

/* ---- the file ---- */

/* Whether the group contains only the species with the same name. */
static bool is_species(const struct bionetgen *b, const struct definition *d)
{
    const struct net *n = b->x->net;
    const struct expr *e = expr_get(n->ex, d->value);
    return d->kind == DEFINITION_GROUP && e->op == EXPR_SPECIES &&
           strcmp(n->species.data[e->a].name, d->name) == 0;
}

/* Makes groups outputs, since the file observes them; functions can be asked for. */
static void add_outputs(struct bionetgen *b)
{
    struct net *n = b->x->net;
    for (size_t i = 0; i < b->definition.n; i++) {
        const struct definition *d = &b->definition.data[i];
        if (d->kind != DEFINITION_PARAM && is_species(b, d)) {
            n->symbol.data[b->symbol.data[expr_get(n->ex, d->value)->a]].flags |= SYMBOL_IS_OUTPUT;
        } else if (d->kind != DEFINITION_PARAM) {
            import_output(b->x, seen_name(b, d), d->value, d->kind == DEFINITION_GROUP ? SYMBOL_IS_OUTPUT : 0,
                          d->span);
        }
    }
}

bool import_bionetgen(struct importer *x)
{
    struct bionetgen b = {.x = x};
    bool ok = find_blocks(&b) && each_line(&b, BLOCK_PARAMETERS, parameter_line) &&
              each_line(&b, BLOCK_FUNCTIONS, function_line) && each_line(&b, BLOCK_GROUPS, group_line) &&
              each_line(&b, BLOCK_SPECIES, species_line) && define_all(&b) && read_amounts(&b) &&
              each_line(&b, BLOCK_REACTIONS, reaction_line);
    if (ok && !b.block[BLOCK_SPECIES]) {
        ok = diag_report(
            x->diag, DIAG_E0831, import_span(x, x->text, x->text),
            "a reaction network has a block 'species'\n  help: write `begin species`, a line `1 A() 100` for "
            "each, `end species`; BioNetGen writes it from a .bngl by `generate_network`");
    }
    if (ok) {
        add_outputs(&b);
        ok = import_remark_comments(x, "# " NET_REMARK_MARK);
    }
    map_free(&b.names[NAMES_RATES]);
    map_free(&b.names[NAMES_GROUPS]);
    vec_free(&b.definition);
    vec_free(&b.lhs);
    vec_free(&b.rhs);
    vec_free(&b.symbol);
    vec_free(&b.amount);
    vec_free(&b.number);
    return ok;
}

/* Files in BioNetGen's own language are refused: only BNG2.pl can make reactions from their rules. */
bool import_rules(struct importer *x)
{
    const char *path = sources_name(x->sources, x->file);
    diag_report(x->diag, DIAG_E0832, import_span(x, x->text, x->text),
                "rules of BioNetGen, which are not expanded here");
    diag_help(
        x->diag,
        "let BioNetGen do it, `BNG2.pl %s` with the action generate_network({overwrite=>1}), and import "
        "the file .net that it writes",
        path);
    return false;
}
