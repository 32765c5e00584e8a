#define _GNU_SOURCE 1 /* for gnu_get_libc_version; the times of statx are those of stat here */
#include "driver/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "driver/runtime_folder.h"
#include "runtime/crnl_file.h"
#include "support/hash.h"
#include "support/mem.h"
#include "support/source.h"
#include "runtime/crnl_utf8.h"

enum { NAME_LENGTH = 32 };     /* of a digest as hexadecimal digits */
enum { MOST_MEGABYTES = 512 }; /* default, which CRNL_CACHE_MIB replaces */
/* least processor time of compiling, in seconds, for a program to be kept */
static const double WORTH_IT = 0.05;
static const char FORM[] = "crnl cache 1";

/* ---- Digests of 128 bits ---- */

struct digest {
    uint64_t half[2];
};

struct cache {
    struct digest name;    /* of the command line and the compiler */
    char *folder, *list;   /* list: path of the list of files */
    struct timespec since; /* time of cache_open, by the clock of file times */
};

static void add_word(struct digest *d, uint64_t word)
{
    d->half[0] = hash_mix(d->half[0], word);
    d->half[1] = hash_mix(d->half[1] + 0x9E3779B97F4A7C15u, word ^ d->half[0]);
}

static void add_bytes(struct digest *d, const void *data, size_t n)
{
    const char *at = data;
    uint64_t word;
    for (; n >= sizeof word; at += sizeof word, n -= sizeof word) {
        memcpy(&word, at, sizeof word);
        add_word(d, word);
    }
    word = 0;
    memcpy(&word, at, n);
    add_word(d, word);
    add_word(d, n + 1);
}

static void add_text(struct digest *d, const char *text)
{
    add_bytes(d, text, strlen(text) + 1);
}

/* Adds a file of the installation to the digest by its inode, size and times, which change when it is
 * replaced. */
static void add_version(struct digest *d, const char *path)
{
    struct stat s = {0};
    if (stat(path, &s) == 0) {
        const uint64_t words[] = {(uint64_t)s.st_dev,          (uint64_t)s.st_ino,
                                  (uint64_t)s.st_size,         (uint64_t)s.st_mtim.tv_sec,
                                  (uint64_t)s.st_mtim.tv_nsec, (uint64_t)s.st_ctim.tv_sec,
                                  (uint64_t)s.st_ctim.tv_nsec};
        add_bytes(d, words, sizeof words);
    }
}

