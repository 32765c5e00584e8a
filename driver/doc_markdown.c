#include <string.h>

#include "driver/doc.h"

/* Prints the text of a comment: characters that Markdown would read as markup are escaped, `code` stays. */
static void put_text(FILE *out, const char *text)
{
    bool code = false;
    for (; text && *text; text++) {
        code = *text == '`' ? !code : code;
        if (!code && strchr("\\*_<>[]|#", *text)) {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
}

/* Prints a cell of a table, in which newlines and bars must be replaced or escaped. */
static void put_cell(FILE *out, const char *text, bool code)
{
    fputs(code && *text ? "`" : "", out);
    for (; *text; text++) {
        if (*text == '\n') {
            fputc(' ', out);
        } else if (*text == '|' || (!code && strchr("\\*_<>[]", *text))) {
            fprintf(out, "\\%c", *text);
        } else {
            fputc(*text, out);
        }
    }
    fputs(code && text[-1] ? "`" : "", out);
}

static void put_row(FILE *out, const struct doc_row *r)
{
    fputs("| ", out);
    fputs(r->kind, out);
    fputs(" | `", out);
    put_cell(out, r->name, false);
    fputs("` | ", out);
    if (r->value) {
        put_cell(out, r->value, true);
    }
    fputs(" | ", out);
    put_cell(out, r->text ? r->text : "", false);
    fputs(" |\n", out);
}

static void put_rows(FILE *out, const struct doc_row *row, size_t n, const char *title)
{
    if (n) {
        fprintf(out, "| | %s | default | |\n| --- | --- | --- | --- |\n", title);
        for (size_t i = 0; i < n; i++) {
            put_row(out, &row[i]);
        }
        fputc('\n', out);
    }
}

static void put_entry(FILE *out, const struct doc_entry *e)
{
    fprintf(out, "### %s `%s`\n\n", doc_kind_text(e->kind), e->name);
    if (e->text) {
        put_text(out, e->text);
        fputs("\n\n", out);
    }
    if (e->kind == DOC_NETWORK) {
        put_rows(out, e->given.data, e->given.n, "given");
        put_rows(out, e->own.data, e->own.n, "own");
    }
    fprintf(out, "```\n%s\n```\n\n", e->code);
}

void doc_write_markdown(FILE *out, const struct doc_book *b)
{
    for (size_t i = 0; i < b->module.n; i++) {
        const struct doc_module *m = &b->module.data[i];
        fprintf(out, "## %s\n\n", m->name);
        if (m->text) {
            put_text(out, m->text);
            fputs("\n\n", out);
        }
        for (size_t k = 0; k < m->entry.n; k++) {
            put_entry(out, &m->entry.data[k]);
        }
    }
}
