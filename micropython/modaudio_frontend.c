// SPDX-License-Identifier: MIT
// The module audio_frontend: features for speech models from a stream of samples. Needs no model:
// it is in every firmware with microlite, and is a native module of its own.

#include "modaudio_frontend.h"

// --- Parameters by name.

typedef struct parameter {
    char name[24];
    uint8_t offset; // in mlt_audio_config_t
    char kind;      // of field: int, float, bool
} parameter_t;

#define PARAMETER(name, field, kind)                                                               \
    { name, offsetof(mlt_audio_config_t, field), kind }
static const parameter_t parameters[] = {
    PARAMETER("sample_rate", sample_rate, 'i'),
    PARAMETER("window_ms", window_ms, 'i'),
    PARAMETER("step_ms", step_ms, 'i'),
    PARAMETER("channels", channels, 'i'),
    PARAMETER("lower_hz", lower_hz, 'f'),
    PARAMETER("upper_hz", upper_hz, 'f'),
    PARAMETER("smoothing_bits", smoothing_bits, 'i'),
    PARAMETER("even_smoothing", even_smoothing, 'f'),
    PARAMETER("odd_smoothing", odd_smoothing, 'f'),
    PARAMETER("min_signal_remaining", min_signal_remaining, 'f'),
    PARAMETER("pcan", pcan, 'b'),
    PARAMETER("pcan_strength", pcan_strength, 'f'),
    PARAMETER("pcan_offset", pcan_offset, 'f'),
    PARAMETER("gain_bits", gain_bits, 'i'),
    PARAMETER("log", log, 'b'),
    PARAMETER("log_shift", log_shift, 'i'),
};

static bool is_text(mp_obj_t o, const char *text) {
    size_t length;
    if (mp_obj_get_type(o) != &mp_type_str) {
        return false;
    }
    const char *given = mp_obj_str_get_data(o, &length);
    return length == strlen(text) && memcmp(given, text, length) == 0;
}

static void set_parameter(void *field, char kind, mp_obj_t value) {
    if (kind == 'b') {
        *(bool *)field = mp_obj_is_true(value);
    } else if (kind == 'f') {
        *(float *)field = mlt_py_get_float(value);
    } else {
        mp_int_t x;
        if (!mlt_py_get_int(value, &x)) {
            mlt_py_raise_type(MLT_WORD("parameter"), value, MLT_WORD("int"));
        }
        // What is out of range here is so for every parameter.
        *(int32_t *)field = x < -1 || x >= INT32_MAX ? -1 : (int32_t)x;
    }
}

static bool set_by_name(mlt_audio_config_t *config, mp_obj_t name, mp_obj_t value) {
    for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); ++i) {
        if (is_text(name, parameters[i].name)) {
            set_parameter((uint8_t *)config + parameters[i].offset, parameters[i].kind, value);
            return true;
        }
    }
    return false;
}

static mlt_audio_config_t preset_by_name(mp_obj_t name) {
    static const char names[][16] = {"library", "micro_speech", "micro_wake_word"};
    for (int i = 0; i < 3; ++i) {
        if (is_text(name, names[i])) {
            return mlt_audio_preset((mlt_audio_preset_t)i);
        }
    }
    mlt_py_raise(
        MP_QSTR_ValueError, "unknown preset, want library, micro_speech or micro_wake_word");
}

static bool is_int8(mp_obj_t dtype) {
    if (!is_text(dtype, "int8") && !is_text(dtype, "uint16")) {
        mlt_py_raise(MP_QSTR_ValueError, "unknown dtype, want int8 or uint16");
    }
    return is_text(dtype, "int8");
}

// --- What microlite.audio_frontend uses, too.

mlt_py_audio_t mlt_py_audio_new(const mlt_audio_config_t *config) {
    const char *error;
    mlt_py_audio_t a = {.bytes = mlt_audio_size(config, &error)};
    if (a.bytes == 0) {
        mlt_py_raise(MP_QSTR_ValueError, "%s", error);
    }
    size_t row = (size_t)config->channels * sizeof(*a.row);
    uint8_t *block = mlt_py_block(a.bytes + row, MLT_WORD("for an audio front end"));
    a.engine = mlt_audio_open(block, a.bytes, config);
    a.row = (uint16_t *)(block + a.bytes);
    a.bytes += row;
    return a;
}

