/* `crnlc check`: all that is written is looked at, used or not. */
#ifndef FRONTEND_CHECK_CHECK_H
#define FRONTEND_CHECK_CHECK_H

#include "frontend/front.h"

/* Names, shapes and units of everything that the file declares. What has been reported at its place is not
 * again. */
void check_file(struct front *f);

#endif
