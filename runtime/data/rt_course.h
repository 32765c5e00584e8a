/* A measured course: columns of a CSV file by name, in memory of its own, which rt_course_free frees, also
 * after an error. */
#ifndef RT_COURSE_H
#define RT_COURSE_H

#include "rt_data.h"

struct rt_course_column {
    char *name;
    double *value;    /* [rows] NaN: missing */
    bool missing;     /* whether some values are missing */
    char *not_number; /* why the column does not contain numbers, or NULL */
};

struct rt_course {
    int32_t rows, n_columns, cap_columns;
    int32_t *line;                   /* [rows] of the file; in the long form that where a row begins */
    struct rt_course_column *column; /* the time first, then in the order of the file */
};

int rt_course_read(const struct crnl_data_spec *spec, const char *folder, struct rt_course *c,
                   struct rt_error *e);
void rt_course_free(struct rt_course *c);

#endif
