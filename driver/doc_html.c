#include <ctype.h>
#include <string.h>

#include "driver/doc.h"
#include "frontend/text/parse_words.h"

static const char STYLE[] =
    ":root{--ink:#1d2430;--soft:#5b6675;--line:#dfe3e8;--page:#fff;--side:#f6f7f9;--link:#0b5cad;--word:#"
    "8a3ea8;"
    "--number:#0a7f5a;--comment:#7a8594;--string:#a2561b}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#dde3ea;--soft:#98a4b3;--line:#333b46;--page:#14181d;--"
    "side:#1b2026;"
    "--link:#6cb2f5;--word:#cf9be6;--number:#6fd0a8;--comment:#7f8b99;--string:#e0a36c}}\n"
    "*{box-sizing:border-box}body{margin:0;display:flex;background:var(--page);color:var(--ink);"
    "font:16px/1.55 "
    "system-ui,sans-serif}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}\n"
    "nav{width:16rem;flex:none;height:100vh;position:sticky;top:0;overflow:auto;padding:1.2rem;background:"
    "var(--side);"
    "border-right:1px solid var(--line);font-size:.9rem}nav ul{list-style:none;margin:.2rem 0 1rem;padding:0 "
    "0 0 .6rem}\n"
    "main{min-width:0;max-width:56rem;padding:1.5rem 2.5rem 6rem}h2{margin:2.5rem 0 .5rem;border-bottom:1px "
    "solid var(--line)}"
    "h3{margin:2.2rem 0 .3rem;font-size:1.1rem}h3 "
    "small{font-weight:400;color:var(--soft);margin-right:.4rem}\n"
    "pre,code{font:.88em/1.5 ui-monospace,monospace}pre{background:var(--side);border:1px solid var(--line);"
    "border-radius:6px;padding:.8rem 1rem;overflow:auto}table{border-collapse:collapse;margin:.6rem "
    "0;font-size:.92rem}"
    "td,th{padding:.2rem .9rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid "
    "var(--line)}"
    "th,td:first-child{color:var(--soft);font-weight:400}\n"
    ".w{color:var(--word)}.n{color:var(--number)}.c{color:var(--comment)}.s{color:var(--string)}\n"
    "@media(max-width:48rem){body{display:block}nav{width:auto;height:auto;position:static}main{padding:1rem}"
    "}\n";

static void put_char(FILE *out, char c)
{
    switch (c) {
    case '&': fputs("&amp;", out); break;
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '"': fputs("&quot;", out); break;
    default: fputc(c, out); break;
    }
}

static void put_n(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_char(out, text[i]);
    }
}

static void put(FILE *out, const char *text)
{
    put_n(out, text, strlen(text));
}

/* Prints the text of a comment: `code` is set as code, an empty line begins a paragraph. */
static void put_text(FILE *out, const char *text)
{
    bool code = false;
    for (; *text; text++) {
        if (*text == '`' && (code || strchr(text + 1, '`'))) {
            code = !code;
            fputs(code ? "<code>" : "</code>", out);
        } else if (text[0] == '\n' && text[1] == '\n' && !code) {
            fputs("</p>\n<p>", out);
            text++;
        } else {
            put_char(out, *text);
        }
    }
}

static void put_paragraph(FILE *out, const char *text)
{
    if (text) {
        fputs("<p>", out);
        put_text(out, text);
        fputs("</p>\n", out);
    }
}

static void put_anchor(FILE *out, const struct doc_module *m, const struct doc_entry *e)
{
    put(out, m->name);
    if (e) {
        fputc('.', out);
        put(out, e->name);
    }
}

/* ---- code ---- */

struct code {
    FILE *out;
    const struct doc_book *book;
    const struct doc_module *module;
    const struct doc_entry *entry; /* the entry itself, to which there is no link */
};

/* Words that are keywords only in some statements may be names, and look like names. */
static bool is_word(const char *text, size_t n)
{
    for (int i = 0; i < word_list_count; i++) {
        if (strlen(word_list[i].text) == n && memcmp(word_list[i].text, text, n) == 0) {
            return word_list[i].role != WORD_INNER;
        }
    }
    return false;
}

static void put_span(FILE *out, const char *class, const char *text, size_t n)
{
    fprintf(out, "<span class=\"%s\">", class);
    put_n(out, text, n);
    fputs("</span>", out);
}

static void put_word(const struct code *c, const char *word, size_t n)
{
    const struct doc_module *where;
    const struct doc_entry *e = doc_find(c->book, c->module, word, n, &where);
    if (is_word(word, n)) {
        put_span(c->out, "w", word, n);
    } else if (e && e != c->entry) {
        fputs("<a href=\"#", c->out);
        put_anchor(c->out, where, e);
        fputs("\">", c->out);
        put_n(c->out, word, n);
        fputs("</a>", c->out);
    } else {
        put_n(c->out, word, n);
    }
}

