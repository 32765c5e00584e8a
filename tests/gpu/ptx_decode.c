/* One instruction of PTX to one struct instruction, sometimes to a few: the words of its name choose the
 * operation, the letters of ptx_ops.def say what its operands have to be. */
#define _XOPEN_SOURCE 700
#include "ptx_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *operands;
} ops[] = {
#define OP(name, operands, ...) {#name, operands},
#include "ptx_ops.def"
#undef OP
};
#define OP_COUNT (int)(sizeof ops / sizeof *ops)

#define WORDS_MAX 12
struct opcode {
    const char *whole, *words[WORDS_MAX]; /* "ld.global.f64" is ld, global, f64 */
    int count, line;
};

int32_t slot_new(struct decoder *d, uint64_t value)
{
    struct function *f = d->function;
    f->slots = grown(d, f->slots, f->slot_count, &f->slot_room, sizeof *f->slots);
    f->slots[f->slot_count] = value;
    return (int32_t)f->slot_count++;
}

/* A constant often shares a slot with an equal one before it: a call copies a frame, so it is to be small. */
static int32_t slot_constant(struct decoder *d, uint64_t value)
{
    struct constant *c = &d->constants[(value * UINT64_C(0x9e3779b97f4a7c15)) >> 56];
    if (c->slot == 0 || c->value != value)
        *c = (struct constant){value, slot_new(d, value)};
    return c->slot;
}

static struct instruction *emit(struct decoder *d, int line, int op)
{
    struct function *f = d->function;
    f->code = grown(d, f->code, f->code_count, &f->code_room, sizeof *f->code);
    struct instruction *i = &f->code[f->code_count++];
    *i = (struct instruction){.op = (uint16_t)op, .cost = 1, .line = line, .count = 1};
    return i;
}

static void emit_extra(struct decoder *d, int line, int op, int32_t result, int32_t a, int32_t b)
{
    struct instruction *i = emit(d, line, op);
    i->cost = 0;
    i->r[0] = result;
    i->r[1] = a;
    i->r[2] = b;
}

static uint64_t mask_of(struct type t)
{
    return t.bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << t.bits) - 1;
}

/* A type for a letter of ptx_ops.def; kind b stands for any. */
static struct type type_of_letter(char letter)
{
    switch (letter) {
    case 'D': return (struct type){'f', 64};
    case 'F': return (struct type){'f', 32};
    case 'L': return (struct type){'u', 64};
    case 'I': return (struct type){'u', 32};
    case 'H': return (struct type){'u', 16};
    case 'X': return (struct type){'b', 64};
    case 'W': return (struct type){'b', 32};
    case 'V': return (struct type){'b', 16};
    default: return (struct type){'p', 1};
    }
}

/* Whether a register may be an operand: integers are alike, and bits are like all. */
static bool agrees(struct type reg, struct type want, bool may_be_wider)
{
    bool integers = reg.kind != 'f' && want.kind != 'f';
    if ((reg.kind == 'p') != (want.kind == 'p'))
        return false;
    if (may_be_wider && integers && reg.bits >= want.bits)
        return true;
    return reg.bits == want.bits &&
           (reg.kind == want.kind || integers || reg.kind == 'b' || want.kind == 'b');
}

static struct name *register_find(struct decoder *d, const char *word, int32_t *slot)
{
    uint32_t index;
    struct name *n = name_find(d, word, &index);
    if (n == NULL || n->kind != NAME_REGISTER)
        return NULL;
    *slot = n->slot + (int32_t)index;
    return n;
}

