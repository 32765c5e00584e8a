/* Runs decoded PTX. Arithmetic is that of the CPU's doubles, so this is compiled with -ffp-contract=off. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx.h"

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define SIGN (UINT64_C(1) << 63)

static double real_of(uint64_t v)
{
    double x;
    memcpy(&x, &v, sizeof x);
    return x;
}

static uint64_t bits_of(double x)
{
    uint64_t v;
    memcpy(&v, &x, sizeof v);
    return v;
}

/* One that is not a number gives way to the other, and -0 is less than 0. */
static uint64_t lesser(uint64_t a, uint64_t b)
{
    double x = real_of(a), y = real_of(b);
    if (isnan(x) || isnan(y)) {
        return isnan(x) ? b : a;
    }
    if (x == y) {
        return signbit(x) ? a : b;
    }
    return x < y ? a : b;
}

/* PTX does not define a division by zero; processors give all ones. */
static uint64_t quotient(int64_t a, int64_t b)
{
    if (b == 0 || b == -1) {
        return b == 0 ? UINT64_MAX : -(uint64_t)a;
    }
    return (uint64_t)(a / b);
}

/* What is out of range becomes the nearest integer of the type. */
static uint64_t integer_of(double x, int bits, bool is_signed)
{
    int128 top = (int128)1 << (bits - 1), least = is_signed ? -top : 0,
           most = is_signed ? top - 1 : 2 * top - 1;
    int128 value = isnan(x) ? top : x <= (double)least ? least : x >= (double)most ? most : (int128)x;
    return (uint64_t)value;
}

static void tell(const struct launch *l, const struct instruction *i, const uint64_t *R, uint64_t at)
{
    int length;
    const char *text = ptx_line(l->module->text, i->line, &length);
    fprintf(stderr, "stand-in: block %" PRIu64 ", thread %" PRIu64 ": bad address 0x%" PRIx64 "\n",
            R[SLOT_CTAID], R[SLOT_TID], at);
    fprintf(stderr, "  line %d of the PTX: %.*s\n", i->line, length, text);
}

#define A       R[i->r[1]]
#define B       R[i->r[2]]
#define C       R[i->r[3]]
#define U64(v)  (v)
#define S64(v)  ((int64_t)(v))
#define U32(v)  ((uint32_t)(v))
#define S32(v)  ((int32_t)(v))
#define F64(v)  real_of(v)
#define W64(v)  ((uint64_t)(v))
#define W32(v)  ((uint32_t)(v))
#define WF64(v) bits_of(v)

/* A flat switch, one case for each operation. R is the frame of the thread. */
static enum outcome run_thread(struct launch *l, uint64_t *R)
{
    const struct instruction *code = l->module->code, *i = code;
    const struct memory *memory = l->memory;
    uint64_t steps = 0, at = 0;
    unsigned char *place = NULL;
    for (;; i++) {
        steps++;
        switch (i->op) {
#define OP(name, operands, value)       \
    case OP_##name:                     \
        R[i->r[0]] = (uint64_t)(value); \
        break;
#define PLACE(k, bytes)                      \
    at = R[i->r[k]] + (uint64_t)i->offset;   \
    place = memory_bytes(memory, at, bytes); \
    if (!place || (at & (bytes - 1)) != 0) { \
        goto stopped;                        \
    }
#define LOAD(name, operands, bytes)        \
    case OP_##name:                        \
        PLACE(1, bytes)                    \
        R[i->r[0]] = 0;                    \
        memcpy(&R[i->r[0]], place, bytes); \
        break;
#define STORE(name, operands, bytes)       \
    case OP_##name:                        \
        PLACE(0, bytes)                    \
        memcpy(place, &R[i->r[1]], bytes); \
        break;
#include "ptx_ops.def"
        case OP_bra_if: i = R[i->r[0]] ? code + i->offset - 1 : i; break;
        case OP_bra_unless: i = R[i->r[0]] ? i : code + i->offset - 1; break;
        case OP_bra: i = code + i->offset - 1; break;
        case OP_ret: l->steps += steps; return RUN_DONE;
        }
    }
stopped:
    l->steps += steps;
    tell(l, i, R, at);
    return place ? RUN_MISALIGNED : RUN_BAD_ADDRESS;
}

static void begin_thread(const struct launch *l, uint64_t *R, unsigned block, unsigned thread)
{
    const struct module *m = l->module;
    memcpy(R, m->slots, m->n_slots * sizeof *R);
    R[SLOT_TID] = thread;
    R[SLOT_NTID] = l->threads;
    R[SLOT_CTAID] = block;
    R[SLOT_NCTAID] = l->blocks;
    for (size_t k = 0; k < m->n_parameters; k++) {
        memcpy(&R[m->parameters + k], l->parameters[k], sizeof *R);
    }
}

enum outcome ptx_run(struct launch *l)
{
    uint64_t *R = had(malloc(l->module->n_slots * sizeof *R));
    enum outcome outcome = RUN_DONE;
    for (unsigned block = 0; block < l->blocks; block++) {
        for (unsigned thread = 0; !outcome && thread < l->threads; thread++) {
            begin_thread(l, R, block, thread);
            outcome = run_thread(l, R);
        }
    }
    free(R);
    return outcome;
}
