/* Runs decoded PTX: a frame of slots for each call, a switch over the operations. Arithmetic is that of the
 * CPU's doubles, so this file has to be compiled with -ffp-contract=off. */
#define _XOPEN_SOURCE 700
#include "ptx.h"

#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define SIGN64      UINT64_C(0x8000000000000000)
#define SIGN32      UINT64_C(0x80000000)
#define SLOTS_ROOM  (UINT64_C(1) << 19) /* of all frames of a thread */
#define PARAMS_ROOM (UINT64_C(1) << 20) /* bytes */
#define LOCAL_ROOM  (UINT64_C(512) << 10)
#define LOCAL_START 1024 /* a null pointer is not one into local memory */
#define JUNK        0xa5 /* what memory holds that nobody has written */
#define DEPTH_LIMIT 1000

struct machine {
    struct launch *launch;
    uint64_t *slots;
    unsigned char *params, *local_bytes;
    size_t slots_used, params_used;
    struct region local;
    uint64_t special[SLOT_CARRY];
    uint64_t thread_start; /* steps of the launch before this thread */
    int depth;
    enum outcome outcome;
};

/* what a function ends with */
enum end { END_RETURN, END_EXIT, END_ERROR };

static double as_f64(uint64_t v)
{
    double x;
    memcpy(&x, &v, sizeof x);
    return x;
}

static uint64_t of_f64(double x)
{
    uint64_t v;
    memcpy(&v, &x, sizeof v);
    return v;
}

static float as_f32(uint64_t v)
{
    uint32_t w = (uint32_t)v;
    float x;
    memcpy(&x, &w, sizeof x);
    return x;
}

static uint64_t of_f32(float x)
{
    uint32_t w;
    memcpy(&w, &x, sizeof w);
    return w;
}

/* one that is not a number gives way to the other, and -0 is less than +0 */
static double lesser(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? a : b;
    return a < b ? a : b;
}

static double greater(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    if (a == b)
        return signbit(a) ? b : a;
    return a > b ? a : b;
}

/* division by zero is not defined in PTX: a GPU gives all ones */
static uint64_t divided(int64_t a, int64_t b)
{
    if (b == 0)
        return ~UINT64_C(0);
    return b == -1 ? -(uint64_t)a : (uint64_t)(a / b);
}

static uint64_t remaining(int64_t a, int64_t b)
{
    if (b == 0)
        return (uint64_t)a;
    return b == -1 ? 0 : (uint64_t)(a % b);
}

static uint64_t cut(uint64_t v, int bits)
{
    return bits == 64 ? v : v & ((UINT64_C(1) << bits) - 1);
}

static uint64_t extended(uint64_t v, int bits)
{
    v = cut(v, bits);
    uint64_t sign = UINT64_C(1) << (bits - 1);
    return (v ^ sign) - sign;
}

static uint64_t carried(uint64_t *R, uint64_t a, uint64_t b, uint64_t carry, int bits)
{
    uint128 sum = (uint128)a + b + carry;
    R[SLOT_CARRY] = (uint64_t)(sum >> bits);
    return cut((uint64_t)sum, bits);
}

static uint64_t uncarried(uint64_t a, uint64_t b, uint64_t carry, int bits)
{
    return cut(a + b + carry, bits);
}

static uint64_t borrowed(uint64_t *R, uint64_t a, uint64_t b, uint64_t borrow, int bits)
{
    R[SLOT_CARRY] = (uint128)b + borrow > a;
    return cut(a - b - borrow, bits);
}

static uint64_t unborrowed(uint64_t a, uint64_t b, uint64_t borrow, int bits)
{
    return cut(a - b - borrow, bits);
}

static uint64_t reversed(uint64_t v, int bits)
{
    uint64_t result = 0;
    for (int k = 0; k < bits; k++)
        result |= (v >> k & 1) << (bits - 1 - k);
    return result;
}

