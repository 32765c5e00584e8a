/* One function for each command. It gets the parsed options and returns the exit status. */
#ifndef DRIVER_COMMAND_H
#define DRIVER_COMMAND_H

#include "driver/options.h"

#define COMMAND(id, name, function, arguments, help) int function(const struct options *o);
#include "driver/commands.def"
#undef COMMAND

/* The single file that the command needs; NULL after an error (reported). */
const char *command_file(const struct options *o);
/* Compiles a program in memory and runs it. */
int command_run_file(const struct options *o, const char *file);
/* Whether there is at least one file; reports an error if not. */
bool command_files(const struct options *o);

#endif
