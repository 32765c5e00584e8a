/* A program without an experiment: one run of its network, as given by the command line. */
#include <math.h>
#include <string.h>

#include "crnl_word.h"
#include "rt_ctx.h"

const struct crnl_method *rt_find_method(const struct crnl_program *program, const char *name)
{
    for (const struct crnl_method *const *m = program->method; m && *m; m++) {
        const struct crnl_method_info *info = rt_method_info(*m);
        if (!name || strcmp(info->name, name) == 0 || strcmp(info->family, name) == 0) {
            return *m;
        }
    }
    return NULL;
}

static const struct crnl_method *find_method(struct crnl_ctx *ctx, const char *name)
{
    const struct crnl_method *const *list = ctx->program->method, *found = rt_find_method(ctx->program, name);
    if (found) {
        return found;
    }
    const char *known[CRNL_METHOD_COUNT] = {0};
    int n = 0;
    for (; list && list[n]; n++) {
        known[n] = rt_method_info(list[n])->name;
    }
    const struct crnl_method_word *word = name ? crnl_method_word_find(name) : NULL;
    const char *near = name ? rt_nearest(name, known, n) : NULL;
    struct rt_error e = {0};
    rt_fail(&e, CRNL_BAD_ARGUMENT, "--method %s: there is no such method\n  help: ", name ? name : "");
    if (word && rt_find_method(ctx->program, word->method)) {
        rt_putf(&e.text, "%s by `--method %s`", word->does, word->method);
    } else if (near) {
        rt_putf(&e.text, "did you mean `%s`?", near);
    } else {
        rt_put(&e.text, "there are ");
        for (int i = 0; i < n; i++) {
            rt_putf(&e.text, "%s%s", i ? ", " : "", known[i]);
        }
    }
    rt_fail_at(ctx, 0, &e);
    return NULL;
}

static const struct crnl_sink *find_sink(struct crnl_ctx *ctx, const char *path)
{
    enum crnl_sink_kind kind = crnl_sink_of(path, strlen(path));
    for (const struct crnl_sink *const *s = ctx->program->sink; s && *s; s++) {
        if ((*s)->kind == kind) {
            return *s;
        }
    }
    struct rt_error e = {0};
    rt_fail(&e, CRNL_BAD_ARGUMENT, "--out %s: trajectories are written as ", path);
    for (int i = 0; i < CRNL_SINK_COUNT; i++) {
        const char *before = i == 0 ? "." : i + 1 < CRNL_SINK_COUNT ? ", ." : " or .";
        rt_putf(&e.text, "%s%s", before, crnl_sink_info[i].extension);
    }
    rt_fail_at(ctx, 0, &e);
    return NULL;
}

/* Prints the last row of the traces if there is no other output. */
static int print_end(struct crnl_ctx *ctx, const struct rt_result *r)
{
    const double *row = r->row + (r->n_rows - 1) * (r->band ? 1 + 2 * r->n_trace : 1 + r->n_trace);
    for (int32_t i = -1; i < r->n_trace && r->n_rows > 0; i++) {
        crnl_text_begin(ctx);
        crnl_text_string(ctx, i < 0 ? "time" : r->trace_name[i]);
        crnl_text_string(ctx, " = ");
        crnl_text_real(ctx, &row[i < 0 ? 0 : 1 + (r->band ? 2 * i : i)], 0, NULL, NULL);
        if (i >= 0 && r->band) {
            crnl_text_string(ctx, " ± ");
            crnl_text_real(ctx, &row[2 + 2 * i], 0, NULL, NULL);
        }
        int status = crnl_print(ctx, crnl_text_end(ctx), NULL, 0);
        crnl_text_reset(ctx);
        if (status) {
            return status;
        }
    }
    return CRNL_OK;
}

/* Whether the command line gives no option that has no meaning for its only run. */
static bool options_apply(struct crnl_ctx *ctx, const struct crnl_method *method)
{
    const struct crnl_options *o = &ctx->options;
    const struct {
        const char *name;
        bool given;
        enum crnl_option_id option;
    } of_ode[] = {{"rtol", o->rtol > 0, CRNL_OPTION_RTOL},
                  {"atol", o->atol > 0, CRNL_OPTION_ATOL},
                  {"max-step", o->max_step > 0, CRNL_OPTION_MAX_STEP}};
    for (size_t i = 0; i < sizeof of_ode / sizeof *of_ode; i++) {
        if (of_ode[i].given && !crnl_method_takes(method->kind, of_ode[i].option)) {
            crnl_fail(
                ctx, CRNL_BAD_ARGUMENT, 0,
                "--%s: the method %s has no such option\n  help: it bounds errors of ODE runs: leave it out",
                of_ode[i].name, rt_method_info(method)->name);
            return false;
        }
    }
    if (o->solver && strcmp(rt_method_info(method)->name, "auto") != 0 &&
        strcmp(rt_method_info(method)->name, o->solver) != 0) {
        crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0,
                  "--solver %s: the run is by %s, which --method names\n  help: give one of the two",
                  o->solver, rt_method_info(method)->name);
        return false;
    }
    if (o->every > o->until && o->until > 0) {
        crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0,
                  "--every %.6g: the run is shorter, --until %.6g\n  help: there would be a row at its start "
                  "only: write a part of %.6g",
                  o->every, o->until, o->until);
        return false;
    }
    return true;
}

int crnl_run_by_options(struct crnl_ctx *ctx)
{
    const struct crnl_options *o = &ctx->options;
    if (!(o->until == o->until)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0,
                         "the program has no experiment, so the command line says how long to "
                         "run\n  help: add --until TIME");
    }
    struct crnl_run_spec spec = {.statement = 0, .span = CRNL_SPAN_TIME, .until = -1};
    struct crnl_run_args args = {.duration = o->until,
                                 .every = o->every > 0 || o->plot || o->out ? o->every : o->until,
                                 .file = o->out};
    static const int32_t given[] = {CRNL_OPTION_RUNS};
    const union crnl_value value[] = {{.integer = o->runs}};
    if (o->runs > 0) {
        spec.n_options = 1;
        spec.option = given;
        args.option = value;
    }
    spec.method = find_method(ctx, o->method);
    if (!spec.method || (o->out && !(spec.sink = find_sink(ctx, o->out)))) {
        return ctx->status;
    }
    if (o->runs > 1 && !rt_method_is(spec.method, CRNL_STOCHASTIC)) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0,
                         "--runs %lld: all runs by %s are the same\n  help: add --method ssa",
                         (long long)o->runs, rt_method_info(spec.method)->name);
    }
    if (!options_apply(ctx, spec.method)) {
        return ctx->status;
    }
    ctx->by_options = true;
    int status = crnl_run(ctx, &spec, &args);
    const struct rt_result *r = rt_network(ctx, 0)->result;
    if (!status && o->plot) {
        status = crnl_plot_begin(ctx, o->plot, 0);
        status = status ? status : crnl_plot_panel(ctx);
        for (int32_t i = 0; i < r->n_trace && !status; i++) {
            const struct crnl_curve_spec curve = {.kind = CRNL_CURVE_TRACE,
                                                  .index = i,
                                                  .x_index = -1,
                                                  .label = r->trace_name[i],
                                                  .x_label = "time",
                                                  .x_quantity = "time",
                                                  .quantity = "amount"};
            status = crnl_plot_curve(ctx, &curve, NULL, NULL, NULL);
        }
        status = status ? status : crnl_plot_end(ctx);
    }
    if (!status && !o->plot && !o->out) {
        status = print_end(ctx, r);
    }
    return status;
}
