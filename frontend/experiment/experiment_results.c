/* Statements that show, record and check values. */
#include <string.h>

#include "frontend/experiment/experiment.h"
#include "runtime/crnl_word.h"

static bool is_text(const char *end)
{
    bool text = true;
    return !crnl_ending_means(end, &text) || text;
}

bool experiment_add_print(struct where *w, const struct ast *a, struct block *out)
{
    VEC(expr_id) part = {0};
    bool good = true;
    for (uint32_t i = 1; i < a->n; i++) {
        expr_id t = value_text(w, print_item(a, i));
        good &= t != 0;
        if (i > 1) {
            vec_push(&part, expr_text(w->ex, " "));
        }
        vec_push(&part, t);
    }
    if (good) {
        struct stmt *s = experiment_add(w, out, STMT_PRINT, a->span);
        s->value = part.n == 0 ? expr_text(w->ex, "")
                   : part.n == 1
                       ? part.data[0]
                       : expr_call(w->ex, EXPR_JOIN, TYPE_TEXT, shape_scalar(), 0, 0, part.n, part.data);
        s->text = print_file(a) ? experiment_file_name(w, print_file(a), is_text, false, "lines of text",
                                                       ".txt or .csv")
                                : 0;
        good = !print_file(a) || s->text;
    }
    vec_free(&part);
    return good;
}

