/* Writes arrays from memory to an .npz archive. */
#include <stdlib.h>
#include <string.h>

#include "rt_output.h"
#include "rt_zip.h"

struct npz_out {
    struct rt_file *file;
    struct rt_error *e;
    uint64_t written;
    struct rt_buffer piece;
    struct rt_zip_entry *entry;
    struct rt_buffer *name;
};

static void out(struct npz_out *z, const void *data, size_t n)
{
    rt_file_write(z->file, data, n, z->e);
    z->written += n;
}

static void out_piece(struct npz_out *z)
{
    out(z, z->piece.data, z->piece.n);
    rt_buffer_clear(&z->piece);
}

static void add_array(struct npz_out *z, const struct rt_crc_table *table, struct rt_zip_entry *f,
                      const struct rt_npz_entry *a)
{
    struct rt_buffer npy = {0};
    size_t bytes = sizeof *a->v;
    for (int32_t k = 0; k < a->rank; k++) {
        bytes *= (size_t)a->dim[k];
    }
    rt_put_npy_header(&npy, a->dim, a->rank);
    f->size = npy.n + bytes;
    f->at = z->written;
    f->crc = rt_crc(table, rt_crc(table, 0, npy.data, npy.n), a->v, bytes);
    rt_put_zip_local(&z->piece, f);
    rt_put_n(&z->piece, npy.data, npy.n);
    out_piece(z);
    out(z, a->v, bytes);
    rt_buffer_free(&npy);
}

int rt_npz_put(struct rt_file *file, const struct rt_npz_entry *array, int32_t n, struct rt_error *e)
{
    struct npz_out z = {.file = file, .e = e};
    struct rt_crc_table table;
    rt_crc_start(&table);
    z.entry = rt_alloc((size_t)n, sizeof *z.entry);
    z.name = rt_alloc((size_t)n, sizeof *z.name);
    for (int32_t i = 0; i < n; i++) {
        rt_putf(&z.name[i], "%s.npy", array[i].name);
        z.entry[i].name = z.name[i].data;
        add_array(&z, &table, &z.entry[i], &array[i]);
    }
    uint64_t start = z.written;
    for (int32_t i = 0; i < n; i++) {
        rt_put_zip_central(&z.piece, &z.entry[i]);
    }
    rt_put_zip_end(&z.piece, (uint64_t)n, start, start + z.piece.n);
    out_piece(&z);
    for (int32_t i = 0; i < n; i++) {
        rt_buffer_free(&z.name[i]);
    }
    free(z.name);
    free(z.entry);
    rt_buffer_free(&z.piece);
    return e->status;
}
