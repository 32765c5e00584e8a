/* NumPy's .npz: a zip archive of .npy arrays, stored or deflated. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "rt_data.h"

enum { MAX_HEADER = 65535, CHUNK = 1 << 16 };

/* crnlc and libcrnl load libzip when it is first needed: NULL, or why it cannot be loaded. Programs that
 * crnlc builds are linked with libzip and do not have this function. */
extern const char *libzip_missing(void) __attribute__((weak));

struct npz {
    const char *path, *name; /* name of the array */
    zip_file_t *in;
    int64_t offset; /* in the file of the array */
    struct rt_error *e;
    char kind; /* f i u b */
    int bytes;
    bool swap;
};

static int complain(struct npz *f, const char *what)
{
    return rt_fail(f->e, CRNL_DATA, "%s: array `%s`, byte %lld: %s", f->path, f->name, (long long)f->offset,
                   what);
}

static int read_bytes(struct npz *f, void *to, int64_t n)
{
    for (int64_t got = 0; got < n;) {
        zip_int64_t more = zip_fread(f->in, (char *)to + got, (zip_uint64_t)(n - got));
        if (more <= 0) {
            return complain(f, more < 0 ? "the archive is damaged\n  help: write it again"
                                        : "the array ends here, before what its header promises\n  help: it "
                                          "was cut off; write it again");
        }
        got += more;
        f->offset += more;
    }
    return CRNL_OK;
}

/* The value of a key in the header, which is a Python dictionary: 'descr': '<f8'. */
static const char *header_value(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    if (!at) {
        return NULL;
    }
    at += strlen(key);
    while (*at == ' ' || *at == ':') {
        at++;
    }
    return at;
}

static int read_type(struct npz *f, const char *header)
{
    const char *d = header_value(header, "'descr'");
    if (!d || strlen(d) < 5 || d[0] != '\'' || !strchr("<>|=", d[1]) || !strchr("fiub", d[2]) ||
        !strchr("1248", d[3]) || d[4] != '\'') {
        return complain(
            f, "numbers of this type are not read\n  help: convert it in NumPy: x.astype('float64')");
    }
    f->kind = d[2];
    f->bytes = d[3] - '0';
    f->swap = d[1] == '>';
    if ((f->kind == 'f' && f->bytes < 4) || (f->kind == 'b' && f->bytes != 1)) {
        return complain(
            f, "numbers of this type are not read\n  help: convert it in NumPy: x.astype('float64')");
    }
    const char *order = header_value(header, "'fortran_order'");
    if (!order || strncmp(order, "False", 5) != 0) {
        return complain(f, "the array is in Fortran order\n  help: write numpy.ascontiguousarray(x)");
    }
    return CRNL_OK;
}

static int read_shape(struct npz *f, const char *header, struct rt_npy *out)
{
    const char *at = header_value(header, "'shape'");
    if (!at || *at++ != '(') {
        return complain(f, "the header has no shape\n  help: write the array with numpy.savez");
    }
    out->size = 1;
    for (;;) {
        at += strspn(at, ", ");
        if (*at == ')') {
            return CRNL_OK;
        }
        char *end;
        errno = 0;
        long long n = strtoll(at, &end, 10);
        if (end == at || errno || n < 0 || out->rank == RT_NPY_MAX_RANK) {
            return complain(f, "the header's shape cannot be read\n  help: write the array with numpy.savez");
        }
        if (n > CRNL_DATA_MAX_VALUES || (n > 0 && out->size > CRNL_DATA_MAX_VALUES / n)) {
            return complain(f, "the header promises more than 268435456 numbers\n  help: split the array");
        }
        out->dim[out->rank++] = n;
        out->size *= n;
        at = end;
    }
}

