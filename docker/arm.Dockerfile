# SPDX-License-Identifier: MIT
# Cortex-M: docker/run arm build rp2 | build stm32 | build qemu-arm | mpy armv7emsp
FROM debian:bookworm-slim
COPY microlite /src/
RUN /src/microlite packages build rp2 && /src/microlite packages mpy armv6m && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/src/microlite"]
CMD ["build", "rp2"]
