/* Statements of an experiment as `int run(struct crnl_ctx *)`, with the calls that engine.h lists, in its
 * order. */
#include "codegen/emit/experiment.h"

#include <assert.h>

enum { MAX_WEIGHT = 1500, HUGE_WEIGHT = 6000 }; /* weight of a function: desired; largest that is optimised */

size_t experiment_root(struct experiment *x, expr_id root)
{
    emit_count_uses(&x->b, &root, 1);
    return emit_mark(&x->b);
}

void experiment_statement_end(struct experiment *x)
{
    emit_statement_end(&x->b);
    if (x->built_text) {
        emit_call(x->b.e, ABI_crnl_text_reset, &x->b.ctx, 1);
        x->built_text = false;
    }
}

static LLVMValueRef scalar_root(struct experiment *x, expr_id root)
{
    size_t mark = experiment_root(x, root);
    LLVMValueRef v = emit_scalar(&x->b, root);
    emit_release(&x->b, mark);
    return v;
}

/* ---- Storing ------------------------------------------------------------------------------------------- */

static void keep_text(struct experiment *x, LLVMValueRef to, LLVMValueRef v)
{
    emit_call(x->b.e, ABI_crnl_text_keep, (LLVMValueRef[]){x->b.ctx, to, v}, 3);
}

/* memory = value. If the value reads the same variable, all of it is computed before any of it is stored. */
static void store(struct experiment *x, int32_t var, LLVMValueRef memory, expr_id value)
{
    struct emit_body *b = &x->b;
    const struct expr *v = expr_get(b->pool, value);
    int64_t n = shape_size(v->shape);
    if (v->shape.rank == 0) {
        LLVMValueRef s = emit_scalar(b, value);
        if (v->type == TYPE_TEXT) {
            keep_text(x, memory, s);
        } else {
            emit_put(b, v->type, memory, NULL, s);
        }
    } else if (v->type == TYPE_TEXT) {
        LLVMValueRef from = emit_buffer(b, TYPE_TEXT, n);
        emit_array_into(b, value, from);
        if (n > 0) {
            struct emit_loop l;
            emit_loop_begin(b, &l, n);
            keep_text(x, emit_element_at(b, TYPE_TEXT, memory, l.i), emit_get(b, TYPE_TEXT, from, l.i));
            emit_loop_end(b, &l);
        }
    } else if (expr_uses(b->pool, value, EXPR_VAR, var)) {
        LLVMValueRef from = emit_buffer(b, v->type, n);
        emit_array_into(b, value, from);
        emit_copy(b, v->type, memory, from, n);
    } else {
        emit_array_into(b, value, memory);
    }
}

static void assign(struct experiment *x, const struct stmt *s)
{
    experiment_root(x, s->value);
    store(x, s->var, x->variable[s->var], s->value);
}

LLVMValueRef experiment_place(struct experiment *x, struct shape shape, const expr_id *index, size_t n,
                              int32_t line)
{
    struct emit_body *b = &x->b;
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef place = emit_i64(b->e, 0);
    for (size_t i = 0; i < n; i++) {
        LLVMValueRef k = scalar_root(x, index[i]);
        emit_index_check(b, k, shape.dim[0], line);
        place = LLVMBuildAdd(at, LLVMBuildMul(at, place, emit_i64(b->e, shape.dim[0]), ""), k, "");
        shape = shape_drop(shape, 0);
    }
    return LLVMBuildMul(at, place, emit_i64(b->e, shape_size(shape)), "");
}

static void store_element(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    const struct variable *v = &x->program->variable.data[s->var];
    LLVMValueRef place = experiment_place(x, v->shape, s->index.data, s->index.n, s->index_line);
    experiment_root(x, s->value);
    store(x, s->var, emit_element_at(b, v->type, x->variable[s->var], place), s->value);
}

/* ---- Control flow -------------------------------------------------------------------------------------- */

static void branch(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMValueRef cond = scalar_root(x, s->value);
    experiment_statement_end(x);
    LLVMBasicBlockRef then = emit_block(b, "then"), other = emit_block(b, "else"),
                      join = emit_block(b, "join");
    LLVMBuildCondBr(b->e->builder, cond, then, other);
    LLVMPositionBuilderAtEnd(b->e->builder, then);
    experiment_statements(x, s->body);
    LLVMBuildBr(b->e->builder, join);
    LLVMPositionBuilderAtEnd(b->e->builder, other);
    experiment_statements(x, s->orelse);
    emit_enter(b, join);
}

static void turn(struct experiment *x, const struct stmt *s, LLVMValueRef i, LLVMValueRef total)
{
    struct emit *e = x->b.e;
    LLVMValueRef args[] = {x->b.ctx, emit_i32(e, s->loop), emit_i32(e, s->depth), i, total};
    experiment_call(x, ABI_crnl_turn, args, 5);
}