static uint64_t leading_zeros(uint64_t v, int bits)
{
    return v == 0 ? (uint64_t)bits : (uint64_t)(__builtin_clzll(v) - (64 - bits));
}

static uint64_t ones(uint64_t v)
{
    return (uint64_t)__builtin_popcountll(v);
}

/* prmt: each nibble of c picks a byte of b:a, or with its high bit set the sign of that byte */
static uint64_t permuted(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t both = b << 32 | a, result = 0;
    for (int k = 0; k < 4; k++) {
        uint64_t pick = c >> (4 * k) & 15, byte = both >> (8 * (pick & 7)) & 0xff;
        if (pick & 8)
            byte = byte & 0x80 ? 0xff : 0;
        result |= byte << (8 * k);
    }
    return result;
}

/* bfe: c bits of a from bit b on; what lies above them or above a is the sign, or 0 */
static uint64_t extracted(uint64_t a, uint64_t b, uint64_t c, int bits, bool is_signed)
{
    int at = (int)(b & 0xff), length = (int)(c & 0xff),
        top = at + length - 1 < bits - 1 ? at + length - 1 : bits - 1;
    uint64_t sign = is_signed && length > 0 ? a >> top & 1 : 0, result = 0;
    for (int k = 0; k < bits; k++)
        result |= (k < length && at + k < bits ? a >> (at + k) & 1 : sign) << k;
    return result;
}

/* bfi: b with its bits from c on, length of them, taken from a */
static uint64_t inserted(uint64_t a, uint64_t b, uint64_t c, uint64_t length, int bits)
{
    int at = (int)(c & 0xff);
    uint64_t result = b;
    for (int k = 0; k < (int)(length & 0xff) && at + k < bits; k++)
        result = (result & ~(UINT64_C(1) << (at + k))) | (a >> k & 1) << (at + k);
    return result;
}

static double to_integral(double x, enum rounding rounding)
{
    switch (rounding) {
    case ROUND_NI: return nearbyint(x);
    case ROUND_ZI: return trunc(x);
    case ROUND_MI: return floor(x);
    case ROUND_PI: return ceil(x);
    default: return x;
    }
}

/* what is out of range becomes the nearest integer of the type */
static uint64_t float_to_integer(double x, struct type to, int from_bits)
{
    int bits = to.bits;
    if (isnan(x))
        return from_bits == 64 || bits == 64 ? UINT64_C(1) << (bits - 1) : 0;
    double limit = ldexp(1, to.kind == 's' ? bits - 1 : bits);
    if (to.kind == 's') {
        if (x >= limit)
            return (UINT64_C(1) << (bits - 1)) - 1;
        return x <= -limit ? UINT64_C(1) << (bits - 1) : (uint64_t)(int64_t)x;
    }
    if (x >= limit)
        return cut(~UINT64_C(0), bits);
    return x <= 0 ? 0 : (uint64_t)x;
}

/* v is a number of type from, an integer or a double, that is to become a float or a double */
static uint64_t to_float(uint64_t v, struct type from, struct type to, enum rounding rounding)
{
    static const int modes[] = {
        [ROUND_N] = FE_TONEAREST, [ROUND_Z] = FE_TOWARDZERO, [ROUND_M] = FE_DOWNWARD, [ROUND_P] = FE_UPWARD};
    volatile uint64_t u = v; /* volatile, so that nothing is computed before the rounding is set */
    volatile int64_t s = (int64_t)v;
    volatile double d = as_f64(v);
    volatile double wide;
    volatile float narrow;
    bool special = rounding > ROUND_N && rounding <= ROUND_P;
    if (special)
        fesetround(modes[rounding]);
    if (to.bits == 64)
        wide = from.kind == 'f' ? d : from.kind == 's' ? (double)s : (double)u, narrow = 0;
    else
        narrow = from.kind == 'f' ? (float)d : from.kind == 's' ? (float)s : (float)u, wide = 0;
    if (special)
        fesetround(FE_TONEAREST);
    return to.bits == 64 ? of_f64(wide) : of_f32(narrow);
}

