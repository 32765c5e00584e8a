/* Declarations of data sets. Their files are read when compiling, to find their shapes. */
#include "frontend/data/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct declaration {
    struct front *f;
    struct where w; /* expressions of constants */
    const struct ast *call;
    const char *option; /* that is being read, or NULL */
    struct crnl_data_spec spec;
};

static const char *kept(struct declaration *d, const char *text)
{
    return arena_strdup(d->f->program->arena, text);
}

static bool complain(struct declaration *d, const struct ast *at, const char *what, const char *help)
{
    diag_report(d->f->diag, DIAG_E0511, at->span, "%s", what);
    diag_help(d->f->diag, "%s", help);
    return false;
}

/* Whether this is the name of a column, or a word, without its quotes: nothing else is called so. */
static bool is_bare_name(struct declaration *d, const struct ast *a)
{
    return a->kind == AST_NAME && !value_find(&d->w, a->name);
}

static bool text_option(struct declaration *d, const struct ast *a, const char **out)
{
    if (is_bare_name(d, a) && !diag_has_error_in(d->f->diag, a->span)) {
        const char *quoted = arena_printf(d->f->arena, "\"%s\"", a->name);
        return complain(d, a, "a name in quotes is needed here",
                        d->option ? arena_printf(d->f->arena, "write `%s = %s`", d->option, quoted)
                                  : arena_printf(d->f->arena, "write `%s`", quoted));
    }
    expr_id v = diag_has_error_in(d->f->diag, a->span) ? 0 : value_of(&d->w, a);
    if (!v) {
        return false;
    }
    struct expr e = value_info(&d->w, v);
    if (e.op != EXPR_CONST || e.type != TYPE_TEXT || e.shape.rank != 0 || !*e.v.text) {
        return complain(d, a, "a name in quotes is needed here",
                        "as in csv(\"iris.csv\", input = 0..4, label = 4)");
    }
    *out = kept(d, e.v.text);
    return true;
}

static bool real_option(struct declaration *d, const struct ast *a, double *out)
{
    expr_id v = value_real_scalar(&d->w, a);
    if (v && !expr_const_real(d->w.ex, v, out)) {
        return diag_report(d->f->diag, DIAG_E0304, a->span, "this number must be known when compiling");
    }
    return v != 0;
}

static bool bool_option(struct declaration *d, const struct ast *a, int32_t *out)
{
    if (a->kind == AST_INT || a->kind == AST_REAL || is_bare_name(d, a)) {
        return complain(d, a, "this is true or false", "write `true` to have it, or leave the option out");
    }
    expr_id v = value_condition(&d->w, a);
    if (v && !expr_is_const(d->w.ex, v)) {
        return diag_report(d->f->diag, DIAG_E0304, a->span,
                           "this must be known when compiling: true or false");
    }
    *out = v && value_info(&d->w, v).v.integer != 0;
    return v != 0;
}

static bool count_option(struct declaration *d, const struct ast *a, int32_t *out)
{
    int64_t n;
    if (!value_const_int(&d->w, a, &n)) {
        return false;
    }
    if (n >= INT32_MAX) {
        return complain(d, a, "this number is too large", "there are at most 2147483647 columns and rows");
    }
    if (n < 0) {
        return complain(d, a, "this number must not be negative", "columns and rows are counted from 0");
    }
    *out = (int32_t)n;
    return true;
}

/* ---- options ---- */

static bool is_csv(const struct declaration *d)
{
    return d->spec.reader == &crnl_data_csv;
}

/* Keeps the names of columns, a line each: the reader, which knows the columns, says how they are counted. */
static bool names_of_inputs(struct declaration *d, const struct ast *a)
{
    const char *all = "";
    for (uint32_t i = 0; i < (a->kind == AST_ARRAY ? a->n : 1); i++) {
        const struct ast *one = a->kind == AST_ARRAY ? array_element(a, i) : a;
        const char *name = one->name;
        if (one->kind != AST_STRING && !is_bare_name(d, one)) {
            return complain(d, a, "the columns of the input are counted",
                            "as in `input = 0..2`: the first column is 0; columns stand beside each other");
        }
        if (one->kind == AST_STRING && !text_option(d, one, &name)) {
            return false;
        }
        all = arena_printf(d->f->program->arena, "%s%s%s", all, *all ? "\n" : "", name);
    }
    d->spec.input_name = all;
    return true;
}