static LLVMValueRef count_up(struct emit_body *b, LLVMValueRef counter)
{
    LLVMValueRef i = emit_get(b, TYPE_INT, counter, NULL);
    emit_put(b, TYPE_INT, counter, NULL, LLVMBuildAdd(b->e->builder, i, emit_i64(b->e, 1), ""));
    return i;
}

static void loop_for(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef from = scalar_root(x, s->from), to = scalar_root(x, s->to);
    experiment_statement_end(x);
    LLVMValueRef counter = emit_slot(b, TYPE_INT), total = LLVMBuildSub(at, to, from, "");
    emit_put(b, TYPE_INT, counter, NULL, from);
    LLVMBasicBlockRef head = emit_block(b, "for"), body = emit_block(b, "turn"), exit = emit_block(b, "done");
    emit_enter(b, head);
    LLVMValueRef i = emit_get(b, TYPE_INT, counter, NULL);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntSLT, i, to, ""), body, exit);
    LLVMPositionBuilderAtEnd(at, body);
    turn(x, s, LLVMBuildSub(at, i, from, ""), total);
    emit_put(b, TYPE_INT, x->variable[s->var], NULL, i);
    experiment_statements(x, s->body);
    count_up(b, counter);
    LLVMBuildBr(at, head);
    LLVMPositionBuilderAtEnd(at, exit);
}

static void loop_while(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMBuilderRef at = b->e->builder;
    LLVMValueRef counter = emit_slot(b, TYPE_INT);
    emit_put(b, TYPE_INT, counter, NULL, emit_i64(b->e, 0));
    LLVMBasicBlockRef head = emit_block(b, "while"), body = emit_block(b, "turn"),
                      exit = emit_block(b, "done");
    emit_enter(b, head);
    LLVMValueRef cond = scalar_root(x, s->value);
    experiment_statement_end(x);
    LLVMBuildCondBr(at, cond, body, exit);
    LLVMPositionBuilderAtEnd(at, body);
    turn(x, s, count_up(b, counter), emit_i64(b->e, -1));
    experiment_statements(x, s->body);
    LLVMBuildBr(at, head);
    LLVMPositionBuilderAtEnd(at, exit);
}

/* Emits the loop over epochs: rows where they are wanted, and a step. */
static void learn(struct experiment *x, const struct stmt *s)
{
    struct emit_body *b = &x->b;
    LLVMBuilderRef at = b->e->builder;
    experiment_learn_begin(x, s);
    experiment_statement_end(x);
    LLVMValueRef go = emit_slot(b, TYPE_INT);
    LLVMBasicBlockRef head = emit_block(b, "epoch"), goes_on = emit_block(b, "goes_on"),
                      rows = emit_block(b, "rows"), step = emit_block(b, "step"),
                      exit = emit_block(b, "learned");
    emit_enter(b, head);
    experiment_call(x, ABI_crnl_learn_next, (LLVMValueRef[]){b->ctx, go}, 2);
    LLVMValueRef v = emit_get(b, TYPE_INT, go, NULL);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntEQ, v, emit_i64(b->e, CRNL_LEARN_ENDS), ""), exit, goes_on);
    LLVMPositionBuilderAtEnd(at, goes_on);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntEQ, v, emit_i64(b->e, CRNL_LEARN_ROWS), ""), rows, step);
    LLVMPositionBuilderAtEnd(at, rows);
    experiment_statements(x, s->body);
    emit_enter(b, step);
    experiment_call(x, ABI_crnl_learn_step, &b->ctx, 1);
    LLVMBuildBr(at, head);
    LLVMPositionBuilderAtEnd(at, exit);
    experiment_learn_end(x, s);
}

/* ---- Other statements ---------------------------------------------------------------------------------- */

static void print(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    LLVMValueRef value = scalar_root(x, s->value), file = s->text ? scalar_root(x, s->text) : e->null;
    LLVMValueRef args[] = {x->b.ctx, value, file, emit_i32(e, s->line)};
    experiment_call(x, ABI_crnl_print, args, 4);
}

static void record(struct experiment *x, const struct stmt *s)
{
    size_t mark = experiment_root(x, s->value);
    LLVMValueRef args[] = {x->b.ctx, emit_i32(x->b.e, s->var), emit_scalar_real(&x->b, s->value)};
    emit_release(&x->b, mark);
    experiment_call(x, ABI_crnl_record, args, 3);
}

static void series(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    LLVMValueRef args[] = {x->b.ctx, emit_i32(e, s->var), emit_i32(e, s->net), emit_i32(e, s->trace),
                           emit_i32(e, s->line)};
    experiment_call(x, ABI_crnl_series_begin, args, 5);
}

