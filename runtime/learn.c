/* `learn`: checks what a rule is given, executes it, keeps what it finds. */
#include <math.h>
#include <stdlib.h>

#include "rt_ctx.h"
#include "rt_neural.h"

static int check_options(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option)
{
    const struct crnl_learner *rule = spec->rule;
    int32_t n_layers = ctx->program->neural[spec->neural].n_layers;
    for (int32_t i = 0; i < rule->n_options; i++) {
        const struct crnl_learn_option *o = &rule->option[i];
        for (int32_t k = 0; k < (o->per_layer ? n_layers : 1); k++) {
            double v = *option++;
            if (!(v >= o->least && v <= o->most) || (o->whole && v != floor(v))) {
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
    const struct crnl_data_spec *d = &ctx->program->data[spec->data];
    for (int32_t i = 0; i < r->n; i++) {
        int32_t row = r->order ? r->order[i] : i;
        double v = r->label[row];
        if (!(v >= 0 && v < m->outputs)) {
            return crnl_fail(ctx, CRNL_DATA, spec->line,
                             "%s: the label %.15g of row %d is not one of 0..%d, the outputs of `%s`\n"
                             "  help: give the model an output for each label, or `%s` its `classes`",
                             d->file, v, row, m->outputs, m->name, d->name);
        }
    }
    return CRNL_OK;
}

int crnl_learn(struct crnl_ctx *ctx, const struct crnl_learn_spec *spec, const double *option, double *result)
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
    if (check_options(ctx, spec, option) || rt_data_rows(ctx, spec->data, CRNL_DATA_TRAIN, &l.train) ||
        rt_data_rows(ctx, spec->data, CRNL_DATA_VALIDATION, &l.validation) ||
        check_labels(ctx, spec, &l.train) || check_labels(ctx, spec, &l.validation)) {
        return ctx->status;
    }
    l.validation = l.validation.n > 0 ? l.validation : l.train;
    l.count = rt_next_count(ctx, spec->statement, CRNL_DRAW_EXPRESSION);
    int status = spec->rule->learn(&l);
    to->known = to->known || !status;
    return status;
}
