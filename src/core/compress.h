// SPDX-License-Identifier: MIT
// Compressed constants: a model may say in its metadata that tensors are stored as indices into
// tables of values. They are unpacked into planned memory before each node that reads them.
#ifndef MLT_COMPRESS_H
#define MLT_COMPRESS_H

#include "../fb.h"
#include "model.h"

// Fields of the tables in that metadata.
enum { FB_COMPRESSION_VERSION = 0, FB_COMPRESSION_SUBGRAPHS = 1 };
enum { FB_COMPRESSION_TENSORS = 0 }; // of a subgraph
enum { FB_COMPRESSION_TENSOR = 0, FB_COMPRESSION_VALUES = 1, FB_COMPRESSION_BITS = 2 };

// A bit of mlt_tensor_t.flags: the tensor is one of these.
enum { TENSOR_COMPRESSED = 0x200 };

// The buffer of a kind of metadata; absent when the model has none.
fb_vector_t mlt_metadata(const uint8_t *model, const char *key);

// The tables of the compressed tensors of a subgraph.
fb_vector_t mlt_compressed(const uint8_t *model, uint32_t subgraph);

// Mark the tensors of a subgraph that are compressed, before they are loaded; and remember how,
// when they are.
mlt_status_t mlt_mark_compressed(mlt_model_t *m, int subgraph);
mlt_status_t mlt_load_compressed(mlt_model_t *m, int subgraph);

// Unpack what a node reads.
void mlt_unpack_inputs(const mlt_model_t *m, const mlt_node_t *node);

#endif
