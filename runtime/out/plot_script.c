/* The gnuplot script of a picture. Lengths are those of a journal's column, 8.5 cm with letters of 8 points,
 * or of a slide, unless the program gives others. */
#include <math.h>
#include <string.h>

#include "rt_plot.h"

static const double POINTS_PER_CM = 72 / 2.54, PIXELS_PER_CM = 96 / 2.54;
static const double LETTER_WIDTH = 0.56, SPACE_WIDTH = 0.28; /* on average, in heights */
enum { PNG_DPI = 300, LETTERS = 8, LETTERS_OF_SLIDE = 18 };

/* ---- the whole picture ---- */

static int32_t columns(const struct rt_plot *p)
{
    return p->columns ? p->columns : p->n_panels > 3 ? 2 : p->n_panels;
}

static int32_t rows(const struct rt_plot *p)
{
    return (p->n_panels + columns(p) - 1) / columns(p);
}

static bool is_square(const struct rt_panel *panel)
{
    return panel->aspect == CRNL_WORD_USUAL ? panel->is_square : panel->aspect == CRNL_WORD_EQUAL;
}

static bool has_square(const struct rt_plot *p)
{
    bool has = false;
    for (int32_t i = 0; i < p->n_panels; i++) {
        has |= is_square(&p->panel[i]);
    }
    return has;
}

/* Panels side by side fill a page of two columns, 17.5 cm. */
static void size_of(const struct rt_plot *p, double *cm)
{
    int32_t across = columns(p);
    cm[0] = p->size[0] ? p->size[0] : p->is_slide ? 25.4 : across == 1 ? 8.5 : 17.5;
    double one = cm[0] / across, height = p->is_slide ? 14.3 : (has_square(p) ? 1 : 0.75) * one * rows(p);
    cm[1] = p->size[1] ? p->size[1] : height;
}

static double letters(const struct rt_plot *p)
{
    return p->is_slide ? LETTERS_OF_SLIDE : LETTERS;
}

static void put_terminal(struct rt_buffer *b, const struct rt_plot *p)
{
    double cm[2], thick = p->is_slide ? 2.5 : 1;
    size_of(p, cm);
    switch ((enum crnl_plot_format)p->format) {
    case CRNL_PICTURE_PNG: {
        double dot = PNG_DPI / 72.0;
        rt_putf(b,
                "set terminal pngcairo size %.0f,%.0f font 'Helvetica,%.4g' fontscale %.4g linewidth %.4g "
                "pointscale %.4g noenhanced background '#ffffff'\n",
                cm[0] / 2.54 * PNG_DPI, cm[1] / 2.54 * PNG_DPI, letters(p), dot, 0.75 * dot * thick,
                dot * thick);
        break;
    }
    case CRNL_PICTURE_SVG:
        rt_putf(b,
                "set terminal svg size %.0f,%.0f font 'Helvetica,Arial,sans-serif,%.4g' linewidth %.4g "
                "noenhanced background '#ffffff'\n",
                cm[0] * PIXELS_PER_CM, cm[1] * PIXELS_PER_CM, letters(p) * 96 / 72, thick);
        break;
    default:
        rt_putf(b,
                "set terminal %s size %.4gcm,%.4gcm font 'Helvetica,%.4g' linewidth %.4g noenhanced "
                "background '#ffffff'\n",
                p->format == CRNL_PICTURE_EPS ? "epscairo" : "pdfcairo", cm[0], cm[1], letters(p),
                1.5 * thick);
    }
    rt_put(b, "set encoding utf8\n");
}

/* ---- axes ---- */

static bool begins_letter(char c) /* in UTF-8 */
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

size_t rt_count_letters(const char *text)
{
    size_t n = 0;
    for (; *text; text++) {
        n += begins_letter(*text);
    }
    return n;
}

/* The number of bytes of a text that fit on a line of this many letters; it breaks at a space if there is
 * one. */
static size_t line_of(const char *text, size_t letters)
{
    size_t n = 0, space = 0;
    for (size_t count = 0; text[n]; n++) {
        count += begins_letter(text[n]);
        if (count > letters) {
            return space ? space : n;
        }
        space = text[n] == ' ' ? n : space;
    }
    return n;
}

