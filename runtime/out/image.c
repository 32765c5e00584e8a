/* `image`: an array as a picture. */
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

#include "runtime/rt_ctx.h"

enum { LEAST_SIDE = 200, MAX_SIDE = 1 << 15 };

struct picture {
    const double *v;
    int32_t rows, columns, scale; /* scale: pixels a side of one value */
    double low, high;
};

/* One line of pixels. */
static void put_line(const struct picture *p, int32_t row, png_byte *line)
{
    double factor = p->high > p->low ? 255 / (p->high - p->low) : 0;
    for (int32_t c = 0; c < p->columns; c++) {
        double grey = (p->v[(size_t)row * (size_t)p->columns + (size_t)c] - p->low) * factor;
        for (int32_t i = 0; i < p->scale; i++) {
            line[c * p->scale + i] = (png_byte)(grey + 0.5);
        }
    }
}

/* libpng would print them. */
static void keep_error(png_structp png, png_const_charp message)
{
    rt_fail(png_get_error_ptr(png), CRNL_FILE, "the image cannot be made: %s", message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* An error stays with the file, which is then not finished. */
static void write_data(png_structp png, png_bytep data, png_size_t n)
{
    struct rt_file *file = png_get_io_ptr(png);
    crnl_file_write(file->file, data, n);
}

static void flush_data(png_structp png)
{
    (void)png;
}

/* libpng leaves by a jump: what is released behind it is not changed after setjmp. */
static int write_png(const struct picture *p, struct rt_file *file, png_byte *line, struct rt_error *e)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, e, keep_error, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return rt_fail(e, CRNL_MEMORY, "no memory for the image `%s`", file->path);
    }
    png_set_write_fn(png, file, write_data, flush_data);
    png_set_IHDR(png, info, (png_uint_32)(p->columns * p->scale), (png_uint_32)(p->rows * p->scale), 8,
                 PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int32_t row = 0; row < p->rows; row++) {
        put_line(p, row, line);
        for (int32_t i = 0; i < p->scale; i++) {
            png_write_row(png, line);
        }
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return CRNL_OK;
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
    char *path = ctx->options.closer ? NULL : rt_output_path(ctx, file, &e);
    if (path && !rt_file_open(&out, path, &e)) {
        png_byte *pixels = rt_alloc((size_t)(columns * p.scale), 1);
        if (write_png(&p, &out, pixels, &e)) {
            rt_file_discard(&out);
        }
        free(pixels);
        rt_file_finish(&out, &e);
    }
    free(path);
    return rt_fail_at(ctx, line, &e);
}
