// SPDX-License-Identifier: MIT
// Numbers times weights, for every combination of types.

#include "product.h"

enum {
    UNPACKED_ROWS = 16, // of w, that are unpacked at once
    FOLD_FROM = 8,      // rows of x from which it pays to sum the rows of w first
};

enum { INT16_KINDS = MLT_PRODUCT(S16) | MLT_PRODUCT(S16_B32) | MLT_PRODUCT(S16_S16) };

static bool is_u8(const mlt_product_t *p) {
    return MLT_WITH_UINT8 && p->kind == MLT_PRODUCT_U8;
}

// --- prepare.

static uint32_t types_if(const mlt_product_want_t *want, int kinds, uint32_t types) {
    return want->kinds & kinds ? types : 0;
}

static uint32_t x_types(const mlt_product_want_t *want) {
    return types_if(
               want, MLT_PRODUCT(F32) | MLT_PRODUCT(HYBRID), MLT_T_IF(MLT_WITH_FLOAT, FLOAT32)) |
           types_if(want, MLT_PRODUCT(S8), MLT_T(INT8)) |
           types_if(want, MLT_PRODUCT(U8), MLT_T_IF(MLT_WITH_UINT8, UINT8)) |
           types_if(want, INT16_KINDS, MLT_T_IF(MLT_WITH_INT16, INT16));
}

static uint32_t w_types(const mlt_product_want_t *want, int x_type) {
    uint32_t small = MLT_T(INT8) | (want->plain ? 0 : MLT_T_IF(MLT_WITH_INT4, INT4));
    if (MLT_WITH_FLOAT && x_type == MLT_FLOAT32) {
        return types_if(want, MLT_PRODUCT(F32), MLT_T(FLOAT32)) |
               types_if(want, MLT_PRODUCT(HYBRID), small);
    }
    if (MLT_WITH_INT16 && x_type == MLT_INT16) {
        return types_if(want, MLT_PRODUCT(S16), small) |
               types_if(want, MLT_PRODUCT(S16_S16), MLT_T(INT16));
    }
    return MLT_WITH_UINT8 && x_type == MLT_UINT8 ? MLT_T(UINT8) : small;
}

static uint32_t bias_types(const mlt_product_want_t *want, int x_type) {
    if (MLT_WITH_INT16 && x_type == MLT_INT16) {
        return types_if(want, MLT_PRODUCT(S16), MLT_T(INT64)) |
               types_if(want, MLT_PRODUCT(S16_B32), MLT_T(INT32)) |
               (want->short_bias ? MLT_T(INT16) : 0);
    }
    return MLT_WITH_FLOAT && x_type == MLT_FLOAT32 ? MLT_T(FLOAT32) : MLT_T(INT32);
}

static mlt_status_t pick_kind(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, const mlt_product_want_t *want) {
    MLT_TRY(mlt_want_type(ctx, node, want->x, x_types(want)));
    int type = mlt_in(ctx, node, want->x)->type;
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(0), UINT32_C(1) << type));
    MLT_TRY(mlt_want_type(ctx, node, want->w, w_types(want, type)));
    int w_type = mlt_in(ctx, node, want->w)->type;
    const mlt_tensor_t *b = mlt_in(ctx, node, want->bias);
    int b_type = b ? b->type : want->bias_type;
    if (b) {
        MLT_TRY(mlt_want_type(ctx, node, want->bias, bias_types(want, type)));
        MLT_TRY(mlt_want_count(ctx, node, want->bias, want->cols));
    }
    if (MLT_WITH_FLOAT && type == MLT_FLOAT32) {
        p->kind = w_type == MLT_FLOAT32 ? MLT_PRODUCT_F32 : MLT_PRODUCT_HYBRID;
    } else if (MLT_WITH_INT16 && type == MLT_INT16) {
        bool narrow = b_type == MLT_INT32 && (want->kinds & MLT_PRODUCT(S16_B32));
        p->kind = w_type == MLT_INT16 ? MLT_PRODUCT_S16_S16
                  : narrow            ? MLT_PRODUCT_S16_B32
                                      : MLT_PRODUCT_S16;
    } else {
        p->kind = MLT_WITH_UINT8 && type == MLT_UINT8 ? MLT_PRODUCT_U8 : MLT_PRODUCT_S8;
    }
    return MLT_OK;
}

mlt_status_t mlt_plan_scratch(
    mlt_ctx_t *ctx, const mlt_node_t *node, int16_t *scratch, size_t bytes) {
    int number = ctx->svc->scratch(ctx, bytes);
    if (number > INT16_MAX) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "no more than %d scratch buffers", INT16_MAX);
    }
    *scratch = (int16_t)number;
    return number < 0 ? MLT_ERR_ARENA : MLT_OK;
}