/* Writes a long text in two lines of about equal length; of a still longer one only the beginning. */
static void put_label(struct rt_buffer *b, const char *command, const char *text, double room,
                      bool is_upright)
{
    enum { FEWEST = 8, LONGEST_WORD = 6 };
    size_t letters = room > FEWEST ? (size_t)room : FEWEST, all = rt_count_letters(text);
    size_t half = all / 2 + LONGEST_WORD,
           first = line_of(text, all > letters && half < letters ? half : letters);
    struct rt_buffer lines = {0};
    rt_put_n(&lines, text, first);
    const char *rest = text + first + strspn(text + first, " ");
    if (*rest) {
        size_t second = line_of(rest, letters);
        rt_put(&lines, "\n");
        rt_put_n(&lines, rest, second);
        rt_put(&lines, rest[second] ? " ..." : "");
        /* without it gnuplot reserves too few lines beside the numbers */
        rt_put(&lines, is_upright ? "\n " : "");
    }
    rt_putf(b, "set %s ", command);
    rt_gnuplot_text(b, lines.n ? lines.data : "");
    rt_put(b, "\n");
    rt_buffer_free(&lines);
}

/* How many letters an axis is long; its label may exceed it by a few. */
static double letters_along(const struct rt_room *room)
{
    enum { LETTERS_BESIDE = 3 };
    return room->length / (LETTER_WIDTH * room->letter) + LETTERS_BESIDE;
}

static void put_axis_label(struct rt_buffer *b, const struct rt_axis *a, const char *command,
                           const struct rt_room *room)
{
    struct rt_buffer text = {0};
    rt_axis_text(&text, a);
    put_label(b, command, text.n ? text.data : "", letters_along(room), room->is_upright);
    rt_buffer_free(&text);
}

/* The value below which nothing of a band is drawn. */
static double bottom(const struct rt_axis *y)
{
    double end = y->has_ends ? fmin(y->end[0], y->end[1]) : y->low;
    return !y->is_log                 ? 0
           : y->has_ends              ? end
           : end > 0 && isfinite(end) ? pow(10, floor(log10(end) + 1e-9))
                                      : 1;
}

/* The approximate length of an axis: the panel without numbers, labels, title and legend. */
static struct rt_room room_of(const struct rt_plot *p, const struct rt_panel *panel, bool is_upright)
{
    enum { LINES_BELOW_AND_ABOVE = 8, LETTERS_BESIDE = 12, LETTERS_OF_COLOURS = 10 };
    double cm[2], letter = letters(p);
    size_of(p, cm);
    double beside = LETTERS_BESIDE + (panel->n_maps ? LETTERS_OF_COLOURS : 0);
    double up = cm[1] / rows(p) * POINTS_PER_CM - LINES_BELOW_AND_ABOVE * letter;
    double across = cm[0] / columns(p) * POINTS_PER_CM - beside * LETTER_WIDTH * letter;
    double length = is_upright ? up : is_square(panel) ? fmin(across, up) : across;
    return (struct rt_room){.length = fmax(length, 2 * letter), .letter = letter, .is_upright = is_upright};
}

static void put_axes(struct rt_buffer *b, const struct rt_plot *p, const struct rt_panel *panel)
{
    const struct rt_axis *x = &panel->axis[RT_AXIS_X], *y = &panel->axis[RT_AXIS_Y];
    struct rt_room across = room_of(p, panel, false), up = room_of(p, panel, true);
    put_axis_label(b, x, "xlabel", &across);
    put_axis_label(b, y, "ylabel", &up);
    rt_axis_put(b, x, "x", &across);
    rt_axis_put(b, y, "y", &up);
    rt_putf(b, "bottom = %.17g\n", bottom(y));
    rt_put(b, panel->n_maps ? "set border 15\nunset grid\nunset xzeroaxis\n"
                            : "set border 3\nset grid lc rgb '#dddddd' lw 0.5\n"
                              "set xzeroaxis lc rgb '#444444' lw 0.5 dt solid\n");
    rt_put(b, is_square(panel) ? "set size ratio -1\n" : "set size noratio\n");
}

/* ---- colours of maps ---- */

/* Whether what the colours mean stands beside them, where right_margin leaves room for one line. Otherwise it
 * is part of the title. */
