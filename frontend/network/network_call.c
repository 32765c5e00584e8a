/* Networks with values: `network r7 = ring(N = 7);`. A network that has a body is elaborated with the
 * given values. In one that was imported, lowered or optimised, the given parameters and initial amounts
 * become numbers. */
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"
#include "frontend/typing.h"

/* Lists the names of what may be given. */
static size_t list_given(const struct net *net, const char **names)
{
    size_t n = 0;
    for (size_t i = 0; i < net->symbol.n; i++) {
        if (net->symbol.data[i].kind != SYMBOL_OUTPUT) {
            names[n++] = net->symbol.data[i].name;
        }
    }
    return n;
}

/* The network whose body a name stands for; NULL if there is no body. */
static struct name *body_of(struct front *f, struct module *m, const char *network)
{
    struct name *n = module_find(m, intern_text(f->names, network));
    for (int depth = 0; n && n->kind == NAME_NETWORK && depth < 64; depth++) {
        const struct ast *a = n->ast->kind == AST_NETWORK_EXPR ? network_expr_value(n->ast) : NULL;
        if (!a) {
            return n;
        }
        n = a->kind == AST_INSTANCE || a->kind == AST_NAME ? module_find(n->module, a->name) : NULL;
    }
    return NULL;
}

/* The text of the number in `NAME = 8` at this place; if there is none, that of some number. */
static const char *number_given(struct front *f, struct span at, const char *name)
{
    size_t length;
    const char *text = sources_text(f->sources, at.file, &length) + at.lo;
    size_t word = strlen(name), blanks = strncmp(text, name, word) == 0 ? strspn(text + word, " =") : 0;
    size_t digits = blanks ? strspn(text + word + blanks, "0123456789") : 0;
    return digits ? arena_strndup(f->arena, text + word + blanks, digits) : "7";
}

/* Constants in the head of a network are given where the network is named. Constants in its body cannot be
 * given. */
static bool is_own_constant(struct where *w, struct span at, const char *network, const char *text)
{
    struct name *n = body_of(w->f, w->module, network);
    const struct ast *params = n ? network_nparams(n->ast) : NULL, *block = n ? network_block(n->ast) : NULL;
    for (uint32_t i = 0; params && i < params->n; i++) {
        const struct ast *p = list_item(params, i);
        if (p->op == OP_CONST && strcmp(p->name, text) == 0) {
            diag_report(w->f->diag, DIAG_E0201, at,
                        "'%s' of '%s' is a constant, which is known when compiling", text, network);
            diag_note(w->f->diag, p->span, "declared `const` here");
            diag_help(w->f->diag,
                      "make a network with another value, and run that: network %s_2 = %s(%s = %s);", n->text,
                      n->text, text, number_given(w->f, at, text));
            return true;
        }
    }
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        if (a->kind == AST_CONST && strcmp(a->name, text) == 0) {
            diag_report(w->f->diag, DIAG_E0201, at, "'%s' is a constant within '%s'", text, network);
            diag_note(w->f->diag, a->span, "declared here");
            diag_help(w->f->diag, "a number that experiments read and change is a parameter: param %s = ...;",
                      text);
            return true;
        }
    }
    return false;
}

bool network_is_constant(struct where *w, struct span at, const char *network, const char *text)
{
    if (is_own_constant(w, at, network, text)) {
        return true;
    }
    struct name *n = module_find(w->module, intern_text(w->f->names, text));
    if (!n || n->kind != NAME_CONST) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0201, at,
                "'%s' is a constant of the program, which is known when compiling", text);
    diag_note(w->f->diag, n->span, "declared here");
    diag_help(w->f->diag,
              "give it another value by crnlc -D %s=7, or declare it `param` for one that runs change", text);
    return true;
}

static bool has_no_such(struct where *w, const struct net *net, const struct ast *arg)
{
    const char **names = arena_alloc(w->f->arena, (net->symbol.n + 1) * sizeof *names);
    size_t n = list_given(net, names);
    if (network_is_constant(w, arg->span, net->name, arg->name)) {
        return false;
    }
    diag_report(w->f->diag, DIAG_E0306, arg->span, "'%s' has no parameter '%s'", net->name, arg->name);
    if (!name_help_nearest(w->f, arg->name, names, n)) {
        enum { MOST = 8 };
        const char *text = arena_join(w->f->arena, names, n < MOST ? n : MOST, ", ");
        diag_help(w->f->diag, "its parameters and amounts have names, %s%s: %s(%s = ...)", text,
                  n > MOST ? ", ..." : "", net->name, n ? names[0] : "k");
    }
    return false;
}

const struct net_param *network_may_give(struct where *w, const struct net *net, const struct symbol *s,
                                         const struct ast *arg)
{
    const struct net_param *p = net_symbol_param(net, s);
    if (!p || p->global >= 0 || p->global < -1) {
        diag_report(w->f->diag, DIAG_E0306, arg->span,
                    p ? "'%s' of '%s' follows a model or the program" : "'%s' of '%s' is no parameter",
                    arg->name, net->name);
        return NULL;
    }
    return !p->unit || units_check_text(w, arg_value(arg), p->unit, "this parameter", "the parameter") ? p
                                                                                                       : NULL;
}

