/* Options of pictures, panels and curves, from the list in runtime/crnl_plot.def. */
#include <string.h>

#include "frontend/experiment/experiment_picture.h"

enum option_value { TEXT, NUMBER, NUMBERS, LENGTHS, WORD, AXIS };
static const struct {
    const char *name;
    enum picture_place place;
    enum option_value value;
    const char *help;
} options[] = {
#define PLOT_OPTION(id, name, place, value, help) {name, PICTURE_##place, value, help},
#include "runtime/crnl_plot.def"
};

static const struct {
    int32_t option;
    const char *name;
} words[] = {
    {-1, ""},
#define PLOT_WORD(option, id, name) {CRNL_PLOT_##option, name},
#include "runtime/crnl_plot.def"
};

static const char *const forms[] = {
    "",
#define PLOT_FORM(id, name) name,
#include "runtime/crnl_plot.def"
};

static const char *const axes[] = {"linear", "log"}; /* ORDER axis_words */

bool picture_has_braces(const struct ast *plot)
{
    return plot_panels(plot)->kind == AST_LIST;
}

uint32_t picture_panel_count(const struct ast *plot)
{
    return picture_has_braces(plot) ? plot_panels(plot)->n : 1;
}

const struct ast *picture_panel(const struct ast *plot, uint32_t i)
{
    return picture_has_braces(plot) ? list_item(plot_panels(plot), i) : plot_panels(plot);
}

const struct ast *picture_graph(struct where *w, const struct ast *curve)
{
    const struct ast *a = curve_y(curve);
    bool is_graph = a->kind == AST_CALL && call_callee(a)->kind == AST_NAME &&
                    strcmp(call_callee(a)->name, "graph") == 0 && a->n == 2 && !call_arg(a, 1)->name &&
                    arg_value(call_arg(a, 1))->kind == AST_NAME && !value_find(w, "graph");
    return is_graph ? arg_value(call_arg(a, 1)) : NULL;
}

static const char *place_text(int places)
{
    return places & PICTURE_CURVE                     ? "a curve"
           : places == PICTURE_PANEL                  ? "a panel"
           : (places & PICTURE_PANEL) && (places & 1) ? "a picture"
                                                      : "a picture of panels";
}

static const struct {
    const char *name, *help;
} of_others[] = {
#define PICTURE_WORD(name, help) {#name, help},
#include "frontend/experiment/picture_word.def"
};

int32_t picture_option(struct front *f, const struct ast *arg, int places)
{
    const char *known[CRNL_PLOT_OPTION_COUNT];
    size_t n = 0;
    int32_t elsewhere = -1;
    for (int32_t i = 0; i < CRNL_PLOT_OPTION_COUNT; i++) {
        bool same = arg->name && strcmp(options[i].name, arg->name) == 0;
        if ((int)options[i].place & places) {
            known[n++] = options[i].name;
            if (same) {
                return i;
            }
        } else if (same) {
            elsewhere = i;
        }
    }
    if (!arg->name) {
        const struct ast *value = arg_value(arg);
        bool title = value->kind == AST_STRING && (places & PICTURE_PANEL);
        const char *text = front_source_text(f, arg->span);
        diag_report(f->diag, DIAG_E0502, arg->span, "options of %s are named: %s = ...", place_text(places),
                    title ? "title" : known[0]);
        if (title || value->kind == AST_STRING) {
            diag_help(f->diag, "write `%s = %s`", title ? "title" : "label", text);
        }
    } else if (elsewhere >= 0) {
        diag_report(f->diag, DIAG_E0502, arg->span, "'%s' is not an option of %s, but of %s", arg->name,
                    place_text(places), place_text((int)options[elsewhere].place));
        diag_help(f->diag, options[elsewhere].place == PICTURE_PANEL ? "it stands in the braces of the panel"
                           : options[elsewhere].place == PICTURE_CURVE
                               ? "it stands behind the curve: as points(...), as lines(...)"
                               : "it stands behind all panels");
    } else {
        diag_report(f->diag, DIAG_E0502, arg->span, "%s has no option '%s'", place_text(places), arg->name);
        for (size_t i = 0; i < sizeof of_others / sizeof *of_others; i++) {
            if (strcmp(of_others[i].name, arg->name) == 0) {
                diag_help(f->diag, "%s", of_others[i].help);
                return -1;
            }
        }
        diag_help_known(f->diag, arg->name, known, n);
    }
    return -1;
}

/* The form of a curve that other tools call so; NULL: none. */
static const char *form_meant(const char *word)
{
    static const struct {
        const char *word, *form;
    } words_of_others[] = {
#define FORM_WORD(word, form) {word, form},
#include "frontend/experiment/option_word.def"
    };
    for (size_t i = 0; i < sizeof words_of_others / sizeof *words_of_others; i++) {
        if (strcmp(words_of_others[i].word, word) == 0) {
            return words_of_others[i].form;
        }
    }
    return NULL;
}

int32_t picture_form(struct front *f, const struct ast *ctor)
{
    size_t n = sizeof forms / sizeof *forms;
    for (size_t i = 1; i < n; i++) {
        if (strcmp(forms[i], ctor->name) == 0) {
            return (int32_t)i;
        }
    }
    diag_report(f->diag, DIAG_E0302, ctor->span,
                "a curve is drawn as points, lines, steps, bars, a band or a map, not as '%s'", ctor->name);
    const char *meant = form_meant(ctor->name);
    if (meant) {
        diag_help(f->diag, "did you mean `%s`?", meant);
    } else {
        diag_help_known(f->diag, ctor->name, forms + 1, n - 1);
    }
    return -1;
}

bool picture_option_is_value(int32_t option)
{
    return options[option].value == TEXT || options[option].value == NUMBER ||
           options[option].value == NUMBERS;
}

