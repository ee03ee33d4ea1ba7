# SPDX-License-Identifier: MIT
# MicroPython for this PC, in the terminal: docker/run unix
FROM debian:bookworm-slim
COPY microlite /src/
RUN /src/microlite packages build unix && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/src/microlite"]
CMD ["build", "unix"]