static uint64_t convert_float(const struct instruction *i, uint64_t v)
{
    double x = to_integral(i->from.bits == 64 ? as_f64(v) : (double)as_f32(v), i->rounding);
    if (i->type.kind != 'f') {
        uint64_t result = float_to_integer(x, i->type, i->from.bits);
        return (i->type.kind == 's' ? extended(result, i->type.bits) : result) & i->mask[0];
    }
    if (i->flag)
        x = isnan(x) || x <= 0 ? 0 : x > 1 ? 1 : x;
    return to_float(of_f64(x), (struct type){'f', 64}, i->type, i->rounding);
}

static uint64_t convert(const struct instruction *i, uint64_t v)
{
    if (i->from.kind == 'f')
        return convert_float(i, v);
    v = i->from.kind == 's' ? extended(v, i->from.bits) : cut(v, i->from.bits);
    if (i->type.kind == 'f')
        return to_float(v, i->from, i->type, i->rounding);
    v = i->type.kind == 's' ? extended(v, i->type.bits) : cut(v, i->type.bits);
    return v & i->mask[0];
}

static void stopped(struct machine *m, const struct instruction *i, enum outcome outcome, const char *format,
                    ...)
{
    const uint64_t *s = m->special;
    int length;
    const char *text = ptx_line(m->launch->module, i->line, &length);
    fprintf(stderr,
            "stand-in: kernel %s, block %" PRIu64 ",%" PRIu64 ",%" PRIu64 ", thread %" PRIu64 ",%" PRIu64
            ",%" PRIu64 ": ",
            m->launch->function->name, s[SLOT_CTAID], s[SLOT_CTAID + 1], s[SLOT_CTAID + 2], s[SLOT_TID],
            s[SLOT_TID + 1], s[SLOT_TID + 2]);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n  line %d of the PTX: %.*s\n", i->line, length, text);
    m->outcome = outcome;
}

static void bad_address(struct machine *m, const struct instruction *i, uint64_t at, uint64_t bytes,
                        const struct region *r)
{
    if (r == NULL)
        stopped(m, i, RUN_BAD_ADDRESS, "%" PRIu64 " bytes at 0x%" PRIx64 ", where no memory is", bytes, at);
    else
        stopped(m, i, RUN_BAD_ADDRESS,
                "%" PRIu64 " bytes at 0x%" PRIx64 ", which is %" PRIu64
                " bytes from the start of %s of %" PRIu64 " bytes",
                bytes, at, at - r->at,
                r->space == SPACE_LOCAL   ? "local memory"
                : r->space == SPACE_CONST ? "a constant"
                : r->allocated            ? "an allocation"
                                          : "a variable",
                r->size);
}

static bool inside(const struct region *r, uint64_t at, uint64_t bytes)
{
    uint64_t from_start = at - r->at;
    return from_start < r->size && bytes <= r->size - from_start;
}

/* the bytes of an access, or NULL after a message */
static unsigned char *access_bytes(struct machine *m, struct instruction *i, uint64_t at, uint64_t bytes)
{
    if (i->space == SPACE_LOCAL)
        at += LOCAL_WINDOW;
    else if (i->space == SPACE_CONST)
        at += CONST_WINDOW;
    struct region *r = i->hit;
    if (r == NULL || !inside(r, at, bytes)) {
        r = at - LOCAL_WINDOW < WINDOW_SIZE ? &m->local : memory_find(m->launch->memory, at);
        if (r == NULL || !inside(r, at, bytes) || (i->space != SPACE_GENERIC && i->space != r->space) ||
            (i->op != OP_ld && r->space == SPACE_CONST)) {
            bad_address(m, i, at, bytes, r);
            return NULL;
        }
        i->hit = r;
    }
    if (at & (bytes - 1)) {
        stopped(m, i, RUN_MISALIGNED, "0x%" PRIx64 " is not a multiple of %" PRIu64, at, bytes);
        return NULL;
    }
    return r->bytes + (at - r->at);
}

