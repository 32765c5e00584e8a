#include "support/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/arena.h"
#include "runtime/crnl_utf8.h"
#include "support/vec.h"

enum { DEFAULT_LIMIT = 20, WINDOW = 160, NEAREST_MAX = 64 };

struct report {
    enum diag_code code;
    struct span at;
    const char *text, *label, *help; /* label and help may be NULL */
    VEC(struct diag_piece) notes, fixes;
};

struct diag {
    struct sources *sources;
    struct arena *arena; /* owns all texts */
    VEC(struct report) reports;
    size_t section;    /* the first report that a new report must not repeat */
    bool last_is_kept; /* false after a repeated report, whose label and notes are dropped too */
    size_t limit;
    bool promote;
};

static const struct {
    const char *name, *title;
    enum diag_severity severity;
} codes[] = {
#define DIAG(code, severity, title) {#code, title, SEVERITY_##severity},
#include "support/diag.def"
#undef DIAG
};

struct diag *diag_create(struct sources *sources)
{
    struct diag *d = mem_zalloc(1, sizeof *d);
    d->sources = sources;
    d->arena = arena_create();
    d->limit = DEFAULT_LIMIT;
    return d;
}

void diag_destroy(struct diag *d)
{
    if (!d) {
        return;
    }
    for (size_t i = 0; i < d->reports.n; i++) {
        vec_free(&d->reports.data[i].notes);
        vec_free(&d->reports.data[i].fixes);
    }
    vec_free(&d->reports);
    arena_destroy(d->arena);
    free(d);
}

static const char help_mark[] = "\n  help: ";

const char *diag_help_in(const char *text)
{
    const char *help = strstr(text, help_mark);
    return help ? help : "";
}

/* Takes the help off a text, and returns it; NULL: there is none. */
static const char *split_help(char *text)
{
    char *help = strstr(text, help_mark);
    if (!help) {
        return NULL;
    }
    *help = '\0';
    return help + strlen(help_mark);
}

bool diag_report(struct diag *d, enum diag_code code, struct span at, const char *format, ...)
{
    d->last_is_kept = false;
    va_list ap;
    va_start(ap, format);
    char *text = arena_vprintf(d->arena, format, ap);
    va_end(ap);
    const char *help = split_help(text);
    for (size_t i = d->section; i < d->reports.n; i++) {
        const struct report *r = &d->reports.data[i];
        /* Reports without a place are equal if their texts are. What is said of a name that is not declared
         * follows from that. */
        bool follows = r->code == DIAG_E0201 && at.file && codes[code].severity == SEVERITY_ERROR;
        if ((r->code == code || follows) && r->at.file == at.file && r->at.lo == at.lo && r->at.hi == at.hi &&
            (at.file || strcmp(r->text, text) == 0)) {
            return false;
        }
    }
    vec_push(&d->reports, (struct report){.code = code, .at = at, .text = text, .help = help});
    d->last_is_kept = true;
    return false;
}

void diag_label(struct diag *d, const char *format, ...)
{
    if (d->last_is_kept) {
        va_list ap;
        va_start(ap, format);
        vec_last(&d->reports).label = arena_vprintf(d->arena, format, ap);
        va_end(ap);
    }
}

void diag_note(struct diag *d, struct span at, const char *format, ...)
{
    if (d->last_is_kept) {
        va_list ap;
        va_start(ap, format);
        struct diag_piece note = {at, arena_vprintf(d->arena, format, ap)};
        va_end(ap);
        struct report *r = &vec_last(&d->reports);
        vec_push(&r->notes, note);
    }
}

void diag_help(struct diag *d, const char *format, ...)
{
    if (d->last_is_kept) {
        va_list ap;
        va_start(ap, format);
        vec_last(&d->reports).help = arena_vprintf(d->arena, format, ap);
        va_end(ap);
    }
}

bool diag_has_help(const struct diag *d)
{
    return !d->last_is_kept || vec_last(&d->reports).help;
}

bool diag_has_error_in(const struct diag *d, struct span within)
{
    for (size_t i = d->section; i < d->reports.n; i++) {
        const struct report *r = &d->reports.data[i];
        if (diag_code_severity(r->code) == SEVERITY_ERROR && r->at.file == within.file &&
            r->at.lo >= within.lo && r->at.hi <= within.hi) {
            return true;
        }
    }
    return false;
}