/* The message of an assertion, which is computed only if it is needed. */
static LLVMValueRef message(struct experiment *x, const struct stmt *s, LLVMValueRef holds)
{
    struct emit *e = x->b.e;
    if (!s->text) {
        return e->null;
    }
    LLVMBasicBlockRef from[2] = {LLVMGetInsertBlock(e->builder), NULL};
    LLVMBasicBlockRef fails = emit_block(&x->b, "message"), join = emit_block(&x->b, "join");
    emit_unlikely(e, LLVMBuildCondBr(e->builder, holds, join, fails), true);
    LLVMPositionBuilderAtEnd(e->builder, fails);
    LLVMValueRef v[2] = {e->null, scalar_root(x, s->text)};
    from[1] = LLVMGetInsertBlock(e->builder);
    LLVMBuildBr(e->builder, join);
    return emit_merge(&x->b, e->ptr, join, v, from);
}

static void assert_holds(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    LLVMValueRef holds = scalar_root(x, s->value), text = message(x, s, holds);
    LLVMValueRef flag = LLVMBuildZExt(e->builder, holds, e->i32, "");
    LLVMValueRef args[] = {x->b.ctx, flag, emit_text(e, s->source), text, emit_i32(e, s->line)};
    experiment_call(x, ABI_crnl_assert, args, 5);
}

static void warn(struct experiment *x, const struct stmt *s)
{
    struct emit *e = x->b.e;
    LLVMValueRef flag = LLVMBuildZExt(e->builder, scalar_root(x, s->value), e->i32, "");
    LLVMValueRef args[] = {x->b.ctx, flag, emit_text(e, s->source), emit_i32(e, s->line)};
    experiment_call(x, ABI_crnl_warn, args, 4);
}

static void exchange(struct experiment *x, const struct stmt *s)
{
    LLVMValueRef args[] = {x->b.ctx, emit_i32(x->b.e, s->var), x->variable[s->var]};
    experiment_call(x, ABI_crnl_exchange, args, 3);
}

static void statement(struct experiment *x, const struct stmt *s)
{
    x->b.line = s->line;
    switch (s->kind) {
    case STMT_ASSIGN: assign(x, s); break;
    case STMT_STORE: store_element(x, s); break;
    case STMT_FOR: loop_for(x, s); break;
    case STMT_WHILE: loop_while(x, s); break;
    case STMT_IF: branch(x, s); break;
    case STMT_RUN: experiment_run(x, s); break;
    case STMT_ROWS:
        experiment_rows_begin(x, s);
        experiment_statements(x, s->body);
        experiment_call(x, ABI_crnl_rows_end, &x->b.ctx, 1);
        break;
    case STMT_SET: experiment_bind(x, s->bind, true); break;
    case STMT_PRINT: print(x, s); break;
    case STMT_RECORD: record(x, s); break;
    case STMT_SERIES: series(x, s); break;
    case STMT_ASSERT: assert_holds(x, s); break;
    case STMT_WARN: warn(x, s); break;
    case STMT_PLOT: experiment_plot(x, s); break;
    case STMT_IMAGE: experiment_image(x, s); break;
    case STMT_LEARN: learn(x, s); break;
    case STMT_LEARN_ROW: experiment_learn_row(x, s); break;
    case STMT_START: experiment_start(x, s); break;
    case STMT_MINIMIZE: experiment_minimize(x, s); break;
    case STMT_LOSS: experiment_loss(x, s); break;
    case STMT_SAVE: experiment_save(x, s); break;
    case STMT_LOAD: experiment_load(x, s); break;
    case STMT_EXCHANGE: exchange(x, s); break;
    case STMT_KIND_COUNT: assert(!"not a statement"); break;
    }
    experiment_statement_end(x);
}

/* ---- Functions of bounded size ------------------------------------------------------------------------- */

static void count_node(void *env, expr_id id, const struct expr *x)
{
    (void)id;
    (void)x;
    ++*(int *)env;
}

static int block_weight(const struct experiment *x, const struct block *k);

/* An estimate of how much code a statement becomes: the nodes that it computes and a dozen for its calls. */
static int weight(const struct experiment *x, const struct stmt *s)
{
    const expr_id root[] = {s->value, s->text, s->from, s->to};
    int n = 12;
    for (size_t i = 0; i < sizeof root / sizeof *root; i++) {
        if (root[i]) {
            expr_visit(x->program->ex, root[i], count_node, &n);
        }
    }
    return n + block_weight(x, s->body) + block_weight(x, s->orelse);
}

static int block_weight(const struct experiment *x, const struct block *k)
{
    int n = 0;
    for (size_t i = 0; k && i < k->stmt.n; i++) {
        n += weight(x, k->stmt.data[i]);
    }
    return n;
}

