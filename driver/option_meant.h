/* What was probably meant by options and values that are none: of which command they are, or how they are
 * called here (option_word.def). Texts are static, or the caller's. */
#ifndef DRIVER_OPTION_MEANT_H
#define DRIVER_OPTION_MEANT_H

#include "driver/options.h"

enum { MEANT_SIZE = 320 };

/* Reports an option that the command has not, and what to write. `word` begins with a dash; `value` is the
 * word behind it, or NULL. */
void option_meant_report(enum command command, const char *word, const char *value);
/* Writes what to do instead of giving this value to the option (NULL: to any option of the command), into
 * `text` of MEANT_SIZE; false: nobody knows. */
bool option_meant_value(enum command command, const char *option, const char *value, char *text);
/* Writes `--option word` into `text`, of the option that has this word as a value; false: no command has
 * one. */
bool option_meant_by_value(enum command command, const char *word, char *text);
/* Whether the file that is to be written is one that is read, by its path. */
bool option_output_is_read(const struct options *o);
/* Whether the file that the command writes may have this name; `own`: the endings of such files, parted by
 * blanks; `what` they are. If the ending is that of other files, reports that. */
bool option_ending_fits(const struct options *o, const char *own, const char *what);
/* Whether the value of an option that takes NAME=VALUE is one. If not, reports how it is written; `next`: the
 * words behind it, up to a NULL. */
bool option_is_assignment(const char *dashed, const char *value, char *const *next);

#endif
