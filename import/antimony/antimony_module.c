/* The modules and functions of a file of Antimony and of the files that it imports; the content of an
 * imported file counts as if it were at the place of the import. */
#include <errno.h>
#include <string.h>

#include "import/antimony/antimony_impl.h"

enum { MAX_IMPORTS = 50 };

static bool skip_lines(struct reader *r)
{
    while (r->at < r->end && antimony_at_line_end(r)) {
        r->at++;
    }
    return r->at < r->end;
}

static const char *folder_of(struct reader *r, uint32_t file)
{
    const char *path = sources_path(r->x->sources, file), *slash = path ? strrchr(path, '/') : NULL;
    return slash ? arena_strndup(r->x->arena, path, slash == path ? 1 : (size_t)(slash - path)) : r->folder;
}

static bool ends_in(const char *name, const char *extension)
{
    size_t n = strlen(name), m = strlen(extension);
    return n > m && strcmp(name + n - m, extension) == 0;
}

/* Reads the file of `import "other.ant"`; the current token is the text. */
static bool import(struct reader *r, uint32_t file, int depth)
{
    const struct token *t = antimony_token(r);
    struct span at = t->at;
    const char *name = t->text, *wrong;
    if (t->kind != TOKEN_STRING) {
        return antimony_expected(r, "the name of a file in quotation marks");
    }
    r->at++;
    if (ends_in(name, ".xml") || ends_in(name, ".sbml")) {
        return antimony_error(
            r, DIAG_E0832, at,
            "a model in SBML as a module: '%s'\n  help: make it Antimony by `crnlc emit --format antimony %s "
            "-o part.ant`, and import that",
            name, name);
    }
    const char *path = import_path_below(r->x->arena, folder_of(r, file), r->folder, name, &wrong);
    if (!path) {
        return antimony_error(r, DIAG_E0832, at, "the file '%s', %s", name, wrong);
    }
    uint32_t other = sources_read(r->x->sources, path);
    if (!other) {
        antimony_error(r, DIAG_E0832, at, "the file '%s' cannot be read: %s", name, strerror(errno));
        diag_help_path(r->x->diag, at, path);
        return false;
    }
    for (size_t i = 0; i < r->file.n; i++) {
        if (r->file.data[i] == other) {
            return antimony_error(r, DIAG_E0832, at,
                                  "files that import each other: '%s' is being read already\n  help: leave "
                                  "one of their `import` out",
                                  name);
        }
    }
    if (depth >= MAX_IMPORTS) {
        return antimony_error(
            r, DIAG_E0833, at,
            "files that import one another more than %d deep\n  help: copy modules into fewer files",
            MAX_IMPORTS);
    }
    size_t next = r->at, end = r->end;
    bool ok = antimony_find_modules(r, other, depth + 1);
    r->at = next;
    r->end = end;
    return ok;
}

/* Reads "(x, $S)"; *ports are the tokens between the parentheses. */
static bool read_ports(struct reader *r, struct range *ports)
{
    *ports = (struct range){r->at, r->at};
    if (!antimony_take_sign(r, '(')) {
        return true;
    }
    ports->first = r->at;
    while (!antimony_at_line_end(r) && !antimony_is_sign(r, ')')) {
        r->at++;
    }
    ports->end = r->at;
    return antimony_expect_sign(r, ')', "')'");
}

/* Reads up to the word 'end' and takes it. */
static bool read_body(struct reader *r, struct range *body, struct span at, const char *what)
{
    body->first = r->at;
    while (r->at < r->end && !antimony_is_word(r, "end") && antimony_token(r)->kind != TOKEN_FILE_END) {
        r->at++;
    }
    body->end = r->at;
    return antimony_take_word(r, "end") ||
           antimony_error(r, DIAG_E0831, at,
                          "the %s does not end: 'end' is missing\n  help: write `end` behind its last line",
                          what);
}

const char *antimony_module_name(const struct reader *r, size_t *n)
{
    const char *name = antimony_token(r)->text;
    for (*n = 1;; *n += 2) {
        const struct token *hyphen = antimony_token_behind(r, *n), *part = antimony_token_behind(r, *n + 1);
        if (hyphen->kind != TOKEN_SIGN || hyphen->sign != '-' || !hyphen->is_glued ||
            part->kind != TOKEN_NAME || !part->is_glued || antimony_is_reserved(part->text)) {
            return name;
        }
        name = arena_printf(r->x->arena, "%s-%s", name, part->text);
    }
}

