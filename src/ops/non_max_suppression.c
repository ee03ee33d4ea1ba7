// SPDX-License-Identifier: MIT
// NON_MAX_SUPPRESSION_V4: from boxes of different scores choose the best, then the next best that
// do not overlap a chosen one too much. V5: those that overlap a little lose score (soft
// suppression). What is not used of the outputs is 0.

#include "../mathf.h"
#include "rearrange.h"

enum { BOXES, SCORES, MOST, OVERLAP, LEAST, SIGMA };

typedef struct candidate {
    float score;
    int32_t checked; // against so many of the chosen; -1: out of the race
} candidate_t;

typedef struct suppression {
    const float *boxes;
    candidate_t *candidates;
    int32_t count;               // of candidates
    float overlap, least, sigma; // sigma 0: hard suppression only
    int32_t *chosen;
    int32_t chosen_count;
} suppression_t;

static bool is_soft(const mlt_node_t *node) {
    return node->op->code == MLT_OP_NON_MAX_SUPPRESSION_V5;
}

static mlt_status_t non_max_suppression_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    for (int i = BOXES; i < node->input_count; ++i) {
        MLT_TRY(mlt_want_type(ctx, node, MLT_IN(i), i == MOST ? MLT_T(INT32) : MLT_T(FLOAT32)));
        if (i >= MOST) {
            MLT_TRY(mlt_want_count(ctx, node, MLT_IN(i), 1));
        }
    }
    MLT_TRY(mlt_want_rank(ctx, node, MLT_IN(BOXES), 2, 2));
    const mlt_tensor_t *most = mlt_in(ctx, node, MOST), *y = mlt_out(ctx, node, 0);
    int32_t boxes[] = {mlt_in(ctx, node, BOXES)->dims[0], 4};
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(BOXES), 2, boxes));
    MLT_TRY(mlt_want_dims(ctx, node, MLT_IN(SCORES), 1, boxes));
    int32_t size = mlt_is_const(most) ? mlt_index_at(most, 0) : mlt_elements(y);
    int last = node->output_count - 1;
    for (int i = 0; i <= last; ++i) {
        bool scores = is_soft(node) && i == 1;
        MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(i), scores ? MLT_T(FLOAT32) : MLT_T(INT32)));
        int32_t count = i < last ? size : 1; // the converter writes a vector as a matrix of one row
        MLT_TRY(mlt_out(ctx, node, i)->rank == 2 || i == last
                    ? mlt_want_count(ctx, node, MLT_OUT(i), count)
                    : mlt_set_output(ctx, node, i, 1, &size));
    }
    int *scratch = node->data = mlt_alloc(ctx, sizeof(int));
    if (!scratch) {
        return MLT_ERR_ARENA;
    }
    *scratch = ctx->svc->scratch(ctx, (size_t)boxes[0] * sizeof(candidate_t)); // half of the boxes
    return *scratch < 0 ? MLT_ERR_ARENA : MLT_OK;
}

// How far two intervals overlap; either end may come first.
static float common(float a, float b, float c, float d) {
    float start = mlt_fmaxf(mlt_fminf(a, b), mlt_fminf(c, d));
    float end = mlt_fminf(mlt_fmaxf(a, b), mlt_fmaxf(c, d));
    return mlt_fmaxf(end - start, 0.0f);
}

static float area(const float *box) {
    return mlt_fabsf(box[2] - box[0]) * mlt_fabsf(box[3] - box[1]);
}

// Intersection over union.
static float overlap(const float *a, const float *b) {
    float both = area(a) + area(b);
    if (!(area(a) > 0.0f && area(b) > 0.0f)) {
        return 0.0f;
    }
    float shared = common(a[0], a[2], b[0], b[2]) * common(a[1], a[3], b[1], b[3]);
    return shared / (both - shared);
}

