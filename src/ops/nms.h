// SPDX-License-Identifier: MIT
// Non-maximum suppression: of boxes that overlap much, only the one with the best score is taken.
#ifndef MLT_NMS_H
#define MLT_NMS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct mlt_box {
    float ymin, xmin, ymax, xmax;
} mlt_box_t;

typedef struct mlt_nms {
    int32_t boxes, most;     // how many there are, how many are taken at most
    float score_threshold;   // boxes below are not taken
    float overlap_threshold; // what is common of what two boxes cover together, at most
} mlt_nms_t;

// The numbers of the boxes taken, the best first, go to the start of `order`, which has room for
// all. Returns how many.
int32_t mlt_nms(const mlt_nms_t *nms, const mlt_box_t *boxes, const float *scores, int32_t *order);

#endif
