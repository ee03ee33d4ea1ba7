// SPDX-License-Identifier: MIT
// SignalDelay, SignalFramer, SignalStacker, SignalOverlapAdd: operators on a stream of samples,
// which keep some of them from one invoke to the next.

#include "flex.h"
#include "signal_op.h"

// Samples that wait, oldest first.
typedef struct queue {
    int16_t *samples;
    int32_t count;
} queue_t;

static void queue_add(queue_t *q, const int16_t *x, int32_t n) {
    memcpy(q->samples + q->count, x, (size_t)n * sizeof(*x));
    q->count += n;
}

static void queue_drop(queue_t *q, int32_t n) {
    q->count -= n;
    memmove(q->samples, q->samples + n, (size_t)q->count * sizeof(*q->samples));
}

// So many zeros, and nothing else.
static void queue_fill(queue_t *q, int32_t n) {
    memset(q->samples, 0, (size_t)n * sizeof(*q->samples));
    q->count = n;
}

// Queues for `rows` rows, each with room for `capacity` samples.
static queue_t *queue_alloc(mlt_ctx_t *ctx, int32_t rows, int64_t capacity) {
    if (capacity * rows > INT32_MAX / 4) {
        ctx->svc->alloc(ctx, SIZE_MAX / 4); // notes that no arena will do
        return NULL;
    }
    queue_t *q = mlt_alloc(ctx, (size_t)rows * sizeof(*q));
    int16_t *samples = mlt_alloc(ctx, (size_t)(capacity * rows) * sizeof(*samples));
    for (int32_t i = 0; q && samples && i < rows; ++i) {
        q[i].samples = samples + (size_t)i * (size_t)capacity;
    }
    return samples ? q : NULL;
}

// Input 0 and output 0 have one of the types, and the input's rows are not empty.
static mlt_status_t want_stream(mlt_ctx_t *ctx, const mlt_node_t *node, uint32_t types) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_IN(0), types));
    MLT_TRY(mlt_want_type_of(ctx, node, MLT_OUT(0), MLT_IN(0)));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    return mlt_elements(x) > 0
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "no elements, want at least 1");
}

// Output 1 says whether output 0 holds anything yet.
static mlt_status_t want_valid(mlt_ctx_t *ctx, const mlt_node_t *node) {
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(1), MLT_T(BOOL)));
    return mlt_want_count(ctx, node, MLT_OUT(1), 1);
}

// --- SignalDelay: y is x, delay_length samples later

typedef struct delay {
    int32_t rows, length, delay;
    queue_t *queues;
} delay_t;

static void delay_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    const delay_t *d = node->data;
    for (int32_t i = 0; i < d->rows; ++i) {
        queue_fill(&d->queues[i], d->delay);
    }
}

static mlt_status_t delay_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_stream(ctx, node, MLT_T(INT16)));
    delay_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "delay_length", 0, INT32_MAX, &d->delay));
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(0), mlt_elements(x)));
    d->length = mlt_dim(x, -1);
    d->rows = mlt_elements(x) / d->length;
    d->queues = queue_alloc(ctx, d->rows, (int64_t)d->length + d->delay);
    if (!d->queues) {
        return MLT_ERR_ARENA;
    }
    delay_reset(ctx, node);
    return MLT_OK;
}

static mlt_status_t delay_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const delay_t *d = node->data;
    const int16_t *x = mlt_in(ctx, node, 0)->data;
    int16_t *y = mlt_out(ctx, node, 0)->data;
    for (int32_t i = 0; i < d->rows; ++i, x += d->length, y += d->length) {
        queue_add(&d->queues[i], x, d->length);
        memcpy(y, d->queues[i].samples, (size_t)d->length * sizeof(*y));
        queue_drop(&d->queues[i], d->length);
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(delay, "SignalDelay", 1, 1, delay_reset)

// --- SignalFramer: frames of frame_size samples, each frame_step later than the one before

typedef struct framer {
    int32_t rows, frames, size, step; // frames: of each row
    int32_t prefill;                  // so many zeros come first
    queue_t *queues;
} framer_t;

static void framer_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    const framer_t *d = node->data;
    for (int32_t i = 0; i < d->rows; ++i) {
        queue_fill(&d->queues[i], d->prefill);
    }
}

