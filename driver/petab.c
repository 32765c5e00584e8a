/* PEtab: the YAML file that names the tables, and the tables. Of YAML it knows what PEtab writes: names with
 * a value, lists of values or of groups, by indentation. */
#include "driver/petab.h"

#include <errno.h>
#include <string.h>

static bool complain(struct petab *p, const char *file, int line, const char *what, const char *text)
{
    diag_report(p->diag, DIAG_E0831, (struct span){0}, "%s:%d: %s%s%s%s", file, line, what, *text ? " `" : "",
                text, *text ? "`" : "");
    return false;
}

static char *read_all(struct petab *p, const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0, cap = 0;
    char *text = NULL;
    if (!f) {
        diag_report(p->diag, DIAG_E0811, (struct span){0}, "cannot read `%s`: %s", path, strerror(errno));
        return NULL;
    }
    for (int c = getc(f); c != EOF; c = getc(f)) {
        if (n + 1 >= cap) {
            cap = 2 * cap + 256;
            text = mem_resize(text, cap, 1);
        }
        text[n++] = (char)(c ? c : ' ');
    }
    fclose(f);
    text = text ? text : mem_zalloc(1, 1);
    char *kept = arena_alloc(p->arena, n + 1);
    memcpy(kept, text, n);
    free(text);
    return kept;
}

/* ---- Tables ---- */

/* The next cell of a line, cut off in place. */
static char *next_cell(char **at)
{
    char *cell = *at, *end = cell + strcspn(cell, "\t");
    *at = *end ? end + 1 : NULL;
    *end = '\0';
    while (*cell == ' ') {
        cell++;
    }
    for (char *last = cell + strlen(cell); last > cell && (last[-1] == ' ' || last[-1] == '\r'); last--) {
        last[-1] = '\0';
    }
    size_t n = strlen(cell);
    if (n >= 2 && cell[0] == '"' && cell[n - 1] == '"') {
        cell[n - 1] = '\0';
        cell++;
    }
    return cell;
}

static void read_row(struct petab *p, struct petab_table *t, char *line)
{
    bool header = t->header.n == 0;
    const char **row = header ? NULL : arena_alloc(p->arena, t->header.n * sizeof *row);
    size_t i = 0;
    for (char *at = line; at; i++) {
        const char *cell = next_cell(&at);
        if (header) {
            vec_push(&t->header, cell);
        } else if (i < t->header.n) {
            row[i] = cell;
        }
    }
    for (; !header && i < t->header.n; i++) {
        row[i] = "";
    }
    if (!header) {
        vec_push(&t->row, row);
    }
}

static bool read_table(struct petab *p, const char *file, struct petab_table *t)
{
    if (t->file) {
        return complain(p, file, 1, "one table of each kind is read, and this is the second", "");
    }
    t->file = arena_printf(p->arena, "%s%s", p->folder, file);
    char *text = read_all(p, t->file);
    while (text && *text) {
        char *end = text + strcspn(text, "\n"), *next = *end ? end + 1 : end;
        *end = '\0';
        if (text[strspn(text, " \t\r")]) {
            read_row(p, t, text);
        }
        text = next;
    }
    return text != NULL;
}

int petab_column(const struct petab_table *t, const char *column)
{
    for (size_t i = 0; i < t->header.n; i++) {
        if (strcmp(t->header.data[i], column) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *petab_cell(const struct petab_table *t, size_t row, const char *column)
{
    int i = petab_column(t, column);
    return i < 0 ? "" : t->row.data[row][i];
}

/* ---- YAML ---- */

static bool take(struct petab *p, const char *yaml, int line, const char *key, char *value)
{
    static const char *const known[] = {"parameter_file", "condition_files", "measurement_files",
                                        "observable_files"};
    struct petab_table *table[] = {&p->parameter, &p->condition, &p->measurement, &p->observable};
    size_t n = strlen(value);
    if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value) {
        value[n - 1] = '\0';
        value++;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(key, known[i]) == 0) {
            return read_table(p, value, table[i]);
        }
    }
    if (strcmp(key, "sbml_files") == 0) {
        if (p->model) {
            return complain(p, yaml, line, "one model is fitted, and this is the second:", value);
        }
        p->model = arena_printf(p->arena, "%s%s", p->folder, value);
        return true;
    }
    if (strcmp(key, "format_version") == 0) {
        return strcmp(value, "1") == 0 || strcmp(value, "1.0.0") == 0 ||
               complain(p, yaml, line, "PEtab of version 1 is read, not", value);
    }
    return strcmp(key, "visualization_files") == 0 ||
           complain(p, yaml, line, "this is not known of PEtab:", key);
}

static bool read_yaml(struct petab *p, const char *yaml, char *text)
{
    const char *key = "";
    bool good = true;
    for (int line = 1; good && *text; line++) {
        char *end = text + strcspn(text, "\n"), *next = *end ? end + 1 : end;
        *end = '\0';
        char *at = text + strspn(text, " -"), *stop = at + strcspn(at, "#");
        while (stop > at && (stop[-1] == ' ' || stop[-1] == '\r')) {
            stop--;
        }
        *stop = '\0';
        char *colon = strchr(at, ':');
        if (colon && (colon[1] == ' ' || colon[1] == '\0')) {
            *colon = '\0';
            key = at;
            at = colon + 1 + strspn(colon + 1, " ");
        }
        if (*at && *at != '[' && *at != '{') {
            good = take(p, yaml, line, key, at);
        } else if (*at && strcmp(at, "[]") != 0) {
            good = complain(p, yaml, line, "lists and groups in brackets are not read:", at);
        }
        text = next;
    }
    return good;
}

static bool need(struct petab *p, const struct petab_table *t, const char *what, const char *column)
{
    if (!t->file || t->row.n == 0) {
        diag_report(p->diag, DIAG_E0831, (struct span){0}, "%s names no %s", p->name, what);
    } else if (petab_column(t, column) < 0) {
        diag_report(p->diag, DIAG_E0831, (struct span){0}, "%s has no column `%s`", t->file, column);
    } else {
        return true;
    }
    return false;
}

bool petab_read(struct petab *p, const char *yaml, struct diag *diag)
{
    *p = (struct petab){.arena = arena_create(), .diag = diag};
    const char *slash = strrchr(yaml, '/'), *base = slash ? slash + 1 : yaml;
    p->folder = arena_printf(p->arena, "%.*s", (int)(base - yaml), yaml);
    p->name = arena_printf(p->arena, "%.*s", (int)strcspn(base, "."), base);
    char *text = read_all(p, yaml);
    if (!text || !read_yaml(p, yaml, text)) {
        return false;
    }
    if (!p->model) {
        return diag_report(diag, DIAG_E0831, (struct span){0}, "%s names no SBML file", yaml);
    }
    return need(p, &p->parameter, "table of parameters", "parameterId") &&
           need(p, &p->observable, "table of observables", "observableFormula") &&
           need(p, &p->condition, "table of conditions", "conditionId") &&
           need(p, &p->measurement, "table of measurements", "measurement");
}

void petab_free(struct petab *p)
{
    struct petab_table *const table[] = {&p->parameter, &p->observable, &p->condition, &p->measurement};
    for (int i = 0; i < 4; i++) {
        vec_free(&table[i]->header);
        vec_free(&table[i]->row);
    }
    arena_destroy(p->arena);
}
