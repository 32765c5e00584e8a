/* Decodes a text of PTX: tables, one kernel, its registers, labels and instructions. An error leaves the
 * decoder by longjmp. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ptx.h"

static const struct {
    const char *name, *operands;
} ops[] = {
#define OP(name, operands, value)    {#name, operands},
#define LOAD(name, operands, bytes)  {#name, operands},
#define STORE(name, operands, bytes) {#name, operands},
#include "ptx_ops.def"
};
enum { N_OPS = sizeof ops / sizeof *ops };

#define ONES UINT64_C(0x0101010101010101)

/* Letters of names besides those of registers, which are D, L (of a double, too), I, P as in ptx_ops.def. */
enum { PARAMETER = 'Q', TABLE = 'T', SPECIAL = 'S', LABEL = 'B' };

struct name {
    const char *text; /* in the text of the module */
    int length;
    char letter;
    uint64_t count; /* %r<3> is the registers %r0 %r1 %r2; 0: a single one */
    int64_t value;  /* slot; of a label the instruction behind it, -1 as long as that is not known */
};

struct loader {
    jmp_buf failed;
    char *log;
    size_t log_size;
    struct memory *memory;
    struct module *m;
    const char *at, *next; /* the token to be read, and what is behind it */
    int length, line;      /* of the token */
    struct name *names;
    size_t n_names;
    uint64_t index; /* of the register that was found last, in its name */
};

const char *ptx_line(const char *text, int line, int *length)
{
    for (int k = 1; k < line; k++) {
        text = strchr(text, '\n') + 1;
    }
    text += strspn(text, " \t");
    *length = (int)strcspn(text, "\n");
    return text;
}

/* Leaves with a message on the line of the present token. */
static _Noreturn void fail(struct loader *l, const char *format, ...)
{
    char what[200];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    int length;
    const char *text = ptx_line(l->m->text, l->line, &length);
    snprintf(l->log, l->log_size, "stand-in, line %d; error: %s\n  %.*s\n", l->line, what, length, text);
    longjmp(l->failed, 1);
}

/* The list with room for one more; its room is the next power of two. */
static void *grown(void *list, size_t count, size_t size)
{
    bool is_full = (count & (count - 1)) == 0;
    return is_full ? had(realloc(list, (count ? 2 * count : 1) * size)) : list;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_$.%", c));
}

/* Reads the next token: a word or number, or a single sign; of length 0 at the end. */
static void advance(struct loader *l)
{
    const char *s = l->next;
    while (isspace((unsigned char)*s) || (s[0] == '/' && s[1] == '/')) {
        l->line += *s == '\n';
        s += *s == '/' ? strcspn(s, "\n") : 1;
    }
    l->at = s;
    while (in_word(*s)) {
        s++;
    }
    l->next = s == l->at && *s ? s + 1 : s;
    l->length = (int)(l->next - l->at);
}

static bool is(const struct loader *l, const char *word)
{
    return (size_t)l->length == strlen(word) && memcmp(l->at, word, strlen(word)) == 0;
}

static bool accept(struct loader *l, const char *word)
{
    if (!is(l, word)) {
        return false;
    }
    advance(l);
    return true;
}

static void expect(struct loader *l, const char *word)
{
    if (!accept(l, word)) {
        fail(l, "'%s' expected, not '%.*s'", word, l->length, l->at);
    }
}

static bool is_real(const struct loader *l)
{
    return l->length == 18 && memcmp(l->at, "0d", 2) == 0;
}

/* 10, -10, 0x1f; or 0d and 16 digits, which are the bits of a double. */
static uint64_t number(struct loader *l, bool real)
{
    bool negative = !real && accept(l, "-");
    char *end = NULL;
    uint64_t value = strtoull(l->at + (real ? 2 : 0), &end, real ? 16 : 0);
    if (!isdigit((unsigned char)*l->at) || end != l->next || is_real(l) != real) {
        fail(l, "%s expected, not '%.*s'", real ? "a double" : "an integer", l->length, l->at);
    }
    advance(l);
    return negative ? -value : value;
}

/* The name of the present token, or NULL. The newest wins: it is that of the innermost block. */
static struct name *find(struct loader *l)
{
    for (size_t k = l->n_names; k-- > 0;) {
        struct name *n = &l->names[k];
        if (n->length == 0 || n->length > l->length || memcmp(n->text, l->at, (size_t)n->length) != 0) {
            continue;
        }
        const char *rest = l->at + n->length;
        char *end = NULL;
        l->index = n->count > 0 && isdigit((unsigned char)*rest) ? strtoull(rest, &end, 10) : 0;
        if (n->count > 0 ? end == l->next && l->index < n->count : rest == l->next) {
            return n;
        }
    }
    return NULL;
}

static bool is_register(char letter)
{
    return strchr("DLIP", letter);
}

