/* The program crnlc: calls the function of the command. */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"
#include "codegen/object/scratch.h"
#include "driver/command.h"
#include "driver/manual.h"
#include "driver/option_meant.h"
#include "runtime/crnl_file.h"
#include "runtime/crnl_utf8.h"

static int (*const functions[])(const struct options *o) = {
#define COMMAND(id, name, function, arguments, help) function,
#include "driver/commands.def"
#undef COMMAND
};

bool command_files(const struct options *o)
{
    if (o->files.n == 0) {
        crnl_say(stderr, "crnlc %s: no file given\n", command_name(o->command));
    }
    return o->files.n > 0;
}

const char *command_file(const struct options *o)
{
    if (o->files.n == 1) {
        return o->files.data[0];
    }
    if (command_files(o)) {
        const char *second = o->files.data[1];
        char meant[MEANT_SIZE];
        crnl_say(stderr, "crnlc %s: one file at a time, not '%s' and '%s'", command_name(o->command),
                 o->files.data[0], second);
        if (strchr(second, '=')) {
            crnl_say(stderr, "; a parameter is given by --set %s\n", second);
        } else if (o->command == COMMAND_BUILD && !strchr(second, '.')) {
            crnl_say(stderr, "; the name of the executable stands behind -o: -o %s\n", second);
        } else if (option_meant_by_value(o->command, second, meant)) {
            crnl_say(stderr, "; did you mean %s?\n", meant);
        } else if (o->command == COMMAND_RUN && isalpha((unsigned char)second[0]) && !strpbrk(second, "./")) {
            crnl_say(stderr, "; an experiment is chosen by --experiment %s\n", second);
        } else {
            crnl_say(stderr, "\n");
        }
    }
    return NULL;
}

static bool is_source(const char *word)
{
    size_t n = strlen(word);
    return (n > 5 && strcmp(word + n - 5, ".crnl") == 0) || access(word, R_OK) == 0;
}

static int unknown_command(const char *word)
{
    const char *nearest = command_nearest(word);
    crnl_say(stderr, "crnlc: no command '%s'", word);
    if (command_other(word)) {
        crnl_say(stderr, "; %s\n", command_other(word));
    } else if (nearest) {
        crnl_say(stderr, "; did you mean %s?\n", nearest);
    } else {
        crnl_say(stderr, "; 'crnlc --help' lists them\n");
    }
    return EXIT_STATUS_USAGE;
}

/* Removes partly written files and temporary ones, then ends. */
static void on_signal(int number)
{
    crnl_files_end(true);
    scratch_end();
    signal(number, SIG_DFL);
    raise(number);
}

/* `run` does this itself (runtime/main.c). A file that grows too large becomes an error of writing. */
static void watch_signals(void)
{
    static const int list[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGPIPE, SIGXCPU};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER}, old;
        if (sigaction(list[i], NULL, &old) == 0 && !(old.sa_flags & SA_SIGINFO) &&
            old.sa_handler == SIG_DFL) {
            sigaction(list[i], &action, NULL);
        }
    }
    signal(SIGXFSZ, SIG_IGN);
}

/* Checks that all output was written: a full disk behind standard output is an error. */
static int finish(int status)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_STATUS_OK) {
        perror("crnlc: standard output");
        return EXIT_STATUS_ERROR;
    }
    return status;
}

int main(int argc, char **argv)
{
    crnl_files_begin();
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        options_print_usage(argc > 1 ? stdout : stderr);
        return finish(argc > 1 ? EXIT_STATUS_OK : EXIT_STATUS_USAGE);
    }
    if (strcmp(word, "--version") == 0) {
        printf("crnlc %s (LLVM %s)\n", CRNL_VERSION, CRNL_LLVM_VERSION);
        return finish(EXIT_STATUS_OK);
    }
    if (strcmp(word, "--man") == 0) {
        manual_print_man(stdout);
        return finish(EXIT_STATUS_OK);
    }
    if (strcmp(word, "--completion") == 0) {
        bool known = completion_print(stdout, argc > 2 ? argv[2] : "bash");
        return finish(known ? EXIT_STATUS_OK : EXIT_STATUS_USAGE);
    }
    enum command command = command_find(word);
    int first = 2;
    if (command == COMMAND_COUNT) {
        if (word[0] != '-' && !is_source(word)) {
            return unknown_command(word);
        }
        command = COMMAND_RUN;
        first = 1;
    }
    struct options options;
    int status = EXIT_STATUS_USAGE;
    if (options_parse(&options, command, argc - first, argv + first)) {
        if (options.help) {
            options_print_help(stdout, command);
            status = EXIT_STATUS_OK;
        } else {
            if (command != COMMAND_RUN) {
                watch_signals();
            }
            status = functions[command](&options);
        }
    }
    options_free(&options);
    return finish(status);
}
