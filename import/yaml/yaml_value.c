#include "import/yaml/yaml_value.h"

#include <string.h>
#include <yaml.h>

#include "support/yaml/libyaml.h"

enum { MAX_VALUES = 100000 };

struct reader {
    struct importer *x;
    yaml_parser_t parser;
    int32_t depth, count;
    const char *at; /* the last place and the number of characters before it; NULL: none yet */
    size_t index;
};

/* libyaml counts characters, but places are bytes. Marks are nearly always in the order of the text, so
 * counting continues from the last place. */
static const char *place(struct reader *r, yaml_mark_t mark)
{
    const struct importer *x = r->x;
    if (!r->at || mark.index < r->index) {
        r->at = x->text;
        r->index = 0;
    }
    for (; r->index < mark.index && r->at < x->end; r->index++) {
        do {
            r->at++;
        } while (((unsigned char)*r->at & 0xC0) == 0x80);
    }
    return r->at;
}

static struct span event_span(struct reader *r, const yaml_event_t *e)
{
    const char *from = place(r, e->start_mark), *to = place(r, e->end_mark);
    bool is_node = e->type == YAML_SCALAR_EVENT || e->type == YAML_ALIAS_EVENT;
    return import_span(r->x, from, is_node && to > from ? to : from < r->x->end ? from + 1 : from);
}

static bool next_event(struct reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e)) {
        return true;
    }
    const yaml_parser_t *p = &r->parser;
    const char *at = p->error == YAML_READER_ERROR && p->problem_offset < (size_t)(r->x->end - r->x->text)
                         ? r->x->text + p->problem_offset
                         : place(r, p->problem_mark);
    diag_report(r->x->diag, DIAG_E0831, import_span(r->x, at, at < r->x->end ? at + 1 : at),
                "this is not YAML: %s\n  help: write `key: value`, one a line, and `- value` in lists",
                p->problem ? p->problem : "it cannot be read");
    if (p->context) {
        const char *from = place(r, p->context_mark);
        diag_note(r->x->diag, import_span(r->x, from, from), "%s", p->context);
    }
    return false;
}

static struct yaml_value *read_value(struct reader *r, const yaml_event_t *e);

/* Reads values up to the end of a list or group. */
static bool read_children(struct reader *r, struct yaml_value *v)
{
    const yaml_event_type_t end = v->kind == YAML_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT;
    const struct yaml_value **last = &v->first, *key = NULL;
    for (;;) {
        yaml_event_t e;
        if (!next_event(r, &e)) {
            return false;
        }
        bool over = e.type == end;
        struct yaml_value *child = over ? NULL : read_value(r, &e);
        yaml_event_delete(&e);
        if (!child) {
            return over;
        }
        if (v->kind == YAML_GROUP && !key) {
            if (child->kind != YAML_TEXT) {
                return diag_report(r->x->diag, DIAG_E0831, child->at,
                                   "a name is a text, not %s\n  help: write `name: value`",
                                   yaml_kind_name(child->kind));
            }
            key = child;
            continue;
        }
        child->key = key;
        key = NULL;
        *last = child;
        last = (const struct yaml_value **)&child->next;
    }
}

static struct yaml_value *read_value(struct reader *r, const yaml_event_t *e)
{
    struct importer *x = r->x;
    struct span at = event_span(r, e);
    struct yaml_value *v = arena_alloc(x->arena, sizeof *v);
    if (++r->count > MAX_VALUES || r->depth >= IMPORT_MAX_DEPTH) {
        diag_report(x->diag, DIAG_E0833, at,
                    "more than %d values, or lists nested more than %d deep\n  help: tables are files of "
                    "their own, named here",
                    MAX_VALUES, IMPORT_MAX_DEPTH);
        return NULL;
    }
    if (e->type == YAML_ALIAS_EVENT) {
        diag_report(x->diag, DIAG_E0832, at,
                    "an alias, which repeats what stands elsewhere, is not read\n  help: write in its place "
                    "what it repeats");
        diag_help(x->diag, "write its value here");
        return NULL;
    }
    v->at = at;
    if (e->type == YAML_SCALAR_EVENT) {
        const char *text = (const char *)e->data.scalar.value;
        size_t n = e->data.scalar.length;
        if (strlen(text) != n) {
            diag_report(x->diag, DIAG_E0831, at,
                        "a byte 0, which no text has\n  help: save the file as text, UTF-8");
            return NULL;
        }
        v->text = arena_strndup(x->arena, text, n);
        return v;
    }
    v->kind = e->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_GROUP;
    r->depth++;
    bool good = read_children(r, v);
    r->depth--;
    return good ? v : NULL;
}

/* Skips events before the first value; false after a report. */
static bool find_document(struct reader *r, yaml_event_t *e)
{
    while (next_event(r, e)) {
        if (e->type != YAML_STREAM_START_EVENT && e->type != YAML_DOCUMENT_START_EVENT) {
            if (e->type != YAML_STREAM_END_EVENT) {
                return true;
            }
            diag_report(r->x->diag, DIAG_E0831, event_span(r, e),
                        "the file is empty\n  help: write the problem, `format_version: 1` first");
            yaml_event_delete(e);
            return false;
        }
        yaml_event_delete(e);
    }
    return false;
}

/* Whether nothing follows the document. */
static bool is_last(struct reader *r)
{
    yaml_event_t e;
    for (bool over = false; !over;) {
        if (!next_event(r, &e)) {
            return false;
        }
        over = e.type == YAML_STREAM_END_EVENT;
        bool good = over || e.type == YAML_DOCUMENT_END_EVENT;
        if (!good) {
            diag_report(r->x->diag, DIAG_E0832, event_span(r, &e),
                        "a second document is not read\n  help: write it into a file of its own");
        }
        yaml_event_delete(&e);
        if (!good) {
            return false;
        }
    }
    return true;
}

const struct yaml_value *yaml_read(struct importer *x)
{
    struct reader r = {.x = x};
    yaml_event_t e;
    if (!libyaml_load(x->diag) || !yaml_parser_initialize(&r.parser)) {
        return NULL;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)x->text, (size_t)(x->end - x->text));
    const struct yaml_value *v = NULL;
    if (find_document(&r, &e)) {
        v = read_value(&r, &e);
        yaml_event_delete(&e);
    }
    v = v && is_last(&r) ? v : NULL;
    yaml_parser_delete(&r.parser);
    return v;
}
