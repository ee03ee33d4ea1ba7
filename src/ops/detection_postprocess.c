// SPDX-License-Identifier: MIT
// TFLite_Detection_PostProcess: what an SSD network says about its anchors becomes a list of boxes.
// Boxes that overlap much with a better one are dropped: "fast", each box with its best class, or
// "regular", class by class.

#include "flex.h"
#include "nms.h"
#include "rearrange.h"
#include "window.h"
#include "../mathf.h"

enum { BOXES, SCORES, ANCHORS }; // inputs
enum { OUT_BOXES, OUT_CLASSES, OUT_SCORES, OUT_COUNT };

typedef struct detection {
    int32_t boxes, box_size;  // box_size: numbers for each, of which four are used
    int32_t classes, columns; // columns: scores of each box, maybe one for the background first
    int32_t most, classes_per_box, per_class;
    int32_t regular;
    float score_threshold, overlap_threshold;
    float scale[4];                 // of y, x, h, w
    int32_t decoded, scores, order; // scratch, for each box
} detection_t;

// --- prepare

static mlt_status_t detection_options(mlt_ctx_t *ctx, const mlt_node_t *node, detection_t *d) {
    enum { MOST = 1 << 15 };
    mlt_flex_t options = mlt_flex_map(node);
    MLT_TRY(mlt_want_flex(ctx, node, &options, "max_detections", 1, MOST, &d->most));
    MLT_TRY(mlt_want_flex(
        ctx, node, &options, "max_classes_per_detection", 1, MOST, &d->classes_per_box));
    MLT_TRY(mlt_want_flex(ctx, node, &options, "num_classes", 1, INT32_MAX, &d->classes));
    if (!mlt_flex_int(&options, "use_regular_nms", &d->regular)) {
        d->regular = 0;
    }
    if (!mlt_flex_int(&options, "detections_per_class", &d->per_class)) {
        d->per_class = 100;
    }
    const struct {
        const char *name;
        float *value;
    } floats[] = {
        {"nms_score_threshold", &d->score_threshold},
        {"nms_iou_threshold", &d->overlap_threshold},
        {"y_scale", &d->scale[0]},
        {"x_scale", &d->scale[1]},
        {"h_scale", &d->scale[2]},
        {"w_scale", &d->scale[3]},
    };
    for (int i = 0; i < 6; ++i) {
        if (!mlt_flex_float(&options, floats[i].name, floats[i].value)) {
            return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE, "option %s is missing",
                MLT_NAME(floats[i].name));
        }
    }
    if (d->regular && d->per_class < 1) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
            "option detections_per_class is %d, want at least 1", (int)d->per_class);
    }
    return d->overlap_threshold > 0.0f && d->overlap_threshold <= 1.0f
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_NODE,
                     "option nms_iou_threshold is out of range, want more than 0 and at most 1");
}

static mlt_status_t detection_inputs(mlt_ctx_t *ctx, const mlt_node_t *node, detection_t *d) {
    for (int i = BOXES; i <= ANCHORS; ++i) {
        int rank = i == ANCHORS ? 2 : 3;
        MLT_TRY(mlt_want_type(ctx, node, i, MLT_T(FLOAT32) | MLT_T(UINT8)));
        MLT_TRY(mlt_want_rank(ctx, node, i, rank, rank));
        MLT_TRY(mlt_want_filled(ctx, node, i));
        if (mlt_in(ctx, node, i)->type == MLT_UINT8) {
            MLT_TRY(mlt_want_quant(ctx, node, i));
        }
    }
    MLT_TRY(mlt_want_type_of(ctx, node, ANCHORS, BOXES));
    const mlt_tensor_t *boxes = mlt_in(ctx, node, BOXES), *scores = mlt_in(ctx, node, SCORES);
    d->boxes = boxes->dims[1];
    d->box_size = boxes->dims[2];
    d->columns = scores->dims[2];
    MLT_TRY(mlt_want_dims(ctx, node, BOXES, 3, (int32_t[]){1, d->boxes, mlt_max(4, d->box_size)}));
    MLT_TRY(mlt_want_dims(ctx, node, SCORES, 3, (int32_t[]){1, d->boxes, d->columns}));
    MLT_TRY(mlt_want_dims(ctx, node, ANCHORS, 2, (int32_t[]){d->boxes, 4}));
    return d->columns == d->classes || d->columns - 1 == d->classes
               ? MLT_OK
               : mlt_fail(ctx, node, MLT_ERR_SHAPE, SCORES,
                     "%d scores for each box, want %d or one more", (int)d->columns,
                     (int)d->classes);
}

