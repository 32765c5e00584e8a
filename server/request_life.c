/* The requests initialize, shutdown and exit, and notifications in between that need no answer. */
#include <string.h>

#include "build_config.h"
#include "server/server_impl.h"

json_t *request_initialize(struct request *r)
{
    struct server *s = r->s;
    if (s->is_initialized) {
        return request_refuse(r, RPC_INVALID_REQUEST, "'initialize' comes once");
    }
    const json_t *general = json_object_get(json_object_get(r->params, "capabilities"), "general");
    size_t i;
    json_t *encoding;
    json_array_foreach(json_object_get(general, "positionEncodings"), i, encoding)
    {
        const char *name = json_string_value(encoding);
        if (name && strcmp(name, "utf-8") == 0) {
            s->encoding = ENCODING_UTF8;
        }
    }
    s->is_initialized = true;
    return json_pack("{so, s{ss, ss}}", "capabilities", rpc_capabilities(s), "serverInfo", "name", "crnlc",
                     "version", CRNL_VERSION);
}

json_t *request_shutdown(struct request *r)
{
    r->s->is_shut_down = true;
    jobs_end(r->s);
    return NULL;
}

json_t *request_exit(struct request *r)
{
    r->s->is_over = true;
    return NULL;
}

json_t *request_cancel(struct request *r)
{
    const json_t *id = json_object_get(r->params, "id");
    if (id) {
        job_end_of_request(r->s, id);
    }
    return NULL;
}

json_t *request_initialized(struct request *r)
{
    (void)r;
    return NULL;
}

json_t *request_trace(struct request *r)
{
    (void)r;
    return NULL;
}

json_t *request_configured(struct request *r)
{
    (void)r;
    return NULL;
}
