# SPDX-License-Identifier: MIT
"""The Signal operators: parts of audio front ends, with options in FlexBuffers."""

import numpy as np
from flatbuffers import flexbuffers

from lib import Case, Graph, choice, data, dims

TURNS = 5  # invokes of those that remember something


def cases(rng, count):
    for i in range(count):
        yield window(rng)
        yield auto_scale(rng, i)
        yield energy(rng)
        for variant in ("i16", "i32", "f32"):
            yield fft(rng, variant)
            yield fft(rng, variant, inverse=True)
        yield filter_bank(rng)
        yield square_root(rng)
        yield spectral_subtraction(rng)
        yield pcan(rng)
        yield log(rng)
        yield delay(rng)
        yield framer(rng)
        yield stacker(rng)
        for variant in ("i16", "f32"):
            yield overlap_add(rng, variant)
    yield from lengths(rng, count > 20)
    yield from errors()
    yield from broken_options()


class Patched(Case):
    """What TFLM leaves in an output as it was is 0 with us: patch(invoke, outputs) puts it right."""

    patch = None

    def ask(self, oracle):
        super().ask(oracle)
        for i, outputs in enumerate(self.outputs or ()):
            if self.patch:
                self.patch(i, outputs)


def case(name, op, tensors, invokes, options, variant, patch=None, **more):
    """tensors: (inputs, outputs); each is a (shape, type) or, for a constant, an array."""
    g = Graph()
    ins = [g.tensor(t.shape, t.dtype.name, data=t) if isinstance(t, np.ndarray) else g.tensor(*t) for t in tensors[0]]
    outs = [g.tensor(*t) for t in tensors[1]]
    g.custom(op, ins, outs, flexbuffers.Dumps(options) if isinstance(options, dict) else options)
    model = g.build([t for t in ins if not t.const], outs)
    c = Patched(name, model, invokes, variant=variant, op=op, **more)
    c.patch = patch
    return c


def values(rng, shape, dtype, bits=None):
    """Unsigned numbers of any size up to so many bits."""
    bits = bits or 8 * np.dtype(dtype).itemsize
    wide = rng.integers(0, 2 ** 64 - 1, shape, dtype=np.uint64, endpoint=True)
    shifts = rng.integers(64 - bits, 63, shape, dtype=np.uint64, endpoint=True)
    return (wide >> shifts).astype(dtype)


def sound(rng, shape):
    """Loud and soft, and some silence."""
    x = data(rng, shape, "int16")
    return (x >> rng.integers(0, 16)).astype(np.int16)


# ----------------------------------------------------------------------------------------------
# Around an FFT

def window(rng):
    length = int(rng.integers(1, 40))
    shape = [*dims(rng, int(rng.integers(0, 3)), 1, 3), length]
    shift = int(rng.integers(8, 16))
    weights = data(rng, [length], "int16")
    return case(f"SignalWindow, {shape}, shift {shift}", "SignalWindow",
                ([(shape, "int16"), weights], [(shape, "int16")]), [[data(rng, shape, "int16")]], {"shift": shift}, "i16")


def auto_scale(rng, i):
    n = int(rng.integers(1, 40))
    x = sound(rng, [n])
    if i % 4 == 0:
        x[rng.integers(n)] = -32768
    if i % 5 == 4:
        x[:] = 0
    return case(f"SignalFftAutoScale, {n}, up to {np.abs(x.astype(int)).max()}", "SignalFftAutoScale",
                ([([n], "int16")], [([n], "int16"), ([], "int32")]), [[x]], {}, "i16")


def energy(rng):
    bins = int(rng.integers(1, 40))
    start, end = sorted(int(i) for i in rng.integers(0, bins, 2, endpoint=True))

    def patch(_, outputs):
        outputs[0][:start] = outputs[0][end:] = 0
    return case(f"SignalEnergy, bins {start} to {end} of {bins}", "SignalEnergy",
                ([([2 * bins], "int16")], [([bins], "uint32")]), [[data(rng, [2 * bins], "int16")]],
                {"start_index": start, "end_index": end}, "i16->u32", patch)