static mlt_status_t plan(mlt_ctx_t *ctx, int32_t *scratch, int32_t count, int32_t size) {
    int64_t bytes = (int64_t)count * size;
    *scratch = ctx->svc->scratch(ctx, bytes > INT32_MAX ? SIZE_MAX / 4 : (size_t)bytes);
    return *scratch < 0 ? MLT_ERR_ARENA : MLT_OK;
}

static mlt_status_t detection_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    detection_t *d = node->data = mlt_alloc(ctx, sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    MLT_TRY(detection_options(ctx, node, d));
    MLT_TRY(detection_inputs(ctx, node, d));
    int32_t room = d->most * d->classes_per_box;
    for (int i = OUT_BOXES; i <= OUT_COUNT; ++i) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(i), MLT_T(FLOAT32)));
    }
    MLT_TRY(mlt_set_output(ctx, node, OUT_BOXES, 3, (int32_t[]){1, room, 4}));
    MLT_TRY(mlt_set_output(ctx, node, OUT_CLASSES, 2, (int32_t[]){1, room}));
    MLT_TRY(mlt_set_output(ctx, node, OUT_SCORES, 2, (int32_t[]){1, room}));
    MLT_TRY(mlt_want_count(ctx, node, MLT_OUT(OUT_COUNT), 1));
    MLT_TRY(plan(ctx, &d->decoded, d->boxes, sizeof(mlt_box_t)));
    MLT_TRY(plan(ctx, &d->scores, d->boxes, sizeof(float)));
    return plan(ctx, &d->order, d->boxes, sizeof(int32_t));
}

// --- eval

// A tensor of floats, or of quantised ones.
typedef struct reader {
    const void *data;
    float scale; // 0: floats
    int32_t zero_point;
} reader_t;

static reader_t reader(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    const mlt_tensor_t *t = mlt_in(ctx, node, i);
    if (t->type == MLT_FLOAT32) {
        return (reader_t){t->data, 0.0f, 0};
    }
    return (reader_t){t->data, mlt_scale_of(ctx, t), mlt_zero_point(ctx, t)};
}

static float at(const reader_t *r, size_t i) {
    return r->scale > 0.0f ? (float)(((const uint8_t *)r->data)[i] - r->zero_point) * r->scale
                           : ((const float *)r->data)[i];
}

// What eval has at hand.
typedef struct run {
    const detection_t *d;
    reader_t all_scores;
    mlt_box_t *boxes;
    float *scores;  // of each box, for one class or the best
    int32_t *order; // of boxes
    mlt_box_t *out_boxes;
    float *out_classes, *out_scores;
} run_t;

// The box of an anchor. In double where TensorFlow Lite's is, so that overlaps that are just at the
// threshold come out the same.
static mlt_box_t decode(
    const detection_t *d, const reader_t *boxes, const reader_t *anchors, size_t i) {
    const size_t from = i * (size_t)d->box_size;
    float center[2], half[2];
    for (size_t k = 0; k < 2; ++k) {
        double middle = (double)at(anchors, 4 * i + k), extent = (double)at(anchors, 4 * i + 2 + k);
        center[k] = (float)((double)at(boxes, from + k) / (double)d->scale[k] * extent + middle);
        half[k] =
            (float)(0.5 * (double)mlt_expf(at(boxes, from + 2 + k) / d->scale[2 + k]) * extent);
    }
    return (mlt_box_t){
        center[0] - half[0], center[1] - half[1], center[0] + half[0], center[1] + half[1]};
}

static mlt_status_t decode_all(mlt_ctx_t *ctx, const mlt_node_t *node, const run_t *r) {
    reader_t boxes = reader(ctx, node, BOXES), anchors = reader(ctx, node, ANCHORS);
    for (int32_t i = 0; i < r->d->boxes; ++i) {
        mlt_box_t b = r->boxes[i] = decode(r->d, &boxes, &anchors, (size_t)i);
        if (b.ymin >= b.ymax || b.xmin >= b.xmax) {
            return mlt_fail(ctx, node, MLT_ERR_DATA, BOXES, "box %d is empty", (int)i);
        }
    }
    return MLT_OK;
}

// Put at most so many boxes at the start of r->order.
static int32_t take_boxes(const run_t *r, int32_t most) {
    const detection_t *d = r->d;
    mlt_nms_t nms = {d->boxes, most, d->score_threshold, d->overlap_threshold};
    return mlt_nms(&nms, r->boxes, r->scores, r->order);
}