/* Declares the present token, and reads over it. */
static struct name *declare(struct loader *l, char letter, int64_t value)
{
    if (!in_word(*l->at) || isdigit((unsigned char)*l->at)) {
        fail(l, "a name expected, not '%.*s'", l->length, l->at);
    }
    if (!is_register(letter) && find(l)) {
        fail(l, "Duplicate definition of '%.*s'", l->length, l->at);
    }
    l->names = grown(l->names, l->n_names, sizeof *l->names);
    struct name *n = &l->names[l->n_names++];
    *n = (struct name){.letter = letter, .text = l->at, .length = l->length, .value = value};
    advance(l);
    return n;
}

/* A label, which may be mentioned before it is defined. */
static struct name *label(struct loader *l)
{
    struct name *n = find(l);
    if (!n || n->letter != LABEL) {
        return declare(l, LABEL, -1);
    }
    advance(l);
    return n;
}

static int32_t new_slot(struct loader *l, uint64_t value)
{
    struct module *m = l->m;
    m->slots = grown(m->slots, m->n_slots, sizeof *m->slots);
    m->slots[m->n_slots] = value;
    return (int32_t)m->n_slots++;
}

static bool fits(char has, char letter, bool is_result)
{
    return has == letter || (strchr("DX", letter) && strchr("DL", has)) ||
           (!is_result && has == TABLE && strchr("LX", letter)) ||
           (!is_result && has == SPECIAL && letter == 'I');
}

/* The slot of a name, which must fit the letter. */
static int32_t slot_of(struct loader *l, char letter, bool is_result)
{
    const struct name *n = find(l);
    if (!n || !fits(n->letter, letter, is_result)) {
        fail(l, "'%.*s' is %s", l->length, l->at, n ? "of another type" : "not declared");
    }
    advance(l);
    return (int32_t)(n->value + (int64_t)l->index);
}

static int32_t constant(struct loader *l, char letter)
{
    if (letter == 'D' || (letter == 'X' && is_real(l))) {
        return new_slot(l, number(l, true));
    }
    int64_t value = (int64_t)number(l, false);
    if (letter == 'I' && (value < INT32_MIN || value > UINT32_MAX)) {
        fail(l, "%lld has more than 32 bits", (long long)value);
    }
    return new_slot(l, letter == 'P' ? value != 0 : letter == 'I' ? (uint32_t)value : (uint64_t)value);
}

static int32_t operand(struct loader *l, char letter, bool is_result, int64_t *offset)
{
    if (letter != 'M' && letter != PARAMETER) {
        bool is_number = is(l, "-") || isdigit((unsigned char)*l->at);
        return is_number && !is_result ? constant(l, letter) : slot_of(l, letter, is_result);
    }
    expect(l, "[");
    int32_t slot = slot_of(l, letter == 'M' ? 'L' : letter, false);
    if (letter == 'M' && accept(l, "+")) {
        *offset = (int64_t)number(l, false);
    }
    expect(l, "]");
    return slot;
}

/* Whether the present token is this name of ptx_ops.def. */
static bool is_named(const struct loader *l, const char *op)
{
    int k = 0;
    for (; k < l->length && op[k]; k++) {
        char c = l->at[k] == '.' ? '_' : l->at[k];
        bool is_type = op[k] == 'i' && op[k - 1] == '_' && (c == 's' || c == 'u');
        if (op[k] != c && !is_type) {
            return false;
        }
    }
    return k == l->length && !op[k];
}

static enum op operation(struct loader *l)
{
    for (int k = 0; k < N_OPS; k++) {
        if (is_named(l, ops[k].name)) {
            advance(l);
            return (enum op)k;
        }
    }
    bool may_fuse = is(l, "add.f64") || is(l, "sub.f64") || is(l, "mul.f64");
    fail(l, "Unknown instruction '%.*s'%s", l->length, l->at,
         may_fuse ? ": without .rn it may be fused" : "");
}

static void instruction(struct loader *l)
{
    struct instruction i = {.op = OP_bra, .line = l->line};
    if (accept(l, "@")) {
        i.op = accept(l, "!") ? OP_bra_unless : OP_bra_if;
        i.r[0] = slot_of(l, 'P', false);
    }
    if (accept(l, "bra") || accept(l, "bra.uni")) {
        i.offset = label(l) - l->names; /* until all labels are known */
    } else if (i.op != OP_bra) {
        fail(l, "a condition on '%.*s', not on a branch", l->length, l->at);
    } else if (accept(l, "ret")) {
        i.op = OP_ret;
    } else {
        i.op = operation(l);
        const char *letter = ops[i.op].operands;
        for (int k = 0; letter[k]; k++) {
            if (k > 0) {
                expect(l, ",");
            }
            i.r[k] = operand(l, letter[k], k == 0, &i.offset);
        }
    }
    expect(l, ";");
    l->m->code = grown(l->m->code, l->m->n_code, sizeof i);
    l->m->code[l->m->n_code++] = i;
}

