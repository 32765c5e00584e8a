/* Diagnostics: collected first, then printed, sorted by place, at most `limit` of them. diag.def lists the
 * codes. Texts are formatted when they are reported; the struct owns them. */
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

/* Reports, and returns false, so that a function whose result says whether it succeeded can `return
 * diag_report(...)`. What follows "\n  help: " in the text is the help line. Of reports with the same code
 * and place only the first is kept. */
bool diag_report(struct diag *d, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The help of such a text, from "\n  help: " on; "" if it has none. For texts that end in something else. */
const char *diag_help_in(const char *text);
/* Sets the label under the caret of the last report ('declared as 1/s'). */
void diag_label(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a second place with a label to the last report. */
void diag_note(struct diag *d, struct span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Sets the help line of the last report. */
void diag_help(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether the last report has a help line, or repeats an earlier one. */
bool diag_has_help(const struct diag *d);
/* Whether an error of this section was reported within these bytes. */
bool diag_has_error_in(const struct diag *d, struct span within);
/* Adds a fix to the last report: the text that an editor may put in place of `at`. The help line describes it
 * in words. */
void diag_fix(struct diag *d, struct span at, const char *text);

/* diag_path.c. Adds to the report that a file cannot be read what it is called or where it was looked for,
 * if there is no such file, or that it is a folder. `from` names the file; it is 0 for the command line. */
void diag_help_path(struct diag *d, struct span from, const char *path);

/* Called where a job depends on functions that return 0, false, -1 or NULL after they have reported an error.
 * If the number of errors is still `before`, one of them has reported nothing: then this reports E0705 at
 * `at`, so that the job cannot continue as if it had succeeded; a build with sanitizers ends the process.
 * Returns false. */
bool diag_refused(struct diag *d, size_t before, struct span at);
/* Begins a section: reports that equal one of an earlier section are kept. For jobs that are independent,
 * such as formats that are written one after the other. */
void diag_section(struct diag *d);

/* Removes all reports but the first n, after an attempt that failed and is replaced by another way. Returns
 * the message of the first removed report, or NULL. */
const char *diag_take_back(struct diag *d, size_t n);

size_t diag_error_count(const struct diag *d);
size_t diag_count(const struct diag *d);
/* A report as data, for programs that show it in their own way. */
struct diag_piece {
    struct span at; /* may be without a place in a note */
    const char *text;
};
struct diag_view {
    enum diag_code code;
    enum diag_severity severity;
    struct span at;
    const char *text, *label, *help; /* label and help may be NULL */
    size_t n_notes, n_fixes;
    const struct diag_piece *note, *fix; /* for a fix, `text` replaces `at` */
};
/* Report i < diag_count in the order of reporting; valid until the next report. */
struct diag_view diag_view(const struct diag *d, size_t i);
/* The numbers of the reports that are shown, in the order in which they are shown. To be freed. */
size_t *diag_order(const struct diag *d, size_t *shown);
const struct sources *diag_sources(const struct diag *d);
/* The line where `at` begins and a line that marks it, as in printed reports; in `arena`, without a final
 * newline. */
const char *diag_excerpt(const struct diag *d, struct span at, struct arena *arena);
/* Prints all reports; `color` adds ANSI colours. */
void diag_print(const struct diag *d, FILE *out, bool color);
void diag_set_limit(struct diag *d, size_t limit);   /* default 20 */
void diag_promote_warnings(struct diag *d, bool on); /* --werror */

const char *diag_code_name(enum diag_code code); /* "E0201" */
const char *diag_code_title(enum diag_code code);
enum diag_severity diag_code_severity(enum diag_code code);
bool diag_code_find(const char *name, enum diag_code *code);

/* The candidate with the smallest edit distance to the word, if it is near enough for a slip; else NULL. */
const char *diag_nearest(const char *word, const char *const *candidates, size_t n);
/* Adds the help "did you mean" with the nearest candidate, and a fix for the place of the word. False if none
 * is near. */
bool diag_help_nearest(struct diag *d, const char *word, const char *const *candidates, size_t n);
/* Adds a help that lists the first candidates. */
void diag_help_list(struct diag *d, const char *const *candidates, size_t n);
/* Adds the nearest candidate; if none is near, the list. */
void diag_help_known(struct diag *d, const char *word, const char *const *candidates, size_t n);

#endif
