#include "driver/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "codegen/text/text.h"
#include "driver/option_meant.h"
#include "support/diag.h"
#include "runtime/crnl_utf8.h"

enum option_id {
    OPTION_EXPERIMENT,
    OPTION_NETWORK,
    OPTION_ENGINE,
    OPTION_COMPILE_AFTER,
    OPTION_OUTPUT,
    OPTION_EMIT,
    OPTION_FORMAT,
    OPTION_LEGALIZE,
    OPTION_DSD,
    OPTION_STOCHASTIC,
    OPTION_REPORT,
    OPTION_STAGE,
    OPTION_LEVEL,
    OPTION_PASSES,
    OPTION_DISABLE_PASS,
    OPTION_STOP_AFTER,
    OPTION_MAX_PRODUCTS,
    OPTION_DUMP_IR,
    OPTION_PRINT_CHANGED,
    OPTION_REMARKS,
    OPTION_VERIFY_PASSES,
    OPTION_TIME_PASSES,
    OPTION_DEFINE,
    OPTION_MAX_REACTIONS,
    OPTION_MAX_ELEMENTS,
    OPTION_MAX_UNPACKED,
    OPTION_STDIO,
    OPTION_STDLIB,
    OPTION_MAX_ERRORS,
    OPTION_WERROR,
    OPTION_COLOR,
    OPTION_JSON,
    OPTION_TIME,
    OPTION_HELP,
    OPTION_PROGRAM,
    OPTION_SHARED,
    OPTION_EXPLAIN_CONVENTIONS,
    OPTION_NO_CACHE,
    OPTION_STATIC,
    OPTION_ONLY_CHECK,
    OPTION_TO_STDOUT,
    OPTION_VALUES,
    OPTION_SEMANTIC,
    OPTION_INTERPRETATION,
    OPTION_DOC_FORMAT,
    OPTION_PREFIX,
    OPTION_PYTHON
};

#define IN(command) (1u << COMMAND_##command)
#define IN_CODE     (IN(RUN) | IN(BUILD) | IN(FIT))
#define IN_PROGRAM  (IN_CODE | IN(PRINT) | IN(EMIT))
#define IN_SOURCE   (IN_PROGRAM | IN(CHECK) | IN(OPT) | IN(REPORT) | IN(DOCTOR) | IN(DIFF))
#define IN_PASSES   (IN_PROGRAM | IN(OPT) | IN(REPORT))
#define IN_ALL      ((1u << COMMAND_COUNT) - 1u)

struct command_option {
    enum option_id id;
    const char *name;
    char letter;
    const char *argument; /* NULL: takes none */
    unsigned commands;
    const char *help;
};

static const struct command_option table[] = {
#define OPTION(id, name, letter, argument, commands, help) \
    {OPTION_##id, name, letter, argument, commands, help},
#include "driver/options.def"
#undef OPTION
};
enum { N_OPTIONS = sizeof table / sizeof table[0], HELP_COLUMN = 30, NARROW_COLUMN = 6 };

static const struct {
    const char *name, *arguments, *help;
} commands[] = {
#define COMMAND(id, name, function, arguments, help) {name, arguments, help},
#include "driver/commands.def"
#undef COMMAND
};

enum command command_find(const char *name)
{
    int i = 0;
    while (i < COMMAND_COUNT && strcmp(commands[i].name, name) != 0) {
        i++;
    }
    return (enum command)i;
}

const char *command_name(enum command command)
{
    return commands[command].name;
}

const char *command_arguments(enum command command)
{
    return commands[command].arguments;
}

const char *command_help(enum command command)
{
    return commands[command].help;
}

size_t option_count(void)
{
    return N_OPTIONS;
}

struct option_text option_at(size_t i)
{
    const struct command_option *o = &table[i];
    return (struct option_text){o->name,   o->argument, o->help,
                                o->letter, o->commands, o->id == OPTION_PROGRAM};
}

const char *command_other(const char *word)
{
    static const struct {
        const char *word, *help;
    } others[] = {
#define COMMAND_OTHER(word, help) {word, help},
#include "driver/command_word.def"
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].word, word) == 0) {
            return others[i].help;
        }
    }
    return NULL;
}

const char *command_nearest(const char *word)
{
    static const struct {
        const char *word, *command;
    } meant[] = {
#define COMMAND_WORD(word, command) {word, command},
#include "driver/command_word.def"
    };
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++) {
        if (strcmp(meant[i].word, word) == 0) {
            return meant[i].command;
        }
    }
    const char *names[COMMAND_COUNT];
    for (int i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
    }
    return diag_nearest(word, names, COMMAND_COUNT);
}

