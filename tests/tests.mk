# SPDX-License-Identifier: MIT
# The runner of test vectors, once as users compile it and once with sanitizers.
RUNNER := tests/ops/runner.c tests/ops/check.c
RUNNER_FLAGS := -std=gnu11 -O2 -g -Iinclude -Itests/ops -Wall -Wextra -Werror -Wvla

build/tests/runner: $(RUNNER) tests/ops/check.h tests/ops/vec.h include/microlite.h build/lib/libmicrolite.a
	@mkdir -p $(@D)
	$(CC) $(RUNNER_FLAGS) -o $@ $(RUNNER) build/lib/libmicrolite.a -lm

build/tests/runner-asan: $(RUNNER) tests/ops/check.h tests/ops/vec.h include/microlite.h build/asan/libmicrolite.a
	@mkdir -p $(@D)
	$(CC) $(RUNNER_FLAGS) $(SANITIZE) -o $@ $(RUNNER) build/asan/libmicrolite.a -lm

# Broken models, under the sanitizers.
build/tests/mutate-asan: tests/fuzz/mutate.c include/microlite.h build/asan/libmicrolite.a
	@mkdir -p $(@D)
	$(CC) $(RUNNER_FLAGS) $(SANITIZE) -o $@ $< build/asan/libmicrolite.a -lm

# The same with an engine as small as `./microlite mpy` makes it, of those sources that this takes.
SMALL_MODEL := examples/hello_world/hello_world_int8.tflite
SMALL_SRC := $(wildcard src/*.c src/core/*.c src/kernels/small*.c) src/ops/table.c src/ops/util.c src/ops/product.c \
    src/ops/fully_connected.c src/ops/window.c

build/tests/mutate-small: tests/fuzz/mutate.c include/microlite.h $(SMALL_SRC) $(wildcard src/*.h src/*/*.h) $(SMALL_MODEL)
	@mkdir -p $(@D)
	echo 'MLT_OP(fully_connected)' > build/tests/small.def
	$(CC) $(RUNNER_FLAGS) -O1 -Wno-unused-parameter $(SANITIZE) -Ibuild/tests -DMLT_OPS_LIST='"small.def"' \
	    $$($(PYTHON) tools/model_ops.py --leave-out --small --small-kernels $(SMALL_MODEL) | sed -E 's/(\w+)/-DMLT_WITH_\1=0/g') \
	    -o $@ $< $(SMALL_SRC) -lm

# The audio front end on its own.
build/tests/audio: tests/audio/run.c include/microlite_audio.h build/asan/libmicrolite.a
	@mkdir -p $(@D)
	$(CC) $(RUNNER_FLAGS) $(SANITIZE) -o $@ $< build/asan/libmicrolite.a

# The same on emulated cores.
AUDIO_BARE := $(BARE:%=build/bare/audio-%.elf)
$(AUDIO_BARE): build/bare/audio-%.elf: tests/audio/bare.c build/%/libmicrolite.a $(wildcard ports/bare/*)
	@mkdir -p $(@D)
	$Q$(call bare_link,$*) -o $@ tests/audio/bare.c build/$*/libmicrolite.a

# Kernels for int8 against those in plain C.
KERNELS_BARE := $(BARE:%=build/bare/kernels-%.elf)
$(KERNELS_BARE): build/bare/kernels-%.elf: tests/kernels/compare.c build/%/libmicrolite.a $(wildcard ports/bare/*)
	@mkdir -p $(@D)
	$Q$(call bare_link,$*) -Isrc -o $@ tests/kernels/compare.c build/$*/libmicrolite.a
