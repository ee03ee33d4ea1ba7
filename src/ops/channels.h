// SPDX-License-Identifier: MIT
// Elements of a tensor by channel: what is quantised per channel has one scale for each place
// along one dimension. Quantised per tensor is the case of one channel.
#ifndef MLT_CHANNELS_H
#define MLT_CHANNELS_H

#include "util.h"

// Element (o, channel, i) lies at (o * count + channel) * inner + i.
typedef struct mlt_channels {
    int32_t outer, count, inner;
} mlt_channels_t;

// prepare: node->data becomes the channels of a quantised tensor of the node; checks its scales.
mlt_status_t mlt_channels_prepare(mlt_ctx_t *ctx, mlt_node_t *node, int slot);

#endif
