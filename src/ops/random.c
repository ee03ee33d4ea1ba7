// SPDX-License-Identifier: MIT
// RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL: the numbers of TensorFlow's generator
// (Philox 4x32, ten rounds) for the seeds in the model. Each run goes on where the last one ended,
// and a reset starts anew. Seeds of 0 and 0 are seeds as well: the engine has no source of chance.

#include "../mathf.h"
#include "rearrange.h"

typedef struct philox {
    uint32_t key[2], counter[4];
} philox_t;

typedef struct random {
    philox_t start, now;
    int sums; // scratch buffer of MULTINOMIAL
} random_t;

// A generator, in front of all its numbers.
static random_t *start(mlt_ctx_t *ctx, mlt_node_t *node) {
    random_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (d) {
        // TensorFlow Lite keeps 32 bits of a seed, and their sign.
        int64_t low = mlt_option(node, RANDOM_SEED), high = mlt_option(node, RANDOM_SEED2);
        d->start = (philox_t){{(uint32_t)low, (uint32_t)((uint64_t)low >> 32)},
            {0, 0, (uint32_t)high, (uint32_t)((uint64_t)high >> 32)}};
        d->now = d->start;
    }
    return d;
}

static void random_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    random_t *d = node->data;
    d->now = d->start;
}

static void skip(philox_t *p, uint64_t count) {
    for (int i = 0; i < 4 && count; ++i) {
        count += p->counter[i];
        p->counter[i] = (uint32_t)count;
        count >>= 32;
    }
}

// The next four numbers.
static void next(philox_t *p, uint32_t *x) {
    uint32_t key[2] = {p->key[0], p->key[1]};
    memcpy(x, p->counter, sizeof(p->counter));
    for (int round = 0; round < 10; ++round) {
        uint64_t a = UINT64_C(0xd2511f53) * x[0], b = UINT64_C(0xcd9e8d57) * x[2];
        x[0] = (uint32_t)(b >> 32) ^ x[1] ^ key[0];
        x[1] = (uint32_t)b;
        x[2] = (uint32_t)(a >> 32) ^ x[3] ^ key[1];
        x[3] = (uint32_t)a;
        key[0] += 0x9e3779b9u;
        key[1] += 0xbb67ae85u;
    }
    skip(p, 1);
}

// From 0 on, below 1.
static float unit(uint32_t x) {
    return mlt_bits_float((x & 0x7fffffu) | 0x3f800000u) - 1.0f;
}

// --- RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL

static mlt_status_t random_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), MLT_T(INT32)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_shape(ctx, node, MLT_IN(0)));
    return start(ctx, node) ? MLT_OK : MLT_ERR_ARENA;
}

// Two uniform numbers become two normal ones (Box and Muller).
static void make_normal(const uint32_t *x, float *y) {
    float angle = (float)(6.28318530717958647692 * (double)unit(x[1]));
    float length = mlt_sqrtf(-2.0f * mlt_logf(mlt_fmaxf(unit(x[0]), 1.0e-7f)));
    y[0] = mlt_sinf(angle) * length;
    y[1] = mlt_cosf(angle) * length;
}

static mlt_status_t random_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    random_t *d = node->data;
    MLT_TRY(mlt_check_shape(ctx, node, mlt_in(ctx, node, 0)));
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    float *to = y->data, four[4];
    for (int32_t rest = mlt_elements(y); rest > 0; rest -= 4, to += 4) {
        uint32_t x[4];
        next(&d->now, x);
        for (int i = 0; i < 4; ++i) {
            if (node->op->code == MLT_OP_RANDOM_UNIFORM) {
                four[i] = unit(x[i]);
            } else if (i % 2 == 0) {
                make_normal(x + i, four + i);
            }
        }
        memcpy(to, four, (size_t)mlt_min(rest, 4) * sizeof(*to));
    }
    return MLT_OK;
}

// --- MULTINOMIAL: y[i][...] = classes drawn with the probabilities softmax(x[i])

enum { LOGITS, SAMPLES };

