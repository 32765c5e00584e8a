#include "driver/said.h"

#include <string.h>

#include "support/json.h"

void said_begin(struct said *s, const struct pipeline *p)
{
    *s = (struct said){.pipeline = p, .list = json_reports(p->diag)};
    pthread_mutex_init(&s->mutex, NULL);
}

/* Whether the text begins with the word, which is then passed over. */
static bool skips(const char **text, const char *word)
{
    size_t n = strlen(word);
    bool is_there = strncmp(*text, word, n) == 0;
    *text += is_there ? n : 0;
    return is_there;
}

/* Adds a further line of a message: its help, or a note. */
static void add_line(json_t *report, json_t *notes, const char *line, size_t n)
{
    const char *text = line;
    bool is_help = skips(&text, "help: ") && !json_object_get(report, "help");
    json_t *json = json_text_n(text, n - (size_t)(text - line));
    if (is_help) {
        json_object_set_new(report, "help", json);
        return;
    }
    text = line;
    skips(&text, "note: ");
    json_decref(json);
    json_array_append_new(notes, json_pack("{so}", "message", json_text_n(text, n - (size_t)(text - line))));
}

static void set_place(json_t *report, const struct pipeline *p, int line)
{
    for (size_t i = 0; i < p->program->place.n; i++) {
        const struct program_place *place = &p->program->place.data[i];
        if (place->line == line && place->at.file) {
            json_set_place(report, p->sources, place->at);
            return;
        }
    }
    json_object_set_new(report, "file", json_text(p->program->file ? p->program->file : ""));
    if (line > 0) {
        json_object_set_new(report, "line", json_integer(line));
    }
}

json_t *said_report(const struct pipeline *p, const struct crnl_message *m)
{
    const char *text = m->text, *severity = m->is_error ? "error" : "warning";
    if (skips(&text, "note: ")) {
        severity = "note";
    } else {
        skips(&text, "warning: ");
    }
    json_t *report = json_object(), *notes = json_array();
    json_object_set_new(report, "code", json_text(m->code));
    json_object_set_new(report, "severity", json_text(severity));
    set_place(report, p, (int)m->line);
    size_t n = strcspn(text, "\n");
    json_object_set_new(report, "message", json_text_n(text, n));
    for (text += n; *text; text += n) {
        text += strspn(text, "\n ");
        n = strcspn(text, "\n");
        if (n > 0) {
            add_line(report, notes, text, n);
        }
    }
    json_object_set_new(report, "notes", notes);
    return report;
}

void said_add(void *said, const struct crnl_message *m)
{
    struct said *s = said;
    json_t *report = said_report(s->pipeline, m);
    pthread_mutex_lock(&s->mutex);
    json_array_append_new(s->list, report);
    pthread_mutex_unlock(&s->mutex);
}

void said_end(struct said *s)
{
    if (s->pipeline->options->json && crnl_rank() == 0) {
        json_print_list(stderr, s->list);
    } else {
        json_decref(s->list);
    }
    pthread_mutex_destroy(&s->mutex);
}
