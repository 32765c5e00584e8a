/* The list of formats of results (crnl_sink.def) as an enum and a table, shared by compiler and runtime. */
#ifndef CRNL_SINK_H
#define CRNL_SINK_H

#include <stddef.h>

enum crnl_sink_kind {
#define SINK(id, symbol, ...) CRNL_SINK_##id,
#include "crnl_sink.def"
#undef SINK
    CRNL_SINK_COUNT
};

struct crnl_sink_info {
    const char *symbol;    /* C name of its struct crnl_sink */
    const char *extension; /* without the dot */
    const char *libraries; /* linker flags for the libraries that it calls, or NULL */
    const char *help;
};
extern const struct crnl_sink_info crnl_sink_info[CRNL_SINK_COUNT];

/* The format whose extension is at the end of the first n characters of a name; CRNL_SINK_COUNT: there is
 * none. */
enum crnl_sink_kind crnl_sink_of(const char *name, size_t n);

#endif
