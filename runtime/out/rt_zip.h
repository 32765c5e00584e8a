/* The pieces of an .npz file: a ZIP archive (APPNOTE 6.3.10) of .npy files, stored without compression,
 * always with 64-bit fields. They are appended to a buffer. If the buffer has room for the name and
 * RT_ZIP_ROOM more bytes, this is safe in a signal handler. */
#ifndef RT_ZIP_H
#define RT_ZIP_H

#include "runtime/rt_base.h"

enum {
    RT_NPY_HEADER = 128, /* bytes before the data of an array of one axis */
    RT_ZIP_ROOM = 256    /* size of a piece without its name, at most */
};

struct rt_zip_entry {
    const char *name;  /* with .npy */
    uint64_t size, at; /* of the data; offset of its local header */
    uint32_t crc;
};

struct rt_crc_table {
    uint32_t of[8][256]; /* [k][b]: the effect of a byte b that is followed by k others */
};
void rt_crc_start(struct rt_crc_table *table);
uint32_t rt_crc(const struct rt_crc_table *table, uint32_t crc, const void *data,
                size_t n); /* crc is 0 at first */

/* The header of an array in NumPy's format 1.0, padded so that the data starts at a multiple of 64. */
void rt_put_npy_header(struct rt_buffer *b, const int64_t *dim, int32_t rank);
void rt_put_zip_local(struct rt_buffer *b, const struct rt_zip_entry *f);
size_t rt_zip_local_size(const struct rt_zip_entry *f);
void rt_put_zip_central(struct rt_buffer *b, const struct rt_zip_entry *f);
/* Call it after n central headers, which are at the offsets [start, end). */
void rt_put_zip_end(struct rt_buffer *b, uint64_t n, uint64_t start, uint64_t end);

#endif
