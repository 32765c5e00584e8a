#include "frontend/compile.h"

#include <stdlib.h>
#include <string.h>

#include "frontend/check/check.h"
#include "frontend/check/lint.h"
#include "frontend/data/data.h"
#include "frontend/name.h"
#include "frontend/rows.h"
#include "frontend/declared.h"
#include "import/import.h"

enum { DEFAULT_MAX_REACTIONS = 10000000, DEFAULT_MAX_ELEMENTS = 40000000 };

static struct module *root(struct front *f)
{
    return f->module.data[0];
}

/* Belongs to this file; others may have been compiled before it. */
static bool no_errors(const struct front *f)
{
    return diag_error_count(f->diag) == f->errors_before;
}

/* A message about the file as a whole points at its first declaration. */
static struct span start(struct front *f)
{
    const struct ast *tree = root(f)->tree;
    return tree->n ? file_declaration(tree, 0)->span : tree->span;
}

/* The parameters of the program are those of the compiled file. */
static void declare_globals(struct front *f)
{
    for (size_t m = 0; m < f->module.n; m++) {
        struct scope *s = f->module.data[m]->scope;
        for (size_t i = 0; i < scope_count(s); i++) {
            struct name *n = scope_at(s, i);
            if (n->kind != NAME_GLOBAL) {
                continue;
            }
            struct global g = {.name = arena_strdup(f->program->arena, n->text), .span = n->span};
            struct where w = {.f = f, .ex = f->constants, .module = n->module, .purpose = FOR_DEFAULT};
            expr_id v = 0;
            if (!dcl_value(n->ast)) {
                diag_report(f->diag, DIAG_E0405, n->span, "the parameter '%s' has no value", n->text);
            } else if (dcl_dims(n->ast)) {
                front_later(f, n->span, "program parameters that are arrays");
            } else {
                v = value_real_scalar(&w, dcl_value(n->ast));
            }
            if (v && !expr_const_real(f->constants, v, &g.value)) {
                diag_report(f->diag, DIAG_E0304, dcl_value(n->ast)->span,
                            "the default of a program parameter is a constant");
            }
            g.doc = n->ast->doc ? arena_strdup(f->program->arena, n->ast->doc) : NULL;
            n->index = (int32_t)f->program->global.n;
            vec_push(&f->program->global, g);
        }
    }
}

static size_t count_of(struct front *f, enum name_kind kind, struct name **last)
{
    struct scope *s = root(f)->scope;
    size_t count = 0;
    for (size_t i = 0; i < scope_count(s); i++) {
        if (scope_at(s, i)->kind == kind) {
            *last = scope_at(s, i);
            count++;
        }
    }
    return count;
}

static void list_names(struct front *f, enum name_kind kind, char *out, size_t size)
{
    struct scope *s = root(f)->scope;
    out[0] = '\0';
    for (size_t i = 0; i < scope_count(s); i++) {
        if (scope_at(s, i)->kind == kind && strlen(out) + strlen(scope_at(s, i)->text) + 3 < size) {
            strcat(strcat(out, out[0] ? ", " : ""), scope_at(s, i)->text);
        }
    }
}

static struct name *named(struct front *f, enum name_kind kind, const char *text)
{
    struct name *n = scope_find_here(root(f)->scope, intern_text(f->names, text));
    if (n && n->kind == kind) {
        return n;
    }
    if (!no_errors(f)) { /* its declaration may have failed */
        return NULL;
    }
    char list[400];
    list_names(f, kind, list, sizeof list);
    const char *class = strchr(name_class(kind)->text, ' ') + 1;
    diag_report(f->diag, DIAG_E0207, (struct span){0}, "there is no %s '%s', which --%s names, in '%s'",
                class, text, class, sources_name(f->sources, start(f).file));
    const struct scope *s = root(f)->scope;
    const char **known = arena_alloc(f->arena, (scope_count(s) + 1) * sizeof *known);
    size_t count = 0;
    for (size_t i = 0; i < scope_count(s); i++) {
        if (scope_at(s, i)->kind == kind) {
            known[count++] = scope_at(s, i)->text;
        }
    }
    if (!diag_help_nearest(f->diag, text, known, count)) {
        diag_help(f->diag, list[0] ? "it has: %s" : "it has none%s", list);
    }
    return NULL;
}

/* Returns `main`, or else the only experiment. NULL without an error means that there is none but one
 * network, *network, or that everything is only checked. */
