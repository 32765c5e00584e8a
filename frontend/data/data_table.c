/* `fn light = table("light.csv", method = linear);` is a function of one argument. Each row of its file
 * has an argument and a value. A network holds these numbers as an array of parameters, which stand for
 * numbers of the program that are read when it runs. The function is a tree of conditions over them. */
#include <stdlib.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/network/network.h"

enum method { METHOD_LINEAR, METHOD_STEP, METHOD_COUNT };
static const char *const methods[METHOD_COUNT] = {"linear", "step"};
static const char example[] = "table(\"light.csv\", method = linear)";

/* ---- the declaration ---- */

static bool complain(struct front *f, const struct ast *at, const char *what)
{
    diag_report(f->diag, DIAG_E0511, at->span, "%s", what);
    diag_help(f->diag, "as in fn light = %s;", example);
    return false;
}

static enum method method_of(const struct ast *call)
{
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = call_arg(call, i);
        for (int m = 0; arg->name && m < METHOD_COUNT; m++) {
            if (arg_value(arg)->kind == AST_NAME && strcmp(arg_value(arg)->name, methods[m]) == 0) {
                return (enum method)m;
            }
        }
    }
    return METHOD_LINEAR;
}

static bool read_method(struct front *f, const struct ast *arg)
{
    const struct ast *word = arg_value(arg);
    if (strcmp(arg->name, "method") != 0) {
        diag_report(f->diag, DIAG_E0511, arg->span, "table has no option '%s'", arg->name);
        diag_help(f->diag, "it has one: method = linear");
        return false;
    }
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (word->kind == AST_NAME && strcmp(word->name, methods[m]) == 0) {
            return true;
        }
    }
    diag_report(f->diag, DIAG_E0511, word->span, "how a table goes between its rows is a word");
    diag_help(f->diag, "linear: straight lines; step: the value of the row before");
    return false;
}

static bool read_call(struct front *f, const struct name *n, struct crnl_data_spec *spec)
{
    const struct ast *call = table_call(n->ast), *callee = call_callee(call);
    if (callee->kind != AST_NAME || strcmp(callee->name, "table") != 0) {
        return complain(f, callee, "a function without arguments comes from a table");
    }
    for (uint32_t i = 1; i < call->n; i++) {
        const struct ast *arg = call_arg(call, i);
        if (arg->name) {
            if (!read_method(f, arg)) {
                return false;
            }
            continue;
        }
        struct where w = {.f = f, .ex = f->constants, .module = n->module, .purpose = FOR_OPTION_OF_DATA};
        expr_id v = value_of(&w, arg_value(arg));
        const struct expr *e = v ? expr_get(f->constants, v) : NULL;
        if (!v) {
            return false;
        }
        if (spec->file || e->op != EXPR_CONST || e->type != TYPE_TEXT || e->shape.rank != 0 || !*e->v.text) {
            return complain(f, arg, "a table has the name of one file, in quotes");
        }
        spec->file = arena_strdup(f->program->arena, e->v.text);
    }
    return spec->file || complain(f, call, "the name of the file is missing");
}

int32_t table_use(struct front *f, struct name *n)
{
    if (n->index >= 0 || n->failed) {
        return n->index;
    }
    struct crnl_data_spec spec = {.name = arena_strdup(f->program->arena, n->text),
                                  .reader = &crnl_data_csv,
                                  .scale = 1,
                                  .header = -1,
                                  .input_count = 2,
                                  .label_column = -1,
                                  .is_table = 1,
                                  .line = front_line(f, n->span)};
    struct crnl_data_error error;
    double *value;
    n->failed = true;
    if (!read_call(f, n, &spec)) {
        return -1;
    }
    spec.folder = module_folder(f, n->module);
    if (crnl_data_look(&spec, f->options->data_dir, &spec.shape, &error) ||
        crnl_data_table(&spec, f->options->data_dir, &value, &error)) {
        diag_report(f->diag, DIAG_E0811, table_call(n->ast)->span, "%s", error.message);
        free(error.message);
        return -1;
    }
    free(value);
    n->failed = false;
    vec_push(&f->program->data, spec);
    return n->index = (int32_t)f->program->data.n - 1;
}

