/* Statements of Antimony about processes: reactions and interactions, events, strands of DNA. */
#include <string.h>
#include <strings.h>

#include "import/antimony/antimony_impl.h"

/* ---- reactions ---- */

enum divider { DIVIDER_NONE, DIVIDER_REVERSIBLE, DIVIDER_IRREVERSIBLE, DIVIDER_INTERACTION };

/* The divider at the current token, and its number of tokens: "-o" and "-(" have two. */
static enum divider divider(const struct reader *r, size_t *n)
{
    const struct token *next = antimony_token_behind(r, 1);
    *n = 1;
    if (antimony_is_sign(r, SIGN_ARROW)) {
        return DIVIDER_REVERSIBLE;
    }
    if (antimony_is_sign(r, SIGN_IRREVERSIBLE)) {
        return DIVIDER_IRREVERSIBLE;
    }
    if (antimony_is_sign(r, SIGN_INHIBITS)) {
        return DIVIDER_INTERACTION;
    }
    *n = 2;
    bool two = antimony_is_sign(r, '-') && r->at + 1 < r->end && next->is_glued &&
               ((next->kind == TOKEN_NAME && strcmp(next->text, "o") == 0) ||
                (next->kind == TOKEN_SIGN && next->sign == '('));
    return two ? DIVIDER_INTERACTION : DIVIDER_NONE;
}

bool antimony_is_divider(const struct reader *r)
{
    size_t n;
    return divider(r, &n) != DIVIDER_NONE;
}

static bool add_participant(struct reader *r, struct participants *side, struct participant p, struct span at,
                            bool of_interaction)
{
    vec_push(&side->all, p);
    if (p.named >= 0 && !antimony_set_type(r, p.named, TYPE_STOICHIOMETRY, at)) {
        return false;
    }
    return of_interaction || antimony_set_type(r, p.variable, TYPE_SPECIES, at);
}

/* Reads "S", "2 S" or "n S". `first`: the variable of a name that was already read; -1: none. */
static bool read_participant(struct reader *r, struct participants *side, int32_t first, bool of_interaction)
{
    struct participant p = {.variable = -1, .named = -1};
    const struct token *t = antimony_token(r);
    struct span at = t->at;
    if (first < 0 && t->kind == TOKEN_NUMBER && r->at < r->end) {
        p.number = t->text;
        r->at++;
    } else if (first < 0 && (first = antimony_read_variable(r)) < 0) {
        return false;
    }
    t = antimony_token(r);
    bool is_behind = r->at < r->end &&
                     (antimony_is_sign(r, '$') || (t->kind == TOKEN_NAME && !antimony_is_reserved(t->text)));
    if (p.number || is_behind) {
        p.named = p.number ? -1 : first;
        side->behind = p.number ? side->behind : t->at;
        p.variable = antimony_read_variable(r);
    } else {
        p.variable = first;
    }
    return p.variable >= 0 && add_participant(r, side, p, at, of_interaction);
}

static bool read_side(struct reader *r, struct participants *side, int32_t first, bool of_interaction)
{
    do {
        if (!read_participant(r, side, first, of_interaction)) {
            return false;
        }
        first = -1;
    } while (antimony_take_sign(r, '+'));
    return true;
}

static struct participants *new_side(struct reader *r)
{
    struct participants *side = arena_alloc(r->x->arena, sizeof *side);
    vec_push(&r->sides, side);
    return side;
}

static bool read_law(struct reader *r, int32_t v)
{
    const struct formula *law;
    struct span at = antimony_token(r)->at;
    if (!antimony_formula(r, &law)) {
        return false;
    }
    if (law) {
        antimony_variable(r, v)->value = law;
        antimony_variable(r, v)->is_rule = false;
    }
    if (antimony_take_word(r, "in")) {
        int32_t c = antimony_read_variable(r);
        return c >= 0 && antimony_set_compartment(r, v, c, at);
    }
    return true;
}

/* Begins at the first reactant, or at the divider. `first`: the reactant's variable if its name was already
 * read, else -1. */