// Check a candidate against those chosen since it was checked last, the newest first: true if it is
// suppressed. It may lose score.
static bool is_suppressed(const suppression_t *s, int32_t i) {
    candidate_t *c = &s->candidates[i];
    for (int32_t k = s->chosen_count - 1; k >= c->checked; --k) {
        float part = overlap(s->boxes + 4 * (size_t)i, s->boxes + 4 * (size_t)s->chosen[k]);
        if (part >= s->overlap) {
            return true;
        }
        if (s->sigma > 0.0f) {
            c->score *= mlt_expf(-0.5f / s->sigma * part * part);
        }
        if (c->score <= s->least) {
            return true;
        }
    }
    return false;
}

// The candidate with the highest score, the first of equal ones; -1: there is none.
static int32_t best_of(const suppression_t *s) {
    int32_t best = -1;
    for (int32_t i = 0; i < s->count; ++i) {
        const candidate_t *c = &s->candidates[i];
        if (c->checked >= 0 && (best < 0 || c->score > s->candidates[best].score)) {
            best = i;
        }
    }
    return best;
}

// Choose up to `most`; scores may be NULL. A chosen box stays in the race and suppresses itself, as
// it does in the reference, where one without an area thus comes up again and again.
static void choose(suppression_t *s, int32_t most, float *scores) {
    for (int32_t best; s->chosen_count < most && (best = best_of(s)) >= 0;) {
        candidate_t *c = &s->candidates[best];
        float before = c->score;
        bool out = is_suppressed(s, best);
        c->checked = out ? -1 : s->chosen_count;
        if (!out && !__builtin_islessgreater(c->score, before)) { // NaN stays NaN
            s->chosen[s->chosen_count] = best;
            if (scores) {
                scores[s->chosen_count] = before;
            }
            ++s->chosen_count;
        }
    }
}

static float scalar(const mlt_ctx_t *ctx, const mlt_node_t *node, int i) {
    const mlt_tensor_t *t = mlt_in(ctx, node, i);
    return t ? *(const float *)t->data : 0.0f;
}

static mlt_status_t non_max_suppression_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const mlt_tensor_t *boxes = mlt_in(ctx, node, BOXES), *y = mlt_out(ctx, node, 0);
    const float *scores = mlt_in(ctx, node, SCORES)->data;
    int32_t most = mlt_index_at(mlt_in(ctx, node, MOST), 0), above = 0;
    if (most != mlt_elements(y)) {
        return mlt_fail(
            ctx, node, MLT_ERR_DATA, MLT_OUT(0), "%d elements, want %d", mlt_elements(y), most);
    }
    suppression_t s = {.boxes = boxes->data,
        .candidates = mlt_scratch(ctx, *(const int *)node->data),
        .count = boxes->dims[0],
        .overlap = scalar(ctx, node, OVERLAP),
        .least = scalar(ctx, node, LEAST),
        .sigma = scalar(ctx, node, SIGMA),
        .chosen = y->data};
    if (s.sigma < 0.0f) {
        return mlt_fail(ctx, node, MLT_ERR_DATA, MLT_IN(SIGMA), "negative, want 0 or more");
    }
    for (int32_t i = 0; i < s.count; ++i) {
        bool good = scores[i] > s.least;
        s.candidates[i] = (candidate_t){scores[i], good ? 0 : -1};
        above += good;
    }
    float *chosen_scores = is_soft(node) ? mlt_out(ctx, node, 1)->data : NULL;
    choose(&s, mlt_min(most, above), chosen_scores);
    for (int32_t i = s.chosen_count; i < most; ++i) {
        s.chosen[i] = 0;
        if (chosen_scores) {
            chosen_scores[i] = 0.0f;
        }
    }
    *(int32_t *)mlt_out(ctx, node, node->output_count - 1)->data = s.chosen_count;
    return MLT_OK;
}

MLT_DEFINE_OP_OF(non_max_suppression_v4, NON_MAX_SUPPRESSION_V4, 5, 5, 2, 2,
    non_max_suppression_prepare, non_max_suppression_eval)
MLT_DEFINE_OP_OF(non_max_suppression_v5, NON_MAX_SUPPRESSION_V5, 6, 6, 3, 3,
    non_max_suppression_prepare, non_max_suppression_eval)