static bool applies(const struct command_option *option, enum command command)
{
    return option->commands >> command & 1u;
}

/* Finds the option of `word`, which starts with a dash. Sets `value` if it is part of the word: --name=value,
 * -O2. */
static const struct command_option *find_option(enum command command, const char *word, const char **value)
{
    *value = NULL;
    for (size_t i = 0; word[1] != '-' && word[2] && i < N_OPTIONS; i++) {
        size_t length = strlen(table[i].name); /* -output is no -o with the value `utput` */
        if (strncmp(table[i].name, word + 1, length) == 0 && (!word[1 + length] || word[1 + length] == '=')) {
            return NULL;
        }
    }
    if (word[1] != '-') {
        for (size_t i = 0; i < N_OPTIONS; i++) {
            if (table[i].letter && table[i].letter == word[1] && applies(&table[i], command) &&
                (table[i].argument || !word[2])) {
                *value = word[2] ? word + 2 : NULL;
                return &table[i];
            }
        }
        return NULL;
    }
    size_t length = strcspn(word + 2, "=");
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (strlen(table[i].name) == length && strncmp(table[i].name, word + 2, length) == 0 &&
            applies(&table[i], command)) {
            *value = word[2 + length] ? word + 2 + length + 1 : NULL;
            return &table[i];
        }
    }
    return NULL;
}

static bool bad_value(const struct options *o, const struct command_option *option, const char *value)
{
    char letter[] = {'-', option->letter, '\0'};
    char meant[MEANT_SIZE];
    crnl_say(stderr, "crnlc: %s%s--%s takes %s, not '%s'\n", option->letter ? letter : "",
             option->letter ? ", " : "", option->name, option->argument, value);
    if (option_meant_value(o->command, option->name, value, meant)) {
        crnl_say(stderr, "  %s\n", meant);
    }
    return false;
}

/* Finds the number of `value` in the option's argument text "a|b|c". */
static bool choose(const struct options *o, const struct command_option *option, const char *value,
                   int *chosen)
{
    const char *p = option->argument;
    for (int i = 0;; i++) {
        size_t length = strcspn(p, "|");
        if (strlen(value) == length && strncmp(p, value, length) == 0) {
            *chosen = i;
            return true;
        }
        if (!p[length]) {
            return bad_value(o, option, value);
        }
        p += length + 1;
    }
}

static bool read_count(const struct options *o, const struct command_option *option, const char *value,
                       int64_t least, int64_t most, int64_t *count)
{
    char *end;
    errno = 0;
    *count = strtoimax(value, &end, 10);
    if (end == value || *end || errno || *count < least || *count > most) {
        return bad_value(o, option, value);
    }
    return true;
}

/* An option that programs have, too. */
static void set_shared(struct options *o, const char *option, const char *value)
{
#define PROGRAM_OPTION(name, argument, kind, member, who, help) SET_##who(name, member)
#define SET_ALL(name, member)
#define SET_NETWORK(name, member)
#define SET_COMMANDS(name, member) o->member = strcmp(option, name) == 0 ? value : o->member;
#include "runtime/crnl_option.def"
#undef PROGRAM_OPTION
#undef SET_ALL
#undef SET_NETWORK
#undef SET_COMMANDS
}

