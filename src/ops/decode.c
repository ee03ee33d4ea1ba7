// SPDX-License-Identifier: MIT
// TFLM_DECODE: weights that are stored smaller than they are, made whole before the operators that
// read them. Inputs come in pairs, one for each output: the encoded weights, and 16 bytes that say
// how they are encoded, with tables behind them. Byte 0 is the kind, bytes 1 and 4 are versions.

#include "../packed.h"
#include "rearrange.h"

enum { LOOKUP, HUFFMAN, PRUNED }; // kinds
enum { HEADER = 16, VERSION = 1 };

typedef struct decoder {
    uint8_t kind;
    uint8_t size;     // bytes of an element
    uint8_t bits;     // HUFFMAN: of an index into the first table
    bool wide;        // HUFFMAN: tables of 32 bits
    bool zero_points; // PRUNED: a zero point for each channel, else `zero` for all
    bool last_axis;   // PRUNED: channels are the last dimension
    int8_t zero;
    uint32_t count, channels;
    const uint8_t *encoded, *table; // constants
    size_t encoded_bytes, table_bytes;
    uint8_t stride;
} decoder_t;

// --- Tables of values: see packed.h

static mlt_packed_t packed_of(const decoder_t *d) {
    return (mlt_packed_t){d->encoded, d->encoded_bytes, d->table, d->table_bytes, d->count,
        d->channels, d->last_axis, d->size, d->bits, d->stride};
}

// --- Huffman codes. Tables of words lie one after the other. A word is either the number of bits
// for the next table and how far that is from here, or a symbol and the bits that it really takes.

typedef struct word {
    bool found;
    uint32_t bits, value;
} word_t;

static word_t word_at(const decoder_t *d, uint32_t i) {
    if (d->wide) {
        uint32_t w;
        memcpy(&w, d->table + (size_t)4 * i, sizeof(w));
        return (word_t){w >> 31, w >> 27 & 15, w & 0x7ffffff};
    }
    uint16_t w;
    memcpy(&w, d->table + (size_t)2 * i, sizeof(w));
    return (word_t){w >> 15, w >> 11 & 15, w & 0x7ff};
}

// Decode all elements; y NULL: only check. false when a code leads out of the tables.
static bool decode_huffman(const decoder_t *d, uint8_t *y) {
    uint32_t words = (uint32_t)(d->table_bytes / (d->wide ? 4 : 2));
    size_t at = 0, most = 8 * d->encoded_bytes + 64;
    for (uint32_t i = 0; i < d->count; ++i) {
        uint32_t used = d->bits, index = mlt_bits_at(d->encoded, d->encoded_bytes, at, used);
        at += used;
        word_t w = {0};
        while (index < words && at < most && !(w = word_at(d, index)).found) {
            used = w.bits + 1;
            index += w.value + mlt_bits_at(d->encoded, d->encoded_bytes, at, used);
            at += used;
        }
        if (!w.found) {
            return false;
        }
        at -= used > w.bits ? used - w.bits : 0;
        if (y) {
            memcpy(y + (size_t)i * d->size, &w.value, d->size);
        }
    }
    return true;
}

// --- Pruned weights: a bit for each element, 0 for those that are zero; the values of the others

static bool is_kept(const decoder_t *d, uint32_t i) {
    return d->encoded[i >> 3] >> (~i & 7) & 1;
}

static uint32_t count_kept(const decoder_t *d) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->count; ++i) {
        kept += is_kept(d, i);
    }
    return kept;
}

static void decode_pruned(
    const mlt_ctx_t *ctx, const mlt_tensor_t *t, const decoder_t *d, uint8_t *y) {
    const uint8_t *value = d->table;
    uint32_t run = d->last_axis ? 1 : d->count / d->channels, channel = 0, left = run;
    int8_t zero = d->zero_points ? (int8_t)mlt_zero_point_at(ctx, t, 0) : d->zero;
    for (uint32_t i = 0; i < d->count; ++i, y += d->size) {
        if (is_kept(d, i)) {
            memcpy(y, value, d->size);
            value += d->size;
        } else {
            memset(y, zero, d->size); // not 0 for int8 only
        }
        if (d->zero_points && --left == 0) {
            left = run;
            channel = channel + 1 == d->channels ? 0 : channel + 1;
            zero = (int8_t)mlt_zero_point_at(ctx, t, (int32_t)channel);
        }
    }
}

// --- prepare

// Which channel an element belongs to, for tables and zero points.
static mlt_status_t decode_channels(mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d) {
    const mlt_tensor_t *y = mlt_out(ctx, node, i);
    int32_t scales = mlt_scale_count(ctx, y), axis = mlt_quant_dim(ctx, y);
    d->channels = scales > 1 ? (uint32_t)scales : 1;
    d->last_axis = scales > 1 && axis == y->rank - 1;
    bool good = scales == 0 || axis == 0 || d->last_axis;
    if (!good || d->count % d->channels != 0) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_OUT(i),
            "%d scales along dimension %d, want them along the first or the last", (int)scales,
            (int)axis);
    }
    return MLT_OK;
}

