/* Prints a program for people (--stage program): its networks by name, what is asked of them, and the
 * experiment. */
#include "ir/expr/expr_print.h"
#include "ir/program/program.h"

#include <string.h>

struct program_printer {
    FILE *out;
    const struct program *p;
    int indent;
};

static const char *leaf_name(void *env, const struct expr *leaf)
{
    const struct program *p = env;
    if (leaf->op == EXPR_VAR && leaf->a >= 0 && (size_t)leaf->a < p->variable.n) {
        return p->variable.data[leaf->a].name;
    }
    if (leaf->op == EXPR_GLOBAL && leaf->a >= 0 && (size_t)leaf->a < p->global.n) {
        return p->global.data[leaf->a].name;
    }
    if (leaf->op == EXPR_NEURAL_GET && leaf->a >= 0 && (size_t)leaf->a < p->neural.n) {
        const struct crnl_neural *m = &p->neural.data[leaf->a];
        return leaf->b >= 0 && leaf->b < m->n_arrays
                   ? arena_printf(p->arena, "%s.%s", m->name, m->array[leaf->b].name)
                   : NULL;
    }
    if (leaf->op != EXPR_NET_GET || leaf->a < 0 || (size_t)leaf->a >= p->net.n) {
        return NULL;
    }
    const struct net *n = p->net.data[leaf->a].net;
    if (leaf->b < 0 || (size_t)leaf->b >= n->symbol.n) {
        return NULL;
    }
    return arena_printf(p->arena, "%s.%s", n->name, n->symbol.data[leaf->b].name);
}

static void print_expr(struct program_printer *w, const char *before, expr_id e)
{
    if (e) {
        fputs(before, w->out);
        expr_print(w->out, w->p->ex, e, leaf_name, (void *)w->p);
    }
}

static void start_line(struct program_printer *w)
{
    fprintf(w->out, "%*s", 2 * w->indent, "");
}

static void print_shape(FILE *out, struct shape s)
{
    for (int32_t i = 0; i < s.rank; i++) {
        fprintf(out, "%s%d%s", i ? ", " : "[", s.dim[i], i == s.rank - 1 ? "]" : "");
    }
}

static void print_bind(struct program_printer *w, const struct bind *b)
{
    const struct net *n = w->p->net.data[b->net].net;
    fprintf(w->out, "%s.%s", n->name, n->symbol.data[b->symbol].name);
    for (int32_t i = 0; i < b->n_index; i++) {
        print_expr(w, i ? ", " : "[", b->index[i]);
    }
    if (b->n_index > 0) {
        fprintf(w->out, " +%d]", b->count);
    } else {
        fprintf(w->out, "[%d +%d]", b->first, b->count);
    }
    print_expr(w, " = ", b->value);
}

static void print_sources(struct program_printer *w, const struct run *r)
{
    fprintf(w->out, " %s #%d", w->p->net.data[r->net].net->name, r->statement);
    for (size_t i = 0; i < r->source.n; i++) {
        fprintf(w->out, "%s%s: %d", i ? ", " : " over ", r->source.data[i].name, r->source.data[i].size);
        print_expr(w, " ", r->source.data[i].key);
    }
    fputs(r->keeps_state ? " keeps states" : "", w->out);
    fputs(r->needs_all ? " needs all" : "", w->out);
}

static void print_run(struct program_printer *w, const struct run *r)
{
    const struct crnl_method_info *method = &crnl_method_info[r->method];
    bool is_alone = strcmp(method->family, method->name) == 0;
    static const char *const spans[] = {"",           " for time", " for events",
                                        " to steady", " to limit", " for cycles"};
    static const char *const afters[] = {
        [SPAN_TIME] = " after ", [SPAN_EVENTS] = " after events ", [SPAN_CYCLES] = " after cycles "};
    fprintf(w->out, " %s #%d by %s%s%s%s%s", w->p->net.data[r->net].net->name, r->statement, method->family,
            is_alone ? "" : ":", is_alone ? "" : method->name, r->resume ? " resume" : "", spans[r->span]);
    print_expr(w, " ", r->duration);
    print_expr(w, " from ", r->from);
    if (r->after_kind != SPAN_NONE) {
        print_expr(w, afters[r->after_kind], r->after);
    }
    if (r->until >= 0) {
        fprintf(w->out, " until observed %d", r->until);
    }
    print_expr(w, " every ", r->every);
    for (int i = 0; i < CRNL_OPTION_COUNT; i++) {
        if (r->option[i]) {
            fprintf(w->out, " %s", crnl_option_info[i].name);
            print_expr(w, " ", r->option[i]);
        }
    }
    for (size_t i = 0; i < r->bind.n; i++) {
        static const char *const kinds[] = {"", "", "clamp ", "hold ", "atol "};
        fprintf(w->out, "%s%s", i ? ", " : " with ", kinds[r->bind.data[i].kind]);
        print_bind(w, &r->bind.data[i]);
    }
    for (size_t i = 0; i < r->capture.n; i++) {
        fprintf(w->out, " capture %zu", i);
        print_expr(w, " = ", r->capture.data[i]);
    }
    for (size_t i = 0; i < r->course.n; i++) {
        fprintf(w->out, " course %d at", r->course.data[i].course);
        print_expr(w, " ", r->course.data[i].times);
    }
    if (r->file) {
        fprintf(w->out, " -> %s", crnl_sink_info[r->sink].extension);
        print_expr(w, " ", r->file);
    }
}