mlt_py_samples_t mlt_py_audio_samples(mp_obj_t o) {
    mp_buffer_info_t info;
    if (mp_obj_get_type(o) == &mp_type_str || !mlt_py_get_items(o, &info)) {
        mlt_py_raise_type(MLT_WORD("samples"), o, MLT_WORD("a buffer of int16 in a row"));
    }
    char code = (char)info.typecode;
    if (code != 'h' && code != 'B' && code != 'b' && code != BYTEARRAY_TYPECODE) {
        mlt_py_raise(MP_QSTR_TypeError, "samples of items '%c', want 'h' or bytes", code);
    }
    if (info.len % sizeof(int16_t) != 0) {
        mlt_py_raise(
            MP_QSTR_ValueError, "%u bytes of samples, want an even number", (unsigned)info.len);
    }
    return (mlt_py_samples_t){info.buf, info.len / sizeof(int16_t)};
}

size_t mlt_py_audio_run(
    const mlt_py_audio_t *a, mlt_py_samples_t samples, bool int8, uint8_t *out) {
    size_t channels = (size_t)mlt_audio_channels(a->engine), frames = 0;
    while (samples.count > 0) {
        bool done;
        size_t taken = mlt_audio_process(a->engine, samples.data, samples.count, a->row, &done);
        samples.data += taken * sizeof(int16_t);
        samples.count -= taken;
        if (done && int8) {
            for (size_t i = 0; i < channels; ++i) {
                *out++ = (uint8_t)mlt_audio_int8(a->row[i]);
            }
        } else if (done) {
            memcpy(out, a->row, channels * sizeof(*a->row));
            out += channels * sizeof(*a->row);
        }
        frames += done;
    }
    return frames;
}

// --- Frontend.

typedef struct frontend {
    mp_obj_base_t base;
    mlt_py_audio_t audio;
    bool int8;
    bool running; // an interrupt handler or a thread may ask again
} frontend_t;

static void frontend_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    const frontend_t *self = MP_OBJ_TO_PTR(self_in);
    const mlt_audio_t *a = self->audio.engine;
    mp_printf(print, "<Frontend %d channels of %d samples every %d, %s>",
        (int)mlt_audio_channels(a), (int)mlt_audio_window(a), (int)mlt_audio_step(a),
        self->int8 ? "int8" : "uint16");
}

static frontend_t *self_of(mp_obj_t o) {
    return mlt_py_self(o, frontend_print, MLT_WORD("a Frontend"));
}

static mp_obj_t frontend_make_new(
    const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, 1, true);
    mlt_audio_config_t config = preset_by_name(args[0]);
    bool int8 = false;
    for (size_t i = 0; i < n_kw; ++i) {
        mp_obj_t name = args[1 + 2 * i], value = args[2 + 2 * i];
        if (is_text(name, "dtype")) {
            int8 = is_int8(value);
        } else if (!set_by_name(&config, name, value)) {
            mlt_py_raise(MP_QSTR_TypeError, "unknown parameter %s", mp_obj_str_get_str(name));
        }
    }
    mlt_py_audio_t audio = mlt_py_audio_new(&config);
    frontend_t *self = mlt_py_block(sizeof(*self), MLT_WORD("for a Frontend"));
    self->base.type = type;
    self->audio = audio;
    self->int8 = int8;
    self->running = false;
    return MP_OBJ_FROM_PTR(self);
}

// Bytes of the frames that these samples complete.
static size_t size_of_frames(const frontend_t *self, mlt_py_samples_t samples) {
    const mlt_audio_t *a = self->audio.engine;
    size_t row = (size_t)mlt_audio_channels(a) * (self->int8 ? sizeof(int8_t) : sizeof(uint16_t));
    return mlt_audio_frames(a, samples.count) * row;
}

static size_t run(frontend_t *self, mlt_py_samples_t samples, uint8_t *out) {
    self->running = true;
    size_t frames = mlt_py_audio_run(&self->audio, samples, self->int8, out);
    self->running = false;
    return frames;
}

static frontend_t *idle_self_of(mp_obj_t o) {
    frontend_t *self = self_of(o);
    if (self->running) {
        mlt_py_raise(MP_QSTR_RuntimeError, "the front end is running");
    }
    return self;
}

