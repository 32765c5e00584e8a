/* Formats of lines: one statement a line, a character that starts comments. The text is walked in place. */
#ifndef IMPORT_SCAN_H
#define IMPORT_SCAN_H

#include "import/import_impl.h"

struct scan {
    struct importer *x;
    const char *at, *end;      /* of the line at hand, without comment and blanks around */
    const char *comment, *eol; /* text of its comment; both `end` if there is none */
    const char *next;          /* start of the next line; NULL: no more */
};

/* Starts before the first line that begins at `from`. */
void scan_start(struct scan *s, struct importer *x, const char *from);
/* Takes the next line that holds something, false at the end of the text. */
bool scan_line(struct scan *s);
void scan_blanks(struct scan *s);
bool scan_at_end(struct scan *s); /* after blanks */
/* Each skips blanks, and takes nothing when it returns false (NULL). */
bool scan_char(struct scan *s, char c);
bool scan_word(struct scan *s, const char *word);      /* a whole word */
const char *scan_name(struct scan *s, size_t *length); /* [A-Za-z_][A-Za-z0-9_]* */
const char *scan_text(struct scan *s, size_t *length); /* up to the next blank */
bool scan_number(struct scan *s, double *v);           /* 12, 0.5, .5, 1e-3; no sign */
bool scan_int(struct scan *s, int64_t *v);             /* digits; values past the range are the largest */
/* Reports at the place reached; what is found there ends the message. False. */
bool scan_expected(struct scan *s, const char *what);
/* Reports at [from, place reached). False. */
bool scan_error(struct scan *s, enum diag_code code, const char *from, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* True, or a report of what stands behind the end of the statement. */
bool scan_finish(struct scan *s);

#endif