/* A register of type want to read, or to write if a sink _ is allowed. mask, if not NULL, gets its width. */
static int32_t expect_register(struct decoder *d, struct type want, bool wider, bool sink, uint64_t *mask)
{
    int line = d->token.line;
    int32_t slot;
    char *word = expect_word(d, "a register");
    if (sink && strcmp(word, "_") == 0) {
        if (mask)
            *mask = mask_of(want);
        return slot_new(d, 0);
    }
    struct name *n = register_find(d, word, &slot);
    if (n == NULL)
        fail(d, line, "'%s' is not a register", word);
    if (!agrees(n->type, want, wider))
        fail(d, line, "'%s' is a register of type %c%d, not of %c%d", word, n->type.kind, n->type.bits,
             want.kind, want.bits);
    if (mask)
        *mask = mask_of(n->type);
    return slot;
}

static bool special_register(const char *word, int32_t *slot)
{
    static const struct {
        const char *name;
        int32_t slot;
    } table[] = {
        {"%tid.", SLOT_TID}, {"%ntid.", SLOT_NTID}, {"%ctaid.", SLOT_CTAID}, {"%nctaid.", SLOT_NCTAID}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        size_t n = strlen(table[k].name);
        if (strncmp(word, table[k].name, n) == 0 && word[n] >= 'x' && word[n] <= 'z' && word[n + 1] == 0) {
            *slot = table[k].slot + (word[n] - 'x');
            return true;
        }
    }
    *slot = strcmp(word, "%warpid") == 0 ? SLOT_WARP : SLOT_LANE;
    return strcmp(word, "%warpid") == 0 || strcmp(word, "%laneid") == 0;
}

/* The address that a name means in its state space; false if it is none. local: it counts from SLOT_DEPOT. */
static bool address_of(struct decoder *d, const char *word, uint64_t *address, enum space *space)
{
    struct name *n = name_find(d, word, &(uint32_t){0});
    if (n != NULL && n->kind != NAME_REGISTER) {
        *space = n->kind == NAME_LOCAL ? SPACE_LOCAL : SPACE_PARAM;
        *address = n->at;
        return true;
    }
    struct variable *v = variable_find(d, word);
    if (v == NULL)
        return false;
    *space = v->region->space;
    *address = v->region->at - (*space == SPACE_CONST ? CONST_WINDOW : 0);
    return true;
}

static int32_t address_operand(struct decoder *d, const char *word, int line)
{
    uint64_t address;
    enum space space;
    if (!address_of(d, word, &address, &space)) {
        if (function_find(d->module, word))
            fail(d, line, "the stand-in has no addresses of functions, like '%s'", word);
        fail(d, line, "'%s' is not declared", word);
    }
    if (is_sign(d, '+') || is_sign(d, '-'))
        address += (uint64_t)signed_number(d);
    int32_t constant = slot_constant(d, address);
    if (space != SPACE_LOCAL)
        return constant;
    int32_t sum = slot_new(d, 0);
    emit_extra(d, line, OP_add_i64, sum, SLOT_DEPOT, constant);
    return sum;
}

static int32_t immediate(struct decoder *d, struct type want)
{
    struct token t = d->token;
    if (t.kind == TOKEN_F64 || t.kind == TOKEN_F32) {
        int bits = t.kind == TOKEN_F64 ? 64 : 32;
        if (bits != want.bits || (want.kind != 'f' && want.kind != 'b'))
            fail(d, t.line, "a float of %d bits for an operand of type %c%d", bits, want.kind, want.bits);
        advance(d);
        return slot_constant(d, t.value);
    }
    int64_t value = signed_number(d);
    if (want.kind == 'f')
        fail(d, t.line, "an integer for an operand of type f%d", want.bits);
    if (want.kind == 'p')
        return slot_constant(d, value != 0);
    int bits = want.bits;
    if (bits < 64 && (value >= INT64_C(1) << bits || value < -(INT64_C(1) << (bits - 1))))
        fail(d, t.line, "%" PRId64 " has more than %d bits", value, bits);
    return slot_constant(d, (uint64_t)value & mask_of(want));
}

