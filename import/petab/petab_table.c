/* Tables of PEtab: cells are separated by tabs; the first row names the columns. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/petab/petab_impl.h"
#include "runtime/crnl_cells.h"

enum { MAX_CELLS = 1 << 22 };

static const struct {
    const char *what, *by, *columns;
} known[PETAB_TABLES] = {
#define PETAB_TABLE(id, key, what, by, columns) {what, by, columns},
#include "import/petab/tables.def"
};

/* ---- Reading ---- */

/* Splits the line [line, end) of the part's copy into cells, in place. */
static bool split(struct petab *p, struct petab_part *part, char *line, char *end)
{
    while (end > line && (end[-1] == '\r' || end[-1] == '\n')) {
        end--;
    }
    *end = '\0';
    for (char *at = line; at;) {
        const char *cell = crnl_next_cell(&at, '\t');
        if (!cell) {
            diag_report(p->diag, DIAG_E0831, import_span(&part->x, line, end),
                        "a quoted cell that does not end");
            diag_help(p->diag, "a quote inside of quotes is written twice; cells do not span lines");
            return false;
        }
        if (++p->n_cells > MAX_CELLS) {
            return diag_report(p->diag, DIAG_E0833, import_span(&part->x, cell, cell),
                               "the tables have more than %d cells\n  help: fit fewer measurements at once",
                               MAX_CELLS);
        }
        struct petab_cell c = {cell, import_span(&part->x, cell, cell + strlen(cell))};
        vec_push(&part->header, c);
    }
    return true;
}

static bool read_header(struct petab *p, struct petab_part *part, char *line, char *end)
{
    if (!split(p, part, line, end)) {
        return false;
    }
    while (part->header.n > 1 && !*vec_last(&part->header).text) {
        part->header.n--;
    }
    for (size_t i = 0; i < part->header.n; i++) {
        struct petab_cell c = part->header.data[i];
        if (!*c.text) {
            return diag_report(p->diag, DIAG_E0831, c.at,
                               "this column has no name\n  help: write one, or leave the tabulator out; the "
                               "first row names the columns");
        }
        if (!map_add(&part->column, c.text, (int32_t)i)) {
            return diag_report(p->diag, DIAG_E0831, c.at,
                               "two columns are called `%s`\n  help: leave one of the two out", c.text);
        }
    }
    return true;
}

static bool read_row(struct petab *p, struct petab_table *t, struct petab_part *part, char *line, char *end)
{
    size_t width = part->header.n;
    if (!split(p, part, line,
               end)) { /* appends to the cells of the header, from where they are taken below */
        return false;
    }
    size_t n = part->header.n - width;
    struct petab_cell *cell = arena_alloc(p->arena, width * sizeof *cell);
    for (size_t i = 0; i < width; i++) {
        struct petab_cell none = {"", import_span(&part->x, end, end)};
        cell[i] = i < n ? part->header.data[width + i] : none;
    }
    size_t more = width;
    while (more < n && !*part->header.data[width + more].text) {
        more++;
    }
    part->header.n = width;
    if (more < n) {
        return diag_report(
            p->diag, DIAG_E0831, part->header.data[width + more].at,
            "a cell more than the %zu that the first row names\n  help: name its column, or leave it out",
            width);
    }
    struct petab_row row = {part, cell};
    vec_push(&t->row, row);
    return true;
}

static bool check_columns(struct petab *p, enum petab_kind kind, const struct petab_part *part)
{
    const char *list = arena_printf(p->arena, "%s %s", known[kind].by, known[kind].columns);
    while (*list) {
        const char *column = arena_strndup(p->arena, list, strcspn(list, " "));
        if (*column && map_find(&part->column, column) < 0) {
            diag_report(p->diag, DIAG_E0831, import_span(&part->x, part->x.text, part->x.text),
                        "the table of %s has no column `%s`", known[kind].what, column);
            diag_help(p->diag, "columns are named in the first row and parted by tabulators");
            return false;
        }
        list += strlen(column);
        list += strspn(list, " ");
    }
    return true;
}

/* Copies the text and splits its lines into cells. */
static bool read_text(struct petab *p, enum petab_kind kind, struct petab_part *part, uint32_t file)
{
    size_t length;
    const char *text = sources_text(p->sources, file, &length);
    char *copy = arena_strndup(p->arena, text, length), *end = copy + length;
    part->x = (struct importer){
        .sources = p->sources, .file = file, .text = copy, .end = end, .diag = p->diag, .arena = p->arena};
    const char *nul = memchr(copy, 0, length);
    if (nul) {
        return diag_report(p->diag, DIAG_E0831, import_span(&part->x, nul, nul + 1),
                           "a byte 0, which no text has\n  help: save the table as text, UTF-8");
    }
    char *line = strncmp(copy, "\xEF\xBB\xBF", 3) == 0 ? copy + 3 : copy;
    while (line < end) {
        char *eol = memchr(line, '\n', (size_t)(end - line)), *next = eol ? eol + 1 : end;
        bool blank = line + strspn(line, " \t\r\n") >= next;
        bool first = part->header.n == 0;
        if (!blank && !(first ? read_header(p, part, line, eol ? eol : end)
                              : read_row(p, &p->table[kind], part, line, eol ? eol : end))) {
            return false;
        }
        line = next;
    }
    return check_columns(p, kind, part);
}

