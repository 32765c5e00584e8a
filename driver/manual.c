#include "driver/manual.h"

#include <string.h>

#include "build_config.h"
#include "codegen/text/text.h"
#include "driver/explain_pages.h"
#include "driver/options.h"

/* ---- man page ---- */

/* Prints text for roff: hyphens stay hyphens, and no line is read as a request. */
static void put(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", out);
    }
    for (; *text; text++) {
        switch (*text) {
        case '-': fputs("\\-", out); break;
        case '\\': fputs("\\e", out); break;
        case '`': fputs("\\(ga", out); break;
        case '\'': fputs("\\(aq", out); break;
        case '^': fputs("\\(ha", out); break;
        case '~': fputs("\\(ti", out); break;
        default: fputc(*text, out); break;
        }
    }
}

static void put_option(FILE *out, const struct option_text *o)
{
    fputs(".TP\n", out);
    if (strcmp(o->name, "level") == 0) {
        fputs("\\fB\\-O\\fR", out);
    } else {
        if (o->letter) {
            fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
        }
        fputs("\\fB\\-\\-", out);
        put(out, o->name);
        fputs("\\fR ", out);
    }
    fputs("\\fI", out);
    put(out, o->argument ? o->argument : "");
    fputs("\\fR\n", out);
    put(out, o->help);
    fputs(".\n", out);
}

static const unsigned every_command = (1u << COMMAND_COUNT) - 1u;

/* Prints the options of all commands, or those of this command only. */
static void put_options(FILE *out, enum command command, bool common, bool of_program)
{
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        bool is_common = o.commands == every_command;
        if (o.of_program == of_program && is_common == common && (common || o.commands >> command & 1u)) {
            put_option(out, &o);
        }
    }
}

static void put_commands(FILE *out)
{
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fputs(".SS crnlc ", out);
        put(out, command_name((enum command)c));
        fputs(" [options] ", out);
        put(out, command_arguments((enum command)c));
        fputc('\n', out);
        put(out, command_help((enum command)c));
        fputs(".\n", out);
        put_options(out, (enum command)c, false, false);
        for (size_t i = 0; c == COMMAND_EMIT && i < TEXT_FORMAT_COUNT; i++) {
            fputs(i ? "" : ".PP\nFormats:\n", out);
            fputs(".TP\n\\fB", out);
            put(out, text_formats[i].name);
            fputs("\\fR\n", out);
            put(out, text_formats[i].help);
            fputc('\n', out);
        }
    }
}

void manual_print_man(FILE *out)
{
    fputs(".TH CRNLC 1 \"\" \"crnlc " CRNL_VERSION "\" \"User Commands\"\n"
          ".SH NAME\ncrnlc \\- compiler for chemical reaction networks\n"
          ".SH SYNOPSIS\n\\fBcrnlc\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] [\\fIfiles\\fR]\n.br\n\\fBcrnlc\\fR "
          "\\fIFILE.crnl\\fR\n"
          ".SH DESCRIPTION\n"
          "A \\fI.crnl\\fR file declares networks of chemical reactions and experiments: what to do with "
          "them.\n"
          "\\fBcrnlc\\fR compiles it to native code and runs it, or writes it in another form.\n"
          "A file without a command is run.\n"
          ".SH COMMANDS\n",
          out);
    put_commands(out);
    fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
    put_options(out, COMMAND_RUN, true, false);
    fputs(".SH OPTIONS OF PROGRAMS\n"
          "For \\fBcrnlc run\\fR, and for the executables that \\fBcrnlc build\\fR writes. With "
          "\\fB\\-\\-help\\fR a program lists\n"
          "its own parameters.\n",
          out);
    put_options(out, COMMAND_RUN, false, true);
    fputs(
        ".SH EXIT STATUS\n"
        ".TP\n0\nsuccess; \\fBdiff\\fR: the networks are equal\n"
        ".TP\n1\nan error in the program, or when it ran; \\fBdiff\\fR: the networks differ\n"
        ".TP\n2\na mistake on the command line; \\fBdiff\\fR: also an error, or the question is not decided\n"
        ".TP\n128 + N\nended by signal N; 130 by Ctrl-C\n"
        ".SH EXAMPLES\n.nf\n"
        "crnlc examples/01_rock_paper_scissors.crnl\n"
        "crnlc build model.crnl \\-o model && ./model \\-\\-set k=2\n"
        "crnlc doctor model.crnl\n"
        "crnlc doc std \\-o library.html\n"
        "crnlc explain E0201\n.fi\n",
        out);
}