static void print_learn(struct program_printer *w, const struct learn *l)
{
    fprintf(w->out, " %s #%d from", w->p->neural.data[l->neural].name, l->statement);
    if (l->data >= 0) {
        fprintf(w->out, " %s", w->p->data.data[l->data].name);
    }
    for (size_t i = 0; l->data < 0 && i < l->field.n; i++) {
        fprintf(w->out, "%s %s", i ? "," : l->redraws ? " random" : "", l->field.data[i].name);
    }
    fprintf(w->out, " by %s(", l->learner->name);
    for (size_t i = 0; i < l->option.n; i++) {
        print_expr(w, i ? ", " : "", l->option.data[i]);
    }
    fputc(')', w->out);
}

static void print_minimize(struct program_printer *w, const struct minimize *m)
{
    for (size_t i = 0; i < m->target.n; i++) {
        const struct minimize_target *t = &m->target.data[i];
        fprintf(w->out, "%s %s", i ? "," : " over", t->name);
        print_expr(w, " in ", t->lo);
        print_expr(w, "..", t->hi);
    }
    fprintf(w->out, " by %s(", m->minimizer->name);
    for (size_t i = 0; i < m->option.n; i++) {
        print_expr(w, i ? ", " : "", m->option.data[i]);
    }
    fprintf(w->out, ") #%d%s", m->statement, m->has_gradient ? " with gradient" : "");
}

static void print_block(struct program_printer *w, const struct block *b);

static void print_nested(struct program_printer *w, const struct stmt *s)
{
    fputs(" {\n", w->out);
    print_block(w, s->body);
    start_line(w);
    if (s->orelse) {
        fputs("} else {\n", w->out);
        print_block(w, s->orelse);
        start_line(w);
    }
    fputs("}\n", w->out);
}

static void print_drawn(struct program_printer *w, const struct drawn *d)
{
    static const char *const options[] = {
#define PLOT_OPTION(id, name, place, value, help) name,
#include "runtime/crnl_plot.def"
    };
    static const char *const curves[] = {"trace", "series", "histogram",
                                         "array", "map",    "graph"}; /* ORDER crnl_curve_kind */
    if (d->kind == DRAWN_PANEL) {
        fprintf(w->out, " panel");
        return;
    }
    fprintf(w->out, " %s", d->kind == DRAWN_OPTION ? options[d->option] : curves[d->curve.kind]);
    if (d->kind == DRAWN_OPTION && d->word) {
        fprintf(w->out, " %d", d->word);
    } else if (d->kind == DRAWN_CURVE && !d->value) {
        fprintf(w->out, " %d", d->curve.index);
    }
    if (d->text) {
        print_expr(w, " ", d->text);
    }
    if (d->value) {
        print_expr(w, " ", d->value);
    }
    if (d->x) {
        print_expr(w, " vs ", d->x);
    }
    if (d->y) {
        print_expr(w, ", ", d->y);
    }
}

static void print_stmt(struct program_printer *w, const struct stmt *s)
{
    static const char *const words[] = {
#define STMT(kind, text) text,
#include "ir/program/stmt.def"
#undef STMT
    };
    start_line(w);
    fputs(words[s->kind], w->out);
    if (s->kind == STMT_ASSIGN || s->kind == STMT_STORE || s->kind == STMT_FOR || s->kind == STMT_EXCHANGE) {
        fprintf(w->out, " %s", w->p->variable.data[s->var].name);
    } else if (s->kind == STMT_SAVE || s->kind == STMT_LOAD || s->kind == STMT_START) {
        fprintf(w->out, " %s", w->p->neural.data[s->var].name);
    } else if (s->kind == STMT_RECORD || s->kind == STMT_SERIES) {
        const char *name = w->p->record.data[s->var];
        fprintf(w->out, *name ? " %s" : " %s$r%d", name, s->var);
    }
    if (s->kind == STMT_SERIES && s->net >= 0) {
        const struct net_use *use = &w->p->net.data[s->net];
        fprintf(w->out, " = rows of %s.%s", use->net->name, use->trace.data[s->trace].name);
    }
    for (size_t i = 0; i < s->index.n; i++) {
        print_expr(w, "[", s->index.data[i]);
        fputc(']', w->out);
    }
    print_expr(w, " ", s->from);
    print_expr(w, "..", s->to);
    print_expr(w, s->kind == STMT_ASSIGN || s->kind == STMT_STORE || s->kind == STMT_RECORD ? " = " : " ",
               s->value);
    print_expr(w, s->kind == STMT_ASSERT ? ", " : " -> ", s->text);
    if (s->kind == STMT_ROWS) {
        print_sources(w, s->run);
    } else if (s->run) {
        print_run(w, s->run);
    }
    if (s->learn) {
        print_learn(w, s->learn);
    }
    if (s->minimize) {
        print_minimize(w, s->minimize);
    }
    for (size_t i = 0; i < s->term.n; i++) {
        print_expr(w, i ? ", " : " squares ", s->term.data[i]);
    }
    if (s->bind) {
        fputc(' ', w->out);
        print_bind(w, s->bind);
    }
    for (size_t i = 0; i < s->drawn.n; i++) {
        print_drawn(w, &s->drawn.data[i]);
    }
    if (s->body) {
        print_nested(w, s);
    } else {
        fputc('\n', w->out);
    }
}

