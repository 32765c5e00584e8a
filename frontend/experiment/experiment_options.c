/* Reads the options of rules and methods behind `by` in `learn` and `minimize`, from a list. */
#include <math.h>
#include <string.h>

#include "frontend/experiment/experiment.h"

enum { MAX_OPTIONS = 64 };

struct rule_options {
    struct where *w;
    const char *of; /* the rule or method that has these options */
    const struct crnl_learn_option *option;
    int32_t n_options, n_items;
    const char *items;           /* what the numbers of a list belong to, such as "layers" */
    expr_id *value[MAX_OPTIONS]; /* the values of each option: one, or n_items */
    bool given[MAX_OPTIONS];
};

static int32_t option_size(const struct rule_options *o, int32_t i)
{
    return o->option[i].is_list ? o->n_items : 1;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The option of which this is a word: `optimizer` of adam; NULL: none. */
static const char *option_of_word(const struct rule_options *o, const char *word)
{
    for (int32_t i = 0; i < o->n_options; i++) {
        for (int k = 0; o->option[i].word && o->option[i].word[k]; k++) {
            if (strcmp(o->option[i].word[k], word) == 0) {
                return o->option[i].name;
            }
        }
    }
    return NULL;
}

/* Adds the help for an option under a name that it has elsewhere, or of a word: `lr` of adam. Returns false
 * if there is none. */
static bool help_by_word(struct rule_options *o, const struct ast *arg, const char *inside)
{
    static const struct {
        const char *word, *option;
    } words[] = {
#define LEARN_WORD(word, option) {#word, #option},
#include "frontend/experiment/learn_word.def"
    };
    const char *meant = arg->name;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        meant = strcmp(words[i].word, arg->name) == 0 ? words[i].option : meant;
    }
    for (int32_t i = 0; i < o->n_options; i++) {
        const struct crnl_learn_option *option = &o->option[i];
        if (strcmp(option->name, meant) != 0) {
            continue;
        }
        if (same_text(option->inside, inside)) {
            diag_help(o->w->f->diag, "write `%s`", meant);
            return true;
        }
        const char *of = option->inside ? option_of_word(o, option->inside) : NULL;
        const char *value = front_source_text(o->w->f, arg_value(arg)->span);
        if (of && !inside) {
            diag_help(o->w->f->diag, "`%s` is an option of `%s`: write `%s = %s(%s = %s)`", meant,
                      option->inside, of, option->inside, meant, value);
            return true;
        }
        if (inside && !option->inside) {
            diag_help(o->w->f->diag,
                      "`%s` is an option of `%s`: it stands outside of the parentheses of `%s`", meant, o->of,
                      inside);
            return true;
        }
    }
    return false;
}

/* The option that a value without a name is probably of; NULL: nobody knows. */
static const char *likely_option(const struct rule_options *o, const struct ast *value, const char *inside)
{
    const char *word = value->kind == AST_CALL ? call_callee(value)->name : value->name;
    if (word) {
        return option_of_word(o, word);
    }
    for (int32_t i = 0; i < o->n_options; i++) {
        const struct crnl_learn_option *option = &o->option[i];
        const char *name = option->name;
        bool is_rate = value->kind == AST_REAL && strcmp(name, "lr") == 0;
        bool is_count = value->kind == AST_INT && (strcmp(name, "epochs") == 0 || strcmp(name, "steps") == 0);
        if (same_text(option->inside, inside) && (is_rate || is_count)) {
            return name;
        }
    }
    return NULL;
}

static bool unknown_option(struct rule_options *o, const struct ast *arg, const char *inside)
{
    const char *known[MAX_OPTIONS], *of = inside ? inside : o->of;
    size_t n = 0;
    for (int32_t i = 0; i < o->n_options; i++) {
        if (same_text(o->option[i].inside, inside)) {
            known[n++] = o->option[i].name;
        }
    }
    if (!arg->name) {
        experiment_unnamed_option(o->w->f, arg, of, known, n, likely_option(o, arg_value(arg), inside));
        return false;
    }
    diag_report(o->w->f->diag, DIAG_E0502, arg->span, "'%s' has no option '%s'", of, arg->name);
    if (help_by_word(o, arg, inside)) {
        return false;
    }
    diag_help_known(o->w->f->diag, arg->name, known, n);
    return false;
}

static bool read_options(struct rule_options *o, const struct ast *args, uint32_t first, const char *inside);

