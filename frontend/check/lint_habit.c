/* Lints of habits from other languages in statements of networks. W0424 warns of a catalyst that stands
 * behind `via` and on the left side, or on both. W0425 warns of an assignment of an event that reads a name
 * which an earlier assignment of the event changes. W0430 warns of an initial amount that is given twice,
 * W0431 of a reaction whose sides are the same. */
#include <stdlib.h>
#include <string.h>

#include "frontend/check/lint.h"

/* ---- W0424 ---- */

static const struct ast *find_term(const struct ast *side, const struct ast *reference)
{
    for (uint32_t i = 0; side && i < side->n; i++) {
        const struct ast *t = side_term(side, i);
        if (t->kind == AST_TERM && ast_same(term_reference(t), reference)) {
            return t;
        }
    }
    return NULL;
}

/* The text of a side without one of its terms. */
static const char *side_without(struct front *f, const struct ast *side, const struct ast *term)
{
    const char *text = "";
    for (uint32_t i = 0; i < side->n; i++) {
        if (side_term(side, i) != term) {
            text = arena_printf(f->arena, "%s%s%s", text, *text ? " + " : "",
                                front_source_text(f, side_term(side, i)->span));
        }
    }
    return *text ? text : "0";
}

/* `G -> M via G`: what is taken stands on the left, and what stays behind `via`, so that two take part. */
static void report_taken(struct front *f, const struct ast *reaction, const struct ast *via,
                         const struct ast *left)
{
    const char *text = front_source_text(f, term_reference(left)->span);
    const char *right = side_without(f, reaction_right(reaction), NULL);
    const char *others = side_without(f, reaction_left(reaction), left);
    diag_report(f->diag, DIAG_W0424, via->span,
                "'%s' is a reactant too: it takes part twice, and is used up once", text);
    diag_note(f->diag, left->span, "here");
    diag_help(
        f->diag,
        "if it stays write `%s -> %s via %s`, if it is used up leave out `via %s`; if two meet and one is "
        "used up, `2 %s%s%s -> %s%s%s` says so",
        others, right, text, text, text, strcmp(others, "0") ? " + " : "", strcmp(others, "0") ? others : "",
        text, strcmp(right, "0") ? " + " : "", strcmp(right, "0") ? right : "");
}

static void check_catalysts(struct front *f, const struct ast *reaction)
{
    const struct ast *via = reaction_via(reaction);
    for (uint32_t i = 0; via && i < via->n; i++) {
        const struct ast *t = side_term(via, i);
        const struct ast *of = t->kind == AST_TERM ? term_reference(t) : NULL;
        const struct ast *left = of ? find_term(reaction_left(reaction), of) : NULL;
        if (left && !find_term(reaction_right(reaction), of)) {
            if (reaction->op != OP_LAW) {
                report_taken(f, reaction, t, left);
            }
        } else if (left) {
            const char *text = front_source_text(f, of->span);
            diag_report(f->diag, DIAG_W0424, t->span, "'%s' stands on both sides too: it counts twice", text);
            diag_note(f->diag, left->span, "here");
            diag_help(f->diag,
                      "`via %s` already means that it is there and stays: leave it out of both sides", text);
        }
    }
}

/* ---- W0431 ---- */

/* With a label it may be there for its rate. */
static void check_sides(struct front *f, const struct ast *reaction)
{
    const struct ast *left = reaction_left(reaction), *right = reaction_right(reaction);
    enum { FEW = 32 };
    bool same =
        left->n > 0 && left->n <= FEW && left->n == right->n && !reaction->name && !reaction_delay(reaction);
    uint32_t taken = 0; /* terms of the right side, as bits */
    for (uint32_t i = 0; same && i < left->n; i++) {
        uint32_t k = 0;
        while (k < right->n && (taken >> k & 1 || !ast_same(side_term(right, k), side_term(left, i)))) {
            k++;
        }
        same = k < right->n;
        taken |= same ? 1u << k : 0;
    }
    if (same) {
        diag_report(f->diag, DIAG_W0431, reaction->span, "both sides are the same: this changes nothing");
        diag_help(f->diag,
                  "is another species meant on one side? what is needed and stays stands behind `via`");
    }
}

