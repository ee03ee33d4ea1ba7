// SPDX-License-Identifier: MIT
// Non-maximum suppression.

#include "nms.h"

#include "../mathf.h"

static float area(const mlt_box_t *b) {
    return (b->ymax - b->ymin) * (b->xmax - b->xmin);
}

// The part that two boxes have in common, of what they cover together.
static float overlap(const mlt_box_t *a, const mlt_box_t *b) {
    float area_a = area(a), area_b = area(b);
    if (area_a <= 0.0f || area_b <= 0.0f) {
        return 0.0f;
    }
    float height = mlt_fminf(a->ymax, b->ymax) - mlt_fmaxf(a->ymin, b->ymin);
    float width = mlt_fminf(a->xmax, b->xmax) - mlt_fmaxf(a->xmin, b->xmin);
    float common = mlt_fmaxf(height, 0.0f) * mlt_fmaxf(width, 0.0f);
    return common / (area_a + area_b - common);
}

// Box a comes before box b: a better score, or as good and earlier.
static bool comes_before(const float *scores, int32_t a, int32_t b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
}

// In a heap of n the last comes first: let the one at i sink.
static void sink(const float *scores, int32_t *heap, int32_t i, int32_t n) {
    for (int32_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && comes_before(scores, heap[child], heap[child + 1])) {
            ++child;
        }
        if (!comes_before(scores, heap[i], heap[child])) {
            return;
        }
        int32_t t = heap[i];
        heap[i] = heap[child];
        heap[child] = t;
    }
}

static void sort(const float *scores, int32_t *order, int32_t n) {
    for (int32_t i = n / 2; i > 0; --i) {
        sink(scores, order, i - 1, n);
    }
    for (int32_t end = n - 1; end > 0; --end) {
        int32_t t = order[0];
        order[0] = order[end];
        order[end] = t;
        sink(scores, order, 0, end);
    }
}

int32_t mlt_nms(const mlt_nms_t *nms, const mlt_box_t *boxes, const float *scores, int32_t *order) {
    int32_t count = 0, taken = 0;
    for (int32_t i = 0; i < nms->boxes; ++i) {
        if (scores[i] >= nms->score_threshold) {
            order[count++] = i;
        }
    }
    sort(scores, order, count);
    for (int32_t i = 0; i < count && taken < nms->most; ++i) {
        int32_t box = order[i];
        if (box < 0) {
            continue;
        }
        order[taken++] = box;
        for (int32_t k = i + 1; k < count; ++k) {
            if (order[k] >= 0 && overlap(&boxes[box], &boxes[order[k]]) > nms->overlap_threshold) {
                order[k] = -1;
            }
        }
    }
    return taken;
}