void diag_fix(struct diag *d, struct span at, const char *text)
{
    if (d->last_is_kept && at.file) {
        struct report *r = &vec_last(&d->reports);
        vec_push(&r->fixes, (struct diag_piece){at, arena_strdup(d->arena, text)});
    }
}

bool diag_refused(struct diag *d, size_t before, struct span at)
{
    if (diag_error_count(d) > before) {
        return false;
    }
    diag_report(d, DIAG_E0705, at, "this was refused, and nothing said why: a fault of crnlc");
    diag_help(d, "please report it with the program");
#ifdef CRNL_CHECKED
    diag_print(d, stderr, false);
    abort();
#else
    return false;
#endif
}

void diag_section(struct diag *d)
{
    d->section = d->reports.n;
}

static enum diag_severity severity_of(const struct diag *d, enum diag_code code)
{
    return d->promote ? SEVERITY_ERROR : codes[code].severity;
}

const char *diag_take_back(struct diag *d, size_t n)
{
    const char *text = n < d->reports.n ? d->reports.data[n].text : NULL;
    while (d->reports.n > n) {
        d->reports.n--;
        vec_free(&d->reports.data[d->reports.n].notes);
        vec_free(&d->reports.data[d->reports.n].fixes);
    }
    d->last_is_kept = false;
    return text;
}

size_t diag_error_count(const struct diag *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->reports.n; i++) {
        n += severity_of(d, d->reports.data[i].code) == SEVERITY_ERROR;
    }
    return n;
}

size_t diag_count(const struct diag *d)
{
    return d->reports.n;
}

struct diag_view diag_view(const struct diag *d, size_t i)
{
    const struct report *r = &d->reports.data[i];
    return (struct diag_view){.code = r->code,
                              .severity = severity_of(d, r->code),
                              .at = r->at,
                              .text = r->text,
                              .label = r->label,
                              .help = r->help,
                              .n_notes = r->notes.n,
                              .n_fixes = r->fixes.n,
                              .note = r->notes.data,
                              .fix = r->fixes.data};
}

void diag_set_limit(struct diag *d, size_t limit)
{
    d->limit = limit;
}

void diag_promote_warnings(struct diag *d, bool on)
{
    d->promote = on;
}

const char *diag_code_name(enum diag_code code)
{
    return codes[code].name;
}

const char *diag_code_title(enum diag_code code)
{
    return codes[code].title;
}

enum diag_severity diag_code_severity(enum diag_code code)
{
    return codes[code].severity;
}

bool diag_code_find(const char *name, enum diag_code *code)
{
    for (size_t i = 0; i < DIAG_COUNT; i++) {
        if (strcmp(codes[i].name, name) == 0) {
            *code = (enum diag_code)i;
            return true;
        }
    }
    return false;
}

/* -- order -- */

static int compare_reports(const void *a, const void *b)
{
    const struct report *x = *(const struct report *const *)a, *y = *(const struct report *const *)b;
    if (x->at.file != y->at.file) {
        return x->at.file < y->at.file ? -1 : 1;
    }
    if (x->at.lo != y->at.lo) {
        return x->at.lo < y->at.lo ? -1 : 1;
    }
    return x < y ? -1 : x > y; /* the order of reporting, which makes the sort stable */
}

/* Pointers to the reports that are shown, sorted by place. The caller frees the array. */
static const struct report **sorted_reports(const struct diag *d, size_t *shown)
{
    const struct report **order = mem_zalloc(d->reports.n, sizeof *order);
    for (size_t i = 0; i < d->reports.n; i++) {
        order[i] = &d->reports.data[i];
    }
    if (d->reports.n > 1) {
        qsort(order, d->reports.n, sizeof *order, compare_reports);
    }
    *shown = d->reports.n < d->limit ? d->reports.n : d->limit;
    return order;
}

size_t *diag_order(const struct diag *d, size_t *shown)
{
    const struct report **order = sorted_reports(d, shown);
    size_t *number = mem_zalloc(*shown, sizeof *number);
    for (size_t i = 0; i < *shown; i++) {
        number[i] = (size_t)(order[i] - d->reports.data);
    }
    free(order);
    return number;
}

const struct sources *diag_sources(const struct diag *d)
{
    return d->sources;
}

/* -- text -- */

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Prints a character for a terminal, a tab as it is. Returns its length. */
static size_t print_character(FILE *out, const char *text, size_t n)
{
    char shown[CRNL_SHOWN] = "\t";
    size_t length = *text == '\t' ? 1 : crnl_shown(shown, text, n);
    fputs(shown, out);
    return length;
}

