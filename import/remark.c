/* Reads statements that crnlc wrote into files of other tools whose format has no place for them
 * (codegen/text/text_remark.c). Outputs are those of the statements, not those that the format would have by
 * itself. */
#include <stdlib.h>
#include <string.h>

#include "import/import_impl.h"
#include "support/mem.h"

static void forget_outputs(struct net *n)
{
    for (size_t i = 0; i < n->symbol.n; i++) {
        n->symbol.data[i].flags &= (uint8_t)~SYMBOL_IS_OUTPUT;
    }
}

bool import_remark_text(struct importer *x, const char *name, const char *text)
{
    forget_outputs(x->net);
    uint32_t file = sources_add(x->sources, name, text, strlen(text));
    return net_read_remarks(x->net, text, strlen(text), file, x->diag);
}

/* Blanks out everything except the statements, which keep their places. */
bool import_remark_comments(struct importer *x, const char *mark)
{
    size_t n = strlen(mark), length = (size_t)(x->end - x->text);
    char *text = mem_alloc(length + 1);
    bool any = false, ok = true;
    memset(text, ' ', length);
    text[length] = '\0';
    for (const char *line = x->text; line < x->end;) {
        const char *stop = memchr(line, '\n', (size_t)(x->end - line));
        stop = stop ? stop : x->end;
        if ((size_t)(stop - line) >= n && memcmp(line, mark, n) == 0) {
            memcpy(text + (line - x->text) + n, line + n, (size_t)(stop - line) - n);
            any = true;
        }
        if (stop < x->end) {
            text[stop - x->text] = '\n';
        }
        line = stop + 1;
    }
    if (any) {
        forget_outputs(x->net);
        ok = net_read_remarks(x->net, text, length, x->file, x->diag);
    }
    free(text);
    return ok;
}
