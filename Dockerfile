# The container image. Build what goes into it first: mvn package && docker build -t gatehouse .
FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="An API gateway cluster with a complete OAuth 2.0 authorization server inside" \
      org.opencontainers.image.licenses="Apache-2.0"

# Libraries change less often than our own jar, so they are a layer of their own. .dockerignore says what is left out.
COPY target/lib /app/lib
COPY target/gatehouse.jar /app/
WORKDIR /app

# What the JVM learns about our classes during a start, kept for every later one: a third of the CPU of a start and a fifth
# of its memory less, for 13 MB more to pull. There is no database to start with here, so it joins itself and gives up,
# having loaded most of what a start loads.
RUN GATEHOUSE_ROLES=proxy,token-issuer GATEHOUSE_POSTGRES_URL=postgresql://127.0.0.1:1/none GATEHOUSE_LOG_LEVEL=error \
    java -XX:+UseParallelGC -XX:ArchiveClassesAtExit=gatehouse.jsa -Xlog:cds=off -Xlog:cds+dynamic=off -jar gatehouse.jar; \
    rm -rf /tmp/* && test -s gatehouse.jsa

# The root file system may be read-only: all that is written, a self-signed certificate, lands below /tmp.
ENV GATEHOUSE_DATA_DIR=/tmp/gatehouse \
    GATEHOUSE_LOG_FORMAT=json
USER 10001:10001
EXPOSE 8000 8443 8001 8100

# A second JVM: as small and as quick to start as it can be.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-Xshare:auto", "-cp", "/app/gatehouse.jar", "io.gatehouse.launch.HealthProbe"]

# No -Xmx: the heap follows the container's memory limit. One core gives the common pool one thread, with which
# Hazelcast's asynchronous reads take twenty times as long. A JVM that cannot use the archive starts without it.
# JAVA_TOOL_OPTIONS stays free for whoever runs the image.
ENTRYPOINT ["java", "-XX:SharedArchiveFile=/app/gatehouse.jsa", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseParallelGC", "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2", "-jar", "/app/gatehouse.jar"]
