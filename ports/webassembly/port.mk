# SPDX-License-Identifier: MIT
# MicroPython for browsers and Node: build/webassembly/micropython.mjs and micropython.wasm.
#
# The library of JavaScript functions loses its arrow functions on the way: Emscripten 3.1.6, Debian 12's, writes
# them out wrongly.
.PHONY: webassembly
webassembly: WASM := $(CURDIR)/build/webassembly$(SUFFIX)
webassembly: micropython
	@tools/mpy_tree.sh $(MPY_DIR) $(WASM)/source webassembly
	@rm $(WASM)/source/ports/webassembly/library.js
	@sed -f ports/webassembly/library.sed $(MPY_DIR)/ports/webassembly/library.js > $(WASM)/source/ports/webassembly/library.js
	+@JSFLAGS="-s ALLOW_MEMORY_GROWTH=1" GIT_CEILING_DIRECTORIES=$(CURDIR)/build $(MAKE) -C $(WASM)/source/ports/webassembly VARIANT=standard \
	    BUILD=$(WASM)/make FROZEN_MANIFEST=$(CURDIR)/ports/webassembly/manifest.py PYTHON=$(PYTHON) $(MODULES)
	@cp $(WASM)/make/micropython.mjs $(WASM)/make/micropython.wasm $(WASM)/
