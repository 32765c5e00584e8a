/* Runs: an execution of a program, with the values that it is given and the results that it leaves. */
#include "api/api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_rt.h"

/* The value that a variable of the experiment is given, and the one that it had when it was last
 * exchanged. */
struct value {
    double *given; /* NULL: none */
    void *held;    /* NULL: it was not exchanged yet */
    bool started;
};

struct crnlc_run {
    struct crnlc_program *program;
    struct crnl_ctx *ctx;
    struct crnl_memory memory;
    char *out_dir, *data_dir, **set;
    size_t n_set;
    int32_t cancel;
    struct value *value; /* by variable */
    struct api_stream output, messages;
    pthread_mutex_t said;
    pthread_mutex_t mutex; /* for the members below, since any thread may open files */
    VEC(char *) file;
    bool executed;
};

static const struct program *source(const struct crnlc_run *run)
{
    return run->program->pipeline.program;
}

static void fail(crnlc_error **error, int status, const struct crnlc_run *run, const char *text)
{
    api_fail_run(error, status, &run->program->pipeline, run->ctx, text);
}

static char *kept(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

static size_t bytes_of(const struct variable *v)
{
    return (size_t)shape_size(v->shape) * sizeof(double);
}

static bool is_numeric(const struct variable *v)
{
    return v->type == TYPE_REAL || v->type == TYPE_INT;
}

static void put_given(const struct variable *v, const double *given, void *to)
{
    double *real = to;
    int64_t *integer = to;
    for (int64_t i = 0; i < shape_size(v->shape); i++) {
        if (v->type == TYPE_REAL) {
            real[i] = given[i];
        } else {
            integer[i] = (int64_t)given[i];
        }
    }
}

static void exchange(void *env, int32_t variable, void *memory)
{
    struct crnlc_run *run = env;
    const struct variable *v = &source(run)->variable.data[variable];
    struct value *value = &run->value[variable];
    if (!is_numeric(v)) {
        return;
    }
    if (!value->started && value->given) {
        put_given(v, value->given, memory);
    }
    value->started = true;
    value->held = value->held ? value->held : mem_alloc(bytes_of(v) + 1);
    memcpy(value->held, memory, bytes_of(v));
}

static void opens(void *env, const char *path)
{
    struct crnlc_run *run = env;
    pthread_mutex_lock(&run->mutex);
    vec_push(&run->file, mem_strdup(path));
    pthread_mutex_unlock(&run->mutex);
}

crnlc_run *crnlc_run_create(crnlc_program *program, const crnlc_run_options *options, crnlc_error **error)
{
    crnlc_run_options given = {0};
    api_take_options(&given, sizeof given, options);
    struct crnlc_run *run = mem_zalloc(1, sizeof *run);
    run->program = program;
    atomic_fetch_add(&program->users, 1);
    pthread_mutex_init(&run->said, NULL);
    pthread_mutex_init(&run->mutex, NULL);
    run->value = mem_zalloc(source(run)->variable.n + 1, sizeof *run->value);
    run->out_dir = kept(given.out_dir);
    run->data_dir = kept(given.data_dir ? given.data_dir : program->options.data_dir);
    run->n_set = given.n_set;
    run->set = mem_zalloc(given.n_set + 1, sizeof *run->set);
    for (size_t i = 0; i < given.n_set; i++) {
        run->set[i] = mem_strdup(given.set[i]);
    }
    run->output = (struct api_stream){.says = given.says, .env = given.env, .one_at_a_time = &run->said};
    run->messages = run->output;
    run->messages.is_message = true;
    if (!api_stream_open(&run->output) || !api_stream_open(&run->messages)) {
        api_fail(error, CRNL_MEMORY, "out of memory");
        crnlc_run_free(run);
        return NULL;
    }
    struct crnl_options o = {.seed = given.seed,
                             .threads = given.threads,
                             .out_dir = run->out_dir,
                             .data_dir = run->data_dir,
                             .allow_outside = given.allow_outside,
                             .n_set = (int32_t)given.n_set,
                             .set = (const char *const *)run->set,
                             .until = NAN,
                             .max_seconds = given.max_seconds,
                             .output = run->output.file,
                             .messages = run->messages.file,
                             .cancel = &run->cancel,
                             .memory = given.rows_in_memory ? &run->memory : NULL,
                             .exchange = exchange,
                             .opens = opens,
                             .env = run};
    run->ctx = crnl_create(engine_program(program->pipeline.engine), &o);
    if (*crnl_error_text(run->ctx)) {
        fail(error, CRNL_BAD_ARGUMENT, run, crnl_error_text(run->ctx));
        crnlc_run_free(run);
        return NULL;
    }
    return run;
}

void crnlc_run_free(crnlc_run *run)
{
    if (!run) {
        return;
    }
    crnl_destroy(run->ctx);
    crnl_memory_free(&run->memory);
    for (size_t i = 0; i < source(run)->variable.n; i++) {
        free(run->value[i].given);
        free(run->value[i].held);
    }
    free(run->value);
    for (size_t i = 0; i < run->n_set; i++) {
        free(run->set[i]);
    }
    free(run->set);
    for (size_t i = 0; i < run->file.n; i++) {
        free(run->file.data[i]);
    }
    vec_free(&run->file);
    api_stream_close(&run->output);
    api_stream_close(&run->messages);
    free(run->out_dir);
    free(run->data_dir);
    pthread_mutex_destroy(&run->said);
    pthread_mutex_destroy(&run->mutex);
    api_program_drop(run->program);
    free(run);
}

/* The exchanged variable with that name; -1 after an error. */
static int32_t find_variable(const struct crnlc_run *run, const char *name, crnlc_error **error)
{
    const struct program *p = source(run);
    VEC(const char *) names = {0};
    int32_t found = -1;
    for (size_t i = 0; p->body && i < p->body->stmt.n; i++) {
        const struct stmt *s = p->body->stmt.data[i];
        if (s->kind == STMT_EXCHANGE && is_numeric(&p->variable.data[s->var])) {
            vec_push(&names, p->variable.data[s->var].name);
            found = strcmp(vec_last(&names), name) == 0 ? s->var : found;
        }
    }
    if (found < 0) {
        const char *near = diag_nearest(name, names.data, names.n);
        api_fail(error, CRNL_BAD_ARGUMENT,
                 "the experiment declares no number or array `%s` at its top level%s%s%s", name,
                 near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
    }
    vec_free(&names);
    return found;
}

int crnlc_run_give(crnlc_run *run, const char *variable, const double *v, size_t n, crnlc_error **error)
{
    int32_t i = find_variable(run, variable, error);
    if (i < 0) {
        return CRNL_BAD_ARGUMENT;
    }
    const struct variable *own = &source(run)->variable.data[i];
    if ((int64_t)n != shape_size(own->shape) || run->executed) {
        api_fail(error, CRNL_BAD_ARGUMENT,
                 run->executed ? "`%s` is given a value after the run" : "`%s` has %lld elements, not %zu",
                 variable, (long long)shape_size(own->shape), n);
        return CRNL_BAD_ARGUMENT;
    }
    for (size_t k = 0; k < n && own->type == TYPE_INT; k++) {
        if (v[k] != nearbyint(v[k]) || !(fabs(v[k]) < 0x1p53)) {
            api_fail(error, CRNL_BAD_ARGUMENT, "`%s` holds whole numbers, and %.17g is none", variable, v[k]);
            return CRNL_BAD_ARGUMENT;
        }
    }
    free(run->value[i].given);
    run->value[i].given = mem_alloc(n * sizeof *v + 1);
    if (n) {
        memcpy(run->value[i].given, v, n * sizeof *v);
    }
    return CRNL_OK;
}

int crnlc_run_execute(crnlc_run *run, crnlc_error **error)
{
    if (run->executed) {
        api_fail(error, CRNL_BAD_ARGUMENT, "a run is executed once: make another one");
        return CRNL_BAD_ARGUMENT;
    }
    run->executed = true;
    int status = crnl_execute(run->ctx);
    pthread_mutex_lock(&run->program->mutex);
    fputs(run->program->slow ? run->program->slow : "", run->messages.file);
    pthread_mutex_unlock(&run->program->mutex);
    fflush(run->output.file);
    fflush(run->messages.file);
    if (status && *crnl_error_text(run->ctx)) {
        fail(error, status, run, crnl_error_text(run->ctx));
    } else if (status) { /* rows that failed are reported among the messages */
        fail(error, status, run, api_stream_text(&run->messages));
    }
    return status;
}

void crnlc_run_cancel(crnlc_run *run)
{
    enum { BY_INTERRUPT = 2 }; /* SIGINT, which messages mention */
    __atomic_store_n(&run->cancel, BY_INTERRUPT, __ATOMIC_RELAXED);
}

int crnlc_run_value(crnlc_run *run, const char *variable, crnlc_array *out, crnlc_error **error)
{
    int32_t i = find_variable(run, variable, error);
    if (i < 0) {
        return CRNL_BAD_ARGUMENT;
    }
    const struct variable *v = &source(run)->variable.data[i];
    if (!run->value[i].held) {
        api_fail(error, CRNL_NO_RUN, "the run did not come to where `%s` has a value", variable);
        return CRNL_NO_RUN;
    }
    *out = (crnlc_array){.type = v->type == TYPE_REAL ? "real" : "int",
                         .rank = v->shape.rank,
                         .dims = v->shape.dim,
                         .v = run->value[i].held};
    return CRNL_OK;
}

int crnlc_run_record(crnlc_run *run, const char *name, const double **v, size_t *n, crnlc_error **error)
{
    const struct program *p = source(run);
    for (size_t i = 0; i < p->record.n; i++) {
        if (strcmp(p->record.data[i], name) == 0) {
            int64_t length;
            *v = crnl_series(run->ctx, (int32_t)i, &length);
            *n = (size_t)length;
            return CRNL_OK;
        }
    }
    const char *near = diag_nearest(name, p->record.data, p->record.n);
    api_fail(error, CRNL_BAD_ARGUMENT, "the experiment records no `%s`%s%s%s", name,
             near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
    return CRNL_BAD_ARGUMENT;
}

static int32_t find_network(const struct crnlc_run *run, const char *network)
{
    const struct program *p = source(run);
    for (size_t i = 0; i < p->net.n; i++) {
        if (strcmp(p->net.data[i].net->name, network) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

int crnlc_run_symbol(crnlc_run *run, const char *network, const char *symbol, double *v, size_t n,
                     crnlc_error **error)
{
    int32_t net = find_network(run, network);
    if (net < 0) {
        api_fail(error, CRNL_BAD_ARGUMENT, "the program runs no network `%s`", network);
        return CRNL_BAD_ARGUMENT;
    }
    const struct crnl_model *m = engine_program(run->program->pipeline.engine)->net[net];
    VEC(const char *) names = {0};
    int32_t found = -1;
    for (int32_t i = 0; i < m->n_symbols; i++) {
        vec_push(&names, m->symbol[i].name);
        found = strcmp(m->symbol[i].name, symbol) == 0 ? i : found;
    }
    const char *near = found < 0 ? diag_nearest(symbol, names.data, names.n) : NULL;
    vec_free(&names);
    if (found < 0) {
        api_fail(error, CRNL_BAD_ARGUMENT, "the network `%s` has no `%s`%s%s%s", network, symbol,
                 near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
        return CRNL_BAD_ARGUMENT;
    }
    if ((int64_t)n != m->symbol[found].size) {
        api_fail(error, CRNL_BAD_ARGUMENT, "`%s.%s` has %d elements, not %zu", network, symbol,
                 (int)m->symbol[found].size, n);
        return CRNL_BAD_ARGUMENT;
    }
    crnl_forget_error(run->ctx);
    int status = crnl_get(run->ctx, net, found, 0, (int32_t)n, v, 0);
    if (status) {
        fail(error, status, run, crnl_error_text(run->ctx));
    }
    return status;
}

double crnlc_run_time(crnlc_run *run, const char *network)
{
    int32_t net = find_network(run, network);
    return net < 0 ? 0 : crnl_get_time(run->ctx, net);
}

size_t crnlc_run_tables(crnlc_run *run)
{
    return (size_t)run->memory.n_tables;
}

int crnlc_run_table(crnlc_run *run, size_t i, crnlc_table *out)
{
    if (i >= (size_t)run->memory.n_tables) {
        return CRNL_BAD_ARGUMENT;
    }
    const struct crnl_table_of_rows *t = run->memory.table[i];
    *out = (crnlc_table){.name = t->name,
                         .n_keys = (size_t)t->n_keys,
                         .n_columns = (size_t)t->n_columns,
                         .column = (const char *const *)t->column,
                         .n_rows = (size_t)t->n_rows,
                         .v = t->v};
    return CRNL_OK;
}

const char *crnlc_run_output(crnlc_run *run)
{
    return api_stream_text(&run->output);
}

const char *crnlc_run_messages(crnlc_run *run)
{
    return api_stream_text(&run->messages);
}

const char *crnlc_run_file(crnlc_run *run, size_t i)
{
    return i < run->file.n ? run->file.data[i] : NULL;
}