static uint64_t fetch(const unsigned char *bytes, int bits)
{
    uint64_t v = 0; /* little-endian, as GPUs are and this CPU is */
    memcpy(&v, bytes, (size_t)bits / 8);
    return v;
}

/* ld and st; params are the bytes of this frame's */
static bool transfer(struct machine *m, const struct function *f, struct instruction *i, uint64_t *R,
                     unsigned char *params)
{
    uint64_t at = R[i->r[4]] + (uint64_t)i->offset, bytes = i->type.bits / 8u, all = bytes * i->count;
    unsigned char *memory;
    if (i->space != SPACE_PARAM)
        memory = access_bytes(m, i, at, all);
    else if (at < f->param_bytes && all <= f->param_bytes - at)
        memory = params + at;
    else
        memory = NULL, bad_address(m, i, at, all, NULL);
    if (memory == NULL)
        return false;
    for (int k = 0; k < i->count; k++, memory += bytes) {
        if (i->op == OP_st) {
            memcpy(memory, &R[i->r[k]], bytes);
        } else if (i->r[k] != SLOT_NONE) {
            uint64_t v = fetch(memory, i->type.bits);
            R[i->r[k]] = (i->type.kind == 's' ? extended(v, i->type.bits) : v) & i->mask[k];
        }
    }
    return true;
}

static uint64_t atomic_result(const struct instruction *i, uint64_t old, uint64_t b, uint64_t c)
{
    bool less = i->type.kind == 's'
                    ? (int64_t)extended(old, i->type.bits) < (int64_t)extended(b, i->type.bits)
                    : old < b;
    switch ((enum atomic)i->atomic) {
    case ATOM_add:
        if (i->type.kind == 'f')
            return i->type.bits == 64 ? of_f64(as_f64(old) + as_f64(b)) : of_f32(as_f32(old) + as_f32(b));
        return old + b;
    case ATOM_and: return old & b;
    case ATOM_or: return old | b;
    case ATOM_xor: return old ^ b;
    case ATOM_exch: return b;
    case ATOM_min: return less ? old : b;
    case ATOM_max: return less ? b : old;
    case ATOM_cas: return old == b ? c : old;
    }
    return old;
}

static bool atomic(struct machine *m, struct instruction *i, uint64_t *R)
{
    uint64_t bytes = i->type.bits / 8u;
    unsigned char *memory = access_bytes(m, i, R[i->r[4]] + (uint64_t)i->offset, bytes);
    if (memory == NULL)
        return false;
    uint64_t old = fetch(memory, i->type.bits);
    uint64_t new = atomic_result(i, old, R[i->r[1]], i->atomic == ATOM_cas ? R[i->r[2]] : 0);
    memcpy(memory, &new, bytes);
    if (i->r[0] != SLOT_NONE)
        R[i->r[0]] = old;
    return true;
}

static void pack(const struct instruction *i, uint64_t *R)
{
    uint64_t v = 0;
    for (int k = 0; k < i->count; k++)
        v |= R[i->r[k + 1]] << (k * i->type.bits);
    R[i->r[0]] = v;
}

static void unpack(const struct instruction *i, uint64_t *R)
{
    uint64_t v = R[i->r[4]];
    for (int k = 0; k < i->count; k++) {
        if (i->r[k] != SLOT_NONE)
            R[i->r[k]] = cut(v >> (k * i->type.bits), i->type.bits);
    }
}

static enum end execute(struct machine *m, const struct function *f, uint64_t *R, unsigned char *params);

/* A frame on top of the stacks: its slots with the thread's special registers, its parameters, its local
 * variables. NULL after a message if there is no room. */
