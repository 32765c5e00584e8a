/* The language server: the Language Server Protocol 3.17 on two file descriptors. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

struct server_options {
    /* folder of modules that come before the embedded ones; NULL: embedded modules only */
    const char *stdlib_dir;
    const char *library; /* folder with the library's modules as files, which editors can show; or NULL */
    int in, out;
};

/* Serves until the client sends `exit` or closes the connection. Returns the exit status: 0 after `shutdown`,
 * else 1. */
int server_run(const struct server_options *o);

#endif
