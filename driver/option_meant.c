#include "driver/option_meant.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/text/text.h"
#include "runtime/crnl_method.h"
#include "runtime/crnl_utf8.h"
#include "runtime/crnl_word.h"
#include "support/diag.h"
#include "support/mem.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789."
#define IN(command)  (1u << COMMAND_##command)

static bool has(const struct option_text *o, enum command command)
{
    return o->commands >> command & 1u;
}

static bool is_word(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(word, name, length) == 0;
}

/* Whether a value is possible, as the lists of values say. */
static bool has_value(const struct option_text *o, const char *word)
{
    if (!o->argument) {
        return false;
    }
    if (o->commands == IN(EMIT) && strcmp(o->name, "format") == 0) {
        enum text_format_id id;
        return text_find(word, &id);
    }
    for (int i = 0; i < CRNL_METHOD_COUNT && strcmp(o->name, "method") == 0; i++) {
        if (strcmp(crnl_method_info[i].name, word) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < PASS_COUNT && strcmp(o->name, "passes") == 0; i++) {
        if (strcmp(passes[i].name, word) == 0) {
            return true;
        }
    }
    for (const char *p = strchr(o->argument, '|') ? o->argument : ""; *p; p += strspn(p, "|")) {
        size_t n = strcspn(p, "|");
        if (is_word(p, n, word)) {
            return true;
        }
        p += n;
    }
    return false;
}

/* The first command of the set. */
static const char *first_command(unsigned commands)
{
    int i = 0;
    while (!(commands >> i & 1u)) {
        i++;
    }
    return command_name((enum command)i);
}

bool option_meant_by_value(enum command command, const char *word, char *text)
{
    for (int others = 0; others < 2; others++) {
        for (size_t i = 0; i < option_count(); i++) {
            struct option_text o = option_at(i);
            if (has(&o, command) == others || !has_value(&o, word)) {
                continue;
            }
            if (others) {
                snprintf(text, MEANT_SIZE, "'crnlc %s --%s %s'", first_command(o.commands), o.name, word);
            } else {
                snprintf(text, MEANT_SIZE, "--%s %s", o.name, word);
            }
            return true;
        }
    }
    return false;
}

/* The option with this name or letter of any command, for which `command` counts first. */
static bool find(enum command command, const char *name, bool is_letter, struct option_text *found)
{
    bool is_found = false;
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        bool same = is_letter ? o.letter && o.letter == name[0] : strcmp(o.name, name) == 0;
        if (same && (!is_found || has(&o, command))) {
            *found = o;
            is_found = true;
        }
    }
    return is_found;
}

/* A row of words for values: of this option, or of any option of the command where `option` is NULL. */
static bool by_row(enum command command, const char *option, const char *word, char *text)
{
    static const struct {
        const char *option, *word, *text;
        bool is_value;
    } rows[] = {
#define VALUE_MEANT(option, word, value) {option, word, value, true},
#define VALUE_NONE(option, word, help)   {option, word, help, false},
#include "driver/option_word.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct option_text o;
        bool of_option = option ? strcmp(rows[i].option, option) == 0
                                : find(command, rows[i].option, false, &o) && has(&o, command);
        if (!of_option || strcmp(rows[i].word, word) != 0) {
            continue;
        }
        if (rows[i].is_value) {
            snprintf(text, MEANT_SIZE, "did you mean --%s %s?", rows[i].option, rows[i].text);
        } else {
            snprintf(text, MEANT_SIZE, "%s", rows[i].text);
        }
        return true;
    }
    return false;
}

bool option_meant_value(enum command command, const char *option, const char *value, char *text)
{
    char meant[MEANT_SIZE];
    if (by_row(command, option, value, text)) {
        return true;
    }
    bool other = option_meant_by_value(command, value, meant);
    if (other) {
        snprintf(text, MEANT_SIZE, "did you mean %.*s?", MEANT_SIZE - 20, meant);
    }
    return other;
}

