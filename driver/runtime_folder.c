#include "driver/runtime_folder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"

const char *runtime_folder(char *folder, size_t size)
{
    static const char *const relative[] = {"", "/runtime", "/../lib/crnlc", "/../lib64/crnlc"};
    char self[PATH_MAX];
    char probe[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        if (slash) {
            *slash = '\0';
        }
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