static bool option_input(struct declaration *d, const struct ast *a)
{
    if (!is_csv(d)) {
        return text_option(d, a, &d->spec.input_name);
    }
    int32_t to;
    if (a->kind == AST_STRING || a->kind == AST_ARRAY || is_bare_name(d, a)) {
        return names_of_inputs(d, a);
    }
    if (a->kind != AST_RANGE) {
        d->spec.input_count = 1;
        return count_option(d, a, &d->spec.input_first);
    }
    if (!count_option(d, range_from(a), &d->spec.input_first) || !count_option(d, range_to(a), &to)) {
        return false;
    }
    if (to <= d->spec.input_first) {
        return complain(d, a, "this range of columns is empty", "ranges are half open: 0..4 is 0, 1, 2, 3");
    }
    d->spec.input_count = to - d->spec.input_first;
    return true;
}

static bool option_label(struct declaration *d, const struct ast *a)
{
    return !is_csv(d) || a->kind == AST_STRING || is_bare_name(d, a)
               ? text_option(d, a, &d->spec.label_name)
               : count_option(d, a, &d->spec.label_column);
}

static bool option_header(struct declaration *d, const struct ast *a)
{
    return bool_option(d, a, &d->spec.header);
}

static bool option_standardize(struct declaration *d, const struct ast *a)
{
    return bool_option(d, a, &d->spec.standardize);
}

static bool option_center(struct declaration *d, const struct ast *a)
{
    return bool_option(d, a, &d->spec.center);
}

static bool option_scale(struct declaration *d, const struct ast *a)
{
    return real_option(d, a, &d->spec.scale) && ((isfinite(d->spec.scale) && d->spec.scale != 0) ||
                                                 complain(d, a, "the scale must be finite and not 0",
                                                          "it multiplies the inputs: scale = 1 / 255"));
}

static bool option_classes(struct declaration *d, const struct ast *a)
{
    return count_option(d, a, &d->spec.classes) &&
           (d->spec.classes > 0 ||
            complain(d, a, "there must be at least one class", "labels are then 0 .. classes: classes = 10"));
}

static bool fractions(struct declaration *d, const struct ast *a)
{
    double sum = 0;
    bool good = a->n == 3;
    for (uint32_t i = 0; i < a->n && good; i++) {
        good = tuple_arg(a, i)->kind == AST_ARG && !tuple_arg(a, i)->name;
        if (good && !real_option(d, arg_value(tuple_arg(a, i)), &d->spec.fraction[i])) {
            return false;
        }
        good = good && d->spec.fraction[i] >= 0;
        sum += d->spec.fraction[i];
    }
    d->spec.split = CRNL_SPLIT_FRACTIONS;
    return (good && sum <= 1 + 1e-9) ||
           complain(d, a, "a split has three fractions, which add up to 1 at most",
                    "for training, validation and test: split = (0.8, 0.05, 0.15)");
}

static bool one_split(struct declaration *d, const struct ast *a)
{
    return d->spec.split == CRNL_SPLIT_NONE ||
           complain(d, a, "`split` and `validation` exclude one another",
                    "the second fraction is for validation: split = (0.8, 0.1, 0.1)");
}

static bool option_split(struct declaration *d, const struct ast *a)
{
    if (!one_split(d, a)) {
        return false;
    }
    if (a->kind == AST_TUPLE) {
        return fractions(d, a);
    }
    d->spec.split = CRNL_SPLIT_FILE;
    d->spec.split_reader = &crnl_split_json;
    return text_option(d, a, &d->spec.split_file);
}

static bool option_validation(struct declaration *d, const struct ast *a)
{
    if (!one_split(d, a)) {
        return false;
    }
    d->spec.split = CRNL_SPLIT_LAST;
    return count_option(d, a, &d->spec.validation);
}

static bool option_time(struct declaration *d, const struct ast *a)
{
    return text_option(d, a, &d->spec.time_name);
}

static bool option_replicate(struct declaration *d, const struct ast *a)
{
    return text_option(d, a, &d->spec.replicate_name);
}

static bool option_value(struct declaration *d, const struct ast *a)
{
    return text_option(d, a, &d->spec.value_name);
}

static bool option_name(struct declaration *d, const struct ast *a)
{
    return text_option(d, a, &d->spec.label_name);
}

static bool option_sd(struct declaration *d, const struct ast *a)
{
    return text_option(d, a, &d->spec.sd_name);
}

enum { CSV = 1, IDX = 2, NPZ = 4, COURSE = 8, ALL = 7 };
static const struct data_option {
    const char *name;
    unsigned formats;
    bool (*read)(struct declaration *d, const struct ast *a);
} options[] = {
    {"input", CSV | NPZ, option_input},      {"label", CSV | NPZ, option_label},
    {"header", CSV, option_header},          {"standardize", ALL, option_standardize},
    {"center", ALL, option_center},          {"scale", ALL, option_scale},
    {"classes", ALL, option_classes},        {"split", ALL, option_split},
    {"validation", ALL, option_validation},  {"time", COURSE, option_time},
    {"replicate", COURSE, option_replicate}, {"value", COURSE, option_value},
    {"name", COURSE, option_name},           {"sd", COURSE, option_sd},
};
enum { N_OPTIONS = sizeof options / sizeof options[0] };

