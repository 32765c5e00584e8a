/* Values of a network between runs: `set`, `with`, --set, reading. A `with` value is for the next run. A
 * parameter keeps the value of `set`; an amount that was `set` is part of the current state, which `run`
 * replaces by a new start. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_limit.h"
#include "rt_rows.h"

struct rt_network *rt_network(struct crnl_ctx *ctx, int32_t net)
{
    return &ctx->net[net];
}

void rt_overrides_clear(struct rt_overrides *o, int32_t n)
{
    if (o->any) {
        memset(o->set, 0, (size_t)n);
        o->any = false;
        o->version++;
    }
}

static void override(struct rt_overrides *o, int32_t i, double v)
{
    o->set[i] = 1;
    o->value[i] = v;
    o->any = true;
    o->version++;
}

static void apply(const struct rt_overrides *o, int32_t n, uint8_t *fixed, double *to)
{
    for (int32_t i = 0; o->any && i < n; i++) {
        if (o->set[i]) {
            to[i] = o->value[i];
            if (fixed) {
                fixed[i] = 1;
            }
        }
    }
}

void rt_network_set_param(struct rt_network *n, int32_t slot, double v)
{
    override(&n->param_set, slot, v);
}

void rt_network_with(const struct rt_network *n, double *x)
{
    apply(&n->amount_with, n->m->n_species, NULL, x);
}

void rt_network_params(struct crnl_ctx *ctx, struct rt_network *n, bool with, double *param)
{
    const struct crnl_model *m = n->m;
    uint8_t *fixed = rt_alloc((size_t)m->n_params, 1);
    apply(&n->param_set, m->n_params, fixed, param);
    if (with) {
        apply(&n->param_with, m->n_params, fixed, param);
    }
    crnl_tape_run(&m->defaults, ctx->global, param, fixed, param, n->registers);
    free(fixed);
}

void rt_network_initial(struct crnl_ctx *ctx, struct rt_network *n, double *param, double *x)
{
    memset(x, 0, (size_t)n->m->n_species * sizeof *x);
    crnl_tape_run(&n->m->init, ctx->global, param, NULL, x, n->registers);
    apply(&n->start_set, n->m->n_species, NULL, x);
}

/* Brings n->param up to date and, before the first run, also n->x. */
static void settle(struct crnl_ctx *ctx, struct rt_network *n)
{
    rt_network_params(ctx, n, false, n->param);
    if (!n->started) {
        rt_network_initial(ctx, n, n->param, n->x);
        apply(&n->amount_set, n->m->n_species, NULL, n->x);
        memcpy(n->run_param, n->param, (size_t)n->m->n_params * sizeof *n->param);
    }
}

static int bind_amount(struct rt_network *n, int32_t species, double v, int32_t kind, struct rt_error *e)
{
    if (!rt_is_amount(n->m, species, v)) {
        return rt_fail(e, CRNL_BAD_AMOUNT, "the amount of `%s` would be %.6g", n->m->species_name[species],
                       v);
    }
    if (kind == CRNL_START) {
        override(&n->start_set, species, v);
        return CRNL_OK;
    }
    bool fixes = kind == CRNL_CLAMP || kind == CRNL_HOLD,
         is_given = n->amount_with.any && n->amount_with.set[species];
    if ((fixes && is_given) || (kind == CRNL_WITH && n->fixed[species])) {
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "`%s` is fixed by `clamp` or `hold`, and given another value too",
                       n->m->species_name[species]);
    }
    if (fixes) {
        n->fixed[species] = (uint8_t)kind;
        n->any_fixed = true;
    }
    if (kind != CRNL_SET) {
        override(&n->amount_with, species, v);
    } else if (n->started) {
        n->x[species] = v;
        n->limit_is_stale = true;
    } else if (n->rows) {
        rt_row_values_set(n->rows, species, v);
    } else {
        override(&n->amount_set, species, v);
    }
    return CRNL_OK;
}

static int bind_tolerance(struct rt_network *n, const struct crnl_elem *e, const char *name, double v,
                          struct rt_error *error)
{
    if (!(v > 0 && v < INFINITY)) {
        return rt_fail(error, CRNL_BAD_ARGUMENT, "the `atol` of `%s` must be a positive number, and is %.6g",
                       name, v);
    }
    override(&n->tolerance_with, e->a, v);
    if (e->kind == CRNL_ELEM_DUAL) {
        override(&n->tolerance_with, e->b, v);
    }
    return CRNL_OK;
}