/* .reg .b64 %rd<20>; */
static void registers(struct loader *l)
{
    static const char *const types[] = {".f64", ".b64", ".b32", ".pred"};
    static const uint64_t junk[] = {JUNK * ONES, JUNK * ONES, JUNK * (ONES >> 32), 1};
    int type = 0;
    while (type < 3 && !is(l, types[type])) {
        type++;
    }
    expect(l, types[type]);
    struct name *n = declare(l, "DLIP"[type], (int64_t)l -> m -> n_slots);
    if (accept(l, "<")) {
        n->count = number(l, false);
        expect(l, ">");
    }
    for (uint64_t k = 0; k == 0 || k < n->count; k++) {
        new_slot(l, junk[type]);
    }
    expect(l, ";");
}

/* .global .align 8 .b8 name[16] = {1, 2, ...}; with zeros to the end */
static void table(struct loader *l)
{
    struct module *m = l->m;
    expect(l, ".align");
    number(l, false); /* all start at multiples of more */
    expect(l, ".b8");
    struct name *n = declare(l, TABLE, 0);
    expect(l, "[");
    uint64_t size = number(l, false), at = memory_add(l->memory, size);
    expect(l, "]");
    m->tables = grown(m->tables, m->n_tables, sizeof *m->tables);
    m->tables[m->n_tables++] = at;
    n->value = new_slot(l, at);
    unsigned char *bytes = memory_bytes(l->memory, at, size);
    memset(bytes, 0, size);
    if (accept(l, "=")) {
        expect(l, "{");
        for (uint64_t k = 0; k == 0 || accept(l, ","); k++) {
            uint64_t value = number(l, false);
            if (k == size || value > UINT8_MAX) {
                fail(l, "values that do not fit into the table");
            }
            bytes[k] = (unsigned char)value;
        }
        expect(l, "}");
    }
    expect(l, ";");
}

/* Registers of a block are gone behind it. */
static void block(struct loader *l)
{
    size_t first = l->n_names;
    expect(l, "{");
    while (!accept(l, "}")) {
        if (is(l, "{")) {
            block(l);
        } else if (accept(l, ".reg")) {
            registers(l);
        } else if (*l->next == ':') {
            struct name *n = label(l);
            if (n->value >= 0) {
                fail(l, "Duplicate definition of '%.*s'", n->length, n->text);
            }
            n->value = (int64_t)l->m->n_code;
            advance(l);
        } else {
            instruction(l);
        }
    }
    for (size_t k = first; k < l->n_names; k++) {
        l->names[k].length = is_register(l->names[k].letter) ? 0 : l->names[k].length;
    }
}

/* Branches get the instructions that their labels stand for. */
static void resolve(struct loader *l)
{
    for (struct instruction *i = l->m->code; i < l->m->code + l->m->n_code; i++) {
        const struct name *n = i->op >= OP_bra ? &l->names[i->offset] : NULL;
        l->line = i->line;
        if (n && n->value < 0) {
            fail(l, "Label '%.*s' is not defined", n->length, n->text);
        }
        i->offset = n ? n->value : i->offset;
    }
}

static void kernel(struct loader *l)
{
    struct module *m = l->m;
    accept(l, ".visible");
    expect(l, ".entry");
    m->name = had(calloc(1, (size_t)l->length + 1));
    memcpy(m->name, l->at, (size_t)l->length);
    advance(l);
    expect(l, "(");
    m->parameters = m->n_slots;
    do {
        expect(l, ".param");
        expect(l, ".u64");
        declare(l, PARAMETER, new_slot(l, 0));
        m->n_parameters++;
    } while (accept(l, ","));
    expect(l, ")");
    block(l);
    if (l->length > 0) {
        fail(l, "unexpected '%.*s' behind the kernel", l->length, l->at);
    }
    m->code = grown(m->code, m->n_code, sizeof *m->code);
    m->code[m->n_code++] = (struct instruction){.op = OP_ret, .line = l->line};
    resolve(l);
}

static bool decode(struct loader *l)
{
    if (setjmp(l->failed)) {
        return false;
    }
    l->next = "%tid.x %ntid.x %ctaid.x %nctaid.x"; /* ORDER SLOT */
    advance(l);
    while (l->length > 0) {
        declare(l, SPECIAL, new_slot(l, 0));
    }
    l->next = l->m->text;
    advance(l);
    expect(l, ".version");
    advance(l);
    expect(l, ".target");
    advance(l);
    expect(l, ".address_size");
    expect(l, "64");
    while (accept(l, ".global")) {
        table(l);
    }
    kernel(l);
    return true;
}

struct module *ptx_load(const char *text, struct memory *memory, char *log, size_t log_size)
{
    struct module *m = had(calloc(1, sizeof *m));
    m->text = had(malloc(strlen(text) + 1));
    strcpy(m->text, text);
    struct loader l = {.log = log, .log_size = log_size, .memory = memory, .m = m, .line = 1};
    bool is_good = decode(&l);
    free(l.names);
    if (!is_good) {
        ptx_free(m, memory);
    }
    return is_good ? m : NULL;
}

void ptx_free(struct module *m, struct memory *memory)
{
    for (size_t k = 0; k < m->n_tables; k++) {
        memory_remove(memory, m->tables[k]);
    }
    free(m->tables);
    free(m->slots);
    free(m->code);
    free(m->name);
    free(m->text);
    free(m);
}
