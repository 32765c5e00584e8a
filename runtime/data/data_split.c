/* Splits in files: JSON with lists of row numbers under "train", "validation" (or "valid") and "test". */
#include <jansson.h>
#include <stdlib.h>

#include "rt_data.h"

static int complain(struct rt_error *e, const char *file, const char *part, const char *what)
{
    return rt_fail(e, CRNL_DATA,
                   "%s: \"%s\" %s\n  help: a split lists row numbers: {\"train\": [0, 2, 3], \"test\": [1]}",
                   file, part, what);
}

/* Appends the rows of one list to the order. */
static int read_part(const char *file, const char *part, const json_t *list, uint8_t *seen, int32_t rows,
                     int32_t *order, int32_t *n, struct rt_error *e)
{
    if (!json_is_array(list)) {
        return complain(e, file, part, "is not a list");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        json_int_t row = json_is_integer(v) ? json_integer_value(v) : -1;
        if (row < 0 || row >= rows) {
            struct rt_buffer what = {0};
            rt_putf(&what, "[%zu] is not a row of 0..%d", i, rows);
            complain(e, file, part, what.data);
            rt_buffer_free(&what);
            return e->status;
        }
        if (seen[row]) {
            struct rt_buffer what = {0};
            rt_putf(&what, "[%zu] is row %lld, which the split has already", i, (long long)row);
            complain(e, file, part, what.data);
            rt_buffer_free(&what);
            return e->status;
        }
        seen[row] = 1;
        order[(*n)++] = (int32_t)row;
    }
    return CRNL_OK;
}

static int read_parts(const char *file, const json_t *root, int32_t rows, int32_t *order,
                      int32_t part[CRNL_DATA_PARTS], struct rt_error *e)
{
    static const char *const names[][2] = {{"train", NULL}, {"validation", "valid"}, {"test", NULL}};
    uint8_t *seen = rt_alloc((size_t)rows, 1);
    int32_t n = 0;
    for (int i = 0; i < 3 && !e->status; i++) {
        int32_t before = n;
        const char *name = names[i][0];
        const json_t *list = json_object_get(root, name);
        if (!list && names[i][1]) {
            name = names[i][1];
            list = json_object_get(root, name);
        }
        if (list) {
            read_part(file, name, list, seen, rows, order, &n, e);
        } else if (i == 0) {
            complain(e, file, name, "is missing");
        }
        part[CRNL_DATA_TRAIN + i] = n - before;
    }
    free(seen);
    return e->status;
}

static int split_read(const char *path, const char *name, int32_t rows, int32_t **order,
                      int32_t part[CRNL_DATA_PARTS], struct rt_error *e)
{
    json_error_t why;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        return why.line < 0 ? rt_fail(e, CRNL_DATA, "cannot read `%s`: %s", path, why.text)
                            : rt_fail(e, CRNL_DATA, "%s:%d: %s", name, why.line, why.text);
    }
    *order = rt_alloc((size_t)rows, sizeof **order);
    read_parts(name, root, rows, *order, part, e);
    json_decref(root);
    return e->status;
}

const struct crnl_split_reader crnl_split_json = {split_read};
