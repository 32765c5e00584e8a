/* JSON that is written, by Jansson. */
#ifndef SUPPORT_JSON_H
#define SUPPORT_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "support/source.h"

struct diag;

/* A text, in which bytes that are not UTF-8 are replaced. */
json_t *json_text(const char *text);
json_t *json_text_n(const char *text, size_t n);
void json_print_text(FILE *out, const char *text); /* the same, written */

/* Adds file, line, column, end_line and end_column to an object. */
void json_set_place(json_t *object, const struct sources *s, struct span at);
/* The reports as an array of objects, in the order in which they are printed. */
json_t *json_reports(const struct diag *d);
/* Writes an array with one element to a line, and releases it. */
void json_print_list(FILE *out, json_t *list);

#endif
