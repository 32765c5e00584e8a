/* The language server: the protocol of editors (LSP 3.17) on two file descriptors. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

struct server_options {
    const char *stdlib_dir; /* modules are sought here before the embedded ones; NULL: embedded only */
    const char *library; /* folder in which the modules of the library lie as files, to be shown; or NULL */
    int in, out;
};

/* Serves until the client says `exit` or closes its end. The exit status: 0 after `shutdown`, else 1. */
int server_run(const struct server_options *o);

#endif