static size_t comment_length(const char *text)
{
    if (text[0] != '/' || (text[1] != '/' && text[1] != '*')) {
        return 0;
    }
    if (text[1] == '/') {
        return strcspn(text, "\n");
    }
    const char *end = strstr(text + 2, "*/");
    return end ? (size_t)(end + 2 - text) : strlen(text);
}

static size_t string_length(const char *text)
{
    size_t n = 1;
    while (text[n] && text[n] != '"' && text[n] != '\n') {
        n += text[n] == '\\' && text[n + 1] ? 2 : 1;
    }
    return n + (text[n] == '"');
}

static size_t word_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_') {
        n++;
    }
    return n;
}

static size_t number_length(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (text[n] == '.' && isdigit((unsigned char)text[n + 1])) {
        n += 1 + strspn(text + n + 1, "0123456789");
    }
    if ((text[n] | 32) == 'e') {
        size_t sign = strspn(text + n + 1, "+-") ? 1 : 0, digits = strspn(text + n + 1 + sign, "0123456789");
        n += digits ? 1 + sign + digits : 0;
    }
    return n;
}

static void put_code(const struct code *c, const char *text)
{
    fputs("<pre>", c->out);
    while (*text) {
        size_t n = comment_length(text);
        if (n) {
            put_span(c->out, "c", text, n);
        } else if (*text == '"') {
            put_span(c->out, "s", text, n = string_length(text));
        } else if (isdigit((unsigned char)*text)) {
            put_span(c->out, "n", text, n = number_length(text));
        } else if ((n = word_length(text)) > 0) {
            put_word(c, text, n);
        } else {
            put_n(c->out, text, n = 1);
        }
        text += n;
    }
    fputs("</pre>\n", c->out);
}

/* ---- page ---- */

static void put_rows(FILE *out, const struct doc_row *row, size_t n, const char *title)
{
    if (n == 0) {
        return;
    }
    fprintf(out, "<table><tr><th></th><th>%s</th><th>default</th><th></th></tr>\n", title);
    for (size_t i = 0; i < n; i++) {
        fputs("<tr><td>", out);
        put(out, row[i].kind);
        fputs("</td><td><code>", out);
        put(out, row[i].name);
        fputs("</code></td><td><code>", out);
        put(out, row[i].value ? row[i].value : "");
        fputs("</code></td><td>", out);
        put_text(out, row[i].text ? row[i].text : "");
        fputs("</td></tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void put_entry(const struct code *c)
{
    FILE *out = c->out;
    const struct doc_entry *e = c->entry;
    fputs("<h3 id=\"", out);
    put_anchor(out, c->module, e);
    fprintf(out, "\"><small>%s</small><a href=\"#", doc_kind_text(e->kind));
    put_anchor(out, c->module, e);
    fputs("\">", out);
    put(out, e->name);
    fputs("</a></h3>\n", out);
    put_paragraph(out, e->text);
    if (e->kind == DOC_NETWORK) {
        put_rows(out, e->given.data, e->given.n, "given");
        put_rows(out, e->own.data, e->own.n, "own");
        if (e->units) {
            fputs("<p><code>", out);
            put(out, e->units);
            fputs("</code></p>\n", out);
        }
    }
    put_code(c, e->code);
}

static void put_contents(FILE *out, const struct doc_book *b)
{
    fputs("<nav>\n", out);
    for (size_t i = 0; i < b->module.n; i++) {
        const struct doc_module *m = &b->module.data[i];
        fputs("<a href=\"#", out);
        put_anchor(out, m, NULL);
        fputs("\"><b>", out);
        put(out, m->name);
        fputs("</b></a><ul>\n", out);
        for (size_t k = 0; k < m->entry.n; k++) {
            fputs("<li><a href=\"#", out);
            put_anchor(out, m, &m->entry.data[k]);
            fputs("\">", out);
            put(out, m->entry.data[k].name);
            fputs("</a></li>\n", out);
        }
        fputs("</ul>\n", out);
    }
    fputs("</nav>\n", out);
}

void doc_write_html(FILE *out, const struct doc_book *b)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
          out);
    put(out, b->module.n == 1 ? b->module.data[0].name : "Networks");
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", STYLE);
    put_contents(out, b);
    fputs("<main>\n", out);
    for (size_t i = 0; i < b->module.n; i++) {
        const struct doc_module *m = &b->module.data[i];
        fputs("<h2 id=\"", out);
        put_anchor(out, m, NULL);
        fputs("\">", out);
        put(out, m->name);
        fputs("</h2>\n", out);
        put_paragraph(out, m->text);
        for (size_t k = 0; k < m->entry.n; k++) {
            put_entry(&(struct code){out, b, m, &m->entry.data[k]});
        }
    }
    fputs("</main>\n</body>\n</html>\n", out);
}