static float score_of(const run_t *r, int32_t box, int32_t class) {
    const detection_t *d = r->d;
    size_t background = (size_t)(d->columns - d->classes);
    return at(&r->all_scores, (size_t)box * (size_t)d->columns + background + (size_t) class);
}

// The best class that comes after another (-1: the best of all), for one box.
static int32_t next_class(const run_t *r, int32_t box, int32_t after) {
    int32_t best = -1;
    float limit = after < 0 ? 0.0f : score_of(r, box, after), most = 0.0f;
    for (int32_t c = 0; c < r->d->classes; ++c) {
        float score = score_of(r, box, c);
        bool later = after < 0 || score < limit || (score == limit && c > after);
        if (later && (best < 0 || score > most)) {
            best = c;
            most = score;
        }
    }
    return best;
}

// TensorFlow Lite's numbering of results has gaps when a box has several classes; what does not fit
// is left out.
static int32_t run_fast(const run_t *r) {
    const detection_t *d = r->d;
    for (int32_t i = 0; i < d->boxes; ++i) {
        r->scores[i] = score_of(r, i, next_class(r, i, -1));
    }
    int32_t taken = take_boxes(r, d->most), found = 0;
    int32_t classes = mlt_min(d->classes_per_box, d->classes);
    for (int32_t i = 0; i < taken; ++i) {
        int32_t box = r->order[i], class = -1;
        for (int32_t k = 0; k < classes; ++k, ++found) {
            int64_t to = (int64_t)classes * found + k;
            class = next_class(r, box, class);
            if (to < (int64_t)d->most * d->classes_per_box && class >= 0) {
                r->out_boxes[to] = r->boxes[box];
                r->out_classes[to] = (float)class;
                r->out_scores[to] = score_of(r, box, class);
            }
        }
    }
    return found;
}

// Put a result behind those that are as good, if it is among the best.
static int32_t insert(const run_t *r, int32_t found, int32_t box, int32_t class, float score) {
    int32_t i = found;
    for (; i > 0 && r->out_scores[i - 1] < score; --i) {
        if (i < r->d->most) {
            r->out_boxes[i] = r->out_boxes[i - 1];
            r->out_classes[i] = r->out_classes[i - 1];
            r->out_scores[i] = r->out_scores[i - 1];
        }
    }
    if (i < r->d->most) {
        r->out_boxes[i] = r->boxes[box];
        r->out_classes[i] = (float)class;
        r->out_scores[i] = score;
    }
    return mlt_min(found + 1, r->d->most);
}

static int32_t run_regular(const run_t *r) {
    int32_t found = 0;
    for (int32_t class = 0; class < r->d->classes; ++class) {
        for (int32_t i = 0; i < r->d->boxes; ++i) {
            r->scores[i] = score_of(r, i, class);
        }
        int32_t taken = take_boxes(r, r->d->per_class);
        for (int32_t i = 0; i < taken; ++i) {
            found = insert(r, found, r->order[i], class, r->scores[r->order[i]]);
        }
    }
    return found;
}

static mlt_status_t detection_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const detection_t *d = node->data;
    for (int i = OUT_BOXES; i <= OUT_SCORES; ++i) {
        memset(mlt_out(ctx, node, i)->data, 0, mlt_bytes(mlt_out(ctx, node, i)));
    }
    run_t r = {
        .d = d,
        .all_scores = reader(ctx, node, SCORES),
        .boxes = mlt_scratch(ctx, d->decoded),
        .scores = mlt_scratch(ctx, d->scores),
        .order = mlt_scratch(ctx, d->order),
        .out_boxes = mlt_out(ctx, node, OUT_BOXES)->data,
        .out_classes = mlt_out(ctx, node, OUT_CLASSES)->data,
        .out_scores = mlt_out(ctx, node, OUT_SCORES)->data,
    };
    MLT_TRY(decode_all(ctx, node, &r));
    float *count = mlt_out(ctx, node, OUT_COUNT)->data;
    *count = (float)(d->regular ? run_regular(&r) : run_fast(&r));
    return MLT_OK;
}

const mlt_op_t mlt_op_detection_postprocess = {
    .name = "TFLite_Detection_PostProcess",
    .code = MLT_CUSTOM,
    .min_inputs = 3,
    .max_inputs = 3,
    .min_outputs = 4,
    .max_outputs = 4,
    .prepare = detection_prepare,
    .eval = detection_eval,
};
