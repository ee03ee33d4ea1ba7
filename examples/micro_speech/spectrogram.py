# SPDX-License-Identifier: MIT
# Watch sound as the model sees it, a waterfall of 40 bands in the terminal. Arguments and pins as for main.py.
#
#     micropython spectrogram.py [my.wav | mic | -]

import sys

script = globals().get("__file__", "")  # boards set it for imports only
here = script[: script.rfind("/") + 1]
sys.path.append(here + "../../micropython/lib")  # boards have these modules in /lib

from microlite_audio import open_source
from microlite_spectrogram import watch

PINS = {
    "esp32": {"sck": 19, "ws": 18, "sd": 23},
    "rp2": {"sck": 11, "ws": 12, "sd": 13},
}

sound = sys.argv[1] if len(sys.argv) > 1 else None if sys.platform in PINS else here + "yes_no.wav"
source = None
try:
    source = open_source(sound, PINS.get(sys.platform))
    watch(source)
except (OSError, ValueError) as error:
    print(error.args[-1])
    sys.exit(1)
except KeyboardInterrupt:
    pass
finally:
    if source:
        source.close()
