/* crnlc lsp: serves an editor on standard input and output. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "build_config.h"
#include "driver/command.h"
#include "driver/runtime_folder.h"
#include "server/server.h"
#include "runtime/crnl_utf8.h"

/* Standard output is only for messages; everything else that is printed goes to standard error. */
int command_lsp(const struct options *o)
{
    if (o->files.n > 0) {
        crnl_say(stderr, "crnlc lsp: no file is given: an editor says what it has open\n");
        return EXIT_STATUS_USAGE;
    }
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        perror("crnlc lsp");
        return EXIT_STATUS_ERROR;
    }
    char library[PATH_MAX];
    signal(SIGPIPE, SIG_IGN); /* a client that is gone then shows as an error of writing */
    return server_run(&(struct server_options){.stdlib_dir = o->stdlib_dir,
                                               .library = shared_folder("stdlib", library, sizeof library),
                                               .in = STDIN_FILENO,
                                               .out = out});
}
