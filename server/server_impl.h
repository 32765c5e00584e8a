/* What the files of the server share. One thread reads messages and answers them in order. What needs a
 * whole compilation (diagnostics, reactions as they are elaborated) is done by a copy of the process
 * (job.c), which is ended when the text changes or the client no longer wants the answer; what needs the
 * text and its names alone is answered at once. */
#ifndef SERVER_IMPL_H
#define SERVER_IMPL_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "server/lines.h"
#include "server/message.h"
#include "server/server.h"
#include "support/diag.h"

/* Codes of JSON-RPC and of the protocol. */
enum {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_NO_METHOD = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL_ERROR = -32603,
    RPC_NOT_INITIALIZED = -32002,
    RPC_CANCELLED = -32800,
    RPC_FAILED = -32803
};

/* ---- documents (document.c) ---- */

struct document {
    char *uri, *path;
    char *text; /* NUL behind it */
    size_t length;
    int64_t version;
    bool is_due;       /* to be checked anew */
    bool is_checked;   /* `found` is of this text */
    json_t *found;     /* diagnostics of the last check, each with its fixes; or NULL */
    json_t *files;     /* paths that the last check read; NULL: unknown */
    json_t *elsewhere; /* what it said on files that are not open: {uri: [reports]}; or NULL */
    json_t *waiting;   /* requests that are answered when it is checked: [[id, params], ...] */
};

/* ---- the server ---- */

struct job;

struct server {
    const struct server_options *options;
    struct message_reader reader;
    enum encoding encoding;
    bool is_initialized, is_shut_down, is_over;
    int status;
    VEC(struct document *) document;
    VEC(struct job *) job;
};

/* A request, which has an answer, or a notification, which has none. */
struct request {
    struct server *s;
    const json_t *id; /* NULL: a notification */
    json_t *params;   /* an object, maybe empty */
    bool is_later;    /* answered by what was begun for it */
    bool is_refused;  /* refused already */
};

/* The answer, a new reference; NULL: it is null, or request_refuse was called, or it comes later. */
#define REQUEST(name, method, capability, value) json_t *request_##name(struct request *r);
#include "server/requests.def"

/* ---- rpc.c ---- */
void rpc_handle(struct server *s, const char *body, size_t length);
void rpc_bad_message(struct server *s, const char *why);
/* Take what is sent. */
void rpc_answer(struct server *s, const json_t *id, json_t *result);
void rpc_notify(struct server *s, const char *method, json_t *params);
void rpc_refuse(struct server *s, const json_t *id, int code, const char *why);
json_t *request_refuse(struct request *r, int code, const char *why); /* NULL */
json_t *rpc_capabilities(const struct server *s);
/* A text of the compiler, which may hold bytes that are no UTF-8. */
json_t *rpc_text(const char *text);
json_t *rpc_text_n(const char *text, size_t n);

/* ---- document.c ---- */
struct document *document_find(struct server *s, const char *uri); /* NULL: it is not open */
/* The one that the request is about; NULL: it was refused. */
struct document *request_document(struct request *r);
void document_open(struct server *s, const char *uri, const char *text, size_t length, int64_t version);
/* One change: the text between two places, or all of it where `range` is NULL. False: the places are none. */
bool document_change(struct server *s, struct document *d, const json_t *range, const char *text,
                     size_t length);
void document_close(struct server *s, struct document *d);
/* The text of a file has changed: all that were checked with it are to be checked anew. */
void document_touch(struct server *s, const char *path);
void documents_free(struct server *s);
/* Sources in which each open document has its text; the caller destroys them. */
struct sources *document_sources(const struct server *s);

/* ---- places ---- */
bool place_read(const json_t *json, struct position *p);
/* The offset in the document of params.position; false: refused. */
bool request_offset(struct request *r, const struct document *d, size_t *offset);
json_t *place_json(struct position p);
/* Places of spans: keeps the lines of the files that were asked for. */
struct places {
    const struct server *s;
    const struct sources *sources;
    VEC(struct lines) file; /* by number; text NULL: not asked for so far */
};
/* The path of a file as a client knows it: a module of the library lies in the folder of the library. To be
 * freed. */
char *places_path(const struct server *s, const struct sources *sources, uint32_t file);
json_t *places_range(struct places *p, struct span at);
/* {uri, range}; NULL: the file cannot be shown to the client. */
json_t *places_location(struct places *p, struct span at);
void places_close(struct places *p);

/* ---- job.c ---- */
/* What a copy of the process does; a new reference, or NULL. */
typedef json_t *job_work(struct server *s, struct document *d, const json_t *params);
/* result NULL: it ended without one. The document is NULL if it was closed. */
typedef void job_done(struct server *s, struct document *d, const json_t *params, json_t *result);
struct job {
    pid_t pid;
    int fd;
    VEC(char) bytes;
    struct document *document;
    json_t *id, *params; /* id: of the request, or NULL */
    job_work *work;
    job_done *done; /* NULL: the result answers the request */
};
bool job_start(struct server *s, struct document *d, const json_t *id, json_t *params, job_work *work,
               job_done *done);
void job_read(struct server *s, struct job *j); /* there are bytes, or the end */
void job_end_of_request(struct server *s, const json_t *id);
/* Ends what was begun for the document, which has changed: requests are answered with null. */
void job_end_of_document(struct server *s, struct document *d);
void jobs_end(struct server *s);

/* ---- check.c ---- */
void check_start(struct server *s); /* the next document that is due, if none is being checked */
/* Sends anew what all documents say on the files that are not open: those of the keys of `of`. */
void check_publish_elsewhere(struct server *s, const json_t *of);
/* request_code_action.c: of a document that is checked. */
json_t *code_actions(const struct document *d, const json_t *params);

#endif
