/* Arrays to NumPy's .npz. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "rt_output.h"

/* An array in NumPy's format 1.0: a text header, padded so that the data starts at a multiple of 64, then the data. */
static char *make_npy(const struct rt_npz_entry *a, size_t *size)
{
    struct rt_buffer b = {0};
    int64_t n = 1;
    rt_put_n(&b, "\x93NUMPY\x01\0\0\0", 10);
    rt_put(&b, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
    for (int32_t k = 0; k < a->rank; k++) {
        rt_putf(&b, "%s%lld%s", k ? " " : "", (long long)a->dim[k], k == 0 || k + 1 < a->rank ? "," : "");
        n *= a->dim[k];
    }
    rt_put(&b, "), }");
    while ((b.n + 1) % 64 != 0) {
        rt_put(&b, " ");
    }
    rt_put(&b, "\n");
    b.data[8] = (char)(b.n - 10);
    b.data[9] = (char)((b.n - 10) >> 8);
    if (n > 0) {
        rt_put_n(&b, (const char *)a->v, (size_t)n * sizeof *a->v);
    }
    *size = b.n;
    return b.data;
}

static bool add_array(zip_t *archive, const struct rt_npz_entry *a)
{
    struct rt_buffer entry = {0};
    size_t size;
    char *data = make_npy(a, &size);
    rt_putf(&entry, "%s.npy", a->name);
    zip_source_t *source = zip_source_buffer(archive, data, size, 1); /* frees data */
    bool added = false;
    if (!source) {
        free(data);
    } else {
        zip_int64_t at = zip_file_add(archive, entry.data, source, ZIP_FL_ENC_UTF_8);
        added = at >= 0 && zip_set_file_compression(archive, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
                zip_file_set_mtime(archive, (zip_uint64_t)at, 0, 0) == 0; /* same bytes each time */
        if (at < 0) {
            zip_source_free(source);
        }
    }
    rt_buffer_free(&entry);
    return added;
}

int rt_npz_write(const char *path, const struct rt_npz_entry *array, int32_t n, struct rt_error *e)
{
    int code = 0;
    if (rt_make_parents(path, e)) {
        return e->status;
    }
    zip_t *archive =
        zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code); /* libzip writes a temporary file itself */
    if (!archive) {
        zip_error_t reason;
        zip_error_init_with_code(&reason, code);
        rt_fail(e, CRNL_FILE, "cannot write `%s`: %s", path, zip_error_strerror(&reason));
        zip_error_fini(&reason);
        return e->status;
    }
    bool good = true;
    for (int32_t i = 0; i < n && good; i++) {
        good = add_array(archive, &array[i]);
    }
    if (!good || zip_close(archive) != 0) {
        rt_fail(e, CRNL_FILE, "cannot write `%s`: %s", path, zip_strerror(archive));
        zip_discard(archive);
    }
    return e->status;
}
