/* Helps for calls as other languages write them: functions, their arguments, and how many there are. */
#include <string.h>

#include "frontend/builtin.h"
#include "frontend/name.h"

/* How a function of several arguments is called; NULL if its name says that. */
static const char *form_of(const char *name)
{
    static const struct {
        const char *name, *form;
    } forms[] = {
#define FUNCTION_FORM(name, form) {#name, form},
#include "frontend/function_form.def"
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, name) == 0) {
            return forms[i].form;
        }
    }
    return NULL;
}

static const char *help_for_word(const char *name)
{
    static const struct {
        const char *name, *help;
    } words[] = {
#define FUNCTION_WORD(name, help) {#name, help},
#include "frontend/function_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, name) == 0) {
            return words[i].help;
        }
    }
    return NULL;
}

/* In the help, `net.x` is replaced by the amount that the call has as its argument, NET by the network. */
static void help_with_argument(struct where *w, const struct ast *call, const char *help)
{
    const struct ast *arg = call->n > 1 ? arg_value(call_arg(call, 1)) : NULL;
    const struct name *n = arg && arg->kind == AST_NAME ? value_find(w, arg->name) : NULL;
    bool network = n && n->kind == NAME_NETWORK;
    const char *word = network ? "NET" : "net.x", *text = "", *at = NULL;
    while ((network || (arg && arg->kind == AST_FIELD)) && (at = strstr(help, word))) {
        text = arena_printf(w->f->arena, "%s%.*s%s", text, (int)(at - help), help,
                            front_source_text(w->f, arg->span));
        help = at + strlen(word);
    }
    diag_help(w->f->diag, "%s%s", text, help);
}

/* The text of an argument as it stands in a formula between `before` and `after`. */
static const char *operand(struct where *w, const struct ast *a, char before, char after)
{
    const char *text = front_source_text(w->f, a->span);
    bool bare = a->kind == AST_NAME || a->kind == AST_FIELD || a->kind == AST_INDEX || a->kind == AST_CALL ||
                a->kind == AST_INT || a->kind == AST_REAL || (a->flags & AST_PAREN);
    bool alone = strchr("({", before) && strchr("):,", after);
    return bare || alone ? text : arena_printf(w->f->arena, "(%s)", text);
}

/* The power of ten with this exponent. */
static const char *power_of_ten(struct where *w, const struct ast *digits)
{
    enum { MOST_DIGITS = 6 };
    bool literal = digits->kind == AST_INT && digits->n == 0 && digits->v.integer <= MOST_DIGITS;
    return literal ? arena_printf(w->f->arena, "%.*s", (int)digits->v.integer + 1, "1000000")
                   : arena_printf(w->f->arena, "10^%s", operand(w, digits, ' ', ' '));
}

/* The help with the arguments of the call in their places. */
static const char *with_arguments(struct where *w, const struct ast *call, const char *help)
{
    const char *text = "", *at;
    for (; (at = strchr(help, '$')); help = at + 2) {
        uint32_t i = at[1] == 'e' ? 2 : (uint32_t)(at[1] - '0');
        const struct ast *arg = arg_value(call_arg(call, i));
        const char *put =
            at[1] == 'e' ? power_of_ten(w, arg) : operand(w, arg, at > help ? at[-1] : ' ', at[2]);
        text = arena_printf(w->f->arena, "%s%.*s%s", text, (int)(at - help), help, put);
    }
    return arena_printf(w->f->arena, "%s%s", text, help);
}

bool call_help_meant(struct where *w, const struct ast *call, const char *name)
{
    static const struct {
        const char *name;
        uint32_t number;
        const char *help;
    } words[] = {
#define CALL_WORD(name, number, help) {#name, number, help},
#include "frontend/call_word.def"
    };
    for (uint32_t i = 1; i < call->n; i++) {
        if (call_arg(call, i)->name) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        bool is = words[i].number == call->n - 1 && strcmp(words[i].name, name) == 0;
        if (is && strstr(words[i].help, ":.$2f")) {
            const struct ast *digits = arg_value(call_arg(call, 2));
            is = digits->kind == AST_INT && digits->n == 0;
        }
        if (is) {
            diag_help(w->f->diag, "%s", with_arguments(w, call, words[i].help));
            return true;
        }
    }
    return false;
}