static bool has_colour_label(const struct rt_plot *p, const struct rt_panel *panel)
{
    struct rt_buffer text = {0};
    struct rt_room up = room_of(p, panel, true);
    rt_axis_text(&text, &panel->axis[RT_AXIS_COLOUR]);
    bool fits = panel->n_classes == 0 && text.n && (double)rt_count_letters(text.data) <= letters_along(&up);
    rt_buffer_free(&text);
    return fits;
}

static void put_classes(struct rt_buffer *b, const struct rt_panel *panel)
{
    rt_put(b, "set palette defined (");
    for (int32_t i = 0; i < panel->n_classes; i++) {
        static const char *const pale[] = {"#cfe3f1", "#f6d5c0", "#c5e6d8", "#f0d9e6", "#f7e4bd", "#d6edf9",
                                           "#d0d0d0", "#9fc6e2", "#edab82", "#8ccdb2", "#e1b3cd", "#efc97b"};
        rt_putf(b, "%s%d '%s'", i ? ", " : "", i, pale[i]);
    }
    rt_putf(b, ")\nset palette maxcolors %d\nset cbrange [-0.5:%d.5]\nset cbtics (", panel->n_classes,
            panel->n_classes - 1);
    for (int32_t i = 0; i < panel->n_classes; i++) {
        struct rt_buffer name = {0};
        double v = panel->class_of[i];
        if (panel->is_truth) {
            rt_put(&name, v != 0 ? "true" : "false");
        } else {
            rt_put_number(&name, v);
        }
        rt_put(b, i ? ", " : "");
        rt_gnuplot_text(b, name.data);
        rt_putf(b, " %d", i);
        rt_buffer_free(&name);
    }
    rt_put(b, ")\n");
}

static void put_colours(struct rt_buffer *b, const struct rt_plot *p, const struct rt_panel *panel)
{
    const struct rt_axis *c = &panel->axis[RT_AXIS_COLOUR];
    if (panel->n_classes == 1) {
        rt_putf(
            b,
            "set palette defined (0 '#cfe3f1', 1 '#cfe3f1')\nset cbrange [-0.5:0.5]\nset cbtics ('%s' 0)\n",
            panel->is_truth ? panel->class_of[0] != 0 ? "true" : "false" : "");
    } else if (panel->n_classes > 1) {
        put_classes(b, panel);
    } else {
        struct rt_room up = room_of(p, panel, true);
        rt_axis_put(b, c, "cb", &up);
        if (has_colour_label(p, panel)) {
            put_axis_label(b, c, "cblabel", &up);
            rt_put(b, "set cblabel offset 0.8,0\n");
        } else {
            rt_put(b, "set cblabel ''\n");
        }
        rt_put(b, "set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 '#7ad151', 5 "
                  "'#fde725')\n");
    }
}

/* ---- panels ---- */

static void put_contours(struct rt_buffer *b, const struct rt_panel *panel)
{
    rt_put(b, b->n ? ", contours at " : "contours at ");
    for (int64_t i = 0; i < panel->n_contours; i++) {
        rt_put(b, i ? ", " : "");
        rt_put_number(b, panel->contour[i]);
    }
}

/* The title that the program gives; otherwise which networks are shown, by which methods they ran, and where
 * contour lines are. The title also says what the colours of a map mean if no label beside them does. */
static void title_of(struct rt_buffer *text, const struct rt_plot *p, const struct rt_panel *panel)
{
    enum { MOST_NOTES = 2 };
    if (panel->title) {
        rt_put(text, panel->title);
    }
    bool says_colours = panel->n_maps > 0 && !has_colour_label(p, panel);
    if (says_colours && (!panel->title || panel->axis[RT_AXIS_COLOUR].given)) {
        rt_put(text, text->n ? ": " : "");
        rt_axis_text(text, &panel->axis[RT_AXIS_COLOUR]);
    }
    if (!panel->title && panel->note && panel->n_notes <= MOST_NOTES) {
        rt_putf(text, "%s%s%s", text->n ? ", " : "", panel->note, panel->has_band ? ", mean ± sd" : "");
    }
    if (!panel->title && panel->n_contours > 0 && !rt_plot_counts_contours(panel)) {
        put_contours(text, panel);
    }
}