static int bind_element(struct rt_network *n, const struct crnl_elem *e, const char *name, double v,
                        int32_t kind, struct rt_error *error)
{
    int status;
    if (kind == CRNL_TOLERANCE) {
        return bind_tolerance(n, e, name, v, error);
    }
    switch (e->kind) {
    case CRNL_ELEM_SPECIES: return bind_amount(n, e->a, v, kind, error);
    case CRNL_ELEM_DUAL:
        if (v != v || fabs(v) == INFINITY) {
            return rt_fail(error, CRNL_BAD_AMOUNT, "the value of `%s` would be %.6g", name, v);
        }
        status = bind_amount(n, e->a, v > 0 ? v : 0, kind, error);
        return status ? status : bind_amount(n, e->b, v < 0 ? -v : 0, kind, error);
    case CRNL_ELEM_PARAM:
        if (kind == CRNL_CLAMP || kind == CRNL_HOLD) {
            return rt_fail(error, CRNL_BAD_ARGUMENT, "`%s` is a parameter, which nothing changes", name);
        }
        override(kind == CRNL_SET || kind == CRNL_START ? &n->param_set : &n->param_with, e->a, v);
        return CRNL_OK;
    default: return rt_fail(error, CRNL_BAD_ARGUMENT, "`%s` is computed and cannot be given a value", name);
    }
}

/* Checks elements first .. first + n of a symbol. */
static int check_elements(struct crnl_ctx *ctx, const struct crnl_symbol *s, int32_t first, int32_t n,
                          int32_t line)
{
    bool inside = first >= 0 && n >= 0 && first <= s->size - n;
    return inside ? CRNL_OK
                  : crnl_index_error(ctx, first < 0 ? first : (int64_t)first + n - 1, s->size, line);
}

/* Reports that what is given was computed from a value that a data set does not have. */
static bool fail_missing(struct crnl_ctx *ctx, const char *name, double v, int32_t kind, struct rt_error *e)
{
    if (!rt_put_missing(ctx, NULL, v)) {
        return false;
    }
    rt_fail(e, CRNL_BAD_AMOUNT, "`%s` has no %s: ", name, kind == CRNL_TOLERANCE ? "tolerance" : "value");
    rt_put_missing(ctx, &e->text, v);
    rt_put(&e->text, "\n  help: read another row, or write the number that holds here");
    return true;
}

int crnl_bind(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, const double *v,
              int32_t broadcast, int32_t kind, int32_t line)
{
    struct rt_network *network = rt_network(ctx, net);
    const struct crnl_symbol *s = &network->m->symbol[symbol];
    int outside = check_elements(ctx, s, first, n, line);
    if (outside) {
        return outside;
    }
    struct rt_error error = {0};
    for (int32_t i = 0; i < n && !error.status; i++) {
        const struct crnl_elem *e = &network->m->elem[s->first + first + i];
        double given = v[broadcast ? 0 : i];
        if (given == given || !fail_missing(ctx, s->name, given, kind, &error)) {
            bind_element(network, e, s->name, given, kind, &error);
        }
    }
    if (network->m->params_of && (kind == CRNL_SET || kind == CRNL_START)) {
        rt_neural_publish(ctx, network->m->params_of - 1);
    }
    if (ctx->rows) {
        rt_rows_refuse(ctx->rows, &error);
        return CRNL_OK;
    }
    if (error.status && kind != CRNL_SET && kind != CRNL_START && rt_keeps_going(ctx)) {
        rt_fail(&network->bound, error.status, "%s", error.text.data);
        for (int32_t i = 0; i < (broadcast ? 1 : n); i++) {
            network->lost |= network->failed && v[i] != v[i];
        }
        rt_error_free(&error);
    }
    int status = rt_fail_at(ctx, line, &error);
    if (status && kind == CRNL_SET && rt_goes_on_after(ctx, line, false)) {
        rt_keep_nothing(network);
        return CRNL_OK;
    }
    return status;
}

static int fail_ensemble(struct crnl_ctx *ctx, const struct rt_network *n, const char *name, int line)
{
    bool law = n->result && n->result->weight;
    return crnl_fail(ctx, CRNL_NO_RUN, line,
                     "after %s%lld %s `%s.%s` has no single value\n"
                     "  help: ask for run_mean(%s.%s), run_quantile(...) or time_mean(...) instead",
                     law ? "a law of " : "", (long long)n->runs, law ? "states" : "runs", n->m->name, name,
                     n->m->name, name);
}

