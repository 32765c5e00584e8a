/* IDX, the format of MNIST, plain or compressed by gzip: two zero bytes, a type, the rank, the sizes, then
 * the values in row-major order, all big-endian. The first axis counts the rows; the other axes are flattened
 * into one row. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "rt_data.h"

enum { MAX_RANK = 8, CHUNK = 1 << 16 };

struct idx {
    const char *name; /* as the program gives it */
    gzFile in;
    int64_t offset; /* in bytes, of the uncompressed file */
    struct rt_error *e;
    int type, bytes; /* type of a value, and its size in bytes */
    int64_t rows, columns;
};

static int complain(struct idx *f, const char *what)
{
    return rt_fail(f->e, CRNL_DATA, "%s: at byte %lld: %s", f->name, (long long)f->offset, what);
}

static int stream_error(struct idx *f)
{
    int code = Z_OK;
    const char *text = gzerror(f->in, &code);
    if (code == Z_DATA_ERROR) {
        return complain(f, "the compressed data is damaged\n  help: fetch the file again");
    }
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return complain(f, code == Z_ERRNO ? strerror(errno) : text);
    }
    return complain(
        f, "the file ends here, before what its header promises\n  help: it was cut off; fetch it again");
}

static int read_bytes(struct idx *f, void *to, int64_t n)
{
    int got = gzread(f->in, to, (unsigned)n);
    if (got > 0) {
        f->offset += got;
    }
    return got == n ? CRNL_OK : stream_error(f);
}

static uint64_t big_endian(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static double value_at(const struct idx *f, const unsigned char *p)
{
    uint64_t bits = big_endian(p, f->bytes);
    uint32_t half = (uint32_t)bits;
    float single;
    double real;
    switch (f->type) {
    case 0x08: return p[0];
    case 0x09: return p[0] < 128 ? p[0] : p[0] - 256;
    case 0x0B: return (double)bits - (bits >> 15 ? 65536.0 : 0);
    case 0x0C: return (double)bits - (bits >> 31 ? 4294967296.0 : 0);
    case 0x0D: memcpy(&single, &half, sizeof single); return (double)single;
    default: memcpy(&real, &bits, sizeof real); return real;
    }
}

static int read_header(struct idx *f)
{
    static const int bytes[] = {1, 1, 0, 2, 4, 4, 8};
    unsigned char head[4], size[4];
    if (read_bytes(f, head, 4)) {
        return f->e->status;
    }
    if (head[0] || head[1] || head[2] < 0x08 || head[2] > 0x0E || !bytes[head[2] - 0x08] || !head[3] ||
        head[3] > MAX_RANK) {
        f->offset = 0;
        return complain(f, "this is not an IDX file\n  help: it starts with 00 00, a type (08 to 0E) and the "
                           "number of axes");
    }
    f->type = head[2];
    f->bytes = bytes[head[2] - 0x08];
    f->rows = f->columns = 1;
    for (int i = 0; i < head[3]; i++) {
        if (read_bytes(f, size, 4)) {
            return f->e->status;
        }
        int64_t n = (int64_t)big_endian(size, 4);
        if (n == 0 || n > CRNL_DATA_MAX_VALUES || f->rows * f->columns > CRNL_DATA_MAX_VALUES / n) {
            f->offset -= 4;
            return complain(f,
                            n ? "the header promises more than 268435456 values\n  help: is this an IDX file?"
                              : "an axis of size 0\n  help: the file holds no data");
        }
        *(i ? &f->columns : &f->rows) *= n;
    }
    return CRNL_OK;
}

/* Reads all values; memory grows as they arrive. Returns NULL after an error. */
static double *read_values(struct idx *f)
{
    unsigned char chunk[CHUNK];
    int64_t total = f->rows * f->columns, n = 0, cap = 0;
    double *v = NULL;
    while (n < total && !f->e->status) {
        int64_t many = CHUNK / f->bytes < total - n ? CHUNK / f->bytes : total - n;
        if (read_bytes(f, chunk, many * f->bytes)) {
            break;
        }
        v = rt_data_room(v, &cap, n + many, total);
        for (int64_t i = 0; i < many; i++, n++) {
            v[n] = value_at(f, chunk + i * f->bytes);
            if (!(v[n] - v[n] == 0)) {
                f->offset += (i - many) * f->bytes;
                complain(f, "a value that is not finite\n  help: leave the row out");
                break;
            }
        }
    }
    /* The next byte must be the end of the file, where gzip also checks its checksum. */
    if (!f->e->status) {
        int got = gzread(f->in, chunk, 1), code = Z_OK;
        gzerror(f->in, &code);
        if (got > 0) {
            complain(f, "more data than the header promises\n  help: the header gives the sizes of the axes; "
                        "is it right?");
        } else if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
            stream_error(f);
        }
    }
    if (f->e->status) {
        free(v);
        return NULL;
    }
    return v;
}

/* Opens the file and reads the header and, unless `look`, the values. */
static double *read_file(const char *folder, const char *name, bool look, struct idx *f, struct rt_error *e)
{
    char *path = rt_data_path(folder, name);
    double *v = NULL;
    *f = (struct idx){.name = name, .e = e, .in = gzopen(path, "rb")};
    if (!f->in) {
        rt_fail_unread(path, e);
    } else {
        if (!read_header(f) && !look) {
            v = read_values(f);
        }
        gzclose(f->in);
    }
    free(path);
    return v;
}

static int idx_read(const struct crnl_data_spec *spec, const char *folder, bool look, struct rt_table *t,
                    struct rt_error *e)
{
    struct idx images, labels;
    t->input = read_file(folder, spec->file, look, &images, e);
    t->rows = (int32_t)images.rows;
    t->columns = (int32_t)images.columns;
    if (rt_about(e, "file") || !spec->label_file) {
        return e->status;
    }
    t->label_value = read_file(folder, spec->label_file, look, &labels, e);
    rt_about(e, "labels");
    t->label = labels.type >= 0x0D ? CRNL_LABEL_REAL : CRNL_LABEL_INTEGER;
    if (!e->status && (labels.rows != images.rows || labels.columns != 1)) {
        rt_fail(e, CRNL_DATA,
                "%s: %lld labels, but %s has %lld rows\n  help: the two files belong to different sets, or "
                "are in the wrong order",
                spec->label_file, (long long)(labels.rows * labels.columns), spec->file,
                (long long)images.rows);
    }
    for (int32_t i = 0; t->label_value && !e->status && i < t->rows; i++) {
        struct rt_buffer place = {0};
        if (spec->classes) {
            rt_putf(&place, "%s: row %d", spec->label_file, i);
            rt_check_label(spec, t->label_value[i], place.data, e);
            rt_buffer_free(&place);
        }
    }
    return e->status;
}

const struct crnl_data_reader crnl_data_idx = {"idx", idx_read};