/* Reads one of some words, which may have options of its own: adam(lr = 0.01). */
static bool word_option(struct rule_options *o, int32_t i, const struct ast *a)
{
    const struct crnl_learn_option *option = &o->option[i];
    const struct ast *word = a->kind == AST_CALL ? call_callee(a) : a;
    size_t k = 0;
    for (; option->word[k]; k++) {
        if (word->kind == AST_NAME && strcmp(word->name, option->word[k]) == 0) {
            o->value[i][0] = expr_real(o->w->ex, (double)k);
            return a->kind != AST_CALL || read_options(o, a, 1, option->word[k]);
        }
    }
    diag_report(o->w->f->diag, DIAG_E0502, a->span, "'%s' cannot be '%s'", option->name,
                front_source_text(o->w->f, a->span));
    diag_help(o->w->f->diag, "it is one of: %s", arena_join(o->w->f->arena, option->word, k, ", "));
    return false;
}

/* Reads conditions: a single one, or an array of them. */
static expr_id truths(struct where *w, const struct ast *a)
{
    expr_id v = value_of(w, a);
    bool good = v && value_info(w, v).type == TYPE_BOOL;
    return !v || good ? v : value_condition(w, a);
}

static bool number_option(struct rule_options *o, int32_t i, const struct ast *a)
{
    const struct crnl_learn_option *option = &o->option[i];
    struct where *w = o->w;
    expr_id v = !option->truth ? value_real(w, a) : option->is_list ? truths(w, a) : value_condition(w, a);
    if (!v) {
        return false;
    }
    v = expr_to_real(w->ex, v);
    struct shape s = value_info(w, v).shape;
    int32_t n = option_size(o, i);
    if (s.rank != 0 && !(option->is_list && shape_equal(s, shape_vector(n)))) {
        return diag_report(w->f->diag, DIAG_E0302, a->span,
                           option->is_list ? "'%s' is one value, or one for each of the %d %s"
                                           : "'%s' is one value",
                           option->name, n, o->items);
    }
    for (int32_t k = 0; k < n; k++) {
        expr_id e = s.rank ? expr_element(w->ex, v, k) : v;
        double known;
        if (expr_const_real(w->ex, e, &known) &&
            !(known >= option->least && known <= option->most && (!option->whole || known == floor(known)))) {
            diag_report(w->f->diag, DIAG_E0502, a->span, "'%s' is %s from %g to %g, not %g", option->name,
                        option->whole ? "an integer" : "a number", option->least, option->most, known);
            if (option->value >= option->least && option->value <= option->most) {
                diag_help(w->f->diag, "as in `%s = %g`, which it is where it is left out", option->name,
                          option->value);
            }
            return false;
        }
        o->value[i][k] = e;
    }
    return true;
}

static bool read_options(struct rule_options *o, const struct ast *args, uint32_t first, const char *inside)
{
    for (uint32_t k = first; k < args->n; k++) {
        const struct ast *arg = ast_child(args, k);
        int32_t i = 0;
        while (arg->name && i < o->n_options &&
               !(same_text(o->option[i].inside, inside) && strcmp(o->option[i].name, arg->name) == 0)) {
            i++;
        }
        if (!arg->name || i == o->n_options) {
            return unknown_option(o, arg, inside);
        }
        if (o->given[i]) {
            return front_given_twice(o->w->f, DIAG_E0502, arg->span, arg->name);
        }
        o->given[i] = true;
        if (!(o->option[i].word ? word_option(o, i, arg_value(arg)) : number_option(o, i, arg_value(arg)))) {
            return false;
        }
    }
    return true;
}

bool experiment_options(struct where *w, const struct ast *by, const char *of,
                        const struct crnl_learn_option *option, int32_t n_options, int32_t n_items,
                        const char *items, option_list *out)
{
    struct rule_options o = {
        .w = w, .of = of, .option = option, .n_options = n_options, .n_items = n_items, .items = items};
    for (int32_t i = 0; i < n_options; i++) {
        o.value[i] = arena_alloc(w->f->arena, (size_t)option_size(&o, i) * sizeof **o.value);
        for (int32_t k = 0; k < option_size(&o, i); k++) {
            o.value[i][k] = expr_real(w->ex, option[i].value);
        }
    }
    bool good = read_options(&o, by, 0, NULL);
    for (int32_t i = 0; i < n_options; i++) {
        for (int32_t k = 0; k < option_size(&o, i); k++) {
            vec_push(out, o.value[i][k]);
        }
    }
    return good;
}

bool experiment_learn_options(struct where *w, const struct ast *by, const struct crnl_learner *rule,
                              int32_t n_layers, option_list *out)
{
    return experiment_options(w, by, rule->name, rule->option, rule->n_options, n_layers, "layers", out);
}