static mlt_status_t framer_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_stream(ctx, node, MLT_T(INT16)));
    MLT_TRY(want_valid(ctx, node));
    framer_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    mlt_flex_t options = mlt_flex_map(node);
    int32_t prefill;
    MLT_TRY(mlt_want_flex(ctx, node, &options, "prefill", INT32_MIN, INT32_MAX, &prefill));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "frame_size", 1, INT32_MAX, &d->size));
    MLT_TRY(mlt_want_flex(
        ctx, node, &options, "frame_step", 1, prefill ? d->size : INT32_MAX, &d->step));
    d->prefill = prefill ? d->size - d->step : 0;
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    int32_t length = mlt_dim(x, -1);
    if (length % d->step != 0) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_IN(0), "rows of %d, want a multiple of %d",
            (int)length, (int)d->step);
    }
    d->rows = mlt_elements(x) / length;
    d->frames = length / d->step;
    int32_t found = mlt_elements(mlt_out(ctx, node, 0));
    if ((int64_t)d->rows * d->frames * d->size != found) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d frames of %d",
            (int)found, (int)(d->rows * d->frames), (int)d->size);
    }
    d->queues = queue_alloc(ctx, d->rows, (int64_t)d->size + d->step);
    if (!d->queues) {
        return MLT_ERR_ARENA;
    }
    framer_reset(ctx, node);
    return MLT_OK;
}

static mlt_status_t framer_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const framer_t *d = node->data;
    const int16_t *x = mlt_in(ctx, node, 0)->data;
    int16_t *y = mlt_out(ctx, node, 0)->data;
    const size_t bytes = (size_t)d->size * sizeof(*y);
    bool valid = true;
    for (int32_t i = 0; i < d->rows; ++i) {
        queue_t *q = &d->queues[i];
        for (int32_t frame = 0; frame < d->frames; ++frame, x += d->step, y += d->size) {
            queue_add(q, x, d->step);
            if (q->count >= d->size) {
                memcpy(y, q->samples, bytes);
                queue_drop(q, d->step);
            } else {
                memset(y, 0, bytes);
                valid = false;
            }
        }
    }
    *(uint8_t *)mlt_out(ctx, node, 1)->data = valid;
    return MLT_OK;
}

MLT_SIGNAL_OP(framer, "SignalFramer", 1, 2, framer_reset)

// --- SignalStacker: some rows before and after this one, every stacker_step rows. The first row
// stands for those before it, too.

typedef struct stacker {
    int32_t channels, left, stack, step; // in samples, but left: in rows
    bool started;
    queue_t *queue;
} stacker_t;

static void stacker_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    (void)ctx;
    stacker_t *d = node->data;
    d->queue->count = 0;
    d->started = false;
}

static mlt_status_t stacker_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_stream(ctx, node, MLT_T(INT16)));
    MLT_TRY(want_valid(ctx, node));
    stacker_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    enum { MOST = INT16_MAX };
    mlt_flex_t options = mlt_flex_map(node);
    int32_t right, step;
    MLT_TRY(mlt_want_flex(ctx, node, &options, "num_channels", 1, MOST, &d->channels));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "stacker_left_context", 0, MOST, &d->left));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "stacker_right_context", 0, MOST, &right));
    int32_t rows = d->left + right + 1;
    MLT_TRY(mlt_want_flex(ctx, node, &options, "stacker_step", 1, rows, &step));
    MLT_TRY(mlt_want_count(ctx, node, MLT_IN(0), d->channels));
    int32_t found = mlt_elements(mlt_out(ctx, node, 0));
    if ((int64_t)rows * d->channels != found) {
        return mlt_fail(ctx, node, MLT_ERR_SHAPE, MLT_OUT(0), "%d elements, want %d rows of %d",
            (int)found, (int)rows, (int)d->channels);
    }
    d->stack = found;
    d->step = step * d->channels;
    d->queue = queue_alloc(ctx, 1, found);
    return d->queue ? MLT_OK : MLT_ERR_ARENA;
}