/* A source: a register, an immediate, a special register, an address. */
static int32_t source(struct decoder *d, struct type want, bool wider)
{
    if (d->token.kind != TOKEN_WORD)
        return immediate(d, want);
    int line = d->token.line;
    char *word = copied(d, d->token.at, d->token.length);
    int32_t slot;
    if (register_find(d, word, &slot))
        return expect_register(d, want, wider, false, NULL);
    advance(d);
    if (special_register(word, &slot)) {
        if (!agrees((struct type){'u', 32}, want, false))
            fail(d, line, "'%s' is of type u32, not %c%d", word, want.kind, want.bits);
        return slot;
    }
    if (strcmp(word, "WARP_SZ") == 0)
        return slot_constant(d, 32);
    if (want.bits != 64 || want.kind == 'f')
        fail(d, line, "'%s' is not an operand of type %c%d", word, want.kind, want.bits);
    return address_operand(d, word, line);
}

/* The operation of a name; kind gets u, s, b, f where the list has an x for it, else 0. */
static int op_find(const char *name, char *kind)
{
    char other[64];
    *kind = 0;
    for (int attempt = 0; attempt < 3; attempt++) {
        snprintf(other, sizeof other, "%s", name);
        for (char *s = strchr(other, '_'); attempt > 0 && s != NULL; s = strchr(s + 1, '_')) {
            if (strchr(attempt == 1 ? "us" : "busf", s[1]) && s[1] && s[2] >= '1' && s[2] <= '6') {
                *kind = attempt == 2 ? s[1] : 0;
                s[1] = attempt == 1 ? 'i' : 'x';
                break;
            }
        }
        for (int k = 0; k < OP_COUNT; k++) {
            if (strcmp(ops[k].name, other) == 0)
                return k;
        }
    }
    return -1;
}

static _Noreturn void unknown(struct decoder *d, const struct opcode *o)
{
    size_t n = strlen(o->words[0]);
    bool known = false;
    for (int k = 0; k < OP_COUNT; k++)
        known |= strncmp(ops[k].name, o->words[0], n) == 0 && ops[k].name[n] == '_';
    const char *last = o->words[o->count - 1];
    if (known && o->count == 2 && last[0] == 'f' && strstr("add sub mul", o->words[0]))
        fail(d, o->line, "'%s' without .rn may be contracted to fma by a GPU's assembler", o->whole);
    if (known)
        fail(d, o->line, "'%s' is not known with these modifiers and types", o->whole);
    fail(d, o->line, "Unknown instruction '%s'", o->whole);
}

static int op_of(struct decoder *d, const struct opcode *o, int leave_out, char *kind)
{
    char name[64];
    size_t n = 0;
    for (int k = 0; k < o->count; k++) {
        if (k != leave_out && n < sizeof name)
            n += (size_t)snprintf(name + n, sizeof name - n, "%s%s", k ? "_" : "", o->words[k]);
    }
    int op = n < sizeof name ? op_find(name, kind) : -1;
    if (op < 0)
        unknown(d, o);
    return op;
}

/* what a letter stands for where the list has an x: mov.f64 wants floats, mov.u64 integers */
static struct type operand_type(char letter, char kind)
{
    struct type t = type_of_letter(letter);
    if (t.kind == 'b' && kind != 0)
        t.kind = kind;
    return t;
}

static void decode_arithmetic(struct decoder *d, const struct opcode *o)
{
    char kind;
    int op = op_of(d, o, -1, &kind);
    const char *letters = ops[op].operands;
    int32_t r[5] = {0};
    r[0] = expect_register(d, operand_type(letters[0], kind), false, true, NULL);
    for (int k = 1; letters[k]; k++) {
        expect_sign(d, ',');
        r[k] = source(d, operand_type(letters[k], kind), false);
    }
    struct instruction *i = emit(d, o->line, op);
    memcpy(i->r, r, sizeof r);
}

