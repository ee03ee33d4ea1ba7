// SPDX-License-Identifier: MIT
// The smallest kernels: one plain loop each, without preparations. In builds that want no fast ones
// they are the best.
#ifndef MLT_SMALL_H
#define MLT_SMALL_H

mlt_conv_s8_fn mlt_conv_s8_small;
mlt_conv_s8_fn mlt_dense_s8_small; // x, w and y lie row after row
mlt_depthwise_s8_fn mlt_depthwise_s8_small;

#if !MLT_WITH_FAST_KERNELS
#define mlt_conv_s8_best mlt_conv_s8_small
#define mlt_conv_s8_each_best mlt_conv_s8_small
#define mlt_dense_s8_best mlt_dense_s8_small
#define mlt_depthwise_s8_best mlt_depthwise_s8_small
#define MLT_CONV_S8_FOLDS 0
#define MLT_DEPTHWISE_S8_FOLDS 0
#endif

#endif