static int fail_uncounted(struct crnl_ctx *ctx, const struct rt_network *n, const char *name, int line)
{
    return crnl_fail(ctx, CRNL_NO_RUN, line,
                     "the last run of `%s` was by a law that does not count `%s`, on which nothing depends\n"
                     "  help: ask for run_mean(%s.%s), and it is counted",
                     n->m->name, name, n->m->name, name);
}

/* Many expressions that share much, as the rows of a softmax: by the tape that computes all expressions of
 * the network (value_slot), unless that is longer than they are. False: nothing has been done. */
static bool get_together(const struct rt_network *of, const struct crnl_elem *e, int32_t n, double *out)
{
    enum { MANY = 16, INSTRUCTIONS_EACH = 32 };
    const struct crnl_model *m = of->m;
    const struct crnl_tape *tape = &m->value_tape;
    bool good = m->value_slot && n >= MANY && tape->n_code <= n * INSTRUCTIONS_EACH;
    for (int32_t i = 0; good && i < n; i++) {
        good = e[i].kind == CRNL_ELEM_EXPR && m->value_slot[e[i].a] >= 0;
    }
    size_t globals = 1 + (size_t)m->n_species;
    for (int32_t i = 0; good && i < tape->n_code; i++) {
        good =
            tape->code[i].op != CRNL_TAPE_GLOBAL || (size_t)tape->code[i].a < globals; /* captured values */
    }
    if (!good) {
        return false;
    }
    double *global = rt_alloc(globals, sizeof *global),
           *value = rt_alloc((size_t)m->n_value_slots, sizeof *value),
           *registers = rt_alloc((size_t)tape->n_registers, sizeof *registers);
    global[0] = of->t;
    memcpy(global + 1, of->x, (size_t)m->n_species * sizeof *global);
    crnl_tape_run(tape, global, of->run_param, NULL, value, registers);
    for (int32_t i = 0; i < n; i++) {
        out[i] = value[m->value_slot[e[i].a]];
    }
    free(global);
    free(value);
    free(registers);
    return true;
}

int crnl_get(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
             int32_t line)
{
    struct rt_network *network = rt_network(ctx, net);
    const struct crnl_model *m = network->m;
    const struct crnl_symbol *s = &m->symbol[symbol];
    int outside = check_elements(ctx, s, first, n, line);
    if (outside) {
        return outside;
    }
    settle(ctx, network);
    if (network->limit && network->limit_is_stale) {
        network->limit = rt_limit_renew(network->limit, network->x);
        network->limit_is_stale = false;
    }
    const struct rt_limit *limit = network->limit;
    struct rt_error error = {0};
    if (!limit && !network->failed && network->runs <= 1 &&
        get_together(network, m->elem + s->first + first, n, out)) {
        return CRNL_OK;
    }
    for (int32_t i = 0; i < n; i++) {
        const struct crnl_elem *e = &m->elem[s->first + first + i];
        if (e->kind != CRNL_ELEM_PARAM && network->failed) {
            out[i] = NAN;
            continue;
        }
        if (e->kind != CRNL_ELEM_PARAM && network->runs > 1) {
            return fail_ensemble(ctx, network, s->name, line);
        }
        bool is_species = e->kind == CRNL_ELEM_SPECIES || e->kind == CRNL_ELEM_DUAL;
        if (is_species && (network->x[e->a] == RT_UNCOUNTED ||
                           (e->kind == CRNL_ELEM_DUAL && network->x[e->b] == RT_UNCOUNTED))) {
            return fail_uncounted(ctx, network, s->name, line);
        }
        const double *param = e->kind == CRNL_ELEM_PARAM ? network->param : network->run_param;
        out[i] = limit ? rt_limit_value(limit, m, e, network->x, param, NULL, &error)
                       : rt_elem_value(m, e, network->x, network->t, param, NULL, 1);
    }
    return rt_fail_at(ctx, line, &error);
}

int rt_network_start(struct crnl_ctx *ctx, int32_t net, int32_t symbol, int32_t first, int32_t n, double *out,
                     int32_t line)
{
    struct rt_network *of = rt_network(ctx, net);
    const struct crnl_model *m = of->m;
    const struct crnl_symbol *s = &m->symbol[symbol];
    int outside = check_elements(ctx, s, first, n, line);
    if (outside) {
        return outside;
    }
    double *param = rt_alloc((size_t)m->n_params, sizeof *param),
           *x = rt_alloc((size_t)m->n_species, sizeof *x);
    rt_network_params(ctx, of, false, param);
    rt_network_initial(ctx, of, param, x);
    for (int32_t i = 0; i < n; i++) {
        out[i] = rt_elem_value(m, &m->elem[s->first + first + i], x, 0, param, NULL, 1);
    }
    free(param);
    free(x);
    return CRNL_OK;
}

