/* What a program says besides its output: errors, warnings and notes, with their places. */
#include <stdlib.h>
#include <string.h>

#include "rt_ctx.h"
#include "rt_prepare.h"
#include "rt_seeds.h"

FILE *rt_messages(const struct crnl_ctx *ctx)
{
    return ctx->options.messages ? ctx->options.messages : stderr;
}

/* What the program knows of the source at a line; NULL: nothing. A program that was made from another file
 * knows something of each of its lines: that of the statement before. */
static const struct crnl_place *place_of(const struct crnl_program *p, int line)
{
    int32_t from = 0, to = p->n_places;
    while (from < to) {
        int32_t middle = from + (to - from) / 2;
        if (p->place[middle].line == line) {
            return &p->place[middle];
        }
        from = p->place[middle].line < line ? middle + 1 : from;
        to = p->place[middle].line < line ? to : middle;
    }
    const struct crnl_place *before = from > 0 ? &p->place[from - 1] : NULL;
    return before && before->shown != before->line ? before : NULL;
}

int rt_shown_line(const struct crnl_ctx *ctx, int line)
{
    const struct crnl_place *at = place_of(ctx->program, line);
    return at ? at->shown : line;
}

const char *rt_index_of(const struct crnl_ctx *ctx, int line)
{
    const struct crnl_place *at = place_of(ctx->program, line);
    return at ? at->of : NULL;
}

/* Appends a message with the file and the line, which is 0 if there is none; `with_excerpt` also with the
 * column, and with the source line and a mark where the program knows them. `kind` is what stands before the
 * text: "error[E0901]: ". */
static void put_message(const struct crnl_ctx *ctx, struct rt_buffer *to, int line, bool with_excerpt,
                        const char *kind, const char *message)
{
    const char *file = ctx->program->file ? ctx->program->file : "program";
    const struct crnl_place *at = with_excerpt ? place_of(ctx->program, line) : NULL;
    const char *more = strchr(message, '\n');
    struct rt_buffer text = {0};
    rt_put(&text, file);
    if (line > 0) {
        rt_putf(&text, ":%d", rt_shown_line(ctx, line));
    }
    if (at) {
        rt_putf(&text, ":%d", at->column);
    }
    rt_putf(&text, ": %s", kind);
    rt_put_n(&text, message, more ? (size_t)(more - message) : strlen(message));
    if (at) {
        rt_putf(&text, "\n%s", at->excerpt);
    }
    rt_put(&text, more ? more : "");
    char *shown = crnl_shown_text(text.data);
    rt_put(to, shown);
    free(shown);
    rt_buffer_free(&text);
}

void rt_put_error(const struct crnl_ctx *ctx, struct rt_buffer *to, int status, int line, const char *message)
{
    const char *code = rt_status_code(status);
    struct rt_buffer kind = {0};
    rt_put(&kind, "error");
    if (code[0]) {
        rt_putf(&kind, "[%s]", code);
    }
    rt_put(&kind, ": ");
    /* a status without code, such as an interruption, is not about the program */
    put_message(ctx, to, line, code[0] != '\0', kind.data, message);
    rt_buffer_free(&kind);
}

/* Gives a message to the caller of the program. */
static void tell(struct crnl_ctx *ctx, const struct rt_seed *seed, int status, int line, const char *text)
{
    struct rt_buffer all = {0};
    if (seed) {
        rt_putf(&all, "seed %llu: ", (unsigned long long)seed->number);
    }
    rt_put(&all, text);
    struct crnl_message m = {.code = rt_status_code(status),
                             .is_error = status != CRNL_OK,
                             .line = line,
                             .text = all.data ? all.data : ""};
    ctx->options.report(ctx->options.env, &m);
    rt_buffer_free(&all);
}

/* Prints a message; messages of several threads do not mix. */
static void print(struct crnl_ctx *ctx, const struct rt_seed *seed, const char *text, const char *more)
{
    FILE *out = rt_messages(ctx);
    rt_progress_clear(ctx);
    flockfile(out);
    if (seed) {
        crnl_say(out, "seed %llu: ", (unsigned long long)seed->number);
    }
    crnl_say(out, "%s%s\n", text, more);
    funlockfile(out);
}

static const char warning[] = "warning: ";

/* What runs warned of and noted, by place and kind. A linear list, because few places warn. */
struct rt_warnings {
    struct warned {
        int line;
        char *kind;
        int64_t n;
    } * of;
    int32_t n, cap;
};

/* The kind of a warning: its words up to the second colon, without numbers, which differ from run to run. To
 * be freed. */
static char *kind_of(const char *text)
{
    char *kind = rt_copy(text, strlen(text) + 1, 1), *to = kind;
    int colons = 0;
    for (const char *c = text; *c && colons < 2; c++) {
        colons += c[0] == ':' && c[1] == ' ';
        if (!strchr("0123456789.+-", *c)) {
            *to++ = *c;
        }
    }
    *to = '\0';
    return kind;
}

