/* Source files in memory, and places in them. A span is a range of bytes in one file; line and column are
 * computed only for printing. The table owns names and contents. */
#ifndef SUPPORT_SOURCE_H
#define SUPPORT_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct span {
    uint32_t file;   /* index in the table of sources + 1; 0: no place */
    uint32_t lo, hi; /* byte offsets, lo .. hi - 1 */
};

struct sources;

struct sources *sources_create(void);
/* Reads a file, or standard input for the path `-`. Returns its id (>= 1), or 0 with errno set (EFBIG above
 * the limit). A file that was read before (same real path) keeps its id. */
uint32_t sources_read(struct sources *s, const char *path);
/* The absolute path, for messages, if the folder of the file exists; else the path as it is. To be freed. */
char *sources_whole_path(const char *path);
/* Adds a text that is not a file, such as an embedded module or a test; the text is copied. */
uint32_t sources_add(struct sources *s, const char *name, const char *text, size_t length);
/* Adds a text that sources_read returns for exactly this path, whatever is on the disk. It is for texts that
 * are made from files, such as members of an archive. */
uint32_t sources_add_made(struct sources *s, const char *path, const char *text, size_t length);
/* Declares that lines of a text that was made stand for places in another file, the same file for all:
 * origin[i] for line i + 1. The places are copied. */
void sources_stand_for(struct sources *s, uint32_t file, const struct span *origin, size_t n);
/* The place that the line of `at` stands for; `at` itself if there is none. */
struct span sources_origin(const struct sources *s, struct span at);
/* Adds the unpacked contents of the compressed file `path`. */
uint32_t sources_add_unpacked(struct sources *s, const char *path, const char *text, size_t length);
/* Sets the text of a file with this path from now on, whatever is on the disk and even if there is no such
 * file. If the path was read before, the earlier text stays. */
uint32_t sources_put(struct sources *s, const char *path, const char *text, size_t length);
/* The path of a file with links resolved; NULL for a text that is not a file. Ids go from 1 to
 * sources_count. */
const char *sources_path(const struct sources *s, uint32_t file);
uint32_t sources_count(const struct sources *s);
const char *sources_name(const struct sources *s, uint32_t file);
const char *sources_text(const struct sources *s, uint32_t file, size_t *length); /* NUL-terminated */
int sources_line_count(const struct sources *s, uint32_t file);
int sources_line_number(const struct sources *s, struct span at);
/* Line and column, both starting from 1; the column counts UTF-8 characters. */
void sources_place(const struct sources *s, struct span at, int *line, int *column);
/* Start and length in bytes of a line (numbered from 1), without its end. */
const char *sources_line(const struct sources *s, uint32_t file, int line, size_t *length);
void sources_set_size_limit(struct sources *s, size_t bytes); /* default 64 MiB */
void sources_destroy(struct sources *s);

static inline struct span span_join(struct span a, struct span b)
{
    if (!a.file) {
        return b;
    }
    if (b.file == a.file && b.hi > a.hi) {
        a.hi = b.hi;
    }
    if (b.file == a.file && b.lo < a.lo) {
        a.lo = b.lo;
    }
    return a;
}

#endif