int crnl_count_reactions(struct crnl_ctx *ctx, int32_t net, int64_t *out, int32_t line)
{
    struct rt_network *n = rt_network(ctx, net);
    struct rt_error error = {0};
    double *k = rt_alloc((size_t)n->m->n_reactions, sizeof *k);
    settle(ctx, n);
    if (!rt_neural_check_followed(ctx, n, &error)) {
        crnl_tape_run(&n->m->rate, ctx->global, n->param, NULL, k, n->registers);
    }
    double least = n->m->threshold_of ? n->param[n->m->threshold_of - 1] : 0;
    *out = 0;
    for (int32_t j = 0; j < n->m->n_reactions; j++) {
        *out += k[j] > 0 && k[j] >= least;
    }
    free(k);
    return rt_fail_at(ctx, line, &error);
}

double crnl_get_time(struct crnl_ctx *ctx, int32_t net)
{
    return rt_network(ctx, net)->t;
}

int32_t rt_find_element(const struct crnl_model *m, const char *name, const char **symbol)
{
    struct rt_buffer text = {0};
    int32_t found = -1;
    for (int32_t i = 0; i < m->n_symbols && found < 0; i++) {
        const struct crnl_symbol *s = &m->symbol[i];
        if (strncmp(name, s->name, strlen(s->name)) != 0) {
            continue;
        }
        for (int32_t e = 0; e < s->size && found < 0; e++) {
            rt_buffer_clear(&text);
            rt_put_symbol(&text, s, e);
            if (strcmp(text.data, name) == 0) {
                found = s->first + e;
                *symbol = s->name;
            }
        }
    }
    rt_buffer_free(&text);
    return found;
}

/* The only network whose parameters may be set by their name alone; NULL: there are several. */
static struct rt_network *only_network(struct crnl_ctx *ctx)
{
    struct rt_network *only = NULL;
    int32_t n = 0;
    for (int32_t i = 0; i < ctx->program->n_nets; i++) {
        if (!ctx->program->net[i]->is_copy) {
            only = &ctx->net[i];
            n++;
        }
    }
    return n == 1 ? only : NULL;
}

/* The name of the first network with a parameter of this name; NULL: there is none. */
static const char *network_with(const struct crnl_program *program, const char *param)
{
    for (int32_t i = 0; i < program->n_nets; i++) {
        const struct crnl_model *m = program->net[i];
        for (int32_t k = 0; k < m->n_symbols; k++) {
            if (m->symbol[k].kind == CRNL_ELEM_PARAM && strcmp(m->symbol[k].name, param) == 0) {
                return m->name;
            }
        }
    }
    return NULL;
}

static int fail_unknown(struct crnl_ctx *ctx, const char *name, struct rt_error *e)
{
    const struct crnl_program *program = ctx->program;
    const struct rt_network *network = only_network(ctx);
    const struct crnl_model *only = network ? network->m : NULL;
    int32_t n = 0;
    const char **known = rt_alloc((size_t)(program->n_globals + (only ? only->n_symbols : 0)), sizeof *known);
    for (int32_t i = 0; i < program->n_globals; i++) {
        known[n++] = program->global[i].name;
    }
    for (int32_t i = 0; only && i < only->n_symbols; i++) {
        bool is_param = only->symbol[i].kind == CRNL_ELEM_PARAM;
        for (int32_t g = 0; g < program->n_globals && is_param; g++) {
            is_param = strcmp(program->global[g].name, only->symbol[i].name) != 0;
        }
        if (is_param) {
            known[n++] = only->symbol[i].name;
        }
    }
    const char *near = rt_nearest(name, known, n), *owner = network_with(program, name);
    rt_fail(e, CRNL_BAD_ARGUMENT, "--set %s: there is no such parameter", name);
    if (owner) {
        rt_putf(&e->text, "\n  help: of a network it is --set %s.%s=VALUE", owner, name);
    } else if (near) {
        rt_putf(&e->text, "\n  help: did you mean `%s`?", near);
    } else {
        rt_put(&e->text, n ? "\n  help: there are " : "\n  help: the program has no parameters");
        for (int32_t i = 0; i < n && i < 8; i++) {
            rt_putf(&e->text, "%s`%s`", i ? ", " : "", known[i]);
        }
        rt_put(&e->text, n > 8 ? ", ..." : "");
        rt_put(&e->text,
               "; a `const` is known when compiling: crnlc -D NAME=VALUE, or network a = b(NAME = VALUE);");
    }
    free(known);
    return e->status;
}

