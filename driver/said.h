/* With --json: what a program says while it runs, as reports like those of the compiler. */
#ifndef DRIVER_SAID_H
#define DRIVER_SAID_H

#include <jansson.h>
#include <pthread.h>

#include "driver/pipeline.h"
#include "runtime/crnl_rt.h"

struct said {
    const struct pipeline *pipeline;
    json_t *list;
    pthread_mutex_t mutex; /* threads of the program add to the list */
};

/* A message as a report: its code, place, text, help and notes. */
json_t *said_report(const struct pipeline *p, const struct crnl_message *m);
/* Begins with the reports of the compiler. */
void said_begin(struct said *s, const struct pipeline *p);
void said_add(void *said, const struct crnl_message *m); /* as `report` of crnl_main_reporting */
/* With --json prints all on standard error, once for all ranks of MPI. */
void said_end(struct said *s);

#endif