/* An option of other commands: what this command has instead. */
static const char *elsewhere(enum command command, const char *name)
{
    static const struct {
        unsigned commands;
        const char *option, *help;
    } rows[] = {
#define ELSEWHERE(commands, option, help) {commands, option, help},
#include "driver/option_word.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].commands >> command & 1u && strcmp(rows[i].option, name) == 0) {
            return rows[i].help;
        }
    }
    return NULL;
}

/* The name of this command's option that other tools call so; NULL: none. */
static const char *synonym(enum command command, const char *word)
{
    const char *meant = crnl_option_meant(word);
    struct option_text o;
    return meant && find(command, meant, false, &o) && has(&o, command) ? meant : NULL;
}

/* What is said of an option by which other tools or other commands name the file to write, as in --out;
 * false: it is no such option. */
static bool say_output(enum command command, const char *word, const char *value)
{
    const char *meant = crnl_option_meant(word), *help = elsewhere(command, "output");
    struct option_text o;
    if (strcmp(word, "out") != 0 && (!meant || strcmp(meant, "out") != 0)) {
        return false;
    }
    const char *dot = value ? strrchr(value, '.') : NULL;
    if (strcmp(word, "file") == 0 && dot && strcmp(dot, ".crnl") == 0) { /* a file to read */
        crnl_say(stderr, "; the name of a program stands alone: crnlc %s %s\n", command_name(command), value);
        return true;
    }
    if (find(command, "output", false, &o) && has(&o, command)) {
        crnl_say(stderr, "; write -o %s\n", value && value[0] != '-' ? value : "FILE");
        return true;
    }
    if (help) {
        crnl_say(stderr, "; %s\n", help);
    }
    return help != NULL;
}

/* The name of this command's option that the word is similar to; NULL: none. */
static const char *similar(enum command command, const char *word)
{
    static const char *const first[] = {"version", "man", "completion"}; /* stand alone: driver/main.c */
    const char **names = mem_alloc((option_count() + sizeof first / sizeof *first) * sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        if (has(&o, command)) {
            names[n++] = o.name;
        }
    }
    for (size_t i = 0; i < sizeof first / sizeof *first && command == COMMAND_RUN; i++) {
        names[n++] = first[i];
    }
    const char *nearest = diag_nearest(word, names, n);
    free(names);
    return nearest;
}

/* Says where an option of other commands is given. */
static void say_owner(enum command command, const struct option_text *o, const char *value)
{
    const char *help = elsewhere(command, o->name);
    if (help) {
        crnl_say(stderr, "; %s\n", help);
    } else if (o->of_program && command == COMMAND_BUILD) {
        bool given = o->argument && value;
        crnl_say(stderr, "; it is given to the program that is built: ./PROGRAM --%s%s%s\n", o->name,
                 given ? " " : "", given ? value : "");
    } else {
        crnl_say(stderr, "; it is an option of");
        int n = 0;
        for (int i = 0; i < COMMAND_COUNT; i++) {
            if (o->commands >> i & 1u && n++ < 3) {
                crnl_say(stderr, "%s 'crnlc %s'", n > 1 ? "," : "", command_name((enum command)i));
            }
        }
        crnl_say(stderr, n > 3 ? " and others\n" : "\n");
    }
}