bool antimony_reaction(struct reader *r, int32_t v, int32_t first, struct span at)
{
    struct participants *side[2] = {new_side(r), new_side(r)};
    size_t n;
    /* An interaction may act on something that is not a species; the divider shows whether this is an
     * interaction. */
    if ((first >= 0 || divider(r, &n) == DIVIDER_NONE) && !read_side(r, side[0], first, false)) {
        return false;
    }
    enum divider kind = divider(r, &n);
    if (kind == DIVIDER_NONE) {
        return antimony_expected(r, "'+' or an arrow\n  help: a reaction is `A + B -> C; k*A*B`");
    }
    r->at += n;
    if (!antimony_at_line_end(r) && !read_side(r, side[1], -1, kind == DIVIDER_INTERACTION)) {
        return false;
    }
    /* `A -> B k1*A` was read as B times k1: what is missing stands before the last name. */
    if (!antimony_is_sign(r, ';') && side[1]->behind.file) {
        return antimony_error(
            r, DIAG_E0831, side[1]->behind,
            "expected ';' behind the products, before the rate\n  help: write `A -> B; k*A`");
    }
    if (!antimony_expect_sign(
            r, ';', "';' behind the products, and the rate behind it\n  help: write `A -> B; k*A`")) {
        return false;
    }
    if (kind == DIVIDER_INTERACTION && side[1]->all.n == 0) {
        return antimony_error(
            r, DIAG_E0831, at,
            "an interaction with nothing\n  help: name the reaction that it acts on: `I -| J0`");
    }
    v = v >= 0 ? v : antimony_new_variable(r, "_J", &r->unnamed[0], at);
    if (!antimony_set_type(r, v, kind == DIVIDER_INTERACTION ? TYPE_INTERACTION : TYPE_REACTION, at)) {
        return false;
    }
    struct variable *x = antimony_variable(r, v);
    x->side[0] = side[0];
    x->side[1] = side[1];
    x->is_reversible = kind == DIVIDER_REVERSIBLE;
    x->at = at;
    return read_law(r, v);
}

/* ---- events ---- */

static bool read_truth(struct reader *r, const char *option, bool *value)
{
    const struct token *t = antimony_token(r);
    if (r->at < r->end && t->kind == TOKEN_NAME &&
        (strcasecmp(t->text, "true") == 0 || strcasecmp(t->text, "false") == 0)) {
        *value = strcasecmp(t->text, "true") == 0;
        r->at++;
        return true;
    }
    return antimony_expected(
        r, arena_printf(r->x->arena, "true or false for '%s'\n  help: write `%s = true` or `%s = false`",
                        option, option, option));
}

static bool read_option(struct reader *r, struct happening *e)
{
    const struct token *t = antimony_token(r);
    static const char known[] = "'priority', 't0', 'fromTrigger' or 'persistent'";
    if (t->kind != TOKEN_NAME) {
        return antimony_expected(r, known);
    }
    const char *name = t->text;
    bool is_priority = strcmp(name, "priority") == 0;
    bool *truth = strcmp(name, "t0") == 0            ? &e->is_held
                  : strcmp(name, "fromTrigger") == 0 ? &e->is_early
                  : strcmp(name, "persistent") == 0  ? &e->is_persistent
                                                     : NULL;
    if (!is_priority && !truth) {
        return antimony_expected(r, known);
    }
    r->at++;
    return antimony_expect_sign(r, '=', "'='") &&
           (is_priority ? antimony_formula(r, &e->priority) : read_truth(r, name, truth));
}

static void skip_lines(struct reader *r)
{
    while (r->at < r->end && antimony_token(r)->kind == TOKEN_LINE_END) {
        r->at++;
    }
}

static bool read_assignment(struct reader *r, struct happening *e)
{
    struct assignment a = {.at = antimony_token(r)->at};
    a.variable = antimony_read_variable(r);
    if (a.variable < 0 || !antimony_expect_sign(r, '=', "'='") || !antimony_formula(r, &a.value)) {
        return false;
    }
    struct variable *x = antimony_variable(r, a.variable);
    if (x->type == TYPE_UNDEFINED) {
        x->type = TYPE_PARAMETER;
    }
    if (x->constness == CONST_DEFAULT && x->type != TYPE_SPECIES) {
        x->constness = CONST_VAR;
    }
    vec_push(&e->assignment, a);
    return true;
}

