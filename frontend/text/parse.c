#include "frontend/text/parse.h"

#include <string.h>

#include "frontend/text/ast_build.h"
#include "frontend/text/parse_state.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"
#include "runtime/crnl_utf8.h"

/* A limit on repairs, as the text is parsed again after each. */
enum { MOST_REPAIRS = 30 };

int grammar_lex(GRAMMAR_STYPE *value, struct span *at, struct parse *p);

/* -- the text as bytes -- */

/* How many of the first bytes are certainly ASCII and not NUL; looks at eight at a time. */
static size_t plain_bytes(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t n = 0;
    for (uint64_t piece; n + sizeof piece <= length; n += sizeof piece) {
        memcpy(&piece, text + n, sizeof piece);
        if ((piece | (piece - ones)) & tops) {
            break;
        }
    }
    return n;
}

/* NUL, broken UTF-8 and a control code are reported once, since a file that is not text contains many. A
 * comment or a string must not have control codes either: both are printed on terminals. False: this is no
 * text, and its words mean nothing. */
static bool check_bytes(struct parse *p)
{
    const unsigned char *text = (const unsigned char *)p->text;
    if (p->length > 4 && memcmp(p->text, "\177ELF", 4) == 0) {
        const char *path = sources_path(p->sources, p->file);
        parse_error(p, DIAG_E0102, (struct span){0}, "'%s' is an executable, not the text of a program",
                    path);
        parse_help(p, "start it by `%s`", path);
        return false;
    }
    const char *path = sources_path(p->sources, p->file), *end = path ? strrchr(path, '.') : NULL;
    if (end && (strcmp(end, ".csv") == 0 || strcmp(end, ".tsv") == 0)) {
        const char *name = strrchr(path, '/');
        parse_error(p, DIAG_E0101, (struct span){0}, "'%s' is a table of data, not a program", path);
        parse_help(
            p,
            "a program, NAME.crnl, reads it: `data d = csv(\"%s\", input = 0..2, label = 2);` or `data d "
            "= course(\"%s\", time = \"t\");`",
            name ? name + 1 : path, name ? name + 1 : path);
        return false;
    }
    size_t control = crnl_utf8_control_code(p->text, p->length);
    if (control < p->length && text[control] != 0) {
        size_t n = crnl_utf8_length(p->text + control, p->length - control);
        parse_error(p, DIAG_E0102, (struct span){p->file, (uint32_t)control, (uint32_t)(control + n)},
                    "a control character (code %u) cannot stand here",
                    crnl_utf8_number(p->text + control, n));
    }
    for (size_t i = 0; (i += plain_bytes(p->text + i, p->length - i)) < p->length;) {
        unsigned char c = text[i];
        size_t n = c < 0x80 ? 1 : crnl_utf8_length(p->text + i, p->length - i);
        if (c == 0 || n == 0) {
            struct span at = {p->file, (uint32_t)i, (uint32_t)i + 1};
            parse_error(p, DIAG_E0102, at,
                        c == 0 ? "a NUL byte: this is no text file" : "this is not valid UTF-8");
            parse_help(p, "save the file as UTF-8 text");
            return c != 0;
        }
        i += n;
    }
    return true;
}

/* -- parser -- */

int grammar_lex(GRAMMAR_STYPE *value, struct span *at, struct parse *p)
{
    /* Once a repair is decided, or a compact text has an error, the remaining tokens are skipped: the
     * text is parsed again. */
    size_t i = p->edit.what != EDIT_NONE || p->is_refused || p->at >= p->tokens.n ? p->tokens.n - 1 : p->at++;
    const struct token *t = &p->tokens.data[i];
    value->token = t;
    *at = t->span;
    return t->kind;
}

static void apply_edit(struct parse *p)
{
    struct edit e = p->edit;
    p->edit.what = EDIT_NONE;
    if (e.what != EDIT_DROP && e.close > e.at) {
        struct token closer = p->tokens.data[e.close - 1];
        closer.kind = '}';
        closer.text = intern_text(p->names, "}");
        closer.span.lo = closer.span.hi;
        closer.doc = NULL;
        closer.flags = (closer.flags & TOKEN_BROKEN) | TOKEN_MADE_UP;
        p->edit = (struct edit){EDIT_INSERT, e.close, closer, 0};
        apply_edit(p);
    }
    struct token *at = p->tokens.data + e.at;
    if (e.what == EDIT_REPLACE) {
        *at = e.token;
    } else if (e.what == EDIT_DELETE || e.what == EDIT_DROP) {
        size_t n = e.what == EDIT_DROP ? e.close - e.at : 1;
        memmove(at, at + n, (p->tokens.n - e.at - n) * sizeof *at);
        p->tokens.n -= n;
    } else {
        vec_push(&p->tokens, e.token);
        at = p->tokens.data + e.at;
        memmove(at + 1, at, (p->tokens.n - 1 - e.at) * sizeof *at);
        *at = e.token;
    }
    p->repairs++;
}

static void run_parser(struct parse *p)
{
    do {
        p->at = 0;
        if (p->edit.what != EDIT_NONE) {
            apply_edit(p);
        }
        p->may_repair = p->repairs < MOST_REPAIRS;
        p->root = ast_list(p, (struct span){p->file, 0, 0});
        grammar_parse(p);
    } while (p->edit.what != EDIT_NONE);
}

void parse_open(struct parse *p)
{
    p->text = sources_text(p->sources, p->file, &p->length);
    p->words = word_table_create(p->names);
    if (check_bytes(p)) {
        lexer_scan(p);
    }
    p->lo = p->hi = (uint32_t)p->length;
    p->line_has_token = false;
    token_add(p, T_END);
    tokens_arrange(p);
}

void parse_close(struct parse *p)
{
    word_table_destroy(p->words);
    vec_free(&p->tokens);
    vec_free(&p->string);
    vec_free(&p->doc);
    vec_free(&p->holes);
}

/* Fills p->root. */
static void parse(struct parse *p)
{
    parse_open(p);
    run_parser(p);
    ast_as(p->root, AST_FILE, (struct span){p->file, 0, (uint32_t)p->length});
    p->root->doc = p->file_doc;
    parse_check_units(p);
    if (p->reports > 0 && p->reports == p->mended) {
        p->root->flags |= AST_IS_MENDED;
    }
    parse_close(p);
}

struct ast *parse_file(struct sources *sources, uint32_t file, struct arena *arena, struct intern *names,
                       struct diag *diag)
{
    struct parse p = {.sources = sources, .file = file, .arena = arena, .names = names, .diag = diag};
    parse(&p);
    return p.root;
}

struct ast *parse_compact(struct sources *sources, uint32_t file, struct arena *arena, struct intern *names,
                          struct diag *diag)
{
    struct parse p = {
        .sources = sources, .file = file, .arena = arena, .names = names, .diag = diag, .is_compact = true};
    parse(&p);
    /* Messages look at tokens, and a compact list has none. */
    return p.is_refused ? parse_file(sources, file, arena, names, diag) : p.root;
}