static bool negated_predicate(struct decoder *d, int32_t *slot, int line)
{
    bool negated = accept_sign(d, '!');
    *slot = source(d, (struct type){'p', 1}, false);
    if (negated) {
        int32_t other = slot_new(d, 0);
        emit_extra(d, line, OP_not_pred, other, *slot, 0);
        *slot = other;
    }
    return negated;
}

/* setp.lt.f64 p|q, a, b; and setp.lt.and.f64 p|q, a, b, !c: q is for the opposite comparison */
static void decode_setp(struct decoder *d, const struct opcode *o)
{
    static const struct type predicate = {'p', 1};
    char kind;
    int combine = o->count < 4                      ? -1
                  : strcmp(o->words[2], "and") == 0 ? OP_and_pred
                  : strcmp(o->words[2], "or") == 0  ? OP_or_pred
                  : strcmp(o->words[2], "xor") == 0 ? OP_xor_pred
                                                    : -1;
    int op = op_of(d, o, combine < 0 ? -1 : 2, &kind);
    int32_t p = expect_register(d, predicate, false, true, NULL), q = SLOT_NONE, c = SLOT_NONE;
    if (accept_sign(d, '|'))
        q = expect_register(d, predicate, false, true, NULL);
    expect_sign(d, ',');
    int32_t a = source(d, type_of_letter(ops[op].operands[1]), false);
    expect_sign(d, ',');
    int32_t b = source(d, type_of_letter(ops[op].operands[2]), false);
    int32_t plain = combine < 0 && q == SLOT_NONE ? p : slot_new(d, 0);
    if (combine >= 0) {
        expect_sign(d, ',');
        negated_predicate(d, &c, o->line);
    }
    emit_extra(d, o->line, op, plain, a, b);
    d->function->code[d->function->code_count - 1].cost = 1;
    if (plain == p)
        return;
    int32_t opposite = slot_new(d, 0);
    emit_extra(d, o->line, OP_not_pred, opposite, plain, 0);
    emit_extra(d, o->line, combine < 0 ? OP_mov_pred : combine, p, plain, c);
    if (q != SLOT_NONE)
        emit_extra(d, o->line, combine < 0 ? OP_mov_pred : combine, q, opposite, c);
}

/* {a, b} of registers, or a single one; the number of them */
static int vector(struct decoder *d, struct type t, bool wider, bool write, int32_t *slots, uint64_t *masks)
{
    int n = 0;
    expect_sign(d, '{');
    do {
        if (n == 4)
            fail(d, d->token.line, "more than 4 parts");
        slots[n] = write ? expect_register(d, t, wider, true, masks ? &masks[n] : NULL) : source(d, t, wider);
        n++;
    } while (accept_sign(d, ','));
    expect_sign(d, '}');
    return n;
}

static int vector_bits(struct decoder *d, const struct opcode *o)
{
    struct type whole;
    if (o->count != 2 || !parse_type(o->words[1], &whole) || whole.kind != 'b' || whole.bits < 16)
        unknown(d, o);
    return whole.bits;
}

/* the number of parts is known behind them: it is looked up in the text */
static int parts_ahead(const struct decoder *d)
{
    int n = 1;
    for (const char *s = d->at; *s && *s != '}'; s++)
        n += *s == ',';
    return n;
}

static void decode_mov(struct decoder *d, const struct opcode *o)
{
    int32_t r[5] = {0};
    bool unpacks = is_sign(d, '{');
    if (!unpacks) {
        struct token before = d->token;
        const char *at = d->at;
        int line = d->line;
        advance(d);
        bool packs = is_sign(d, ',') && (advance(d), is_sign(d, '{'));
        d->token = before, d->at = at, d->line = line;
        if (!packs) {
            decode_arithmetic(d, o);
            return;
        }
    }
    int bits = vector_bits(d, o), n;
    struct type whole = {'b', (unsigned char)bits}, part = {'b', 0};
    if (unpacks) {
        part.bits = (unsigned char)(bits / parts_ahead(d));
        n = vector(d, part, false, true, r, NULL);
        expect_sign(d, ',');
        r[4] = source(d, whole, false);
    } else {
        r[0] = expect_register(d, whole, false, true, NULL);
        expect_sign(d, ',');
        part.bits = (unsigned char)(bits / parts_ahead(d));
        n = vector(d, part, false, false, r + 1, NULL);
    }
    if (n != 2 && n != 4)
        fail(d, o->line, "%d parts", n);
    struct instruction *i = emit(d, o->line, unpacks ? OP_unpack : OP_pack);
    memcpy(i->r, r, sizeof r);
    i->count = (unsigned char)n;
    i->type = part;
}

