/* Lints of experiments that read the tree. W0417 warns of a statement that no run sees, W0418 of a file
 * that is written twice, W0419 of formats of other languages in texts. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"
#include "frontend/experiment/experiment.h"
#include "frontend/name.h"
#include "runtime/crnl_method.h"

/* ---- `continue` with no run before it ---- */

struct begun { /* networks that have run, or whose amounts were set, before the current statement */
    VEC(const char *) network;
    VEC(const struct ast *) copy; /* the name is that of `run NET as NAME` */
};

static bool has_begun(const struct begun *b, const char *network)
{
    for (size_t i = 0; i < b->network.n; i++) {
        if (b->network.data[i] == network) {
            return true;
        }
    }
    return false;
}

static const char *base_name(const struct ast *a)
{
    while (a->kind == AST_INDEX || a->kind == AST_FIELD) {
        a = ast_base(a);
    }
    return a->kind == AST_NAME ? a->name : NULL;
}

/* Collects the networks that are run by a statement or by statements inside it. */
static void collect_begun(struct begun *b, const struct ast *a)
{
    if (!a) {
        return;
    }
    if (a->kind == AST_RUN || a->kind == AST_CONTINUE || a->kind == AST_TEACH) {
        vec_push(&b->network, a->name);
        if (a->kind == AST_RUN && experiment_clause(a, OP_AS)) {
            vec_push(&b->copy, a);
        }
    } else if (a->kind == AST_SET_STMT || a->kind == AST_LOAD) {
        vec_push(&b->network, base_name(a->kind == AST_LOAD ? save_reference(a) : assign_target(a)));
    } else if (a->kind == AST_FLUSH) {
        for (uint32_t i = 0; i < a->n; i++) {
            vec_push(&b->network, base_name(flush_reference(a, i)));
        }
    }
    for (uint32_t i = 0; i < a->n; i++) {
        collect_begun(b, ast_child(a, i));
    }
}

/* The last run of the network under another name; NULL: there is none. */
static const struct ast *run_as_other(const struct begun *b, const char *network)
{
    const struct ast *found = NULL;
    for (size_t i = 0; i < b->copy.n; i++) {
        bool is = clause_value(experiment_clause(b->copy.data[i], OP_AS))->name == network;
        found = is ? b->copy.data[i] : found;
    }
    return found;
}

static void check_continue(struct front *f, const struct begun *b, const struct ast *a)
{
    if (has_begun(b, a->name)) {
        return;
    }
    diag_report(f->diag, DIAG_W0417, a->span,
                "'%s' has not run before: this goes on from its initial amounts", a->name);
    const struct ast *run = run_as_other(b, a->name);
    if (run) {
        diag_note(f->diag, run->span, "this run has kept its end as another network");
        diag_help(f->diag, "write `continue %s`", run->name);
    } else {
        diag_help(f->diag, "write `run %s ...`", a->name);
    }
}

static void follow_runs(struct front *f, struct begun *b, const struct ast *a)
{
    if (!a) {
        return;
    }
    if (a->kind == AST_FOR || a->kind == AST_WHILE || a->kind == AST_MINIMIZE) {
        collect_begun(b, a); /* in the second turn, all of the loop has been executed once */
    } else if (a->kind == AST_CONTINUE) {
        check_continue(f, b, a);
    }
    for (uint32_t i = 0; i < a->n; i++) {
        follow_runs(f, b, ast_child(a, i));
    }
    if (a->kind != AST_BLOCK && a->kind != AST_IF) {
        collect_begun(b, a);
    }
}

/* ---- `set` that the next run undoes ---- */

/* Whether the expression is NET.A with an amount A, or an element of it. *network and *amount become the
 * two names. */
static bool is_amount(const struct front *f, const struct ast *a, const char **network, const char **amount)
{
    a = a->kind == AST_INDEX ? index_base(a) : a;
    if (a->kind != AST_FIELD || field_base(a)->kind != AST_NAME) {
        return false;
    }
    *network = field_base(a)->name;
    *amount = a->name;
    const struct net *n = lint_net(f, *network);
    int32_t symbol = n ? net_find_symbol(n, *amount) : -1;
    return symbol >= 0 &&
           (n->symbol.data[symbol].kind == SYMBOL_SPECIES || n->symbol.data[symbol].kind == SYMBOL_DUAL);
}

/* Looks at the statements behind `set` in its block, up to the first that may see its effect. Runs in
 * other blocks are not looked for. */
