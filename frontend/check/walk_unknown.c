/* Reports names that are not declared, with help: what was meant, or how the name becomes known. */
#include <ctype.h>
#include <string.h>

#include "frontend/builtin.h"
#include "frontend/check/walk.h"
#include "frontend/text/unit_word.h"

enum { MOST_LISTED = 12 };

/* Makes sure that a name is reported once, however often it stands there. */
static void tell_once(struct walk *k, const struct ast *a)
{
    struct scope *s = k->w.scope;
    while (s && scope_parent(s) && (!k->in_experiment || scope_parent(scope_parent(s)))) {
        s = scope_parent(s);
    }
    if (s && !k->is_again) {
        (void)scope_add(s, a->name, NAME_REFUSED, a->span);
    }
    ast_bind(a, k->f->refused);
}

struct instances {
    struct walk *k;
    const char *name;
};

/* Whether the instance has a species or parameter of its own by that name. */
static enum ast_verdict has_member(void *env, const struct ast *a)
{
    const struct instances *i = env;
    struct name *n = a->kind == AST_INSTANCE ? module_find(i->k->w.module, a->name) : NULL;
    struct scope *members =
        n && n->kind == NAME_NETWORK && n->ast != i->k->network ? walk_members(i->k, n) : NULL;
    if (members && scope_find_here(members, i->name)) {
        return AST_FOUND;
    }
    return a->kind == AST_REACTION ? AST_LEAVE_OUT : AST_GO_ON;
}

bool walk_is_of_instances(struct walk *k, const char *name, struct span at)
{
    struct instances i = {k, name};
    const struct ast *found = k->in_network && k->network ? ast_find(k->network, has_member, &i) : NULL;
    if (!found) {
        return false;
    }
    diag_report(k->f->diag, DIAG_E0201, at, "'%s' is not declared", name);
    diag_note(k->f->diag, found->span, "this instance has it");
    const char *label =
        instance_label(found) ? front_source_text(k->f, instance_label(found)->span) : found->name;
    diag_help(k->f->diag, "what an instance declares has its name before it: `%s.%s`", label, name);
    return true;
}

/* The current scope, with the names of the network whose clause this is added, because these may be meant,
 * too. */
static struct scope *with_own_names(struct walk *k)
{
    struct scope *members = k->own ? walk_members(k, k->own) : NULL;
    struct scope *all = members ? scope_create(k->f->arena, k->w.scope) : k->w.scope;
    for (size_t i = 0; members && i < scope_count(members); i++) {
        const struct name *n = scope_at(members, i);
        (void)scope_add(all, n->text, n->kind, n->span);
    }
    return all;
}

/* Whether the name is the `M` or `s` of 1e6/M/s: without a blank before it, `/` divides by a name. */
static bool is_glued_unit(struct front *f, struct span at, const char *text)
{
    enum { BEFORE = 2 };
    if (at.lo < BEFORE || !units_have(text)) {
        return false;
    }
    const char *before = front_source_text(f, (struct span){at.file, at.lo - BEFORE, at.lo});
    return before[1] == '/' && isalnum((unsigned char)before[0]);
}

/* Where the name stands in a division such as 1e6 / (M * s) or 2 / s, which divides a number by names: the
 * text from the number up to the name; NULL: it stands elsewhere. */
static const char *divided_number(struct front *f, struct span at, const char *text)
{
    enum { MOST_BEFORE = 30 };
    uint32_t from = at.lo > MOST_BEFORE ? at.lo - MOST_BEFORE : 0;
    const char *before = front_source_text(f, (struct span){at.file, from, at.lo});
    size_t end = strlen(before);
    bool divides = false;
    while (units_have(text) && end > 0) {
        size_t start = end;
        while (start > 0 && (isalnum((unsigned char)before[start - 1]) || before[start - 1] == '.')) {
            start--;
        }
        if (start < end && isdigit((unsigned char)before[start])) {
            return divides ? before + start : NULL;
        }
        if (start < end && !units_have(arena_strndup(f->arena, before + start, end - start))) {
            return NULL;
        }
        if (start == end && !strchr(" (*/", before[end - 1])) {
            return NULL;
        }
        divides |= start == end && before[end - 1] == '/';
        end = start == end ? end - 1 : start;
    }
    return NULL;
}