static uint64_t *frame_push(struct machine *m, const struct function *f, const struct instruction *at)
{
    uint64_t depot = m->local.at + m->local.size - LOCAL_WINDOW;
    if (f->depot_align > 1)
        depot = (depot + f->depot_align - 1) / f->depot_align * f->depot_align;
    uint64_t local_end = depot + f->depot_bytes - LOCAL_START;
    if (m->slots_used + f->slot_count > SLOTS_ROOM || m->params_used + f->param_bytes + 8 > PARAMS_ROOM ||
        local_end > LOCAL_ROOM || m->depth >= DEPTH_LIMIT) {
        stopped(m, at, RUN_FAILED, "the stack is full");
        return NULL;
    }
    uint64_t *R = m->slots + m->slots_used;
    memcpy(R, f->slots, f->slot_count * sizeof *R);
    memcpy(R, m->special, sizeof m->special);
    R[SLOT_DEPOT] = depot;
    if (local_end > m->local.size)
        memset(m->local_bytes + m->local.size, JUNK, local_end - m->local.size);
    m->local.size = local_end;
    m->slots_used += f->slot_count;
    m->params_used += (f->param_bytes + 7u) / 8 * 8;
    m->depth++;
    return R;
}

static enum end call(struct machine *m, const struct function *f, const struct instruction *i,
                     unsigned char *params)
{
    const struct call *c = &f->calls[i->offset];
    const struct function *callee = c->callee;
    size_t slots_used = m->slots_used, params_used = m->params_used;
    uint64_t local_size = m->local.size;
    unsigned char *callee_params = m->params + params_used;
    uint64_t *R = frame_push(m, callee, i);
    if (R == NULL)
        return END_ERROR;
    for (size_t k = 0; k < c->argument_count; k++)
        memcpy(callee_params + callee->params[k].at, params + c->arguments[k].at, callee->params[k].size);
    enum end end = execute(m, callee, R, callee_params);
    if (c->result != NULL)
        memcpy(params + c->result->at, callee_params + callee->result.at, callee->result.size);
    m->slots_used = slots_used;
    m->params_used = params_used;
    m->local.size = local_size;
    m->depth--;
    return end;
}

static bool may_go_on(struct machine *m, const struct instruction *i, uint64_t steps)
{
    uint64_t limit = m->launch->step_limit;
    if (limit == 0 || m->launch->steps + steps - m->thread_start <= limit)
        return true;
    stopped(m, i, RUN_TOO_LONG, "more than %" PRIu64 " instructions (STAND_IN_STEPS)", limit);
    return false;
}

#define A       R[i->r[1]]
#define B       R[i->r[2]]
#define C       R[i->r[3]]
#define E       R[i->r[4]]
#define U64(v)  (v)
#define S64(v)  ((int64_t)(v))
#define U32(v)  ((uint32_t)(v))
#define S32(v)  ((int32_t)(v))
#define U16(v)  ((uint16_t)(v))
#define S16(v)  ((int16_t)(v))
#define F64(v)  as_f64(v)
#define F32(v)  as_f32(v)
#define W64(v)  ((uint64_t)(v))
#define W32(v)  ((uint32_t)(v))
#define W16(v)  ((uint16_t)(v))
#define WF64(v) of_f64(v)
#define WF32(v) of_f32(v)

