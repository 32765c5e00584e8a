/* Trajectories as .npz: one float64 array per column, including keys and `time`. The number of rows is known
 * only at the end. Until then, and in the part that a killed program leaves, the rows are stored one after
 * the other as a structured array of NumPy (.npy format 3.0, one field per column), which np.load reads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt_output.h"
#include "rt_zip.h"

enum {
    COUNT_DIGITS = 19,
    BLOCK = 1 << 20, /* bytes of rows that are converted to columns at a time */
    LEAST_ROWS = 64  /* least rows of a block, so that columns are not written number by number */
};

struct npz {
    struct rt_file file;
    int32_t n_arrays, n_keys; /* keys, time, columns */
    bool whole_runs;
    double *row;    /* [n_arrays] */
    size_t head;    /* bytes before the rows, in the part */
    off_t count_at; /* offset of the number of rows, in the part */
    /* Everything for making the archive is allocated at the start, because a signal handler may call it. */
    struct rt_zip_entry *entry;
    struct rt_crc_table table;
    struct rt_buffer piece;
    size_t block_rows;
    double *block, *column;
};

static void put_field(struct rt_buffer *b, const char *name)
{
    rt_put(b, b->data[b->n - 1] == '[' ? "('" : ", ('");
    for (; *name; name++) {
        rt_put_n(b, "\\", *name == '\'' || *name == '\\');
        rt_put_n(b, name, 1);
    }
    rt_put(b, "', '<f8')");
}

/* Writes the beginning of the part. */
static void put_head(struct npz *s, struct rt_buffer *b, const struct rt_sink_head *head)
{
    rt_put_n(b, "\x93NUMPY\x03\0\0\0\0\0{'descr': [", 23);
    for (int32_t i = 0; i < head->n_keys; i++) {
        put_field(b, head->key[i]);
    }
    put_field(b, "time");
    for (int32_t i = 0; i < head->n_columns; i++) {
        put_field(b, head->column[i]);
    }
    rt_put(b, "], 'fortran_order': False, 'shape': (");
    s->count_at = (off_t)b->n;
    rt_putf(b, "%-*d,), }", COUNT_DIGITS, 0);
    while ((b->n + 1) % 64 != 0) {
        rt_put(b, " ");
    }
    rt_put(b, "\n");
    for (int i = 0; i < 4; i++) {
        b->data[8 + i] = (char)((b->n - 12) >> 8 * i);
    }
    s->head = b->n;
}

static int64_t rows_in(const struct npz *s, off_t n)
{
    size_t width = (size_t)s->n_arrays * sizeof(double);
    return n > (off_t)s->head ? (int64_t)(((size_t)n - s->head) / width) : 0;
}

static int write_at(int fd, const void *data, size_t n, uint64_t at)
{
    const char *from = data;
    while (n > 0) {
        ssize_t done = pwrite(fd, from, n, (off_t)at);
        if (done < 0 && errno != EINTR) {
            return errno;
        }
        if (done > 0) {
            from += done;
            at += (uint64_t)done;
            n -= (size_t)done;
        }
    }
    return 0;
}

static int read_at(int fd, void *data, size_t n, uint64_t at)
{
    char *to = data;
    while (n > 0) {
        ssize_t done = pread(fd, to, n, (off_t)at);
        if (done == 0 || (done < 0 && errno != EINTR)) {
            return done ? errno : EIO;
        }
        if (done > 0) {
            to += done;
            at += (uint64_t)done;
            n -= (size_t)done;
        }
    }
    return 0;
}

static int stamp(void *env, int fd, off_t n)
{
    const struct npz *s = env;
    char digits[COUNT_DIGITS];
    int64_t rows = rows_in(s, n);
    int at = COUNT_DIGITS;
    memset(digits, ' ', sizeof digits);
    do {
        digits[--at] = (char)('0' + rows % 10);
        rows /= 10;
    } while (rows > 0);
    return write_at(fd, digits, sizeof digits, (uint64_t)s->count_at);
}

/* The offset of a column's numbers. */
static uint64_t data_at(const struct rt_zip_entry *f)
{
    return f->at + rt_zip_local_size(f) + RT_NPY_HEADER;
}

static int convert_block(struct npz *s, int from, int to, int64_t first, size_t n)
{
    size_t width = (size_t)s->n_arrays;
    int status = read_at(from, s->block, n * width * sizeof *s->block,
                         s->head + (uint64_t)first * width * sizeof *s->block);
    for (size_t i = 0; i < width && !status; i++) {
        struct rt_zip_entry *f = &s->entry[i];
        for (size_t r = 0; r < n; r++) {
            s->column[r] = s->block[r * width + i];
        }
        f->crc = rt_crc(&s->table, f->crc, s->column, n * sizeof *s->column);
        status =
            write_at(to, s->column, n * sizeof *s->column, data_at(f) + (uint64_t)first * sizeof *s->column);
    }
    return status;
}

static int write_directory(struct npz *s, int to, uint64_t start)
{
    uint64_t at = start;
    int status = 0;
    for (int32_t i = 0; i <= s->n_arrays && !status; i++) {
        rt_buffer_clear(&s->piece);
        if (i < s->n_arrays) {
            rt_put_zip_central(&s->piece, &s->entry[i]);
        } else {
            rt_put_zip_end(&s->piece, (uint64_t)s->n_arrays, start, at);
        }
        status = write_at(to, s->piece.data, s->piece.n, at);
        at += s->piece.n;
    }
    return status;
}