void option_meant_report(enum command command, const char *word, const char *value)
{
    char name[64], text[MEANT_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *bare = name + (name[1] == '-' ? 2 : 1);
    bool is_letter = strlen(bare) == 1;
    struct option_text o;
    crnl_say(stderr, "crnlc %s: unknown option %s", command_name(command), name);
    bool known = find(command, bare, is_letter, &o);
    bool own = known && has(&o, command); /* with one dash too few or too many */
    const char *near = own                                   ? o.name
                       : known && elsewhere(command, o.name) ? NULL
                       : synonym(command, bare)              ? synonym(command, bare)
                       : known                               ? NULL
                                                             : similar(command, bare);
    const char *equals = strchr(word, '='), *length = equals ? equals + 1 : value;
    if (!own && elsewhere(command, bare)) {
        crnl_say(stderr, "; %s\n", elsewhere(command, bare));
    } else if (!own && say_output(command, bare, length)) {
        ;
    } else if (near && strcmp(near, "until") == 0 && length && strchr("0123456789.", length[0])) {
        crnl_say(stderr,
                 "; did you mean --until? In a program with an experiment, write `for %s` behind the run\n",
                 length);
    } else if (near) {
        crnl_say(stderr, "; did you mean --%s?\n", near);
    } else if (known) {
        say_owner(command, &o, strchr(word, '=') ? strchr(word, '=') + 1 : value);
    } else if (!is_letter && option_meant_value(command, NULL, bare, text)) {
        crnl_say(stderr, "; %s\n", text);
    } else if (command == COMMAND_RUN && word[1] == '-' && bare[strspn(bare, NAME_LETTERS)] == '\0' &&
               strchr(word, '=')) {
        crnl_say(stderr, "; a parameter is given by --set %s\n", word + 2);
    } else {
        crnl_say(stderr, "; 'crnlc %s --help' lists them\n", command_name(command));
    }
}

bool option_is_assignment(const char *dashed, const char *value, char *const *next)
{
    const char *equals = strchr(value, '=');
    if (equals && equals > value && equals[1]) {
        return true;
    }
    const char *number = next[0] && strcmp(next[0], "=") == 0 ? next[1] : next[0];
    number += number && number[0] == '=';
    crnl_say(stderr, "crnlc: %s takes NAME=VALUE without blanks, not '%s'", dashed, value);
    if (equals != value && number && number[0] && (number[0] != '-' || strpbrk(number, "0123456789"))) {
        crnl_say(stderr, "; write %s %.*s=%s\n", dashed, (int)strcspn(value, "="), value, number);
    } else {
        crnl_say(stderr, "; as in %s k=2\n", dashed);
    }
    return false;
}

/* The words that mean this value of the option elsewhere, each behind a blank, added to `text` of `size`. */
static void add_meant(const char *option, const char *value, char *text, size_t size)
{
    static const struct {
        const char *option, *word, *value;
    } rows[] = {
#define VALUE_MEANT(option, word, value) {option, word, value},
#include "driver/option_word.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(text);
        if (strcmp(rows[i].option, option) == 0 && strcmp(rows[i].value, value) == 0) {
            snprintf(text + n, size - n, " %s", rows[i].word);
        }
    }
}

bool option_output_is_read(const struct options *o)
{
    const char *path = o->output;
    for (size_t i = 0; i < o->files.n; i++) {
        const char *file = o->files.data[i];
        file += 2 * (size_t)(strncmp(file, "./", 2) == 0);
        if (strcmp(file, path + 2 * (size_t)(strncmp(path, "./", 2) == 0)) == 0) {
            return true;
        }
    }
    return false;
}

bool option_ending_fits(const struct options *o, const char *own, const char *what)
{
    const char *path = o->output, *command = command_name(o->command);
    const char *means = path ? crnl_ending_means(path, NULL) : NULL;
    char endings[MEANT_SIZE];
    snprintf(endings, sizeof endings, "%s %s", own, what);
    add_meant("format", what, endings, sizeof endings);
    if (!path || crnl_ending_fits(path, endings)) {
        return true;
    }
    if (option_output_is_read(o)) {
        crnl_say(stderr, "crnlc %s: '%s' is the file that is read, and what is written there is %s\n",
                 command, path, what);
    } else {
        crnl_say(stderr, "crnlc %s: by its name '%s' is %s, and what is written there is %s\n", command, path,
                 means, what);
    }
    if (*own) {
        crnl_say(stderr, "  give it a name that ends in .%.*s\n", (int)strcspn(own, " "), own);
    } else {
        crnl_say(stderr, "  give it a name without that ending\n");
    }
    return false;
}
