# SPDX-License-Identifier: MIT
"""TFLite_Detection_PostProcess."""

import numpy as np
from flatbuffers import flexbuffers

from lib import Case, Graph, choice, data

OP = "TFLite_Detection_PostProcess"


def cases(rng, count):
    for i in range(count):
        yield detection(rng, i % 2 == 0)
    for _ in range(count):
        yield detection(rng, bool(rng.integers(2)), "u8")
    yield from errors()


def numbers(classes, most, regular, classes_per_box=1, **more):
    return {"max_detections": most, "max_classes_per_detection": classes_per_box, "detections_per_class": 100,
            "use_regular_nms": regular, "nms_score_threshold": 0.0, "nms_iou_threshold": 0.5, "num_classes": classes,
            "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0} | more


def detection(rng, regular, variant="f32"):
    """Boxes around a few places, so that many overlap; scores with some ties. With one box, or one
    detection, TFLM's buffers are too small for what it does."""
    boxes, classes, background = int(rng.integers(2, 40)), int(rng.integers(1, 6)), int(rng.integers(2))
    most = int(rng.integers(2, 12))
    # With several classes for each box the results have gaps, and the references write beyond their outputs.
    options = numbers(classes, most, regular, 1, nms_iou_threshold=choice(rng, 0.3, 0.5, 0.75, 1.0),
                      nms_score_threshold=choice(rng, -10.0, 0.1, 0.5), detections_per_class=choice(rng, 100, 3, 1))
    size = choice(rng, 4, 4, 6)
    places = rng.uniform(0, 1, [4, 2])
    anchors = np.concatenate([places[rng.integers(4, size=boxes)] + rng.normal(0, 0.03, [boxes, 2]),
                              rng.uniform(0.1, 0.5, [boxes, 2])], 1).astype(np.float32)
    columns = classes + background
    g = Graph()
    if variant == "u8":
        quant = [(0.02, 128), (1 / 256, 0), (0.005, 20)]
        arrays = [data(rng, [1, boxes, size], "uint8"), data(rng, [1, boxes, columns], "uint8"),
                  np.clip(np.round(anchors / 0.005) + 20, 26, 255).astype(np.uint8)]
    else:
        quant = [()] * 3
        scores = (rng.integers(0, 200, [1, boxes, columns]) / 128).astype(np.float32)
        arrays = [data(rng, [1, boxes, size], "float32", -2, 2), scores, anchors]
    b, s, a = (g.tensor(x.shape, x.dtype.name, *q, data=x if i == 2 else None)
               for i, (x, q) in enumerate(zip(arrays, quant)))
    outs = [g.tensor(shape, "float32") for shape in ([1, most, 4], [1, most], [1, most], [1])]
    g.custom(OP, [b, s, a], outs, flexbuffers.Dumps(options))
    how = "regular" if regular else "fast"
    return Found(f"{OP} {variant}, {how}, {boxes} boxes of {classes} classes, {most} at most", g.build([b, s], outs),
                 [arrays[:2]], variant=variant, op=OP, oracle="tflm" if variant == "f32" else "litert")


class Found(Case):
    """What lies behind the last box is 0 with us, and whatever it was with the references."""

    def ask(self, oracle):
        super().ask(oracle)
        for boxes, classes, scores, count in self.outputs or ():
            n = int(count.reshape(-1)[0])
            boxes[:, n:] = classes[:, n:] = scores[:, n:] = 0


def errors():
    def model(options=None, changes=None, outs=None, drop=(), anchors=True, values=None):
        t = {0: ([1, 6, 4], "float32"), 1: ([1, 6, 3], "float32"), 2: ([6, 4], "float32")} | (changes or {})
        g = Graph()
        ins = [g.tensor(s, k, 0.5, data=np.ones(s) if i == 2 else None, name=f"t{i}") for i, (s, k) in t.items()]
        ys = [g.tensor(s, "float32", name=f"y{i}") for i, s in enumerate(outs or ([1, 4, 4], [1, 4], [1, 4], [1]))]
        all_options = {k: v for k, v in (numbers(2, 4, False) | (options or {})).items() if k not in drop}
        g.custom(OP, ins, ys, flexbuffers.Dumps(all_options))
        return g.build(ins[:2], ys)

    def refused(name, status, message, invokes=(), **more):
        return Case(f"{OP}, {name}", model(**more), invokes, variant="errors", op=OP, error=(status, f"op 0 {OP}{message}"))

    for name in ("max_detections", "num_classes", "nms_iou_threshold", "w_scale"):
        yield refused(f"no {name}", "ERR_PARAM", f": option {name} is missing", drop=(name,))
    yield refused("no detections", "ERR_PARAM", ": option max_detections is 0, want 1 to 32768", {}, options={"max_detections": 0})
    yield refused("scale of text", "ERR_PARAM", ": option y_scale is missing", options={"y_scale": "10"})
    yield refused("overlap 0", "ERR_PARAM", ": option nms_iou_threshold is out of range, want more than 0 and at most 1",
                  options={"nms_iou_threshold": 0.0})
    yield refused("none of a class", "ERR_PARAM", ": option detections_per_class is 0, want at least 1",
                  options={"use_regular_nms": True, "detections_per_class": 0})
    yield refused("boxes of int8", "ERR_TYPE", ", input 0 't0': type INT8, want FLOAT32 or UINT8", changes={0: ([1, 6, 4], "int8")})
    yield refused("boxes of three numbers", "ERR_SHAPE", ", input 0 't0': dimension 2 is 3, want 4", changes={0: ([1, 6, 3], "float32")})
    yield refused("two images", "ERR_SHAPE", ", input 0 't0': dimension 0 is 2, want 1", changes={0: ([2, 6, 4], "float32")})
    yield refused("no boxes", "ERR_SHAPE", ", input 0 't0': dimension 1 is 0, want at least 1", changes={0: ([1, 0, 4], "float32")})
    yield refused("scores of other boxes", "ERR_SHAPE", ", input 1 't1': dimension 1 is 5, want 6", changes={1: ([1, 5, 3], "float32")})
    yield refused("too many scores", "ERR_SHAPE", ", input 1 't1': 4 scores for each box, want 2 or one more", changes={1: ([1, 6, 4], "float32")})
    yield refused("too few scores", "ERR_SHAPE", ", input 1 't1': 1 scores for each box, want 2 or one more", changes={1: ([1, 6, 1], "float32")})
    yield refused("fewer anchors", "ERR_SHAPE", ", input 2 't2': dimension 0 is 5, want 6", changes={2: ([5, 4], "float32")})
    yield refused("anchors of uint8", "ERR_TYPE", ", input 2 't2': type UINT8, want FLOAT32", changes={2: ([6, 4], "uint8")})
    yield refused("outputs too small", "ERR_SHAPE", ", output 1 'y1': dimension 1 is 3, want 4", outs=([1, 4, 4], [1, 3], [1, 4], [1]))
    empty = [np.zeros([1, 6, 4], np.float32), np.zeros([1, 6, 3], np.float32)]
    empty[0][0, 2, 3] = -np.inf
    yield refused("an empty box", "ERR_DATA", ", input 0 't0': box 2 is empty", [empty])
    yield unknown_shapes()


def unknown_shapes():
    """Outputs without a shape, as converters write them."""
    g = Graph()
    b, s = g.tensor([1, 1, 4], "float32"), g.tensor([1, 1, 2], "float32")
    a = g.tensor([1, 4], "float32", data=[[0.5, 0.5, 1, 1]])
    outs = [g.tensor([], "float32") for _ in range(3)] + [g.tensor([1], "float32")]
    g.custom(OP, [b, s, a], outs, flexbuffers.Dumps(numbers(2, 2, False)))
    invoke = [np.zeros([1, 1, 4], np.float32), np.array([[[0.25, 0.75]]], np.float32)]
    return Case(f"{OP} f32, outputs without a shape", g.build([b, s], outs), [invoke], variant="f32", op=OP, oracle="given",
                outputs=[[np.array([[[0, 0, 1, 1], [0, 0, 0, 0]]], np.float32), np.array([[1, 0]], np.float32),
                          np.array([[0.75, 0]], np.float32), np.array([1], np.float32)]])