void experiment_begin_function(struct experiment *x, struct emit_cache *cache, const char *name,
                               unsigned n_pointers, LLVMLinkage linkage)
{
    struct emit *e = x->b.e;
    LLVMTypeRef type[] = {e->ptr, e->ptr};
    LLVMValueRef f = emit_function(e, name, LLVMFunctionType(e->i32, type, n_pointers, false), linkage);
    emit_body_init(&x->b, e, cache, f);
    x->b.ctx = LLVMGetParam(f, 0);
    x->b.leaf = experiment_leaf;
}

void experiment_end_function(struct experiment *x)
{
    LLVMBuildRet(x->b.e->builder, emit_i32(x->b.e, 0));
    emit_body_finish(&x->b);
}

/* Emits statements n .. m of a block as a function of their own, since the optimiser's time grows faster than
 * linearly with the size of functions. */
static void part(struct experiment *x, const struct block *k, size_t n, size_t m, int sum)
{
    struct emit *e = x->b.e;
    struct emit_body outer = x->b;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(e->builder);
    experiment_begin_function(x, outer.cache, "part", 1, LLVMInternalLinkage);
    if (sum > HUGE_WEIGHT) {
        emit_prevent_optimisation(e, x->b.function);
    } else {
        emit_prevent_inlining(e, x->b.function);
    }
    for (size_t i = n; i < m; i++) {
        statement(x, k->stmt.data[i]);
    }
    experiment_end_function(x);
    LLVMValueRef f = x->b.function;
    x->b = outer;
    LLVMPositionBuilderAtEnd(e->builder, here);
    emit_check(&x->b, LLVMBuildCall2(e->builder, LLVMGlobalGetValueType(f), f, &x->b.ctx, 1, ""));
}

void experiment_statements(struct experiment *x, const struct block *k)
{
    bool whole = x->whole || block_weight(x, k) <= MAX_WEIGHT;
    for (size_t i = 0, next; k && i < k->stmt.n; i = next) {
        const struct stmt *s = k->stmt.data[i];
        int sum = weight(x, s);
        next = i + 1;
        if (whole || (sum > MAX_WEIGHT && (s->body || s->orelse))) {
            statement(x, s);
            continue;
        }
        while (next < k->stmt.n && sum + weight(x, k->stmt.data[next]) <= MAX_WEIGHT) {
            sum += weight(x, k->stmt.data[next++]);
        }
        part(x, k, i, next, sum);
    }
}

/* Sets variables to zero bits, as all are when the experiment starts. In a single function they are on its
 * stack; functions that are parts share static ones. */
void experiment_clear_variables(struct experiment *x, int32_t from, int32_t to, bool parts)
{
    struct emit *e = x->b.e;
    for (int32_t i = from; i < to; i++) {
        const struct variable *v = &x->program->variable.data[i];
        const char *name = v->name ? v->name : "";
        int64_t bytes = shape_size(v->shape) * emit_size_of(v->type);
        LLVMTypeRef type = emit_memory_type(e, v->type);
        if (v->shape.rank > 0) {
            x->variable[i] = parts ? emit_static(e, bytes, name) : emit_array_memory(&x->b, bytes, name);
            LLVMBuildMemSet(e->builder, x->variable[i], LLVMConstNull(e->i8), emit_i64(e, bytes), 16);
        } else {
            x->variable[i] = parts ? emit_static(e, bytes, name) : emit_alloca(&x->b, type, name);
            LLVMBuildStore(e->builder, LLVMConstNull(type), x->variable[i]);
        }
    }
}

/* Calls crnl_alone, since contexts of several seeds run side by side, and static variables can belong to only
 * one of them. */
static void begin_alone(struct experiment *x)
{
    LLVMBuilderRef at = x->b.e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    if (x->b.e->has_static) {
        LLVMPositionBuilderBefore(at, LLVMGetBasicBlockTerminator(x->b.entry));
        emit_call(x->b.e, ABI_crnl_alone, &x->b.ctx, 1);
        LLVMPositionBuilderAtEnd(at, here);
    }
}

LLVMValueRef emit_experiment(struct emit *e, const struct program *p, struct plan *const *plans)
{
    if (!p->experiment) {
        return NULL;
    }
    struct emit_cache cache;
    struct experiment x = {.b.e = e, .program = p, .plans = plans};
    emit_cache_init(&cache, p->ex);
    experiment_begin_function(&x, &cache, "experiment", 1, e->linkage);
    x.variable = mem_zalloc(p->variable.n + 1, sizeof *x.variable);
    experiment_clear_variables(&x, 0, (int32_t)p->variable.n, block_weight(&x, p->body) > MAX_WEIGHT);
    experiment_statements(&x, p->body);
    LLVMValueRef f = x.b.function;
    begin_alone(&x);
    experiment_end_function(&x);
    emit_cache_free(&cache);
    free(x.variable);
    return f;
}