static enum rounding rounding_of(const char *word)
{
    static const char *const names[] = {"", "rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi"};
    for (size_t k = 1; k < sizeof names / sizeof *names; k++) {
        if (strcmp(word, names[k]) == 0)
            return (enum rounding)k;
    }
    return ROUND_NONE;
}

/* the rounding that PTX demands for a conversion: of integers to floats and to shorter floats one to a float,
 * of floats to integers one to an integer */
static bool rounding_fits(enum rounding rounding, struct type to, struct type from)
{
    bool to_float = to.kind == 'f', from_float = from.kind == 'f';
    if (from_float && to_float && to.bits == from.bits)
        return rounding == ROUND_NONE || rounding >= ROUND_NI;
    if (from_float && !to_float)
        return rounding >= ROUND_NI;
    if ((!from_float && to_float) || (to_float && to.bits < from.bits))
        return rounding >= ROUND_N && rounding <= ROUND_P;
    return rounding == ROUND_NONE;
}

static void decode_cvt(struct decoder *d, const struct opcode *o)
{
    struct type to, from;
    enum rounding rounding = ROUND_NONE;
    bool saturates = false;
    if (o->count < 3 || !parse_type(o->words[o->count - 2], &to) ||
        !parse_type(o->words[o->count - 1], &from) || to.kind == 'p' || from.kind == 'p' || to.kind == 'b' ||
        from.kind == 'b')
        unknown(d, o);
    for (int k = 1; k < o->count - 2; k++) {
        if (strcmp(o->words[k], "sat") == 0 && to.kind == 'f' && !saturates)
            saturates = true;
        else if (rounding != ROUND_NONE || (rounding = rounding_of(o->words[k])) == ROUND_NONE)
            unknown(d, o);
    }
    if (!rounding_fits(rounding, to, from))
        fail(d, o->line, "'%s' with a wrong rounding, or without one", o->whole);
    uint64_t mask;
    int32_t result = expect_register(d, to, true, true, &mask);
    expect_sign(d, ',');
    int32_t value = source(d, from, true);
    struct instruction *i = emit(d, o->line, OP_cvt);
    i->r[0] = result;
    i->r[1] = value;
    i->mask[0] = mask;
    i->type = to;
    i->from = from;
    i->rounding = (unsigned char)rounding;
    i->flag = saturates;
}

static enum space space_of(const char *word)
{
    return strcmp(word, "global") == 0  ? SPACE_GLOBAL
           : strcmp(word, "const") == 0 ? SPACE_CONST
           : strcmp(word, "local") == 0 ? SPACE_LOCAL
           : strcmp(word, "param") == 0 ? SPACE_PARAM
                                        : SPACE_GENERIC;
}