static bool set_option(struct options *o, const struct command_option *option, const char *value)
{
    int chosen = 0;
    int64_t count = 0;
    bool good = true;
    switch (option->id) {
    case OPTION_EXPERIMENT: o->experiment = value; break;
    case OPTION_NETWORK: o->network = value; break;
    case OPTION_OUTPUT: o->output = value; break;
    case OPTION_SHARED: set_shared(o, option->name, value); break;
    case OPTION_STDLIB: o->stdlib_dir = value; break;
    case OPTION_PREFIX: o->prefix = value; break;
    case OPTION_PYTHON: o->python = value; break;
    case OPTION_PASSES: o->passes = value; break;
    case OPTION_DUMP_IR: o->pass.dump_ir = value; break;
    case OPTION_DISABLE_PASS: o->pass.disable = value; break;
    case OPTION_STOP_AFTER: o->pass.stop_after = value; break;
    case OPTION_PRINT_CHANGED: o->pass.print_changed = true; break;
    case OPTION_VERIFY_PASSES: o->pass.verify = true; break;
    case OPTION_REMARKS: o->pass.remarks = true; break;
    case OPTION_MAX_PRODUCTS: good = read_count(o, option, value, 1, INT64_MAX, &o->pass.max_products); break;
    case OPTION_FORMAT: o->format = value; break;
    case OPTION_LEGALIZE: o->legalize = true; break;
    case OPTION_STOCHASTIC: o->stochastic = true; break;
    case OPTION_REPORT: o->report = true; break;
    case OPTION_DSD:
        o->dsd = true;
        good = choose(o, option, value, &chosen);
        break;
    case OPTION_WERROR: o->werror = true; break;
    case OPTION_JSON: o->json = true; break;
    case OPTION_TIME: o->time = true; break;
    case OPTION_TIME_PASSES: o->pass.time = true; break;
    case OPTION_EXPLAIN_CONVENTIONS: o->explain_conventions = true; break;
    case OPTION_NO_CACHE: o->no_cache = true; break;
    case OPTION_STATIC: o->is_static = true; break;
    case OPTION_ONLY_CHECK: o->only_check = true; break;
    case OPTION_TO_STDOUT: o->to_stdout = true; break;
    case OPTION_STDIO: break;
    case OPTION_VALUES: o->values = true; break;
    case OPTION_SEMANTIC: o->semantic = true; break;
    case OPTION_INTERPRETATION: o->interpretation = value; break;
    case OPTION_HELP: o->help = true; break;
    case OPTION_ENGINE:
        good = choose(o, option, value, &chosen);
        o->engine = (enum engine_kind)chosen;
        break;
    case OPTION_EMIT:
        good = choose(o, option, value, &chosen);
        o->emit = (enum emit_kind)chosen;
        break;
    case OPTION_DOC_FORMAT:
        good = choose(o, option, value, &chosen);
        o->doc_format = (enum doc_format)chosen;
        break;
    case OPTION_STAGE:
        good = choose(o, option, value, &chosen);
        o->stage = (enum stage)chosen;
        break;
    case OPTION_COLOR:
        good = choose(o, option, value, &chosen);
        o->color = (enum color)chosen;
        break;
    case OPTION_LEVEL:
        good = read_count(o, option, value, 0, 3, &count);
        o->opt_level = (int)count;
        break;
    case OPTION_COMPILE_AFTER: good = read_count(o, option, value, 0, INT64_MAX, &o->compile_after); break;
    case OPTION_MAX_REACTIONS: good = read_count(o, option, value, 1, INT32_MAX, &o->max_reactions); break;
    case OPTION_MAX_ELEMENTS: good = read_count(o, option, value, 1, INT32_MAX, &o->max_elements); break;
    case OPTION_MAX_UNPACKED: good = read_count(o, option, value, 1, INT32_MAX, &o->max_unpacked); break;
    case OPTION_MAX_ERRORS: good = read_count(o, option, value, 1, INT32_MAX, &o->max_errors); break;
    case OPTION_DEFINE: vec_push(&o->defines, value); break;
    case OPTION_PROGRAM: break; /* options_parse keeps them as words */
    }
    return good;
}

bool options_parse(struct options *o, enum command command, int argc, char **argv)
{
    *o = (struct options){.command = command, .stage = STAGE_NETWORK, .opt_level = 2, .compile_after = -1};
    /* after `--`, words are for the program of `run`; for other commands they are files */
    bool after_dashes = false;
    for (int i = 0; i < argc; i++) {
        char *word = argv[i];
        if (after_dashes && (command == COMMAND_RUN || command == COMMAND_FIT)) {
            vec_push(&o->program, word);
            continue;
        }
        if (after_dashes || word[0] != '-' || !word[1]) {
            vec_push(&o->files, word);
            vec_push(&o->words, word);
            continue;
        }
        if (strcmp(word, "--") == 0) {
            after_dashes = true;
            continue;
        }
        const char *value;
        const struct command_option *option = find_option(command, word, &value);
        if (!option) {
            option_meant_report(command, word, i + 1 < argc ? argv[i + 1] : NULL);
            return false;
        }
        if (value && !option->argument) {
            crnl_say(stderr, "crnlc: --%s takes no value\n", option->name);
            return false;
        }
        bool both = option->id == OPTION_SHARED;
        bool program =
            option->id == OPTION_PROGRAM || (both && (command == COMMAND_RUN || command == COMMAND_FIT));
        bool of_compiler = option->id != OPTION_PROGRAM;
        if (program) {
            vec_push(&o->program, word);
        }
        if (of_compiler) {
            vec_push(&o->words, word);
        }
        if (option->argument && !value) {
            if (i + 1 == argc) {
                crnl_say(stderr, "crnlc: --%s needs a value: %s\n", option->name, option->argument);
                return false;
            }
            value = argv[++i];
            if (of_compiler) {
                vec_push(&o->words, argv[i]);
            }
            if (program) {
                vec_push(&o->program, argv[i]);
            }
        }
        if ((option->argument && strcmp(option->argument, "NAME=VALUE") == 0 &&
             !option_is_assignment(option->id == OPTION_DEFINE ? "-D" : "--set", value, argv + i + 1)) ||
            !set_option(o, option, value)) {
            return false;
        }
    }
    return true;
}