/* ---- bash ---- */

static void put_words_of(FILE *out, enum command command)
{
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        if (o.commands >> command & 1u) {
            if (strcmp(o.name, "level") != 0) {
                fprintf(out, " --%s", o.name);
            }
            if (o.letter) {
                fprintf(out, " -%c", o.letter);
            }
        }
    }
}

/* Prints a value: a choice as "exe|obj", a file or folder by that word. */
static void put_value(FILE *out, const struct option_text *o)
{
    if (!o->argument || strcmp(o->name, "level") == 0) {
        return;
    }
    bool choice = strchr(o->argument, '|') && !strpbrk(o->argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        if (!(o->commands >> c & 1u)) {
            continue;
        }
        fprintf(out, "    %s:--%s", command_name((enum command)c), o->name);
        if (o->letter) {
            fprintf(out, " | %s:-%c", command_name((enum command)c), o->letter);
        }
        fputs(") ", out);
        if (choice) {
            fputs("COMPREPLY=($(compgen -W '", out);
            for (const char *p = o->argument; *p; p++) {
                fputc(*p == '|' ? ' ' : *p, out);
            }
            fputs("' -- \"$cur\"))", out);
        } else if (c == COMMAND_EMIT && strcmp(o->name, "format") == 0) {
            fputs("COMPREPLY=($(compgen -W '", out);
            for (size_t i = 0; i < TEXT_FORMAT_COUNT; i++) {
                fprintf(out, "%s%s", i ? " " : "", text_formats[i].name);
            }
            fputs("' -- \"$cur\"))", out);
        } else if (strcmp(o->argument, "FILE") == 0) {
            fputs("COMPREPLY=($(compgen -f -- \"$cur\"))", out);
        } else if (strcmp(o->argument, "FOLDER") == 0) {
            fputs("COMPREPLY=($(compgen -d -- \"$cur\"))", out);
        } else {
            fputs(":", out);
        }
        fputs("; return ;;\n", out);
    }
}

static void put_cases(FILE *out)
{
    fputs("    case $command:$prev in\n", out);
    for (size_t i = 0; i < option_count(); i++) {
        struct option_text o = option_at(i);
        put_value(out, &o);
    }
    fputs("    esac\n    case $command in\n", out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "    %s) words='", command_name((enum command)c));
        put_words_of(out, (enum command)c);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n", out);
}

static void put_codes(FILE *out)
{
    fputs("    if [[ $command == explain && $cur != -* ]]; then\n        COMPREPLY=($(compgen -W '", out);
    for (size_t i = 0; i < explain_page_count; i++) {
        fprintf(out, "%s%s", i ? " " : "", explain_pages[i].name);
    }
    fputs("' -- \"${cur^^}\"))\n        return\n    fi\n", out);
}

void manual_print_completion(FILE *out)
{
    fputs("# Completion of crnlc for bash.\n"
          "_crnlc()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} "
          "command=${COMP_WORDS[1]} words=\n"
          "    COMPREPLY=()\n"
          "    if [[ $cur == '=' ]]; then          # --name=value comes as three words\n"
          "        cur=\n"
          "    elif [[ $prev == '=' ]]; then\n"
          "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        COMPREPLY=($(compgen -W '",
          out);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        fprintf(out, "%s ", command_name((enum command)c));
    }
    fputs("--help --version' -- \"$cur\") $(compgen -f -X '!*.crnl' -- \"$cur\") $(compgen -d -- \"$cur\"))\n"
          "        return\n"
          "    fi\n"
          "    if [[ $command == *.crnl ]]; then\n        command=run\n    fi\n",
          out);
    put_cases(out);
    put_codes(out);
    fputs("    if [[ $cur == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "    else\n"
          "        COMPREPLY=($(compgen -f -X '!*.crnl' -- \"$cur\") $(compgen -f -X '!*.net' -- \"$cur\")\n"
          "            $(compgen -d -- \"$cur\"))\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _crnlc crnlc\n",
          out);
}
