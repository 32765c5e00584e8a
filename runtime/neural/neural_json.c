/* Parameters as JSON: under each letter of the arrays' names a list, one entry a layer. Other keys are ignored. */
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rt_neural.h"

struct json_input {
    const struct crnl_neural *m;
    const char *name; /* of the file */
    struct rt_error *e;
};

static int complain(struct json_input *in, const struct crnl_neural_array *a, const char *what)
{
    return rt_fail(in->e, CRNL_DATA,
                   "%s: `%s`: %s\n  help: lists by letter, one entry a layer: {\"w\": [[[1, -1], ...]], "
                   "\"b\": [[0.5, ...]]}",
                   in->name, a->name, what);
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
        return wrong_length(in, a, list, a->dim[axis]);
    }
    for (size_t i = 0; i < json_array_size(list) && !in->e->status; i++) {
        read_numbers(in, a, axis + 1, json_array_get(list, i), out);
    }
    return in->e->status;
}

static int read_array(struct json_input *in, const struct crnl_neural_array *a, const json_t *root,
                      double *out)
{
    size_t letters = strcspn(a->name, "0123456789");
    size_t layer = (size_t)strtol(a->name + letters, NULL, 10), layers = (size_t)in->m->n_layers;
    char key[32];
    const json_t *list = NULL;
    for (int capital = 0; capital < 2 && !list; capital++) {
        snprintf(key, sizeof key, "%.*s", (int)letters, a->name);
        key[0] = (char)(capital ? toupper((unsigned char)key[0]) : key[0]);
        list = json_object_get(root, key);
    }
    if (!json_is_array(list)) {
        return complain(in, a, "the file has no list of that letter");
    }
    if (json_array_size(list) != layers) {
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
