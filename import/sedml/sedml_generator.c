/* Data generators: formulas of the results of tasks, as vectors of the program. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

bool sedml_find_generators(struct sedml *s)
{
    for (const xmlNode *n = sedml_list(s->root, "listOfDataGenerators"); n; n = sedml_next(n, NULL)) {
        const char *id = sedml_text_of(n, "id");
        if (!*id || !map_add(&s->generator_by, id, (int32_t)s->generator.n)) {
            return sedml_refuse(
                s, DIAG_E0831, n, "id",
                *id ? "a second data generator `%s`\n  help: leave one of the two out, or rename it"
                    : "a data generator without id\n  help: write id=\"...\" to it%s",
                id);
        }
        vec_push(&s->generator, ((struct sedml_generator){.id = id, .node = n, .runs = 1, .rows = 1}));
    }
    return true;
}

/* Checks that each variable has the size of the generator or is a single number. */
static bool take_variable(struct sedml *s, struct sedml_generator *g, const xmlNode *variable)
{
    const struct sedml_result *r = sedml_result(s, variable);
    if (!r) {
        return false;
    }
    if (!sedml_is_vector(r->task)) {
        return true;
    }
    if (g->is_vector && g->runs * g->rows != r->task->runs * r->task->rows) {
        return sedml_skip(s, variable, "taskReference",
                          "the variables of `%s` are of tasks that give %lld and %lld numbers", g->id,
                          (long long)(g->runs * g->rows), (long long)(r->task->runs * r->task->rows));
    }
    if (!g->is_vector || r->task->runs > g->runs) {
        g->runs = r->task->runs;
        g->rows = r->task->rows;
    }
    g->is_vector = true;
    return true;
}

/* Whether it is a column of data from a file, which is declared at the top. */
static bool is_data_source(struct sedml *s, const char *id)
{
    for (const xmlNode *d = sedml_list(s->root, "listOfDataDescriptions"); d; d = sedml_next(d, NULL)) {
        for (const xmlNode *n = sedml_list(d, "listOfDataSources"); n; n = sedml_next(n, NULL)) {
            if (strcmp(sedml_text_of(n, "id"), id) == 0) {
                return true;
            }
        }
    }
    return false;
}

struct sedml_generator *sedml_generator(struct sedml *s, const xmlNode *n, const char *attribute)
{
    const char *id = sedml_text_of(n, attribute);
    int32_t i = map_find(&s->generator_by, *id == '#' ? id + 1 : id);
    if (i < 0 && is_data_source(s, id)) {
        return sedml_skip(s, n, attribute, "data from files are not read: `%s`", id);
    }
    if (i < 0) {
        return sedml_unknown(s, n, attribute, "data generator", id,
                             sedml_list(s->root, "listOfDataGenerators"));
    }
    struct sedml_generator *g = &s->generator.data[i];
    if (g->state == GENERATOR_NEW) {
        g->state = GENERATOR_READY;
        for (const xmlNode *v = sedml_list(g->node, "listOfVariables"); v; v = sedml_next(v, NULL)) {
            g->state = take_variable(s, g, v) ? g->state : GENERATOR_REFUSED;
        }
    }
    return g->state == GENERATOR_READY ? g : NULL;
}

/* ---- writing ---- */

struct names {
    struct sedml *s;
    const struct sedml_generator *generator;
    const char *index; /* index of an element of vectors; NULL: formulas mean whole vectors */
};

static const char *name_in(void *env, const char *id)
{
    struct names *e = env;
    for (const xmlNode *n = sedml_list(e->generator->node, "listOfVariables"); n; n = sedml_next(n, NULL)) {
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            const struct sedml_result *r = sedml_result(e->s, n);
            return r && e->index && sedml_is_vector(r->task)
                       ? arena_printf(e->s->arena, "%s[%s]", r->name, e->index)
                   : r ? r->name
                       : NULL;
        }
    }
    for (const xmlNode *n = sedml_list(e->generator->node, "listOfParameters"); n; n = sedml_next(n, NULL)) {
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            bool good;
            return sedml_number_text(e->s, sedml_number(sedml_text_of(n, "value"), &good));
        }
    }
    return NULL;
}

/* A generator that is just a variable needs no name of its own. */
static bool is_variable(const char *text)
{
    return !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] &&
           !strchr("0123456789", *text);
}

static bool write_whole(struct sedml *s, struct sedml_generator *g, const xmlNode *math)
{
    struct names env = {s, g, NULL};
    struct sedml_scope scope = {name_in, &env, "  "};
    const char *text = sedml_formula(s, math, &scope);
    if (text && is_variable(text)) {
        g->name = text;
    } else if (text) {
        g->name = sedml_name(s, g->id);
        fprintf(s->out, "  let %s = 1.0 * %s;\n", g->name, text);
    }
    return text != NULL;
}

/* Computes the elements one by one. */
static bool write_each(struct sedml *s, struct sedml_generator *g, const xmlNode *math)
{
    struct names env = {s, g, "i"};
    struct sedml_scope scope = {name_in, &env, "    "};
    long long size = (long long)(g->runs * g->rows);
    g->name = sedml_name(s, g->id);
    fprintf(s->out, "  let %s = zeros(%lld);\n  for i in 0..%lld {\n", g->name, size, size);
    const char *text = sedml_formula(s, math, &scope);
    if (text) {
        fprintf(s->out, "    %s[i] = %s;\n  }\n", g->name, text);
    }
    return text != NULL;
}

bool sedml_write_generators(struct sedml *s)
{
    for (size_t i = 0; i < s->generator.n; i++) {
        struct sedml_generator *g = &s->generator.data[i];
        const xmlNode *math = sedml_child(g->node, "math");
        if (g->state != GENERATOR_READY) {
            continue;
        }
        if (!math) {
            return sedml_refuse(
                s, DIAG_E0831, g->node, NULL,
                "the data generator `%s` has no formula\n  help: write it inside `math`, with the id of a "
                "variable",
                g->id);
        }
        sedml_stand_for(s, g->node);
        if (!(g->is_vector && sedml_chooses(math) ? write_each : write_whole)(s, g, math)) {
            return false;
        }
    }
    return true;
}