/* Where the legend is; a legend without names is left out. */
static int32_t place_of_legend(const struct rt_plot *p, const struct rt_panel *panel)
{
    enum { SAMPLE = 6, MOST_ROWS = 3 }; /* width in letters of a line's sample */
    double cm[2], letter = LETTER_WIDTH * letters(p);
    size_of(p, cm);
    double across = cm[0] / columns(p) * POINTS_PER_CM / letter - 8; /* width in letters */
    double side_by_side = floor(across / (double)(panel->longest_name + SAMPLE));
    bool fits = side_by_side >= 1 && panel->n_named <= MOST_ROWS * side_by_side;
    bool is_usual = panel->legend == CRNL_WORD_USUAL;
    return panel->n_named > RT_MOST_NAMES || (is_usual && panel->n_named < 2) ? CRNL_WORD_NONE
           : !is_usual                                                        ? panel->legend
           : fits                                                             ? CRNL_WORD_ABOVE
                                                                              : CRNL_WORD_OUTSIDE;
}

/* The title is above the legend: if the legend is above the picture, it is the legend's own title. */
static void put_legend(struct rt_buffer *b, const struct rt_plot *p, const struct rt_panel *panel)
{
    enum { LETTERS_AROUND_TITLE = 16 };
    struct rt_buffer title = {0};
    title_of(&title, p, panel);
    const char *text = title.n ? title.data : "";
    int32_t place = place_of_legend(p, panel);
    rt_put(b, "set key notitle\n");
    double cm[2];
    size_of(p, cm);
    double room = cm[0] / columns(p) * POINTS_PER_CM / (LETTER_WIDTH * letters(p)) - LETTERS_AROUND_TITLE;
    put_label(b, "title", place == CRNL_WORD_ABOVE ? "" : text, room, false);
    switch (place) {
    case CRNL_WORD_NONE: rt_put(b, "set key off\n"); break;
    case CRNL_WORD_INSIDE: rt_put(b, "set key on inside top right vertical noopaque nobox\n"); break;
    case CRNL_WORD_OUTSIDE: rt_put(b, "set key on rmargin top vertical Left reverse samplen 2\n"); break;
    default:
        rt_put(b, "set key on tmargin center horizontal Left reverse samplen 2\n");
        if (title.n) {
            put_label(b, "key title", text, room, false);
        }
    }
    rt_buffer_free(&title);
}

/* Whether the numbers of a map's cells stand beside each other; cells of a sheet are square. */
static bool numbers_fit(const struct rt_plot *p, const struct rt_panel *panel)
{
    struct rt_room across = room_of(p, panel, false), up = room_of(p, panel, true);
    double width = across.length / panel->cells[RT_AXIS_X], height = up.length / panel->cells[RT_AXIS_Y];
    double needed = (panel->widest_number + SPACE_WIDTH) * across.letter;
    return needed <= (is_square(panel) ? fmin(width, height) : width) && across.letter <= height;
}

/* The room for numbers and label to the left of the panels in a column, in letters: that of the panel that
 * needs most, so that axes stand below each other. */
static double left_margin(const struct rt_plot *p, int32_t column)
{
    const double ticks = 2.5, line = 2.2; /* ticks with the gaps around their numbers; a line of the label */
    double most = 0;
    for (int32_t i = column; i < p->n_panels; i += columns(p)) {
        const struct rt_axis *y = &p->panel[i].axis[RT_AXIS_Y];
        struct rt_room up = room_of(p, &p->panel[i], true);
        struct rt_buffer text = {0}, scratch = {0};
        rt_axis_text(&text, y);
        double letters = text.n ? (double)rt_count_letters(text.data) : 0;
        double lines = letters == 0 ? 0 : letters > letters_along(&up) ? 2 : 1;
        most = fmax(most, (double)rt_axis_put(&scratch, y, "y", &up) + ticks + lines * line);
        rt_buffer_free(&text);
        rt_buffer_free(&scratch);
    }
    return most;
}

/* The letters of the longest number or name beside the colours of a map. */
static size_t colour_letters(const struct rt_plot *p, const struct rt_panel *panel)
{
    enum { FALSE = 5 }; /* as "false" */
    struct rt_buffer text = {0};
    struct rt_room up = room_of(p, panel, true);
    size_t most = panel->is_truth ? FALSE : 0;
    for (int32_t i = 0; i < panel->n_classes && !panel->is_truth; i++) {
        rt_buffer_clear(&text);
        rt_put_number(&text, panel->class_of[i]);
        most = text.n > most ? text.n : most;
    }
    if (panel->n_classes == 0) {
        most = rt_axis_put(&text, &panel->axis[RT_AXIS_COLOUR], "cb", &up);
    }
    rt_buffer_free(&text);
    return most;
}

