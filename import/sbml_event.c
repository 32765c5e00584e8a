/* Events of SBML. */
#include "import/sbml_impl.h"

bool sbml_events(struct sbml *s)
{
    if (Model_getNumEvents(s->model) > 0) {
        s->at = sbml_line(s, Model_getEvent(s->model, 0));
        return sbml_unsupported(s, "an event");
    }
    return true;
}
