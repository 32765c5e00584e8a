/* Trajectories as CSV. */
#include "rt_output.h"

static void *csv_open(const struct rt_sink_head *head, struct rt_error *e)
{
    return rt_text_open(head, ',', e);
}

const struct crnl_sink crnl_sink_csv = {CRNL_SINK_CSV, csv_open, rt_text_rows, rt_text_close};
