# SPDX-License-Identifier: MIT
# For browsers and Node: docker/run webassembly
FROM debian:bookworm-slim
COPY microlite /src/
RUN /src/microlite packages build webassembly && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/src/microlite"]
CMD ["build", "webassembly"]
