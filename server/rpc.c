/* JSON-RPC: turns messages into calls of the functions in requests.def, and sends answers. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/server_impl.h"

static const struct {
    const char *method;
    json_t *(*function)(struct request *r);
    const char *capability, *value;
    bool is_answered;
} requests[] = {
#define REQUEST(name, method, capability, value) {method, request_##name, capability, value, true},
#define NOTIFICATION(name, method, capability, value) {method, request_##name, capability, value, false},
#include "server/requests.def"
};

enum { REQUEST_COUNT = sizeof requests / sizeof *requests };

json_t *rpc_capabilities(const struct server *s)
{
    json_t *all = json_object();
    for (int i = 0; i < REQUEST_COUNT; i++) {
        if (requests[i].capability) {
            json_object_set_new(all, requests[i].capability,
                                json_loads(requests[i].value, JSON_DECODE_ANY, NULL));
        }
    }
    json_object_set_new(all, "positionEncoding",
                        json_string(s->encoding == ENCODING_UTF8 ? "utf-8" : "utf-16"));
    return all;
}

/* ---- out ---- */

/* Writes everything, waiting for a client that does not read. False: the client is gone. */
static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            (void)poll(&p, 1, -1);
        } else if (done < 0 && errno != EINTR) {
            return false;
        }
        bytes += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static void send_message(struct server *s, json_t *message)
{
    json_object_set_new(message, "jsonrpc", json_string("2.0"));
    char *text = json_dumps(message, JSON_COMPACT);
    char header[64];
    if (text) {
        int n = snprintf(header, sizeof header, "Content-Length: %zu\r\n\r\n", strlen(text));
        if (!write_all(s->options->out, header, (size_t)n) ||
            !write_all(s->options->out, text, strlen(text))) {
            s->is_over = true;
        }
    }
    free(text);
    json_decref(message);
}

static json_t *id_or_null(const json_t *id)
{
    return id ? json_deep_copy(id) : json_null();
}

void rpc_answer(struct server *s, const json_t *id, json_t *result)
{
    send_message(s, json_pack("{so, so}", "id", id_or_null(id), "result", result ? result : json_null()));
}

void rpc_refuse(struct server *s, const json_t *id, int code, const char *why)
{
    send_message(s, json_pack("{so, s{si, so}}", "id", id_or_null(id), "error", "code", code, "message",
                              json_text(why)));
}

json_t *request_refuse(struct request *r, int code, const char *why)
{
    if (r->id && !r->is_refused) {
        rpc_refuse(r->s, r->id, code, why);
    }
    r->is_refused = true;
    return NULL;
}

void rpc_notify(struct server *s, const char *method, json_t *params)
{
    send_message(s, json_pack("{ss, so}", "method", method, "params", params));
}

void rpc_bad_message(struct server *s, const char *why)
{
    rpc_refuse(s, NULL, RPC_PARSE_ERROR, why);
}

/* ---- in ---- */

static bool may_be_called(struct request *r, const char *method)
{
    struct server *s = r->s;
    if (strcmp(method, "exit") == 0) {
        return true;
    }
    if (!s->is_initialized && strcmp(method, "initialize") != 0) {
        return request_refuse(r, RPC_NOT_INITIALIZED, "the first request is 'initialize'");
    }
    if (s->is_shut_down) {
        return request_refuse(r, RPC_INVALID_REQUEST, "after 'shutdown' comes 'exit' alone");
    }
    return true;
}

static void call(struct request *r, const char *method)
{
    if (!may_be_called(r, method)) {
        return;
    }
    for (int i = 0; i < REQUEST_COUNT; i++) {
        if (strcmp(requests[i].method, method) == 0) {
            if (requests[i].is_answered && !r->id) {
                return; /* nobody waits for the answer */
            }
            json_t *result = requests[i].function(r);
            if (r->id && !r->is_refused && !r->is_later) {
                rpc_answer(r->s, r->id, result);
            } else {
                json_decref(result);
            }
            return;
        }
    }
    char why[200];
    snprintf(why, sizeof why, "there is no method '%s'", method);
    request_refuse(r, RPC_NO_METHOD, why); /* an unknown notification is not an error */
}

void rpc_handle(struct server *s, const char *body, size_t length)
{
    json_error_t error;
    json_t *message = json_loadb(body, length, JSON_ALLOW_NUL, &error);
    if (!message) {
        rpc_refuse(s, NULL, RPC_PARSE_ERROR, error.text);
        return;
    }
    const json_t *id = json_object_get(message, "id");
    const char *method = json_string_value(json_object_get(message, "method"));
    bool good_id = !id || json_is_integer(id) || json_is_string(id);
    if (!method || !good_id) {
        /* An answer to a request that was never sent has no method; it is dropped. */
        if (!json_is_object(message) || !good_id ||
            (!json_object_get(message, "result") && !json_object_get(message, "error"))) {
            rpc_refuse(s, good_id ? id : NULL, RPC_INVALID_REQUEST, "a message has a method and maybe an id");
        }
    } else {
        json_t *params = json_object_get(message, "params"), *none = json_object();
        struct request r = {.s = s, .id = id, .params = json_is_object(params) ? params : none};
        call(&r, method);
        json_decref(none);
    }
    json_decref(message);
}