static void print_block(struct program_printer *w, const struct block *b)
{
    w->indent++;
    for (size_t i = 0; i < b->stmt.n; i++) {
        print_stmt(w, b->stmt.data[i]);
    }
    w->indent--;
}

const char *program_stat_name(enum stat_kind kind)
{
    static const char *const names[] = {
#define STAT(kind, name) name,
#include "runtime/crnl_stat.def"
#undef STAT
    };
    return names[kind];
}

static void print_net_use(struct program_printer *w, const struct net_use *u)
{
    fprintf(w->out, "  network %s: %zu species, %zu reactions", u->net->name, u->net->species.n,
            u->net->reaction.n);
    for (int i = 0; i < CRNL_NEED_COUNT; i++) {
        if (u->needs >> i & 1) {
            fprintf(w->out, ", %s", crnl_need_name[i]);
        }
    }
    fputc('\n', w->out);
    /* ORDER lowered_role */
    static const char *const roles[] = {"input",    "output",   "hidden",    "unit",   "unit off",
                                        "edge",     "edge off", "parameter", "target", "state",
                                        "gradient", "update",   "flushed"};
    if (u->lowering.is_model) {
        fprintf(w->out, "    model %s itself\n", w->p->neural.data[u->lowering.model].name);
    }
    if (u->lowering.construction) {
        const char *model = u->lowering.model < 0 ? NULL : w->p->neural.data[u->lowering.model].name;
        fprintf(w->out, "    of %s%s by %s:", model ? "model " : "a network", model ? model : "",
                u->lowering.construction);
    }
    for (int32_t i = 0; i < u->lowering.n; i++) {
        const struct lowered *l = &u->lowering.part[i];
        fprintf(w->out, "%s %s %s is %s", i ? "," : "", roles[l->role], l->what,
                u->net->symbol.data[l->symbol].name);
    }
    fputs(u->lowering.construction ? "\n" : "", w->out);
    for (size_t i = 0; i < u->stat.n; i++) {
        fprintf(w->out, "    %s of%s", program_stat_name(u->stat.data[i].kind),
                u->stat.data[i].of_rows ? " each row:" : "");
        if (u->stat.data[i].n_times > 0) {
            fprintf(w->out, " course %d:", u->stat.data[i].course);
        }
        for (size_t k = 0; k < u->stat.data[i].name.n; k++) {
            fprintf(w->out, " %s", u->stat.data[i].name.data[k]);
        }
        fputc('\n', w->out);
    }
    for (size_t i = 0; i < u->trace.n; i++) {
        fprintf(w->out, "    trace %s\n", u->trace.data[i].name);
    }
}

static void print_data(FILE *out, const struct crnl_data_spec *d)
{
    static const char *const labels[] = {"no labels", "integer labels", "real labels"};
    fprintf(out, "  data %s: %s, %d rows of %d inputs, %s", d->name, d->file, d->shape.rows, d->shape.columns,
            labels[d->shape.label]);
    if (d->split != CRNL_SPLIT_NONE) {
        fprintf(out, ", split %d, %d, %d", d->shape.part[1], d->shape.part[2], d->shape.part[3]);
    }
    fputc('\n', out);
}

static void print_neural(FILE *out, const struct crnl_neural *m)
{
    fprintf(out, "  model %s: ", m->name);
    crnl_neural_describe(m, out);
    fprintf(out, "%s\n", m->value ? ", known" : "");
}

void program_print(FILE *out, const struct program *p)
{
    struct program_printer w = {out, p, 0};
    fprintf(out, "program %s%s%s {\n", p->file ? p->file : "", p->experiment ? ": " : "",
            p->experiment ? p->experiment : "");
    for (size_t i = 0; i < p->global.n; i++) {
        fprintf(out, "  param %s = ", p->global.data[i].name);
        print_real(out, p->global.data[i].value, true);
        fputc('\n', out);
    }
    for (size_t i = 0; i < p->net.n; i++) {
        print_net_use(&w, &p->net.data[i]);
    }
    for (size_t i = 0; i < p->data.n; i++) {
        print_data(out, &p->data.data[i]);
    }
    for (size_t i = 0; i < p->neural.n; i++) {
        print_neural(out, &p->neural.data[i]);
    }
    for (size_t i = 0; i < p->variable.n; i++) {
        fprintf(out, "  variable %s: %s", p->variable.data[i].name, type_text(p->variable.data[i].type));
        print_shape(out, p->variable.data[i].shape);
        fputc('\n', out);
    }
    print_block(&w, p->body);
    fputs("}\n", out);
}
