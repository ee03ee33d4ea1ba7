#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetch TensorFlow Lite Micro's own yes/no model (Apache-2.0; it learned from recordings of people) into build/. Then:
#     ./microlite run micro_speech --model build/micro_speech_quantized.tflite
set -eu
cd "$(dirname "$0")/../.."
url=https://raw.githubusercontent.com/tensorflow/tflite-micro/main/tensorflow/lite/micro/examples/micro_speech/models/micro_speech_quantized.tflite
sha256=09e5e2a9dfb2d8ed78802bf18ce297bff54281a66ca18e0c23d69ca14f822a83
file=build/micro_speech_quantized.tflite

mkdir -p build
if command -v curl > /dev/null; then
    curl --fail --location --silent --show-error --output "$file.part" "$url"
else
    wget --quiet --output-document="$file.part" "$url"
fi
echo "$sha256  $file.part" | sha256sum --check --status || {
    rm "$file.part"
    echo "$0: what came from $url is another file than the one that was tested; nothing is kept" >&2
    exit 1
}
mv "$file.part" "$file"
echo "$file"
