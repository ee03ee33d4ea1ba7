# SPDX-License-Identifier: MIT
# Listen for "yes" and "no".
#
#     micropython main.py                    on a PC: the sound yes_no.wav beside this script
#     micropython main.py my.wav             another WAV file: 16 kHz, mono, 16 bits
#     micropython main.py mic                the PC's microphone
#     arecord -t raw -f S16_LE -r 16000 -c 1 | micropython main.py -
#     micropython main.py my.wav --model other.tflite --threshold 0.7 --stride 1
#
# On a board it listens to the microphone at PINS, without end.

import errno
import sys

script = globals().get("__file__", "")  # boards set it for imports only
here = script[: script.rfind("/") + 1]
sys.path.append(here + "../../micropython/lib")  # boards have these modules in /lib

import microlite
from microlite_audio import open_source
from microlite_commands import Listener

LABELS = ("silence", "unknown", "yes", "no")  # in the order of the model's scores; the first is silence

# How the microphone, an INMP441, is connected. RP2040 and RP2350 want ws = sck + 1; ESP32-S3 and -C3 have
# no pins 19 and 23 to spare: {"sck": 4, "ws": 5, "sd": 6} there.
PINS = {
    "esp32": {"sck": 19, "ws": 18, "sd": 23},
    "rp2": {"sck": 11, "ws": 12, "sd": 13},
}

sound = None if sys.platform in PINS else here + "yes_no.wav"
options = {
    "--model": here + ("yes_no.tflite" if sys.platform in PINS else "model/yes_no.tflite"),
    "--threshold": 0.5,  # of the average score over a second; TFLM's own model takes 0.8
    "--stride": 5,  # the model runs every so many rows of 20 ms
}
words = sys.argv[1:]
while words:
    word = words.pop(0)
    if word in options and words:
        value = words.pop(0)
        try:
            options[word] = type(options[word])(value)
        except ValueError:
            print("%s %s, want a number such as %s" % (word, value, options[word]))
            sys.exit(2)
    elif word.startswith("--"):
        print("%s, want SOUND or one of %s with a value" % (word, ", ".join(sorted(options))))
        sys.exit(2)
    else:
        sound = word


def overrun(ms):
    print("too slow: %d ms of sound were lost" % ms)


try:
    model = microlite.Model(options["--model"])
    listener = Listener(model, LABELS, options["--stride"], threshold=options["--threshold"])
except (OSError, ValueError) as error:
    print("%s: %s" % (options["--model"], "no such file" if error.args[0] == errno.ENOENT else error))
    sys.exit(1)

source = None
try:
    source = open_source(sound, PINS.get(sys.platform), tail_ms=1000)
    print("listening to %s, Ctrl-C ends" % (sound or "the microphone"))
    for label, score, ms in listener.listen(source, overrun):
        print("%7.2f s  %-8s %3d %%" % (ms / 1000, label, round(100 * score)))
except (OSError, ValueError) as error:
    print(error.args[-1])
    sys.exit(1)
except KeyboardInterrupt:
    pass
finally:
    if source:
        source.close()