/* The room to the right of the panels in a column, in letters: that for colours with their numbers and label,
 * which gnuplot leaves out of account; negative: no panel has colours. */
static double right_margin(const struct rt_plot *p, int32_t column)
{
    const double box = 0.085, gaps = 3, line = 3; /* of the axis; around the numbers; the label */
    double most = -1;
    for (int32_t i = column; i < p->n_panels; i += columns(p)) {
        const struct rt_panel *panel = &p->panel[i];
        struct rt_room across = room_of(p, panel, false);
        double letters = box * across.length / (LETTER_WIDTH * across.letter) + gaps;
        letters += panel->n_maps > 0 ? (double)colour_letters(p, panel) : 0;
        letters += panel->n_maps > 0 && has_colour_label(p, panel) ? line : 0;
        most = panel->n_maps > 0 ? fmax(most, letters) : most;
    }
    return most;
}

static void put_panel(struct rt_buffer *b, const struct rt_plot *p, const struct rt_panel *panel)
{
    put_axes(b, p, panel);
    if (panel->n_maps) {
        put_colours(b, p, panel);
    }
    put_legend(b, p, panel);
    if (panel->before.n) {
        rt_put(b, panel->before.data);
    }
    rt_put(b, panel->clauses.data);
    if (panel->numbers.n && numbers_fit(p, panel)) {
        rt_putf(b, ", \\\n     %s", panel->numbers.data);
    }
    rt_put(b, "\n");
}

void rt_plot_head(struct rt_buffer *b, const struct rt_plot *p, bool kept)
{
    put_terminal(b, p);
    rt_put(b, "set output ");
    if (kept) {
        rt_gnuplot_file(b, rt_plot_base_name(p->path), "");
    } else {
        rt_put(b, "'/dev/stdout'"); /* with a name gnuplot writes larger pieces */
    }
    rt_put(b, "\n");
}

void rt_plot_body(struct rt_buffer *b, const struct rt_plot *p)
{
    rt_put(b, "set border lc rgb '#444444'\nset tics nomirror out scale 0.6\n"
              "set format '%h'\nset style fill noborder\n");
    if (p->n_panels > 1) {
        rt_putf(b, "set multiplot layout %d,%d\n", rows(p), columns(p));
    }
    for (int32_t i = 0; i < p->n_panels; i++) {
        if (i > 0) { /* remove the settings of the panel before */
            rt_put(b, "unset logscale\nset autoscale\nset palette maxcolors 0\n");
        }
        rt_putf(b, "set rmargin %.3g\n", right_margin(p, i % columns(p)));
        if (rows(p) > 1) {
            rt_putf(b, "set lmargin %.3g\n", left_margin(p, i % columns(p)));
        }
        put_panel(b, p, &p->panel[i]);
    }
    rt_put(b, p->n_panels > 1 ? "unset multiplot\n" : "");
}

static void put_quoted(struct rt_buffer *b, const char *text)
{
    rt_put(b, "\"");
    for (const char *s = text; *s; s++) {
        rt_put(b, *s == '"' || *s == '\\' ? "\\" : "");
        rt_put_n(b, (unsigned char)*s < ' ' ? " " : s, 1);
    }
    rt_put(b, "\"");
}

/* A graph takes the room that it needs, up to the width of a column, or all of the size that the program
 * gives. */
void rt_plot_graph(struct rt_buffer *b, const struct rt_plot *p)
{
    static const double TALLEST_CM = 22, CM_PER_INCH = 2.54;
    double cm[2];
    const char *end = strrchr(p->graph, '}'), *title = p->panel[0].title;
    bool is_whole = p->size[0] || p->is_slide;
    size_of(p, cm);
    rt_put_n(b, p->graph, (size_t)(end - p->graph));
    rt_putf(b, "  size=\"%.4g,%.4g%s\";\n", cm[0] / CM_PER_INCH,
            (is_whole ? cm[1] : TALLEST_CM) / CM_PER_INCH, is_whole ? "!" : "");
    if (title && *title) {
        rt_put(b, "  labelloc=t;\n  fontsize=10;\n  label=");
        put_quoted(b, title);
        rt_put(b, ";\n");
    }
    rt_put(b, "}\n");
}
