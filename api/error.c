/* Errors as objects. */
#define _GNU_SOURCE 1 /* for vasprintf */
#include "api/api.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "driver/said.h"
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

static const char *code_of(int status)
{
    return status >= 0 && status < CRNL_STATUS_COUNT ? status_code[status] : "";
}

/* Makes an error whose JSON is a list of this report. */
static crnlc_error *reported(int status, const char *text, json_t *report)
{
    crnlc_error *e = mem_zalloc(1, sizeof *e);
    e->status = status;
    e->text = crnl_shown_text(text);
    e->code = code_of(status);
    json_t *list = json_array();
    json_array_append_new(list, report);
    e->json = json_dumps(list, 0);
    json_decref(list);
    return e;
}

void api_fail_run(crnlc_error **error, int status, const struct pipeline *p, const struct crnl_ctx *ctx,
                  const char *text)
{
    struct crnl_message m;
    if (!error) {
        return;
    }
    if (crnl_failure(ctx, &m)) {
        *error = reported(status, text, said_report(p, &m));
    } else {
        api_fail(error, status, "%s", text);
    }
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
    json_t *report = json_pack("{s:s, s:s, s:o}", "code", code_of(status), "severity", "error", "message",
                               json_text_n(n < 0 ? "" : text, n < 0 ? 0 : strcspn(text, "\n")));
    *error = reported(status, n < 0 ? "" : text, report);
    free(n < 0 ? NULL : text);
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
