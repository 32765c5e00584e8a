/* The life of a context, its options and errors. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rt_ctx.h"
#include "rt_fixed.h"
#include "rt_gradient.h"
#include "rt_limit.h"
#include "rt_events.h"
#include "rt_prepare.h"
#include "rt_rows.h"
#include "rt_seeds.h"

/* Besides `one_at_a_time` these are the only variables of the library: how often a run was asked to end, and
 * by which signal last. Signal handlers set them, and workers of all contexts read them; each context
 * remembers the count at its start, so that none reacts to an earlier request. */
static atomic_uint cancels;
static atomic_int cancelled_by;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "rt_cancel is called by signal handlers");

void crnl_cancel(void)
{
    rt_cancel(SIGINT);
}

void rt_cancel(int signal_number)
{
    atomic_store(&cancelled_by, signal_number);
    atomic_fetch_add(&cancels, 1);
    crnl_files_wait(false);
}

int rt_cancelled(const struct crnl_ctx *ctx)
{
    int32_t alone = ctx && ctx->options.cancel ? __atomic_load_n(ctx->options.cancel, __ATOMIC_RELAXED) : 0;
    return alone ? alone : ctx && atomic_load(&cancels) != ctx->cancels_seen ? atomic_load(&cancelled_by) : 0;
}

void rt_cancel_forget(struct crnl_ctx *ctx)
{
    ctx->cancels_seen = atomic_load(&cancels);
    crnl_files_wait(true);
}

void rt_cancel_clear(struct crnl_ctx *ctx)
{
    int by = rt_cancelled(ctx);
    if (by == SIGINT) {
        rt_cancel_forget(ctx);
        if (ctx->options.cancel) {
            __atomic_store_n(ctx->options.cancel, 0, __ATOMIC_RELAXED);
        }
    }
    ctx->cut_short = rt_cancelled(ctx) != 0;
    ctx->was_cut = true;
    ctx->cut_by = ctx->cut_by ? ctx->cut_by : by;
}

double rt_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void create_network(struct rt_network *n, const struct crnl_model *m)
{
    size_t p = (size_t)m->n_params, s = (size_t)m->n_species;
    struct rt_overrides *const o[] = {&n->param_set,   &n->param_with,     &n->amount_set,
                                      &n->amount_with, &n->tolerance_with, &n->start_set};
    for (int i = 0; i < 6; i++) {
        o[i]->set = rt_alloc(i < 2 ? p : s, 1);
        o[i]->value = rt_alloc(i < 2 ? p : s, sizeof(double));
    }
    int32_t registers = m->defaults.n_registers;
    registers = m->init.n_registers > registers ? m->init.n_registers : registers;
    registers = m->rate.n_registers > registers ? m->rate.n_registers : registers;
    n->m = m;
    n->kept = rt_kept_create(m);
    n->param = rt_alloc(p, sizeof *n->param);
    n->run_param = rt_alloc(p, sizeof *n->run_param);
    registers = m->schedule.n_registers > registers ? m->schedule.n_registers : registers;
    n->x = rt_alloc(s, sizeof *n->x);
    n->fixed = rt_alloc(s, sizeof *n->fixed);
    n->memory = rt_alloc(rt_memory_size(m), sizeof *n->memory);
    n->registers = rt_alloc((size_t)registers, sizeof *n->registers);
}

static void destroy_network(struct rt_network *n)
{
    struct rt_overrides *const o[] = {&n->param_set,   &n->param_with,     &n->amount_set,
                                      &n->amount_with, &n->tolerance_with, &n->start_set};
    for (int i = 0; i < 6; i++) {
        free(o[i]->set);
        free(o[i]->value);
    }
    free(n->param);
    free(n->run_param);
    free(n->x);
    free(n->registers);
    free(n->fixed);
    free(n->memory);
    rt_kept_destroy(n->kept);
    rt_constants_drop(n->constants);
    rt_clamped_drop(n->clamped);
    free(n->counted);
    free(n->changer_ptr);
    free(n->changer);
    rt_error_free(&n->bound);
    rt_gradient_forget(n);
    rt_gradient_free(n->gradients);
    rt_result_free(n->result);
    rt_row_values_free(n->rows);
    rt_limit_free(n->limit);
    free(n->past);
}

