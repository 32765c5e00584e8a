/* The exact SSA on a graphics processor (runtime/crnl_gpu.h): a thread makes the events of one run until it
 * ends, or until it has made as many as one launch may take. Operations, their order and the random numbers
 * are those of the kernel of one run, so the bytes are the same. There are no functions to call: a number of
 * the ziggurat's slow path, too, is found here. */
#include <string.h>

#include "codegen/kern/kern_random.h"
#include "codegen/kern/kern_ssa_lanes.h"
#include "runtime/crnl_gpu.h"

/* A thread has 255 registers of half a number, and the processor is busy with as many threads only if each
 * uses 64: beyond this, constants are loaded in each step, from the cache. */
enum { MOST_IN_REGISTERS = 12 };

struct gpu {
    struct side s;
    struct gpu_rows rows;
    LLVMValueRef rng[4], kept[4];      /* stack slots: the stream, and where it was before the present step */
    LLVMValueRef done, end;            /* stack slots: events of this launch; enum gpu_end */
    LLVMValueRef limit, width, height; /* tables of the ziggurat: crnl_zig_k, crnl_zig_w, crnl_zig_f */
};

static size_t bytes_of(int32_t row)
{
    return (size_t)row * GPU_LANES * sizeof(double);
}

static LLVMValueRef load_parameter(struct side *s, const struct side_vector *v, int32_t i)
{
    const struct gpu *g = (const struct gpu *)s;
    return side_load(s, s->b.e->real, bytes_of(g->rows.p + i), v);
}

/* ---- Places -------------------------------------------------------------------------------------------- */

static LLVMValueRef special(struct emit *e, const char *name)
{
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, NULL, 0);
    LLVMValueRef v =
        LLVMBuildCall2(e->builder, LLVMIntrinsicGetType(e->context, id, NULL, 0), f, NULL, 0, "");
    return LLVMBuildZExt(e->builder, v, e->i64, "");
}

/* Finds the numbers of this thread's lane. In the entry block, where parameters are loaded, too. */
static void find_lane(struct gpu *g, LLVMValueRef lanes)
{
    struct emit *e = g->s.b.e;
    LLVMBuilderRef at = e->builder;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(at);
    LLVMPositionBuilderBefore(at, LLVMGetBasicBlockTerminator(g->s.b.entry));
    LLVMValueRef block = special(e, "llvm.nvvm.read.ptx.sreg.ctaid.x");
    LLVMValueRef thread = special(e, "llvm.nvvm.read.ptx.sreg.tid.x");
    thread = LLVMBuildAdd(at, LLVMBuildMul(at, block, emit_i64(e, GPU_THREADS), ""), thread, "");
    LLVMValueRef lane = LLVMBuildURem(at, thread, emit_i64(e, GPU_LANES), "");
    LLVMValueRef first = LLVMBuildUDiv(at, thread, emit_i64(e, GPU_LANES), "");
    LLVMValueRef offset = LLVMBuildMul(at, first, emit_i64(e, (int64_t)bytes_of(g->rows.n)), "");
    offset = LLVMBuildAdd(at, offset, LLVMBuildMul(at, lane, emit_i64(e, LANE), ""), "");
    g->s.lockstep = LLVMBuildInBoundsGEP2(at, e->i8, lanes, &offset, 1, "");
    LLVMPositionBuilderAtEnd(at, here);
}

/* ---- Ends ---------------------------------------------------------------------------------------------- */

/* Leaves with this end if the condition holds; goes on if not. Nothing is stored before: what the loop reads
 * from memory can then stay in registers. */
static void leave_if(struct gpu *g, LLVMValueRef condition, enum gpu_end end)
{
    struct emit *e = g->s.b.e;
    LLVMBasicBlockRef rare = emit_block(&g->s.b, "ends"), next = emit_block(&g->s.b, "go_on");
    emit_unlikely(e, LLVMBuildCondBr(e->builder, condition, rare, next), false);
    LLVMPositionBuilderAtEnd(e->builder, rare);
    if (end == GPU_LATE) {
        side_store(&g->s, g->s.vector[0].next, g->s.place.t_next, g->s.vector);
    }
    LLVMBuildStore(e->builder, emit_i64(e, end), g->end);
    LLVMBuildBr(e->builder, g->s.leave);
    LLVMPositionBuilderAtEnd(e->builder, next);
}

