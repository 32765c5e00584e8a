#include "support/json.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_utf8.h"
#include "support/diag.h"
#include "support/vec.h"

json_t *json_text_n(const char *text, size_t n)
{
    json_t *json = json_stringn(text, n);
    if (json) {
        return json;
    }
    static const char replacement[] = "\xEF\xBF\xBD";
    VEC(char) good = {0};
    for (size_t i = 0, step; i < n; i += step ? step : 1) {
        step = crnl_utf8_length(text + i, n - i);
        const char *from = step ? text + i : replacement;
        for (size_t k = 0; k < (step ? step : sizeof replacement - 1); k++) {
            vec_push(&good, from[k]);
        }
    }
    json = json_stringn(good.data, good.n);
    vec_free(&good);
    return json;
}

json_t *json_text(const char *text)
{
    return json_text_n(text, strlen(text));
}

void json_print_text(FILE *out, const char *text)
{
    json_t *json = json_text(text);
    json_dumpf(json, out, JSON_ENCODE_ANY);
    json_decref(json);
}

void json_set_place(json_t *object, const struct sources *s, struct span at)
{
    int line, column, end_line, end_column;
    sources_place(s, at, &line, &column);
    sources_place(s, (struct span){at.file, at.hi, at.hi}, &end_line, &end_column);
    json_object_set_new(object, "file", json_text(sources_name(s, at.file)));
    json_object_set_new(object, "line", json_integer(line));
    json_object_set_new(object, "column", json_integer(column));
    json_object_set_new(object, "end_line", json_integer(end_line));
    json_object_set_new(object, "end_column", json_integer(end_column));
}

static json_t *note_as_json(const struct sources *s, const struct diag_piece *note)
{
    json_t *json = json_object();
    if (note->at.file) {
        json_set_place(json, s, note->at);
    }
    json_object_set_new(json, "message", json_text(note->text));
    return json;
}

static json_t *report_as_json(const struct sources *s, const struct diag_view *v)
{
    json_t *json = json_object(), *notes = json_array();
    json_object_set_new(json, "code", json_text(diag_code_name(v->code)));
    json_object_set_new(json, "severity", json_text(v->severity == SEVERITY_ERROR ? "error" : "warning"));
    if (v->at.file) {
        json_set_place(json, s, v->at);
    }
    json_object_set_new(json, "message", json_text(v->text));
    if (v->label) {
        json_object_set_new(json, "label", json_text(v->label));
    }
    if (v->help) {
        json_object_set_new(json, "help", json_text(v->help));
    }
    for (size_t i = 0; i < v->n_notes; i++) {
        json_array_append_new(notes, note_as_json(s, &v->note[i]));
    }
    json_object_set_new(json, "notes", notes);
    return json;
}

json_t *json_reports(const struct diag *d)
{
    json_t *list = json_array();
    size_t shown, *order = diag_order(d, &shown);
    for (size_t i = 0; i < shown; i++) {
        struct diag_view v = diag_view(d, order[i]);
        json_array_append_new(list, report_as_json(diag_sources(d), &v));
    }
    free(order);
    return list;
}

/* Other characters than ASCII are escaped: some act on terminals. */
void json_print_list(FILE *out, json_t *list)
{
    size_t i;
    json_t *one;
    fputs("[", out);
    json_array_foreach(list, i, one)
    {
        fputs(i ? ",\n  " : "\n  ", out);
        json_dumpf(one, out, JSON_ENSURE_ASCII);
    }
    fputs(json_array_size(list) ? "\n]\n" : "]\n", out);
    json_decref(list);
}