/* Protects input files: a program must not overwrite its own source and data; files of parameters may be
 * both read and written. */
static void protect_inputs(const struct crnl_ctx *ctx)
{
    const struct crnl_program *p = ctx->program;
    if (p->file) {
        crnl_file_protect(p->file);
    }
    for (int32_t i = 0; i < p->n_data; i++) {
        crnl_data_protect(&p->data[i], ctx->options.data_dir);
    }
}

size_t rt_count_numbers(const struct crnl_program *program)
{
    size_t n = (size_t)program->n_globals;
    for (int32_t i = 0; i < program->n_neurals; i++) {
        n += (size_t)program->neural[i].n_values;
    }
    for (int32_t i = 0; i < program->n_data; i++) {
        n += (size_t)crnl_data_numbers(&program->data[i]);
    }
    return n;
}

struct crnl_ctx *crnl_create(const struct crnl_program *program, const struct crnl_options *options)
{
    struct crnl_ctx *ctx = rt_alloc(1, sizeof *ctx);
    ctx->program = program;
    ctx->options = *options;
    ctx->start = rt_seconds();
    rt_cancel_forget(ctx);
    ctx->n_counts = program->n_statements * (CRNL_DRAW_SHUFFLE + 1);
    ctx->count = rt_alloc((size_t)ctx->n_counts, sizeof *ctx->count);
    ctx->record = rt_alloc((size_t)program->n_records, sizeof *ctx->record);
    ctx->global = rt_alloc(rt_count_numbers(program), sizeof *ctx->global);
    for (int32_t i = 0; i < program->n_globals; i++) {
        ctx->global[i] = program->global[i].value;
    }
    ctx->data = rt_alloc((size_t)program->n_data, sizeof *ctx->data);
    ctx->net = rt_alloc((size_t)program->n_nets, sizeof *ctx->net);
    for (int32_t i = 0; i < program->n_nets; i++) {
        create_network(&ctx->net[i], program->net[i]);
    }
    rt_neural_create(ctx);
    protect_inputs(ctx);
    if (program->abi != CRNL_ABI) {
        crnl_fail(ctx, CRNL_BAD_ARGUMENT, 0, "made for version %u of the runtime, and this is version %d",
                  (unsigned)program->abi, CRNL_ABI);
    }
    if (!ctx->status) {
        (void)rt_tables_fill(ctx);
    }
    for (int32_t i = 0; i < options->n_set; i++) {
        struct rt_error e = {0};
        rt_set_option(ctx, options->set[i], &e);
        rt_fail_at(ctx, 0, &e);
    }
    return ctx;
}

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void crnl_alone(struct crnl_ctx *ctx)
{
    pthread_mutex_lock(&one_at_a_time);
    ctx->is_alone = true;
}

int crnl_execute(struct crnl_ctx *ctx)
{
    if (ctx->status) {
        return ctx->status;
    }
    int status = ctx->program->run ? ctx->program->run(ctx) : crnl_run_by_options(ctx);
    if (ctx->is_alone) {
        ctx->is_alone = false;
        pthread_mutex_unlock(&one_at_a_time);
    }
    rt_rows_abandon(ctx);
    rt_learn_abandon(ctx);
    rt_progress_clear(ctx);
    if (status && !ctx->status) {
        crnl_fail(ctx, status, 0, "the experiment ended with status %d", status);
    }
    rt_print_close(ctx);
    rt_failures_end(ctx);
    rt_warnings_end(ctx);
    return ctx->status ? ctx->status : ctx->failed_rows ? CRNL_ROWS : CRNL_OK;
}

