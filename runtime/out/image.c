/* `image`: shows an array as a picture. */
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/rt_ctx.h"

enum { LEAST_SIDE = 200, MAX_SIDE = 1 << 15 };

struct picture {
    const double *v;
    int32_t rows, columns, scale; /* scale: length in pixels of the sides of a value's square */
    double low, high;
};

/* Writes one line of pixels. */
static void put_line(const struct picture *p, int32_t row, png_byte *line)
{
    double factor = p->high > p->low ? 255 / (p->high - p->low) : 0;
    for (int32_t c = 0; c < p->columns; c++) {
        double grey = (p->v[(size_t)row * (size_t)p->columns + (size_t)c] - p->low) * factor;
        memset(line + (size_t)c * (size_t)p->scale, (png_byte)(grey + 0.5), (size_t)p->scale);
    }
}

/* libpng writes to memory, after reporting the size that it needs. */
static int write_png(const struct picture *p, const png_byte *pixels, struct rt_file *file,
                     struct rt_error *e)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)(p->columns * p->scale),
                       .height = (png_uint_32)(p->rows * p->scale),
                       .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = 0;
    png_byte *bytes = NULL;
    bool good = png_image_write_to_memory(&image, NULL, &size, 0, pixels, 0, NULL);
    if (good) {
        bytes = rt_alloc(size, 1);
        good = png_image_write_to_memory(&image, bytes, &size, 0, pixels, 0, NULL);
    }
    if (good) {
        rt_file_write(file, bytes, size, e);
    } else {
        rt_fail(e, CRNL_FILE, "the image `%s` cannot be made: %s", file->path, image.message);
    }
    free(bytes);
    png_image_free(&image);
    return e->status;
}

/* Makes each value a square. */
static png_byte *make_pixels(const struct picture *p)
{
    size_t width = (size_t)p->columns * (size_t)p->scale;
    png_byte *pixels = rt_alloc(width * (size_t)p->rows * (size_t)p->scale, 1), *line = pixels;
    for (int32_t row = 0; row < p->rows; row++) {
        const png_byte *first = line;
        put_line(p, row, line);
        for (int32_t i = 1; i < p->scale; i++) {
            memcpy(line + (size_t)i * width, first, width);
        }
        line += (size_t)p->scale * width;
    }
    return pixels;
}

static int find_range(struct picture *p, struct rt_error *e)
{
    int64_t n = (int64_t)p->rows * p->columns;
    p->low = INFINITY;
    p->high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(p->v[i])) {
            return rt_fail(e, CRNL_BAD_ARGUMENT,
                           "the value at row %lld, column %lld of the image is not finite",
                           (long long)(i / p->columns), (long long)(i % p->columns));
        }
        p->low = fmin(p->low, p->v[i]);
        p->high = fmax(p->high, p->v[i]);
    }
    return CRNL_OK;
}

int crnl_image(struct crnl_ctx *ctx, const double *v, int32_t rows, int32_t columns, const char *file,
               int32_t line)
{
    int32_t longer = rows > columns ? rows : columns;
    struct picture p = {.v = v, .rows = rows, .columns = columns};
    struct rt_error e = {0};
    struct rt_file out;
    if (longer > MAX_SIDE) {
        return crnl_fail(ctx, CRNL_BAD_ARGUMENT, line,
                         "an image of %d by %d values is past the limit of %d a side", rows, columns,
                         MAX_SIDE);
    }
    p.scale = longer < LEAST_SIDE ? (LEAST_SIDE + longer - 1) / longer : 1;
    if (find_range(&p, &e)) {
        return rt_fail_at(ctx, line, &e);
    }
    char *path = ctx->options.closer || ctx->options.mute ? NULL : rt_output_path(ctx, file, line, &e);
    if (path && !rt_file_open(&out, path, &e)) {
        png_byte *pixels = make_pixels(&p);
        if (write_png(&p, pixels, &out, &e)) {
            rt_file_discard(&out);
        }
        free(pixels);
        rt_file_finish(&out, &e);
    }
    free(path);
    return rt_fail_at(ctx, line, &e);
}