static void check_set(struct front *f, const struct ast *block, uint32_t at)
{
    enum { FAR = 64 };
    const struct ast *set = block_statement(block, at);
    const struct ast *target = set->kind == AST_FLUSH ? flush_reference(set, 0) : assign_target(set);
    const char *network, *amount;
    if (!is_amount(f, target, &network, &amount)) {
        return;
    }
    for (uint32_t i = at + 1; i < block->n && i < at + FAR; i++) {
        const struct ast *s = block_statement(block, i);
        bool sets = s->kind == AST_SET_STMT && !lint_mentions(assign_value(s), network) && s->op == OP_SET;
        if (s->kind == AST_RUN && s->name == network && !experiment_clause(s, OP_AS)) {
            bool reads = false;
            for (uint32_t c = 0; c < s->n; c++) {
                reads |= lint_mentions(ast_child(s, c), network);
            }
            if (!reads) {
                diag_report(f->diag, DIAG_W0417, set->span,
                            "the next run begins at the initial amounts again: this has no effect");
                diag_note(f->diag, s->span, "this run");
                diag_help(f->diag, "write `run %s with %s = ...`, or `continue %s`", network, amount,
                          network);
            }
            return;
        }
        if (!sets && lint_mentions(s, network)) {
            return;
        }
    }
}

/* ---- `with` that a `continue` does not repeat ---- */

/* Whether the clauses, or `set` statements of the block from..to, give the parameter a value. */
static bool gives(const struct ast *run, const char *name)
{
    const struct ast *with = experiment_clause(run, OP_WITH);
    for (uint32_t i = 0; with && i < with->n; i++) {
        if (base_name(assign_target(clause_bind(with, i))) == name) {
            return true;
        }
    }
    return false;
}

static bool is_set(const struct ast *block, uint32_t from, uint32_t to, const char *name)
{
    for (uint32_t i = from; i < to; i++) {
        const struct ast *s = block_statement(block, i);
        const struct ast *target = s->kind == AST_SET_STMT ? assign_target(s) : NULL;
        target = target && target->kind == AST_INDEX ? index_base(target) : target;
        if (target && target->kind == AST_FIELD && target->name == name) {
            return true;
        }
    }
    return false;
}

/* The run right before statement `at` of the block in which the network was, if it is sure; else NULL. */
static const struct ast *run_before(const struct ast *block, uint32_t at, const char *network,
                                    uint32_t *where)
{
    for (uint32_t i = at; i-- > 0;) {
        const struct ast *s = block_statement(block, i);
        bool nested =
            s->kind == AST_FOR || s->kind == AST_WHILE || s->kind == AST_IF || s->kind == AST_MINIMIZE;
        if (nested && lint_mentions(s, network)) {
            return NULL;
        }
        if ((s->kind == AST_RUN || s->kind == AST_CONTINUE) && s->name == network) {
            *where = i;
            return s;
        }
    }
    return NULL;
}

/* In other languages a parameter keeps the value that it was given last. */
static void check_with(struct front *f, const struct ast *block, uint32_t at)
{
    uint32_t from = 0;
    const struct ast *a = block_statement(block, at), *run = run_before(block, at, a->name, &from);
    const struct ast *with = run ? experiment_clause(run, OP_WITH) : NULL;
    const struct ast *of = run ? experiment_run_of(run) : NULL;
    for (uint32_t i = 0; with && i < with->n; i++) {
        const struct ast *bind = clause_bind(with, i);
        const char *name = base_name(assign_target(bind));
        const struct symbol *s = name ? lint_symbol(f, of ? of->name : a->name, name) : NULL;
        if (bind->op == OP_BIND && s && s->kind == SYMBOL_PARAM && !gives(a, name) &&
            !is_set(block, from, at, name)) {
            diag_report(f->diag, DIAG_W0429, a->span,
                        "this goes on with another '%s' than the run before had", name);
            diag_note(f->diag, bind->span, "`with` holds for this run alone");
            diag_help(f->diag,
                      "to keep it write `continue %s with %s ...`, or `set %s.%s = ...;` before both; else "
                      "say that the network's own is meant: `with %s = %s.%s`",
                      a->name, front_source_text(f, bind->span), a->name, name, name, a->name, name);
            return;
        }
    }
}

/* ---- a parameter that is read behind a run that had another value of it ---- */

/* Looks at the statements behind the run up to the next one that mentions the network and does more than
 * show. */
