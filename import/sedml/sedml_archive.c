/* COMBINE archives. Members are read when they are needed, into texts of the sources; nothing is written to
 * the disk. */
#include <string.h>
#include <zip.h>

#include "import/sedml/sedml_impl.h"
#include "support/zip/libzip.h"

enum { MAX_MEMBERS = 100000, DEFAULT_UNPACKED = 256 << 20 };

struct sedml_archive {
    zip_t *zip;
    const char *path;
    int64_t left; /* bytes that may still be unpacked */
};

static int64_t limit(const struct sedml *s)
{
    return s->options->max_unpacked ? s->options->max_unpacked : DEFAULT_UNPACKED;
}

/* Whether a name, appended to a folder, stays below it: it has no root, no drive and no `..` that leads
 * out. */
static bool leads_out(const char *name)
{
    int depth = 0;
    for (const char *at = name; *at;) {
        size_t n = strcspn(at, "/\\");
        depth += n == 2 && strncmp(at, "..", 2) == 0 ? -1 : n == 0 || (n == 1 && *at == '.') ? 0 : 1;
        if (depth < 0) {
            return true;
        }
        at += n + (at[n] != '\0');
    }
    return *name == '/' || *name == '\\' || strchr(name, ':') || strchr(name, '\\');
}

static bool check_names(struct sedml *s, const struct sedml_archive *a)
{
    zip_int64_t n = zip_get_num_entries(a->zip, 0);
    if (n > MAX_MEMBERS) {
        return diag_report(
            s->diag, DIAG_E0833, (struct span){0},
            "%s: an archive of more than %d files\n  help: unpack it, and run the file .sedml in it", a->path,
            MAX_MEMBERS);
    }
    struct map seen = {0};
    bool good = true;
    for (zip_int64_t i = 0; i < n && good; i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, 0);
        if (!name) {
            good = diag_report(
                s->diag, DIAG_E0831, (struct span){0},
                "%s: a file of this archive has no name that can be read\n  help: pack it again, by zip",
                a->path);
        } else if (leads_out(name)) {
            good = diag_report(s->diag, DIAG_E0831, (struct span){0},
                               "%s: the archive has a file outside of it: %s\n  help: pack it again, by zip "
                               "in the folder of its "
                               "files",
                               a->path, name);
        } else if (!map_add(&seen, name, 0)) {
            good = diag_report(
                s->diag, DIAG_E0831, (struct span){0},
                "%s: the archive has %s twice\n  help: pack it again, by zip in the folder of its files",
                a->path, name);
        }
    }
    map_free(&seen);
    return good;
}

struct sedml_archive *sedml_archive_open(struct sedml *s, uint32_t file, const char *path)
{
    if (!libzip_load(s->diag)) {
        return NULL;
    }
    size_t length;
    const char *text = sources_text(s->sources, file, &length);
    struct sedml_archive *a = arena_alloc(s->arena, sizeof *a);
    *a = (struct sedml_archive){.path = path, .left = limit(s)};
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(text, length, 0, &error);
    a->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!a->zip) {
        diag_report(s->diag, DIAG_E0831, (struct span){0},
                    "%s: this is no archive in the format zip: %s\n  help: fetch or pack it again; a single "
                    "file .sedml is "
                    "run as it is",
                    path, zip_error_strerror(&error));
        zip_source_free(source);
    }
    zip_error_fini(&error);
    if (a->zip && !check_names(s, a)) {
        zip_discard(a->zip);
        a->zip = NULL;
    }
    return a->zip ? a : NULL;
}

void sedml_archive_close(struct sedml_archive *a)
{
    if (a && a->zip) {
        zip_discard(a->zip);
    }
}

/* Reads a whole member, up to the number of bytes that may be unpacked. */
static uint32_t unpack(struct sedml *s, zip_uint64_t index, const char *path, struct span from)
{
    enum { PIECE = 1 << 16 };
    struct sedml_archive *a = s->archive;
    zip_file_t *in = zip_fopen_index(a->zip, index, 0);
    VEC(char) text = {0};
    zip_int64_t got = in ? 1 : -1;
    while (got > 0 && (int64_t)text.n <= a->left) {
        vec_reserve(&text, text.n + PIECE);
        got = zip_fread(in, text.data + text.n, PIECE);
        text.n += got > 0 ? (size_t)got : 0;
    }
    if (in) {
        zip_fclose(in);
    }
    uint32_t file = 0;
    if (got < 0) {
        diag_report(s->diag, DIAG_E0831, from,
                    "%s cannot be unpacked: it is damaged or encrypted\n  help: fetch or pack the archive "
                    "again, without a password",
                    path);
    } else if ((int64_t)text.n > a->left || !(file = sources_add_made(s->sources, path, text.data, text.n))) {
        diag_report(s->diag, DIAG_E0833, from, "%s unpacks to more than the limit, %lld bytes for all files",
                    path, (long long)limit(s));
        diag_help(s->diag, "allow more with --max-unpacked MIB");
    } else {
        a->left -= (int64_t)text.n;
    }
    vec_free(&text);
    return file;
}