void table_finish(struct program *p)
{
    for (size_t i = 0; i < p->net.n; i++) {
        struct net *net = p->net.data[i].net;
        for (size_t k = 0; k < net->param.n; k++) {
            int32_t *global = &net->param.data[k].global;
            *global = *global < -1 ? (int32_t)program_table_number(p, -2 - *global) : *global;
        }
    }
}

/* ---- its values ---- */

struct table {
    struct where *w;
    int32_t data;
    int32_t first; /* in a network, the first slot of its numbers */
};

/* No other name of a part of a network has a dot in front of this word. */
static const char *free_name(struct where *w, const struct net *net, const char *text)
{
    const char *name = arena_printf(w->f->arena, "%s.table", text);
    for (size_t i = 0; i < net->symbol.n; i++) {
        if (strcmp(net->symbol.data[i].name, name) == 0) {
            return free_name(w, net, name);
        }
    }
    return name;
}

/* The number of the network's parameter that holds the table's numbers; -1 after an error. */
static int32_t params_of(struct where *w, const struct ast *a, const struct name *fn)
{
    struct front *f = w->f;
    struct net *net = w->build->whole->net;
    const struct crnl_data_spec *spec = &f->program->data.data[fn->index];
    for (size_t i = 0; i < net->param.n; i++) {
        if (net->param.data[i].global == -2 - fn->index) {
            return net->param.data[i].first;
        }
    }
    struct crnl_data_error error;
    double *value;
    if (crnl_data_table(spec, f->options->data_dir, &value, &error)) {
        diag_report(f->diag, DIAG_E0811, a->span, "%s", error.message);
        free(error.message);
        return -1;
    }
    struct shape shape = {.rank = 2, .dim = {spec->shape.rows, 2}};
    expr_id init = expr_const_array(net->ex, TYPE_REAL, shape, value);
    const char *name = intern_text(net->names, free_name(w, net, fn->text));
    int32_t p = net_add_param(net, name, shape, init, fn->span);
    net->param.data[p].global = -2 - fn->index;
    free(value);
    return net->param.data[p].first;
}

/* Column 0, the argument, or column 1, the value, of a row. */
static expr_id cell(void *env, int32_t row, int column)
{
    const struct table *t = env;
    struct where *w = t->w;
    if (w->build) {
        return net_param_expr(w->build->whole->net, t->first + 2 * row + column);
    }
    expr_id at = expr_int(w->ex, row);
    expr_id both = expr_call(w->ex, EXPR_DATA, TYPE_REAL, shape_vector(2), t->data,
                             2 * CRNL_DATA_ALL + CRNL_DATA_INPUT, 1, &at);
    return expr_take(w->ex, both, 0, expr_int(w->ex, column), 0);
}

expr_id table_value(struct where *w, const struct ast *a, struct name *fn)
{
    struct front *f = w->f;
    if (a->n != 2 || call_arg(a, 1)->name) {
        return diag_report(f->diag, DIAG_E0306, a->span, "%s is a table: it takes one argument", fn->text);
    }
    if (where_place(w) != IN_NETWORK && where_place(w) != IN_EXPERIMENT) {
        return (expr_id)front_later(f, a->span, "tables where no network is made and nothing is executed");
    }
    struct table t = {.w = w};
    expr_id x;
    if ((t.data = table_use(f, fn)) < 0 || !(x = value_real_scalar(w, arg_value(call_arg(a, 1))))) {
        return 0;
    }
    t.first = w->build ? params_of(w, a, fn) : -1;
    bool is_step = method_of(table_call(fn->ast)) == METHOD_STEP;
    int32_t rows = f->program->data.data[t.data].shape.rows;
    return w->build && t.first < 0 ? 0 : expr_table(w->ex, x, rows, is_step, cell, &t);
}