/* A flat switch, one case for each operation. */
static enum end execute(struct machine *m, const struct function *f, uint64_t *R, unsigned char *params)
{
    struct instruction *code = f->code, *i = code;
    uint64_t steps = 0;
    enum end end = END_ERROR;
    for (;; i++) {
        steps += i->cost;
        switch ((enum op)i->op) {
#define OP(name, operands, ...)               \
    case OP_##name:                           \
        R[i->r[0]] = (uint64_t)(__VA_ARGS__); \
        break;
#include "ptx_ops.def"
#undef OP
        case OP_skip_unless:
            if (R[i->r[0]] != i->flag) {
                i += i->offset;
                steps++; /* a GPU issues it, too */
            }
            break;
        case OP_bra_if:
            if (R[i->r[0]] != i->flag)
                break;
            /* fall through */
        case OP_bra:
            if (!may_go_on(m, i, steps))
                goto ended;
            i = code + i->offset - 1;
            break;
        case OP_brx:
            if (R[i->r[0]] >= f->branches[i->offset].count) {
                stopped(m, i, RUN_FAILED, "no target %" PRIu64, R[i->r[0]]);
                goto ended;
            }
            i = code + f->branches[i->offset].targets[R[i->r[0]]] - 1;
            break;
        case OP_call:
            m->launch->steps += steps;
            steps = 0;
            end = call(m, f, i, params);
            if (end != END_RETURN)
                goto ended;
            end = END_ERROR;
            break;
        case OP_ret: end = END_RETURN; goto ended;
        case OP_exit: end = END_EXIT; goto ended;
        case OP_trap: stopped(m, i, RUN_FAILED, "trap"); goto ended;
        case OP_nothing: break;
        case OP_cvt: R[i->r[0]] = convert(i, A); break;
        case OP_pack: pack(i, R); break;
        case OP_unpack: unpack(i, R); break;
        case OP_ld:
        case OP_st:
            if (!transfer(m, f, i, R, params))
                goto ended;
            break;
        case OP_atom:
            if (!atomic(m, i, R))
                goto ended;
            break;
        }
    }
ended:
    m->launch->steps += steps;
    return end;
}

static bool run_thread(struct machine *m)
{
    const struct function *f = m->launch->function;
    m->slots_used = m->params_used = 0;
    m->local.size = 0;
    m->depth = 0;
    m->thread_start = m->launch->steps;
    uint64_t *R = frame_push(m, f, f->code);
    if (R == NULL)
        return false;
    const struct param *last = f->param_count > 0 ? &f->params[f->param_count - 1] : NULL;
    if (last != NULL)
        memcpy(m->params, m->launch->params, last->at + last->size);
    return execute(m, f, R, m->params) != END_ERROR;
}

static bool run_block(struct machine *m)
{
    const uint32_t *size = m->launch->block;
    for (uint32_t z = 0, rank = 0; z < size[2]; z++) {
        for (uint32_t y = 0; y < size[1]; y++) {
            for (uint32_t x = 0; x < size[0]; x++, rank++) {
                m->special[SLOT_TID] = x;
                m->special[SLOT_TID + 1] = y;
                m->special[SLOT_TID + 2] = z;
                m->special[SLOT_LANE] = rank % 32;
                m->special[SLOT_WARP] = rank / 32;
                if (!run_thread(m))
                    return false;
            }
        }
    }
    return true;
}

static void run_grid(struct machine *m)
{
    const uint32_t *size = m->launch->grid;
    for (uint32_t z = 0; z < size[2]; z++) {
        for (uint32_t y = 0; y < size[1]; y++) {
            for (uint32_t x = 0; x < size[0]; x++) {
                m->special[SLOT_CTAID] = x;
                m->special[SLOT_CTAID + 1] = y;
                m->special[SLOT_CTAID + 2] = z;
                if (!run_block(m))
                    return;
            }
        }
    }
}

enum outcome ptx_run(struct launch *launch)
{
    struct machine m = {.launch = launch, .outcome = RUN_DONE};
    m.slots = malloc(SLOTS_ROOM * sizeof *m.slots);
    m.params = malloc(PARAMS_ROOM);
    m.local_bytes = malloc(LOCAL_ROOM);
    m.local = (struct region){.at = LOCAL_WINDOW + LOCAL_START, .bytes = m.local_bytes, .space = SPACE_LOCAL};
    for (int k = 0; k < 3; k++) {
        m.special[SLOT_NTID + k] = launch->block[k];
        m.special[SLOT_NCTAID + k] = launch->grid[k];
    }
    launch->steps = 0;
    ptx_forget_hits(launch->module); /* they may point to memory that was freed, or to m of another launch */
    if (m.slots == NULL || m.params == NULL || m.local_bytes == NULL)
        m.outcome = RUN_NO_MEMORY;
    else
        run_grid(&m);
    free(m.slots);
    free(m.params);
    free(m.local_bytes);
    return m.outcome;
}