// How many rows of w make a panel.
static int32_t panel_rows(const mlt_product_t *p) {
    return p->unpacked >= 0 ? mlt_min(p->cols, UNPACKED_ROWS) : p->cols;
}

// Weights that have to be unpacked are, some rows at a time where rows are what is multiplied.
static mlt_status_t plan_scratch(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p,
    const mlt_product_want_t *want, const mlt_tensor_t *w) {
    size_t depth = (size_t)p->depth;
    bool flips = is_u8(p) && !want->whole;
    if ((MLT_WITH_INT4 && w->type == MLT_INT4) || flips) {
        p->unpacked = 0;
        int32_t rows = want->whole ? p->cols : panel_rows(p);
        MLT_TRY(mlt_plan_scratch(ctx, node, &p->unpacked, (size_t)rows * depth));
    }
    if (flips) {
        MLT_TRY(mlt_plan_scratch(ctx, node, &p->flipped, MLT_CONV_PIXELS * depth));
    }
    bool folds = MLT_CONV_S8_FOLDS && want->rows >= FOLD_FROM;
    if (folds && (p->kind == MLT_PRODUCT_S8 || flips) && p->x_offset) {
        int32_t rows = want->panel ? want->panel : want->whole ? p->cols : panel_rows(p);
        return mlt_plan_scratch(ctx, node, &p->sums, (size_t)rows * sizeof(int32_t));
    }
    return MLT_OK;
}

// w has one scale, or one for each output channel; all are positive and finite.
static mlt_status_t want_scales(mlt_ctx_t *ctx, const mlt_node_t *node, const mlt_tensor_t *w,
    const mlt_product_want_t *want, int32_t *count) {
    int32_t found = *count = mlt_scale_count(ctx, w), dim = mlt_quant_dim(ctx, w);
    if (found == 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, want->w, "not quantised, want a scale");
    }
    if (found != 1 && found != want->cols) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, want->w, "scale count %d, want 1 or %d", found, want->cols);
    }
    if (found > 1 && dim != want->quant_dim) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, want->w, "quantised along dimension %d, want %d",
            dim, want->quant_dim);
    }
    for (int32_t i = 0; i < found; ++i) {
        if (!mlt_is_scale(mlt_scale_at(ctx, w, i))) {
            return mlt_fail(
                ctx, node, MLT_ERR_PARAM, want->w, "scale of channel %d out of range", i);
        }
    }
    return MLT_OK;
}

static mlt_status_t prepare_hybrid(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, const mlt_product_want_t *want) {
    const mlt_tensor_t *w = mlt_in(ctx, node, want->w);
    int32_t count;
    MLT_TRY(want_scales(ctx, node, w, want, &count));
    float *scales = mlt_alloc(ctx, (size_t)count * sizeof(*scales));
    if (!scales) {
        return MLT_ERR_ARENA;
    }
    for (int32_t i = 0; i < count; ++i) {
        scales[i] = mlt_scale_at(ctx, w, i);
    }
    p->dequant.w_scale = scales;
    p->dequant.stride = count > 1;
    MLT_TRY(mlt_activation_range_float(
        ctx, node, want->activation, &p->dequant.range.lo, &p->dequant.range.hi));
    return plan_scratch(ctx, node, p, want, w);
}

// The multiplier of each scale of w.
static mlt_status_t prepare_multipliers(mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p,
    const mlt_product_want_t *want, float x_scale, float y_scale) {
    const mlt_tensor_t *w = mlt_in(ctx, node, want->w);
    int32_t count;
    MLT_TRY(want_scales(ctx, node, w, want, &count));
    int32_t *mult = mlt_alloc(ctx, (size_t)count * (sizeof(*mult) + sizeof(int8_t)));
    if (!mult) {
        return MLT_ERR_ARENA;
    }
    int8_t *shift = (int8_t *)(mult + count);
    p->requant.mult = mult;
    p->requant.shift = shift;
    p->requant.stride = count > 1;
    for (int32_t i = 0; i < count; ++i) {
        float w_scale = mlt_scale_at(ctx, w, i);
        // With one scale for all, dense layers and all of uint8 multiply the scales of x and w in
        // float; everything else is computed in double.
        bool in_float = count == 1 && (want->dense || is_u8(p));
        mlt_multiplier_t m = in_float ? mlt_quotient(x_scale * w_scale, 1.0f, y_scale)
                                      : mlt_quotient(x_scale, w_scale, y_scale);
        if (MLT_WITH_INT16 && p->kind >= MLT_PRODUCT_S16 && m.shift > 7) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(0),
                "scale too small for the scales of the inputs");
        }
        *mult++ = m.mult;
        *shift++ = (int8_t)m.shift;
    }
    return MLT_OK;
}