/* How many columns it takes there, a tab one; *length is its length. */
static int width_of(const char *text, size_t n, size_t *length)
{
    char shown[CRNL_SHOWN];
    *length = crnl_shown(shown, text, n);
    return *text == '\t' || shown[0] != '\\' ? 1 : (int)strlen(shown);
}

static void print_times(FILE *out, char c, int n)
{
    for (int i = 0; i < n; i++) {
        fputc(c, out);
    }
}

/* Prints a text that may come from a file. */
static void print_text(FILE *out, const char *text)
{
    for (size_t i = 0, n = strlen(text); i < n;) {
        i += print_character(out, text + i, n - i);
    }
}

/* Chooses the part of a long line that is shown: bytes around the caret, cut between characters. */
static void window_of(const char *line, size_t length, size_t caret, size_t *from, size_t *to)
{
    *from = caret > WINDOW / 2 && length > WINDOW ? caret - WINDOW / 2 : 0;
    *to = length - *from > WINDOW ? *from + WINDOW : length;
    while (*from > 0 && *from < length && is_continuation(line[*from])) {
        --*from;
    }
    while (*to < length && is_continuation(line[*to])) {
        ++*to;
    }
}

static void print_excerpt(const struct diag *d, FILE *out, struct span at, char mark, const char *label,
                          const char *color, const char *reset)
{
    int number, column;
    size_t length, from, to;
    sources_place(d->sources, at, &number, &column);
    const char *line = sources_line(d->sources, at.file, number, &length);
    const char *text = sources_text(d->sources, at.file, NULL);
    size_t caret = at.lo - (size_t)(line - text);
    if (caret > length) {
        caret = length;
    }
    size_t end = at.hi > at.lo ? caret + (at.hi - at.lo) : caret + 1;
    window_of(line, length, caret, &from, &to);

    fprintf(out, "%5d | %s", number, from > 0 ? "..." : "");
    for (size_t i = from; i < to;) {
        i += print_character(out, line + i, length - i);
    }
    fprintf(out, "%s\n      | %s", to < length ? "..." : "", from > 0 ? "   " : "");
    size_t i = from;
    for (size_t step; i < caret; i += step) {
        /* a tab below a tab keeps columns aligned for any width of tabs */
        print_times(out, line[i] == '\t' ? '\t' : ' ', width_of(line + i, length - i, &step));
    }
    fputs(color, out);
    size_t step = 1;
    do {
        print_times(out, mark, i < length ? width_of(line + i, length - i, &step) : 1);
        i += step;
    } while (i < end && i < to);
    if (label) {
        fputc(' ', out);
        print_text(out, label);
    }
    fprintf(out, "%s\n", reset);
}

const char *diag_excerpt(const struct diag *d, struct span at, struct arena *arena)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) {
        return "";
    }
    print_excerpt(d, out, at, '^', NULL, "", "");
    fclose(out);
    const char *copy = arena_strndup(arena, text, n > 0 ? n - 1 : 0);
    free(text);
    return copy;
}

static void print_place(const struct diag *d, FILE *out, struct span at)
{
    int line, column;
    sources_place(d->sources, at, &line, &column);
    print_text(out, sources_name(d->sources, at.file));
    fprintf(out, ":%d:%d:", line, column);
}

static void print_report(const struct diag *d, FILE *out, const struct report *r, bool color)
{
    bool is_error = severity_of(d, r->code) == SEVERITY_ERROR;
    const char *bold = color ? "\033[1m" : "", *reset = color ? "\033[0m" : "";
    const char *tint = !color ? "" : is_error ? "\033[1;31m" : "\033[1;35m";
    const char *blue = color ? "\033[1;34m" : "";
    fputs(bold, out);
    if (r->at.file) {
        print_place(d, out, r->at);
    } else {
        fputs("crnlc:", out);
    }
    fprintf(out, " %s%s[%s]%s%s: ", tint, is_error ? "error" : "warning", codes[r->code].name, reset, bold);
    print_text(out, r->text);
    fprintf(out, "%s\n", reset);
    if (r->at.file) {
        print_excerpt(d, out, r->at, '^', r->label, tint, reset);
    }
    for (size_t i = 0; i < r->notes.n; i++) {
        const struct diag_piece *note = &r->notes.data[i];
        if (!note->at.file) {
            fputs("      | ", out);
            print_text(out, note->text);
            fputc('\n', out);
            continue;
        }
        if (note->at.file != r->at.file) {
            fputs("      in ", out);
            print_place(d, out, note->at);
            fputc('\n', out);
        }
        print_excerpt(d, out, note->at, '-', note->text, blue, reset);
    }
    if (r->help) {
        fprintf(out, "      %shelp:%s ", blue, reset);
        print_text(out, r->help);
        fputc('\n', out);
    }
}

