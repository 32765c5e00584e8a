/* POSIX.1-2008 has realpath in its X/Open part. */
#define _XOPEN_SOURCE 700

#include "support/source.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/mem.h"
#include "support/vec.h"

enum { READ_CHUNK = 1 << 16 };

enum { CHARACTERS_STEP = 256 };

struct source {
    char *name; /* the name as the user wrote it, for messages */
    char *real; /* canonical path; NULL for a text that was added */
    bool is_made;
    char *text; /* NUL-terminated */
    size_t length;
    bool is_put;              /* it is used for its path whether or not there is such a file */
    VEC(uint32_t) characters; /* number of characters before byte i * CHARACTERS_STEP */
    VEC(uint32_t) lines;      /* byte offset of the start of each line; never empty */
    /* by line: the place it stands for; lines behind the last stand for themselves */
    VEC(struct span) origin;
};

struct sources {
    VEC(struct source) files;
    size_t limit;
};

struct sources *sources_create(void)
{
    struct sources *s = mem_zalloc(1, sizeof *s);
    s->limit = (size_t)64 << 20;
    return s;
}

void sources_set_size_limit(struct sources *s, size_t bytes)
{
    s->limit = bytes < UINT32_MAX - 1 ? bytes : UINT32_MAX - 1; /* spans have 32 bits */
}

void sources_destroy(struct sources *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->files.n; i++) {
        struct source *f = &s->files.data[i];
        free(f->name);
        free(f->real);
        free(f->text);
        vec_free(&f->lines);
        vec_free(&f->characters);
        vec_free(&f->origin);
    }
    vec_free(&s->files);
    free(s);
}

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80; /* continuation bytes do not count as characters */
}

static uint32_t count_characters(const char *text, size_t n)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += begins_character(text[i]);
    }
    return count;
}

/* Takes ownership of text and real. */
static uint32_t add_source(struct sources *s, const char *name, char *real, char *text, size_t length)
{
    struct source f = {.name = mem_strdup(name), .real = real, .text = text, .length = length};
    uint32_t n = 0;
    vec_push(&f.lines, 0);
    for (size_t i = 0; i <= length; i += CHARACTERS_STEP) {
        vec_push(&f.characters, n);
        n += count_characters(text + i, length - i < CHARACTERS_STEP ? length - i : CHARACTERS_STEP);
    }
    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text)));) {
        vec_push(&f.lines, (uint32_t)(++at - text));
    }
    vec_push(&s->files, f);
    return (uint32_t)s->files.n;
}

static uint32_t add_copy(struct sources *s, const char *name, char *real, const char *text, size_t length)
{
    if (length > s->limit) {
        free(real);
        errno = EFBIG;
        return 0;
    }
    char *copy = mem_alloc(length + 1);
    if (length) {
        memcpy(copy, text, length);
    }
    copy[length] = '\0';
    return add_source(s, name, real, copy, length);
}

uint32_t sources_add(struct sources *s, const char *name, const char *text, size_t length)
{
    return add_copy(s, name, NULL, text, length);
}

uint32_t sources_add_made(struct sources *s, const char *path, const char *text, size_t length)
{
    uint32_t file = add_copy(s, path, NULL, text, length);
    if (file) {
        s->files.data[file - 1].is_made = true;
    }
    return file;
}

uint32_t sources_add_unpacked(struct sources *s, const char *path, const char *text, size_t length)
{
    return add_copy(s, path, realpath(path, NULL), text, length);
}

static uint32_t find_text(const struct sources *s, const char *path, const char *real)
{
    for (size_t i = 0; i < s->files.n; i++) {
        const struct source *f = &s->files.data[i];
        bool same = f->real && real ? strcmp(f->real, real) == 0 : f->is_put && strcmp(f->name, path) == 0;
        if (same) {
            return (uint32_t)(i + 1);
        }
    }
    return 0;
}

uint32_t sources_put(struct sources *s, const char *path, const char *text, size_t length)
{
    char *real = realpath(path, NULL);
    uint32_t file = find_text(s, path, real);
    if (file) {
        free(real);
        return file;
    }
    file = add_copy(s, path, real, text, length);
    if (file) {
        s->files.data[file - 1].is_put = true;
    }
    return file;
}

/* Reads the whole stream and adds a NUL; NULL with errno set. */
static char *read_stream(FILE *in, size_t limit, size_t *length)
{
    VEC(char) buffer = {0};
    for (;;) {
        vec_reserve(&buffer, buffer.n + READ_CHUNK + 1);
        size_t got = fread(buffer.data + buffer.n, 1, READ_CHUNK, in);
        buffer.n += got;
        if (buffer.n > limit) {
            vec_free(&buffer);
            errno = EFBIG;
            return NULL;
        }
        if (got == 0) {
            break;
        }
    }
    if (ferror(in)) {
        int why = errno;
        vec_free(&buffer);
        errno = why;
        return NULL;
    }
    buffer.data[buffer.n] = '\0';
    *length = buffer.n;
    return buffer.data;
}