bool picture_option_is_axis(int32_t option)
{
    return options[option].value == AXIS;
}

/* ---- values ---- */

static bool refuse(struct where *w, int32_t option, const struct ast *a)
{
    diag_report(w->f->diag, DIAG_E0502, a->span, "'%s' cannot be '%s'", options[option].name,
                front_source_text(w->f, a->span));
    diag_help(w->f->diag, "%s", options[option].help);
    return false;
}

static bool read_word(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    const char *list = "";
    for (size_t i = 1; i < sizeof words / sizeof *words; i++) {
        if (words[i].option != option) {
            continue;
        }
        if (a->kind == AST_NAME && strcmp(a->name, words[i].name) == 0) {
            d->word = (int32_t)i;
            return true;
        }
        list = arena_printf(w->f->arena, "%s%s%s", list, *list ? ", " : "", words[i].name);
    }
    diag_report(w->f->diag, DIAG_E0502, a->span, "'%s' cannot be '%s'", options[option].name,
                front_source_text(w->f, a->span));
    diag_help(w->f->diag, "it is one of: %s", list);
    return false;
}

/* Reads the form of an axis: log, linear(0, 100). */
static bool read_axis(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    const struct ast *name = a->kind == AST_CALL ? call_callee(a) : a;
    expr_id end[2] = {0, 0};
    d->word = -1;
    for (int32_t i = 0; name->kind == AST_NAME && i < 2; i++) {
        d->word = strcmp(name->name, axes[i]) == 0 ? i : d->word;
    }
    bool has_ends = a->kind == AST_CALL && a->n == 3;
    if (d->word < 0 || (a->kind == AST_CALL && a->n != 1 && !has_ends)) {
        return refuse(w, option, a);
    }
    for (uint32_t i = 0; has_ends && i < 2; i++) {
        const struct ast *arg = call_arg(a, 1 + i);
        if (arg->name) {
            return refuse(w, option, a);
        }
        if (!(end[i] = value_real_scalar(w, arg_value(arg)))) {
            return false;
        }
    }
    double low, high;
    if (has_ends && expr_const_real(w->ex, end[0], &low) && expr_const_real(w->ex, end[1], &high) &&
        low == high) {
        diag_report(w->f->diag, DIAG_E0502, a->span,
                    "an axis goes from one number to another, not from %g to %g", low, high);
        diag_help(w->f->diag, "as in `%s = linear(%g, %g)`", options[option].name, low, low + 10);
        return false;
    }
    if (has_ends && d->word == CRNL_AXIS_LOG && expr_const_real(w->ex, end[0], &low) && low <= 0) {
        diag_report(w->f->diag, DIAG_E0502, a->span,
                    "a logarithmic axis has no place for values of 0 and below");
        diag_help(w->f->diag, "begin above 0, for instance log(1e-3, 1e3)");
        return false;
    }
    d->value = has_ends ? value_stack(w, 2, end, NULL, a->span) : 0;
    return !has_ends || d->value;
}

/* Reads a size such as [8 cm, 60 mm], in cm. */
static bool read_lengths(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    double cm[2];
    if (a->kind != AST_ARRAY || a->n != 2) {
        return refuse(w, option, a);
    }
    for (uint32_t i = 0; i < 2; i++) {
        double metres;
        if (!units_length(array_element(a, i), &metres)) {
            return refuse(w, option, a);
        }
        cm[i] = 100 * metres;
    }
    d->value = expr_const_array(w->ex, TYPE_REAL, shape_vector(2), cm);
    return true;
}

static bool read_number(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    double known;
    d->value = value_real_scalar(w, a);
    if (d->value && expr_const_real(w->ex, d->value, &known) && !(known > 0)) {
        diag_report(w->f->diag, DIAG_E0502, a->span, "'%s' is a number above 0, not %g", options[option].name,
                    known);
        diag_help(w->f->diag, "as in `%s = 1`: the %s", options[option].name, options[option].help);
        return false;
    }
    return d->value != 0;
}

static bool read_numbers(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    d->value = value_real(w, a);
    if (d->value && value_info(w, d->value).shape.rank > 1) {
        return diag_report(w->f->diag, DIAG_E0302, a->span, "'%s' is a vector, or one number",
                           options[option].name);
    }
    return d->value;
}

static bool read_value(struct where *w, int32_t option, const struct ast *a, struct drawn *d)
{
    switch (options[option].value) {
    case TEXT: return (d->text = value_text(w, a)) != 0;
    case NUMBER: return read_number(w, option, a, d);
    case NUMBERS: return read_numbers(w, option, a, d);
    case LENGTHS: return read_lengths(w, option, a, d);
    case WORD: return read_word(w, option, a, d);
    case AXIS: return read_axis(w, option, a, d);
    }
    return false;
}

bool picture_read_options(struct where *w, const struct ast *args, int places, int wanted, struct stmt *s)
{
    bool given[CRNL_PLOT_OPTION_COUNT] = {false}, good = true;
    for (uint32_t i = 0; args && i < args->n; i++) {
        const struct ast *arg = ast_child(args, i);
        int32_t option = picture_option(w->f, arg, places);
        struct drawn d = {.kind = DRAWN_OPTION, .option = option};
        if (option < 0) {
            good = false;
            continue;
        }
        if (given[option]) {
            good = front_given_twice(w->f, DIAG_E0502, arg->span, arg->name);
            continue;
        }
        given[option] = true;
        if ((int)options[option].place & wanted) {
            d.line = front_value_place(w->f, arg_value(arg)->span);
            good &= read_value(w, option, arg_value(arg), &d);
            vec_push(&s->drawn, d);
        }
    }
    return good;
}