TYPES = {"i16": ("int16", 7), "i32": ("int32", 2), "f32": ("float32", 0)}


# Not powers of two. TFLM's wheel dies when half of a length has a prime factor above 5.
MIXED = [2 * 2 ** a * 3 ** b * 5 ** c for a in range(8) for b in range(4) for c in range(4)
         if 2 * 2 ** a * 3 ** b * 5 ** c <= 480 and b + c > 0]


def fft(rng, variant, inverse=False, points=None, loud=None):
    dtype, number = TYPES[variant]
    points = points or (2 ** int(rng.integers(2, 10)) if rng.integers(2) else choice(rng, *MIXED))
    lead = dims(rng, int(rng.integers(0, 2)), 1, 3)
    spectrum = points + 2
    length = spectrum if inverse else int(rng.integers(1, points, endpoint=True))
    out = points if inverse else spectrum
    op = "SignalIrfft" if inverse else "SignalRfft"
    shape = [*lead, length]
    x = data(rng, shape, dtype) if loud is None else np.full(shape, loud, dtype)
    if dtype != "float32" and loud is None:
        x = (x >> rng.integers(0, 8)).astype(dtype)
    # Errors of floats are relative to the largest number.
    tolerance = {"atol": 2e-6 * points ** 0.5} if variant == "f32" else {}
    how = "" if loud is None else f", all {loud}"
    return case(f"{op} {variant}, {shape} to {points} points{how}", op, ([(shape, dtype)], [([*lead, out], dtype)]),
                [[x]], {"T": number, "fft_length": points}, variant, **tolerance)


def lengths(rng, many):
    """Every length that TensorFlow makes, and more; every radix and kinds of factors; the loudest inputs."""
    for points in [*MIXED, 1536, 1920, 3000, 7680, 30000] if many else MIXED[::6]:
        for variant in TYPES:
            yield fft(rng, variant, False, points)
            yield fft(rng, variant, True, points)
    for points in [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048] + ([4096, 8192] if many else []):
        if points > 512 and not many:
            continue
        for variant in TYPES:
            yield fft(rng, variant, False, points)
            yield fft(rng, variant, True, points)
    for variant, least, most in (("i16", -2 ** 15, 2 ** 15 - 1), ("i32", -2 ** 31, 2 ** 31 - 1)):
        for loud in (least, most):
            for points in (64, 6, 10, 36, 60):
                yield fft(rng, variant, False, points, loud)
                yield fft(rng, variant, True, points, loud)


# ----------------------------------------------------------------------------------------------
# Channels

def filter_bank(rng):
    channels, bins = int(rng.integers(1, 12)), int(rng.integers(8, 60))
    widths = rng.integers(0, 8, channels + 1).astype(np.int16)
    starts = np.array([rng.integers(0, bins - w, endpoint=True) for w in widths], np.int16)
    weight_starts = np.append(0, np.cumsum(widths)[:-1]).astype(np.int16)
    total = max(1, int(widths.sum()))
    weights, unweights = (rng.integers(-50 if rng.integers(4) == 0 else 0, 4096, total).astype(np.int16) for _ in range(2))
    return case(f"SignalFilterBank, {bins} bins to {channels}", "SignalFilterBank",
                ([([bins], "uint32"), weights, unweights, starts, weight_starts, widths], [([channels], "uint64")]),
                [[values(rng, [bins], "uint32")]], {"num_channels": channels}, "u32->u64")


def square_root(rng):
    n = int(rng.integers(1, 50))
    x = values(rng, [n], "uint64")
    special = np.array([0, 1, 2, 3, 2 ** 32 - 1, 2 ** 32, 65535 ** 2, 65535 ** 2 + 65535, 65535 ** 2 + 65536, 2 ** 64 - 1,
                        (2 ** 32 - 1) ** 2 + 2 ** 32], np.uint64)
    x[:min(n, len(special))] = rng.permutation(special)[:n]
    shift = int(rng.integers(0, 16))
    return case(f"SignalFilterBankSquareRoot, {n}, shift {shift}", "SignalFilterBankSquareRoot",
                ([([n], "uint64"), np.array(shift, np.int32)], [([n], "uint32")]), [[x]], {}, "u64->u32")


