# syntax=docker/dockerfile:1.7
# Coverslip for NVIDIA GPUs. From the repository's root:
#   docker build -f helm/images/cuda.Dockerfile -t REGISTRY/coverslip:0.1.0-cuda .
# Its binary wants the library of a driver, which the runtime for GPUs mounts into a pod: without one not
# even `--help` starts. Parts that compute nothing run the CPU image. The chart's tests hold this file
# against a policy; no container engine was at hand to build it. `make cuda` compiles and links the same
# with the same compiler.

FROM node:22.22.2-bookworm-slim AS viewer
WORKDIR /source/services/viewer
COPY services/viewer/package.json services/viewer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY services/viewer ./
RUN npm run build

FROM rust:1.95.0-bookworm AS rust

# As in models/encoder/cuda. Kernels are compiled to PTX of this toolkit: nodes need a driver that is no
# older than it, 580 or newer.
FROM nvidia/cuda:13.0.1-devel-ubuntu22.04 AS binary
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        build-essential cmake nasm pkg-config libclang-dev libopenslide-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=rust /usr/local/cargo /usr/local/cargo
COPY --from=rust /usr/local/rustup /usr/local/rustup
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup PATH=/usr/local/cargo/bin:$PATH
# The oldest GPU it shall run on, as its compute capability without the dot: 80 is an A100.
ARG CUDA_COMPUTE_CAP=80
WORKDIR /source
COPY . .
COPY --from=viewer /source/services/viewer/dist services/viewer/dist
RUN CUDA_COMPUTE_CAP=$CUDA_COMPUTE_CAP cargo build --release --locked --features cuda \
    && strip target/release/coverslip

FROM nvidia/cuda:13.0.1-runtime-ubuntu22.04
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libopenslide0 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=binary /source/target/release/coverslip /usr/local/bin/coverslip
# As in cpu.Dockerfile.
USER 65532:65532
ENV COVERSLIP_DATA=/data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/coverslip"]
CMD ["--help"]