static bool give_param(struct where *w, struct net *net, const struct symbol *s, const struct ast *arg,
                       expr_id v)
{
    const struct net_param *p = network_may_give(w, net, s, arg);
    if (!p) {
        return false;
    }
    struct where to = *w;
    to.ex = net->ex;
    net->param.data[p - net->param.data].init = front_import(&to, v);
    return true;
}

/* Element i of a value; a single number is the value of all elements. */
static double number_at(struct where *w, expr_id v, int64_t i)
{
    double x = NAN;
    expr_const_real(w->ex, value_info(w, v).shape.rank ? expr_element(w->ex, v, i) : v, &x);
    return x;
}

static bool give_amount(struct where *w, struct net *net, const struct symbol *s, const struct ast *arg,
                        expr_id v)
{
    struct dim amount = {.kind = DIM_KNOWN, .amount = 1};
    if (!units_check(w, arg_value(arg), amount, "this amount", "an amount")) {
        return false;
    }
    for (int64_t i = 0; i < shape_size(s->shape); i++) {
        double x = number_at(w, v, i);
        struct expr e = *expr_get(net->ex, net->elem.data[s->first + (uint32_t)i]);
        bool dual = s->kind == SYMBOL_DUAL && e.op == EXPR_SUB;
        if (!dual && e.op != EXPR_SPECIES) {
            return diag_report(w->f->diag, DIAG_E0306, arg->span,
                               "'%s' of '%s' is no amount any more: a pass "
                               "has put others in its place",
                               arg->name, net->name);
        }
        if (!isfinite(x) || (x < 0 && !dual)) {
            return front_no_amount(w->f, arg_value(arg)->span, x);
        }
        for (int rail = 0; rail < (dual ? 2 : 1); rail++) {
            struct expr leaf = dual ? *expr_get(net->ex, e.args[rail]) : e;
            struct species *to = &net->species.data[leaf.a];
            to->init = expr_real(net->ex, fmax(rail ? -x : x, 0));
            to->rest = 0;
        }
    }
    return true;
}

const struct symbol *network_given_symbol(struct where *w, const struct net *net, const struct ast *arg)
{
    if (!arg->name) {
        diag_report(w->f->diag, DIAG_E0306, arg->span,
                    "what is given to '%s' has a name, because it is no text with arguments in an order",
                    net->name);
        diag_help(w->f->diag, "write %s(NAME = %s)", net->name, front_source_text(w->f, arg->span));
        return NULL;
    }
    int32_t at = net_find_symbol(net, arg->name);
    if (at < 0 || net->symbol.data[at].kind == SYMBOL_OUTPUT) {
        has_no_such(w, net, arg);
        return NULL;
    }
    return &net->symbol.data[at];
}

bool network_give(struct where *w, struct net *net, const struct ast *arg)
{
    const struct symbol *given = network_given_symbol(w, net, arg);
    if (!given) {
        return false;
    }
    struct symbol s = *given;
    expr_id v = value_real(w, arg_value(arg));
    if (!v || !value_fits(w, arg_value(arg)->span, v, s.shape, "this parameter")) {
        return false;
    }
    if (!expr_is_const(w->ex, v)) {
        return diag_report(w->f->diag, DIAG_E0304, arg->span, "this must be known when compiling");
    }
    return s.kind == SYMBOL_PARAM ? give_param(w, net, &s, arg, v) : give_amount(w, net, &s, arg, v);
}

static struct net *with_values(struct where *w, const struct ast *call, struct net *net, struct units *units)
{
    struct where inner = *w;
    bool good = true;
    inner.units = units->given ? units : NULL;
    for (uint32_t i = 1; i < call->n && good; i++) {
        good = network_give(&inner, net, instance_arg(call, i));
    }
    if (!good) {
        net_destroy(net);
    }
    return good ? net : NULL;
}

struct net *network_call(struct where *w, const struct ast *call, struct units *units,
                         struct lowering *lowering)
{
    struct front *f = w->f;
    struct name *n = module_find(w->module, call->name);
    if (!name_fits(w, call->span, call->name, n, AT_DERIVED)) {
        return NULL;
    }
    bool body = call->n > 0 && n->ast->kind == AST_NETWORK; /* without parentheses it has no children */
    struct net *net;
    if (n->index < 0 || body) {
        net = network_build(f, n, body ? call : NULL, w->module, call->span, units, lowering);
    } else {
        net = net_clone(f->program->net.data[n->index].net);
        net->observed.n = 0;
        *lowering = f->program->net.data[n->index].lowering;
        *units = f->units.data[n->index];
    }
    return net && !body ? with_values(w, call, net, units) : net;
}
