# SPDX-License-Identifier: MIT
"""Run TensorFlow Lite models.

    import microlite
    m = microlite.Model("model.tflite")
    y = m.predict(x)

Every mistake raises an exception, and nothing is printed. docs/python.md is the guide; here is what
each name takes and gives.
"""

from typing import Any, Callable, Iterable, Iterator, Optional, Sequence, Union, overload
import array

# The module microlite_wake_word, in micropython/lib: imported when something of it is used. Not in a module that is made for
# a model, unless with --packs.
import microlite_wake_word as wake_word

__version__: str  # of the engine, such as "0.1.0"

# bytes, bytearray, memoryview, array.array, a ulab array, a Tensor ...
Buffer = Any
Numbers = Union[float, Iterable["Numbers"], Buffer]

class Model:
    """A model, opened and ready to run. It is not thread safe; two models are independent."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    # Bytes of its arena: tensors, operators' state and what the engine remembers. An arena of this size
    # would have done; one that is not aligned to 16 needs up to 15 bytes more.
    arena_used: int

    def __init__(
        self,
        source: Union[str, Buffer],
        arena: Union[None, int, Buffer] = None,
        keep_all: bool = False,
        ops: Union[None, Buffer, Iterable[Buffer]] = None,
    ) -> None:
        """Open a model.

        source: a path, or the file's content in a buffer. A path on a ROM file system and a buffer are
        used where they lie, and kept alive; a path elsewhere is read into memory. A buffer at an address
        that is no multiple of 4 is copied.

        arena: memory to work in. None: exactly as much of the heap as is needed. An int: the same, but at
        most so many bytes. A writable buffer: that one, which nothing else may write to meanwhile.

        keep_all: give every tensor memory of its own, so that tensor() can show all of them.

        ops: packs of operators, the attribute `ops` of native modules. They come before what is built in.
        Operators in neither are looked for in the modules microlite_ops_*: the one that has them is imported.

        Raises OSError when there is no such file; MemoryError when the arena is too small or the heap
        full, with the bytes that are needed; TypeError for arguments of other types; ValueError for
        all that is wrong with the model, naming operator and tensor; what importing a module of
        operators raises.
        """

    def predict(self, *x: Numbers) -> Any:
        """Fill the inputs, run, and return the output; a tuple of outputs when there are several.

        One argument an input: a number, or nested lists, tuples, arrays and other iterables with as
        many numbers as the tensor has elements (their nesting need not be the tensor's shape).

        Numbers are real values. For a quantised tensor they are divided by its scale, rounded to the
        nearest (halves away from zero), moved by its zero point, and clamped. Items of an array whose
        type is the tensor's own are taken as they are: array("b") for an int8 tensor. bytes, bytearrays
        and memoryviews of bytes are memory, not numbers: exactly nbytes of them, copied as they are.

        An output is a new array("f") of real values; of a tensor that is neither quantised nor float,
        an array of its own type. It is flat: y[i] in the order of the tensor's elements. When an argument was
        a ulab array, outputs are ulab arrays of the tensor's shape, flat where ulab has fewer dimensions.

        Raises TypeError for a wrong number of arguments and for what is no number, ValueError for a wrong
        number of values (naming tensor, found and wanted), for whole numbers out of range of a tensor
        that is not quantised, and as invoke().
        """

    def invoke(self) -> None:
        """Run with what is in the inputs; results are in the outputs until the next run.

        What inputs hold afterwards is not defined, unless their buffer protocol was used.

        Raises ValueError when an operator meets a value out of range, such as an index, and when the
        model's or the arena's buffer was moved, resized or written to by something else; RuntimeError
        when the model is running, in another thread or below an interrupt.
        """

    def reset(self) -> None:
        """Forget what earlier runs left in variables and operators."""

    def tensor(self, i: int) -> Tensor:
        """Tensor i of the model's main subgraph, in the order of the file. Needs keep_all=True.

        Raises IndexError; ValueError without keep_all and for a tensor that no operator uses.
        """

class Tensor:
    """A tensor of a model. It keeps its model alive.

    Elements are counted in one row, the last dimension fastest. They are stored numbers: of a quantised
    tensor, real = scale * (stored - zero_point).

    Inputs can be written, all others only read (TypeError). The buffer protocol works in both
    directions: bytes(t), memoryview(t), file.readinto(t), struct.unpack_from(format, t). Its first use takes nbytes
    of the heap, for a block that stays valid as long as any view of it: invoke copies an input from there and
    a result to there. Indexing, slices and predict() need no such block.
    """

    shape: tuple[int, ...]

    # A typecode as array.array has it: "f" "d" "b" "B" "h" "H" "i" "I" "q" "Q"; "?" bool, "e" float16;
    # for others the name of the type, such as "INT4".
    dtype: str
    scale: float  # 0.0: not quantised
    zero_point: int
    name: str  # as in the file, what is not ASCII as "?"
    nbytes: int

    def __len__(self) -> int:
        """Number of elements."""

    def __iter__(self) -> Iterator[Union[int, float, bool]]: ...
    @overload
    def __getitem__(self, i: int) -> Union[int, float, bool]: ...
    @overload
    def __getitem__(self, s: slice) -> array.array:
        """A copy. Slices have no step."""

    @overload
    def __setitem__(self, i: int, value: Union[int, float, bool]) -> None:
        """Raises IndexError, TypeError, and ValueError for an int out of the type's range."""

    @overload
    def __setitem__(self, s: slice, value: Union[Buffer, Iterable[Union[int, float]]]) -> None:
        """Copy bytes, or items of the tensor's own type, or store numbers one by one.

        As many as the slice has: else ValueError.
        """

    # The older interface. Indices are 0 or more.

    def getValue(self, i: int) -> Union[int, float, bool]: ...
    def setValue(self, i: int, value: Union[int, float, bool]) -> Tensor:
        """Store a number and return the tensor. Bytes may be given as -128 to 255."""

    def getType(self, unused: Any = None) -> str:
        """ "INT8", "FLOAT32" ..."""

    def quantizeFloatToInt8(self, x: float) -> int:
        """x / scale + zero_point, cut off towards zero, -128 to 127. int8 tensors only (TypeError)."""

    def quantizeInt8ToFloat(self, stored: int) -> float:
        """scale * (stored - zero_point). int8 tensors only (TypeError)."""

tensor = Tensor

class interpreter:
    """A model as the older interface has it."""

    def __init__(
        self,
        model: Union[str, Buffer],
        arena_size: int,
        input_callback: Optional[Callable[[interpreter], Any]],
        output_callback: Optional[Callable[[interpreter], Any]],
    ) -> None:
        """As Model(model, arena_size). Callbacks get the interpreter; None: no callback (ValueError
        for what cannot be called)."""

    def invoke(self) -> int:
        """Call input_callback, run, call output_callback; returns 0. Raises as Model.invoke()."""

    def getInputTensor(self, i: int) -> Tensor:
        """Raises IndexError."""

    def getOutputTensor(self, i: int) -> Tensor:
        """Raises IndexError."""

class audio_frontend:
    """Features as the older interface has them; audio_frontend.Frontend of the module of that name can do more."""

    def configure(self) -> None:
        """Start afresh, with the parameters of the preset micro_speech."""

    def execute(self, samples: Buffer) -> Any:
        """Take one window, 480 samples of int16; return 40 features of int8, or none when there are fewer samples.

        An array gives an array of 'b', a ulab array one of ulab's. Raises ValueError before configure().
        """