/* Whether the line is one that this place has given before. */
static bool is_repeated(struct crnl_ctx *ctx, int line, const char *text)
{
    struct rt_warnings *w = ctx->warnings = ctx->warnings ? ctx->warnings : rt_alloc(1, sizeof *w);
    char *kind = kind_of(text);
    int32_t i = 0;
    while (i < w->n && (w->of[i].line != line || strcmp(w->of[i].kind, kind) != 0)) {
        i++;
    }
    if (i == w->n) {
        RT_GROW(w->of, w->n, w->cap);
        w->of[w->n++] = (struct warned){line, kind, 0};
    } else {
        free(kind);
    }
    return w->of[i].n++ > 0;
}

static void show_warning(struct crnl_ctx *ctx, int line, const char *text)
{
    struct rt_buffer all = {0};
    if (line > 0) {
        put_message(ctx, &all, line, true, warning, text);
    } else {
        rt_putf(&all, "%s%s", warning, text);
    }
    print(ctx, ctx->seed, all.data, "");
    rt_buffer_free(&all);
}

/* A warning in a loop is given once, and rt_warnings_end tells how often it was meant. Those that have no
 * place are about different things, such as files. */
static void vwarn(struct crnl_ctx *ctx, int line, const char *format, va_list args)
{
    if (ctx->options.quiet) {
        return;
    }
    struct rt_buffer text = {0};
    rt_put(&text, warning);
    rt_vputf(&text, format, args);
    const char *said = text.data + strlen(warning);
    bool is_new = ctx->options.verbose || line == 0 || !is_repeated(ctx, line, text.data);
    if (is_new && ctx->options.report) {
        tell(ctx, ctx->seed, CRNL_OK, line, said);
    } else if (is_new) {
        show_warning(ctx, line, said);
    }
    rt_buffer_free(&text);
}

void rt_warn(struct crnl_ctx *ctx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vwarn(ctx, 0, format, args);
    va_end(args);
}

void rt_warn_at(struct crnl_ctx *ctx, int64_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vwarn(ctx, (int)line, format, args);
    va_end(args);
}

void rt_report(struct crnl_ctx *ctx, int status, int line, const char *message)
{
    rt_keep_failure(ctx, status, line, message);
    if (ctx->options.report) {
        tell(ctx, ctx->seed, status, line, message);
        return;
    }
    struct rt_buffer text = {0};
    rt_put_error(ctx, &text, status, line, message);
    print(ctx, NULL, text.data, "");
    rt_buffer_free(&text);
}

void rt_report_failure(struct crnl_ctx *ctx, const struct crnl_ctx *failed, const char *more)
{
    struct rt_buffer text = {0};
    if (ctx->options.report) {
        rt_put(&text, failed->failure.data ? failed->failure.data : "");
        rt_put(&text, more);
        tell(ctx, failed->seed, failed->status, failed->failed_line, text.data ? text.data : "");
    } else {
        print(ctx, failed->seed, crnl_error_text(failed), more);
    }
    rt_buffer_free(&text);
}

static void show_note(struct crnl_ctx *ctx, int line, const char *text)
{
    if (ctx->options.report) {
        tell(ctx, ctx->seed, CRNL_OK, line, text);
        return;
    }
    struct rt_buffer all = {0};
    put_message(ctx, &all, line, strncmp(text, warning, strlen(warning)) == 0, "", text);
    crnl_say(rt_messages(ctx), "%s\n", all.data);
    rt_buffer_free(&all);
}

void rt_show_notes(struct crnl_ctx *ctx, int32_t line, const struct rt_buffer *notes)
{
    if (ctx->options.mute || (ctx->options.quiet && !ctx->options.verbose)) {
        return;
    }
    rt_progress_clear(ctx);
    for (const char *at = notes->n ? notes->data : ""; *at;) {
        size_t length = strcspn(at, "\n");
        while (strncmp(at + length, "\n  ", 3) == 0) { /* a line that belongs to the one before */
            length += 1 + strcspn(at + length + 1, "\n");
        }
        struct rt_buffer text = {0};
        rt_put_n(&text, at, length);
        if (ctx->options.verbose || !is_repeated(ctx, (int)line, text.data)) {
            show_note(ctx, (int)line, text.data);
        }
        rt_buffer_free(&text);
        at += length + (at[length] == '\n');
    }
}

void rt_warnings_end(struct crnl_ctx *ctx)
{
    const struct rt_warnings *w = ctx->warnings;
    for (int32_t i = 0; w && i < w->n; i++) {
        if (w->of[i].n > 1 && strncmp(w->of[i].kind, warning, strlen(warning)) == 0) {
            struct rt_buffer note = {0};
            rt_putf(&note, "note: that warning was given %lld times", (long long)w->of[i].n);
            show_note(ctx, w->of[i].line, note.data);
            rt_buffer_free(&note);
        }
    }
    rt_warnings_free(ctx);
}

void rt_warnings_free(struct crnl_ctx *ctx)
{
    struct rt_warnings *w = ctx->warnings;
    for (int32_t i = 0; w && i < w->n; i++) {
        free(w->of[i].kind);
    }
    if (w) {
        free(w->of);
        free(w);
    }
    ctx->warnings = NULL;
}
