#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetch wake-word models and their manifests (Apache-2.0) into build/wake_words/: alexa, hey_jarvis, hey_mycroft and
# okay_nabu, from the package pymicro-wakeword 2.5.0 of PyPI. Wants pip, as `python3 -m pip` or as $PIP.
set -eu
cd "$(dirname "$0")/../.."
folder=build/wake_words
rm -rf $folder.part
mkdir -p $folder.part

# The models are the same in the wheels for all machines; this one need not run here.
${PIP:-python3 -m pip} download --quiet --no-deps --only-binary=:all: --platform manylinux_2_35_x86_64 \
    --dest $folder.part pymicro-wakeword==2.5.0
(
    cd $folder.part
    python3 -m zipfile -e ./*.whl .
    mv pymicro_wakeword/models/* .
    rm -rf ./*.whl pymicro_wakeword*
    sha256sum --check --quiet << END
1d999798b35b1fe2606465b75ab840be51c1811d2909d5e620cefb6e96f8abd0  alexa.json
9011a8155b04de858c48038529235cbc0e42e9fca05a55bf588cb80a653a723b  alexa.tflite
b153867d818675d8abcc9dace474afe7f83551ae0d5a9b1d71a98681320185af  hey_jarvis.json
21a7976add39ee24ec96c63d96b7aaa18e24d1d9824b963e451da8feb4b78b77  hey_jarvis.tflite
57b2b06fe5fdbbe834a242fabc7af31e4194a550fc382b2c88636a6d62d0d57e  hey_mycroft.json
c2a9b6ed51182db72e014781d5a4ece1929dc232a40b5b4be384f0295f0e1571  hey_mycroft.tflite
f8026e2ce93a0855ca23483036fd2d74ee924a2588d9ea6a6c6c7478fbf4be57  okay_nabu.json
d89128c4d16a72de429119fb2254ce46649553c2a24f5dd840175c80d7b9d094  okay_nabu.tflite
END
) || {
    echo "$0: what came are other files than those that were tested; nothing is kept" >&2
    exit 1
}
rm -rf $folder
mv $folder.part $folder
ls $folder