static mp_obj_t frontend_process(mp_obj_t self_in, mp_obj_t samples_in) {
    frontend_t *self = idle_self_of(self_in);
    mlt_py_samples_t samples = mlt_py_audio_samples(samples_in);
    size_t bytes = size_of_frames(self, samples);
    uint8_t *block = mlt_py_block(bytes, MLT_WORD("for features"));
    run(self, samples, block);
    return mlt_py_new_array(self->int8 ? 'b' : 'H', block, bytes);
}
static MP_DEFINE_CONST_FUN_OBJ_2(frontend_process_obj, frontend_process);

static mp_obj_t frontend_process_into(mp_obj_t self_in, mp_obj_t samples_in, mp_obj_t out_in) {
    frontend_t *self = idle_self_of(self_in);
    mlt_py_samples_t samples = mlt_py_audio_samples(samples_in);
    mp_buffer_info_t row, out;
    if (!mlt_py_get_items(out_in, &row) || !mp_get_buffer(out_in, &out, MP_BUFFER_WRITE) ||
        row.buf != out.buf) { // a copy of a view
        mlt_py_raise_type(MLT_WORD("out"), out_in, MLT_WORD("a buffer to write to"));
    }
    char code = (char)out.typecode;
    bool bytes_like = code == 'b' || code == 'B' || code == BYTEARRAY_TYPECODE;
    if (!bytes_like && (self->int8 || code != 'H')) {
        mlt_py_raise(MP_QSTR_TypeError, "out of items '%c', want %s", code,
            self->int8 ? "'b' or bytes" : "'H' or bytes");
    }
    size_t bytes = size_of_frames(self, samples);
    if (out.len < bytes) {
        mlt_py_raise(
            MP_QSTR_ValueError, "out has %u bytes, want %u", (unsigned)out.len, (unsigned)bytes);
    }
    return mp_obj_new_int_from_uint(run(self, samples, out.buf));
}
static MP_DEFINE_CONST_FUN_OBJ_3(frontend_process_into_obj, frontend_process_into);

static mp_obj_t frontend_reset(mp_obj_t self_in) {
    mlt_audio_reset(idle_self_of(self_in)->audio.engine);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(frontend_reset_obj, frontend_reset);

static void frontend_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const frontend_t *self = MP_OBJ_TO_PTR(self_in);
    const mlt_audio_t *a = self->audio.engine;
    if (dest[0] != MP_OBJ_NULL) {
        return; // attributes cannot be set
    }
    if (attr == MP_QSTR_channels) {
        dest[0] = MP_OBJ_NEW_SMALL_INT(mlt_audio_channels(a));
    } else if (attr == MP_QSTR_window) {
        dest[0] = MP_OBJ_NEW_SMALL_INT(mlt_audio_window(a));
    } else if (attr == MP_QSTR_step) {
        dest[0] = MP_OBJ_NEW_SMALL_INT(mlt_audio_step(a));
    } else if (attr == MP_QSTR_nbytes) {
        dest[0] = mp_obj_new_int_from_uint(self->audio.bytes);
    } else {
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
    }
}

#define FRONTEND_SLOTS(X)                                                                          \
    X(make_new, frontend_make_new)                                                                 \
    X(print, frontend_print)                                                                       \
    X(attr, frontend_attr)

#define FRONTEND_METHODS(X)                                                                        \
    X(MP_QSTR_process, &frontend_process_obj)                                                      \
    X(MP_QSTR_process_into, &frontend_process_into_obj)                                            \
    X(MP_QSTR_reset, &frontend_reset_obj)

MLT_PY_DEFINE_TYPE(mlt_py_frontend_type, MP_QSTR_Frontend, FRONTEND_SLOTS, FRONTEND_METHODS)

#if !MICROPY_ENABLE_DYNRUNTIME

static const mp_rom_map_elem_t globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_audio_frontend)},
    {MP_ROM_QSTR(MP_QSTR_Frontend), MP_ROM_PTR(&mlt_py_frontend_type)},
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

const mp_obj_module_t mp_module_audio_frontend = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&globals,
};

MP_REGISTER_MODULE(MP_QSTR_audio_frontend, mp_module_audio_frontend);

#endif
