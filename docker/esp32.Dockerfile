# SPDX-License-Identifier: MIT
# ESP32 family: docker/run esp32 build esp32 ESP32S3. Espressif's own image has the ESP-IDF and its compilers; it is
# made from Ubuntu, so the few packages that the front door wants have Debian's names.
FROM espressif/idf:v5.4.2
RUN apt-get update && apt-get install --yes --no-install-recommends dpkg-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/opt/esp/entrypoint.sh", "/src/microlite"]
CMD ["build", "esp32"]
