/* Shared by the files of the server. One thread reads messages and answers them in order. Work that needs a
 * compilation (diagnostics, elaborated reactions) is done by a copy of the process (job.c), which is ended
 * when the text changes or the client no longer wants the answer. Work that needs only the text and its names
 * is done at once. */
#ifndef SERVER_IMPL_H
#define SERVER_IMPL_H

#include <stdbool.h>
#include <sys/types.h>

#include "server/lines.h"
#include "server/message.h"
#include "server/server.h"
#include "support/diag.h"
#include "support/json.h"

/* Error codes of JSON-RPC and of the protocol. */
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
    char *text; /* with a final NUL */
    size_t length;
    int64_t version;
    bool is_due;       /* must be checked again */
    bool is_checked;   /* `found` belongs to this text */
    json_t *found;     /* diagnostics of the last check with their fixes; or NULL */
    json_t *files;     /* paths that the last check has read; NULL: unknown */
    json_t *elsewhere; /* its reports on files that are not open: {uri: [reports]}; or NULL */
    json_t *waiting;   /* requests that are answered after the check: [[id, params], ...] */
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

/* A request, which is answered, or a notification, which is not. */
struct request {
    struct server *s;
    const json_t *id; /* NULL: it is a notification */
    json_t *params;   /* an object, possibly empty */
    bool is_later;    /* a job will answer it */
    bool is_refused;  /* it was refused */
};

/* Returns the answer as a new reference; NULL if it is null, was refused, or comes later. */
#define REQUEST(name, method, capability, value) json_t *request_##name(struct request *r);
#include "server/requests.def"

/* ---- rpc.c ---- */
void rpc_handle(struct server *s, const char *body, size_t length);
void rpc_bad_message(struct server *s, const char *why);
/* They take ownership of what is sent. */
void rpc_answer(struct server *s, const json_t *id, json_t *result);
void rpc_notify(struct server *s, const char *method, json_t *params);
void rpc_refuse(struct server *s, const json_t *id, int code, const char *why);
json_t *request_refuse(struct request *r, int code, const char *why); /* returns NULL */
json_t *rpc_capabilities(const struct server *s);
/* A text of the compiler as JSON; it may contain bytes that are not UTF-8. */

/* ---- document.c ---- */
struct document *document_find(struct server *s, const char *uri); /* NULL: it is not open */
/* The document of the request; NULL: the request was refused. */
struct document *request_document(struct request *r);
void document_open(struct server *s, const char *uri, const char *text, size_t length, int64_t version);
/* Applies a change: replaces the text between two positions, or all of it if `range` is NULL. False if the
 * positions are invalid. */
bool document_change(struct server *s, struct document *d, const json_t *range, const char *text,
                     size_t length);
void document_close(struct server *s, struct document *d);
/* Called when the text of a file has changed: documents that were checked with it must be checked again. */
void document_touch(struct server *s, const char *path);
void documents_free(struct server *s);
/* Sources with the text of each open document; the caller destroys them. */
struct sources *document_sources(const struct server *s);

/* ---- places ---- */
bool place_read(const json_t *json, struct position *p);
/* The offset in the document of params.position; false: the request was refused. */
bool request_offset(struct request *r, const struct document *d, size_t *offset);
json_t *place_json(struct position p);
/* Converts spans to places; keeps the lines of files that were needed. */
struct places {
    const struct server *s;
    const struct sources *sources;
    VEC(struct lines) file; /* by number of the file; text NULL: not needed yet */
};
/* The path of a file for the client: modules of the library are files in the library's folder. To be
 * freed. */
char *places_path(const struct server *s, const struct sources *sources, uint32_t file);
json_t *places_range(struct places *p, struct span at);
/* {uri, range}; NULL: the client cannot see the file. */
json_t *places_location(struct places *p, struct span at);
void places_close(struct places *p);

/* ---- job.c ---- */
/* The work of a job in the copy of the process. Returns a new reference, or NULL. */
typedef json_t *job_work(struct server *s, struct document *d, const json_t *params);
/* Called in the server with the result; NULL: the job ended without one. The document is NULL if it was
 * closed. */
typedef void job_done(struct server *s, struct document *d, const json_t *params, json_t *result);
struct job {
    pid_t pid;
    int fd;
    VEC(char) bytes;
    struct document *document;
    json_t *id, *params; /* id: that of the request, or NULL */
    job_work *work;
    job_done *done; /* NULL: the result answers the request */
};
bool job_start(struct server *s, struct document *d, const json_t *id, json_t *params, job_work *work,
               job_done *done);
void job_read(struct server *s, struct job *j); /* called when there are bytes, or the end */
void job_end_of_request(struct server *s, const json_t *id);
/* Ends the jobs of a document that has changed; their requests are answered with null. */
void job_end_of_document(struct server *s, struct document *d);
void jobs_end(struct server *s);

/* ---- check.c ---- */
/* checks the next document that must be checked, unless a check is running */
void check_start(struct server *s);
/* Publishes again what all documents report on files that are not open, for the files that are keys of
 * `of`. */
void check_publish_elsewhere(struct server *s, const json_t *of);
/* request_code_action.c: for a document that was checked. */
json_t *code_actions(const struct document *d, const json_t *params);

#endif