/* Reads a name that no module and no function has yet. */
static bool new_name(struct reader *r, const char **name, struct span *at)
{
    const struct token *t = antimony_token(r);
    if (t->kind != TOKEN_NAME || antimony_is_reserved(t->text)) {
        return antimony_expected(r, "a name");
    }
    size_t n;
    *name = antimony_module_name(r, &n);
    *at = t->at;
    r->at += n;
    int32_t m = map_find(&r->modules, *name), f = map_find(&r->functions, *name);
    if (m >= 0 || f >= 0) {
        antimony_error(r, DIAG_E0203, *at,
                       "a second %s of the name '%s'\n  help: leave one of the two out, or rename it",
                       m >= 0 ? "module" : "function", *name);
        diag_note(r->x->diag, m >= 0 ? r->module.data[m].at : r->function.data[f].at, "the first");
        return false;
    }
    return true;
}

static bool read_module(struct reader *r)
{
    struct module m = {0};
    struct range body;
    struct span at = antimony_token(r)->at;
    r->at++;
    m.is_main = antimony_take_sign(r, '*');
    if (!new_name(r, &m.name, &m.at) || !read_ports(r, &m.ports) || !read_body(r, &body, at, "module")) {
        return false;
    }
    vec_push(&m.body, body);
    vec_push(&r->module, m);
    map_add(&r->modules, m.name, (int32_t)r->module.n - 1);
    return true;
}

static bool read_function(struct reader *r)
{
    struct function f = {0};
    struct span at = antimony_token(r)->at;
    struct range arguments;
    r->at++;
    if (!new_name(r, &f.name, &f.at) || !read_ports(r, &arguments)) {
        return false;
    }
    for (size_t i = arguments.first; i < arguments.end; i++) {
        const struct token *t = &r->token.data[i];
        if (t->kind == TOKEN_NAME && !antimony_is_reserved(t->text)) {
            vec_push(&f.argument, t->text);
        } else if (t->kind != TOKEN_SIGN || t->sign != ',') {
            vec_free(&f.argument);
            return antimony_error(
                r, DIAG_E0831, t->at,
                "expected the name of an argument\n  help: write names, `function f(x, y)`");
        }
    }
    if (!read_body(r, &f.body, at, "function")) {
        vec_free(&f.argument);
        return false;
    }
    vec_push(&r->function, f);
    map_add(&r->functions, f.name, (int32_t)r->function.n - 1);
    return true;
}

/* Reads one statement outside of modules. */
static void read_outside(struct reader *r)
{
    struct range statement = {r->at, r->at};
    while (r->at < r->end && antimony_token(r)->kind != TOKEN_LINE_END &&
           antimony_token(r)->kind != TOKEN_FILE_END) {
        r->at++;
    }
    /* Assignments of events and lists of texts continue on the next line after ',' or ':'. */
    while (r->at < r->end && antimony_token(r)->kind == TOKEN_LINE_END && r->at > statement.first &&
           r->token.data[r->at - 1].kind == TOKEN_SIGN &&
           (r->token.data[r->at - 1].sign == ',' || r->token.data[r->at - 1].sign == ':')) {
        r->at++;
        while (r->at < r->end && antimony_token(r)->kind != TOKEN_LINE_END &&
               antimony_token(r)->kind != TOKEN_FILE_END) {
            r->at++;
        }
    }
    statement.end = r->at;
    vec_push(&r->module.data[0].body, statement);
}

bool antimony_find_modules(struct reader *r, uint32_t file, int depth)
{
    size_t first = r->token.n;
    bool ok = true;
    if (!antimony_lex(r, file)) {
        return false;
    }
    vec_push(&r->file, file);
    r->at = first;
    r->end = r->token.n - 1;
    while (ok && skip_lines(r)) {
        if (antimony_is_word(r, "model") || antimony_is_word(r, "module")) {
            ok = read_module(r);
        } else if (antimony_is_word(r, "function")) {
            ok = read_function(r);
        } else if (antimony_take_word(r, "import")) {
            ok = import(r, file, depth);
        } else {
            read_outside(r);
        }
    }
    r->file.n--;
    return ok;
}
