#include "server/uri.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "support/mem.h"

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

char *uri_to_path(const char *uri)
{
    static const char scheme[] = "file://";
    if (strncmp(uri, scheme, sizeof scheme - 1) != 0) {
        return mem_strdup(uri);
    }
    const char *from = uri + sizeof scheme - 1;
    const char *slash = strchr(from, '/'); /* behind the name of the host, which is this one */
    from = slash ? slash : from;
    char *path = mem_alloc(strlen(from) + 1), *to = path;
    while (*from) {
        int high = from[0] == '%' ? digit(from[1]) : -1, low = high >= 0 ? digit(from[2]) : -1;
        bool escaped = low >= 0 && high * 16 + low > 0;
        *to++ = escaped ? (char)(high * 16 + low) : *from;
        from += escaped ? 3 : 1;
    }
    *to = '\0';
    return path;
}

char *uri_of_path(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *uri = mem_alloc(strlen("file://") + 3 * strlen(path) + 1), *to = uri + strlen("file://");
    memcpy(uri, "file://", strlen("file://"));
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (isalnum(c) || strchr("/-._~", c)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    *to = '\0';
    return uri;
}