static int read_header(struct npz *f, struct rt_npy *out)
{
    unsigned char head[12];
    if (read_bytes(f, head, 10)) {
        return f->e->status;
    }
    if (memcmp(head, "\x93NUMPY", 6) != 0 || head[6] < 1 || head[6] > 3) {
        f->offset = 0;
        return complain(f, "this is not a NumPy array\n  help: write the archive with numpy.savez");
    }
    int64_t length = head[8] | head[9] << 8;
    if (head[6] > 1) {
        if (read_bytes(f, head + 10, 2)) {
            return f->e->status;
        }
        length += (int64_t)head[10] << 16 | (int64_t)head[11] << 24;
    }
    if (length > MAX_HEADER) {
        return complain(f, "the header is longer than 64 KiB\n  help: write the array with numpy.savez");
    }
    char *header = rt_alloc((size_t)length + 1, 1);
    if (!read_bytes(f, header, length) && !read_type(f, header)) {
        read_shape(f, header, out);
    }
    free(header);
    out->integer = f->kind != 'f';
    return f->e->status;
}

static bool value_at(const struct npz *f, const unsigned char *p, double *v)
{
    uint64_t bits = 0;
    for (int i = 0; i < f->bytes; i++) {
        bits |= (uint64_t)p[f->swap ? f->bytes - 1 - i : i] << 8 * i;
    }
    if (f->kind == 'f') {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        memcpy(v, &bits, sizeof *v);
        *v = f->bytes == 4 ? (double)single : *v;
        return isfinite(*v);
    }
    uint64_t sign = (uint64_t)1 << (8 * f->bytes - 1);
    bool negative = f->kind == 'i' && (bits & sign);
    /* for 64 bits sign << 1 wraps to 0, which gives 2^64 - bits */
    uint64_t size = negative ? (sign << 1) - bits : bits;
    *v = negative ? -(double)size : (double)size;
    return size <= (uint64_t)1 << 53;
}

static double *read_values(struct npz *f, int64_t total)
{
    unsigned char chunk[CHUNK];
    int64_t n = 0, cap = 0;
    double *v = rt_alloc(1, sizeof *v);
    while (n < total && !f->e->status) {
        int64_t many = CHUNK / f->bytes < total - n ? CHUNK / f->bytes : total - n;
        if (read_bytes(f, chunk, many * f->bytes)) {
            break;
        }
        v = rt_data_room(v, &cap, n + many, total);
        for (int64_t i = 0; i < many; i++, n++) {
            if (!value_at(f, chunk + i * f->bytes, &v[n])) {
                f->offset += (i - many) * f->bytes;
                complain(f,
                         f->kind == 'f'
                             ? "a value that is not finite\n  help: leave the row out"
                             : "an integer that is larger than 2^53\n  help: convert the array to float64");
                break;
            }
        }
    }
    if (!f->e->status) {
        /* at the end of the file the archive's checksum is verified */
        zip_int64_t more = zip_fread(f->in, chunk, 1);
        if (more != 0) {
            complain(f, more > 0
                            ? "more data than the header promises\n  help: write the array with numpy.savez"
                            : "the archive is damaged\n  help: write it again");
        }
    }
    if (f->e->status) {
        free(v);
        return NULL;
    }
    return v;
}

static void list_arrays(zip_t *archive, struct rt_buffer *b)
{
    zip_int64_t n = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < n && i < 20; i++) {
        const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
        size_t length = name ? strlen(name) : 0;
        if (length > 4 && length < 100 && strcmp(name + length - 4, ".npy") == 0) {
            rt_putf(b, "%s%.*s", b->n ? ", " : "", (int)(length - 4), name);
        }
    }
}

/* Whether the archive has two files of this name: then it is unknown which one is meant. */
static bool stands_twice(zip_t *archive, zip_int64_t at, const char *entry)
{
    zip_int64_t n = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = i == at ? NULL : zip_get_name(archive, (zip_uint64_t)i, 0);
        if (name && strcmp(name, entry) == 0) {
            return true;
        }
    }
    return false;
}