static const struct format {
    const char *name;
    const struct crnl_data_reader *reader;
    uint32_t least, most; /* files */
    const char *example;
} formats[] = {
    {"csv", &crnl_data_csv, 1, 1, "csv(\"iris.csv\", input = 0..4, label = 4)"},
    {"idx", &crnl_data_idx, 1, 2, "idx(\"images-idx3-ubyte.gz\", \"labels-idx1-ubyte.gz\")"},
    {"npz", &crnl_data_npz, 1, 1, "npz(\"points.npz\", input = \"x\", label = \"y\")"},
    {"course", &crnl_data_course, 1, 1, "course(\"decay.csv\", time = \"t\")"},
};
enum { N_FORMATS = sizeof formats / sizeof formats[0] };

/* Adds the help for an option of another format, as in `csv("decay.csv", time = "t")`. Returns false if none
 * has it. */
static bool help_other_format(struct declaration *d, const char *option)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        for (size_t k = 0; strcmp(options[i].name, option) == 0 && k < N_FORMATS; k++) {
            if (options[i].formats & (1u << k)) {
                diag_help(d->f->diag, "%s has it, as in %s", formats[k].name, formats[k].example);
                return true;
            }
        }
    }
    return false;
}

static bool named_option(struct declaration *d, unsigned format, const struct ast *arg)
{
    const char *known[N_OPTIONS];
    size_t n = 0;
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (options[i].formats & format) {
            if (strcmp(options[i].name, arg->name) == 0) {
                d->option = options[i].name;
                return options[i].read(d, arg_value(arg));
            }
            known[n++] = options[i].name;
        }
    }
    diag_report(d->f->diag, DIAG_E0511, arg->span, "%s has no option '%s'", call_callee(d->call)->name,
                arg->name);
    const char *foreign = help_for_argument(call_callee(d->call)->name, arg->name);
    if (foreign) {
        diag_help(d->f->diag, "%s", foreign);
    } else if (!diag_help_nearest(d->f->diag, arg->name, known, n) && !help_other_format(d, arg->name)) {
        diag_help(d->f->diag, "its options are %s", arena_join(d->f->arena, known, n, ", "));
    }
    return false;
}

/* "points.csv" */
static bool is_file_name(const struct ast *a)
{
    return a->kind == AST_STRING && a->n == 1 && string_part(a, 0)->kind == AST_STRING_PART &&
           strchr(string_part(a, 0)->name, '.');
}

static bool read_call(struct declaration *d)
{
    const struct ast *callee = call_callee(d->call);
    size_t at = 0;
    while (at < N_FORMATS && !(callee->kind == AST_NAME && strcmp(formats[at].name, callee->name) == 0)) {
        at++;
    }
    if (at == N_FORMATS) {
        return complain(d, callee, "data comes from csv, idx, npz or course",
                        "as in data iris = csv(\"iris.csv\", input = 0..4, label = 4);");
    }
    const char *file[2] = {NULL, NULL};
    uint32_t n = 0;
    d->spec.reader = formats[at].reader;
    for (uint32_t i = 1; i < d->call->n; i++) {
        const struct ast *arg = call_arg(d->call, i);
        bool good = arg->name ? named_option(d, 1u << at, arg)
                    : n < formats[at].most
                        ? text_option(d, arg_value(arg), &file[n++])
                        : complain(d, arg,
                                   is_file_name(arg_value(arg)) ? "too many files"
                                                                : "options of a data set are given by name",
                                   formats[at].example);
        if (!good) {
            return false;
        }
    }
    if (n < formats[at].least) {
        return complain(d, d->call, "the name of the file is missing", formats[at].example);
    }
    d->spec.file = file[0];
    d->spec.label_file = file[1];
    return true;
}

static bool check_course(struct declaration *d)
{
    const struct crnl_data_spec *s = &d->spec;
    if (!s->time_name) {
        return complain(d, d->call, "which column holds the times?", formats[3].example);
    }
    return (!s->value_name == !s->label_name && (s->value_name || !s->sd_name)) ||
           complain(d, d->call, "the long form has a column of values and one of their names",
                    "course(\"long.csv\", time = \"t\", value = \"y\", name = \"what\", sd = \"sd\")");
}

/* The place where the option is given, or the whole call if it is not given. */
static const struct ast *place_of_option(const struct declaration *d, const char *name)
{
    for (uint32_t i = 1; i < d->call->n; i++) {
        const struct ast *arg = call_arg(d->call, i);
        if (arg->name && strcmp(arg->name, name) == 0) {
            return arg;
        }
    }
    return d->call;
}

