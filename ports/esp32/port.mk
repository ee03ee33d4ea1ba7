# SPDX-License-Identifier: MIT
# ESP32 family, with the user's own ESP-IDF (IDF_PATH): build/esp32/BOARD/firmware.bin, one image for address 0.
# A board's variant follows a dash: ESP32S3-SPIRAM_OCT.
.PHONY: esp32
esp32: micropython
	+@MPY_DIR=$(MPY_DIR) USER_C_MODULES=$(USER_C_MODULES_CMAKE) \
	    ports/esp32/build.sh $(or $(BOARD),ESP32) $(CURDIR)/build/esp32/$(or $(BOARD),ESP32)$(SUFFIX)