static struct name *choose(struct front *f, struct name **network)
{
    const struct compile_options *o = f->options;
    *network = NULL;
    if (o->network) {
        *network = named(f, NAME_NETWORK, o->network);
        return NULL;
    }
    if (o->experiment) {
        return named(f, NAME_EXPERIMENT, o->experiment);
    }
    struct name *last = NULL;
    struct name *main_one = scope_find_here(root(f)->scope, intern_text(f->names, "main"));
    if (main_one && main_one->kind == NAME_EXPERIMENT) {
        return main_one;
    }
    size_t experiments = count_of(f, NAME_EXPERIMENT, &last);
    char list[400];
    if (experiments == 1) {
        return last;
    }
    if (f->options->all) {
        return NULL;
    }
    if (experiments > 1) {
        list_names(f, NAME_EXPERIMENT, list, sizeof list);
        diag_report(f->diag, DIAG_E0207, start(f),
                    "this file has several experiments and none is called 'main'");
        diag_help(f->diag, "choose one with --experiment: %s", list);
        return NULL;
    }
    size_t networks = count_of(f, NAME_NETWORK, &last);
    if (networks == 1) {
        *network = last;
    } else if (no_errors(f)) {
        list_names(f, NAME_NETWORK, list, sizeof list);
        diag_report(f->diag, DIAG_E0207, start(f),
                    networks ? "this file has several networks and no experiment"
                             : "there is nothing to run in this file");
        diag_help(f->diag,
                  networks ? "choose one with --network: %s" : "declare a network, or an experiment%s",
                  networks ? list : "");
    }
    return NULL;
}

/* Makes a program that runs this network as its options say. */
static void use_network(struct front *f, int32_t at)
{
    if (at >= 0) {
        struct net_use *use = &f->program->net.data[at];
        struct span place; /* otherwise no method that counts molecules could run it */
        bool whole = net_first_unknown(use->net) < 0 && !net_first_delay(use->net, &place);
        for (int m = 0; m < CRNL_METHOD_COUNT; m++) {
            const struct crnl_method_info *method = &crnl_method_info[m];
            bool fits = !(method->traits & CRNL_IMPLIED) && !(method->needs & CRNL_NEEDS_UNITS) &&
                        (whole || !(method->traits & (CRNL_STOCHASTIC | CRNL_LAW)));
            use->needs |= fits ? method->needs : 0;
        }
    }
}

static bool reads_file(const struct name *n)
{
    return n->kind == NAME_DATA || n->kind == NAME_TABULATED;
}

/* `check` looks at everything in this file, and in those that it uses at the files that they read; those that
 * they import are looked for by check_program. Building the chosen experiment afterwards forgets the others.
 */
static void check_others(struct front *f, const struct name *chosen)
{
    for (size_t m = 0; m < f->module.n; m++) {
        const struct scope *s = f->module.data[m]->scope;
        for (size_t i = 0; i < scope_count(s); i++) {
            struct name *n = scope_at(s, i);
            if (n != chosen && name_row(f, n->kind)->check && (m == 0 || reads_file(n))) {
                name_row(f, n->kind)->check(f, n);
            }
        }
    }
}

static bool is_constant(struct front *f, const char *name)
{
    for (size_t i = 0; i < f->module.n; i++) {
        const struct name *n = scope_find_here(f->module.data[i]->scope, intern_text(f->names, name));
        if (n && n->kind == NAME_CONST) {
            return true;
        }
    }
    return false;
}

/* Says what else can give the name a value: a network whose constant it is, or `--set`. */
static bool help_define(struct front *f, const char *name, const char *value)
{
    char list[400];
    const struct scope *s = root(f)->scope;
    const char *text = intern_text(f->names, name);
    for (size_t i = 0; i < scope_count(s); i++) {
        const struct name *n = scope_at(s, i);
        if (n->kind == NAME_GLOBAL && n->text == text) {
            diag_help(f->diag, "'%s' is a parameter, known when running: --set %s=%s", name, name, value);
            return false;
        }
        const struct ast *params =
            n->kind == NAME_NETWORK && n->ast->kind == AST_NETWORK ? network_nparams(n->ast) : NULL;
        for (uint32_t k = 0; params && k < params->n; k++) {
            const struct ast *p = list_item(params, k);
            if (p->name == text) {
                diag_help(f->diag,
                          p->op == OP_CONST
                              ? "'%s' is a constant of the network '%s': network other = %s(%s = %s);"
                              : "'%s' is a parameter of the network '%s', known when running: --set %s.%s=%s",
                          name, n->text, n->text, name, value);
                return false;
            }
        }
    }
    list_names(f, NAME_CONST, list, sizeof list);
    if (list[0]) {
        diag_help(f->diag, "there are: %s", list);
    } else {
        diag_help(f->diag, "declare it: const %s = %s;", name, value);
    }
    return false;
}