/* cvta.global.u64 makes a generic address of one of the space, cvta.to.global.u64 the reverse */
static void decode_cvta(struct decoder *d, const struct opcode *o)
{
    static const struct type address = {'u', 64};
    bool back = o->count == 4 && strcmp(o->words[1], "to") == 0;
    enum space space = o->count >= 3 ? space_of(o->words[o->count - 2]) : SPACE_GENERIC;
    if ((o->count != 3 && !back) || strcmp(o->words[o->count - 1], "u64") != 0 || space == SPACE_GENERIC ||
        space == SPACE_PARAM)
        unknown(d, o);
    int32_t result = expect_register(d, address, false, true, NULL);
    expect_sign(d, ',');
    int32_t value = source(d, address, false);
    uint64_t window = space == SPACE_LOCAL ? LOCAL_WINDOW : space == SPACE_CONST ? CONST_WINDOW : 0;
    int32_t distance = slot_constant(d, window);
    struct instruction *i = emit(d, o->line, back ? OP_sub_i64 : OP_add_i64);
    i->r[0] = result;
    i->r[1] = value;
    i->r[2] = distance;
}

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list && strcmp(word, *list) != 0)
        list++;
    return *list != NULL;
}

/* [register + 8], [name + 8], [8]: the slot and the offset, added to i once it is emitted */
static void address(struct decoder *d, int32_t *slot, int64_t *offset, enum space space)
{
    int line = d->token.line;
    *offset = 0;
    expect_sign(d, '[');
    if (d->token.kind == TOKEN_WORD) {
        char *word = expect_word(d, "an address");
        enum space other;
        uint64_t at;
        struct name *n = register_find(d, word, slot);
        if (n != NULL && !agrees(n->type, (struct type){'u', 64}, false))
            fail(d, line, "'%s' is not a register of 64 bits", word);
        if (n == NULL) {
            if (address_of(d, word, &at, &other) && other != space)
                fail(d, line, "'%s' is not in the state space of this instruction", word);
            *slot = address_operand(d, word, line);
        }
        if (is_sign(d, '+') || is_sign(d, '-'))
            *offset = signed_number(d);
    } else {
        *slot = slot_constant(d, (uint64_t)signed_number(d));
    }
    expect_sign(d, ']');
}

/* the words of ld, st, atom: a space, .v2 or .v4, a type at the end, and words on caches and order */
static struct instruction memory_words(struct decoder *d, const struct opcode *o, int op, int last)
{
    static const char *const ignored[] = {"volatile", "relaxed", "weak", "acquire", "release", "acq_rel",
                                          "cta",      "gpu",     "sys",  "nc",      "ca",      "cg",
                                          "cs",       "lu",      "cv",   "wb",      "wt",      NULL};
    struct instruction i = {.op = (uint16_t)op, .cost = 1, .line = o->line, .count = 1};
    if (o->count < 2 || !parse_type(o->words[o->count - 1], &i.type) || i.type.kind == 'p')
        unknown(d, o);
    for (int k = 1; k < last; k++) {
        enum space space = space_of(o->words[k]);
        if (space != SPACE_GENERIC && i.space == SPACE_GENERIC)
            i.space = (unsigned char)space;
        else if (strcmp(o->words[k], "v2") == 0 || strcmp(o->words[k], "v4") == 0)
            i.count = (unsigned char)(o->words[k][1] - '0');
        else if (!is_one_of(o->words[k], ignored))
            unknown(d, o);
    }
    if (i.count * i.type.bits > 128)
        fail(d, o->line, "more than 128 bits");
    return i;
}

static void decode_ld_st(struct decoder *d, const struct opcode *o)
{
    bool loads = strcmp(o->words[0], "ld") == 0;
    struct instruction i = memory_words(d, o, loads ? OP_ld : OP_st, o->count - 1);
    if (!loads && i.space == SPACE_CONST)
        fail(d, o->line, "a store to constants");
    if (!loads) {
        address(d, &i.r[4], &i.offset, (enum space)i.space);
        expect_sign(d, ',');
    }
    int n = 1;
    if (i.count > 1)
        n = vector(d, i.type, true, loads, i.r, i.mask);
    else if (loads)
        i.r[0] = expect_register(d, i.type, true, true, &i.mask[0]);
    else
        i.r[0] = source(d, i.type, true);
    if (n != i.count)
        fail(d, o->line, "%d parts instead of %d", n, i.count);
    if (loads) {
        expect_sign(d, ',');
        address(d, &i.r[4], &i.offset, (enum space)i.space);
    }
    *emit(d, o->line, i.op) = i;
}

