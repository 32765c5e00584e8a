#include "ir/net/net_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ir/expr/expr_print.h"
#include "support/map.h"
#include "support/mem.h"

struct net_names {
    const struct net *net;
    struct map species, param, guard;     /* each maps a name to its first owner */
    size_t n_species, n_params, n_guards; /* how many of each are in the maps */
};

struct net_names *net_names_create(const struct net *n)
{
    struct net_names *x = mem_zalloc(1, sizeof *x);
    x->net = n;
    net_names_update(x);
    return x;
}

void net_names_update(struct net_names *x)
{
    const struct net *n = x->net;
    for (; x->n_species < n->species.n; x->n_species++) {
        map_add(&x->species, n->species.data[x->n_species].name, (int32_t)x->n_species);
    }
    for (; x->n_params < n->param.n; x->n_params++) {
        map_add(&x->param, n->param.data[x->n_params].name, (int32_t)x->n_params);
    }
    for (; x->n_guards < n->guard.n; x->n_guards++) {
        map_add(&x->guard, n->guard.data[x->n_guards].name, (int32_t)x->n_guards);
    }
}

void net_names_destroy(struct net_names *x)
{
    if (x) {
        map_free(&x->species);
        map_free(&x->param);
        map_free(&x->guard);
        free(x);
    }
}

/* The slot of an element that is written as "w[2,3]"; -1 if the subscript does not fit the shape. */
static int32_t subscripted_slot(const struct net_names *x, const char *name)
{
    enum { LONGEST = 1000 };
    char base[LONGEST + 1];
    const char *open = strrchr(name, '[');
    if (!open || open - name > LONGEST) {
        return -1;
    }
    memcpy(base, name, (size_t)(open - name));
    base[open - name] = '\0';
    int32_t param = map_find(&x->param, base);
    if (param < 0) {
        return -1;
    }
    const struct net_param *p = &x->net->param.data[param];
    int64_t slot = 0;
    const char *c = open;
    for (int32_t k = 0; k < p->shape.rank; k++) {
        if (*c != (k ? ',' : '[') || !isdigit((unsigned char)c[1])) {
            return -1;
        }
        char *end;
        long long index = strtoll(c + 1, &end, 10);
        if (index >= p->shape.dim[k] || (c[1] == '0' && end != c + 2)) {
            return -1;
        }
        slot = slot * p->shape.dim[k] + index;
        c = end;
    }
    return p->shape.rank > 0 && strcmp(c, "]") == 0 ? p->first + (int32_t)slot : -1;
}

bool net_names_find(const struct net_names *x, const char *name, enum net_name_kind *kind, int32_t *id)
{
    *kind = NAME_SPECIES;
    *id = map_find(&x->species, name);
    if (*id >= 0) {
        return true;
    }
    *kind = NAME_SLOT;
    int32_t param = map_find(&x->param, name);
    if (param >= 0 && x->net->param.data[param].shape.rank == 0) {
        *id = x->net->param.data[param].first;
        return true;
    }
    *id = subscripted_slot(x, name);
    return *id >= 0;
}

const char *net_names_fresh(struct net *n, const char *stem)
{
    char name[256];
    snprintf(name, sizeof name, "%.240s", stem);
    for (int i = 2; intern_find(n->names, name); i++) {
        snprintf(name, sizeof name, "%.240s%d", stem, i);
    }
    return intern_text(n->names, name);
}

int32_t net_names_guard(const struct net_names *x, const char *name)
{
    return map_find(&x->guard, name);
}

static bool is_word(const char *name)
{
    static const char *const words[] = {
        "network",       "file",  "param",    "guard",  "species", "bulk",   "constant", "symbol", "assume",
        "observe",       "unit",  "doc",      "global", "input",   "output", "instance", "flags",  "origin",
        "dual",          "real",  "true",     "false",  "inf",     "nan",    "time",     "units",  "volume",
        "concentration", "abs",   "exp",      "log",    "sqrt",    "sin",    "cos",      "tanh",   "floor",
        "min",           "max",   "sum",      "argmin", "argmax",  "matmul", "gather",   "fill",   "reshape",
        "concat",        "in",    "where",    "let",    "event",   "clock",  "at",       "every",  "when",
        "signed",        "after", "priority", "plus",   "lost",    "unbounded", "atan",
        "factorial",
    };
    for (int op = 0; op < EXPR_OP_COUNT; op++) {
        bool is_call = expr_has_class(op, EXPR_CLASS_DERIVED) || expr_has_class(op, EXPR_CLASS_PAST);
        if (is_call && strcmp(expr_op_text[op], name) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *skip_subscript(const char *c)
{
    do {
        c++;
        if (!isdigit((unsigned char)*c)) {
            return NULL;
        }
        while (isdigit((unsigned char)*c)) {
            c++;
        }
    } while (*c == ',');
    return *c == ']' ? c + 1 : NULL;
}

bool net_name_is_plain(const char *name)
{
    const char *c = name;
    if (is_word(name)) {
        return false;
    }
    for (;;) {
        if (!isalpha((unsigned char)*c) && *c != '_') {
            return false;
        }
        while (isalnum((unsigned char)*c) || *c == '_') {
            c++;
        }
        while (*c == '[') {
            c = skip_subscript(c);
            if (!c) {
                return false;
            }
        }
        if (*c != '.') {
            return *c == '\0';
        }
        c++;
    }
}

const char *net_name_quoted(struct arena *a, const char *name)
{
    if (net_name_is_plain(name)) {
        return name;
    }
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    print_quoted(f, name, '`');
    fclose(f);
    const char *copy = arena_strdup(a, text);
    free(text);
    return copy;
}

bool net_element_name(char *out, size_t room, const char *name, struct shape shape, int64_t i)
{
    size_t length = strlen(name);
    int64_t inner = shape_size(shape);
    if (length + SHAPE_MAX_RANK * 12 + 2 > room) {
        return false;
    }
    memcpy(out, name, length + 1);
    for (int32_t k = 0; k < shape.rank; k++) {
        inner /= shape.dim[k];
        length +=
            (size_t)snprintf(out + length, room - length, "%c%lld", k ? ',' : '[', (long long)(i / inner));
        i %= inner;
    }
    if (shape.rank > 0) {
        memcpy(out + length, "]", 2);
    }
    return true;
}