/* Begins at 'at'. */
bool antimony_event(struct reader *r, int32_t v, struct span at)
{
    struct happening *e = arena_alloc(r->x->arena, sizeof *e);
    vec_push(&r->events, e);
    e->is_held = e->is_early = e->is_persistent = true;
    r->at++;
    if (!antimony_formula(r, &e->trigger)) {
        return false;
    }
    if (antimony_take_word(r, "after")) {
        e->delay = e->trigger;
        if (!antimony_formula(r, &e->trigger)) {
            return false;
        }
    }
    if (!e->trigger) {
        return antimony_expected(r, "a condition");
    }
    v = v >= 0 ? v : antimony_new_variable(r, "_E", &r->unnamed[1], at);
    if (!antimony_set_type(r, v, TYPE_EVENT, at)) {
        return false;
    }
    antimony_variable(r, v)->event = e;
    antimony_variable(r, v)->at = at;
    while (antimony_take_sign(r, ',')) {
        if (!read_option(r, e)) {
            return false;
        }
    }
    if (!antimony_expect_sign(r, ':', "',' or ':'")) {
        return false;
    }
    do {
        skip_lines(r);
        if (!read_assignment(r, e)) {
            return false;
        }
    } while (antimony_take_sign(r, ',') || antimony_take_sign(r, ':'));
    return true;
}

/* ---- DNA ---- */

static bool add_part(struct reader *r, struct strand *s, int32_t v, struct span at)
{
    struct variable *x = antimony_variable(r, v);
    if (x->type != TYPE_UNDEFINED && x->type != TYPE_PARAMETER && x->type != TYPE_REACTION &&
        x->type != TYPE_STRAND && x->type != TYPE_MODULE) {
        return antimony_error(r, DIAG_E0831, at,
                              "'%s' cannot be a part of DNA\n  help: give the part a name of its own",
                              r->variable.data[v].name);
    }
    if (x->type != TYPE_STRAND && x->type != TYPE_MODULE) {
        x->is_dna = true;
        x->is_rule |= x->type != TYPE_REACTION;
    }
    vec_push(&s->part, (struct strand_part){v});
    return true;
}

/* Begins at the first "--", or after the first name. */
bool antimony_strand(struct reader *r, int32_t v, int32_t first, struct span at)
{
    struct strand *s = arena_alloc(r->x->arena, sizeof *s);
    vec_push(&r->strands, s);
    bool joined = false;
    if (first >= 0 && !add_part(r, s, first, at)) {
        return false;
    }
    s->is_open[0] = first < 0;
    while (antimony_take_sign(r, SIGN_DASHES)) {
        const struct token *t = antimony_token(r);
        joined = true;
        if (antimony_at_line_end(r) || t->kind != TOKEN_NAME) {
            s->is_open[1] = true;
            break;
        }
        struct span part = t->at;
        int32_t p = antimony_read_variable(r);
        if (p < 0 || !add_part(r, s, p, part)) {
            return false;
        }
        s->is_open[1] = false;
    }
    if (!joined || s->part.n == 0) {
        return antimony_expected(r, "a part of DNA\n  help: write `--P--G--`, with the names of its parts");
    }
    v = v >= 0 ? v : antimony_new_variable(r, "_DNA", &r->unnamed[3], at);
    if (antimony_variable(r, v)->is_dna) { /* it was part of another strand before it became a strand */
        antimony_variable(r, v)->is_dna = antimony_variable(r, v)->is_rule = false;
        antimony_variable(r, v)->type = TYPE_UNDEFINED;
    }
    if (!antimony_set_type(r, v, TYPE_STRAND, at)) {
        return false;
    }
    s->variable = antimony_root(r, v);
    antimony_variable(r, v)->strand = s;
    antimony_variable(r, v)->at = at;
    return true;
}