static void decode_atom(struct decoder *d, const struct opcode *o)
{
    static const char *const names[] = {"add", "and", "or", "xor", "exch", "min", "max", "cas"};
    bool result = strcmp(o->words[0], "atom") == 0;
    int which = -1;
    for (int k = 0; o->count >= 3 && k < 8; k++) {
        if (strcmp(o->words[o->count - 2], names[k]) == 0)
            which = k;
    }
    if (which < 0 || (!result && which >= ATOM_exch && which != ATOM_min && which != ATOM_max))
        unknown(d, o);
    struct instruction i = memory_words(d, o, OP_atom, o->count - 2);
    if (i.type.bits < 32 || i.space == SPACE_CONST || i.space == SPACE_PARAM ||
        (i.type.kind == 'f' && which != ATOM_add))
        unknown(d, o);
    i.atomic = (unsigned char)which;
    i.r[0] = SLOT_NONE;
    if (result) {
        i.r[0] = expect_register(d, i.type, false, true, NULL);
        expect_sign(d, ',');
    }
    address(d, &i.r[4], &i.offset, (enum space)i.space);
    expect_sign(d, ',');
    i.r[1] = source(d, i.type, false);
    if (which == ATOM_cas) {
        expect_sign(d, ',');
        i.r[2] = source(d, i.type, false);
    }
    *emit(d, o->line, OP_atom) = i;
}

static void mention(struct decoder *d, int line, int32_t instruction, char *name)
{
    d->mentions = grown(d, d->mentions, d->mention_count, &d->mention_room, sizeof *d->mentions);
    d->mentions[d->mention_count++] =
        (struct mention){.name = name, .line = line, .instruction = instruction, .branches = -1};
}

/* bra L, with a guard in the branch itself; brx.idx r, L, where L is a label of .branchtargets */
static void decode_branch(struct decoder *d, const struct opcode *o, int32_t guard, bool wanted)
{
    bool indexed = strcmp(o->words[0], "brx") == 0;
    bool uniform = o->count == 2 + indexed && strcmp(o->words[1 + indexed], "uni") == 0;
    if ((o->count != 1 + indexed && !uniform) || (indexed && strcmp(o->words[1], "idx") != 0))
        unknown(d, o);
    int32_t index = 0;
    if (indexed) {
        index = source(d, (struct type){'u', 32}, false);
        expect_sign(d, ',');
    }
    char *label = expect_word(d, "a label");
    struct instruction *i = emit(d, o->line, indexed ? OP_brx : guard == SLOT_NONE ? OP_bra : OP_bra_if);
    i->r[0] = indexed ? index : guard;
    i->flag = wanted;
    mention(d, o->line, (int32_t)d->function->code_count - 1, label);
}

static struct param call_operand(struct decoder *d)
{
    int line = d->token.line;
    char *word = expect_word(d, "a parameter");
    struct name *n = name_find(d, word, &(uint32_t){0});
    if (n == NULL || n->kind != NAME_PARAM)
        fail(d, line, "'%s' is not a .param variable", word);
    return (struct param){n->at, n->size};
}

