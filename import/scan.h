/* Reads formats with one statement a line and a character that begins comments. The text is read in place. */
#ifndef IMPORT_SCAN_H
#define IMPORT_SCAN_H

#include "import/import_impl.h"

struct scan {
    struct importer *x;
    const char *at, *end;      /* the rest of the current line, without its comment and surrounding blanks */
    const char *comment, *eol; /* text of its comment; both are `end` if there is none */
    const char *next;          /* start of the next line; NULL: there is none */
};

/* Sets the place before the first line, which begins at `from`. */
void scan_start(struct scan *s, struct importer *x, const char *from);
/* Takes the next line that is not empty; false at the end of the text. */
bool scan_line(struct scan *s);
void scan_blanks(struct scan *s);
bool scan_at_end(struct scan *s); /* after blanks */
/* Each skips blanks first; if it returns false or NULL, it takes nothing. */
bool scan_char(struct scan *s, char c);
bool scan_word(struct scan *s, const char *word);      /* a whole word */
const char *scan_name(struct scan *s, size_t *length); /* [A-Za-z_][A-Za-z0-9_]* */
const char *scan_text(struct scan *s, size_t *length); /* up to the next blank */
bool scan_number(struct scan *s, double *v);           /* 12, 0.5, .5, 1e-3; without a sign */
bool scan_int(struct scan *s, int64_t *v);             /* digits; larger values become the largest integer */
/* Reports at the current place; the message ends with what is found there. A help may stand at the end of
 * `what`, as in diag_report. Returns false. */
bool scan_expected(struct scan *s, const char *what);
/* Reports at [from, current place). Returns false. */
bool scan_error(struct scan *s, enum diag_code code, const char *from, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* True at the end of the statement; else reports what follows. */
bool scan_finish(struct scan *s);

#endif
