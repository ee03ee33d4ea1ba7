# SPDX-License-Identifier: MIT
# Listen for "okay nabu", or for other wake words.
#
#     sh fetch_models.sh                     once, on a PC
#     micropython main.py                    on a PC: the sound okay_nabu.wav beside this script
#     micropython main.py my.wav             another WAV file: 16 kHz, mono, 16 bits
#     micropython main.py mic                the PC's microphone
#     arecord -t raw -f S16_LE -r 16000 -c 1 | micropython main.py -
#     micropython main.py mic --wake-word alexa --wake-word hey_jarvis
#     micropython main.py mic --model my_word.json --vad vad.json
#
# On a board it listens to the microphone at PINS, without end.

import errno
import sys

script = globals().get("__file__", "")  # boards set it for imports only
here = script[: script.rfind("/") + 1]
sys.path.append(here + "../../micropython/lib")  # boards have these modules in /lib

from microlite import wake_word
from microlite_audio import open_source

# How the microphone, an INMP441, is connected: see ../micro_speech.
PINS = {
    "esp32": {"sck": 19, "ws": 18, "sd": 23},
    "rp2": {"sck": 11, "ws": 12, "sd": 13},
}

on_board = sys.platform in PINS
models = "" if on_board else here + "../../build/wake_words/"
sound = None if on_board else here + "okay_nabu.wav"
words, vad = [], None
arguments = sys.argv[1:]
while arguments:
    word = arguments.pop(0)
    if word == "--wake-word" and arguments:
        words.append(models + arguments.pop(0) + ".json")
    elif word == "--model" and arguments:
        words.append(arguments.pop(0))
    elif word == "--vad" and arguments:
        vad = arguments.pop(0)
    elif word.startswith("--"):
        print("%s, want SOUND or one of --model, --vad, --wake-word with a value" % word)
        sys.exit(2)
    else:
        sound = word


def overrun(ms):
    print("too slow: %d ms of sound were lost" % ms)


source = None
try:
    detector = wake_word.Detector(words or [models + "okay_nabu.json"], vad)
    source = open_source(sound, PINS.get(sys.platform), tail_ms=1000)
    print("listening to %s, Ctrl-C ends" % (sound or "the microphone"))
    for word, probability, ms in detector.listen(source, overrun):
        print("%7.2f s  %-12s %3d %%" % (ms / 1000, word, round(100 * probability)))
except (OSError, ValueError) as error:
    print(error.args[-1])
    if error.args[0] == errno.ENOENT and models and error.args[-1].startswith(models):
        print("examples/wake_word/fetch_models.sh fetches the models")
    sys.exit(1)
except KeyboardInterrupt:
    pass
finally:
    if source:
        source.close()
