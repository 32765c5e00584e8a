/* Reads JSON (RFC 8259) in one pass into a list of nodes in the order of the text. The nodes have places, and
 * a copy of the text holds texts without escapes, each with a final NUL. It accepts what Jansson accepts, in
 * a quarter of the time; Jansson does not keep places. */
#include "import/json_parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/mem.h"
#include "runtime/crnl_utf8.h"

enum { MOST_DEPTH = 2048 }; /* the limit of Jansson */

struct parser {
    const char *at;
    char *copy; /* the byte that corresponds to `text` */
    const char *text;
    struct json_tree *tree;
    int depth;
};

static void skip_blanks(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') {
        p->at++;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct json_node *node(struct parser *p, size_t i)
{
    return &p->tree->node.data[i];
}

/* ---- texts ---- */

static int32_t hex4(const char *s)
{
    int32_t v = 0;
    for (int i = 0; i < 4; i++) {
        int digit = is_digit(s[i])               ? s[i] - '0'
                    : s[i] >= 'a' && s[i] <= 'f' ? s[i] - 'a' + 10
                    : s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return -1;
        }
        v = 16 * v + digit;
    }
    return v;
}

static char *put_utf8(char *to, int32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* Reads what follows a backslash and `u`; two of these make a character above 16 bits. NULL if it is not a
 * character. */
static char *read_unicode(struct parser *p, char *to)
{
    int32_t c = hex4(p->at), low;
    if (c <= 0 || (c >= 0xdc00 && c <= 0xdfff)) {
        return NULL;
    }
    p->at += 4;
    if (c >= 0xd800 && c <= 0xdbff) {
        if (p->at[0] != '\\' || p->at[1] != 'u' || (low = hex4(p->at + 2)) < 0xdc00 || low > 0xdfff) {
            return NULL;
        }
        p->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return put_utf8(to, c);
}

static char *read_escape(struct parser *p, char *to)
{
    static const char escaped[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    char c = *p->at++;
    const char *known = c ? strchr(escaped, c) : NULL;
    if (known) {
        *to++ = means[known - escaped];
        return to;
    }
    return c == 'u' ? read_unicode(p, to) : NULL;
}

/* A text without escapes is already right in the copy. */
static bool read_text(struct parser *p, size_t i)
{
    char *from = p->copy + (p->at + 1 - p->text), *to = from;
    bool is_changed = false;
    for (p->at++; *p->at != '"';) {
        unsigned char c = (unsigned char)*p->at;
        if (c == '\\') {
            p->at++;
            to = read_escape(p, to);
            is_changed = true;
            if (!to) {
                return false;
            }
            continue;
        }
        /* the whole text ends with NUL */
        size_t n = c < ' ' ? 0 : c < 0x80 ? 1 : crnl_utf8_length(p->at, SIZE_MAX);
        if (n == 0) {
            return false;
        }
        if (is_changed) {
            memmove(to, p->at, n);
        }
        to += n;
        p->at += n;
    }
    p->at++;
    *to = '\0';
    node(p, i)->type = JSON_NODE_TEXT;
    node(p, i)->text = from;
    node(p, i)->n = (size_t)(to - from);
    return true;
}

/* ---- numbers ---- */

static bool skip_digits(struct parser *p)
{
    const char *from = p->at;
    while (is_digit(*p->at)) {
        p->at++;
    }
    return p->at > from;
}

static bool read_number(struct parser *p, size_t i)
{
    const char *from = p->at;
    struct json_node *to = node(p, i);
    p->at += *p->at == '-';
    bool starts_with_0 = *p->at == '0';
    const char *digits = p->at;
    if (!skip_digits(p) || (starts_with_0 && p->at > digits + 1)) {
        return false;
    }
    to->type = JSON_NODE_INTEGER;
    if (*p->at == '.') {
        p->at++;
        to->type = JSON_NODE_REAL;
        if (!skip_digits(p)) {
            return false;
        }
    }
    if (*p->at == 'e' || *p->at == 'E') {
        p->at++;
        p->at += *p->at == '+' || *p->at == '-';
        to->type = JSON_NODE_REAL;
        if (!skip_digits(p)) {
            return false;
        }
    }
    if (to->type == JSON_NODE_REAL) { /* the whole text ends with NUL */
        to->real = strtod(from, NULL);
        return isfinite(to->real);
    }
    errno = 0;
    to->integer = strtoll(from, NULL, 10);
    return errno != ERANGE;
}

static bool read_word(struct parser *p, size_t i, const char *word, enum json_node_type type)
{
    size_t n = strlen(word);
    bool is_word = strncmp(p->at, word, n) == 0;
    p->at += is_word ? n : 0;
    node(p, i)->type = type;
    return is_word;
}

/* ---- lists and objects ---- */

static bool read_value(struct parser *p);

/* Reads everything between two brackets, separated by commas, each by `read_one`; *n: how many. */
static bool read_all(struct parser *p, char end, bool (*read_one)(struct parser *p), size_t *n)
{
    *n = 0;
    p->at++;
    skip_blanks(p);
    for (bool more = *p->at != end; more; ++*n) {
        if (!read_one(p)) {
            return false;
        }
        skip_blanks(p);
        more = *p->at == ',';
        p->at += more;
    }
    return *p->at++ == end;
}

static bool read_list(struct parser *p, size_t i)
{
    size_t n;
    bool ok = read_all(p, ']', read_value, &n);
    node(p, i)->type = JSON_NODE_LIST;
    node(p, i)->n = n;
    return ok;
}

static int compare_keys(const void *a, const void *b)
{
    const struct json_node *x = *(const struct json_node *const *)a, *y = *(const struct json_node *const *)b;
    size_t n = x->n < y->n ? x->n : y->n;
    int by_text = memcmp(x->text, y->text, n);
    return by_text ? by_text : (x->n > y->n) - (x->n < y->n);
}

static bool same_key(const struct json_node *a, const struct json_node *b)
{
    return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

static bool has_key_twice(const struct json_node *object)
{
    enum { FEW = 32 };
    const struct json_node *few[FEW], **key = few, *at = object + 1;
    bool twice = false;
    if (object->n > FEW) {
        key = mem_alloc(object->n * sizeof *key);
    }
    for (size_t i = 0; i < object->n; i++) {
        key[i] = at;
        at += 1 + at[1].size;
    }
    if (object->n > FEW) {
        qsort(key, object->n, sizeof *key, compare_keys);
        for (size_t i = 1; i < object->n; i++) {
            twice |= same_key(key[i - 1], key[i]);
        }
        free(key);
        return twice;
    }
    for (size_t i = 1; i < object->n; i++) {
        for (size_t k = 0; k < i; k++) {
            twice |= same_key(key[k], key[i]);
        }
    }
    return twice;
}

static size_t add_node(struct parser *p)
{
    vec_push(&p->tree->node, (struct json_node){.at = p->at, .size = 1});
    return p->tree->node.n - 1;
}

static bool read_member(struct parser *p)
{
    skip_blanks(p);
    if (*p->at != '"' || !read_text(p, add_node(p))) {
        return false;
    }
    skip_blanks(p);
    return *p->at++ == ':' && read_value(p);
}

static bool read_object(struct parser *p, size_t i)
{
    size_t n;
    bool ok = read_all(p, '}', read_member, &n);
    node(p, i)->type = JSON_NODE_OBJECT;
    node(p, i)->n = n;
    return ok && !has_key_twice(node(p, i));
}

static bool read_at(struct parser *p, size_t i)
{
    switch (*p->at) {
    case '"': return read_text(p, i);
    case '[': return read_list(p, i);
    case '{': return read_object(p, i);
    case 't': return read_word(p, i, "true", JSON_NODE_TRUE);
    case 'f': return read_word(p, i, "false", JSON_NODE_FALSE);
    case 'n': return read_word(p, i, "null", JSON_NODE_NULL);
    default: return read_number(p, i);
    }
}

static bool read_value(struct parser *p)
{
    skip_blanks(p);
    if (p->depth == MOST_DEPTH) {
        return false;
    }
    p->depth++;
    size_t i = add_node(p);
    bool good = read_at(p, i);
    p->depth--;
    node(p, i)->size = p->tree->node.n - i;
    return good;
}

bool json_parse(struct json_tree *tree, const char *text, size_t n)
{
    *tree = (struct json_tree){.text = mem_alloc(n + 1)};
    memcpy(tree->text, text, n + 1);
    struct parser p = {.at = text, .text = text, .copy = tree->text, .tree = tree};
    skip_blanks(&p);
    if ((*p.at != '{' && *p.at != '[') || !read_value(&p)) {
        return false;
    }
    skip_blanks(&p);
    return p.at == text + n;
}

void json_tree_free(struct json_tree *tree)
{
    vec_free(&tree->node);
    free(tree->text);
    *tree = (struct json_tree){0};
}