static void check_own(struct front *f, const struct ast *block, uint32_t at)
{
    const struct ast *run = block_statement(block, at), *with = experiment_clause(run, OP_WITH);
    for (uint32_t i = 0; with && i < with->n && !experiment_run_of(run); i++) {
        const struct ast *bind = clause_bind(with, i), *target = assign_target(bind);
        const struct symbol *s = target->kind == AST_NAME ? lint_symbol(f, run->name, target->name) : NULL;
        const char *network = run->name, *name = target->name;
        bool own = !s || s->kind != SYMBOL_PARAM || lint_find_member(assign_value(bind), network, name);
        for (uint32_t k = at + 1; k < block->n && !own; k++) {
            const struct ast *later = block_statement(block, k);
            bool shows = later->kind == AST_PRINT || later->kind == AST_RECORD || later->kind == AST_ASSERT;
            const struct ast *read = shows ? lint_find_member(later, network, name) : NULL;
            if (read) {
                diag_report(f->diag, DIAG_W0429, read->span,
                            "this is the network's own '%s', and the run before had another", name);
                diag_note(f->diag, bind->span, "`with` holds for this run alone");
                diag_help(f->diag, "read what it was given, `%s`; `set %s.%s = ...;` before the run lasts",
                          front_source_text(f, assign_value(bind)->span), network, name);
            }
            own = read || (!shows && lint_mentions(later, network));
        }
    }
}

/* ---- results of a network that does not run ---- */

static void check_shown(struct front *f, const struct begun *b, const struct ast *a)
{
    const char *network, *amount;
    if (!a || a->kind == AST_FIELD) {
        if (a && is_amount(f, a, &network, &amount) && !has_begun(b, network)) {
            diag_report(f->diag, DIAG_W0417, a->span,
                        "'%s' does not run in this experiment: this is the amount that it would begin with",
                        network);
            const struct ast *run = run_as_other(b, network);
            if (run) {
                diag_help(f->diag, "`%s` ran as `%s`: write `%s%s`", network, run->name, run->name,
                          front_source_text(f, a->span) + strlen(network));
            } else {
                diag_help(f->diag, "write `run %s for 10` before", network);
            }
        }
        return;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        check_shown(f, b, ast_child(a, i));
    }
}

static void check_results(struct front *f, const struct begun *b, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *s = ast_child(a, i);
        if (s && s->kind == AST_PRINT) {
            check_shown(f, b, s);
        }
        check_results(f, b, s);
    }
}

/* ---- rows that are all equal ---- */

/* A range may only count how often something random is repeated. */
static bool may_repeat(const struct ast *run, const struct ast *binder)
{
    return binder_over(binder)->kind == AST_RANGE && (lint_is_random(run) || experiment_clause(run, OP_WITH));
}

static void check_rows(struct front *f, const struct ast *run)
{
    /* Rows of `continue` go on from the states that the rows before them have reached, and so differ. */
    const struct ast *over = run->kind == AST_CONTINUE ? NULL : experiment_clause(run, OP_OVER);
    for (uint32_t i = 0; over && i < over->n; i++) {
        const struct ast *binder = clause_binder(over, i);
        bool is_read = lint_mentions(run_file(run), binder->name) || may_repeat(run, binder);
        for (uint32_t c = 1; c < run->n && !is_read; c++) {
            is_read = run_clause(run, c) != over && lint_mentions(run_clause(run, c), binder->name);
        }
        for (uint32_t k = i + 1; k < over->n && !is_read; k++) { /* a binder may read another one */
            is_read = lint_mentions(clause_binder(over, k), binder->name);
        }
        if (!is_read) {
            diag_report(f->diag, DIAG_W0417, binder->span, "no clause reads '%s': all its rows are equal",
                        binder->name);
            diag_help(f->diag, "say what it is: run %s over %s with NAME = %s ...", run->name,
                      front_source_text(f, binder->span), binder->name);
        }
    }
}

/* ---- a file that is written twice ---- */

/* The name of the file that a statement writes, if the name is known. `print` is left out, because it adds
 * to its file. */
static const char *file_of(struct front *f, const struct ast *a, const char *experiment)
{
    const struct ast *file = a->kind == AST_RUN || a->kind == AST_CONTINUE ? run_file(a)
                             : a->kind == AST_PLOT                         ? plot_file(a)
                             : a->kind == AST_IMAGE                        ? image_file(a)
                                                                           : NULL;
    if (file && file->kind == AST_STRING && file->n == 1 && string_part(file, 0)->kind == AST_STRING_PART) {
        return string_part(file, 0)->name;
    }
    return a->kind == AST_PLOT && !file ? arena_printf(f->arena, "%s.svg", experiment) : NULL;
}

struct written {
    const char *file;
    const struct ast *by;
};

static int by_file(const void *x, const void *y)
{
    const struct written *a = x, *b = y;
    int order = strcmp(a->file, b->file);
    return order ? order : (a->by->span.lo > b->by->span.lo) - (a->by->span.lo < b->by->span.lo);
}

