/* Programs: from text to something that runs, by the stages of crnlc. */
#include "api/api.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "build_config.h"
#include "driver/doc.h"
#include "runtime/crnl_file.h"

int crnlc_abi(void)
{
    return CRNLC_ABI;
}

const char *crnlc_version(void)
{
    return CRNL_VERSION;
}

void api_take_options(void *own, size_t own_size, const void *given)
{
    if (given) {
        size_t size;
        memcpy(&size, given, sizeof size);
        memcpy(own, given, size < own_size ? size : own_size);
    }
}

/* ---- Text ---------------------------------------------------------------------------------------------- */

/* Sets the text, followed by `more`, as the source of a path from now on. False after an error. */
static bool put_text(struct pipeline *p, const char *path, const char *text, const char *more)
{
    if (!text && !more) {
        return true;
    }
    size_t n = text ? strlen(text) : 0;
    struct sources *read = sources_create();
    if (!text) {
        uint32_t file = sources_read(read, path);
        if (!file) {
            diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", path, strerror(errno));
            diag_help_path(p->diag, (struct span){0}, path);
            sources_destroy(read);
            return false;
        }
        text = sources_text(read, file, &n);
    }
    size_t extra = more ? strlen(more) + 1 : 0;
    char *whole = mem_alloc(n + extra + 1);
    memcpy(whole, text, n);
    if (more) {
        whole[n] = '\n';
        memcpy(whole + n + 1, more, extra - 1);
    }
    bool good = sources_put(p->sources, path, whole, n + extra) != 0;
    if (!good) {
        diag_report(p->diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", path, strerror(errno));
    }
    free(whole);
    sources_destroy(read);
    return good;
}

static json_t *text_or_null(const char *text)
{
    json_t *v = text ? json_string(text) : NULL;
    return v ? v : json_null();
}

static json_t *list_rows(const struct doc_row *row, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "kind", row[i].kind, "name",
                                              row[i].name, "value", text_or_null(row[i].value), "doc",
                                              text_or_null(row[i].text)));
    }
    return list;
}

static char *describe(const struct doc_module *m)
{
    json_t *entries = json_array();
    for (size_t i = 0; i < m->entry.n; i++) {
        const struct doc_entry *e = &m->entry.data[i];
        json_array_append_new(entries,
                              json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "kind", doc_kind_text(e->kind),
                                        "name", e->name, "doc", text_or_null(e->text), "units",
                                        text_or_null(e->units), "given", list_rows(e->given.data, e->given.n),
                                        "own", list_rows(e->own.data, e->own.n)));
    }
    json_t *whole = json_pack("{s:o, s:o}", "doc", text_or_null(m->text), "entries", entries);
    char *text = json_dumps(whole, 0);
    json_decref(whole);
    return text;
}

char *crnlc_describe(const char *path, const char *text, crnlc_error **error)
{
    struct options options = {.opt_level = 2};
    struct pipeline p;
    pipeline_open(&p, &options);
    struct doc_book book = {.arena = arena_create(), .names = intern_create()};
    uint32_t file = put_text(&p, path, text, NULL) ? sources_read(p.sources, path) : 0;
    char *json = NULL;
    if (!file) {
        diag_report(p.diag, DIAG_E0202, (struct span){0}, "cannot read %s: %s", path, strerror(errno));
    }
    if (file && doc_add(&book, p.sources, file, path, p.diag)) {
        json = describe(&book.module.data[0]);
    } else {
        api_fail_diag(error, p.diag);
    }
    doc_book_free(&book);
    pipeline_close(&p);
    return json;
}

/* ---- Compiling ----------------------------------------------------------------------------------------- */

/* Adds exchanges with the caller: of variables that a `let` at the top level of the experiment declares after
 * their first assignment, and of all of them at the end. */
static void add_exchange(struct program *p, struct block *to, int32_t var, const struct stmt *like)
{
    struct stmt *s = arena_alloc(p->arena, sizeof *s);
    s->kind = STMT_EXCHANGE;
    s->var = var;
    s->line = like->line;
    s->span = like->span;
    vec_push(&to->stmt, s);
}

