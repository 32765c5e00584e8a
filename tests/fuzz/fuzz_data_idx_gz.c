/* libFuzzer target: any bytes as IDX behind well-formed gzip, then with a byte of the compressed file changed and with its end cut
 * off; the first byte says where. */
#include "tests/fuzz/fuzz_file.h"

#include <stdlib.h>
#include <zlib.h>

#include "runtime/crnl_data.h"

static void read_bytes(const uint8_t *data, size_t size)
{
    char path[FUZZ_PATH];
    fuzz_open(data, size, path);
    struct crnl_data_spec spec = {.reader = &crnl_data_idx, .name = "d", .file = path, .scale = 1};
    fuzz_read_data(&spec);
    fuzz_close(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) { /* + 16: a gzip header */
        return 0;
    }
    size_t room = deflateBound(&z, size - 1);
    uint8_t *packed = malloc(room);
    if (packed) {
        z.next_in = (Bytef *)(uintptr_t)(data + 1);
        z.avail_in = (uInt)(size - 1);
        z.next_out = packed;
        z.avail_out = (uInt)room;
        deflate(&z, Z_FINISH);
        size_t n = room - z.avail_out, at = data[0] % n;
        read_bytes(packed, n);
        read_bytes(packed, at);
        packed[at] ^= 0x10;
        read_bytes(packed, n);
    }
    deflateEnd(&z);
    free(packed);
    return 0;
}