static mlt_status_t decode_zero_points(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d) {
    const mlt_tensor_t *y = mlt_out(ctx, node, i);
    for (uint32_t c = 0; c < d->channels && mlt_scale_count(ctx, y) > 0; ++c) {
        int32_t zero_point = mlt_zero_point_at(ctx, y, (int32_t)c);
        if (zero_point != 0 && y->type != MLT_INT8) {
            return mlt_fail(
                ctx, node, MLT_ERR_PARAM, MLT_OUT(i), "zero point %d, want 0", (int)zero_point);
        }
        d->zero_points |= zero_point != 0 && d->channels > 1;
    }
    d->zero = y->type == MLT_INT8 ? (int8_t)mlt_zero_point(ctx, y) : 0;
    return MLT_OK;
}

static mlt_status_t prepare_lookup(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d, const uint8_t *header) {
    d->bits = header[5] & 7;
    d->stride = header[6];
    MLT_TRY(decode_channels(ctx, node, i, d));
    mlt_packed_t p = packed_of(d);
    return mlt_packed_good(&p) ? MLT_OK
                               : mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(2 * i),
                                     "an index of %d bits leads to no value", d->bits);
}

static mlt_status_t prepare_huffman(
    mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d, const uint8_t *header) {
    d->wide = header[5] & 1;
    d->bits = (uint8_t)((header[5] >> 4) + 1);
    MLT_TRY(mlt_want_type(
        ctx, node, MLT_OUT(i), MLT_T(INT8) | (d->wide && MLT_WITH_INT16 ? MLT_T(INT16) : 0)));
    return decode_huffman(d, NULL) ? MLT_OK
                                   : mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(2 * i),
                                         "a Huffman code leads out of its tables");
}

static mlt_status_t prepare_pruned(mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d) {
    MLT_TRY(decode_channels(ctx, node, i, d));
    MLT_TRY(decode_zero_points(ctx, node, i, d));
    bool good =
        d->encoded_bytes >= ((size_t)d->count + 7) / 8 && d->table_bytes / d->size >= count_kept(d);
    return good ? MLT_OK
                : mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_IN(2 * i), "bits or values are missing");
}

// Output i, from inputs 2 i and 2 i + 1.
static mlt_status_t prepare_one(mlt_ctx_t *ctx, const mlt_node_t *node, int i, decoder_t *d) {
    int in = 2 * i, how = in + 1;
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(in)));
    MLT_TRY(mlt_want_const(ctx, node, MLT_IN(how)));
    MLT_TRY(mlt_want_type(ctx, node, MLT_OUT(i),
        MLT_T(BOOL) | MLT_T(FLOAT32) | MLT_T(INT8) | MLT_T(INT16) | MLT_T(INT32) | MLT_T(INT64)));
    const mlt_tensor_t *x = mlt_in(ctx, node, in), *t = mlt_in(ctx, node, how);
    const mlt_tensor_t *y = mlt_out(ctx, node, i);
    const uint8_t *header = t->data;
    size_t bytes = mlt_bytes(t);
    if (bytes < HEADER) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(how), "%d bytes, want at least %d",
            (int)bytes, HEADER);
    }
    if (header[1] != VERSION || header[4] != VERSION) {
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(how), "version %d, want %d",
            header[1] != VERSION ? header[1] : header[4], VERSION);
    }
    d->kind = header[0];
    d->size = (uint8_t)mlt_size_of(y);
    d->count = (uint32_t)mlt_elements(y);
    d->encoded = x->data;
    d->encoded_bytes = mlt_bytes(x);
    d->table = header + HEADER;
    d->table_bytes = bytes - HEADER;
    switch (d->kind) {
    case LOOKUP:
        return prepare_lookup(ctx, node, i, d, header);
    case HUFFMAN:
        return prepare_huffman(ctx, node, i, d, header);
    case PRUNED:
        return prepare_pruned(ctx, node, i, d);
    default:
        return mlt_fail(ctx, node, MLT_ERR_PARAM, MLT_IN(how),
            "encoding %d, want 0 (tables), 1 (Huffman) or 2 (pruned)", d->kind);
    }
}

static mlt_status_t decode_prepare(mlt_ctx_t *ctx, mlt_node_t *node) {
    if (node->input_count != 2 * node->output_count) {
        return mlt_fail(ctx, node, MLT_ERR_MODEL, MLT_NODE, "%d inputs, want two for each output",
            node->input_count);
    }
    decoder_t *d = node->data = mlt_alloc(ctx, node->output_count * sizeof(*d));
    if (!d) {
        return MLT_ERR_ARENA;
    }
    for (int i = 0; i < node->output_count; ++i) {
        MLT_TRY(prepare_one(ctx, node, i, &d[i]));
    }
    return MLT_OK;
}

// --- eval

static mlt_status_t decode_eval(mlt_ctx_t *ctx, const mlt_node_t *node) {
    const decoder_t *d = node->data;
    for (int i = 0; i < node->output_count; ++i, ++d) {
        const mlt_tensor_t *y = mlt_out(ctx, node, i);
        if (d->kind == LOOKUP) {
            mlt_packed_t p = packed_of(d);
            mlt_unpack(&p, y->data);
        } else if (d->kind == HUFFMAN) {
            decode_huffman(d, y->data);
        } else {
            decode_pruned(ctx, y, d, y->data);
        }
    }
    return MLT_OK;
}

const mlt_op_t mlt_op_decode = {
    .name = "TFLM_DECODE",
    .code = MLT_CUSTOM,
    .min_inputs = 2,
    .max_inputs = 255,
    .min_outputs = 1,
    .max_outputs = 255,
    .prepare = decode_prepare,
    .eval = decode_eval,
};