int32_t experiment_record(struct where *w, const char *text)
{
    struct program *p = w->f->program;
    for (size_t i = 0; i < p->record.n; i++) {
        if (strcmp(p->record.data[i], text) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

/* The scope of the experiment itself, in which recorded names are declared, however deep the statement
 * stands. */
static struct scope *outermost(struct where *w)
{
    struct scope *s = w->scope;
    while (scope_parent(s)) {
        s = scope_parent(s);
    }
    return s;
}

int32_t experiment_add_record(struct where *w, const char *text, struct span span)
{
    struct program *p = w->f->program;
    int32_t known = experiment_record(w, text);
    if (known >= 0) {
        return known;
    }
    vec_push(&p->record, arena_strdup(p->arena, text));
    struct name *n = scope_add(outermost(w), text, NAME_VARIABLE, span);
    n->is_constant = true;
    n->index = experiment_add_variable(w, text, TYPE_REAL, shape_scalar());
    return (int32_t)p->record.n - 1;
}

int32_t experiment_add_learnt(struct where *w, const char *model, const char *what, struct span span)
{
    return experiment_add_record(w, experiment_learnt_name(w, model, what), span);
}

/* The number that a record keeps; 0 after an error. */
static expr_id recorded(struct where *w, const struct ast *a)
{
    expr_id v = value_real(w, a);
    if (v && value_info(w, v).shape.rank > 0 && !value_is_series(w, v)) {
        diag_report(w->f->diag, DIAG_E0302, a->span,
                    "a record keeps one number each time, and this is an array of shape %s",
                    where_shape(w, value_info(w, v).shape));
        diag_help(w->f->diag, "keep one of its elements, `%s[0]`, or its sum",
                  front_source_text(w->f, a->span));
        return 0;
    }
    if (v && value_is_series(w, v)) {
        return value_no_series(w, a->span, v, NULL);
    }
    return v;
}

bool experiment_add_records(struct where *w, const struct ast *a, struct block *out)
{
    for (uint32_t i = 0; i < a->n; i++) {
        const struct ast *d = declaration_dcl(a, i);
        expr_id v = dcl_value(d) ? recorded(w, dcl_value(d)) : 0;
        if (!v) {
            scope_add(outermost(w), d->name, NAME_REFUSED, d->span);
            return dcl_value(d) ? false
                                : diag_report(w->f->diag, DIAG_E0405, d->span,
                                              "`record` needs a value: record %s = ...;", d->name);
        }
        int32_t r = experiment_record(w, d->name);
        struct name *n = value_find(w, d->name);
        if (r < 0) {
            if (n && n->kind == NAME_REFUSED) {
                return false;
            }
            if (n && (n->kind == NAME_VARIABLE || n->kind == NAME_VALUE)) {
                diag_report(w->f->diag, DIAG_E0203, d->span, "'%s' is a variable already", d->name);
                diag_note(w->f->diag, n->span, "declared here");
                return false;
            }
            r = experiment_add_record(w, d->name, d->span);
            n = value_find(w, d->name);
        }
        experiment_assign(w, out, d->span, n->index, v);
        struct stmt *s = experiment_add(w, out, STMT_RECORD, d->span);
        s->var = r;
        s->value = experiment_variable(w, n);
    }
    return true;
}

bool experiment_add_assert(struct where *w, const struct ast *a, struct block *out)
{
    expr_id c = value_condition(w, assert_condition(a));
    expr_id message = a->n > 1 && assert_message(a) ? value_text(w, assert_message(a)) : 0;
    if (!c || (a->n > 1 && assert_message(a) && !message)) {
        return false;
    }
    struct stmt *s = experiment_add(w, out, STMT_ASSERT, a->span);
    s->value = c;
    s->text = message;
    s->source = arena_strdup(w->f->program->arena, front_source_text(w->f, assert_condition(a)->span));
    return true;
}

const char *experiment_known_end(struct where *w, expr_id text)
{
    const struct expr *e = expr_get(w->ex, text);
    if (e->op == EXPR_JOIN) {
        e = expr_get(w->ex, e->args[e->n_args - 1]);
        return e->op == EXPR_CONST && strchr(e->v.text, '.') ? e->v.text : NULL;
    }
    return e->op == EXPR_CONST ? e->v.text : NULL;
}

expr_id experiment_file_name(struct where *w, const struct ast *file, bool (*fits)(const char *end),
                             bool is_fixed, const char *what, const char *ends)
{
    expr_id text = value_text(w, file);
    const char *end = text ? experiment_known_end(w, text) : NULL;
    if (!text || (end && fits(end)) || (!end && !is_fixed)) {
        return text;
    }
    diag_report(w->f->diag, DIAG_E0306, file->span,
                end ? "%s are not written in this format"
                    : "%s are written in the "
                      "format that the end of the name says, and this one is known when running only",
                what);
    diag_help(w->f->diag, "the name of their file ends in %s", ends);
    return 0;
}

static bool is_png(const char *end)
{
    size_t n = strlen(end);
    return n >= 4 && strcmp(end + n - 4, ".png") == 0;
}

/* Reads image X as [h, w] -> "file.png"; an array with two indices has its own shape. */
bool experiment_add_image(struct where *w, const struct ast *a, struct block *out)
{
    expr_id v = value_real(w, image_value(a));
    if (!v) {
        return false;
    }
    struct shape have = value_info(w, v).shape, want = have;
    if (image_shape(a) && (image_shape(a)->kind != AST_ARRAY || !value_shape(w, image_shape(a), &want))) {
        return image_shape(a)->kind == AST_ARRAY
                   ? false
                   : diag_report(w->f->diag, DIAG_E0306, image_shape(a)->span,
                                 "write the size of the image as a list: as [28, 28]");
    }
    if (want.rank != 2 || shape_size(want) != shape_size(have) || shape_size(want) == 0) {
        diag_report(w->f->diag, DIAG_E0302, image_value(a)->span,
                    "an array of shape %s does not give an image%s%s", where_shape(w, have),
                    image_shape(a) ? " of shape " : "", image_shape(a) ? where_shape(w, want) : "");
        int64_t size = shape_size(have), height = 1;
        for (int64_t i = 1; i * i <= size; i++) {
            height = size % i == 0 ? i : height;
        }
        height = size > 0 ? height : 28;
        diag_help(w->f->diag, "an image is height by width: `image %s as [%lld, %lld] -> \"x.png\";`",
                  front_source_text(w->f, image_value(a)->span), (long long)height,
                  (long long)(size > 0 ? size / height : height));
        return false;
    }
    expr_id file = image_file(a)
                       ? experiment_file_name(w, image_file(a), is_png, false, "images", ".png")
                       : expr_text(w->ex, arena_printf(w->f->arena, "%s.png", w->experiment->name->text));
    struct stmt *s = experiment_add(w, out, STMT_IMAGE, a->span);
    s->value = shape_equal(have, want) ? v : expr_reshape(w->ex, v, want);
    s->text = file;
    return file != 0;
}