/* The id of the text that was added for this path; 0: none. */
static uint32_t find_made(const struct sources *s, const char *path)
{
    for (size_t i = 0; i < s->files.n; i++) {
        if (s->files.data[i].is_made && strcmp(s->files.data[i].name, path) == 0) {
            return (uint32_t)(i + 1);
        }
    }
    return 0;
}

/* Reads standard input for the path `-`, once. */
static uint32_t read_input(struct sources *s)
{
    uint32_t file = find_text(s, "-", NULL);
    size_t length = 0;
    char *text = file ? NULL : read_stream(stdin, s->limit, &length);
    if (text) {
        file = add_source(s, "-", NULL, text, length);
        s->files.data[file - 1].is_put = true;
    }
    return file;
}

char *sources_whole_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = mem_strdup(slash ? path : ".");
    if (slash) {
        folder[slash == path ? 1 : slash - path] = '\0';
    }
    char *real = realpath(folder, NULL);
    const char *base = slash ? slash + 1 : path;
    free(folder);
    if (!real) {
        return mem_strdup(path);
    }
    size_t size = strlen(real) + strlen(base) + 2;
    char *whole = mem_alloc(size);
    snprintf(whole, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base);
    free(real);
    return whole;
}

uint32_t sources_read(struct sources *s, const char *path)
{
    uint32_t made = find_made(s, path);
    if (made) {
        return made;
    }
    if (strcmp(path, "-") == 0) {
        return read_input(s);
    }
    char *real = realpath(path, NULL);
    int missing = errno;
    uint32_t file = find_text(s, path, real);
    if (file || !real) {
        free(real);
        errno = missing;
        return file;
    }
    struct stat info;
    if (stat(real, &info) == 0 && S_ISDIR(info.st_mode)) {
        free(real);
        errno = EISDIR;
        return 0;
    }
    FILE *in = fopen(real, "rb");
    if (!in) {
        int why = errno;
        free(real);
        errno = why;
        return 0;
    }
    size_t length = 0;
    char *text = read_stream(in, s->limit, &length);
    int why = errno;
    fclose(in);
    if (!text) {
        free(real);
        errno = why;
        return 0;
    }
    return add_source(s, path, real, text, length);
}

static const struct source *find_source(const struct sources *s, uint32_t file)
{
    return file >= 1 && file <= s->files.n ? &s->files.data[file - 1] : NULL;
}

const char *sources_name(const struct sources *s, uint32_t file)
{
    const struct source *f = find_source(s, file);
    return f ? f->name : "";
}

const char *sources_path(const struct sources *s, uint32_t file)
{
    const struct source *f = find_source(s, file);
    return f ? f->real : NULL;
}

uint32_t sources_count(const struct sources *s)
{
    return (uint32_t)s->files.n;
}

const char *sources_text(const struct sources *s, uint32_t file, size_t *length)
{
    const struct source *f = find_source(s, file);
    if (length) {
        *length = f ? f->length : 0;
    }
    return f ? f->text : "";
}

/* The index of the last line that starts at or before the offset. */
static size_t line_of(const struct source *f, uint32_t offset)
{
    size_t lo = 0, hi = f->lines.n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->lines.data[mid] <= offset) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* The number of characters before the offset; also fast in long lines. */
static uint32_t characters_before(const struct source *f, uint32_t offset)
{
    uint32_t step = offset / CHARACTERS_STEP, from = step * CHARACTERS_STEP;
    return f->characters.data[step] + count_characters(f->text + from, offset - from);
}

void sources_place(const struct sources *s, struct span at, int *line, int *column)
{
    const struct source *f = find_source(s, at.file);
    *line = *column = 0;
    if (!f) {
        return;
    }
    uint32_t offset = at.lo <= f->length ? at.lo : (uint32_t)f->length;
    size_t i = line_of(f, offset);
    *line = (int)i + 1;
    *column = 1 + (int)(characters_before(f, offset) - characters_before(f, f->lines.data[i]));
}

int sources_line_number(const struct sources *s, struct span at)
{
    const struct source *f = find_source(s, at.file);
    return f ? (int)line_of(f, at.lo <= f->length ? at.lo : (uint32_t)f->length) + 1 : 0;
}

int sources_line_count(const struct sources *s, uint32_t file)
{
    const struct source *f = find_source(s, file);
    return f ? (int)f->lines.n : 0;
}

void sources_stand_for(struct sources *s, uint32_t file, const struct span *origin, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        vec_push(&s->files.data[file - 1].origin, origin[i]);
    }
}

struct span sources_origin(const struct sources *s, struct span at)
{
    const struct source *f = find_source(s, at.file);
    if (!f || f->origin.n == 0) {
        return at;
    }
    size_t i = line_of(f, at.lo);
    return i < f->origin.n ? f->origin.data[i] : at;
}

const char *sources_line(const struct sources *s, uint32_t file, int line, size_t *length)
{
    const struct source *f = find_source(s, file);
    if (!f || line < 1 || (size_t)line > f->lines.n) {
        *length = 0;
        return "";
    }
    uint32_t start = f->lines.data[line - 1];
    size_t end = (size_t)line < f->lines.n ? f->lines.data[line] - 1u : f->length;
    if (end > start && f->text[end - 1] == '\r') {
        end--;
    }
    *length = end - start;
    return f->text + start;
}
