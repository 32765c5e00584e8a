/* Completion of command lines in zsh and fish, from the lists of commands and options; that for bash is in
 * manual.c. */
#include <string.h>

#include "codegen/text/text.h"
#include "driver/explain_pages.h"
#include "driver/manual.h"
#include "driver/options.h"
#include "runtime/crnl_utf8.h"

/* Prints between single quotes of a shell, for zsh inside brackets. */
static void put_quoted(FILE *out, const char *text, bool in_brackets)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'') {
            fputs("'\\''", out);
        } else if (in_brackets && (*c == '[' || *c == ']')) {
            fputc(*c == '[' ? '(' : ')', out);
        } else {
            fputc(*c, out);
        }
    }
}

static bool is_choice(const char *argument)
{
    return strchr(argument, '|') && !strpbrk(argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static bool is_format(enum command command, const struct option_text *o)
{
    return command == COMMAND_EMIT && strcmp(o->name, "format") == 0;
}

/* Prints the possible values, separated by blanks; false if any value is possible. */
static bool put_choices(FILE *out, enum command command, const struct option_text *o)
{
    if (is_format(command, o)) {
        for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
            fprintf(out, "%s%s", i ? " " : "", text_formats[i].name);
        }
        return true;
    }
    for (const char *p = is_choice(o->argument) ? o->argument : ""; *p; p++) {
        fputc(*p == '|' ? ' ' : *p, out);
    }
    return is_choice(o->argument);
}

static bool is_of(const struct option_text *o, enum command command)
{
    return (o->commands >> command & 1u) && strcmp(o->name, "level") != 0;
}

/* ---- zsh ---- */

static void put_zsh_option(FILE *out, enum command command, const struct option_text *o)
{
    fputs(" \\\n            ", out);
    if (o->letter) {
        fprintf(out, "'(-%c --%s)'{-%c,--%s}'[", o->letter, o->name, o->letter, o->name);
    } else {
        fprintf(out, "'--%s[", o->name);
    }
    put_quoted(out, o->help, true);
    fputs("]", out);
    if (o->argument) {
        fputs(":value:", out);
        if (is_format(command, o) || is_choice(o->argument)) {
            fputs("(", out);
            put_choices(out, command, o);
            fputs(")", out);
        } else if (strcmp(o->argument, "FILE") == 0) {
            fputs("_files", out);
        } else if (strcmp(o->argument, "FOLDER") == 0) {
            fputs("_files -/", out);
        }
    }
    fputs("'", out);
}

static void print_zsh(FILE *out)
{
    fputs("#compdef crnlc\n# Completion of crnlc for zsh.\n_crnlc()\n{\n    local -a commands=(\n", out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "        '%s:", command_name((enum command)c));
        put_quoted(out, command_help((enum command)c), false);
        fputs("'\n", out);
    }
    fputs("    )\n    if ((CURRENT == 2)); then\n        _describe -t commands command commands\n"
          "        _files -g '*.crnl'\n        return\n    fi\n"
          "    local command=$words[2]\n    [[ $command == *.crnl ]] && command=run\n"
          "    shift words\n    ((CURRENT--))\n    case $command in\n",
          out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "    %s)\n        _arguments", command_name((enum command)c));
        for (size_t i = 0; i < option_count(); i++) {
            struct option_text o = option_at(i);
            if (is_of(&o, (enum command)c)) {
                put_zsh_option(out, (enum command)c, &o);
            }
        }
        fputs(" \\\n            ", out);
        if (c == COMMAND_EXPLAIN) {
            fputs("'*:code:(methods words", out);
            for (size_t i = 0; i < explain_page_count; i++) {
                fprintf(out, " %s", explain_pages[i].name);
            }
            fputs(")' ;;\n", out);
        } else {
            fputs("'*:file:_files' ;;\n", out);
        }
    }
    fputs("    esac\n}\n_crnlc \"$@\"\n", out);
}

/* ---- fish ---- */

static void put_fish_option(FILE *out, const struct option_text *o)
{
    bool all = true;
    int first = COMMAND_COUNT;
    for (int c = COMMAND_COUNT; c-- > 0;) {
        all = all && (o->commands >> c & 1u);
        first = o->commands >> c & 1u ? c : first;
    }
    fputs("complete -c crnlc", out);
    if (!all) {
        fputs(" -n '__fish_seen_subcommand_from", out);
        for (int c = 0; c < COMMAND_COUNT; c++) {
            if (o->commands >> c & 1u) {
                fprintf(out, " %s", command_name((enum command)c));
            }
        }
        fputs("'", out);
    }
    fprintf(out, " -l %s", o->name);
    if (o->letter) {
        fprintf(out, " -s %c", o->letter);
    }
    if (o->argument && (is_format((enum command)first, o) || is_choice(o->argument))) {
        fputs(" -x -a '", out);
        put_choices(out, (enum command)first, o);
        fputs("'", out);
    } else if (o->argument) {
        bool path = strcmp(o->argument, "FILE") == 0 || strcmp(o->argument, "FOLDER") == 0;
        fputs(path ? " -r" : " -x", out);
    }
    fputs(" -d '", out);
    put_quoted(out, o->help, false);
    fputs("'\n", out);
}

static void print_fish(FILE *out)
{
    fputs("# Completion of crnlc for fish.\n", out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "complete -c crnlc -n __fish_use_subcommand -a %s -d '", command_name((enum command)c));
        put_quoted(out, command_help((enum command)c), false);
        fputs("'\n", out);
    }
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        if (strcmp(o.name, "level") != 0) {
            put_fish_option(out, &o);
        }
    }
    fputs("complete -c crnlc -n '__fish_seen_subcommand_from explain' -f -a 'methods words", out);
    for (size_t i = 0; i < explain_page_count; i++) {
        fprintf(out, " %s", explain_pages[i].name);
    }
    fputs("'\n", out);
}

bool completion_print(FILE *out, const char *shell)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } shells[] = {{"bash", manual_print_completion}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print(out);
            return true;
        }
    }
    crnl_say(stderr, "crnlc: --completion takes bash|zsh|fish, not '%s'\n", shell);
    return false;
}