/* The network with which a name begins ('net.k'), or the only one. */
static struct rt_network *network_of(struct crnl_ctx *ctx, const char **name)
{
    for (int32_t i = 0; i < ctx->program->n_nets; i++) {
        const char *net = ctx->net[i].m->name;
        size_t n = strlen(net);
        if (strncmp(*name, net, n) == 0 && (*name)[n] == '.') {
            *name += n + 1;
            return &ctx->net[i];
        }
    }
    return only_network(ctx);
}

static int set_by_name(struct crnl_ctx *ctx, const char *full_name, double v, struct rt_error *e)
{
    for (int32_t i = 0; i < ctx->program->n_globals; i++) {
        if (strcmp(ctx->program->global[i].name, full_name) == 0) {
            ctx->global[i] = v;
            ctx->globals_version++;
            return CRNL_OK;
        }
    }
    const char *name = full_name, *symbol = NULL;
    struct rt_network *n = network_of(ctx, &name);
    int32_t element = n ? rt_find_element(n->m, name, &symbol) : -1;
    if (element < 0) {
        return fail_unknown(ctx, full_name, e);
    }
    if (n->m->elem[element].kind != CRNL_ELEM_PARAM) {
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "--set %s: `%s` is not a parameter\n"
                       "  help: declare a parameter for the initial amount, `species %s = %s0;`",
                       full_name, full_name, name, name);
    }
    override(&n->param_set, n->m->elem[element].a, v);
    if (n->m->params_of) {
        rt_neural_publish(ctx, n->m->params_of - 1);
    }
    return CRNL_OK;
}

/* What stands behind `=` is no number. */
static int fail_value(const char *assignment, const char *equals, struct rt_error *e)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *value = equals ? equals + 1 : "", *open = value + strspn(value, "[({ ");
    int n = equals ? (int)(equals - assignment) : 0, length = (int)strcspn(open, "])}");
    const char *said = "--set takes NAME=VALUE with a number, not";
    char *unit;
    (void)strtod(value, &unit);
    if (n == 0 || !*value) {
        return rt_fail(e, CRNL_BAD_ARGUMENT, "%s `%s`\n  help: as in `--set k=2`", said, assignment);
    }
    if (strchr(value, '=')) {
        return rt_fail(e, CRNL_BAD_ARGUMENT, "%s `%s`\n  help: write --set for each parameter", said,
                       assignment);
    }
    if (strpbrk(value, ",:") || strstr(value, "..")) {
        const char *dot = memchr(assignment, '.', (size_t)n), *name = dot ? dot + 1 : assignment;
        int before = dot ? (int)(dot - assignment) : 3;
        bool list = strchr(value, ',') != NULL;
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "%s `%s`\n  help: several values are rows of one run: `run %.*s over q in %s%.*s%s with %.*s = q "
            "for 10;`",
            said, assignment, before, dot ? assignment : "NET", list ? "[" : "linspace(0, 1, 11)",
            list ? length : 0, open, list ? "]" : "", (int)(equals - name), name);
    }
    if (unit > value && unit[strspn(unit, " ")] && strchr(letters, unit[strspn(unit, " ")])) {
        return rt_fail(e, CRNL_BAD_ARGUMENT, "%s `%s`\n  help: leave the unit out: `--set %.*s`", said,
                       assignment, (int)(unit - assignment), assignment);
    }
    return rt_fail(e, CRNL_BAD_ARGUMENT, "%s `%s`\n  help: formulas are not computed here: write the number",
                   said, assignment);
}

int rt_set_option(struct crnl_ctx *ctx, const char *assignment, struct rt_error *e)
{
    const char *equals = strchr(assignment, '=');
    char *end;
    double v = equals ? strtod(equals + 1, &end) : 0;
    if (!equals || equals == assignment || end == equals + 1 || *end) {
        return fail_value(assignment, equals, e);
    }
    char *name = rt_strdup(assignment);
    name[equals - assignment] = '\0';
    int status = set_by_name(ctx, name, v, e);
    free(name);
    return status;
}