/* call.uni (result), name, (arguments); what it calls may be defined later */
static void decode_call(struct decoder *d, const struct opcode *o)
{
    struct function *f = d->function;
    struct call c = {.line = o->line};
    size_t room = 0;
    if (o->count > 2 || (o->count == 2 && strcmp(o->words[1], "uni") != 0))
        unknown(d, o);
    if (accept_sign(d, '(')) {
        c.result = module_alloc(d, sizeof *c.result);
        *c.result = call_operand(d);
        expect_sign(d, ')');
        expect_sign(d, ',');
    }
    c.name = expect_word(d, "a function");
    if (*c.name == '%')
        fail(d, o->line, "the stand-in has no calls by a register");
    if (accept_sign(d, ',')) {
        expect_sign(d, '(');
        while (!is_sign(d, ')')) {
            c.arguments = grown(d, c.arguments, c.argument_count, &room, sizeof *c.arguments);
            c.arguments[c.argument_count++] = call_operand(d);
            if (!accept_sign(d, ','))
                break;
        }
        expect_sign(d, ')');
    }
    f->calls = grown(d, f->calls, f->call_count, &f->call_room, sizeof *f->calls);
    f->calls[f->call_count++] = c;
    emit(d, o->line, OP_call)->offset = (int64_t)f->call_count - 1;
}

/* Threads run one after the other, so that there is nobody to wait for. */
static void decode_barrier(struct decoder *d, const struct opcode *o)
{
    (void)o;
    while (!is_sign(d, ';') && d->token.kind != TOKEN_END)
        advance(d);
    emit(d, o->line, OP_nothing);
}

static void decode_end(struct decoder *d, const struct opcode *o)
{
    bool uniform = o->count == 2 && strcmp(o->words[0], "ret") == 0 && strcmp(o->words[1], "uni") == 0;
    if (o->count != 1 && !uniform)
        unknown(d, o);
    emit(d, o->line,
         strcmp(o->words[0], "trap") == 0   ? OP_trap
         : strcmp(o->words[0], "exit") == 0 ? OP_exit
                                            : OP_ret);
}

static const struct {
    const char *name;
    void (*decode)(struct decoder *d, const struct opcode *o);
} others[] = {
    {"setp", decode_setp},      {"mov", decode_mov},     {"cvt", decode_cvt},
    {"cvta", decode_cvta},      {"ld", decode_ld_st},    {"st", decode_ld_st},
    {"atom", decode_atom},      {"red", decode_atom},    {"call", decode_call},
    {"membar", decode_barrier}, {"bar", decode_barrier}, {"barrier", decode_barrier},
    {"fence", decode_barrier},  {"ret", decode_end},     {"exit", decode_end},
    {"trap", decode_end},
};

static struct opcode opcode(struct decoder *d)
{
    struct opcode o = {.line = d->token.line};
    char *s = expect_word(d, "an instruction"), *rest = copied(d, s, (int)strlen(s));
    o.whole = s;
    while (rest != NULL) {
        if (o.count == WORDS_MAX)
            unknown(d, &o);
        o.words[o.count++] = rest;
        rest = strchr(rest, '.');
        if (rest)
            *rest++ = 0;
    }
    return o;
}

static void decode_unguarded(struct decoder *d, const struct opcode *o)
{
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        if (strcmp(others[k].name, o->words[0]) == 0) {
            others[k].decode(d, o);
            return;
        }
    }
    decode_arithmetic(d, o);
}

void decode_instruction(struct decoder *d)
{
    struct function *f = d->function;
    int32_t guard = SLOT_NONE;
    bool wanted = true;
    if (accept_sign(d, '@')) {
        wanted = !accept_sign(d, '!');
        guard = expect_register(d, (struct type){'p', 1}, false, false, NULL);
    }
    struct opcode o = opcode(d);
    if (strcmp(o.words[0], "bra") == 0 || (strcmp(o.words[0], "brx") == 0 && guard == SLOT_NONE)) {
        decode_branch(d, &o, guard, wanted);
    } else {
        size_t skip = f->code_count;
        if (guard != SLOT_NONE)
            emit_extra(d, o.line, OP_skip_unless, guard, 0, 0);
        decode_unguarded(d, &o);
        if (guard != SLOT_NONE) {
            f->code[skip].flag = wanted;
            f->code[skip].offset = (int64_t)(f->code_count - skip - 1);
        }
    }
    expect_sign(d, ';');
}