bool petab_read_table(struct petab *p, enum petab_kind kind, const char *file, struct span from)
{
    const char *wrong, *folder = import_folder(&p->x), *yaml = sources_name(p->sources, p->x.file);
    const char *slash = strrchr(yaml, '/');
    if (!import_path_below(p->arena, folder, folder, file, &wrong)) {
        return diag_report(p->diag, DIAG_E0832, from, "the table of %s '%s', %s", known[kind].what, file,
                           wrong);
    }
    const char *path = arena_printf(p->arena, "%.*s%s", slash ? (int)(slash + 1 - yaml) : 0, yaml, file);
    uint32_t source = sources_read(p->sources, path);
    if (!source) {
        diag_report(p->diag, DIAG_E0202, from, "'%s' cannot be read: %s", path, strerror(errno));
        diag_help_path(p->diag, from, path);
        return false;
    }
    for (size_t i = 0; i < p->table[kind].part.n; i++) {
        if (p->table[kind].part.data[i]->x.file == source) {
            return diag_report(p->diag, DIAG_E0831, from,
                               "the table of %s '%s' is named twice\n  help: leave one of the two out",
                               known[kind].what, file);
        }
    }
    struct petab_part *part = arena_alloc(p->arena, sizeof *part);
    vec_push(&p->table[kind].part, part);
    return read_text(p, kind, part, source);
}

static bool is_identifier(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_",
                      digits[] = "0123456789";
    size_t n = strspn(text, letters);
    while (n > 0 && text[n]) {
        size_t more = strspn(text + n, letters) + strspn(text + n, digits);
        if (more == 0) {
            return false;
        }
        n += more;
    }
    return n > 0;
}

bool petab_finish_table(struct petab *p, enum petab_kind kind, struct span from)
{
    struct petab_table *t = &p->table[kind];
    if (t->row.n == 0) {
        struct span at =
            t->part.n ? import_span(&t->part.data[0]->x, t->part.data[0]->x.text, t->part.data[0]->x.text)
                      : from;
        return diag_report(
            p->diag, DIAG_E0831, at,
            "there are no %s\n  help: the table needs a row for each, below the names of its columns",
            known[kind].what);
    }
    for (size_t i = 0; *known[kind].by && i < t->row.n; i++) {
        struct petab_cell name = petab_cell(&t->row.data[i], known[kind].by);
        if (!is_identifier(name.text)) {
            return diag_report(p->diag, DIAG_E0831, name.at,
                               "`%s` is made of letters, digits and _, and begins with no digit\n  help: "
                               "rename it, here and "
                               "where other tables name it",
                               known[kind].by);
        }
        if (!map_add(&t->by, name.text, (int32_t)i)) {
            const struct petab_row *first = petab_find(p, kind, name.text);
            diag_report(
                p->diag, DIAG_E0831, name.at,
                "`%s` stands twice in the table of %s\n  help: leave one of the two out, or rename it",
                name.text, known[kind].what);
            diag_note(p->diag, petab_cell(first, known[kind].by).at, "the first");
            return false;
        }
    }
    return true;
}

void petab_free_table(struct petab_table *t)
{
    for (size_t i = 0; i < t->part.n; i++) {
        vec_free(&t->part.data[i]->header);
        map_free(&t->part.data[i]->column);
    }
    vec_free(&t->part);
    vec_free(&t->row);
    map_free(&t->by);
}

/* ---- Queries ---- */

struct petab_cell petab_cell(const struct petab_row *row, const char *column)
{
    int32_t i = map_find(&row->part->column, column);
    struct span end = {row->cell[0].at.file, row->cell[0].at.lo, row->cell[0].at.lo};
    return i < 0 ? (struct petab_cell){"", end} : row->cell[i];
}

const struct petab_row *petab_find(const struct petab *p, enum petab_kind kind, const char *name)
{
    int32_t i = map_find(&p->table[kind].by, name);
    return i < 0 ? NULL : &p->table[kind].row.data[i];
}

bool petab_unknown(struct petab *p, enum petab_kind kind, struct petab_cell cell)
{
    const struct petab_table *t = &p->table[kind];
    const char **names = arena_alloc(p->arena, (t->row.n + 1) * sizeof *names);
    for (size_t i = 0; i < t->row.n; i++) {
        names[i] = petab_cell(&t->row.data[i], known[kind].by).text;
    }
    diag_report(p->diag, DIAG_E0834, cell.at, "there is no %.*s `%s`", (int)strlen(known[kind].what) - 1,
                known[kind].what, cell.text);
    diag_help_known(p->diag, cell.text, names, t->row.n);
    return false;
}

bool petab_is_number(const char *text)
{
    double v;
    return crnl_cell_number(text, &v) && isfinite(v);
}

bool petab_number(struct petab *p, struct petab_cell cell, const char *what, double *v)
{
    if (!*cell.text) {
        return diag_report(p->diag, DIAG_E0831, cell.at,
                           "%s is missing\n  help: write a number into the cell", what);
    }
    return (crnl_cell_number(cell.text, v) && isfinite(*v)) ||
           diag_report(p->diag, DIAG_E0831, cell.at,
                       "%s is a finite number, not `%s`\n  help: write it as 0.5 or 1e-3", what, cell.text);
}

const char *petab_number_text(struct arena *arena, double v)
{
    const char *text = arena_printf(arena, "%.15g", v);
    return strtod(text, NULL) == v ? text : arena_printf(arena, "%.17g", v);
}