static enum ast_verdict is_count_of_runs(void *env, const struct ast *a)
{
    (void)env;
    return a->kind == AST_ARG && a->name && strcmp(a->name, "runs") == 0 ? AST_FOUND : AST_GO_ON;
}

struct runs_of { /* how a network runs in the program */
    const char *network;
    bool several, rows;
};

static enum ast_verdict look_at_runs(void *env, const struct ast *a)
{
    struct runs_of *r = env;
    bool is = (a->kind == AST_RUN || a->kind == AST_CONTINUE) && a->name == r->network;
    for (uint32_t i = 0; is && i < a->n; i++) {
        const struct ast *clause = ast_child(a, i);
        r->rows |= clause && clause->kind == AST_CLAUSE && clause->op == OP_OVER;
        r->several |= clause && ast_find(clause, is_count_of_runs, NULL);
    }
    return AST_GO_ON;
}

/* Adds the help for a function of an amount that has one form over runs, run_sd, and one over time, time_sd.
 * After a run over rows the amount is an array, and neither is meant. */
static bool help_over_runs(struct where *w, const struct ast *call, const char *name)
{
    const char *over_runs = help_for_word(arena_printf(w->f->arena, "run_%s", name));
    const char *over_time = help_for_word(arena_printf(w->f->arena, "time_%s", name));
    const struct ast *arg = over_runs && over_time && call->n == 2 ? arg_value(call_arg(call, 1)) : NULL;
    struct name *root = arg && arg->kind == AST_FIELD ? name_root(w, arg) : NULL;
    if (!root || root->kind != NAME_NETWORK) {
        return false;
    }
    struct runs_of r = {.network = root->text};
    (void)ast_find(w->module->tree, look_at_runs, &r);
    if (!r.rows) {
        help_with_argument(w, call, r.several ? over_runs : over_time);
    }
    return !r.rows;
}

bool call_help_unknown(struct where *w, const struct ast *call, const char *name)
{
    if (help_over_runs(w, call, name)) {
        return true;
    }
    if (call_help_meant(w, call, name)) {
        return true;
    }
    if (help_for_word(name)) {
        help_with_argument(w, call, help_for_word(name));
        return true;
    }
    return false;
}

const char *help_for_argument(const char *function, const char *argument)
{
    static const struct {
        const char *function, *argument, *help;
    } words[] = {
#define ARGUMENT_WORD(function, argument, help) {#function, #argument, help},
#include "frontend/argument_word.def"
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *of = words[i].function;
        bool is_of = of[0] == '_' ? strlen(function) > strlen(of) &&
                                        strcmp(function + strlen(function) - strlen(of), of) == 0
                                  : strcmp(of, function) == 0;
        if (is_of && strcmp(words[i].argument, argument) == 0) {
            return words[i].help;
        }
    }
    return NULL;
}

void call_help_number(const struct call *c, const struct builtin *b)
{
    if (call_help_meant(c->w, c->ast, b->name)) {
        return;
    }
    if (c->n - 1 == b->most && b->names[0] && b->names[0] != '*' && c->ast->n == (uint32_t)c->n + 1) {
        struct span plain = {c->arg[0]->span.file, c->arg[0]->span.lo, c->arg[c->n - 2]->span.hi};
        const struct ast *last = c->arg[c->n - 1];
        bool in_list = strcmp(b->names, "shape") == 0 && last->kind != AST_ARRAY; /* a list of sizes */
        diag_help(c->w->f->diag, "'%s' is given by name: `%s(%s, %s = %s%s%s)`", b->names, b->name,
                  front_source_text(c->w->f, plain), b->names, in_list ? "[" : "",
                  front_source_text(c->w->f, last->span), in_list ? "]" : "");
    } else if (strncmp(b->name, "time_", 5) == 0 && c->n > b->most) {
        diag_help(
            c->w->f->diag,
            "it is taken over a run; what is left out at its start is a clause: `run NET after 5 for 10`");
    } else if (form_of(b->name)) {
        diag_help(c->w->f->diag, "as in %s", form_of(b->name));
    } else if (b->gives == GIVES_REAL_EACH || b->gives == GIVES_INTEGER_EACH || b->gives == GIVES_SAME) {
        diag_help(c->w->f->diag, "as in %s(%s)", b->name,
                  c->n > 0 ? front_source_text(c->w->f, c->arg[0]->span) : "x");
    }
}
