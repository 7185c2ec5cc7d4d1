# syntax=docker/dockerfile:1.7
# Coverslip for processors. From the repository's root:
#   docker build -f helm/images/cpu.Dockerfile -t REGISTRY/coverslip:0.1.0 .
# The chart's tests hold it against a policy; no container engine was at hand to build it.

FROM node:22.22.2-bookworm-slim AS viewer
WORKDIR /source/services/viewer
COPY services/viewer/package.json services/viewer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY services/viewer ./
RUN npm run build

FROM rust:1.95.0-bookworm AS binary
RUN apt-get update \
    && apt-get install -y --no-install-recommends cmake nasm libclang-dev libopenslide-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
COPY --from=viewer /source/services/viewer/dist services/viewer/dist
RUN cargo build --release --locked && strip target/release/coverslip

FROM debian:12.13-slim
# OpenSlide is the one library beside the C library; certificates are for S3 and PostgreSQL over TLS.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libopenslide0 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=binary /source/target/release/coverslip /usr/local/bin/coverslip
# The decoder's child needs Landlock and seccomp of the kernel and no privilege: it works under the
# runtime's own seccomp profile, with all capabilities dropped and the root read-only.
USER 65532:65532
ENV COVERSLIP_DATA=/data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/coverslip"]
CMD ["--help"]
