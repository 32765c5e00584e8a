/* Trajectories as text with tabs between columns. */
#include "rt_output.h"

static void *tsv_open(const struct rt_sink_head *head, struct rt_error *e)
{
    return rt_text_open(head, '\t', e);
}

const struct crnl_sink crnl_sink_tsv = {CRNL_SINK_TSV, tsv_open, rt_text_rows, rt_text_close};
