// SPDX-License-Identifier: MIT
// The older interface to the audio front end, microlite.audio_frontend: a window of 30 ms in, 40
// features for micro_speech out. Windows may overlap as the caller likes; only the noise is kept.

#include "modaudio_frontend.h"

typedef struct audio_frontend {
    mp_obj_base_t base;
    mlt_py_audio_t audio; // engine is NULL before configure()
    bool running;
} audio_frontend_t;

static void audio_frontend_print(const mp_print_t *print, mp_obj_t self, mp_print_kind_t kind) {
    mp_printf(print, "audio_frontend()");
}

static audio_frontend_t *self_of(mp_obj_t o) {
    audio_frontend_t *self = mlt_py_self(o, audio_frontend_print, MLT_WORD("an audio_frontend"));
    if (self->running) {
        mlt_py_raise(MP_QSTR_RuntimeError, "the front end is running");
    }
    return self;
}

static mp_obj_t audio_frontend_make_new(
    const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    audio_frontend_t *self = mlt_py_block(sizeof(*self), MLT_WORD("for an audio_frontend"));
    self->base.type = type;
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t audio_frontend_configure(mp_obj_t self_in) {
    audio_frontend_t *self = self_of(self_in);
    mlt_audio_config_t config = mlt_audio_preset(MLT_AUDIO_MICRO_SPEECH);
    self->audio = mlt_py_audio_new(&config);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(audio_frontend_configure_obj, audio_frontend_configure);

// An array of int8, or one of ulab's when that is what came in.
static mp_obj_t audio_frontend_execute(mp_obj_t self_in, mp_obj_t samples_in) {
    audio_frontend_t *self = self_of(self_in);
    if (!self->audio.engine) {
        mlt_py_raise(MP_QSTR_ValueError, "execute() before configure()");
    }
    mlt_py_samples_t samples = mlt_py_audio_samples(samples_in);
    size_t window = (size_t)mlt_audio_window(self->audio.engine);
    samples.count = samples.count < window ? 0 : window;
    size_t bytes = samples.count ? (size_t)mlt_audio_channels(self->audio.engine) : 0;
    uint8_t *block = mlt_py_block(bytes, MLT_WORD("for features"));
    self->running = true;
    mlt_audio_drop(self->audio.engine);
    mlt_py_audio_run(&self->audio, samples, true, block);
    self->running = false;
    mp_obj_t args[3] = {mlt_py_new_array('b', block, bytes), MP_OBJ_NEW_QSTR(MP_QSTR_dtype),
        MP_OBJ_NEW_SMALL_INT('b')};
    const mp_obj_type_t *type = mp_obj_get_type(samples_in);
    return type->name == MP_QSTR_ndarray ? mp_call_function_n_kw(MP_OBJ_FROM_PTR(type), 1, 1, args)
                                         : args[0];
}
static MP_DEFINE_CONST_FUN_OBJ_2(audio_frontend_execute_obj, audio_frontend_execute);

#define AUDIO_FRONTEND_SLOTS(X)                                                                    \
    X(make_new, audio_frontend_make_new)                                                           \
    X(print, audio_frontend_print)

#define AUDIO_FRONTEND_METHODS(X)                                                                  \
    X(MP_QSTR_configure, &audio_frontend_configure_obj)                                            \
    X(MP_QSTR_execute, &audio_frontend_execute_obj)

MLT_PY_DEFINE_TYPE(mlt_py_audio_frontend_type, MP_QSTR_audio_frontend, AUDIO_FRONTEND_SLOTS,
    AUDIO_FRONTEND_METHODS)
