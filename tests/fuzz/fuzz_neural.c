/* libFuzzer target: any bytes as parameters of a small model, as .npz and as .json. What is let in must be of its kind. */
#include "tests/fuzz/fuzz_file.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/neural/rt_neural.h"

enum { VALUES = 9 };

static void check(const struct crnl_neural *m, const double *value)
{
    for (int32_t i = 0; i < m->n_values; i++) {
        bool weight = i < 4 || (i >= 6 && i < 8);
        if (!isfinite(value[i]) || (weight && m->weights == CRNL_WEIGHTS_BINARY && fabs(value[i]) != 1)) {
            abort();
        }
    }
}

static void check_boltzmann(const char *path)
{
    static const struct crnl_neural_array array[] = {{"w", 2, {2, 2}, 0, 4}, {"theta", 1, {2, 0}, 4, 2}};
    const struct crnl_neural m = {.kind = &crnl_neural_boltzmann,
                                  .name = "m",
                                  .folder = "",
                                  .n_arrays = 2,
                                  .n_values = 6,
                                  .array = array};
    double value[6] = {0};
    char *message;
    struct rt_error e = {0};
    bool read = crnl_neural_read(&m, NULL, NULL, path, value, &message) == 0 ||
                (!rt_neural_read_json(&m, path, "model.json", value, &e) &&
                 !m.kind->admit(&m, value, "model.json", &e));
    if (read && (value[0] != 0 || value[3] != 0 || value[1] != value[2] || !isfinite(value[1]))) {
        abort();
    }
    free(message);
    rt_error_free(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int32_t width[] = {2, 2, 1};
    static const struct crnl_neural_array array[] = {
        {"w0", 2, {2, 2}, 0, 4}, {"b0", 1, {2, 0}, 4, 2}, {"w1", 2, {2, 1}, 6, 2}, {"b1", 1, {1, 0}, 8, 1}};
    struct crnl_neural m = {.kind = &crnl_neural_relu,
                            .name = "m",
                            .folder = "",
                            .inputs = 2,
                            .outputs = 1,
                            .n_layers = 2,
                            .n_arrays = 4,
                            .n_values = VALUES,
                            .width = width,
                            .array = array};
    char path[FUZZ_PATH], *message;
    fuzz_open(data, size, path);
    for (int weights = CRNL_WEIGHTS_BINARY; weights <= CRNL_WEIGHTS_REAL; weights += CRNL_WEIGHTS_REAL) {
        double value[VALUES] = {0};
        struct rt_error e = {0};
        m.weights = weights;
        m.bits = weights == CRNL_WEIGHTS_REAL ? 8 : 0;
        if (crnl_neural_read(&m, NULL, NULL, path, value, &message) == 0) {
            check(&m, value);
        }
        free(message);
        if (!rt_neural_read_json(&m, path, "model.json", value, &e) &&
            !m.kind->admit(&m, value, "model.json", &e)) {
            check(&m, value);
        }
        rt_error_free(&e);
    }
    check_boltzmann(path);
    fuzz_close(path);
    return 0;
}
