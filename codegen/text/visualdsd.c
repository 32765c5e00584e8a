/* The CRN engine of Visual DSD. The kinetics are always written, since by default a constant means another
 * rate in each of its simulators. Its deterministic rates are those of crnlc. Under stochastic ones the
 * engine divides by n! for `n X`, so constants are multiplied by it. Every species has an initial amount,
 * since the engine knows no other species. */
#include <string.h>

#include "codegen/text/text_impl.h"

static const struct infix_style functional = {
    .numbers = NUMBER_PLAIN,
    .power = "^",
    .divide = "/",
    .multiply = "*",
    .species_open = "[",
    .species_close = "]",
};

static bool is_known(const char *unit, const char *list)
{
    const char *at = strstr(list, unit);
    size_t n = strlen(unit);
    return at && (at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0');
}

static void write_head(struct text *t)
{
    const struct net_units *u = &t->net->units;
    const char *separator = "";
    bool stochastic = t->options->stochastic;
    text_header(t);
    fprintf(t->out, "directive simulation { final=1.0; points=1000; kinetics=%s }\n",
            stochastic ? "Stochastic" : "Deterministic");
    fprintf(t->out, "directive simulator %s\n", stochastic ? "stochastic" : "deterministic");
    for (int32_t s = 0; s < t->net->n_slots; s++) {
        if (t->slot[s]) {
            fprintf(t->out, "%s%s = ", *separator ? separator : "directive parameters [", t->slot[s]);
            text_number(t->out, t->p[s], NUMBER_PLAIN);
            separator = "; ";
        }
    }
    fputs(*separator ? "]\n" : "", t->out);
    if (u->amount && is_known(u->amount, "M mM uM nM pM fM") && is_known(u->time, "s min h")) {
        fprintf(t->out, "directive units { concentration=%s; time=%s }\n", u->amount, u->time);
    }
}

static double factorials(struct text *t, const struct reaction *r)
{
    double all = 1;
    for (uint32_t i = 0; i < r->n_lhs; i++) {
        for (int64_t k = 2; k <= net_lhs(t->net, r)[i].count; k++) {
            all *= (double)k;
        }
    }
    return all;
}

static bool write_rate(struct text *t, size_t j)
{
    const struct reaction *r = &t->net->reaction.data[j];
    if (r->rate_kind == RATE_LAW) {
        const char *law = text_infix_string(t, t->law[j], &functional);
        if (!law) {
            return text_refuse(t, j, "functional rates have + - * / and powers only: %s",
                               net_reaction_text(t->net, (reaction_id)j, t->arena));
        }
        fprintf(t->out, "->[[%s]]", law);
        return true;
    }
    const struct expr *e = expr_get(t->net->ex, r->rate);
    double factor = t->options->stochastic ? factorials(t, r) : 1;
    fputs("->{", t->out);
    if (e->op == EXPR_PARAM && factor == 1) {
        fputs(t->slot[e->a], t->out);
    } else {
        text_number(t->out, factor * t->k[j], NUMBER_PLAIN);
    }
    fputc('}', t->out);
    return true;
}

bool text_write_visualdsd(struct text *t)
{
    const struct net *n = t->net;
    write_head(t);
    for (size_t i = 0; i < n->species.n; i++) {
        bool constant = n->species.data[i].kind == SPECIES_CONSTANT;
        fprintf(t->out, "| init %s%s ", constant ? "constant " : "", t->species[i]);
        text_number(t->out, t->x[i], NUMBER_PLAIN);
        fputc('\n', t->out);
    }
    for (size_t j = 0; j < n->reaction.n; j++) {
        const struct reaction *r = &n->reaction.data[j];
        const char *origin = text_origin(t, j);
        if (origin) {
            fprintf(t->out, "// %s\n", origin);
        }
        fputs("| ", t->out);
        text_side(t, net_lhs(n, r), r->n_lhs, "", "");
        fputs(r->n_lhs ? " " : "", t->out);
        if (!write_rate(t, j)) {
            return false;
        }
        fputs(r->n_rhs ? " " : "", t->out);
        text_side(t, net_rhs(n, r), r->n_rhs, "", "");
        fputc('\n', t->out);
    }
    return true;
}