static bool add_contents(struct digest *d, const char *path)
{
    enum { PIECE = 1 << 16 };
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat s;
    bool good = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
    char *piece = mem_alloc(PIECE);
    ssize_t n = 1;
    while (good && n > 0) {
        n = read(fd, piece, PIECE);
        good = n >= 0;
        if (n > 0) {
            add_bytes(d, piece, (size_t)n);
        }
    }
    free(piece);
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

static char *path_of(const char *folder, const struct digest *d, const char *ending)
{
    char *path = mem_alloc(strlen(folder) + 1 + NAME_LENGTH + strlen(ending) + 1);
    sprintf(path, "%s/%016llx%016llx%s", folder, (unsigned long long)d->half[0],
            (unsigned long long)d->half[1], ending);
    return path;
}

/* ---- Which programs are kept ---- */

static bool is_word(const struct options *o, const char *name)
{
    for (size_t i = 0; i < o->program.n; i++) {
        if (strncmp(o->program.data[i], name, strlen(name)) == 0) {
            return true;
        }
    }
    return false;
}

/* False for command lines whose program is not kept. Options that show how it is compiled need a compilation.
 * Ranks of MPI must all execute the same file. A checkpoint must find the program that it belongs to. With a
 * folder of modules, a new module could hide one of another folder. */
static bool is_plain(const struct options *o, const char *file)
{
    return o->command == COMMAND_RUN && strcmp(file, "-") != 0 && !o->no_cache && o->engine == ENGINE_AUTO &&
           o->compile_after < 0 && !o->json && !o->time && !o->werror && !o->explain_conventions &&
           !o->stdlib_dir && !o->pass.remarks && !o->pass.dump_ir && !o->pass.print_changed &&
           !o->pass.verify && !o->pass.time && crnl_rank() == 0 && !crnl_is_launched() &&
           !is_word(o, "--checkpoint") && !is_word(o, "--resume") && !is_word(o, "--help");
}

/* The folder of the cache, to be freed; NULL: there is none. */
static char *find_folder(void)
{
    const char *given = getenv("CRNL_CACHE"), *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (given) {
        return *given ? mem_strdup(given) : NULL;
    }
    bool has_base = base && *base == '/';
    if (!has_base && !(home && *home == '/')) {
        return NULL;
    }
    const char *from = has_base ? base : home, *to = has_base ? "/crnlc" : "/.cache/crnlc";
    char *folder = mem_alloc(strlen(from) + strlen(to) + 1);
    sprintf(folder, "%s%s", from, to);
    return folder;
}

/* The digest of the compiler, the runtime library, the machine, the C library, the current folder and the
 * command line. */
static struct digest name_of(const struct options *o, const char *file)
{
    struct digest d = {{1, 2}};
    struct utsname machine;
    char folder[PATH_MAX + 64];
    add_text(&d, FORM);
    add_version(&d, "/proc/self/exe");
    if (runtime_folder(folder, sizeof folder - sizeof RUNTIME_LIBRARY)) {
        strcat(strcat(folder, "/"), RUNTIME_LIBRARY);
        add_version(&d, folder);
    }
    if (uname(&machine) == 0) {
        add_text(&d, machine.machine);
    }
    add_text(&d, gnu_get_libc_version());
    add_text(&d, getcwd(folder, sizeof folder) ? folder : "");
    add_text(&d, file);
    for (size_t i = 0; i < o->words.n; i++) {
        add_text(&d, o->words.data[i]);
    }
    return d;
}

struct cache *cache_open(const struct options *o, const char *file)
{
    char *folder = is_plain(o, file) ? find_folder() : NULL;
    if (!folder) {
        return NULL;
    }
    struct cache *c = mem_alloc(sizeof *c);
    struct digest d = name_of(o, file);
    *c = (struct cache){.name = d, .folder = folder, .list = path_of(folder, &d, ".list")};
    clock_gettime(CLOCK_REALTIME_COARSE, &c->since);
    return c;
}

void cache_close(struct cache *c)
{
    if (c) {
        free(c->folder);
        free(c->list);
        free(c);
    }
}

/* ---- Finding ---- */

/* Whether the folder is this user's and no one else may write to it, since files in it are executed. */
static bool is_own(const char *folder)
{
    struct stat s;
    return stat(folder, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() && !(s.st_mode & 022);
}

/* Path of the executable for the list of files and their present contents, to be freed; NULL if one of the
 * files is missing. */
static char *program_of(const struct cache *c, const char *list, size_t n)
{
    struct digest d = c->name;
    add_bytes(&d, list, n);
    for (const char *at = list; at < list + n; at += strlen(at) + 1) {
        if (!add_contents(&d, at)) {
            return NULL;
        }
    }
    return path_of(c->folder, &d, ".run");
}

/* Reads a list of paths, each with its final NUL; to be freed, NULL: there is none. */
static char *read_list(const char *path, size_t *n)
{
    FILE *in = fopen(path, "rbe");
    if (!in) {
        return NULL;
    }
    VEC(char) list = {0};
    size_t got = 1;
    while (got > 0) {
        vec_reserve(&list, list.n + PATH_MAX);
        got = fread(list.data + list.n, 1, PATH_MAX, in);
        list.n += got;
    }
    bool good = !ferror(in) && list.n > 0 && list.data[list.n - 1] == '\0';
    fclose(in);
    if (!good) {
        vec_free(&list);
        return NULL;
    }
    *n = list.n;
    return list.data;
}

void cache_execute(const struct cache *c, char **words)
{
    size_t n;
    char *list = c && is_own(c->folder) ? read_list(c->list, &n) : NULL;
    char *program = list ? program_of(c, list, n) : NULL;
    if (program && utimensat(AT_FDCWD, program, NULL, 0) == 0) { /* marks it as used now */
        fflush(NULL);
        execv(program, words);
    }
    free(program);
    free(list);
}

/* ---- Keeping ---- */

struct list {
    VEC(char) text;
    struct timespec since;
    bool is_old; /* no file that was read has changed since cache_open */
};

static void add_file(void *env, const char *path)
{
    struct list *l = env;
    struct stat s;
    char *real = realpath(path, NULL);
    bool good = real && stat(real, &s) == 0 && S_ISREG(s.st_mode);
    l->is_old &= good && (s.st_ctim.tv_sec < l->since.tv_sec ||
                          (s.st_ctim.tv_sec == l->since.tv_sec && s.st_ctim.tv_nsec < l->since.tv_nsec));
    for (const char *at = real; good && (at == real || at[-1]); at++) {
        vec_push(&l->text, *at);
    }
    free(real);
}

static bool list_files(struct list *l, const struct pipeline *p)
{
    for (uint32_t i = 1; i <= sources_count(p->sources); i++) {
        const char *path = sources_path(p->sources, i);
        if (path) {
            add_file(l, path);
        }
    }
    for (size_t i = 0; i < p->program->data.n; i++) {
        crnl_data_each_file(&p->program->data.data[i], p->options->data_dir, add_file, l);
    }
    return l->is_old && l->text.n > 0;
}

/* Whether parameters of models were read from files at compile time, which makes them part of the program. */
static bool has_values(const struct program *p)
{
    for (size_t i = 0; i < p->neural.n; i++) {
        if (p->neural.data[i].value) {
            return true;
        }
    }
    return false;
}

struct kept {
    char *path;
    off_t size;
    struct timespec used;
};

static int by_use(const void *a, const void *b)
{
    const struct timespec *x = &((const struct kept *)a)->used, *y = &((const struct kept *)b)->used;
    return x->tv_sec != y->tv_sec ? (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec)
                                  : (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes the programs that were not used for the longest time, until the rest is small enough. */
static void tidy(const char *folder)
{
    const char *given = getenv("CRNL_CACHE_MIB");
    double most = (given && *given ? strtod(given, NULL) : MOST_MEGABYTES) * 0x1p20, all = 0;
    VEC(struct kept) kept = {0};
    DIR *in = opendir(folder);
    for (struct dirent *d; in && (d = readdir(in)) != NULL;) {
        struct stat s;
        size_t length = strlen(d->d_name);
        bool is_ours = length > NAME_LENGTH && d->d_name[NAME_LENGTH] == '.';
        if (is_ours && fstatat(dirfd(in), d->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode)) {
            char *path = mem_alloc(strlen(folder) + length + 2);
            sprintf(path, "%s/%s", folder, d->d_name);
            vec_push(&kept, ((struct kept){path, s.st_size, s.st_mtim}));
            all += (double)s.st_size;
        }
    }
    if (in) {
        closedir(in);
    }
    if (kept.n > 1) {
        qsort(kept.data, kept.n, sizeof *kept.data, by_use);
    }
    for (size_t i = 0; i < kept.n; i++) {
        if (all > most) {
            unlink(kept.data[i].path);
            all -= (double)kept.data[i].size;
        }
        free(kept.data[i].path);
    }
    vec_free(&kept);
}

static bool make_folder(const char *folder)
{
    char *path = mem_strdup(folder);
    for (char *at = path + 1; *at; at++) {
        if (*at == '/') {
            *at = '\0';
            mkdir(path, 0700);
            *at = '/';
        }
    }
    bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
    free(path);
    return good && is_own(folder) && access(folder, W_OK | X_OK) == 0;
}

/* Writes the executable as `crnlc build` does. Errors are not reported, since the program itself has run. */
static bool write_program(struct pipeline *p, const char *path)
{
    char folder[PATH_MAX + 64];
    const char *runtime = runtime_folder(folder, sizeof folder);
    struct diag *diag = diag_create(p->sources);
    bool good =
        runtime && codegen_write(p->program, p->plans, &p->codegen, OUTPUT_EXECUTABLE, path, runtime, diag);
    diag_destroy(diag);
    return good;
}

/* Whether errors about the folder are reported: not if it is the default and missing, since nobody asked for
 * it. */
static bool is_of_concern(const char *folder)
{
    struct stat s;
    return getenv("CRNL_CACHE") || stat(folder, &s) == 0;
}

void cache_store(const struct cache *c, struct pipeline *p, double seconds)
{
    struct list l = {.is_old = true};
    if (!c || seconds < WORTH_IT || diag_count(p->diag) > 0 || has_values(p->program)) {
        return;
    }
    l.since = c->since;
    if (list_files(&l, p)) {
        if (make_folder(c->folder)) {
            char *program = program_of(c, l.text.data, l.text.n);
            if (program && write_program(p, program)) {
                crnl_file_put(c->list, false, l.text.data, l.text.n);
                tidy(c->folder);
            }
            free(program);
        } else if (is_of_concern(c->folder)) {
            crnl_say(stderr,
                     "warning: %s is not kept for later starts: %s cannot be written by this user alone\n"
                     "  help: CRNL_CACHE=FOLDER names another folder, --no-cache keeps nothing\n",
                     p->program->file, c->folder);
        }
    }
    vec_free(&l.text);
}
