/* `learn`: checks what a rule is given, executes it, keeps what it finds. */
#include <math.h>
#include <stdlib.h>

#include "runtime/rt_ctx.h"
#include "rt_neural.h"

static int check_options(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option)
{
    const struct crnl_learner *rule = spec->rule;
    int32_t n_layers = ctx->program->neural[spec->neural].n_layers;
    for (int32_t i = 0; i < rule->n_options; i++) {
        const struct crnl_learn_option *o = &rule->option[i];
        for (int32_t k = 0; k < (o->per_layer ? n_layers : 1); k++) {
            double v = *option++;
            bool inside = v == o->value || (v >= o->least && v <= o->most);
            if (!inside || (o->whole && v != floor(v))) {
                return crnl_fail(ctx, CRNL_BAD_ARGUMENT, spec->line,
                                 "`%s` is %s from %.15g to %.15g, and not %.15g", o->name,
                                 o->whole ? "an integer" : "a number", o->least, o->most, v);
            }
        }
    }
    return CRNL_OK;
}

static int check_labels(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const struct rt_rows *r)
{
    const struct crnl_neural *m = &ctx->program->neural[spec->neural];
    const struct crnl_data_spec *d = spec->data >= 0 ? &ctx->program->data[spec->data] : NULL;
    for (int32_t i = 0; i < r->n; i++) {
        int32_t row = r->order ? r->order[i] : i;
        double v = r->label[row];
        if (!(v >= 0 && v < m->outputs && v == floor(v))) {
            return crnl_fail(ctx, CRNL_DATA, spec->line,
                             "%s%sthe label %.15g of row %d is not one of 0..%d, the outputs of `%s`\n"
                             "  help: give the model an output for each label%s%s%s",
                             d ? d->file : "", d ? ": " : "", v, row, m->outputs, m->name, d ? ", or `" : "",
                             d ? d->name : "", d ? "` its `classes`" : "");
        }
    }
    return CRNL_OK;
}

/* Rows of the data set were checked when they were read. */
static int check_inputs(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const struct rt_rows *r)
{
    for (int64_t i = 0; spec->data < 0 && i < (int64_t)r->n * r->columns; i++) {
        if (!(fabs(r->input[i]) < INFINITY)) {
            return crnl_fail(ctx, CRNL_BAD_ARGUMENT, spec->line, "input %d of row %d is %.15g",
                             (int)(i % r->columns), (int)(i / r->columns), r->input[i]);
        }
    }
    return CRNL_OK;
}

static int find_rows(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *const *given,
                     int part, struct rt_rows *r)
{
    int32_t columns = ctx->program->neural[spec->neural].inputs, n = spec->rows[part];
    int status = CRNL_OK;
    if (spec->data < 0) {
        *r = (struct rt_rows){.input = n ? given[2 * part] : NULL,
                              .label = n ? given[2 * part + 1] : NULL,
                              .n = n,
                              .columns = columns};
    } else {
        status = rt_data_rows(ctx, spec->data, part ? CRNL_DATA_VALIDATION : CRNL_DATA_TRAIN, r);
    }
    status = status ? status : check_labels(ctx, spec, r);
    return status ? status : check_inputs(ctx, spec, r);
}

int crnl_learn(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option,
               const double *const *given, double *result)
{
    struct rt_neural *to = &ctx->neural[spec->neural];
    struct rt_learning l = {
        .ctx = ctx,
        .m = &ctx->program->neural[spec->neural],
        .option = option,
        .seed = ctx->options.seed,
        .statement = (uint32_t)spec->statement,
        .line = spec->line,
        .value = to->value,
        .loss_record = spec->loss_record,
        .accuracy_record = spec->accuracy_record,
        .result = result,
    };
    if (check_options(ctx, spec, option) || find_rows(ctx, spec, given, 0, &l.train) ||
        find_rows(ctx, spec, given, 1, &l.validation)) {
        return ctx->status;
    }
    l.validation = l.validation.n > 0 ? l.validation : l.train;
    l.count = rt_next_count(ctx, spec->statement, CRNL_DRAW_EXPRESSION);
    int status = spec->rule->learn(&l);
    to->known = to->known || !status;
    rt_neural_publish(ctx, spec->neural);
    return status;
}