void crnl_destroy(struct crnl_ctx *ctx)
{
    if (!ctx) {
        return;
    }
    rt_print_close(ctx);
    rt_warnings_free(ctx);
    rt_learn_abandon(ctx);
    rt_progress_free(ctx);
    rt_plot_free(ctx);
    rt_data_free(ctx);
    rt_neural_free(ctx);
    crnl_text_reset(ctx);
    for (size_t i = 0; i < ctx->n_kept; i++) {
        free(ctx->kept[i]);
    }
    for (size_t i = 0; i < ctx->n_memories; i++) {
        free(ctx->memory[i].start);
    }
    free(ctx->memory);
    for (int32_t i = 0; i < ctx->program->n_nets; i++) {
        destroy_network(&ctx->net[i]);
    }
    for (int32_t i = 0; i < ctx->program->n_records; i++) {
        free(ctx->record[i].v);
    }
    free(ctx->string);
    free(ctx->kept);
    free(ctx->net);
    free(ctx->record);
    free(ctx->global);
    free(ctx->count);
    rt_buffer_free(&ctx->error);
    rt_buffer_free(&ctx->failure);
    rt_buffer_free(&ctx->text);
    rt_output_free(ctx);
    rt_journal_free(ctx->journal);
    rt_text_numbers_free(ctx->numbers);
    free(ctx);
}

void *crnl_memory(struct crnl_ctx *ctx, int32_t number, int64_t bytes)
{
    if ((size_t)number >= ctx->n_memories) {
        ctx->memory = rt_resize(ctx->memory, (size_t)number + 1, sizeof *ctx->memory);
        memset(ctx->memory + ctx->n_memories, 0,
               ((size_t)number + 1 - ctx->n_memories) * sizeof *ctx->memory);
        ctx->n_memories = (size_t)number + 1;
    }
    struct rt_memory *m = &ctx->memory[number];
    if (m->bytes < bytes) {
        m->start = rt_resize(m->start, (size_t)bytes, 1);
        m->bytes = bytes;
    }
    return m->start;
}

const char *crnl_error_text(const struct crnl_ctx *ctx)
{
    return ctx->error.data ? ctx->error.data : "";
}

bool crnl_failure(const struct crnl_ctx *ctx, struct crnl_message *m)
{
    *m = (struct crnl_message){.code = rt_status_code(ctx->failed_status),
                               .is_error = true,
                               .line = ctx->failed_line,
                               .text = ctx->failure.data};
    return ctx->failure.data != NULL;
}

void crnl_forget_error(struct crnl_ctx *ctx)
{
    ctx->status = CRNL_OK;
    rt_buffer_clear(&ctx->error);
}

void rt_keep_failure(struct crnl_ctx *ctx, int status, int line, const char *message)
{
    rt_buffer_clear(&ctx->failure);
    rt_put(&ctx->failure, message);
    ctx->failed_line = line;
    ctx->failed_status = status;
}

int crnl_fail(struct crnl_ctx *ctx, int status, int line, const char *format, ...)
{
    if (!ctx->status) {
        struct rt_buffer text = {0};
        va_list args;
        va_start(args, format);
        rt_vputf(&text, format, args);
        va_end(args);
        ctx->status = status;
        rt_put_error(ctx, &ctx->error, status, line, text.data ? text.data : "");
        rt_keep_failure(ctx, status, line, text.data ? text.data : "");
        rt_buffer_free(&text);
    }
    return status;
}

int rt_fail_at(struct crnl_ctx *ctx, int line, struct rt_error *e)
{
    int status = e->status;
    if (status) {
        crnl_fail(ctx, status, line, "%s", e->text.data ? e->text.data : "");
    }
    rt_error_free(e);
    return status;
}

enum { ROW_BITS = 32 }; /* number of bits for the row in a key of draws */

uint64_t rt_next_count(struct crnl_ctx *ctx, int32_t statement, enum crnl_purpose purpose)
{
    int32_t at = statement * (CRNL_DRAW_SHUFFLE + 1) + (int32_t)purpose;
    if (at < 0) {
        return 0;
    }
    if (at >= ctx->n_counts) {
        ctx->count = rt_resize(ctx->count, (size_t)at + 1, sizeof *ctx->count);
        memset(ctx->count + ctx->n_counts, 0, (size_t)(at + 1 - ctx->n_counts) * sizeof *ctx->count);
        ctx->n_counts = at + 1;
    }
    uint64_t count = ctx->count[at]++;
    return ctx->draws ? count | ctx->draws->row << ROW_BITS : count;
}

double crnl_get_global(struct crnl_ctx *ctx, int32_t global)
{
    return ctx->global[global];
}

const struct crnl_program *crnl_get_program(const struct crnl_ctx *ctx)
{
    return ctx->program;
}