/* How a number is written that is divided by this unit: `2 /s` for 2 / s, `0.5 mmol/L` for 0.5 mmol / L. */
static const char *with_unit(struct front *f, const char *number, const char *unit)
{
    size_t digits = strcspn(number, " /"), first = digits + strspn(number + digits, " ");
    size_t n = strcspn(number + first, " /(*");
    bool plain = n > 0 && strspn(number + first + n, " /") == strlen(number + first + n);
    return plain ? arena_printf(f->arena, "%.*s %.*s/%s", (int)digits, number, (int)n, number + first, unit)
                 : arena_printf(f->arena, "2 /%s", unit);
}

/* Whether the name stands right behind a `/`. */
static bool is_behind_slash(struct front *f, struct span at)
{
    return at.lo > 0 && front_source_text(f, (struct span){at.file, at.lo - 1, at.lo})[0] == '/';
}

/* Whether the name stands behind `title =` or `x_label =`. */
static bool is_text_option(struct front *f, struct span at)
{
    static const char *const options[] = {"title", "label"};
    size_t length;
    const char *text = sources_text(f->sources, at.file, &length);
    uint32_t lo = at.lo;
    while (lo > 0 && text[lo - 1] == ' ') {
        lo--;
    }
    if (lo == 0 || text[--lo] != '=') {
        return false;
    }
    while (lo > 0 && text[lo - 1] == ' ') {
        lo--;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        size_t n = strlen(options[i]);
        if (lo >= n && strncmp(text + lo - n, options[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the name stands in a brace as in "$A_{max}$". */
static bool is_subscript(struct front *f, struct span at)
{
    enum { BEFORE = 2 };
    const char *before =
        at.lo < BEFORE ? "" : front_source_text(f, (struct span){at.file, at.lo - BEFORE, at.lo});
    return strcmp(before, "_{") == 0 || strcmp(before, "^{") == 0;
}

/* What is written here for a clause of runs elsewhere that is given as a value: `with seed = 3`. */
static const char *help_for_clause(const char *name)
{
    static const struct {
        const char *word, *help;
    } foreign[] = {
#define FOREIGN_CLAUSE(word, help) {#word, help},
#include "frontend/text/foreign_clause.def"
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (strcmp(foreign[i].word, name) == 0) {
            return foreign[i].help;
        }
    }
    return NULL;
}

struct before { /* what an experiment says of a name before the place where it stands */
    const struct ast *name;
    bool is_declared;       /* by `let` */
    const struct ast *rows; /* what the last run over rows of this name runs over */
};

static enum ast_verdict look_before(void *env, const struct ast *a)
{
    struct before *b = env;
    for (uint32_t i = 0; a->kind == AST_LET && i < a->n; i++) {
        const struct ast *d = declaration_dcl(a, i);
        b->is_declared |= d->name == b->name->name && d->span.hi <= b->name->span.lo;
    }
    for (uint32_t i = 0; a->kind == AST_CLAUSE && a->op == OP_OVER && i < a->n; i++) {
        const struct ast *rows = clause_binder(a, i);
        bool is = rows->name == b->name->name && rows->span.hi <= b->name->span.lo;
        b->rows = is ? binder_over(rows) : b->rows;
    }
    return a->span.lo < b->name->span.lo ? AST_GO_ON : AST_LEAVE_OUT;
}

/* Whether the experiment has declared the name before, in a block that has ended. */
static bool ended_with_block(const struct walk *k, const struct ast *a)
{
    struct before before = {.name = a};
    (void)ast_find(walk_experiment_around(k, a), look_before, &before);
    return before.is_declared;
}

/* What the rows of a run before this place are, such as [1, 2] of `over NAME in [1, 2]`; NULL: no run has
 * rows of this name. */
static const char *rows_of(const struct walk *k, const struct ast *a)
{
    struct before before = {.name = a};
    (void)ast_find(walk_experiment_around(k, a), look_before, &before);
    return before.rows ? front_source_text(k->f, before.rows->span) : NULL;
}

static bool value_is_wanted(int wanted)
{
    return wanted == NAME_AS_VALUE || wanted == NAME_AS_BASE;
}

struct around {
    const struct ast *name, *binders; /* those of the innermost comprehension around the name */
};

static enum ast_verdict look_around(void *env, const struct ast *a)
{
    struct around *x = env;
    bool inside = a->span.file == x->name->span.file && a->span.lo <= x->name->span.lo &&
                  x->name->span.hi <= a->span.hi;
    if (inside && (a->kind == AST_ARRAY_OVER || a->kind == AST_CALL_OVER)) {
        x->binders = a->kind == AST_ARRAY_OVER ? array_over_binders(a) : call_over_binders(a);
    }
    return AST_GO_ON;
}

/* In an array by indices, a letter alone that nothing declares is an index that was left out: the range that
 * it probably has, as that of the last index. NULL: it is another name. */
static const char *range_of_index(const struct walk *k, const struct ast *a)
{
    struct around around = {.name = a};
    if (strlen(a->name) == 1) {
        (void)ast_find(k->w.module->tree, look_around, &around);
    }
    const struct ast *last = around.binders && around.binders->n > 1
                                 ? binders_binder(around.binders, around.binders->n - 1)
                                 : NULL;
    return last && binder_over(last)->kind == AST_RANGE ? front_source_text(k->f, binder_over(last)->span)
                                                        : NULL;
}

/* Adds the help for a name in an experiment that is nearly one of a network: `k_dge` for `n.k_deg`. */
static bool help_near_member(struct walk *k, const struct ast *a)
{
    struct scope *s = k->w.module->scope;
    for (size_t i = 0; i < scope_count(s); i++) {
        struct name *n = scope_at(s, i);
        struct scope *members = n->kind == NAME_NETWORK ? walk_members(k, n) : NULL;
        size_t count = members ? scope_count(members) : 0;
        const char **list = arena_alloc(k->f->arena, (count + 1) * sizeof *list);
        for (size_t m = 0; m < count; m++) {
            list[m] = scope_at(members, m)->text;
        }
        const char *near = name_nearest(a->name, list, count);
        if (near) {
            const char *text = arena_printf(k->f->arena, "%s.%s", n->text, near);
            diag_help(k->f->diag, "did you mean '%s'?", text);
            diag_fix(k->f->diag, front_place_of_word(k->f, a->span, a->name), text);
            return true;
        }
    }
    return false;
}

static enum ast_verdict is_varied_around(void *env, const struct ast *a)
{
    const struct ast *name = env;
    bool around =
        a->span.file == name->span.file && a->span.lo <= name->span.lo && name->span.hi <= a->span.hi;
    bool is = a->kind == AST_ARG ? a->name && strcmp(a->name, "of") == 0 : a->kind == AST_TARGET;
    return around && is ? AST_FOUND : AST_GO_ON;
}

static enum ast_verdict is_parameter(void *env, const struct ast *a)
{
    (void)env;
    bool is = a->kind == AST_PARAM || (a->kind == AST_NPARAM && a->op == OP_PARAM);
    return is ? AST_FOUND : AST_GO_ON;
}

/* Adds the help for a name that is to be varied, behind `of =` of a gradient or `over` of `minimize`, which
 * no `let` could declare: it is one of a network. */
static bool help_varied(struct walk *k, const struct ast *a)
{
    const char *example = "NET.k";
    struct scope *s = k->w.module->scope;
    if (!ast_find(walk_experiment_around(k, a), is_varied_around, (void *)a)) {
        return false;
    }
    for (size_t i = scope_count(s); i > 0; i--) {
        struct name *n = scope_at(s, i - 1);
        const struct ast *p = n->kind == NAME_NETWORK ? ast_find(n->ast, is_parameter, NULL) : NULL;
        const struct ast *named = p && p->kind == AST_PARAM ? declaration_dcl(p, 0) : p;
        example = named ? arena_printf(k->f->arena, "%s.%s", n->text, named->name) : example;
    }
    diag_help(k->f->diag, "name a parameter or an initial amount with its network, as in `%s`", example);
    return true;
}

/* Adds the help that says what could stand there, or how the name becomes known. */
static void help_unknown(struct walk *k, const struct ast *a, int wanted)
{
    struct scope *own = k->own ? walk_members(k, k->own) : NULL;
    if (diag_has_help(k->f->diag)) {
        return;
    }
    const char *clause = own ? help_for_clause(a->name) : NULL;
    const char *range = value_is_wanted(wanted) ? range_of_index(k, a) : NULL;
    if (clause) {
        diag_help(k->f->diag, "%s", clause);
    } else if (range) {
        diag_help(k->f->diag, "an index stands before the colon with its range: `%s in %s`", a->name, range);
    } else if (own && scope_count(own) > 0) {
        const char *list = "";
        size_t n = scope_count(own);
        for (size_t i = 0; i < n && i < MOST_LISTED; i++) {
            list = arena_printf(k->f->arena, "%s%s%s", list, i ? ", " : "", scope_at(own, i)->text);
        }
        diag_help(k->f->diag, "'%s' has %s%s", k->own->text, list, n > MOST_LISTED ? ", ..." : "");
    } else if (k->model && value_is_wanted(wanted)) {
        bool flows = k->w.purpose == FOR_RIGHT_SIDE;
        diag_help(k->f->diag,
                  flows ? "declare it: `param %s = ...;` if it is learned, or `const %s = ...;`"
                        : "a model reads constants: declare it outside, `const %s = ...;`",
                  a->name, a->name);
    } else if (!k->in_network && !k->in_experiment && !k->in_function && value_is_wanted(wanted)) {
        diag_help(k->f->diag, "declare it: `const %s = ...;`", a->name);
    } else if (k->in_function) {
        diag_help(k->f->diag,
                  "a function reads its arguments and what is declared outside: make `%s` one of them",
                  a->name);
    } else if (k->in_experiment && value_is_wanted(wanted) && rows_of(k, a)) {
        const char *rows = rows_of(k, a);
        diag_help(k->f->diag,
                  "a name of rows ends with its run: keep their values, `let %s_values = %s;`, and write "
                  "`over %s in "
                  "%s_values` there and `%s_values` here",
                  a->name, rows, a->name, a->name, a->name);
    } else if (k->in_experiment && value_is_wanted(wanted) && !ended_with_block(k, a) &&
               ((wanted == NAME_AS_BASE && walk_help_owners(k, a)) || help_near_member(k, a) ||
                help_varied(k, a))) {
        ;
    } else if (k->in_experiment && (wanted == AT_ASSIGNED || value_is_wanted(wanted))) {
        diag_help(k->f->diag,
                  ended_with_block(k, a) ? "it ended with its block: declare it before, `let %s = 0;`"
                                         : "declare it: `let %s = ...;`",
                  a->name);
    }
}

/* Whether the name stands in the arguments of this `replicate`. */
static enum ast_verdict is_replicate_around(void *env, const struct ast *a)
{
    const struct ast *name = env, *args = a->kind == AST_REPLICATE ? replicate_args(a) : NULL;
    bool around = args && args->n > 0 && args->span.file == name->span.file &&
                  args->span.lo <= name->span.lo && name->span.hi <= args->span.hi;
    return around ? AST_FOUND : AST_GO_ON;
}

static enum ast_verdict is_replicate(void *env, const struct ast *a)
{
    return a->kind == AST_REPLICATE && a->name == (const char *)env ? AST_FOUND : AST_GO_ON;
}

/* Reports `sum(c.S)` where `replicate c[4] of cell();` declares copies, not an array. */
static bool is_of_copies(struct walk *k, const char *name, struct span at)
{
    const struct ast *copies =
        k->in_network && k->network ? ast_find(k->network, is_replicate, (void *)name) : NULL;
    if (!copies) {
        return false;
    }
    size_t length, n = 0;
    const char *text = sources_text(k->f->sources, at.file, &length) + at.hi;
    while (text[0] == '.' && (isalnum((unsigned char)text[1 + n]) || text[1 + n] == '_')) {
        n++;
    }
    const char *member = n > 0 ? arena_strndup(k->f->arena, text + 1, n) : "X";
    const struct ast *dims = replicate_dims(copies);
    diag_report(k->f->diag, DIAG_E0204, at, "'%s' are copies of a network, which have an index", name);
    if (dims->n == 1) {
        diag_help(k->f->diag, "name one, `%s[0].%s`, or go through all: `sum(i in 0..%s : %s[i].%s)`", name,
                  member, front_source_text(k->f, dims->kid[0]->span), name, member);
    } else {
        diag_help(k->f->diag, "name one, as in `%s[0, 0].%s`", name, member);
    }
    return true;
}

void walk_unknown(struct walk *k, const struct ast *a, int wanted)
{
    bool value = value_is_wanted(wanted);
    struct span at = front_place_of_word(k->f, a->span, a->name);
    if (wanted == NAME_AS_VALUE && is_glued_unit(k->f, at, a->name)) {
        walk_undeclared(k, a,
                        arena_printf(k->f->arena,
                                     "a blank stands before a unit, also one that begins with `/`: 2 /%s",
                                     a->name));
        return;
    }
    const char *number = wanted == NAME_AS_VALUE && k->in_network ? divided_number(k->f, at, a->name) : NULL;
    if (number) {
        walk_undeclared(
            k, a,
            arena_printf(k->f->arena,
                         "a unit follows its number with a blank before `/` and none behind, without "
                         "parentheses: %s; a parameter is declared: param %s = 1;",
                         with_unit(k->f, number, a->name), a->name));
        return;
    }
    if (wanted == NAME_AS_VALUE && k->w.purpose == FOR_SIZE && units_have(a->name)) { /* species A[nM] */
        walk_undeclared(k, a,
                        arena_printf(k->f->arena,
                                     "a unit stands behind a number, `species A = 10 %s;`, and the network "
                                     "declares it",
                                     a->name));
        return;
    }
    const struct ast *copies = k->in_network && k->network && strlen(a->name) == 1
                                   ? ast_find(k->network, is_replicate_around, (void *)a)
                                   : NULL;
    if (wanted == NAME_AS_VALUE && copies) {
        walk_undeclared(k, a,
                        arena_printf(k->f->arena,
                                     "copies with values of their own are instances of a loop: "
                                     "`for %s in 0..4 { %s[%s]: %s(%s); }`",
                                     a->name, copies->name, a->name, replicate_network(copies)->name,
                                     front_source_text(k->f, list_item(replicate_args(copies), 0)->span)));
        return;
    }
    if (wanted == NAME_AS_VALUE && k->in_experiment && is_text_option(k->f, at)) { /* title = Growth */
        walk_undeclared(k, a, arena_printf(k->f->arena, "a text stands in quotes: `\"%s\"`", a->name));
        return;
    }
    if (value && k->units && scope_find_here(k->units, a->name)) {
        name_no_value(&k->w, at, a->name, NAME_UNITS);
        tell_once(k, a);
        return;
    }
    const char *unit = unit_in_other_words(a->name);
    if (wanted == NAME_AS_VALUE && unit && is_behind_slash(k->f, at)) {
        walk_undeclared(k, a,
                        arena_printf(k->f->arena, "the unit is written `/%s`, as in `2 /%s`", unit, unit));
        return;
    }
    if (value && call_builtin_named(k->f, a->name)) {
        diag_report(k->f->diag, DIAG_E0204, at, "'%s' is a function, not a value", a->name);
        if (is_subscript(k->f, at)) {
            diag_help(k->f->diag, "a brace that belongs to the text is written `\\{`");
        } else {
            diag_help(k->f->diag, "write it with its arguments: `%s(x)`", a->name);
        }
    } else if (k->in_experiment && !k->own && value && strcmp(a->name, "time") == 0) {
        diag_report(k->f->diag, DIAG_E0201, at, "'time' is not declared");
        diag_help(k->f->diag, "the time that a run has reached is NET.time; a label is a text, \"time\"");
    } else if (value && is_of_copies(k, a->name, at)) {
        ;
    } else if (!walk_is_of_instances(k, a->name, at) && (!value || !walk_is_of_owners(k, a))) {
        struct where w = k->w;
        w.scope = with_own_names(k);
        value_unknown(&w, at, a->name, wanted);
        help_unknown(k, a, wanted);
    }
    tell_once(k, a);
}

void walk_undeclared(struct walk *k, const struct ast *a, const char *help)
{
    diag_report(k->f->diag, DIAG_E0201, a->span, "'%s' is not declared", a->name);
    diag_help(k->f->diag, "%s", help);
    tell_once(k, a);
}
