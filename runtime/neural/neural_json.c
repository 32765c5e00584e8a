/* Parameters as JSON: each array under its name, those of layers, w0, w1, ..., as a list under their letter.
 * Other keys are ignored. */
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rt_neural.h"
#include "runtime/out/rt_output.h"

struct json_input {
    const struct crnl_neural *m;
    const char *name; /* name of the file */
    struct rt_error *e;
};

/* In a model with layers, w0 is the first element of a list "w". Other arrays, as theta or x0, have keys of
 * their own. */
static bool is_layer(const struct crnl_neural *m, const struct crnl_neural_array *a)
{
    return m->n_layers > 0 && a->name[strcspn(a->name, "0123456789")] != '\0';
}

static size_t letters(const struct crnl_neural *m, const struct crnl_neural_array *a)
{
    return is_layer(m, a) ? strcspn(a->name, "0123456789") : strlen(a->name);
}

static int complain(struct json_input *in, const struct crnl_neural_array *a, const char *what)
{
    return rt_fail(in->e, CRNL_DATA, "%s: `%s`: %s\n  help: %s", in->name, a->name, what,
                   is_layer(in->m, a) ? "lists by letter, one entry a layer: {\"w\": [[[1, -1], ...]], "
                                        "\"b\": [[0.5, ...]]}"
                                      : "an entry for each array of parameters: {\"w\": [[0, 0.5], ...], "
                                        "\"theta\": [0.5, ...]}");
}

static int wrong_length(struct json_input *in, const struct crnl_neural_array *a, const json_t *list,
                        int32_t wanted)
{
    struct rt_buffer what = {0};
    rt_putf(&what, "a list of %zu where the model `%s` has %d", json_array_size(list), in->m->name, wanted);
    complain(in, a, what.data);
    rt_buffer_free(&what);
    return in->e->status;
}

/* The transpose of what the model has, as other tools store weights: refused with the right help. */
static bool refuse_transposed(struct json_input *in, const struct crnl_neural_array *a, const json_t *list)
{
    const json_t *row = json_array_get(list, 0);
    if (a->rank != 2 || !row || json_array_size(list) != (size_t)a->dim[1] ||
        json_array_size(row) != (size_t)a->dim[0]) {
        return false;
    }
    rt_fail(in->e, CRNL_DATA,
            "%s: `%s`: %d lists of %d where the model `%s` has %d of %d\n"
            "  help: transpose it: the first index is the input, the second the unit (PyTorch has them the "
            "other way round)",
            in->name, a->name, a->dim[1], a->dim[0], in->m->name, a->dim[0], a->dim[1]);
    return true;
}

static int read_numbers(struct json_input *in, const struct crnl_neural_array *a, int32_t axis,
                        const json_t *list, double **out)
{
    if (axis == a->rank) {
        if (!json_is_number(list)) {
            return complain(in, a, "a number is needed here");
        }
        *(*out)++ = json_number_value(list);
        return CRNL_OK;
    }
    if (!json_is_array(list)) {
        return complain(in, a, "a list is needed here");
    }
    if (json_array_size(list) != (size_t)a->dim[axis]) {
        return axis == 0 && refuse_transposed(in, a, list) ? in->e->status
                                                           : wrong_length(in, a, list, a->dim[axis]);
    }
    for (size_t i = 0; i < json_array_size(list) && !in->e->status; i++) {
        read_numbers(in, a, axis + 1, json_array_get(list, i), out);
    }
    return in->e->status;
}

static int read_array(struct json_input *in, const struct crnl_neural_array *a, const json_t *root,
                      double *out)
{
    const json_t *list = NULL;
    char *key = rt_strdup(a->name);
    key[letters(in->m, a)] = '\0';
    for (int capital = 0; capital < 2 && !list; capital++) {
        key[0] = (char)(capital ? toupper((unsigned char)key[0]) : key[0]);
        list = json_object_get(root, key);
    }
    free(key);
    if (!list || (a->rank > 0 && !json_is_array(list))) {
        return complain(in, a,
                        is_layer(in->m, a) ? "the file has no list of that letter"
                                           : "the file has no list of that name");
    }
    if (!is_layer(in->m, a)) {
        return read_numbers(in, a, 0, list, &out);
    }
    size_t layer = (size_t)strtol(a->name + letters(in->m, a), NULL, 10);
    if (json_array_size(list) != (size_t)in->m->n_layers) {
        return wrong_length(in, a, list, in->m->n_layers);
    }
    return read_numbers(in, a, 0, json_array_get(list, layer), &out);
}

int rt_neural_read_json(const struct crnl_neural *m, const char *path, const char *name, double *value,
                        struct rt_error *e)
{
    struct json_input in = {m, name, e};
    json_error_t why;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        return why.line < 0 ? rt_fail(e, CRNL_DATA, "cannot read `%s`: %s", name, why.text)
                            : rt_fail(e, CRNL_DATA, "%s:%d: %s", name, why.line, why.text);
    }
    for (int32_t i = 0; i < m->n_arrays && !e->status; i++) {
        read_array(&in, &m->array[i], root, value + m->array[i].first);
    }
    json_decref(root);
    return e->status;
}

/* ---- writing ---- */

static void put_numbers(struct rt_buffer *b, const struct crnl_neural_array *a, int32_t axis,
                        const double **value)
{
    if (axis == a->rank) {
        rt_put_number(b, *(*value)++);
        return;
    }
    rt_put(b, "[");
    for (int32_t i = 0; i < a->dim[axis]; i++) {
        rt_put(b, i ? ", " : "");
        put_numbers(b, a, axis + 1, value);
    }
    rt_put(b, "]");
}

/* Writes all arrays of a letter as one list, at the place of the first of them; each is row-major, as in
 * memory. */
static void put_letter(struct rt_buffer *b, const struct crnl_neural *m, int32_t first, const double *value)
{
    const struct crnl_neural_array *of = &m->array[first];
    const char *separator = "";
    rt_putf(b, "%s\n  \"%.*s\": %s", first ? "," : "", (int)letters(m, of), of->name,
            is_layer(m, of) ? "[" : "");
    for (int32_t i = first; i < m->n_arrays; i++) {
        const struct crnl_neural_array *a = &m->array[i];
        if (letters(m, a) == letters(m, of) && strncmp(a->name, of->name, letters(m, of)) == 0) {
            const double *from = value + a->first;
            rt_put(b, separator);
            put_numbers(b, a, 0, &from);
            separator = ",\n    ";
        }
    }
    rt_put(b, is_layer(m, of) ? "]" : "");
}

static bool is_first(const struct crnl_neural *m, int32_t i)
{
    const char *name = m->array[i].name;
    int32_t k = 0;
    while (letters(m, &m->array[k]) != letters(m, &m->array[i]) ||
           strncmp(m->array[k].name, name, letters(m, &m->array[i])) != 0) {
        k++;
    }
    return k == i;
}

void rt_neural_write_json(const struct crnl_neural *m, const double *value, struct rt_file *out,
                          struct rt_error *e)
{
    struct rt_buffer b = {0};
    rt_put(&b, "{");
    for (int32_t i = 0; i < m->n_arrays; i++) {
        if (is_first(m, i)) {
            put_letter(&b, m, i, value);
        }
    }
    rt_put(&b, "\n}\n");
    rt_file_write(out, b.data, b.n, e);
    rt_buffer_free(&b);
}
