/* libFuzzer target: any bytes as the array x of a well-formed .npz archive. */
#include "tests/fuzz/fuzz_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "runtime/crnl_data.h"

static uint8_t *put(uint8_t *p, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        *p++ = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
    }
    return p;
}

enum { LOCAL = 30, CENTRAL = 46, END = 22, NAME = 5 };

/* One stored file "x.npy" (APPNOTE.TXT of PKZIP, sections 4.3.7, 4.3.12, 4.3.16). */
static uint8_t *archive(const uint8_t *data, size_t size, size_t *total)
{
    *total = LOCAL + NAME + size + CENTRAL + NAME + END;
    uint8_t *zip = malloc(*total), *p = zip;
    if (!zip) {
        return NULL;
    }
    uint64_t crc = crc32(0, data, (uInt)size);
    for (int central = 0; central < 2; central++) {
        p = put(p, central ? 0x02014b50 : 0x04034b50, 4);
        p = put(p, 20, central ? 2 : 0); /* made by */
        p = put(p, 20, 2);               /* needs version 2.0 */
        p = put(p, 0, 2 + 2);            /* flags, method: stored */
        p = put(p, 0x00210000, 4);       /* 1980-01-01 */
        p = put(p, crc, 4);
        p = put(p, size, 4);
        p = put(p, size, 4);
        p = put(p, NAME, 2);
        p = put(p, 0, 2);                               /* extra */
        p = put(p, 0, central ? 2 + 2 + 2 + 4 + 4 : 0); /* comment, disk, attributes, offset */
        for (int i = 0; i < NAME; i++) {
            *p++ = (uint8_t) "x.npy"[i];
        }
        for (size_t i = 0; !central && i < size; i++) {
            *p++ = data[i];
        }
    }
    p = put(p, 0x06054b50, 4);
    p = put(p, 0, 4);
    p = put(p, 1 | 1 << 16, 4);
    p = put(p, CENTRAL + NAME, 4);
    p = put(p, LOCAL + NAME + size, 4);
    put(p, 0, 2);
    return zip;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t total;
    uint8_t *zip = archive(data, size, &total);
    if (!zip) {
        return 0;
    }
    char path[FUZZ_PATH];
    fuzz_open(zip, total, path);
    struct crnl_data_spec spec = {
        .reader = &crnl_data_npz, .name = "d", .file = path, .input_name = "x", .scale = 1};
    fuzz_read_data(&spec);
    fuzz_close(path);
    free(zip);
    return 0;
}