/* Adds the help: the files that the archive has. */
static void help_members(struct sedml *s, const char *member)
{
    enum { MOST_KNOWN = 100 };
    const char *known[MOST_KNOWN];
    size_t n = 0;
    for (zip_int64_t i = 0; i < zip_get_num_entries(s->archive->zip, 0) && n < MOST_KNOWN; i++) {
        known[n++] = zip_get_name(s->archive->zip, (zip_uint64_t)i, 0);
    }
    diag_help_known(s->diag, member, known, n);
}

uint32_t sedml_archive_read(struct sedml *s, const char *member, struct span from)
{
    struct sedml_archive *a = s->archive;
    const char *path = arena_printf(s->arena, "%s/%s", a->path, member);
    for (uint32_t i = 1; i <= sources_count(s->sources); i++) {
        if (strcmp(sources_name(s->sources, i), path) == 0) {
            return i;
        }
    }
    zip_int64_t index = zip_name_locate(a->zip, member, 0);
    if (index < 0) {
        diag_report(s->diag, DIAG_E0202, from, "%s has no file %s", a->path, member);
        help_members(s, member);
        return 0;
    }
    return unpack(s, (zip_uint64_t)index, path, from);
}

/* ---- which of its files ---- */

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* For an archive without manifest. */
static const char *only_description(struct sedml *s)
{
    const struct sedml_archive *a = s->archive;
    const char *found = NULL;
    for (zip_int64_t i = 0; i < zip_get_num_entries(a->zip, 0); i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, 0);
        if (ends_in(name, ".sedml") && found) {
            diag_report(s->diag, DIAG_E0831, (struct span){0},
                        "%s: the archive has no manifest.xml that says which description of simulations is "
                        "meant: %s or %s\n  help: unpack it, and run one of them",
                        a->path, found, name);
            return NULL;
        }
        found = ends_in(name, ".sedml") ? arena_strdup(s->arena, name) : found;
    }
    if (!found) {
        diag_report(s->diag, DIAG_E0831, (struct span){0},
                    "%s: the archive has no description of simulations, no file .sedml\n  help: unpack it, "
                    "and import its model in a program of crnlc",
                    a->path);
    }
    return found;
}

static const char *location(const xmlNode *content)
{
    const char *name = sedml_text_of(content, "location");
    while (name[0] == '.' && name[1] == '/') {
        name += 2;
    }
    return name;
}

const char *sedml_archive_main(struct sedml *s)
{
    struct sedml_archive *a = s->archive;
    if (zip_name_locate(a->zip, "manifest.xml", 0) < 0) {
        return only_description(s);
    }
    uint32_t file = sedml_archive_read(s, "manifest.xml", (struct span){0});
    struct sedml_xml *xml = file ? sedml_xml_read(s, file) : NULL;
    const xmlNode *one = NULL, *other = NULL, *master = NULL,
                  *root = xml ? xmlDocGetRootElement(xml->doc) : NULL;
    if (!root) {
        return NULL;
    }
    for (const xmlNode *c = sedml_child(root, "content"); c; c = sedml_next(c, "content")) {
        if (leads_out(location(c))) {
            return sedml_refuse(s, DIAG_E0831, c, "location",
                                "this is no file of the archive: %s\n  help: leave this line out of the "
                                "manifest, or pack the "
                                "file too",
                                location(c));
        }
        if (strstr(sedml_text_of(c, "format"), "sed-ml")) {
            bool is_master = strcmp(sedml_text_of(c, "master"), "true") == 0;
            master = is_master && !master ? c : master;
            other = one && !other ? c : other;
            one = one ? one : c;
        }
    }
    if (!one) {
        return sedml_refuse(
            s, DIAG_E0831, root, NULL,
            "the manifest names no description of simulations (SED-ML)\n  help: unpack the archive, and run "
            "a file .sedml in it, or import its model in a program of crnlc");
    }
    if (!master && other) {
        sedml_refuse(s, DIAG_E0831, other, "location",
                     "a second description of simulations, and neither is said to be the master: %s",
                     location(other));
        diag_note(s->diag, sedml_place_of(one, "location"), "the first");
        diag_help(s->diag, "unpack the archive and run one of them, or write master=\"true\" to it");
        return NULL;
    }
    return arena_strdup(s->arena, location(master ? master : one));
}