static mlt_status_t multinomial_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(LOGITS), MLT_T(FLOAT32)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(LOGITS), 2, 2));
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(SAMPLES), MLT_T(INT32)));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(SAMPLES), 1));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), MLT_T(INT32) | MLT_T(INT64)));
    const mlt_tensor_t *x = mlt_in(ctx, node, LOGITS), *samples = mlt_in(ctx, node, SAMPLES);
    int32_t classes = x->dims[1], dims[] = {x->dims[0], mlt_dim(mlt_out(ctx, node, 0), 1)};
    if (classes < 1) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(LOGITS), "no classes, want 1 or more");
    }
    if (mlt_is_const(samples)) {
        dims[1] = mlt_index_at(samples, 0);
    }
    if (dims[1] < 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(SAMPLES), "%d, want 0 or more", dims[1]);
    }
    MLT_TRY(mlt_set_output(ctx, node, 0, 2, dims));
    random_t *d = start(ctx, node);
    if (!d) {
        return MLT_ERR_ARENA;
    }
    d->sums = ctx->svc->scratch(ctx, (size_t)classes * sizeof(double));
    return d->sums < 0 ? MLT_ERR_ARENA : MLT_OK;
}

static bool is_finite(float x) {
    return (mlt_float_bits(x) & 0x7f800000u) != 0x7f800000u;
}

// sums[i] = exp(x[0]) + ... + exp(x[i]), all divided by the largest of them; what is not finite
// counts as nothing.
static void add_up(const float *x, int32_t count, double *sums) {
    float most = -3.402823466e38f;
    for (int32_t i = 0; i < count; ++i) {
        most = is_finite(x[i]) && x[i] > most ? x[i] : most;
    }
    double sum = 0.0;
    for (int32_t i = 0; i < count; ++i) {
        sum += is_finite(x[i]) ? mlt_exp((double)x[i] - (double)most) : 0.0;
        sums[i] = sum;
    }
}

// How many of the sums are not above it.
static int32_t find(const double *sums, int32_t count, double wanted) {
    int32_t low = 0;
    while (low < count) {
        int32_t middle = low + (count - low) / 2;
        if (wanted < sums[middle]) {
            count = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

// 52 of the bits, from 0 on, below 1.
static double unit_double(uint32_t high, uint32_t low) {
    return ((double)(high & 0xfffffu) + (double)low / 4294967296.0) / 1048576.0;
}

static mlt_status_t multinomial_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    random_t *d = node->data;
    const mlt_tensor_t *x = mlt_in(ctx, node, LOGITS), *y = mlt_out(ctx, node, 0);
    int32_t rows = x->dims[0], classes = x->dims[1], count = y->dims[1];
    int32_t found = mlt_index_at(mlt_in(ctx, node, SAMPLES), 0);
    if (found != count) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(SAMPLES), "%d, want %d", found, count);
    }
    double *sums = mlt_scratch(ctx, d->sums);
    philox_t now = d->now; // the next run begins far behind, as in TensorFlow
    skip(&d->now, (uint64_t)rows * (((uint64_t)count + 3) / 4 * 4) * 2 * 256);
    uint32_t four[4];
    for (int32_t i = 0; i < rows * count; ++i) {
        if (i % count == 0) {
            add_up((const float *)x->data + i / count * classes, classes, sums);
        }
        if (i % 2 == 0) {
            next(&now, four);
        }
        const uint32_t *two = four + i % 2 * 2;
        int32_t index = find(sums, classes, unit_double(two[0], two[1]) * sums[classes - 1]);
        mlt_put_index(y, i, index);
    }
    return MLT_OK;
}

#define RANDOM_OP(lower, upper, inputs, family)                                                    \
    const mlt_op_t mlt_op_##lower = {                                                              \
        .name = #upper,                                                                            \
        .code = MLT_OP_##upper,                                                                    \
        .min_inputs = inputs,                                                                      \
        .max_inputs = inputs,                                                                      \
        .min_outputs = 1,                                                                          \
        .max_outputs = 1,                                                                          \
        .prepare = family##_prepare,                                                               \
        .eval = family##_eval,                                                                     \
        .reset = random_reset,                                                                     \
    };

RANDOM_OP(random_uniform, RANDOM_UNIFORM, 1, random)
RANDOM_OP(random_standard_normal, RANDOM_STANDARD_NORMAL, 1, random)
RANDOM_OP(multinomial, MULTINOMIAL, 2, multinomial)