/* Each -D NAME=VALUE names a constant of the file or of one it uses, and gives a number. */
static bool defines_fit(struct front *f)
{
    for (size_t i = 0; i < f->options->n_defines; i++) {
        const char *d = f->options->defines[i], *value = strchr(d, '=') + 1;
        const char *name = arena_strndup(f->arena, d, (size_t)(value - d) - 1);
        char *end;
        if (!is_constant(f, name)) {
            diag_report(f->diag, DIAG_E0201, (struct span){0},
                        "-D %s: there is no constant '%s' at the top level", d, name);
            return help_define(f, name, value);
        }
        if (strtod(value, &end), end == value || *end) {
            return diag_report(f->diag, DIAG_E0303, (struct span){0},
                               "-D %s: the value of a constant is a number", d);
        }
    }
    return true;
}

/* The place that messages of the running program name: in a file that was made from another one, lines
 * stand for those of the other file. */
static const char *file_of_lines(const struct front *f, const char *path)
{
    uint32_t file = sources_read(f->sources, path);
    struct span from = sources_origin(f->sources, (struct span){file, 0, 0});
    return from.file == file ? path : sources_name(f->sources, from.file);
}

static bool compile(struct front *f, const char *path)
{
    if (!module_load(f, path, (struct span){0}) || f->text_is_lost || !defines_fit(f)) {
        return false;
    }
    f->program = program_create();
    f->program->file = arena_strdup(f->program->arena, file_of_lines(f, path));
    check_program(f, NULL);
    front_find_statements(f);
    if (f->syntax_errors) {
        return false;
    }
    declare_globals(f);
    struct name *network, *experiment = choose(f, &network);
    if (f->options->all) {
        check_others(f, experiment);
    }
    if (experiment) {
        front_experiment(f, experiment);
    } else if (network) {
        use_network(f, network_use(f, network, network->span));
    }
    table_finish(f->program);
    if (no_errors(f)) {
        lint_file(f);
    }
    front_note_places(f);
    return no_errors(f) && program_verify(f->program, f->diag);
}

/* A file of another tool is compiled as a program with one network. */
static bool compile_import(struct front *f, const char *path)
{
    f->program = program_create();
    f->program->file = arena_strdup(f->program->arena, path);
    use_network(f, network_import_file(f, path));
    return no_errors(f) && program_verify(f->program, f->diag);
}

static struct front front_open(struct sources *sources, const struct compile_options *options,
                               struct diag *diag)
{
    struct front f = {.sources = sources, .diag = diag, .options = options, .rows = &front_rows};
    f.errors_before = diag_error_count(diag);
    f.names = intern_create();
    f.arena = arena_create();
    f.refused = arena_alloc(f.arena, sizeof *f.refused);
    *f.refused = (struct name){.kind = NAME_REFUSED, .text = ""};
    f.constants = expr_pool_create();
    f.max_reactions = options->max_reactions ? options->max_reactions : DEFAULT_MAX_REACTIONS;
    f.max_elements = options->max_elements ? options->max_elements : DEFAULT_MAX_ELEMENTS;
    return f;
}

static void front_close(struct front *f)
{
    for (size_t i = 0; i < f->module.n; i++) {
        vec_free(&f->module.data[i]->uses);
        vec_free(&f->module.data[i]->used);
    }
    vec_free(&f->module);
    vec_free(&f->later_of_line);
    vec_free(&f->index_place);
    for (size_t i = 0; i < f->template.n; i++) {
        net_destroy(f->template.data[i]->own);
    }
    vec_free(&f->template);
    for (size_t i = 0; i < f->imported.n; i++) {
        if (f->imported.data[i].net) {
            net_destroy(f->imported.data[i].net);
        }
    }
    vec_free(&f->imported);
    vec_free(&f->units);
    vec_free(&f->model);
    vec_free(&f->why_series);
    expr_pool_destroy(f->constants);
    arena_destroy(f->arena);
    intern_destroy(f->names);
}

struct program *frontend_compile(struct sources *sources, const char *path,
                                 const struct compile_options *options, struct diag *diag)
{
    struct front f = front_open(sources, options, diag);
    struct program *p = NULL;
    if (import_knows(path) ? compile_import(&f, path) : compile(&f, path)) {
        p = f.program;
    } else {
        diag_refused(diag, f.errors_before, (struct span){0});
        program_destroy(f.program);
    }
    front_close(&f);
    return p;
}

struct declared_names *frontend_declared(struct sources *sources, const char *path,
                                         const struct compile_options *options, struct diag *diag)
{
    struct front f = front_open(sources, options, diag);
    struct declared_names *s = NULL;
    f.keeps_uses = true;
    if (!import_knows(path) && module_load(&f, path, (struct span){0})) {
        f.program = program_create(); /* for data sets, whose kinds of labels are read from their files */
        f.program->file = arena_strdup(f.program->arena, path);
        check_program(&f, &s);
        program_destroy(f.program);
    }
    front_close(&f);
    return s;
}
