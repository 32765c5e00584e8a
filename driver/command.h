/* What each command does. The options are parsed; the result is the exit status. */
#ifndef DRIVER_COMMAND_H
#define DRIVER_COMMAND_H

#include "driver/options.h"

#define COMMAND(id, name, function, arguments, help) int function(const struct options *o);
#include "driver/commands.def"
#undef COMMAND

/* The one file that the command works on; NULL after a complaint. */
const char *command_file(const struct options *o);
/* Compiles a program in memory and runs it. */
int command_run_file(const struct options *o, const char *file);
/* Is there a file? Complains if not. */
bool command_files(const struct options *o);

#endif
