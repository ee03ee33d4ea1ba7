# SPDX-License-Identifier: MIT
"""Ask a reference implementation what a model answers.

The references run in a child process, as TFLM aborts or loops on some wrong models: the child is
replaced when it dies or takes too long, and the case is noted as refused.
"""

import multiprocessing
import os
import tempfile

import numpy as np

TIMEOUT = 20  # seconds for one case


class Answer:
    """outputs[invoke][i] and inner = {tensor index: array after the last invoke}; or `error`, why not.

    aborts: numbers of the invokes that TFLM ended early (CIRCULAR_BUFFER does that).
    """

    def __init__(self, outputs=None, inner=None, error=None, aborts=()):
        self.outputs, self.inner, self.error, self.aborts = outputs, inner or {}, error, list(aborts)


def run_tflm(model, invokes, inner):
    from tflite_micro.python.tflite_micro import _runtime
    room = 10 * len(model) + (1 << 18) + 64 * sum(a.nbytes for arrays in invokes[:1] for a in arrays)
    config = _runtime.PythonInterpreterConfig.kPreserveAllTensors
    interpreter = _runtime.InterpreterWrapper(model, [], room, 16, config, 0)
    outputs, aborts = [], []
    count = output_count(model)
    for i, arrays in enumerate(invokes):
        for k, array in enumerate(arrays):
            interpreter.SetInputTensor(array, k)  # of rank 0 too
        if interpreter.Invoke() != 0:
            aborts.append(i)
        outputs.append([np.array(interpreter.GetOutputTensor(k)) for k in range(count)])
    kept = {t: np.array(interpreter.GetTensor(t, 0)["tensor_data"]) for t in inner}
    return Answer(outputs, kept, aborts=aborts)


def run_litert(model, invokes, inner, resolver):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType
    interpreter = Interpreter(
        model_content=bytes(model), num_threads=1, experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=getattr(OpResolverType, resolver))
    interpreter.allocate_tensors()
    indices = [d["index"] for d in interpreter.get_input_details()]
    outs = [d["index"] for d in interpreter.get_output_details()]
    outputs = []
    for arrays in invokes:
        for k, array in enumerate(arrays):
            interpreter.set_tensor(indices[k], array)
        interpreter.invoke()
        outputs.append([np.array(interpreter.get_tensor(k)) for k in outs])
    kept = {}
    for t in inner:
        try:
            kept[t] = np.array(interpreter.get_tensor(t))
        except ValueError:  # a tensor that no operator touched
            pass
    return Answer(outputs, kept)


def output_count(model):
    import tflite
    return tflite.Model.GetRootAsModel(model, 0).Subgraphs(0).OutputsLength()


ORACLES = {
    "tflm": run_tflm,
    "litert": lambda *a: run_litert(*a, "BUILTIN_REF"),
    "litert-opt": lambda *a: run_litert(*a, "BUILTIN_WITHOUT_DEFAULT_DELEGATES"),
}


def serve(pipe, log):
    os.dup2(log, 2)
    os.dup2(log, 1)
    while True:
        oracle, model, invokes, inner = pipe.recv()
        start = os.lseek(log, 0, os.SEEK_END)
        try:
            with np.errstate(all="ignore"):
                answer = ORACLES[oracle](model, invokes, inner)
        except Exception as e:  # what the reference says goes into the report
            said = os.pread(log, 400, start).decode(errors="replace").strip().replace("\n", "; ")
            answer = Answer(error=said or str(e).strip())
        pipe.send(answer)


class Oracle:
    """Answers of the references: oracle.ask("tflm", model, invokes)."""

    def __init__(self):
        self.child = None

    def start(self):
        self.log = tempfile.TemporaryFile()
        self.pipe, far = multiprocessing.Pipe()
        self.child = multiprocessing.Process(target=serve, args=(far, self.log.fileno()), daemon=True)
        self.child.start()
        far.close()

    def stop(self):
        if self.child:
            self.child.kill()
            self.child.join()
            self.child = None

    def ask(self, oracle, model, invokes, inner=()):
        if self.child is None:
            self.start()
        try:
            self.pipe.send((oracle, bytes(model), invokes, list(inner)))
            if self.pipe.poll(TIMEOUT):
                return self.pipe.recv()
            error = f"no answer within {TIMEOUT} s"
        except (EOFError, ConnectionError):
            self.child.join()
            error = f"died, exit code {self.child.exitcode}"
        self.stop()
        return Answer(error=error)