static void exchange_variables(struct program *p)
{
    struct block body = {{0}};
    bool *seen = mem_zalloc(p->variable.n + 1, sizeof *seen);
    VEC(const struct stmt *) first = {0};
    for (size_t i = 0; p->body && i < p->body->stmt.n; i++) {
        struct stmt *s = p->body->stmt.data[i];
        vec_push(&body.stmt, s);
        if (s->kind == STMT_ASSIGN && !seen[s->var] && p->variable.data[s->var].name) {
            seen[s->var] = true;
            vec_push(&first, s);
            add_exchange(p, &body, s->var, s);
        }
    }
    for (size_t i = 0; i < first.n; i++) {
        add_exchange(p, &body, first.data[i]->var, first.data[i]);
    }
    if (p->body && body.stmt.n) {
        vec_free(&p->body->stmt);
        *p->body = body;
    }
    vec_free(&first);
    free(seen);
}

static char *kept(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

static void set_options(struct options *o, const crnlc_options *given)
{
    *o = (struct options){.command = COMMAND_RUN,
                          .opt_level = given->opt_level ? given->opt_level : 2,
                          .compile_after = given->compile_at_once ? 0 : -1,
                          .experiment = kept(given->experiment),
                          .network = kept(given->network),
                          .data_dir = kept(given->data_dir),
                          .out_dir = kept(given->out_dir),
                          .shows_pictures = true};
    for (size_t i = 0; i < given->n_defines; i++) {
        vec_push(&o->defines, mem_strdup(given->defines[i]));
    }
}

static void free_options(struct options *o)
{
    const char *const text[] = {o->experiment, o->network, o->data_dir, o->out_dir};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        free((char *)text[i]);
    }
    for (size_t i = 0; i < o->defines.n; i++) {
        free((char *)o->defines.data[i]);
    }
    vec_free(&o->defines);
}

static void write_warnings(FILE *out, const void *of)
{
    diag_print(of, out, false);
}

static void keep_slow(void *env, const char *text)
{
    struct crnlc_program *program = env;
    pthread_mutex_lock(&program->mutex);
    program->slow = program->slow ? program->slow : mem_strdup(text);
    pthread_mutex_unlock(&program->mutex);
}

crnlc_program *crnlc_compile(const char *path, const char *text, const crnlc_options *options,
                             crnlc_error **error)
{
    crnlc_options given = {0};
    api_take_options(&given, sizeof given, options);
    struct crnlc_program *program = mem_zalloc(1, sizeof *program);
    struct pipeline *p = &program->pipeline;
    atomic_init(&program->users, 1);
    pthread_mutex_init(&program->mutex, NULL);
    set_options(&program->options, &given);
    pipeline_open(p, &program->options);
    p->codegen.warn = keep_slow;
    p->codegen.env = program;
    bool good = put_text(p, path, text, given.more) && pipeline_program(p, path, false);
    if (good) {
        exchange_variables(p->program);
        good = pipeline_finish(p);
    }
    if (!good || diag_error_count(p->diag)) {
        api_fail_diag(error, p->diag);
        crnlc_program_free(program);
        return NULL;
    }
    program->warnings = api_text(write_warnings, p->diag);
    return program;
}

crnlc_error *crnlc_check(const char *path, const char *text, const crnlc_options *options)
{
    crnlc_options given = {0};
    api_take_options(&given, sizeof given, options);
    given.experiment = given.network = given.more = NULL;
    struct options o;
    struct pipeline p;
    set_options(&o, &given);
    pipeline_open(&p, &o);
    if (put_text(&p, path, text, NULL) && pipeline_program(&p, path, true)) {
        for (size_t i = 0; i < program_count_networks(p.program); i++) {
            pipeline_optimise(&p, program_network(p.program, i), NULL); /* for the warnings of passes */
        }
    }
    crnlc_error *found = NULL;
    if (diag_count(p.diag) > 0) {
        api_fail_diag(&found, p.diag);
    }
    pipeline_close(&p);
    free_options(&o);
    return found;
}