/* ---- W0425 ---- */

static enum ast_verdict is_same(void *env, const struct ast *a)
{
    const struct ast *const *of = env;
    return ast_same(a, *of) ? AST_FOUND : AST_GO_ON;
}

static bool reads(const struct ast *a, const struct ast *reference)
{
    return ast_find(a, is_same, &reference) != NULL;
}

/* If there is an order in which no assignment reads a name that an earlier one assigns, this order has the
 * same meaning in every language. If there is none, as in an exchange of two values, the author knows that
 * all changes are made together. */
static void check_order(struct front *f, const struct ast *block)
{
    for (uint32_t i = 1; i < block->n; i++) {
        const struct ast *late = block_statement(block, i);
        for (uint32_t k = 0; k < i && late->kind == AST_ASSIGN; k++) {
            const struct ast *early = block_statement(block, k);
            if (early->kind != AST_ASSIGN) {
                continue;
            }
            const struct ast *one = assign_target(early), *two = assign_target(late);
            if (!ast_same(one, two) && reads(assign_value(late), one) && !reads(assign_value(early), two)) {
                const char *given = front_source_text(f, one->span);
                diag_report(f->diag, DIAG_W0425, assign_value(late)->span,
                            "this reads '%s' as it is before the event: its changes are made together",
                            given);
                diag_note(f->diag, early->span, "this change does not come first");
                diag_help(f->diag,
                          "if that is meant, write `%s` before it; else put the new value of '%s' here",
                          front_source_text(f, late->span), given);
                break;
            }
        }
    }
}

void lint_habits(struct front *f, const struct ast *a)
{
    if (a && a->kind == AST_REACTION) {
        check_catalysts(f, a);
        check_sides(f, a);
    } else if (a && a->kind == AST_EVENT) {
        check_order(f, event_block(a));
    }
    for (uint32_t i = 0; a && a->kind != AST_REACTION && i < a->n; i++) {
        lint_habits(f, ast_child(a, i));
    }
}

/* ---- W0430 ---- */

struct start { /* an initial amount */
    const struct ast *of, *at;
};

static int by_target(const void *x, const void *y)
{
    const struct start *a = x, *b = y;
    int order = ast_order(a->of, b->of);
    return order ? order : (a->at->span.lo > b->at->span.lo) - (a->at->span.lo < b->at->span.lo);
}

/* The last one counts. An array may be given as a whole first, and then some of its elements. */
void lint_starts(struct front *f, const struct ast *block)
{
    VEC(struct start) list = {0};
    bool assigns = false;
    for (uint32_t i = 0; i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        assigns |= a->kind == AST_ASSIGN;
    }
    for (uint32_t i = 0; i < block->n && assigns; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_ASSIGN && a->op == OP_SET) {
            vec_push(&list, (struct start){assign_target(a), a});
        }
        for (uint32_t k = 0; a->kind == AST_ENTITY && k < a->n; k++) {
            const struct ast *d = declaration_dcl(a, k);
            if (dcl_value(d) && !dcl_dims(d)) {
                struct ast *of = arena_alloc(f->arena, sizeof *of);
                *of = (struct ast){.kind = AST_NAME, .span = d->span, .name = d->name};
                vec_push(&list, (struct start){of, d});
            }
        }
    }
    if (list.n > 1) {
        qsort(list.data, list.n, sizeof *list.data, by_target);
    }
    for (size_t i = 1; i < list.n; i++) {
        const struct start *one = &list.data[i];
        if (ast_same(one->of, one[-1].of)) {
            const char *text = one->of->name ? one->of->name : front_source_text(f, one->of->span);
            diag_report(f->diag, DIAG_W0430, one->at->span, "'%s' begins with another amount already", text);
            diag_note(f->diag, one[-1].at->span, "this has no effect");
            diag_help(f->diag, "leave one out; a change at a time is an event: `at 5 { %s }`",
                      one->at->kind == AST_ASSIGN ? front_source_text(f, one->at->span)
                                                  : arena_printf(f->arena, "%s = ...;", text));
        }
    }
    vec_free(&list);
}
