/* The table of formats of results. */
#include "runtime/crnl_sink.h"

#include <string.h>

const struct crnl_sink_info crnl_sink_info[CRNL_SINK_COUNT] = {
#define SINK(id, symbol, ...) {#symbol, __VA_ARGS__},
#include "runtime/crnl_sink.def"
#undef SINK
};

enum crnl_sink_kind crnl_sink_of(const char *name, size_t n)
{
    int i = 0;
    for (; i < CRNL_SINK_COUNT; i++) {
        size_t length = strlen(crnl_sink_info[i].extension);
        if (n > length && name[n - length - 1] == '.' &&
            strncmp(name + n - length, crnl_sink_info[i].extension, length) == 0) {
            break;
        }
    }
    return (enum crnl_sink_kind)i;
}
