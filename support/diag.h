/* Diagnostics: collected, then printed once, sorted by place, at most `limit` of them. diag.def lists the
 * codes. Text is formatted when reported and owned by the struct. */
#ifndef SUPPORT_DIAG_H
#define SUPPORT_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "support/source.h"

enum diag_code {
#define DIAG(code, severity, title) DIAG_##code,
#include "support/diag.def"
#undef DIAG
    DIAG_COUNT
};

enum diag_severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct arena;
struct diag;

struct diag *diag_create(struct sources *sources);
void diag_destroy(struct diag *d);

/* Reports. Returns false always, so that `return diag_report(...)` reads well in functions that say whether
 * they succeeded. An identical report (code, place) is kept once. */
bool diag_report(struct diag *d, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The label under the caret of the last report ('declared as 1/s'). */
void diag_label(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a second place to the last report, with a label. */
void diag_note(struct diag *d, struct span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds the help line of the last report. */
void diag_help(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether the last report has a help line, or is one that was made before. */
bool diag_has_help(const struct diag *d);
/* Whether there is an error within these bytes. */
bool diag_has_error_in(const struct diag *d, struct span within);
/* Adds to the last report what an editor may put in place of `at`: what the help line says in words. */
void diag_fix(struct diag *d, struct span at, const char *text);

/* A function that answers 0, false, -1 or NULL for 'an error was reported' has reported one: where a job
 * comes together this holds it to its word. Without an error since there were `before` of them it reports
 * E0705 at `at`, so that nothing goes on as if all were well; in a build with sanitizers it ends the
 * process. Returns false. */
bool diag_refused(struct diag *d, size_t before, struct span at);
/* From here on a report may be kept that equals an earlier one: another job begins, the next of several
 * formats say. */
void diag_section(struct diag *d);

/* Takes back all reports but the first n: what was tried failed, and is done in another way. The message of
 * the first of them, or NULL. */
const char *diag_take_back(struct diag *d, size_t n);

size_t diag_error_count(const struct diag *d);
size_t diag_count(const struct diag *d);
/* A report as data, for readers that show it in their own way. */
struct diag_piece {
    struct span at; /* of a note: may be no place */
    const char *text;
};
struct diag_view {
    enum diag_code code;
    enum diag_severity severity;
    struct span at;
    const char *text, *label, *help; /* label and help may be NULL */
    size_t n_notes, n_fixes;
    const struct diag_piece *note, *fix; /* a fix: `text` is to stand in place of `at` */
};
/* Report i < diag_count, in the order of reporting; valid until the next report. */
struct diag_view diag_view(const struct diag *d, size_t i);
/* The line where `at` begins, and one that marks it, as reports have them; in `arena`, without a line end. */
const char *diag_excerpt(const struct diag *d, struct span at, struct arena *arena);
/* Prints all reports; `color` uses ANSI. */
void diag_print(const struct diag *d, FILE *out, bool color);
void diag_print_json(const struct diag *d, FILE *out);
void diag_set_limit(struct diag *d, size_t limit);   /* default 20 */
void diag_promote_warnings(struct diag *d, bool on); /* --werror */

const char *diag_code_name(enum diag_code code); /* "E0201" */
const char *diag_code_title(enum diag_code code);
enum diag_severity diag_code_severity(enum diag_code code);
bool diag_code_find(const char *name, enum diag_code *code);

/* The nearest candidate by edit distance, if near enough to be a slip; else NULL. */
const char *diag_nearest(const char *word, const char *const *candidates, size_t n);
/* The help "did you mean" with the nearest one, and the fix where the word stands. False: none is near. */
bool diag_help_nearest(struct diag *d, const char *word, const char *const *candidates, size_t n);
/* The same, or the first of them where none is near. */
void diag_help_known(struct diag *d, const char *word, const char *const *candidates, size_t n);

#endif