void options_free(struct options *o)
{
    vec_free(&o->files);
    vec_free(&o->defines);
    vec_free(&o->program);
    vec_free(&o->words);
}

/* The number of columns of the terminal; 0: output is not a terminal, or one with very few columns, and lines
 * are not wrapped. */
static size_t terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long n = columns ? strtol(columns, NULL, 10) : 0;
    if (n <= 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        n = size.ws_col;
    }
    return n > NARROW_COLUMN + 10 ? (size_t)n : 0;
}

/* The column where help begins: beside the option or, in a narrow terminal, below it. */
static int help_column(void)
{
    size_t width = terminal_width();
    return width && width <= HELP_COLUMN + 20 ? NARROW_COLUMN : HELP_COLUMN;
}

/* Prints a text from this column on, on as many lines as it needs; the columns before it in the first line
 * are already printed. */
static void print_wrapped(FILE *out, int column, const char *text)
{
    size_t width = terminal_width(), room = width ? width - (size_t)column : SIZE_MAX;
    while (strlen(text) > room) {
        size_t n = room;
        while (n > 0 && text[n] != ' ') {
            n--;
        }
        n = n > 0 ? n : room;
        fprintf(out, "%.*s\n%*s", (int)n, text, column, "");
        text += n + (text[n] == ' ');
    }
    fprintf(out, "%s\n", text);
}

/* An entry of a list; `alone`: its help is always below it. */
static void print_entry(FILE *out, const char *left, bool alone, const char *help)
{
    int column = help_column();
    if (alone || (int)strlen(left) + 4 > column) {
        fprintf(out, "  %s\n%*s", left, column, "");
    } else {
        fprintf(out, "  %-*s", column - 2, left);
    }
    print_wrapped(out, column, help);
}

void options_print_usage(FILE *out)
{
    print_wrapped(out, 0, "crnlc compiles and runs chemical reaction networks.");
    fputs("\n", out);
    print_entry(out, "crnlc FILE.crnl", false, "the same as crnlc run FILE.crnl");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        char left[96];
        snprintf(left, sizeof left, "crnlc %s %s", commands[i].name, commands[i].arguments);
        print_entry(out, left, true, commands[i].help);
    }
    fputs("\n", out);
    print_wrapped(
        out, 0,
        "'crnlc COMMAND --help' lists the options of a command, 'crnlc --version' tells the version,");
    print_wrapped(
        out, 0,
        "'crnlc --man' prints the man page, 'crnlc --completion bash|zsh|fish' what completes command "
        "lines.");
}

static void print_option(FILE *out, const struct command_option *option)
{
    char left[96];
    const char *argument = option->argument ? option->argument : "";
    if (option->id == OPTION_LEVEL) {
        snprintf(left, sizeof left, "-O%s", argument);
    } else if (option->letter) {
        snprintf(left, sizeof left, "-%c, --%s %s", option->letter, option->name, argument);
    } else {
        snprintf(left, sizeof left, "--%s %s", option->name, argument);
    }
    print_entry(out, left, false, option->help);
}

void options_print_help(FILE *out, enum command command)
{
    fprintf(out, "crnlc %s [options] %s\n  ", commands[command].name, commands[command].arguments);
    print_wrapped(out, 2, commands[command].help);
    fputs("\nOptions:\n", out);
    bool of_program = false;
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (!applies(&table[i], command)) {
            continue;
        }
        if (table[i].id == OPTION_PROGRAM && !of_program) {
            of_program = true;
            fputs("\n", out);
            print_wrapped(
                out, 0,
                "Options of the program, also of the executable that 'crnlc build' writes ('crnlc run "
                "FILE -- --help' lists its parameters):");
        }
        print_option(out, &table[i]);
    }
    if (command == COMMAND_EMIT) {
        fputs("\nFormats:\n", out);
        for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
            char help[256];
            snprintf(help, sizeof help, "%s (.%s)", text_formats[i].help, text_formats[i].extension);
            print_entry(out, text_formats[i].name, false, help);
        }
    }
}
