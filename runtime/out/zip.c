/* Arrays of NumPy in ZIP archives. */
#include <string.h>

#include "rt_zip.h"

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    END_64 = 0x06064b50,
    LOCATOR_64 = 0x07064b50,
    UTF_8 = 1 << 11,
    NEEDS_64 = 45,        /* the first version with 64-bit fields */
    NO_DATE = 1 << 5 | 1, /* 1 January 1980, so that the bytes are always the same */
    EXTRA_64 = 0x0001
};

enum { EXTRA_LOCAL = 20, EXTRA_CENTRAL = 28 };

/* CRC-32 of ISO 3309, reflected, for eight bytes at a time: it is linear, so the effects of the bytes are
 * added. */
void rt_crc_start(struct rt_crc_table *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xedb88320U ^ c >> 1 : c >> 1;
        }
        table->of[0][i] = c;
    }
    for (int k = 1; k < 8; k++) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = table->of[k - 1][i];
            table->of[k][i] = table->of[0][c & 0xff] ^ c >> 8;
        }
    }
}

uint32_t rt_crc(const struct rt_crc_table *table, uint32_t crc, const void *data, size_t n)
{
    const unsigned char *p = data;
    crc = ~crc;
    for (; n >= 8; n -= 8, p += 8) {
        crc = table->of[7][(crc ^ p[0]) & 0xff] ^ table->of[6][(crc >> 8 ^ p[1]) & 0xff] ^
              table->of[5][(crc >> 16 ^ p[2]) & 0xff] ^ table->of[4][(crc >> 24 ^ p[3]) & 0xff] ^
              table->of[3][p[4]] ^ table->of[2][p[5]] ^ table->of[1][p[6]] ^ table->of[0][p[7]];
    }
    for (size_t i = 0; i < n; i++) {
        crc = table->of[0][(crc ^ p[i]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}

static void put_le(struct rt_buffer *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        rt_put_n(b, &(char){(char)(v >> 8 * i)}, 1);
    }
}

/* Writes what local and central headers share. Sizes are in the 64-bit field. */
static void put_common(struct rt_buffer *b, const struct rt_zip_entry *f, int extra)
{
    put_le(b, NEEDS_64, 2);
    put_le(b, UTF_8, 2);
    put_le(b, 0, 2); /* stored without compression */
    put_le(b, 0, 2);
    put_le(b, NO_DATE, 2);
    put_le(b, f->crc, 4);
    put_le(b, UINT32_MAX, 4);
    put_le(b, UINT32_MAX, 4);
    put_le(b, strlen(f->name), 2);
    put_le(b, (uint64_t)extra, 2);
}

void rt_put_npy_header(struct rt_buffer *b, const int64_t *dim, int32_t rank)
{
    size_t start = b->n;
    rt_put_n(b, "\x93NUMPY\x01\0\0\0", 10);
    rt_put(b, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
    for (int32_t k = 0; k < rank; k++) {
        rt_put(b, k ? " " : "");
        rt_put_number(b, (double)dim[k]);
        rt_put(b, k == 0 || k + 1 < rank ? "," : "");
    }
    rt_put(b, "), }");
    while ((b->n - start + 1) % 64 != 0) {
        rt_put(b, " ");
    }
    rt_put(b, "\n");
    b->data[start + 8] = (char)(b->n - start - 10);
    b->data[start + 9] = (char)((b->n - start - 10) >> 8);
}

void rt_put_zip_local(struct rt_buffer *b, const struct rt_zip_entry *f)
{
    put_le(b, LOCAL, 4);
    put_common(b, f, EXTRA_LOCAL);
    rt_put(b, f->name);
    put_le(b, EXTRA_64, 2);
    put_le(b, EXTRA_LOCAL - 4, 2);
    put_le(b, f->size, 8);
    put_le(b, f->size, 8);
}

size_t rt_zip_local_size(const struct rt_zip_entry *f)
{
    enum { FIXED = 30 };
    return FIXED + strlen(f->name) + EXTRA_LOCAL;
}

void rt_put_zip_central(struct rt_buffer *b, const struct rt_zip_entry *f)
{
    put_le(b, CENTRAL, 4);
    put_le(b, NEEDS_64, 2);
    put_common(b, f, EXTRA_CENTRAL);
    put_le(b, 0, 8);
    put_le(b, 0, 2); /* no comment, first disk, no attributes */
    put_le(b, UINT32_MAX, 4);
    rt_put(b, f->name);
    put_le(b, EXTRA_64, 2);
    put_le(b, EXTRA_CENTRAL - 4, 2);
    put_le(b, f->size, 8);
    put_le(b, f->size, 8);
    put_le(b, f->at, 8);
}

void rt_put_zip_end(struct rt_buffer *b, uint64_t n, uint64_t start, uint64_t end)
{
    put_le(b, END_64, 4);
    put_le(b, 44, 8); /* number of bytes of the record that follow */
    put_le(b, NEEDS_64, 2);
    put_le(b, NEEDS_64, 2);
    put_le(b, 0, 8); /* numbers of disks */
    put_le(b, n, 8);
    put_le(b, n, 8);
    put_le(b, end - start, 8);
    put_le(b, start, 8);
    put_le(b, LOCATOR_64, 4);
    put_le(b, 0, 4);
    put_le(b, end, 8);
    put_le(b, 1, 4);
    put_le(b, END, 4);
    put_le(b, 0, 4);
    put_le(b, UINT16_MAX, 2);
    put_le(b, UINT16_MAX, 2);
    put_le(b, UINT32_MAX, 4);
    put_le(b, UINT32_MAX, 4);
    put_le(b, 0, 2);
}