void diag_print(const struct diag *d, FILE *out, bool color)
{
    size_t shown;
    const struct report **order = sorted_reports(d, &shown);
    for (size_t i = 0; i < shown; i++) {
        print_report(d, out, order[i], color);
    }
    if (shown < d->reports.n) {
        size_t more = d->reports.n - shown;
        fprintf(out, "crnlc: %zu more message%s not shown\n", more, more == 1 ? "" : "s");
    }
    free(order);
}

/* -- nearest word -- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Distance by optimal string alignment: insert, delete, replace, swap neighbours. Both words have at most
 * NEAREST_MAX bytes. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[3][NEAREST_MAX + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];
    for (size_t j = 0; j <= m; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            now[j] = smaller(smaller(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = smaller(now[j], before[j - 2] + 1);
            }
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

/* Whether names differ in case and underscores alone: `Bb` and `B_b`. */
static bool sound_alike(const char *a, const char *b)
{
    while (*(a += *a == '_') && *(b += *b == '_') &&
           tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *(b + (*b == '_'));
}

const char *diag_nearest(const char *word, const char *const *candidates, size_t n)
{
    size_t length = strlen(word);
    size_t best = length < 3 ? 1 : (length + 2) / 3; /* up to a third of the letters may be wrong */
    const char *found = NULL;
    if (length > NEAREST_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(candidates[i], word) == 0) {
            continue;
        }
        if (sound_alike(candidates[i], word)) {
            return candidates[i];
        }
        size_t m = strlen(candidates[i]);
        /* Between two names of one letter the distance is always 1, and between names of two letters it is
         * too often. For such words only three slips count: a letter is missing, one is too many, or two are
         * swapped. */
        bool is_short =
            length < 3 && m < 3 &&
            !(length == 2 && m == 2 && word[0] == candidates[i][1] && word[1] == candidates[i][0]);
        if (m > NEAREST_MAX || length < 2 || m < 2 || is_short) {
            continue;
        }
        size_t distance = edit_distance(word, length, candidates[i], m);
        if (distance < best || (distance == best && !found)) {
            best = distance;
            found = candidates[i];
        }
    }
    return found;
}

static bool is_part_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The place of the word within what the last report points at: at its end, as in a path, or as a whole word;
 * no place if it is not there. */
static struct span place_of_word(const struct diag *d, const char *word)
{
    struct span in = vec_last(&d->reports).at, found = {0};
    size_t length, n = strlen(word);
    const char *text = sources_text(d->sources, in.file, &length);
    for (size_t at = in.lo; in.file && in.hi <= length && at + n <= in.hi; at++) {
        bool whole = (at == 0 || !is_part_of_word(text[at - 1])) && !is_part_of_word(text[at + n]);
        if (whole && memcmp(text + at, word, n) == 0) {
            bool last = at + n == in.hi;
            found = (struct span){found.file && !last ? 0 : in.file, (uint32_t)at, (uint32_t)(at + n)};
            if (!found.file) {
                break;
            }
        }
    }
    return found;
}

bool diag_help_nearest(struct diag *d, const char *word, const char *const *candidates, size_t n)
{
    const char *near = diag_nearest(word, candidates, n);
    if (near && d->last_is_kept) {
        diag_help(d, "did you mean '%s'?", near);
        diag_fix(d, place_of_word(d, word), near);
    }
    return near != NULL;
}

void diag_help_list(struct diag *d, const char *const *candidates, size_t n)
{
    enum { MOST_LISTED = 10, MOST_TEXT = 400 };
    char list[MOST_TEXT + 1] = "";
    size_t used = 0, shown = 0;
    if (n == 0) {
        return;
    }
    while (shown < n && shown < MOST_LISTED && used + strlen(candidates[shown]) + 8 < MOST_TEXT) {
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", shown ? ", " : "", candidates[shown]);
        shown++;
    }
    diag_help(d, "there %s %s%s", n == 1 ? "is" : "are", list, shown < n ? ", ..." : "");
}

void diag_help_known(struct diag *d, const char *word, const char *const *candidates, size_t n)
{
    if (!diag_help_nearest(d, word, candidates, n)) {
        diag_help_list(d, candidates, n);
    }
}
