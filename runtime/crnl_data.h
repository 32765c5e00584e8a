/* Data sets: how a program describes one, and how the compiler learns the shape of its files. The shape is
 * fixed at compile time; the contents are read at run time, at the first use. A description is constant
 * data; its texts are not copied. Readers are in tables, so that a program links only those that it names. */
#ifndef CRNL_DATA_H
#define CRNL_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "crnl_members.h"

/* A row is what `for s in d` binds: s.input, which has `columns` numbers, and s.label. */
enum crnl_data_part { CRNL_DATA_ALL, CRNL_DATA_TRAIN, CRNL_DATA_VALIDATION, CRNL_DATA_TEST, CRNL_DATA_PARTS };
enum crnl_data_field { CRNL_DATA_INPUT, CRNL_DATA_LABEL };
enum crnl_label_kind { CRNL_LABEL_NONE, CRNL_LABEL_INTEGER, CRNL_LABEL_REAL };

/* NONE: all rows are .train. FRACTIONS: fractions of the rows in a random order given by the program's seed.
 * LAST: the last `validation` rows. FILE: lists of row numbers in JSON {"train": [...], "validation" or
 * "valid": [...], "test": [...]}. */
enum crnl_split { CRNL_SPLIT_NONE, CRNL_SPLIT_FRACTIONS, CRNL_SPLIT_LAST, CRNL_SPLIT_FILE };

struct crnl_data_reader;
extern const struct crnl_data_reader crnl_data_csv, crnl_data_idx, crnl_data_npz, crnl_data_course;
struct crnl_split_reader;
extern const struct crnl_split_reader crnl_split_json;

/* Limits beyond which a file is refused. */
enum { CRNL_DATA_MAX_VALUES = 1 << 28, CRNL_DATA_MAX_CLASSES = 4096 };

/* clang-format off */
#define CRNL_DATA_SHAPE(M) \
    M##_INT(rows) \
    M##_INT(columns) \
    M##_INT(label)                           /* crnl_label_kind */ \
    M##_INTS(part, CRNL_DATA_PARTS)          /* rows of each; [CRNL_DATA_ALL] == rows */ \
    M##_REAL(least_label)                    /* of labels that were read; both 0 if none were */ \
    M##_REAL(most_label)
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
    M##_TEXT(input_name)                     /* npz: an array; csv: columns, refused. NULL: not given */ \
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

/* Reads the files as far as needed to know their shape; text and compressed files are read in full. `folder`
 * overrides that of the description unless it is NULL. Returns a status; after an error *error says it. */
struct crnl_data_error {
    char *message;     /* with help lines; the caller frees it */
    const char *about; /* the option of the declaration at fault, or "file", "labels"; NULL: not one alone */
};
int crnl_data_look(const struct crnl_data_spec *spec, const char *folder, struct crnl_data_shape *shape,
                   struct crnl_data_error *error);
/* How many numbers of the program the data set has. */
static inline int64_t crnl_data_numbers(const struct crnl_data_spec *spec)
{
    return spec->is_table ? (int64_t)spec->shape.rows * spec->shape.columns : 0;
}
/* Reads the table of a function: rows of an argument and a value, with ascending arguments. The caller frees
 * the numbers. Errors as for crnl_data_look. */
int crnl_data_table(const struct crnl_data_spec *spec, const char *folder, double **value,
                    struct crnl_data_error *error);
/* A course is a transposed table: its row i is column i of the file, with `shape.columns` numbers, one for
 * each row of the file. In `columns`, a name starts with CRNL_COURSE_MISSING if numbers of that column are
 * missing (NaN). */
enum { CRNL_COURSE_MISSING = '?' };
struct crnl_course_column {
    char *name;
    bool missing;
    char *not_number; /* why the column does not contain numbers, or NULL */
};
/* Reads the columns of a course's file, of which the first is the time. Errors as for crnl_data_look. */
int crnl_course_look(const struct crnl_data_spec *spec, const char *folder,
                     struct crnl_course_column **column, int32_t *n, struct crnl_data_error *error);
void crnl_course_free(struct crnl_course_column *column, int32_t n);
/* Calls `tell` with the path of each file of the data set. */
void crnl_data_each_file(const struct crnl_data_spec *spec, const char *folder,
                         void (*tell)(void *env, const char *path), void *env);
/* Forbids this process to write the files of the data set (crnl_file.h). */
void crnl_data_protect(const struct crnl_data_spec *spec, const char *folder);

#endif
