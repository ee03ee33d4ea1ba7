// SPDX-License-Identifier: MIT
// The audio front end as its Python types share it.
#ifndef MICROLITE_MODAUDIO_FRONTEND_H
#define MICROLITE_MODAUDIO_FRONTEND_H

#include "microlite_audio.h"
#include "modmicrolite.h"

typedef struct mlt_py_audio {
    mlt_audio_t *engine; // the start of a block of ours
    uint16_t *row;       // its end: room for a frame
    size_t bytes;        // of the block
} mlt_py_audio_t;

typedef struct mlt_py_samples {
    const uint8_t *data; // int16, aligned or not
    size_t count;
} mlt_py_samples_t;

MLT_PY_DECLARE_TYPE(mlt_py_frontend_type);
MLT_PY_DECLARE_TYPE(mlt_py_audio_frontend_type); // microlite.audio_frontend

// Raises ValueError, MemoryError.
mlt_py_audio_t mlt_py_audio_new(const mlt_audio_config_t *config);

// A buffer as samples. TypeError when it holds something else, ValueError for half a sample.
mlt_py_samples_t mlt_py_audio_samples(mp_obj_t o);

// Take all samples, store the frames that they complete. Returns how many.
size_t mlt_py_audio_run(const mlt_py_audio_t *a, mlt_py_samples_t samples, bool int8, uint8_t *out);

#endif
