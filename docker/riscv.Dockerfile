# SPDX-License-Identifier: MIT
# RISC-V: docker/run riscv build qemu-riscv | build rp2 RPI_PICO2-RISCV | mpy rv32imc
FROM debian:bookworm-slim
COPY microlite /src/
RUN /src/microlite packages build qemu-riscv && /src/microlite packages mpy rv32imc && rm -rf /var/lib/apt/lists/*
RUN /src/microlite packages build rp2 RPI_PICO2-RISCV && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/src/microlite"]
CMD ["build", "qemu-riscv"]
