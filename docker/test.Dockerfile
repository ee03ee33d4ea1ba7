# SPDX-License-Identifier: MIT
# Everything that the tests need: docker/run test
FROM debian:bookworm-slim
COPY microlite /src/
RUN /src/microlite packages test && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENTRYPOINT ["/src/microlite"]
CMD ["test"]
