#include "import/tfun.h"

#include <string.h>

#include "support/vec.h"

struct table {
    VEC(double) column[2]; /* arguments, values */
    struct expr_pool *pool;
};

static bool read_number(struct scan *s, double *v)
{
    bool negative = scan_char(s, '-');
    if (!scan_number(s, v)) {
        return scan_expected(s, "a number");
    }
    *v = negative ? -*v : *v;
    return true;
}

/* Reads "[0,1,2]". */
static bool read_list(struct scan *s, struct table *t, int column)
{
    double v;
    if (!scan_char(s, '[')) {
        return scan_expected(s, "'['");
    }
    do {
        if (!read_number(s, &v)) {
            return false;
        }
        vec_push(&t->column[column], v);
    } while (scan_char(s, ','));
    return scan_char(s, ']') || scan_expected(s, "',' or ']'");
}

static bool read_lines(struct importer *x, struct table *t)
{
    struct scan s;
    double v[2];
    scan_start(&s, x, x->text);
    while (scan_line(&s)) {
        if (!read_number(&s, &v[0]) || !(scan_char(&s, ','), read_number(&s, &v[1])) || !scan_finish(&s)) {
            return false;
        }
        vec_push(&t->column[0], v[0]);
        vec_push(&t->column[1], v[1]);
    }
    return true;
}

/* Reads a file, which must be in the folder of the network or below. */
static bool read_file(struct scan *s, const char *name, size_t length, struct table *t)
{
    struct importer file = *s->x;
    const char *wrong = NULL, *folder = import_folder(s->x);
    const char *path =
        import_path_below(s->x->arena, folder, folder, arena_strndup(s->x->arena, name, length), &wrong);
    if (!path) {
        return scan_error(s, DIAG_E0202, name, "the table is in '%.*s', %s", (int)length, name, wrong);
    }
    file.file = sources_read(s->x->sources, path);
    if (!file.file) {
        scan_error(s, DIAG_E0202, name, "'%s' cannot be read", path);
        diag_help_path(s->x->diag, import_span(s->x, name, name + length), path);
        return false;
    }
    size_t size;
    file.text = sources_text(s->x->sources, file.file, &size);
    file.end = file.text + size;
    return read_lines(&file, t);
}

/* Reads a text in single or double quotes. */
static const char *read_quoted(struct scan *s, size_t *length)
{
    char quote = scan_char(s, '\'') ? '\'' : scan_char(s, '"') ? '"' : '\0';
    const char *from = s->at, *to = quote ? memchr(from, quote, (size_t)(s->end - from)) : NULL;
    if (!to) {
        return NULL;
    }
    *length = (size_t)(to - from);
    s->at = to + 1;
    return from;
}

/* Reads `,method=>"step")` or `)`. */
static bool read_end(struct scan *s, bool *is_step)
{
    size_t length;
    if (scan_char(s, ',')) {
        const char *text = NULL;
        if (scan_word(s, "method") && scan_char(s, '=') && scan_char(s, '>')) {
            text = read_quoted(s, &length);
        }
        *is_step = text && length == 4 && memcmp(text, "step", length) == 0;
        if (!*is_step && !(text && length == 6 && memcmp(text, "linear", length) == 0)) {
            return scan_expected(
                s, "method=>\"linear\" or method=>\"step\"\n  help: write `method=>\"linear\"`");
        }
    }
    return scan_char(s, ')') || scan_expected(s, "')'");
}

static bool check(struct scan *s, const char *from, const struct table *t)
{
    size_t n = t->column[0].n;
    if (n < 2 || n != t->column[1].n || n > INT32_MAX) {
        return scan_error(
            s, DIAG_E0833, from,
            "a table has two points or more, this one %zu arguments and %zu values\n  help: give each "
            "argument one value, tfun([0, 1], [2, 5], time)",
            n, t->column[1].n);
    }
    for (size_t i = 1; i < n; i++) {
        double before = t->column[0].data[i - 1], after = t->column[0].data[i];
        if (!(before < after)) {
            return scan_error(
                s, DIAG_E0833, from,
                "the arguments of a table rise, but %g comes before %g\n  help: sort the points by their "
                "argument, and keep one of those that share it",
                before, after);
        }
    }
    return true;
}

static expr_id cell(void *env, int32_t row, int column)
{
    const struct table *t = env;
    return expr_real(t->pool, t->column[column].data[row]);
}

static expr_id read(struct infix *i, struct table *t)
{
    struct scan *s = i->s;
    const char *from = s->at, *file, *name;
    size_t length;
    bool is_step = false;
    if (!scan_char(s, '(')) {
        scan_expected(s, "'('");
        return 0;
    }
    file = read_quoted(s, &length);
    if (file
            ? !read_file(s, file, length, t)
            : !read_list(s, t, 0) || !(scan_char(s, ',') || scan_expected(s, "','")) || !read_list(s, t, 1)) {
        return 0;
    }
    if (!scan_char(s, ',') || !(name = scan_name(s, &length))) {
        scan_expected(s,
                      "',' and what the table is a function of\n  help: write `tfun([0, 1], [2, 5], time)`");
        return 0;
    }
    expr_id x = import_to_real(t->pool, i->name(i->env, i, name, length));
    if (!x || !read_end(s, &is_step) || !check(s, from, t)) {
        return 0;
    }
    return expr_table(t->pool, x, (int32_t)t->column[0].n, is_step, cell, t);
}

expr_id tfun_read(struct infix *i)
{
    struct table t = {.pool = i->s->x->net->ex};
    expr_id e = read(i, &t);
    vec_free(&t.column[0]);
    vec_free(&t.column[1]);
    return e;
}
