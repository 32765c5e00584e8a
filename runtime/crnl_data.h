/* Data sets: what a program says of one, and how the compiler learns the shape of its files. The shape is
 * fixed when the program is compiled; the contents are read when it runs, at the first use. A specification
 * is constant data; its texts are not copied. Readers stand behind tables, so that a program links only
 * those that it names. */
#ifndef CRNL_DATA_H
#define CRNL_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "crnl_members.h"

/* A row is what `for s in d` binds: s.input, `columns` numbers, and s.label. */
enum crnl_data_part { CRNL_DATA_ALL, CRNL_DATA_TRAIN, CRNL_DATA_VALIDATION, CRNL_DATA_TEST, CRNL_DATA_PARTS };
enum crnl_data_field { CRNL_DATA_INPUT, CRNL_DATA_LABEL };
enum crnl_label_kind { CRNL_LABEL_NONE, CRNL_LABEL_INTEGER, CRNL_LABEL_REAL };

/* NONE: everything is .train. FRACTIONS: of the rows in a random order that the program's seed gives. LAST:
 * the last `validation` rows. FILE: lists of row numbers, JSON {"train": [...], "validation" or "valid":
 * [...], "test": [...]}. */
enum crnl_split { CRNL_SPLIT_NONE, CRNL_SPLIT_FRACTIONS, CRNL_SPLIT_LAST, CRNL_SPLIT_FILE };

struct crnl_data_reader;
extern const struct crnl_data_reader crnl_data_csv, crnl_data_idx, crnl_data_npz, crnl_data_course;
struct crnl_split_reader;
extern const struct crnl_split_reader crnl_split_json;

/* Past these a file is refused. */
enum { CRNL_DATA_MAX_VALUES = 1 << 28, CRNL_DATA_MAX_CLASSES = 4096 };

/* clang-format off */
#define CRNL_DATA_SHAPE(M) \
    M##_INT(rows) \
    M##_INT(columns) \
    M##_INT(label)                           /* crnl_label_kind */ \
    M##_INTS(part, CRNL_DATA_PARTS)          /* rows of each; [CRNL_DATA_ALL] == rows */
/* clang-format on */
struct crnl_data_shape {
    CRNL_DATA_SHAPE(CRNL_DECLARE)
};

/* clang-format off */
#define CRNL_DATA_SPEC(M) \
    M##_MEMBER(const struct crnl_data_reader *, reader) \
    M##_MEMBER(const struct crnl_split_reader *, split_reader) /* NULL unless split is FILE */ \
    M##_TEXT(name)                           /* of the data set */ \
    M##_TEXT(folder)                         /* where relative names of files are sought */ \
    M##_TEXT(file) \
    M##_TEXT(label_file)                     /* of idx; NULL: no labels */ \
    M##_TEXT(input_name)                     /* npz: an array. NULL: not given */ \
    M##_TEXT(label_name)                     /* npz: an array; csv: the column by name. NULL: not given */ \
    M##_TEXT(split_file) \
    M##_TEXT(time_name)                      /* course: columns; label_name: of what was measured */ \
    M##_TEXT(replicate_name) \
    M##_TEXT(value_name) \
    M##_TEXT(sd_name) \
    M##_TEXT(columns)                        /* course: names, a line each; NULL: not known so far */ \
    M##_REAL(scale) \
    M##_REALS(fraction, 3)                   /* train, validation, test */ \
    M##_INT(line)                            /* of the declaration */ \
    M##_INT(header)                          /* csv: 0 no, 1 yes, -1: if a text is in row 1 */ \
    M##_INT(input_first)                     /* csv: columns */ \
    M##_INT(input_count)                     /* -1: all but the label */ \
    M##_INT(label_column)                    /* csv; -1: none, or by name */ \
    M##_INT(classes)                         /* labels must be 0 .. classes; 0: any */ \
    M##_INT(standardize)                     /* by the columns of .train */ \
    M##_INT(center)                          /* the same */ \
    M##_INT(split)                           /* enum crnl_split */ \
    M##_INT(validation)                      /* LAST */ \
    M##_INT(is_table)                        /* inputs are numbers of the program, behind those of models */ \
    M##_MEMBER(struct crnl_data_shape, shape) /* when compiled */
/* clang-format on */
struct crnl_data_spec {
    CRNL_DATA_SPEC(CRNL_DECLARE)
};

/* Reads the files as far as their shape needs it: text and compressed files in full. `folder` overrides
 * that of the specification unless NULL. Returns a status; after an error *message is its text, with help
 * lines, for the caller to free. */
int crnl_data_look(const struct crnl_data_spec *spec, const char *folder, struct crnl_data_shape *shape,
                   char **message);
/* How many numbers of the program it has. */
static inline int64_t crnl_data_numbers(const struct crnl_data_spec *spec)
{
    return spec->is_table ? (int64_t)spec->shape.rows * spec->shape.columns : 0;
}
/* Tables of functions: rows of an argument and a value; arguments grow. The numbers, for the caller to free.
 * As crnl_data_look. */
int crnl_data_table(const struct crnl_data_spec *spec, const char *folder, double **value, char **message);
/* A course is a table that is turned round: row i of it is column i of the file, `shape.columns` numbers,
 * one for each row of the file. In `columns` a name begins with CRNL_COURSE_MISSING where numbers are
 * missing (NaN). */
enum { CRNL_COURSE_MISSING = '?' };
struct crnl_course_column {
    char *name;
    bool missing;
    char *not_number; /* why it holds no numbers, or NULL */
};
/* The columns of its file; the first is the time. As crnl_data_look. */
int crnl_course_look(const struct crnl_data_spec *spec, const char *folder,
                     struct crnl_course_column **column, int32_t *n, char **message);
void crnl_course_free(struct crnl_course_column *column, int32_t n);
/* The paths of its files. */
void crnl_data_each_file(const struct crnl_data_spec *spec, const char *folder,
                         void (*tell)(void *env, const char *path), void *env);
/* They are not written by this process (crnl_file.h). */
void crnl_data_protect(const struct crnl_data_spec *spec, const char *folder);

#endif
