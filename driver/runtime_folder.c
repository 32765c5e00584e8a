#include "driver/runtime_folder.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"

/* Finds the folder of this program; false: it is not known. */
static bool own_folder(char self[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", self, PATH_MAX - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash) {
        *slash = '\0';
    }
    return n > 0;
}

const char *shared_folder(const char *name, char *folder, size_t size)
{
    char self[PATH_MAX], whole[2 * PATH_MAX], real[PATH_MAX];
    bool known = own_folder(self);
    for (int i = known ? 0 : 1; i < 2; i++) {
        snprintf(whole, sizeof whole, "%s%s/%s", i == 0 ? self : CRNL_DATADIR,
                 i == 0 ? "/../share/crnlc" : "", name);
        if (realpath(whole, real) && strlen(real) < size) {
            strcpy(folder, real);
            return folder;
        }
    }
    return NULL;
}

const char *runtime_folder(char *folder, size_t size)
{
    static const char *const relative[] = {"", "/runtime", "/../lib/crnlc", "/../lib64/crnlc"};
    char self[PATH_MAX];
    char probe[PATH_MAX + 64];
    if (own_folder(self)) {
        for (size_t i = 0; i < sizeof relative / sizeof relative[0]; i++) {
            snprintf(probe, sizeof probe, "%s%s/%s", self, relative[i], RUNTIME_LIBRARY);
            if (access(probe, R_OK) == 0) {
                snprintf(folder, size, "%s%s", self, relative[i]);
                return folder;
            }
        }
    }
    snprintf(probe, sizeof probe, "%s/%s", CRNL_LIBDIR, RUNTIME_LIBRARY);
    if (access(probe, R_OK) == 0) {
        snprintf(folder, size, "%s", CRNL_LIBDIR);
        return folder;
    }
    return NULL;
}
