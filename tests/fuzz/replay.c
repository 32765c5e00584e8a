/* A main for fuzz targets without libFuzzer: feeds each file named on the command line to the target, whole and
 * cut off at a third and two thirds, so that `make check` exercises the targets on the texts of the tree. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    if (!in) {
        return NULL;
    }
    uint8_t *data = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        if (n == cap) {
            cap = cap ? 2 * cap : 65536;
            uint8_t *more = realloc(data, cap);
            if (!more) {
                break;
            }
            data = more;
        }
        size_t got = fread(data + n, 1, cap - n, in);
        n += got;
        if (got == 0) {
            break;
        }
    }
    fclose(in);
    *size = n;
    return data;
}

/* The target gets a copy of the exact size, so that a read past the end is seen by AddressSanitizer. */
static int feed(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) {
        return 1;
    }
    for (size_t i = 0; i < size; i++) {
        copy[i] = data[i];
    }
    int status = LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_file(argv[i], &size);
        if (!data) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return 1;
        }
        status |= feed(data, size) | feed(data, size / 3) | feed(data, size / 3 * 2);
        free(data);
    }
    return status;
}