static void move_stream(struct gpu *g, bool to_memory)
{
    struct emit *e = g->s.b.e;
    for (int i = 0; i < 4; i++) {
        size_t place = bytes_of(g->rows.rng + i);
        if (to_memory) {
            side_store(&g->s, side_of_slot(&g->s, e->i64, g->kept[i]), place, g->s.vector);
        } else {
            LLVMValueRef word = side_load(&g->s, e->i64, place, g->s.vector);
            LLVMBuildStore(e->builder, word, g->rng[i]);
            LLVMBuildStore(e->builder, word, g->kept[i]);
        }
    }
}

static void keep_stream(struct gpu *g)
{
    struct emit *e = g->s.b.e;
    for (int i = 0; i < 4; i++) {
        LLVMBuildStore(e->builder, side_of_slot(&g->s, e->i64, g->rng[i]), g->kept[i]);
    }
}

/* ---- Waiting times ------------------------------------------------------------------------------------- */

/* exp(d) for 0 <= d < 0.77, within 1e-15: d is less than the width of a layer of the ziggurat. */
static LLVMValueRef short_exp(struct emit *e, LLVMValueRef d)
{
    enum { TERMS = 17 };
    LLVMValueRef v = emit_real(e, 1);
    for (int n = TERMS; n > 0; n--) {
        LLVMValueRef part = LLVMBuildFMul(e->builder, d, emit_real(e, 1.0 / n), "");
        v = LLVMBuildFAdd(e->builder, LLVMBuildFMul(e->builder, part, v, ""), emit_real(e, 1), "");
    }
    return v;
}

/* As is_below in num_rng.c. Its last comparison, with an exponential of one ulp, is made with one whose error
 * is far below the margin; a lane in which they may differ, once in 1e14 numbers, is left to the library. */
static LLVMValueRef is_below(struct gpu *g, LLVMValueRef j, LLVMValueRef layer, LLVMValueRef u)
{
    struct emit *e = g->s.b.e;
    LLVMBuilderRef at = e->builder;
    const double margin = 1e-9, unsure = 1e-12;
    LLVMValueRef edge = emit_i64(e, INT64_C(1) << 53), limit = emit_get(&g->s.b, TYPE_INT, g->limit, layer);
    LLVMValueRef w = emit_get(&g->s.b, TYPE_REAL, g->width, layer);
    LLVMValueRef past = LLVMBuildSIToFP(at, LLVMBuildSub(at, j, limit, ""), e->real, "");
    LLVMValueRef width = LLVMBuildSIToFP(at, LLVMBuildSub(at, edge, limit, ""), e->real, "");
    LLVMValueRef above = LLVMBuildFAdd(at, u, LLVMBuildFDiv(at, past, width, ""), "");
    above = LLVMBuildFSub(at, above, emit_real(e, 1), "");
    LLVMValueRef line = LLVMBuildFDiv(at, LLVMBuildFMul(at, width, w, ""), emit_real(e, 8), "");
    line = LLVMBuildFNeg(at, LLVMBuildFAdd(at, line, emit_real(e, margin), ""), "");
    LLVMValueRef is_out = side_less(&g->s, emit_real(e, margin), above);
    LLVMValueRef is_in = side_less(&g->s, above, line);
    LLVMValueRef low = emit_get(&g->s.b, TYPE_REAL, g->height, layer);
    LLVMValueRef next = LLVMBuildAdd(at, layer, emit_i64(e, 1), "");
    LLVMValueRef high = emit_get(&g->s.b, TYPE_REAL, g->height, next);
    LLVMValueRef y = LLVMBuildFMul(at, u, LLVMBuildFSub(at, high, low, ""), "");
    y = LLVMBuildFAdd(at, low, y, "");
    LLVMValueRef inside = LLVMBuildSIToFP(at, LLVMBuildSub(at, edge, j, ""), e->real, "");
    LLVMValueRef curve = LLVMBuildFMul(at, low, short_exp(e, LLVMBuildFMul(at, inside, w, "")), "");
    LLVMValueRef by = emit_intrinsic1(e, "llvm.fabs", LLVMBuildFSub(at, y, curve, ""));
    LLVMValueRef is_open = LLVMBuildNot(at, LLVMBuildOr(at, is_out, is_in, ""), "");
    leave_if(g, LLVMBuildAnd(at, is_open, side_less(&g->s, by, emit_real(e, unsure)), ""), GPU_ODD);
    LLVMValueRef below = side_less(&g->s, y, curve);
    below = LLVMBuildAnd(at, below, LLVMBuildNot(at, is_out, ""), "");
    return LLVMBuildOr(at, below, is_in, "");
}