def spectral_subtraction(rng):
    n, bits = int(rng.integers(1, 12)), choice(rng, 14, 16)
    one = 1 << bits
    smoothing, alternate, least = (int(v) for v in rng.integers(1, one // 4, 3))
    options = {"num_channels": n, "smoothing": smoothing, "one_minus_smoothing": one - smoothing,
               "alternate_smoothing": alternate, "alternate_one_minus_smoothing": one - alternate,
               "min_signal_remaining": least, "smoothing_bits": int(rng.integers(0, 12)),
               "spectral_subtraction_bits": bits, "clamping": bool(rng.integers(2))}
    op = "SignalFilterBankSpectralSubtraction"
    return case(f"{op}, {n} channels, {'clamping' if options['clamping'] else 'not clamping'}", op,
                ([([n], "uint32")], [([n], "uint32"), ([n], "uint32")]),
                [[values(rng, [n], "uint32", choice(rng, 16, 20, 32))] for _ in range(TURNS)], options, "u32")


def pcan(rng):
    n, shift = int(rng.integers(1, 40)), int(rng.integers(0, 16))
    gains = data(rng, [125 + int(rng.integers(3))], "int16", 0 if rng.integers(3) else -2 ** 15)
    gains = (gains >> rng.integers(0, 6)).astype(np.int16)
    return case(f"SignalPCAN, {n}, shift {shift}", "SignalPCAN",
                ([([n], "uint32"), ([n], "uint32"), gains], [([n], "uint32")]),
                [[values(rng, [n], "uint32"), values(rng, [n], "uint32")]], {"snr_shift": shift}, "u32")


def log(rng):
    n, bits = int(rng.integers(1, 60)), int(rng.integers(0, 6))
    scale = choice(rng, 64, 1 << 10, 1, 100)
    x = values(rng, [n], "uint32")
    x[:min(n, 4)] = [0, 1, 2, 2 ** 32 - 1][:min(n, 4)]
    return case(f"SignalFilterBankLog, {n}, correction {bits}, scale {scale}", "SignalFilterBankLog",
                ([([n], "uint32")], [([n], "int16")]), [[x]], {"input_correction_bits": bits, "output_scale": scale}, "u32->i16")


# ----------------------------------------------------------------------------------------------
# Streams

def delay(rng):
    shape, length = dims(rng, int(rng.integers(1, 3)), 1, 6), int(rng.integers(0, 12))
    return case(f"SignalDelay, {shape} by {length}", "SignalDelay", ([(shape, "int16")], [(shape, "int16")]),
                [[data(rng, shape, "int16")] for _ in range(TURNS)], {"delay_length": length}, "i16")


def framer(rng):
    prefill, step = bool(rng.integers(2)), int(rng.integers(1, 6))
    size = int(rng.integers(step if prefill else 1, 14))
    lead, frames = dims(rng, int(rng.integers(0, 2)), 1, 3), int(rng.integers(1, 4))
    shape = [*lead, frames * step]

    def patch(invoke, outputs):
        for frame in range(frames):
            if size * prefill - step * prefill + step * (invoke * frames + frame + 1) < size:
                outputs[0].reshape(-1, frames, size)[:, frame] = 0
    return case(f"SignalFramer, {shape} to frames of {size}, step {step}{', prefill' if prefill else ''}", "SignalFramer",
                ([(shape, "int16")], [([*lead, frames, size], "int16"), ([], "bool")]),
                [[data(rng, shape, "int16")] for _ in range(TURNS)],
                {"frame_size": size, "frame_step": step, "prefill": prefill}, "i16", patch)


def stacker(rng):
    channels, left, right = int(rng.integers(1, 6)), int(rng.integers(0, 4)), int(rng.integers(0, 4))
    step = int(rng.integers(1, left + right + 2))

    def patch(_, outputs):
        if not outputs[1].all():
            outputs[0][:] = 0
    return case(f"SignalStacker, {channels} channels, {left} left, {right} right, step {step}", "SignalStacker",
                ([([channels], "int16")], [([channels * (left + right + 1)], "int16"), ([], "bool")]),
                [[data(rng, [channels], "int16")] for _ in range(2 * TURNS)],
                {"num_channels": channels, "stacker_left_context": left, "stacker_right_context": right,
                 "stacker_step": step}, "i16", patch)


def overlap_add(rng, variant):
    dtype, number = TYPES[variant]
    size = int(rng.integers(1, 10))
    step, frames, lead = int(rng.integers(1, size, endpoint=True)), int(rng.integers(1, 4)), dims(rng, int(rng.integers(0, 2)), 1, 3)
    shape = [*lead, frames, size]
    return case(f"SignalOverlapAdd {variant}, {shape}, step {step}", "SignalOverlapAdd",
                ([(shape, dtype)], [([*lead, frames * step], dtype)]), [[data(rng, shape, dtype)] for _ in range(TURNS)],
                {"T": number, "frame_step": step}, variant)


# ----------------------------------------------------------------------------------------------
# What is refused

def refused(name, op, ins, outs, options, status, message):
    return case(f"{op}, {name}", op, (ins, outs), [], options, "errors", error=(status, f"op 0 {op}{message}"))


def variants_of(op, ins, outs, options):
    """A function that makes a case from what is to be changed."""
    def make(name, status, message, changes=None, **more):
        i, o = list(ins), list(outs)
        for slot, t in (changes or {}).items():
            (i if slot >= 0 else o)[slot if slot >= 0 else -1 - slot] = t
        kept = {k: v for k, v in (options | more).items() if v is not None}
        return refused(name, op, i, o, kept, status, message)
    return make


def errors():
    missing, range_of = ": option {} is missing", ": option {} is {}, want {} to {}"
    x = variants_of("SignalWindow", [([2, 4], "int16"), np.zeros(4, np.int16)], [([2, 4], "int16")], {"shift": 12})
    yield x("floats", "ERR_TYPE", ", input 0 't0': type FLOAT32, want INT16", {0: ([2, 4], "float32")})
    yield x("weights of int8", "ERR_TYPE", ", input 1 't1': type INT8, want INT16", {1: np.zeros(4, np.int8)})
    yield x("weights that do not fit", "ERR_SHAPE", ", input 1 't1': 3 elements, want a divisor of 8", {1: np.zeros(3, np.int16)})
    yield x("weights of rank 2", "ERR_SHAPE", ", input 1 't1': rank 2, want 1", {1: np.zeros((1, 4), np.int16)})
    yield x("another output", "ERR_SHAPE", ", output 0 't2': 4 elements, want 8", {-1: ([4], "int16")})
    yield x("no shift", "ERR_PARAM", missing.format("shift"), shift=None)
    yield x("shift 32", "ERR_PARAM", range_of.format("shift", 32, 0, 31), shift=32)
    yield x("shift of text", "ERR_PARAM", missing.format("shift"), shift="12")
    yield x("shift of a list", "ERR_PARAM", missing.format("shift"), shift=[1, 2])

    x = variants_of("SignalFftAutoScale", [([8], "int16")], [([8], "int16"), ([], "int32")], {})
    yield x("input of int32", "ERR_TYPE", ", input 0 't0': type INT32, want INT16", {0: ([8], "int32")})
    yield x("two scales", "ERR_SHAPE", ", output 1 't2': 2 elements, want 1", {-2: ([2], "int32")})
    yield x("scale of int16", "ERR_TYPE", ", output 1 't2': type INT16, want INT32", {-2: ([], "int16")})
    yield x("another output", "ERR_SHAPE", ", output 0 't1': 9 elements, want 8", {-1: ([9], "int16")})

    x = variants_of("SignalEnergy", [([8], "int16")], [([3], "uint32")], {"start_index": 1, "end_index": 3})
    yield x("end beyond the output", "ERR_PARAM", range_of.format("end_index", 4, 0, 3), end_index=4)
    yield x("end beyond the input", "ERR_PARAM", range_of.format("end_index", 3, 0, 2), {0: ([4], "int16")})
    yield x("negative start", "ERR_PARAM", range_of.format("start_index", -1, 0, 3), start_index=-1)
    yield x("output of int32", "ERR_TYPE", ", output 0 't1': type INT32, want UINT32", {-1: ([3], "int32")})

    x = variants_of("SignalRfft", [([2, 8], "int16")], [([2, 18], "int16")], {"T": 7, "fft_length": 16})
    yield x("length 2", "ERR_PARAM", range_of.format("fft_length", 2, 4, 32768), fft_length=2)
    yield x("length 14", "ERR_PARAM", ": option fft_length is 14, want 2 times a product of 2, 3 and 5", fft_length=14)
    yield x("odd length", "ERR_PARAM", ": option fft_length is 15, want 2 times a product of 2, 3 and 5", fft_length=15)
    yield x("no length", "ERR_PARAM", missing.format("fft_length"), fft_length=None)
    yield x("rows too long", "ERR_SHAPE", ", input 0 't0': rows of 17, want 1 to 16", {0: ([2, 17], "int16")})
    yield x("output too short", "ERR_SHAPE", ", output 0 't1': 32 elements, want 2 rows of 18", {-1: ([2, 16], "int16")})
    yield x("fewer rows", "ERR_SHAPE", ", output 0 't1': 18 elements, want 2 rows of 18", {-1: ([1, 18], "int16")})
    yield x("int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32, INT32 or INT16", {0: ([2, 8], "int8")})
    yield x("other output", "ERR_TYPE", ", output 0 't1': type INT32, want INT16", {-1: ([2, 18], "int32")})
    x = variants_of("SignalIrfft", [([18], "float32")], [([16], "float32")], {"T": 0, "fft_length": 16})
    yield x("rows too short", "ERR_SHAPE", ", input 0 't0': rows of 16, want 18", {0: ([16], "float32")})
    yield x("output too long", "ERR_SHAPE", ", output 0 't1': 17 elements, want 1 rows of 16", {-1: ([17], "float32")})

    slopes = [np.array(a, np.int16) for a in ([1, 1, 1, 1], [1, 1, 1, 1], [0, 2, 4], [0, 1, 2], [1, 1, 2])]
    x = variants_of("SignalFilterBank", [([8], "uint32"), *slopes], [([2], "uint64")], {"num_channels": 2})
    outside = ", input 5 't5': slope {} of {} bins lies outside the spectrum or the weights"
    yield x("slope beyond the spectrum", "ERR_DATA", outside.format(2, 2), {3: np.array([0, 2, 7], np.int16)})
    yield x("slope before the spectrum", "ERR_DATA", outside.format(1, 1), {3: np.array([0, -1, 4], np.int16)})
    yield x("slope beyond the weights", "ERR_DATA", outside.format(2, 2), {4: np.array([0, 1, 3], np.int16)})
    yield x("slope before the weights", "ERR_DATA", outside.format(0, 1), {4: np.array([-1, 1, 2], np.int16)})
    yield x("too few widths", "ERR_SHAPE", ", input 5 't5': 2 elements, want 3", {5: np.array([1, 1], np.int16)})
    yield x("fewer weights downwards", "ERR_SHAPE", ", input 2 't2': 3 elements, want 4", {2: np.zeros(3, np.int16)})
    yield x("no channels", "ERR_PARAM", range_of.format("num_channels", 0, 1, 32767), num_channels=0)
    yield x("other channels", "ERR_SHAPE", ", output 0 't6': 2 elements, want 3", num_channels=3)
    yield x("output of uint32", "ERR_TYPE", ", output 0 't6': type UINT32, want UINT64", {-1: ([2], "uint32")})
    yield runtime_slopes()

    x = variants_of("SignalFilterBankSquareRoot", [([4], "uint64"), np.array(3, np.int32)], [([4], "uint32")], {})
    yield x("input of uint32", "ERR_TYPE", ", input 0 't0': type UINT32, want UINT64", {0: ([4], "uint32")})
    yield x("two shifts", "ERR_SHAPE", ", input 1 't1': 2 elements, want 1", {1: np.zeros(2, np.int32)})
    yield x("another output", "ERR_SHAPE", ", output 0 't2': 5 elements, want 4", {-1: ([5], "uint32")})

    x = variants_of("SignalFilterBankSpectralSubtraction", [([4], "uint32")], [([4], "uint32"), ([4], "uint32")],
                    {"num_channels": 4, "smoothing": 1, "one_minus_smoothing": 1, "alternate_smoothing": 1,
                     "alternate_one_minus_smoothing": 1, "min_signal_remaining": 1, "smoothing_bits": 1,
                     "spectral_subtraction_bits": 14, "clamping": False})
    yield x("no smoothing", "ERR_PARAM", missing.format("alternate_smoothing"), alternate_smoothing=None)
    yield x("no clamping", "ERR_PARAM", missing.format("clamping"), clamping=None)
    yield x("smoothing bits 32", "ERR_PARAM", range_of.format("smoothing_bits", 32, 0, 31), smoothing_bits=32)
    yield x("bits 64", "ERR_PARAM", range_of.format("spectral_subtraction_bits", 64, 0, 63), spectral_subtraction_bits=64)
    yield x("other channels", "ERR_SHAPE", ", input 0 't0': 4 elements, want 5", num_channels=5)
    yield x("other noise", "ERR_SHAPE", ", output 1 't2': 3 elements, want 4", {-2: ([3], "uint32")})

    x = variants_of("SignalPCAN", [([4], "uint32"), ([4], "uint32"), np.zeros(125, np.int16)], [([4], "uint32")], {"snr_shift": 6})
    yield x("too few gains", "ERR_SHAPE", ", input 2 't2': 124 elements, want at least 125", {2: np.zeros(124, np.int16)})
    yield x("other noise", "ERR_SHAPE", ", input 1 't1': 3 elements, want 4", {1: ([3], "uint32")})
    yield x("shift 64", "ERR_PARAM", range_of.format("snr_shift", 64, 0, 63), snr_shift=64)

    x = variants_of("SignalFilterBankLog", [([4], "uint32")], [([4], "int16")], {"input_correction_bits": 3, "output_scale": 64})
    yield x("correction 32", "ERR_PARAM", range_of.format("input_correction_bits", 32, 0, 31), input_correction_bits=32)
    yield x("no scale", "ERR_PARAM", missing.format("output_scale"), output_scale=None)
    yield x("output of int32", "ERR_TYPE", ", output 0 't1': type INT32, want INT16", {-1: ([4], "int32")})
    yield from stream_errors(missing, range_of)


def runtime_slopes():
    """Where slopes are no constants, they are looked at in each invoke."""
    op = "SignalFilterBank"
    ins = [([8], "uint32"), *([np.ones(4, np.int16)] * 2), ([3], "int16"), *(np.array(a, np.int16) for a in ([0, 1, 2], [1, 1, 2]))]
    return case(f"{op}, computed slope beyond the spectrum", op, (ins, [([2], "uint64")]),
                [[np.ones(8, np.uint32), np.array([0, 7, 7], np.int16)]], {"num_channels": 2}, "errors",
                error=("ERR_DATA", f"op 0 {op}, input 5 't5': slope 2 of 2 bins lies outside the spectrum or the weights"))


def stream_errors(missing, range_of):
    x = variants_of("SignalDelay", [([2, 4], "int16")], [([2, 4], "int16")], {"delay_length": 3})
    yield x("negative delay", "ERR_PARAM", range_of.format("delay_length", -1, 0, 2 ** 31 - 1), delay_length=-1)
    yield x("empty input", "ERR_SHAPE", ", input 0 't0': no elements, want at least 1", {0: ([0, 4], "int16")})
    yield x("another output", "ERR_SHAPE", ", output 0 't1': 4 elements, want 8", {-1: ([4], "int16")})
    yield x("uint16", "ERR_TYPE", ", input 0 't0': type UINT16, want INT16", {0: ([2, 4], "uint16")})

    x = variants_of("SignalFramer", [([8], "int16")], [([4, 5], "int16"), ([], "bool")],
                    {"frame_size": 5, "frame_step": 2, "prefill": True})
    yield x("step 0", "ERR_PARAM", range_of.format("frame_step", 0, 1, 5), frame_step=0)
    yield x("step longer than a frame", "ERR_PARAM", range_of.format("frame_step", 6, 1, 5), frame_step=6)
    yield x("size 0", "ERR_PARAM", range_of.format("frame_size", 0, 1, 2 ** 31 - 1), frame_size=0)
    yield x("no prefill", "ERR_PARAM", missing.format("prefill"), prefill=None)
    yield x("rows that do not fit", "ERR_SHAPE", ", input 0 't0': rows of 7, want a multiple of 2", {0: ([7], "int16")})
    yield x("another output", "ERR_SHAPE", ", output 0 't1': 15 elements, want 4 frames of 5", {-1: ([3, 5], "int16")})
    yield x("valid of int32", "ERR_TYPE", ", output 1 't2': type INT32, want BOOL", {-2: ([], "int32")})

    x = variants_of("SignalStacker", [([3], "int16")], [([12], "int16"), ([], "bool")],
                    {"num_channels": 3, "stacker_left_context": 1, "stacker_right_context": 2, "stacker_step": 2})
    yield x("step 0", "ERR_PARAM", range_of.format("stacker_step", 0, 1, 4), stacker_step=0)
    yield x("step beyond the rows", "ERR_PARAM", range_of.format("stacker_step", 5, 1, 4), stacker_step=5)
    yield x("negative context", "ERR_PARAM", range_of.format("stacker_left_context", -1, 0, 32767), stacker_left_context=-1)
    yield x("other channels", "ERR_SHAPE", ", input 0 't0': 3 elements, want 4", num_channels=4)
    yield x("another output", "ERR_SHAPE", ", output 0 't1': 9 elements, want 4 rows of 3", {-1: ([9], "int16")})

    x = variants_of("SignalOverlapAdd", [([2, 4], "int16")], [([6], "int16")], {"T": 7, "frame_step": 3})
    yield x("step longer than a frame", "ERR_PARAM", range_of.format("frame_step", 5, 1, 4), frame_step=5)
    yield x("another output", "ERR_SHAPE", ", output 0 't1': 8 elements, want 6", {-1: ([8], "int16")})
    yield x("input of rank 1", "ERR_SHAPE", ", input 0 't0': rank 1, want 2 to 8", {0: ([8], "int16")})
    yield x("int32", "ERR_TYPE", ", input 0 't0': type INT32, want FLOAT32 or INT16", {0: ([2, 4], "int32")})


def broken_options():
    """FlexBuffers that are none, or only begin like one: whatever they hold, shift is missing."""
    op, ins, outs = "SignalWindow", [([4], "int16"), np.zeros(4, np.int16)], [([4], "int16")]
    good = bytes(flexbuffers.Dumps({"shift": 12}))

    def broken(name, options):
        return refused(name, op, ins, outs, bytes(options), "ERR_PARAM", ": option shift is missing")

    yield broken("no options", b"")
    yield broken("options of two bytes", good[-2:])
    yield broken("options cut in front", good[len(good) // 2:])
    yield broken("options cut behind", good[:-1])
    yield broken("a number for a map", flexbuffers.Dumps(12))
    yield broken("a list for a map", flexbuffers.Dumps([12]))
    yield broken("a map of other names", flexbuffers.Dumps({"shifts": 12, "shif": 12}))
    yield broken("values in front of the options", good[:-3] + bytes([200]) + good[-2:])
    yield broken("values of an odd width", good[:-1] + bytes([3]))
    yield broken("values of width 0", good[:-1] + bytes([0]))
    yield broken("count beyond the options", bytes([good[0]]) + bytes(255 for _ in good[1:-3]) + good[-3:])