static mlt_status_t stacker_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    stacker_t *d = node->data;
    const int16_t *x = mlt_in(ctx, node, 0)->data;
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    queue_add(d->queue, x, d->channels);
    for (int32_t i = 0; i < d->left && !d->started; ++i) {
        queue_add(d->queue, x, d->channels);
    }
    d->started = true;
    bool valid = d->queue->count >= d->stack;
    if (valid) {
        memcpy(y->data, d->queue->samples, mlt_bytes(y));
        queue_drop(d->queue, d->step);
    } else {
        memset(y->data, 0, mlt_bytes(y));
    }
    *(uint8_t *)mlt_out(ctx, node, 1)->data = valid;
    return MLT_OK;
}

MLT_SIGNAL_OP(stacker, "SignalStacker", 1, 2, stacker_reset)

// --- SignalOverlapAdd: the sum of frames, each frame_step later than the one before

typedef struct overlap_add {
    int32_t rows, frames, size, step;
    void *sums; // for each row, of what has not been put out yet
} overlap_add_t;

static void overlap_add_reset(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const overlap_add_t *d = node->data;
    size_t size = mlt_type_size((mlt_type_t)mlt_in(ctx, node, 0)->type);
    memset(d->sums, 0, (size_t)d->rows * (size_t)d->size * size);
}

static mlt_status_t overlap_add_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    MLT_TRY(want_stream(ctx, node, MLT_T(INT16) | (MLT_WITH_FLOAT ? MLT_T(FLOAT32) : 0)));
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(0), 2, 8));
    overlap_add_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    const mlt_tensor_t *x = mlt_in(ctx, node, 0);
    d->size = mlt_dim(x, -1);
    d->frames = mlt_dim(x, -2);
    d->rows = mlt_elements(x) / d->size / d->frames;
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "frame_step", 1, d->size, &d->step));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(0), d->rows * d->frames * d->step));
    d->sums =
        mlt_alloc(ctx, (size_t)d->rows * (size_t)d->size * mlt_type_size((mlt_type_t)x->type));
    return d->sums ? MLT_OK : MLT_ERR_ARENA;
}

static void add_s16(int16_t *sums, const int16_t *x, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        sums[i] = (int16_t)mlt_clamp(sums[i] + x[i], INT16_MIN, INT16_MAX);
    }
}

static void add_f32(float *sums, const float *x, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
        sums[i] += x[i];
    }
}

static mlt_status_t overlap_add_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const overlap_add_t *d = node->data;
    const mlt_tensor_t *in = mlt_in(ctx, node, 0);
    const size_t size = mlt_type_size((mlt_type_t)in->type);
    const size_t frame = (size_t)d->size * size, step = (size_t)d->step * size;
    const uint8_t *x = in->data;
    uint8_t *sums = d->sums, *y = mlt_out(ctx, node, 0)->data;
    for (int32_t row = 0; row < d->rows; ++row, sums += frame) {
        for (int32_t i = 0; i < d->frames; ++i, x += frame, y += step) {
            if (in->type == MLT_INT16) {
                add_s16((int16_t *)(void *)sums, (const int16_t *)(const void *)x, d->size);
            } else if (MLT_WITH_FLOAT) {
                add_f32((float *)(void *)sums, (const float *)(const void *)x, d->size);
            }
            memcpy(y, sums, step);
            memmove(sums, sums + step, frame - step);
            memset(sums + frame - step, 0, step);
        }
    }
    return MLT_OK;
}

MLT_SIGNAL_OP(overlap_add, "SignalOverlapAdd", 1, 1, overlap_add_reset)