static int convert(void *env, int from, off_t n, int to)
{
    struct npz *s = env;
    int64_t rows = rows_in(s, n);
    uint64_t at = 0, size = RT_NPY_HEADER + (uint64_t)rows * sizeof *s->block;
    int status = 0;
    rt_buffer_clear(&s->piece);
    rt_put_npy_header(&s->piece, &rows, 1);
    uint32_t crc = rt_crc(&s->table, 0, s->piece.data, s->piece.n);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        struct rt_zip_entry *f = &s->entry[i];
        *f = (struct rt_zip_entry){.name = f->name, .size = size, .at = at, .crc = crc};
        at = data_at(f) + (uint64_t)rows * sizeof *s->block;
    }
    for (int64_t first = 0; first < rows && !status; first += (int64_t)s->block_rows) {
        uint64_t left = (uint64_t)(rows - first);
        status = convert_block(s, from, to, first, left < s->block_rows ? left : s->block_rows);
    }
    for (int32_t i = 0; i < s->n_arrays && !status; i++) {
        rt_buffer_clear(&s->piece);
        rt_put_zip_local(&s->piece, &s->entry[i]);
        rt_put_npy_header(&s->piece, &rows, 1);
        status = write_at(to, s->piece.data, s->piece.n, s->entry[i].at);
    }
    return status ? status : write_directory(s, to, at);
}

/* Grows the buffer in advance to the size of the longest piece. */
static void reserve_pieces(struct npz *s)
{
    size_t longest = 0;
    for (int32_t i = 0; i < s->n_arrays; i++) {
        size_t n = strlen(s->entry[i].name);
        longest = n > longest ? n : longest;
    }
    char *room = rt_alloc(longest + 2 * RT_ZIP_ROOM, 1);
    rt_put_n(&s->piece, room, longest + 2 * RT_ZIP_ROOM);
    free(room);
}

static void npz_free(struct npz *s)
{
    for (int32_t i = 0; i < s->n_arrays; i++) {
        free((char *)s->entry[i].name);
    }
    free(s->entry);
    free(s->row);
    free(s->block);
    free(s->column);
    rt_buffer_free(&s->piece);
    free(s);
}

static void *npz_open(const struct rt_sink_head *head, struct rt_error *e)
{
    struct npz *s = rt_alloc(1, sizeof *s);
    int32_t first = head->n_keys + 1;
    s->n_keys = head->n_keys;
    s->whole_runs = head->whole_runs;
    s->n_arrays = head->n_columns + first;
    s->row = rt_alloc((size_t)s->n_arrays, sizeof *s->row);
    s->entry = rt_alloc((size_t)s->n_arrays, sizeof *s->entry);
    for (int32_t i = 0; i < s->n_arrays; i++) {
        struct rt_buffer name = {0};
        rt_putf(&name, "%s.npy",
                i >= first       ? head->column[i - first]
                : i == first - 1 ? "time"
                                 : head->key[i]);
        s->entry[i].name = name.data;
    }
    size_t width = (size_t)s->n_arrays * sizeof *s->block;
    s->block_rows = BLOCK / width > LEAST_ROWS ? BLOCK / width : LEAST_ROWS;
    s->block = rt_alloc(s->block_rows, width);
    s->column = rt_alloc(s->block_rows, sizeof *s->column);
    rt_crc_start(&s->table);
    reserve_pieces(s);
    const struct crnl_file_form form = {s, stamp, convert};
    if (rt_file_open(&s->file, head->path, e) || rt_file_set_form(&s->file, &form, e)) {
        rt_file_discard(&s->file);
        npz_free(s);
        return NULL;
    }
    struct rt_buffer start = {0};
    put_head(s, &start, head);
    rt_file_write(&s->file, start.data, start.n, e);
    rt_buffer_free(&start);
    return s;
}

static int npz_rows(void *sink, const double *key, const double *row, int64_t n, size_t stride,
                    struct rt_error *e)
{
    struct npz *s = sink;
    if (s->n_keys == 0 && stride == (size_t)s->n_arrays) {
        rt_file_write(&s->file, row, (size_t)n * stride * sizeof *row, e);
        n = 0;
    }
    for (int64_t r = 0; r < n && !e->status; r++, row += stride) {
        int32_t i = 0;
        for (; i < s->n_keys; i++) {
            s->row[i] = key[i];
        }
        /* After the columns of the file a row may have values that are kept for plots and statistics. */
        memcpy(s->row + i, row, (size_t)(s->n_arrays - i) * sizeof *row);
        rt_file_write(&s->file, s->row, (size_t)s->n_arrays * sizeof *s->row, e);
    }
    crnl_file_mark(s->file.file, s->whole_runs ? CRNL_KEEP_WHOLE : CRNL_KEEP_ROWS);
    return e->status;
}

static int npz_close(void *sink, bool whole, struct rt_error *e)
{
    struct npz *s = sink;
    if (whole) {
        rt_file_finish(&s->file, e);
    } else {
        rt_file_leave(&s->file, e);
    }
    npz_free(s);
    return e->status;
}

const struct crnl_sink crnl_sink_npz = {CRNL_SINK_NPZ, npz_open, npz_rows, npz_close};