void api_program_drop(struct crnlc_program *p)
{
    if (atomic_fetch_sub(&p->users, 1) == 1) {
        pipeline_close(&p->pipeline);
        free_options(&p->options);
        pthread_mutex_destroy(&p->mutex);
        free(p->json);
        free(p->warnings);
        free(p->slow);
        free(p);
    }
}

void crnlc_program_free(crnlc_program *program)
{
    if (program) {
        api_program_drop(program);
    }
}

/* ---- Descriptions -------------------------------------------------------------------------------------- */

static json_t *dims(struct shape shape)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < shape.rank; i++) {
        json_array_append_new(list, json_integer(shape.dim[i]));
    }
    return list;
}

static json_t *symbols(const struct net *n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n->symbol.n; i++) {
        const struct symbol *s = &n->symbol.data[i];
        const struct net_param *param = s->kind == SYMBOL_PARAM ? net_symbol_param(n, s) : NULL;
        const char *role = s->kind == SYMBOL_PARAM                                          ? "parameter"
                           : s->kind == SYMBOL_OUTPUT || (s->flags & SYMBOL_IS_OUTPUT) != 0 ? "output"
                                                                                            : "species";
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", s->name, "role", role, "dims",
                                        dims(s->shape), "unit", text_or_null(param ? param->unit : NULL),
                                        "doc", text_or_null(param ? param->doc : NULL)));
    }
    return list;
}

static json_t *networks(const struct program *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->net.n; i++) {
        const struct net *n = p->net.data[i].net;
        json_array_append_new(list,
                              json_pack("{s:s, s:o}", "name", n->name ? n->name : "", "symbols", symbols(n)));
    }
    return list;
}

static json_t *params(const struct program *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->global.n; i++) {
        const struct global *g = &p->global.data[i];
        json_t *value = json_real(g->value);
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "name", g->name, "value",
                                              value ? value : json_null(), "unit", text_or_null(g->unit),
                                              "doc", text_or_null(g->doc)));
    }
    return list;
}

static json_t *values(const struct program *p)
{
    json_t *list = json_array();
    bool *seen = mem_zalloc(p->variable.n + 1, sizeof *seen);
    for (size_t i = 0; i < p->body->stmt.n; i++) {
        const struct stmt *s = p->body->stmt.data[i];
        const struct variable *v = s->kind == STMT_EXCHANGE ? &p->variable.data[s->var] : NULL;
        if (v && !seen[s->var] && (v->type == TYPE_REAL || v->type == TYPE_INT)) {
            seen[s->var] = true;
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:o}", "name", v->name, "type",
                                            v->type == TYPE_REAL ? "real" : "int", "dims", dims(v->shape)));
        }
    }
    free(seen);
    return list;
}

static char *program_json(const struct crnlc_program *program)
{
    const struct program *p = program->pipeline.program;
    json_t *records = json_array();
    for (size_t i = 0; i < p->record.n; i++) {
        if (*p->record.data[i]) { /* names without a text belong to the program itself */
            json_array_append_new(records, json_string(p->record.data[i]));
        }
    }
    json_t *whole = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "experiment",
                              text_or_null(p->experiment), "doc", text_or_null(p->doc), "networks",
                              networks(p), "params", params(p), "values", p->body ? values(p) : json_array(),
                              "records", records, "warnings", text_or_null(program->warnings));
    char *text = json_dumps(whole, 0);
    json_decref(whole);
    return text ? text : mem_strdup("{}");
}

const char *crnlc_program_json(crnlc_program *program)
{
    pthread_mutex_lock(&program->mutex);
    if (!program->json) {
        program->json = program_json(program);
    }
    pthread_mutex_unlock(&program->mutex);
    return program->json;
}
