/* crnlc jupyter install: registers the kernel of the Python module with Jupyter, by a Python that also has
 * ipykernel. */
#define _GNU_SOURCE 1 /* for setenv */
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/command.h"
#include "runtime/crnl_utf8.h"

extern char **environ;

/* Returns the exit status; -1 if there is no such program. */
static int run(const char *program, const char *const *words, bool quiet)
{
    const char *argv[8] = {program};
    for (size_t i = 0; words[i] && i + 2 < sizeof argv / sizeof *argv; i++) {
        argv[i + 1] = words[i];
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (quiet) {
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
    }
    pid_t child;
    char *const *changeable;
    const char *const *constant = argv;
    memcpy(&changeable, &constant, sizeof changeable); /* posix_spawnp does not change them */
    int error = posix_spawnp(&child, program, &actions, NULL, changeable, environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    while (!error && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return error ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Sets the places to look for the module: where `make install` puts it, next to this program, and PYTHONPATH.
 * Tells the kernel the path of this program, which it asks for completions. */
static void tell_places(void)
{
    static const char relative[] = "/../lib/python3/dist-packages";
    char self[PATH_MAX], module[2 * PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        return;
    }
    self[n] = '\0';
    setenv("CRNLC", self, 1);
    char *slash = strrchr(self, '/');
    *(slash ? slash : self) = '\0';
    const char *given = getenv("PYTHONPATH");
    snprintf(module, sizeof module, "%s%s%s%.*s", self, relative, given ? ":" : "", PATH_MAX / 2,
             given ? given : "");
    setenv("PYTHONPATH", module, 1);
}

int command_jupyter(const struct options *o)
{
    if (o->files.n != 1 || strcmp(o->files.data[0], "install") != 0) {
        fprintf(
            stderr,
            "crnlc jupyter: 'crnlc jupyter install' is all there is; 'jupyter kernelspec remove crnl' takes "
            "it away\n");
        return EXIT_STATUS_USAGE;
    }
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    const char *const probe[] = {"-c", "import ipykernel, crnl", NULL};
    const char *const install[] = {"-m", "crnl.kernel", "install", o->prefix, NULL};
    tell_places();
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        const char *python = o->python ? o->python : pythons[i];
        if (run(python, probe, true) == 0) {
            return run(python, install, false) == 0 ? EXIT_STATUS_OK : EXIT_STATUS_ERROR;
        }
    }
    crnl_say(stderr,
             "crnlc jupyter: %s has not both of the modules ipykernel and crnl; Debian's packages are "
             "python3-ipykernel and "
             "python3-crnl\n",
             o->python ? o->python : "python3");
    return EXIT_STATUS_ERROR;
}