static void check_files(struct front *f, const struct ast *block, const char *experiment)
{
    VEC(struct written) list = {0};
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *s = block_statement(block, i);
        const char *file = file_of(f, s, experiment);
        if (file) {
            vec_push(&list, (struct written){file, s});
        }
    }
    if (list.n > 1) {
        qsort(list.data, list.n, sizeof *list.data, by_file);
    }
    for (size_t i = 1; i < list.n; i++) {
        const struct written *w = &list.data[i], *before = w - 1;
        if (strcmp(w->file, before->file) == 0) {
            const char *extension = strrchr(w->file, '.');
            diag_report(f->diag, DIAG_W0418, w->by->span, "this replaces `%s`, which was written before",
                        w->file);
            diag_note(f->diag, before->by->span, "here");
            diag_help(f->diag, "give it a name of its own: ... -> \"NAME%s\"", extension ? extension : "");
        }
    }
    vec_free(&list);
}

/* ---- formats of other languages ---- */

/* The length of a conversion such as %d, %5.2f or %s, or 0. */
static size_t conversion(const char *text)
{
    size_t n = 1;
    n += strspn(text + n, "-+#0");
    n += strspn(text + n, "0123456789");
    n += text[n] == '.' ? 1 + strspn(text + n + 1, "0123456789") : 0;
    n += text[n] == 'l';
    bool is_one = text[n] && strchr("dieufgsx", text[n]) && !isalnum((unsigned char)text[n + 1]);
    return is_one ? n + 1 : 0;
}

/* The text as it is written between quotes, without the line ends behind it, which `print` adds. */
static const char *as_written(struct front *f, const char *text)
{
    size_t n = strlen(text);
    char *out = arena_alloc(f->arena, 2 * n + 1), *to = out;
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        char c = text[i], letter = ast_escape(c);
        if (letter) {
            *to++ = '\\';
        }
        *to++ = letter ? letter : c;
    }
    *to = '\0';
    return out;
}

/* The text with values in braces for its conversions, as far as there are values. */
static const char *with_braces(struct front *f, const struct ast *a, uint32_t text_at, uint32_t *values)
{
    const char *from = string_part(print_item(a, text_at), 0)->name, *text = "";
    for (const char *at; (at = strchr(from, '%')) && text_at + 1 + *values < a->n;) {
        size_t n = conversion(at);
        text = arena_printf(f->arena, "%s%.*s", text, (int)(at - from) + (n == 0), from);
        from = at + (n > 0 ? n : 1);
        if (n > 0) {
            const char *value = front_source_text(f, print_item(a, text_at + 1 + *values)->span);
            text = arena_printf(f->arena, "%s{%s%s%.*s}", text, value, n > 2 ? ":" : "",
                                (int)(n > 2 ? n - 1 : 0), at + 1);
            (*values)++;
        }
    }
    return as_written(f, arena_printf(f->arena, "%s%s", text, from));
}

static void check_print(struct front *f, const struct ast *a)
{
    for (uint32_t i = 1; i + 1 < a->n; i++) { /* values follow the text */
        const struct ast *s = print_item(a, i);
        const char *text = s->kind == AST_STRING && s->n == 1 && string_part(s, 0)->kind == AST_STRING_PART
                               ? string_part(s, 0)->name
                               : "";
        const char *at = strchr(text, '%');
        size_t n = at ? conversion(at) : 0;
        if (n > 0) {
            uint32_t values = 0;
            const char *whole = with_braces(f, a, i, &values);
            diag_report(f->diag, DIAG_W0419, s->span, "`%.*s` is printed as it stands", (int)n, at);
            diag_help(f->diag,
                      "values stand in braces in a text: write `\"%s\"` without the value%s behind it", whole,
                      values == 1 ? "" : "s");
            return;
        }
    }
}

static void check_statements(struct front *f, const struct ast *a)
{
    for (uint32_t i = 0; a && i < a->n; i++) {
        const struct ast *s = ast_child(a, i);
        bool changes = s && (s->kind == AST_SET_STMT || (s->kind == AST_FLUSH && s->n > 0));
        if (changes && a->kind == AST_BLOCK) {
            check_set(f, a, i);
        } else if (s && s->kind == AST_CONTINUE && a->kind == AST_BLOCK) {
            check_with(f, a, i);
            check_rows(f, s);
        } else if (s && (s->kind == AST_RUN || s->kind == AST_CONTINUE)) {
            if (a->kind == AST_BLOCK) {
                check_own(f, a, i);
            }
            check_rows(f, s);
        } else if (s && s->kind == AST_PRINT) {
            check_print(f, s);
        }
        check_statements(f, s);
    }
}

void lint_runs(struct front *f, const struct ast *experiment)
{
    struct begun b = {0};
    follow_runs(f, &b, experiment_body(experiment));
    check_results(f, &b, experiment);
    vec_free(&b.network);
    vec_free(&b.copy);
    check_statements(f, experiment);
    check_files(f, experiment_body(experiment), experiment->name);
    lint_turns(f, experiment);
    lint_fits(f, experiment);
    lint_curves(f, experiment);
}