static mlt_status_t prepare_integers(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, const mlt_product_want_t *want) {
    const mlt_tensor_t *x = mlt_in(ctx, node, want->x), *w = mlt_in(ctx, node, want->w);
    const mlt_tensor_t *y = mlt_out(ctx, node, 0);
    MLT_TRY(mlt_want_quant_of_tensor(ctx, node, want->x, x));
    MLT_TRY(mlt_want_quant_of_tensor(ctx, node, MLT_OUT(0), y));
    MLT_TRY(prepare_multipliers(ctx, node, p, want, mlt_scale_of(ctx, x), mlt_scale_of(ctx, y)));
    p->requant.zero_point = mlt_zero_point(ctx, y);
    MLT_TRY(mlt_activation_range(
        ctx, node, MLT_OUT(0), want->activation, &p->requant.lo, &p->requant.hi));
    p->x_offset = (int16_t)-mlt_zero_point(ctx, x);
    if (is_u8(p) || (want->dense && !p->requant.stride)) {
        MLT_TRY(mlt_want_quant_of_tensor(ctx, node, want->w, w));
        p->w_offset = (int16_t)-mlt_zero_point(ctx, w);
    }
    bool wide = MLT_WITH_INT16 && p->kind >= MLT_PRODUCT_S16;
    if (wide && (p->x_offset || p->w_offset || p->requant.zero_point)) {
        return mlt_fail(
            ctx, node, MLT_ERR_PARAM, MLT_NODE, "a zero point is not 0, want 0 for INT16");
    }
    return plan_scratch(ctx, node, p, want, w);
}

mlt_status_t mlt_product_prepare(
    mlt_ctx_t *ctx, const mlt_node_t *node, mlt_product_t *p, const mlt_product_want_t *want) {
    p->cols = want->cols;
    p->depth = want->depth;
    p->sums = p->unpacked = p->flipped = -1;
    MLT_TRY(pick_kind(ctx, node, p, want));
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_F32) {
        return mlt_activation_range_float(ctx, node, want->activation, &p->range.lo, &p->range.hi);
    }
    return MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID ? prepare_hybrid(ctx, node, p, want)
                                                           : prepare_integers(ctx, node, p, want);
}

// --- eval.

size_t mlt_product_x_size(const mlt_product_t *p) {
    return p->kind == MLT_PRODUCT_F32 ? 4 : p->kind >= MLT_PRODUCT_S16 ? 2 : 1;
}

size_t mlt_product_y_size(const mlt_product_t *p) {
    return p->kind == MLT_PRODUCT_HYBRID ? 4 : mlt_product_x_size(p);
}

static const void *bias_from(const mlt_tensor_t *bias, int32_t c) {
    size_t size = bias ? mlt_type_size((mlt_type_t)bias->type) : 0;
    return bias ? (const uint8_t *)bias->data + (size_t)c * size : NULL;
}

// Numbers first, first + 1 ... of an int4 tensor, two a byte, the low half first.
static void unpack_int4(const uint8_t *packed, int32_t first, int8_t *values, int32_t count) {
    for (int32_t i = first; i < first + count; ++i) {
        int32_t half = packed[i >> 1] >> (i & 1 ? 4 : 0) & 15;
        *values++ = (int8_t)((half ^ 8) - 8);
    }
}

// uint8 to int8, 128 less, and back.
static void flip(const void *from, void *to, int32_t count) {
    const uint8_t *a = from;
    uint8_t *b = to;
    for (int32_t i = 0; i < count; ++i) {
        b[i] = a[i] ^ 0x80;
    }
}

// `count` weights from number `first` on.
static const void *weights_from(
    mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w, int32_t first, int32_t count) {
    if (p->unpacked < 0) {
        return (const uint8_t *)w->data + (size_t)first * mlt_type_size((mlt_type_t)w->type);
    }
    int8_t *values = mlt_scratch(ctx, p->unpacked);
    if (MLT_WITH_INT4 && w->type == MLT_INT4) {
        unpack_int4(w->data, first, values, count);
    } else {
        flip((const uint8_t *)w->data + first, values, count);
    }
    return values;
}

const void *mlt_product_weights(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w) {
    return weights_from(ctx, p, w, 0, p->cols * p->depth);
}