/* A standard exponential number, as crnl_rng_exponential and its slow path compute it. */
static LLVMValueRef exponential(struct gpu *g)
{
    struct emit *e = g->s.b.e;
    struct emit_body *b = &g->s.b;
    LLVMBuilderRef at = e->builder;
    LLVMValueRef passed = emit_slot(b, TYPE_REAL), result = emit_slot(b, TYPE_REAL);
    LLVMBasicBlockRef draw = emit_block(b, "draw"), slow = emit_block(b, "slow"),
                      tail = emit_block(b, "tail"), beside = emit_block(b, "beside"),
                      drawn = emit_block(b, "drawn");
    LLVMBuildStore(at, emit_real(e, 0), passed);
    emit_enter(b, draw);
    LLVMValueRef word = kern_random_word(e, g->rng);
    LLVMValueRef layer = LLVMBuildAnd(at, word, emit_i64(e, 255), "");
    LLVMValueRef j = LLVMBuildLShr(at, word, emit_i64(e, 11), "");
    LLVMValueRef limit = emit_get(b, TYPE_INT, g->limit, layer);
    LLVMValueRef width = emit_get(b, TYPE_REAL, g->width, layer);
    LLVMValueRef x = LLVMBuildFMul(at, LLVMBuildSIToFP(at, j, e->real, ""), width, "");
    x = LLVMBuildFAdd(at, side_of_slot(&g->s, e->real, passed), x, "");
    LLVMBuildStore(at, x, result);
    emit_unlikely(e, LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntULT, j, limit, ""), drawn, slow), true);
    LLVMPositionBuilderAtEnd(at, slow);
    LLVMBuildCondBr(at, LLVMBuildICmp(at, LLVMIntEQ, layer, emit_i64(e, 0), ""), tail, beside);
    LLVMPositionBuilderAtEnd(at, tail);
    LLVMValueRef more =
        LLVMBuildFAdd(at, side_of_slot(&g->s, e->real, passed), emit_real(e, crnl_zig_tail), "");
    LLVMBuildStore(at, more, passed);
    LLVMBuildBr(at, draw);
    LLVMPositionBuilderAtEnd(at, beside);
    LLVMValueRef u = kern_random_uniform(e, g->rng);
    LLVMBuildCondBr(at, is_below(g, j, layer, u), drawn, draw);
    LLVMPositionBuilderAtEnd(at, drawn);
    return side_of_slot(&g->s, e->real, result);
}

/* ---- Steps --------------------------------------------------------------------------------------------- */

static void step(struct gpu *g)
{
    struct side *s = &g->s;
    struct side_vector *v = s->vector;
    LLVMBuilderRef at = s->b.e->builder;
    LLVMValueRef wait = exponential(g), choice = kern_random_uniform(s->b.e, g->rng);
    side_sum_up(s, v);
    side_select(s, v, choice);
    LLVMValueRef is_late = side_find_next(s, v, wait);
    leave_if(g, LLVMBuildNot(at, v->good, ""), GPU_ODD);
    leave_if(g, is_late, GPU_LATE);
    side_fire(s, v);
    if (s->has_laws) {
        leave_if(g, side_check_laws(s, v), GPU_ODD);
    }
    side_keep(s, v);
    if (s->n_items > 0) {
        side_see_all(s, v, v->next);
    }
    keep_stream(g);
}

static void begin_laws(struct gpu *g)
{
    struct side_vector *v = g->s.vector;
    LLVMValueRef bad = side_compute_laws(&g->s, v, v->amount);
    side_keep_laws(&g->s, v);
    leave_if(g, bad, GPU_ODD);
}

/* The loop over at most so many events. */
static void loop(struct gpu *g, LLVMValueRef most)
{
    struct side *s = &g->s;
    struct emit *e = s->b.e;
    LLVMBasicBlockRef head = emit_block(&s->b, "step");
    emit_enter(&s->b, head);
    step(g);
    LLVMValueRef n = LLVMBuildAdd(e->builder, side_of_slot(s, e->i64, g->done), emit_i64(e, 1), "");
    LLVMBuildStore(e->builder, n, g->done);
    if (s->m->n_asked > 0) {
        leave_if(g, side_turned(s, s->vector), GPU_TURNED);
    }
    LLVMBuildCondBr(e->builder, LLVMBuildICmp(e->builder, LLVMIntSLT, n, most, ""), head, s->leave);
}

static void make_tables(struct gpu *g)
{
    struct emit *e = g->s.b.e;
    g->limit = emit_blob(e, "zig_limit", crnl_zig_k, sizeof crnl_zig_k);
    g->width = emit_blob(e, "zig_width", crnl_zig_w, sizeof crnl_zig_w);
    g->height = emit_blob(e, "zig_height", crnl_zig_f, sizeof crnl_zig_f);
}

