/* libFuzzer target: any bytes as what a client of the language server sends. Each line is the body of a message;
 * a text that begins with a header is taken as it is. A document is open before, so that questions find
 * something. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/server_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char initialize[] =
    "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}";
static const char open_text[] = "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/"
                                "didOpen\",\"params\":{\"textDocument\":{\"uri\":\"file:///a.crnl\","
                                "\"version\":1,\"text\":\"use std.majority;\\nnetwork n(k = 1) {\\n  species "
                                "A = 1, B;\\n  r: A ->{k} B;\\n}\\n"
                                "experiment e { run n for 1; print n.A; }\\n\"}}}";

static void take(struct server *s)
{
    struct message m;
    enum message_state state;
    while ((state = message_next(&s->reader, &m)) != MESSAGE_NONE) {
        if (state == MESSAGE_READY) {
            rpc_handle(s, m.body, m.length);
        } else {
            rpc_bad_message(s, m.why);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct server_options options = {.in = open("/dev/null", O_RDONLY), .out = open("/dev/null", O_WRONLY)};
    struct server s = {.options = &options};
    rpc_handle(&s, initialize, sizeof initialize - 1);
    rpc_handle(&s, open_text, sizeof open_text - 1);
    if (size >= 8 && memcmp(bytes, "Content-", 8) == 0) {
        for (size_t i = 0; i < size; i += 7) { /* in pieces */
            message_feed(&s.reader, bytes + i, size - i < 7 ? size - i : 7);
            take(&s);
        }
    } else {
        for (size_t i = 0, n; i < size; i += n + 1) {
            const char *end = memchr(bytes + i, '\n', size - i);
            n = end ? (size_t)(end - bytes) - i : size - i;
            rpc_handle(&s, bytes + i, n);
        }
    }
    jobs_end(&s);
    documents_free(&s);
    message_reader_free(&s.reader);
    close(options.in);
    close(options.out);
    return 0;
}