static void read_entry(zip_t *archive, struct npz *f, bool look, struct rt_npy *out)
{
    struct rt_buffer entry = {0}, known = {0};
    rt_putf(&entry, "%s.npy", f->name);
    zip_int64_t at = zip_name_locate(archive, entry.data, 0);
    f->in = at < 0 ? NULL : zip_fopen_index(archive, (zip_uint64_t)at, 0);
    if (at < 0) {
        list_arrays(archive, &known);
        out->is_missing = true;
        rt_fail(f->e, CRNL_DATA, "%s: it has no array `%s`\n  help: it has: %s", f->path, f->name,
                known.n ? known.data : "none");
    } else if (stands_twice(archive, at, entry.data)) {
        rt_fail(f->e, CRNL_DATA,
                "%s: it has two arrays `%s`\n  help: write the archive anew, with names of their own",
                f->path, f->name);
        if (f->in) {
            zip_fclose(f->in);
        }
    } else if (!f->in) {
        rt_fail(f->e, CRNL_DATA, "%s: array `%s` cannot be opened: %s", f->path, f->name,
                zip_strerror(archive));
    } else {
        if (!read_header(f, out) && !look) {
            out->v = read_values(f, out->size);
        }
        zip_fclose(f->in);
    }
    rt_buffer_free(&entry);
    rt_buffer_free(&known);
}

int rt_npz_array(const char *path, const char *name, bool look, struct rt_npy *out, struct rt_error *e)
{
    int code = 0;
    const char *why = libzip_missing ? libzip_missing() : NULL;
    *out = (struct rt_npy){0};
    if (why) {
        return rt_fail(e, CRNL_DATA,
                       "cannot read `%s`: libzip cannot be loaded: %s\n  help: install it (Debian: libzip4)",
                       path, why);
    }
    zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
    if (!archive) {
        zip_error_t reason;
        zip_error_init_with_code(&reason, code);
        rt_fail(e, CRNL_DATA, "cannot read `%s`: %s%s", path, zip_error_strerror(&reason),
                code == ZIP_ER_NOZIP ? "\n  help: an .npz file is a zip archive; write it with numpy.savez"
                                     : "");
        zip_error_fini(&reason);
        return e->status;
    }
    struct npz f = {.path = path, .name = name, .e = e};
    read_entry(archive, &f, look, out);
    zip_discard(archive);
    return e->status;
}

int64_t rt_npz_count(const char *path)
{
    bool may_read = !libzip_missing || !libzip_missing();
    zip_t *archive = may_read ? zip_open(path, ZIP_RDONLY, NULL) : NULL;
    int64_t n = archive ? zip_get_num_entries(archive, 0) : -1;
    if (archive) {
        zip_discard(archive);
    }
    return n;
}

static int check_rows(const struct crnl_data_spec *spec, const struct rt_npy *input, struct rt_error *e)
{
    if (input->rank < 1 || input->size == 0) {
        return rt_fail(e, CRNL_DATA, "%s: array `%s` holds no rows\n  help: its first axis counts the rows",
                       spec->file, spec->input_name);
    }
    return CRNL_OK;
}

static int npz_read(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                    struct rt_error *e)
{
    char *path = rt_data_path(folder, spec->file);
    struct rt_npy input, label = {0};
    rt_npz_array(path, spec->input_name, look, &input, e);
    rt_about(e, input.is_missing ? "input" : "file");
    t->input = input.v;
    if (!e->status && !check_rows(spec, &input, e)) {
        t->rows = (int32_t)input.dim[0];
        t->columns = (int32_t)(input.size / input.dim[0]);
    }
    if (!e->status && spec->label_name) {
        rt_npz_array(path, spec->label_name, look, &label, e);
        rt_about(e, "label");
        t->label_value = label.v;
        t->label = label.integer ? CRNL_LABEL_INTEGER : CRNL_LABEL_REAL;
        if (!e->status && (label.rank < 1 || label.dim[0] != t->rows || label.size != t->rows)) {
            rt_fail(e, CRNL_DATA,
                    "%s: array `%s` has %lld labels, but `%s` has %d rows\n  help: one label a row",
                    spec->file, spec->label_name, (long long)label.size, spec->input_name, t->rows);
            rt_about(e, "label");
        }
    }
    for (int32_t i = 0; spec->classes && t->label_value && !e->status && i < t->rows; i++) {
        struct rt_buffer place = {0};
        rt_putf(&place, "%s: `%s`[%d]", spec->file, spec->label_name, i);
        rt_check_label(spec, t->label_value[i], place.data, e);
        rt_buffer_free(&place);
    }
    free(path);
    return e->status;
}

const struct crnl_data_reader crnl_data_npz = {"npz", npz_read};
