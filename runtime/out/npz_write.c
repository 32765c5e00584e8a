/* Arrays to NumPy's .npz: a ZIP archive (APPNOTE 6.3.10) of .npy files, stored without compression, with the 64-bit fields
 * where a file or the archive needs them. */
#include <stdlib.h>
#include <string.h>

#include "rt_output.h"

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    END_64 = 0x06064b50,
    LOCATOR_64 = 0x07064b50,
    UTF_8 = 1 << 11,
    NEEDS_64 = 45,        /* the first with 64-bit fields */
    NO_DATE = 1 << 5 | 1, /* 1 January 1980: the same bytes each time */
    EXTRA_64 = 0x0001
};

struct zip_entry {
    char *name;
    uint64_t size, at;
    uint32_t crc;
};
struct zip_out {
    struct rt_file *file;
    struct rt_error *e;
    uint64_t written;
    struct zip_entry *entry;
    size_t n, cap;
};

/* CRC-32 of ISO 3309, reflected, a byte at a time. */
static void make_table(uint32_t table[256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320U ^ c >> 1 : c >> 1;
        }
        table[i] = c;
    }
}

static uint32_t crc_of(const uint32_t table[256], uint32_t crc, const void *data, size_t n)
{
    const unsigned char *p = data;
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc = table[(crc ^ p[i]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}

static void put_le(struct rt_buffer *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        rt_put_n(b, &(char){(char)(v >> 8 * i)}, 1);
    }
}

static void out(struct zip_out *z, const void *data, size_t n)
{
    rt_file_write(z->file, data, n, z->e);
    z->written += n;
}

static void out_buffer(struct zip_out *z, struct rt_buffer *b)
{
    out(z, b->data, b->n);
    rt_buffer_free(b);
}

/* What local and central header share. Sizes are in the 64-bit field. */
static void put_common(struct rt_buffer *b, const struct zip_entry *f, int extra)
{
    put_le(b, NEEDS_64, 2);
    put_le(b, UTF_8, 2);
    put_le(b, 0, 2); /* stored */
    put_le(b, 0, 2);
    put_le(b, NO_DATE, 2);
    put_le(b, f->crc, 4);
    put_le(b, UINT32_MAX, 4);
    put_le(b, UINT32_MAX, 4);
    put_le(b, strlen(f->name), 2);
    put_le(b, (uint64_t)extra, 2);
}

/* The header of an array in NumPy's format 1.0, padded so that the data starts at a multiple of 64. */
static void put_npy_header(struct rt_buffer *b, const struct rt_npz_entry *a)
{
    rt_put_n(b, "\x93NUMPY\x01\0\0\0", 10);
    rt_put(b, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
    for (int32_t k = 0; k < a->rank; k++) {
        rt_putf(b, "%s%lld%s", k ? " " : "", (long long)a->dim[k], k == 0 || k + 1 < a->rank ? "," : "");
    }
    rt_put(b, "), }");
    while ((b->n + 1) % 64 != 0) {
        rt_put(b, " ");
    }
    rt_put(b, "\n");
    b->data[8] = (char)(b->n - 10);
    b->data[9] = (char)((b->n - 10) >> 8);
}

static void add_array(struct zip_out *z, const uint32_t table[256], const struct rt_npz_entry *a)
{
    struct rt_buffer header = {0}, npy = {0}, name = {0};
    uint64_t n = 1;
    for (int32_t k = 0; k < a->rank; k++) {
        n *= (uint64_t)a->dim[k];
    }
    put_npy_header(&npy, a);
    rt_putf(&name, "%s.npy", a->name);
    RT_GROW(z->entry, z->n, z->cap);
    struct zip_entry *f = &z->entry[z->n++];
    *f = (struct zip_entry){.name = name.data, .size = npy.n + n * sizeof *a->v, .at = z->written};
    f->crc = crc_of(table, crc_of(table, 0, npy.data, npy.n), a->v, n * sizeof *a->v);
    put_le(&header, LOCAL, 4);
    put_common(&header, f, 20);
    rt_put(&header, f->name);
    put_le(&header, EXTRA_64, 2);
    put_le(&header, 16, 2);
    put_le(&header, f->size, 8);
    put_le(&header, f->size, 8);
    out_buffer(z, &header);
    out_buffer(z, &npy);
    out(z, a->v, n * sizeof *a->v);
}

static void put_central(struct zip_out *z, const struct zip_entry *f)
{
    struct rt_buffer b = {0};
    put_le(&b, CENTRAL, 4);
    put_le(&b, NEEDS_64, 2);
    put_common(&b, f, 28);
    put_le(&b, 0, 8);
    put_le(&b, 0, 2); /* no comment, first disk, no attributes */
    put_le(&b, UINT32_MAX, 4);
    rt_put(&b, f->name);
    put_le(&b, EXTRA_64, 2);
    put_le(&b, 24, 2);
    put_le(&b, f->size, 8);
    put_le(&b, f->size, 8);
    put_le(&b, f->at, 8);
    out_buffer(z, &b);
}

static void put_end(struct zip_out *z)
{
    struct rt_buffer b = {0};
    uint64_t start = z->written;
    for (size_t i = 0; i < z->n; i++) {
        put_central(z, &z->entry[i]);
    }
    uint64_t end = z->written;
    put_le(&b, END_64, 4);
    put_le(&b, 44, 8); /* bytes of the record that follow */
    put_le(&b, NEEDS_64, 2);
    put_le(&b, NEEDS_64, 2);
    put_le(&b, 0, 8); /* disks */
    put_le(&b, z->n, 8);
    put_le(&b, z->n, 8);
    put_le(&b, end - start, 8);
    put_le(&b, start, 8);
    put_le(&b, LOCATOR_64, 4);
    put_le(&b, 0, 4);
    put_le(&b, end, 8);
    put_le(&b, 1, 4);
    put_le(&b, END, 4);
    put_le(&b, 0, 4);
    put_le(&b, UINT16_MAX, 2);
    put_le(&b, UINT16_MAX, 2);
    put_le(&b, UINT32_MAX, 4);
    put_le(&b, UINT32_MAX, 4);
    put_le(&b, 0, 2);
    out_buffer(z, &b);
}

int rt_npz_put(struct rt_file *file, const struct rt_npz_entry *array, int32_t n, struct rt_error *e)
{
    struct zip_out z = {.file = file, .e = e};
    uint32_t table[256];
    make_table(table);
    for (int32_t i = 0; i < n && !e->status; i++) {
        add_array(&z, table, &array[i]);
    }
    if (!e->status) {
        put_end(&z);
    }
    for (size_t i = 0; i < z.n; i++) {
        free(z.entry[i].name);
    }
    free(z.entry);
    return e->status;
}