/* The place of what an error of the runtime is about. */
static struct span place_about(const struct declaration *d, const char *about)
{
    bool is_file = about && strcmp(about, "file") == 0;
    int want = is_file ? 1 : about && strcmp(about, "labels") == 0 ? 2 : 0;
    for (uint32_t i = 1; i < d->call->n && want > 0; i++) {
        const struct ast *arg = call_arg(d->call, i);
        if (!arg->name && --want == 0) {
            return arg->span;
        }
    }
    return about ? place_of_option(d, about)->span : d->call->span;
}

static bool check_options(struct declaration *d)
{
    const struct crnl_data_spec *s = &d->spec;
    if (s->reader == &crnl_data_course) {
        return check_course(d);
    }
    bool labels = s->label_column >= 0 || s->label_name || s->label_file;
    if (s->reader == &crnl_data_npz && !s->input_name) {
        return complain(d, d->call, "which array holds the inputs?", formats[2].example);
    }
    if (s->input_count >= 0 && s->label_column >= s->input_first &&
        s->label_column < s->input_first + s->input_count) {
        bool last = s->label_column == s->input_first + s->input_count - 1;
        return complain(
            d, place_of_option(d, "label"),
            arena_printf(d->f->arena, "column %d, the label, is among the inputs %d..%d",
                         (int)s->label_column, (int)s->input_first, (int)(s->input_first + s->input_count)),
            last && s->input_first == 1 && s->label_column > 1
                ? arena_printf(d->f->arena,
                               "columns are counted from 0, and ranges are half open: write `input = 0..%d`, "
                               "or `1..%d` without the first column",
                               (int)s->label_column, (int)s->label_column)
            : last ? arena_printf(d->f->arena,
                                  "write `input = %d..%d`: ranges are half open, 0..4 is 0, 1, 2, 3",
                                  (int)s->input_first, (int)s->label_column)
                   : "ranges are half open: 0..4 is 0, 1, 2, 3; columns are counted from 0");
    }
    if (s->label_name && s->header == 0 && is_csv(d)) {
        return complain(d, place_of_option(d, "label"), "a column is named, but the file has no header",
                        "give its number: label = 4");
    }
    return labels || !s->classes ||
           complain(d, place_of_option(d, "classes"), "`classes` counts the labels, and there are none",
                    formats[0].example);
}

/* The names of the columns of a course, as the program keeps them. */
static bool look_at_columns(struct declaration *d)
{
    struct crnl_course_column *column;
    int32_t n;
    struct crnl_data_error error;
    if (crnl_course_look(&d->spec, d->f->options->data_dir, &column, &n, &error)) {
        diag_report(d->f->diag, DIAG_E0811, place_about(d, error.about), "%s", error.message);
        free(error.message);
        return false;
    }
    const char *list = "";
    for (int32_t i = 0; i < n; i++) {
        if (!column[i].not_number) {
            list = arena_printf(d->f->program->arena, "%s%s%s%s", list, *list ? "\n" : "",
                                column[i].missing ? (char[]){CRNL_COURSE_MISSING, 0} : "", column[i].name);
        }
    }
    d->spec.columns = list;
    crnl_course_free(column, n);
    return true;
}

int32_t data_use(struct front *f, struct name *n)
{
    if (n->index >= 0 || n->failed) {
        return n->index;
    }
    if (n->busy) {
        n->failed = true;
        (void)front_by_itself(f, n->span, "data set", n->text);
        return -1;
    }
    struct declaration d = {.f = f, .call = data_call(n->ast)};
    d.w = (struct where){.f = f, .ex = f->constants, .module = n->module, .purpose = FOR_OPTION_OF_DATA};
    d.spec = (struct crnl_data_spec){
        .name = kept(&d, n->text), .scale = 1, .header = -1, .input_count = -1, .label_column = -1};
    d.spec.line = front_line(f, n->span);
    n->busy = true;
    n->failed = !read_call(&d) || !check_options(&d);
    n->busy = false;
    if (n->failed) {
        return -1;
    }
    d.spec.folder = module_folder(f, n->module);
    struct crnl_data_error error;
    if (d.spec.reader == &crnl_data_course && !look_at_columns(&d)) {
        n->failed = true;
        return -1;
    }
    if (crnl_data_look(&d.spec, f->options->data_dir, &d.spec.shape, &error)) {
        diag_report(f->diag, DIAG_E0811, place_about(&d, error.about), "%s", error.message);
        free(error.message);
        n->failed = true;
        return -1;
    }
    vec_push(&f->program->data, d.spec);
    n->index = (int32_t)f->program->data.n - 1;
    return n->index;
}
