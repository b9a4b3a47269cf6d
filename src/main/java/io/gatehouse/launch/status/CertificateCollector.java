package io.gatehouse.launch.status;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** Collects when the certificates that the node presents expire. A certificate that it does not have has no series. */
final class CertificateCollector implements MultiCollector {
    private final Supplier<Map<String, Instant>> ends;

    /** {@code ends} are by the label {@code certificate}. */
    CertificateCollector(Supplier<Map<String, Instant>> ends) {
        this.ends = ends;
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder()
                .name("gatehouse_certificate_expiration_timestamp_seconds")
                .help("When the certificate expires, in seconds since the epoch");
        ends.get()
                .forEach((certificate, end) -> family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("certificate", certificate))
                        .value((double) end.getEpochSecond())
                        .build()));
        return MetricSnapshots.of(family.build());
    }
}