/* How many events the lane makes in this launch; leaves if none. */
static LLVMValueRef find_most(struct gpu *g, LLVMValueRef most)
{
    struct side *s = &g->s;
    LLVMBuilderRef at = s->b.e->builder;
    LLVMTypeRef word = s->b.e->i64;
    LLVMValueRef end = side_load(s, word, bytes_of(g->rows.end), s->vector);
    LLVMValueRef left = side_load(s, word, bytes_of(g->rows.left), s->vector);
    LLVMValueRef is_less = LLVMBuildICmp(at, LLVMIntSLT, left, most, "");
    most = LLVMBuildSelect(at, is_less, left, most, "");
    LLVMValueRef goes_on = LLVMBuildICmp(at, LLVMIntEQ, end, emit_i64(s->b.e, GPU_GOES_ON), "");
    LLVMValueRef has_any = LLVMBuildICmp(at, LLVMIntSGT, most, emit_i64(s->b.e, 0), "");
    LLVMBasicBlockRef go = emit_block(&s->b, "go"), rest = emit_block(&s->b, "rest");
    LLVMBuildCondBr(at, LLVMBuildAnd(at, goes_on, has_any, ""), go, rest);
    LLVMPositionBuilderAtEnd(at, rest);
    LLVMBuildRetVoid(at);
    LLVMPositionBuilderAtEnd(at, go);
    return most;
}

static void store_lane(struct gpu *g)
{
    struct side *s = &g->s;
    struct emit *e = s->b.e;
    LLVMPositionBuilderAtEnd(e->builder, s->leave);
    side_store_vector(s, s->vector);
    if (s->n_items > 0) {
        side_store_watched(s, s->vector);
    }
    move_stream(g, true);
    LLVMValueRef left = side_load(s, e->i64, bytes_of(g->rows.left), s->vector);
    left = LLVMBuildSub(e->builder, left, side_of_slot(s, e->i64, g->done), "");
    side_store(s, left, bytes_of(g->rows.left), s->vector);
    side_store(s, side_of_slot(s, e->i64, g->end), bytes_of(g->rows.end), s->vector);
    LLVMBuildRetVoid(e->builder);
}

void kern_emit_gpu(struct emit *e, const struct plan *plan)
{
    LLVMTypeRef types[] = {e->ptr, e->i64};
    LLVMValueRef f =
        emit_function(e, GPU_KERNEL, LLVMFunctionType(e->none, types, 2, false), LLVMExternalLinkage);
    LLVMSetFunctionCallConv(f, LLVMPTXKernelCallConv);
    struct emit_cache cache;
    emit_cache_init(&cache, plan->net->ex);
    struct gpu g = {.rows = crnl_gpu_rows(&plan->model)};
    struct side *s = &g.s;
    *s = (struct side){
        .plan = plan,
        .m = &plan->model,
        .lanes = KERN_ONE,
        .number = kern_lanes_number(e, KERN_ONE),
        .place = {bytes_of(g.rows.x), bytes_of(g.rows.k), bytes_of(g.rows.inv_volume), bytes_of(g.rows.t),
                  bytes_of(g.rows.t_stop), bytes_of(g.rows.t_next), bytes_of(g.rows.held),
                  bytes_of(g.rows.watched), bytes_of(g.rows.events), bytes_of(1)},
        .load_parameter = load_parameter,
    };
    side_init(s, e, &cache, f);
    side_find_items(s);
    for (int i = 0; i < 4; i++) {
        g.rng[i] = emit_slot(&s->b, TYPE_INT);
        g.kept[i] = emit_slot(&s->b, TYPE_INT);
    }
    g.done = emit_slot(&s->b, TYPE_INT);
    g.end = emit_slot(&s->b, TYPE_INT);
    make_tables(&g);
    find_lane(&g, LLVMGetParam(f, 0));
    LLVMValueRef most = find_most(&g, LLVMGetParam(f, 1));
    LLVMBuildStore(e->builder, emit_i64(e, 0), g.done);
    LLVMBuildStore(e->builder, emit_i64(e, GPU_GOES_ON), g.end);
    s->vector[0].live = emit_bool(e, true);
    side_load_vector(s, s->vector);
    if (s->m->n_reactions + s->m->n_species <= MOST_IN_REGISTERS) {
        side_load_constants(s, s->vector);
    }
    if (s->n_items > 0) {
        side_load_watched(s, s->vector);
    }
    move_stream(&g, false);
    if (s->has_laws) {
        begin_laws(&g);
    }
    loop(&g, most);
    store_lane(&g);
    emit_body_finish(&s->b);
    emit_cache_free(&cache);
}
