/* Runs passes: computes facts before a pass, and verifies, prints and measures after it. */
#include "ir/pass/pass.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ir/prove/certify.h"
#include "ir/prove/crosscheck.h"
#include "support/mem.h"

#define PASS(id, function, classes, claim, needs, keeps, parameters, help) \
    bool function(struct net *n, struct pass_context *c);
#include "ir/pass/passes.def"
#undef PASS

/* The name of a pass is that of its function without pass_. */
const struct pass passes[PASS_COUNT] = {
#define PASS(id, function, classes, claim, needs, keeps, parameters, help) \
    {&#function[sizeof "pass_" - 1], classes, claim, needs, keeps, parameters, help, function},
#include "ir/pass/passes.def"
#undef PASS
};

const char *pass_level(int level)
{
    return level < 3
               ? "canonical,merge_duplicates"
               : "canonical,merge_duplicates,unreachable,unobservable,lump_counts,canonical,merge_duplicates";
}

bool pass_find(const char *name, enum pass_id *id)
{
    for (size_t i = 0; i < PASS_COUNT; i++) {
        if (strcmp(passes[i].name, name) == 0) {
            *id = (enum pass_id)i;
            return true;
        }
    }
    return false;
}

static void remark(const struct pass_context *c, struct span at, const char *kind, const char *text)
{
    const struct pass_options *o = c->options;
    if (!o->out || !o->remarks) {
        return;
    }
    if (at.file && o->sources) {
        int line, column;
        sources_place(o->sources, at, &line, &column);
        fprintf(o->out, "%s:%d:%d: ", sources_name(o->sources, at.file), line, column);
    }
    fprintf(o->out, "%s: %s: %s\n", c->name, kind, text);
}

/* Formats a text, which the caller frees. */
static char *format_text(const char *format, va_list ap)
{
    struct arena *a = arena_create();
    char *text = mem_strdup(arena_vprintf(a, format, ap));
    arena_destroy(a);
    return text;
}

void pass_done(struct pass_context *c, struct span at, const char *format, ...)
{
    c->n_done++;
    if (c->options->out && c->options->remarks) {
        va_list ap;
        va_start(ap, format);
        char *text = format_text(format, ap);
        va_end(ap);
        remark(c, at, "done", text);
        free(text);
    }
}

void pass_missed(struct pass_context *c, struct span at, const char *format, ...)
{
    if (c->why && !(c->options->out && c->options->remarks)) {
        return;
    }
    va_list ap;
    va_start(ap, format);
    char *text = format_text(format, ap);
    va_end(ap);
    remark(c, at, "not done", text);
    if (c->why) {
        free(text);
    } else {
        c->why = text;
        c->why_at = at;
    }
}

void pass_kept(struct pass_context *c, struct span at, const char *format, ...)
{
    if (c->options->out && c->options->remarks) {
        va_list ap;
        va_start(ap, format);
        char *text = format_text(format, ap);
        va_end(ap);
        remark(c, at, "not done", text);
        free(text);
    }
}

bool pass_overflow(struct pass_context *c, struct span at, const char *way)
{
    diag_report(c->diag, DIAG_E0702, at, "%s: a coefficient grows past 64 bits", c->name);
    if (way) {
        diag_help(c->diag, "%s", way);
    } else {
        diag_help(c->diag, "leave the pass out, --disable-pass=%s, or give the reaction smaller numbers",
                  c->name);
    }
    return false;
}

bool pass_refuse(struct pass_context *c, struct span at, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *text = format_text(format, ap);
    va_end(ap);
    remark(c, at, "not done", text);
    if (c->options->asked) {
        diag_report(c->diag, DIAG_E0708, at, "%s does not apply: %s", c->name, text);
    }
    free(text);
    return !c->options->asked;
}

/* Warns if the user asked for the pass and nothing changed: most likely the user thought that a condition
 * holds. */
static void warn_idle(const struct pass_context *c)
{
    if (c->options->asked && c->n_done == 0 && c->why) {
        diag_report(c->diag, DIAG_W0408, c->why_at, "%s has changed nothing: %s", c->name, c->why);
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_wanted(const char *wanted, const char *name)
{
    return wanted && (strcmp(wanted, "all") == 0 || strcmp(wanted, name) == 0);
}

static void show(const struct net *n, const struct pass_context *c, double seconds)
{
    const struct pass_options *o = c->options;
    if (!o->out) {
        return;
    }
    if (o->time) {
        fprintf(o->out, "%-24s %10.6f s  %zu species, %zu reactions\n", c->name, seconds, n->species.n,
                n->reaction.n);
    }
    if (is_wanted(o->dump_ir, c->name) || (o->print_changed && c->n_done > 0)) {
        fprintf(o->out, "; after %s\n", c->name);
        net_print(o->out, n, o->sources);
    }
}

bool pass_check(const char *name, const struct net *before, const struct net *after, const struct witness *w,
                struct diag *diag)
{
    char *why = certify(before, after, w);
    if (!why && w->claim != CLAIM_STEPS && !crosscheck(before, after, w, &why) && !why) {
        diag_report(diag, DIAG_W0409, (struct span){0},
                    "what %s claims about the network %s is proved, but not checked by numbers", name,
                    after->name);
    }
    if (why) {
        diag_report(diag, DIAG_E0709, (struct span){0},
                    "what %s claims about the network %s is not accepted: %s", name, after->name, why);
    }
    bool ok = !why;
    free(why);
    return ok;
}

/* Passes reason about present amounts. A network that reads past values is therefore accepted only by passes
 * that do not look at laws; the others refuse it. */
static bool takes_past(struct net *n, enum pass_id id, struct pass_context *c, bool *ok)
{
    struct span at;
    bool looks = id != PASS_CANONICAL && id != PASS_MERGE_DUPLICATES;
    expr_id e = looks ? net_first_delay(n, &at) : 0;
    reaction_id late = looks ? net_first_late(n) : -1;
    struct arena *scratch = arena_create();
    if (e) {
        *ok =
            pass_refuse(c, at, "the network reads what was some time ago: %s", net_expr_text(n, e, scratch));
    } else if (late >= 0) {
        *ok = pass_refuse(c, n->reaction.data[late].span, "products come later: %s",
                          net_reaction_text(n, late, scratch));
    }
    arena_destroy(scratch);
    return e == 0 && late < 0;
}

static bool run_one(struct net *n, enum pass_id id, const struct pass_options *o, struct facts *facts,
                    struct diag *diag)
{
    const struct pass *p = &passes[id];
    struct witness witness = {0};
    struct net *before = o->verify ? net_clone(n) : NULL;
    struct pass_context c = {
        .diag = diag, .options = o, .name = p->name, .facts = facts, .witness = o->verify ? &witness : NULL};
    double start = now();
    facts_need(facts, n, p->needs);
    if (o->verify) {
        witness_open(&witness, n, p->classes);
    }
    bool ok = true;
    ok = takes_past(n, id, &c, &ok) ? p->run(n, &c) : ok;
    facts_keep(facts, c.n_done > 0 ? p->keeps : "all");
    warn_idle(&c);
    free(c.why);
    double seconds = now() - start;
    ok = (c.n_done == 0 || net_verify(n, diag)) && ok;
    show(n, &c, seconds);
    if (o->after) {
        o->after(o->env, p->name, n);
    }
    if (ok && o->verify) {
        witness_close(&witness, n);
        ok = pass_check(p->name, before, n, &witness, diag);
    }
    net_destroy(before);
    witness_free(&witness);
    return ok;
}

bool pass_run(struct net *n, enum pass_id id, const struct pass_options *o, struct diag *diag)
{
    static const struct pass_options none = {0};
    struct facts facts = {0};
    bool ok = run_one(n, id, o ? o : &none, &facts, diag);
    facts_free(&facts);
    return ok;
}

bool pass_reads(enum pass_id id, const char *parameter)
{
    const char *of = passes[id].parameters;
    size_t n = parameter ? strlen(parameter) : 0;
    while (*of && !(n > 0 && strcspn(of, " ") == n && strncmp(of, parameter, n) == 0)) {
        of += strcspn(of, " ");
        of += strspn(of, " ");
    }
    return *of != '\0';
}

bool pass_unknown(const char *name, struct span at, struct diag *diag)
{
    const char *names[PASS_COUNT];
    for (size_t i = 0; i < PASS_COUNT; i++) {
        names[i] = passes[i].name;
    }
    diag_report(diag, DIAG_E0707, at, "there is no pass '%s'", name);
    const char *begun[2] = {NULL, NULL}; /* passes whose names go on where this one ends */
    size_t length = strlen(name), n = 0;
    for (size_t i = 0; i < PASS_COUNT && n < 2; i++) {
        begun[n] = strncmp(names[i], name, length) == 0 ? names[i] : begun[n];
        n += begun[n] != NULL;
    }
    if (n > 0 && length > 1) {
        diag_help(diag, n == 1 ? "did you mean '%s'?" : "did you mean '%s' or '%s'?", begun[0], begun[1]);
    } else if (!diag_help_nearest(diag, name, names, PASS_COUNT)) {
        diag_help(diag, "`crnlc explain passes` lists them, such as canonical and merge_duplicates");
    }
    return false;
}

/* The next name of a list that is separated by commas and blanks, which the caller frees; NULL at the end. */
static char *next_name(const char **list)
{
    const char *start = *list + strspn(*list, ", ");
    size_t length = strcspn(start, ", ");
    *list = start + length;
    if (length == 0) {
        return NULL;
    }
    char *name = mem_alloc(length + 1);
    memcpy(name, start, length);
    name[length] = '\0';
    return name;
}

/* Whether all names of a list, which may be NULL, are passes; reports those that are not. */
static bool check_names(const char *list, struct diag *diag)
{
    bool ok = true;
    for (char *name = list ? next_name(&list) : NULL; name; name = next_name(&list)) {
        enum pass_id id;
        ok = pass_find(name, &id) ? ok : pass_unknown(name, (struct span){0}, diag);
        free(name);
    }
    return ok;
}

static bool is_listed(const char *list, const char *name)
{
    bool found = false;
    for (char *x = list ? next_name(&list) : NULL; x; x = next_name(&list)) {
        found = found || strcmp(x, name) == 0;
        free(x);
    }
    return found;
}

bool pass_run_list(struct net *n, const char *list, const struct pass_options *o, struct diag *diag)
{
    static const struct pass_options none = {0};
    struct facts facts = {0};
    bool stop = false;
    o = o ? o : &none;
    bool ok = check_names(list, diag) && check_names(o->disable, diag) && check_names(o->stop_after, diag) &&
              (is_wanted(o->dump_ir, "all") || check_names(o->dump_ir, diag));
    for (char *name = ok ? next_name(&list) : NULL; name; name = ok && !stop ? next_name(&list) : NULL) {
        enum pass_id id = PASS_COUNT;
        pass_find(name, &id);
        ok = is_listed(o->disable, name) || run_one(n, id, o, &facts, diag);
        stop = o->stop_after && strcmp(o->stop_after, name) == 0;
        free(name);
    }
    facts_free(&facts);
    return ok;
}
