/* Source files in memory and places in them. A span is a byte range in one file; line and column are
 * computed only when something is printed. The table owns names and contents. */
#ifndef SUPPORT_SOURCE_H
#define SUPPORT_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct span {
    uint32_t file;   /* index in the source table plus one; 0 = no place */
    uint32_t lo, hi; /* byte offsets, half open */
};

struct sources;

struct sources *sources_create(void);
/* Reads a file, or standard input where the path is `-`. Returns its id (>= 1), or 0 with errno set (EFBIG
 * past the limit). A file that was read before (same real path) keeps its id. */
uint32_t sources_read(struct sources *s, const char *path);
/* The path from the root, for messages, if its folder is there; else as it is. To be freed. */
char *sources_whole_path(const char *path);
/* Adds text that is not a file (embedded library, test); the text is copied. */
uint32_t sources_add(struct sources *s, const char *name, const char *text, size_t length);
/* The same, and sources_read gives it for this very path, whatever the disk has there: texts that are made of
 * files, as the members of an archive. */
uint32_t sources_add_made(struct sources *s, const char *path, const char *text, size_t length);
/* Lines of a made text stand for places in another file, all in one: origin[i] for line i + 1. They are
 * copied. */
void sources_stand_for(struct sources *s, uint32_t file, const struct span *origin, size_t n);
/* The place that the line of `at` stands for; `at` itself where there is none. */
struct span sources_origin(const struct sources *s, struct span at);
/* The same for what a file holds in packed form. */
uint32_t sources_add_unpacked(struct sources *s, const char *path, const char *text, size_t length);
/* From here on a file of that path has this text, whatever is on the disk, also if nothing is. Of a path that
 * was read before the earlier text stays. */
uint32_t sources_put(struct sources *s, const char *path, const char *text, size_t length);
/* The path of a file without links, NULL for text that is none. Ids go from 1 to sources_count. */
const char *sources_path(const struct sources *s, uint32_t file);
uint32_t sources_count(const struct sources *s);
const char *sources_name(const struct sources *s, uint32_t file);
const char *sources_text(const struct sources *s, uint32_t file, size_t *length); /* NUL-terminated */
int sources_line_count(const struct sources *s, uint32_t file);
int sources_line_number(const struct sources *s, struct span at);
/* Line and column, both from 1; the column counts UTF-8 characters. */
void sources_place(const struct sources *s, struct span at, int *line, int *column);
/* Start and length in bytes of a line (from 1), without its line end. */
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
