/* Arguments of constructions that are no numbers: a network with values for its parameters, pairs, or a
 * word. What is none of these was reported by the walk of `check` (walk_made.c). */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "frontend/name.h"
#include "frontend/network/network.h"

static struct net *network_of(struct where *w, const struct ast *a)
{
    const struct ast *callee = a->kind == AST_CALL ? call_callee(a) : a;
    struct units units;
    struct lowering lowering;
    if (callee->kind != AST_NAME) {
        return NULL;
    }
    struct ast call = {.kind = AST_INSTANCE, .name = callee->name, .span = a->span};
    if (a->kind == AST_CALL) { /* the first child of both is no argument */
        call.kid = a->kid;
        call.n = a->n;
    }
    return network_call(w, &call, &units, &lowering);
}

/* The argument as it is written, without blanks. */
static const char *text_of(struct where *w, struct span at)
{
    char *text = arena_strdup(w->f->program->arena, front_source_text(w->f, at)), *to = text;
    for (const char *c = text; *c; c++) {
        *to = *c;
        to += !isspace((unsigned char)*c);
    }
    *to = '\0';
    return text;
}

const char *network_pair_name(struct where *w, const struct ast *entry)
{
    return entry->kind == AST_BIND ? text_of(w, assign_target(entry)->span) : entry->name;
}

static bool pair_of(struct where *w, const struct ast *entry, struct lower_pair *out)
{
    const struct ast *value = entry->kind == AST_BIND ? assign_value(entry) : arg_value(entry);
    *out = (struct lower_pair){.name = network_pair_name(w, entry),
                               .value = text_of(w, value->span),
                               .number = NAN,
                               .span = entry->span};
    bool is_name = value->kind == AST_NAME || value->kind == AST_INDEX || value->kind == AST_FIELD;
    expr_id v =
        is_name && !(value->kind == AST_NAME && value_named(w, value)) ? 0 : value_real_scalar(w, value);
    if (v && !expr_const_real(w->ex, v, &out->number)) {
        return diag_report(w->f->diag, DIAG_E0304, value->span, "this must be known when compiling");
    }
    return out->name && (is_name || v);
}

static bool pairs_of(struct where *w, const struct ast *a, struct lower_given *out)
{
    if (a->kind != AST_TUPLE) {
        return false;
    }
    struct lower_pair *pair = arena_alloc(w->f->program->arena, ((size_t)a->n + 1) * sizeof *pair);
    for (uint32_t i = 0; i < a->n; i++) {
        if (!pair_of(w, tuple_arg(a, i), &pair[i])) {
            return false;
        }
    }
    out->pair = pair;
    out->n_pairs = (int32_t)a->n;
    return true;
}

static bool word_of(const struct lower_argument *of, const struct ast *a, struct lower_given *out)
{
    for (int32_t i = 0; of->word[i]; i++) {
        if (a->kind == AST_NAME && strcmp(of->word[i], a->name) == 0) {
            out->word = i;
            return true;
        }
    }
    return false;
}

bool network_argument(struct where *w, const struct lower_argument *of, const struct ast *a,
                      struct lower_given *out)
{
    out->span = a->span;
    switch (of->kind) {
    case LOWER_NETWORK: out->net = network_of(w, a); return out->net != NULL;
    case LOWER_PAIRS: return pairs_of(w, a, out);
    default: return word_of(of, a, out);
    }
}
