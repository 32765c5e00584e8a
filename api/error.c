/* Errors as objects. */
#define _GNU_SOURCE 1 /* for vasprintf */
#include "api/api.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_rt.h"
#include "runtime/crnl_utf8.h"
#include "support/json.h"

static const char *const status_code[] = {
#define STATUS(name, code, text) code,
#include "runtime/crnl_status.def"
#undef STATUS
};

char *api_text(void (*write)(FILE *out, const void *of), const void *of)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out) {
        write(out, of);
        fclose(out);
    }
    return text ? text : mem_strdup("");
}

static void write_plain(FILE *out, const void *of)
{
    diag_print(of, out, false);
}

static void write_json(FILE *out, const void *of)
{
    json_print_list(out, json_reports(of));
}

/* The code of the first diagnostic of a JSON array, where it is the first member. */
static const char *first_code(const char *json)
{
    const char *at = strstr(json, "\"code\": \"");
    enum diag_code code;
    char name[16] = {0};
    if (!at || sscanf(at, "\"code\": \"%15[A-Z0-9]", name) != 1 || !diag_code_find(name, &code)) {
        return "";
    }
    return diag_code_name(code);
}

void api_fail_diag(crnlc_error **error, const struct diag *diag)
{
    if (error) {
        crnlc_error *e = mem_zalloc(1, sizeof *e);
        e->status = CRNL_BAD_ARGUMENT;
        e->text = api_text(write_plain, diag);
        e->json = api_text(write_json, diag);
        e->code = first_code(e->json);
        *error = e;
    }
}

/* The number after the last colon before *end, which is then set to that colon; -1: there is none. */
static long number_before(const char *text, const char **end)
{
    const char *from = *end;
    while (from > text && from[-1] >= '0' && from[-1] <= '9') {
        from--;
    }
    if (from == *end || from <= text + 1 || from[-1] != ':') {
        return -1;
    }
    *end = from - 1;
    return strtol(from, NULL, 10);
}

/* The message of a run begins with 'FILE:LINE:COLUMN: error[CODE]: ', in which the column, or line and
 * column, may be missing. Lines of the source and notes follow on further lines. */
static json_t *located(const char *text, const char *code)
{
    const char *mark = strstr(text, ": error"), *end = mark ? strstr(mark + 2, ": ") : NULL;
    const char *message = end ? end + 2 : text;
    json_t *d = json_pack("{s:s, s:s, s:o*}", "code", code, "severity", "error", "message",
                          json_stringn(message, strcspn(message, "\n")));
    if (!d || !json_object_get(d, "message")) { /* for bytes that are not text */
        json_decref(d);
        return json_pack("{s:s, s:s, s:s}", "code", code, "severity", "error", "message", "");
    }
    if (mark) {
        const char *file_end = mark;
        long last = number_before(text, &file_end), first = number_before(text, &file_end);
        if (last > 0) {
            json_object_set_new(d, "line", json_integer(first > 0 ? first : last));
        }
        if (first > 0) {
            json_object_set_new(d, "column", json_integer(last));
        }
        json_object_set_new(d, "file", json_stringn(text, (size_t)(file_end - text)));
    }
    return d;
}

void api_fail(crnlc_error **error, int status, const char *format, ...)
{
    if (!error) {
        return;
    }
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    char *shown = crnl_shown_text(n < 0 ? "" : text);
    free(n < 0 ? NULL : text);
    crnlc_error *e = mem_zalloc(1, sizeof *e);
    e->status = status;
    e->text = shown;
    e->code = status >= 0 && status < CRNL_STATUS_COUNT ? status_code[status] : "";
    json_t *list = json_array();
    json_array_append_new(list, located(e->text, e->code));
    e->json = json_dumps(list, 0);
    json_decref(list);
    *error = e;
}

const char *crnlc_error_text(const crnlc_error *e)
{
    return e ? e->text : "";
}

const char *crnlc_error_json(const crnlc_error *e)
{
    return e && e->json ? e->json : "[]";
}

const char *crnlc_error_code(const crnlc_error *e)
{
    return e ? e->code : "";
}

void crnlc_error_free(crnlc_error *e)
{
    if (e) {
        free(e->text);
        free(e->json);
        free(e);
    }
}

void crnlc_text_free(char *text)
{
    free(text);
}
