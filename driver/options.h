/* The command line. commands.def lists the commands, options.def their options. options_parse fills the
 * struct and reports mistakes to standard error. Texts point into argv; options_free releases the lists. */
#ifndef DRIVER_OPTIONS_H
#define DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ir/pass/pass.h"
#include "support/vec.h"

enum command {
#define COMMAND(id, name, function, arguments, help) COMMAND_##id,
#include "driver/commands.def"
#undef COMMAND
    COMMAND_COUNT
};

enum { EXIT_STATUS_OK = 0, EXIT_STATUS_ERROR = 1, EXIT_STATUS_USAGE = 2 };

enum engine_kind { ENGINE_AUTO, ENGINE_JIT, ENGINE_INTERPRET };
enum emit_kind { EMIT_EXE, EMIT_OBJ, EMIT_LLVM, EMIT_ASM, EMIT_SHARED }; /* ORDER output_kind */
enum doc_format { DOC_FORMAT_HTML, DOC_FORMAT_MARKDOWN };
enum stage {
    STAGE_SOURCE,
    STAGE_AST,
    STAGE_NAMES,
    STAGE_PROGRAM,
    STAGE_NETWORK,
    STAGE_ODES,
    STAGE_PLAN,
    STAGE_LLVM,
    STAGE_ASM
};
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    enum command command;
    VEC(const char *) files;   /* words that are not options, in order */
    VEC(const char *) defines; /* -D NAME=VALUE */
    VEC(char *) program;       /* options of the program, as they were given */
    VEC(const char *) words;   /* all other options, and those of the program that affect compiling */
    const char *experiment, *network, *output, *stdlib_dir, *data_dir, *out_dir;
    const char *passes; /* NULL: the passes of the level */
    const char *format; /* emit */
    struct pass_options pass;
    enum engine_kind engine;
    enum emit_kind emit;
    enum stage stage;
    enum doc_format doc_format;
    enum color color;
    int opt_level;
    int64_t max_reactions, max_elements, max_errors, max_unpacked; /* 0: the default */
    int64_t compile_after;                                         /* -1: the default */
    bool legalize, dsd, stochastic, report;
    bool json, werror, time, help;
    bool explain_conventions, no_cache, is_static;
    bool shows_pictures;        /* of the library: a caller such as a notebook shows pictures without files */
    bool only_check, to_stdout; /* fmt */
    bool values, semantic;      /* diff */
    const char *interpretation; /* for diff; NULL: not given */
    const char *prefix, *python; /* for jupyter; NULL: not given */
};

/* The command with that name; COMMAND_COUNT: there is none. */
enum command command_find(const char *name);
const char *command_name(enum command command);
const char *command_arguments(enum command command); /* "FILE.crnl -o PROGRAM" */
const char *command_help(enum command command);
/* What there is instead of a word that is no command, such as `plot`; NULL: nothing is known of it. */
const char *command_other(const char *word);
/* The command with the most similar name; NULL: none is similar. */
const char *command_nearest(const char *word);

/* An option as in the list. */
struct option_text {
    const char *name, *argument, *help; /* argument: NULL if it takes none */
    char letter;                        /* 0: none */
    unsigned commands;                  /* bits 1 << COMMAND_... */
    bool of_program;                    /* passed on to the program that runs */
};
size_t option_count(void);
struct option_text option_at(size_t i);

/* Parses the words after the command, argv[0 .. argc]. False after a mistake (reported). */
bool options_parse(struct options *o, enum command command, int argc, char **argv);
void options_free(struct options *o);
void options_print_usage(FILE *out);                      /* crnlc --help */
void options_print_help(FILE *out, enum command command); /* crnlc COMMAND --help */

#endif