void mlt_panel_wrap(mlt_ctx_t *ctx, const mlt_product_t *p, const void *w, const void *bias,
    int32_t c, int32_t cols, mlt_panel_t *panel) {
    panel->w = w;
    panel->bias = bias;
    panel->sums = NULL;
    panel->x_offset = p->x_offset;
    panel->shape = (mlt_conv_t){.filters = cols, .w_filter = p->depth, .w_offset = p->w_offset};
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_F32) {
        return;
    }
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
        const int32_t first = c * p->dequant.stride;
        panel->dequant = p->dequant;
        panel->dequant.w_scale += first;
        return;
    }
    const int32_t first = c * p->requant.stride;
    panel->requant = p->requant;
    panel->requant.mult += first;
    panel->requant.shift += first;
    if (is_u8(p)) { // everything is 128 less
        panel->x_offset += 128;
        panel->shape.w_offset += 128;
        panel->requant.zero_point -= 128;
        panel->requant.lo -= 128;
        panel->requant.hi -= 128;
    }
    if (MLT_CONV_S8_FOLDS && p->sums >= 0) {
        int32_t *sums = mlt_scratch(ctx, p->sums);
        mlt_fold_filters_s8(
            ctx, w, bias, sums, cols, p->depth, panel->x_offset, panel->shape.w_offset);
        panel->sums = sums;
    }
}

void mlt_panel_open(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_tensor_t *w,
    const mlt_tensor_t *bias, int32_t c, int32_t end, mlt_panel_t *panel) {
    int32_t cols = mlt_min(panel_rows(p), end - c);
    const void *rows = weights_from(ctx, p, w, c * p->depth, cols * p->depth);
    mlt_panel_wrap(ctx, p, rows, bias_from(bias, c), c, cols, panel);
}

void mlt_panel_rows(const mlt_product_t *p, mlt_panel_t *panel, int32_t rows, int32_t y_pixel) {
    panel->shape.pixels = rows;
    panel->shape.rows = panel->shape.cols = 1;
    panel->shape.depth = panel->shape.x_pixel = p->depth;
    panel->shape.y_pixel = y_pixel;
}

// A few pixels at a time, as int8.
static void run_u8(mlt_ctx_t *ctx, const mlt_product_t *p, const mlt_panel_t *panel,
    const uint8_t *x, const int8_t *w, const int32_t *bias, uint8_t *y) {
    int8_t *pixels = mlt_scratch(ctx, p->flipped);
    mlt_conv_t shape = panel->shape;
    shape.x_pixel = shape.depth;
    for (int32_t i = 0; i < panel->shape.pixels; i += shape.pixels) {
        shape.pixels = mlt_min(panel->shape.pixels - i, MLT_CONV_PIXELS);
        int8_t *to = pixels;
        for (int32_t k = 0; k < shape.pixels; ++k, x += panel->shape.x_pixel, to += shape.depth) {
            flip(x, to, shape.depth);
        }
        mlt_conv_s8(ctx, pixels, w, bias, (int8_t *)y, &shape, &panel->requant);
        for (int32_t k = 0; k < shape.pixels; ++k, y += shape.y_pixel) {
            flip(y, y, shape.filters);
        }
    }
}

// The biases for the panel's shape, whose x_offset is set.
static const void *choose_bias(const mlt_product_t *p, mlt_panel_t *panel) {
    mlt_conv_t *shape = &panel->shape;
    shape->x_offset = panel->x_offset;
    if (panel->sums && shape->rows * shape->cols * shape->depth == p->depth) {
        shape->x_offset = 0;
        return panel->sums;
    }
    return panel->bias;
}

void mlt_panel_run_each(
    mlt_ctx_t *ctx, const mlt_product_t *p, mlt_panel_t *panel, const void *x, void *y) {
    const void *bias = choose_bias(p, panel);
    mlt_conv_s8_each(ctx, x, panel->w, bias, y, &panel->shape, &panel->requant);
}

void mlt_panel_run(
    mlt_ctx_t *ctx, const mlt_product_t *p, mlt_panel_t *panel, const void *x, size_t w, void *y) {
    const mlt_conv_t *shape = &panel->shape;
    const void *bias = choose_bias(p, panel);
    const int8_t *w_s8 = (const int8_t *)panel->w + w;
    if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_F32) {
        mlt_conv_f32(ctx, x, (const float *)panel->w + w, bias, y, shape, &p->range);
    } else if (MLT_WITH_FLOAT && p->kind == MLT_PRODUCT_HYBRID) {
        mlt_conv_s8_f32(ctx, x, w_s8, bias, y, shape, &panel->dequant);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16) {
        mlt_conv_s16(ctx, x, w_s8, bias, y, shape, &panel->requant);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16_B32) {
        mlt_conv_s16_b32(ctx, x, w_s8, bias, y, shape, &panel->requant);
    } else if (MLT_WITH_INT16 && p->kind == MLT_PRODUCT_S16_S16) {
        mlt_conv_s16_s16(ctx, x, (const int16_t *)panel->w + w, bias, y, shape, &panel->requant);
    } else if (is_u8(p)) {
        run_u8(ctx, p, panel, x, w_s8, bias, y);
    } else {
        mlt_conv_s8(ctx, x, w_s8, bias, y, shape, &panel->requant);
    }
}
