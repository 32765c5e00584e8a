/* A measured course: columns of a CSV file by name, in memory of its own: rt_course_free, also after an
 * error. */
#ifndef RT_COURSE_H
#define RT_COURSE_H

#include "rt_data.h"

struct rt_course_column {
    char *name;
    double *value;    /* [rows] NaN: missing */
    bool missing;     /* some are */
    char *not_number; /* why it is none of numbers, or NULL */
};

struct rt_course {
    int32_t rows, n_columns, cap_columns;
    struct rt_course_column *column; /* the time first, then as the file has them */
};

int rt_course_read(const struct crnl_data_spec *spec, const char *folder, struct rt_course *c,
                   struct rt_error *e);
void rt_course_free(struct rt_course *c);

#endif
