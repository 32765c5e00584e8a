#include "codegen/object/needed.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/vec.h"

typedef ElfW(Ehdr) elf_head;
typedef ElfW(Phdr) elf_segment;
typedef ElfW(Dyn) elf_entry;

struct image { /* the whole file */
    const char *data;
    size_t n;
};

/* Part of the file: n elements of `size` bytes from offset `at` on; NULL if they are not all in the file. */
static const void *part(const struct image *file, size_t at, size_t n, size_t size)
{
    return size && n <= file->n / size && at <= file->n - n * size ? file->data + at : NULL;
}

/* The offset in the file of an address of the loaded program; the length of the file if it is not in it. */
static size_t offset_of(const struct image *file, const elf_head *head, size_t address)
{
    const elf_segment *s = part(file, head->e_phoff, head->e_phnum, sizeof *s);
    for (size_t i = 0; s && i < head->e_phnum; i++) {
        if (s[i].p_type == PT_LOAD && address >= s[i].p_vaddr && address - s[i].p_vaddr < s[i].p_filesz) {
            return address - s[i].p_vaddr + s[i].p_offset;
        }
    }
    return file->n;
}

static const char **read_needed(const struct image *file, struct arena *arena, size_t *n)
{
    const elf_head *head = part(file, 0, 1, sizeof *head);
    bool is_own = head && memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 &&
                  head->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
    const elf_segment *s = is_own ? part(file, head->e_phoff, head->e_phnum, sizeof *s) : NULL;
    const elf_entry *entry = NULL;
    size_t n_entries = 0, names = file->n;
    for (size_t i = 0; s && i < head->e_phnum; i++) {
        if (s[i].p_type == PT_DYNAMIC) {
            n_entries = s[i].p_filesz / sizeof *entry;
            entry = part(file, s[i].p_offset, n_entries, sizeof *entry);
        }
    }
    const char **name = arena_alloc(arena, (n_entries + 1) * sizeof *name);
    for (size_t i = 0; entry && i < n_entries; i++) {
        names = entry[i].d_tag == DT_STRTAB ? offset_of(file, head, entry[i].d_un.d_ptr) : names;
    }
    *n = 0;
    for (size_t i = 0; entry && i < n_entries && entry[i].d_tag != DT_NULL; i++) {
        size_t at = names + entry[i].d_un.d_val;
        if (entry[i].d_tag == DT_NEEDED && names < file->n && at < file->n &&
            memchr(file->data + at, '\0', file->n - at)) {
            name[(*n)++] = arena_strdup(arena, file->data + at);
        }
    }
    return s ? name : NULL;
}

const char **needed_libraries(const char *path, struct arena *arena, size_t *n)
{
    enum { PIECE = 1 << 16 };
    FILE *in = fopen(path, "rb");
    VEC(char) data = {0};
    size_t got = in ? 1 : 0;
    while (got > 0) {
        vec_reserve(&data, data.n + PIECE);
        got = fread(data.data + data.n, 1, PIECE, in);
        data.n += got;
    }
    bool good = in && !ferror(in);
    if (in) {
        fclose(in);
    }
    struct image file = {data.data, data.n};
    const char **name = good && data.n ? read_needed(&file, arena, n) : NULL;
    vec_free(&data);
    return name;
}
